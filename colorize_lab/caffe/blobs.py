"""Blobs, Caffe's tensors: between the message ``BlobProto`` and NumPy arrays."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from colorize_lab.caffe.wire import (
    Chunks,
    decode_varint,
    decode_varints,
    encode_bytes,
    encode_varint,
    encode_varint_field,
    iter_fields,
)

__all__ = ["Blob", "decode_blob", "encode_blob"]

Blob: TypeAlias = npt.NDArray[np.floating[Any]]

# Numbers of the fields of BlobProto in caffe.proto. RAW_TYPE and RAW_DATA are NVIDIA's, the way in
# which float16 is stored; OpenCV reads them and its shrinkCaffeModel writes them.
_LEGACY_DIMS: Final = (1, 2, 3, 4)
_DATA: Final = 5
_SHAPE: Final = 7
_DOUBLE_DATA: Final = 8
_RAW_TYPE: Final = 10
_RAW_DATA: Final = 12
_DIM_OF_SHAPE: Final = 1

_RAW_FLOAT16: Final = 2
_RAW_DTYPES: Final = {0: "<f8", 1: "<f4", _RAW_FLOAT16: "<f2"}

_MAX_AXES: Final = 32  # kMaxBlobAxes of Caffe
_MAX_DIM: Final = 2**31 - 1

_Parts: TypeAlias = Mapping[int, list[memoryview]]


def decode_blob(message: memoryview) -> Blob:
    """Read a ``BlobProto``.

    Parameters
    ----------
    message : memoryview of unsigned bytes
        The message, without the tag and length in front of it.

    Returns
    -------
    ndarray of float16, float32 or float64
        As stored, little endian: a read-only view of the message's bytes, possibly unaligned. Empty
        if the message holds no data.

    Raises
    ------
    EOFError, ValueError
        The bytes are not a blob, or do not match its shape.
    """
    parts: dict[int, list[memoryview]] = defaultdict(list)
    for field in iter_fields(message):
        parts[field.number].append(field.data)
    values = _decode_values(parts)
    if values.size == 0:
        return values
    shape = _decode_shape(parts)
    if math.prod(shape) != values.size:
        raise ValueError(
            f"a blob of shape {shape} needs {math.prod(shape)} numbers, not {values.size}"
        )
    return values.reshape(shape)


def encode_blob(blob: Blob, *, half: bool) -> Chunks:
    """Write a ``BlobProto``.

    Parameters
    ----------
    blob : ndarray of floating
        Any shape.
    half : bool
        Store float16 instead of float32.

    Returns
    -------
    Chunks

    Raises
    ------
    ValueError
        A finite number is beyond the range of the stored type.
    """
    stored = _cast_within_range(np.ascontiguousarray(blob), np.dtype("<f2" if half else "<f4"))
    data = stored.reshape(-1).view(np.uint8).data
    shape = encode_bytes(_SHAPE, _encode_dims(blob.shape))
    if half:
        kind = encode_varint_field(_RAW_TYPE, _RAW_FLOAT16)
        return [*shape, *kind, *encode_bytes(_RAW_DATA, [data])]
    return [*encode_bytes(_DATA, [data]), *shape]


def _decode_values(parts: _Parts) -> Blob:
    for number, dtype in ((_DATA, "<f4"), (_DOUBLE_DATA, "<f8")):
        if parts.get(number):
            return np.frombuffer(_join(parts[number]), dtype)
    if not parts.get(_RAW_DATA):
        return np.empty(0, "<f4")
    raw_type = _decode_last(parts.get(_RAW_TYPE, []))
    if raw_type not in _RAW_DTYPES:
        raise ValueError(f"a blob stores numbers of unknown type {raw_type}")
    return np.frombuffer(parts[_RAW_DATA][-1], _RAW_DTYPES[raw_type])


def _decode_shape(parts: _Parts) -> tuple[int, ...]:
    # Where both are there, the legacy four win, as in Caffe and OpenCV.
    if any(number in parts for number in _LEGACY_DIMS):
        shape = tuple(_decode_last(parts.get(number, [])) for number in _LEGACY_DIMS)
    else:
        fields = (field for part in parts.get(_SHAPE, []) for field in iter_fields(part))
        dims = [field.data for field in fields if field.number == _DIM_OF_SHAPE]
        shape = decode_varints(memoryview(_join(dims)))
    if len(shape) > _MAX_AXES or any(dim > _MAX_DIM for dim in shape):
        raise ValueError("a blob has an impossible shape")
    return shape


def _decode_last(parts: list[memoryview]) -> int:
    """Read a number that is given at most once: its default is 0, and the last one counts."""
    return decode_varint(parts[-1]) if parts else 0


def _join(parts: list[memoryview]) -> bytes | memoryview:
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _encode_dims(shape: tuple[int, ...]) -> Chunks:
    return encode_bytes(_DIM_OF_SHAPE, [encode_varint(dim) for dim in shape])


def _cast_within_range(blob: Blob, dtype: np.dtype[Any]) -> Blob:
    with np.errstate(over="ignore"):
        stored = blob.astype(dtype, copy=False)
    if blob.dtype.itemsize > dtype.itemsize and np.any(np.isinf(stored) & np.isfinite(blob)):
        raise ValueError(f"{np.abs(blob).max():.3g} exceeds the range of {dtype.name}")
    return stored
