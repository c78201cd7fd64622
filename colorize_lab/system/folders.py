"""The user's data folder, where the platform wants it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["user_data_dir"]


def user_data_dir() -> Path:
    """Return the folder of networks and projects, which need not exist yet.

    ``COLORIZE_LAB_HOME`` names it; without it, it lies in the platform's place for a user's data.
    """
    if home := os.environ.get("COLORIZE_LAB_HOME"):
        return Path(home)
    if sys.platform == "win32":
        data = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        data = Path.home() / "Library" / "Application Support"
    else:
        data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "colorize-lab"
