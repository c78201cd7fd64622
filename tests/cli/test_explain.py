"""``colorize-lab explain``: from a photo to a figure and a file of numbers."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.data import coffee

from colorize_lab.cli.main import run
from colorize_lab.photo import read_photo, read_provenance


def test_figure_and_distribution_are_written(
    gray_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figure, npz = tmp_path / "figure.png", tmp_path / "d.npz"
    words = ["explain", str(gray_file), "-o", str(figure), "--save-distribution", str(npz)]
    assert run(words) == 0
    assert str(figure) in capsys.readouterr().out
    assert Image.open(figure).width == 1400
    with np.load(npz, allow_pickle=False) as saved:
        assert saved["log_probabilities"].shape[0] == len(saved["bins"]) == 313
    records = read_provenance(read_photo(figure).metadata.xmp)
    assert records["network"] == "compact"


def test_point_makes_the_figure_longer(gray_file: Path, tmp_path: Path) -> None:
    plain, pointed = tmp_path / "plain.png", tmp_path / "pointed.png"
    assert run(["explain", str(gray_file), "-o", str(plain), "-q"]) == 0
    assert run(["explain", str(gray_file), "-o", str(pointed), "--at", "50%,20", "-q"]) == 0
    assert Image.open(pointed).height > Image.open(plain).height + 700


def test_guides_and_adjustments_are_in_the_recipe(gray_file: Path, tmp_path: Path) -> None:
    reference, npz = tmp_path / "reference.png", tmp_path / "d.npz"
    Image.fromarray(coffee()).save(reference)
    words = ["explain", str(gray_file), "-o", str(tmp_path / "f.png"), "-q"]
    words += ["--save-distribution", str(npz), "--reference", str(reference)]
    words += ["--reference-strength", "0.5", "--warmth", "-20", "--damp", "250:310=0.5"]
    assert run([*words, "--hue-shift", "330:30=10"]) == 0
    with np.load(npz, allow_pickle=False) as saved:
        recipe = str(saved["recipe"])
    for part in ('"reference"', '"strength": 0.5', '"warmth"', "-20.0", '"damp"', '"hue-shift"'):
        assert part in recipe


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--at", "160,20"], 12, "160 x 120"),
        (["--at", "here"], 12, "120,80"),
        (["--palette", "red"], 12, "#rrggbb"),
        (["--damp", "1:2"], 12, "write it as in"),
        (["--warmth", "200"], 12, "between -100 and 100"),
        (["--palette", "#112233", "--reference-strength", "2"], 12, "between 0 and 1"),
        (["--reference", "missing.png"], 3, "missing.png"),
    ],
)
def test_what_is_wrong_is_said(
    words: list[str],
    code: int,
    message: str,
    gray_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = tmp_path / "f.png"
    assert run(["explain", str(gray_file), "-o", str(target), *words]) == code
    assert message in capsys.readouterr().err
    assert not target.exists()


def test_reference_and_palette_exclude_each_other(
    gray_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["explain", str(gray_file), "-o", str(tmp_path / "f.png")]
    assert run([*words, "--reference", str(gray_file), "--palette", "#112233"]) == 2
    assert "one of them" in capsys.readouterr().err


def test_figure_is_not_written_over(
    gray_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "f.png"
    target.write_bytes(b"mine")
    assert run(["explain", str(gray_file), "-o", str(target)]) == 6
    assert "already exists" in capsys.readouterr().err
    assert target.read_bytes() == b"mine"
    assert run(["explain", str(gray_file), "-o", str(target), "--overwrite", "-q"]) == 0
