"""Timecodes, keys of phones, titles and comments come along, and ours takes a free place."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from colorize_lab.video.io.facts import FilmFacts, require_facts
from colorize_lab.video.io.mux import join_segments
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.tags import list_film_tags
from colorize_lab.video.io.timecode import shift_timecode
from colorize_lab.video.io.writer import Encoding
from tests.helpers.clips import call_ffmpeg, make_film
from tests.helpers.segments import copy_frames

Remake = Callable[[Path, Path], tuple[str, ...]]
RATE = Fraction(25)
OURS = {"comment": "colorize-lab (how)"}


@pytest.fixture
def remake(tmp_path: Path) -> Remake:
    """Write a film again, from its fifth frame on."""

    def remake_film(source: Path, target: Path) -> tuple[str, ...]:
        info = probe_film(source)
        segment, encoding = tmp_path / "frames.nut", Encoding("mpeg4")
        copy_frames(segment, info, encoding, 4)
        span = float(4 / info.rate), float(info.count / info.rate)
        return join_segments(
            [segment], info, target, encoding=encoding, span=span, overwrite=False, tags=OURS
        )

    return remake_film


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    """A film with a timecode track, keys of a phone, a comment and languages."""
    plain, path = (
        make_film(tmp_path / "plain.mp4", count=12, sound=0.4, rate=RATE),
        tmp_path / "t.mov",
    )
    tags = {
        "comment": "Grandma dances",
        "com.apple.quicktime.make": "Apple",
        "com.apple.quicktime.location.ISO6709": "+48.1333+011.5667/",
    }
    options = [part for item in tags.items() for part in ("-metadata", "=".join(item))]
    pictures = ["-metadata:s:v:0", "language=ger", "-metadata:s:a:0", "language=fra"]
    keys = ["-movflags", "use_metadata_tags", "-timecode", "01:00:00:00"]
    call_ffmpeg("-i", plain, "-c", "copy", *options, *pictures, *keys, path)
    return path


@pytest.mark.parametrize("suffix", ["mov", "mp4", "mkv"])
def test_tags_come_along(suffix: str, tagged: Path, remake: Remake, tmp_path: Path) -> None:
    assert probe_film(tagged).count == 12  # films with a timecode track are films
    target = tmp_path / f"a.{suffix}"
    assert remake(tagged, target) == ()
    facts = require_facts(target)
    metadata = {name.lower(): text for name, text in facts.metadata.items()}
    assert metadata["comment"] == "Grandma dances"
    assert metadata["description"] == "colorize-lab (how)"
    assert metadata["com.apple.quicktime.make"] == "Apple"
    assert metadata["com.apple.quicktime.location.iso6709"] == "+48.1333+011.5667/"
    assert ";" not in facts.metadata.get("major_brand", "")
    assert facts.timecode == "01:00:00:04"
    pictures, sound = facts.streams[:2]
    assert (pictures.metadata["language"], sound.metadata["language"]) == ("ger", "fra")


def test_timecode_of_tape_is_carried_by_avi(tmp_path: Path, remake: Remake) -> None:
    source = make_film(tmp_path / "a.mkv", "-metadata", "timecode=10:00:00:00", count=12, rate=RATE)
    assert remake(source, tmp_path / "a.avi") == ()
    assert require_facts(tmp_path / "a.avi").timecode == "10:00:00:04"


def test_what_cannot_be_kept_is_said() -> None:
    facts = FilmFacts(1.0, {"comment": "a", "encoded_by": "b", "timecode": "noon"}, 0, ())
    options, notes = list_film_tags(facts, ".avi", OURS, first_frame=0, rate=RATE)
    assert not any("colorize-lab" in option for option in options)
    assert ["each is in use already" in note or "timecode noon" in note for note in notes] == [
        True,
        True,
    ]


def test_own_comment_of_an_earlier_run_is_replaced() -> None:
    facts = FilmFacts(1.0, {"COMMENT": "colorize-lab (earlier)"}, 0, ())
    options, notes = list_film_tags(facts, ".mkv", OURS, first_frame=0, rate=RATE)
    assert "comment=colorize-lab (how)" in options
    assert notes == ()


@pytest.mark.parametrize(
    ("timecode", "frames", "rate", "expected"),
    [
        ("23:59:59:24", 1, RATE, "00:00:00:00"),
        ("00:08:59;29", 1, Fraction(30000, 1001), "00:09:00;02"),
        ("00:09:59;29", 1, Fraction(30000, 1001), "00:10:00;00"),
        ("00:00:00;00", 107892, Fraction(30000, 1001), "01:00:00;00"),
        ("00:00:59;59", 1, Fraction(60000, 1001), "00:01:00;04"),
        ("1:0:0:0", 1, RATE, None),
    ],
)
def test_timecodes_move_on(timecode: str, frames: int, rate: Fraction, expected: str) -> None:
    assert shift_timecode(timecode, frames, rate) == expected
