"""The whole figure: what was colored how, and why."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from colorize_lab.color import rgb_to_lightness
from colorize_lab.colorizer import Colorizer
from colorize_lab.distribution import AbDistribution
from colorize_lab.explain.blocks import BLOCK, draw_blocks
from colorize_lab.explain.canvas import (
    GAP,
    MUTED,
    Pixels,
    fit_box,
    fit_picture,
    make_canvas,
    paste,
    rgb_to_pixels,
    stack,
    write_text,
)
from colorize_lab.explain.entropy import draw_entropy, draw_entropy_scale
from colorize_lab.explain.matches import draw_matches
from colorize_lab.explain.point import draw_point, take_cell
from colorize_lab.explain.temperatures import TEMPERATURES, draw_temperatures
from colorize_lab.guide.exemplar import Exemplar, find_matches
from colorize_lab.hints.place import find_cell
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo, replace_pixels
from colorize_lab.steered import Steered

__all__ = ["WIDTH", "draw_figure"]

WIDTH = 1400
_MARGIN = 30
_INNER = WIDTH - 2 * _MARGIN
_COLUMN = (_INNER - GAP) // 2
_TALLEST = 620
_MARK = (255, 255, 255)


def draw_figure(
    photo: Photo,
    colorizer: Colorizer,
    steered: Steered,
    point: tuple[float, float] | None = None,
) -> Pixels:
    """Draw the result, the entropy, the distribution, the colors by temperature, and matches.

    Parameters
    ----------
    photo : Photo
        What is colored.
    colorizer : Colorizer
        With the network and the recipe to explain.
    steered : Steered
        From the colorizer's ``steer`` of the photo.
    point : tuple of float, optional
        Shares of the photo's width and height, 0..1: its distribution is drawn too.

    Returns
    -------
    ndarray of uint8, shape (H, 1400, 3)
        RGB. All but the result and the matches with exemplars show the distribution with the
        recipe's prior shift, guides and hints.
    """
    shown = steered.mix_hints()
    result = rgb_to_pixels(colorizer.decode(photo, steered).rgb)
    aspect = photo.rgb.shape[0] / photo.rgb.shape[1]
    parts = [
        _draw_title(colorizer),
        _draw_overview(result, shown, point),
        _head(
            f"Distribution: a map for each {BLOCK} x {BLOCK} units of a* and b*; bright: likely",
            draw_blocks(shown, _INNER, aspect),
        ),
        _head(
            "Colors by temperature T of the annealed mean",
            draw_temperatures(_decode_temperatures(photo, colorizer, shown), _INNER),
        ),
    ]
    parts += [
        _draw_match_part(photo, colorizer, guide)
        for guide in colorizer.recipe.guides
        if isinstance(guide, Exemplar)
    ]
    if point is not None:
        parts.append(_draw_point_part(photo, shown, point, colorizer.recipe.temperature))
    return _frame(stack(parts))


def _draw_title(colorizer: Colorizer) -> Pixels:
    image = make_canvas(28, _INNER)
    settings = json.loads(colorizer.recipe.to_json())
    shown = [
        f"{k.replace('_', ' ')} {v:g}" for k, v in settings.items() if isinstance(v, float | int)
    ]
    lists = [f"{k}: {len(v)}" for k, v in settings.items() if isinstance(v, list)]
    text = ", ".join([f"network {colorizer.spec.name}", *shown, *lists])
    write_text(image, text, (0, 18), size=0.55, color=MUTED)
    return image


def _draw_overview(
    result: Pixels, distribution: AbDistribution, point: tuple[float, float] | None
) -> Pixels:
    """Draw the result on the left and the entropy on the right."""
    picture = fit_picture(result, _TALLEST, _COLUMN)
    height, width = picture.shape[:2]
    if point is not None:
        place = int(point[0] * width), int(point[1] * height)
        for ink, thickness in (((0, 0, 0), 4), (_MARK, 1)):
            cv2.drawMarker(picture, place, ink, cv2.MARKER_CROSS, 22, thickness, cv2.LINE_AA)
    highest = float(np.log(len(distribution.bins)))
    entropy = draw_entropy(distribution.entropy(), highest, height, width)
    scale = draw_entropy_scale(highest, _COLUMN)
    left = _head("Result", picture)
    right = _head("Entropy: where the network is unsure", stack([entropy, scale], gap=10))
    image = make_canvas(max(left.shape[0], right.shape[0]), _INNER)
    paste(image, left, 0, 0)
    paste(image, right, _COLUMN + GAP, 0)
    return image


def _decode_temperatures(photo: Photo, colorizer: Colorizer, shown: Steered) -> dict[float, Pixels]:
    """Decode a small copy of the photo at each temperature; its hints are mixed in."""
    size = fit_box(photo.rgb.shape[0], photo.rgb.shape[1], _INNER // 4, _INNER // 4)
    small = cv2.resize(photo.rgb, size[::-1], interpolation=cv2.INTER_AREA)
    copy = replace_pixels(photo, np.asarray(small, np.float32))
    pictures = {}
    for temperature in TEMPERATURES:
        recipe = replace(colorizer.recipe, temperature=temperature)
        decoded = colorizer.with_recipe(recipe).decode(copy, shown)
        pictures[temperature] = rgb_to_pixels(decoded.rgb)
    return pictures


def _draw_point_part(
    photo: Photo, distribution: AbDistribution, point: tuple[float, float], temperature: float
) -> Pixels:
    y, x = find_cell(point, photo.rgb.shape[:2])
    lightness = float(rgb_to_lightness(photo.rgb[y : y + 1, x : x + 1])[0, 0])
    cell = take_cell(distribution, *point)
    return _head(
        f"Distribution at the cross, pixel {x}, {y}", draw_point(cell, lightness, temperature)
    )


def _draw_match_part(photo: Photo, colorizer: Colorizer, exemplar: Exemplar) -> Pixels:
    match = find_matches(photo, exemplar, colorizer.see)
    return _head(
        "Who took color from where: equal numbers match; below, dark where nothing does",
        draw_matches(photo, exemplar, match, _INNER),
    )


def _head(title: str, part: Pixels) -> Pixels:
    """Put a title over a part."""
    head = make_canvas(24, part.shape[1])
    write_text(head, title, (0, 15), size=0.6)
    return stack([head, part], gap=8)


def _frame(image: Pixels) -> Pixels:
    framed = make_canvas(image.shape[0] + 2 * _MARGIN, WIDTH)
    paste(framed, image, _MARGIN, _MARGIN)
    return framed
