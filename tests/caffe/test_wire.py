from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorize_lab.caffe import wire
from colorize_lab.caffe.wire import (
    MAX_FIELDS,
    WireType,
    decode_varint,
    decode_varints,
    encode_bytes,
    encode_varint,
    encode_varint_field,
    iter_fields,
)

UINT64 = st.integers(0, 2**64 - 1)


@given(st.lists(UINT64))
def test_numbers_come_back(values: list[int]) -> None:
    packed = b"".join(map(encode_varint, values))
    assert decode_varints(memoryview(packed)) == tuple(values)


# The examples of the format's own documentation.
@pytest.mark.parametrize(
    ("value", "encoded"), [(1, "01"), (150, "9601"), (2**64 - 2, "fe" + "ff" * 8 + "01")]
)
def test_numbers_are_written_as_documented(value: int, encoded: str) -> None:
    assert encode_varint(value).hex() == encoded


@pytest.mark.parametrize("value", [-1, 2**64])
def test_numbers_out_of_range_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match="not in"):
        encode_varint(value)


@given(st.lists(st.tuples(st.integers(1, 2**29 - 1), UINT64 | st.binary())))
def test_fields_come_back(fields: list[tuple[int, int | bytes]]) -> None:
    chunks = []
    for number, value in fields:
        is_number = isinstance(value, int)
        chunks += encode_varint_field(number, value) if is_number else encode_bytes(number, [value])
    found = [
        (f.number, decode_varint(f.data) if f.type is WireType.VARINT else bytes(f.data))
        for f in iter_fields(memoryview(b"".join(chunks)))
    ]
    assert found == fields


def test_fields_are_views_not_copies() -> None:
    message = b"".join(encode_bytes(7, [bytes(10_000_000)]))
    tracemalloc.start()
    (field,) = iter_fields(memoryview(message))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(field.data) == 10_000_000
    assert peak < 100_000


@pytest.mark.parametrize(
    "message",
    [
        "80",  # a tag that goes on
        "0a",  # bytes without a length
        "0a0541",  # five bytes, one there
        "0affffffffffffffffff01",  # 2**64 - 1 bytes
        "0d0000",  # half a fixed32
        "0900000000",  # half a fixed64
        "0880",  # half a number
    ],
)
def test_a_message_that_breaks_off_is_found(message: str) -> None:
    with pytest.raises(EOFError):
        list(iter_fields(memoryview(bytes.fromhex(message))))


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("0200", "number 0"),
        ("0b", "wire type 3"),
        ("0c", "wire type 4"),
        ("0e", "wire type 6"),
        ("08" + "80" * 10 + "01", "more than 10 bytes"),
        ("08" + "ff" * 9 + "7f", "64 bits"),
    ],
)
def test_what_is_no_message_is_found(message: str, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        list(iter_fields(memoryview(bytes.fromhex(message))))


@given(st.binary())
def test_any_bytes_end_in_fields_or_a_known_error(message: bytes) -> None:
    try:
        fields = list(iter_fields(memoryview(message)))
    except (EOFError, ValueError):
        return
    assert sum(len(field.data) for field in fields) < max(len(message), 1)


def test_too_many_fields_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_FIELDS", 1000)
    assert len(list(iter_fields(memoryview(b"\x08\x00" * 1000)))) == 1000
    with pytest.raises(ValueError, match="more than 1000"):
        list(iter_fields(memoryview(b"\x08\x00" * 1001)))


def test_too_long_a_list_of_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="bytes long"):
        decode_varints(memoryview(bytes(MAX_FIELDS + 1)))


@pytest.mark.parametrize("data", [b"", b"\x01\x02"])
def test_one_number_is_one(data: bytes) -> None:
    with pytest.raises(ValueError, match="where one is expected"):
        decode_varint(memoryview(data))
