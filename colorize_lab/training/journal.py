"""Training log: rows of a CSV file."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from colorize_lab.errors import InputError
from colorize_lab.system.atomic import write_file

__all__ = ["Row", "read_rows", "write_rows"]

# Far above any count of samples; what is drawn of numbers of this size still has no overflow.
LIMIT = 1e15


@dataclass(frozen=True)
class Row:
    """One line of the log.

    Attributes
    ----------
    samples : int
        Photos seen so far.
    minutes : float
        Time trained so far, over all slices.
    loss : float
        Mean loss since the row before.
    rate : float
        Learning rate.
    side : int
        Side of the photos in pixels.
    cross_entropy, raw_auc, balanced_auc, ab_rmse : float or None
        Of the averaged weights on the held-out photos: the loss, and the fields of
        `colorize_lab.training.scores.Scores`; None in rows between validations.
    """

    samples: int
    minutes: float
    loss: float
    rate: float
    side: int
    cross_entropy: float | None = None
    raw_auc: float | None = None
    balanced_auc: float | None = None
    ab_rmse: float | None = None


def write_rows(rows: Sequence[Row], path: Path) -> None:
    """Write the whole log; what was there is replaced in one go.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [field.name for field in fields(Row)])
    writer.writeheader()
    for row in rows:
        values = asdict(row)
        writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in values.items()})
    write_file(text.getvalue().encode(), path, overwrite=True)


def read_rows(path: Path) -> list[Row]:
    """Read a log that `write_rows` wrote; one that is not there has no rows.

    Raises
    ------
    InputError
        If it cannot be read, or is not such a log.
    """
    if not path.exists():
        return []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [parse_row(entry) for entry in csv.DictReader(file)]
    except (OSError, ValueError, TypeError, KeyError, csv.Error) as error:
        raise InputError(
            f"{path} is not a training log or is damaged; move it away, or train into "
            "another folder (--out)"
        ) from error


def parse_row(entry: dict[str, str]) -> Row:
    """Read a line; empty cells are None."""
    values: dict[str, Any] = {name: float(text) for name, text in entry.items() if text}
    if not all(math.isfinite(value) and abs(value) < LIMIT for value in values.values()):
        raise ValueError("a value is out of range")
    return Row(**{**values, "samples": int(entry["samples"]), "side": int(entry["side"])})
