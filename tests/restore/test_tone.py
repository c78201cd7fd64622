"""Tones are neutralized, and color is no tone."""

import numpy as np
import pytest

from colorize_lab.restore import Planes, Tone, photo_to_planes
from colorize_lab.restore.tone import measure_toning
from tests.helpers.damaged_photos import good_lightness, good_pixels, photo_of


def make_toned(a: float, b: float) -> Planes:
    lightness = good_lightness()
    amount = 0.3 + (lightness / 100) * (1 - lightness / 100) * 4
    return Planes(lightness, np.stack([a * amount, b * amount], axis=-1).astype(np.float32))


@pytest.mark.parametrize(("a", "b", "hue"), [(6, 18, 72), (1, 8, 83), (4, -4, 315)])
def test_sepia_yellowed_paper_and_selenium_become_gray(a: float, b: float, hue: float) -> None:
    toned = make_toned(a, b)
    planes, done = Tone().restore(toned)
    assert planes.ab is None
    assert planes.lightness is toned.lightness
    assert done is not None
    assert done["hue"] == pytest.approx(hue, abs=2)


def test_a_color_photo_is_left_alone_unless_forced() -> None:
    planes = photo_to_planes(photo_of(good_pixels()))
    assert not measure_toning(planes).is_toned
    assert Tone().restore(planes) == (planes, None)
    assert Tone(force=True).restore(planes)[0].ab is None


@pytest.mark.parametrize(
    ("a", "b"), [(40, 20), (-12, 6), (14, 3), (25, -60)], ids=["amber", "green", "red", "violet"]
)
def test_light_that_is_no_toner_is_left_alone(a: float, b: float) -> None:
    planes = make_toned(a, b)
    assert Tone().restore(planes) == (planes, None)


def test_blue_sea_under_a_blue_sky_is_no_cyanotype() -> None:
    planes = make_toned(-2, -14)
    assert measure_toning(planes).is_toned
    planes.ab[:150] *= 2
    assert Tone().restore(planes) == (planes, None)


def test_a_faint_tint_of_one_part_is_no_tone() -> None:
    planes = make_toned(0, 0)
    planes.ab[:100] = [0, 20]
    assert not measure_toning(planes).is_toned


def test_a_wall_of_one_paint_is_no_tone() -> None:
    planes = photo_to_planes(photo_of(np.full((8, 8, 3), [200, 60, 40], np.uint8)))
    assert Tone().restore(planes) == (planes, None)


def test_gray_has_no_tone() -> None:
    planes = Planes(good_lightness())
    assert Tone().restore(planes) == (planes, None)
    assert measure_toning(planes).chroma == 0
