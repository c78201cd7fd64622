"""Where each result goes; nothing is decoded here."""

from pathlib import Path

import pytest

from colorize_lab.batch import Job, OutputOptions, find_photos, plan_jobs
from colorize_lab.batch.names import ignores_case
from colorize_lab.errors import OutputError


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


def test_tree_below_the_folder_is_kept(tmp_path: Path) -> None:
    photo = tmp_path / "deep" / "c.webp"
    photo.parent.mkdir()
    photo.touch()
    jobs = plan_jobs(find_photos([str(tmp_path)], recursive=True), OutputOptions(tmp_path / "out"))
    assert jobs == [Job(photo, tmp_path / "out/deep/c-colorized.webp")]


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
    with pytest.raises(OutputError, match="overwrite a source"):
        plan_jobs([(photo, tmp_path)], OutputOptions(suffix=""))
    link = tmp_path / "b.png"
    link.symlink_to(photo)
    with pytest.raises(OutputError, match="overwrite a source"):
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
    with pytest.raises(OutputError, match=r"GIF is read but not written"):
        plan_jobs([(Path("a.png"), Path())], OutputOptions(Path("out.gif")))
    (job,) = plan_jobs([(Path("a.png"), Path())], OutputOptions(Path("out.2024")))
    assert job.target == Path("out.2024/a-colorized.png")


def test_file_name_and_format_must_agree() -> None:
    photo = (Path("a.png"), Path())
    with pytest.raises(OutputError, match="lacks the extension of png"):
        plan_jobs([photo], OutputOptions(Path("out.jpg"), format="png"))
    assert plan_jobs([photo], OutputOptions(Path("out.jpeg"), format="jpg"))


@pytest.mark.parametrize("ignores", [True, False])
def test_names_that_differ_in_case_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ignores: bool
) -> None:
    monkeypatch.setattr("colorize_lab.batch.names.ignores_case", lambda folder: ignores)
    photos = [(tmp_path / name, tmp_path) for name in ("Scan.png", "scan.png")]
    options = OutputOptions(tmp_path / "out")
    if ignores:
        with pytest.raises(OutputError, match="ignores case"):
            plan_jobs(photos, options)
    else:
        assert len(plan_jobs(photos, options)) == 2


def test_this_disk_is_asked_about_case(tmp_path: Path) -> None:
    folder = tmp_path / "Case"
    folder.mkdir()
    expected = (tmp_path / "cASE").exists()
    assert ignores_case(folder) == ignores_case(folder / "new" / "1") == expected
