"""Checks of an ONNX model that `read_onnx` has read: nothing that an engine would choke on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from colorize_lab.errors import NetworkFileError
from colorize_lab.onnx.model import OnnxModel
from colorize_lab.onnx.shapes import infer_shapes

__all__ = ["OnnxCost", "check_onnx", "measure_cost"]

MAX_NUMBERS_PER_PIXEL: Final = 1024
"""Numbers that a tensor may have for each pixel of the input; DeOldify's wide network has 530."""
_MAX_MULTIPLICATIONS_PER_PIXEL: Final = 1 << 26
_SIDE: Final = 256
_FLOAT32: Final = 1
_OPSETS: Final = range(9, 26)


@dataclass(frozen=True)
class OnnxCost:
    """Cost of one pass.

    Attributes
    ----------
    multiplications : int
        Products that are added up.
    largest : int
        Numbers in the largest tensor.
    shapes : mapping of str to tuple of int
        Shape of each tensor that a node makes.
    """

    multiplications: int
    largest: int
    shapes: Mapping[str, tuple[int, ...]]


def check_onnx(model: OnnxModel) -> None:
    """Refuse a model that is not sound, or out of all proportion to its input.

    Parameters
    ----------
    model : OnnxModel
        From `colorize_lab.onnx.decode.read_onnx`.

    Raises
    ------
    NetworkFileError
        If names do not fit each other, weights are not finite, an operation is unknown, or a
        tensor or the work is too large.
    """
    if model.opset not in _OPSETS:
        raise NetworkFileError(
            f"the ONNX model is written for opset {model.opset}; export it for one of "
            f"{_OPSETS.start} to {_OPSETS.stop - 1}"
        )
    _check_names(model)
    for spec in (*model.inputs, *model.outputs):
        if spec.element_type != _FLOAT32:
            raise NetworkFileError(
                f"the ONNX model has {spec.name!r} of another type than float32; export it with "
                "float32 inputs and outputs"
            )
    for tensor in model.weights.values():
        if tensor.array.dtype.kind == "f" and not np.isfinite(tensor.array).all():
            raise NetworkFileError(
                f"the weights {tensor.name!r} of the ONNX model are not finite; get the file again"
            )
    measure_cost(model, _SIDE, _SIDE)


def measure_cost(model: OnnxModel, height: int, width: int) -> OnnxCost:
    """Measure what one pass takes.

    Parameters
    ----------
    model : OnnxModel
        The model.
    height, width : int
        Size of its inputs, unless it fixes them.

    Raises
    ------
    NetworkFileError
        If a tensor or the work is out of all proportion to the input.
    """
    pixels = _count_pixels(model, height, width)
    multiplications, largest = 0, 0
    shapes: dict[str, tuple[int, ...]] = {}
    for computed in infer_shapes(model, height, width):
        multiplications += computed.multiplications
        shapes.update(zip(computed.node.outputs, computed.shapes, strict=False))
        largest = max((largest, *map(math.prod, computed.shapes)))
        if largest > MAX_NUMBERS_PER_PIXEL * pixels:
            raise NetworkFileError(
                f"the node {computed.node.name or computed.node.outputs!r} of the ONNX model makes "
                f"a tensor of {largest:,} numbers from {pixels:,} pixels; use another network"
            )
    if multiplications > _MAX_MULTIPLICATIONS_PER_PIXEL * pixels:
        raise NetworkFileError(
            f"the ONNX model needs {multiplications:,} multiplications for {pixels:,} pixels; use "
            "another network"
        )
    return OnnxCost(multiplications, largest, shapes)


def _count_pixels(model: OnnxModel, height: int, width: int) -> int:
    fixed = [spec.shape[2:] for spec in model.inputs if len(spec.shape) == 4]
    sizes = [(rows or height) * (columns or width) for rows, columns in fixed]
    return max(sizes, default=height * width)


def _check_names(model: OnnxModel) -> None:
    """Refuse nodes that read what nothing makes, or make what is already there."""
    known = {*model.weights, *(spec.name for spec in model.inputs)}
    for node in model.nodes:
        for name in node.inputs:
            if name and name not in known:
                raise _build_error(f"a node reads {name!r}, which nothing before it makes")
        for name in node.outputs:
            if name in known:
                raise _build_error(f"{name!r} is made twice")
            known.add(name)
        known.discard("")
    if not model.inputs or not model.outputs:
        raise _build_error("it has no input or no output")
    for spec in model.outputs:
        if spec.name not in known:
            raise _build_error(f"nothing makes the output {spec.name!r}")


def _build_error(fault: str) -> NetworkFileError:
    return NetworkFileError(f"the ONNX model does not hold together: {fault}; get the file again")
