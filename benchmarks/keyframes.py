"""Painted key frames: what one frame in its true colors per shot brings to the rest of the shot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000

from benchmarks.film_motion import measure_motion
from benchmarks.report import Aim, describe_colorizer, describe_run, format_table, publish
from benchmarks.video import list_clips, read_plan, remove_color
from colorize_lab import Colorizer, Recipe
from colorize_lab.cli.progress import Progress
from colorize_lab.cli.video import FILM_LOOKS
from colorize_lab.color import rgb_to_lab
from colorize_lab.guide.exemplar import Exemplar
from colorize_lab.opencv import cv2
from colorize_lab.photo import array_to_photo
from colorize_lab.video.first_pass import plan_film
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.plan import Shot
from colorize_lab.video.steady.shot import Steadying, color_shot
from colorize_lab.video.steady.survey import survey_shots
from colorize_lab.video.steady.viewing import Guidance, Painted

Floats = NDArray[np.float32]
Frame = NDArray[np.uint8]

_LONG_SIDE_PX = 480
# Shorter shots are all beside their key frame.
_SHORTEST = 24
AIM_ERROR, AIM_BESIDE = Aim(at_most=0.6), Aim(at_most=1)


@dataclass(frozen=True)
class KeyScores:
    """Gain from a painted frame in one shot.

    Attributes
    ----------
    automatic, keyed : float
        RMSE of *ab* against the truth, without and with it, over all frames but the painted one.
    beside : float
        Mean dE00 by which the color of the frames before and after it differs from its own, along
        the motion.
    """

    automatic: float
    keyed: float
    beside: float


@click.command("keyframes")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder of clips; those in black and white are skipped.",
)
@click.option("--clip", "names", multiple=True, help="Only this one; may be repeated.")
@click.option("--limit", type=click.IntRange(2), help="Frames of each clip.")
@click.option("--network", default="compact", show_default=True)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(
    data: Path, names: Sequence[str], limit: int | None, network: str, json_path: Path | None
) -> None:
    """Measure what one true color frame per shot brings."""
    clips = list_clips(data, names)
    colorizer = Colorizer(network, recipe=Recipe(looks=FILM_LOOKS))
    scores: dict[str, KeyScores] = {}
    with Progress(len(clips), "scoring") as progress:
        for clip in clips:
            scores |= dict(score_clip(clip, colorizer, limit))
            progress.advance()
    if not scores:
        raise click.BadParameter(f"{data} holds no clip in color")
    run = describe_run() | {"colorizer": describe_colorizer(colorizer)}
    report = {shot: asdict(score) for shot, score in scores.items()}
    publish(format_scores(scores), report, run, json_path)


def score_clip(
    clip: Path, colorizer: Colorizer, limit: int | None
) -> Iterator[tuple[str, KeyScores]]:
    """Score the shots of a clip; none of one in black and white."""
    plan = plan_film(probe_film(clip), stop=limit)
    if not all(shot.colored for shot in plan.shots):
        return
    shots = [replace(shot, colored=False) for shot in plan.shots]
    things = survey_shots(plan.info, shots, colorizer, Steadying())
    frames = read_plan(plan)
    for shot, known in zip(shots, things, strict=True):
        of_shot = list(islice(frames, shot.stop - shot.start))
        if len(of_shot) >= _SHORTEST:
            guidance = Guidance(things=known)
            yield name_shot(clip, shot), score_shot(of_shot, colorizer, guidance)


def score_shot(truth: Sequence[Frame], colorizer: Colorizer, guidance: Guidance) -> KeyScores:
    """Color a shot without and with its middle frame's true colors."""
    middle = len(truth) // 2
    exemplar = Exemplar.from_photos(array_to_photo(truth[middle]))
    keyed = replace(guidance, painted=Painted(exemplar, (middle,)))
    gray = [remove_color(frame) for frame in truth]
    true = [shrink_to_lab(frame) for frame in truth]
    errors = []
    for known in (guidance, keyed):
        colored = color_shot(gray, colorizer, Steadying(), known)
        labs = [shrink_to_lab(frame) for frame in colored]
        squares = [
            np.square(lab[..., 1:] - right[..., 1:]).sum(axis=-1).mean()
            for number, (lab, right) in enumerate(zip(labs, true, strict=True))
            if number != middle
        ]
        errors.append(float(np.sqrt(np.mean(squares))))
    beside = [measure_beside(labs[middle], labs[middle + step]) for step in (-1, 1)]
    automatic, with_key = errors
    return KeyScores(automatic, with_key, float(np.mean(beside)))


def measure_beside(key: Floats, beside: Floats) -> float:
    """Compute the mean dE00 between a frame and its neighbor of the same lightness, where seen."""
    first, second = (np.rint(lab[..., 0] * 2.55).astype(np.uint8) for lab in (key, beside))
    motion = measure_motion(first, second)
    maps = motion.places[..., 0], motion.places[..., 1]
    moved = beside.copy()
    moved[..., 1:] = cv2.remap(np.ascontiguousarray(key[..., 1:]), *maps, cv2.INTER_LINEAR)
    return float(deltaE_ciede2000(moved, beside)[motion.visible].mean())


def shrink_to_lab(frame: Frame) -> Floats:
    """Bring a frame to the size of the scores: L*, a*, b*."""
    height, width = frame.shape[:2]
    scale = min(1, _LONG_SIDE_PX / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(frame.astype(np.float32) / 255, size, interpolation=cv2.INTER_AREA)
    return rgb_to_lab(np.asarray(small, np.float32))


def name_shot(clip: Path, shot: Shot) -> str:
    """Name a shot by its clip and its first frame."""
    return f"{clip.stem}, {shot.start}"


def format_scores(scores: dict[str, KeyScores]) -> str:
    """Write a table in Markdown, with the aims."""
    rows = [
        [
            shot,
            f"{s.automatic:.2f}",
            f"{s.keyed:.2f}",
            f"{s.keyed / s.automatic:.2f}",
            f"{s.beside:.2f}",
        ]
        for shot, s in scores.items()
    ]
    ratio = float(np.mean([s.keyed / s.automatic for s in scores.values()]))
    beside = float(np.mean([s.beside for s in scores.values()]))
    verdicts = [f"{ratio:.2f} {AIM_ERROR.judge(ratio)}", f"{beside:.2f} {AIM_BESIDE.judge(beside)}"]
    rows += [["mean", "", "", *verdicts], ["aim", "", "", str(AIM_ERROR), str(AIM_BESIDE)]]
    header = ["shot", "automatic", "one true frame", "ratio", "dE00 beside it"]
    return f"## ab RMSE of the other frames\n\n{format_table(header, rows)}"
