from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from benchmarks.datasets import open_set
from colorize_lab.errors import InputError, TruncatedImageError


@pytest.fixture
def photo_zip(tmp_path: Path, photo_folder: Path) -> Path:
    path = tmp_path / "data" / "small.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(photo_folder.rglob("*.*")):
            archive.write(file, file.relative_to(photo_folder))
    return path


def test_folder_and_zip_hold_the_same(photo_folder: Path, photo_zip: Path) -> None:
    folder = open_set(str(photo_folder), photo_zip.parent, side=32)
    by_name = open_set("small", photo_zip.parent, side=32)
    assert [file.name for file in folder.files] == ["a.png", "b.png", "more/c.png"]
    assert [file.name for file in by_name.files] == [file.name for file in folder.files]
    for one, other in zip(folder, by_name, strict=True):
        assert one.shape == (32, 32, 3)
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, other)


def test_limit_spreads_over_the_set(photo_folder: Path, tmp_path: Path) -> None:
    assert len(open_set(str(photo_folder), tmp_path, limit=99)) == 3
    two = open_set(str(photo_folder), tmp_path, limit=2)
    assert [file.name for file in two.files] == ["a.png", "b.png"]


def test_unknown_set_names_those_there_are(photo_zip: Path) -> None:
    with pytest.raises(InputError, match=r"no set big; .* has small"):
        open_set("big", photo_zip.parent)


def test_folder_without_photos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="contains no photos"):
        open_set(str(tmp_path), tmp_path)


def test_file_that_is_no_zip_is_refused(photo_folder: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        open_set(str(photo_folder / "a.png"), photo_folder)


def test_damaged_photo_is_named(photo_folder: Path) -> None:
    damaged = photo_folder / "more" / "c.png"
    damaged.write_bytes(damaged.read_bytes()[:500])
    with pytest.raises(TruncatedImageError, match=r"more/c\.png"):
        list(open_set(str(photo_folder), photo_folder))


def test_sets_that_are_joined_are_one(photo_folder: Path, photo_zip: Path) -> None:
    one = open_set("small", photo_zip.parent)
    both = open_set(f"small+{photo_zip}", photo_zip.parent)
    assert len(both) == 2 * len(one)
    assert both.name == f"{one.name}+{one.name}"
