"""The sheet of variants, and the commands that make each picture."""

import shlex
from pathlib import Path

import numpy as np
import pytest

from colorize_lab import Colorizer, Recipe, array_to_photo
from colorize_lab.cli.main import run
from colorize_lab.color import rgb_to_lab
from colorize_lab.hints.hint import Hint
from colorize_lab.hints.mask import ColorMask
from colorize_lab.photo import read_photo
from colorize_lab.presets import PRESETS
from colorize_lab.variants import GAP_PX, LABEL_PX, Variant, draw_sheet, draw_table, list_variants

SMALL = Recipe(render_factor=4, looks=1)


def cut_tile(sheet: np.ndarray, number: int, columns: int, size: tuple[int, int]) -> np.ndarray:
    row, column = divmod(number, columns)
    top = GAP_PX + row * (size[0] + LABEL_PX + GAP_PX)
    left = GAP_PX + column * (size[1] + GAP_PX)
    return sheet[top : top + size[0], left : left + size[1]]


def test_the_sheet_shows_the_original_and_every_variant(
    colorizer: Colorizer, gray_pixels: np.ndarray
) -> None:
    variants = list_variants(SMALL)
    assert [variant.name for variant in variants] == [*PRESETS, "fine", "restored"]
    sheet = draw_sheet(array_to_photo(gray_pixels), colorizer, variants).rgb
    tiles = [cut_tile(sheet, n, 3, gray_pixels.shape) for n in range(1 + len(variants))]
    np.testing.assert_allclose(tiles[0], tiles[0][..., :1].repeat(3, -1), atol=1e-6)
    vivid = 1 + [variant.name for variant in variants].index("vivid")
    chroma = [np.linalg.norm(rgb_to_lab(tile)[..., 1:], axis=-1).mean() for tile in tiles]
    assert int(np.argmax(chroma[: 1 + 3])) == vivid


def test_a_table_has_a_row_per_still(colorizer: Colorizer, gray_pixels: np.ndarray) -> None:
    stills = [array_to_photo(gray_pixels), array_to_photo(gray_pixels[:, ::-1].copy())]
    table = draw_table(stills, colorizer, SMALL).rgb
    height, width = gray_pixels.shape
    rows, columns = (table.shape[0] - GAP_PX) // (height + LABEL_PX + GAP_PX), 4
    assert rows == 2
    assert table.shape[1] == columns * (width + GAP_PX) + GAP_PX


def test_each_printed_command_makes_its_picture(
    gray_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.png"
    fast = ["--render-factor", "2", "--threads", "1"]
    assert run([str(gray_file), "--variants", str(sheet), *fast]) == 0
    assert read_photo(sheet).rgb.shape[2] == 3
    commands = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()[1:]]
    assert len(commands) == len(PRESETS) + 2
    for number, command in enumerate(commands):
        words = shlex.split(command)[1:]
        assert run([*words, *fast, "-o", str(tmp_path / f"{number}.png")]) == 0


def test_variants_leave_no_colored_photo(gray_file: Path, tmp_path: Path) -> None:
    run([str(gray_file), "--variants", str(tmp_path / "s.png"), "--render-factor", "2"])
    assert not gray_file.with_name("gray-colorized.png").exists()


def test_variants_of_a_preset_or_of_two_photos_are_refused(gray_file: Path, tmp_path: Path) -> None:
    sheet = str(tmp_path / "s.png")
    assert run([str(gray_file), "--variants", sheet, "--preset", "warm"]) == 2
    assert run([str(gray_file), str(gray_file), "--variants", sheet]) == 2


def test_hints_and_masks_in_pixels_fit_the_small_copy(colorizer: Colorizer) -> None:
    rgb = np.full((600, 1200, 3), 128, np.uint8)
    photo, painted = array_to_photo(rgb), np.zeros((600, 1200), np.float32)
    painted[:, :600] = 1
    recipe = Recipe(
        hints=(Hint(300, 300, "red", 60), Hint(1100, 300, "red", 60)),
        mask=ColorMask("0" * 64, False, painted),
        looks=1,
    )
    sheet = draw_sheet(photo, colorizer, [Variant("one", (), recipe)]).rgb
    lab = rgb_to_lab(cut_tile(sheet, 1, 3, (280, 560)))
    assert lab[120:160, 120:160, 1].mean() > 20  # the hint, at a quarter of the width
    assert abs(lab[:, 300:, 1]).max() < 1  # gray where the mask is black, in spite of the hint
