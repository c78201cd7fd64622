"""The list of a film's shots, to be edited: as CSV written and read, as an EDL read."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from colorize_lab.errors import InputError, RecipeError, VideoError
from colorize_lab.guide import Guide
from colorize_lab.guide.reference import read_reference
from colorize_lab.hints.files import read_start
from colorize_lab.presets import apply_preset
from colorize_lab.recipe import Recipe
from colorize_lab.video.hints.film_hints import FilmHint, load_film_hints, parse_time
from colorize_lab.video.keyframes import name_time
from colorize_lab.video.plan import FilmPlan, Shot

__all__ = ["ShotEntry", "Timecode", "apply_shot_list", "load_shot_list", "write_shot_list"]

# 60,000 shots.
_MOST_BYTES = 8 << 20
NUMBERS = ("vividness", "saturation", "temperature")
COLUMNS = ("start", "stop", "name", "still", "skip", "preset", *NUMBERS, "reference", "hints")
_YES, _NO = ("yes", "y", "true", "1", "x"), ("", "no", "n", "false", "0")
_EVENT = re.compile(
    r"\s*\d+\s+\S+\s+(?P<track>V\S*|B|AA?/V|NONE)\s+\S+.*?"
    r"(?P<times>(?:\d{2}[:;]\d{2}[:;]\d{2}[:;.,]\d{2,3}\s*){4})\s*$",
    re.ASCII,
)
_EDL_NAME = re.compile(r"\*\s*(?:FROM CLIP NAME|COMMENT)\s*:\s*(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Timecode:
    """A moment of a film: a time, or a time code that counts frames.

    Attributes
    ----------
    seconds : float
        From the start of the film; whole seconds of a time code.
    frames : int or None
        Of a time code, what comes after the seconds; None for a time.
    drops : bool
        The time code leaves out two frames a minute, but for every tenth (SMPTE ST 12-1).
    """

    seconds: float
    frames: int | None = None
    drops: bool = False

    def to_frame(self, rate: Fraction) -> int:
        """Return the number of the frame that is shown.

        Examples
        --------
        >>> Timecode(1.5).to_frame(Fraction(24)), Timecode(60, 2, True).to_frame(Fraction(30))
        (36, 1800)
        """
        if self.frames is None:
            return math.floor(Fraction(self.seconds) * rate + Fraction(1, 100))
        nominal, seconds = round(rate), int(self.seconds)
        minutes = seconds // 60
        dropped = round(nominal / 15) * (minutes - minutes // 10) if self.drops else 0
        return seconds * nominal + self.frames - dropped


@dataclass(frozen=True)
class ShotEntry:
    """A shot as somebody wants it.

    Attributes
    ----------
    start, stop : Timecode
        Its first frame, and the one after its last.
    name : str
        For people.
    skip : bool
        Leave it as it is.
    preset : str
        One of `colorize_lab.presets.PRESETS`; empty for the film's settings.
    numbers : tuple of (str, float)
        Settings of the recipe.
    reference : Guide or None
        Colors to come near to.
    hints : tuple of FilmHint
        Hints beside the film's.
    """

    start: Timecode
    stop: Timecode
    name: str = field(default="", compare=False)
    skip: bool = False
    preset: str = ""
    numbers: tuple[tuple[str, float], ...] = ()
    reference: Guide | None = None
    hints: tuple[FilmHint, ...] = ()

    def make_recipe(self, recipe: Recipe) -> Recipe | None:
        """Return the recipe of the shot, made of the film's; None if it is the same."""
        if not (self.preset or self.numbers or self.reference):
            return None
        changed = Recipe(**{part.name: getattr(recipe, part.name) for part in fields(Recipe)})
        if self.preset:
            changed = apply_preset(replace(changed, vividness=None, temperature=None), self.preset)
        if self.reference is not None:
            changed = replace(changed, guides=(*changed.guides, self.reference))
        return replace(changed, **dict(self.numbers))  # type: ignore[arg-type]


def load_shot_list(path: Path) -> tuple[ShotEntry, ...]:
    """Read a list of shots.

    Parameters
    ----------
    path : Path
        A CSV with the columns `COLUMNS`, of which ``start`` and ``stop`` are needed, separated by
        commas or semicolons; or an EDL (CMX 3600). Files that it names are relative to its folder.

    Raises
    ------
    InputError
        The file cannot be read.
    VideoError, RecipeError, HintError
        It is not such a list, or an entry cannot be used.
    """
    content = read_start(path)
    if len(content) > _MOST_BYTES:
        raise VideoError(f"{path} is too long for a list of shots; check the name")
    text = content.decode("utf-8-sig", errors="replace")
    is_edl = path.suffix.lower() == ".edl"
    try:
        entries = tuple(_parse_edl(text) if is_edl else _parse_csv(text, path))
    except csv.Error as error:
        raise VideoError(f"{path} is not a CSV ({error}); save it as CSV in UTF-8") from error
    if not entries:
        raise VideoError(f"{path} lists no shots; write one per line, or remove the file")
    return entries


def apply_shot_list(
    plan: FilmPlan, entries: Sequence[ShotEntry]
) -> tuple[FilmPlan, tuple[ShotEntry, ...]]:
    """Put the cuts where a list has them.

    Parameters
    ----------
    plan : FilmPlan
        Shots as they were found: they tell which are in color.
    entries : sequence of ShotEntry
        At least one.

    Returns
    -------
    plan : FilmPlan
        With the shots of the list, as far as they lie in the part that was planned.
    entries : tuple of ShotEntry
        One per shot.

    Raises
    ------
    VideoError
        The list has a gap, or does not cover the part that is planned.
    """
    start, stop = plan.shots[0].start, plan.shots[-1].stop
    bounds = _find_bounds(entries, plan.info.rate, stop)
    if bounds[0] > start or bounds[-1] < stop or any(a >= b for a, b in pairwise(bounds)):
        raise VideoError(
            f"the list of shots covers the frames {bounds[0]} to {bounds[-1]}, not all of {start} "
            f"to {stop} in order; correct it, or remove the file to have it written again"
        )
    found = [
        (
            Shot(max(first, start), min(end, stop), entry.skip or _is_colored(plan, first, end)),
            entry,
        )
        for (first, end), entry in zip(pairwise(bounds), entries, strict=True)
        if first < stop and end > start
    ]
    shots, kept = zip(*found, strict=True)
    return replace(plan, shots=shots), kept


def write_shot_list(plan: FilmPlan, stills: Sequence[str]) -> str:
    """Write a list of shots as CSV.

    Parameters
    ----------
    plan : FilmPlan
        The shots.
    stills : sequence of str
        A file per shot.

    Examples
    --------
    >>> from colorize_lab.video.plan import FilmInfo
    >>> info = FilmInfo(Path("a.mkv"), 640, 360, Fraction(24), 48)
    >>> print(write_shot_list(FilmPlan(info, (Shot(0, 48),)), ["1.jpg"]).splitlines()[1])
    0:00:00.000000,0:00:02.000000,shot 1,1.jpg,,,,,,,
    """
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for number, (shot, still) in enumerate(zip(plan.shots, stills, strict=True), 1):
        row = dict.fromkeys(COLUMNS, "")
        row |= {
            "start": name_time(shot.start, plan.info.rate).replace("-", ":"),
            "stop": name_time(shot.stop, plan.info.rate).replace("-", ":"),
            "name": f"shot {number}",
            "still": still,
            "skip": "yes" if shot.colored else "",
        }
        writer.writerow(row)
    return table.getvalue()


def _find_bounds(entries: Sequence[ShotEntry], rate: Fraction, stop: int) -> list[int]:
    """Find the first frame of each shot, and the one after the last."""
    starts = [entry.start.to_frame(rate) for entry in entries]
    ends = [entry.stop.to_frame(rate) for entry in entries]
    if entries[0].start.frames is not None:
        # An EDL counts from any hour, leaves gaps at dissolves, and may end before the film does.
        return [*(frame - starts[0] for frame in starts), max(ends[-1] - starts[0], stop)]
    for row, (end, following) in enumerate(zip(ends, starts[1:], strict=False), 1):
        if end != following:
            raise VideoError(
                f"shot {row} of the list ends at frame {end} but shot {row + 1} starts at frame "
                f"{following}; let each shot start when the one before it ends"
            )
    return [*starts, ends[-1]]


def _is_colored(plan: FilmPlan, first: int, end: int) -> bool:
    """Tell frames of which most lie in shots that were found to be in color."""
    colored = sum(
        max(0, min(shot.stop, end) - max(shot.start, first)) for shot in plan.shots if shot.colored
    )
    return 2 * colored > end - first


def _parse_csv(text: str, path: Path) -> Iterator[ShotEntry]:
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    columns = [name.strip().lower() for name in reader.fieldnames or []]
    reader.fieldnames = columns
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown or not {"start", "stop"} <= set(columns):
        wrong = f"has the column {unknown[0]!r:.60}" if unknown else "lacks start or stop"
        raise VideoError(f"{path} {wrong}; the columns of a list of shots are {', '.join(COLUMNS)}")
    for number, row in enumerate(reader, 2):
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if any(cells.values()):
            try:
                yield _read_row(cells, path.parent)
            except (RecipeError, InputError) as error:
                raise type(error)(f"{path}, line {number}: {error}") from error


def _read_row(cells: Mapping[str, str], folder: Path) -> ShotEntry:
    skip = cells["skip"].lower()
    if skip not in (*_YES, *_NO):
        raise RecipeError(f"skip is {skip!r:.60}; write yes or leave it empty")
    if cells["preset"]:
        apply_preset(Recipe(), cells["preset"])
    numbers = tuple((name, _read_number(name, cells[name])) for name in NUMBERS if cells[name])
    Recipe(**dict(numbers))  # type: ignore[arg-type]
    reference, hints = cells["reference"], cells["hints"]
    return ShotEntry(
        Timecode(parse_time(cells["start"])),
        Timecode(parse_time(cells["stop"])),
        cells["name"],
        skip in _YES,
        cells["preset"],
        numbers,
        read_reference([folder / reference]) if reference else None,
        load_film_hints(folder / hints) if hints else (),
    )


def _read_number(name: str, text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise RecipeError(f"{name} is {text!r:.60}; write a number or leave it empty") from None


def _parse_edl(text: str) -> Iterator[ShotEntry]:
    """Read the record times of a CMX 3600 list's pictures; the first event is the film's start."""
    drops = False
    events: list[tuple[Timecode, Timecode]] = []
    names: list[str] = []
    for line in text.splitlines():
        if line.strip().upper().startswith("FCM"):
            drops = "NON" not in line.upper() and "DROP" in line.upper()
        elif event := _EVENT.match(line):
            times = [_read_timecode(time, drops) for time in event["times"].split()]
            if times[2] != times[3]:  # the cut before a dissolve has no length
                events.append((times[2], times[3]))
                names.append("")
        elif names and (named := _EDL_NAME.match(line.strip())):
            names[-1] = named[1].strip()
    for (start, stop), name in zip(events, names, strict=True):
        yield ShotEntry(start, stop, name)


def _read_timecode(text: str, drops: bool) -> Timecode:
    hours, minutes, seconds, frames = (int(part) for part in re.split("[:;.,]", text))
    return Timecode(3600 * hours + 60 * minutes + seconds, frames, drops)
