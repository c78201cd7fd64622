"""``colorize-lab restore``, ``inspect``, and ``--restore`` of the main job."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from colorize_lab.cli.main import run
from colorize_lab.photo import read_photo, read_provenance


@pytest.fixture
def noisy_file(tmp_path: Path, color_pixels: NDArray[np.uint8]) -> Path:
    noise = np.random.default_rng(0).normal(0, 25, color_pixels.shape)
    path = tmp_path / "noisy.png"
    Image.fromarray(np.clip(color_pixels + noise, 0, 255).astype(np.uint8)).save(path)
    return path


def read_rgb(path: Path) -> NDArray[np.float32]:
    return read_photo(path).rgb


def test_noise_goes_and_it_is_said(
    noisy_file: Path, color_pixels: NDArray[np.uint8], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["restore", str(noisy_file)]) == 0
    assert "denoise: sigma" in capsys.readouterr().out
    truth = color_pixels / np.float32(255)
    result = read_rgb(noisy_file.with_name("noisy-restored.png"))
    before = np.mean((read_rgb(noisy_file) - truth) ** 2)
    assert np.mean((result - truth) ** 2) < before / 3


def test_what_needs_nothing_keeps_its_bytes(
    gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["restore", str(gray_file), "--stages", "denoise,deblur,tone"]) == 0
    assert "nothing to restore" in capsys.readouterr().out
    assert gray_file.with_name("gray-restored.png").read_bytes() == gray_file.read_bytes()


def test_what_needs_nothing_keeps_its_bytes_in_a_pipe(
    tmp_path: Path, gray_file: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    photo = tmp_path / "photo.jpg"  # another encoding would change it
    Image.open(gray_file).save(photo, quality=60)
    words = ["restore", str(photo), "--stages", "tone", "-o", "-"]
    assert run(words) == 0
    assert capfdbinary.readouterr().out == photo.read_bytes()
    assert run([*words, "--format", "png"]) == 0
    assert capfdbinary.readouterr().out.startswith(b"\x89PNG")


def test_controls_reach_the_library(
    gray_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["restore", str(gray_file), "--stages", "none", "--contrast-target", "0.15", "--json"]
    assert run([*words, "--black-point", "5", "--white-point", "95", "--gamma", "1.2"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["state"] == "done"
    assert list(result["restored"]) == ["contrast"]
    assert result["restored"]["contrast"]["contrast"] == pytest.approx(0.15, rel=0.02)


def test_masks_are_saved_and_taken(gray_file: Path, tmp_path: Path) -> None:
    pixels = np.asarray(Image.open(gray_file)).copy()
    mask = np.zeros(pixels.shape, bool)
    mask[20:90, 60:62] = True
    pixels[mask] = 255
    damaged, own, saved = (tmp_path / f"{name}.png" for name in ("damaged", "own", "saved"))
    Image.fromarray(pixels).save(damaged)
    Image.fromarray(mask.astype(np.uint8) * 255).save(own)
    words = ["restore", str(damaged), "--stages", "none", "--scratch-mask", str(own)]
    assert run([*words, "--save-mask", str(saved)]) == 0
    np.testing.assert_array_equal(read_rgb(saved)[..., 0] > 0.5, mask)
    result = read_rgb(tmp_path / "damaged-restored.png")[..., 0]
    assert result[mask].mean() < 0.8
    np.testing.assert_array_equal(result[~mask], read_rgb(damaged)[..., 0][~mask])


def test_a_batch_goes_on_after_a_failure_and_skips_what_is_there(
    tmp_path: Path, gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    assert run(["restore", str(tmp_path / "bad.png"), str(gray_file)]) == 1
    assert "bad.png" not in (tmp_path / "gray-restored.png").name
    assert (tmp_path / "gray-restored.png").exists()
    capsys.readouterr()
    assert run(["restore", str(gray_file)]) == 0
    assert "already exists" in capsys.readouterr().out


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a network is loaded, and none is needed")

    monkeypatch.setattr("colorize_lab.batch.one_photo.Colorizer", refuse)


@pytest.mark.usefixtures("no_network")
def test_a_stream_is_restored(
    noisy_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["restore", "--stages", "denoise", "-o"]
    filed, piped = tmp_path / "filed.png", tmp_path / "piped.png"
    assert run([*words, str(filed), str(noisy_file)]) == 0
    stream = io.TextIOWrapper(io.BytesIO(noisy_file.read_bytes()))
    monkeypatch.setattr("sys.stdin", stream)
    assert run([*words, str(piped), "-"]) == 0
    np.testing.assert_array_equal(read_rgb(piped), read_rgb(filed))
    assert not np.array_equal(read_rgb(piped), read_rgb(noisy_file))


@pytest.mark.usefixtures("no_network")
def test_folders_dry_runs_and_the_summary(
    noisy_file: Path, gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["restore", str(noisy_file.parent), "--stages", "contrast"]
    assert run([*words, "--dry-run"]) == 0
    assert "(dry run)" in capsys.readouterr().out
    assert not list(noisy_file.parent.glob("*-restored*"))
    assert run(words) == 0
    assert "2 photos: 2 done" in capsys.readouterr().err
    assert run([*words, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["state"] for line in lines] == ["skipped", "skipped"]


def test_processes_restore_side_by_side(noisy_file: Path, gray_file: Path) -> None:
    assert run(["restore", str(noisy_file.parent), "--stages", "contrast", "-j", "2"]) == 0
    assert len(list(noisy_file.parent.glob("*-restored.png"))) == 2


def test_quality_and_compare(noisy_file: Path, tmp_path: Path) -> None:
    words = ["restore", str(noisy_file), "--stages", "contrast", "-o"]
    sizes = []
    for quality in ("30", "95"):
        target = tmp_path / f"{quality}.jpg"
        assert run([*words, str(target), "--quality", quality]) == 0
        sizes.append(target.stat().st_size)
    assert sizes[0] < sizes[1] / 2
    assert run([*words, str(tmp_path / "both.png"), "--compare"]) == 0
    assert read_rgb(tmp_path / "both.png").shape[1] > 1.9 * read_rgb(noisy_file).shape[1]


def test_one_mask_is_not_for_many_photos(
    noisy_file: Path, gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mask = noisy_file.parent / "out" / "mask.png"
    words = ["restore", str(noisy_file), str(gray_file), "--stages", "scratches"]
    assert run([*words, "--save-mask", str(mask)]) == 2
    assert "single photo" in capsys.readouterr().err
    assert not list(noisy_file.parent.glob("*-restored*"))


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--stages", "polish"], 12, "unknown stage"),
        (["--gamma", "0"], 12, "between 0.1 and 10"),
        (["--black-point", "60", "--white-point", "50"], 12, "black point"),
        (["--blur-kind", "motion"], 12, "pass its size"),
        (["--scratch-mask", "missing.png"], 3, "missing.png"),
        (["--stages", "denoise", "--save-mask", "mask.png"], 12, "add scratches"),
    ],
)
def test_what_is_wrong_is_said(
    gray_file: Path,
    words: list[str],
    code: int,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["restore", str(gray_file), *words]) == code
    assert message in capsys.readouterr().err


def test_a_mask_of_another_size_is_refused(
    gray_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mask = tmp_path / "mask.png"
    Image.fromarray(np.zeros((5, 6), np.uint8)).save(mask)
    assert run(["restore", str(gray_file), "--scratch-mask", str(mask)]) == 12
    assert "6 x 5" in capsys.readouterr().err


def test_inspect_tells_and_writes_nothing(
    noisy_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(noisy_file.parent.iterdir())
    assert run(["inspect", str(noisy_file)]) == 0
    text = capsys.readouterr().out
    for word in ("noise:", "blur:", "contrast:", "clipped to white:", "cast", "fading", "denoise"):
        assert word in text
    assert run(["inspect", str(noisy_file), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["measured"]["color"] == "colored"
    assert (report["recolor"]["found"], report["recolor"]["treated_as"]) == ("sound", None)
    assert report["measured"]["noise"] == pytest.approx(report["auto"]["denoise"]["sigma"], rel=0.3)
    assert sorted(noisy_file.parent.iterdir()) == before


def test_inspect_tells_what_recolor_would_find(
    tmp_path: Path, color_pixels: NDArray[np.uint8], capsys: pytest.CaptureFixture[str]
) -> None:
    faded = tmp_path / "faded.png"
    pixels = np.array([90, 30, 40]) + color_pixels * np.array([0.6, 0.5, 0.5])  # shadows turn red
    Image.fromarray(pixels.astype(np.uint8)).save(faded)
    assert run(["inspect", str(faded)]) == 0
    assert "recolor would find: the photo has faded" in capsys.readouterr().out
    assert run(["inspect", str(faded), "--json"]) == 0
    recolor = json.loads(capsys.readouterr().out)["recolor"]
    assert (recolor["found"], recolor["treated_as"]) == ("faded", "faded")


def test_main_job_restores_first(noisy_file: Path, tmp_path: Path) -> None:
    plain, clean = tmp_path / "plain.png", tmp_path / "clean.png"
    assert run([str(noisy_file), "-o", str(plain), "-q", "--no-skip-colored"]) == 0
    assert (
        run([str(noisy_file), "-o", str(clean), "-q", "--no-skip-colored", "--restore", "denoise"])
        == 0
    )
    roughness = [np.abs(np.diff(read_rgb(p).mean(axis=2))).mean() for p in (plain, clean)]
    assert roughness[1] < 0.7 * roughness[0]
    records = read_provenance(read_photo(clean).metadata.xmp)
    assert '"denoise"' in records["recipe"]
    assert "denoise" not in read_provenance(read_photo(plain).metadata.xmp)["recipe"]


def test_main_job_can_keep_the_grain(noisy_file: Path, tmp_path: Path) -> None:
    from colorize_lab.color import rgb_to_lightness

    plain, kept = tmp_path / "plain.png", tmp_path / "kept.png"
    assert run([str(noisy_file), "-o", str(plain), "-q", "--no-skip-colored"]) == 0
    assert run([str(noisy_file), "-o", str(kept), "-q", "--no-skip-colored", "--keep-grain"]) == 0
    lightness = rgb_to_lightness(read_rgb(noisy_file))
    assert np.abs(rgb_to_lightness(read_rgb(kept)) - lightness).max() < 1.5
    assert np.abs(read_rgb(kept) - read_rgb(plain)).max() > 0.01


def test_frame_is_found_said_and_can_be_ignored(
    tmp_path: Path, color_pixels: NDArray[np.uint8], capsys: pytest.CaptureFixture[str]
) -> None:
    path, size = str(tmp_path / "print.png"), (320, 240)
    pixels = np.full((size[1], size[0], 3), 245, np.uint8)
    squeezed = Image.fromarray(color_pixels // 4 + 100).resize((272, 192))
    pixels[24:-24, 24:-24] = np.asarray(squeezed)
    Image.fromarray(pixels).save(path)
    assert run(["restore", path, "--json"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["frame"] == pytest.approx([0.1, 0.9, 0.075, 0.925], abs=0.01)
    assert "contrast" in line["restored"]
    assert run(["restore", path, "--overwrite"]) == 0
    assert "frame found" in capsys.readouterr().out
    assert run(["restore", path, "--overwrite", "--no-frame"]) == 0
    assert "frame found" not in capsys.readouterr().out
    assert run(["inspect", path]) == 0
    assert "10.0 % above" in capsys.readouterr().out
    assert run(["inspect", path, "--no-frame"]) == 0
    assert "frame:" not in capsys.readouterr().out
    inside, whole = (inspect_as_json([path, *more], capsys) for more in ([], ["--no-frame"]))
    assert inside["frame"] is not None and whole["frame"] is None
    assert whole["measured"]["white"] > inside["measured"]["white"] + 10  # paper is measured, too


def inspect_as_json(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run(["inspect", *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found
