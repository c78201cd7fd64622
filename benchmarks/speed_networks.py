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

# What `compact` and zhang-eccv16 see by default, or a little more.
SIDES = (192, 256)
# Of the logits' range: what the order of float32 sums and Winograd's kernels may bring about.
AIM_DIFFERENCE = Aim(at_most=0.005)
# Of OpenCV's time: at least 1.4 and 2 times as fast.
AIM_RATIOS = {"onnxruntime": Aim(at_most=0.71), "openvino": Aim(at_most=0.5)}


def measure_networks(
    networks: Sequence[InstalledNetwork], rounds: int
) -> tuple[str, dict[str, Any]]:
    """Time a pass of each network in each runtime: the table in Markdown, and the numbers."""
    numbers = {network.spec.name: measure_network(network, rounds) for network in networks}
    rows = [
        [f"{name}, {runtime}", *format_row(row, passes[OPENCV], runtime)]
        for name, passes in numbers.items()
        for runtime, row in passes.items()
    ]
    passes_of = [cell for side in SIDES for cell in (f"pass {side} x {side}, s", "x opencv")]
    header = ["network, runtime", "load, s", *passes_of, "difference"]
    title = f"### Networks: the same weights on {cv2.getNumThreads()} threads, {rounds} rounds"
    note = (
        "Difference: the largest of the logits from OpenCV's, relative to their range "
        f"(aim {AIM_DIFFERENCE}). x opencv: of its time (aims: onnxruntime "
        f"{AIM_RATIOS['onnxruntime']}, openvino {AIM_RATIOS['openvino']}). "
        "Load: from the files to a network that is ready, with the "
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
    row: dict[str, dict[str, Any]] = {
        name: {"load_s": seconds, "seconds": {}} for name, seconds in loads.items()
    }
    for side in SIDES:
        lightness = np.random.default_rng(0).uniform(0, 100, (side, side)).astype(np.float32)
        truth = runs[OPENCV](lightness)
        cases = {name: partial(time_call, partial(run, lightness)) for name, run in runs.items()}
        measured = run_rounds(cases, rounds, f"passes at {side}")
        for name, run in runs.items():
            row[name]["seconds"][str(side)] = measured.seconds[name].tolist()
            row[name]["difference"] = measure_difference(run(lightness), truth)
    return row


def measure_difference(logits: Floats, truth: Floats) -> float:
    """Compute the largest difference of logits, relative to their range."""
    return float(np.abs(logits - truth).max() / np.ptp(truth))


def format_row(row: Mapping[str, Any], measure: Mapping[str, Any], runtime: str) -> list[str]:
    """Write a runtime's cells; the measure is OpenCV's."""
    cells = [f"{row['load_s']:.2f}"]
    for side, times in row["seconds"].items():
        seconds = np.array(times)
        ratio = float(np.median(seconds / np.array(measure["seconds"][side])))
        aim = AIM_RATIOS.get(runtime)
        judged = "" if aim is None else f" {aim.judge(ratio)}"
        cells += [format_series(seconds, 3), f"{ratio:.2f}{judged}"]
    return [*cells, f"{row['difference']:.1e} {AIM_DIFFERENCE.judge(row['difference'])}"]
