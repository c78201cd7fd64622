"""Where the files that ship with the program lie."""

from __future__ import annotations

from pathlib import Path

__all__ = ["models_dir"]


def models_dir() -> Path:
    """Folder of the networks, their bins and their prior.

    Returns
    -------
    Path
        Inside the package where it is installed, beside it in a source tree.
    """
    package = Path(__file__).parent
    installed = package / "models"
    return installed if installed.is_dir() else package.parent / "models"
