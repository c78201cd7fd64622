"""The default command, from file to file, in this process and as a real one."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage.color import rgb2lab

from colorize_lab import Colorizer, Photo
from colorize_lab.cli.main import run
from colorize_lab.errors import PhotoTooLargeError
from colorize_lab.networks import find_spec
from colorize_lab.photo import read_photo, read_provenance

FAST = ["--render-factor", "4", "--threads", "1"]


def chroma(path: Path) -> float:
    return float(np.linalg.norm(rgb2lab(read_photo(path).rgb)[..., 1:], axis=2).mean())


def test_photo_is_colored_beside_its_source(gray_file: Path) -> None:
    before = gray_file.read_bytes()
    assert run([str(gray_file), *FAST]) == 0
    target = gray_file.with_name("gray-colorized.png")
    assert sorted(p.name for p in gray_file.parent.iterdir()) == ["gray-colorized.png", "gray.png"]
    assert chroma(target) > 2
    assert chroma(gray_file) < 0.01
    assert gray_file.read_bytes() == before


def test_same_command_as_a_process(gray_file: Path) -> None:
    command = [sys.executable, "-m", "colorize_lab", str(gray_file), *FAST]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "gray-colorized.png (compact" in done.stdout


def test_standard_input_to_standard_output(gray_file: Path) -> None:
    command = [sys.executable, "-m", "colorize_lab", "-", *FAST]
    done = subprocess.run(command, input=gray_file.read_bytes(), capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    run([str(gray_file), *FAST])
    assert done.stdout == gray_file.with_name("gray-colorized.png").read_bytes()
    with Image.open(io.BytesIO(done.stdout)) as image:
        assert image.mode == "RGB"


def test_provenance_is_written_and_can_be_left_out(gray_file: Path) -> None:
    target = gray_file.with_name("gray-colorized.png")
    run([str(gray_file), *FAST])
    xmp = read_photo(target).metadata.xmp
    assert xmp is not None
    assert b"compositeWithTrainedAlgorithmicMedia" in xmp
    records = read_provenance(xmp)
    assert records is not None
    assert records["network"] == "compact"
    assert json.loads(records["recipe"])["render_factor"] == 4
    run([str(gray_file), *FAST, "--no-provenance", "--overwrite"])
    assert read_photo(target).metadata.xmp is None


def test_same_input_gives_the_same_bytes(gray_file: Path, tmp_path: Path) -> None:
    for name in ("one.png", "two.png"):
        run([str(gray_file), *FAST, "-o", str(tmp_path / name)])
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_what_is_done_is_skipped_unless_overwrite(
    gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = gray_file.with_name("gray-colorized.png")
    target.write_bytes(b"done")
    assert run([str(gray_file), *FAST]) == 0
    assert "--overwrite" in capsys.readouterr().out
    assert target.read_bytes() == b"done"
    assert run([str(gray_file), *FAST, "--overwrite"]) == 0
    assert chroma(target) > 2


def test_batch_goes_on_after_a_bad_file_and_says_so(
    gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (gray_file.parent / "bad.png").write_bytes(b"no picture")
    shutil.copy(gray_file, gray_file.parent / "zoo.png")
    code = run([str(gray_file.parent), *FAST])
    captured = capsys.readouterr()
    assert code == 1
    assert "bad.png" in captured.err
    assert "3 photos: 2 done, 1 failed" in captured.err
    assert (gray_file.parent / "zoo-colorized.png").exists()
    assert not (gray_file.parent / "bad-colorized.png").exists()


def test_stopped_batch_goes_on_where_it_was(
    gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = gray_file.parent
    for name in ("a.png", "b.png"):
        shutil.copy(gray_file, folder / name)
    run([str(folder / "a.png"), *FAST])
    capsys.readouterr()
    run([str(folder), *FAST])
    assert "3 photos: 2 done, 1 skipped" in capsys.readouterr().err


def test_processes_give_the_same_files_as_one(gray_file: Path, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for name in ("a.png", "b.png", "c.png"):
        shutil.copy(gray_file, source / name)
    for jobs, out in (("1", "one"), ("2", "two")):
        assert run([str(source), *FAST, "-j", jobs, "-o", str(tmp_path / out)]) == 0
    for one in sorted((tmp_path / "one").iterdir()):
        assert (tmp_path / "two" / one.name).read_bytes() == one.read_bytes()
    assert len(list((tmp_path / "two").iterdir())) == 3


def test_error_in_the_setup_of_processes_is_said_once(
    gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(gray_file, gray_file.parent / "b.png")
    assert run([str(gray_file.parent), "--network", "nosuch", "-j", "2"]) == 7
    assert capsys.readouterr().err.count("nosuch") == 1


def test_json_is_one_line_a_photo(gray_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (gray_file.parent / "bad.png").write_bytes(b"")
    run([str(gray_file.parent), *FAST, "--json"])
    bad, good = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (bad["state"], bad["exit_code"]) == ("failed", 4)
    assert (good["state"], good["network"], good["width"], good["height"]) == (
        "done",
        "compact",
        160,
        120,
    )
    assert good["seconds"] > 0


@pytest.mark.parametrize(
    ("options", "look"),
    [
        ([], "natural, 4 looks"),
        (["--preset", "vivid", "--looks", "1"], "vivid, 1 look"),
        (["--saturation", "0.5"], "own settings, 4 looks"),
    ],
)
def test_the_look_is_named_in_the_result_line_and_in_json(
    gray_file: Path, capsys: pytest.CaptureFixture[str], options: list[str], look: str
) -> None:
    command = [str(gray_file), *FAST, *options]
    assert run(command) == 0
    assert f"(compact, {look}, " in capsys.readouterr().out
    assert run([*command, "--json", "--overwrite"]) == 0
    assert json.loads(capsys.readouterr().out)["look"] == look


def test_dry_run_writes_nothing(gray_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(gray_file), "--dry-run"]) == 0
    assert "gray-colorized.png (dry run" in capsys.readouterr().out
    assert len(list(gray_file.parent.iterdir())) == 1


def test_compare_puts_both_side_by_side(gray_file: Path, gray_pixels: NDArray[np.uint8]) -> None:
    run([str(gray_file), *FAST, "--compare"])
    both = read_photo(gray_file.with_name("gray-colorized.png")).rgb
    height, width = gray_pixels.shape
    assert both.shape[0] == height
    assert np.array_equal(np.round(both[:, :width, 0] * 255), gray_pixels)
    assert both[:, -width:].std(axis=2).max() > 0.01


def test_quiet_says_nothing(gray_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run([str(gray_file), *FAST, "-q"])
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("described", "temperature"), [(False, 0.38), (True, 0.77)])
def test_network_of_ones_own(
    gray_file: Path, tmp_path: Path, described: bool, temperature: float
) -> None:
    from colorize_lab.networks import find_network

    compact = find_network("compact")
    prototxt, weights = tmp_path / "own.prototxt", tmp_path / "own.caffemodel"
    shutil.copy(compact.spec.prototxt, prototxt)
    shutil.copy(compact.weights, weights)
    if described:
        entry = json.loads(compact.spec.prototxt.with_name("network.json").read_text())
        changed = {**entry, "temperature": temperature}
        (tmp_path / "network.json").write_text(json.dumps(changed))
    own = ["--prototxt", str(prototxt), "--weights", str(weights)]
    assert run([str(gray_file), *FAST, *own]) == 0
    records = read_provenance(
        read_photo(gray_file.with_name("gray-colorized.png")).metadata.xmp or b""
    )
    assert records is not None
    assert json.loads(records["recipe"])["temperature"] == temperature


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["missing.png"], 3, "does not exist"),
        (["{folder}"], 3, "contains no photos"),
        (["{bad}"], 4, "bad.png"),
        (["{empty}"], 4, "empty"),
        (["{gray}", "--max-megapixels", "0.001"], 5, "--max-megapixels"),
        (["{gray}", "-o", "{bad}/sub/out.png"], 6, "cannot be created"),
        (["{gray}", "--network", "nosuch"], 7, "compact"),
        (["{gray}", "--network", "zhang-eccv16"], 7, "models fetch zhang-eccv16"),
        (["{gray}", "--prototxt", "{bad}", "--weights", "{bad}"], 8, "prototxt"),
        (["{gray}", "--device", "cuda"], 10, "CUDA"),
        (["{gray}", "--temperature", "2"], 12, "between 0 and 1"),
        (["{gray}", "--weights", "{bad}"], 2, "--prototxt and --weights"),
        (["-", "{gray}"], 2, "one photo"),
        (["-", "--dry-run"], 2, "--dry-run"),
        (["{gray}", "-o", "-", "--json"], 2, "--json"),
        (["{gray}", "-o", "{folder}/out.gif"], 6, "GIF is read but not written"),
        (["{gray}", "--nosuch"], 2, "--nosuch"),
    ],
)
def test_bad_input_is_one_sentence_and_a_code(
    gray_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    places = {name: tmp_path / "x" / name for name in ("folder", "bad", "empty")}
    places["folder"].mkdir(parents=True)
    places["bad"] = tmp_path / "x" / "bad.png"
    places["bad"].write_bytes(b"no picture at all")
    places["empty"].write_bytes(b"")
    filled = [a.format(gray=gray_file, **places) for a in arguments]
    assert run([*filled]) == code
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") <= 5
    assert "Traceback" not in captured.err
    assert [p.name for p in gray_file.parent.iterdir() if "colorized" in p.name] == []


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_truncated_photo_is_refused(gray_file: Path, part: float) -> None:
    content = gray_file.read_bytes()
    gray_file.write_bytes(content[: int(len(content) * part)])
    assert run([str(gray_file)]) == 4
    assert len(list(gray_file.parent.iterdir())) == 1


def test_interrupt_ends_with_130_and_no_half_file(
    gray_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("colorize_lab.batch.one_photo.render_photo", interrupt)
    assert run([str(gray_file)]) == 130
    assert "to continue" in capsys.readouterr().err
    assert len(list(gray_file.parent.iterdir())) == 1


def test_bug_of_ours_is_no_traceback(
    gray_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("colorize_lab.batch.one_photo.render_photo", fail)
    assert run([str(gray_file)]) == 70
    assert "internal error (ZeroDivisionError: oh)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "said"),
    [(MemoryError(), "smaller copy"), (PhotoTooLargeError("it needs 9 GB"), "it needs 9 GB")],
)
def test_want_of_memory_is_said_of_the_photo_and_the_batch_goes_on(
    gray_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    said: str,
) -> None:
    Image.new("L", (7, 5)).save(gray_file.parent / "a.png")
    whole = Colorizer.colorize

    def colorize(colorizer: Colorizer, photo: Photo) -> Photo:
        if photo.rgb.shape[:2] == (5, 7):
            raise error
        return whole(colorizer, photo)

    monkeypatch.setattr(Colorizer, "colorize", colorize)
    assert run([str(gray_file.parent), *FAST]) == 1
    shown = capsys.readouterr().err
    assert f"{gray_file.parent / 'a.png'}: " in shown
    assert said in shown
    assert "1 done, 1 failed" in shown


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no device that is always full")
def test_full_disk_behind_standard_output_is_one_sentence(gray_file: Path) -> None:
    command = [sys.executable, "-m", "colorize_lab", str(gray_file), "-o", "-", *FAST]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 6
    assert b"standard output cannot be written (No space left on device)" in done.stderr


def test_help_does_not_import_what_is_slow() -> None:
    code = (
        "import sys, colorize_lab.cli.main as m\n"
        "m.run(['--help'])\n"
        "print(sorted({'cv2', 'numpy', 'skimage', 'PIL', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_shows_the_default_commands_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    for word in ("--reference", "--compare", "--version", "models", "INPUT..."):
        assert word in shown


def test_version_names_opencv_and_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    shown = capsys.readouterr().out
    assert "OpenCV 4." in shown
    sha256 = find_spec("compact").sha256
    assert sha256 is not None
    assert f"network compact, sha256 {sha256[:12]}" in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_is_printed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    assert "_COLORIZE_LAB_COMPLETE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("colorize-lab mo", "plain,models"),
        ("colorize-lab --temp", "plain,--temperature"),
        ("colorize-lab photo.png --temp", "plain,--temperature"),
        ("colorize-lab ph", "file,ph"),
    ],
)
def test_completion_knows_commands_and_the_default_ones_options(words: str, expected: str) -> None:
    asked = {
        "_COLORIZE_LAB_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    code = "from colorize_lab.cli.main import cli; cli(prog_name='colorize-lab')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **asked},
    )
    assert expected in done.stdout.splitlines()
