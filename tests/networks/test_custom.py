from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from colorize_lab.errors import InputError, NetworkFileError
from colorize_lab.networks import Network, custom_network
from tests.helpers.tiny_network import TinyFiles

# The end of the official prototxts: scaled by 1 / 0.38, softmax, and the annealed mean.
DECODER = """
layer { name: "conv8_313_rh" type: "Scale" bottom: "conv_313" top: "conv8_313_rh"
  scale_param { bias_term: false filler { type: 'constant' value: 2.606 } } }
layer { name: "class8_313_rh" type: "Softmax" bottom: "conv8_313_rh" top: "class8_313_rh" }
layer { name: "class8_ab" type: "Convolution" bottom: "class8_313_rh" top: "class8_ab"
  convolution_param { num_output: 2 kernel_size: 1 } }
layer { name: "Silence" type: "Silence" bottom: "class8_ab" }
"""


@pytest.fixture
def files(tiny: TinyFiles, tmp_path: Path) -> tuple[Path, Path]:
    prototxt, weights = tmp_path / "own.prototxt", tmp_path / "own.caffemodel"
    prototxt.write_text(tiny.prototxt, encoding="utf-8")
    weights.write_bytes(tiny.weights)
    return prototxt, weights


def test_graph_says_what_the_registry_would(files: tuple[Path, Path]) -> None:
    network = custom_network(*files)
    spec = network.spec
    assert network.weights == files[1]
    assert (spec.name, spec.input_blob, spec.hint_blob) == ("own", "data_l", "hints")
    assert (spec.output_blob, spec.stride_px, spec.bins) == ("conv_313", 8, None)
    assert spec.vividness_to_strength(spec.vividness) == 0
    assert Network.load(network).logits(np.zeros((16, 24), np.float32)).shape == (313, 4, 6)


def test_logits_are_taken_before_the_official_decoder(
    files: tuple[Path, Path], tiny: TinyFiles
) -> None:
    files[0].write_text(tiny.prototxt + DECODER, encoding="utf-8")
    assert custom_network(*files).spec.output_blob == "conv_313"


def test_own_bins_set_the_outputs(
    files: tuple[Path, Path], tiny: TinyFiles, tmp_path: Path
) -> None:
    bins = tmp_path / "bins.npy"
    np.save(bins, np.zeros((6, 2)))
    assert custom_network(*files, bins).spec.output_blob == "up"
    np.save(bins, np.zeros((7, 2)))
    with pytest.raises(NetworkFileError, match="no convolution with 7 outputs"):
        custom_network(*files, bins)


def test_graph_without_a_lightness_input(files: tuple[Path, Path], tiny: TinyFiles) -> None:
    files[0].write_text(tiny.prototxt.replace("dim: 1", "dim: 2"), encoding="utf-8")
    with pytest.raises(NetworkFileError, match="no one-channel input"):
        custom_network(*files)


def test_missing_prototxt(files: tuple[Path, Path]) -> None:
    files[0].unlink()
    with pytest.raises(InputError):
        custom_network(*files)


def test_missing_weights(files: tuple[Path, Path]) -> None:
    files[1].unlink()
    with pytest.raises(InputError):
        Network.load(custom_network(*files))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("stride: 2", "stride: 0"),
        ("stride: 2", "stride: -2"),
        ("stride: 2", "stride: 2 dilation: 0"),
        ("stride: 2", "stride: 2 group: 3"),
        ("pad: 1", "pad: 2000000000"),
        ("kernel_size: 3", "kernel_size: 0"),
        ('type: "ReLU"', 'type: "Softmax" softmax_param { axis: 99 }'),
        ('type: "ReLU"', 'type: "Unheard"'),
        ('bottom: "relu1"', 'bottom: "conv3"'),
    ],
)
def test_graph_that_makes_no_sense(
    old: str, new: str, files: tuple[Path, Path], tiny: TinyFiles
) -> None:
    assert old in tiny.prototxt
    files[0].write_text(tiny.prototxt.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(NetworkFileError):
        Network.load(custom_network(*files)).logits(np.zeros((16, 16), np.float32))
