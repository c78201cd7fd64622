"""Peers' published layers, at small widths, through files, checks, engines and coloring."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec as find_module

import numpy as np
import pytest

from benchmarks.peer_networks import (
    DDColorWidths,
    DeOldifyWidths,
    build_ddcolor,
    build_deoldify,
)
from benchmarks.peers import format_rows, run_reference
from colorize_lab import Colorizer, Recipe, array_to_photo
from colorize_lab.color import lab_to_rgb, rgb_to_lab
from colorize_lab.errors import NetworkFileError
from colorize_lab.hints.hint import parse_hint
from colorize_lab.networks import InstalledNetwork, Network, choose_engine, find_spec
from colorize_lab.networks.weights import check_file
from colorize_lab.onnx import check_onnx, read_onnx

pytest.importorskip("onnx")

SMALL_DDCOLOR = DDColorWidths((1, 1, 2, 1), (8, 8, 16, 16), 16, 5, 16, 32, 2, 4)
SMALL_DEEP = DeOldifyWidths((2, 1, 1, 1), 8, bottleneck=False, factor=1.5, wide=False)
SMALL_WIDE = DeOldifyWidths((1, 1, 2, 1), 8, bottleneck=True, factor=1, wide=True)
FILES = {
    "ddcolor-tiny": lambda: build_ddcolor(SMALL_DDCOLOR, 64),
    "deoldify-artistic": lambda: build_deoldify(SMALL_DEEP),
    "deoldify-stable": lambda: build_deoldify(SMALL_WIDE),
}
ENGINES = [
    pytest.param(
        name, marks=pytest.mark.skipif(find_module(name) is None, reason=f"{name} is not installed")
    )
    for name in ("onnxruntime", "openvino")
]
GRAY = np.random.default_rng(6).integers(30, 220, (60, 90), np.uint8)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, InstalledNetwork]:
    folder = tmp_path_factory.mktemp("peers")
    installed = {}
    for name, build in FILES.items():
        spec = replace(find_spec(name), size_bytes=None, sha256=None, render_factor=4)
        path = folder / f"{name}.onnx"
        path.write_bytes(build())
        installed[name] = InstalledNetwork(spec, path)
    return installed


def compute_expected(installed: InstalledNetwork, lightness: np.ndarray) -> np.ndarray:
    """Compute a* and b* of each cell: gray picture, reference, color, mean over the cell."""
    lab = np.zeros((*lightness.shape, 3), np.float32)
    lab[..., 0] = lightness
    gray = np.moveaxis(lab_to_rgb(lab), -1, 0)[None]
    is_deoldify = "deoldify" in installed.spec.name
    picture = gray * 255 if is_deoldify else gray
    data = installed.weights.read_bytes()
    answer = run_reference(data, {"input": picture.astype(np.float32)}, "output")[0]
    if is_deoldify:
        answer = rgb_to_lab(np.ascontiguousarray(np.moveaxis(answer / 255, 0, -1), np.float32))
        answer = np.moveaxis(answer, -1, 0)[1:]
    cells = answer.reshape(2, answer.shape[1] // 4, 4, answer.shape[2] // 4, 4).mean(axis=(2, 4))
    return np.moveaxis(cells, 0, -1)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("engine", ENGINES)
def test_colors_are_those_of_the_definitions(
    files: dict[str, InstalledNetwork], name: str, engine: str
) -> None:
    installed = files[name]
    lightness = np.random.default_rng(2).uniform(10, 90, (64, 64)).astype(np.float32)
    expected = compute_expected(installed, lightness)
    assert np.ptp(expected) > 1
    colorizer = Colorizer(installed, recipe=Recipe(looks=1), engine=engine, threads=1)
    found = colorizer.predict_plane(lightness).annealed_mean(1.0)
    np.testing.assert_allclose(found, expected, atol=0.05 * np.ptp(expected) + 0.05)
    changed = colorizer.predict_plane(lightness * 0.7).annealed_mean(1.0)
    assert np.abs(changed - expected).max() > 0.5


@pytest.mark.parametrize("name", FILES)
def test_answers_are_exact(files: dict[str, InstalledNetwork], name: str) -> None:
    pytest.importorskip("onnxruntime")
    installed = files[name]
    network = Network.load(installed, choose_engine("onnxruntime", "cpu"), 1)
    picture = np.random.default_rng(3).uniform(0, 1, (1, 3, 64, 64)).astype(np.float32)
    expected = run_reference(installed.weights.read_bytes(), {"input": picture}, "output")
    (found,) = network._session.run({"input": picture}, ["output"])
    assert np.abs(found - expected).max() < 1e-4 * np.ptp(expected)


@pytest.mark.parametrize("name", FILES)
def test_hints_and_photos_of_any_shape_work(files: dict[str, InstalledNetwork], name: str) -> None:
    pytest.importorskip("onnxruntime")
    recipe = Recipe(looks=2, hints=(parse_hint("20,30=#c03020"),))
    colorizer = Colorizer(files[name], recipe=recipe, engine="onnxruntime", threads=1)
    colored = colorizer.colorize(array_to_photo(GRAY))
    lab = rgb_to_lab(colored.rgb)
    assert colored.rgb.shape == (60, 90, 3)
    assert np.abs(lab[..., 0] - rgb_to_lab(array_to_photo(GRAY).rgb)[..., 0]).max() < 0.05
    assert lab[30, 20, 1] > 20


def test_another_networks_file_is_refused(files: dict[str, InstalledNetwork]) -> None:
    data = files["ddcolor-tiny"].weights.read_bytes()
    with pytest.raises(NetworkFileError, match="makes 1 x 3 x height x width numbers"):
        check_file(data, files["deoldify-artistic"].spec)
    with pytest.raises(NetworkFileError, match="takes 1 channels"):
        check_file(data, replace(find_spec("ddcolor"), input="lightness"))


def test_every_bit_flip_in_the_head_is_refused_or_sound(
    files: dict[str, InstalledNetwork],
) -> None:
    data = files["deoldify-artistic"].weights.read_bytes()
    rng = np.random.default_rng(0)
    for at in rng.integers(0, 4000, 60):
        damaged = bytearray(data)
        damaged[at] ^= 1 << int(rng.integers(8))
        try:
            check_onnx(read_onnx(bytes(damaged)))
        except NetworkFileError as error:
            assert str(error)


def test_table_shows_every_engine() -> None:
    row = {"bytes": 10**6, "published": None, "multiplications": 10**9}
    text = format_rows({"x": {**row, "opencv": {"error": "no"}}}, 64)
    assert "| x | 1.0 | unknown | 1 | cannot load it |" in text
