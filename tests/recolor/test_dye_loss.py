"""Fading undone by all tones: better than by the ends alone, and region by region."""

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.data import astronaut, chelsea, coffee

from benchmarks.damage_light import FADINGS
from colorize_lab import Colorizer
from colorize_lab.recolor import Witness, estimate_fading, undo_fading
from colorize_lab.recolor.density_lines import apply_lines
from colorize_lab.recolor.dye_loss import fit_lines
from colorize_lab.treatment import make_witness

Floats = NDArray[np.float32]

PHOTOS = [(photo()[::2, ::2] / 255).astype(np.float32) for photo in (astronaut, chelsea, coffee)]


def mean_difference(rgb: Floats, other: Floats) -> float:
    labs = (rgb2lab(photo.astype(float)) for photo in (rgb, other))
    return float(deltaE_ciede2000(*labs).mean())


def measure_tilt(rgb: Floats, witness: Witness) -> float:
    """Return how much steeper red's line is on the right than on the left."""
    red = fit_lines(rgb, witness).slopes[..., 0]
    return float(red[:, 1].mean() - red[:, 0].mean())


def test_fading_is_undone_better_than_by_its_ends(colorizer: Colorizer) -> None:
    witness, errors = make_witness(colorizer), []
    for photo in PHOTOS:
        faded = FADINGS["print, cyan -55 %, stain"](photo)
        by_lines = apply_lines(faded, fit_lines(faded, witness))
        by_ends = undo_fading(faded, estimate_fading(faded))
        errors.append([mean_difference(rgb, photo) for rgb in (faded, by_ends, by_lines)])
    faded_error, ends_error, lines_error = np.mean(errors, axis=0)
    assert lines_error < 0.7 * faded_error
    assert lines_error < ends_error


def test_uneven_fading_gets_uneven_slopes(colorizer: Colorizer) -> None:
    witness = make_witness(colorizer)
    sound = np.mean([measure_tilt(photo, witness) for photo in PHOTOS])
    uneven = np.mean([measure_tilt(FADINGS["uneven"](photo), witness) for photo in PHOTOS])
    assert uneven > sound + 0.01


@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (3, 2)], ids=str)
def test_every_size_works(colorizer: Colorizer, shape: tuple[int, int]) -> None:
    rgb = np.random.default_rng(0).random((*shape, 3), np.float32)
    assert np.isfinite(fit_lines(rgb, make_witness(colorizer)).slopes).all()


def test_report_is_of_plain_numbers(colorizer: Colorizer) -> None:
    described = fit_lines(PHOTOS[0], make_witness(colorizer)).describe()
    assert all(isinstance(x, float) for numbers in described.values() for x in numbers)
