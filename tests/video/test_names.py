"""Where films go."""

from pathlib import Path

import pytest

from colorize_lab.batch import OutputOptions
from colorize_lab.errors import OutputError
from colorize_lab.video.names import list_sources, plan_films


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("frames").mkdir()
    Path("films").mkdir()


@pytest.mark.parametrize(
    ("source", "output", "target"),
    [
        ("a.mp4", None, "a-colorized.mp4"),
        ("sub/a.MOV", None, "sub/a-colorized.MOV"),
        ("a.wmv", None, "a-colorized.mkv"),  # ffmpeg writes it, but not with these codecs
        ("a", None, "a-colorized.mkv"),
        ("a.mp4", "b.webm", "b.webm"),
        ("a.mp4", "films", "films/a-colorized.mp4"),
        ("a.mp4", "new", "new/a-colorized.mp4"),
        ("frames", None, "frames-colorized.mp4"),
        ("frames", "out.mkv", "out.mkv"),
        ("frames", "new", "new"),  # a folder of frames again
        ("frames", ".", "frames-colorized.mp4"),
        ("frames", "films", "films"),
    ],
)
def test_target_of_one_film(source: str, output: str | None, target: str) -> None:
    options = OutputOptions(None if output is None else Path(output))
    (job,) = plan_films([Path(source)], options)
    assert job.target == Path(target)


def test_folder_that_one_is_in_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("frames")
    (job,) = plan_films([Path()], OutputOptions())
    assert job.target.name == "frames-colorized.mp4"


def test_several_films_go_into_a_folder() -> None:
    jobs = plan_films([Path("a.mp4"), Path("b.mkv")], OutputOptions(Path("out"), "-x"))
    assert [job.target for job in jobs] == [Path("out/a-x.mp4"), Path("out/b-x.mkv")]


@pytest.mark.parametrize(
    ("sources", "output", "said"),
    [
        (["a.mp4", "b.mp4"], "c.mp4", "a file, but there are 2 films"),
        (["a.mp4"], "a.mp4", "overwrite a source"),
        (["a.mp4", "films/a.mp4"], "out", "two"),
    ],
)
def test_target_that_would_lose_a_film_is_refused(
    sources: list[str], output: str, said: str
) -> None:
    with pytest.raises(OutputError, match=said):
        plan_films([*map(Path, sources)], OutputOptions(Path(output)))


def test_folder_of_films_is_a_batch(tmp_path: Path) -> None:
    for name in ("b10.avi", "b9.avi"):
        (tmp_path / name).write_bytes(b"RIFF....AVI ")
    (tmp_path / "notes.txt").touch()
    names = [path.name for path in list_sources([tmp_path, Path("a.mp4")])]
    assert names == ["b9.avi", "b10.avi", "a.mp4"]
    (tmp_path / "0001.png").touch()  # frames, beside films that were made of them
    assert list_sources([tmp_path]) == [tmp_path]
