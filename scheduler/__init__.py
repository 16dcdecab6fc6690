"""The clock: when, in what order, how many at once."""
