"""A restoration: which stages, in the one order that makes sense."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_lab.errors import RecipeError
from colorize_lab.photo import Photo, check_memory, replace_pixels
from colorize_lab.restore.contrast import Contrast
from colorize_lab.restore.deblock import Deblock
from colorize_lab.restore.deblur import Deblur
from colorize_lab.restore.denoise import Denoise
from colorize_lab.restore.descreen import Descreen
from colorize_lab.restore.planes import photo_to_planes, planes_to_rgb
from colorize_lab.restore.scratches import Scratches
from colorize_lab.restore.stage import Stage
from colorize_lab.restore.tone import Tone

__all__ = ["Restored", "choose_stages", "restore_photo"]

logger = logging.getLogger(__name__)

# The order of work. A tone is not a color to care for; blocks and a screen's dots lie where the
# file's pixels still are; a scratch would be smeared by what follows; and what sharpens or
# stretches comes after noise is gone.
_STAGES: dict[str, Stage] = {
    stage.name: stage
    for stage in (
        Tone(),
        Deblock(),
        Descreen(),
        Scratches(),
        Denoise(),
        Deblur(),
        Contrast(),
    )
}
# What is thin and bright may be a scratch or a flagpole: only the user can tell, and asks for it.
_AUTOMATIC = tuple(name for name in _STAGES if name != Scratches.name)
# L*, a* and b*, their filtered copies, and what a filter holds: float32 each.
_BYTES_PER_PIXEL = 48


@dataclass(frozen=True, eq=False)
class Restored:
    """A restored photo, and what was done.

    Attributes
    ----------
    photo : Photo
        The very photo that came in where nothing was done.
    done : mapping of str to mapping
        What each stage that did anything measured and chose, by its name.
    scratches : ndarray of bool, shape (H, W), or None
        What was filled as scratches and dust; None if that stage was none of them.
    """

    photo: Photo
    done: Mapping[str, Mapping[str, Any]]
    scratches: NDArray[np.bool_] | None = None


def choose_stages(names: str, given: Iterable[Stage] = ()) -> tuple[Stage, ...]:
    """Choose stages by name.

    Parameters
    ----------
    names : str
        Some of them, ``"denoise,contrast"``; ``"auto"`` stands for all but scratches, so that
        ``"auto,scratches"`` is all; or ``"none"``.
    given : iterable of Stage
        Stages with settings: they replace the automatic one of their name, and are added where
        the names are without it.

    Returns
    -------
    tuple of Stage
        In the order of work.

    Raises
    ------
    RecipeError
        For an unknown stage.

    Examples
    --------
    >>> [stage.name for stage in choose_stages("contrast,denoise")]
    ['denoise', 'contrast']
    >>> choose_stages("none", [Contrast(gamma=1.2)])[0].gamma
    1.2
    """
    listed = [] if names == "none" else [name.strip() for name in names.split(",")]
    for name in listed:
        if name not in ("auto", *_STAGES):
            known = ", ".join(("auto", "none", *_STAGES))
            raise RecipeError(f"unknown stage {name!r}; choose from {known}")
    wanted = [*listed, *(_AUTOMATIC if "auto" in listed else ())]
    chosen = {name: _STAGES[name] for name in wanted if name != "auto"} | {
        stage.name: stage for stage in given
    }
    return tuple(chosen[name] for name in _STAGES if name in chosen)


def restore_photo(photo: Photo, stages: Sequence[Stage]) -> Restored:
    """Restore a photo.

    Parameters
    ----------
    photo : Photo
        Is not changed.
    stages : sequence of Stage
        From `choose_stages`, done in this order.

    Returns
    -------
    Restored
        Of the same size, alpha and metadata.

    Raises
    ------
    PhotoTooLargeError
        If there is not memory enough.
    RecipeError
        For a scratch mask of another size.

    Examples
    --------
    >>> import numpy as np
    >>> from skimage.data import camera
    >>> from colorize_lab import array_to_photo
    >>> noisy = camera() // 2 + np.random.default_rng(0).integers(0, 99, (512, 512), np.uint8)
    >>> list(restore_photo(array_to_photo(noisy), choose_stages("denoise")).done)
    ['denoise']
    """
    if not stages:
        return Restored(photo, {})
    height, width = photo.rgb.shape[:2]
    check_memory(height * width * _BYTES_PER_PIXEL)
    planes, done = photo_to_planes(photo), {}
    for stage in stages:
        planes, what = stage.restore(planes)
        if what is not None:
            done[stage.name] = what
            logger.info("%s: %s", stage.name, what)
    if not done:
        return Restored(photo, {}, planes.scratches)
    restored = replace_pixels(photo, planes_to_rgb(planes), is_gray=planes.ab is None)
    return Restored(restored, done, planes.scratches)


def list_stages() -> tuple[type[Stage], ...]:
    """List the classes of all stages, in the order in which they run."""
    return tuple(type(stage) for stage in _STAGES.values())
