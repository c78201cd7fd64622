"""Recoloring of real photos: decisions by folder, white balance against the truth, sheets to see.

The folder holds the folders that ``verdict_labels.csv`` names; ``white-balance-pairs`` and
``white-balance-pairs-truth`` hold one scene wrongly and rightly balanced, whose names begin
alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.color import deltaE_ciede2000

from benchmarks.recolor_rivals import list_rivals
from benchmarks.report import format_table
from colorize_lab import Colorizer, array_to_photo
from colorize_lab.color import rgb_to_lab
from colorize_lab.photo import read_photo
from colorize_lab.recolor import Recoloring
from colorize_lab.recolor.thumbnail import shrink_photo
from colorize_lab.treatment import recolor_photo

__all__ = ["measure_real"]

Floats = NDArray[np.float32]
SIDE, CELL, COLUMNS = 480, 200, 8
PAIRS, TRUTH = "white-balance-pairs", "white-balance-pairs-truth"
# The scene's name is what stands before the camera's setting.
SCENE_LENGTH = 8


def measure_real(folder: Path, colorizer: Colorizer, sheets: Path | None) -> str:
    """Measure on a folder of folders of real photos; returns Markdown."""
    rows = []
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        photos = [shrink_photo(read_photo(p).rgb, SIDE) for p in sorted(place.iterdir())]
        counts: dict[bool, Counter[str]] = {}
        for strict in (True, False):
            done = [
                recolor_photo(array_to_photo(rgb), colorizer, Recoloring(strict=strict))
                for rgb in photos
            ]
            counts[strict] = Counter(str(d.found["treated_as"]) for d in done)
        if sheets is not None:
            pairs = list(zip(photos, [d.photo.rgb for d in done], strict=True))
            write_sheet(pairs, sheets / f"{place.name}.png")
        rows.append([place.name, str(len(photos)), *map(format_counts, counts.values())])
    decisions = format_table(["folder", "photos", "treated in folders", "treated if named"], rows)
    return f"{decisions}\n\n{format_pairs(folder, colorizer)}"


def format_counts(counts: Counter[str]) -> str:
    """Write counts, most frequent first; None is what is left alone."""
    named = ((n, "left alone" if kind == "None" else kind) for kind, n in counts.most_common())
    return ", ".join(f"{count} {kind}" for count, kind in named)


def format_pairs(folder: Path, colorizer: Colorizer) -> str:
    """Hold white balance against the truth, in mean ΔE00."""
    truths = {path.name[:SCENE_LENGTH]: path for path in sorted((folder / TRUTH).glob("*"))}
    settings = Recoloring(treat_as="cast")
    methods: Mapping[str, Callable[[Floats], Floats]] = {
        **list_rivals(colorizer),
        "recolor --as cast": lambda rgb: (
            recolor_photo(array_to_photo(rgb), colorizer, settings).photo.rgb
        ),
    }
    errors: dict[str, list[float]] = {name: [] for name in methods}
    for path in sorted((folder / PAIRS).glob("*")):
        if path.name[:SCENE_LENGTH] not in truths:
            continue
        rgb = shrink_photo(read_photo(path).rgb, SIDE)
        truth = shrink_photo(read_photo(truths[path.name[:SCENE_LENGTH]]).rgb, SIDE)
        for name, method in methods.items():
            labs = rgb_to_lab(method(rgb)), rgb_to_lab(truth)
            errors[name].append(float(deltaE_ciede2000(*labs).mean()))
    rows = [[name, f"{np.mean(values):.2f}"] for name, values in errors.items() if values]
    return format_table([f"{PAIRS}: method", "ΔE00"], rows)


def write_sheet(pairs: list[tuple[Floats, Floats]], path: Path) -> None:
    """Write before and after side by side, in cells of 200 pixels."""
    rows = -(-2 * len(pairs) // COLUMNS)
    sheet = np.full((rows * CELL, COLUMNS * CELL, 3), 0.15, np.float32)
    for place, rgb in enumerate(picture for pair in pairs for picture in pair):
        small = shrink_photo(rgb, CELL - 4)
        top, left = divmod(place, COLUMNS)
        height, width = small.shape[:2]
        sheet[top * CELL :, left * CELL :][:height, :width] = small
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.round(sheet * 255).astype(np.uint8)).save(path)
