"""Folders of numbered frames: a film without a container."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from colorize_lab.errors import InputError, VideoError
from colorize_lab.photo import list_suffixes, read_photo
from colorize_lab.photo.quiet import quiet_libraries
from colorize_lab.system.atomic import explain_errors
from colorize_lab.video.io.cinema_frames import (
    CINEMA_SUFFIXES,
    read_cinema_frame,
    read_cinema_header,
)
from colorize_lab.video.layout import rgb_layout
from colorize_lab.video.plan import FilmInfo
from colorize_lab.video.planes import Planes, rgb_to_planes

__all__ = ["list_frames", "move_frames", "name_frames", "probe_folder", "read_folder"]

ORIENTATION = 0x0112  # EXIF: from 5 on, the picture lies on its side
MAX_MEGAPIXELS = 67.0
# Numbers that are missing between two frames; more are no gap but another way to count.
MOST_MISSING = 10_000
NAMED = 5


def list_frames(folder: Path) -> list[Path]:
    """List the pictures in a folder in natural order: 2.png comes before 10.png.

    Raises
    ------
    InputError
        There are none, or the folder cannot be listed.
    """
    suffixes = frozenset(list_suffixes()) | CINEMA_SUFFIXES
    try:
        files = [path for path in folder.iterdir() if path.name[0] != "."]
    except OSError as error:
        raise InputError(
            f"{folder} cannot be listed ({error.strerror}); check its permissions"
        ) from error
    frames = [path for path in files if path.suffix.lower() in suffixes]
    if not frames:
        raise InputError(f"{folder} contains no frames ({', '.join(sorted(suffixes))})")
    return sorted(frames, key=to_natural_key)


def list_sequence(folder: Path, gaps: str = "skip") -> list[tuple[str, Path]]:
    """List a folder's frames, each with its name without the extension.

    Parameters
    ----------
    folder : Path
        The folder.
    gaps : {"skip", "hold"}
        With ``"hold"``, the frame before a missing number stands in for it.
    """
    frames = list_frames(folder)
    if gaps == "skip":
        return [(frame.stem, frame) for frame in frames]
    sequence: list[tuple[str, Path]] = []
    for frame in frames:
        if sequence:
            last = sequence[-1][1]
            sequence += [(name, last) for name in list_missing(last.stem, frame.stem)]
        sequence.append((frame.stem, frame))
    return sequence


def list_missing(before: str, after: str) -> list[str]:
    """List the names whose numbers are missing between two names that differ in the last number.

    Examples
    --------
    >>> list_missing("f_08", "f_11"), list_missing("a1", "b3")
    (['f_09', 'f_10'], [])
    """
    ends = [re.fullmatch(r"(.*?)(\d+)(\D*)", name, re.DOTALL) for name in (before, after)]
    first, last = ends
    if first is None or last is None or first.group(1, 3) != last.group(1, 3):
        return []
    numbers = range(int(first[2]) + 1, int(last[2]))
    if len(numbers) > MOST_MISSING:
        return []
    return [f"{first[1]}{number:0{len(first[2])}d}{first[3]}" for number in numbers]


def find_missing(folder: Path) -> list[str]:
    """List the names of the frames that a folder's numbers leave out."""
    frames = list_frames(folder)
    pairs = pairwise(frame.stem for frame in frames)
    return [name for before, after in pairs for name in list_missing(before, after)]


def describe_missing(missing: list[str], gaps: str) -> tuple[str, ...]:
    """Say which frames are missing, and what is done about it."""
    if not missing:
        return ()
    names = ", ".join(missing[:NAMED]) + (", ..." if len(missing) > NAMED else "")
    done = "the frames before them are held" if gaps == "hold" else "the film is shorter"
    return (f"{len(missing)} frames are missing ({names}): {done} (--gaps hold|skip|error)",)


def to_natural_key(path: Path) -> list[tuple[int, str]]:
    """Make a key that sorts names as people do.

    Examples
    --------
    >>> sorted(map(Path, ["f10.png", "f9.png", "f1.png"]), key=to_natural_key)[1].name
    'f9.png'
    """
    parts = re.split(r"(\d+)", path.name)
    numbers = [(int(part), "") if part.isdecimal() else (0, part.casefold()) for part in parts]
    return [*numbers, (0, path.name)]


def probe_folder(folder: Path, rate: Fraction, gaps: str = "hold") -> FilmInfo:
    """Find out what a folder of frames is; every frame must have the first one's size.

    Parameters
    ----------
    folder : Path
        The folder.
    rate : Fraction
        Frames per second.
    gaps : {"hold", "skip", "error"}
        What becomes of numbers that are missing.
    """
    if rate <= 0:
        raise VideoError(f"{rate} frames per second is not a valid rate; use one above 0")
    frames = list_frames(folder)
    width, height = read_size(frames[0])
    for frame in frames:
        check_frame_size(frame, read_size(frame), (width, height), frames[0])
    depth, remark = read_depth(frames[0])
    layout = rgb_layout(depth)
    missing = find_missing(folder)
    if missing and gaps == "error":
        raise VideoError(
            f"{folder} lacks {len(missing)} frames, the first of them {missing[0]}; add them, or "
            "use --gaps hold or skip"
        )
    notes = (*filter(None, [remark]), *describe_missing(missing, gaps))
    count = len(frames) + (len(missing) if gaps == "hold" else 0)
    return FilmInfo(folder, width, height, rate, count, layout=layout, notes=notes, gaps=gaps)


def read_depth(path: Path) -> tuple[int, str | None]:
    """Read the bits per sample of a frame, and a remark for the user on its samples."""
    if path.suffix.lower() in CINEMA_SUFFIXES:
        header = read_cinema_header(path)
        return header.depth, header.note
    return read_photo(path, max_megapixels=MAX_MEGAPIXELS).bit_depth, None


def read_size(path: Path) -> tuple[int, int]:
    """Read width and height of an upright picture from its header."""
    if path.suffix.lower() in CINEMA_SUFFIXES:
        header = read_cinema_header(path)
        return header.width, header.height
    try:
        with quiet_libraries(), Image.open(path) as picture:
            width, height = picture.size
            lies = picture.getexif().get(ORIENTATION, 1) >= 5
    except Exception as error:  # damaged files make libraries raise whatever they trip over
        raise VideoError(
            f"{path} is not a readable image; replace it or remove it from the folder"
        ) from error
    return (height, width) if lies else (width, height)


def check_frame_size(
    path: Path, size: tuple[int, int], wanted: tuple[int, int], first: Path
) -> None:
    """Refuse a frame of another size (width, height) than the first."""
    if size != wanted:
        raise VideoError(
            f"{path} is {size[0]} x {size[1]} pixels and {first.name} is {wanted[0]} x "
            f"{wanted[1]}; make all frames the same size"
        )


def read_folder(info: FilmInfo, start: int, stop: int) -> Iterator[NDArray[np.uint8]]:
    """Read a folder's frames from `start` to before `stop`, RGB uint8 (H, W, 3)."""
    for rgb in read_pictures(info, start, stop):
        yield np.round(rgb * 255).astype(np.uint8)


def read_folder_planes(info: FilmInfo, start: int, stop: int) -> Iterator[Planes]:
    """Read a folder's frames as luma and chroma of full range, in the folder's layout."""
    for rgb in read_pictures(info, start, stop):
        yield rgb_to_planes(rgb, info.layout)


def read_pictures(info: FilmInfo, start: int, stop: int) -> Iterator[NDArray[np.float32]]:
    """Read a folder's frames, RGB float32 (H, W, 3), 0..1."""
    frames = list_sequence(info.source, info.gaps)
    first = frames[0][1]
    for _, path in islice(frames, start, stop):
        rgb = read_picture(path)
        height, width = rgb.shape[:2]
        check_frame_size(path, (width, height), (info.width, info.height), first)
        yield rgb


def read_picture(path: Path) -> NDArray[np.float32]:
    """Read a frame of any kind, RGB float32 (H, W, 3), 0..1."""
    if path.suffix.lower() in CINEMA_SUFFIXES:
        return read_cinema_frame(path)
    return read_photo(path, max_megapixels=MAX_MEGAPIXELS).rgb


def name_frames(folder: Path, info: FilmInfo, start: int) -> None:
    """Call written frames as the source's are called, from number `start` on.

    Parameters
    ----------
    folder : Path
        Holds 00000001.png and so on, which are the right names for frames of a film.
    info : FilmInfo
        The source.
    start : int
        The first frame's place in it.
    """
    written = sorted(folder.iterdir())
    suffix = written[0].suffix
    if info.source.is_dir():
        names = [name for name, _ in list_sequence(info.source, info.gaps)[start:]]
        if len(set(names)) == len(names):
            # Through other names, or a frame could replace one that waits for its own.
            waiting = [path.rename(path.with_suffix(".tmp")) for path in written]
            for path, name in zip(waiting, names, strict=False):
                path.rename(folder / f"{name}{suffix}")


def move_frames(folder: Path, target: Path) -> None:
    """Give a folder of finished frames its name, or put them into the one that is there."""
    with explain_errors(target):
        try:
            folder.rename(target)  # at once, also in the place of an empty folder
        except OSError:
            if not target.is_dir():
                raise
            for path in folder.iterdir():
                path.replace(target / path.name)
