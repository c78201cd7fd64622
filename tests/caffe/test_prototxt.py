from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorize_lab.caffe import (
    InputSpec,
    LayerSpec,
    NetworkFileError,
    NetworkGraph,
    format_prototxt,
    parse_prototxt,
    write_caffemodel,
)
from tests.helpers.opencv_network import load_network
from tests.helpers.random_weights import build_random_weights

SHAPE = "shape { dim: 1 dim: 3 dim: 8 dim: 8 }"
INPUT = f'layer {{ name: "in" type: "Input" top: "in" input_param {{ {SHAPE} }} }}'

# As found in the wild: comments, both quotes, training's fields, a layer that makes nothing.
WILD = """
name: 'LtoAB' # the network
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 1 dim: 1 dim: 8 dim: 8 } } }
layer {
  name: "conv"
  type: "Convolution"
  # bottom: "other"
  bottom: "data"
  top: "conv"
  param { lr_mult: 0 decay_mult: 0 }
  param { lr_mult: 0 decay_mult: 0 }
  convolution_param {
    num_output: 4 kernel_size: 3 kernel_size: 5 pad: 1 stride: 2
    weight_filler { type: "gaussian" std: 0.01 }
    engine: CUDNN
  }
  include { phase: TEST }
}
layer {
  name: "scale"
  type: "Scale"
  bottom: "conv"
  top: "scale"
  scale_param { bias_term: False
    filler { type: 'constant' value: 2.606 } }
}
layer { name: "quiet" type: "Silence" bottom: "scale" }
"""


def test_a_prototxt_from_the_wild_is_read() -> None:
    graph = parse_prototxt(WILD)
    assert graph.name == "LtoAB"
    assert graph.inputs == (InputSpec("data", (1, 1, 8, 8)),)
    conv, scale, quiet = graph.layers
    assert (conv.bottoms, conv.tops) == (("data",), ("conv",))
    assert conv.params == {
        "num_output": 4,
        "kernel_size": (3, 5),
        "pad": 1,
        "stride": 2,
        "engine": "CUDNN",
    }
    assert scale.params == {"bias_term": False}
    assert (quiet.type, quiet.tops) == ("Silence", ())


@pytest.mark.parametrize(
    ("head", "inputs"),
    [
        (INPUT, (InputSpec("in", (1, 3, 8, 8)),)),
        ('layer { name: "in" type: "Input" top: "in" }', (InputSpec("in"),)),
        ('input: "in"', (InputSpec("in"),)),
        (
            'input: "in" input_dim: [1, 3] input_dim: 8 input_dim: 9',
            (InputSpec("in", (1, 3, 8, 9)),),
        ),
        ('input: "in" input_shape { dim: [1, 3, 8, 9] }', (InputSpec("in", (1, 3, 8, 9)),)),
        (
            'input: "in" input: "hints" input_shape { dim: 1 } input_shape { dim: 1 dim: 3 }',
            (InputSpec("in", (1,)), InputSpec("hints", (1, 3))),
        ),
        (
            'input: "in" input: "b"' + "input_dim: 1 " * 4 + "input_dim: 2 " * 4,
            (InputSpec("in", (1,) * 4), InputSpec("b", (2,) * 4)),
        ),
        (
            'layer { name: "x" type: "Input" top: "in" top: "b" input_param { shape { dim: 1 } } }',
            (InputSpec("in", (1,)), InputSpec("b", (1,))),
        ),
    ],
)
def test_inputs_of_every_kind(head: str, inputs: tuple[InputSpec, ...]) -> None:
    graph = parse_prototxt(head + 'layer { name: "relu" type: "ReLU" bottom: "in" top: "out" }')
    assert graph.inputs == inputs
    assert [layer.name for layer in graph.layers] == ["relu"]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ('layers { name: "conv" type: CONVOLUTION }', "before 2014"),
        ('input: "a" input: "b" input_shape { dim: 1 }', "2 inputs but 1 shapes"),
        ('input: "a" input_shape { dim: -1 }', "'dim'"),
        ('input: "a" input_shape { dim: true }', "'dim'"),
        ('input: "a" input_shape { dim: 1.5 }', "'dim'"),
        ("input: a", "'input' of the prototxt does not hold a text in quotes"),
        ('layer: "conv"', "'layer' of the prototxt does not hold a message"),
        ('layer { name: "x" type: "ReLU" bottom: "y" top: "x" }', "'x' of the prototxt reads 'y'"),
        ('input: "y" layer { type: "ReLU" bottom: "y" scale_param: 3 }', "'scale_param'"),
        (INPUT + 'layer { name: "x" type: "ReLU" bottom: "in" top: "a" }' * 2, "two layers"),
        ("<html><body>404</body></html>", "line 1"),
    ],
)
def test_what_makes_no_network_is_refused(text: str, cause: str) -> None:
    with pytest.raises(NetworkFileError) as caught:
        parse_prototxt(text)
    assert cause in str(caught.value)


NAMES = st.text(min_size=1, max_size=12)
COUNTS = st.integers(1, 2**31)
PARAMS = st.dictionaries(
    st.sampled_from(["num_output", "kernel_size", "pad", "bias_term", "engine", "axis"]),
    COUNTS | st.booleans() | st.just("SUM") | st.tuples(COUNTS, COUNTS) | st.floats(0, 1),
    max_size=4,
)
TYPES = st.sampled_from(["Convolution", "Deconvolution", "BatchNorm", "Scale", "Eltwise", "Concat"])


@st.composite
def build_graphs(draw: st.DrawFn) -> NetworkGraph:
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    shapes = st.lists(COUNTS, max_size=4).map(tuple)
    inputs = (InputSpec(names[0], draw(shapes)),)
    layers = []
    for i, name in enumerate(names[1:], 1):
        bottoms = draw(st.lists(st.sampled_from(names[:i]), min_size=1, max_size=2))
        kind = draw(TYPES)
        params = draw(PARAMS) if kind in ("Convolution", "Deconvolution") else {}
        layers.append(LayerSpec(name, kind, tuple(bottoms), (name,), params))
    return NetworkGraph(draw(st.text(max_size=9)), inputs, tuple(layers))


@given(build_graphs())
def test_graphs_come_back(graph: NetworkGraph) -> None:
    assert parse_prototxt(format_prototxt(graph)) == graph


def test_opencv_reads_names_and_settings_alike() -> None:
    params = {"num_output": 6, "kernel_size": 5, "stride": 2, "pad": 1, "dilation": 2}
    conv = LayerSpec('co"nv\\ü', "Convolution", ("in",), ('co"nv\\ü',), params)
    relu = LayerSpec("relu", "ReLU", conv.tops, ("relu",), {"negative_slope": 0.25})
    both = LayerSpec("sum", "Eltwise", ("relu", "relu"), ("sum",), {"operation": "SUM"})
    graph = NetworkGraph("", (InputSpec("in", (1, 3, 32, 48)),), (conv, relu, both))
    weights = write_caffemodel(build_random_weights(graph))
    network = load_network(format_prototxt(graph), weights, fuse=False)
    network.setInput(np.random.default_rng(0).normal(size=(1, 3, 32, 48)).astype(np.float32))
    linear, rectified, doubled = network.forward([conv.name, "relu", "sum"])
    assert linear.shape == (1, 6, (32 + 2 - 9) // 2 + 1, (48 + 2 - 9) // 2 + 1)
    assert linear.min() < 0
    np.testing.assert_allclose(rectified, np.where(linear < 0, linear / 4, linear), rtol=1e-6)
    np.testing.assert_allclose(doubled, 2 * rectified, rtol=1e-6)


def test_settings_of_an_unknown_type_cannot_be_written() -> None:
    layer = LayerSpec("crop", "Crop", ("in",), ("crop",), {"axis": 2})
    graph = NetworkGraph("", (InputSpec("in"),), (layer,))
    with pytest.raises(NetworkFileError, match="'crop' cannot be written"):
        format_prototxt(graph)


def test_a_setting_that_is_no_word_cannot_be_written() -> None:
    layer = LayerSpec("x", "Eltwise", ("in",), ("x",), {"operation": "SUM } layer {"})
    with pytest.raises(NetworkFileError, match="enum"):
        format_prototxt(NetworkGraph("", (InputSpec("in"),), (layer,)))


@given(st.integers(0, len(WILD) - 1), st.sampled_from(['"', "{", "}", ":", "#", "0", "x", ""]))
def test_a_changed_letter_never_raises_anything_else(position: int, letter: str) -> None:
    try:
        parse_prototxt(WILD[:position] + letter + WILD[position + 1 :])
    except NetworkFileError as error:
        assert str(error)
