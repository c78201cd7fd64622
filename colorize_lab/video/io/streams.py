"""Streams beside the video, and those that another container can hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from colorize_lab.video.io.ffmpeg import list_input_options, path_to_url, run_ffmpeg

__all__ = ["Track", "choose_tracks", "has_chapters", "list_tracks"]

STREAM_LINE = re.compile(
    r"^  Stream #0:(?P<index>\d+)[^:]*: (?P<kind>Audio|Subtitle|Attachment|Video): (?P<codec>\w+)"
    r"(?P<rest>.*)$",
    re.MULTILINE,
)
# What a container can hold in place of a track that it cannot: sound and text.
_QUICKTIME = {"Audio": "aac", "Subtitle": "mov_text"}
CONVERSIONS: dict[str, dict[str, str]] = {
    ".mp4": _QUICKTIME,
    ".m4v": _QUICKTIME,
    ".mov": _QUICKTIME,
    ".mkv": {"Audio": "flac", "Subtitle": "srt"},
    ".webm": {"Audio": "libopus", "Subtitle": "webvtt"},
    ".avi": {"Audio": "libmp3lame"},
}
WITHOUT_CHAPTERS = frozenset({".avi"})
# Of sound, a tenth of a second shows whether it can be copied or encoded.
TRIAL_SECONDS = "0.1"


@dataclass(frozen=True)
class Track:
    """A stream other than the video.

    Attributes
    ----------
    index : int
        In the file.
    kind : str
        Audio, Subtitle, Attachment, or Video for a cover.
    codec : str
        ffmpeg's name.
    """

    index: int
    kind: str
    codec: str


def list_tracks(source: Path) -> list[Track]:
    """List a film's tracks without its moving pictures and without data that no player shows."""
    _, _, messages = run_ffmpeg(list_input_options(source))
    return [
        Track(int(found["index"]), found["kind"], found["codec"])
        for found in STREAM_LINE.finditer(messages)
        if found["kind"] != "Video" or "(attached pic)" in found["rest"]
    ]


def has_chapters(source: Path) -> bool:
    """Tell whether a film is divided into chapters."""
    _, _, messages = run_ffmpeg(list_input_options(source))
    return re.search(r"^    Chapter #0", messages, re.MULTILINE) is not None


def choose_tracks(
    tracks: Sequence[Track], source: Path, suffix: str
) -> tuple[list[str], tuple[str, ...]]:
    """Decide by trying which tracks are copied, converted or left out.

    Parameters
    ----------
    tracks : sequence of Track
        Of the source.
    source : Path
        The film that holds them; it will be ffmpeg's second input.
    suffix : str
        Of the container that shall hold them.

    Returns
    -------
    options : list of str
        For ffmpeg.
    notes : tuple of str
        What is converted or left out.
    """
    options: list[str] = []
    notes: list[str] = []
    if suffix in WITHOUT_CHAPTERS and has_chapters(source):
        notes.append(f"chapters are left out: {suffix} files cannot hold them")
    place = 1  # the pictures are stream 0
    for track in tracks:
        name = f"{track.kind.lower()} track {track.index} ({track.codec})"
        other = CONVERSIONS.get(suffix, {}).get(track.kind)
        if can_hold(track, source, suffix, "copy"):
            codec = "copy"
        elif other is not None and can_hold(track, source, suffix, other):
            codec = other
            notes.append(f"{name} becomes {other}: {suffix} files cannot hold it as it is")
        else:
            notes.append(f"{name} is left out: {suffix} files cannot hold it")
            continue
        options += ["-map", f"1:{track.index}", f"-c:{place}", codec]
        place += 1
    return options, tuple(notes)


def can_hold(track: Track, source: Path, suffix: str, codec: str) -> bool:
    """Tell by trying whether a container takes a track, copied or encoded."""
    with TemporaryDirectory() as folder:
        arguments = [
            *("-v", "error", "-t", TRIAL_SECONDS, *list_input_options(source)),
            *("-map", f"0:{track.index}", "-c", codec),
            path_to_url(Path(folder) / f"trial{suffix}"),
        ]
        code, _, _ = run_ffmpeg(arguments)
    return code == 0
