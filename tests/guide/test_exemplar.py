"""Exemplars: the same things take their colors, and what is not alike changes little."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut, coffee

from colorize_lab import Colorizer, Photo, Recipe, array_to_photo
from colorize_lab.cli.main import run
from colorize_lab.color import rgb_to_lab
from colorize_lab.errors import InputError, RecipeError
from colorize_lab.guide.exemplar import Exemplar, find_matches, read_exemplar
from colorize_lab.photo import read_photo, write_photo

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def photo() -> Photo:
    return array_to_photo(np.ascontiguousarray(astronaut()[:400, 60:400]))


@pytest.fixture(scope="module")
def moved() -> Photo:
    """The same scene from a little to the side."""
    return array_to_photo(np.ascontiguousarray(astronaut()[30:430, 100:440]))


@pytest.fixture(scope="module")
def unrelated() -> Photo:
    return array_to_photo(np.ascontiguousarray(coffee()[:340, :400]))


@pytest.fixture(scope="module")
def quick(colorizer: Colorizer) -> Colorizer:
    return colorizer.with_recipe(Recipe(looks=1))


def measure_error(result: Photo, truth: Photo) -> float:
    """RMSE of a* and b*."""
    return float(np.sqrt(((rgb_to_lab(result.rgb) - rgb_to_lab(truth.rgb))[..., 1:] ** 2).mean()))


def color_like(colorizer: Colorizer, photo: Photo, *exemplars: Photo) -> Photo:
    guide = Exemplar.from_photos(*exemplars)
    return colorizer.with_recipe(Recipe(looks=1, guides=(guide,))).colorize(photo)


def test_same_scene_gets_its_colors(quick: Colorizer, photo: Photo, moved: Photo) -> None:
    automatic = measure_error(quick.colorize(photo), photo)
    assert measure_error(color_like(quick, photo, moved), photo) < 0.5 * automatic
    swapped = array_to_photo(np.ascontiguousarray(moved.rgb[..., ::-1]))
    assert measure_error(color_like(quick, photo, swapped), photo) > automatic


def test_another_thing_changes_little(
    quick: Colorizer, photo: Photo, moved: Photo, unrelated: Photo
) -> None:
    trusts = {
        name: find_matches(photo, Exemplar.from_photos(other), quick.see).trust.mean()
        for name, other in (("same", moved), ("another", unrelated))
    }
    assert trusts["same"] > 0.8
    assert trusts["another"] < 0.4
    automatic = measure_error(quick.colorize(photo), photo)
    assert measure_error(color_like(quick, photo, unrelated), photo) < 1.1 * automatic


def test_best_of_several_exemplars_is_found(
    quick: Colorizer, photo: Photo, moved: Photo, unrelated: Photo
) -> None:
    match = find_matches(photo, Exemplar.from_photos(unrelated, moved), quick.see)
    assert (match.origin[..., 0] == 1).mean() > 0.8
    assert match.origin[..., 1:].min() >= 0
    assert match.origin[..., 1:].max() <= 1


def test_photo_is_found_in_itself_place_by_place(quick: Colorizer, photo: Photo) -> None:
    match = find_matches(photo, Exemplar.from_photos(photo), quick.see)
    rows, columns = match.trust.shape
    places = np.stack(
        np.meshgrid((np.arange(rows) + 0.5) / rows, (np.arange(columns) + 0.5) / columns,
                    indexing="ij"), axis=-1,
    )  # fmt: skip
    assert np.median(np.abs(match.origin[..., 1:] - places)) < 0.02


def test_lightness_does_not_change(quick: Colorizer, photo: Photo, moved: Photo) -> None:
    result = color_like(quick, photo, moved)
    difference = rgb_to_lab(result.rgb)[..., 0] - rgb_to_lab(photo.rgb)[..., 0]
    assert np.abs(difference).max() < 0.05


def test_folder_stands_for_its_photos(tmp_path: Path, photo: Photo, moved: Photo) -> None:
    for name, one in (("b.png", photo), ("a.png", moved)):
        write_photo(one, tmp_path / name)
    (tmp_path / "notes.txt").write_text("none")
    assert len(read_exemplar([tmp_path]).labs) == 2
    assert read_exemplar([tmp_path]) == read_exemplar([tmp_path / "a.png", tmp_path / "b.png"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="contains no photos"):
        read_exemplar([tmp_path / "empty"])


def test_gray_photo_has_no_color_to_lend(tmp_path: Path, photo: Photo, moved: Photo) -> None:
    gray = array_to_photo(np.repeat(rgb_to_lab(photo.rgb)[..., :1] / 100, 3, axis=2))
    write_photo(gray, tmp_path / "gray.png")
    with pytest.raises(InputError, match="no color to lend"):
        read_exemplar([tmp_path / "gray.png"])
    with pytest.raises(InputError, match="contains no color photos"):
        read_exemplar([tmp_path])
    write_photo(moved, tmp_path / "moved.png")
    assert read_exemplar([tmp_path]) == read_exemplar([tmp_path / "moved.png"])


def test_gray_photos_of_a_folder_are_named(
    tmp_path: Path, photo: Photo, moved: Photo, capsys: pytest.CaptureFixture[str]
) -> None:
    gray = array_to_photo(np.repeat(rgb_to_lab(photo.rgb)[..., :1] / 100, 3, axis=2))
    mixed, colored = tmp_path / "mixed", tmp_path / "colored"
    for folder in (mixed, colored):
        folder.mkdir()
        write_photo(moved, folder / "moved.png")
    write_photo(gray, mixed / "gray.png")
    write_photo(gray, tmp_path / "0.png")

    def read_warnings(folder: Path, *options: str) -> str:
        words = [str(tmp_path / "0.png"), "--like", str(folder), "--looks", "1", "--overwrite"]
        assert run([*words, "--render-factor", "4", "--dry-run", *options]) == 0
        return capsys.readouterr().err

    said = read_warnings(mixed)
    assert (
        f"warning: left out, because gray photos have no color to lend: {mixed / 'gray.png'}"
        in said
    )
    assert "moved.png" not in said
    assert read_warnings(mixed, "-q") == read_warnings(colored) == ""


def test_a_long_list_of_gray_photos_is_cut_short(
    tmp_path: Path, photo: Photo, moved: Photo, caplog: pytest.LogCaptureFixture
) -> None:
    gray = array_to_photo(np.repeat(rgb_to_lab(photo.rgb)[:8, :8, :1] / 100, 3, axis=2))
    write_photo(moved, tmp_path / "moved.png")
    for number in range(12):
        write_photo(gray, tmp_path / f"{number:02}.png")
    read_exemplar([tmp_path])
    assert "09.png and 2 more" in caplog.text


def test_network_without_features_is_said(quick: Colorizer, photo: Photo) -> None:
    def see(_: object) -> NDArray[np.float32]:
        raise RecipeError("names no feature layer")

    with pytest.raises(RecipeError, match="no feature layer"):
        Exemplar.from_photos(photo).bind(see)


def test_command_colors_like_the_photo(tmp_path: Path, photo: Photo, moved: Photo) -> None:
    gray, colored, target = (tmp_path / f"{name}.png" for name in ("gray", "colored", "out"))
    flat = np.repeat(rgb_to_lab(photo.rgb)[..., :1] / 100, 3, axis=2)
    write_photo(array_to_photo(np.ascontiguousarray(flat)), gray)
    write_photo(moved, colored)
    assert run([str(gray), "-o", str(target), "--looks", "1", "--like", str(colored)]) == 0
    plain = tmp_path / "plain.png"
    assert run([str(gray), "-o", str(plain), "--looks", "1"]) == 0
    assert measure_error(read_photo(target), photo) < 0.7 * measure_error(read_photo(plain), photo)
