"""The ONNX twin, held against the layers' definitions by the reference of the onnx library."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_lab.caffe import CaffeModel, InputSpec, LayerBlobs, LayerSpec, NetworkGraph
from colorize_lab.errors import NetworkFileError
from colorize_lab.onnx import convert_network

onnx = pytest.importorskip("onnx")
reference = pytest.importorskip("onnx.reference")

RNG = np.random.default_rng(4)


def make_layer(name: str, kind: str, *bottoms: str, **params: object) -> LayerSpec:
    return LayerSpec(name, kind, bottoms, (name,), params)


def make_blobs(*shapes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    return tuple(RNG.uniform(0.2, 1, shape).astype(np.float32) for shape in shapes)


GRAPH = NetworkGraph(
    "all",
    (InputSpec("data", (1, 2, 8, 8)), InputSpec("more", (1, 2, 8, 8))),
    (
        make_layer("conv", "Convolution", "data", num_output=4, kernel_size=3, pad=1, stride=2),
        LayerSpec("relu", "ReLU", ("conv",), ("conv",)),  # in place
        make_layer("norm", "BatchNorm", "conv"),
        make_layer("scale", "Scale", "norm", bias_term=True),
        make_layer("depth", "Convolution", "scale", num_output=4, kernel_size=3, pad=2, dilation=2,
                   group=4),
        make_layer("sum", "Eltwise", "depth", "scale"),
        make_layer("up", "Deconvolution", "sum", num_output=3, kernel_size=4, pad=1, stride=2),
        make_layer("mean", "Pooling", "more", pool="AVE", global_pooling=True),
        make_layer("squeezed", "Convolution", "mean", num_output=3, kernel_size=1),
        make_layer("weighted", "Scale", "up", "squeezed"),
        make_layer("joined", "Concat", "weighted", "more"),
        make_layer("bins", "Convolution", "joined", num_output=5, kernel_size=1),
        make_layer("softmax", "Softmax", "bins"),
        make_layer("unused", "Convolution", "data", num_output=9, kernel_size=1),
    ),
)  # fmt: skip
SHAPES = {
    "conv": [(4, 2, 3, 3), (4,)],
    "norm": [(4,), (4,), (1,)],
    "scale": [(4,), (4,)],
    "depth": [(4, 1, 3, 3), (4,)],
    "up": [(4, 3, 4, 4), (3,)],
    "squeezed": [(3, 2, 1, 1), (3,)],
    "bins": [(5, 5, 1, 1), (5,)],
    "unused": [(9, 2, 1, 1), (9,)],
}
MODEL = CaffeModel(
    "all",
    tuple(LayerBlobs(name, "", make_blobs(*shapes)) for name, shapes in SHAPES.items()),
)


def run_in_reference(outputs: list[str], feed: dict[str, np.ndarray]) -> list[np.ndarray]:
    model = onnx.load_from_string(convert_network(GRAPH, MODEL, outputs))
    onnx.checker.check_model(model)
    return reference.ReferenceEvaluator(model).run(outputs, feed)


def test_every_layer_type_matches_the_definitions() -> None:
    from tests.helpers.reference_network import run_layer_in_numpy, run_network

    feed = {name: RNG.normal(size=(1, 2, 8, 8)).astype(np.float32) for name in ("data", "more")}
    expected = run_network(GRAPH, MODEL, feed, run_layer_in_numpy)
    found = run_in_reference(["softmax", "sum"], feed)
    np.testing.assert_allclose(found[0], expected["softmax"], atol=1e-5)
    np.testing.assert_allclose(found[1], expected["sum"], atol=1e-5)
    feed["data"] = feed["data"] + 1
    assert np.abs(run_in_reference(["softmax"], feed)[0] - expected["softmax"]).max() > 1e-3


def test_slopes_and_coefficients_are_kept() -> None:
    feed = {name: RNG.normal(size=(1, 2, 8, 8)).astype(np.float32) for name in ("data", "more")}
    layers = (
        make_layer("slope", "ReLU", "data", negative_slope=0.1),
        make_layer("mix", "Eltwise", "slope", "more", coeff=(2.0, -0.5)),
    )
    graph = NetworkGraph("", GRAPH.inputs, layers)
    model = onnx.load_from_string(convert_network(graph, CaffeModel("", ()), ["mix"]))
    onnx.checker.check_model(model)
    (found,) = reference.ReferenceEvaluator(model).run(["mix"], feed)
    sloped = np.where(feed["data"] > 0, feed["data"], 0.1 * feed["data"])
    np.testing.assert_allclose(found, 2 * sloped - 0.5 * feed["more"], atol=1e-6)


def test_only_what_is_needed_is_written() -> None:
    model = onnx.load_from_string(convert_network(GRAPH, MODEL, ["conv"]))
    assert [spec.name for spec in model.graph.input] == ["data"]
    assert {tensor.name for tensor in model.graph.initializer} == {"conv.0", "conv.1"}


@pytest.mark.parametrize(
    "layer",
    [
        make_layer("l", "Eltwise", "data", "more", operation="MAX"),
        make_layer("l", "Eltwise", "data", "more", coeff=(1.0,)),
        make_layer("l", "Eltwise", "data", "more", coeff=(1.0, "x")),
        make_layer("l", "ReLU", "data", negative_slope="x"),
        make_layer("l", "Pooling", "data", pool="MAX", global_pooling=True),
        make_layer("l", "Pooling", "data", pool="AVE", kernel_size=2),
    ],
)
def test_layer_without_a_counterpart_is_refused(layer: LayerSpec) -> None:
    graph = NetworkGraph("", GRAPH.inputs, (layer,))
    with pytest.raises(NetworkFileError, match="--engine opencv"):
        convert_network(graph, CaffeModel("", ()), ["l"])


def test_unknown_output() -> None:
    with pytest.raises(NetworkFileError, match="'nowhere'"):
        convert_network(GRAPH, MODEL, ["nowhere"])
