"""Every installed engine computes what the Caffe network computes."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from colorize_lab.errors import DeviceError
from colorize_lab.networks import (
    CPU,
    Device,
    EngineChoice,
    InstalledNetwork,
    Network,
    find_network,
)
from colorize_lab.networks.engines import EngineError
from colorize_lab.networks.load import load_files
from tests.helpers.tiny_network import TinyFiles

OTHERS = [
    pytest.param(
        name, marks=pytest.mark.skipif(find_spec(name) is None, reason=f"{name} is not installed")
    )
    for name in ("onnxruntime", "openvino")
]


@pytest.fixture
def installed(register: Callable[..., Path], tiny: TinyFiles) -> InstalledNetwork:
    register(weights=tiny.weights)
    return find_network("tiny")


@pytest.fixture
def lightness() -> NDArray[np.float32]:
    return np.random.default_rng(1).uniform(0, 100, (24, 40)).astype(np.float32)


def load(installed: InstalledNetwork, engine: str) -> Network:
    return Network.load(installed, EngineChoice(engine, CPU), threads=1)


@pytest.mark.parametrize("engine", OTHERS)
def test_logits_and_features_are_those_of_opencv(
    installed: InstalledNetwork, lightness: NDArray[np.float32], engine: str
) -> None:
    hints = np.random.default_rng(2).uniform(-1, 1, (3, 24, 40)).astype(np.float32)
    network, reference = load(installed, engine), load(installed, "opencv")
    assert network.engine == engine
    np.testing.assert_allclose(
        network.logits(lightness, hints), reference.logits(lightness, hints), atol=1e-4
    )
    for found, expected in zip(
        network.logits_and_features(lightness),
        reference.logits_and_features(lightness),
        strict=True,
    ):
        np.testing.assert_allclose(found, expected, atol=1e-4)
    assert np.abs(network.logits(lightness) - reference.logits(lightness, hints)).max() > 1e-2


@pytest.mark.parametrize("engine", ["opencv", *OTHERS])
def test_sizes_change_and_results_stay(installed: InstalledNetwork, engine: str) -> None:
    network = load(installed, engine)
    first = network.logits(np.full((16, 16), 30, np.float32))
    kept = first.copy()
    assert network.logits(np.full((8, 64), 70, np.float32)).shape == (313, 2, 16)
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("engine", OTHERS)
def test_engine_gives_its_reason_in_one_line(
    installed: InstalledNetwork, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, _ = load_files(installed)
    monkeypatch.setattr(type(loaded), "to_onnx", lambda _: b"not a model")
    with pytest.raises(EngineError) as caught:
        EngineChoice(engine, CPU).load(loaded, None)
    assert str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(find_spec("onnxruntime") is None, reason="onnxruntime is not installed")
def test_onnxruntime_runs_on_cuda_and_falls_back(
    installed: InstalledNetwork, lightness: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    import onnxruntime

    asked = []

    class FakeSession:
        """Stands for a session on CUDA that runs out of memory, or one on the CPU."""

        def __init__(self, model: bytes, options: object, providers: list[str]) -> None:
            self.providers = providers
            asked.append(providers)

        def get_providers(self) -> list[str]:
            return self.providers

        def run(self, names: list[str], feed: dict[str, NDArray[np.float32]]) -> list[object]:
            if "CUDAExecutionProvider" in self.providers:
                raise RuntimeError("out of device memory")
            return [np.full((1, 313, 6, 10), 7, np.float32) for _ in names]

    monkeypatch.setattr(onnxruntime, "InferenceSession", FakeSession)
    choice = EngineChoice("onnxruntime", Device("cuda", may_fall_back=True))
    network = Network.load(installed, choice)
    assert (network.logits(lightness) == 7).all()
    assert network.device == CPU
    assert asked == [["CUDAExecutionProvider"], ["CPUExecutionProvider"]]


@pytest.mark.filterwarnings("ignore:Specified provider")
@pytest.mark.skipif(find_spec("onnxruntime") is None, reason="onnxruntime is not installed")
def test_cuda_that_does_not_load_is_never_silent(
    installed: InstalledNetwork,
    lightness: NDArray[np.float32],
    caplog: pytest.LogCaptureFixture,
) -> None:
    # This onnxruntime has no CUDA: it would run on the CPU and say nothing.
    cuda = EngineChoice("onnxruntime", Device("cuda"))
    with pytest.raises(DeviceError, match="CUDA failed"):
        Network.load(installed, cuda)
    auto = EngineChoice("onnxruntime", Device("cuda", may_fall_back=True))
    network = Network.load(installed, auto)
    assert "continues on the CPU" in caplog.text
    assert network.device == CPU
    np.testing.assert_array_equal(
        network.logits(lightness), load(installed, "onnxruntime").logits(lightness)
    )
