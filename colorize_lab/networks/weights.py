"""Checks of a weights file against its size, its hash and what its network must be."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from colorize_lab.caffe import NetworkGraph, check_cost, check_fit, read_caffemodel
from colorize_lab.errors import NetworkFileError
from colorize_lab.networks.files import read_graph
from colorize_lab.networks.interface import check_interface
from colorize_lab.networks.registry import InstalledNetwork
from colorize_lab.networks.spec import NetworkSpec
from colorize_lab.onnx import check_onnx, read_onnx

__all__ = ["check_file", "check_weights", "forget_sha256", "known_sha256", "remember_sha256"]


def check_file(
    data: bytes,
    spec: NetworkSpec,
    *,
    size_bytes: int | None = None,
    sha256: str | None = None,
) -> str:
    """Check that bytes are the weights of a network, Caffe's or ONNX.

    Parameters
    ----------
    data : bytes
        Content of the weights' file.
    spec : NetworkSpec
        The network.
    size_bytes, sha256 : int, str, optional
        What its size and hash should be, if that is known.

    Returns
    -------
    str
        SHA-256 of the bytes, lower-case hex.

    Raises
    ------
    InputError
        If the network's prototxt cannot be read.
    NetworkFileError
        For any other file than a sound one of this network.
    """
    if spec.prototxt is not None:
        graph = read_graph(spec.prototxt)
        return check_weights(data, graph, size_bytes=size_bytes, sha256=sha256)
    model = read_onnx(data)
    digest = _check_identity(data, size_bytes, sha256)
    check_onnx(model)
    check_interface(model, spec)
    return digest


def check_weights(
    data: bytes,
    graph: NetworkGraph,
    *,
    size_bytes: int | None = None,
    sha256: str | None = None,
) -> str:
    """Check that bytes are the weights of a graph.

    Parameters
    ----------
    data : bytes
        Content of a caffemodel.
    graph : NetworkGraph
        The network that it should fill.
    size_bytes, sha256 : int, str, optional
        What its size and hash should be, if that is known.

    Returns
    -------
    str
        SHA-256 of the bytes, lower-case hex.

    Raises
    ------
    NetworkFileError
        For a web page, a truncated, changed or foreign file, for weights that do not fill every
        layer of the graph, and for a graph that no network needs.
    """
    model = read_caffemodel(data)
    digest = _check_identity(data, size_bytes, sha256)
    check_cost(graph)
    check_fit(graph, model)
    return digest


def _check_identity(data: bytes, size_bytes: int | None, sha256: str | None) -> str:
    """Refuse bytes of another size or hash, and return their hash."""
    if size_bytes is not None and len(data) != size_bytes:
        raise NetworkFileError(
            f"the file has {len(data):,} bytes instead of {size_bytes:,}; get it again"
        )
    digest = hashlib.sha256(data).hexdigest()
    if sha256 is not None and digest != sha256:
        raise NetworkFileError(
            f"the file is damaged or not the expected one (its SHA-256 is {digest[:12]}... "
            "instead of "
            f"{sha256[:12]}...); get it again"
        )
    return digest


def known_sha256(network: InstalledNetwork) -> str | None:
    """Return the hash that installed weights should have, None if none is known.

    It comes from what `remember_sha256` wrote when they were installed, else from the registry.
    """
    try:
        line = _sha256_path(network.weights).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return network.spec.sha256
    match = re.match(r"[0-9a-f]{64}\b", line)
    return match.group() if match else network.spec.sha256


def remember_sha256(weights: Path, sha256: str) -> None:
    """Write a hash beside its weights, in the format of ``sha256sum --check``."""
    _sha256_path(weights).write_text(f"{sha256}  {weights.name}\n", encoding="utf-8")


def forget_sha256(weights: Path) -> None:
    """Remove what `remember_sha256` wrote."""
    _sha256_path(weights).unlink(missing_ok=True)


def _sha256_path(weights: Path) -> Path:
    return weights.with_name(weights.name + ".sha256")
