"""A network's files, read with care: each may be hostile, and each says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colorize_lab.caffe import NetworkGraph, parse_prototxt
from colorize_lab.errors import InputError, NetworkFileError
from colorize_lab.system.reading import explain_read_errors

__all__ = ["MAX_WEIGHTS_BYTES", "read_bins", "read_graph", "read_prototxt", "read_weights"]

# Zhang et al.'s network has 129 MB, its prototxt 10 kB, its bins 5 kB.
MAX_WEIGHTS_BYTES = 1 << 30
_MAX_PROTOTXT_BYTES = 1 << 20
_MAX_BINS_BYTES = 1 << 20
# No sRGB color lies outside, see `colorize_lab.color`.
_MAX_AB = 128.0


def read_weights(path: Path) -> bytes:
    """Read a caffemodel's bytes, unparsed.

    Raises
    ------
    InputError
        If the file cannot be read.
    NetworkFileError
        If it is larger than any network that this program can run.
    """
    return _read_bytes(path, MAX_WEIGHTS_BYTES)


def read_prototxt(path: Path) -> str:
    """Read a prototxt's text.

    Raises
    ------
    InputError
        If the file cannot be read.
    NetworkFileError
        If it is not text, or too large for a graph.
    """
    try:
        return _read_bytes(path, _MAX_PROTOTXT_BYTES).decode("utf-8")
    except UnicodeDecodeError as error:
        raise NetworkFileError(
            f"{path} is not text; pass the network's prototxt, not its weights"
        ) from error


def read_graph(path: Path) -> NetworkGraph:
    """Read and parse a prototxt.

    Raises
    ------
    InputError, NetworkFileError
        As `read_prototxt` and `colorize_lab.caffe.parse_prototxt`.
    """
    return parse_prototxt(read_prototxt(path))


def read_bins(path: Path) -> NDArray[np.float32]:
    """Read a network's own table of *ab* bins.

    Parameters
    ----------
    path : Path
        An ``.npy`` file with a real array (N, 2): a* and b* of each bin, -128..128.

    Returns
    -------
    ndarray of float32, (N, 2)

    Raises
    ------
    InputError
        If the file cannot be read.
    NetworkFileError
        If it holds something else.
    """
    try:
        with explain_read_errors(path):
            if path.stat().st_size > _MAX_BINS_BYTES:
                raise ValueError("it is too large")
            # Mapped, so that a header which promises more than the file holds allocates nothing.
            table = np.load(path, mmap_mode="r", allow_pickle=False)
        if not isinstance(table, np.ndarray) or table.dtype.kind not in "iuf":
            raise ValueError("it contains no array of numbers")
        if table.ndim != 2 or table.shape[1] != 2 or not len(table):
            raise ValueError(f"its array has shape {table.shape}, not (N, 2)")
        if not np.all(np.abs(table) <= _MAX_AB):  # NaN fails as well
            raise ValueError(f"a value is not finite or exceeds {_MAX_AB:g}")
    except InputError:
        raise
    except Exception as error:  # a damaged header makes NumPy raise whatever its parser does
        raise NetworkFileError(
            f"{path} contains no bins ({error!s:.100}); pass an .npy file with a* and b* of each "
            "bin"
        ) from error
    return np.array(table, np.float32)


def _read_bytes(path: Path, limit_bytes: int) -> bytes:
    with explain_read_errors(path), path.open("rb") as file:
        data = file.read(limit_bytes + 1)
    if len(data) > limit_bytes:
        raise NetworkFileError(
            f"{path} is larger than {limit_bytes:,} bytes; pass a network's own file"
        )
    return data
