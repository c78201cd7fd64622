"""A pass of each network in OpenCV, beside onnxruntime, OpenVINO and torch.

The same weights, the same threads, in turn; and the same logits, or the times would mean nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Aim, format_table
from benchmarks.rounds import format_series, run_rounds, time_call
from benchmarks.runtimes import OPENCV, Run, find_missing, list_loaders
from colorize_lab.networks import InstalledNetwork
from colorize_lab.opencv import cv2

__all__ = ["measure_difference", "measure_networks"]

Floats = NDArray[np.float32]

SIDE = 256
# Of the logits' range: what the order of float32 sums and Winograd's kernels may bring about.
AIM_DIFFERENCE = Aim(at_most=0.005)


def measure_networks(
    networks: Sequence[InstalledNetwork], rounds: int
) -> tuple[str, dict[str, Any]]:
    """Time a pass of each network in each runtime: the table in Markdown, and the numbers."""
    numbers = {network.spec.name: measure_network(network, rounds) for network in networks}
    rows = [
        [f"{name}, {runtime}", *format_row(row, passes[OPENCV])]
        for name, passes in numbers.items()
        for runtime, row in passes.items()
    ]
    header = ["network, runtime", "load, s", f"pass {SIDE} x {SIDE}, s", "x opencv", "difference"]
    title = f"### Networks: the same weights on {cv2.getNumThreads()} threads, {rounds} rounds"
    note = (
        "Difference: the largest of the logits from OpenCV's, relative to their range "
        f"(aim {AIM_DIFFERENCE}). Load: from the files to a network that is ready, with the "
        "runtime's own import; torch without reading the Caffe files. torch runs operation by "
        "operation."
    )
    said = "\n".join(f"\n{sentence}." for sentence in find_missing().values())
    return f"{title}\n\n{format_table(header, rows)}\n\n{note}{said}", numbers


def measure_network(installed: InstalledNetwork, rounds: int) -> dict[str, dict[str, Any]]:
    """Load a network into each runtime, hold the logits against each other, and time a pass."""
    loads: dict[str, float] = {}
    runs: dict[str, Run] = {}
    for name, load in list_loaders(installed).items():
        start = time.perf_counter()
        runs[name] = load()
        loads[name] = time.perf_counter() - start
    lightness = np.random.default_rng(0).uniform(0, 100, (SIDE, SIDE)).astype(np.float32)
    truth = runs[OPENCV](lightness)
    cases = {name: partial(time_call, partial(run, lightness)) for name, run in runs.items()}
    measured = run_rounds(cases, rounds, "passes")
    return {
        name: {
            "load_s": loads[name],
            "seconds": measured.seconds[name].tolist(),
            "difference": measure_difference(run(lightness), truth),
        }
        for name, run in runs.items()
    }


def measure_difference(logits: Floats, truth: Floats) -> float:
    """Compute the largest difference of logits, relative to their range."""
    return float(np.abs(logits - truth).max() / np.ptp(truth))


def format_row(row: Mapping[str, Any], measure: Mapping[str, Any]) -> list[str]:
    """Write a runtime's cells; the measure is OpenCV's."""
    seconds = np.array(row["seconds"])
    ratio = np.median(seconds / np.array(measure["seconds"]))
    verdict = AIM_DIFFERENCE.judge(row["difference"])
    return [
        f"{row['load_s']:.2f}",
        format_series(seconds, 3),
        f"{ratio:.2f}",
        f"{row['difference']:.1e} {verdict}",
    ]
