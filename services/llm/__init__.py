"""Model vendors behind interfaces of our own: a library for the services, no process."""
