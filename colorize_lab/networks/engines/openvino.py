"""OpenVINO: the network's ONNX twin on the CPU, the fastest of the engines there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from colorize_lab.networks.device import Device
from colorize_lab.networks.engines.session import Blobs, EngineError, Loaded

__all__ = ["OpenVINOSession", "find_cuda_obstacle", "load"]


def load(loaded: Loaded, device: Device, threads: int | None) -> OpenVINOSession:
    """Hand a network to OpenVINO, see `colorize_lab.networks.engines.opencv.load`."""
    return OpenVINOSession(loaded.to_onnx(), threads)


class OpenVINOSession:
    """A network that OpenVINO has compiled for the CPU.

    Parameters
    ----------
    model : bytes
        An ONNX file.
    threads : int, optional
        CPU threads of this network, by default one per core.
    """

    def __init__(self, model: bytes, threads: int | None) -> None:
        import openvino

        settings: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            # Else it rounds to bfloat16 on processors that have it.
            "INFERENCE_PRECISION_HINT": "f32",
        }
        if threads is not None:
            settings["INFERENCE_NUM_THREADS"] = threads
        try:
            core = openvino.Core()
            self._compiled = core.compile_model(core.read_model(model), "CPU", settings)
        except RuntimeError as error:
            raise EngineError(_error_to_text(error)) from error

    def run(self, inputs: Mapping[str, Blobs], outputs: Sequence[str]) -> list[Blobs]:
        """Run the network once, see `Session.run`."""
        try:
            made = self._compiled(dict(inputs))
        except RuntimeError as error:
            raise EngineError(_error_to_text(error)) from error
        return [np.array(made[name], np.float32) for name in outputs]

    def move_to_cpu(self) -> None:
        """Do nothing: it runs nowhere else."""


def find_cuda_obstacle() -> str | None:
    """Return why OpenVINO cannot use CUDA."""
    return "OpenVINO has no CUDA; use --engine onnxruntime or --device cpu"


def _error_to_text(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
