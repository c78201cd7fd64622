"""Files of hints: what is read from them, and what is said of bad ones."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage.color import rgb2lab

from colorize_lab import Colorizer, Photo, Recipe
from colorize_lab.errors import HintError, ImageError, InputError
from colorize_lab.hints.files import parse_hints, read_hints
from colorize_lab.hints.hint import Hint


def paint(path: Path, *boxes: tuple[slice, slice, tuple[int, int, int, int]]) -> Path:
    """Write a layer of 400 x 300 pixels with painted boxes."""
    pixels = np.zeros((300, 400, 4), np.uint8)
    for rows, columns, rgba in boxes:
        pixels[rows, columns] = rgba
    Image.fromarray(pixels).save(path)
    return path


def chroma(colorizer: Colorizer, photo: Photo, path: Path) -> NDArray[np.float64]:
    hinted = colorizer.with_recipe(Recipe(hints=read_hints(path)))
    return np.asarray(rgb2lab(hinted.colorize(photo).rgb.astype(np.float64)))[..., 1:]


def test_json_is_what_a_recipe_writes(tmp_path: Path) -> None:
    hints = (Hint(3, "40%", "#aabbcc", 5.0), Hint(0, 0, "gray"))
    path = tmp_path / "hints.json"
    path.write_text(json.dumps([hint.describe() for hint in hints]), encoding="utf-8")
    assert read_hints(path) == hints


def test_every_opaque_pixel_gets_its_color(
    colorizer: Colorizer, astronaut_photo: Photo, tmp_path: Path
) -> None:
    gray, brown = (128, 128, 128, 255), (110, 100, 95, 255)
    path = paint(
        tmp_path / "layer.png",
        (np.s_[100:180], np.s_[50:150], gray),
        (np.s_[200:240], np.s_[300:340], brown),
    )
    ab = chroma(colorizer, astronaut_photo, path)
    assert np.abs(ab[100:180, 50:150]).max() < 0.5
    lightness = rgb2lab(astronaut_photo.rgb)[200:240, 300:340, 0]
    fits = (lightness > 15) & (lightness < 95)  # where so pale a color is in the gamut
    wanted = rgb2lab(np.array(brown[:3]) / 255)[1:]
    assert fits.sum() > 500
    assert np.linalg.norm(ab[200:240, 300:340] - wanted, axis=-1)[fits].max() < 2


def test_half_transparent_pixels_are_no_hints(tmp_path: Path) -> None:
    path = paint(
        tmp_path / "layer.png",
        (np.s_[10:20], np.s_[10:20], (200, 0, 0, 128)),
        (np.s_[30:32], np.s_[30:33], (200, 0, 0, 255)),
    )
    (layer,) = read_hints(path)
    pins = layer.pins(300, 400)
    assert sorted(zip(pins.rows, pins.columns, strict=True)) == [
        (row, column) for row in (30, 31) for column in (30, 31, 32)
    ]


def test_layer_is_named_by_its_hash(tmp_path: Path) -> None:
    path = paint(tmp_path / "layer.png", (np.s_[:9], np.s_[:9], (1, 2, 3, 255)))
    (layer,) = read_hints(path)
    assert layer.describe() == {"layer_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def test_layer_of_another_size_is_refused(tmp_path: Path) -> None:
    path = paint(tmp_path / "layer.png", (np.s_[:9], np.s_[:9], (1, 2, 3, 255)))
    (layer,) = read_hints(path)
    with pytest.raises(HintError, match="400 x 300 pixels and the photo 20 x 10"):
        layer.pins(10, 20)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_layer_without_paint_is_refused(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "layer.png"
    Image.new(mode, (8, 8)).save(path)
    with pytest.raises(HintError, match=r"layer\.png: no pixel .*; "):
        read_hints(path)


def test_damaged_png_is_told(tmp_path: Path) -> None:
    path = paint(tmp_path / "layer.png", (np.s_[:], np.s_[:], (1, 2, 3, 255)))
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ImageError, match="layer"):
        read_hints(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "{}",
        "[]",
        "[1]",
        "[" * 100_000,
        '[{"x": 1, "y": 2}]',
        '[{"x": 1, "y": 2, "color": "#123456", "size": 3}]',
        '[{"x": 1, "y": 2, "color": 3}]',
        '[{"x": 1, "y": 2, "color": "reddish"}]',
        '[{"x": true, "y": 2, "color": "gray"}]',
        '[{"x": [1], "y": 2, "color": "gray"}]',
        '[{"x": -1, "y": 2, "color": "gray"}]',
        '[{"x": NaN, "y": 2, "color": "gray"}]',
        '[{"x": 1, "y": 2, "color": "gray", "radius": "3"}]',
        '[{"x": 1, "y": 2, "color": "gray", "radius": NaN}]',
        json.dumps([{"x": 1, "y": 2, "color": "gray"}] * 10_001),
    ],
    ids=lambda text: text[:40],
)
def test_malformed_json_gets_one_sentence(text: str) -> None:
    with pytest.raises(HintError) as caught:
        parse_hints(text)
    assert re.fullmatch(r"[^\n]{20,300}", str(caught.value))


def test_endless_json_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "hints.json"
    path.write_bytes(b"[" + b" " * (8 << 20) + b"]")
    with pytest.raises(HintError, match="longer than 8 MiB"):
        read_hints(path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "hints.json"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(HintError, match=r"hints\.json: not JSON"):
        read_hints(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nosuch\.json"):
        read_hints(tmp_path / "nosuch.json")
