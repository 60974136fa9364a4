"""Ways to show the events of a session to a person or to a program."""
