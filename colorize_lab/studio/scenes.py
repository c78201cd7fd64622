"""Scenes: pictures at preview size, without their frame, restored, and ready to be colored."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from colorize_lab.colorizer import Colorizer
from colorize_lab.distribution import AbDistribution
from colorize_lab.frame import Frame, find_frame
from colorize_lab.framed import cut_photo, cut_recipe, paste_picture
from colorize_lab.guide import Guide
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo
from colorize_lab.recipe import Recipe
from colorize_lab.recolor import prepare_recoloring
from colorize_lab.restore import restore_photo
from colorize_lab.treatment import diagnose_photo, hide_grain, make_witness

__all__ = [
    "PREVIEW_PIXELS",
    "Opened",
    "Scene",
    "fit_recipe",
    "make_scene",
    "measure_distribution",
    "measure_photo",
    "open_photo",
    "paste_scene",
    "shrink_photo",
    "shrink_scene",
    "to_picture",
]

# About a screen's worth: decoding it takes a tenth of a second.
PREVIEW_PIXELS = 1_000_000


@dataclass(frozen=True, eq=False)
class Opened:
    """A photo as it came, at preview size.

    Attributes
    ----------
    photo : Photo
        The small copy.
    height, width : int
        Of the full photo in pixels.
    frame : Frame or None
        Where the picture lies, if there is paper, a mount or black bars around it.
    """

    photo: Photo
    height: int
    width: int
    frame: Frame | None = None

    @property
    def size_bytes(self) -> int:
        """Memory that it holds."""
        return measure_photo(self.photo)


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture that is ready to be colored, at preview size.

    Attributes
    ----------
    photo : Photo
        Without its frame; restored, and mixed to black-and-white if it is recolored.
    seen : Photo
        What the network sees of it.
    whole : Photo
        The photo as it came, with its frame.
    scale : float
        The preview's size over the full photo's, 0..1.
    frame : Frame or None
        Where ``photo`` lies in ``whole``; None if it is all of it.
    guides : tuple of Guide
        What survives of a faded photo's own color.
    notes : tuple of str
        What was done or found on the way.
    is_finished : bool
        Whether the photo is to stay as it is, because recoloring found nothing wrong with it.
    """

    photo: Photo
    seen: Photo
    whole: Photo
    scale: float
    frame: Frame | None = None
    guides: tuple[Guide, ...] = ()
    notes: tuple[str, ...] = ()
    is_finished: bool = False

    @property
    def size_bytes(self) -> int:
        """Memory that it holds."""
        return sum(measure_photo(photo) for photo in {self.photo, self.seen, self.whole})


def measure_photo(photo: Photo) -> int:
    """Return the bytes of a photo's pixels; a gray one's channels share a plane."""
    plane = photo.rgb[..., 0].nbytes
    return plane * (1 if photo.rgb.strides[-1] == 0 else 3)


def measure_distribution(distribution: AbDistribution) -> int:
    """Return the bytes of a distribution."""
    return distribution.log_probabilities.nbytes


def shrink_photo(photo: Photo, pixels: int = PREVIEW_PIXELS) -> Photo:
    """Bring a photo to at most this many pixels by area averaging.

    Examples
    --------
    >>> from skimage.data import camera
    >>> from colorize_lab import array_to_photo
    >>> shrink_photo(array_to_photo(camera()), 100 * 100).rgb.shape
    (100, 100, 3)
    """
    height, width = photo.rgb.shape[:2]
    factor = math.sqrt(pixels / (height * width))
    if factor >= 1:
        return photo
    size = max(1, math.floor(height * factor)), max(1, math.floor(width * factor))
    return resize_photo(photo, size)


def resize_photo(photo: Photo, size: tuple[int, int]) -> Photo:
    """Bring a photo to a height and a width by area averaging."""
    if photo.rgb.shape[:2] == size:
        return photo

    def resize(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        small = cv2.resize(plane, (size[1], size[0]), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.float32)

    if photo.is_gray:  # one plane instead of three
        plane = resize(np.ascontiguousarray(photo.rgb[..., 0]))
        rgb = np.broadcast_to(plane[..., np.newaxis], (*plane.shape, 3))
    else:
        rgb = resize(photo.rgb)
    alpha = None if photo.alpha is None else resize(photo.alpha)
    return replace(photo, rgb=rgb, alpha=alpha)


def open_photo(photo: Photo) -> Opened:
    """Keep a small copy of a photo, and where its picture lies."""
    height, width = photo.rgb.shape[:2]
    return Opened(shrink_photo(photo), height, width, find_frame(photo.rgb))


def make_scene(
    opened: Opened, read: Callable[[], Photo], recipe: Recipe, colorizer: Colorizer
) -> Scene:
    """Make a photo ready to be colored.

    Parameters
    ----------
    opened : Opened
        The photo at preview size.
    read : callable
        Reads the full photo: noise and blur are not measured on a small copy.
    recipe : Recipe
        Its frame, stages and recoloring are followed.
    colorizer : Colorizer
        Judges whether a photo needs recoloring.
    """
    frame = opened.frame if recipe.frame else None
    photo = opened.photo if frame is None else cut_photo(opened.photo, frame)
    scale = opened.photo.rgb.shape[1] / opened.width
    scene = Scene(photo, photo, opened.photo, scale, frame)
    if recipe.stages:
        scene = restore_scene(scene, read(), recipe)
    return scene if recipe.recoloring is None else recolor_scene(scene, recipe, colorizer)


def restore_scene(scene: Scene, full: Photo, recipe: Recipe) -> Scene:
    """Restore the picture of the full photo, and keep a small copy of it."""
    picture = full
    if scene.frame is not None:
        height, width = full.rgb.shape[:2]
        recipe = cut_recipe(recipe, scene.frame, height, width)
        picture = cut_photo(full, scene.frame)
    restored = restore_photo(picture, recipe.stages)
    seen = hide_grain(picture, restored.photo, recipe.stages)
    notes = (f"{name}: {describe(what)}" for name, what in restored.done.items())
    size = (scene.photo.rgb.shape[0], scene.photo.rgb.shape[1])
    small = resize_photo(restored.photo, size)
    return replace(
        scene,
        photo=small,
        seen=small if seen is restored.photo else resize_photo(seen, size),
        notes=tuple(notes) or ("restoration: nothing was needed",),
    )


def recolor_scene(scene: Scene, recipe: Recipe, colorizer: Colorizer) -> Scene:
    """Undo fading and mix the black-and-white, if the photo needs it."""
    assert recipe.recoloring is not None
    framed = scene.frame is not None
    diagnosis = diagnose_photo(scene.photo, colorizer, recipe.recoloring, framed=framed)
    witness = make_witness(colorizer)
    prepared = prepare_recoloring(scene.photo, diagnosis, witness, recipe.recoloring)
    if prepared is None:
        note = "the photo needs no recoloring; force it to recolor anyway"
        return replace(scene, notes=(*scene.notes, note), is_finished=True)
    return replace(scene, photo=prepared.photo, seen=prepared.photo, guides=(prepared.surviving,))


def shrink_scene(scene: Scene, pixels: int) -> Scene:
    """Return a scene at a smaller size; the network's view stays."""
    whole = shrink_photo(scene.whole, pixels)
    height, width = whole.rgb.shape[:2]
    size = (height, width)
    if scene.frame is not None:
        rows, columns = scene.frame.to_slices(height, width)
        size = (rows.stop - rows.start, columns.stop - columns.start)
    scale = scene.scale * width / scene.whole.rgb.shape[1]
    return replace(scene, photo=resize_photo(scene.photo, size), whole=whole, scale=scale)


def fit_recipe(recipe: Recipe, scene: Scene) -> Recipe:
    """Fit a recipe for the whole photo to a scene's picture, of which stages are done."""
    recipe = replace(recipe, stages=(), recoloring=None, guides=(*scene.guides, *recipe.guides))
    if scene.frame is None:
        return recipe
    height, width = scene.whole.rgb.shape[:2]
    return cut_recipe(recipe, scene.frame, height, width)


def paste_scene(scene: Scene, picture: Photo) -> Photo:
    """Put a colored picture back into its frame."""
    return picture if scene.frame is None else paste_picture(scene.whole, scene.frame, picture)


def to_picture(scene: Scene, x: float, y: float) -> tuple[float, float]:
    """Return the picture's place that is nearest to a place of the whole photo, as shares."""
    if scene.frame is None:
        return x, y
    frame = scene.frame
    shares = (
        (x - frame.left) / (frame.right - frame.left),
        (y - frame.top) / (frame.bottom - frame.top),
    )
    inside_x, inside_y = (min(max(share, 0.0), 1.0) for share in shares)
    return inside_x, inside_y


def describe(what: object) -> str:
    """Write what a stage measured."""
    if isinstance(what, dict):
        return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in what.items())
    return str(what)
