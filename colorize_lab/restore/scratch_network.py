"""The network that finds scratches: how likely each pixel is damage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colorize_lab.caffe import check_fit, parse_prototxt, read_caffemodel
from colorize_lab.networks.engines.opencv import HAS_CAFFE
from colorize_lab.networks.files import read_prototxt, read_weights
from colorize_lab.onnx import convert_network
from colorize_lab.opencv import cv2
from colorize_lab.resources import models_dir
from colorize_lab.restore.planes import Floats
from colorize_lab.restore.tiles import Tile, split_tiles

__all__ = ["find_damage"]

_INPUT, _OUTPUT = "lightness", "logit"
# A larger photo is searched smaller, which is fast and takes away grain.
_WORK_PIXELS = 1_500_000
# All tiles have one size, so that OpenCV plans memory once; the margin is the network's reach.
_TILE, _MARGIN, _STRIDE = 448, 32, 8


def find_damage(lightness: Floats) -> Floats:
    """Compute the log-odds of each pixel being a scratch, a crack, dust or bare paper.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.

    Returns
    -------
    ndarray of float32, shape (h, w)
        Above 0 damage is likelier than not. Of the photo's size, or of 1.5 megapixels at most.

    Raises
    ------
    NetworkFileError
        If the network's files are damaged.
    """
    height, width = lightness.shape
    scale = min(1.0, (_WORK_PIXELS / lightness.size) ** 0.5)
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        lightness = np.asarray(cv2.resize(lightness, size, interpolation=cv2.INTER_AREA))
    net = _load(models_dir() / "scratches")
    odds = np.empty_like(lightness)
    for tile in split_tiles(len(lightness), lightness.shape[1], _TILE, _MARGIN):
        odds[tile.core] = _run(net, lightness, tile)
    return odds


def _run(net: cv2.dnn.Net, lightness: Floats, tile: Tile) -> Floats:
    part = lightness[tile.padded]
    height, width = part.shape
    side = _TILE + 2 * _MARGIN
    # A photo smaller than a tile is only filled up to the network's stride.
    rows, columns = (
        side if whole > side else -(-extent // _STRIDE) * _STRIDE
        for whole, extent in zip(lightness.shape, (height, width), strict=True)
    )
    filled = np.pad(part, ((0, rows - height), (0, columns - width)), "edge")
    net.setInput((filled[np.newaxis, np.newaxis] - np.float32(50)) / np.float32(25), _INPUT)
    odds: NDArray[np.float32] = np.array(net.forward(_OUTPUT), np.float32)
    return np.asarray(tile.cut_core(odds[0, 0, :height, :width]), np.float32)


def _load(folder: Path) -> cv2.dnn.Net:
    prototxt = read_prototxt(folder / "deploy.prototxt")
    weights = read_weights(folder / "scratches.caffemodel")
    graph, model = parse_prototxt(prototxt), read_caffemodel(weights)
    check_fit(graph, model)  # OpenCV ends the process on some files
    if HAS_CAFFE:
        buffers = (np.frombuffer(data, np.uint8) for data in (prototxt.encode(), weights))
        return cv2.dnn.readNetFromCaffe(*buffers)
    twin = convert_network(graph, model, [_OUTPUT])
    return cv2.dnn.readNetFromONNX(np.frombuffer(twin, np.uint8))
