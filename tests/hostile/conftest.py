"""The fuzzer is run where it can be."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

# The worker needs Linux's account of memory, and the training's files need torch.
HAS_ALL = Path("/proc/self/clear_refs").exists() and find_spec("torch") is not None
collect_ignore_glob = [] if HAS_ALL else ["test_fuzz.py"]
