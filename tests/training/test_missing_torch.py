"""Training without its extra ends in one sentence; this is tested with torch and without."""

from __future__ import annotations

import subprocess
import sys

import pytest

HIDE_TORCH = """
import sys
sys.modules["torch"] = None
from colorize_lab.cli import main
main.COMMANDS["train"] = "colorize_lab.cli.train"
sys.exit(main.run(sys.argv[1:]))
"""


@pytest.mark.parametrize("arguments", [("--data", "."), ("check", ".")])
def test_without_torch_the_extra_is_named(arguments):
    done = subprocess.run(
        [sys.executable, "-c", HIDE_TORCH, "train", *arguments], capture_output=True, text=True
    )
    assert done.returncode == 14
    assert "pip install 'colorize-lab[train]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
