"""A Caffe network as a list of layers with their weights, for those who build it elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorize_lab.caffe import LayerSpec, check_fit, read_caffemodel
from colorize_lab.errors import NetworkFileError
from colorize_lab.networks import InstalledNetwork
from colorize_lab.networks.files import read_graph

__all__ = ["Geometry", "WeightedLayer", "list_layers"]

Floats = NDArray[np.float32]

# Caffe's default of batch norm.
_EPSILON = 1e-5


@dataclass(frozen=True)
class Geometry:
    """How a kernel goes over a picture, the same down and across."""

    stride: int
    pad: int
    dilation: int
    group: int


@dataclass(frozen=True, eq=False)
class WeightedLayer:
    """A layer and its weights, batch norm's folded into factors and offsets.

    Attributes
    ----------
    spec : LayerSpec
        What the prototxt says of it; BatchNorm and Scale are both factor and offset.
    weights : tuple of ndarray of float32
        Kernels and biases, or factors and offsets of the channels.
    """

    spec: LayerSpec
    weights: tuple[Floats, ...]

    @property
    def geometry(self) -> Geometry:
        """Of a convolution or deconvolution."""
        return Geometry(
            self._get_whole("stride", 1),
            self._get_whole("pad", 0),
            self._get_whole("dilation", 1),
            self._get_whole("group", 1),
        )

    def _get_whole(self, name: str, default: int) -> int:
        value = self.spec.params.get(name, default)
        if not isinstance(value, int):
            raise NetworkFileError(
                f"layer {self.spec.name!r} has {value!r} as {name}, which only OpenCV is timed with"
            )
        return value


def list_layers(installed: InstalledNetwork) -> list[WeightedLayer]:
    """Read a network's files: its layers in the order of computation.

    Raises
    ------
    InputError, NetworkFileError
        Where a file cannot be read, is damaged, or does not fit the other.

    Returns
    -------
    list of WeightedLayer
        Up to the one that makes the logits.
    """
    graph = read_graph(installed.spec.find_prototxt())
    model = read_caffemodel(installed.weights)
    check_fit(graph, model)
    blobs = {layer.name: layer.blobs for layer in model.layers if layer.blobs}
    output = installed.spec.output_blob
    writers = [number for number, layer in enumerate(graph.layers) if output in layer.tops]
    return [
        WeightedLayer(layer, fold_blobs(layer, [np.asarray(b, "f4") for b in blobs[layer.name]]))
        if layer.name in blobs
        else WeightedLayer(layer, ())
        for layer in graph.layers[: writers[-1] + 1]
    ]


def fold_blobs(layer: LayerSpec, blobs: list[Floats]) -> tuple[Floats, ...]:
    """Turn the statistics of batch norm into factors and offsets; the rest stays."""
    if layer.type == "BatchNorm":
        mean, variance = (blob.ravel() / blobs[2].ravel() for blob in blobs[:2])
        epsilon = layer.params.get("eps", _EPSILON)
        assert isinstance(epsilon, float)
        factor = 1 / np.sqrt(variance + np.float32(epsilon))
        return np.asarray(factor, np.float32), np.asarray(-mean * factor, np.float32)
    if layer.type == "Scale":
        factor = blobs[0].ravel()
        return factor, blobs[1].ravel() if len(blobs) > 1 else np.zeros_like(factor)
    kernels, *biases = blobs
    return (kernels, *(bias.ravel() for bias in biases))
