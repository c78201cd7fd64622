"""The benchmark of formats: its tables, and that its measure of profiles can tell."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import formats
from benchmarks.kept import describe_kept, measure_kept
from benchmarks.profiles import compute_lightness, make_profiles, measure_profile


def test_it_reports_every_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "measure_profiles", lambda: {("gray", 8): (0.1, 0.2)})
    path = tmp_path / "formats.json"
    words = ["--megapixels", "0.01", "--rounds", "1", "--json", str(path)]
    done = CliRunner().invoke(formats.command, words)
    assert done.exit_code == 0, done.output
    for name in ("PNG", "JPEG", "TIFF", "HEIC", "JPEGXL", "| gray"):
        assert name in done.output
    assert json.loads(path.read_text())["mean dL*"]["PNG"] == 0


def test_the_table_of_the_guide_is_printed_alone() -> None:
    done = CliRunner().invoke(formats.command, ["--kept"])
    assert done.output == describe_kept(measure_kept()) + "\n"


def test_lightness_of_a_profile_is_kept_and_of_another_is_not() -> None:
    profiles = make_profiles()
    mean, largest = measure_profile(profiles["gray, gamma 1.8"], 16)
    assert mean < largest < 0.05
    codes = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    right = compute_lightness(codes, profiles["gray, gamma 1.8"])
    wrong = compute_lightness(codes, profiles["gray, linear"])
    assert np.abs(right - wrong).mean() > 5
