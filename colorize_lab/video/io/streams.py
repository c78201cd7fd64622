"""Streams beside the video, and those that another container can hold."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from colorize_lab.video.io.facts import FilmFacts, StreamFacts
from colorize_lab.video.io.ffmpeg import list_input_options, path_to_url, run_ffmpeg

__all__ = ["choose_tracks", "list_tracks"]

# What a container can hold in place of a track that it cannot: sound and text.
_QUICKTIME = {"audio": "aac", "subtitle": "mov_text"}
CONVERSIONS: dict[str, dict[str, str]] = {
    ".mp4": _QUICKTIME,
    ".m4v": _QUICKTIME,
    ".mov": _QUICKTIME,
    ".mkv": {"audio": "flac", "subtitle": "srt"},
    ".webm": {"audio": "libopus", "subtitle": "webvtt"},
    ".avi": {"audio": "libmp3lame"},
}
KINDS = frozenset({"audio", "subtitle", "attachment"})
# MP4 may hold PCM since 2017 (ISO/IEC 23003-5), and hardly a player knows it.
SILENT_PCM = frozenset({".mp4", ".m4v"})
# What ffmpeg and Apple call the track of chapter titles.
CHAPTER_HANDLERS = frozenset({"SubtitleHandler", "Core Media Text", "Apple Text Media Handler"})
PLAYABLE = frozenset({"aac", "mp3"})
WITHOUT_CHAPTERS = frozenset({".avi"})
# Of sound, a tenth of a second shows whether it can be copied or encoded.
TRIAL_SECONDS = "0.1"


def list_tracks(facts: FilmFacts) -> list[StreamFacts]:
    """List sound, subtitles, attachments and covers; data, which no player shows, is left out."""
    return [s for s in facts.streams if s.kind in KINDS or s.is_cover]


def choose_tracks(
    facts: FilmFacts, source: Path, suffix: str, *, playable: bool = False
) -> tuple[list[str], tuple[str, ...]]:
    """Decide by trying which tracks are copied, converted or left out.

    Parameters
    ----------
    facts : FilmFacts
        About the source.
    source : Path
        The film that holds them; it will be ffmpeg's second input.
    suffix : str
        Of the container that shall hold them.
    playable : bool
        Sound that browsers do not play becomes AAC.

    Returns
    -------
    options : list of str
        For ffmpeg.
    notes : tuple of str
        What is converted or left out.
    """
    options: list[str] = []
    notes: list[str] = []
    if suffix in WITHOUT_CHAPTERS and facts.chapters:
        notes.append(f"chapters are omitted: {suffix} files cannot hold them")
    for stream in facts.streams:
        if stream.kind == "data" and not is_timecode(stream) and not is_chapters(stream, facts):
            notes.append(f"data track {stream.index} is omitted: no player shows it")
    place = 1  # the pictures are stream 0
    for track in list_tracks(facts):
        name = f"{track.kind} track {track.index} ({track.codec or 'of unknown type'})"
        other = CONVERSIONS.get(suffix, {}).get(track.kind)
        silent = suffix in SILENT_PCM and track.codec.startswith("pcm_")
        silent |= playable and track.kind == "audio" and track.codec not in PLAYABLE
        if not silent and can_hold(track, source, suffix, "copy"):
            codec = "copy"
        elif other is not None and can_hold(track, source, suffix, other):
            codec = other
            reason = "most players are silent on it in" if silent else "it does not fit"
            notes.append(f"{name} becomes {other}: {reason} {suffix} files")
        else:
            notes.append(f"{name} is omitted: {suffix} files cannot hold it")
            continue
        options += ["-map", f"1:{track.index}", f"-c:{place}", codec]
        place += 1
    return options, tuple(notes)


def is_timecode(stream: StreamFacts) -> bool:
    """Tell a timecode track, which is carried as a tag."""
    return any(name.lower() == "timecode" for name in stream.metadata)


def is_chapters(stream: StreamFacts, facts: FilmFacts) -> bool:
    """Tell QuickTime's track of chapter titles, which are carried as chapters."""
    handler = stream.metadata.get("handler_name", "")
    return facts.chapters > 0 and handler in CHAPTER_HANDLERS


def can_hold(track: StreamFacts, source: Path, suffix: str, codec: str) -> bool:
    """Tell by trying whether a container takes a track, copied or encoded."""
    with TemporaryDirectory() as folder:
        arguments = [
            *("-v", "error", "-t", TRIAL_SECONDS, *list_input_options(source)),
            *("-map", f"0:{track.index}", "-c", codec),
            path_to_url(Path(folder) / f"trial{suffix}"),
        ]
        code, _, _ = run_ffmpeg(arguments)
    return code == 0
