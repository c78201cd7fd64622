"""The same weights in every engine, and as torch operations.

What OpenCV computes is the measure of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from benchmarks.layers import WeightedLayer, list_layers
from colorize_lab.networks import CPU, EngineChoice, InstalledNetwork, Network
from colorize_lab.opencv import cv2

__all__ = ["OPENCV", "Run", "find_missing", "list_loaders"]

Floats = NDArray[np.float32]
Run = Callable[[Floats], Floats]
"""From L*, (h, w), to logits, (N, h / 4, w / 4); no hints."""

OPENCV, ONNX, OPENVINO, TORCH = "opencv", "onnxruntime", "openvino", "torch"
ENGINES = (OPENCV, ONNX, OPENVINO)
NEEDED = {OPENCV: "cv2", ONNX: "onnxruntime", OPENVINO: "openvino", TORCH: "torch"}


def find_missing() -> dict[str, str]:
    """Tell for each runtime that cannot be timed which package is not installed."""
    return {
        name: f"{name} is not timed: install {package}"
        for name, package in NEEDED.items()
        if find_spec(package) is None
    }


def list_loaders(installed: InstalledNetwork) -> dict[str, Callable[[], Run]]:
    """List what loads a network, for each runtime that is installed, with OpenCV's threads."""
    layers, threads = list_layers(installed), cv2.getNumThreads()
    loaders: Mapping[str, Callable[[], Run]] = {
        **{name: partial(load_engine, installed, name, threads) for name in ENGINES},
        TORCH: partial(load_torch, installed, layers, threads),
    }
    missing = find_missing()
    return {name: load for name, load in loaders.items() if name not in missing}


def load_engine(installed: InstalledNetwork, name: str, threads: int) -> Run:
    """Load the network as the program does, with one of its engines."""
    return Network.load(installed, EngineChoice(name, CPU), threads).logits


def load_torch(installed: InstalledNetwork, layers: list[WeightedLayer], threads: int) -> Run:
    """Hand the network to torch, which runs it operation by operation."""
    import torch

    from benchmarks.torch_model import run_layers, to_tensors

    torch.set_num_threads(threads)
    tensors = to_tensors(layers)

    def run(lightness: Floats) -> Floats:
        with torch.inference_mode():
            inputs = make_inputs(lightness, installed)
            blobs = {name: torch.from_numpy(plane) for name, plane in inputs.items()}
            logits: Floats = run_layers(layers, tensors, blobs).numpy()[0]
        return logits

    return run


def make_inputs(lightness: Floats, installed: InstalledNetwork) -> dict[str, Floats]:
    """Make what the network is given: L* - 50, and no hints where it takes some."""
    inputs = {installed.spec.input_blob: lightness[np.newaxis, np.newaxis] - np.float32(50)}
    if installed.spec.hint_blob is not None:
        inputs[installed.spec.hint_blob] = np.zeros((1, 3, *lightness.shape), np.float32)
    return inputs
