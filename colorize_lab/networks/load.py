"""A network's files, read and checked, before any engine sees them."""

from __future__ import annotations

from pathlib import Path

from colorize_lab.caffe import NetworkGraph, parse_prototxt
from colorize_lab.errors import NetworkFileError
from colorize_lab.networks.engines import CaffeFiles, Loaded, OnnxFile
from colorize_lab.networks.files import read_prototxt, read_weights
from colorize_lab.networks.interface import adopt_names, find_fixed_size
from colorize_lab.networks.registry import InstalledNetwork
from colorize_lab.networks.spec import NetworkSpec
from colorize_lab.networks.weights import check_file, check_weights, known_sha256
from colorize_lab.onnx import read_onnx

__all__ = ["load_files"]


def load_files(installed: InstalledNetwork) -> tuple[Loaded, str]:
    """Read and check a network's files.

    Parameters
    ----------
    installed : InstalledNetwork
        From `choose_network`, `find_network` or `custom_network`.

    Returns
    -------
    loaded : Loaded
        What every engine can run.
    digest : str
        SHA-256 of the weights' file.

    Raises
    ------
    InputError
        If a file cannot be read.
    NetworkFileError
        If a file is damaged, or the files do not fit each other.
    """
    spec = installed.spec
    known = known_sha256(installed)
    weights = read_weights(installed.weights)
    try:
        if spec.prototxt is None:
            digest = check_file(weights, spec, sha256=known)
            return _open_onnx(weights, spec), digest
        prototxt = read_prototxt(spec.prototxt)
        graph = parse_prototxt(prototxt)
        digest = check_weights(weights, graph, sha256=known)
    except NetworkFileError as error:
        raise NetworkFileError(f"{installed.weights}: {error}") from error
    _check_blobs(graph, spec, spec.prototxt)
    return CaffeFiles(spec, graph, prototxt.encode(), weights), digest


def _open_onnx(data: bytes, spec: NetworkSpec) -> OnnxFile:
    model = read_onnx(data)
    named = adopt_names(model, spec)
    return OnnxFile(named, data, find_fixed_size(model, named))


def _check_blobs(graph: NetworkGraph, spec: NetworkSpec, prototxt: Path) -> None:
    """Refuse a graph without an input or output that the description names."""
    inputs = {spec.input_blob, spec.hint_blob} - {None}
    if missing := inputs - {i.name for i in graph.inputs}:
        raise NetworkFileError(
            f"{prototxt} has no input {missing.pop()!r}; pass the network's own prototxt"
        )
    outputs = {spec.output_blob, spec.feature_blob} - {None}
    if missing := outputs - {top for layer in graph.layers for top in layer.tops}:
        raise NetworkFileError(
            f"{prototxt} produces no blob {missing.pop()!r}; pass the network's own prototxt"
        )
