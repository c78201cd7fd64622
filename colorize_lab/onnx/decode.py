"""ONNX files, read as the hostile bytes that they may be.

Everything that would make an engine read more than these bytes, or run more than ONNX's own
operations, is refused: external data, custom operations, functions, subgraphs, sparse tensors.

References
----------
.. [1] "Open Neural Network Exchange Intermediate Representation", ``onnx.proto3``.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any, Final, NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.caffe.wire import (
    MAX_FIELDS,
    Field,
    WireType,
    decode_varint,
    decode_varints,
    iter_fields,
)
from colorize_lab.errors import NetworkFileError
from colorize_lab.onnx.model import OnnxAttribute, OnnxInput, OnnxModel, OnnxNode, OnnxTensor

__all__ = ["MAX_NODES", "read_onnx"]

Fields: TypeAlias = dict[int, list[Field]]

MAX_NODES: Final = 20_000
"""DDColor, written by PyTorch without folding, has some four thousand."""

_MAX_NAME_BYTES: Final = 1024
_MAX_FIELDS_OF_NODE: Final = 1024
_MAX_RANK: Final = 8
_OWN_DOMAINS: Final = ("", "ai.onnx")
# TensorProto.DataType.
_DTYPES: Final = {
    1: "<f4", 2: "u1", 3: "i1", 5: "<i2", 6: "<i4", 7: "<i8", 9: "?", 10: "<f2", 11: "<f8",
}  # fmt: skip
# Where a tensor keeps its numbers when not raw: the field's number, for each type.
_TYPED_FIELDS: Final = {"<f4": 4, "<i8": 7, "<f8": 10}
_INT32_FIELD: Final = 5
_FORBIDDEN_IN_MODEL: Final = {20: "training steps", 25: "functions of its own"}
_FORBIDDEN_IN_GRAPH: Final = {15: "sparse weights"}
_FORBIDDEN_IN_ATTRIBUTE: Final = {
    6: "a subgraph", 10: "a list of tensors", 11: "subgraphs", 14: "a type", 15: "types",
    21: "a reference", 22: "a sparse tensor", 23: "sparse tensors",
}  # fmt: skip


def read_onnx(data: bytes) -> OnnxModel:
    """Read an ONNX file.

    Parameters
    ----------
    data : bytes
        Its content.

    Returns
    -------
    OnnxModel
        Whose weights are views of ``data``. Names and sizes are not checked against each other
        yet, see `colorize_lab.onnx.check.check_model`.

    Raises
    ------
    NetworkFileError
        If the file is damaged, not ONNX, or holds something that this program never runs.
    """
    try:
        return _read_model(memoryview(data))
    except (EOFError, ValueError, struct.error) as error:
        raise NetworkFileError(
            f"the file is not a sound ONNX model ({error}); get it again"
        ) from error


def _read_model(message: memoryview) -> OnnxModel:
    fields = _collect(message)
    _forbid(fields, _FORBIDDEN_IN_MODEL, "the model")
    graphs = fields.get(7, [])
    if len(graphs) != 1:
        raise ValueError(f"it has {len(graphs)} graphs instead of one")
    producer = " ".join(_read_text(field) for number in (2, 3) for field in fields.get(number, []))
    graph = _collect(graphs[0].data)
    _forbid(graph, _FORBIDDEN_IN_GRAPH, "the graph")
    nodes = graph.get(1, [])
    if len(nodes) > MAX_NODES:
        raise ValueError(f"it has {len(nodes)} nodes, more than {MAX_NODES}")
    weights = {}
    for field in graph.get(5, []):
        tensor = _read_tensor(field.data)
        if tensor.name in weights:
            raise ValueError(f"the weights {tensor.name!r} occur twice")
        weights[tensor.name] = tensor
    inputs = [_read_input(field.data) for field in graph.get(11, [])]
    return OnnxModel(
        producer,
        _read_opset(fields.get(8, [])),
        tuple(_read_node(field.data) for field in nodes),
        weights,
        tuple(spec for spec in inputs if spec.name not in weights),
        tuple(_read_input(field.data) for field in graph.get(12, [])),
    )


def _read_opset(imports: list[Field]) -> int:
    versions = []
    for entry in imports:
        fields = _collect(entry.data)
        domain = _read_last_text(fields, 1)
        if domain not in _OWN_DOMAINS:
            _refuse(f"needs the custom operations {domain!r}")
        versions.append(_read_number(fields, 2))
    if len(versions) != 1:
        raise ValueError(f"it names {len(versions)} versions of ONNX's operations instead of one")
    return versions[0]


def _read_node(message: memoryview) -> OnnxNode:
    fields = _collect(message)
    if sum(map(len, fields.values())) > _MAX_FIELDS_OF_NODE:
        raise ValueError(f"a node has more than {_MAX_FIELDS_OF_NODE} names and settings")
    operation = _read_last_text(fields, 4)
    domain = _read_last_text(fields, 7)
    if domain not in _OWN_DOMAINS:
        _refuse(f"needs the custom operation {operation!r} of {domain!r}")
    attributes = dict(_read_attribute(field.data) for field in fields.get(5, []))
    return OnnxNode(
        operation,
        _read_last_text(fields, 3),
        tuple(map(_read_text, fields.get(1, []))),
        tuple(map(_read_text, fields.get(2, []))),
        attributes,
    )


def _read_attribute(message: memoryview) -> tuple[str, OnnxAttribute]:
    fields = _collect(message)
    name = _read_last_text(fields, 1)
    _forbid(fields, _FORBIDDEN_IN_ATTRIBUTE, f"the attribute {name!r}")
    if 5 in fields:
        return name, _read_tensor(fields[5][-1].data)
    if 2 in fields:
        return name, float(struct.unpack("<f", fields[2][-1].data)[0])
    if 4 in fields:
        return name, _read_text(fields[4][-1])
    if 7 in fields:
        data = b"".join(field.data for field in fields[7])
        return name, tuple(np.frombuffer(data, "<f4").tolist())
    if 8 in fields:
        return name, _read_signed_numbers(fields[8])
    if 9 in fields:
        raise ValueError(f"the attribute {name!r} is a list of texts")
    # A zero, an empty text and an empty list are not written: 20 is the type.
    kind = _read_number(fields, 20) if 20 in fields else 2
    empty: dict[int, OnnxAttribute] = {1: 0.0, 3: "", 6: (), 7: ()}
    return name, empty.get(kind, _read_number(fields, 3))


def _read_tensor(message: memoryview) -> OnnxTensor:
    fields = _collect(message)
    name = _read_last_text(fields, 8)
    if fields.get(13) or _read_number(fields, 14):
        _refuse(f"keeps the weights {name!r} in another file; ask for one that is in one piece")
    if 3 in fields or 6 in fields:
        raise ValueError(f"the weights {name!r} are in segments or texts")
    shape = _read_signed_numbers(fields.get(1, []))
    code = _read_number(fields, 2)
    if code not in _DTYPES:
        _refuse(f"has the weights {name!r} of the type {code}")
    if len(shape) > _MAX_RANK or any(side < 0 for side in shape):
        raise ValueError(f"the weights {name!r} have the shape {shape}")
    array = _read_numbers(fields, _DTYPES[code])
    if array.size != math.prod(shape):
        raise ValueError(f"the weights {name!r} of the shape {shape} have {array.size} numbers")
    return OnnxTensor(name, array.reshape(shape))


def _read_numbers(fields: Fields, dtype: str) -> NDArray[Any]:
    """Read a tensor's numbers, from its raw bytes or from the field of its type."""
    if 9 in fields:
        raw = fields[9][-1].data
    elif _TYPED_FIELDS.get(dtype) in (4, 10):
        chunks = [field.data for field in fields.get(_TYPED_FIELDS[dtype], [])]
        raw = chunks[0] if len(chunks) == 1 else memoryview(b"".join(chunks))
    else:
        number = _TYPED_FIELDS.get(dtype, _INT32_FIELD)
        integers = np.array(_read_signed_numbers(fields.get(number, [])), np.int64)
        # float16 is stored as the integers that its bits make.
        return integers.astype("<u2").view("<f2") if dtype == "<f2" else integers.astype(dtype)
    if len(raw) % np.dtype(dtype).itemsize:
        raise ValueError(f"{len(raw)} bytes of weights are not whole numbers of {dtype}")
    return np.frombuffer(raw, dtype)


def _read_input(message: memoryview) -> OnnxInput:
    fields = _collect(message)
    name = _read_last_text(fields, 1)
    shape: tuple[int | None, ...] = ()
    element_type = 0
    for kind in _iter_nested(fields, 2):
        tensors = list(_iter_nested(kind, 1))
        if len(tensors) != 1:
            raise ValueError(f"{name!r} is not a tensor")
        element_type = _read_number(tensors[0], 1)
        for sides in _iter_nested(tensors[0], 2):
            shape = tuple(_read_side(side) for side in _iter_nested(sides, 1))
    if len(shape) > _MAX_RANK:
        raise ValueError(f"{name!r} has {len(shape)} axes")
    return OnnxInput(name, shape, element_type)


def _read_side(fields: Fields) -> int | None:
    side = _read_number(fields, 1)
    return side if side > 0 else None


def _iter_nested(fields: Fields, number: int) -> Iterator[Fields]:
    for field in fields.get(number, []):
        yield _collect(field.data)


def _collect(message: memoryview) -> Fields:
    fields: Fields = {}
    for field in iter_fields(message):
        fields.setdefault(field.number, []).append(field)
    return fields


def _forbid(fields: Fields, forbidden: dict[int, str], place: str) -> None:
    for number, thing in forbidden.items():
        if number in fields:
            _refuse(f"has {thing} in {place}")


def _refuse(fault: str) -> NoReturn:
    raise NetworkFileError(f"the ONNX model {fault}; colorize-lab runs none that does")


def _read_last_text(fields: Fields, number: int) -> str:
    return _read_text(fields[number][-1]) if number in fields else ""


def _read_text(field: Field) -> str:
    if len(field.data) > _MAX_NAME_BYTES:
        raise ValueError(f"a text of {len(field.data)} bytes")
    return bytes(field.data).decode("utf-8")


def _read_number(fields: Fields, number: int) -> int:
    return _to_signed(decode_varint(fields[number][-1].data)) if number in fields else 0


def _read_signed_numbers(fields: list[Field]) -> tuple[int, ...]:
    if any(field.type not in (WireType.BYTES, WireType.VARINT) for field in fields):
        raise ValueError("integers are stored with a fixed size")
    if sum(len(field.data) for field in fields) > MAX_FIELDS:
        raise ValueError(f"a list of integers is longer than {MAX_FIELDS} bytes")
    return tuple(_to_signed(value) for field in fields for value in decode_varints(field.data))


def _to_signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value
