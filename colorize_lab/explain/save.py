"""The distribution as a file, for one's own analysis."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from colorize_lab.distribution import AbDistribution
from colorize_lab.system.atomic import check_target, write_file

__all__ = ["save_distribution"]


def save_distribution(
    target: Path,
    distribution: AbDistribution,
    provenance: Mapping[str, str],
    *,
    overwrite: bool = False,
) -> None:
    """Write a distribution as an NPZ file that needs no pickle to be read.

    Parameters
    ----------
    target : Path
        The file to make, under exactly this name.
    distribution : AbDistribution
        Its arrays become ``log_probabilities`` (Q, h, w) and ``bins`` (Q, 2), float32.
    provenance : mapping of str to str
        From ``Colorizer.provenance``; each entry becomes a text of its name, such as ``network``
        and ``recipe``.
    overwrite : bool
        Whether a file that is there is replaced.

    Raises
    ------
    OutputError
        If the file cannot be written; nothing is left behind then.
    """
    check_target(target, overwrite=overwrite)  # before the work of compressing
    arrays: dict[str, Any] = {
        "log_probabilities": distribution.log_probabilities,
        "bins": distribution.bins,
        **{name: np.array(text) for name, text in provenance.items()},
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_file(buffer.getvalue(), target, overwrite=overwrite)
