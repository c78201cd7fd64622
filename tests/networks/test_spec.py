from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from colorize_lab.errors import NetworkFileError
from colorize_lab.networks.spec import NetworkSpec, parse_spec, read_spec
from tests.helpers.tiny_network import ENTRY

SOURCE = Path("models", "tiny", "network.json")


def parse_entry(**changes: Any) -> NetworkSpec:
    return parse_spec(json.dumps({**ENTRY, **changes}), SOURCE)


def test_keys_are_the_attributes() -> None:
    fields = dataclasses.fields(NetworkSpec)
    assert set(ENTRY) == {field.name for field in fields if field.default is dataclasses.MISSING}


def test_paths_are_relative_to_the_folder() -> None:
    spec = parse_entry(prototxt="../other/deploy.prototxt", bins="bins.npy", urls=["https://a/b"])
    assert spec.prototxt == SOURCE.parent / "../other/deploy.prototxt"
    assert spec.weights == SOURCE.parent / "tiny.caffemodel"
    assert spec.bins == SOURCE.parent / "bins.npy"
    assert spec.urls == ("https://a/b",)


@pytest.mark.parametrize("key", ENTRY)
def test_missing_key(key: str) -> None:
    entry = {k: v for k, v in ENTRY.items() if k != key}
    with pytest.raises(NetworkFileError, match=f"'{key}' is missing"):
        parse_spec(json.dumps(entry), SOURCE)


@pytest.mark.parametrize("key", ENTRY)
def test_wrong_type(key: str) -> None:
    with pytest.raises(NetworkFileError, match=f"'{key}' must be"):
        parse_entry(**{key: {}})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "Upper Case"),
        ("name", "../escape"),
        ("weights", "../escape.caffemodel"),
        ("weights", ".."),
        ("size_bytes", 0),
        ("sha256", "ABC"),
        ("urls", ["file:///etc/passwd"]),
        ("urls", [1]),
        ("stride_px", 0),
        ("temperature", 0),
        ("temperature", 1.5),
        ("temperature", float("nan")),
        ("vividness", float("inf")),
        ("render_factor", 0),
    ],
)
def test_value_out_of_range(key: str, value: object) -> None:
    with pytest.raises(NetworkFileError, match=f"'{key}' may not be"):
        parse_entry(**{key: value})


def test_true_is_no_number() -> None:
    with pytest.raises(NetworkFileError, match="'rank' must be int, not bool"):
        parse_entry(rank=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a valid network description"),
        ("[]", "one JSON object"),
        ("[" * 100_000, "not a valid network description"),
        ('{"name": "a", "name": "b"}', "twice"),
        (json.dumps({**ENTRY, "licens": "MIT"}), "unknown key 'licens'"),
    ],
)
def test_text_that_is_no_description(text: str, reason: str) -> None:
    with pytest.raises(NetworkFileError, match=reason):
        parse_spec(text, SOURCE)


def test_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(NetworkFileError, match="cannot be read"):
        read_spec(tmp_path / "network.json")


def test_vividness_counts_from_the_training() -> None:
    assert parse_entry(rebalanced=False).vividness_to_strength(0.4) == 0.4
    assert parse_entry(rebalanced=True).vividness_to_strength(1.0) == 0.0
