"""The door: the command line, and the one place where the rooms are put together."""
