"""Cases of the speed benchmark, and the figures that follow from them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.baselines import NetworkFiles, reencode
from benchmarks.child import run_child
from benchmarks.report import Aim
from benchmarks.rounds import Case, Measured, Series, time_call
from colorize_lab.networks import InstalledNetwork, Network, network_size
from colorize_lab.photo import read_photo
from colorize_lab.resources import models_dir

__all__ = ["FIGURES", "Figure", "list_cases"]

COMMAND = "colorize-lab PHOTO"
REENCODE = "(a) OpenCV decodes and encodes"
REENCODE_PROGRAM = "(a) as a program"
TUTORIAL = "(b) tutorials' recipe"
PASS = "network pass of PHOTO"
PASS_256 = "network pass, 256 x 256"
RIVAL_PASS_256 = "zhang-eccv16's, 256 x 256"
LOAD = "the network's load, as a program"
HELP = "colorize-lab --help"

PASS_SIDE = 256
LOAD_CODE = "import sys; from colorize_lab import Colorizer; Colorizer(sys.argv[1])"


@dataclass(frozen=True)
class Figure:
    """A number with an aim.

    Attributes
    ----------
    title : str
        What it is.
    compute : callable
        From what was measured to the number in each round.
    aim : Aim
        Where its median should be.
    """

    title: str
    compute: Callable[[Measured], Series]
    aim: Aim


FIGURES = (
    Figure(
        "whole command / (4 x (a) + network pass)",
        lambda m: m.seconds[COMMAND] / (4 * m.seconds[REENCODE] + m.seconds[PASS]),
        Aim(at_most=1),
    ),
    Figure(
        "the same with (a) as a program, which has to start too",
        lambda m: m.seconds[COMMAND] / (4 * m.seconds[REENCODE_PROGRAM] + m.seconds[PASS]),
        Aim(at_most=1),
    ),
    Figure(
        "(b) / whole command", lambda m: m.seconds[TUTORIAL] / m.seconds[COMMAND], Aim(at_least=3)
    ),
    Figure("peak memory, MB", lambda m: m.peak_mb[COMMAND], Aim(at_most=900)),
    Figure("start-up (--help), s", lambda m: m.seconds[HELP], Aim(at_most=0.3)),
    Figure("network pass, 256 x 256, s", lambda m: m.seconds[PASS_256], Aim(at_most=0.06)),
    Figure(
        "zhang-eccv16's pass / the network's",
        lambda m: m.seconds[RIVAL_PASS_256] / m.seconds[PASS_256],
        Aim(at_least=7),
    ),
)


def list_cases(
    photo: Path, folder: Path, network: InstalledNetwork, rival: InstalledNetwork
) -> dict[str, Case]:
    """List what is timed, ready to be called again and again.

    Parameters
    ----------
    photo : Path
        A JPEG.
    folder : Path
        Results go here.
    network, rival : InstalledNetwork
        The network that colors, and the one whose pass it is held against.
    """
    program = [sys.executable, "-m", "colorize_lab"]
    baseline = [sys.executable, "-m", "benchmarks.baselines"]
    source, target = str(photo.resolve()), str(folder / "result.jpg")
    wanted = ["--network", network.spec.name, "--no-skip-colored", "--overwrite", "-o", target]
    files = json.dumps(asdict(describe_files(network)))
    loaded = Network.load(network)
    height, width = read_photo(photo).rgb.shape[:2]
    small = network_size(height, width, 16 * network.spec.render_factor, network.spec.stride_px)
    square = (PASS_SIDE, PASS_SIDE)
    return {
        COMMAND: partial(run_child, [*program, source, *wanted]),
        REENCODE: partial(time_call, partial(reencode, photo, Path(target))),
        REENCODE_PROGRAM: partial(run_child, [*baseline, "reencode", source, target]),
        TUTORIAL: partial(run_child, [*baseline, "tutorial", source, target, files]),
        PASS: time_pass(loaded, small),
        PASS_256: time_pass(loaded, square),
        RIVAL_PASS_256: time_pass(Network.load(rival), square),
        LOAD: partial(run_child, [sys.executable, "-c", LOAD_CODE, network.spec.name]),
        HELP: partial(run_child, [*program, "--help"]),
    }


def describe_files(network: InstalledNetwork) -> NetworkFiles:
    """Tell the tutorials' recipe, which knows nothing of the registry, about a network."""
    spec = network.spec
    return NetworkFiles(
        prototxt=str(spec.find_prototxt().resolve()),
        weights=str(network.weights.resolve()),
        bins=str((spec.bins or models_dir() / "bins.npy").resolve()),
        lightness=spec.input_blob,
        logits=spec.output_blob,
        hints=spec.hint_blob,
        temperature=spec.temperature,
    )


def time_pass(network: Network, shape: tuple[int, int]) -> Case:
    """Make the case of one pass of a loaded network."""
    lightness = np.random.default_rng(0).uniform(0, 100, shape).astype(np.float32)
    return partial(time_call, partial(network.logits, lightness))
