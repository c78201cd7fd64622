"""The look at a key frame: what the network, the shot and painted frames say of its colors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.colorizer import Colorizer
from colorize_lab.guide.exemplar import Exemplar
from colorize_lab.opencv import cv2
from colorize_lab.recipe import Recipe
from colorize_lab.steered import Steered
from colorize_lab.video.bars import Bars, fill_bars, find_bars
from colorize_lab.video.steady.key_frames import Look
from colorize_lab.video.steady.spans import Step, Still
from colorize_lab.video.steady.things import Cells, Things, make_cells

if TYPE_CHECKING:
    from colorize_lab.video.hints.film_hints import HintTrack

__all__ = ["Guidance", "Painted", "ShotViewer", "view_frame"]

Floats: TypeAlias = NDArray[np.float32]

# Frames that a painted frame counts for where the flow goes on from it.
_PAINTED_WEIGHT = 20.0
# In the shot of a painted frame, the same things are known to be there.
_OWN_SHOT = 0.5  # exponent of the trust


@dataclass(frozen=True)
class Painted:
    """Frames that somebody painted, for one shot.

    Attributes
    ----------
    exemplar : Exemplar
        The painted frames of this shot, or of others of its scene.
    frames : tuple of int
        The number in the shot of each, or outside a part of it; empty for frames of other shots.
    """

    exemplar: Exemplar
    frames: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Guidance:
    """Facts about one shot, gathered before it is colored.

    Attributes
    ----------
    hints : HintTrack or None
        Hints that follow the flow.
    things : Things or None
        What all frames say of the things in the shot, from `survey_shots`.
    painted : Painted or None
        Frames that were painted.
    recipe : Recipe or None
        The look of this shot, if it is not the film's.
    """

    hints: HintTrack | None = None
    things: Things | None = None
    painted: Painted | None = None
    recipe: Recipe | None = None

    def cut(self, first: int, stop: int) -> Guidance:
        """Return what is known of a part of the shot: some of its frames, by their numbers."""
        hints, painted = self.hints, self.painted
        if hints is not None:
            hints = replace(hints, hints=hints.hints[first:stop])
        if painted is not None:
            painted = replace(painted, frames=tuple(frame - first for frame in painted.frames))
        return replace(self, hints=hints, painted=painted)

    def identify(self) -> bytes:
        """Hash all of it."""
        identity = hashlib.sha256(repr((self.hints, self.painted, self.recipe)).encode())
        if self.things is not None:
            for part in (self.things.common, self.things.centers, self.things.ab):
                identity.update(part.tobytes())
        return identity.digest()


class ShotViewer:
    """Looks at the key frames of one shot.

    Parameters
    ----------
    colorizer : Colorizer
        Of the film.
    steadiness : float
        0..1, how much of the whole shot's word is taken.
    guidance : Guidance
        Of the shot.
    """

    def __init__(self, colorizer: Colorizer, steadiness: float, guidance: Guidance) -> None:
        recipe = guidance.recipe
        self.colorizer = colorizer if recipe is None else colorizer.with_recipe(recipe)
        self.has_hints = guidance.hints is not None or bool(self.colorizer.recipe.hints)
        self._steadiness = steadiness
        self._guidance = guidance
        painted = guidance.painted
        self.keys = frozenset(painted.frames if painted else ())
        self._matched = painted.exemplar.bind(self.colorizer.see) if painted else None
        self.bars: Bars | None = None  # as soon as a key frame shows them

    def tell(self, still: Still) -> Colorizer:
        """Return the colorizer with the hints of a frame."""
        hints = self._guidance.hints
        if hints is None:
            return self.colorizer
        recipe = self.colorizer.recipe
        return self.colorizer.with_recipe(
            replace(recipe, hints=(*recipe.hints, *hints.at(still.number)))
        )

    def look(self, span: Sequence[Step]) -> Look:
        """Look at the key frame at the end of a span."""
        key = span[-1].still
        told, things = self.tell(key), self._guidance.things
        lightness = self._see_picture(key.lightness)
        if things is None or self._steadiness == 0:
            steered = told.steer_plane(lightness)
            color = told.decode_cells(lightness, steered)
        else:
            steered, cells = view_frame(lightness, told)
            apart = things.correct(cells) - cells.ab
            color = cells.ab + np.float32(self._steadiness) * apart
            color = color.reshape(*steered.log_probabilities.shape[1:], 2)
        painted = self._guidance.painted
        if painted is None or self._matched is None:
            return Look(span, color, steered)
        if key.number in painted.frames:
            lab = painted.exemplar.labs[painted.frames.index(key.number)]
            return Look(
                span, _resize(lab[..., 1:], color, cv2.INTER_AREA), steered, _PAINTED_WEIGHT
            )
        match = self._matched.match(lightness)
        trust = _resize(match.trust, color) ** (_OWN_SHOT if painted.frames else 1.0)
        color = color + trust[..., np.newaxis] * (_resize(match.ab, color) - color)
        return Look(span, color, steered)

    def _see_picture(self, lightness: Floats) -> Floats:
        """Hide black bars, unless the recipe looks for no frame."""
        if self.bars is None and self.colorizer.recipe.frame:
            self.bars = find_bars(lightness)
        return fill_bars(lightness, self.bars)


def view_frame(lightness: Floats, colorizer: Colorizer) -> tuple[Steered, Cells]:
    """Look at a frame, L* of shape (H, W): what the network says, and its cells in a row."""
    prediction, features = colorizer.predict_and_see(lightness)
    steered = colorizer.steer_plane(lightness, prediction)
    return steered, make_cells(features, lightness, colorizer.decode_cells(lightness, steered))


def _resize(planes: Floats, like: Floats, interpolation: int = cv2.INTER_LINEAR) -> Floats:
    """Bring planes (h, w, C) or (h, w) to the grid of others."""
    size = like.shape[1], like.shape[0]
    resized = cv2.resize(np.ascontiguousarray(planes), size, interpolation=interpolation)
    return np.asarray(resized, np.float32)
