"""Measurements, side by side with a peer in one run: ratios of medians, never timed tests."""
