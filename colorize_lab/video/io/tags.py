"""Tags of a film that is made of another: the source's own come first, ours take a free place."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from colorize_lab.video.io.facts import FilmFacts
from colorize_lab.video.io.timecode import shift_timecode

__all__ = ["list_film_tags"]

# Names that containers have for a text about the film; the first free one is taken.
PLACES = {".avi": ("comment", "encoded_by")}
ALL_PLACES = ("comment", "description", "synopsis", "encoded_by")
# Where a timecode is kept: a track of its own, or a tag.
TIMECODE_SUFFIXES = frozenset({".mov", ".mp4", ".m4v", ".mkv", ".avi"})
# Of the stream of pictures; the rest says how the source was encoded.
STREAM_TAGS = ("title", "language", "comment")
QUICKTIME = frozenset({".mov", ".mp4", ".m4v"})
# Keys of phones and cameras, which the usual tags of these files have no place for.
KEY_PREFIXES = ("com.apple.", "com.android.")
OURS = "colorize-lab ("


def list_film_tags(
    facts: FilmFacts,
    suffix: str,
    tags: Mapping[str, str],
    *,
    first_frame: int,
    rate: Fraction,
) -> tuple[list[str], tuple[str, ...]]:
    """List ffmpeg's options for the tags of a film whose second input is the source.

    Parameters
    ----------
    facts : FilmFacts
        About the source.
    suffix : str
        Of the film to write.
    tags : mapping of str to str
        Texts that say how the film was made.
    first_frame : int
        Number of the source's frame that comes first.
    rate : Fraction
        Frames per second.

    Returns
    -------
    options : list of str
        For ffmpeg.
    notes : tuple of str
        What could not be kept.
    """
    options, notes = ["-map_metadata", "1"], []
    pictures = facts.pictures
    if pictures is not None:
        # Not -map_metadata:s:v:0, which keeps ffmpeg from copying the tags of other streams.
        said = {name: pictures.metadata.get(name) for name in STREAM_TAGS}
        for name, text in said.items():
            options += [] if text is None else ["-metadata:s:v:0", f"{name}={text}"]
        options += ["-disposition:v:0", "+".join(pictures.list_dispositions()) or "0"]
    for text in tags.values():
        place = find_place(facts.metadata, suffix)
        if place is None:
            notes.append("its tags do not record how the color was made: each is in use already")
        else:
            options += ["-metadata", f"{place}={text}"]
    if suffix in QUICKTIME and any(name.startswith(KEY_PREFIXES) for name in facts.metadata):
        options += ["-movflags", "+use_metadata_tags"]
        # The new file has brands of its own; these would be written a second time, as keys.
        for name in ("major_brand", "minor_version", "compatible_brands"):
            options += ["-metadata", f"{name}="]
    timecode = facts.timecode
    if timecode is not None:
        moved = shift_timecode(timecode, first_frame, rate)
        if moved is None or suffix not in TIMECODE_SUFFIXES:
            notes.append(f"the timecode {timecode:.20} is omitted: {suffix} files cannot hold it")
        else:
            options += ["-metadata", f"timecode={moved}", "-metadata:s:v:0", f"timecode={moved}"]
    return options, tuple(notes)


def find_place(metadata: Mapping[str, str], suffix: str) -> str | None:
    """Find a tag that the source does not use, or uses for an earlier text of ours."""
    used = {name.lower(): text for name, text in metadata.items()}
    for place in PLACES.get(suffix, ALL_PLACES):
        if not used.get(place) or used[place].startswith(OURS):
            return place
    return None
