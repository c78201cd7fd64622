"""Hints, by properties: exact where they are, spreading in their area, silent beyond."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab

from colorize_lab import Colorizer, Photo, Recipe, array_to_photo
from colorize_lab.color import rgb_to_lightness
from colorize_lab.errors import HintError
from colorize_lab.guide.adjust import Warmth
from colorize_lab.hints.hint import Hint, parse_hint
from colorize_lab.hints.pins import gather_pins

BLUE, RED = "#506080", "#805850"


def to_ab(color: str) -> NDArray[np.float64]:
    """Independent of the program: a* and b* by scikit-image."""
    rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.asarray(rgb2lab(rgb)[1:])


def color_lab(colorizer: Colorizer, photo: Photo, *hints: Hint) -> NDArray[np.float64]:
    """Color a photo, in L*a*b*."""
    hinted = colorizer.with_recipe(Recipe(hints=hints))
    return np.asarray(rgb2lab(hinted.colorize(photo).rgb.astype(np.float64)))


def difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(deltaE_ciede2000(one, other))


def distance_from(y: int, x: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Distance of each pixel from one, in pixels."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    return np.asarray(np.hypot(rows - y, columns - x))


def random_hints(count: int, height: int, width: int) -> list[Hint]:
    rng = np.random.default_rng(7)
    places = rng.integers((height, width), size=(count, 2))
    colors = rng.integers(60, 196, size=(count, 3))
    return [
        Hint(int(x), int(y), "#{:02x}{:02x}{:02x}".format(*color), 2)
        for (y, x), color in zip(places, colors, strict=True)
    ]


@pytest.mark.parametrize("radius", [0, 3, 9.5])
@pytest.mark.parametrize("color", [BLUE, RED, "#808080"])
def test_color_at_a_hint_is_exact(
    colorizer: Colorizer, astronaut_photo: Photo, color: str, radius: float
) -> None:
    lightness = rgb2lab(astronaut_photo.rgb)[..., 0]
    y, x = np.argwhere(np.abs(lightness[20:-20, 20:-20] - 45) < 3)[500] + 20
    lab = color_lab(colorizer, astronaut_photo, Hint(int(x), int(y), color, radius))
    assert np.linalg.norm(lab[y, x, 1:] - to_ab(color)) < 2
    if color == "#808080":  # in every gamut, so exact all over the disc
        inside = distance_from(int(y), int(x), (300, 400)) <= radius
        assert np.linalg.norm(lab[inside][:, 1:], axis=-1).max() < 2


def test_without_the_hint_the_color_is_another(
    colorizer: Colorizer, astronaut_photo: Photo
) -> None:
    lab = color_lab(colorizer, astronaut_photo)
    assert np.linalg.norm(lab[150, 150, 1:] - to_ab(BLUE)) > 10


def test_hint_spreads_over_its_area_and_not_over_the_edge(
    colorizer: Colorizer, step_photo: tuple[Photo, int]
) -> None:
    photo, edge = step_photo
    changed = difference(
        color_lab(colorizer, photo, Hint(edge - 20, 128, RED)), color_lab(colorizer, photo)
    )
    near = changed[98:158, edge - 50 : edge - 8]
    assert near.mean() > 5
    assert changed[:, edge:].mean() < 0.5
    assert changed[:, edge:].max() < 3


def test_hint_right_beside_an_edge_speaks_for_its_own_side(
    colorizer: Colorizer, step_photo: tuple[Photo, int]
) -> None:
    photo, edge = step_photo
    changed = difference(
        color_lab(colorizer, photo, Hint(edge - 4, 128, RED)), color_lab(colorizer, photo)
    )
    assert changed[98:158, edge - 40 : edge - 8].mean() > 5
    assert changed[:, edge:].mean() < 0.5
    assert changed[:, edge:].max() < 3


def test_check_of_bleeding_sees_color_that_was_blurred(
    colorizer: Colorizer, step_photo: tuple[Photo, int]
) -> None:
    from scipy.ndimage import gaussian_filter

    photo, edge = step_photo
    base = color_lab(colorizer, photo)
    lab = color_lab(colorizer, photo, Hint(edge - 20, 128, RED))
    lab[..., 1:] = gaussian_filter(lab[..., 1:], (12, 12, 0))
    assert difference(lab, base)[:, edge:].max() > 3


def test_far_from_a_hint_nothing_changes(colorizer: Colorizer, astronaut_photo: Photo) -> None:
    base = color_lab(colorizer, astronaut_photo)
    for x, y in ((30, 30), (370, 270), (30, 270)):
        changed = difference(color_lab(colorizer, astronaut_photo, Hint(x, y, BLUE)), base)
        distance = distance_from(y, x, changed.shape) / np.hypot(*changed.shape)
        assert changed[distance > 0.45].mean() < 1
        assert changed[distance < 0.03].mean() > 5


def test_order_of_hints_does_not_matter(colorizer: Colorizer, astronaut_photo: Photo) -> None:
    hints = [*random_hints(12, 300, 400), Hint(50, 50, RED, 9), Hint(54, 50, BLUE, 9)]
    forwards = colorizer.with_recipe(Recipe(hints=tuple(hints))).colorize(astronaut_photo)
    backwards = colorizer.with_recipe(Recipe(hints=tuple(hints[::-1]))).colorize(astronaut_photo)
    assert np.array_equal(forwards.rgb, backwards.rgb)


def test_five_hundred_hints_are_all_kept(colorizer: Colorizer, astronaut_photo: Photo) -> None:
    hints = random_hints(500, 300, 400)
    lab = color_lab(colorizer, astronaut_photo, *hints)
    kept = possible = 0
    for hint in hints:
        y, x = int(hint.y), int(hint.x)
        alone = sum(np.hypot(y - int(h.y), x - int(h.x)) <= 4 for h in hints) == 1
        wanted = np.array([lab[y, x, 0], *to_ab(hint.color)])
        in_gamut = np.abs(rgb2lab(lab2rgb(wanted)) - wanted).max() < 0.5
        possible += alone and in_gamut
        kept += alone and in_gamut and np.linalg.norm(lab[y, x, 1:] - wanted[1:]) < 2
    assert kept == possible > 100


def test_color_outside_the_gamut_becomes_the_nearest_and_is_told(
    colorizer: Colorizer, caplog: pytest.LogCaptureFixture
) -> None:
    photo = array_to_photo(np.full((64, 64), 240, np.uint8))
    with caplog.at_level(logging.WARNING, "colorize_lab"):
        lab = color_lab(colorizer, photo, Hint(32, 32, "#0000ff", 2))
    assert "color of 1 of 1 hints, such as the one at 32,30;" in caplog.text
    assert lab[32, 32, 0] == pytest.approx(rgb2lab(photo.rgb)[0, 0, 0], abs=0.1)
    wanted, found = to_ab("#0000ff"), lab[32, 32, 1:]
    assert np.linalg.norm(found) > 5
    assert abs(np.angle(complex(*found) / complex(*wanted), deg=True)) < 40


def test_hint_that_fits_warns_of_nothing(
    colorizer: Colorizer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "colorize_lab"):
        color_lab(colorizer, array_to_photo(np.full((64, 64), 120, np.uint8)), Hint(32, 32, "gray"))
    assert caplog.text == ""


def test_a_few_pixels_of_a_hint_outside_the_gamut_are_no_warning(
    colorizer: Colorizer, caplog: pytest.LogCaptureFixture
) -> None:
    pixels = np.full((64, 64), 120, np.uint8)
    pixels[32, 30:33] = 250
    with caplog.at_level(logging.WARNING, "colorize_lab"):
        color_lab(colorizer, array_to_photo(pixels), Hint(32, 32, BLUE), Hint(9, 9, RED))
    assert caplog.text == ""


def test_a_hint_outside_the_gamut_is_counted_among_the_others(
    colorizer: Colorizer, caplog: pytest.LogCaptureFixture
) -> None:
    pixels = np.full((64, 64), 120, np.uint8)
    pixels[:, 40:] = 250
    with caplog.at_level(logging.WARNING, "colorize_lab"):
        hints = [Hint(x, 20, BLUE) for x in (10, 25, 50)]
        color_lab(colorizer, array_to_photo(pixels), *hints)
    assert "color of 1 of 3 hints, such as the one at 50,17;" in caplog.text


@pytest.mark.parametrize("settings", [{"saturation": 0.2}, {"adjustments": (Warmth(-100),)}])
def test_settings_of_the_network_s_color_leave_the_hints_alone(
    colorizer: Colorizer, step_photo: tuple[Photo, int], settings: dict[str, Any]
) -> None:
    photo, edge = step_photo
    recipe = Recipe(hints=(Hint(edge - 20, 128, RED),), **settings)
    lab = rgb2lab(colorizer.with_recipe(recipe).colorize(photo).rgb.astype(np.float64))
    row = gaussian_filter1d(lab[108:148, edge - 25 : edge, 1:].mean(axis=0), 2, axis=0)
    # From the hint's own pixels to the edge, where color is drawn anew: the hint's more than the
    # network's, which these settings have moved by 20, and no steps.
    assert np.linalg.norm(row - to_ab(RED), axis=-1).max() < 12
    assert np.linalg.norm(np.diff(row, axis=0), axis=-1).max() < 1.5


@pytest.mark.parametrize("radius", [0, 0.9, 2.5, 7, 1e3, 1e200])
@pytest.mark.parametrize("place", [(0, 0), (5, 3), (9, 19)])
def test_a_disc_is_cut_at_the_photo_s_edges(place: tuple[int, int], radius: float) -> None:
    y, x = place
    pins = Hint(x, y, "gray", radius).pins(10, 20)
    expected = np.argwhere(distance_from(y, x, (10, 20)) <= radius)
    assert np.array_equal(np.column_stack([pins.rows, pins.columns]), expected)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (7, 5), (33, 17), (255, 257)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_size_and_depth_works(
    colorizer: Colorizer, shape: tuple[int, int], dtype: type[np.unsignedinteger]
) -> None:
    pixels = np.full(shape, np.iinfo(dtype).max // 2, dtype)
    photo = array_to_photo(pixels)
    lab = color_lab(colorizer, photo, Hint("100%", "50%", BLUE, 1), Hint(0, 0, RED, 40))
    assert lab.shape == (*shape, 3)
    assert np.isfinite(lab).all()
    assert np.abs(lab[..., 0] - rgb2lab(photo.rgb)[..., 0]).max() < 0.01


def test_photo_is_not_written_to(colorizer: Colorizer, astronaut_photo: Photo) -> None:
    before = astronaut_photo.rgb.copy()
    color_lab(colorizer, astronaut_photo, Hint(10, 10, RED))
    assert np.array_equal(astronaut_photo.rgb, before)


def test_other_hints_need_no_other_pass(
    colorizer: Colorizer, astronaut_photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    distribution = colorizer.predict(astronaut_photo)
    monkeypatch.setattr(colorizer.network, "logits", None)
    for color in (RED, BLUE):
        hinted = colorizer.with_recipe(Recipe(hints=(Hint(150, 150, color, 0),)))
        lab = rgb2lab(hinted.decode(astronaut_photo, distribution).rgb)
        light = rgb_to_lightness(astronaut_photo.rgb)[150, 150]
        assert lab[150, 150, 0] == pytest.approx(light, abs=0.01)
        assert np.linalg.norm(lab[150, 150, 1:] - to_ab(color)) < 2


def test_network_that_takes_hints_hears_them(colorizer: Colorizer, astronaut_photo: Photo) -> None:
    hinted = colorizer.with_recipe(Recipe(hints=(Hint(150, 150, BLUE),)))
    plain = colorizer.predict(astronaut_photo)
    heard = hinted.predict(astronaut_photo)
    moved = np.abs(heard.probabilities() - plain.probabilities()).sum(axis=0)
    assert moved.max() > 0.05
    assert heard.probabilities().sum(axis=0) == pytest.approx(1, abs=1e-4)


def test_hints_are_part_of_the_provenance(colorizer: Colorizer) -> None:
    hinted = colorizer.with_recipe(Recipe(hints=(Hint("30%", 4, BLUE),)))
    recipe = json.loads(hinted.provenance()["recipe"])
    assert recipe["hints"] == [{"x": "30%", "y": 4, "color": BLUE, "radius": 3.0}]


@pytest.mark.parametrize("hint", [Hint(64, 0, RED), Hint(0, 48, RED), Hint(1e6, "50%", RED)])
def test_hint_outside_the_photo_is_refused_with_its_size(colorizer: Colorizer, hint: Hint) -> None:
    photo = array_to_photo(np.zeros((48, 64), np.uint8))
    with pytest.raises(HintError, match=r"outside the photo.*64 x 48"):
        color_lab(colorizer, photo, hint)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2",
        "1,2=reddish",
        "1,2=#12345",
        "1,2=#1234567",
        "x,2=#123456",
        "-1,2=#123456",
        "1,2=#123456,-3",
        "1,2=#123456,x",
        "1,2,3=#123456",
        "101%,2=#123456",
        "nan,2=#123456",
    ],
)
def test_malformed_hint_gets_one_sentence(text: str) -> None:
    with pytest.raises(HintError) as caught:
        parse_hint(text)
    assert re.fullmatch(r"[^\n]{20,250}", str(caught.value))


@pytest.mark.parametrize("radius", [-1, np.nan, np.inf])
def test_radius_is_checked(radius: float) -> None:
    with pytest.raises(HintError, match="radius"):
        Hint(1, 1, RED, radius)


def test_text_of_a_hint() -> None:
    assert parse_hint("30%,40%=gray") == Hint("30%", "40%", "gray")
    assert parse_hint(" 3 , 4 = #AABBCC , 5 ") == Hint("3", "4", "#AABBCC", 5.0)


def test_hints_that_cover_the_photo_many_times_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("colorize_lab.hints.pins._MAX_PINS", 1000)
    hints = [Hint(5, 5, "#112233", radius=100), Hint(6, 5, "#112233", radius=100)]
    assert len(gather_pins(hints[:1], 20, 40)) == 800
    with pytest.raises(HintError, match="smaller radii"):
        gather_pins(hints, 20, 40)


def test_a_name_is_the_color_that_it_stands_for() -> None:
    named, written = (Hint(5, 5, color).pins(20, 20).ab for color in ("navy", "#1c2850"))
    np.testing.assert_array_equal(named, written)
    with pytest.raises(HintError, match="sky blue"):
        Hint(5, 5, "mauvish")
