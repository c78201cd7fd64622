"""The fuzzer: damaged files of every kind, each used in a process that is watched.

``python -m tests.fuzz --cases 20000`` prints a table of what became of them, and for
each problem how to make it again: ``--case KIND:NUMBER`` runs one, ``--save FILE`` keeps its file.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tests.fuzz.worker import MEBIBYTE, Outcome, make_case, pick_kind

# Of processor time: a busy machine is no bug.
SECONDS = 10.0
# How much longer a case may wait for its turn before it counts as hanging.
PATIENCE = 6
# Of memory beyond what the process had: what a photo of `targets.MEGAPIXELS` takes at most.
MEMORY = 256 * MEBIBYTE
READY_SECONDS = 600.0
# Compiled modules would be files outside of the case's folder.
SETTINGS = {"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}


def run_fuzzer(
    kinds: Sequence[str], seed: int, first: int, last: int, *, seconds: float = SECONDS
) -> Iterator[Outcome]:
    """Run cases, and start a new process where one ended or had to be ended.

    Parameters
    ----------
    kinds : sequence of str
        Kinds of files, in turn.
    seed, first, last : int
        The cases: ``range(first, last)`` of this seed.
    seconds : float
        Processor time that a case may take.

    Yields
    ------
    Outcome
        Of each case, in their order.
    """
    while first < last:
        for outcome in run_worker(kinds, seed, first, last, seconds):
            yield outcome
            first = outcome.number + 1


def run_worker(
    kinds: Sequence[str], seed: int, first: int, last: int, seconds: float
) -> Iterator[Outcome]:
    """Run cases in one process, until it ends."""
    worker = start_worker(kinds, seed, first, last)
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=read_lines, args=(worker, lines), daemon=True).start()
    try:
        if not lines.get(timeout=READY_SECONDS):
            raise RuntimeError("the worker does not start: a sound file was refused")
        for number in range(first, last):
            line = next_line(lines, PATIENCE * seconds)
            if not line:
                kind = pick_kind(kinds, number)
                yield Outcome(number, kind, "", seconds, 0, describe_end(worker, line))
                return
            yield judge_outcome(Outcome(**json.loads(line)), seconds)
    finally:
        worker.kill()
        worker.wait()


def start_worker(kinds: Sequence[str], seed: int, first: int, last: int) -> subprocess.Popen[str]:
    """Start the process that the files are given to."""
    search = os.pathsep.join(sys.path)
    arguments = [",".join(kinds), str(seed), str(first), str(last)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.fuzz.worker", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": search, **SETTINGS},
    )


def read_lines(worker: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    """Hand on what a process writes, and an empty line at its end."""
    assert worker.stdout is not None
    for line in worker.stdout:
        lines.put(line)
    lines.put("")


def next_line(lines: queue.Queue[str], seconds: float) -> str | None:
    """Wait for a line: empty where the process has ended, None where it takes too long."""
    try:
        return lines.get(timeout=seconds)
    except queue.Empty:
        return None


def describe_end(worker: subprocess.Popen[str], line: str | None) -> str:
    """Say how a process ended that was to go on."""
    if line is None:
        return "hangs"
    code = worker.wait()
    return f"crashes with {signal.Signals(-code).name}" if code < 0 else f"exits with {code}"


def judge_outcome(outcome: Outcome, seconds: float) -> Outcome:
    """Hold a case's time and memory against the limits."""
    problems = [outcome.problem] if outcome.problem else []
    if outcome.memory > MEMORY:
        problems.append(f"takes {outcome.memory / MEBIBYTE:.0f} MiB of memory")
    if outcome.seconds > seconds:
        problems.append(f"takes {outcome.seconds:.1f} s of processor time")
    return replace(outcome, problem="; ".join(problems))


def format_table(outcomes: Sequence[Outcome]) -> str:
    """Say in Markdown what became of the cases, a line for each kind."""
    lines = ["| kind | cases | used | refused | slowest, s | memory, MiB | problems |"]
    lines.append("|---|---|---|---|---|---|---|")
    for kind in [*sorted({outcome.kind for outcome in outcomes}), "all"]:
        rows = [outcome for outcome in outcomes if kind in (outcome.kind, "all")]
        errors = Counter(outcome.error for outcome in rows)
        lines.append(
            f"| {kind} | {len(rows)} | {errors['']} | {len(rows) - errors['']} | "
            f"{max(row.seconds for row in rows):.2f} | "
            f"{max(row.memory for row in rows) / MEBIBYTE:.0f} | "
            f"{sum(bool(row.problem) for row in rows)} |"
        )
    return "\n".join(lines)


def describe_problem(outcome: Outcome, seed: int) -> str:
    """Say what is wrong, and how to make it again."""
    case = f"--seed {seed} --case {outcome.kind}:{outcome.number}"
    return f"{outcome.kind}: {outcome.problem}\n  python -m tests.fuzz {case}"


def main() -> int:
    """Run the fuzzer from the command line; the exit code says whether there are problems."""
    from tests.fuzz.targets import KINDS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(KINDS))
    parser.add_argument("--case", type=lambda text: text.split(":"), help="run one: KIND:NUMBER")
    parser.add_argument("--save", type=Path, help="with --case: write its file, run nothing")
    options = parser.parse_args()
    kinds, first, last = options.kinds, 0, options.cases
    if options.case is not None:
        kinds, first = [options.case[0]], int(options.case[1])
        last = first + 1
    if options.save is not None:
        options.save.write_bytes(make_case(kinds[0], options.seed, first))
        return 0
    outcomes = []
    for outcome in run_fuzzer(kinds, options.seed, first, last):
        outcomes.append(outcome)
        if outcome.problem:
            print(describe_problem(outcome, options.seed), flush=True)
    print(format_table(outcomes))
    return int(any(outcome.problem for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
