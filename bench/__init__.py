"""Benchmarks: one file each, with a function `run` that measures and returns the figures."""
