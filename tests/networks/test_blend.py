"""Blends are read as written, named the same each time, and refused where they make no sense."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from colorize_lab.errors import RecipeError, UnknownNetworkError
from colorize_lab.networks import choose_parts, describe_blend, find_network, hash_blend
from tests.helpers.tiny_network import TinyFiles


@pytest.fixture
def pair(register: Callable[..., Path], tiny: TinyFiles) -> None:
    register("a", tiny.weights, rank=2, hint_blob=None, temperature=0.3)
    register("b", tiny.weights, rank=1, temperature=0.9)


def name(text: str) -> str:
    return describe_blend(choose_parts(text)).name


@pytest.mark.usefixtures("pair")
def test_names_and_weights() -> None:
    assert [(p.installed.spec.name, p.weight) for p in choose_parts(" a:2 , b ")] == [
        ("a", 2.0),
        ("b", 1.0),
    ]
    assert name("a:2.0, b") == name(name("a:2.0, b")) == "a:2,b:1"
    assert name("a") == name("auto") == "a"
    assert choose_parts(find_network("b"))[0].installed == find_network("b")


@pytest.mark.usefixtures("pair")
def test_first_leads_and_any_takes_hints() -> None:
    spec = describe_blend(choose_parts("a,b"))
    assert (spec.temperature, spec.hint_blob) == (0.3, "hints")
    assert describe_blend(choose_parts("a")).hint_blob is None


@pytest.mark.usefixtures("pair")
def test_own_network_by_its_path() -> None:
    path = find_network("b").weights
    assert name(f"a,{path}:3") == "a:1,b:3"  # its network.json names it


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("text", ["a:0", "a:-1", "a:nan", "a:inf", "a:x", "a,a", "a,b:", "a," * 9])
def test_senseless_blends_are_refused(text: str) -> None:
    with pytest.raises((RecipeError, UnknownNetworkError)):
        choose_parts(text)


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("text", ["a,nosuch", "a,", ",", ":2"])
def test_unknown_names_are_refused(text: str) -> None:
    with pytest.raises(UnknownNetworkError):
        choose_parts(text)


def test_hash_depends_on_every_network() -> None:
    assert hash_blend(["x", "y"]) != hash_blend(["y", "x"]) != hash_blend(["x"])
