"""Blobs in every way in which Caffe, NVIDIA's Caffe and OpenCV have stored them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from colorize_lab.caffe.blobs import decode_blob, encode_blob
from colorize_lab.caffe.wire import Chunks, encode_bytes, encode_varint, encode_varint_field

SHAPES = hnp.array_shapes(min_dims=0, max_dims=5, max_side=4)
VALUES = np.arange(6, dtype=np.float32) / 4 - 1


def join(*fields: Chunks) -> memoryview:
    return memoryview(b"".join(chunk for field in fields for chunk in field))


def encode_shape(*dims: int, packed: bool = True) -> Chunks:
    if packed:
        return encode_bytes(7, encode_bytes(1, [encode_varint(dim) for dim in dims]))
    return encode_bytes(7, [chunk for dim in dims for chunk in encode_varint_field(1, dim)])


def encode_legacy_shape(*dims: int) -> Chunks:
    return [c for number, dim in enumerate(dims, 1) for c in encode_varint_field(number, dim)]


FLOATS = encode_bytes(5, [VALUES.tobytes()])


@given(hnp.arrays(np.float32, SHAPES, elements=st.floats(width=32)))
def test_float32_comes_back_bit_for_bit(blob: np.ndarray) -> None:
    found = decode_blob(join(encode_blob(blob, half=False)))
    assert found.shape == blob.shape
    assert found.dtype == np.float32
    assert found.tobytes() == blob.tobytes()


@given(hnp.arrays(np.float16, SHAPES, elements=st.floats(width=16)))
def test_float16_comes_back_bit_for_bit(blob: np.ndarray) -> None:
    found = decode_blob(join(encode_blob(blob.astype(np.float32), half=True)))
    assert found.shape == blob.shape
    assert found.dtype == np.float16
    np.testing.assert_array_equal(found, blob)


@given(hnp.arrays(np.float32, 5, elements=st.floats(-65000, 65000, width=32)))
def test_float16_is_the_nearest(blob: np.ndarray) -> None:
    found = decode_blob(join(encode_blob(blob, half=True)))
    np.testing.assert_array_equal(found, blob.astype(np.float16))


def test_strided_and_float64_arrays_are_written() -> None:
    blob = np.arange(24, dtype=np.float64).reshape(2, 3, 4).transpose(2, 0, 1)[::-1]
    np.testing.assert_array_equal(decode_blob(join(encode_blob(blob, half=False))), blob)


@pytest.mark.parametrize(("half", "value"), [(True, 7e4), (True, -7e4), (False, 1e39)])
def test_what_does_not_fit_the_stored_type_is_refused(half: bool, value: float) -> None:
    with pytest.raises(ValueError, match="exceeds"):
        encode_blob(np.array([1, value]), half=half)


@pytest.mark.parametrize(
    ("message", "shape"),
    [
        (join(FLOATS, encode_shape(2, 3)), (2, 3)),
        (join(FLOATS, encode_shape(2, 3, packed=False)), (2, 3)),
        (join(encode_shape(3, 2), FLOATS), (3, 2)),
        (join(FLOATS, encode_legacy_shape(1, 1, 2, 3)), (1, 1, 2, 3)),
        (join(FLOATS, encode_legacy_shape(1, 1, 2, 3), encode_shape(6)), (1, 1, 2, 3)),
    ],
)
def test_shapes_old_and_new(message: memoryview, shape: tuple[int, ...]) -> None:
    np.testing.assert_array_equal(decode_blob(message), VALUES.reshape(shape))


@pytest.mark.parametrize(
    "data",
    [
        b"".join(b"\x2d" + value.tobytes() for value in VALUES),  # unpacked: a tag each
        b"".join(encode_bytes(5, [VALUES[:2].tobytes()]) + encode_bytes(5, [VALUES[2:].tobytes()])),
        b"".join(encode_bytes(8, [VALUES.astype("<f8").tobytes()])),
        b"".join(b"\x41" + value.tobytes() for value in VALUES.astype("<f8")),
        b"".join(encode_varint_field(10, 1) + encode_bytes(12, [VALUES.tobytes()])),
        b"".join(encode_varint_field(10, 2) + encode_bytes(12, [VALUES.astype("<f2").tobytes()])),
        b"".join(encode_bytes(12, [VALUES.astype("<f8").tobytes()])),
    ],
)
def test_numbers_of_every_kind(data: bytes) -> None:
    np.testing.assert_array_equal(decode_blob(join([data], encode_shape(6))), VALUES)


def test_gradients_beside_the_data_are_skipped() -> None:
    gradients = encode_bytes(6, [bytes(24)]) + encode_bytes(9, [bytes(48)])
    np.testing.assert_array_equal(decode_blob(join(FLOATS, gradients, encode_shape(6))), VALUES)


def test_a_blob_without_data_is_empty() -> None:
    assert decode_blob(join(encode_shape(6))).size == 0


def test_blobs_are_views_that_cannot_be_written() -> None:
    message = join(FLOATS, encode_shape(6))
    blob = decode_blob(message)
    assert np.shares_memory(blob, np.frombuffer(message, np.uint8))
    assert not blob.flags.writeable


@pytest.mark.parametrize(
    "message",
    [
        join(FLOATS),
        join(FLOATS, encode_shape(5)),
        join(FLOATS, encode_shape(2**31, 2**31)),
        join(FLOATS, encode_shape(*[2**31 - 1] * 32)),
        join(FLOATS, encode_shape(6, *[1] * 32)),
        join(FLOATS, encode_shape(2**64 - 2, 2**64 - 3)),
        join(FLOATS, encode_legacy_shape(6)),
        join(FLOATS, encode_bytes(1, []), encode_shape(6)),
        join(encode_bytes(5, [b"abcde"]), encode_shape(1)),
        join(encode_varint_field(10, 7), encode_bytes(12, [bytes(24)]), encode_shape(6)),
        join(encode_varint_field(10, 2), encode_bytes(12, [bytes(3)]), encode_shape(1)),
    ],
)
def test_impossible_blobs_are_refused(message: memoryview) -> None:
    with pytest.raises(ValueError):
        decode_blob(message)
