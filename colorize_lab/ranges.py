"""The check of a number against its range."""

from __future__ import annotations

from colorize_lab.errors import RecipeError

__all__ = ["check_range"]


def check_range(name: str, value: float | None, low: float, high: float) -> None:
    """Refuse a setting outside its range; None is left open and passes.

    Parameters
    ----------
    name : str
        As the message calls it.
    value : float or None
        To check.
    low, high : float
        Both are allowed.

    Raises
    ------
    RecipeError
        For a number below ``low`` or above ``high``, or NaN.

    Examples
    --------
    >>> check_range("steadiness", 2, 0, 1)
    Traceback (most recent call last):
        ...
    colorize_lab.errors.RecipeError: steadiness is 2; it must be between 0 and 1
    """
    if value is not None and not low <= value <= high:  # written so that NaN fails too
        raise RecipeError(f"{name} is {value:g}; it must be between {low:g} and {high:g}")
