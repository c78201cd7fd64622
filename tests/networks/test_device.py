from __future__ import annotations

import numpy as np
import pytest

from colorize_lab.errors import DeviceError
from colorize_lab.networks import CPU, Device, choose_device
from colorize_lab.networks.device import error_to_text
from colorize_lab.opencv import cv2


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
    assert "networks run on cpu: this OpenCV" in caplog.text
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
