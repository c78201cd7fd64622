"""Whatever is written into a small language or a description: a value, or one of our errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colorize_lab import array_to_photo
from colorize_lab.caffe import check_cost, parse_prototxt
from colorize_lab.errors import ColorizeLabError
from colorize_lab.guide.adjust import parse_damp, parse_hue_shift
from colorize_lab.guide.palette import parse_palette
from colorize_lab.hints.files import parse_hints
from colorize_lab.hints.hint import parse_hint
from colorize_lab.networks.spec import parse_spec
from colorize_lab.photo import Metadata, add_provenance, encode_photo, read_provenance
from colorize_lab.recolor import parse_hues, parse_mix
from tests.helpers.photo_files import XMP, make_exif
from tests.helpers.tiny_network import ENTRY, make_tiny

PHOTO = array_to_photo(np.arange(0, 240, 10, np.uint8).reshape(4, 6))
PROTOTXT = make_tiny().prototxt
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**31, 2**63, 10**400, -(10**400)])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
# What stands in these languages, so that not everything is refused at its first letter.
WORDS = st.sampled_from([*"0123456789.,:=%#-+ee", "gray", "reds", "#8fb0d8", "NaN", "inf", "1e999"])
LINES = st.text(max_size=30) | st.lists(WORDS, max_size=12).map("".join)


def allow_own_errors(call: Callable[[], Any]) -> None:
    """Fail for errors that are not ours, or that say nothing."""
    try:
        call()
    except ColorizeLabError as error:
        assert str(error)
        assert type(error) is not ColorizeLabError


@pytest.mark.parametrize(
    "parse",
    [parse_hint, parse_palette, parse_hue_shift, parse_damp, parse_mix, parse_hues],
    ids=lambda parse: parse.__name__,
)
@given(line=LINES)
def test_settings(parse: Callable[[str], Any], line: str) -> None:
    allow_own_errors(lambda: parse(line))


@given(
    entries=st.lists(
        st.fixed_dictionaries(
            {"x": VALUES, "y": VALUES, "color": VALUES | st.just("gray")},
            optional={"radius": VALUES, "more": VALUES},
        ),
        max_size=3,
    )
    | VALUES
)
def test_hints(entries: Any) -> None:
    allow_own_errors(lambda: [hint.pins(20, 30) for hint in parse_hints(json.dumps(entries))])


@given(key=st.sampled_from(sorted(ENTRY)), value=VALUES)
def test_network_descriptions(key: str, value: Any) -> None:
    text = json.dumps({**ENTRY, key: value})
    allow_own_errors(lambda: parse_spec(text, Path("network.json")))


@given(
    name=st.sampled_from(
        ["num_output", "kernel_size", "pad", "stride", "dilation", "group", "dim"]
    ),
    value=NUMBERS | st.text(max_size=8),
)
def test_prototxts(name: str, value: Any) -> None:
    text = PROTOTXT.replace(f"{name}: 2", f"{name}: {value}").replace(
        f"{name}: 1\n", f"{name}: {value}\n"
    )
    allow_own_errors(lambda: check_cost(parse_prototxt(text)))


@settings(max_examples=50)
@given(
    format=st.sampled_from(["png", "jpg", "tif", "webp"]),
    exif=st.binary(max_size=200)
    | st.tuples(st.integers(0, 153), st.binary(min_size=1, max_size=8)).map(
        lambda change: make_exif(6)[: change[0]] + change[1] + make_exif(6)[change[0] :]
    ),
)
def test_exif_is_carried_or_left_out(format: str, exif: bytes) -> None:
    photo = replace(PHOTO, metadata=Metadata(exif=exif))
    allow_own_errors(lambda: encode_photo(photo, format))


@given(
    place=st.integers(0, len(XMP)),
    text=st.text(max_size=20).map(str.encode) | st.binary(max_size=20),
)
def test_provenance_is_written_into_any_packet(place: int, text: bytes) -> None:
    metadata = Metadata(xmp=XMP[:place] + text + XMP[place:])
    signed = add_provenance(metadata, {"network": "tiny", "recipe": '{"a": 1}'})
    assert read_provenance(signed.xmp) == {"network": "tiny", "recipe": '{"a": 1}'}


def test_foreign_errors_are_told() -> None:
    with pytest.raises(KeyError):
        allow_own_errors(lambda: {}["x"])
    with pytest.raises(AssertionError):
        allow_own_errors(lambda: (_ for _ in ()).throw(ColorizeLabError("base")))
