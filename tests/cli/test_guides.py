"""Hints, suggestions and references on the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.color import rgb2lab

from colorize_lab.cli.main import run
from colorize_lab.photo import read_photo, read_provenance

FAST = ["--render-factor", "4", "--threads", "1", "--network", "compact"]


def color_at(path: Path, x: int, y: int) -> tuple[float, float]:
    a, b = rgb2lab(read_photo(path).rgb)[y, x, 1:]
    return float(a), float(b)


def test_hint_colors_its_place(gray_file: Path) -> None:
    target = gray_file.with_name("gray-colorized.png")
    assert run([str(gray_file), *FAST, "--hint", "80,60=gray", "--hint", "10%,90%=gray,1"]) == 0
    for x, y in ((80, 60), (16, 108)):
        assert np.hypot(*color_at(target, x, y)) < 1
    records = read_provenance(read_photo(target).metadata.xmp)
    assert records is not None
    assert len(json.loads(records["recipe"])["hints"]) == 2


def test_hints_from_files(gray_file: Path, tmp_path: Path) -> None:
    pixels = np.zeros((120, 160, 4), np.uint8)
    pixels[40:80, 60:100] = (128, 128, 128, 255)
    layer, listed = tmp_path / "layer.png", tmp_path / "hints.json"
    Image.fromarray(pixels).save(layer)
    listed.write_text('[{"x": 80, "y": 60, "color": "gray"}]', encoding="utf-8")
    for hints in (layer, listed):
        target = tmp_path / f"{hints.stem}-out.png"
        assert run([str(gray_file), *FAST, "--hints", str(hints), "-o", str(target)]) == 0
        assert np.hypot(*color_at(target, 80, 60)) < 1


@pytest.mark.parametrize("inverted", [False, True])
def test_mask_keeps_a_part_gray(gray_file: Path, tmp_path: Path, inverted: bool) -> None:
    painted, target = tmp_path / "mask.png", tmp_path / "masked.png"
    Image.fromarray(np.repeat([[255, 0]], 80, axis=1).repeat(120, axis=0).astype("u1")).save(
        painted
    )
    options = ["--mask", str(painted), *(["--invert-mask"] if inverted else [])]
    hints = ["--hint", "40,60=red", "--hint", "120,60=red"]
    assert run([str(gray_file), *FAST, *hints, *options, "-o", str(target)]) == 0
    left, right = (np.hypot(*color_at(target, x, 60)) for x in (40, 120))
    colored, gray = (right, left) if inverted else (left, right)
    assert gray < 1 < 10 < colored


def test_invert_mask_requires_a_mask(gray_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(gray_file), "--invert-mask"]) == 2
    assert "--invert-mask requires --mask" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [["--hint", "160,3=gray"], ["--hint", "3,3=nocolor"], ["--hints", "bad.json"]],
    ids=lambda o: o[-1],
)
def test_bad_hint_is_one_sentence_and_code_15(
    gray_file: Path,
    options: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(gray_file.parent)
    Path("bad.json").write_text("{", encoding="utf-8")
    assert run([str(gray_file), *FAST, *options]) == 15
    message = capsys.readouterr().err
    assert message.startswith("colorize-lab: ")
    assert message.count("\n") == 1
    assert not gray_file.with_name("gray-colorized.png").exists()


def test_color_out_of_gamut_is_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("L", (40, 40), 250).save(tmp_path / "white.png")
    assert run([str(tmp_path / "white.png"), *FAST, "--hint", "20,20=#0000ff"]) == 0
    assert "too light or too dark" in capsys.readouterr().out


def test_suggestions_can_be_given_back_as_hints(
    gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["suggest", str(gray_file), "80,60", "--render-factor", "4"]) == 0
    lines = capsys.readouterr().out.splitlines()
    color = lines[0].split()[0]
    assert run([str(gray_file), *FAST, "--hint", f"80,60={color},0"]) == 0
    wanted = rgb2lab(np.array(list(bytes.fromhex(color[1:]))) / 255)[1:]
    found = color_at(gray_file.with_name("gray-colorized.png"), 80, 60)
    assert np.hypot(*(wanted - found)) < 2


def test_suggestions_as_json(gray_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["suggest", str(gray_file), "50%,50%", "--json", "--render-factor", "4"]) == 0
    suggestions = json.loads(capsys.readouterr().out)
    assert set(suggestions[0]) == {"color", "name", "share"}


def test_suggestions_come_with_warnings_unless_quiet(
    gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["suggest", str(gray_file), "80,60", "--render-factor", "4"]
    command += ["--reference", str(gray_file), "--json"]
    assert run(command) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)
    assert output.err.startswith("colorize-lab: warning: the reference is gray")
    assert run([*command, "-q"]) == 0
    assert not capsys.readouterr().err


def test_suggestions_outside_the_photo(gray_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["suggest", str(gray_file), "500,5"]) == 12
    assert "160 x 120" in capsys.readouterr().err


def test_reference_and_adjustments_reach_the_recipe(gray_file: Path) -> None:
    options = ["--palette", "#8fb0d8,#6b4a2f", "--warmth", "20", "--damp", "200:260=0.5"]
    assert run([str(gray_file), *FAST, *options]) == 0
    xmp = read_photo(gray_file.with_name("gray-colorized.png")).metadata.xmp
    records = read_provenance(xmp)
    assert records is not None
    recipe = json.loads(records["recipe"])
    assert [guide["kind"] for guide in recipe["guides"]] == ["palette"]
    assert len(recipe["adjustments"]) == 2


def test_strength_of_no_reference_is_refused(
    gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([str(gray_file), "--reference-strength", "0.5"]) == 2
    assert "--palette" in capsys.readouterr().err


def test_suggestions_are_those_of_the_picture_inside_a_frame(
    gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pixels = np.asarray(Image.open(gray_file).convert("L"))
    framed = gray_file.with_name("framed.png")
    Image.fromarray(np.pad(pixels, 20, constant_values=245)).save(framed)

    def suggest(path: Path, place: str, *options: str) -> tuple[int, str]:
        code = run(["suggest", str(path), place, "--json", "--render-factor", "4", *options])
        captured = capsys.readouterr()
        return code, captured.out or captured.err

    plain = suggest(gray_file, "80,60")
    assert suggest(framed, "100,80") == plain
    assert suggest(framed, "100,80", "--no-frame") != plain
    code, message = suggest(framed, "5,5")
    assert code == 12
    assert "--no-frame" in message
