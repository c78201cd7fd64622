"""From torch to Caffe: batch norm and input scaling folded in, written as prototxt and caffemodel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from torch import Tensor

from colorize_lab.caffe import (
    CaffeModel,
    InputSpec,
    LayerBlobs,
    LayerSpec,
    NetworkGraph,
    format_prototxt,
    write_caffemodel,
)
from colorize_lab.training.network import INPUT_SCALE, CompactNetwork, Layer

__all__ = ["export_network", "rows_to_blobs", "rows_to_graph"]

BATCH_NORM_EPS = 1e-5  # torch's default
NOMINAL_SIDE = 256

Weights = Mapping[str, Tensor]


def export_network(network: CompactNetwork, weights: Weights, folder: Path) -> tuple[Path, Path]:
    """Write a trained network for Caffe, as float16.

    Parameters
    ----------
    network : CompactNetwork
        Gives the layers.
    weights : mapping of str to Tensor
        A state of that network, such as the moving average of its weights.
    folder : Path
        Gets ``deploy.prototxt`` and ``compact.caffemodel``.

    Returns
    -------
    tuple of Path
        The two files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prototxt, caffemodel = folder / "deploy.prototxt", folder / "compact.caffemodel"
    model = CaffeModel("compact", rows_to_blobs(network.rows, weights))
    prototxt.write_text(format_prototxt(rows_to_graph(network.rows)), encoding="utf-8")
    caffemodel.write_bytes(write_caffemodel(model, half=True))
    return prototxt, caffemodel


def rows_to_graph(rows: Sequence[Layer]) -> NetworkGraph:
    """Say the rows in Caffe's layers; the inputs are ``data_l`` and ``hints``."""
    inputs = (
        InputSpec("data_l", (1, 1, NOMINAL_SIDE, NOMINAL_SIDE)),
        InputSpec("hints", (1, 3, NOMINAL_SIDE, NOMINAL_SIDE)),
    )
    layers = [LayerSpec("data", "Concat", ("data_l", "hints"), ("data",))]
    outputs = {"data": "data"}
    for row in rows:
        top = row.name
        layers.append(
            LayerSpec(
                row.name,
                "Deconvolution" if row.deconvolution else "Convolution",
                (outputs[row.source],),
                (top,),
                {
                    "num_output": row.channels,
                    "kernel_size": row.kernel,
                    "stride": row.stride,
                    "pad": row.pad,
                    "dilation": row.dilation,
                },
            )
        )
        if row.plus:
            bottoms, top = (top, outputs[row.plus]), f"{row.name}_sum"
            layers.append(LayerSpec(top, "Eltwise", bottoms, (top,), {"operation": "SUM"}))
        if row.relu:
            layers.append(LayerSpec(f"{row.name}_relu", "ReLU", (top,), (top,)))
        outputs[row.name] = top
    return NetworkGraph("compact", inputs, tuple(layers))


def rows_to_blobs(rows: Sequence[Layer], weights: Weights) -> tuple[LayerBlobs, ...]:
    """Fold each row's batch norm, and the first row's input scale, into kernels and biases."""
    return tuple(
        LayerBlobs(
            row.name,
            "Deconvolution" if row.deconvolution else "Convolution",
            fold_row(row, {k: v.double().cpu().numpy() for k, v in weights.items() if f".{row.name}." in k}),
        )
        for row in rows
    )


def fold_row(
    row: Layer, weights: Mapping[str, npt.NDArray[np.float64]]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Kernel and bias of one row, in float32."""
    kernel = weights[f"convs.{row.name}.weight"]
    if row.source == "data":
        kernel = kernel * np.reshape(INPUT_SCALE, (1, -1, 1, 1))
    if row.norm:
        norm = {k: weights[f"norms.{row.name}.{k}"] for k in ("weight", "bias", "running_mean", "running_var")}
        factor = norm["weight"] / np.sqrt(norm["running_var"] + BATCH_NORM_EPS)
        bias = norm["bias"] - norm["running_mean"] * factor
        # Outputs are the first axis of a convolution's kernel, the second of a deconvolution's.
        shape = (1, -1, 1, 1) if row.deconvolution else (-1, 1, 1, 1)
        kernel = kernel * factor.reshape(shape)
    else:
        bias = weights[f"convs.{row.name}.bias"]
    return kernel.astype(np.float32), bias.astype(np.float32)
