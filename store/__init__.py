"""The memory: the only SQL in the project."""
