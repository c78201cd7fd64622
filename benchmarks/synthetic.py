"""Material of the speed benchmark: a large photo, a film, a large network of random weights."""

from __future__ import annotations

import math
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from skimage import data

from colorize_lab.caffe import (
    CaffeModel,
    LayerBlobs,
    infer_blob_shapes,
    parse_prototxt,
    write_caffemodel,
)
from colorize_lab.networks import InstalledNetwork, custom_network
from colorize_lab.opencv import cv2

__all__ = [
    "make_film",
    "make_film_folder",
    "make_large_photo",
    "make_photo_folder",
    "make_random_network",
]

PICTURES = ("astronaut", "coffee", "chelsea", "rocket")
ROWS, COLUMNS = 3, 4
# Grain that makes a 12 MP photo a JPEG of 3.5 MB, as cameras write them.
NOISE_LEVELS = 4
JPEG_QUALITY = 92
FILM_SIZE, FILM_RATE = (640, 360), 25


def make_large_photo(path: Path, tile_px: int = 1000) -> Path:
    """Write a JPEG of 4 x 3 tiles, each a public-domain picture of scikit-image's, enlarged.

    Parameters
    ----------
    path : Path
        Where to write.
    tile_px : int
        Side of a tile in pixels; 1000 makes 12 megapixels.

    Returns
    -------
    Path
        ``path``.
    """
    tiles = [cut_square(getattr(data, name)(), tile_px) for name in PICTURES]
    # Each row starts with another picture.
    rows = [np.hstack(list(islice(cycle(tiles), row, row + COLUMNS))) for row in range(ROWS)]
    mosaic = np.vstack(rows).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, NOISE_LEVELS, (*mosaic.shape[:2], 1))
    pixels = np.clip(mosaic + noise, 0, 255).astype(np.uint8)
    cv2.imwrite(str(path), pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return path


def cut_square(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Cut the middle square out of a picture and bring it to a side in pixels."""
    height, width = picture.shape[:2]
    short = min(height, width)
    top, left = (height - short) // 2, (width - short) // 2
    square = picture[top : top + short, left : left + short]
    return cv2.resize(square, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def make_photo_folder(folder: Path) -> Path:
    """Write public-domain pictures of scikit-image's as PNG: a set that needs no download."""
    folder.mkdir()
    for name in PICTURES:
        cv2.imwrite(str(folder / f"{name}.png"), getattr(data, name)()[..., ::-1])
    return folder


def make_film(path: Path, frames: int, *, gray: bool = True) -> Path:
    """Write a film: the camera goes slowly over a still picture, with its color or without."""
    from imageio_ffmpeg import write_frames

    width, height = FILM_SIZE
    still = cv2.resize(data.coffee(), (2 * width, 2 * height), interpolation=cv2.INTER_CUBIC)
    if gray:
        still = cv2.cvtColor(cv2.cvtColor(still, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    writer = write_frames(str(path), FILM_SIZE, fps=FILM_RATE, macro_block_size=1)
    writer.send(None)
    for frame in range(frames):
        left = round(width * frame / max(1, frames - 1))
        writer.send(np.ascontiguousarray(still[:height, left : left + width]))
    writer.close()
    return path


def make_film_folder(folder: Path) -> Path:
    """Write a short color film: a set that needs no download."""
    folder.mkdir()
    make_film(folder / "coffee.mp4", FILM_RATE, gray=False)
    return folder


def make_random_network(prototxt: Path, weights: Path) -> InstalledNetwork:
    """Write seeded random weights for a graph: as much work as the trained ones.

    Parameters
    ----------
    prototxt : Path
        The graph.
    weights : Path
        Where to write the caffemodel.

    Returns
    -------
    InstalledNetwork
        Both files.
    """
    graph = parse_prototxt(prototxt.read_text(encoding="utf-8"))
    types = {layer.name: layer.type for layer in graph.layers}
    rng = np.random.default_rng(0)
    layers = [
        LayerBlobs(name, types[name], tuple(draw_blob(rng, shape) for shape in shapes))
        for name, shapes in infer_blob_shapes(graph).items()
    ]
    weights.write_bytes(write_caffemodel(CaffeModel(graph.name, tuple(layers))))
    return custom_network(prototxt, weights)


def draw_blob(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Draw weights that neither blow activations up nor let them fade into denormal numbers."""
    if len(shape) == 1:  # biases and the statistics of batch norm, which must be positive
        return rng.uniform(0.5, 1, shape).astype(np.float32)
    scale = math.sqrt(2 / math.prod(shape[1:]))  # He et al. 2015, equation 10
    return rng.standard_normal(shape, np.float32) * np.float32(scale)
