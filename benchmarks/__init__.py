"""Measurements of colorize-lab: ``python -m benchmarks --help``."""
