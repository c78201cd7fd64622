"""The same weights in other hands: a Caffe graph as an ONNX model and as torch operations.

OpenCV reads the files itself; what it computes is the measure of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from benchmarks.layers import WeightedLayer, list_layers
from colorize_lab.networks import InstalledNetwork, Network
from colorize_lab.opencv import cv2

__all__ = ["OPENCV", "Run", "find_missing", "list_loaders"]

Floats = NDArray[np.float32]
Run = Callable[[Floats], Floats]
"""From L*, (h, w), to logits, (N, h / 4, w / 4); no hints."""

OPENCV, ONNX, TORCH = "cv2.dnn", "onnxruntime", "torch"
NEEDED = {OPENCV: ("cv2",), ONNX: ("onnx", "onnxruntime"), TORCH: ("torch",)}


def find_missing() -> dict[str, str]:
    """Say for each runtime that cannot be timed what is not installed."""
    said = {}
    for name, modules in NEEDED.items():
        if missing := [module for module in modules if find_spec(module) is None]:
            said[name] = f"{name} is not timed: install {' and '.join(missing)}"
    return said


def list_loaders(installed: InstalledNetwork) -> dict[str, Callable[[], Run]]:
    """List what loads a network, for each runtime that is installed, with OpenCV's threads."""
    layers, threads = list_layers(installed), cv2.getNumThreads()
    loaders: Mapping[str, Callable[[], Run]] = {
        OPENCV: lambda: Network.load(installed).logits,
        ONNX: partial(load_onnx, installed, layers, threads),
        TORCH: partial(load_torch, installed, layers, threads),
    }
    missing = find_missing()
    return {name: load for name, load in loaders.items() if name not in missing}


def load_onnx(installed: InstalledNetwork, layers: list[WeightedLayer], threads: int) -> Run:
    """Hand the network to onnxruntime as an ONNX model."""
    import onnxruntime

    from benchmarks.onnx_model import build_model

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    model = build_model(layers, installed.spec.input_blob, installed.spec.hint_blob)
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(lightness: Floats) -> Floats:
        feed = make_inputs(lightness, installed)
        logits: Floats = session.run(None, feed)[0][0]
        return logits

    return run


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
