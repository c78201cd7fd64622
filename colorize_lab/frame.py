"""The frame of a scan: what surrounds the picture, be it paper, a slide's mount or black bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import rgb_to_lab
from colorize_lab.errors import RecipeError
from colorize_lab.opencv import cv2

__all__ = ["Frame", "find_frame"]

Floats: TypeAlias = NDArray[np.float32]
Depths: TypeAlias = tuple[int, int, int, int]

_THUMBNAIL_SIDE = 512
# Black and paper: the L* that a frame may have, and the most chroma (yellowed paper has 25, a
# faded slide's mount 15). The bounds in this file were chosen with `python -m benchmarks frames`
# on half of 71 old prints and slides and on 900 photos without frames.
_BLACK_LIGHTNESS, _PAPER_LIGHTNESS = 18.0, 78.0
_BLACK_CHROMA, _PAPER_CHROMA = 18.0, 26.0
# A pixel so far from the frame's color is picture: in sigmas of noise, and in CIE76 at least.
_SIGMAS, _MIN_DISTANCE = 5.0, 3.5
_MEDIAN_OF_RAYLEIGH = 1.18
# A line belongs to the frame while at most the first share of it differs. The picture's first
# lines make a side sure by the last share, and are not looked at below the middle one.
_FRAME_SHARE, _UNSURE_SHARE, _SURE_SHARE = 0.15, 0.2, 0.65
# Bars, of which there are only two, have to be surer.
_SURE_BARS = 0.75
# So many sides have to be sure, of so many; a thing before a white wall has two.
_SURE_SIDES = {"black": 2, "paper": 3}
_MIN_SIDES = 3
_MAX_UNEVENNESS = 2.5
# A frame ends within this share of the photo's side: a print lies a little askew, and a mount
# is out of focus. A horizon and the dark of a night end slowly.
_REACH, _ABRUPT = 0.018, 0.5
# Shares of the photo's side: what a frame takes at most, and what round corners take.
_MAX_DEPTH, _CORNER, _MIN_LINES = 0.25, 0.04, 8
# The print in its paper, the paper on the scanner's lid.
_MAX_NESTED = 3


@dataclass(frozen=True)
class Frame:
    """Location of the picture in a photo with a frame.

    Attributes
    ----------
    top, bottom, left, right : float
        The picture's edges, in shares of the photo's height and width, 0..1.

    Examples
    --------
    >>> Frame(0.25, 0.75, 0, 1).cut(np.zeros((8, 6))).shape
    (4, 6)
    """

    top: float
    bottom: float
    left: float
    right: float

    def to_slices(self, height: int, width: int) -> tuple[slice, slice]:
        """Return the picture's rows and columns in a photo of a size in pixels."""
        rows = slice(round(self.top * height), max(1, round(self.bottom * height)))
        return rows, slice(round(self.left * width), max(1, round(self.right * width)))

    def cut(self, plane: NDArray[Any]) -> NDArray[Any]:
        """Return a view of the picture in a plane, shape (H, W) or (H, W, C)."""
        height, width = plane.shape[:2]
        return plane[self.to_slices(height, width)]

    def locate(self, x: float, y: float) -> tuple[float, float]:
        """Find a place of the photo in the picture.

        Parameters
        ----------
        x, y : float
            Shares of the photo's width and height, 0..1.

        Returns
        -------
        tuple of float
            Shares of the picture's width and height, 0..1.

        Raises
        ------
        RecipeError
            For a place on the frame.

        Examples
        --------
        >>> Frame(0.25, 0.75, 0, 1).locate(0.1, 0.5)
        (0.1, 0.5)
        """
        inside = (
            (x - self.left) / (self.right - self.left),
            (y - self.top) / (self.bottom - self.top),
        )
        if not all(0 <= share <= 1 for share in inside):
            raise RecipeError(
                f"the place {x:.0%},{y:.0%} is on the frame around the picture; choose one inside "
                "it, or add --no-frame"
            )
        return inside


def find_frame(rgb: Floats) -> Frame | None:
    """Find the frame of a photo.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1; more than 512 pixels on a side are averaged away first.

    Returns
    -------
    Frame or None
        None if the picture reaches the photo's edges, or if that is not certain.

    Notes
    -----
    From each side, lines of black or of paper are counted until the picture begins. A frame ends
    abruptly along a whole side, and on all sides, or on two opposite ones; a dark room, a white
    sky and a studio's backdrop do not.

    Examples
    --------
    >>> photo = np.full((100, 100, 3), 0.5, np.float32)
    >>> photo[:10] = photo[-10:] = 0
    >>> find_frame(photo)
    Frame(top=0.1, bottom=0.9, left=0.0, right=1.0)
    """
    height, width = rgb.shape[:2]
    scale = min(1.0, _THUMBNAIL_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA) if scale < 1 else rgb
    lab = rgb_to_lab(np.ascontiguousarray(small))
    top, bottom, left, right = 0, lab.shape[0], 0, lab.shape[1]
    for _ in range(_MAX_NESTED):
        depths = _measure_frame(lab[top:bottom, left:right])
        if depths is None:
            break
        top, bottom = top + depths[0], bottom - depths[1]
        left, right = left + depths[2], right - depths[3]
    rows, columns = lab.shape[:2]
    if (top, bottom, left, right) == (0, rows, 0, columns):
        return None
    return Frame(top / rows, bottom / rows, left / columns, right / columns)


@dataclass(frozen=True)
class _Edge:
    """A side of a frame.

    Attributes
    ----------
    kind : {"black", "paper"}
    depth : int
        Lines before the picture.
    share : float
        Part of the picture's first lines that differs from the frame: how sure this side is.
    """

    kind: str
    depth: int
    share: float


def _measure_frame(lab: Floats) -> Depths | None:
    """Return the lines that a frame takes from the top, the bottom, the left and the right."""
    turned = lab.swapaxes(0, 1)
    edges = [_look_inward(side) for side in (lab, lab[::-1], turned, turned[::-1])]
    for kind, needed in _SURE_SIDES.items():
        sides = [edge if edge and edge.kind == kind else _Edge(kind, 0, 0) for edge in edges]
        depths = _close_frame(sides, needed) or _pair_bars(sides)
        if depths:
            return depths
    return None


def _close_frame(sides: list[_Edge], needed: int) -> Depths | None:
    """Accept a frame on three sides or four, if enough of them are sure."""
    sure = [side.depth for side in sides if side.share >= _SURE_SHARE]
    if len(sure) < needed:
        return None
    # A dark part of the picture looks like more of a black frame: an unsure side is no deeper.
    bound = _MAX_UNEVENNESS * max(sure)
    depths = [
        side.depth if side.share >= _SURE_SHARE or side.depth <= bound else 0 for side in sides
    ]
    return _as_depths(depths) if np.count_nonzero(depths) >= _MIN_SIDES else None


def _pair_bars(sides: list[_Edge]) -> Depths | None:
    """Accept two bars opposite each other, as above and below a film."""
    sure = [side.depth if side.share >= _SURE_BARS else 0 for side in sides]
    for pair in ((0, 1), (2, 3)):
        if all(sure[side] for side in pair):
            return _as_depths([depth if side in pair else 0 for side, depth in enumerate(sure)])
    return None


def _as_depths(depths: list[int]) -> Depths:
    top, bottom, left, right = depths
    return top, bottom, left, right


def _look_inward(lab: Floats) -> _Edge | None:
    """Follow a frame line by line from one side to the picture.

    Parameters
    ----------
    lab : ndarray of float32, shape (lines, pixels, 3)
        Turned so that the side comes first.
    """
    lines, pixels = lab.shape[:2]
    corner = round(_CORNER * pixels)
    lab = lab[: round(_MAX_DEPTH * lines), corner : pixels - corner]
    if min(lab.shape[:2]) < _MIN_LINES:
        return None
    color = np.median(lab[0], axis=0)
    kind = _name_kind(color)
    distance = np.sqrt(np.sum((lab - color) ** 2, axis=-1))
    noise = float(np.median(distance[0])) / _MEDIAN_OF_RAYLEIGH
    shares = np.mean(distance > max(_MIN_DISTANCE, _SIGMAS * noise), axis=1)
    first = int(np.argmax(shares > _FRAME_SHARE))
    if kind is None or first == 0:  # the picture begins at once, or nowhere
        return None
    reach = max(3, round(_REACH * pixels))
    rise = shares[first : first + reach]
    share = float(rise.max())
    if share < _UNSURE_SHARE or not _is_abrupt(distance[first:].mean(axis=1), reach):
        return None
    return _Edge(kind, first + int(np.argmax(rise >= share / 2)), share)


def _is_abrupt(profile: Floats, reach: int) -> bool:
    """Tell a frame's end from a vignette, which is still getting brighter beyond the reach."""
    beyond = profile[reach : 4 * reach]
    return beyond.size == 0 or float(profile[:reach].max()) >= _ABRUPT * float(beyond.mean())


def _name_kind(color: Floats) -> str | None:
    lightness, chroma = float(color[0]), float(np.hypot(color[1], color[2]))
    if lightness <= _BLACK_LIGHTNESS and chroma <= _BLACK_CHROMA:
        return "black"
    return "paper" if lightness >= _PAPER_LIGHTNESS and chroma <= _PAPER_CHROMA else None
