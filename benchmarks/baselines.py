"""Baselines, as separate programs: no line of colorize-lab runs here.

``python -m benchmarks.baselines reencode IN OUT`` decodes and encodes a photo with OpenCV.
``python -m benchmarks.baselines tutorial IN OUT FILES`` colors it by the recipe that the
tutorials on this kind of network share; FILES is the JSON of `NetworkFiles`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["NetworkFiles", "colorize_like_tutorials", "reencode"]

Floats = NDArray[np.float32]

# What colorize-lab writes by default, so that the same work is compared.
JPEG_QUALITY = 92
# The tutorials squeeze every photo into a square of this side.
SIDE = 224


@dataclass(frozen=True)
class NetworkFiles:
    """Facts about a network that the recipe needs.

    Attributes
    ----------
    prototxt, weights, bins : str
        Paths of its files.
    lightness, logits : str
        Layers that take L* - 50 and give the logits.
    hints : str or None
        Input for hints, which is given none.
    temperature : float
        Of the annealed mean.
    """

    prototxt: str
    weights: str
    bins: str
    lightness: str
    logits: str
    hints: str | None
    temperature: float


def reencode(source: Path, target: Path) -> None:
    """Decode a photo with OpenCV and encode it as JPEG."""
    pixels = np.asarray(cv2.imread(str(source)))
    cv2.imwrite(str(target), pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])


def colorize_like_tutorials(source: Path, target: Path, files: NetworkFiles) -> None:
    """Color a photo: Lab in float64, a square for the network, ab enlarged bilinearly.

    Where tutorials differ, the quicker way is taken. Metadata is lost.
    """
    from skimage import color
    from skimage.io import imread, imsave

    lab = color.rgb2lab(imread(source))
    lightness = cv2.resize(lab[..., 0].astype(np.float32), (SIDE, SIDE))
    ab = decode_logits(
        run_network(lightness, files), np.load(files.bins, allow_pickle=False), files.temperature
    )
    lab[..., 1:] = cv2.resize(ab, lab.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    rgb = np.clip(color.lab2rgb(lab), 0, 1)
    imsave(target, (255 * rgb).astype(np.uint8), check_contrast=False)


def run_network(lightness: Floats, files: NetworkFiles) -> Floats:
    """Load the network and run it: logits (Q, h, w)."""
    net = cv2.dnn.readNetFromCaffe(files.prototxt, files.weights)
    net.setInput(cv2.dnn.blobFromImage(lightness, mean=50.0), files.lightness)
    if files.hints is not None:
        net.setInput(np.zeros((1, 3, *lightness.shape), np.float32), files.hints)
    logits: Floats = np.asarray(net.forward(files.logits), np.float32)[0]
    return logits


def decode_logits(logits: Floats, bins: Floats, temperature: float) -> Floats:
    """Take the annealed mean: ab (h, w, 2)."""
    heights = np.exp((logits - logits.max(axis=0)) / np.float32(temperature))
    ab: Floats = np.einsum("qhw,qc->hwc", heights / heights.sum(axis=0), bins.astype(np.float32))
    return ab


if __name__ == "__main__":
    if sys.argv[1] == "reencode":
        reencode(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        network = NetworkFiles(**json.loads(sys.argv[4]))
        colorize_like_tutorials(Path(sys.argv[2]), Path(sys.argv[3]), network)
