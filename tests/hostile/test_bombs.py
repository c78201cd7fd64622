"""Small files that ask for all the time or memory there is: refused at once."""

from __future__ import annotations

import json
import lzma
import struct
import zlib
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colorize_lab.errors import (
    HintError,
    NetworkFileError,
    TruncatedImageError,
)
from colorize_lab.hints.files import parse_hints
from colorize_lab.hints.pins import list_pins
from colorize_lab.networks.files import read_bins
from colorize_lab.networks.spec import parse_spec, read_spec
from colorize_lab.photo import Metadata, add_provenance, read_photo, read_provenance
from tests.helpers.bounds import MEBIBYTE, bounded
from tests.helpers.photo_files import XMP, make_samples, make_smooth, save, write_tiff
from tests.helpers.tiny_network import ENTRY

SMALL = make_samples(32, 32, 3, np.uint16)
ENTRY_BYTES = 12
PACKERS = {"zlib": zlib.compress, "lzma": partial(lzma.compress, preset=0)}


def test_the_bound_itself_holds() -> None:
    with pytest.raises(AssertionError), bounded():
        bytes(33 * MEBIBYTE)
    with pytest.raises(AssertionError), bounded(seconds=-1):
        pass


# -- photos ---------------------------------------------------------------------------------


def change_tags(tiff: bytes, values: dict[int, int]) -> bytes:
    """Write other values into a little-endian TIFF's directory."""
    data = bytearray(tiff)
    (directory,) = struct.unpack_from("<L", data, 4)
    (count,) = struct.unpack_from("<H", data, directory)
    end = directory + 2 + ENTRY_BYTES * count
    for entry in range(directory + 2, end, ENTRY_BYTES):
        (tag,) = struct.unpack_from("<H", data, entry)
        if tag in values:
            struct.pack_into("<HLL", data, entry + 2, 4, 1, values[tag])
    return bytes(data)


def make_tiff(compression: str, **options: Any) -> bytes:
    return write_tiff(SMALL, photometric="rgb", compression=compression, byteorder="<", **options)


@pytest.mark.parametrize("compression", ["zlib", "lzma"])
def test_a_strip_of_a_tiff_that_unpacks_without_end(compression: str) -> None:
    sound = make_tiff(compression)
    assert read_photo(sound).rgb.shape == (32, 32, 3)
    packed = PACKERS[compression](bytes(40 * MEBIBYTE))
    bomb = change_tags(sound, {273: len(sound), 279: len(packed)}) + packed
    # LZMA is unpacked to the size of the picture and no further.
    with bounded(), suppress(TruncatedImageError):
        assert read_photo(bomb).rgb.shape == (32, 32, 3)


def test_a_tile_far_larger_than_its_tiff() -> None:
    sound = make_tiff("zlib", tile=(16, 16))
    assert read_photo(sound).rgb.shape == (32, 32, 3)
    with bounded(), pytest.raises(TruncatedImageError):
        read_photo(change_tags(sound, {322: 1 << 15, 323: 1 << 15}))


def test_a_jpeg_of_scans_without_end() -> None:
    data = save(make_smooth(800, 1000), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert read_photo(data[:-2] + last * 20 + b"\xff\xd9").rgb.shape == (800, 1000, 3)
    with bounded(), pytest.raises(TruncatedImageError):
        read_photo(data[:-2] + last * 200 + b"\xff\xd9")


@pytest.mark.parametrize("part", [b"<a/>", b'<a b="" c=""/>', b"<a><a>"])
def test_an_xmp_packet_of_a_million_parts(part: bytes, caplog: pytest.LogCaptureFixture) -> None:
    bomb = XMP.replace(b"</rdf:Description>", part * 500_000 + b"</rdf:Description>")
    with bounded(64):
        signed = add_provenance(Metadata(xmp=bomb), {"network": "tiny"})
    assert read_provenance(signed.xmp) == {"network": "tiny"}
    assert "too large" in caplog.text


def test_a_large_xmp_packet_of_few_parts_is_kept() -> None:
    packet = XMP.replace(b"</rdf:Description>", b"x" * MEBIBYTE + b"</rdf:Description>")
    signed = add_provenance(Metadata(xmp=packet), {"network": "tiny"})
    assert signed.xmp is not None and len(signed.xmp) > MEBIBYTE


# -- hints, networks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"radius": 10**400},
        {"radius": float("nan")},
        {"x": 10**400},
        {"y": "1" * 100_000},
        {"color": ["#112233"] * 1000},
        {"color": "\x1b[31m"},
    ],
)
def test_a_hint_that_is_out_of_all_bounds(wrong: dict[str, Any]) -> None:
    hint = {"x": 1, "y": 2, "color": "#112233"} | wrong
    with pytest.raises(HintError) as caught:
        parse_hints(json.dumps([hint]))
    assert len(str(caught.value)) < 300 and str(caught.value).isprintable()


def test_hints_that_cover_a_photo_thousands_of_times() -> None:
    hints = parse_hints(json.dumps([{"x": 0, "y": 0, "color": "gray", "radius": 1e5}] * 10_000))
    with bounded(128), pytest.raises(HintError, match="smaller radii"):
        list_pins(hints, 24, 32)


def test_as_many_small_hints_as_may_be_are_taken() -> None:
    hints = parse_hints(json.dumps([{"x": 9, "y": 9, "color": "gray"}] * 10_000))
    assert len(list_pins(hints, 24, 32)) == 10_000


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("render_factor", 10**9),
        ("render_factor", 65),
        ("stride_px", 10**9),
        ("vividness", 10**300),
        ("vividness", -1),
        ("temperature", float("nan")),
    ],
)
def test_a_network_that_asks_for_all_memory(key: str, value: object, tmp_path: Path) -> None:
    with pytest.raises(NetworkFileError, match=key):
        parse_spec(json.dumps({**ENTRY, key: value}), tmp_path / "network.json")


def test_a_description_without_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "network.json"
    path.write_text(json.dumps(ENTRY) + " " * (64 * MEBIBYTE))
    with bounded():
        read_spec(path)  # what follows is never looked at
    path.write_text(" " * (64 * MEBIBYTE) + json.dumps(ENTRY))
    with bounded(), pytest.raises(NetworkFileError, match="not a valid network description"):
        read_spec(path)


@pytest.mark.parametrize("text", ["{'descr': '<f8', ", "{" * 200, "__import__('os').abort()"])
def test_bins_with_a_header_that_is_no_header(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bins.npy"
    header = text.encode() + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    with pytest.raises(NetworkFileError, match="contains no bins"):
        read_bins(path)
