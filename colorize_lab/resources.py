"""Location of the files that ship with the program."""

from __future__ import annotations

from pathlib import Path

from colorize_lab.errors import InputError

__all__ = ["models_dir"]


def models_dir() -> Path:
    """Return the folder of the networks, the bins and the prior.

    Returns
    -------
    Path
        Inside the package where it is installed, beside it in a source checkout.

    Raises
    ------
    InputError
        If it is in neither place.
    """
    package = Path(__file__).parent
    for folder in (package / "models", package.parent / "models"):
        if folder.is_dir():
            return folder
    raise InputError(f"{package} has no models folder; reinstall colorize-lab")
