from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from colorize_lab.caffe.fit import infer_blob_shapes
from colorize_lab.errors import NetworkFileError, UnknownNetworkError
from colorize_lab.networks import (
    choose_network,
    find_network,
    installed_networks,
    load_registry,
    user_networks_dir,
)
from colorize_lab.networks.files import read_graph
from colorize_lab.networks.registry import find_spec, user_weights_path
from tests.helpers.tiny_network import TinyFiles


def test_bundled_networks_are_known() -> None:
    registry = load_registry()
    assert list(registry) == [
        "zhang-eccv16", "zhang-eccv16-norebal", "compact", "zhang-siggraph17", "ddcolor",
        "ddcolor-tiny", "deoldify-artistic", "deoldify-stable", "deoldify-video",
    ]  # fmt: skip
    assert registry["zhang-eccv16"].size_bytes == 128_946_764


@pytest.mark.parametrize("name", ["zhang-eccv16", "zhang-eccv16-norebal", "compact"])
def test_bundled_graph_has_what_the_registry_names(name: str) -> None:
    spec = load_registry()[name]
    graph = read_graph(spec.prototxt)
    inputs = {i.name: i.shape[1] for i in graph.inputs}
    expected = {spec.input_blob: 1}
    if spec.hint_blob is not None:
        expected[spec.hint_blob] = 3
    assert inputs == expected
    assert infer_blob_shapes(graph)[spec.output_blob][0][0] == 313


def test_highest_rank_comes_first(register: Callable[..., Path], tiny: TinyFiles) -> None:
    register("worst", rank=-3)
    register("best", rank=9)
    register("good", rank=5, weights=tiny.weights)
    assert list(load_registry()) == ["best", "good", "worst"]
    assert choose_network().spec.name == "good"  # the best is not installed


def test_name_may_stand_once(register: Callable[..., Path], models: Path) -> None:
    shutil.copytree(register("tiny"), models / "copy")
    with pytest.raises(NetworkFileError, match="'tiny' a second time"):
        load_registry()


def test_unknown_name_lists_the_known(register: Callable[..., Path]) -> None:
    register("tiny")
    with pytest.raises(UnknownNetworkError, match="unknown network 'huge'; use tiny"):
        find_network("huge")


def test_missing_weights_name_the_command(register: Callable[..., Path]) -> None:
    register("tiny")
    with pytest.raises(UnknownNetworkError, match="colorize-lab models fetch tiny"):
        choose_network("tiny")


def test_nothing_installed(register: Callable[..., Path]) -> None:
    register("tiny")
    assert installed_networks() == ()
    with pytest.raises(UnknownNetworkError, match="no network is installed"):
        choose_network("auto")


def test_own_copy_comes_before_the_bundled(register: Callable[..., Path], tiny: TinyFiles) -> None:
    folder = register("tiny", weights=tiny.weights)
    assert find_network("tiny").weights == folder / "tiny.caffemodel"
    own = user_weights_path(find_spec("tiny"))
    own.parent.mkdir(parents=True)
    own.write_bytes(tiny.weights)
    assert find_network("tiny").weights == own


def test_home_is_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORIZE_LAB_HOME", str(tmp_path))
    assert user_networks_dir() == tmp_path / "networks"


@pytest.mark.parametrize(
    ("platform", "variable", "tail"),
    [
        ("linux", "XDG_DATA_HOME", ".local/share"),
        ("win32", "LOCALAPPDATA", "AppData/Local"),
        ("darwin", None, "Library/Application Support"),
    ],
)
def test_home_of_each_platform(
    platform: str, variable: str | None, tail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("COLORIZE_LAB_HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/people/ada"))
    assert user_networks_dir() == Path("/people/ada", tail, "colorize-lab", "networks")
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
        assert user_networks_dir() == tmp_path / "colorize-lab" / "networks"
