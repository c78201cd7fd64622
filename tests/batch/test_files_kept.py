"""Sidecars, times and permissions of results."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorize_lab import Recipe
from colorize_lab.batch import Job, PhotoWork, WriteOptions, process_photo
from colorize_lab.cli.main import run
from colorize_lab.loading import LoadOptions, load_colorizer
from colorize_lab.photo import read_provenance
from colorize_lab.treatment import Treatment
from tests.helpers.photo_files import XMP, make_smooth, save

RECIPE = Recipe(4, network="compact", looks=1)
needs_modes = pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    source = tmp_path / "scan.jpg"
    source.write_bytes(save(make_smooth(40, 56)[..., 0].copy(), "JPEG", xmp=XMP))
    return Job(source, tmp_path / "scan-colorized.jpg")


def color(job: Job, **writing: bool) -> str | None:
    work = PhotoWork(Treatment(RECIPE), LoadOptions(threads=1), WriteOptions(**writing))  # type: ignore[arg-type]
    result = process_photo(job, load_colorizer(RECIPE, LoadOptions(threads=1)), work)
    return result.error


def test_a_sidecar_has_the_xmp_of_the_result(job: Job) -> None:
    assert color(job) is None
    sidecar = job.target.with_name("scan-colorized.jpg.xmp")
    assert not sidecar.exists()
    assert color(job, sidecar=True, overwrite=True) is None
    packet = sidecar.read_bytes()
    with Image.open(job.target) as image:
        assert packet == image.info["xmp"]
    assert "Großmutters Album".encode() in packet
    records = read_provenance(packet)
    assert records is not None and records["network"] == "compact"


def test_a_foreign_sidecar_is_not_overwritten(job: Job) -> None:
    sidecar = job.target.with_name("scan-colorized.jpg.xmp")
    sidecar.write_text("mine")
    error = color(job, sidecar=True)
    assert error is not None and "scan-colorized.jpg.xmp" in error and "--overwrite" in error
    assert sidecar.read_text() == "mine" and not job.target.exists()


def test_a_sidecar_of_an_interrupted_run_is_taken_over(job: Job) -> None:
    assert color(job, sidecar=True) is None
    job.target.unlink()
    assert color(job, sidecar=True) is None
    assert job.target.exists()


def test_times_are_kept_if_asked_for(job: Job) -> None:
    os.utime(job.source, ns=(10**18, 981_158_400 * 10**9))  # 3 February 2001
    assert color(job) is None
    assert job.target.stat().st_mtime_ns != job.source.stat().st_mtime_ns
    assert color(job, keep_times=True, overwrite=True) is None
    assert job.target.stat().st_mtime_ns == 981_158_400 * 10**9


@needs_modes
@pytest.mark.parametrize(
    ("mode", "expected"), [(0o600, 0o600), (0o640, 0o640), (0o755, 0o644), (0o444, 0o644)]
)
def test_who_may_not_read_the_source_may_not_read_the_result(
    job: Job, mode: int, expected: int
) -> None:
    job.source.chmod(mode)
    mask = os.umask(0o022)
    try:
        assert color(job, sidecar=True) is None
    finally:
        os.umask(mask)
    for path in (job.target, job.target.with_name("scan-colorized.jpg.xmp")):
        assert stat.S_IMODE(path.stat().st_mode) == expected


@pytest.mark.parametrize("option", ["--sidecar", "--keep-times"])
def test_a_stream_has_neither(job: Job, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(job.source), "-o", "-", option]) == 2
    assert option in capsys.readouterr().err


@pytest.mark.parametrize(("top", "warns"), [(255, True), (254, False)])
def test_a_photo_without_grays_is_named(job: Job, top: int, warns: bool) -> None:
    levels = np.zeros((40, 56), np.uint8)
    levels[10:30, 10:40] = top
    job.source.write_bytes(save(levels, "PNG"))
    work = PhotoWork(Treatment(RECIPE), LoadOptions(threads=1))
    result = process_photo(job, load_colorizer(RECIPE, LoadOptions(threads=1)), work)
    assert result.state == "done" and bool(result.warnings) == warns
    assert not warns or "without grays to color" in result.warnings[0]
