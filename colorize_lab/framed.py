"""Photos in a frame: only the picture is treated, and the paper around it keeps its color."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from colorize_lab.frame import Frame, find_frame
from colorize_lab.hints.pins import Pins, PinSource
from colorize_lab.photo import Photo, replace_pixels
from colorize_lab.recipe import Recipe
from colorize_lab.restore import Mask, Scratches

__all__ = ["cut_photo", "cut_recipe", "find_picture", "paste_mask", "paste_picture"]


@dataclass(frozen=True)
class _PictureHint:
    """A hint at a place in the whole photo, as seen from the picture inside the frame."""

    hint: PinSource
    frame: Frame
    height: int
    width: int

    def pins(self, height: int, width: int) -> Pins:
        """Return those pins of the whole photo that lie in the picture."""
        pins = self.hint.pins(self.height, self.width)
        rows, columns = self.frame.to_slices(self.height, self.width)
        inside = (pins.rows >= rows.start) & (pins.rows < rows.stop)
        inside &= (pins.columns >= columns.start) & (pins.columns < columns.stop)
        own = pins.take(inside)
        return replace(own, rows=own.rows - rows.start, columns=own.columns - columns.start)

    def describe(self) -> dict[str, Any]:
        """Return the hint as it was given: the frame will be found again."""
        return self.hint.describe()

    def __getattr__(self, name: str) -> Any:
        """Forward what some hints have beyond a `PinSource`, such as a reach."""
        return getattr(self.hint, name)


def find_picture(photo: Photo, recipe: Recipe) -> tuple[Photo, Recipe, Frame | None]:
    """Return the picture inside a photo's frame with a recipe that fits it, and the frame.

    Parameters
    ----------
    photo : Photo
        Is returned itself if it has no frame, or if the recipe looks for none.
    recipe : Recipe
        For the photo.
    """
    frame = find_frame(photo.rgb) if recipe.frame else None
    if frame is None:
        return photo, recipe, None
    height, width = photo.rgb.shape[:2]
    return cut_photo(photo, frame), cut_recipe(recipe, frame, height, width), frame


def cut_photo(photo: Photo, frame: Frame) -> Photo:
    """Cut the picture out of its frame; metadata stay."""
    rows, columns = frame.to_slices(photo.rgb.shape[0], photo.rgb.shape[1])
    alpha = None if photo.alpha is None else photo.alpha[rows, columns]
    return replace(photo, rgb=np.ascontiguousarray(photo.rgb[rows, columns]), alpha=alpha)


def cut_recipe(recipe: Recipe, frame: Frame, height: int, width: int) -> Recipe:
    """Fit what names places in the whole photo to the picture: hints, masks, and scratches.

    Parameters
    ----------
    recipe : Recipe
        For the photo.
    frame : Frame
        Where the picture is.
    height, width : int
        Size of the photo, in pixels.
    """
    hints = tuple(_PictureHint(hint, frame, height, width) for hint in recipe.hints)
    stages = tuple(
        replace(stage, mask=frame.cut(stage.mask))
        if isinstance(stage, Scratches)
        and stage.mask is not None
        and stage.mask.shape == (height, width)
        else stage
        for stage in recipe.stages
    )
    mask = None if recipe.mask is None else recipe.mask.cut(frame, height, width)
    return replace(recipe, hints=hints, mask=mask, stages=stages)


def paste_picture(photo: Photo, frame: Frame, picture: Photo) -> Photo:
    """Put a treated picture back into its frame.

    Parameters
    ----------
    photo : Photo
        Is not changed: its frame keeps its pixels, so that paper keeps its own weak tone.
    frame : Frame
        Where the picture is.
    picture : Photo
        Of the frame's size.
    """
    rgb = photo.rgb.copy()
    rgb[frame.to_slices(rgb.shape[0], rgb.shape[1])] = picture.rgb
    pasted = replace_pixels(photo, rgb, is_gray=photo.is_gray and picture.is_gray)
    return replace(pasted, warnings=picture.warnings)


def paste_mask(mask: Mask, frame: Frame, height: int, width: int) -> Mask:
    """Return a picture's mask as one of the whole photo."""
    whole = np.zeros((height, width), bool)
    whole[frame.to_slices(height, width)] = mask
    return whole
