"""Recognition of photos in color, as opposed to toned prints, which are to be colored.

Toned prints are made from photos of a set: gray, then sepia, cyanotype, split tone or yellowed
paper; half of them fade unevenly, a third have stains, all have grain and JPEG's losses.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets import PhotoFile, open_set
from benchmarks.report import Aim, describe_run, format_table, publish
from colorize_lab.color import join_lightness_chroma, rgb_to_lightness
from colorize_lab.color.toning import is_in_color
from colorize_lab.opencv import cv2
from colorize_lab.photo import array_to_photo, encode_photo, read_photo

Floats = NDArray[np.float32]

ALARM_AIM, MISS_AIM = Aim(at_most=0), Aim(at_most=1)
# Range of the hue in degrees, and of the chroma.
TONERS = {
    "sepia": ((55, 95), (8, 35)),
    "cyanotype": ((220, 290), (10, 40)),
    "copper": ((0, 60), (5, 20)),
    "yellowed": ((70, 105), (5, 30)),
    "split": ((50, 100), (5, 15)),
}


@click.command("toning")
@click.argument("sets", nargs=-1, required=True, metavar="NAME|FOLDER|ZIP...")
@click.option("--toned", required=True, metavar="NAME|FOLDER|ZIP", help="Photos to tone.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("photos"),
    show_default=True,
    help="Folder with the sets' zips.",
)
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True, help="To tone.")
@click.option("--seed", type=int, default=0, show_default=True, help="Random seed of the tones.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(
    sets: Sequence[str], toned: str, data: Path, limit: int, seed: int, json_path: Path | None
) -> None:
    """Count the color photos of SETS that pass for toned, and toned ones that pass for color."""
    rows, report = [], {}
    for name in sets:
        photos = open_set(name, data)
        missed = [file.name for file in photos.files if not is_in_color(read_rgb(file))]
        percent = 100 * len(missed) / len(photos)
        verdict = f"{MISS_AIM}, {MISS_AIM.judge(percent)}"
        rows.append([photos.name, str(len(photos)), str(len(missed)), f"{percent:.1f} %", verdict])
        report[photos.name] = missed
    files, rng = open_set(toned, data, limit=limit).files, np.random.default_rng(seed)
    alarms = [file.name for file in files if is_in_color(tone_print(read_rgb(file), rng))]
    percent = 100 * len(alarms) / len(files)
    verdict = f"{ALARM_AIM}, {ALARM_AIM.judge(len(alarms))}"
    rows.append([f"{toned}, toned", str(len(files)), str(len(alarms)), f"{percent:.1f} %", verdict])
    report["toned"] = alarms
    header = ["set", "photos", "taken for the other", "share", "aim"]
    publish(
        "## Photos in color\n\n" + format_table(header, rows), report, describe_run(), json_path
    )


def read_rgb(file: PhotoFile) -> Floats:
    """Read a photo of a set: float32 (H, W, 3), sRGB, 0..1."""
    return read_photo(file.read()).rgb


def tone_print(rgb: Floats, rng: np.random.Generator) -> Floats:
    """Make a photo gray, and tone and age it: float32 (H, W, 3), sRGB, 0..1."""
    lightness = rgb_to_lightness(rgb)
    height, width = lightness.shape
    ab = draw_tone(lightness / np.float32(100), rng)
    if rng.random() < 0.5:
        uneven = rng.uniform(0.5, 1.5, (4, 4)).astype(np.float32)
        ab *= cv2.resize(uneven, (width, height), interpolation=cv2.INTER_CUBIC)[..., np.newaxis]
    if rng.random() < 0.3:
        drops = (rng.random((height, width)) > 0.9997).astype(np.float32)
        stains = cv2.GaussianBlur(drops, (0, 0), min(height, width) / 25)
        strongest = max(float(stains.max()), 1e-6)
        ab += stains[..., np.newaxis] * (polar((60, 90), (5, 15), rng) / strongest)
    printed = join_lightness_chroma(lightness, ab)
    printed += rng.normal(0, rng.choice([0, 0.01, 0.03]), (height, width, 1)).astype(np.float32)
    printed += rng.normal(0, rng.choice([0, 0.01]), printed.shape).astype(np.float32)
    quality = int(rng.choice([60, 80, 92]))
    pixels = np.round(printed.clip(0, 1) * 255).astype(np.uint8)
    return read_photo(encode_photo(array_to_photo(pixels), "jpeg", quality=quality)).rgb


def draw_tone(lightness: Floats, rng: np.random.Generator) -> Floats:
    """Draw a* and b* for each lightness, 0..1, of one kind of tone: float32 (H, W, 2)."""
    kind = str(rng.choice([*TONERS]))
    color = polar(*TONERS[kind], rng)
    midtones = 4 * lightness * (1 - lightness)
    if kind == "yellowed":
        paper = np.minimum(lightness * np.float32(1.3), 1)
        return np.asarray(paper[..., np.newaxis] * color, np.float32)
    if kind == "split":
        lights = 1 / (1 + np.exp(-10 * (lightness - np.float32(0.5))))
        shadows = polar((200, 300), (3, 10), rng)
        split = lights[..., np.newaxis] * color + (1 - lights)[..., np.newaxis] * shadows
        return np.asarray(split, np.float32)
    return np.asarray(midtones[..., np.newaxis] * color, np.float32)


def polar(
    degrees: tuple[float, float], chroma: tuple[float, float], rng: np.random.Generator
) -> Floats:
    """Draw a color of a range of hues and chromas: a* and b*, float32 (2,)."""
    hue, length = np.deg2rad(rng.uniform(*degrees)), rng.uniform(*chroma)
    return np.array([np.cos(hue) * length, np.sin(hue) * length], np.float32)
