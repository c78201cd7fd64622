"""A tensor as far as it is known before a model runs, and the settings of a node."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from colorize_lab.onnx.model import OnnxAttribute, OnnxTensor

__all__ = ["MAX_KNOWN", "Settings", "ShapeError", "Value"]

MAX_KNOWN: Final = 4096
"""Numbers that are kept: shapes, axes and scales are small, position tables need not be known."""


class ShapeError(Exception):
    """Shapes or settings that do not fit; the message is a phrase."""


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor.

    Attributes
    ----------
    shape : tuple of int
        Its sides.
    array : ndarray or None
        Its numbers, if they are known and few.
    """

    shape: tuple[int, ...]
    array: NDArray[Any] | None = None

    @classmethod
    def of(cls, array: NDArray[Any]) -> Value:
        """Return a constant."""
        return cls(array.shape, array if array.size <= MAX_KNOWN else None)

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    def to_ints(self) -> tuple[int, ...]:
        """Return the whole numbers that it holds.

        Raises
        ------
        ShapeError
            If they depend on the picture, or are not whole.
        """
        if self.array is None:
            raise ShapeError("a size that depends on the picture's content")
        flat = self.array.reshape(-1)
        if not np.array_equal(flat, flat.astype(np.int64)):
            raise ShapeError("a size that is not whole")
        return tuple(int(number) for number in flat)

    def to_floats(self) -> tuple[float, ...]:
        """Return the numbers that it holds.

        Raises
        ------
        ShapeError
            If they depend on the picture.
        """
        if self.array is None:
            raise ShapeError("a factor that depends on the picture's content")
        return tuple(float(number) for number in self.array.reshape(-1))


@dataclass(frozen=True)
class Settings:
    """Attributes of a node.

    Attributes
    ----------
    attributes : mapping of str to OnnxAttribute
        By name.
    opset : int
        Version of the operations.
    """

    attributes: Mapping[str, OnnxAttribute]
    opset: int

    def get_int(self, name: str, default: int) -> int:
        """Return a whole number."""
        value = self.attributes.get(name, default)
        if not isinstance(value, int):
            raise ShapeError(f"{name} is not a whole number")
        return value

    def get_ints(self, name: str) -> tuple[int, ...] | None:
        """Return a list of whole numbers, None if there is none."""
        value = self.attributes.get(name)
        if value is None:
            return None
        if not isinstance(value, tuple) or not all(isinstance(n, int) for n in value):
            raise ShapeError(f"{name} is not a list of whole numbers")
        return tuple(int(number) for number in value)

    def get_text(self, name: str, default: str) -> str:
        """Return a text."""
        value = self.attributes.get(name, default)
        if not isinstance(value, str):
            raise ShapeError(f"{name} is not a text")
        return value

    def get_array(self, name: str) -> NDArray[Any] | None:
        """Return a constant, None if there is none."""
        value = self.attributes.get(name)
        if value is None:
            return None
        return value.array if isinstance(value, OnnxTensor) else np.asarray(value)
