"""The proof that the released weights will run: our prototxt, our file, OpenCV, every layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from colorize_lab.caffe import (
    CaffeModel,
    LayerBlobs,
    NetworkFileError,
    NetworkGraph,
    check_fit,
    parse_prototxt,
    read_caffemodel,
    write_caffemodel,
)
from tests.helpers.opencv_network import load_network, run_layers
from tests.helpers.random_weights import build_random_weights
from tests.helpers.reference_network import (
    Blobs,
    compute_errors,
    run_layer_in_numpy,
    run_layer_in_torch,
    run_network,
)

PROTOTXT = Path(__file__).parents[2] / "models" / "zhang-eccv16" / "deploy.prototxt"
TOLERANCE = 1e-3  # of a layer's range


@pytest.fixture(scope="module")
def text() -> str:
    return PROTOTXT.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def graph(text: str) -> NetworkGraph:
    return parse_prototxt(text)


@pytest.fixture(scope="module")
def model(graph: NetworkGraph) -> CaffeModel:
    return build_random_weights(graph)


@pytest.fixture(scope="module")
def data(model: CaffeModel) -> bytes:
    return write_caffemodel(model)


@pytest.fixture(scope="module")
def inputs() -> dict[str, np.ndarray]:
    # Not square, so that a swap of the axes shows.
    return {"data_l": np.random.default_rng(1).uniform(-50, 50, (1, 1, 64, 48)).astype("f4")}


@pytest.fixture(scope="module")
def outputs(
    text: str, data: bytes, graph: NetworkGraph, inputs: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    return run_layers(load_network(text, data, fuse=False), graph, inputs)


@pytest.fixture(scope="module")
def expected(
    graph: NetworkGraph, model: CaffeModel, inputs: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    return run_network(graph, model, inputs, run_layer_in_numpy)


def test_weights_have_the_size_of_the_release(graph: NetworkGraph, data: bytes) -> None:
    check_fit(graph, read_caffemodel(data))
    assert round(len(data) / 1e6, 1) == 128.9  # what the mirrors serve


def test_layers_are_those_of_the_paper(graph: NetworkGraph) -> None:
    """Side and field of view of each block as in table 4 of the paper, names as released."""
    sides = {"data_l": 224}
    for layer in graph.layers:
        stride = layer.params.get("stride", 1)
        side = sides[layer.bottoms[0]]
        sides[layer.tops[0]] = side * stride if layer.type == "Deconvolution" else side // stride
    blocks = ["conv1_2", "conv2_2", "conv3_3", "conv4_3", "conv5_3", "conv6_3", "conv7_3"]
    assert [sides[f"{block}norm"] for block in blocks] == [112, 56, 28, 28, 28, 28, 28]
    assert sides["conv8_313"] == 56
    dilated = [layer.name for layer in graph.layers if layer.params.get("dilation", 1) == 2]
    assert dilated == [f"conv{block}_{i}" for block in (5, 6) for i in (1, 2, 3)]
    weighted = [layer for layer in graph.layers if layer.type != "ReLU"]
    assert weighted[0].name == "bw_conv1_1"
    assert all(layer.name == layer.tops[0] for layer in weighted[1:])


def test_opencv_agrees_at_every_layer(
    outputs: dict[str, np.ndarray], expected: dict[str, np.ndarray]
) -> None:
    errors = compute_errors(outputs, expected)
    assert len(errors) == 52
    assert max(errors.values()) <= TOLERANCE, errors


def test_torch_agrees_at_every_layer(
    graph: NetworkGraph,
    model: CaffeModel,
    inputs: dict[str, np.ndarray],
    outputs: dict[str, np.ndarray],
) -> None:
    pytest.importorskip("torch")
    reference = run_network(graph, model, inputs, run_layer_in_torch)
    assert max(compute_errors(outputs, reference).values()) <= TOLERANCE


def test_fused_layers_and_float16_agree_at_the_end(
    text: str, graph: NetworkGraph, model: CaffeModel, inputs: dict[str, np.ndarray]
) -> None:
    half = write_caffemodel(model, half=True)
    network = load_network(text, half)
    network.setInput(inputs["data_l"])
    reference = run_network(graph, read_caffemodel(half), inputs, run_layer_in_numpy)
    errors = compute_errors({"end": network.forward()}, {"end": reference["conv8_313"]})
    assert errors["end"] <= TOLERANCE


def change_one_bias(blobs: Blobs) -> Blobs:
    biases = blobs[1].copy()
    biases[7] += 1
    return blobs[0], biases


def swap_kernel_axes(blobs: Blobs) -> Blobs:
    return np.swapaxes(blobs[0], 2, 3), blobs[1]


def forget_the_weight_of_statistics(blobs: Blobs) -> Blobs:
    return blobs[0], blobs[1], np.ones(1)


def keep(blobs: Blobs) -> Blobs:
    return blobs


@pytest.mark.parametrize(
    ("name", "params", "change"),
    [
        ("conv5_1", {"dilation": 1, "pad": 1}, keep),
        ("conv4_2", {}, change_one_bias),
        ("conv6_3", {}, swap_kernel_axes),
        ("conv8_1", {}, swap_kernel_axes),
        ("conv2_2norm", {}, forget_the_weight_of_statistics),
        ("conv3_1", {}, keep),
    ],
)
def test_a_wrong_layer_is_found(
    name: str,
    params: dict[str, int],
    change: Callable[[Blobs], Blobs],
    graph: NetworkGraph,
    model: CaffeModel,
    outputs: dict[str, np.ndarray],
) -> None:
    """The comparison has teeth: it passes a layer that is right and no other."""
    layer = next(layer for layer in graph.layers if layer.name == name)
    blobs = next(layer.blobs for layer in model.layers if layer.name == name)
    made_by = {layer.tops[0]: layer.name for layer in graph.layers}
    source = outputs[made_by[layer.bottoms[0]]]
    altered = replace(layer, params={**layer.params, **params})
    result = run_layer_in_numpy(altered, [source], change(blobs))
    error = compute_errors({name: outputs[name]}, {name: result})[name]
    is_wrong = bool(params) or change is not keep
    assert (error > TOLERANCE) == is_wrong


def test_a_released_file_may_hold_more_layers(graph: NetworkGraph, model: CaffeModel) -> None:
    ab = LayerBlobs("class8_ab", "Convolution", (np.zeros((2, 313, 1, 1), np.float32),))
    check_fit(graph, replace(model, layers=(*model.layers, ab)))


def test_a_layer_of_another_name_does_not_fit(graph: NetworkGraph, model: CaffeModel) -> None:
    first = replace(model.layers[0], name="conv1_1")
    with pytest.raises(NetworkFileError, match="no weights for layer 'bw_conv1_1'"):
        check_fit(graph, replace(model, layers=(first, *model.layers[1:])))
