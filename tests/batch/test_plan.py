"""What there is to do, and where it goes: on empty files, since nothing is decoded here."""

import os
from pathlib import Path

import pytest

from colorize_lab.batch import Job, OutputOptions, find_photos, plan_jobs
from colorize_lab.errors import InputError, OutputError


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
    [("none.png", "does not exist"), ("*.gif", "no photo matches"), ("empty", "holds no photos")],
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


def target_of(source: str, options: OutputOptions) -> str:
    (job,) = plan_jobs([(Path(source), Path(source).parent)], options)
    return job.target.as_posix()


@pytest.mark.parametrize(
    ("source", "options", "target"),
    [
        ("in/a.JPG", OutputOptions(), "in/a-colorized.JPG"),
        ("in/a.bmp", OutputOptions(), "in/a-colorized.png"),
        ("in/scan", OutputOptions(), "in/scan-colorized.png"),
        ("in/a.jpg", OutputOptions(format="webp"), "in/a-colorized.webp"),
        ("in/a.jpg", OutputOptions(suffix="_c"), "in/a_c.jpg"),
        ("in/a.jpg", OutputOptions(Path("out")), "out/a-colorized.jpg"),
        ("in/a.jpg", OutputOptions(Path("out/b.png")), "out/b.png"),
    ],
)
def test_target_is_named_after_source_and_options(
    source: str, options: OutputOptions, target: str
) -> None:
    assert target_of(source, options) == target


def test_tree_below_the_folder_is_kept(album: Path) -> None:
    photos = find_photos([str(album)], recursive=True)
    jobs = plan_jobs(photos, OutputOptions(album / "out"))
    assert Job(album / "deep/c.webp", album / "out/deep/c-colorized.webp") in jobs


def test_photos_that_differ_in_ending_only_get_different_targets() -> None:
    photos = [(Path("a.jpg"), Path()), (Path("a.png"), Path()), (Path("b.png"), Path())]
    jobs = plan_jobs(photos, OutputOptions(format="png"))
    assert [job.target.name for job in jobs] == [
        "a.jpg-colorized.png",
        "a.png-colorized.png",
        "b-colorized.png",
    ]


def test_source_is_never_a_target(tmp_path: Path) -> None:
    photo = tmp_path / "a.png"
    photo.touch()
    with pytest.raises(OutputError, match="replace a source"):
        plan_jobs([(photo, tmp_path)], OutputOptions(suffix=""))
    link = tmp_path / "b.png"
    link.symlink_to(photo)
    with pytest.raises(OutputError, match="replace a source"):
        plan_jobs([(photo, tmp_path)], OutputOptions(link))


def test_several_photos_do_not_go_into_one_file() -> None:
    photos = [(Path("a.png"), Path()), (Path("b.png"), Path())]
    with pytest.raises(OutputError, match="2 photos"):
        plan_jobs(photos, OutputOptions(Path("out.png")))


def test_same_names_from_different_folders_do_not_collide_silently() -> None:
    photos = [(Path("x/a.png"), Path("x")), (Path("y/a.png"), Path("y"))]
    with pytest.raises(OutputError, match="two sources"):
        plan_jobs(photos, OutputOptions(Path("out")))


def test_ending_that_cannot_be_written_is_no_folder() -> None:
    with pytest.raises(OutputError, match=r"'\.gif' names no format"):
        plan_jobs([(Path("a.png"), Path())], OutputOptions(Path("out.gif")))
    (job,) = plan_jobs([(Path("a.png"), Path())], OutputOptions(Path("out.2024")))
    assert job.target == Path("out.2024/a-colorized.png")


def test_file_name_and_format_must_agree() -> None:
    photo = (Path("a.png"), Path())
    with pytest.raises(OutputError, match="does not end as png"):
        plan_jobs([photo], OutputOptions(Path("out.jpg"), format="png"))
    assert plan_jobs([photo], OutputOptions(Path("out.jpeg"), format="jpg"))
