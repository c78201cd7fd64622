"""Of a framed photo only the picture is treated, and nothing else is changed."""

from dataclasses import replace

import numpy as np
import pytest
from skimage.data import coffee

from colorize_lab import Colorizer, Photo, Recipe, array_to_photo
from colorize_lab.frame import Frame, find_frame
from colorize_lab.framed import cut_photo, cut_recipe, paste_picture
from colorize_lab.hints.hint import parse_hint
from colorize_lab.restore import Scratches, Tone, choose_stages
from colorize_lab.treatment import Treatment, render_photo

FRAME = Frame(0.1, 0.9, 0.05, 0.95)
PAPER = np.array([236, 226, 204], np.uint8)  # yellowed


def frame_photo(picture: np.ndarray) -> Photo:
    pixels = np.empty((400, 600, 3), np.uint8)
    pixels[:] = PAPER
    pixels[FRAME.to_slices(400, 600)] = picture[:320, :540]
    return array_to_photo(pixels)


@pytest.fixture(scope="module")
def colorizer() -> Colorizer:
    return Colorizer(recipe=Recipe(looks=1))


def make_gray_coffee() -> np.ndarray:
    return np.repeat(coffee().mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)


def test_picture_is_colored_as_if_it_had_no_frame(colorizer: Colorizer) -> None:
    framed = frame_photo(make_gray_coffee())
    rendered = render_photo(framed, Treatment(colorizer.recipe), colorizer)
    assert rendered.frame is not None
    alone = colorizer.colorize(cut_photo(framed, rendered.frame))
    np.testing.assert_array_equal(rendered.frame.cut(rendered.photo.rgb), alone.rgb)


def test_paper_keeps_its_pixels_and_without_the_option_it_does_not(colorizer: Colorizer) -> None:
    framed = frame_photo(make_gray_coffee())
    kept = render_photo(framed, Treatment(colorizer.recipe), colorizer).photo.rgb
    dyed = render_photo(framed, Treatment(replace(colorizer.recipe, frame=False)), colorizer)
    np.testing.assert_array_equal(kept[:30], framed.rgb[:30])
    assert dyed.frame is None
    assert np.abs(dyed.photo.rgb[:30] - framed.rgb[:30]).max() > 1 / 255


def test_photo_without_a_frame_is_colored_to_the_same_bits(colorizer: Colorizer) -> None:
    photo = array_to_photo(make_gray_coffee())
    results = [
        render_photo(photo, Treatment(replace(colorizer.recipe, frame=frame)), colorizer)
        for frame in (True, False)
    ]
    np.testing.assert_array_equal(results[0].photo.rgb, results[1].photo.rgb)


def test_stages_measure_the_picture_only() -> None:
    squeezed = (90 + coffee().mean(axis=2, keepdims=True) / 4).astype(np.uint8).repeat(3, axis=2)
    framed = frame_photo(squeezed)
    stages = choose_stages("contrast")
    seen = render_photo(framed, Treatment(Recipe(stages=stages, network=None)))
    blind = render_photo(framed, Treatment(Recipe(stages=stages, network=None, frame=False)))
    assert list(seen.restored) == ["contrast"]
    assert not blind.restored
    np.testing.assert_array_equal(seen.photo.rgb[:30], framed.rgb[:30])


def test_sound_picture_in_a_frame_is_the_very_photo() -> None:
    framed = frame_photo(coffee())
    rendered = render_photo(framed, Treatment(Recipe(stages=(Tone(),), network=None)))
    assert rendered.photo is framed
    assert rendered.frame is not None


def test_hints_and_masks_stay_where_they_are_in_the_photo() -> None:
    mask = np.zeros((400, 600), bool)
    mask[100, 200] = True
    recipe = Recipe(hints=(parse_hint("200,100=#c02020"),), stages=(Scratches(mask=mask),))
    cut = cut_recipe(recipe, FRAME, 400, 600)
    pins = cut.hints[0].pins(320, 540)
    assert (100 - 40, 200 - 30) in set(zip(pins.rows.tolist(), pins.columns.tolist(), strict=True))
    assert cut.stages[0].mask[60, 170]
    assert cut.hints[0].describe() == recipe.hints[0].describe()


def test_pasting_a_picture_back_changes_nothing() -> None:
    framed = frame_photo(coffee())
    frame = find_frame(framed.rgb)
    assert frame is not None
    pasted = paste_picture(framed, frame, cut_photo(framed, frame))
    np.testing.assert_array_equal(pasted.rgb, framed.rgb)
