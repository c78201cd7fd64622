"""Pictures of the studio for the docs: light, dark, and on a tablet."""

from __future__ import annotations

import io
from pathlib import Path

import click
from PIL import Image

from benchmarks.browser import OpenStudio, open_studio
from benchmarks.studio import time_change

ROOT = Path(__file__).parent.parent
PHOTOS = [
    ROOT / "examples" / "photos" / name
    for name in ("migrant-mother-1936.jpg", "buffalo-1908.jpg", "astronaut.png")
]
# Width and height of the window, and whether the system asks for a dark page.
WINDOWS = {
    "studio-light": (1280, 820, False),
    "studio-dark": (1280, 820, True),
    "studio-tablet": (800, 1000, False),
}
PLACE = (0.62, 0.55)


@click.command("studio-pictures")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def command(folder: Path) -> None:
    """Draw the studio's page into FOLDER, with the photos of the examples."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (width, height, dark) in WINDOWS.items():
        with open_studio(PHOTOS, width=width, height=height, dark=dark) as studio:
            time_change(studio, studio.page.reload)
            studio.page.wait_for_timeout(6000)  # the looks
            if name == "studio-light":
                ask_for_colors(studio)
            picture = Image.open(io.BytesIO(studio.page.screenshot())).convert("RGB")
        picture.save(folder / f"{name}.jpg", quality=82, optimize=True)
        click.echo(folder / f"{name}.jpg")


def ask_for_colors(studio: OpenStudio) -> None:
    """Click a place, so that its likely colors are shown."""
    box = studio.page.locator("#stage").bounding_box()
    assert box is not None
    x, y = (
        box[k] + share * box[s]
        for k, s, share in zip("xy", ("width", "height"), PLACE, strict=True)
    )
    studio.page.mouse.click(x, y)
    studio.page.wait_for_selector(".swatch", timeout=60_000)
    studio.page.wait_for_timeout(3000)
