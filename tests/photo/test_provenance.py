"""How a photo was made: written into XMP packets of every kind, and read back."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorize_lab.photo import Metadata, add_provenance, read_provenance
from tests.helpers.photo_files import XMP

RECORDS = {
    "network": "compact",
    "weightsSha256": "ab" * 32,
    "version": "0.1.0",
    "recipe": json.dumps({"temperature": 0.38, "name": "<&\"'> Größe 写真"}),
}
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
SOURCE_TYPE = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
CREATOR = "{http://ns.adobe.com/xap/1.0/}CreatorTool"
SOURCE = "{http://purl.org/dc/elements/1.1/}source"


def list_properties(xmp: bytes | None) -> list[tuple[str, str]]:
    """List a packet's properties by a parser that the code under test does not use."""
    assert xmp is not None
    found = []
    for description in ElementTree.fromstring(xmp.decode()).iter(f"{RDF}Description"):
        found += [(name, value) for name, value in description.attrib.items()]
        found += [(child.tag, child.text or "") for child in description]
    return found


@pytest.mark.parametrize("before", [None, XMP, XMP.decode().encode("utf-8-sig"), XMP + bytes(40)])
def test_records_are_written_and_read_back(before: bytes | None) -> None:
    xmp = add_provenance(Metadata(xmp=before), RECORDS).xmp
    assert read_provenance(xmp) == RECORDS
    properties = list_properties(xmp)
    assert [value for name, value in properties if name == SOURCE_TYPE] == [
        "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    ]
    assert (CREATOR, "colorize-lab 0.1.0") in properties
    assert ((SOURCE, "Großmutters Album") in properties) == (before is not None)


def test_the_rest_of_the_packet_stays() -> None:
    before, after = (
        list_properties(XMP),
        list_properties(add_provenance(Metadata(xmp=XMP), RECORDS).xmp),
    )
    assert all(entry in after for entry in before)
    abouts = {value for name, value in after if name == f"{RDF}about"}
    assert abouts == {"uuid:1"}  # the descriptions of a packet are about one thing


def test_other_metadata_is_not_touched() -> None:
    metadata = Metadata(exif=b"II*\0", icc=b"icc", dpi=(1.0, 2.0))
    marked = add_provenance(metadata, RECORDS)
    assert (marked.exif, marked.icc, marked.dpi) == (b"II*\0", b"icc", (1.0, 2.0))


def test_earlier_records_are_replaced() -> None:
    first = add_provenance(Metadata(xmp=XMP), RECORDS)
    second = add_provenance(first, {"network": "other"})
    assert read_provenance(second.xmp) == {"network": "other"}
    names = [name for name, _ in list_properties(second.xmp)]
    assert names.count(SOURCE_TYPE) == names.count(CREATOR) == names.count(SOURCE) == 1


def test_earlier_values_given_as_attributes_are_replaced() -> None:
    xmp = XMP.replace(
        b"<rdf:Description",
        b'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Scanner"',
    )
    names = [name for name, _ in list_properties(add_provenance(Metadata(xmp=xmp), RECORDS).xmp)]
    assert names.count(CREATOR) == 1


def test_the_same_records_give_the_same_bytes() -> None:
    once = add_provenance(Metadata(xmp=XMP), RECORDS)
    assert add_provenance(Metadata(xmp=XMP), RECORDS) == once
    assert add_provenance(once, RECORDS) == once


BOMB = (
    b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&c;</rdf:RDF>'
)
DEEP = b"<a>" * 50000 + XMP + b"</a>" * 50000


@pytest.mark.parametrize(
    "damaged", [b"", b"no XML", XMP[:200], b"\xff\xfe<\0", BOMB, b"<a/>", DEEP]
)
def test_damaged_and_hostile_packets_are_left_out(
    damaged: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert read_provenance(damaged) is None
    marked = add_provenance(Metadata(xmp=damaged), RECORDS)
    assert marked == add_provenance(Metadata(), RECORDS)
    assert "omitted" in caplog.text


def test_files_of_entities_are_not_opened() -> None:
    attack = BOMB.replace(b'"bbbbbbbb"', b'SYSTEM "file:///etc/hostname"')
    assert read_provenance(attack) is None


@pytest.mark.parametrize("xmp", [None, XMP])
def test_photos_of_others_have_no_records(xmp: bytes | None) -> None:
    assert read_provenance(xmp) is None


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_every_text_keeps_the_packet_sound(text: str) -> None:
    xmp = add_provenance(Metadata(), {"network": text}).xmp
    records = read_provenance(xmp)
    assert records is not None
    assert len(records["network"]) == len(text)
    assert all(new in (old, "\ufffd") for old, new in zip(text, records["network"], strict=True))
