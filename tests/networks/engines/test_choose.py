from __future__ import annotations

import numpy as np
import pytest

from colorize_lab.errors import DeviceError, MissingExtraError
from colorize_lab.networks import CPU, Device, choose_engine
from colorize_lab.networks.engines import choose
from colorize_lab.networks.engines.opencv import HAS_CAFFE, error_to_text
from colorize_lab.opencv import cv2


@pytest.fixture(autouse=True)
def only_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the choice the same on every machine: no other engine is installed."""
    install(monkeypatch, "cv2")


def install(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    monkeypatch.setattr(choose, "find_spec", lambda name: name if name in packages else None)


def choose_device(device: str) -> Device:
    return choose_engine("auto", device).device


@pytest.fixture
def cuda_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make OpenCV say that it was built with CUDA and that a device answers."""
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "  NVIDIA CUDA:   YES (ver 12.4)\n")
    monkeypatch.setattr(cv2.dnn, "getAvailableTargets", lambda _: [cv2.dnn.DNN_TARGET_CUDA])


@pytest.fixture
def plain_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "  NVIDIA CUDA:   NO\n")


def test_cpu_is_always_there() -> None:
    assert choose_device("cpu") == CPU


def test_build_without_cuda(plain_build: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        assert choose_device("auto") == CPU
    assert "networks run with opencv on cpu" in caplog.text
    with pytest.raises(DeviceError, match=r"as all pip wheels are; use --device cpu"):
        choose_device("cuda")


def test_build_with_cuda(cuda_build: None) -> None:
    assert choose_device("auto") == Device("cuda", may_fall_back=True)
    assert choose_device("cuda") == Device("cuda", may_fall_back=False)


def test_cuda_without_a_device(cuda_build: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2.dnn, "getAvailableTargets", lambda _: [])
    assert choose_device("auto") == CPU
    with pytest.raises(DeviceError, match="no device"):
        choose_device("cuda")


def test_cuda_that_does_not_start(cuda_build: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> list[int]:
        raise cv2.error("cuDNN is of another version")

    monkeypatch.setattr(cv2.dnn, "getAvailableTargets", fail)
    assert choose_device("auto") == CPU
    with pytest.raises(DeviceError, match="cuDNN is of another version"):
        choose_device("cuda")


def test_unknown_device() -> None:
    with pytest.raises(DeviceError, match="use auto, cpu or cuda"):
        choose_device("tpu")


def test_fastest_engine_that_is_installed_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_engine("auto", "cpu").name == "opencv"
    install(monkeypatch, "cv2", "onnxruntime")
    assert choose_engine("auto", "cpu").name == "onnxruntime"
    install(monkeypatch, "cv2", "onnxruntime", "openvino")
    assert choose_engine("auto", "cpu").name == "openvino"
    assert choose_engine("opencv", "cpu").name == "opencv"


def test_engine_that_is_not_installed_is_named_with_its_extra() -> None:
    with pytest.raises(MissingExtraError, match=r"colorize-lab\[openvino\]"):
        choose_engine("openvino")


def test_unknown_engine() -> None:
    with pytest.raises(DeviceError, match="use one of auto, onnxruntime, opencv, openvino"):
        choose_engine("tensorrt")


class FakeEngine:
    """Stands for an engine's file."""

    def __init__(self, obstacle: str | None) -> None:
        self.obstacle = obstacle

    def find_cuda_obstacle(self) -> str | None:
        return self.obstacle


def test_cuda_goes_to_the_engine_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "cv2", "onnxruntime", "openvino")
    engines = {"openvino": "no CUDA", "onnxruntime": None, "opencv": "built without"}
    monkeypatch.setattr(choose, "_import_engine", lambda name: FakeEngine(engines[name]))
    for device in ("auto", "cuda"):
        choice = choose_engine("auto", device)
        assert (choice.name, choice.device.name) == ("onnxruntime", "cuda")
    assert choose_engine("auto", "cpu").name == "openvino"
    with pytest.raises(DeviceError, match="openvino: no CUDA"):
        choose_engine("openvino", "cuda")


@pytest.mark.skipif(not HAS_CAFFE, reason="this OpenCV has no Caffe importer to fail")
def test_text_of_an_error_is_its_own_and_one_line() -> None:
    with pytest.raises(cv2.error) as first:
        cv2.resize(np.zeros((2, 2)), (0, 0))
    with pytest.raises(cv2.error) as second:
        cv2.dnn.readNetFromCaffe(np.zeros(3, np.uint8), np.zeros(3, np.uint8))
    texts = [error_to_text(caught.value) for caught in (first, second)]
    assert "inv_scale_x > 0" in texts[0]
    assert "Failed to parse" in texts[1]
    for text in texts:
        assert "\n" not in text
        assert ".cpp" not in text
    assert error_to_text(cv2.error("out of memory")) == "out of memory"
