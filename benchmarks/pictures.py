"""The pictures of the documentation and of the network's card, made again with the defaults."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from skimage import data

from colorize_lab import Colorizer, array_to_photo, read_photo, write_photo
from colorize_lab.color import join_lightness_chroma, rgb_to_lab
from colorize_lab.compare import compare_photos
from colorize_lab.opencv import cv2

Floats = NDArray[np.float32]

ROOT = Path(__file__).parent.parent
EXAMPLES = ("buffalo-1908", "migrant-mother-1936")
# Photos whose colors nobody can guess from their lightness.
FAILURES = {
    Path("docs/images/failures.jpg"): ("astronaut", "coffee", "chelsea"),
    Path("models/compact/failures.jpg"): ("stereo_motorcycle", "retina"),
}
ROW_HEIGHT = 300
GAP = 10


@click.command("pictures")
@click.option(
    "-o",
    "--output",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=ROOT,
    help="Folder that gets docs/images and models; by default the repository.",
)
def command(root: Path) -> None:
    """Draw the pictures of the documentation and of the network's card."""
    colorizer = Colorizer()
    for name in EXAMPLES:
        photo = read_photo(ROOT / "examples" / "photos" / f"{name}.jpg")
        path = root / "docs" / "images" / f"{name}-both.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_photo(compare_photos(photo, colorizer.colorize(photo)), path, overwrite=True)
        click.echo(str(path))
    for place, names in FAILURES.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet = draw_sheet([draw_row(load_sample(name), colorizer) for name in names])
        write_photo(array_to_photo(sheet), path, overwrite=True)
        click.echo(str(path))


def load_sample(name: str) -> Floats:
    """Load a color photo that scikit-image brings, (h, w, 3), `ROW_HEIGHT` high."""
    loaded = getattr(data, name)()
    photo = loaded[0] if isinstance(loaded, tuple) else loaded
    width = round(photo.shape[1] * ROW_HEIGHT / photo.shape[0])
    small = cv2.resize(photo, (width, ROW_HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(small / 255, np.float32)


def draw_row(rgb: Floats, colorizer: Colorizer) -> Floats:
    """Draw a photo in gray, colored, and in its true colors, side by side."""
    lightness = rgb_to_lab(rgb)[..., 0]
    gray = join_lightness_chroma(lightness, np.zeros((*lightness.shape, 2), np.float32))
    colored = colorizer.colorize(array_to_photo(gray)).rgb
    gap = np.ones((len(rgb), GAP, 3), np.float32)
    return np.concatenate([gray, gap, colored, gap, rgb], axis=1)


def draw_sheet(rows: Sequence[Floats]) -> Floats:
    """Put rows below each other, on white."""
    width = max(row.shape[1] for row in rows)
    padded = [
        np.pad(row, ((0, GAP), (0, width - row.shape[1]), (0, 0)), constant_values=1)
        for row in rows
    ]
    return np.concatenate(padded)[:-GAP]
