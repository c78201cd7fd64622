"""OpenCV's dnn module: Caffe files with OpenCV 4, ONNX files and, with OpenCV 5, Caffe's twins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from colorize_lab.caffe import NetworkGraph
from colorize_lab.networks.device import Device
from colorize_lab.networks.engines.session import Blobs, CaffeFiles, EngineError, Loaded
from colorize_lab.opencv import cv2

__all__ = ["OpenCVSession", "error_to_text", "find_cuda_obstacle", "load"]

# OpenCV 5 has no Caffe importer.
HAS_CAFFE = hasattr(cv2.dnn, "readNetFromCaffe")


def load(loaded: Loaded, device: Device, threads: int | None) -> OpenCVSession:
    """Hand a network to OpenCV.

    Parameters
    ----------
    loaded : Loaded
        The network's files.
    device : Device
        Where to run it.
    threads : int, optional
        CPU threads of OpenCV in the whole process, by default its own choice.

    Raises
    ------
    EngineError
        If OpenCV cannot load it.
    """
    if threads is not None:
        cv2.setNumThreads(threads)
    try:
        if not (HAS_CAFFE and isinstance(loaded, CaffeFiles)):
            net = cv2.dnn.readNetFromONNX(np.frombuffer(loaded.to_onnx(), np.uint8))
            return OpenCVSession(net, name_onnx_layers(net, loaded.outputs), device)
        # As arrays: cv2 takes bytes for a path and walks a list number by number.
        buffers = (np.frombuffer(data, np.uint8) for data in (loaded.prototxt, loaded.weights))
        net = cv2.dnn.readNetFromCaffe(*buffers)
    except cv2.error as error:
        raise EngineError(error_to_text(error)) from error
    layers = {blob: find_layer(loaded.graph, blob) for blob in loaded.outputs}
    return OpenCVSession(net, layers, device)


class OpenCVSession:
    """A network that OpenCV has loaded.

    Parameters
    ----------
    net : cv2.dnn.Net
        The network.
    layers : mapping of str to str
        The layer that makes each output blob; OpenCV asks for layers, not blobs.
    device : Device
        Where to run it.
    """

    def __init__(self, net: cv2.dnn.Net, layers: Mapping[str, str], device: Device) -> None:
        self._net = net
        self._layers = dict(layers)
        if device.name == "cuda":
            net.setPreferableBackend(cv2.dnn.DNN_BACKEND_CUDA)
            net.setPreferableTarget(cv2.dnn.DNN_TARGET_CUDA)
        elif HAS_CAFFE:  # OpenCV 5 chooses by itself, and warns if it is asked
            self.move_to_cpu()

    def run(self, inputs: Mapping[str, Blobs], outputs: Sequence[str]) -> list[Blobs]:
        """Run the network once, see `Session.run`."""
        try:
            for name, blob in inputs.items():
                self._net.setInput(blob, name)
            made = self._net.forward([self._layers[name] for name in outputs])
        except cv2.error as error:
            raise EngineError(error_to_text(error)) from error
        # OpenCV may hand out memory that its next call overwrites.
        return [np.array(blob, np.float32) for blob in made]

    def move_to_cpu(self) -> None:
        """Run on the CPU from the next call on."""
        self._net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        self._net.setPreferableTarget(cv2.dnn.DNN_TARGET_CPU)


def name_onnx_layers(net: cv2.dnn.Net, outputs: Sequence[str]) -> dict[str, str]:
    """Return the layer that makes each output of an ONNX model.

    OpenCV 5 names layers after what they make, OpenCV 4 after the nodes, in the outputs' order.
    """
    if not HAS_CAFFE:
        return {blob: blob for blob in outputs}
    return dict(zip(outputs, net.getUnconnectedOutLayersNames(), strict=False))


def find_layer(graph: NetworkGraph, blob: str) -> str:
    """Return the last layer that writes a blob."""
    return [layer.name for layer in graph.layers if blob in layer.tops][-1]


def find_cuda_obstacle() -> str | None:
    """Return why OpenCV cannot use CUDA and the remedy, None if it can."""
    if not re.search(r"NVIDIA CUDA:\s+YES", cv2.getBuildInformation()):
        return (
            f"this OpenCV {cv2.__version__} was built without CUDA, as all pip wheels are; use "
            "--device cpu, build OpenCV with WITH_CUDA and OPENCV_DNN_CUDA, or install "
            "onnxruntime-gpu"
        )
    try:
        # Lists the target only if dnn was built for CUDA and a fitting device answers.
        targets = cv2.dnn.getAvailableTargets(cv2.dnn.DNN_BACKEND_CUDA)
    except cv2.error as error:
        return f"OpenCV cannot use it ({error_to_text(error)}); use --device cpu"
    if cv2.dnn.DNN_TARGET_CUDA not in targets:
        return "no device that OpenCV can use answers; check nvidia-smi or use --device cpu"
    return None


def error_to_text(error: cv2.error) -> str:
    """Return OpenCV's reason in one line, without its place in OpenCV's source."""
    # Not error.err: that belongs to the class and may be an earlier error's.
    text = str(error).partition("error: ")[2] or str(error)
    return " ".join(re.sub(r"in function '[^']*'|^> ?", "", text, flags=re.MULTILINE).split())
