"""Captions that a format has no place for: carried over into XMP, or named as left out."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace

from colorize_lab.photo.exif import read_resolution
from colorize_lab.photo.iptc import iptc_to_xmp
from colorize_lab.photo.photo import Metadata, Text
from colorize_lab.photo.xmp import add_missing

logger = logging.getLogger(__name__)

# Keywords of PNG texts (PNG specification, 11.3.3.2), of TIFF tags and of a JPEG's comment.
TEXT_TO_XMP = {
    "Title": "dc:title",
    "Author": "dc:creator",
    "Artist": "dc:creator",
    "Description": "dc:description",
    "Copyright": "dc:rights",
    "Source": "dc:source",
    "Comment": "dc:description",
    "DocumentName": "dc:title",
}


def carry_captions(
    metadata: Metadata, format_name: str, holds: Collection[str], texts: Collection[str] | None
) -> Metadata:
    """Fit captions to a format.

    Parameters
    ----------
    metadata : Metadata
        Of the photo.
    format_name : str
        For the warnings.
    holds : collection of str
        Which fields of the metadata the format can hold.
    texts : collection of str or None
        Keywords of the texts that it can hold; None for any.

    Returns
    -------
    Metadata
        Without what the format cannot hold, and with it in XMP if that can be; what is in XMP
        already stays as it is. The rest is named in a warning in the log.
    """
    properties: dict[str, list[str]] = {}
    lost = [name.upper() for name in ("exif", "icc", "xmp") if getattr(metadata, name) is not None]
    lost = [name for name in lost if name.lower() not in holds]
    lost = ["ICC profile (the result is sRGB)" if name == "ICC" else name for name in lost]
    if metadata.iptc is not None and "iptc" not in holds:
        properties |= iptc_to_xmp(metadata.iptc)
        lost += [] if properties and "xmp" in holds else ["IPTC"]
        metadata = replace(metadata, iptc=None)
    kept, foreign = split_texts(metadata.texts, texts)
    for text in foreign:
        name = TEXT_TO_XMP.get(text.keyword)
        # Of two texts for one property the first is kept.
        if name is None or "xmp" not in holds or properties.get(name, [text.text]) != [text.text]:
            lost.append(text.keyword)
        else:
            properties[name] = [text.text]
    if metadata.dpi is not None and "dpi" not in holds and not _is_in_exif(metadata, holds):
        lost.append("resolution")
    if lost:
        logger.warning("%s cannot hold %s: omitted", format_name, ", ".join(dict.fromkeys(lost)))
    if properties and "xmp" in holds:
        metadata = replace(metadata, xmp=add_missing(metadata.xmp, properties))
    return replace(metadata, texts=kept)


def _is_in_exif(metadata: Metadata, holds: Collection[str]) -> bool:
    """Tell whether EXIF data will say the resolution: its own, or made for it."""
    if "exif" not in holds:
        return False
    return metadata.exif is None or read_resolution(metadata.exif) is not None


def split_texts(
    texts: tuple[Text, ...], held: Collection[str] | None
) -> tuple[tuple[Text, ...], list[Text]]:
    """Divide texts into those that a format holds and the others."""
    if held is None:
        return texts, []
    kept = tuple(text for text in texts if text.keyword in held)
    return kept, [text for text in texts if text.keyword not in held]
