"""The encoder's start: EfficientNet-Lite0 as its package's file has it."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor
from torch.nn import functional

from colorize_lab.errors import MissingExtraError, NetworkFileError
from colorize_lab.training import pretrained
from colorize_lab.training.layers import ENCODER, is_encoder
from colorize_lab.training.network import CompactNetwork


def make_package_weights() -> dict[str, Tensor]:
    """Random weights under the package's names."""
    random = torch.Generator().manual_seed(0)
    weights: dict[str, Tensor] = {}

    def add(conv: str, norm: str, made: int, seen: int, kernel: int) -> None:
        shape = (made, seen, kernel, kernel)
        weights[f"{conv}.weight"] = torch.randn(*shape, generator=random) / (seen**0.5 * kernel)
        weights[f"{norm}.weight"] = 1 + 0.2 * torch.randn(made, generator=random)
        for part in ("bias", "running_mean"):
            weights[f"{norm}.{part}"] = 0.2 * torch.randn(made, generator=random)
        weights[f"{norm}.running_var"] = 0.5 + torch.rand(made, generator=random)

    add("_conv_stem", "_bn0", 32, 3, 3)
    channels, block = 32, 0
    for stage in ENCODER:
        for _ in range(stage.depth):
            name, wide = f"_blocks.{block}.", channels * stage.expansion
            if stage.expansion > 1:
                add(f"{name}_expand_conv", f"{name}_bn0", wide, channels, 1)
            add(f"{name}_depthwise_conv", f"{name}_bn1", wide, 1, stage.kernel)
            add(f"{name}_project_conv", f"{name}_bn2", stage.channels, wide, 1)
            channels, block = stage.channels, block + 1
    return weights


@pytest.fixture(scope="module")
def weights() -> dict[str, Tensor]:
    return make_package_weights()


@pytest.fixture(scope="module")
def weights_file(weights: dict[str, Tensor], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "lite0.pth"
    torch.save(weights, path)
    return path


def hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def compute_encoder(weights: dict[str, Tensor], gray: Tensor) -> Tensor:
    """EfficientNet-Lite0 as TensorFlow computes it, but for ReLU in place of ReLU6."""

    def convolve(x: Tensor, name: str, stride: int = 1, groups: int = 1) -> Tensor:
        kernel = weights[f"{name}.weight"]
        width = kernel.shape[-1]
        # TensorFlow's "same": what does not fit on both sides is put behind.
        pad = width - stride
        x = functional.pad(x, (pad // 2, pad - pad // 2) * 2)
        return functional.conv2d(x, kernel, stride=stride, groups=groups)

    def normalize(x: Tensor, name: str) -> Tensor:
        mean, variance, scale, shift = (
            weights[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")
        )
        return functional.batch_norm(x, mean, variance, scale, shift, eps=1e-3)

    x = convolve(gray.expand(-1, 3, -1, -1), "_conv_stem", 2)
    x = normalize(x, "_bn0").relu()
    block = 0
    for stage in ENCODER:
        for number in range(stage.depth):
            name, before = f"_blocks.{block}.", x
            if stage.expansion > 1:
                x = normalize(convolve(x, f"{name}_expand_conv"), f"{name}_bn0").relu()
            stride = stage.stride if number == 0 else 1
            x = convolve(x, f"{name}_depthwise_conv", stride, groups=x.shape[1])
            x = normalize(x, f"{name}_bn1").relu()
            x = normalize(convolve(x, f"{name}_project_conv"), f"{name}_bn2")
            x = x + before if number else x
            block += 1
    return x


def run_encoder(network: CompactNetwork, data: Tensor) -> Tensor:
    """Of our network the last output of the encoder."""
    outputs = {"data": data * network.scale}
    rows = [row for row in network.rows if is_encoder(row.name)]
    for row in rows:
        outputs[row.name] = network.compute_row(row, outputs)
    return outputs[rows[-1].name]


def make_pair() -> tuple[Tensor, Tensor]:
    """The same picture as EfficientNet sees it, in -1..1, and as ours does."""
    gray = torch.rand(2, 1, 96, 64, generator=torch.Generator().manual_seed(1)) * 2 - 1
    return gray, torch.cat([gray * 50, torch.zeros(2, 3, 96, 64)], dim=1)


def compare_features(found: Tensor, wanted: Tensor) -> float:
    """Largest difference, as a share of how much the features vary over the picture."""
    variation = (wanted - wanted.mean((0, 2, 3), keepdim=True)).abs().max()
    return float((found - wanted).abs().max() / variation)


def compare_encoders(path: Path, weights: dict[str, Tensor]) -> float:
    """Ours with the weights of a file against EfficientNet's own way with ``weights``."""
    network = CompactNetwork().eval()
    pretrained.load_encoder(network, path, hash_file(path))
    gray, data = make_pair()
    with torch.no_grad():
        return compare_features(run_encoder(network, data), compute_encoder(weights, gray))


def test_encoder_computes_what_efficientnet_computes(weights, weights_file):
    assert compare_encoders(weights_file, weights) < 1e-3


@pytest.mark.parametrize("name", ["_conv_stem.weight", "_blocks.11._depthwise_conv.weight"])
def test_other_alignment_is_seen(name, weights, weights_file):
    """The comparison above would notice a kernel that lies one pixel off."""
    moved = {**weights, name: weights[name].roll(1, dims=-1)}
    assert compare_encoders(weights_file, moved) > 1e-2


def test_the_rest_is_left_alone(weights_file):
    network = CompactNetwork()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    pretrained.load_encoder(network, weights_file, hash_file(weights_file))
    for name, value in network.state_dict().items():
        if not is_encoder(name.partition(".")[2]):
            assert torch.equal(value, before[name]), name


def test_another_file_is_refused(weights_file):
    with pytest.raises(NetworkFileError, match="not the expected file"):
        pretrained.load_encoder(CompactNetwork(), weights_file)


def test_missing_file_is_told(tmp_path):
    with pytest.raises(NetworkFileError, match="install the package"):
        pretrained.load_encoder(CompactNetwork(), tmp_path / "none.pth")


def test_missing_package_is_told(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="pretrained"):
        pretrained.find_encoder_file()
