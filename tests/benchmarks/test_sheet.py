"""The sheet of photos before and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from skimage.data import coffee

from benchmarks.__main__ import cli
from benchmarks.sheet import join_rows
from colorize_lab import array_to_photo, read_photo, write_photo
from colorize_lab.color import rgb_to_lab


def test_the_sheet_shows_gray_then_color(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_photo(array_to_photo(coffee()[::4, ::4]), tmp_path / "in" / "cup.png")
    sheet = tmp_path / "sheet.png"
    done = CliRunner().invoke(
        cli, ["sheet", str(tmp_path / "in"), "-o", str(sheet), "--looks", "1", "--box", "120"]
    )
    assert done.exit_code == 0, done.output
    lab = rgb_to_lab(read_photo(sheet).rgb)
    chroma = np.linalg.norm(lab[..., 1:], axis=-1)[:70]
    assert chroma[:, :110].max() < 1
    assert chroma[:, 130:230].mean() > 3


@pytest.mark.parametrize("columns", [1, 2, 5])
def test_rows_of_any_size_are_kept_whole(columns: int) -> None:
    rng = np.random.default_rng(0)
    rows = [np.full((h, w, 3), n, np.uint8) for n, (h, w) in enumerate(rng.integers(5, 40, (4, 2)))]
    sheet = join_rows(rows, columns)
    assert [np.count_nonzero((sheet == n).all(axis=-1)) for n in range(4)] == [
        row.shape[0] * row.shape[1] for row in rows
    ]
