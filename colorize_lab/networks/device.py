"""Which processor runs a network: the CPU always, CUDA where OpenCV was built with it."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Literal

from colorize_lab.errors import DeviceError
from colorize_lab.opencv import cv2

__all__ = ["CPU", "Device", "choose_device"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Device:
    """A processor for networks.

    Attributes
    ----------
    name : {"cpu", "cuda"}
        The processor.
    may_fall_back : bool
        Whether a failure there may be answered by the CPU: true where the user left the choice.
    """

    name: Literal["cpu", "cuda"]
    may_fall_back: bool = False


CPU = Device("cpu")


def choose_device(wanted: str = "auto") -> Device:
    """Find the device that runs networks.

    Parameters
    ----------
    wanted : {"auto", "cpu", "cuda"}
        ``auto`` takes CUDA where this OpenCV has it and a device answers, else the CPU.

    Raises
    ------
    DeviceError
        For ``cuda`` where it cannot run, and for a name that is none of the three.

    Examples
    --------
    >>> choose_device("cpu")
    Device(name='cpu', may_fall_back=False)
    """
    if wanted not in ("auto", "cpu", "cuda"):
        raise DeviceError(f"there is no device {wanted!r}; use auto, cpu or cuda")
    if wanted == "cpu":
        return CPU
    obstacle = find_cuda_obstacle()
    if wanted == "cuda" and obstacle:
        raise DeviceError(f"networks cannot run on CUDA here: {obstacle}")
    device = CPU if obstacle else Device("cuda", may_fall_back=wanted == "auto")
    _log.info("networks run on %s%s", device.name, f": {obstacle}" if obstacle else "")
    return device


def error_to_text(error: cv2.error) -> str:
    """Return OpenCV's reason in one line, without its place in OpenCV's source."""
    # Not error.err: that belongs to the class and may be an earlier error's.
    text = str(error).partition("error: ")[2] or str(error)
    return " ".join(re.sub(r"in function '[^']*'|^> ?", "", text, flags=re.MULTILINE).split())


def find_cuda_obstacle() -> str | None:
    """Say why networks cannot run on CUDA and what to do, None where they can."""
    if not re.search(r"NVIDIA CUDA:\s+YES", cv2.getBuildInformation()):
        return (
            f"this OpenCV {cv2.__version__} was built without CUDA, as all pip wheels are; use "
            "--device cpu, or build OpenCV with WITH_CUDA and OPENCV_DNN_CUDA"
        )
    try:
        # Lists the target only where dnn was built for CUDA and a fitting device answers.
        targets = cv2.dnn.getAvailableTargets(cv2.dnn.DNN_BACKEND_CUDA)
    except cv2.error as error:
        return f"OpenCV cannot use it ({error_to_text(error)}); use --device cpu"
    if cv2.dnn.DNN_TARGET_CUDA not in targets:
        return "no device that OpenCV can use answers; check nvidia-smi or use --device cpu"
    return None
