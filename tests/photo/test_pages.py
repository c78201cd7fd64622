"""Pages of TIFF files: each read by its number, and written into one file again."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from colorize_lab.errors import InputError
from colorize_lab.photo import (
    Metadata,
    Text,
    array_to_photo,
    count_pages,
    encode_photo,
    make_srgb_icc,
    read_photo,
)
from colorize_lab.photo.tiff_join import join_tiffs
from tests.helpers.photo_files import XMP, make_exif, make_samples, make_smooth, save

PAGES = [
    make_smooth(40, 56),
    make_samples(30, 20, 1),
    make_samples(90, 70, 3, np.uint16),
    make_samples(8, 9, 1, np.uint16),
]


def write_pages(pages: list[NDArray[Any]], **options: Any) -> bytes:
    file = io.BytesIO()
    with tifffile.TiffWriter(file, **options) as writer:
        for number, page in enumerate(pages):
            writer.write(
                page,
                photometric="rgb" if page.ndim == 3 else "minisblack",
                metadata=None,
                extratags=[
                    (274, 3, 1, 3 if number == 2 else 1, True),
                    (285, 2, None, f"page {number + 1}", True),
                    (315, 2, None, f"artist {number + 1}", True),
                ],
            )
    return file.getvalue()


@pytest.mark.parametrize("options", [{}, {"byteorder": ">"}, {"bigtiff": True}])
def test_each_page_is_read_with_its_own_metadata(options: dict[str, Any]) -> None:
    data = write_pages(PAGES, **options)
    assert count_pages(data) == len(PAGES)
    for number, pixels in enumerate(PAGES, start=1):
        photo = read_photo(data, page=number)
        expected = pixels[::-1, ::-1] if number == 3 else pixels  # turned by half
        shown = photo.rgb[..., 0] if pixels.ndim == 2 else photo.rgb
        assert np.abs(shown - expected / np.iinfo(pixels.dtype).max).max() < 1e-6
        assert photo.metadata.texts == (Text("PageName", f"page {number}"),)
        assert photo.metadata.exif is not None
        assert f"artist {number}".encode() in photo.metadata.exif
        assert photo.warnings == ()
    assert "--pages" in read_photo(data).warnings[0]


@pytest.mark.parametrize("page", [5, 10_000])
def test_a_page_that_is_not_there_is_named(page: int) -> None:
    with pytest.raises(InputError, match=f"4 pages, and none of number {page}"):
        read_photo(write_pages(PAGES), page=page)
    with pytest.raises(InputError, match="single page"):
        read_photo(save(PAGES[0], "PNG"), page=page)


def test_files_without_pages_have_one() -> None:
    data = save(PAGES[0], "PNG")
    assert count_pages(data) == 1
    assert np.array_equal(read_photo(data, page=1).rgb, read_photo(data).rgb)


def test_a_thumbnail_is_no_page() -> None:
    large = make_smooth(160, 224)
    data = write_pages([np.ascontiguousarray(large[::4, ::4]), large, PAGES[1]])
    assert count_pages(data) == 2
    assert read_photo(data, page=1).rgb.shape == large.shape


@pytest.mark.parametrize("compression", ["none", "deflate"])
def test_joined_files_are_the_pages_of_one(compression: str) -> None:
    metadata = Metadata(make_exif(), None, XMP, (300, 300))
    files = []
    for number, pixels in enumerate(PAGES, start=1):
        own = replace(metadata, texts=(Text("PageName", f"page {number}"),))
        own = replace(own, icc=make_srgb_icc() if pixels.ndim == 3 else None)
        photo = replace(array_to_photo(pixels), metadata=own)
        files.append(encode_photo(photo, "TIFF", compression=compression))
    joined = join_tiffs(files)
    with tifffile.TiffFile(io.BytesIO(joined)) as tiff, Image.open(io.BytesIO(joined)) as image:
        assert len(tiff.pages) == image.n_frames == len(PAGES)  # type: ignore[attr-defined]
        for number, (page, pixels) in enumerate(zip(tiff.pages, PAGES, strict=True)):
            assert np.array_equal(page.asarray(), pixels)
            assert page.tags["PageName"].value == f"page {number + 1}"  # type: ignore[union-attr]
            image.seek(number)
            assert image.size == pixels.shape[1::-1]
            assert image.getexif().get_ifd(0x8769)[0x9003] == "1942:05:01 10:00:00"
    for number, file in enumerate(files, start=1):
        alone, page = read_photo(file), read_photo(joined, page=number)
        assert np.array_equal(page.rgb, alone.rgb)
        assert page.metadata == alone.metadata
    assert join_tiffs(files[:1]) == files[0]
