from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from colorize_lab.caffe import (
    CaffeModel,
    InputSpec,
    LayerBlobs,
    LayerSpec,
    NetworkFileError,
    NetworkGraph,
    check_fit,
    infer_blob_shapes,
    parse_prototxt,
)
from tests.helpers.random_weights import build_random_weights

GRAPH = parse_prototxt("""
input: "l" input_shape { dim: 1 dim: 1 dim: 16 dim: 16 }
input: "hints" input_shape { dim: 1 dim: 3 dim: 16 dim: 16 }
layer { name: "join" type: "Concat" bottom: "l" bottom: "hints" top: "join" }
layer { name: "conv" type: "Convolution" bottom: "join" top: "conv"
  convolution_param { num_output: 6 kernel_size: 3 group: 2 } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "norm" type: "BatchNorm" bottom: "conv" top: "norm" }
layer { name: "scale" type: "Scale" bottom: "norm" top: "norm" scale_param { bias_term: true } }
layer { name: "sum" type: "Eltwise" bottom: "conv" bottom: "norm" top: "sum" }
layer { name: "up" type: "Deconvolution" bottom: "sum" top: "up"
  convolution_param { num_output: 5 kernel_h: 2 kernel_w: 4 stride: 2 bias_term: false } }
layer { name: "soft" type: "Softmax" bottom: "up" top: "soft" }
layer { name: "quiet" type: "Silence" bottom: "soft" }
""")
MODEL = build_random_weights(GRAPH)


def replace_blobs(name: str, *blobs: np.ndarray) -> CaffeModel:
    layers = (replace(la, blobs=blobs) if la.name == name else la for la in MODEL.layers)
    return replace(MODEL, layers=tuple(layers))


def get_blobs(name: str) -> tuple[np.ndarray, ...]:
    return next(layer.blobs for layer in MODEL.layers if layer.name == name)


def test_shapes_follow_the_channels() -> None:
    assert infer_blob_shapes(GRAPH) == {
        "conv": ((6, 2, 3, 3), (6,)),
        "norm": ((6,), (6,), (1,)),
        "scale": ((6,), (6,)),
        "up": ((6, 5, 2, 4),),
    }


def test_weights_of_the_right_shape_fit() -> None:
    check_fit(GRAPH, MODEL)


def test_shapes_of_before_2014_fit() -> None:
    weights, biases = get_blobs("conv")
    check_fit(GRAPH, replace_blobs("conv", weights, biases.reshape(1, 1, 1, 6)))


def test_more_layers_and_other_orders_fit() -> None:
    extra = LayerBlobs("class8_ab", "Convolution", (np.array([np.nan]),))
    without = LayerBlobs("conv", "Split", ())
    check_fit(GRAPH, replace(MODEL, layers=(without, *MODEL.layers[::-1], extra)))


@pytest.mark.parametrize("name", ["conv", "norm", "scale", "up"])
def test_a_missing_layer_is_named(name: str) -> None:
    layers = tuple(layer for layer in MODEL.layers if layer.name != name)
    with pytest.raises(NetworkFileError, match=f"no weights for layer '{name}'"):
        check_fit(GRAPH, replace(MODEL, layers=layers))


@pytest.mark.parametrize(
    ("name", "blobs", "found"),
    [
        ("conv", [np.zeros((6, 4, 3, 3)), np.zeros(6)], "6x4x3x3 + 6"),
        ("conv", [np.zeros((6, 2, 3, 3))], "6x2x3x3"),
        ("conv", [np.zeros((6, 2, 3, 3)), np.zeros((6, 1, 1, 1))], "6x2x3x3 + 6x1x1x1"),
        ("conv", [np.zeros(108), np.zeros(6)], "108 + 6"),
        ("norm", [np.zeros(6), np.zeros(6)], "6 + 6"),
        ("norm", [np.zeros(6), np.zeros(6), np.zeros(())], "6 + 6 + 1"),
        ("up", [np.zeros((5, 6, 2, 4))], "5x6x2x4"),
        ("up", [np.zeros((6, 5, 4, 2))], "6x5x4x2"),
        ("up", [np.zeros((6, 5, 2, 4)), np.zeros(5)], "6x5x2x4 + 5"),
    ],
)
def test_another_shape_is_named(name: str, blobs: list[np.ndarray], found: str) -> None:
    with pytest.raises(NetworkFileError) as caught:
        check_fit(GRAPH, replace_blobs(name, *blobs))
    expected = " + ".join("x".join(map(str, blob.shape)) for blob in get_blobs(name))
    assert repr(name) in str(caught.value)
    assert f"needs blobs of the shapes {expected} " in str(caught.value)
    assert f"has {found};" in str(caught.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_weights_that_are_not_finite_are_found(value: float, dtype: type) -> None:
    weights, biases = (blob.astype(dtype) for blob in get_blobs("conv"))
    check_fit(GRAPH, replace_blobs("conv", weights, biases))
    biases[3] = value
    with pytest.raises(NetworkFileError, match="'conv' of the caffemodel contains weights"):
        check_fit(GRAPH, replace_blobs("conv", weights, biases))


def build_convolution(**params: int | bool | str | tuple[int, ...]) -> LayerSpec:
    return LayerSpec("x", "Convolution", ("in",), ("x",), params)


def build_graph(*layers: LayerSpec) -> NetworkGraph:
    inputs = (InputSpec("in", (1, 4, 8, 8)), InputSpec("other", (1, 3, 8, 8)))
    return NetworkGraph("", inputs, layers)


@pytest.mark.parametrize(
    ("layer", "cause"),
    [
        (build_convolution(kernel_size=3), "num_output"),
        (build_convolution(num_output=4), "kernel_size"),
        (build_convolution(num_output=4, kernel_size=(3, 3, 3)), "kernel_size"),
        (build_convolution(num_output=4, kernel_h=3), "kernel_w"),
        (build_convolution(num_output=0, kernel_size=3), "num_output"),
        (build_convolution(num_output=True, kernel_size=3), "num_output"),
        (build_convolution(num_output="MANY", kernel_size=3), "num_output"),
        (build_convolution(num_output=4, kernel_size=3, group=0), "group"),
        (build_convolution(num_output=4, kernel_size=3, group=3), "not divisible by group 3"),
        (LayerSpec("x", "Eltwise", ("in", "other"), ("x",)), "4, 3 channels"),
        (LayerSpec("x", "Concat", ("in", "other"), ("x",), {"axis": 2}), "an axis other"),
        (LayerSpec("x", "LSTM", ("in",), ("x",)), "'LSTM'"),
        (LayerSpec("x", "ReLU", (), ("x",)), "reads nothing"),
    ],
)
def test_settings_that_make_no_sense_are_named(layer: LayerSpec, cause: str) -> None:
    with pytest.raises(NetworkFileError, match=cause) as caught:
        infer_blob_shapes(build_graph(layer))
    assert "layer 'x'" in str(caught.value)


def test_a_kernel_of_two_sides_and_a_scale_of_two_bottoms() -> None:
    conv = build_convolution(num_output=4, kernel_size=(3, 5))
    scale = LayerSpec("s", "Scale", ("in", "x"), ("s",))
    assert infer_blob_shapes(build_graph(conv, scale)) == {"x": ((4, 4, 3, 5), (4,))}


def test_an_input_without_channels_is_named() -> None:
    with pytest.raises(NetworkFileError, match="the channels of the input 'l'"):
        infer_blob_shapes(NetworkGraph("", (InputSpec("l"),), ()))
