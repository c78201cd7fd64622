"""Photos for training: what is read, what is left out, and how it is split."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data
from skimage.color import gray2rgb, rgb2gray

pytest.importorskip("torch")

import torch

from colorize_lab.errors import InputError
from colorize_lab.training import photos


def encode(pixels: np.ndarray, format: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format)
    return buffer.getvalue()


def tint(color: tuple[float, float, float]) -> np.ndarray:
    """A photo in the tones of one color, as sepia is."""
    gray = rgb2gray(data.astronaut()[:200, :200])[..., None]
    return np.uint8(255 * np.clip(0.15 + 0.7 * gray * color, 0, 1))


def test_photo_becomes_a_square_of_its_colors():
    flag = np.full((40, 60, 3), (10, 10, 180), np.uint8)
    flag[:20] = (200, 30, 10)
    flag[:, :10] = (20, 160, 20)
    square = photos.read_square(encode(flag), 16)
    assert square.shape == (3, 16, 16)
    assert square.dtype == np.uint8
    assert square[:, 2, 8].tolist() == [200, 30, 10]
    assert square[:, 13, 8].tolist() == [10, 10, 180]


def test_long_photos_lose_their_ends():
    long = np.full((30, 200, 3), (90, 10, 10), np.uint8)
    long[:, :40] = (0, 0, 160)
    long[:, 160:] = (200, 200, 0)
    long[:, 85:115] = (0, 200, 0)  # three quarters of the middle that is kept
    green = photos.read_square(encode(long), 32)[1]
    assert float((green > 100).mean()) == pytest.approx(30 / 40, abs=0.05)


@pytest.mark.parametrize(
    "content",
    [
        encode(gray2rgb(data.camera()[:100, :100])),
        encode(data.camera()[:100, :100]),
        encode(tint((1.0, 0.9, 0.7))),
        encode(tint((0.8, 0.9, 1.0))),
        encode(data.astronaut())[:3000],
        b"no picture",
        b"",
    ],
    ids=["gray", "one channel", "sepia", "blueprint", "cut off", "text", "empty"],
)
def test_what_is_no_color_photo_is_left_out(content):
    assert photos.read_square(content, 16) is None


def test_color_photo_is_kept():
    assert photos.read_square(encode(data.astronaut(), "JPEG"), 16) is not None


def test_huge_photo_is_not_decoded(monkeypatch):
    monkeypatch.setattr(photos, "MAX_MEGAPIXELS", 0.01)
    assert photos.read_square(encode(data.astronaut()), 16) is None


@pytest.fixture(scope="module")
def archive(photo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("zip") / "photos.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for file in photo_folder.iterdir():
            zipped.write(file, f"deep/{file.name}")
        zipped.writestr("deep/notes.txt", "not a picture")
    return path


def test_folder_and_zip_give_the_same_photos(photo_folder, archive):
    in_folder = [content for _, content in photos.iterate_files([photo_folder])]
    in_zip = [content for _, content in photos.iterate_files([archive])]
    assert in_folder == in_zip
    assert len(in_folder) == 24


def test_every_photo_is_in_one_split(photo_folder, tmp_path):
    Image.fromarray(data.camera()).save(photo_folder / "gray.png")
    train, held_out = photos.load_photos([photo_folder], side=16, held_out=0.3)
    (photo_folder / "gray.png").unlink()
    assert train.shape[1:] == held_out.shape[1:] == (3, 16, 16)
    assert train.dtype == torch.uint8
    assert len(train) + len(held_out) == 24
    assert len(train) > len(held_out)


def test_split_stays_when_photos_are_added():
    before = [photos.is_held_out(f"{n}.jpg", 0.1) for n in range(100)]
    assert before == [photos.is_held_out(f"{n}.jpg", 0.1) for n in range(200)][:100]


def make_bad_source(kind: str, folder: Path) -> Path:
    path = folder / kind
    if kind == "empty folder":
        path.mkdir()
    elif kind == "text":
        path.write_text("no zip")
    elif kind == "encrypted":
        with zipfile.ZipFile(path, "w") as zipped:
            zipped.writestr("photo.png", b"x")
        content = bytearray(path.read_bytes())
        for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            content[content.find(signature) + offset] |= 1
        path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", ["empty folder", "text", "missing", "encrypted"])
def test_bad_source_is_one_sentence(kind, tmp_path):
    source = make_bad_source(kind, tmp_path)
    with pytest.raises(InputError, match=r"give|photos"):
        photos.load_photos([source], side=16, held_out=0.3)


def test_nothing_held_out_names_the_option(photo_folder):
    with pytest.raises(InputError, match="--held-out"):
        photos.load_photos([photo_folder], side=16, held_out=1e-9)
