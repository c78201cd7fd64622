"""The page of all benchmarks: what it shows, and what it keeps to itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from skimage.io import imread

from benchmarks.__main__ import BENCHMARKS, cli
from benchmarks.all import QUICK, Outcome, format_outcomes, run_benchmark
from benchmarks.results import clean_command, format_page, read_reports
from benchmarks.stages import COLORING, RESTORING

RUN = {"machine": "Abacus, 2 cores", "Python": "3.10.0", "date": "2026-11-20", "network": "x"}


def make_report(name: str, **numbers: Any) -> dict[str, Any]:
    command = f"python -m benchmarks {name} --set /home/me/kodak.zip --json /tmp/{name}.json"
    return {"run": RUN | {"command": command}, "tables": f"## {name}\n\n### part", **numbers}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    runs = [{"seconds": 0.1}, {"seconds": 0.4}]
    growth = {"megapixels": [1, 4], "stages": dict.fromkeys((*COLORING, *RESTORING), runs)}
    hints = {"colorize-lab": {"0": {"psnr": 22.0}, "10": {"psnr": 25.0}}}
    reports = {
        "speed": make_report("speed", growth=growth),
        "hints": make_report("hints", hints=hints),
        "quality": make_report("quality"),
    }
    for name, report in reports.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(report), encoding="utf-8")
    return tmp_path


def test_page_has_tables_commands_and_plots(folder: Path) -> None:
    page = folder / "page" / "RESULTS.md"
    page.parent.mkdir()
    done = CliRunner().invoke(cli, ["report", str(folder), "-o", str(page)])
    assert done.exit_code == 0, done.output
    text = page.read_text(encoding="utf-8")
    assert text.index("## hints:") < text.index("## quality:") < text.index("## speed:")
    assert "\n### hints\n\n#### part" in text
    assert "python -m benchmarks hints --set kodak.zip\n" in text
    for name in ("hints", "speed"):
        assert f"](results-{name}.png)" in text
        assert imread(page.with_name(f"results-{name}.png")).shape == (520, 900, 3)


def test_page_names_no_place_of_the_machine(folder: Path) -> None:
    text = format_page(read_reports(folder), {})
    assert "/home" not in text
    assert "/tmp" not in text


def test_what_all_runs_share_is_said_once() -> None:
    reports = {"hints": make_report("hints"), "quality": make_report("quality")}
    assert format_page(reports, {}).count("Abacus") == 1
    reports["quality"]["run"]["machine"] = "another"
    text = format_page(reports, {})
    assert text.count("Abacus") == text.count("another") == 1


def test_windows_paths_are_cleaned_too() -> None:
    command = r"python -m benchmarks chroma --set 'C:\photos\kodak.zip' --limit 2"
    assert clean_command(command) == "python -m benchmarks chroma --set kodak.zip --limit 2"


@pytest.mark.parametrize("content", ["[]", '{"run": {}}'])
def test_other_json_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "speed.json").write_text(content, encoding="utf-8")
    with pytest.raises(click.ClickException, match="is not a report; run speed again"):
        read_reports(tmp_path)


def test_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="run python -m benchmarks all first"):
        read_reports(tmp_path)


def test_all_knows_every_benchmark() -> None:
    # "frames" needs photos whose frames are labeled.
    assert list(QUICK) == [name for name in BENCHMARKS if name != "frames"]


def test_benchmark_leaves_markdown_and_json(tmp_path: Path, photo_folder: Path) -> None:
    options = ["--set", str(photo_folder), "--limit", "1", "--side", "32", "--cells", "4"]
    assert run_benchmark("chroma", options, tmp_path).is_done
    assert (tmp_path / "chroma.md").read_text(encoding="utf-8").startswith("## photos")
    assert list(read_reports(tmp_path)) == ["chroma"]


def test_benchmark_that_fails_is_told(tmp_path: Path) -> None:
    assert not run_benchmark("chroma", ["--set", "no such set"], tmp_path).is_done
    table = format_outcomes([Outcome("chroma", 400.0, False)], quick=True)
    assert "failed" in table
    assert "≤ 300 missed" in table
