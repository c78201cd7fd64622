"""Hints in films: given at a time, followed through a shot."""
