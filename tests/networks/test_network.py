from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from colorize_lab.caffe import write_caffemodel
from colorize_lab.errors import DeviceError, InputError, NetworkFileError, RecipeError
from colorize_lab.networks import (
    CPU,
    Device,
    EngineChoice,
    InstalledNetwork,
    Network,
    find_network,
)
from colorize_lab.networks.engines.opencv import HAS_CAFFE, OpenCVSession
from colorize_lab.opencv import cv2
from tests.helpers.tiny_network import TinyFiles

AUTO_CUDA = Device("cuda", may_fall_back=True)
ONLY_CUDA = Device("cuda")
ON_CPU = EngineChoice("opencv", CPU)


@pytest.fixture
def installed(register: Callable[..., Path], tiny: TinyFiles) -> InstalledNetwork:
    register(weights=tiny.weights)
    return find_network("tiny")


@pytest.fixture
def lightness() -> NDArray[np.float32]:
    return np.random.default_rng(1).uniform(0, 100, (24, 40)).astype(np.float32)


@pytest.fixture
def hints() -> NDArray[np.float32]:
    return np.random.default_rng(2).uniform(-1, 1, (3, 24, 40)).astype(np.float32)


def run_directly(tiny: TinyFiles, lightness: NDArray[np.float32], hints: object) -> object:
    """Run the files in OpenCV without anything of ours."""
    net = cv2.dnn.readNetFromCaffe(
        np.frombuffer(tiny.prototxt.encode(), np.uint8), np.frombuffer(tiny.weights, np.uint8)
    )
    net.setInput((lightness - 50).reshape(1, 1, *lightness.shape), "data_l")
    net.setInput(np.asarray(hints).reshape(1, 3, *lightness.shape), "hints")
    return net.forward("conv_313")[0]


@pytest.mark.skipif(not HAS_CAFFE, reason="this OpenCV has no Caffe importer")
def test_logits_are_those_of_opencv(
    installed: InstalledNetwork,
    tiny: TinyFiles,
    lightness: NDArray[np.float32],
    hints: NDArray[np.float32],
) -> None:
    network = Network.load(installed, ON_CPU, threads=1)
    given = lightness.copy(), hints.copy()
    logits = network.logits(lightness, hints)
    assert logits.shape == (313, 6, 10)
    assert logits.dtype == np.float32
    np.testing.assert_allclose(logits, run_directly(tiny, lightness, hints), atol=1e-4)
    np.testing.assert_array_equal(lightness, given[0])
    np.testing.assert_array_equal(hints, given[1])
    wrong = run_directly(tiny, lightness + 1, hints)
    assert np.abs(logits - wrong).max() > 1e-2


@pytest.mark.skipif(not HAS_CAFFE, reason="this OpenCV has no Caffe importer")
def test_no_hints_are_zeros(
    installed: InstalledNetwork,
    tiny: TinyFiles,
    lightness: NDArray[np.float32],
    hints: NDArray[np.float32],
) -> None:
    network = Network.load(installed, ON_CPU)
    with_hints = network.logits(lightness, hints)
    without = network.logits(lightness)  # those of the call before are forgotten
    np.testing.assert_allclose(without, run_directly(tiny, lightness, hints * 0), atol=1e-4)
    assert np.abs(with_hints - without).max() > 1e-2


def test_size_may_change_from_call_to_call(installed: InstalledNetwork) -> None:
    network = Network.load(installed, ON_CPU)
    first = network.logits(np.full((16, 16), 30, np.float32))
    kept = first.copy()
    assert network.logits(np.full((8, 64), 70, np.float32)).shape == (313, 2, 16)
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(network.logits(np.full((16, 16), 30, np.float32)), first)


def test_float16_weights_run(
    installed: InstalledNetwork, tiny: TinyFiles, lightness: NDArray[np.float32]
) -> None:
    exact = Network.load(installed, ON_CPU).logits(lightness)
    installed.weights.write_bytes(write_caffemodel(tiny.model, half=True))
    rounded = Network.load(installed, ON_CPU).logits(lightness)
    error = np.abs(rounded - exact).max()
    assert 0 < error < 1e-2 * np.ptp(exact)


def test_hash_is_of_the_loaded_bytes(installed: InstalledNetwork, tiny: TinyFiles) -> None:
    digest = hashlib.sha256(tiny.weights).hexdigest()
    assert Network.load(installed, ON_CPU).weights_sha256 == digest


def test_input_that_does_not_fit(
    installed: InstalledNetwork, lightness: NDArray[np.float32], hints: NDArray[np.float32]
) -> None:
    network = Network.load(installed, ON_CPU)
    with pytest.raises(RecipeError, match="12x8 pixels; both sides must be multiples of 8"):
        network.logits(np.zeros((8, 12), np.float32))
    with pytest.raises(RecipeError, match="0x8"):
        network.logits(np.zeros((8, 0), np.float32))
    with pytest.raises(RecipeError, match="hints have the shape"):
        network.logits(lightness, hints[:, :8])


def test_hints_for_a_network_without(installed: InstalledNetwork) -> None:
    spec = replace(installed.spec, hint_blob=None)
    network = Network(OpenCVSession(FakeNet(), LAYERS, CPU), spec, ON_CPU, weights_sha256="")
    flat = np.zeros((8, 8), np.float32)
    assert network.logits(flat).shape == (313, 2, 2)
    with pytest.raises(RecipeError, match="takes no hints"):
        network.logits(flat, np.zeros((3, 8, 8), np.float32))


@pytest.mark.parametrize("attribute", ["input_blob", "hint_blob", "output_blob", "feature_blob"])
def test_blob_that_the_graph_has_not(attribute: str, installed: InstalledNetwork) -> None:
    spec = replace(installed.spec, **{attribute: "nowhere"})
    with pytest.raises(NetworkFileError, match="'nowhere'"):
        Network.load(InstalledNetwork(spec, installed.weights))


def test_features_come_with_the_logits(
    installed: InstalledNetwork, tiny: TinyFiles, lightness: NDArray[np.float32]
) -> None:
    network = Network.load(installed, ON_CPU)
    logits, features = network.logits_and_features(lightness)
    np.testing.assert_array_equal(logits, network.logits(lightness))
    assert features.shape == (6, 3, 5)
    other = network.logits_and_features(lightness[::-1].copy())[1]
    assert np.abs(features - other).max() > 1e-3


def test_network_without_a_feature_layer(installed: InstalledNetwork) -> None:
    plain = replace(installed, spec=replace(installed.spec, feature_blob=None))
    with pytest.raises(RecipeError, match="names no feature layer"):
        Network.load(plain, ON_CPU).logits_and_features(np.zeros((8, 8), np.float32))


def test_missing_weights(installed: InstalledNetwork) -> None:
    installed.weights.unlink()
    with pytest.raises(InputError):
        Network.load(installed, ON_CPU)


def test_damaged_weights_never_reach_opencv(
    installed: InstalledNetwork, tiny: TinyFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = "readNetFromCaffe" if HAS_CAFFE else "readNetFromONNX"
    monkeypatch.setattr(cv2.dnn, reader, lambda *_: pytest.fail("reached OpenCV"))
    nan = tiny.weights.replace(tiny.model.layers[0].blobs[0].tobytes()[:4], b"\0\0\xc0\x7f", 1)
    for data in (b"", b"<html>", tiny.weights[:-1], tiny.weights[:500], nan, nan[:9] * 99):
        installed.weights.write_bytes(data)
        with pytest.raises(NetworkFileError, match=r"tiny\.caffemodel"):
            Network.load(installed, ON_CPU)


def test_flipped_bytes_end_in_a_network_or_an_error(
    installed: InstalledNetwork, tiny: TinyFiles
) -> None:
    rng = np.random.default_rng(3)
    outcomes = set()
    for _ in range(100):
        data = bytearray(tiny.weights)
        # The first bytes are lengths and names, most others a weight.
        for place in (rng.integers(0, 120), rng.integers(0, len(data))):
            data[place] = rng.integers(0, 256)
        installed.weights.write_bytes(data)
        try:
            Network.load(installed, ON_CPU).logits(np.zeros((8, 8), np.float32))
            outcomes.add("network")
        except NetworkFileError:
            outcomes.add("error")
    assert outcomes == {"network", "error"}


@dataclass
class FakeNet:
    """Stands for OpenCV's network; fails on the targets that it is told to."""

    failing: frozenset[int] = frozenset()
    target: int | None = None
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def setPreferableBackend(self, backend: int) -> None:
        pass

    def setPreferableTarget(self, target: int) -> None:
        self.target = target

    def setInput(self, blob: NDArray[np.float32], name: str) -> None:
        self.shapes[name] = blob.shape

    def forward(self, layers: list[str]) -> list[NDArray[np.float32]]:
        if self.target in self.failing:
            raise cv2.error("out of device memory")
        batch, _, height, width = self.shapes["data_l"]
        return [np.full((batch, 313, height // 4, width // 4), 7, np.float32)] * len(layers)


LAYERS = {"conv_313": "conv_313"}


def make_failing(installed: InstalledNetwork, device: Device, *targets: int) -> Network:
    session = OpenCVSession(FakeNet(frozenset(targets)), LAYERS, device)
    return Network(session, installed.spec, EngineChoice("opencv", device), weights_sha256="")


def test_cuda_failure_is_answered_by_the_cpu(
    installed: InstalledNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    network = make_failing(installed, AUTO_CUDA, cv2.dnn.DNN_TARGET_CUDA)
    assert network.device.name == "cuda"
    for _ in range(2):
        assert (network.logits(np.zeros((8, 16), np.float32)) == 7).all()
    assert network.device.name == "cpu"
    warnings = [r.message for r in caplog.records if r.levelname == "WARNING"]
    assert warnings == ["CUDA failed (out of device memory); tiny continues on the CPU"]


def test_working_cuda_stays(installed: InstalledNetwork) -> None:
    network = make_failing(installed, AUTO_CUDA)
    network.logits(np.zeros((8, 8), np.float32))
    assert network.device == AUTO_CUDA


def test_failure_of_the_cuda_asked_for_is_an_error(installed: InstalledNetwork) -> None:
    network = make_failing(installed, ONLY_CUDA, cv2.dnn.DNN_TARGET_CUDA)
    with pytest.raises(DeviceError, match=r"out of device memory.*--device auto"):
        network.logits(np.zeros((8, 8), np.float32))


def test_failure_of_both_is_an_error(installed: InstalledNetwork) -> None:
    network = make_failing(installed, AUTO_CUDA, cv2.dnn.DNN_TARGET_CUDA, cv2.dnn.DNN_TARGET_CPU)
    with pytest.raises(NetworkFileError, match="cannot run tiny"):
        network.logits(np.zeros((8, 8), np.float32))
