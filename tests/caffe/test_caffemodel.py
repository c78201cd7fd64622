"""Whole files, against OpenCV's parser, which is Google's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from colorize_lab.caffe import (
    CaffeModel,
    LayerBlobs,
    NetworkFileError,
    describe_model,
    read_caffemodel,
    write_caffemodel,
)
from colorize_lab.caffe.wire import Chunks, encode_bytes, encode_varint_field
from colorize_lab.errors import InputError
from colorize_lab.opencv import cv2
from tests.helpers.opencv_network import load_network

PROTOTXT = """
layer { name: "in" type: "Input" top: "in" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
layer { name: "conv" type: "Convolution" bottom: "in" top: "conv"
        convolution_param { num_output: 4 kernel_size: 3 } }
"""
RNG = np.random.default_rng(0)
WEIGHTS = RNG.normal(size=(4, 3, 3, 3)).astype(np.float32)
BIASES = RNG.normal(size=4).astype(np.float32)
MODEL = CaffeModel("tiny", (LayerBlobs("conv", "Convolution", (WEIGHTS, BIASES)),))

BLOBS = hnp.arrays(
    np.float32, hnp.array_shapes(max_dims=4, max_side=3), elements=st.floats(width=32)
)
NAMES = st.text(st.characters(categories=["L", "N", "P"]), max_size=20)
LAYERS = st.builds(LayerBlobs, NAMES, NAMES, st.lists(BLOBS, max_size=3).map(tuple))
MODELS = st.builds(CaffeModel, NAMES, st.lists(LAYERS, min_size=1, max_size=3).map(tuple))


def get_opencv_blobs(data: bytes) -> list[np.ndarray]:
    network = load_network(PROTOTXT, data)
    layer = network.getLayerId("conv")
    return [network.getParam(layer, 0), network.getParam(layer, 1).ravel()]


@given(MODELS)
def test_models_come_back(model: CaffeModel) -> None:
    found = read_caffemodel(write_caffemodel(model))
    assert found.name == model.name
    for layer, source in zip(found.layers, model.layers, strict=True):
        assert (layer.name, layer.type) == (source.name, source.type)
        for blob, expected in zip(layer.blobs, source.blobs, strict=True):
            np.testing.assert_array_equal(blob, expected)


def test_opencv_reads_the_same_numbers() -> None:
    for blob, expected in zip(
        get_opencv_blobs(write_caffemodel(MODEL)), (WEIGHTS, BIASES), strict=True
    ):
        np.testing.assert_array_equal(blob, expected)


def test_opencv_reads_the_same_float16_numbers() -> None:
    data = write_caffemodel(MODEL, half=True)
    ours = read_caffemodel(data).layers[0].blobs
    assert {blob.dtype for blob in ours} == {np.dtype(np.float16)}
    for blob, expected in zip(get_opencv_blobs(data), ours, strict=True):
        np.testing.assert_array_equal(blob, expected.astype(np.float32))


def test_opencv_shrinks_a_file_to_the_same_bytes(tmp_path: Path) -> None:
    """OpenCV's own way to float16 says what its importer wants."""
    (tmp_path / "full").write_bytes(write_caffemodel(MODEL))
    cv2.dnn.shrinkCaffeModel(str(tmp_path / "full"), str(tmp_path / "half"))
    assert write_caffemodel(MODEL, half=True) == (tmp_path / "half").read_bytes()
    assert write_caffemodel(MODEL) != (tmp_path / "half").read_bytes()


def test_a_float16_model_is_widened_exactly() -> None:
    half = read_caffemodel(write_caffemodel(MODEL, half=True))
    full = read_caffemodel(write_caffemodel(half))
    np.testing.assert_array_equal(full.layers[0].blobs[0], half.layers[0].blobs[0])


def test_files_are_read_from_paths(tmp_path: Path) -> None:
    path = tmp_path / "größe 1.caffemodel"
    path.write_bytes(write_caffemodel(MODEL))
    for source in (path, str(path)):
        np.testing.assert_array_equal(read_caffemodel(source).layers[0].blobs[0], WEIGHTS)


def encode_old_blob(values: np.ndarray, *, packed: bool) -> Chunks:
    """Write a blob as Caffe did before 2014: four dimensions, no shape."""
    dims = (1,) * (4 - values.ndim) + values.shape
    chunks = [c for number, dim in enumerate(dims, 1) for c in encode_varint_field(number, dim)]
    if packed:
        return chunks + encode_bytes(5, [values.tobytes()])
    return chunks + [b"\x2d" + value.tobytes() for value in values.ravel()]


@pytest.mark.parametrize("packed", [True, False])
def test_files_of_before_2014_are_read_as_opencv_reads_them(packed: bool) -> None:
    layer = encode_bytes(2, [b"in"]) + encode_bytes(3, [b"conv"]) + encode_bytes(4, [b"conv"])
    layer += encode_varint_field(5, 4)
    for values in (WEIGHTS, BIASES):
        layer += encode_bytes(6, encode_old_blob(values, packed=packed))
    data = b"".join(encode_bytes(1, [b"old"]) + encode_bytes(2, layer))
    found = read_caffemodel(data)
    assert (found.name, found.layers[0].name, found.layers[0].type) == (
        "old",
        "conv",
        "Convolution",
    )
    for ours, theirs in zip(found.layers[0].blobs, get_opencv_blobs(data), strict=True):
        np.testing.assert_array_equal(ours.ravel(), theirs.ravel())
    assert found.layers[0].blobs[1].shape == (1, 1, 1, 4)


def test_fields_that_are_not_wanted_are_skipped() -> None:
    extra = encode_bytes(3, [b"data"]) + encode_varint_field(5, 1) + encode_bytes(150, [b"x" * 300])
    data = b"".join(extra) + write_caffemodel(MODEL) + b"".join(extra)
    np.testing.assert_array_equal(read_caffemodel(data).layers[0].blobs[0], WEIGHTS)


def test_a_weight_beyond_float16_is_refused_by_name() -> None:
    model = CaffeModel("", (LayerBlobs("norm", "BatchNorm", (np.array([1e5], np.float32),)),))
    with pytest.raises(NetworkFileError, match=r"'norm'.*1e\+05.*float16.*write float32"):
        write_caffemodel(model, half=True)
    assert read_caffemodel(write_caffemodel(model)).layers[0].blobs[0] == 1e5


def test_a_model_is_described() -> None:
    lines = describe_model(read_caffemodel(write_caffemodel(MODEL, half=True))).splitlines()
    assert lines == [
        "conv Convolution 4x3x3x3 4 float16",
        "112 parameters in 1 layer with weights",
    ]


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.caffemodel", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_caffemodel(path)
