"""ONNX's messages, written with the protocol-buffer primitives of the Caffe room.

Only what a feed-forward network needs: float32 weights, int64 sizes, nodes with one output, inputs
and outputs of one picture of any size.

References
----------
.. [1] "Open Neural Network Exchange Intermediate Representation", ``onnx.proto3``.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.caffe.wire import (
    Chunks,
    WireType,
    encode_bytes,
    encode_varint,
    encode_varint_field,
)

__all__ = ["Attribute", "Node", "Tensor", "encode_model"]

Attribute: TypeAlias = int | float | str | Sequence[int]
Numbers: TypeAlias = NDArray[np.float32] | NDArray[np.int64]

# What onnxruntime, OpenVINO and OpenCV have all read since 2021.
OPSET: Final = 15
_IR_VERSION: Final = 8
# TensorProto.DataType, and how NumPy names the same.
_FLOAT: Final = 1
_DATA_TYPES: Final = {"<f4": _FLOAT, "<i8": 7}
# AttributeProto.AttributeType.
_ATTRIBUTE_FLOAT: Final = 1
_ATTRIBUTE_INT: Final = 2
_ATTRIBUTE_STRING: Final = 3
_ATTRIBUTE_INTS: Final = 7
# A negative number is written as one of 64 bits.
_MODULUS: Final = 1 << 64


@dataclass(frozen=True)
class Node:
    """One operation.

    Attributes
    ----------
    operation : str
        ONNX's name, such as ``Conv``.
    inputs : tuple of str
        Names of tensors.
    output : str
        Name of the tensor that it computes.
    attributes : mapping of str to int, float, str or sequence of int
        Its settings.
    """

    operation: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True)
class Tensor:
    """An input or output of a model: one picture.

    Attributes
    ----------
    name : str
        Name of the tensor.
    channels : int or None
        Number of its channels, None if the model leaves it open.
    size : tuple of int or None
        Height and width, None for any.
    """

    name: str
    channels: int | None = None
    size: tuple[int, int] | None = None


def encode_model(
    nodes: Sequence[Node],
    weights: Mapping[str, Numbers],
    inputs: Sequence[Tensor],
    outputs: Sequence[Tensor],
    *,
    producer: str,
) -> bytes:
    """Write an ONNX model.

    Parameters
    ----------
    nodes : sequence of Node
        In the order of computation.
    weights : mapping of str to ndarray of float32 or int64
        Constant tensors by name.
    inputs, outputs : sequence of Tensor
        What the model reads and computes.
    producer : str
        Name and version of the program that writes the model.

    Returns
    -------
    bytes
        The content of an ``.onnx`` file.
    """
    graph: Chunks = []
    for node in nodes:
        graph += encode_bytes(1, _encode_node(node))
    graph += _encode_text(2, "network")
    for name, array in weights.items():
        graph += encode_bytes(5, _encode_weights(name, array))
    for number, tensors in ((11, inputs), (12, outputs)):
        for tensor in tensors:
            graph += encode_bytes(number, _encode_tensor(tensor))
    opset = [*_encode_text(1, ""), *encode_varint_field(2, OPSET)]
    model: Chunks = [
        *encode_varint_field(1, _IR_VERSION),
        *_encode_text(2, producer),
        *encode_bytes(7, graph),
        *encode_bytes(8, opset),
    ]
    return b"".join(model)


def _encode_node(node: Node) -> Chunks:
    chunks: Chunks = []
    for name in node.inputs:
        chunks += _encode_text(1, name)
    chunks += _encode_text(2, node.output)
    chunks += _encode_text(3, node.output)
    chunks += _encode_text(4, node.operation)
    for name, value in node.attributes.items():
        chunks += encode_bytes(5, _encode_attribute(name, value))
    return chunks


def _encode_attribute(name: str, value: Attribute) -> Chunks:
    chunks = _encode_text(1, name)
    if isinstance(value, int):
        return [
            *chunks,
            *encode_varint_field(3, value % _MODULUS),
            *encode_varint_field(20, _ATTRIBUTE_INT),
        ]
    if isinstance(value, float):
        tag = encode_varint(2 << 3 | WireType.FIXED32)
        number = [tag, struct.pack("<f", value)]
        return [*chunks, *number, *encode_varint_field(20, _ATTRIBUTE_FLOAT)]
    if isinstance(value, str):
        return [*chunks, *_encode_text(4, value), *encode_varint_field(20, _ATTRIBUTE_STRING)]
    for whole in value:
        chunks += encode_varint_field(8, whole % _MODULUS)
    return [*chunks, *encode_varint_field(20, _ATTRIBUTE_INTS)]


def _encode_weights(name: str, array: Numbers) -> Chunks:
    chunks: Chunks = []
    for side in array.shape:
        chunks += encode_varint_field(1, side)
    dtype = "<i8" if array.dtype.kind == "i" else "<f4"
    stored = np.ascontiguousarray(array, dtype)
    return [
        *chunks,
        *encode_varint_field(2, _DATA_TYPES[dtype]),
        *_encode_text(8, name),
        *encode_bytes(9, [stored.reshape(-1).view(np.uint8).data]),
    ]


def _encode_tensor(tensor: Tensor) -> Chunks:
    size = tensor.size or (f"{tensor.name} rows", f"{tensor.name} columns")
    sides = (1, tensor.channels or "channels", *size)
    shape: Chunks = []
    for side in sides:
        dimension = encode_varint_field(1, side) if isinstance(side, int) else _encode_text(2, side)
        shape += encode_bytes(1, dimension)
    kind = [*encode_varint_field(1, _FLOAT), *encode_bytes(2, shape)]
    return [*_encode_text(1, tensor.name), *encode_bytes(2, encode_bytes(1, kind))]


def _encode_text(number: int, text: str) -> Chunks:
    return encode_bytes(number, [text.encode()])
