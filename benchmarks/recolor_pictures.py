"""The pictures of recoloring in the documentation, made from photos that scikit-image brings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
import numpy as np

from benchmarks.damage_light import CASTS, FADINGS, STAGE_LIGHTS, light_stage
from benchmarks.pictures import GAP, ROOT, Floats, draw_sheet, load_sample
from colorize_lab import Colorizer, array_to_photo, write_photo
from colorize_lab.recolor import Recoloring
from colorize_lab.treatment import recolor_photo

# Photo and damage of each row; the verdict is the program's own.
STAGE, FADED = "magenta, clipped", "slide, yellow -60 %"
BOTH = (
    ("astronaut", partial(light_stage, light=STAGE_LIGHTS[STAGE])),
    ("coffee", FADINGS[FADED]),
)
SHEET = (
    ("astronaut", partial(light_stage, light=STAGE_LIGHTS["blue"])),
    ("astronaut", FADINGS["uneven"]),
    ("coffee", partial(light_stage, light=STAGE_LIGHTS["red, clipped"])),
    ("coffee", FADINGS["print, cyan -55 %, stain"]),
    ("chelsea", FADINGS["print, magenta -50 %"]),
    ("chelsea", CASTS["lamp of 3000 K"]),
)


@click.command("recolor-pictures")
@click.option(
    "-o",
    "--output",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=ROOT,
    help="Folder that gets docs/images; by default the repository.",
)
def command(root: Path) -> None:
    """Draw damaged, recolored and sound photos for the documentation."""
    colorizer = Colorizer()
    folder = root / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for file, rows in {"recolor-both.jpg": BOTH, "recolor.jpg": SHEET}.items():
        sheet = draw_sheet([draw_row(name, damage, colorizer) for name, damage in rows])
        write_photo(array_to_photo(sheet), folder / file, overwrite=True)
        click.echo(str(folder / file))


def draw_row(name: str, damage: Callable[[Floats], Floats], colorizer: Colorizer) -> Floats:
    """Draw a photo damaged, as `recolor` leaves it, and as it was."""
    sound = load_sample(name)
    damaged = damage(sound)
    done = recolor_photo(array_to_photo(damaged), colorizer, Recoloring(strict=False))
    click.echo(f"{name}: {done.found['treated_as']}")
    gap = np.ones((len(sound), GAP, 3), np.float32)
    return np.concatenate([damaged, gap, done.photo.rgb, gap, sound], axis=1)
