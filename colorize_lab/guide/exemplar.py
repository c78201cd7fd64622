"""Exemplars: color photos whose things lend their colors to the same things in another photo.

A reference moves a histogram; an exemplar moves colors from place to place. Each place of the
photo looks for places of the exemplars that the network's features take for the same thing and
that are about as light, and takes the mean of their colors as far as the match can be trusted.
"""

from __future__ import annotations

import hashlib
import logging
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
from colorize_lab.guide.cells import Match, make_cells, match_cells, mix_colors, shrink_image
from colorize_lab.photo import Photo, list_suffixes, read_photo

__all__ = ["Exemplar", "Match", "MatchedExemplar", "find_matches", "read_exemplar"]

logger = logging.getLogger(__name__)

Floats: TypeAlias = NDArray[np.float32]

# A photo whose a* and b* stay below this nearly everywhere is gray, whatever a JPEG added to it.
_GRAY: Final = 3.0
_GRAY_PERCENT: Final = 99.5
# Of files in a warning: it stays readable.
_MOST_NAMES: Final = 10


@dataclass(frozen=True)
class Exemplar:
    """Color photos that lend their colors to the same things.

    Attributes
    ----------
    sha256 : tuple of str
        Of each photo's colors, reduced; two exemplars are equal if these are.
    labs : tuple of ndarray of float32, shape (h, w, 3)
        L*, a*, b* of each photo, reduced.
    """

    sha256: tuple[str, ...]
    labs: tuple[Floats, ...] = field(repr=False, compare=False)

    @classmethod
    def from_photos(cls, *photos: Photo) -> Exemplar:
        """Make an exemplar of color photos, a result of this program or one painted by hand."""
        return cls.from_labs(*map(_reduce_photo, photos))

    @classmethod
    def from_labs(cls, *labs: Floats) -> Exemplar:
        """Make an exemplar of L*, a* and b* of photos, each (h, w, 3)."""
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
        self._sides = [
            make_cells(lab, see(np.ascontiguousarray(lab[..., 0]))) for lab in exemplar.labs
        ]

    def guide(self, distribution: AbDistribution, lightness: Floats) -> AbDistribution:
        """Mix the colors of what matches into the distribution, as far as it is trusted."""
        match = self.match(lightness)
        return mix_colors(distribution, match.ab, match.trust)

    def match(self, lightness: Floats) -> Match:
        """Find the exemplars' colors for a photo, L* of shape (H, W)."""
        small = shrink_image(lightness)
        target = make_cells(small[..., np.newaxis], self._see(small))
        return match_cells(target, self._sides)

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
        Color photos; a folder stands for the photos in it that are in color, and a warning
        names the others.
    max_megapixels : float
        Larger photos are refused before they are decoded.

    Raises
    ------
    InputError
        If a file cannot be read or is gray, or a folder holds no photo in color.
    """
    labs = {
        file: _reduce_photo(read_photo(file, max_megapixels=max_megapixels))
        for path in paths
        for file in _list_photos(Path(path))
    }
    colored = [lab for lab in labs.values() if not _is_gray(lab)]
    named = next((path for path in map(Path, paths) if path in labs and _is_gray(labs[path])), None)
    if named is not None:
        raise InputError(f"{named} has no color to lend; pass a color photo, or color it first")
    if not colored:
        raise InputError(f"{paths[0]} contains no color photos; pass at least one")
    _warn_of_gray([file for file, lab in labs.items() if _is_gray(lab)])
    return Exemplar.from_labs(*colored)


def _warn_of_gray(files: Sequence[Path]) -> None:
    """Name the gray photos of folders, which are left out."""
    if files:
        names = ", ".join(str(file) for file in files[:_MOST_NAMES])
        more = f" and {len(files) - _MOST_NAMES} more" if len(files) > _MOST_NAMES else ""
        logger.warning("left out, because gray photos have no color to lend: %s%s", names, more)


def _list_photos(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    suffixes = list_suffixes()
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in suffixes)
    if not files:
        raise InputError(f"{path} contains no photos; pass a color photo or a folder of them")
    return files


def _is_gray(lab: Floats) -> bool:
    return bool(np.percentile(np.abs(lab[..., 1:]), _GRAY_PERCENT) < _GRAY)


def _reduce_photo(photo: Photo) -> Floats:
    return rgb_to_lab(shrink_image(photo.rgb))
