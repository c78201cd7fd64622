"""Shapes of matrix products."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np

from colorize_lab.onnx.filters import need
from colorize_lab.onnx.value import Settings, ShapeError, Value

__all__ = ["PRODUCT_RULES"]

Inputs: TypeAlias = Sequence[Value | None]
Made: TypeAlias = tuple[list[Value], int]


def _multiply(settings: Settings, inputs: Inputs) -> Made:
    left, right = need(inputs, 0).shape, need(inputs, 1).shape
    if not left or not right:
        raise ShapeError("a product of plain numbers")
    if left[-1] != (right[-2] if len(right) > 1 else right[0]):
        raise ShapeError(f"a product of the shapes {left} and {right}")
    batch = np.broadcast_shapes(left[:-2], right[:-2])
    shape = (*batch, *left[-2:-1], *(right[-1:] if len(right) > 1 else ()))
    return [Value(shape)], math.prod(shape) * left[-1]


def _multiply_and_add(settings: Settings, inputs: Inputs) -> Made:
    left, right = need(inputs, 0).shape, need(inputs, 1).shape
    if len(left) != 2 or len(right) != 2:
        raise ShapeError(f"a product of the shapes {left} and {right}")
    rows, inner = left[::-1] if settings.get_int("transA", 0) else left
    found, columns = right[::-1] if settings.get_int("transB", 0) else right
    if inner != found:
        raise ShapeError(f"a product of the shapes {left} and {right}")
    return [Value((rows, columns))], rows * inner * columns


def _sum_products(settings: Settings, inputs: Inputs) -> Made:
    equation = settings.get_text("equation", "").replace(" ", "")
    read, arrow, made = equation.partition("->")
    terms = read.split(",")
    if not arrow or "." in equation or len(terms) != len(inputs):
        raise ShapeError(f"the equation {equation!r}")
    sides: dict[str, int] = {}
    for index, term in enumerate(terms):
        for letter, side in zip(term, need(inputs, index).shape, strict=True):
            if sides.setdefault(letter, side) != side:
                raise ShapeError(f"two sides for {letter!r} in the equation {equation!r}")
    shape = tuple(sides[letter] for letter in made)
    return [Value(shape)], math.prod(sides.values())


PRODUCT_RULES: Final[Mapping[str, Callable[[Settings, Inputs], Made]]] = {
    "Einsum": _sum_products,
    "Gemm": _multiply_and_add,
    "MatMul": _multiply,
}
