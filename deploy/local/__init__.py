"""One machine: the set-up, the launcher and what it measures."""
