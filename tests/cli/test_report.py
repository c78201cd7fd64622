"""One report for photos and films: exit code, JSON, errors and quiet runs."""

from __future__ import annotations

import json

import pytest

from colorize_lab.batch import Result
from colorize_lab.cli.report import Outcome, print_outcome, report_outcomes
from colorize_lab.video.result import FilmResult

KINDS = (Result, FilmResult)


def make_outcomes(kind: type, codes: list[int]) -> list[Outcome]:
    """Outcomes that failed where the code is not 0."""
    return [
        kind("in", "out", "failed" if code else "done", error="broken" if code else None,
             exit_code=code)
        for code in codes
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("codes", "expected"),
    [([], 0), ([0], 0), ([5], 5), ([0, 0], 0), ([5, 0], 1), ([0, 6], 1), ([5, 6], 1)],
)
def test_exit_code(kind: type, codes: list[int], expected: int) -> None:
    seen: list[Outcome] = []
    outcomes = make_outcomes(kind, codes)
    assert report_outcomes(outcomes, seen.append, len(codes)) == expected
    assert seen == outcomes


def test_a_failure_among_several_of_which_one_came_is_a_batch() -> None:
    assert report_outcomes(make_outcomes(Result, [5]), lambda _: None, 3) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("quiet", [False, True])
def test_lines(kind: type, quiet: bool) -> None:
    lines: list[tuple[str, bool]] = []

    def keep(text: str, *, err: bool = False) -> None:
        lines.append((text, err))

    done, failed = make_outcomes(kind, [0, 5])
    for outcome in (done, failed):
        print_outcome(outcome, lambda _: "fine", keep, as_json=False, quiet=quiet)
    assert lines == [("fine", False)] * (not quiet) + [("colorize-lab: broken", True)]
    lines.clear()
    print_outcome(failed, lambda _: "fine", keep, as_json=True, quiet=quiet)
    ((text, err),) = lines
    assert (json.loads(text)["error"], err) == ("broken", False)
