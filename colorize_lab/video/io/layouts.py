"""Layouts of a film's samples: what a source has, and what an encoder can store."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from colorize_lab.errors import VideoError
from colorize_lab.video.io.facts import FilmFacts
from colorize_lab.video.io.ffmpeg import run_ffmpeg
from colorize_lab.video.layout import SUBSAMPLINGS, Layout, rgb_layout

__all__ = ["HDR", "can_tone_map", "choose_layout", "find_layout", "list_depths"]

# Code points of ITU-T H.273, by FFmpeg's names.
MATRICES = {
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    9: "bt2020nc",
}
PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    11: "smpte431",
    12: "smpte432",
}
TRANSFERS = {
    1: "bt709",
    4: "gamma22",
    5: "gamma28",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    18: "arib-std-b67",
}
# PQ and HLG, which a gray level of the usual range cannot be read from.
HDR = frozenset({"smpte2084", "arib-std-b67"})
# Up to this size players take BT.601 for what is not tagged, above it BT.709.
SD_WIDTH, SD_HEIGHT = 1024, 576
FULL = 2  # AVCOL_RANGE_JPEG
LIMITED = 1
PLANAR = re.compile(r"yuv(?P<digits>4\d\d)p(?P<depth>\d+)?(?:le)?")


def find_layout(facts: FilmFacts, width: int, height: int) -> Layout:
    """Find how the frames of a film are stored, from the first one.

    Tags that are missing are those that players assume. RGB is read as luma and chroma of full
    range, which keeps every gray.
    """
    pixels, color = facts.pixels, facts.color
    if pixels is None:
        return Layout()
    depth = min(16, max(8, pixels.depth))
    if pixels.rgb:
        return rgb_layout(depth)
    full = color.range == FULL or pixels.name.startswith("yuvj")
    if pixels.gray:  # FFmpeg takes untagged gray for full range
        full = color.range != LIMITED
    known = (pixels.across, pixels.down) in SUBSAMPLINGS
    return Layout(
        depth,
        across=pixels.across if known else 1,
        down=pixels.down if known else 1,
        gray=pixels.gray,
        full=full,
        matrix=MATRICES.get(color.matrix, guess_matrix(width, height)),
        primaries=PRIMARIES.get(color.primaries, "bt709"),
        transfer=TRANSFERS.get(color.transfer, "bt709"),
    )


def guess_matrix(width: int, height: int) -> str:
    """Guess the matrix of an untagged film as players do, by its size."""
    return "smpte170m" if width <= SD_WIDTH and height <= SD_HEIGHT else "bt709"


@cache
def can_tone_map() -> bool:
    """Tell whether this ffmpeg has the filters that map high dynamic range."""
    _, lines, _ = run_ffmpeg(["-h", "filter=zscale"])
    return any(line.startswith("Filter zscale") for line in lines)


def list_depths(names: Sequence[str]) -> list[int]:
    """List the depths of the planar formats among pixel formats.

    Examples
    --------
    >>> list_depths(["gray", "yuv420p", "yuv422p10le"])
    [8, 10]
    """
    found = (PLANAR.fullmatch(name) for name in names)
    return sorted({int(match["depth"] or 8) for match in found if match})


def choose_layout(
    source: Layout, names: Sequence[str], *, depth: int | None, detailed: bool, even: bool
) -> Layout:
    """Choose how an encoder stores a film: nothing is lost that it can keep.

    Parameters
    ----------
    source : Layout
        Of the film.
    names : sequence of str
        Pixel formats that the encoder takes.
    depth : int, optional
        Bits that are wanted; by default the source's. The least depth that holds them is taken.
    detailed : bool
        A source without chroma gets it at luma's size, not a quarter of that.
    even : bool
        The frame's sides are even.

    Raises
    ------
    VideoError
        The encoder takes no such format, or not the depth that is asked for.
    """
    depths = list_depths(names)
    if not depths:
        raise VideoError("the codec stores no luma and chroma; use --codec libx264")
    if depth is not None and depth not in depths:
        raise VideoError(
            f"the codec cannot store {depth} bits; use --depth {' or '.join(map(str, depths))}"
        )
    wanted = depth or source.file_depth or source.depth
    found = next((bits for bits in depths if bits >= wanted), depths[-1])
    across, down = source.across, source.down
    if source.gray or source.rgb:
        across, down = (1, 1) if detailed else (2, 2)
    if not even:
        across, down = 1, 1
    # The same size, else a little more detail, else less.
    sizes = sorted(
        SUBSAMPLINGS,
        key=lambda size: (
            size != (across, down),
            size[0] * size[1] > across * down,
            -size[0] * size[1],
        ),
    )
    for size in sizes:
        stored = replace(source, gray=False, rgb=False, file_depth=0)
        layout = replace(stored, depth=found, across=size[0], down=size[1])
        if layout.name in names or layout.name.replace("yuv", "yuvj") in names:
            return layout
    raise VideoError("the codec stores no luma and chroma; use --codec libx264")
