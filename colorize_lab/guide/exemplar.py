"""Exemplars: color photos whose things lend their colors to the same things in another photo.

A reference moves a histogram; an exemplar moves colors from place to place. Each place of the
photo looks for places of the exemplars that the network's features take for the same thing and
that are about as light, and takes the mean of their colors as far as the match can be trusted.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import rgb_to_lab
from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import InputError
from colorize_lab.guide import Features
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo, list_suffixes, read_photo

__all__ = ["Exemplar", "Match", "MatchedExemplar", "find_matches", "read_exemplar"]

Floats: TypeAlias = NDArray[np.float32]

# The constants were chosen on pairs of frames of two color clips, crops of half of the Kodak photos
# and unrelated pairs of them; the other half was kept back.
_CELLS: Final = 2048  # of the grid on which photos are matched
_SOFTNESS: Final = 0.06  # of the softmax over cosine similarities
_LIGHTNESS_SIGMA: Final = 12.0  # L* by which places of the same thing differ
_AGREEMENT_CELLS: Final = 4.0  # sigma of the neighborhood that has to match as well
_TRUST_SLOPE: Final = 8.3
_TRUST_CENTER: Final = 0.495  # similarity at which a match is trusted by half
_COLOR_SIGMA: Final = 5.0  # spread of a matched color over the bins, as in soft encoding
_STORED_SIDE: Final = 512  # pixels of an exemplar that are kept


@dataclass(frozen=True, eq=False)
class Match:
    """Colors found in exemplars for each cell of a photo.

    Attributes
    ----------
    ab : ndarray of float32, shape (h, w, 2)
        A* and b*.
    trust : ndarray of float32, shape (h, w)
        0 for nothing alike, 1 for the same thing.
    origin : ndarray of float32, shape (h, w, 3)
        The likeliest source: the number of the exemplar, and the row and column in it, 0..1.
    """

    ab: Floats
    trust: Floats
    origin: Floats


@dataclass(frozen=True)
class Exemplar:
    """Color photos that lend their colors to the same things.

    Attributes
    ----------
    sha256 : tuple of str
        Of the bytes of each photo's file; two exemplars are equal if these are.
    labs : tuple of ndarray of float32, shape (h, w, 3)
        L*, a*, b* of each photo, reduced.
    """

    sha256: tuple[str, ...]
    labs: tuple[Floats, ...] = field(repr=False, compare=False)

    @classmethod
    def from_photos(cls, *photos: Photo) -> Exemplar:
        """Make an exemplar of color photos, a result of this program or one painted by hand."""
        labs = tuple(_reduce_photo(photo) for photo in photos)
        return cls(tuple(hashlib.sha256(lab.tobytes()).hexdigest() for lab in labs), labs)

    def bind(self, see: Features) -> MatchedExemplar:
        """Return the guide for a network.

        Parameters
        ----------
        see : callable
            The network's features of a photo's L*, see `Colorizer.see`.
        """
        return MatchedExemplar(self, see)

    def describe(self) -> Mapping[str, Any]:
        """Name the photos by their hashes."""
        return {"kind": "exemplar", "sha256": list(self.sha256)}


class MatchedExemplar:
    """An exemplar as a network sees it: a guide. Its features are computed once.

    Parameters
    ----------
    exemplar : Exemplar
        The color photos.
    see : callable
        The network's features of L*.
    """

    def __init__(self, exemplar: Exemplar, see: Features) -> None:
        self._exemplar = exemplar
        self._see = see
        self._sides = [_make_cells(lab, see(_get_lightness(lab))) for lab in exemplar.labs]

    def guide(self, distribution: AbDistribution, lightness: Floats) -> AbDistribution:
        """Mix the colors of what matches into the distribution, as far as it is trusted."""
        match = self.match(lightness)
        height, width = distribution.grid
        ab = cv2.resize(match.ab, (width, height), interpolation=cv2.INTER_LINEAR)
        trust = cv2.resize(match.trust, (width, height), interpolation=cv2.INTER_LINEAR)
        return _mix_colors(distribution, np.asarray(ab, np.float32), np.asarray(trust, np.float32))

    def match(self, lightness: Floats) -> Match:
        """Find the exemplars' colors for a photo, L* of shape (H, W)."""
        small = _shrink(lightness)
        target = _make_cells(small[..., np.newaxis], self._see(small))
        return _match_cells(target, self._sides)

    def describe(self) -> Mapping[str, Any]:
        """Describe the exemplar."""
        return self._exemplar.describe()


def find_matches(photo: Photo, exemplar: Exemplar, see: Features) -> Match:
    """Find which places of exemplars show the same things as a photo.

    Parameters
    ----------
    photo : Photo
        Any photo; its color is ignored.
    exemplar : Exemplar
        Color photos.
    see : callable
        The network's features of L*, such as `Colorizer.see`.

    Returns
    -------
    Match
        On a coarse grid over the photo.
    """
    return exemplar.bind(see).match(np.ascontiguousarray(rgb_to_lab(photo.rgb)[..., 0]))


def read_exemplar(
    paths: Sequence[str | os.PathLike[str]], *, max_megapixels: float = 250.0
) -> Exemplar:
    """Read exemplars from files and folders.

    Parameters
    ----------
    paths : sequence of path
        Color photos; a folder stands for the photos in it.
    max_megapixels : float
        Larger photos are refused before they are decoded.

    Raises
    ------
    InputError
        If a file cannot be read, or a folder holds no photo.
    """
    files = [file for path in paths for file in _list_photos(Path(path))]
    photos = [read_photo(file, max_megapixels=max_megapixels) for file in files]
    return Exemplar.from_photos(*photos)


def _list_photos(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    suffixes = list_suffixes()
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in suffixes)
    if not files:
        raise InputError(f"{path} holds no photo; give a color photo or a folder of them")
    return files


def _reduce_photo(photo: Photo) -> Floats:
    return rgb_to_lab(_shrink(photo.rgb))


def _shrink(image: Floats) -> Floats:
    """Shrink an image to as many pixels as matching needs."""
    height, width = image.shape[:2]
    scale = min(1.0, _STORED_SIDE / (height * width) ** 0.5)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)


def _get_lightness(lab: Floats) -> Floats:
    return np.ascontiguousarray(lab[..., 0])


@dataclass(frozen=True, eq=False)
class _Cells:
    """A photo on the grid for matching."""

    shape: tuple[int, int]
    features: Floats  # (N, C)
    lightness: Floats  # (N,)
    ab: Floats  # (N, 2), or (N, 0) if it is the gray photo


def _make_cells(lab: Floats, features: Floats) -> _Cells:
    """Bring a photo (H, W, 1 or 3) and its features (C, h, w) to one grid of about `_CELLS`."""
    height, width = lab.shape[:2]
    scale = (_CELLS / (height * width)) ** 0.5
    shape = max(1, round(height * scale)), max(1, round(width * scale))
    shrunk = cv2.resize(lab, shape[::-1], interpolation=cv2.INTER_AREA)
    small = np.asarray(shrunk, np.float32).reshape(*shape, -1)
    planes = np.ascontiguousarray(features.transpose(1, 2, 0))
    fine = np.asarray(cv2.resize(planes, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    count = shape[0] * shape[1]
    return _Cells(
        shape,
        fine.reshape(count, -1),
        small[..., 0].reshape(count),
        small[..., 1:].reshape(count, -1),
    )


def _match_cells(target: _Cells, sources: Sequence[_Cells]) -> Match:
    """Average the sources' colors over what is alike."""
    features = np.concatenate([cells.features for cells in sources])
    lightness = np.concatenate([cells.lightness for cells in sources])
    # What all cells have in common tells nothing apart.
    common = (target.features.mean(axis=0) + features.mean(axis=0)) / 2
    similarity = _normalize(target.features - common) @ _normalize(features - common).T
    apart = (target.lightness[:, np.newaxis] - lightness) / np.float32(_LIGHTNESS_SIGMA)
    logits = similarity / np.float32(_SOFTNESS) - apart**2 / 2
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    ab = weights @ np.concatenate([cells.ab for cells in sources])
    best = similarity.max(axis=1).reshape(target.shape)
    around = cv2.GaussianBlur(best, (0, 0), _AGREEMENT_CELLS)
    trust = 1 / (1 + np.exp(-_TRUST_SLOPE * (around - _TRUST_CENTER)))
    origin = _locate(weights.argmax(axis=1), sources).reshape(*target.shape, 3)
    return Match(ab.reshape(*target.shape, 2), np.asarray(trust, np.float32), origin)


def _locate(indices: NDArray[np.intp], sources: Sequence[_Cells]) -> Floats:
    """Return exemplar, row and column of cells of all sources in a row."""
    places = [
        np.stack(
            np.broadcast_arrays(
                np.float32(number),
                (np.arange(cells.shape[0], dtype=np.float32)[:, np.newaxis] + 0.5) / cells.shape[0],
                (np.arange(cells.shape[1], dtype=np.float32) + 0.5) / cells.shape[1],
            ),
            axis=-1,
        ).reshape(-1, 3)
        for number, cells in enumerate(sources)
    ]
    return np.concatenate(places)[indices]


def _normalize(features: Floats) -> Floats:
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(length, np.finfo(np.float32).tiny), np.float32)


def _mix_colors(distribution: AbDistribution, ab: Floats, trust: Floats) -> AbDistribution:
    """Mix colors into a distribution, (h, w, 2), with weights (h, w)."""
    bins = distribution.bins
    # Of the squared distance of a color to each bin, what differs between bins.
    squares = np.square(bins).sum(axis=1)[:, np.newaxis] - 2 * (bins @ ab.reshape(-1, 2).T)
    squares -= squares.min(axis=0)
    mixed = np.exp(squares / np.float32(-2 * _COLOR_SIGMA**2))
    mixed *= trust.ravel() / mixed.sum(axis=0)
    mixed = mixed.reshape(distribution.log_probabilities.shape)
    mixed += distribution.probabilities() * (1 - trust)
    tiny = np.finfo(np.float32).tiny
    return AbDistribution.from_logits(np.log(np.maximum(mixed, tiny)), bins)
