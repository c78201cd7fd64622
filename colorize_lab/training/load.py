"""Loading networks into torch from checkpoints and Caffe exports.

An exported network has no batch norm any more. It gets one that changes nothing, and for training
one that is fitted to real photos, so that next to nothing changes there either.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from colorize_lab.caffe import check_fit, read_caffemodel
from colorize_lab.errors import NetworkFileError
from colorize_lab.networks import InstalledNetwork
from colorize_lab.networks.files import read_graph
from colorize_lab.networks.spec import read_spec
from colorize_lab.training.checkpoint import read_average
from colorize_lab.training.export import BATCH_NORM_EPS, DESCRIPTION, rows_to_graph
from colorize_lab.training.layers import Layer, find_layers
from colorize_lab.training.network import INPUT_SCALE, CompactNetwork

__all__ = ["calibrate_norms", "find_exported", "load_caffe_network", "load_checkpoint_network"]


def load_checkpoint_network(path: Path, rows: tuple[Layer, ...] | None = None) -> CompactNetwork:
    """Load the averaged weights of a checkpoint.

    Parameters
    ----------
    path : Path
        A ``checkpoint.pt`` or ``best.pt``.
    rows : tuple of Layer, optional
        The layers that it should have, by default those of a network that is trained here.

    Returns
    -------
    CompactNetwork
        In eval mode.

    Raises
    ------
    InputError, NetworkFileError
        If the file cannot be read, is not a checkpoint, or belongs to another network.
    """
    weights = read_average(path)
    network = CompactNetwork(find_layers(weights) if rows is None else rows)
    try:
        network.load_state_dict(dict(weights))
    except RuntimeError as error:
        raise NetworkFileError(
            f"{path} contains a different network than the one trained here; train it again"
        ) from error
    network.eval()
    return network


def find_exported(folder: Path) -> InstalledNetwork:
    """Read the description that export wrote; size and hash are not checked.

    Raises
    ------
    NetworkFileError
        If the folder has no ``network.json``, or a wrong one.
    """
    description = folder / DESCRIPTION
    if not description.is_file():
        raise NetworkFileError(
            f"{folder} has no {DESCRIPTION}; pass a folder that 'colorize-lab train export' wrote"
        )
    spec = read_spec(description)
    # Other rows may have no layer of this name, and nothing in training reads it.
    own = replace(spec, size_bytes=None, sha256=None, feature_blob=None)
    return InstalledNetwork(own, spec.weights)


def load_caffe_network(folder: Path, rows: tuple[Layer, ...] | None = None) -> CompactNetwork:
    """Load an exported network into torch.

    Parameters
    ----------
    folder : Path
        Written by `colorize_lab.training.export.export_network`.
    rows : tuple of Layer, optional
        The layers that it should have, by default those of a network that is trained here.

    Returns
    -------
    CompactNetwork
        In eval mode, where it computes what the files say; before it is trained on, it needs
        `calibrate_norms`.

    Raises
    ------
    InputError, NetworkFileError
        If a file cannot be read, is damaged, or belongs to another network.
    """
    installed = find_exported(folder)
    graph = read_graph(installed.spec.find_prototxt())
    if rows is None:
        rows = find_layers(layer.name for layer in graph.layers)
    if graph.layers != rows_to_graph(rows).layers:
        raise NetworkFileError(
            f"{installed.spec.prototxt} describes a different network than the one trained "
            "here; pass a folder that 'colorize-lab train export' wrote"
        )
    model = read_caffemodel(installed.weights)
    check_fit(graph, model)
    blobs = {layer.name: layer.blobs for layer in model.layers}
    network = CompactNetwork(rows)
    state = network.state_dict()
    for row in rows:
        kernel, bias = (torch.tensor(np.asarray(blob, np.float32)) for blob in blobs[row.name])
        state |= unfold_row(row, kernel, bias.flatten(), state[f"convs.{row.name}.weight"])
    network.load_state_dict(state)
    network.eval()
    return network


def unfold_row(row: Layer, kernel: Tensor, bias: Tensor, fresh: Tensor) -> dict[str, Tensor]:
    """Make a row's part of the network's state from its kernel and bias.

    Kernels get the size of fresh ones, and batch norm takes that back: an optimizer that moves
    each weight by about the same step would else turn small kernels over.
    """
    conv, norm = f"convs.{row.name}", f"norms.{row.name}"
    if row.source == "data":
        kernel = kernel / torch.tensor(INPUT_SCALE).view(1, -1, 1, 1)
    if not row.norm:
        return {f"{conv}.weight": kernel, f"{conv}.bias": bias}
    gain = fresh.std() / kernel.std().clamp_min(1e-6)
    return {
        f"{conv}.weight": gain * kernel,
        f"{norm}.weight": torch.ones_like(bias),
        f"{norm}.bias": bias,
        f"{norm}.running_mean": torch.zeros_like(bias),
        f"{norm}.running_var": torch.full_like(bias, float(gain) ** 2 - BATCH_NORM_EPS),
    }


def calibrate_norms(network: CompactNetwork, data: Tensor) -> None:
    """Fit each batch norm to what it gets, without a change to what the network computes.

    Afterwards its running mean and variance are those of the data, as training mode will find
    them, and its scale and shift make up for it.

    Parameters
    ----------
    network : CompactNetwork
        In eval mode; changed in place.
    data : Tensor
        (N, 4, H, W) input, as training gives it.
    """
    hooks = [norm.register_forward_pre_hook(fit_norm) for norm in network.norms.values()]
    with torch.no_grad():
        network(data)
    for hook in hooks:
        hook.remove()


def fit_norm(norm: nn.Module, inputs: tuple[Tensor]) -> None:
    """Take mean and variance from the input that a batch norm is about to get."""
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None and norm.running_var is not None
    variance, mean = torch.var_mean(inputs[0], dim=(0, 2, 3), correction=0)
    factor = norm.weight / (norm.running_var + norm.eps).sqrt()
    norm.bias.add_((mean - norm.running_mean) * factor)
    norm.weight.copy_(factor * (variance + norm.eps).sqrt())
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
