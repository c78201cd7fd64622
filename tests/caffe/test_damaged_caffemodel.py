"""Files that are truncated, damaged or foreign: one error, soon, and in little memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorize_lab.caffe import (
    CaffeModel,
    LayerBlobs,
    NetworkFileError,
    read_caffemodel,
    write_caffemodel,
)
from colorize_lab.caffe.caffemodel import MAX_FILE_BYTES
from colorize_lab.caffe.wire import encode_bytes, encode_varint

BLOBS = (np.ones((2, 1, 3, 3), np.float32), np.zeros(2, np.float32))
LAYERS = tuple(LayerBlobs(f"conv{i}", "Convolution", BLOBS) for i in range(3))
FULL = write_caffemodel(CaffeModel("net", LAYERS))
HALF = write_caffemodel(CaffeModel("net", LAYERS), half=True)
MEBIBYTE = 2**20


@pytest.mark.parametrize("data", [FULL, HALF])
def test_a_cut_anywhere_is_found_or_leaves_whole_layers(data: bytes) -> None:
    whole = 0
    for size in range(len(data)):
        try:
            model = read_caffemodel(data[:size])
        except NetworkFileError:
            continue
        whole += 1
        assert 1 <= len(model.layers) < len(LAYERS)
        assert all(np.array_equal(layer.blobs[0], BLOBS[0]) for layer in model.layers)
    assert whole == len(LAYERS) - 1  # a cut between two layers shows only against a prototxt


@pytest.mark.parametrize("data", [FULL, HALF])
def test_a_flipped_bit_never_raises_anything_else(data: bytes) -> None:
    refused = 0
    for position in range(len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[position] ^= 1 << bit
            try:
                read_caffemodel(bytes(damaged))
            except NetworkFileError:
                refused += 1
    assert refused > len(data)  # of 8 a byte; most others change a weight


@given(st.binary())
def test_random_bytes_never_raise_anything_else(data: bytes) -> None:
    try:
        model = read_caffemodel(data)
    except NetworkFileError as error:
        assert str(error)
        return
    assert model.layers


@given(st.binary(max_size=60))
def test_random_layers_never_raise_anything_else(content: bytes) -> None:
    try:
        read_caffemodel(b"".join(encode_bytes(100, encode_bytes(7, [content]))))
    except NetworkFileError:
        return


def test_a_cut_is_called_a_cut() -> None:
    with pytest.raises(NetworkFileError, match=r"truncated after the layer 'conv1'; download"):
        read_caffemodel(FULL[:-5])


def test_damage_inside_a_layer_is_no_cut() -> None:
    size_of_name = FULL.index(b"conv1") - 1
    damaged = FULL[:size_of_name] + b"\x7f" + FULL[size_of_name + 1 :]
    with pytest.raises(NetworkFileError, match="damaged"):
        read_caffemodel(damaged)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b"\xef\xbb\xbf\r\n <html>", "web page"),
        (b'name: "net"\nlayer { }', "not a caffemodel"),
        (b"version https://git-lfs.github.com/spec/v1", "not a caffemodel"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "not a caffemodel"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a caffemodel"),
        (b"PK\x03\x04" + bytes(30), "not a caffemodel"),
        (bytes(1000), "not a caffemodel"),
        (b"\x0a\x03net", "no layer"),
        (b"".join(encode_bytes(100, encode_bytes(1, [b"\xff\xfe"]))), "not a caffemodel"),
        (b"".join(encode_bytes(100, encode_bytes(1, [b"\x1b[31m"]))), "control characters"),
        (b"".join(encode_bytes(100, encode_bytes(1, [b"n" * 1000]))), "1000 bytes"),
    ],
)
def test_foreign_files_are_named_in_one_sentence(data: bytes, cause: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.caffemodel"
    path.write_bytes(data)
    with pytest.raises(NetworkFileError, match=cause) as caught:
        read_caffemodel(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    assert len(message) < len(str(path)) + 250


@pytest.mark.parametrize("dims", [(2**31 - 1,) * 8, (2**20, 2**10), (2**40,)])
def test_a_huge_shape_allocates_nothing(dims: tuple[int, ...]) -> None:
    shape = encode_bytes(7, encode_bytes(1, [encode_varint(dim) for dim in dims]))
    blob = encode_bytes(7, encode_bytes(5, [bytes(4)]) + shape)
    data = b"".join(encode_bytes(100, blob))
    tracemalloc.start()
    with pytest.raises(NetworkFileError):
        read_caffemodel(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MEBIBYTE


def test_a_large_file_is_read_once(tmp_path: Path) -> None:
    blob = np.zeros(8 * MEBIBYTE, np.float32)
    path = tmp_path / "large.caffemodel"
    path.write_bytes(write_caffemodel(CaffeModel("", (LayerBlobs("a", "Scale", (blob,)),))))
    tracemalloc.start()
    model = read_caffemodel(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert model.layers[0].blobs[0].size == blob.size
    assert peak < path.stat().st_size + MEBIBYTE


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.caffemodel"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)  # a hole: it takes no space
    with pytest.raises(NetworkFileError, match="more than a caffemodel can have"):
        read_caffemodel(path)
