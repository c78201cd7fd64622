"""The files that the commands of the documentation and the examples name, small."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

from tests.helpers.clips import encode_frames
from tests.helpers.small_films import pan

ROOT = Path(__file__).parents[2]


def make_example_files(folder: Path) -> None:
    """Fill a folder: photos, a layer of hints, a mask, a film and its frames."""
    shutil.copytree(ROOT / "examples" / "photos", folder / "examples" / "photos")
    old = Image.open(ROOT / "examples" / "photos" / "buffalo-1908.jpg").resize((120, 96))
    old.save(folder / "old.jpg")
    color = Image.fromarray(data.astronaut()).resize((96, 96))
    color.save(folder / "postcard.jpg")
    faded = np.asarray(color).astype(float) * (0.4, 0.3, 0.2) + (120, 90, 80)
    for name in ("album.jpg", "concert.jpg"):
        Image.fromarray(faded.astype(np.uint8)).save(folder / name)
    (folder / "scans" / "more").mkdir(parents=True)
    for name in ("a.png", "more/b.png"):
        old.save(folder / "scans" / name)
    layer = np.zeros((96, 120, 4), np.uint8)
    layer[40:44, 50:54] = (143, 176, 216, 255)
    Image.fromarray(layer).save(folder / "layer.png")
    Image.fromarray(layer[..., 3]).save(folder / "mask.png")
    hint = {"x": 12, "y": "40%", "color": "#8fb0d8", "radius": 3}
    (folder / "hints.json").write_text(json.dumps([hint]), encoding="utf-8")
    timed = {"time": "0:00:00.2", "x": 12, "y": "40%", "color": "#8fb0d8"}
    (folder / "film-hints.json").write_text(json.dumps([timed]), encoding="utf-8")
    frames = pan(1, 30)
    encode_frames(folder / "clip.mp4", frames, "-pix_fmt", "yuv420p", rate=25)
    (folder / "frames").mkdir()
    for number, frame in enumerate(frames[:4]):
        Image.fromarray(frame).save(folder / "frames" / f"{number}.png")
