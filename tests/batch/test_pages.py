"""Files of several pages from file to file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from click.testing import CliRunner

from colorize_lab import Recipe
from colorize_lab.batch import Job, PhotoWork, WriteOptions, process_photo
from colorize_lab.cli.main import cli
from colorize_lab.loading import LoadOptions, load_colorizer
from colorize_lab.treatment import Treatment
from tests.helpers.photo_files import make_smooth

GRAY = [np.ascontiguousarray(make_smooth(40, 56)[..., channel]) for channel in (0, 1)]
RECIPE = Recipe(4, network="compact", looks=1)


def write_file(path: Path, pages: list[np.ndarray]) -> Path:  # type: ignore[type-arg]
    with tifffile.TiffWriter(path) as writer:
        for page in pages:
            kind = "rgb" if page.ndim == 3 else "minisblack"
            writer.write(page, photometric=kind, metadata=None, compression="zlib")
    return path


def work(pages: int | str | None) -> PhotoWork:
    writing = WriteOptions(pages=pages)
    return PhotoWork(Treatment(RECIPE), LoadOptions(threads=1), writing, skip_colored=True)


def test_all_pages_are_colored_into_a_file_of_as_many(tmp_path: Path) -> None:
    colored = make_smooth(60, 50)
    source = write_file(tmp_path / "a.tif", [*GRAY, colored])
    job = Job(source, tmp_path / "b.tif")
    steps: list[int] = []
    colorizer = load_colorizer(RECIPE, LoadOptions(threads=1))
    result = process_photo(job, colorizer, work("all"), lambda: steps.append(1))
    assert (result.state, result.error, len(steps)) == ("done", None, 3)
    with tifffile.TiffFile(job.target) as tiff:
        pages = [page.asarray() for page in tiff.pages]
        assert {page.compression for page in tiff.pages} == {8}  # type: ignore[union-attr]
    assert [page.shape for page in pages] == [(40, 56, 3), (40, 56, 3), (60, 50, 3)]
    assert all(np.ptp(page.astype(int), axis=2).max() > 10 for page in pages)
    assert np.array_equal(pages[2], colored)  # in color already


def test_a_page_is_colored_into_a_file_of_its_own(tmp_path: Path) -> None:
    source = write_file(tmp_path / "a.tif", GRAY)
    colorizer = load_colorizer(RECIPE, LoadOptions(threads=1))
    for page, gray in enumerate(GRAY, start=1):
        target = tmp_path / f"{page}.tif"
        assert process_photo(Job(source, target), colorizer, work(page)).state == "done"
        colored = tifffile.imread(target)
        assert np.abs(colored.mean(axis=2) - gray).mean() < 25
    missing = process_photo(Job(source, tmp_path / "3.tif"), colorizer, work(3))
    assert missing.error is not None and "2 pages" in missing.error


def test_pages_need_a_format_that_holds_them(tmp_path: Path) -> None:
    source = write_file(tmp_path / "a.tif", GRAY)
    job = Job(source, tmp_path / "b.jpg")
    result = process_photo(job, load_colorizer(RECIPE, LoadOptions(threads=1)), work("all"))
    assert result.error is not None and "--pages N" in result.error
    assert not job.target.exists()


@pytest.mark.parametrize("page", ["1", "all"])
def test_a_page_to_which_nothing_is_done_stays_itself(tmp_path: Path, page: str) -> None:
    source = write_file(tmp_path / "a.tif", GRAY)
    target = tmp_path / "b.tif"
    done = CliRunner().invoke(
        cli, ["restore", "--stages", "deblock", str(source), "-o", str(target), "--pages", page]
    )
    assert done.exit_code == 0, done.output
    with tifffile.TiffFile(target) as tiff:
        pages = [written.asarray() for written in tiff.pages]
    assert len(pages) == (1 if page == "1" else 2)
    assert np.array_equal(pages[0], GRAY[0])


@pytest.mark.parametrize("value", ["0", "-1", "x", "1-3", ""])
def test_other_values_are_usage_errors(tmp_path: Path, value: str) -> None:
    source = write_file(tmp_path / "a.tif", GRAY)
    done = CliRunner().invoke(cli, ["colorize", str(source), "--pages", value])
    assert done.exit_code == 2 and "number of a page" in done.output
