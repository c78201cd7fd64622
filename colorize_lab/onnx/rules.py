"""Shape rules of the ONNX operations.

A rule takes a node's settings and inputs (None for one that is left out) and returns the outputs
and how many products it adds up. Operations without a rule are not run at all.

References
----------
.. [1] "ONNX Operators", https://onnx.ai/onnx/operators/
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.onnx.filters import FILTER_RULES
from colorize_lab.onnx.layout import LAYOUT_RULES
from colorize_lab.onnx.products import PRODUCT_RULES
from colorize_lab.onnx.value import MAX_KNOWN, Settings, ShapeError, Value

__all__ = ["RULES", "Rule"]

Inputs: TypeAlias = Sequence[Value | None]
Rule: TypeAlias = Callable[[Settings, Inputs], tuple[list[Value], int]]
Compute: TypeAlias = Callable[..., NDArray[Any]]


def _keep_shape(settings: Settings, inputs: Inputs) -> tuple[list[Value], int]:
    """Make something of the first input's shape."""
    first = inputs[0]
    if first is None:
        raise ShapeError("the first input is left out")
    return [Value(first.shape)], 0


def _combine(compute: Compute | None) -> Rule:
    """Make the rule of an operation on numbers that face each other."""

    def combine(settings: Settings, inputs: Inputs) -> tuple[list[Value], int]:
        given = [value for value in inputs if value is not None]
        shape = np.broadcast_shapes(*(value.shape for value in given))
        arrays = [value.array for value in given if value.array is not None]
        if compute is None or len(arrays) < len(given) or math.prod(shape) > MAX_KNOWN:
            return [Value(shape)], 0
        with np.errstate(all="ignore"):
            return [Value.of(np.asarray(compute(*arrays)))], 0

    return combine


def _divide(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    if left.dtype.kind == "f":
        return np.asarray(left / right)
    if not right.all():
        raise ShapeError("a division by zero")
    return np.asarray(np.trunc(left / right), left.dtype)


def _cast(settings: Settings, inputs: Inputs) -> tuple[list[Value], int]:
    value = inputs[0]
    if value is None:
        raise ShapeError("the first input is left out")
    if value.array is None:
        return [Value(value.shape)], 0
    # Of TensorProto.DataType, what sizes are cast to and from.
    kinds = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16, 11: np.float64}
    kind = kinds.get(settings.get_int("to", 1))
    return [Value(value.shape) if kind is None else Value.of(value.array.astype(kind))], 0


_SAME_SHAPE: Final = (
    "BatchNormalization", "CumSum", "Elu", "Erf", "Gelu", "GroupNormalization", "HardSigmoid",
    "HardSwish", "InstanceNormalization", "LRN", "LayerNormalization", "LeakyRelu", "LogSoftmax",
    "LpNormalization", "Mish", "Selu", "Sigmoid", "Softmax", "Softplus", "Softsign",
)  # fmt: skip
_ELEMENTWISE: Final[Mapping[str, Compute | None]] = {
    "Abs": np.abs, "Add": np.add, "And": np.logical_and, "Ceil": np.ceil, "Clip": None,
    "Cos": np.cos, "Div": _divide, "Equal": np.equal, "Exp": np.exp, "Floor": np.floor,
    "Greater": np.greater, "GreaterOrEqual": np.greater_equal, "Identity": np.positive,
    "Less": np.less, "LessOrEqual": np.less_equal, "Log": np.log, "Max": None, "Mean": None,
    "Min": None, "Mod": None, "Mul": np.multiply, "Neg": np.negative, "Not": np.logical_not,
    "Or": np.logical_or, "PRelu": None, "Pow": np.power, "Reciprocal": np.reciprocal,
    "Relu": None, "Round": np.round, "Sin": np.sin, "Sqrt": np.sqrt, "Sub": np.subtract,
    "Sum": None, "Tanh": np.tanh, "Where": np.where,
}  # fmt: skip

RULES: Final[Mapping[str, Rule]] = {
    **dict.fromkeys(_SAME_SHAPE, _keep_shape),
    **{name: _combine(compute) for name, compute in _ELEMENTWISE.items()},
    "Cast": _cast,
    "Dropout": _keep_shape,
    **FILTER_RULES,
    **LAYOUT_RULES,
    **PRODUCT_RULES,
}
