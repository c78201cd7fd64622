"""What recoloring makes of photos whose color was damaged in a known way.

Against the damaged photo itself, the white balances of OpenCV's xphoto, and plain coloring of the
gray that OpenCV makes of it. A method's L* counts too: what fading did to the contrast is a part
of the damage.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000
from skimage.metrics import structural_similarity

from benchmarks.bootstrap import Draws, Estimate
from benchmarks.damage_light import FADINGS, LED_LIGHTS, cast_light, fade_dyes, light_leds
from benchmarks.datasets import SET_OPTIONS, PhotoSet
from benchmarks.report import (
    Aim,
    describe_colorizer,
    describe_run,
    format_table,
    publish,
)
from benchmarks.scores import measure_psnr
from colorize_lab import Colorizer, array_to_photo
from colorize_lab.cli.progress import Progress
from colorize_lab.color import rgb_to_lab, rgb_to_lightness
from colorize_lab.color.metrics import measure_colorfulness
from colorize_lab.opencv import cv2
from colorize_lab.recolor import measure_local_contrast
from colorize_lab.treatment import recolor_photo

Floats = NDArray[np.float32]
Method = Callable[[Floats], Floats]
Scores = dict[str, dict[str, list[float]]]
"""For each method, of each measure, one number a photo."""

NONE = "none"
DAMAGES: dict[str, Method] = {
    **{f"faded, {name}": partial(fade_dyes, loss=loss) for name, loss in FADINGS.items()},
    "lamp of 3000 K": partial(cast_light, gains=(1.0, 0.75, 0.5)),
    **{f"LEDs, {name}": partial(light_leds, light=light) for name, light in LED_LIGHTS.items()},
    NONE: lambda rgb: rgb,
}
MEASURES = {
    "de00": ("ΔE00", 2),
    "psnr": ("PSNR, dB", 2),
    "ssim": ("SSIM", 3),
    "colorfulness": ("colorfulness", 1),
    "contrast": ("local contrast, L*", 2),
}
INPUT, GRAY_WORLD, LEARNED, PLAIN, OURS = (
    "input",
    "gray-world",
    "learning-based",
    "plain coloring",
    "recolor",
)


@click.command("recolor")
@SET_OPTIONS
@click.option("--network", default="compact", show_default=True)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(photos: PhotoSet, network: str, json_path: Path | None) -> None:
    """Measure what recoloring makes of faded and badly lit photos."""
    logging.getLogger("colorize_lab").setLevel(logging.ERROR)  # not for each sound photo
    colorizer = Colorizer(network)
    methods = list_methods(colorizer)
    scores = {}
    with Progress(len(DAMAGES) * len(photos), "recoloring") as progress:
        for name, damage in DAMAGES.items():
            scores[name] = score_damage(photos, damage, methods, progress)
    run = describe_run() | {"network": network, "coloring": describe_colorizer(colorizer)}
    title = f"## {photos.name}: {len(photos)} photos at {photos.side} x {photos.side}"
    tables = f"{title}\n\n{format_scores(scores)}\n\n{format_aims(scores)}"
    publish(tables, {"scores": scores}, run, json_path)


def list_methods(colorizer: Colorizer) -> dict[str, Method]:
    """List what is held against each other."""
    return {
        INPUT: lambda rgb: rgb,
        GRAY_WORLD: partial(balance_white, algorithm=cv2.xphoto.createGrayworldWB()),
        LEARNED: partial(balance_white, algorithm=cv2.xphoto.createLearningBasedWB()),
        PLAIN: lambda rgb: colorizer.colorize(array_to_photo(make_gray(rgb))).rgb,
        OURS: lambda rgb: recolor_photo(array_to_photo(rgb), colorizer).photo.rgb,
    }


def balance_white(rgb: Floats, algorithm: cv2.xphoto.WhiteBalancer) -> Floats:
    """Balance the white of a photo by OpenCV, in 8 bit and BGR as it wants it."""
    bgr = np.round(rgb[..., ::-1] * 255).astype(np.uint8)
    balanced = np.asarray(algorithm.balanceWhite(bgr))
    return (balanced[..., ::-1] / np.float32(255)).astype(np.float32)


def make_gray(rgb: Floats) -> Floats:
    """Make the gray of ``cv2.cvtColor``, float32 (H, W)."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32)


def score_damage(
    photos: PhotoSet, damage: Method, methods: Mapping[str, Method], progress: Progress
) -> Scores:
    """Damage every photo, repair it by each method, and hold it against what it was.

    The contrast of the plain coloring is that of its gray, and of ours that of the mix.
    """
    scores: Scores = {name: {key: [] for key in MEASURES} for name in methods}
    for rgb in photos:
        damaged = damage(rgb)
        for name, repair in methods.items():
            for key, value in measure_repair(repair(damaged), rgb).items():
                scores[name][key].append(value)
        progress.advance()
    return scores


def measure_repair(rgb: Floats, true_rgb: Floats) -> dict[str, float]:
    """Measure a repaired photo; the keys are those of `MEASURES`."""
    difference = deltaE_ciede2000(rgb_to_lab(rgb), rgb_to_lab(true_rgb))
    similarity = structural_similarity(rgb, true_rgb, channel_axis=-1, data_range=1)
    return {
        "de00": float(difference.mean()),
        "psnr": measure_psnr(rgb, true_rgb),
        "ssim": float(similarity),
        "colorfulness": measure_colorfulness(rgb),
        "contrast": float(measure_local_contrast(rgb_to_lightness(rgb)).mean()),
    }


def format_scores(scores: Mapping[str, Scores]) -> str:
    """Write the means in Markdown."""
    rows = [
        [f"{damage}: {method}", *(f"{np.mean(row[k]):.{d}f}" for k, (_, d) in MEASURES.items())]
        for damage, methods in scores.items()
        for method, row in methods.items()
    ]
    return format_table(["damage: method", *(title for title, _ in MEASURES.values())], rows)


def format_aims(scores: Mapping[str, Scores]) -> str:
    """Hold the recoloring against the aims, with 95 % intervals over the photos."""
    rows = []
    for damage, methods in scores.items():
        for title, estimate, aim in list_aims(damage, methods):
            rows.append(
                [f"{damage}: {title}", estimate.format(2), str(aim), aim.judge(estimate.value)]
            )
    return format_table(["of recolor", "measured", "aim", ""], rows)


def list_aims(damage: str, methods: Scores) -> list[tuple[str, Estimate, Aim]]:
    """List what is wanted of a damage: ratios of means."""
    if damage == NONE:
        return []  # said to be fine, they come out without any difference
    below_input = ("ΔE00 / the input's", compare_means(methods, "de00", INPUT))
    if damage.startswith("faded"):
        best = min((GRAY_WORLD, LEARNED), key=lambda name: np.mean(methods[name]["de00"]))
        below_best = compare_means(methods, "de00", best)
        return [
            (*below_input, Aim(at_most=0.65)),
            (f"ΔE00 / {best}'s", below_best, Aim(at_most=1)),
        ]
    if damage.startswith("LEDs"):
        contrast = compare_means(methods, "contrast", PLAIN)
        return [
            ("local contrast / cv2's gray", contrast, Aim(at_least=1.25)),
            (*below_input, Aim(at_most=1)),
        ]
    return [(*below_input, Aim(at_most=1))]


def compare_means(methods: Scores, key: str, rival: str) -> Estimate:
    """Compute our mean over a rival's."""
    photos = len(methods[OURS][key])
    return Estimate.from_scores(Draws(photos).score(methods[OURS][key], methods[rival][key]))
