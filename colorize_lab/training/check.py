"""Check that torch and OpenCV compute the same colors from the same weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from skimage import data
from torch import nn

from colorize_lab.color import load_bins, rgb_to_lightness
from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import NetworkFileError
from colorize_lab.networks import Network
from colorize_lab.opencv import cv2
from colorize_lab.training.export import export_network
from colorize_lab.training.layers import Layer
from colorize_lab.training.load import (
    find_exported,
    load_caffe_network,
    load_checkpoint_network,
)

__all__ = ["TOLERANCE", "check_network", "measure_disagreement"]

# In ab units: far below what an eye can tell apart (about 1).
TOLERANCE = 1e-2
HINTS = 10

Planes: TypeAlias = npt.NDArray[np.float32]


def check_network(path: Path, rows: tuple[Layer, ...] | None = None) -> float:
    """Check that OpenCV makes of a network what torch makes of it.

    Parameters
    ----------
    path : Path
        A checkpoint, which is exported as float32 for this (float16 alone moves ab by up to
        0.03), or the folder of an exported network, as it is.
    rows : tuple of Layer, optional
        The network's layers, by default those of a network that is trained here.

    Returns
    -------
    float
        The largest difference in a* or b*.

    Raises
    ------
    NetworkFileError
        If it is larger than `TOLERANCE`, or the files are damaged or another network's.
    InputError
        If a file cannot be read.
    """
    if path.is_dir():
        difference = measure_disagreement(load_caffe_network(path, rows), path)
    else:
        network = load_checkpoint_network(path, rows)
        with TemporaryDirectory() as folder:
            export_network(network.state_dict(), Path(folder), rows=rows, half=False)
            difference = measure_disagreement(network, Path(folder))
    if not difference <= TOLERANCE:
        raise NetworkFileError(
            f"torch {torch.__version__} and OpenCV {cv2.__version__} differ by {difference:.3g} "
            f"in ab on the network {path}; export it again, and do not use it before they agree"
        )
    return difference


def measure_disagreement(network: nn.Module, folder: Path) -> float:
    """Compare a network in torch with an exported one in OpenCV.

    Parameters
    ----------
    network : nn.Module
        A `CompactNetwork` in eval mode.
    folder : Path
        Written by `colorize_lab.training.export.export_network`.

    Returns
    -------
    float
        The largest difference in a* or b* of the mean colors, over some pictures.
    """
    opencv = Network.load(find_exported(folder))
    largest = 0.0
    for lightness, hints in make_samples():
        stacked = np.concatenate([lightness[np.newaxis] - 50, hints])
        with torch.no_grad():
            expected = decode_mean(network(torch.from_numpy(stacked)[None])[0].numpy())
        found = decode_mean(opencv.logits(lightness, hints))
        largest = max(largest, float(np.abs(found - expected).max()))
    return largest


def decode_mean(logits: Planes) -> Planes:
    """Decode logits (Q, h, w) to the mean color (h, w, 2)."""
    return AbDistribution.from_logits(logits, load_bins()).annealed_mean(1.0)


def make_samples() -> Iterator[tuple[Planes, Planes]]:
    """Yield L* (h, w) and hints (3, h, w): a photo without hints, a cat with some, and noise."""
    random = np.random.default_rng(0)
    photo = shrink_photo(data.astronaut(), 256, 256)
    yield photo, np.zeros((3, *photo.shape), np.float32)
    cat = shrink_photo(data.cat(), 160, 224)
    hints = np.zeros((3, *cat.shape), np.float32)
    rows, columns = (random.integers(size, size=HINTS) for size in cat.shape)
    hints[:2, rows, columns] = random.uniform(-60, 60, (2, HINTS))
    hints[2, rows, columns] = 1
    yield cat, hints
    noise = random.uniform(0, 100, (64, 96)).astype(np.float32)
    yield noise, np.zeros((3, *noise.shape), np.float32)


def shrink_photo(rgb: npt.NDArray[np.uint8], height: int, width: int) -> Planes:
    """Compute L* of a photo at another size."""
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    return rgb_to_lightness((small / 255).astype(np.float32))
