"""An edit: everything that a person changes about one photo in the studio.

It is what the page and other programs send, in units that do not depend on the preview's size;
`edit_to_recipe` makes the library's recipe of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from colorize_lab.guide import Adjustment, FeatureGuide, Guide
from colorize_lab.guide.adjust import HueShift, Warmth
from colorize_lab.hints.hint import DEFAULT_RADIUS, Hint
from colorize_lab.hints.place import find_cell
from colorize_lab.opencv import cv2
from colorize_lab.recipe import Recipe
from colorize_lab.recolor import Recoloring
from colorize_lab.restore import Mask, Scratches, choose_stages

__all__ = [
    "Edit",
    "Mark",
    "Recolor",
    "Stroke",
    "draw_scratches",
    "edit_to_recipe",
    "list_hints",
]

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
StageName = Literal[
    "auto", "tone", "deblock", "descreen", "scratches", "denoise", "deblur", "contrast"
]

# As many as a file of hints may hold.
MAX_POINTS = 10_000


class Value(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stroke(Value):
    """A point, or the stroke of a brush: a row of discs."""

    points: tuple[tuple[Share, Share], ...] = Field(
        min_length=1,
        max_length=MAX_POINTS,
        description="Centers of discs, as shares of the photo's width and height, 0..1.",
    )
    radius: Finite = Field(
        default=DEFAULT_RADIUS,
        ge=0,
        le=100_000,
        description="Of each disc, in pixels of the full photo.",
    )


class Mark(Stroke):
    """A color that is known at a point, or along a stroke."""

    color: str = Field(pattern="^(gray|#[0-9a-fA-F]{6})$", description="#rrggbb, or gray.")
    reach: Finite | None = Field(
        default=None,
        ge=0,
        le=100,
        description="How far the color may spread beyond the discs, in percent of the longer "
        "side; null follows the surface.",
    )


class Recolor(Value):
    """How a photo that is in color is recolored."""

    mix: Literal["auto", "decolor"] = Field(
        default="auto", description="How the black-and-white is mixed."
    )
    keep_color: Share | None = Field(
        default=None,
        description="0 colors from scratch, 1 restores the old color; null measures it.",
    )
    force: bool = Field(default=False, description="Recolor a photo that needs none of it, too.")


class Edit(Value):
    """Settings of a photo; null means the network's own default."""

    render_factor: int | None = Field(
        default=None, description="2..64: the network's side is 16 x this."
    )
    temperature: Finite | None = Field(default=None, description="0..1, of the annealed mean.")
    vividness: Finite | None = Field(default=None, description="0..2: 0 is cautious.")
    saturation: Finite = Field(
        default=1.0, description="0..3, a factor on the color that comes out."
    )
    looks: Literal[1, 2, 4, 8] | None = Field(
        default=None, description="Passes of the network whose answers are averaged."
    )
    calm: Finite = Field(default=1.0, description="0..1: how far color evens out on plain areas.")
    warmth: Finite = Field(default=0.0, description="-100..100: above 0 is yellower.")
    hue_shift: Finite = Field(default=0.0, description="-180..180 degrees, of all hues.")
    hints: tuple[Mark, ...] = Field(default=(), max_length=MAX_POINTS, description="Known colors.")
    stages: tuple[StageName, ...] = Field(
        default=(), max_length=8, description="Restored before coloring."
    )
    scratches: tuple[Stroke, ...] = Field(
        default=(),
        max_length=MAX_POINTS,
        description="Painted scratches, which are filled instead of those that are found.",
    )
    recolor: Recolor | None = Field(
        default=None, description="Null colors without the photo's own color."
    )
    frame: bool = Field(
        default=True, description="Leave paper, a mount or black bars around the picture alone."
    )
    references: tuple[str, ...] = Field(
        default=(), max_length=20, description="Ids of photos whose colors are taken over."
    )
    reference_strength: Share = 1.0
    likes: tuple[str, ...] = Field(
        default=(),
        max_length=20,
        description="Ids of photos that lend their colors to the same things: a photo in color as "
        "it is, another one as it is colored here.",
    )


def edit_to_recipe(
    edit: Edit,
    guides: Sequence[Guide | FeatureGuide] = (),
    *,
    scale: float = 1.0,
    mask: Mask | None = None,
) -> Recipe:
    """Make the recipe of an edit.

    Parameters
    ----------
    edit : Edit
        What a person changed.
    guides : sequence of Guide
        Made of the edit's references and exemplars, in the order of their work.
    scale : float
        Size of the photo at hand over that of the full one: the hints shrink with it.
    mask : ndarray of bool, shape (H, W), or None
        The painted scratches, from `draw_scratches`.

    Raises
    ------
    RecipeError
        For a setting out of its range.
    HintError
        For more hints than a photo may have.

    Examples
    --------
    >>> edit_to_recipe(Edit(warmth=20)).adjustments
    (Warmth(amount=20.0),)
    """
    turn: tuple[Adjustment, ...] = (HueShift(0, 360, edit.hue_shift),) if edit.hue_shift else ()
    warm: tuple[Adjustment, ...] = (Warmth(edit.warmth),) if edit.warmth else ()
    recoloring = None if edit.recolor is None else Recoloring(**edit.recolor.model_dump())
    return Recipe(
        render_factor=edit.render_factor,
        temperature=edit.temperature,
        vividness=edit.vividness,
        saturation=edit.saturation,
        looks=edit.looks,
        calm=edit.calm,
        guides=tuple(guides),
        adjustments=(*turn, *warm),
        hints=list_hints(edit, scale),
        stages=choose_stages(
            ",".join(edit.stages) or "none", () if mask is None else (Scratches(mask=mask),)
        ),
        recoloring=recoloring,
        frame=edit.frame,
    )


def draw_scratches(edit: Edit, height: int, width: int) -> Mask | None:
    """Draw the painted scratches of an edit.

    Parameters
    ----------
    edit : Edit
        What a person changed.
    height, width : int
        Of the full photo in pixels.

    Returns
    -------
    ndarray of bool, shape (height, width), or None
        None if nothing was painted.
    """
    if not edit.scratches:
        return None
    mask = np.zeros((height, width), np.uint8)
    for stroke in edit.scratches:
        for x, y in stroke.points:
            row, column = find_cell((x, y), (height, width))
            cv2.circle(mask, (column, row), round(stroke.radius), 1, cv2.FILLED)
    return np.asarray(mask, bool)


def list_hints(edit: Edit, scale: float = 1.0) -> tuple[Hint, ...]:
    """List the hints of all marks; places are in percent, so that they fit any size.

    Examples
    --------
    >>> list_hints(Edit(hints=(Mark(points=((0.5, 0.25),), color="gray"),)))
    (Hint(x='50.0000%', y='25.0000%', color='gray', radius=3.0, reach=None),)
    """
    return tuple(
        Hint(
            f"{x:.4%}",
            f"{y:.4%}",
            mark.color.lower(),
            round(mark.radius * scale, 2),
            None if mark.reach is None else f"{mark.reach:.10g}%",
        )
        for mark in edit.hints
        for x, y in mark.points
    )
