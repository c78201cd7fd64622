"""A Caffe network as torch operations, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.layers import WeightedLayer
from colorize_lab.errors import NetworkFileError

__all__ = ["run_layers", "to_tensors"]


def to_tensors(layers: Sequence[WeightedLayer]) -> list[list[Tensor]]:
    """Copy the weights of each layer into tensors."""
    return [[torch.tensor(array) for array in layer.weights] for layer in layers]


def run_layers(
    layers: Sequence[WeightedLayer],
    weights: Sequence[Sequence[Tensor]],
    inputs: Mapping[str, Tensor],
) -> Tensor:
    """Run a network.

    Parameters
    ----------
    layers : sequence of WeightedLayer
        In the order of computation.
    weights : sequence of sequences of Tensor
        From `to_tensors`.
    inputs : mapping of str to Tensor
        (1, C, H, W) each.

    Returns
    -------
    Tensor
        What the last layer makes.
    """
    blobs = dict(inputs)
    for layer, own in zip(layers, weights, strict=True):
        made = run_layer(layer, own, [blobs[bottom] for bottom in layer.spec.bottoms])
        blobs |= dict.fromkeys(layer.spec.tops, made)
    return blobs[layers[-1].spec.tops[0]]


def run_layer(layer: WeightedLayer, weights: Sequence[Tensor], bottoms: Sequence[Tensor]) -> Tensor:
    """Run one layer."""
    kind, first = layer.spec.type, bottoms[0]
    if kind in ("Convolution", "Deconvolution"):
        geometry = layer.geometry
        kernels, bias = weights[0], weights[1] if len(weights) > 1 else None
        settings = {"stride": geometry.stride, "padding": geometry.pad, "groups": geometry.group}
        if kind == "Convolution":
            return functional.conv2d(first, kernels, bias, dilation=geometry.dilation, **settings)
        dilation = geometry.dilation
        return functional.conv_transpose2d(first, kernels, bias, dilation=dilation, **settings)
    if kind in ("BatchNorm", "Scale"):
        factor, offset = (weight.view(1, -1, 1, 1) for weight in weights)
        return torch.addcmul(offset, first, factor)
    if kind == "ReLU":
        return functional.relu(first)
    if kind == "Eltwise":
        return sum(bottoms[1:], first)
    if kind == "Concat":
        return torch.cat(tuple(bottoms), dim=1)
    if kind == "Softmax":
        return functional.softmax(first, dim=1)
    raise NetworkFileError(f"layer {layer.spec.name!r} is a {kind}, which only OpenCV runs")
