from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from benchmarks.report import Aim, describe_run, format_run, format_table, write_json


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0.6, "met"), (1.1, "met"), (0.59, "missed"), (1.11, "missed"), (float("nan"), "missed")],
)
def test_aim_is_inclusive(value: float, verdict: str) -> None:
    assert Aim(at_least=0.6, at_most=1.1).judge(value) == verdict


def test_one_sided_aims() -> None:
    assert [Aim(at_least=3).judge(v) for v in (2.9, 3e9)] == ["missed", "met"]
    assert [Aim(at_most=3).judge(v) for v in (2.9, 3e9)] == ["met", "missed"]


def test_table_lines_up() -> None:
    lines = format_table(["a", "long title"], [["longer", "1"], ["b", "22"]]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[0] == "| a      | long title |"
    assert lines[1] == "|--------|-----------:|"
    assert lines[3] == "| b      |         22 |"


def test_table_refuses_a_row_that_lacks_a_cell() -> None:
    with pytest.raises(ValueError, match="zip"):
        format_table(["a", "b"], [["1"]])


def test_run_says_what_ran() -> None:
    run = describe_run()
    assert run["command"].startswith("python -m benchmarks")
    assert run.keys() >= {"date", "machine", "Python", "numpy"}
    assert format_run({"numpy": "2"}) == "- numpy: 2"


def test_json_is_written_or_refused_in_one_sentence(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"x": 1})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"x": 1}
    with pytest.raises(click.ClickException, match="cannot be written"):
        write_json(tmp_path / "none" / "a.json", {})
