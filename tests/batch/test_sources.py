"""Which photos are found, on empty files, since nothing is decoded here."""

import os
from pathlib import Path

import pytest
from PIL import Image

from colorize_lab.batch import find_photos
from colorize_lab.errors import InputError


@pytest.fixture
def album(tmp_path: Path) -> Path:
    for name in ("b.PNG", "a b.jpg", "ü.tif", "notes.txt", "a b-colorized.jpg", "deep/c.webp"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path


def names(photos: list[tuple[Path, Path]]) -> list[str]:
    return [photo.name for photo, _ in photos]


def test_folder_gives_its_photos_in_order_without_results_of_earlier_runs(album: Path) -> None:
    assert names(find_photos([str(album)])) == ["a b.jpg", "b.PNG", "ü.tif"]


def test_recursive_goes_deeper(album: Path) -> None:
    assert "c.webp" in names(find_photos([str(album)], recursive=True))
    assert "c.webp" not in names(find_photos([str(album)]))


def test_glob_is_expanded_and_a_name_that_looks_like_one_is_a_name(album: Path) -> None:
    odd = album / "scan [1].png"
    odd.touch()
    assert names(find_photos([str(odd)])) == ["scan [1].png"]
    assert names(find_photos([str(album / "*.jpg")])) == ["a b.jpg"]


def test_photo_named_twice_is_done_once(album: Path) -> None:
    photo = str(album / "b.PNG")
    assert names(find_photos([photo, str(album), photo])).count("b.PNG") == 1


def test_photo_named_in_two_ways_is_done_once(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(album)
    assert names(find_photos(["b.PNG", str(album / "b.PNG"), "./b.PNG"])) == ["b.PNG"]


@pytest.mark.parametrize("output", ["deep", "./deep", "deep/../deep"])
def test_results_in_a_folder_inside_the_listed_one_are_no_sources(
    album: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    monkeypatch.chdir(album)
    for folder in (".", str(album)):
        photos = find_photos([folder], recursive=True, skip_folder=Path(output))
        assert names(photos) == ["a b.jpg", "b.PNG", "ü.tif"]


def test_folder_that_is_its_own_output_keeps_its_photos(album: Path) -> None:
    for output in (album, album.parent):
        assert len(find_photos([str(album)], recursive=True, skip_folder=output)) == 4


def test_result_of_an_earlier_run_is_taken_when_it_is_named(album: Path) -> None:
    assert names(find_photos([str(album / "a b-colorized.jpg")])) == ["a b-colorized.jpg"]


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("none.png", "does not exist"),
        ("*.gif", "no photo matches"),
        ("empty", "contains no photos"),
    ],
)
def test_nothing_to_do_is_an_error_that_says_so(album: Path, argument: str, said: str) -> None:
    (album / "empty").mkdir()
    with pytest.raises(InputError, match=said):
        find_photos([str(album / argument)])


def test_folder_with_photos_only_below_it_hints_at_recursive(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.png").touch()
    with pytest.raises(InputError, match="--recursive"):
        find_photos([str(tmp_path)])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipe_is_no_photo(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="regular file"):
        find_photos([str(pipe)])


def test_hidden_and_system_files_are_no_sources_unless_named(tmp_path: Path) -> None:
    ignored = ("._a.jpg", ".thumbnails/t.jpg", "@eaDir/a.jpg/XL.jpg", ".Trash-1000/files/d.jpg")
    for name in ("a.jpg", *ignored, "#recycle/e.jpg", "__MACOSX/._a.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    left: list[Path] = []
    found = find_photos([str(tmp_path)], recursive=True, leave=lambda path, _: left.append(path))
    assert names(found) == ["a.jpg"] and left == []
    assert names(find_photos([str(tmp_path / "**" / "*.jpg")])) == ["a.jpg"]
    assert names(find_photos([str(tmp_path / ".thumbnails")])) == ["t.jpg"]
    assert names(find_photos([str(tmp_path / "@eaDir" / "*" / "*.jpg")])) == ["XL.jpg"]
    assert names(find_photos([str(tmp_path / "._a.jpg")])) == ["._a.jpg"]


def test_a_gif_is_a_photo_or_a_film_by_its_content(tmp_path: Path) -> None:
    picture = Image.new("L", (4, 4))
    other = Image.new("L", (4, 4), 255)
    picture.save(tmp_path / "still.gif")
    picture.save(tmp_path / "moves.gif", save_all=True, append_images=[other])
    left: list[tuple[str, str]] = []
    found = find_photos([str(tmp_path)], leave=lambda path, kind: left.append((path.name, kind)))
    assert names(found) == ["still.gif"] and left == [("moves.gif", "film")]
