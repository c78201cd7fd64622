"""Films: steady color against color frame by frame, and the whole command.

Both colorings are made of the same frames by the same network, in this process: no encoder
comes between them and the scores. The whole command is measured as a child process, on
black-and-white films of 640 x 360 that are made of the clips.
"""

from __future__ import annotations

import math
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.film_command import format_figures, measure_command
from benchmarks.film_figure import FilmFigure
from benchmarks.film_scores import FilmScores, mean_known, score_films
from benchmarks.report import (
    Aim,
    describe_colorizer,
    describe_run,
    format_table,
    publish,
)
from colorize_lab import Colorizer, Recipe
from colorize_lab.cli.progress import Progress
from colorize_lab.cli.video import FILM_LOOKS
from colorize_lab.color import join_lightness_chroma, rgb_to_lightness
from colorize_lab.sniff import is_film
from colorize_lab.video.first_pass import plan_film
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_frames
from colorize_lab.video.plan import FilmPlan
from colorize_lab.video.steady.shot import Steadying, color_shot
from colorize_lab.video.steady.survey import survey_shots
from colorize_lab.video.steady.things import Things
from colorize_lab.video.steady.viewing import Guidance

Frame = NDArray[np.uint8]
ClipScores = Mapping[str, FilmScores]

TRUTH, PLAIN, NEIGHBORS, STEADY = "truth", "frame by frame", "neighbors only", "steady"


@dataclass(frozen=True)
class Column:
    """A score in the tables.

    Attributes
    ----------
    key, title : str
        Of `FilmScores`, and for people.
    digits : int
        After the point.
    aim : Aim or None
        For steady color over the other.
    over : str
        The other: color frame by frame, or steadied by neighboring key frames alone.
    in_db : bool
        They are compared by their difference.
    """

    key: str
    title: str
    digits: int
    aim: Aim | None = None
    over: str = PLAIN
    in_db: bool = False

    def compare(self, scores: ClipScores) -> float:
        """Compute what steadying makes of the score: a factor, or a difference in dB."""
        steady, other = (float(getattr(scores[name], self.key)) for name in (STEADY, self.over))
        if self.in_db:
            return steady - other
        return steady / other if other else math.nan


COLUMNS = (
    Column("cdc", "CDC", 4, Aim(at_most=0.6)),
    Column("cdc_rgb", "CDC of RGB", 4),
    Column("warp_error", "warp error", 3, Aim(at_most=0.6)),
    Column("drift", "drift", 3),
    Column("colorfulness", "colorfulness", 1, Aim(0.9, 1.1)),
    Column("psnr_db", "PSNR, dB", 2, Aim(at_least=0), in_db=True),
)
# What the survey of whole shots changes.
SURVEYED = (
    Column("drift", "drift", 3, Aim(at_most=0.5), NEIGHBORS),
    Column("warp_error", "warp error", 3, Aim(at_most=1), NEIGHBORS),
    Column("colorfulness", "colorfulness", 1, Aim(0.9, 1.1), NEIGHBORS),
    Column("psnr_db", "PSNR, dB", 2, Aim(at_least=0), NEIGHBORS, in_db=True),
)


@click.command("video")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder of clips, in color or in black and white.",
)
@click.option("--clip", "names", multiple=True, help="Only this one; may be repeated.")
@click.option("--limit", type=click.IntRange(2), help="Frames of each clip that are scored.")
@click.option(
    "--frames",
    type=click.IntRange(0),
    default=2000,
    show_default=True,
    help="Number of frames of the long film for the whole command; 0 measures scores only.",
)
@click.option("--network", default="compact", show_default=True)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(
    data: Path,
    names: Sequence[str],
    limit: int | None,
    frames: int,
    network: str,
    json_path: Path | None,
) -> None:
    """Measure how steady, how right and how fast films are colored."""
    clips = list_clips(data, names)
    colorizer = Colorizer(network, recipe=Recipe(looks=FILM_LOOKS))
    scores = {}
    with Progress(len(clips), "scoring") as progress:
        for clip in clips:
            scores[clip.stem] = score_clip(clip, colorizer, limit)
            progress.advance()
    figures = time_command(clips, network, frames) if frames else []
    run = describe_run() | {"colorizer": describe_colorizer(colorizer)}
    tables = [
        *format_scores(scores),
        format_changes(f"{STEADY} / {PLAIN}", COLUMNS, scores),
        format_changes(f"{STEADY} / {NEIGHBORS}", SURVEYED, scores),
    ]
    if figures:
        tables.append(format_figures(figures))
    publish("\n\n".join(tables), make_report(scores, figures), run, json_path)


def time_command(clips: Sequence[Path], network: str, frames: int) -> list[FilmFigure]:
    """Measure the whole command, which takes minutes."""
    figures = []
    # A figure per clip, four of growth, four beside a transcode, two of an interruption.
    with tempfile.TemporaryDirectory() as folder, Progress(len(clips) + 10, "timing") as progress:
        try:
            for figure in measure_command(clips, Path(folder), network, frames):
                figures.append(figure)
                progress.advance()
        except subprocess.CalledProcessError as error:
            raise click.ClickException(f"a timed command failed ({error}); run it alone") from error
    return figures


def list_clips(data: Path, names: Sequence[str]) -> list[Path]:
    """List the films of a folder, or those of them with a name (without its ending)."""
    clips = [path for path in sorted(data.iterdir()) if path.is_file() and is_film(path)]
    if missing := set(names) - {clip.stem for clip in clips}:
        raise click.BadParameter(f"no clip in {data} is called {', '.join(sorted(missing))}")
    wanted = [clip for clip in clips if not names or clip.stem in names]
    if not wanted:
        raise click.BadParameter(f"{data} holds no film")
    return wanted


def score_clip(clip: Path, colorizer: Colorizer, limit: int | None = None) -> dict[str, FilmScores]:
    """Color a clip in all ways and score the results, and the truth where there is one."""
    plan = plan_film(probe_film(clip), skip_colored=True, stop=limit)
    has_truth = all(shot.colored for shot in plan.shots)
    things = survey_shots(plan.info, uncolor(plan).shots, colorizer, Steadying())
    nothing = (None,) * len(things)
    films = {
        PLAIN: color_clip(plan, colorizer, Steadying(steadiness=0, every=1), nothing),
        NEIGHBORS: color_clip(plan, colorizer, Steadying(), nothing),
        STEADY: color_clip(plan, colorizer, Steadying(), things),
    }
    if has_truth:
        films = {TRUTH: read_plan(plan), **films}
    cuts = {shot.start for shot in plan.shots}
    return score_films(read_plan(plan), films, cuts=cuts, has_truth=has_truth)


def uncolor(plan: FilmPlan) -> FilmPlan:
    """Take all shots for gray."""
    return replace(plan, shots=tuple(replace(shot, colored=False) for shot in plan.shots))


def color_clip(
    plan: FilmPlan,
    colorizer: Colorizer,
    steadying: Steadying,
    things: Sequence[Things | None],
) -> Iterator[Frame]:
    """Make a film gray and color it, shot by shot."""
    frames = (remove_color(frame) for frame in read_plan(plan))
    for shot, known in zip(plan.shots, things, strict=True):
        of_shot = islice(frames, shot.stop - shot.start)
        yield from color_shot(of_shot, colorizer, steadying, Guidance(things=known))


def read_plan(plan: FilmPlan) -> Iterator[Frame]:
    """Read the frames of a plan."""
    return read_frames(plan.info, plan.shots[0].start, plan.shots[-1].stop)


def remove_color(frame: Frame) -> Frame:
    """Keep nothing but L*."""
    lightness = rgb_to_lightness(frame.astype(np.float32) / np.float32(255))
    gray = join_lightness_chroma(lightness, np.zeros((*lightness.shape, 2), np.float32))
    return np.rint(gray * 255).astype(np.uint8)


def format_scores(scores: Mapping[str, ClipScores]) -> list[str]:
    """Write a table of scores for each clip in Markdown."""
    header = ["", *(column.title for column in COLUMNS)]
    tables = []
    for clip, films in scores.items():
        rows = [
            [name, *(format_number(getattr(film, c.key), c.digits) for c in COLUMNS)]
            for name, film in films.items()
        ]
        tables.append(f"## {clip}\n\n{format_table(header, rows)}")
    return tables


def format_changes(title: str, columns: Sequence[Column], scores: Mapping[str, ClipScores]) -> str:
    """Write what steadying changes, with the aims, in Markdown."""
    changes = {clip: [c.compare(films) for c in columns] for clip, films in scores.items()}
    changes["mean"] = [mean_known(column) for column in zip(*changes.values(), strict=True)]
    rows = [
        [clip, *(format_change(*judged) for judged in zip(columns, row, strict=True))]
        for clip, row in changes.items()
    ]
    aims = ["aim", *("" if column.aim is None else str(column.aim) for column in columns)]
    header = [title, *(column.title for column in columns)]
    return f"## What steadying changes: {title}\n\n{format_table(header, [*rows, aims])}"


def format_change(column: Column, change: float) -> str:
    """Write a change and the verdict on it; nothing where there is none."""
    text = format_number(change, 2)
    return f"{text} {column.aim.judge(change)}" if text and column.aim else text


def format_number(value: float, digits: int) -> str:
    """Write a number; nothing for one that is not known."""
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def make_report(scores: Mapping[str, ClipScores], figures: Sequence[FilmFigure]) -> dict[str, Any]:
    """Gather all numbers for JSON, which does not know NaN."""
    return {
        "clips": {
            clip: {name: drop_unknown(asdict(film)) for name, film in films.items()}
            for clip, films in scores.items()
        },
        "changes": {
            clip: drop_unknown({column.key: column.compare(films) for column in COLUMNS})
            for clip, films in scores.items()
        },
        "surveyed": {
            clip: drop_unknown({column.key: column.compare(films) for column in SURVEYED})
            for clip, films in scores.items()
        },
        "command": drop_unknown({figure.title: figure.value for figure in figures}),
    }


def drop_unknown(numbers: Mapping[str, float]) -> dict[str, float]:
    """Leave out what is not known."""
    return {key: number for key, number in numbers.items() if not math.isnan(number)}
