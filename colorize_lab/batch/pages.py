"""Pages of a TIFF file: which are worked on, and their results put into one file again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from colorize_lab.errors import OutputError
from colorize_lab.photo import Photo, count_pages, find_format, read_photo

__all__ = ["ALL", "join_pages", "read_pages"]

ALL = "all"


def read_pages(
    source: Path, target: Path, pages: int | str | None, max_megapixels: float
) -> Iterator[Photo]:
    """Read the pages of a file, one after the other.

    Parameters
    ----------
    source : Path
        A photo of any format.
    target : Path
        Where the results go: several pages need TIFF.
    pages : int, "all" or None
        One of them, from 1; None is the first.
    max_megapixels : float
        Larger pages are refused before they are decoded.

    Raises
    ------
    OutputError
        The target cannot hold several pages.
    ColorizeLabError
        As from `read_photo`.
    """
    if pages != ALL:
        page = None if pages is None else int(pages)
        yield read_photo(source, max_megapixels=max_megapixels, page=page)
        return
    count = count_pages(source)
    if count > 1 and find_format(target.suffix).name != "TIFF":
        raise OutputError(
            f"{target} cannot hold the {count} pages of {source}; name a TIFF, or choose one "
            "page (--pages N)"
        )
    for page in range(1, count + 1):
        yield read_photo(source, max_megapixels=max_megapixels, page=page)


def join_pages(files: Sequence[bytes]) -> bytes:
    """Put the results of a file's pages into one file."""
    if len(files) == 1:
        return files[0]
    from colorize_lab.photo.tiff_join import join_tiffs  # with tifffile, which is slow to import

    return join_tiffs(files)
