"""Export to Caffe: batch norm and input scale folded in, as prototxt and caffemodel.

The network is named after its folder: in its files, in the status line and in results' metadata.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from colorize_lab.caffe import (
    CaffeModel,
    InputSpec,
    LayerBlobs,
    LayerSpec,
    NetworkGraph,
    format_prototxt,
    write_caffemodel,
)
from colorize_lab.caffe.graph import Param
from colorize_lab.networks import find_spec
from colorize_lab.networks.spec import read_spec
from colorize_lab.system.atomic import make_folder, write_file
from colorize_lab.training.checkpoint import Weights
from colorize_lab.training.layers import Layer, find_layers
from colorize_lab.training.network import INPUT_SCALE

__all__ = [
    "ExportedNetwork",
    "export_network",
    "name_network",
    "rows_to_blobs",
    "rows_to_graph",
    "rows_to_layers",
]

# The network that ships: what holds for its layers holds for all that are trained.
SHIPPED = "compact"
DESCRIPTION = "network.json"
PROTOTXT = "deploy.prototxt"
BATCH_NORM_EPS = 1e-5  # torch's default
NOMINAL_SIDE = 256
POOLING: Mapping[str, Param] = {"pool": "AVE", "global_pooling": True}


@dataclass(frozen=True)
class ExportedNetwork:
    """A network's folder as the registry knows it.

    Attributes
    ----------
    prototxt, caffemodel, description : Path
        ``deploy.prototxt``, ``NAME.caffemodel`` and ``network.json``.
    size_bytes : int
        Size of the caffemodel.
    sha256 : str
        Its hash.
    """

    prototxt: Path
    caffemodel: Path
    description: Path
    size_bytes: int
    sha256: str


def export_network(
    weights: Weights,
    folder: Path,
    *,
    rows: Sequence[Layer] | None = None,
    half: bool = True,
) -> ExportedNetwork:
    """Write a trained network for Caffe.

    Parameters
    ----------
    weights : mapping of str to Tensor
        State of a `CompactNetwork`, such as the moving average of its weights.
    folder : Path
        Gets the three files and gives the network its name. Files that are there are replaced, but
        name, summary and license in a ``network.json`` stay.
    rows : sequence of Layer, optional
        The network's layers, by default those that the weights belong to.
    half : bool
        Store float16, else float32.

    Raises
    ------
    OutputError
        If the folder cannot be written to.
    NetworkFileError
        If the folder has a ``network.json`` that is wrong.
    """
    rows = find_layers(weights) if rows is None else rows
    description = folder / DESCRIPTION
    words = describe_network(folder.resolve().name, description)
    data = write_caffemodel(CaffeModel(words.name, rows_to_blobs(rows, weights)), half=half)
    exported = ExportedNetwork(
        prototxt=folder / PROTOTXT,
        caffemodel=folder / words.weights,
        description=description,
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    make_folder(folder)
    graph = rows_to_graph(rows, words.name)
    write_file(format_prototxt(graph).encode(), exported.prototxt, overwrite=True)
    write_file(data, exported.caffemodel, overwrite=True)
    write_file(format_description(words, exported).encode(), description, overwrite=True)
    return exported


@dataclass(frozen=True)
class Words:
    """The part of a network's description that says which network it is.

    Attributes
    ----------
    name, summary, license : str
        As in `colorize_lab.networks.spec.NetworkSpec`.
    weights : str
        Name of the caffemodel.
    """

    name: str
    summary: str
    license: str
    weights: str


def describe_network(folder_name: str, description: Path) -> Words:
    """Keep the words of a folder's description, or write those of a new network.

    No checkpoint knows who owns its weights, so the license starts as "unknown".
    """
    if description.exists():
        spec = read_spec(description)
        return Words(spec.name, spec.summary, spec.license, spec.weights.name)
    name = name_network(folder_name)
    return Words(name, "trained with colorize-lab train", "unknown", f"{name}.caffemodel")


def name_network(folder_name: str) -> str:
    """Make a network's name of its folder's: lower-case letters, digits and hyphens.

    Examples
    --------
    >>> name_network("My network_2"), name_network("..")
    ('my-network-2', 'network')
    """
    return re.sub(r"[^a-z0-9]+", "-", folder_name.lower()).strip("-") or "network"


def format_description(words: Words, exported: ExportedNetwork) -> str:
    """Write ``network.json``: what holds for all of these layers, and the network's own words."""
    shipped = find_spec(SHIPPED).find_prototxt().with_name(DESCRIPTION)
    entry = {
        **json.loads(shipped.read_text("utf-8")),
        **asdict(words),
        "prototxt": PROTOTXT,
        "size_bytes": exported.size_bytes,
        "sha256": exported.sha256,
    }
    return json.dumps(entry, indent=2) + "\n"


def rows_to_graph(rows: Sequence[Layer], name: str = SHIPPED) -> NetworkGraph:
    """Say the rows in Caffe's layers; the inputs are ``data_l`` and ``hints``."""
    inputs = (
        InputSpec("data_l", (1, 1, NOMINAL_SIDE, NOMINAL_SIDE)),
        InputSpec("hints", (1, 3, NOMINAL_SIDE, NOMINAL_SIDE)),
    )
    first = LayerSpec("data", "Concat", ("data_l", "hints"), ("data",))
    return NetworkGraph(name, inputs, (first, *rows_to_layers(rows, "data")))


def rows_to_layers(rows: Sequence[Layer], data: str) -> tuple[LayerSpec, ...]:
    """Write the rows as Caffe's layers; ``data`` is the blob that the first row reads."""
    layers: list[LayerSpec] = []
    tops = {data: data}
    for row in rows:
        top, bottom = row.name, tops[row.source]
        if row.pooled:
            layers.append(LayerSpec(f"{top}_mean", "Pooling", (bottom,), (f"{top}_mean",), POOLING))
            bottom = f"{top}_mean"
        layers.append(LayerSpec(top, layer_type(row), (bottom,), (top,), to_params(row)))
        if row.plus:
            terms, top = (top, tops[row.plus]), f"{row.name}_sum"
            layers.append(LayerSpec(top, "Eltwise", terms, (top,), {"operation": "SUM"}))
        if row.relu:
            layers.append(LayerSpec(f"{row.name}_relu", "ReLU", (top,), (top,)))
        if row.times:
            factors, top = top, f"{row.name}_product"
            layers.append(LayerSpec(top, "Scale", (tops[row.times], factors), (top,)))
        tops[row.name] = top
    return tuple(layers)


def layer_type(row: Layer) -> str:
    """Caffe's name for a row's layer."""
    return "Deconvolution" if row.deconvolution else "Convolution"


def to_params(row: Layer) -> dict[str, int]:
    """Caffe's settings of a row's layer."""
    return {
        "num_output": row.channels,
        "kernel_size": row.kernel,
        "stride": row.stride,
        "pad": row.pad,
        "dilation": row.dilation,
        "group": row.groups,
    }


def rows_to_blobs(rows: Sequence[Layer], weights: Weights) -> tuple[LayerBlobs, ...]:
    """Fold each row's batch norm, and the first row's input scale, into kernels and biases."""
    arrays = {name: value.cpu().double().numpy() for name, value in weights.items()}
    return tuple(LayerBlobs(row.name, layer_type(row), fold_row(row, arrays)) for row in rows)


def fold_row(
    row: Layer, arrays: Mapping[str, npt.NDArray[np.float64]]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Compute the kernel and the bias of one row, in float32."""
    kernel = arrays[f"convs.{row.name}.weight"]
    if row.source == "data":
        kernel = kernel * np.reshape(INPUT_SCALE, (1, -1, 1, 1))
    if not row.norm:
        return kernel.astype(np.float32), arrays[f"convs.{row.name}.bias"].astype(np.float32)
    scale, shift, mean, variance = (
        arrays[f"norms.{row.name}.{part}"]
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    factor = scale / np.sqrt(variance + BATCH_NORM_EPS)
    # Outputs are the first axis of a convolution's kernel, the second of a deconvolution's.
    shape = (1, -1, 1, 1) if row.deconvolution else (-1, 1, 1, 1)
    bias = shift - mean * factor
    return (kernel * factor.reshape(shape)).astype(np.float32), bias.astype(np.float32)
