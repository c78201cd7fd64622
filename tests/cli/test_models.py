"""``colorize-lab models``: the list, and what its subcommands say."""

import json
import shutil
from pathlib import Path

import pytest

from colorize_lab.cli.main import run
from colorize_lab.networks import find_network


def test_list_names_every_network_and_its_state(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models"]) == 0
    shown = capsys.readouterr().out
    assert "compact: installed" in shown
    assert "zhang-eccv16: not installed" in shown
    assert "zhang-eccv16-norebal: not installed" in shown


def test_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    compact = next(row for row in rows if row["name"] == "compact")
    assert compact["installed"]
    assert len(compact["sha256"]) == 64


def test_verify_finds_what_ships_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "verify", "compact"]) == 0
    assert "compact: verified" in capsys.readouterr().out


def test_add_installs_and_verify_notices_damage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "mine.caffemodel"
    shutil.copy(find_network("compact").weights, copy)
    assert run(["models", "add", "compact", str(copy)]) == 0
    assert "installed as" in capsys.readouterr().out
    installed = find_network("compact").weights
    damaged = bytearray(installed.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    installed.write_bytes(damaged)
    assert run(["models", "verify", "compact"]) == 8
    assert "compact: damaged" in capsys.readouterr().out


def test_add_refuses_a_foreign_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.caffemodel"
    page.write_text("<!DOCTYPE html><html>moved</html>")
    assert run(["models", "add", "zhang-eccv16", str(page)]) == 8
    assert "page.caffemodel" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["fetch", "nosuch"], ["add", "nosuch", "x"], ["verify", "nosuch"]]
)
def test_unknown_name_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", *words]) == 7
    assert "nosuch" in capsys.readouterr().err


def test_export_and_inspect(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "compact.onnx"
    assert run(["models", "export", "compact", str(target)]) == 0
    assert f"compact -> {target}" in capsys.readouterr().out
    assert run(["models", "export", "compact", str(target)]) != 0  # it is there
    assert run(["models", "export", "compact", str(target), "--overwrite"]) == 0
    capsys.readouterr()
    assert run(["models", "inspect", str(target)]) == 0
    shown = capsys.readouterr().out
    assert "fits compact, by its layers" in shown
    assert "output conv_313 1x313x64x64" in shown
    assert run(["models", "inspect", str(find_network("compact").weights), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["fits"], found["known"], found["format"]) == (["compact"], True, "caffemodel")


def test_export_of_a_users_own_network(tmp_path: Path) -> None:
    installed = find_network("compact")
    shutil.copy(installed.weights, tmp_path / "mine.caffemodel")
    shutil.copy(installed.spec.find_prototxt(), tmp_path / "deploy.prototxt")
    target = tmp_path / "mine.onnx"
    assert run(["models", "export", str(tmp_path / "mine.caffemodel"), str(target)]) == 0
    assert target.stat().st_size > 1_000_000


def test_inspect_refuses_other_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("not a network")
    assert run(["models", "inspect", str(path)]) == 8
    assert "neither a caffemodel" in capsys.readouterr().err
