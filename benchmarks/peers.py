"""Peers' networks: full-size files of random weights through every engine, against definitions.

Their own weights cannot be part of this project. What can be shown without them: the published
layers, written as the file that users add, pass our checks, have the size of the release, and every
engine computes what the operations' definitions say.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec as find_module
from pathlib import Path
from typing import Any, Final, TypeAlias

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.peer_networks import (
    ARTISTIC,
    DDCOLOR,
    DDCOLOR_TINY,
    STABLE,
    build_ddcolor,
    build_deoldify,
)
from benchmarks.report import describe_run, publish
from benchmarks.synthetic import make_random_network
from colorize_lab.errors import MissingExtraError
from colorize_lab.networks import (
    ENGINE_NAMES,
    InstalledNetwork,
    choose_engine,
    find_spec,
    load_files,
)
from colorize_lab.networks.engines import EngineError, Loaded
from colorize_lab.networks.engines.opencv import HAS_CAFFE
from colorize_lab.networks.weights import check_file
from colorize_lab.onnx import measure_cost, read_onnx

Floats: TypeAlias = NDArray[np.float32]

# Bytes of the published files; for the stable network what FaceFusion's users list, in MiB, for
# its export with float32 weights.
SIZES: Final[Mapping[str, int]] = {
    "ddcolor": 911_801_965,
    "ddcolor-tiny": 223_650_419,
    "deoldify-artistic": 255_044_725,
    "deoldify-stable": 833 << 20,
}
BUILDERS: Final[Mapping[str, Callable[[int], bytes]]] = {
    "ddcolor": lambda side: build_ddcolor(DDCOLOR, side),
    "ddcolor-tiny": lambda side: build_ddcolor(DDCOLOR_TINY, side),
    "deoldify-artistic": lambda side: build_deoldify(ARTISTIC),
    "deoldify-stable": lambda side: build_deoldify(STABLE),
}
NAMES: Final = (*BUILDERS, "zhang-siggraph17")
_MODULES: Final = {"opencv": "cv2"}
# Of the numbers that an input takes.
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "lightness": (-50, 50),
    "gray": (0, 1),
    "gray-255": (0, 255),
}


@click.command("peers")
@click.option("--network", "names", multiple=True, type=click.Choice(NAMES), help="By default all.")
@click.option("--side", type=click.IntRange(32, 512), default=64, show_default=True, help="Pixels.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(names: Sequence[str], side: int, json_path: Path | None) -> None:
    """Prove the path of peers' networks with full-size files of random weights.

    The definitions are those of the library onnx, whose reference needs minutes for the large ones.
    """
    rows: dict[str, dict[str, Any]] = {}
    for name in names or NAMES:
        with tempfile.TemporaryDirectory() as folder:
            rows[name] = measure_peer(name, side, Path(folder))
            click.echo(f"{name}: {rows[name]}", err=True)
    publish(format_rows(rows, side), {"peers": rows}, describe_run(), json_path)


def measure_peer(name: str, side: int, folder: Path) -> dict[str, Any]:
    """Build a network's file, add it, and run it in every engine that is installed."""
    installed = build_peer(name, side, folder)
    loaded, _ = load_files(installed)
    twin = loaded.to_onnx()
    cost = measure_cost(read_onnx(twin), 256, 256)
    inputs = draw_inputs(loaded, side)
    expected = run_reference(twin, inputs, loaded.spec.output_blob)
    row: dict[str, Any] = {
        "bytes": installed.weights.stat().st_size,
        "published": SIZES.get(name),
        "multiplications": cost.multiplications,
    }
    for engine in list_engines():
        row[engine] = compare_engine(engine, loaded, inputs, expected)
    return row


def list_engines() -> list[str]:
    """List the engines that are installed."""
    names = [str(name) for name in ENGINE_NAMES if name != "auto"]
    return [name for name in names if find_module(_MODULES.get(name, name)) is not None]


def build_peer(name: str, side: int, folder: Path) -> InstalledNetwork:
    """Write random weights for a network of the registry, checked as when a user adds them."""
    spec = replace(find_spec(name), size_bytes=None, sha256=None)
    path = folder / spec.weights.name
    if name in BUILDERS:
        path.write_bytes(BUILDERS[name](side))
    else:
        make_random_network(spec.find_prototxt(), path)
    check_file(path.read_bytes(), spec)
    return InstalledNetwork(spec, path)


def draw_inputs(loaded: Loaded, side: int) -> dict[str, Floats]:
    """Draw a picture, and hints if the network takes them."""
    rng = np.random.default_rng(1)
    size = loaded.fixed_size or (side, side + 32)
    spec = loaded.spec
    low, high = _RANGES[spec.input]
    channels = 1 if spec.input == "lightness" else 3
    inputs = {spec.input_blob: rng.uniform(low, high, (1, channels, *size)).astype(np.float32)}
    if spec.hint_blob is not None:
        inputs[spec.hint_blob] = rng.uniform(-50, 50, (1, 3, *size)).astype(np.float32)
    return inputs


def run_reference(twin: bytes, inputs: Mapping[str, Floats], output: str) -> Floats:
    """Compute the answer by the definitions of the library onnx."""
    try:
        import onnx
        from onnx.reference import ReferenceEvaluator
    except ImportError as error:
        raise MissingExtraError(
            "the definitions are those of onnx; install it with: pip install '.[benchmark]'"
        ) from error

    evaluator: Any = ReferenceEvaluator(onnx.load_from_string(twin))
    return np.asarray(evaluator.run([output], dict(inputs))[0], np.float32)


def compare_engine(
    engine: str, loaded: Loaded, inputs: Mapping[str, Floats], expected: Floats
) -> dict[str, Any]:
    """Run an engine; the difference is a part of the answer's range."""
    try:
        session = choose_engine(engine, "cpu").load(loaded, 1)
        start = time.perf_counter()
        (found,) = session.run(inputs, [loaded.spec.output_blob])
    except EngineError as error:
        return {"error": str(error)}
    difference = np.abs(found - expected).max() / np.ptp(expected)
    return {"difference": float(difference), "seconds": time.perf_counter() - start}


def format_rows(rows: Mapping[str, Mapping[str, Any]], side: int) -> str:
    """Write the table."""
    engines = [str(n) for n in ENGINE_NAMES if any(n in row for row in rows.values())]
    lines = [
        f"## Peers' networks with random weights, {side} pixels\n",
        f"| network | MB | published MB | G multiplications | {' | '.join(engines)} |",
        "|---" * (4 + len(engines)) + "|",
    ]
    for name, row in rows.items():
        published = "unknown" if row["published"] is None else f"{row['published'] / 1e6:.1f}"
        cells = [
            name, f"{row['bytes'] / 1e6:.1f}", published, f"{row['multiplications'] / 1e9:.0f}",
            *(_format_engine(row.get(engine)) for engine in engines),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    caffe = "Caffe files" if HAS_CAFFE else "ONNX twins"
    lines.append(
        "\nMultiplications: for 256 x 256 pixels, or the size that the file fixes. Engines: the "
        "largest difference from the definitions, as a part of the answer's range, "
        f"and seconds of one pass. This OpenCV runs {caffe} of Caffe networks."
    )
    return "\n".join(lines)


def _format_engine(result: Mapping[str, Any] | None) -> str:
    if result is None:
        return ""
    if "error" in result:
        return "cannot load it"
    return f"{result['difference']:.0e}, {result['seconds']:.1f} s"
