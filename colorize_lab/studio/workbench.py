"""The workbench: from an edit to pictures. Previews need a pass of the network only once.

Previews and results have a network and a lock each, so that a slow result holds up no preview,
and no more than one of each is in memory.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from colorize_lab.color import rgb_to_lightness
from colorize_lab.colorizer import Colorizer
from colorize_lab.distribution import AbDistribution
from colorize_lab.explain import draw_entropy, take_cell
from colorize_lab.guide import FeatureGuide, Guide
from colorize_lab.guide.reference import read_reference
from colorize_lab.hints.suggest import Suggestion, suggest_colors
from colorize_lab.photo import Photo
from colorize_lab.recipe import CompleteRecipe, Recipe
from colorize_lab.recolor import Recoloring
from colorize_lab.restore import Mask
from colorize_lab.studio.cache import LruCache
from colorize_lab.studio.detail import Box, color_detail, cut_detail
from colorize_lab.studio.edit import Edit, draw_scratches, edit_to_recipe
from colorize_lab.studio.exemplars import ExemplarShelf
from colorize_lab.studio.pictures import Levels, photo_to_levels
from colorize_lab.studio.scenes import (
    PREVIEW_PIXELS,
    Opened,
    Scene,
    fit_recipe,
    make_scene,
    measure_distribution,
    measure_photo,
    open_photo,
    paste_scene,
    shrink_photo,
    shrink_scene,
    to_picture,
)
from colorize_lab.studio.shelf import Shelf
from colorize_lab.treatment import Rendered, Treatment, diagnose_photo, render_photo

__all__ = ["Workbench"]

# More than a large screen shows.
DETAIL_PIXELS = 3_000_000
THUMBNAIL_PIXELS = 200 * 150
# Some sixty previews of 4 to 12 MB, and as many distributions of 2 MB.
OPENED_BYTES = 256 << 20
SCENE_BYTES = 256 << 20
DISTRIBUTION_BYTES = 128 << 20
# One photo of 12 megapixels in color; of a larger one, that one alone.
FULL_BYTES = 160 << 20

SceneKey = tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Preview:
    """A colored photo for the screen, and what was done or found on the way."""

    photo: Photo
    notes: tuple[str, ...]


class Workbench:
    """Makes previews, suggestions and results of the photos on a shelf.

    Parameters
    ----------
    shelf : Shelf
        The photos of the session.
    load : callable
        Loads a network; called once for previews and once for results.
    find_edit : callable
        Returns the settings of a photo, for photos that are colored like it.
    """

    def __init__(
        self,
        shelf: Shelf,
        load: Callable[[], Colorizer] = Colorizer,
        find_edit: Callable[[str], Edit] = lambda _: Edit(),
    ) -> None:
        self.shelf = shelf
        self._load = load
        self._exemplars = ExemplarShelf(
            lambda photo_id: self.open(photo_id).photo,
            find_edit,
            lambda photo_id, edit: self.preview(photo_id, edit).photo,
        )
        self._preview_lock = threading.RLock()
        self._result_lock = threading.Lock()
        self._opened = LruCache[SceneKey, Opened](OPENED_BYTES, lambda item: item.size_bytes)
        self._scenes = LruCache[SceneKey, Scene](SCENE_BYTES, lambda item: item.size_bytes)
        self._full = LruCache[SceneKey, Photo](FULL_BYTES, measure_photo)
        self._distributions = LruCache[SceneKey, AbDistribution](
            DISTRIBUTION_BYTES, measure_distribution
        )

    @cached_property
    def preview_colorizer(self) -> Colorizer:
        """The network of the previews."""
        return self._load()

    def find_need(self, photo: Photo) -> str | None:
        """Find the fault of a photo that recoloring would treat, if it is nearly certain."""
        with self._preview_lock:  # the network is not safe to run in two threads
            return diagnose_photo(photo, self.preview_colorizer, Recoloring()).treated_as

    @cached_property
    def result_colorizer(self) -> Colorizer:
        """The network of the results."""
        return self._load()

    def open(self, photo_id: str) -> Opened:
        """Read a photo and keep a small copy.

        Raises
        ------
        ColorizeLabError
            As from `Shelf.read`.
        """
        with self._preview_lock:
            return self._opened.get((photo_id,), lambda: open_photo(self.shelf.read(photo_id)))

    def forget(self, photo_id: str) -> None:
        """Drop what is kept of a photo that was removed or replaced."""
        for cache in (self._opened, self._scenes, self._full, self._distributions):
            cache.drop(lambda key: photo_id in key)
        self._exemplars.forget(photo_id)

    def preview(
        self, photo_id: str, edit: Edit, *, pixels: int = PREVIEW_PIXELS, is_quick: bool = False
    ) -> Preview:
        """Color a photo at preview size.

        Parameters
        ----------
        photo_id : str
            Of the shelf.
        edit : Edit
            What a person changed.
        pixels : int
            At most as many.
        is_quick : bool
            Decode what the network said before, even if it should be asked about these hints;
            at rest, the page asks again without it.

        Raises
        ------
        ColorizeLabError
            For a setting or a photo that cannot be used.
        """
        with self._preview_lock:
            scene = self._stage(photo_id, edit)
            if scene.is_finished:
                small = shrink_scene(scene, pixels)
                return Preview(paste_scene(small, small.photo), scene.notes)
            colorizer = self.preview_colorizer.with_recipe(self._make_recipe(edit, scene))
            distribution = self._predict(photo_id, edit, scene, colorizer, is_quick=is_quick)
            small = shrink_scene(scene, pixels)
            colorizer = self.preview_colorizer.with_recipe(self._make_recipe(edit, small))
            picture = colorizer.decode(small.photo, distribution)
            return Preview(paste_scene(small, picture), scene.notes)

    def draw_detail(self, photo_id: str, edit: Edit | None, box: Box) -> Photo:
        """Draw a part of the photo at full size: colored, or as it came if ``edit`` is None.

        Raises
        ------
        ColorizeLabError
            For a setting or a photo that cannot be used.
        """
        with self._preview_lock:
            if edit is None:
                detail = cut_detail(self._read_full(photo_id), box)
            else:
                preview = self.preview(photo_id, edit)
                detail = color_detail(self._prepare_full(photo_id, edit), preview.photo, box)
            return shrink_photo(detail, DETAIL_PIXELS)

    def _read_full(self, photo_id: str) -> Photo:
        """Return the photo as it came, at full size."""
        return self._full.get((photo_id,), lambda: self.shelf.read(photo_id))

    def _prepare_full(self, photo_id: str, edit: Edit) -> Photo:
        """Restore and mix the photo at full size, so that its lightness is the result's."""
        recipe = self._make_scene_recipe(photo_id, edit)
        if not recipe.stages and recipe.recoloring is None:
            return self._read_full(photo_id)

        def prepare() -> Photo:
            photo, opened = self.shelf.read(photo_id), self.open(photo_id)
            full = Opened(photo, opened.height, opened.width, opened.frame)
            scene = make_scene(full, lambda: photo, recipe, self.preview_colorizer)
            return paste_scene(scene, scene.photo)

        return self._full.get(list_scene_key(photo_id, edit), prepare)

    def suggest(self, photo_id: str, edit: Edit, x: float, y: float) -> list[Suggestion]:
        """List the likeliest colors at a place, whatever hints say.

        Parameters
        ----------
        photo_id, edit
            As for `preview`.
        x, y : float
            Shares of the width and the height, 0..1.
        """
        with self._preview_lock:
            scene, steered, temperature = self._steer(photo_id, edit)
            lightness = rgb_to_lightness(scene.photo.rgb)
            place = to_picture(scene, x, y)
            return suggest_colors(steered, lightness, place, temperature=temperature)

    def draw_doubt(self, photo_id: str, edit: Edit) -> Levels:
        """Draw where the network is unsure, at preview size: dark is sure, bright any color."""
        with self._preview_lock:
            scene, steered, _ = self._steer(photo_id, edit)
            highest = float(np.log(len(steered.bins)))
            drawn = draw_entropy(steered.entropy(), highest, *scene.photo.rgb.shape[:2])
            if scene.frame is None:
                return drawn
            whole = np.zeros((*scene.whole.rgb.shape[:2], 3), np.uint8)  # a frame is not colored
            whole[scene.frame.to_slices(*whole.shape[:2])] = drawn
            return whole

    def read_cell(self, photo_id: str, edit: Edit, x: float, y: float) -> AbDistribution:
        """Return the distribution at a place."""
        with self._preview_lock:
            scene, steered, _ = self._steer(photo_id, edit)
            return take_cell(steered, *to_picture(scene, x, y))

    def render(self, photo_id: str, edit: Edit) -> tuple[Photo, Rendered]:
        """Make the result at full size; returns the photo as it came, too.

        Raises
        ------
        ColorizeLabError
            For a setting or a photo that cannot be used.
        """
        recipe = self.make_recipe(edit, photo_id)
        with self._result_lock:
            photo = self.shelf.read(photo_id)
            return photo, render_photo(photo, Treatment(recipe), self.result_colorizer)

    def draw_scratches(self, photo_id: str, edit: Edit) -> Mask | None:
        """Draw the painted scratches at full size; None if there are none."""
        if not edit.scratches:
            return None
        opened = self.open(photo_id)
        return draw_scratches(edit, opened.height, opened.width)

    def make_recipe(self, edit: Edit, photo_id: str | None = None) -> Recipe:
        """Make the recipe of an edit; painted scratches are those of a photo."""
        mask = None if photo_id is None else self.draw_scratches(photo_id, edit)
        return edit_to_recipe(edit, self._read_guides(edit), mask=mask)

    def complete_recipe(self, edit: Edit, photo_id: str | None = None) -> CompleteRecipe:
        """Return the recipe of an edit with nothing left open."""
        return self.preview_colorizer.with_recipe(self.make_recipe(edit, photo_id)).recipe

    def _steer(self, photo_id: str, edit: Edit) -> tuple[Scene, AbDistribution, float]:
        """Return the scene, what is likely in it without hints, and the temperature."""
        plain = edit.model_copy(update={"hints": ()})
        scene = self._stage(photo_id, plain)
        colorizer = self.preview_colorizer.with_recipe(self._make_recipe(plain, scene))
        distribution = self._predict(photo_id, plain, scene, colorizer)
        temperature = colorizer.recipe.temperature
        assert temperature is not None  # of a complete recipe
        return scene, colorizer.steer(scene.photo, distribution), temperature

    def _stage(self, photo_id: str, edit: Edit) -> Scene:
        """Return the photo as the network is to see it, restored at full size."""
        key = list_scene_key(photo_id, edit)
        return self._scenes.get(key, lambda: self._make_scene(photo_id, edit))

    def _make_scene(self, photo_id: str, edit: Edit) -> Scene:
        recipe = self._make_scene_recipe(photo_id, edit)
        opened = self.open(photo_id)
        return make_scene(opened, lambda: self.shelf.read(photo_id), recipe, self.preview_colorizer)

    def _make_scene_recipe(self, photo_id: str, edit: Edit) -> Recipe:
        """Make the recipe of what comes before coloring."""
        plain = edit.model_copy(update={"hints": ()})
        return edit_to_recipe(plain, mask=self.draw_scratches(photo_id, edit))

    def _predict(
        self,
        photo_id: str,
        edit: Edit,
        scene: Scene,
        colorizer: Colorizer,
        *,
        is_quick: bool = False,
    ) -> AbDistribution:
        base = (*list_scene_key(photo_id, edit), edit.render_factor, edit.looks)
        takes_hints = colorizer.spec.hint_blob is not None
        key = (*base, colorizer.recipe.hints if takes_hints else ())
        if is_quick and self._distributions.peek(key) is None:
            colorizer = colorizer.with_recipe(replace(colorizer.recipe, hints=()))
            key = (*base, ())
        return self._distributions.get(key, lambda: colorizer.predict(scene.seen))

    def _make_recipe(self, edit: Edit, scene: Scene) -> Recipe:
        recipe = edit_to_recipe(edit, self._read_guides(edit), scale=scene.scale)
        return fit_recipe(recipe, scene)

    def _read_guides(self, edit: Edit) -> tuple[Guide | FeatureGuide, ...]:
        """Read the references, and the exemplars, which speak last for what they know."""
        guides: list[Guide | FeatureGuide] = []
        if edit.references:
            paths = [self.shelf.find(photo_id).path for photo_id in edit.references]
            guides.append(read_reference(paths, edit.reference_strength))
        if edit.likes:
            with self._preview_lock:
                guides.append(self._exemplars.read(edit.likes))
        return tuple(guides)


def list_scene_key(photo_id: str, edit: Edit) -> SceneKey:
    """List what a scene depends on."""
    return (photo_id, edit.stages, edit.scratches, edit.recolor, edit.frame)


def draw_thumbnail(photo: Photo) -> Levels:
    """Draw a photo for the strip."""
    return photo_to_levels(shrink_photo(photo, THUMBNAIL_PIXELS))
