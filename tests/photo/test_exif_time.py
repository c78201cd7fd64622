"""The time of taking: read from EXIF, absent or damaged EXIF has none."""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image

from colorize_lab.photo import Metadata, read_photo
from colorize_lab.photo.exif_time import read_time_taken


def write_taken(text: str) -> bytes:
    image, file = Image.new("RGB", (8, 8)), io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = text
    image.save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_time_is_read() -> None:
    metadata = read_photo(write_taken("1999:07:01 12:30:00")).metadata
    assert read_time_taken(metadata) == datetime(1999, 7, 1, 12, 30)


def test_damage_is_no_time() -> None:
    assert read_time_taken(read_photo(write_taken("0000:00:00 00:00:00")).metadata) is None
    whole = read_photo(write_taken("1999:07:01 12:30:00")).metadata.exif
    assert whole is not None
    for length in range(8, len(whole)):
        assert read_time_taken(Metadata(exif=whole[:length])) in (
            None,
            datetime(1999, 7, 1, 12, 30),
        )
    assert read_time_taken(Metadata()) is None
