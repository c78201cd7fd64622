"""The small parts: memory, conversions, chunks, and the structure of EXIF blocks."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colorize_lab.errors import PhotoTooLargeError, TruncatedImageError
from colorize_lab.photo import Metadata, array_to_photo, replace_pixels
from colorize_lab.photo.exif import find_entry, mark_upright, read_orientation
from colorize_lab.photo.pixels import (
    find_gray,
    floats_to_samples,
    samples_to_floats,
    split_alpha,
)
from colorize_lab.photo.png_chunks import Chunk, insert_chunks, pack_chunk, read_chunks
from colorize_lab.system import memory
from tests.helpers.photo_files import make_exif, make_png, make_samples, png_chunk

# -- conversions ----------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [8, 16])
def test_every_level_survives_as_a_float(depth: int) -> None:
    dtype = np.uint8 if depth == 8 else np.uint16
    levels = np.arange(2**depth).astype(dtype).reshape(16, -1)
    floats = samples_to_floats(levels)
    assert floats.dtype == np.float32
    assert (floats.min(), floats.max()) == (0, 1)
    for shape in [(16, -1), (4, 1, -1), (-1, 1, 4), (-1, 4, 2)]:
        back = floats_to_samples(floats.reshape(-1)[: 2**depth].reshape(shape)[..., :4], depth)
        expected = levels.reshape(shape)[..., :4]
        assert back.dtype == dtype and np.array_equal(back, expected)


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 2), (5, 7, 3), (5, 7, 4)])
def test_alpha_is_the_last_of_two_or_four(shape: tuple[int, ...]) -> None:
    samples = make_samples(5, 7, 4)[tuple(slice(n) for n in shape)]
    samples = samples if len(shape) == 3 else samples[..., 0]
    color, alpha = split_alpha(samples)
    assert color.shape == ((5, 7, 3) if shape[-1] in (3, 4) and len(shape) == 3 else (5, 7))
    assert (alpha is not None) == (len(shape) == 3 and shape[2] in (2, 4))
    if alpha is not None:
        assert np.array_equal(alpha, samples[..., -1])


def test_gray_is_found_and_color_is_not() -> None:
    color = make_samples(200, 70)
    assert find_gray(color) is None
    gray = np.dstack([color[..., 0]] * 3)
    found = find_gray(gray)
    assert found is not None and np.array_equal(found, color[..., 0])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("gray", [False, True])
def test_photos_of_arrays(dtype: Any, gray: bool) -> None:
    samples = make_samples(6, 8, 1 if gray else 3)
    pixels = (samples / 255).astype(dtype) if np.dtype(dtype).kind == "f" else samples.astype(dtype)
    photo = array_to_photo(pixels)
    top = 1 if pixels.dtype.kind == "f" else np.iinfo(pixels.dtype).max
    assert photo.rgb.shape == (6, 8, 3) and photo.rgb.dtype == np.float32
    np.testing.assert_allclose(
        photo.rgb[..., 0], (pixels if gray else pixels[..., 0]) / top, rtol=1e-6
    )
    assert photo.is_gray == gray
    assert photo.bit_depth == (8 if dtype is np.uint8 else 16)
    pixels[0, 0] = 0  # the caller's array stays the caller's


def test_new_pixels_keep_everything_else() -> None:
    photo = array_to_photo(make_samples(6, 8, 1))
    rgb = np.zeros((6, 8, 3), np.float32)
    colored = replace_pixels(photo, rgb)
    assert not colored.is_gray and colored.metadata == photo.metadata
    with pytest.raises(ValueError, match="read-only"):
        colored.rgb[0] = 1
    rgb[0] = 1  # the caller's array stays writable


# -- memory ---------------------------------------------------------------------------------


def test_free_memory_is_told_or_unknown() -> None:
    free = memory.read_free_memory()
    assert free is None or 2**20 < free < 2**50


def write_container(folder: Path, limit: str) -> None:
    (folder / "memory.max").write_text(limit)
    (folder / "memory.current").write_text("700\n")
    (folder / "memory.stat").write_text("anon 500\ninactive_file 100\nactive_file 50\n")


def test_the_limit_of_a_container_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    unlimited = memory.read_free_memory()
    write_container(tmp_path, "1000\n")
    assert memory.read_free_memory() == 1000 - 700 + 150
    memory.check_memory(450)
    with pytest.raises(PhotoTooLargeError, match="smaller copy"):
        memory.check_memory(451)
    write_container(tmp_path, "max\n")
    after = memory.read_free_memory()
    assert (after is None) == (unlimited is None)


def test_unknown_memory_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "read_free_memory", lambda: None)
    memory.check_memory(10**18)


# -- PNG chunks -----------------------------------------------------------------------------


def test_chunks_are_put_behind_the_header() -> None:
    png = make_png(make_samples(4, 5), 8, 2)
    assert pack_chunk(b"teXt", b"abc") == png_chunk(b"teXt", b"abc")
    extended = insert_chunks(png, [Chunk(b"teXt", b"abc"), Chunk(b"pHYs", b"def")])
    names = [chunk.name for chunk in read_chunks(extended)]
    assert names == [b"IHDR", b"teXt", b"pHYs", b"IDAT", b"IEND"]
    assert insert_chunks(png, []) == png


def test_only_damage_to_needed_chunks_matters() -> None:
    png = bytearray(insert_chunks(make_png(make_samples(4, 5), 8, 2), [Chunk(b"teXt", b"abc")]))
    png[png.index(b"abc")] ^= 1
    assert b"teXt" not in [chunk.name for chunk in read_chunks(bytes(png))]
    png[png.index(b"IDAT") + 6] ^= 1
    with pytest.raises(TruncatedImageError):
        read_chunks(bytes(png))


# -- EXIF -----------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["<", ">"])
def test_entries_are_found_in_both_orders(order: str) -> None:
    exif = make_exif(6, order)
    entry = find_entry(exif, 0x0112)
    assert entry is not None
    assert struct.unpack_from(f"{order}HHLH", exif, entry) == (0x0112, 3, 1, 6)
    assert find_entry(exif, 0x9999) is None
    assert read_orientation(Metadata(exif=exif)) == 6


@pytest.mark.parametrize("value", [0, 9, 600])
def test_impossible_orientations_are_upright(value: int) -> None:
    assert read_orientation(Metadata(exif=make_exif(value))) == 1


def test_damaged_exif_is_kept_as_it_is() -> None:
    for size in range(4, 46):
        damaged = Metadata(exif=make_exif(6)[:size])
        assert read_orientation(damaged) in (1, 6)
        kept = mark_upright(damaged, 6).exif
        assert kept is not None and len(kept) == size


def test_photos_that_nothing_is_known_of_are_upright() -> None:
    assert read_orientation(Metadata()) == 1
    assert mark_upright(Metadata(), 1) == Metadata()
