"""The kinds of layers of our own network: two inputs, sums, any size, float16."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_lab.caffe import (
    CaffeModel,
    InputSpec,
    LayerSpec,
    NetworkGraph,
    check_fit,
    format_prototxt,
    parse_prototxt,
    read_caffemodel,
    write_caffemodel,
)
from tests.helpers.opencv_network import load_network, run_layers
from tests.helpers.random_weights import build_random_weights
from tests.helpers.reference_network import compute_errors, run_layer_in_numpy, run_network

TOLERANCE = 1e-3
INPUTS = (InputSpec("data_l", (1, 1, 64, 64)), InputSpec("hints", (1, 3, 64, 64)))


def build_layer(
    kind: str, bottoms: str, top: str, *, name: str = "", **params: int | bool
) -> LayerSpec:
    return LayerSpec(name or top, kind, tuple(bottoms.split()), (top,), params)


GRAPH = NetworkGraph(
    "compact-like",
    INPUTS,
    (
        build_layer("Concat", "data_l hints", "joined"),
        build_layer(
            "Convolution", "joined", "conv1", num_output=16, kernel_size=3, stride=2, pad=1
        ),
        build_layer("ReLU", "conv1", "conv1", name="relu1"),
        build_layer("Convolution", "conv1", "a", num_output=16, kernel_size=3, pad=2, dilation=2),
        build_layer("ReLU", "a", "a", name="relu_a"),
        build_layer("Convolution", "a", "b", num_output=16, kernel_size=3, pad=1, bias_term=False),
        build_layer("BatchNorm", "b", "b_norm"),
        build_layer("Scale", "b_norm", "b_scale", bias_term=True),
        build_layer("Eltwise", "conv1 b_scale", "sum"),
        build_layer("ReLU", "sum", "sum", name="relu_sum"),
        build_layer("Deconvolution", "sum", "up", num_output=8, kernel_size=4, stride=2, pad=1),
        build_layer("Convolution", "up", "scores", num_output=13, kernel_size=1),
        build_layer("Softmax", "scores", "shares"),
    ),
)


def build_inputs(height: int, width: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(height)
    return {
        spec.name: rng.normal(0, 1, (1, spec.shape[1], height, width)).astype("f4")
        for spec in INPUTS
    }


@pytest.fixture(scope="module")
def weights() -> bytes:
    return write_caffemodel(build_random_weights(GRAPH), half=True)


def compute_worst_error(
    outputs: dict[str, np.ndarray], model: CaffeModel, side: tuple[int, int]
) -> float:
    expected = run_network(GRAPH, model, build_inputs(*side), run_layer_in_numpy)
    return max(compute_errors(outputs, expected).values())


@pytest.mark.parametrize("side", [(64, 64), (32, 48), (34, 18)])
def test_opencv_agrees_at_every_layer_and_size(weights: bytes, side: tuple[int, int]) -> None:
    model = read_caffemodel(weights)
    check_fit(GRAPH, model)
    network = load_network(format_prototxt(GRAPH), weights, fuse=False)
    outputs = run_layers(network, GRAPH, build_inputs(*side))
    assert compute_worst_error(outputs, model, side) <= TOLERANCE


def test_one_fused_network_takes_sizes_in_turn(weights: bytes) -> None:
    network = load_network(format_prototxt(GRAPH), weights)
    for side in ((64, 64), (32, 48), (64, 64)):
        inputs = build_inputs(*side)
        for name, tensor in inputs.items():
            network.setInput(tensor, name)
        expected = run_network(GRAPH, read_caffemodel(weights), inputs, run_layer_in_numpy)
        errors = compute_errors({"end": network.forward()}, {"end": expected["shares"]})
        assert errors["end"] <= TOLERANCE


def test_other_weights_are_found(weights: bytes) -> None:
    network = load_network(format_prototxt(GRAPH), weights, fuse=False)
    outputs = run_layers(network, GRAPH, build_inputs(32, 32))
    assert compute_worst_error(outputs, read_caffemodel(weights), (32, 32)) <= TOLERANCE
    assert compute_worst_error(outputs, build_random_weights(GRAPH, seed=1), (32, 32)) > TOLERANCE


def test_the_second_input_counts(weights: bytes) -> None:
    network = load_network(format_prototxt(GRAPH), weights, fuse=False)
    inputs = build_inputs(32, 32)
    without_hints = {**inputs, "hints": np.zeros_like(inputs["hints"])}
    outputs = run_layers(network, GRAPH, without_hints)
    assert compute_worst_error(outputs, read_caffemodel(weights), (32, 32)) > TOLERANCE


def test_the_prototxt_says_the_same_graph() -> None:
    assert parse_prototxt(format_prototxt(GRAPH)) == GRAPH
