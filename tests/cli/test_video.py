"""Films at the command line: told by content, refused where only photos go, ended by Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut, coffee

from colorize_lab.cli.main import run
from colorize_lab.cli.video_options import STEADINESS
from colorize_lab.variants import GAP_PX, LABEL_PX
from colorize_lab.video.steady.shot import Steadying

T = TypeVar("T")

FAST = ["--render-factor", "4", "--threads", "1"]


def to_gray(picture: np.ndarray) -> np.ndarray:
    return np.repeat(picture.mean(axis=-1, keepdims=True), 3, axis=-1)


def make_film(path: Path, *pictures: np.ndarray, frames: int = 6) -> Path:
    """A film of shots that each show one picture, at 24000/1001 frames per second."""
    data = np.concatenate([np.stack([p[100:172, 100:196]] * frames) for p in pictures])
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "rawvideo"]
    command += ["-pix_fmt", "rgb24", "-s", "96x72", "-r", "24000/1001", "-i", "-"]
    command += ["-pix_fmt", "yuv444p", "-f", "matroska", str(path)]
    subprocess.run(command, input=data.astype(np.uint8).tobytes(), check=True)
    return path


@pytest.fixture(scope="session")
def films_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    make_film(folder / "gray.mkv", to_gray(astronaut()), to_gray(coffee()))
    make_film(folder / "colored.mkv", coffee())
    return folder


@pytest.fixture
def film(films_dir: Path, tmp_path: Path) -> Path:
    """A gray film of two shots, whose name tells nothing."""
    path = tmp_path / "film.dat"
    path.write_bytes((films_dir / "gray.mkv").read_bytes())
    return path


def test_film_is_told_by_content(film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FAST, str(film)]) == 0
    shown = capsys.readouterr()
    target = film.with_name("film-colorized.mkv")
    assert f"{film} -> {target} (compact, 12 frames in 2 shots, " in shown.out
    assert f"{film} becomes {target.name}: .dat files cannot be written" in shown.err
    assert sorted(film.parent.iterdir()) == [target, film]


def test_options_of_films_need_no_command(film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = film.with_name("out.mp4")
    assert run([str(film), *FAST, "--to", "0.2", "-o", str(target), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["state"], result["frames"]) == ("done", 5)
    assert (result["width"], result["height"], result["rate"]) == (96, 72, "24000/1001")
    assert target.exists()


def test_film_that_is_done_is_skipped(film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = film.with_name("film-colorized.mkv")
    target.write_bytes(b"done")
    assert run([str(film), *FAST]) == 0
    assert "--overwrite" in capsys.readouterr().out
    assert target.read_bytes() == b"done"
    assert run([str(film), *FAST, "--overwrite", "-q"]) == 0
    assert len(target.read_bytes()) > 100
    assert capsys.readouterr() == ("", "")


def test_other_part_needs_another_name_or_overwriting(
    film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def count_frames(*options: str) -> int:
        assert run([str(film), *FAST, "--json", *options]) == 0
        return int(json.loads(capsys.readouterr().out)["frames"])

    assert count_frames("--to", "0.1") == 3
    assert count_frames("--to", "0.2") == 0  # skipped
    assert count_frames("--to", "0.2", "--overwrite") == 5


@pytest.mark.parametrize("part", [("--from", "0.3"), ("--to", "0.2")])
def test_hint_outside_the_part_is_a_warning(
    film: Path, capsys: pytest.CaptureFixture[str], part: tuple[str, str]
) -> None:
    hints = film.with_name("hints.json")
    places = [{"x": 9, "y": 9, "color": "#c03020", "time": time} for time in (0, 0.45)]
    hints.write_text(json.dumps(places))
    assert run([str(film), *FAST, *part, "--hints", str(hints)]) == 0
    assert "warning: 1 of 2 hints lie outside the selected part" in capsys.readouterr().out


def test_films_go_on_after_a_bad_one(film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = film.with_name("bad.mkv")
    bad.write_bytes(film.read_bytes()[:200])
    assert run(["video", str(bad), str(film), *FAST]) == 1
    shown = capsys.readouterr()
    assert "bad.mkv" in shown.err
    assert film.with_name("film-colorized.mkv").exists()
    assert not film.with_name("bad-colorized.mkv").exists()


def test_want_of_memory_is_said_of_the_film(
    film: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise MemoryError

    monkeypatch.setattr("colorize_lab.video.render.render_segments", fail)
    assert run([str(film), *FAST]) == 5
    assert f"{film}: not enough memory" in capsys.readouterr().err
    (kept,) = {*film.parent.iterdir()} - {film}
    assert {path.name for path in kept.iterdir()} == {"lock", "plan.json"}


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("render_segments", "continue from the list of shots and 0 finished"),
        ("plan_film", "nothing was saved for {target}; run the same command to start over"),
    ],
)
def test_interruption_says_what_is_kept(
    film: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    stage: str,
    said: str,
) -> None:
    def interrupt(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"colorize_lab.video.render.{stage}", interrupt)
        assert run([str(film), *FAST]) == 130
    target = film.with_name("film-colorized.mkv")
    assert said.format(target=target) in capsys.readouterr().err
    assert run([str(film), *FAST, "--resume", "-v"]) == 0
    assert "0 of 1 segments are already done" in capsys.readouterr().err
    assert sorted(film.parent.iterdir()) == [target, film]


def test_preview_draws_stills_and_makes_no_film(
    film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = film.with_name("sheet.png")
    draw = [str(film), *FAST, "--preview", str(sheet)]
    assert run(draw) == 0
    assert capsys.readouterr().out == f"{film} -> {sheet}\n"
    assert sorted(film.parent.iterdir()) == [film, sheet]
    with Image.open(sheet) as image:
        assert image.height == 72 + LABEL_PX + 2 * GAP_PX  # two shots in a row
    assert run(draw) == 6
    assert "--overwrite" in capsys.readouterr().err
    assert run([*draw, "--overwrite", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_cleaning_and_hints_go_their_way(film: Path, tmp_path: Path) -> None:
    hints = tmp_path / "hints.json"
    hints.write_text(json.dumps([{"x": "50%", "y": "50%", "color": "#c03020", "time": "0:00"}]))
    cleaning = ["--deflicker", "--dust", "--denoise"]
    plain, told = tmp_path / "plain.mkv", tmp_path / "told.mkv"
    assert run([str(film), *FAST, "-o", str(plain), "--codec", "ffv1"]) == 0
    options = [*cleaning, "--hints", str(hints), "--codec", "ffv1"]
    assert run([str(film), *FAST, "-o", str(told), *options]) == 0
    assert plain.read_bytes() != told.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["{film}", "--strict"], 2, "--strict applies to photos"),
        (["video", "{film}", "--crf"], 2, "requires an argument"),
        (["{film}", "--hint", "1,2=red"], 2, "--hints"),
        (["{film}", "--restore", "auto"], 2, "--deflicker, --dust and --denoise"),
        (["{film}", "--quality", "90"], 2, "use --crf"),
        (["{film}", "--mask", "{photo}"], 2, "--mask applies to photos, not to films; skip the"),
        (["{film}", "--invert-mask"], 2, "--invert-mask applies to photos, not to films"),
        (["{film}", "-j", "2"], 2, "-j applies to photos"),
        (["{film}", "--nosuch"], 2, "--nosuch"),
        (["{film}", "-o", "-"], 2, "pipe"),
        (["{film}", "-"], 2, "pipe"),
        (["{film}", "{photo}"], 3, "is a photo"),
        (["{film}", "{film}", "-o", "x.mp4"], 6, "is a file"),
        (["{film}", "--crf", "20", "--codec", "ffv1"], 16, "--crf"),
        (["{film}", "--crf", "999"], 12, "between 0 and 63"),
        (["{film}", "--codec", "nosuch"], 16, "nosuch"),
        (["{film}", "-o", "out.txt"], 16, ".mkv"),
        (["{film}", "--every", "often"], 2, "auto"),
        (["{film}", "--every", 5000 * "9"], 2, "auto"),
        (["{film}", "--every", "0"], 12, "every"),
        (["{film}", "--steadiness", "2"], 12, "between 0 and 1"),
        (["{film}", "--rate", "25/0"], 2, "24000/1001"),
        (["{film}", "--rate", "25"], 16, "--rate"),
        (["{film}", "--from", "9"], 16, "--from"),
        (["{film}", "--from", "1", "--to", "0:01"], 12, "--to"),
        (["{film}", "--network", "nosuch"], 7, "nosuch"),
        (["{film}", "--hints", "{late}"], 15, "no frame for the hint at 9 s"),
        (["{film}", "--hints", "{photo}"], 15, "not JSON"),
        (["{colored}"], 16, "--no-skip-colored"),
        (["video", "missing.mp4"], 3, "missing.mp4"),
        (["video", 300 * "x"], 3, "check the name"),
        ([300 * "x"], 3, "check the name"),
        (["video", "{photo}"], 3, "is a photo"),
        (["video", "{text}"], 16, "is not a readable film"),
        (["{text}"], 16, "is not a readable film"),
        (["{empty}"], 16, "is empty"),
        (["restore", "{empty}"], 3, "is a film"),
        (["colorize", "{film}"], 3, "is a film"),
        (["recolor", "{film}"], 3, "is a film"),
        (["restore", "{film}"], 3, "--deflicker"),
        (["inspect", "{film}"], 3, "is a film"),
        (["suggest", "{film}", "1,2"], 3, "is a film"),
        (["explain", "{film}", "-o", "x.png"], 3, "is a film"),
    ],
)
def test_bad_input_is_one_sentence_and_a_code(
    film: Path,
    films_dir: Path,
    gray_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(film.parent)
    text = film.with_name("text.mp4")
    text.write_bytes(b"this is no film")
    empty = film.with_name("empty.MKV")
    empty.touch()
    late = film.with_name("late.json")
    late.write_text('[{"x": 1, "y": 2, "color": "#804020", "time": 9}]')
    before = sorted(film.parent.iterdir())
    places = {"film": film, "photo": gray_file, "text": text, "empty": empty, "late": late}
    filled = [a.format(colored=films_dir / "colored.mkv", **places) for a in arguments]
    assert run(filled) == code
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert shown.err.count("\n") <= 5
    assert sorted(film.parent.iterdir()) == before
    assert len(list(films_dir.iterdir())) == 2


@pytest.mark.parametrize("command", [[], ["video"]])
def test_film_that_may_not_be_read_is_one_sentence(
    film: Path,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    allowed = os.access
    monkeypatch.setattr("os.access", lambda path, mode: path != film and allowed(path, mode))
    assert run([*command, str(film)]) == 3
    assert f"{film} cannot be read; check its permissions" in capsys.readouterr().err


def test_photo_that_is_called_a_film_is_a_photo(gray_file: Path, tmp_path: Path) -> None:
    photo = tmp_path / "photo.mp4"
    photo.write_bytes(gray_file.read_bytes())
    assert run(["video", str(photo)]) == 3
    assert run([str(photo), *FAST, "-o", str(tmp_path / "out.png")]) == 0


def test_film_in_a_pipe_is_one_sentence(film: Path) -> None:
    command = [sys.executable, "-m", "colorize_lab", "-"]
    done = subprocess.run(command, input=film.read_bytes(), capture_output=True, timeout=60)
    assert done.returncode == 3
    assert b"standard input is a film" in done.stderr
    assert done.stdout == b""


def list_children(process: int) -> list[int]:
    path = Path(f"/proc/{process}/task/{process}/children")
    return [int(number) for number in path.read_text().split()]


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until(condition: Callable[[], T]) -> T:
    """Poll: the machine may be slow, but it gets there."""
    end = time.monotonic() + 120
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")
def test_ctrl_c_ends_all_processes_and_resume_goes_on(tmp_path: Path) -> None:
    # The first shot is in color, and done soon: long enough to be a segment.
    source = make_film(tmp_path / "long.mkv", coffee(), to_gray(astronaut()), frames=250)
    command = [sys.executable, "-m", "colorize_lab", str(source), *FAST]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: bool(list(tmp_path.glob(".long*/frames-*"))))
    # Between two programs of ffmpeg there is a moment without any.
    children = wait_until(lambda: list_children(process.pid))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "add --resume" in said
    wait_until(lambda: not any(map(is_running, children)))
    assert not (tmp_path / "long-colorized.mkv").exists()
    resumed = [*command, "--resume", "--every", "6", "--json"]
    assert subprocess.run(resumed, timeout=60, capture_output=True).returncode == 6
    assert list(tmp_path.glob(".long*/frames-*"))  # other settings have not spoiled it


def test_help_names_the_librarys_defaults() -> None:
    assert Steadying().steadiness == STEADINESS


def test_help_of_films_does_not_import_what_is_slow() -> None:
    code = (
        "import sys, colorize_lab.cli.main as m\n"
        "m.run(['video', '--help'])\n"
        "print(sorted({'cv2', 'numpy', 'skimage', 'PIL', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=os.environ
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_list_of_shots_is_written_edited_and_followed(film: Path) -> None:
    table, target = film.with_name("shots.csv"), film.with_name("out.mkv")
    video = ["video", str(film), "-o", str(target), "-q", "--overwrite", *FAST]
    assert run([*video, "--shots", str(table)]) == 0
    assert not target.exists()
    header, first, second = table.read_text(encoding="utf-8").splitlines()
    stills = [row.split(",")[3] for row in (first, second)]
    assert all(film.with_name("shots-stills").joinpath(Path(s).name).exists() for s in stills)
    table.write_text("\n".join([header, first, second.replace(",,,", ",yes,,", 1)]))
    assert run([*video, "--shots", str(table)]) == 0
    assert target.exists()
    assert run([*video, "--shots", str(film.with_name("missing.edl"))]) == 2


@pytest.mark.parametrize(
    "words",
    [
        ["--shots", "new.csv", "--dry-run"],
        ["--export-keyframes", "stills", "--dry-run"],
        ["--preview", "sheet.png", "--variants", "sheet2.png"],
        ["--shots", "new.csv", "--preview", "sheet.png"],
    ],
)
def test_one_purpose_per_command(
    film: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
) -> None:
    monkeypatch.chdir(film.parent)
    before = sorted(film.parent.iterdir())
    assert run(["video", str(film), *words, *FAST]) == 2
    assert "mutually exclusive" in capsys.readouterr().err
    assert sorted(film.parent.iterdir()) == before


def test_painted_stills_come_back(film: Path, films_dir: Path) -> None:
    folder = film.with_name("stills")
    assert run(["video", str(film), "--export-keyframes", str(folder), "-q"]) == 0
    still, _ = sorted(folder.iterdir())
    gray = np.asarray(Image.open(still).convert("RGB")).astype(np.float32)
    Image.fromarray((gray * [1, 0.7, 0.4]).astype(np.uint8)).save(still)
    target = film.with_name("out.mkv")
    key = f"{still.stem.replace('-', ':')}={still}"
    assert run(["video", str(film), "-o", str(target), "-q", "--keyframe", key, *FAST]) == 0
    assert target.exists()
    assert run(["video", str(film), "-o", str(target), "--keyframe", str(still), *FAST]) == 2
