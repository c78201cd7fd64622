"""The colors by temperature: what the annealed mean makes of one distribution."""

from __future__ import annotations

from collections.abc import Mapping

from colorize_lab.explain.canvas import Pixels, fit_picture, make_canvas, paste, write_text

__all__ = ["TEMPERATURES", "draw_temperatures"]

# Those of figure 4 in Zhang et al. 2016, with the mode and the mean at the ends.
TEMPERATURES = (0.0, 0.14, 0.38, 0.58, 0.77, 1.0)
_NAMES = {0.0: ", mode", 1.0: ", mean"}
_GAP = 10
_LABEL_HEIGHT = 26
_HIGHEST = 320


def draw_temperatures(pictures: Mapping[float, Pixels], width: int) -> Pixels:
    """Put pictures beside one another, each under its temperature.

    Parameters
    ----------
    pictures : mapping of float to ndarray of uint8, shape (h, w, 3)
        By temperature, all of one size.
    width : int
        Of the whole, in pixels.

    Returns
    -------
    ndarray of uint8, shape (H, width, 3)
        RGB.
    """
    column = (width + _GAP) // len(pictures)
    fitted = {t: fit_picture(p, _HIGHEST, column - _GAP) for t, p in pictures.items()}
    height = max(picture.shape[0] for picture in fitted.values())
    image = make_canvas(_LABEL_HEIGHT + height, width)
    for index, (temperature, picture) in enumerate(fitted.items()):
        left = index * column
        label = f"T = {temperature:g}{_NAMES.get(temperature, '')}"
        write_text(image, label, (left, _LABEL_HEIGHT - 9), size=0.48)
        paste(image, picture, left, _LABEL_HEIGHT)
    return image
