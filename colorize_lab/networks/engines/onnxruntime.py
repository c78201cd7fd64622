"""onnxruntime: the network's ONNX twin on the CPU, or on CUDA with its GPU package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from colorize_lab.networks.device import Device
from colorize_lab.networks.engines.session import Blobs, EngineError, Loaded

__all__ = ["OnnxRuntimeSession", "find_cuda_obstacle", "load"]

_CPU, _CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


def load(loaded: Loaded, device: Device, threads: int | None) -> OnnxRuntimeSession:
    """Hand a network to onnxruntime, see `colorize_lab.networks.engines.opencv.load`."""
    twin = loaded.to_onnx()
    return OnnxRuntimeSession(twin, device, threads)


class OnnxRuntimeSession:
    """A network that onnxruntime has loaded.

    Parameters
    ----------
    model : bytes
        An ONNX file.
    device : Device
        Where to run it.
    threads : int, optional
        CPU threads of this network, by default one per core.
    """

    def __init__(self, model: bytes, device: Device, threads: int | None) -> None:
        self._model, self._threads = model, threads
        self._session = self._open([_CUDA] if device.name == "cuda" else [_CPU])

    def run(self, inputs: Mapping[str, Blobs], outputs: Sequence[str]) -> list[Blobs]:
        """Run the network once, see `Session.run`."""
        try:
            made: list[Blobs] = self._session.run(list(outputs), dict(inputs))
        except Exception as error:  # its errors have no class of their own
            raise EngineError(_error_to_text(error)) from error
        return [np.asarray(blob, np.float32) for blob in made]

    def move_to_cpu(self) -> None:
        """Run on the CPU from the next call on."""
        self._session = self._open([_CPU])

    def _open(self, providers: list[str]) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads or 0
        options.log_severity_level = 3  # errors: they are raised, too
        try:
            session = onnxruntime.InferenceSession(self._model, options, providers=providers)
        except Exception as error:
            raise EngineError(_error_to_text(error)) from error
        # It continues on the CPU by itself if CUDA's libraries do not load.
        if providers[0] not in session.get_providers():
            raise EngineError("onnxruntime cannot load CUDA's libraries; check CUDA and cuDNN")
        return session


def find_cuda_obstacle() -> str | None:
    """Return why onnxruntime cannot use CUDA and the remedy, None if it can."""
    import onnxruntime

    if _CUDA in onnxruntime.get_available_providers():
        return None
    return "this onnxruntime was built without CUDA; install onnxruntime-gpu in its place"


def _error_to_text(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
