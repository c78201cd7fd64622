"""Sizes of every tensor of an ONNX model, computed before an engine allocates any of them.

Shapes that a model computes itself (from the size of its input, as exporters write it) are followed
through: small constants are kept with their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from colorize_lab.errors import NetworkFileError
from colorize_lab.onnx.model import OnnxModel, OnnxNode
from colorize_lab.onnx.rules import RULES
from colorize_lab.onnx.value import Settings, ShapeError, Value

__all__ = ["Computed", "infer_shapes"]

MAX_RANK: Final = 8
MAX_SIDE: Final = 4096
"""Pixels: looks at the largest render factor, 64, see up to 1728."""


@dataclass(frozen=True)
class Computed:
    """A node with what it makes.

    Attributes
    ----------
    node : OnnxNode
        The operation.
    shapes : tuple of tuple of int
        Of its outputs.
    multiplications : int
        Products that it adds up, 0 for what is cheap beside them.
    """

    node: OnnxNode
    shapes: tuple[tuple[int, ...], ...]
    multiplications: int


def infer_shapes(model: OnnxModel, height: int, width: int) -> Iterator[Computed]:
    """Yield each node with the shapes of its outputs.

    Parameters
    ----------
    model : OnnxModel
        Its inputs must be pictures, (1, C, h, w).
    height, width : int
        Size of every input; a side that the model fixes stays as it is.

    Raises
    ------
    NetworkFileError
        If an operation is not known here, reads something that is not there, or gets settings or
        shapes that make no sense.
    """
    values = {name: Value.of(tensor.array) for name, tensor in model.weights.items()}
    for spec in model.inputs:
        values[spec.name] = Value(fill_shape(spec.shape, height, width))
    for node in model.nodes:
        rule = RULES.get(node.operation)
        if rule is None:
            raise NetworkFileError(
                f"the ONNX model needs the operation {node.operation!r}, which colorize-lab does "
                "not run; export the network with other settings"
            )
        try:
            inputs = [values[name] if name else None for name in node.inputs]
            made, multiplications = rule(Settings(node.attributes, model.opset), inputs)
            values |= zip(node.outputs, _check(made, node.outputs), strict=False)
        except (KeyError, IndexError, TypeError, ValueError, OverflowError, ShapeError) as error:
            raise NetworkFileError(
                f"the node {node.name or node.outputs!r} of the ONNX model, of the type "
                f"{node.operation!r}, makes no sense ({error}); get the file again"
            ) from error
        yield Computed(node, tuple(value.shape for value in made), multiplications)


def fill_shape(shape: Sequence[int | None], height: int, width: int) -> tuple[int, ...]:
    """Give the free sides of an input, (1, C, h, w), their lengths."""
    if len(shape) != 4 or shape[1] is None:
        raise NetworkFileError(
            f"the ONNX model has an input of the shape {shape}; export the network with inputs of "
            "1 x channels x height x width"
        )
    free = (1, None, height, width)
    filled = tuple(side or given or 0 for side, given in zip(shape, free, strict=True))
    if filled[0] != 1 or max(filled) > MAX_SIDE:
        raise NetworkFileError(
            f"the ONNX model has an input of the shape {shape}; use one that takes a single "
            f"picture of at most {MAX_SIDE} pixels a side"
        )
    return filled


def _check(made: Sequence[Value], outputs: Sequence[str]) -> Sequence[Value]:
    if len(made) < len([name for name in outputs if name]):
        raise ShapeError(f"{len(outputs)} outputs")
    for value in made:
        if len(value.shape) > MAX_RANK or any(side < 0 for side in value.shape):
            raise ShapeError(f"an output of the shape {value.shape}")
    return made
