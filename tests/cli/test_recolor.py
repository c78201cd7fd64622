"""``colorize-lab recolor``, from file to file."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from colorize_lab.cli.main import run
from colorize_lab.cli.recolor import AUTO, DECOLOR, FAULT_NAMES, PRESET_NAMES
from colorize_lab.errors import HintError
from colorize_lab.photo import read_photo, read_provenance
from colorize_lab.recolor import FAULTS, PRESETS

FAST = ["--render-factor", "4", "--threads", "1"]


@pytest.fixture
def faded_file(tmp_path: Path, color_pixels: NDArray[np.uint8]) -> Path:
    """A photo of flat contrast and a red cast."""
    path = tmp_path / "faded.png"
    faded = 90 + color_pixels * np.array([0.6, 0.4, 0.4])
    Image.fromarray(faded.astype(np.uint8)).save(path)
    return path


@pytest.fixture
def sound_file(tmp_path: Path, color_pixels: NDArray[np.uint8]) -> Path:
    """A photo that needs nothing, as a JPEG, which another encoding would change."""
    pixels = color_pixels.copy()
    pixels[:20, :20], pixels[-20:, -20:] = 0, 255
    path = tmp_path / "sound.jpg"
    Image.fromarray(pixels).save(path, quality=80)
    return path


def read_records(path: Path) -> dict[str, str]:
    records = read_provenance(read_photo(path).metadata.xmp)
    assert records is not None
    return records


def test_faded_photo_comes_near_the_sound_one_and_has_a_record(
    faded_file: Path, color_pixels: NDArray[np.uint8]
) -> None:
    assert run(["recolor", str(faded_file), *FAST, "--as", "faded"]) == 0
    target = faded_file.with_name("faded-colorized.png")
    sound = rgb2lab(color_pixels / 255)
    before, after = (
        deltaE_ciede2000(rgb2lab(read_photo(path).rgb), sound).mean()
        for path in (faded_file, target)
    )
    assert after < 0.7 * before
    records = read_records(target)
    assert json.loads(records["mix"])["kind"] == "channels"
    assert json.loads(records["surviving"])["keep"] > 0.5


def test_sound_photo_is_said_to_be_sound_and_copied(
    sound_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["recolor", str(sound_file), *FAST]) == 0
    said = capsys.readouterr().out
    assert "copied unchanged" in said
    assert "shows no fault" in said
    assert "would treat" in said
    target = sound_file.with_name("sound-colorized.jpg")
    assert target.read_bytes() == sound_file.read_bytes()
    options = ["--as", "stage-light", "--overwrite"]
    assert run(["recolor", str(sound_file), *FAST, *options]) == 0
    assert target.read_bytes() != sound_file.read_bytes()
    assert "stage-light, as asked, color kept 0 %, mix even" in capsys.readouterr().out


def test_batch_and_json(
    faded_file: Path, sound_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (faded_file.parent / "bad.png").write_bytes(b"no picture")
    assert run(["recolor", str(faded_file.parent), *FAST, "--json", "-j", "2"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    states = {Path(line["source"]).name: line["state"] for line in lines}
    assert states["bad.png"] == "failed"
    assert states["sound.jpg"] == "copied"
    for line in lines:
        if line["state"] != "failed":
            assert 0 <= line["found"]["confidence"] <= 1
            assert (line["state"] == "copied") == (line["found"]["treated_as"] is None)
            assert (line["network"] is None) == (line["state"] == "copied")


def test_dry_run_diagnoses_and_writes_nothing(
    faded_file: Path, sound_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(faded_file.parent.iterdir())
    assert run(["recolor", str(sound_file), *FAST, "--dry-run"]) == 0
    assert "dry run: the photo shows no fault" in capsys.readouterr().out
    options = ["--dry-run", "--json", "--as", "cast"]
    assert run(["recolor", str(faded_file), *FAST, *options]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["state"], result["found"]["treated_as"]) == ("planned", "cast")
    assert sorted(faded_file.parent.iterdir()) == before


def test_hints_and_adjustments_are_taken(faded_file: Path) -> None:
    options = ["--as", "stage-light", "--hint", "50%,50%=#2040c0", "--warmth", "20"]
    assert run(["recolor", str(faded_file), *FAST, *options]) == 0
    recipe = json.loads(read_records(faded_file.with_name("faded-colorized.png"))["recipe"])
    assert len(recipe["hints"]) == 1
    assert recipe["adjustments"] == [{"kind": "warmth", "amount": 20.0}]


@pytest.mark.parametrize(
    ("options", "mix"),
    [
        (["--mix", "0.5,0.25,0.25"], {"kind": "channels", "rgb": [0.5, 0.25, 0.25]}),
        (["--preset", "green"], {"kind": "channels", "rgb": [0.1, 0.8, 0.1]}),
        (["--mix", "0,1,0", "--mix-hues", "reds=0.5"], {"reds": 0.5}),
        (["--mix-hues", "reds=0.5"], {"rgb": [0.2127, 0.7152, 0.0722], "reds": 0.5}),
        (["--preset", "decolor"], {"kind": "decolor"}),
    ],
)
def test_mix_that_is_asked_for_is_used(
    faded_file: Path, options: list[str], mix: dict[str, object]
) -> None:
    assert (
        run(["recolor", str(faded_file), *FAST, *options, "--as", "faded", "--keep-color", "0.25"])
        == 0
    )
    records = read_records(faded_file.with_name("faded-colorized.png"))
    used = json.loads(records["mix"])
    assert {key: used[key] for key in mix} == mix
    assert json.loads(records["surviving"])["keep"] == 0.25


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--as", "old"], 2, "stage-light"),
        (["--keep-color", "2"], 12, "between 0 and 1"),
        (["--keep-color", "much"], 2, "auto"),
        (["--mix", "1,2"], 12, "0.4,0.5,0.1"),
        (["--mix-hues", "pinks=1"], 12, "magentas"),
        (["--mix", "1,0,0", "--preset", "red"], 2, "one of them"),
        (["--mix-hues", "reds=1", "--preset", "decolor"], 2, "decolor"),
    ],
)
def test_bad_options_are_one_sentence_and_a_code(
    faded_file: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    code: int,
    said: str,
) -> None:
    assert run(["recolor", str(faded_file), *options]) == code
    assert said in capsys.readouterr().err
    assert len(list(faded_file.parent.iterdir())) == 1


def test_presets_are_those_of_the_library() -> None:
    assert set(PRESET_NAMES) == {AUTO, DECOLOR, *PRESETS}
    assert FAULT_NAMES == FAULTS


@pytest.mark.parametrize("inverted", [False, True])
def test_only_what_the_mask_shows_is_recolored(
    faded_file: Path, tmp_path: Path, inverted: bool
) -> None:
    before = read_photo(faded_file).rgb
    height, width = before.shape[:2]
    painted, whole, target = (tmp_path / f"{name}.png" for name in ("mask", "whole", "part"))
    mask = np.zeros((height, width), np.uint8)
    mask[:, : width // 2] = 255
    Image.fromarray(mask).save(painted)
    options = ["recolor", str(faded_file), *FAST, "--as", "faded", "--no-frame"]
    assert run([*options, "-o", str(whole)]) == 0
    inversion = ["--invert-mask"] if inverted else []
    assert run([*options, "-o", str(target), "--mask", str(painted), *inversion]) == 0
    recolored = (mask == 0) if inverted else (mask > 0)
    part, full = read_photo(target).rgb, read_photo(whole).rgb
    np.testing.assert_array_equal(part[~recolored], before[~recolored])
    np.testing.assert_array_equal(part[recolored], full[recolored])
    assert np.abs(full - before)[recolored].mean() > 0.05
    records = read_records(target)
    assert json.loads(records["recipe"])["mask"]["inverted"] == inverted


def test_mask_of_another_size_is_refused(
    faded_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    painted = tmp_path / "small.png"
    Image.fromarray(np.zeros((5, 7), np.uint8)).save(painted)
    words = ["recolor", str(faded_file), *FAST, "--as", "faded", "--mask", str(painted)]
    assert run(words) == HintError.exit_code
    assert "7 x 5 pixels" in capsys.readouterr().err
