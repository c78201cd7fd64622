"""Captions between formats: IPTC, comments and texts; read by exiftool if it is there."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image, IptcImagePlugin, PngImagePlugin

from colorize_lab.photo import Metadata, Text, encode_photo, read_photo
from colorize_lab.photo.formats import FORMATS
from colorize_lab.photo.xmp import drop_claims
from tests.helpers.photo_files import XMP, make_exif, make_smooth, save, write_tiff

SMOOTH = make_smooth(24, 32)
CAPTION = "Großmutter im Garten"
IPTC = (
    b"\x1c\x01\x5a\x00\x03\x1b%G"
    + b"\x1c\x02\x05\x00\x07Album 3"
    + b"\x1c\x02\x19\x00\x06garden"
    + b"\x1c\x02\x19\x00\x041931"
    + b"\x1c\x02\x50\x00\x0fA. Photographer"
    + b"\x1c\x02\x78"
    + len(CAPTION.encode()).to_bytes(2, "big")
    + CAPTION.encode()
)
WITH_IPTC = [entry.name for entry in FORMATS if entry.encode and "iptc" in entry.holds]
WITH_XMP_ONLY = [e.name for e in FORMATS if e.encode and "iptc" not in e.holds and "xmp" in e.holds]


def make_photo(**fields: Any) -> Any:
    return replace(read_photo(save(SMOOTH, "PNG")), metadata=Metadata(**fields))


def ask_exiftool(data: bytes, path: Path) -> dict[str, Any]:
    tool = shutil.which("exiftool")
    if tool is None:
        pytest.skip("exiftool is not installed")
    path.write_bytes(data)
    answer = subprocess.run([tool, "-j", "-G1", str(path)], capture_output=True, check=True)
    return dict(json.loads(answer.stdout)[0])


@pytest.mark.parametrize("source", WITH_IPTC)
@pytest.mark.parametrize("target", WITH_IPTC)
def test_iptc_survives_byte_by_byte(source: str, target: str) -> None:
    photo = make_photo(iptc=IPTC)
    for name in (source, target):
        photo = read_photo(encode_photo(photo, name))
    assert photo.metadata.iptc == IPTC


@pytest.mark.parametrize("name", WITH_IPTC)
def test_exiftool_reads_our_iptc(name: str, tmp_path: Path) -> None:
    found = ask_exiftool(encode_photo(make_photo(iptc=IPTC), name), tmp_path / "a")
    assert found["IPTC:Caption-Abstract"] == CAPTION
    assert found["IPTC:Keywords"] == ["garden", 1931]


@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_pillow_reads_our_iptc(name: str) -> None:
    image = Image.open(io.BytesIO(encode_photo(make_photo(iptc=IPTC), name)))
    found = IptcImagePlugin.getiptcinfo(image)
    assert found is not None and found[(2, 120)] == CAPTION.encode()


@pytest.mark.parametrize("name", WITH_XMP_ONLY)
@pytest.mark.parametrize("xmp", [None, XMP])
def test_iptc_becomes_xmp_where_it_has_no_place(name: str, xmp: bytes | None) -> None:
    after = read_photo(encode_photo(make_photo(iptc=IPTC, xmp=xmp), name)).metadata
    assert after.xmp is not None
    for text in ("garden", "1931", "A. Photographer", "Album 3", CAPTION):
        assert f">{text}</rdf:li>" in after.xmp.decode()
    assert xmp is None or "Großmutters Album" in after.xmp.decode()


def test_xmp_that_is_there_goes_before_iptc() -> None:
    first = read_photo(encode_photo(make_photo(iptc=IPTC), "WEBP")).metadata.xmp
    other = IPTC.replace(b"Album 3", b"Album 4")
    after = read_photo(encode_photo(make_photo(iptc=other, xmp=first), "WEBP")).metadata.xmp
    assert after is not None and b"Album 3" in after and b"Album 4" not in after


@pytest.mark.parametrize("name", ["BMP", "PNM"])
def test_what_has_no_place_at_all_is_named(name: str, caplog: pytest.LogCaptureFixture) -> None:
    texts = (Text("Title", "x"),)
    encode_photo(make_photo(iptc=IPTC, xmp=XMP, exif=make_exif(), texts=texts), name)
    for word in ("IPTC", "XMP", "EXIF", "Title"):
        assert word in caplog.text


def test_texts_of_a_png_survive(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", "Album 3")
    info.add_text("Author", "A. Photographer", zip=True)
    info.add_itxt("Description", CAPTION, lang="de")
    info.add_text("Software", "Scanner 1.0")
    photo = read_photo(save(SMOOTH, "PNG", pnginfo=info))
    assert len(photo.metadata.texts) == 3
    data = encode_photo(photo, "PNG")
    image = Image.open(io.BytesIO(data))
    image.load()
    assert image.text["Title"] == "Album 3" and image.text["Author"] == "A. Photographer"
    description = image.text["Description"]
    assert (str(description), description.lang) == (CAPTION, "de")
    assert "Software" not in image.text
    assert ask_exiftool(data, tmp_path / "a")["PNG:Description-de"] == CAPTION


@pytest.mark.parametrize("name", ["JPEG", "TIFF", "WEBP", "JPEG2000", "JPEGXL", "AVIF"])
def test_texts_of_a_png_become_xmp_elsewhere(name: str, caplog: pytest.LogCaptureFixture) -> None:
    texts = (Text("Title", "Album 3"), Text("Description", CAPTION), Text("Warning", "fragile"))
    after = read_photo(encode_photo(make_photo(texts=texts), name)).metadata
    assert after.xmp is not None
    assert "Album 3" in after.xmp.decode() and CAPTION in after.xmp.decode()
    assert "Warning" in caplog.text and "Title" not in caplog.text


@pytest.mark.parametrize("comment", [b"album 3, page 7", CAPTION.encode("latin-1")])
def test_the_comment_of_a_jpeg_survives(comment: bytes) -> None:
    photo = read_photo(save(SMOOTH, "JPEG", comment=comment))
    image = Image.open(io.BytesIO(encode_photo(photo, "JPEG")))
    assert image.info["comment"].decode() == comment.decode("latin-1")
    png = Image.open(io.BytesIO(encode_photo(photo, "PNG")))
    png.load()
    assert png.text["Comment"] == comment.decode("latin-1")


def test_names_of_a_tiff_survive() -> None:
    tags = [(269, 2, 0, "Album 3", True), (285, 2, 0, "Seite 7", True)]
    photo = read_photo(write_tiff(SMOOTH, photometric="rgb", extratags=tags))
    with tifffile.TiffFile(io.BytesIO(encode_photo(photo, "TIFF"))) as tiff:
        assert tiff.pages.first.tags[269].value == "Album 3"
        assert tiff.pages.first.tags[285].value == "Seite 7"


@pytest.mark.parametrize("order", ["<", ">"])
def test_iptc_of_a_tiff_as_numbers(order: str) -> None:
    padded = IPTC + bytes(-len(IPTC) % 4)
    numbers = np.frombuffer(padded, f"{order}u4").tolist()
    tags = [(33723, 4, len(numbers), tuple(numbers), True)]
    data = write_tiff(SMOOTH, photometric="rgb", extratags=tags, byteorder=order)
    assert read_photo(data).metadata.iptc == padded


def test_big_tiff_keeps_its_texts(caplog: pytest.LogCaptureFixture) -> None:
    tags = [(315, 2, 0, "A. Photographer", True), (270, 2, 0, "Garden", True)]
    data = write_tiff(SMOOTH, photometric="rgb", bigtiff=True, extratags=tags)
    exif = Image.open(io.BytesIO(encode_photo(read_photo(data), "JPEG"))).getexif()
    assert exif[315] == "A. Photographer" and exif[270] == "Garden"
    assert "damaged" not in caplog.text


def test_an_exif_profile_of_old_programs_turns_a_png() -> None:
    block = b"Exif\0\0" + make_exif(6)
    text = f"\nexif\n{len(block):8d}\n{block.hex()}\n"
    info = PngImagePlugin.PngInfo()
    info.add_text("Raw profile type exif", text, zip=True)
    photo = read_photo(save(SMOOTH, "PNG", pnginfo=info))
    assert photo.rgb.shape == (32, 24, 3)
    assert photo.metadata.exif is not None and b"Ansel" in photo.metadata.exif


CLAIM = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    b'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" '
    b'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" '
    b'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
    b'hdrgm:Version="1.0" GCamera:MotionPhoto="1" GCamera:SpecialTypeID="x">'
    b"<dc:source>album</dc:source><Container:Directory><rdf:Seq/></Container:Directory>"
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def test_claims_go_with_what_they_announce() -> None:
    photo = read_photo(save(SMOOTH, "JPEG", xmp=CLAIM))
    xmp = (photo.metadata.xmp or b"").decode()
    for word in ('hdrgm:Version="', "GCamera:MotionPhoto=", "<Container:Directory"):
        assert word not in xmp
    assert "album" in xmp and "GCamera:SpecialTypeID" in xmp
    assert "gain map was omitted" in " ".join(photo.warnings)
    assert "motion photo was omitted" in " ".join(photo.warnings)


def test_a_packet_without_claims_is_not_touched() -> None:
    assert drop_claims(XMP) == (XMP, ())
    assert read_photo(save(SMOOTH, "JPEG", xmp=XMP)).warnings == ()


@pytest.mark.parametrize("damage", [b"", b"8BIM", b"8BIM\x04\x04\x00\x00\xff\xff\xff\xff", b"\x1c"])
def test_damaged_resources_are_no_iptc(damage: bytes) -> None:
    segment = b"\xff\xed" + (len(damage) + 16).to_bytes(2, "big") + b"Photoshop 3.0\0" + damage
    data = save(SMOOTH, "JPEG")
    assert read_photo(data[:2] + segment + data[2:]).metadata.iptc is None
