"""Inspection of a network's file: what it holds, what it costs, and which network it is."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from colorize_lab.caffe import (
    CaffeModel,
    NetworkGraph,
    check_cost,
    check_fit,
    describe_model,
    infer_blob_shapes,
    infer_sizes,
    read_caffemodel,
)
from colorize_lab.errors import NetworkFileError
from colorize_lab.networks.files import read_graph, read_weights
from colorize_lab.networks.interface import check_interface
from colorize_lab.networks.registry import load_registry
from colorize_lab.networks.spec import NetworkSpec
from colorize_lab.onnx import OnnxModel, check_onnx, describe_onnx, measure_cost, read_onnx

__all__ = ["Inspection", "inspect_file"]

SIDE: Final = 256
"""Side, in pixels, of the picture for which costs are given."""


@dataclass(frozen=True)
class Inspection:
    """Contents of a network's file.

    Attributes
    ----------
    format : {"caffemodel", "onnx"}
        Which file it is.
    size_bytes : int
        Its size.
    sha256 : str
        Its hash, lower-case hex.
    layers : tuple of str
        A line for each layer, and one for their sum.
    parameters : int
        Numbers in the weights.
    multiplications : int or None
        Products of one pass over 256 x 256 pixels; None for a caffemodel of no known network.
    fits : tuple of str
        Networks of the registry whose weights it can be, the likeliest first.
    known : bool
        Whether its hash is that of the first of them.
    """

    format: str
    size_bytes: int
    sha256: str
    layers: tuple[str, ...]
    parameters: int
    multiplications: int | None
    fits: tuple[str, ...]
    known: bool


def inspect_file(path: Path) -> Inspection:
    """Inspect a caffemodel or an ONNX file.

    Parameters
    ----------
    path : Path
        The file; what it is shows its content, not its name.

    Raises
    ------
    InputError
        If it cannot be read.
    NetworkFileError
        If it is neither, or damaged, or no engine should see it.
    """
    data = read_weights(path)
    digest = hashlib.sha256(data).hexdigest()
    try:
        content = _read_either(data)
        if isinstance(content, CaffeModel):
            return _inspect_caffe(data, digest, content)
        return _inspect_onnx(data, digest, content)
    except NetworkFileError as error:
        raise NetworkFileError(f"{path}: {error}") from error


def _read_either(data: bytes) -> CaffeModel | OnnxModel:
    try:
        return read_onnx(data)
    except NetworkFileError as error:
        try:
            return read_caffemodel(data)
        except NetworkFileError as other:
            raise NetworkFileError(f"neither a caffemodel ({other}) nor ONNX ({error})") from error


def _inspect_caffe(data: bytes, digest: str, model: CaffeModel) -> Inspection:
    *layers, total = describe_model(model).split("\n")
    fitting = list(_list_fitting_caffe(model))
    specs = _sort_likely([spec for spec, _ in fitting], data, digest)
    graphs = dict(fitting)
    return Inspection(
        "caffemodel",
        len(data),
        digest,
        (*layers, total),
        sum(blob.size for layer in model.layers for blob in layer.blobs),
        count_multiplications(graphs[specs[0]]) if specs else None,
        tuple(spec.name for spec in specs),
        bool(specs) and specs[0].sha256 == digest,
    )


def _list_fitting_caffe(model: CaffeModel) -> Iterator[tuple[NetworkSpec, NetworkGraph]]:
    for spec in load_registry().values():
        if spec.prototxt is None:
            continue
        graph = read_graph(spec.prototxt)
        try:
            check_fit(graph, model)
        except NetworkFileError:
            continue
        yield spec, graph


def count_multiplications(graph: NetworkGraph, side: int = SIDE) -> int:
    """Count the products of one pass over a square picture."""
    check_cost(graph)
    blobs = infer_blob_shapes(graph)
    sizes = {spec.name: (side, side) for spec in graph.inputs}
    total = 0
    for layer, _, size in infer_sizes(graph, (side, side)):
        if layer.type in ("Convolution", "Deconvolution"):
            places = size if layer.type == "Convolution" else sizes[layer.bottoms[0]]
            total += math.prod(blobs[layer.name][0]) * math.prod(places)
        sizes.update(dict.fromkeys(layer.tops, size))
    return total


def _inspect_onnx(data: bytes, digest: str, model: OnnxModel) -> Inspection:
    check_onnx(model)
    cost = measure_cost(model, SIDE, SIDE)
    fitting = [spec for spec in load_registry().values() if _fits_onnx(model, spec)]
    specs = _sort_likely(fitting, data, digest)
    return Inspection(
        "onnx",
        len(data),
        digest,
        describe_onnx(model, cost),
        model.count_parameters(),
        cost.multiplications,
        tuple(spec.name for spec in specs),
        bool(specs) and specs[0].sha256 == digest,
    )


def _fits_onnx(model: OnnxModel, spec: NetworkSpec) -> bool:
    try:
        check_interface(model, spec)
    except NetworkFileError:
        return False
    return True


def _sort_likely(specs: list[NetworkSpec], data: bytes, digest: str) -> list[NetworkSpec]:
    """Put the network with this hash first, then those whose file is nearest in size."""

    def rate(spec: NetworkSpec) -> tuple[bool, float]:
        size = spec.size_bytes
        return spec.sha256 != digest, math.inf if size is None else abs(math.log(len(data) / size))

    return sorted(specs, key=rate)
