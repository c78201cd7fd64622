"""OpenCV's importer as the tests use it: from memory, every layer's output."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from colorize_lab.caffe import NetworkGraph
from colorize_lab.opencv import cv2


def load_network(prototxt: str, weights: bytes = b"", *, fuse: bool = True) -> cv2.dnn.Net:
    buffers = [np.frombuffer(data, np.uint8) for data in (prototxt.encode(), weights) if data]
    network = cv2.dnn.readNetFromCaffe(*buffers)
    network.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
    network.setPreferableTarget(cv2.dnn.DNN_TARGET_CPU)
    network.enableFusion(fuse)
    return network


def run_layers(
    network: cv2.dnn.Net, graph: NetworkGraph, inputs: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Run every layer; give each output under the layer's name in the graph."""
    for name, tensor in inputs.items():
        network.setInput(tensor, name)
    # OpenCV 4.14 renames a layer that does not work in place after what it makes.
    known = set(network.getLayerNames())
    names = [layer.name if layer.name in known else layer.tops[0] for layer in graph.layers]
    outputs = network.forward(names)
    return {layer.name: output for layer, output in zip(graph.layers, outputs, strict=True)}
