"""The network that finds scratches, from torch to Caffe."""

from __future__ import annotations

from pathlib import Path

from colorize_lab.caffe import (
    CaffeModel,
    InputSpec,
    NetworkGraph,
    format_prototxt,
    write_caffemodel,
)
from colorize_lab.system.atomic import make_folder, write_file
from colorize_lab.training.checkpoint import Weights
from colorize_lab.training.export import rows_to_blobs, rows_to_layers
from colorize_lab.training.scratches.network import INPUT, scratch_layers

__all__ = ["export_scratches"]

NAME = "scratches"
_NOMINAL_SIDE = 512


def export_scratches(weights: Weights, folder: Path) -> Path:
    """Write ``deploy.prototxt`` and ``scratches.caffemodel``, float16; both are replaced.

    Parameters
    ----------
    weights : mapping of str to Tensor
        State of a `ScratchNetwork`.
    folder : Path
        Is made if it is not there.

    Returns
    -------
    Path
        The caffemodel.

    Raises
    ------
    OutputError
        If the folder cannot be written to.
    """
    rows = scratch_layers()
    inputs = (InputSpec(INPUT, (1, 1, _NOMINAL_SIDE, _NOMINAL_SIDE)),)
    graph = NetworkGraph(NAME, inputs, rows_to_layers(rows, INPUT))
    model = CaffeModel(NAME, rows_to_blobs(rows, weights))
    make_folder(folder)
    target = folder / f"{NAME}.caffemodel"
    write_file(format_prototxt(graph).encode(), folder / "deploy.prototxt", overwrite=True)
    write_file(write_caffemodel(model, half=True), target, overwrite=True)
    return target
