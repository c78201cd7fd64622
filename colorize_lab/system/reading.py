"""Errors of the system when a file is read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from colorize_lab.errors import InputError

__all__ = ["explain_read_errors"]


@contextmanager
def explain_read_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn what the system says of a file that is read into an error with a remedy.

    Raises
    ------
    InputError
        For any OSError of the body.

    Examples
    --------
    >>> with explain_read_errors("old.jpg"):
    ...     raise FileNotFoundError(2, "No such file")
    Traceback (most recent call last):
        ...
    colorize_lab.errors.InputError: old.jpg cannot be read (No such file); check the path and ...
    """
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror or error}); check the path and its permissions"
        ) from error
