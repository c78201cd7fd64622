"""The same weights give the same logits in every runtime, and a mistake in a layer shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import runtimes
from benchmarks.layers import Geometry, list_layers
from benchmarks.runtimes import ONNX, OPENCV, OPENVINO, TORCH, find_missing, list_loaders
from benchmarks.speed_networks import AIM_DIFFERENCE, measure_difference, measure_networks
from benchmarks.synthetic import make_random_network
from colorize_lab.networks import InstalledNetwork

# Every type of layer that a network of ours may have, the sizes chosen so that nothing is square.
PROTOTXT = """
layer { name: "l" type: "Input" top: "l" input_param { shape { dim: 1 dim: 1 dim: 16 dim: 16 } } }
layer { name: "h" type: "Input" top: "h" input_param { shape { dim: 1 dim: 3 dim: 16 dim: 16 } } }
layer { name: "data" type: "Concat" bottom: "l" bottom: "h" top: "data" }
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  convolution_param { num_output: 8 kernel_size: 3 stride: 2 pad: 1 } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "norm1" type: "BatchNorm" bottom: "conv1" top: "norm1" }
layer { name: "scale1" type: "Scale" bottom: "norm1" top: "norm1" scale_param { bias_term: true } }
layer { name: "conv2" type: "Convolution" bottom: "norm1" top: "conv2"
  convolution_param { num_output: 8 kernel_size: 3 pad: 4 dilation: 4 group: 2 bias_term: false } }
layer { name: "sum" type: "Eltwise" bottom: "conv2" bottom: "norm1" top: "sum" }
layer { name: "down" type: "Convolution" bottom: "sum" top: "down"
  convolution_param { num_output: 8 kernel_size: 3 stride: 2 pad: 1 } }
layer { name: "down2" type: "Convolution" bottom: "down" top: "down2"
  convolution_param { num_output: 8 kernel_size: 3 stride: 2 pad: 1 } }
layer { name: "up" type: "Deconvolution" bottom: "down2" top: "up"
  convolution_param { num_output: 6 kernel_size: 4 stride: 2 pad: 1 } }
layer { name: "logits" type: "Convolution" bottom: "up" top: "logits"
  convolution_param { num_output: 313 kernel_size: 1 } }
layer { name: "prob" type: "Softmax" bottom: "logits" top: "prob" }
"""
LIGHTNESS = np.random.default_rng(1).uniform(0, 100, (16, 24)).astype(np.float32)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> InstalledNetwork:
    folder = tmp_path_factory.mktemp("every-layer")
    prototxt = folder / "deploy.prototxt"
    prototxt.write_text(PROTOTXT, encoding="utf-8")
    return make_random_network(prototxt, folder / "random.caffemodel")


@pytest.mark.parametrize("runtime", [ONNX, OPENVINO, TORCH])
def test_runtime_computes_what_opencv_does(network: InstalledNetwork, runtime: str) -> None:
    if runtime in find_missing():
        pytest.skip(find_missing()[runtime])
    loaders = list_loaders(network)
    truth, logits = (loaders[name]()(LIGHTNESS) for name in (OPENCV, runtime))
    assert logits.shape == truth.shape == (313, 4, 6)
    assert measure_difference(logits, truth) < 1e-5


def test_mistake_in_a_layer_shows(
    network: InstalledNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    layers = list_layers(network)
    wrong = [
        replace(layer, weights=(layer.weights[0] * np.float32(1.1), *layer.weights[1:]))
        if layer.spec.name == "conv2"
        else layer
        for layer in layers
    ]
    truth = list_loaders(network)[OPENCV]()(LIGHTNESS)
    monkeypatch.setattr(runtimes, "list_layers", lambda _: wrong)
    logits = list_loaders(network)[TORCH]()(LIGHTNESS)
    assert AIM_DIFFERENCE.judge(measure_difference(logits, truth)) == "missed"


def test_layers_end_at_the_logits(network: InstalledNetwork) -> None:
    layers = list_layers(network)
    assert layers[-1].spec.name == "logits"
    assert {layer.spec.name: layer for layer in layers}["conv2"].geometry == Geometry(1, 4, 4, 2)


def test_table_names_what_is_not_installed(
    network: InstalledNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (ONNX, OPENVINO, TORCH):
        monkeypatch.setitem(runtimes.NEEDED, name, "no_such_module")
    table, numbers = measure_networks([network], rounds=1)
    assert "onnxruntime is not timed: install no_such_module." in table
    assert list(numbers[network.spec.name]) == [OPENCV]
    assert numbers[network.spec.name][OPENCV]["difference"] < 1e-6
