"""Doctests of the training room need torch, which is an extra."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["colorize_lab/training/*"]
