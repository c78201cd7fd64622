"""How large tensors become: told as OpenCV makes them, and refused where they are too large."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from colorize_lab.caffe import (
    CaffeModel,
    InputSpec,
    LayerBlobs,
    LayerSpec,
    NetworkFileError,
    NetworkGraph,
    check_cost,
    format_prototxt,
    infer_blob_shapes,
    parse_prototxt,
    write_caffemodel,
)
from colorize_lab.caffe.cost import infer_sizes
from colorize_lab.resources import models_dir
from tests.helpers.opencv_network import load_network, run_layers


def make_graph(*layers: LayerSpec) -> NetworkGraph:
    return NetworkGraph("", (InputSpec("data", (1, 2, 24, 20)),), layers)


def make_layer(kind: str = "Convolution", name: str = "conv", **settings: Any) -> LayerSpec:
    return LayerSpec(name, kind, ("data",), (name,), {"num_output": 3, "kernel_size": 3} | settings)


def run_opencv(graph: NetworkGraph) -> tuple[int, ...]:
    """Tell the shape that OpenCV makes of 24 x 20 pixels."""
    blobs = [np.ones(shape, np.float32) for shape in infer_blob_shapes(graph)["conv"]]
    model = CaffeModel("", (LayerBlobs("conv", graph.layers[0].type, tuple(blobs)),))
    network = load_network(format_prototxt(graph), write_caffemodel(model))
    return run_layers(network, graph, {"data": np.zeros((1, 2, 24, 20), "f4")})["conv"].shape


@settings(max_examples=40)
@given(
    kind=st.sampled_from(["Convolution", "Deconvolution"]),
    kernel=st.integers(1, 5),
    pad=st.integers(0, 4),
    stride=st.integers(1, 4),
    dilation=st.integers(1, 3),
)
def test_sizes_are_those_that_opencv_makes(
    kind: str, kernel: int, pad: int, stride: int, dilation: int
) -> None:
    assume(kind == "Convolution" or (dilation == 1 and pad < kernel))
    chosen = {"kernel_size": kernel, "pad": pad, "stride": stride, "dilation": dilation}
    graph = make_graph(make_layer(kind, **chosen))
    ((_, channels, size),) = infer_sizes(graph, (24, 20))
    assume(min(size) > 0)
    assert run_opencv(graph) == (1, channels, *size)


def test_settings_of_each_side_are_read_as_opencv_reads_them() -> None:
    graph = make_graph(make_layer(pad_h=2, pad_w=0, stride_h=1, stride_w=3))
    ((_, _, size),) = infer_sizes(graph, (24, 20))
    assert run_opencv(graph)[2:] == size


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        ({"pad": 100_000}, "pad, which exceeds"),
        ({"pad": 1000, "num_output": 64}, "produces 64 x 2254 x 2254 numbers"),
        ({"num_output": 10**9}, "produces 1000000000 x"),
        ({"stride": 0}, "at least 1 as stride"),
        ({"stride": -1}, "at least 1 as stride"),
        ({"stride": (1, 2, 3)}, "at least 1 as stride"),
        ({"stride_h": 2}, "at least 1 as stride"),
        ({"dilation": 2**31 - 1}, "dilation, which exceeds"),
        ({"dilation": 500}, "produces 3 x 0 x 0 numbers"),
        ({"kernel_size": 5000}, "kernel_size, which exceeds"),
        ({"pad": True}, "at least 0 as pad"),
    ],
)
def test_what_would_take_all_memory_is_refused(wrong: dict[str, Any], cause: str) -> None:
    with pytest.raises(NetworkFileError, match=cause):
        check_cost(make_graph(make_layer(**wrong)))


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [({"dilation": 2}, "dilated"), ({"kernel_size": 1, "pad": 1}, "crops 1 pixels")],
)
def test_what_opencv_ends_on_or_passes_over_is_refused(wrong: dict[str, int], cause: str) -> None:
    with pytest.raises(NetworkFileError, match=cause):
        check_cost(make_graph(make_layer("Deconvolution", **wrong)))


def test_growth_by_steps_is_refused() -> None:
    grow = {"num_output": 2, "kernel_size": 4, "stride": 4}
    layers = [
        LayerSpec(f"up{n}", "Deconvolution", (f"up{n - 1}" if n else "data",), (f"up{n}",), grow)
        for n in range(20)
    ]
    with pytest.raises(NetworkFileError, match="'up2'"):
        check_cost(make_graph(*layers))


def test_more_layers_than_any_network_has_are_refused() -> None:
    layers = [LayerSpec(f"relu{n}", "ReLU", ("data",), ("data",)) for n in range(1001)]
    check_cost(make_graph(*layers[:1000]))
    with pytest.raises(NetworkFileError, match="more than 1000"):
        check_cost(make_graph(*layers))


def test_tensors_of_two_sizes_are_not_joined() -> None:
    small = make_layer(num_output=2, stride=2, pad=1)
    joined = LayerSpec("sum", "Eltwise", ("data", "conv"), ("sum",))
    with pytest.raises(NetworkFileError, match="differ in height or width"):
        check_cost(make_graph(small, joined))


def test_channels_are_scaled_by_one_number_each() -> None:
    """The mean of the whole picture may scale it; a picture may not scale a picture."""
    mean = LayerSpec(
        "mean", "Pooling", ("data",), ("mean",), {"pool": "AVE", "global_pooling": True}
    )
    scaled = LayerSpec("scaled", "Scale", ("data", "mean"), ("scaled",))
    sizes = [size for *_, size in infer_sizes(make_graph(mean, scaled), (24, 20))]
    assert sizes == [(1, 1), (24, 20)]
    wrong = LayerSpec("scaled", "Scale", ("data", "data"), ("scaled",))
    with pytest.raises(NetworkFileError, match="differ in height or width"):
        check_cost(make_graph(mean, wrong))


@pytest.mark.parametrize("params", [{"pool": "MAX", "global_pooling": True}, {"pool": "AVE"}, {}])
def test_only_means_of_the_whole_picture_are_pooled(params: dict[str, Any]) -> None:
    with pytest.raises(NetworkFileError, match="is not a mean over the whole picture"):
        check_cost(make_graph(LayerSpec("mean", "Pooling", ("data",), ("mean",), params)))


def test_a_convolution_reads_one_tensor() -> None:
    layer = LayerSpec("c", "ReLU", ("data", "data"), ("c",))
    with pytest.raises(NetworkFileError, match="accepts one"):
        check_cost(make_graph(layer))


CONVOLUTION = (
    'input: "data" input_shape { dim: 1 dim: 2 dim: 8 dim: 8 } layer { name: "conv" '
    'type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 3 '
    "kernel_size: 3 pad: 100000 } }"
)


def test_settings_in_another_types_message_hide_nothing() -> None:
    text = CONVOLUTION.replace("} }", "} relu_param { pad: 1 } }")
    with pytest.raises(NetworkFileError, match="'relu_param' of the prototxt has the field 'pad'"):
        parse_prototxt(text)
    text = CONVOLUTION.replace("} }", "} scale_param { axis: 2 } }")
    assert parse_prototxt(text).layers[0].params["pad"] == 100_000
    assert "axis" not in parse_prototxt(text).layers[0].params


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ("pad: 100000", "dilationon: 1"),
        ("layer {", "layer { blobs { data: 1 } "),
        ("layer {", "more: 1 layer {"),
        ("} }", "} pooling_param { pad: 1 } }"),
        ("dim: 2", "size: 2"),
    ],
)
def test_fields_that_opencv_might_end_on_are_refused(known: str, unknown: str) -> None:
    assert parse_prototxt(CONVOLUTION).layers
    with pytest.raises(NetworkFileError, match="of the prototxt has the field"):
        parse_prototxt(CONVOLUTION.replace(known, unknown, 1))


@pytest.mark.parametrize("path", sorted(models_dir().glob("*/*.prototxt")), ids=str)
def test_networks_that_ship_are_in_proportion(path: Any) -> None:
    check_cost(parse_prototxt(path.read_text(encoding="utf-8")))
