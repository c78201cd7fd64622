"""Checkpoints: files from which training continues or weights are taken."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import Tensor

from colorize_lab.errors import InputError, NetworkFileError
from colorize_lab.system.atomic import write_file
from colorize_lab.system.reading import explain_read_errors

__all__ = [
    "Weights",
    "halve_weights",
    "read_average",
    "read_checkpoint",
    "widen_weights",
    "write_checkpoint",
]

Weights: TypeAlias = Mapping[str, Tensor]
State: TypeAlias = dict[str, Any]  # nested, and of tensors of all types: torch knows no closer


def write_checkpoint(state: State, path: Path) -> None:
    """Write a checkpoint; one that already exists is replaced at the end, in one go.

    Parameters
    ----------
    state : dict
        Has the averaged weights under ``average``.
    path : Path
        The file.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_file(buffer.getvalue(), path, overwrite=True)


def read_checkpoint(path: Path, device: torch.device | None = None) -> State:
    """Read a checkpoint; nothing in it is ever run.

    Parameters
    ----------
    path : Path
        The file.
    device : torch.device, optional
        Device of the tensors, by default the CPU.

    Raises
    ------
    InputError
        If the file cannot be read.
    NetworkFileError
        If it is not a checkpoint, or contains weights that are not finite.
    """
    try:
        with explain_read_errors(path):
            state = torch.load(path, map_location=device or "cpu", weights_only=True)
    except InputError:
        raise
    except Exception as error:  # a foreign file makes torch raise whatever it trips over
        raise _build_error(path) from error
    if not isinstance(state, dict) or not _are_weights(state.get("average")):
        raise _build_error(path)
    if not all(map(_is_finite, state["average"].values())):
        raise NetworkFileError(
            f"{path} contains weights that are not finite; start over (--no-resume)"
        )
    return state


def read_average(path: Path) -> Weights:
    """Read the averaged weights of a checkpoint, float32.

    Raises
    ------
    InputError, NetworkFileError
        As `read_checkpoint`.
    """
    return widen_weights(read_checkpoint(path)["average"])


def halve_weights(weights: Weights) -> dict[str, Tensor]:
    """Round kernels to float16, in which a caffemodel will keep them; the rest stays as it is.

    Variances of batch norm may lie beyond float16: as infinity they would silence a layer.
    """
    return {name: v.half() if v.ndim > 1 else v for name, v in weights.items()}


def widen_weights(weights: Weights) -> dict[str, Tensor]:
    """Bring weights back to float32."""
    return {name: v.float() if v.is_floating_point() else v for name, v in weights.items()}


def _are_weights(average: object) -> bool:
    """Tell plain tensors that take no more memory than the file has: a view may promise more."""
    return isinstance(average, dict) and all(
        isinstance(name, str)
        and isinstance(value, Tensor)
        and value.layout is torch.strided
        and value.nbytes <= value.untyped_storage().nbytes()
        for name, value in average.items()
    )


def _is_finite(value: Tensor) -> bool:
    return not value.is_floating_point() or bool(torch.isfinite(value.float()).all())


def _build_error(path: Path) -> NetworkFileError:
    return NetworkFileError(
        f"{path} is not a checkpoint of colorize-lab; pass the checkpoint.pt or best.pt that "
        "'colorize-lab train' wrote"
    )
