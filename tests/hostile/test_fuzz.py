"""Thousands of damaged files of every kind, and proof that the fuzzer tells what must not be."""

from __future__ import annotations

import pytest

from tests.fuzz.__main__ import describe_problem, format_table, judge_outcome, run_fuzzer
from tests.fuzz.targets import KINDS
from tests.fuzz.worker import MEBIBYTE, Outcome, make_case

QUICK_CASES = 15 * len(KINDS)
ALL_CASES = 20_000
# Of no file: as many seeds as one likes can be tried, this one is everybody's.
SEED = 0


def check_cases(count: int) -> None:
    """Run cases; fail with how to make each problem again."""
    outcomes = list(run_fuzzer(list(KINDS), SEED, 0, count))
    problems = [describe_problem(outcome, SEED) for outcome in outcomes if outcome.problem]
    assert not problems, "\n".join(problems)
    assert [outcome.number for outcome in outcomes] == list(range(count))
    for kind in KINDS:  # neither only noise nor only sound files
        refused = {bool(outcome.error) for outcome in outcomes if outcome.kind == kind}
        assert False in refused or count < ALL_CASES


def test_some_hostile_files_do_no_harm() -> None:
    check_cases(QUICK_CASES)


@pytest.mark.slow
def test_twenty_thousand_hostile_files_do_no_harm() -> None:
    check_cases(ALL_CASES)


TOLD = {
    "foreign": "KeyError",
    "base": "no exit code",
    "lines": "no sentence",
    "silent": "no sentence",
    "short": "memory ran out",
    "memory": "MiB of memory",
    "outside": "outside",
    "link": "outside",
    "pickle": "pickle.find_class",
    "process": "subprocess.Popen",
    "crash": "SIGABRT",
}


def test_whatever_must_not_be_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUZZ_SELF_TEST", "1")
    outcomes = list(run_fuzzer(list(TOLD), SEED, 0, len(TOLD)))
    found = {outcome.kind: outcome.problem for outcome in outcomes}
    assert found.keys() == TOLD.keys()
    assert all(part in found[kind] for kind, part in TOLD.items()), found


def test_a_file_without_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUZZ_SELF_TEST", "1")
    (outcome,) = run_fuzzer(["hang"], SEED, 0, 1, seconds=0.2)
    assert outcome.problem == "hangs"


def test_a_sound_kind_has_no_problem_after_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUZZ_SELF_TEST", "1")
    outcomes = list(run_fuzzer(["crash", "bmp"], SEED, 0, 4))
    assert [bool(outcome.problem) for outcome in outcomes] == [True, False, True, False]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_seed_makes_the_same_file_again(kind: str) -> None:
    assert make_case(kind, 7, 11) == make_case(kind, 7, 11)
    assert len({make_case(kind, 7, number) for number in range(8)}) > 4


def test_limits_are_held_against() -> None:
    outcome = Outcome(0, "png", "", 0.1, MEBIBYTE, "")
    assert not judge_outcome(outcome, 10).problem
    assert "takes 0.1 s" in judge_outcome(outcome, 0.05).problem
    assert "| all | 1 | 1 | 0 | 0.10 | 1 | 0 |" in format_table([outcome])
