"""The fuzzer's modules, and the helpers of other tests that make its files, can be imported."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.extend(str(TESTS / name) for name in ("photo", "networks", "training"))
# The worker needs Linux's account of memory, and the training's files need torch.
HAS_ALL = Path("/proc/self/clear_refs").exists() and find_spec("torch") is not None
collect_ignore_glob = [] if HAS_ALL else ["test_fuzz.py", "fuzz*.py"]
