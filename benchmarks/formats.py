"""Formats and color profiles: speed of reading, what is kept, and how well L* is."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import click
import imagecodecs
import numpy as np
import pillow_heif
import tifffile
from PIL import Image
from skimage.data import astronaut

from benchmarks.kept import describe_kept, measure_kept
from benchmarks.profiles import AIMS, measure_profiles
from benchmarks.report import describe_run, format_table, publish
from benchmarks.rounds import format_series, run_rounds, time_call
from colorize_lab.color import rgb_to_lightness
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo, array_to_photo, encode_photo, read_photo
from colorize_lab.photo.formats import FORMATS

# Decoders of formats that Pillow does not read, or not at all depths.
BARE: dict[str, Callable[[bytes], object]] = {
    "JPEG2000": imagecodecs.jpeg2k_decode,
    "JPEGXL": imagecodecs.jpegxl_decode,
}


@click.command("formats")
@click.option("--megapixels", default=3.0, show_default=True, help="Size of the photo.")
@click.option(
    "--rounds",
    default=5,
    show_default=True,
    help="Rounds of timing, alternating with bare decoders.",
)
@click.option("--kept", "only_kept", is_flag=True, help="Print the guide's table and nothing else.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(megapixels: float, rounds: int, only_kept: bool, json_path: Path | None) -> None:
    """Write a photo in every format and read it again, and color gray ones through profiles."""
    kept = measure_kept()
    if only_kept:
        click.echo(describe_kept(kept))
        return
    photo = make_photo(megapixels)
    files = make_files(photo)
    cases = {name: partial(time_call, partial(read_photo, data)) for name, data in files.items()}
    for name, data in files.items():
        cases[f"bare {name}"] = partial(time_call, partial(read_bare, name, data))
    seconds = run_rounds(cases, rounds, "reading").seconds
    rows, losses = [], {}
    for name, data in files.items():
        losses[name] = measure_loss(photo, data)
        ratio = seconds[name] / seconds[f"bare {name}"]
        held = list(kept.get(name.partition(" ")[0], {}).values())
        rows.append(
            [
                name,
                f"{len(data) / 1e6:.2f}",
                format_series(seconds[name] / megapixels * 1000, 0),
                format_series(ratio, 2),
                f"{losses[name]:.3f}",
                f"{len(held) - held.count('no')} of {len(held)}" if held else "read only",
            ]
        )
    header = ["format", "MB", "ms per MP", "of the bare decoder's time", "mean dL*", "kept"]
    profiles = measure_profiles()
    text = "## Formats\n\n" + format_table(header, rows)
    text += "\n\n## Kept\n\n" + describe_kept(kept)
    text += "\n\n## Lightness through color profiles\n\n" + format_table(
        ["profile", "bits", "mean dL*", "aim", "", "largest dL*"],
        [
            [name, str(bits), f"{avg:.4f}", str(AIMS[bits]), AIMS[bits].judge(avg), f"{top:.3f}"]
            for (name, bits), (avg, top) in profiles.items()
        ],
    )
    numbers = {
        "seconds": {name: series.tolist() for name, series in seconds.items()},
        "mean dL*": losses,
        "kept": kept,
        "profiles": {f"{name}, {bits} bits": both for (name, bits), both in profiles.items()},
    }
    publish(text, numbers, describe_run(), json_path)


def make_photo(megapixels: float) -> Photo:
    """Make a color photo of 8 bits with a little grain."""
    side = round((megapixels * 1e6) ** 0.5)
    pixels = cv2.resize(astronaut(), (side, side), interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(0).normal(0, 2, (side, side, 1))
    return array_to_photo(np.clip(np.round(pixels + grain), 0, 255).astype(np.uint8))


def make_files(photo: Photo) -> dict[str, bytes]:
    """Write the photo in every format, and in those that are only read by other libraries."""
    files = {entry.name: encode_photo(photo, entry.name) for entry in FORMATS if entry.encode}
    deep = replace(photo, bit_depth=16)
    files["PNG 16 bits"] = encode_photo(deep, "PNG")
    files["TIFF 16 bits, LZW"] = encode_photo(deep, "TIFF", compression="lzw")
    samples = np.round(photo.rgb * 255).astype(np.uint8)
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(samples)).save(file, quality=90)
    return files | {"HEIC": file.getvalue()}


def read_bare(name: str, data: bytes) -> object:
    """Decode a file with the library alone, to what it gives by itself."""
    if name == "HEIC":
        return np.asarray(pillow_heif.open_heif(io.BytesIO(data)))
    if name.startswith("TIFF"):
        return tifffile.imread(io.BytesIO(data))
    if name == "PNG 16 bits":
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    decode = BARE.get(name)
    return np.asarray(Image.open(io.BytesIO(data))) if decode is None else decode(data)


def measure_loss(photo: Photo, data: bytes) -> float:
    """Measure how far L* moves on average from the photo to its file."""
    read = rgb_to_lightness(read_photo(data).rgb)
    return float(np.abs(read - rgb_to_lightness(photo.rgb)).mean())
