"""The wire format of protocol buffers: tagged fields, read without copying and written.

Whatever is read is hostile: each length is checked against the bytes that are there, and a message
may have only so many fields. Nested messages are fields whose bytes the caller reads again, so the
depth is the caller's.

References
----------
.. [1] Protocol Buffers, "Encoding", https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias

__all__ = [
    "MAX_FIELDS",
    "Chunks",
    "Field",
    "WireType",
    "decode_varint",
    "decode_varints",
    "encode_bytes",
    "encode_varint",
    "encode_varint_field",
    "iter_fields",
]

MAX_FIELDS: Final = 1 << 18
"""Fields that one message may have: far above any network's, far below what takes minutes."""

_MAX_VARINT_BYTES: Final = 10

Chunks: TypeAlias = list[bytes | memoryview]
"""A message to be written, in pieces: what is large stays where it is until the last join."""


class WireType(IntEnum):
    """Delimiters of a field's bytes; groups, long deprecated, are refused."""

    VARINT = 0
    FIXED64 = 1
    BYTES = 2
    FIXED32 = 5


_WIRE_TYPES: Final = {wire_type.value: wire_type for wire_type in WireType}


class Field(NamedTuple):
    """One field of a message.

    ``data`` are the raw bytes of its value whatever the type, a varint's too: so a repeated field
    reads alike packed (one field) and unpacked (one field an element).
    """

    number: int
    type: WireType
    data: memoryview


def iter_fields(message: memoryview) -> Iterator[Field]:
    r"""Yield the fields of a message in the order of the file.

    Parameters
    ----------
    message : memoryview of unsigned bytes
        The whole message. The fields are slices of it, not copies.

    Yields
    ------
    Field

    Raises
    ------
    EOFError
        The message ends inside a field.
    ValueError
        The bytes are not a protocol buffer, or have more than `MAX_FIELDS` fields.

    Examples
    --------
    >>> [(field.number, bytes(field.data)) for field in iter_fields(memoryview(b"\x0a\x02Hi"))]
    [(1, b'Hi')]
    """
    start = 0
    for _ in range(MAX_FIELDS):
        if start == len(message):
            return
        tag, start = _read_varint(message, start)
        number, wire_type = tag >> 3, _to_wire_type(tag & 7)
        if number == 0:
            raise ValueError(f"a field before byte {start} has the number 0")
        first, start = _find_value(message, start, wire_type)
        yield Field(number, wire_type, message[first:start])
    if start != len(message):
        raise ValueError(f"a message has more than {MAX_FIELDS} fields")


def decode_varint(data: memoryview) -> int:
    """Read the one unsigned number that `data` is; otherwise as `decode_varints`."""
    values = decode_varints(data)
    if len(values) != 1:
        raise ValueError(f"{len(values)} numbers where one is expected")
    return values[0]


def decode_varints(data: memoryview) -> tuple[int, ...]:
    r"""Read unsigned numbers that stand one after the other, as a packed field has them.

    Parameters
    ----------
    data : memoryview of unsigned bytes
        At most `MAX_FIELDS` bytes.

    Returns
    -------
    tuple of int
        Each in 0..2**64-1; a negative ``int32`` or ``int64`` reads as 2**64 more.

    Raises
    ------
    EOFError
        The data ends inside a number.
    ValueError
        A number has more than 64 bits, or there are too many.

    Examples
    --------
    >>> decode_varints(memoryview(b"\x01\xac\x02"))
    (1, 300)
    """
    if len(data) > MAX_FIELDS:
        raise ValueError(f"a list of numbers is {len(data)} bytes long")
    values = []
    start = 0
    while start < len(data):
        value, start = _read_varint(data, start)
        values.append(value)
    return tuple(values)


def encode_varint(value: int) -> bytes:
    r"""Write a number in groups of seven bits, the lowest first.

    Parameters
    ----------
    value : int
        In 0..2**64-1.

    Returns
    -------
    bytes
        One to ten of them.

    Examples
    --------
    >>> encode_varint(300)
    b'\xac\x02'
    """
    if not 0 <= value < 1 << 64:
        raise ValueError(f"{value} is not in 0..2**64-1")
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def encode_varint_field(number: int, value: int) -> Chunks:
    """Write a field that holds one unsigned number."""
    return [encode_varint(number << 3 | WireType.VARINT), encode_varint(value)]


def encode_bytes(number: int, payload: Chunks) -> Chunks:
    """Write a field that holds bytes: a string, packed numbers, or a message.

    Parameters
    ----------
    number : int
        The field's number.
    payload : Chunks
        Its bytes in pieces, which are passed on and not copied.

    Returns
    -------
    Chunks
    """
    size = sum(len(chunk) for chunk in payload)
    return [encode_varint(number << 3 | WireType.BYTES), encode_varint(size), *payload]


def _to_wire_type(code: int) -> WireType:
    wire_type = _WIRE_TYPES.get(code)
    if wire_type is None:
        raise ValueError(f"a field has the unknown wire type {code}")
    return wire_type


def _find_value(message: memoryview, start: int, wire_type: WireType) -> tuple[int, int]:
    """Find the first byte of a field's value and the byte after its last."""
    if wire_type is WireType.VARINT:
        return start, _read_varint(message, start)[1]
    if wire_type is WireType.BYTES:
        size, start = _read_varint(message, start)
    else:
        size = 4 if wire_type is WireType.FIXED32 else 8
    if size > len(message) - start:
        raise EOFError(f"a field of {size} bytes starts where only {len(message) - start} are left")
    return start, start + size


def _read_varint(data: memoryview, start: int) -> tuple[int, int]:
    """Read one number; return it and the position after it."""
    value = 0
    for index, byte in enumerate(data[start : start + _MAX_VARINT_BYTES]):
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            if value >> 64:
                raise ValueError("a number has more than 64 bits")
            return value, start + index + 1
    if len(data) - start < _MAX_VARINT_BYTES:
        raise EOFError("the bytes end inside a number")
    raise ValueError(f"a number has more than {_MAX_VARINT_BYTES} bytes")
