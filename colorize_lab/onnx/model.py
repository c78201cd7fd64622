"""An ONNX model as values: what `colorize_lab.onnx.decode` reads from a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from numpy.typing import NDArray

__all__ = ["OnnxAttribute", "OnnxInput", "OnnxModel", "OnnxNode", "OnnxTensor"]


@dataclass(frozen=True, eq=False)
class OnnxTensor:
    """A constant: weights, a shape, or a scalar.

    Attributes
    ----------
    name : str
        Name that nodes read it by, empty for a tensor inside an attribute.
    array : ndarray
        Its numbers, a view of the file wherever the file stores them raw.
    """

    name: str
    array: NDArray[Any]


OnnxAttribute: TypeAlias = int | float | str | tuple[int, ...] | tuple[float, ...] | OnnxTensor


@dataclass(frozen=True)
class OnnxNode:
    """One operation.

    Attributes
    ----------
    operation : str
        ONNX's name, such as ``Conv``.
    name : str
        The node's own name, which may be empty.
    inputs, outputs : tuple of str
        Names of tensors; an optional input that is left out is empty.
    attributes : mapping of str to OnnxAttribute
        Its settings.
    """

    operation: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, OnnxAttribute] = field(default_factory=dict)


@dataclass(frozen=True)
class OnnxInput:
    """An input or output of the model.

    Attributes
    ----------
    name : str
        Name of the tensor.
    shape : tuple of int or None
        Its sides, None for one that the caller chooses.
    element_type : int
        ONNX's number of the type; 1 is float32.
    """

    name: str
    shape: tuple[int | None, ...]
    element_type: int = 1


@dataclass(frozen=True, eq=False)
class OnnxModel:
    """A model that `check_model` has not seen yet.

    Attributes
    ----------
    producer : str
        Program that wrote the file.
    opset : int
        Version of ONNX's operations.
    nodes : tuple of OnnxNode
        In the order of computation.
    weights : mapping of str to OnnxTensor
        Constant tensors by name.
    inputs, outputs : tuple of OnnxInput
        What the model reads, without the weights, and what it computes.
    """

    producer: str
    opset: int
    nodes: tuple[OnnxNode, ...]
    weights: Mapping[str, OnnxTensor]
    inputs: tuple[OnnxInput, ...]
    outputs: tuple[OnnxInput, ...]

    def count_parameters(self) -> int:
        """Return how many floating-point numbers the weights hold."""
        arrays = (tensor.array for tensor in self.weights.values())
        return sum(math.prod(array.shape) for array in arrays if array.dtype.kind == "f")
