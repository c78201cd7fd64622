"""Hints: colors that a person puts in places, and how they spread."""
