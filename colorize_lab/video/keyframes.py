"""Painted frames: written as stills, painted elsewhere, and read back for their shots to follow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from colorize_lab.errors import RecipeError, TargetExistsError, VideoError
from colorize_lab.guide.exemplar import Exemplar
from colorize_lab.photo import array_to_photo, read_photo, write_photo
from colorize_lab.video.hints.film_hints import parse_time
from colorize_lab.video.io.reader import read_frames
from colorize_lab.video.plan import FilmInfo, FilmPlan, Shot
from colorize_lab.video.steady.things import Things
from colorize_lab.video.steady.viewing import Painted

__all__ = [
    "Keyframe",
    "check_keyframes",
    "export_keyframes",
    "export_thumbnails",
    "load_keyframe",
    "name_time",
    "share_painted",
]

# Mean chroma below which a picture is a gray one that somebody forgot to paint.
_LEAST_CHROMA = 1.0
# Share by which the shape of a still may differ from the film's: a row or column was cut off.
_SAME_SHAPE = 0.02
# Width of the stills of a list.
_THUMBNAIL_PX = 320


@dataclass(frozen=True)
class Keyframe:
    """A frame of a film in color.

    Attributes
    ----------
    time : float
        Seconds from the start of the film.
    name : str
        The file's name, for messages.
    exemplar : Exemplar
        The picture.
    aspect : float
        Its width to its height.
    """

    time: float
    name: str = field(repr=False)
    exemplar: Exemplar
    aspect: float = field(repr=False)

    def find_frame(self, rate: Fraction) -> int:
        """Find the number of the frame that is shown at the time."""
        return math.floor(Fraction(self.time) * rate + Fraction(1, 100))


def load_keyframe(time: str, path: Path) -> Keyframe:
    """Read a painted frame.

    Parameters
    ----------
    time : str
        When the frame is shown, as `parse_time` reads it.
    path : Path
        A picture in color, of the film's shape.

    Raises
    ------
    InputError
        The file cannot be read.
    RecipeError
        If it has no color, or the time cannot be read.
    """
    photo = read_photo(path)
    exemplar = Exemplar.from_photos(photo)
    if np.linalg.norm(exemplar.labs[0][..., 1:], axis=-1).mean() < _LEAST_CHROMA:
        raise RecipeError(f"{path} has no color; paint it before you pass it to --keyframe")
    height, width = photo.rgb.shape[:2]
    return Keyframe(parse_time(time), str(path), exemplar, width / height)


def check_keyframes(keyframes: Sequence[Keyframe], plan: FilmPlan) -> None:
    """Refuse painted frames that are not of a film.

    Raises
    ------
    VideoError
        One lies outside the part that is rendered, or has another shape; or two are of one frame.
    """
    info = plan.info
    start, stop = plan.shots[0].start, plan.shots[-1].stop
    taken: dict[int, str] = {}
    for keyframe in keyframes:
        frame = keyframe.find_frame(info.rate)
        if not start <= frame < stop:
            raise VideoError(
                f"{keyframe.name} is a key frame at {keyframe.time:g} s, which is outside the "
                "selected part; change its time, or --from and --to"
            )
        if not _has_shape(keyframe.aspect, info):
            raise VideoError(
                f"{keyframe.name} is not a frame of {info.source.name}, whose frames are "
                f"{info.width}x{info.height}; paint a still from --export-keyframes"
            )
        if frame in taken:
            raise VideoError(
                f"{taken[frame]} and {keyframe.name} are key frames at the same time; omit one"
            )
        taken[frame] = keyframe.name


def share_painted(
    keyframes: Sequence[Keyframe],
    rate: Fraction,
    shots: Sequence[Shot],
    things: Sequence[Things | None],
) -> tuple[Painted | None, ...]:
    """Give each shot the frames that were painted for it or for another of its scene.

    Parameters
    ----------
    keyframes : sequence of Keyframe
        In any order.
    rate : Fraction
        Frames per second.
    shots : sequence of Shot
        In order and without gaps.
    things : sequence of (Things or None)
        From `survey_shots`: which shots are of one scene.

    Returns
    -------
    tuple of (Painted or None)
        One per shot. A shot with frames of its own follows these alone.
    """
    own = [_list_own(keyframes, rate, shot) for shot in shots]
    painted: list[Painted | None] = []
    for shot, known, frames in zip(shots, things, own, strict=True):
        if frames:
            exemplar = _join([keyframe for _, keyframe in frames])
            painted.append(Painted(exemplar, tuple(frame - shot.start for frame, _ in frames)))
            continue
        kin = [
            keyframe
            for other, others in zip(things, own, strict=True)
            if known is not None and other is not None and other.scene == known.scene
            for _, keyframe in others
        ]
        painted.append(Painted(_join(kin)) if kin else None)
    return tuple(painted)


def export_keyframes(info: FilmInfo, shots: Sequence[Shot], folder: Path) -> list[Path]:
    """Write the middle frame of each shot without color as a PNG, to be painted.

    Parameters
    ----------
    info : FilmInfo
        The film.
    shots : sequence of Shot
        In order.
    folder : Path
        It must exist. Nothing in it is overwritten.

    Returns
    -------
    list of Path
        The files, each named after the time to pass to ``--keyframe``, with ``-`` for ``:``.

    Raises
    ------
    OutputError
        A file exists already, or cannot be written.
    """
    written = []
    for shot in shots:
        if shot.colored:
            continue
        middle = (shot.start + shot.stop) // 2
        path = folder / f"{name_time(middle, info.rate)}.png"
        if path.exists():
            raise TargetExistsError(
                f"{path} already exists and may be painted; choose another folder"
            )
        for frame in read_frames(info, middle, middle + 1):
            write_photo(array_to_photo(frame), path, overwrite=False)
            written.append(path)
    return written


def export_thumbnails(info: FilmInfo, shots: Sequence[Shot], folder: Path) -> list[Path]:
    """Write a small JPEG of each shot's middle, over those of an earlier list."""
    shown = info.width * info.pixel_aspect
    width = max(1, min(_THUMBNAIL_PX, round(shown)))
    size = max(1, round(width * info.height / shown)), width
    written = []
    for number, shot in enumerate(shots, 1):
        middle = (shot.start + shot.stop) // 2
        path = folder / f"shot-{number:04d}.jpg"
        for frame in read_frames(info, middle, middle + 1, size=size):
            write_photo(array_to_photo(frame), path, overwrite=True)
        written.append(path)
    return written


def name_time(frame: int, rate: Fraction) -> str:
    """Write the time of a frame as part of a file's name.

    Examples
    --------
    >>> name_time(1501, Fraction(24000, 1001))
    '0-01-02.604208'
    """
    microseconds = math.floor(frame / rate * 1_000_000)
    seconds, micro = divmod(microseconds, 1_000_000)
    return f"{seconds // 3600}-{seconds // 60 % 60:02d}-{seconds % 60:02d}.{micro:06d}"


def _list_own(
    keyframes: Sequence[Keyframe], rate: Fraction, shot: Shot
) -> list[tuple[int, Keyframe]]:
    found = [(keyframe.find_frame(rate), keyframe) for keyframe in keyframes]
    return sorted(
        ((frame, key) for frame, key in found if shot.start <= frame < shot.stop),
        key=lambda pair: pair[0],
    )


def _join(keyframes: Sequence[Keyframe]) -> Exemplar:
    sha256 = tuple(digest for keyframe in keyframes for digest in keyframe.exemplar.sha256)
    return Exemplar(sha256, tuple(lab for keyframe in keyframes for lab in keyframe.exemplar.labs))


def _has_shape(aspect: float, info: FilmInfo) -> bool:
    """Tell a still of the film's shape, with its own pixels or with square ones."""
    stored = info.width / info.height
    shown = float(stored * info.pixel_aspect)
    return any(abs(aspect / shape - 1) < _SAME_SHAPE for shape in (stored, shown))
