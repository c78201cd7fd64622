"""A user's own network: what the registry would say of it, found in its graph."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from colorize_lab.caffe import LayerSpec, NetworkGraph
from colorize_lab.errors import NetworkFileError
from colorize_lab.networks.files import read_bins, read_graph
from colorize_lab.networks.registry import InstalledNetwork
from colorize_lab.networks.spec import NetworkSpec, read_spec

__all__ = ["custom_network"]

_STANDARD_BIN_COUNT = 313


def custom_network(
    prototxt: Path | None, weights: Path, bins: Path | None = None
) -> InstalledNetwork:
    """Describe a network that is in no registry.

    Parameters
    ----------
    prototxt : Path or None
        Its graph; None for an ONNX file, which holds its own and needs a ``network.json`` beside
        it. The input with one channel takes L* - 50, one with three takes hints; the
        logits are what the last convolution with a channel a bin makes, so that a scaling and
        a softmax behind it, as in the official prototxts, are left to our decoding.
    weights : Path
        Its caffemodel, read when the network is loaded.
    bins : Path, optional
        Its bins' ``.npy`` table (N, 2), the 313 standard ones where not given.

    Returns
    -------
    InstalledNetwork
        Described by a ``network.json`` beside the prototxt, as ``colorize-lab train export``
        writes it; without one it is decoded as zhang-eccv16 is, and no class of color is
        favored beyond the training.

    Raises
    ------
    InputError
        If the prototxt or the bins cannot be read.
    NetworkFileError
        If they are wrong, the graph has no such input or output, or an ONNX file is not described.
    """
    if prototxt is None:
        return _describe_onnx(weights)
    described = prototxt.with_name("network.json")
    if bins is None and described.is_file():
        spec = replace(read_spec(described), prototxt=prototxt, size_bytes=None, sha256=None)
        return InstalledNetwork(spec, weights)
    graph = read_graph(prototxt)
    bin_count = _STANDARD_BIN_COUNT if bins is None else len(read_bins(bins))
    spec = NetworkSpec(
        name=weights.stem,
        summary="your own network",
        license="unknown",
        prototxt=prototxt,
        weights=weights,
        bins=bins,
        size_bytes=None,
        sha256=None,
        urls=(),
        input_blob=_find_lightness_input(graph),
        hint_blob=_find_input(graph, channels=3),
        output_blob=_find_logits(graph, bin_count),
        feature_blob=None,
        stride_px=_find_stride(graph),
        temperature=0.38,
        vividness=1.0,
        rebalanced=True,
        render_factor=14,
        rank=0,
    )
    return InstalledNetwork(spec, weights)


def _describe_onnx(weights: Path) -> InstalledNetwork:
    described = weights.with_name("network.json")
    if not described.is_file():
        raise NetworkFileError(
            f"{weights} says nothing of the form of its input and output; put a network.json "
            "beside it, or pass a Caffe network with --prototxt"
        )
    spec = replace(read_spec(described), prototxt=None, size_bytes=None, sha256=None)
    return InstalledNetwork(spec, weights)


def _find_input(graph: NetworkGraph, *, channels: int) -> str | None:
    return next((i.name for i in graph.inputs if i.shape[1:2] == (channels,)), None)


def _find_lightness_input(graph: NetworkGraph) -> str:
    name = _find_input(graph, channels=1)
    if name is None:
        raise NetworkFileError(
            "the prototxt has no one-channel input for lightness; use one whose "
            "input has the shape 1 x 1 x height x width"
        )
    return name


def _find_logits(graph: NetworkGraph, bin_count: int) -> str:
    for layer in reversed(graph.layers):
        if layer.type in ("Convolution", "Deconvolution") and (
            layer.params.get("num_output") == bin_count
        ):
            return layer.tops[0]
    raise NetworkFileError(
        f"the prototxt has no convolution with {bin_count} outputs, one for each color bin; "
        "pass the network's own bins with --bins"
    )


def _find_stride(graph: NetworkGraph) -> int:
    """Return how often the input's side is shrunk where the network is coarsest."""
    shrunk: dict[str, Fraction] = {}
    for layer in graph.layers:
        factor = shrunk.get(layer.bottoms[0], Fraction(1)) if layer.bottoms else Fraction(1)
        shrunk.update(dict.fromkeys(layer.tops, factor * _layer_stride(layer)))
    return math.ceil(max(shrunk.values()))


def _layer_stride(layer: LayerSpec) -> Fraction:
    stride = layer.params.get("stride", 1)
    if not isinstance(stride, int) or stride < 1:
        return Fraction(1)
    return Fraction(1, stride) if layer.type == "Deconvolution" else Fraction(stride)
