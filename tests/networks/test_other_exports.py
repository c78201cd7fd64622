"""ONNX networks and other exports: added, fetched, remembered; refused if they do not fit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from colorize_lab.errors import NetworkFileError
from colorize_lab.networks import (
    Network,
    WeightsState,
    add_network,
    fetch_network,
    find_network,
    verify_network,
)
from colorize_lab.onnx import Node, Tensor, encode_model
from tests.helpers.mirror import run_mirror
from tests.helpers.tiny_network import TinyFiles

STORED = "tiny.caffemodel"  # what the test's registry names every file
KIND = {"input": "gray", "output": "ab", "spread": 10.0, "hint_blob": None, "feature_blob": None}


def make_onnx(factor: float = 20, channels: int = 2, size: tuple[int, int] | None = None) -> bytes:
    """Write a network whose a* and b* are multiples of red."""
    weights = np.zeros((channels, 3, 1, 1), np.float32)
    weights[:, 0] = factor
    return encode_model(
        [Node("Conv", ("picture", "w"), "colors")],
        {"w": weights},
        [Tensor("picture", 3, size)],
        [Tensor("colors")],
        producer="test",
    )


@pytest.fixture
def entry(register: Callable[..., Path]) -> None:
    known = hashlib.sha256(make_onnx()).hexdigest()
    register("peer", prototxt=None, sha256=known, stride_px=8, **KIND)


@pytest.mark.usefixtures("entry")
def test_known_file_is_added_and_runs_under_its_own_names(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    path = tmp_path / "any-name.onnx"
    path.write_bytes(make_onnx())
    assert add_network("peer", path).name == STORED
    assert verify_network("peer").state is WeightsState.VERIFIED
    network = Network.load(find_network("peer"))
    logits = network.logits(np.full((16, 24), 100, np.float32))
    assert logits.shape == (313, 4, 6)
    shares = np.exp(logits - logits.max(axis=0))
    mean = np.einsum("qhw,qc->hwc", shares / shares.sum(axis=0), network.bins)
    np.testing.assert_allclose(mean, 20, atol=0.05)  # red is 1 at L* 100


@pytest.mark.usefixtures("entry")
def test_other_export_is_accepted_on_demand_and_remembered(tmp_path: Path) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(make_onnx(30))
    with pytest.raises(NetworkFileError, match="--other-export"):
        add_network("peer", path)
    installed = add_network("peer", path, other_export=True)
    assert verify_network("peer").state is WeightsState.VERIFIED
    installed.write_bytes(make_onnx(31))
    assert verify_network("peer").state is WeightsState.DAMAGED
    path.write_bytes(make_onnx())
    add_network("peer", path)  # the known one, again
    assert verify_network("peer").state is WeightsState.VERIFIED
    assert [p.name for p in installed.parent.iterdir()] == [STORED]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("data", [make_onnx(channels=3), make_onnx()[:-40], b"<html>", b""])
def test_what_does_not_fit_is_refused_as_another_export_too(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "wrong.onnx"
    path.write_bytes(data)
    with pytest.raises(NetworkFileError):
        add_network("peer", path, other_export=True)
    assert verify_network("peer").state is WeightsState.MISSING


def test_fetched_onnx_has_the_known_hash(
    register: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with run_mirror() as mirror:
        known = hashlib.sha256(make_onnx()).hexdigest()
        urls = [mirror.good(make_onnx(25)), mirror.good(make_onnx())]
        register("peer", prototxt=None, sha256=known, urls=urls, **KIND)
        assert fetch_network("peer").read_bytes() == make_onnx()


def test_fixed_size_overrules_the_render_factor(register: Callable[..., Path]) -> None:
    pytest.importorskip("onnxruntime")
    folder = register("fixed", prototxt=None, stride_px=8, **KIND)
    (folder / STORED).write_bytes(make_onnx(size=(32, 48)))
    network = Network.load(find_network("fixed"))
    small = network.shrink(np.zeros((100, 100), np.float32), 999)
    assert small.shape == (32, 48)
    assert network.logits(small).shape == (313, 8, 12)


def test_square_networks_see_a_square(register: Callable[..., Path]) -> None:
    pytest.importorskip("onnxruntime")
    folder = register("square", prototxt=None, stride_px=8, square=True, **KIND)
    (folder / STORED).write_bytes(make_onnx())
    network = Network.load(find_network("square"))
    assert network.shrink(np.zeros((30, 90), np.float32), 61).shape == (64, 64)


def test_opencv_that_cannot_load_it_names_the_remedy(
    register: Callable[..., Path], tiny: TinyFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    from colorize_lab.networks import choose_engine
    from colorize_lab.networks.engines import EngineChoice, EngineError

    def fail(*_: object) -> None:
        raise EngineError("unknown layer")

    folder = register("peer", prototxt=None, stride_px=8, **KIND)
    (folder / STORED).write_bytes(make_onnx())
    monkeypatch.setattr(EngineChoice, "load", fail)
    with pytest.raises(NetworkFileError, match=r"pip install 'colorize-lab\[onnxruntime\]'"):
        Network.load(find_network("peer"), choose_engine("opencv", "cpu"))
