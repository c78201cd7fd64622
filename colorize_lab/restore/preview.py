"""Preview of a restoration: what the stages would do, told from a part of a large photo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from colorize_lab.photo import Photo
from colorize_lab.restore.contrast import Contrast
from colorize_lab.restore.probe import cut_middle, is_large, shrink_photo
from colorize_lab.restore.restoration import restore_photo
from colorize_lab.restore.stage import Stage
from colorize_lab.restore.tone import Tone

__all__ = ["preview_restoration"]


def preview_restoration(photo: Photo, stages: Sequence[Stage]) -> Mapping[str, Mapping[str, Any]]:
    """Tell what a restoration would do, in a fraction of its time.

    Parameters
    ----------
    photo : Photo
        Up to one megapixel is restored as a whole. Of a larger photo, tone and contrast are told
        from the photo shrunk, and what is a matter of pixels from its middle.
    stages : sequence of Stage
        From `choose_stages`.

    Returns
    -------
    mapping of str to mapping
        As `Restored.done`; numbers measured on a part differ a little from the whole's.
    """
    if not is_large(photo):
        return restore_photo(photo, stages).done
    of_tones = tuple(stage for stage in stages if isinstance(stage, Tone | Contrast))
    of_pixels = tuple(stage for stage in stages if stage not in of_tones)
    done = dict(restore_photo(shrink_photo(photo), of_tones).done)
    done |= restore_photo(cut_middle(photo), of_pixels).done
    return {stage.name: done[stage.name] for stage in stages if stage.name in done}
