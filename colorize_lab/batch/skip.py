"""Photos that coloring would only harm: those in color, and results of this program."""

from __future__ import annotations

from colorize_lab.color.toning import is_in_color
from colorize_lab.photo import Photo, read_provenance

__all__ = ["explain_skipping"]


def explain_skipping(photo: Photo) -> str | None:
    """Say why a photo is not colored; None if it is to be.

    Parameters
    ----------
    photo : Photo
        As it was read.

    Returns
    -------
    str or None
        Half a sentence with the remedy, after "skipped:".
    """
    if read_provenance(photo.metadata.xmp) is not None:
        return "colorize-lab made it; --no-skip-colored colors it again"
    if is_in_color(photo.rgb):
        return (
            "it is in color; 'colorize-lab recolor' restores faded color, --no-skip-colored "
            "replaces its color"
        )
    return None
