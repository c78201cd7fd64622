"""The whole way: properties of the colored photo that hold whatever the network thinks."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2lab

from colorize_lab import Colorizer, Photo, Recipe, array_to_photo
from colorize_lab.errors import PhotoTooLargeError, RecipeError, UnknownNetworkError
from colorize_lab.hints import field
from colorize_lab.hints.hint import Hint
from colorize_lab.photo import Metadata


def lightness_error(before: Photo, after: Photo) -> float:
    """Largest |ΔL*| between photos as they are stored, by scikit-image in float64."""
    levels = 2**before.bit_depth - 1
    stored = np.round(after.rgb.astype(np.float64) * levels) / levels
    return float(np.abs(rgb2lab(stored) - rgb2lab(before.rgb.astype(np.float64)))[..., 0].max())


# One 8-bit level is worth at most this much L*: the step from 0 to 1 at the curve's steep middle.
LEVEL_8_BIT = float(
    np.diff(rgb2lab(np.linspace(0, 1, 256)[:, None, None].repeat(3, 2))[..., 0, 0]).max()
)


@pytest.mark.parametrize("saturation", [1.0, 3.0])
def test_lightness_is_kept_at_8_bit(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8], saturation: float
) -> None:
    photo = array_to_photo(gray_pixels)
    vivid = colorizer.with_recipe(Recipe(saturation=saturation))
    assert lightness_error(photo, vivid.colorize(photo)) <= LEVEL_8_BIT


def test_lightness_is_kept_at_16_bit(colorizer: Colorizer) -> None:
    ramp = np.linspace(0, 65535, 64 * 96).reshape(64, 96).astype(np.uint16)
    photo = array_to_photo(ramp)
    vivid = colorizer.with_recipe(Recipe(saturation=3.0))
    assert lightness_error(photo, vivid.colorize(photo)) <= 0.02


def test_check_of_lightness_sees_a_photo_that_was_clipped(gray_pixels: NDArray[np.uint8]) -> None:
    photo = array_to_photo(gray_pixels)
    shifted = photo.rgb + np.float32([0.2, 0, -0.2])
    clipped = replace(photo, rgb=shifted.clip(0, 1))
    assert lightness_error(photo, clipped) > LEVEL_8_BIT


def test_color_comes_out(colorizer: Colorizer, gray_pixels: NDArray[np.uint8]) -> None:
    colored = colorizer.colorize(array_to_photo(gray_pixels))
    chroma = np.linalg.norm(rgb2lab(colored.rgb)[..., 1:], axis=2)
    assert chroma.mean() > 2
    assert not colored.is_gray


def test_without_saturation_every_gray_is_exactly_what_it_was(colorizer: Colorizer) -> None:
    grays = np.arange(256, dtype=np.uint8).reshape(16, 16)
    photo = array_to_photo(grays)
    result = colorizer.with_recipe(Recipe(saturation=0.0)).colorize(photo)
    stored = np.round(result.rgb * 255).astype(np.uint8)
    assert np.array_equal(stored, np.repeat(grays[..., None], 3, axis=2))


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 2000), (2000, 1), (7, 5), (33, 17), (255, 257)], ids=str
)
def test_every_size_works(colorizer: Colorizer, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    photo = array_to_photo(rng.integers(0, 256, shape, dtype=np.uint8))
    colored = colorizer.colorize(photo)
    assert colored.rgb.shape == (*shape, 3)
    assert colored.rgb.dtype == np.float32
    assert np.isfinite(colored.rgb).all()
    assert lightness_error(photo, colored) <= LEVEL_8_BIT


def test_photo_is_not_written_to_and_keeps_alpha_and_metadata(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8]
) -> None:
    alpha = np.linspace(0, 1, gray_pixels.size, dtype=np.float32).reshape(gray_pixels.shape)
    photo = replace(
        array_to_photo(gray_pixels), alpha=alpha, metadata=Metadata(xmp=b"<x/>", dpi=(300, 300))
    )
    before = photo.rgb.copy()
    colored = colorizer.colorize(photo)
    assert np.array_equal(photo.rgb, before)
    assert colored.alpha is not None
    assert np.array_equal(colored.alpha, alpha)
    assert colored.metadata == photo.metadata


def test_old_color_is_not_looked_at(colorizer: Colorizer, gray_pixels: NDArray[np.uint8]) -> None:
    colored = colorizer.colorize(array_to_photo(gray_pixels))
    again = colorizer.colorize(colored)
    assert np.abs(again.rgb - colored.rgb).max() < 2 / 255


def test_decoding_anew_runs_no_network(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = array_to_photo(gray_pixels)
    distribution = colorizer.predict(photo)
    other = colorizer.with_recipe(Recipe(temperature=0.0, vividness=1.0))
    expected = other.colorize(photo)
    monkeypatch.setattr(colorizer.network, "logits", None)
    decoded = other.decode(photo, distribution)
    assert np.array_equal(decoded.rgb, expected.rgb)
    assert not np.array_equal(decoded.rgb, colorizer.decode(photo, distribution).rgb)


def test_steered_is_decoded_as_it_is_and_cannot_be_steered_again(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8]
) -> None:
    photo = array_to_photo(gray_pixels)
    vivid = colorizer.with_recipe(Recipe(vividness=1.0))
    distribution = vivid.predict(photo)
    steered = vivid.steer(photo, distribution)
    expected = vivid.colorize(photo).rgb
    assert np.array_equal(vivid.decode(photo, steered).rgb, expected)
    assert np.array_equal(vivid.decode(photo, distribution).rgb, expected)
    assert vivid.steer(photo, steered) is steered
    shown = steered.mix_hints()
    assert np.array_equal(vivid.decode(photo, shown).rgb, expected)


def test_predicted_hints_are_those_that_are_decoded(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8]
) -> None:
    photo = array_to_photo(gray_pixels)
    hinted = colorizer.with_recipe(Recipe(hints=(Hint(20, 30, "#3050c0", 9),)))
    predicted = hinted.predict(photo)
    colored = hinted.colorize(photo).rgb
    assert np.array_equal(hinted.decode(photo, predicted).rgb, colored)
    other = colorizer.with_recipe(Recipe(hints=(Hint(20, 30, "#c05030", 9),)))
    assert np.abs(other.decode(photo, predicted).rgb[30, 20] - colored[30, 20]).max() > 0.1


@pytest.mark.parametrize("work", ["colorize", "suggest", "steer"])
def test_hints_are_gathered_and_spread_once(
    colorizer: Colorizer,
    gray_pixels: NDArray[np.uint8],
    monkeypatch: pytest.MonkeyPatch,
    work: str,
) -> None:
    calls = []
    for name in ("list_pins", "spread_pins"):
        own = getattr(field, name)
        monkeypatch.setattr(
            field, name, lambda *given, n=name, f=own: calls.append((n, len(given[0]))) or f(*given)
        )
    hinted = colorizer.with_recipe(Recipe(hints=(Hint(20, 30, "#3050c0"),)))
    photo = array_to_photo(gray_pixels)
    getattr(hinted, work)(photo, *(["9,9"] if work == "suggest" else []))
    assert [name for name, count in calls if count] == ["list_pins", "spread_pins"]


def test_vividness_raises_colorfulness(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8]
) -> None:
    photo = array_to_photo(gray_pixels)
    distribution = colorizer.predict(photo)

    def mean_chroma(vividness: float) -> float:
        decoded = colorizer.with_recipe(Recipe(vividness=vividness)).decode(photo, distribution)
        return float(np.linalg.norm(rgb2lab(decoded.rgb)[..., 1:], axis=2).mean())

    assert mean_chroma(0.0) < mean_chroma(0.5) < mean_chroma(1.0)


def test_larger_render_factor_gives_a_finer_distribution(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8]
) -> None:
    photo = array_to_photo(gray_pixels)
    shapes = [
        colorizer.with_recipe(Recipe(n, looks=1)).predict(photo).log_probabilities.shape
        for n in (4, 8)
    ]
    assert shapes == [(313, 16, 16), (313, 24, 40)]


def test_provenance_makes_the_recipe_again(colorizer: Colorizer) -> None:
    records = colorizer.with_recipe(Recipe(temperature=0.25)).provenance()
    assert records["network"] == "compact"
    assert len(records["weightsSha256"]) == 64
    assert '"temperature": 0.25' in records["recipe"]


def test_unknown_network_is_named() -> None:
    with pytest.raises(UnknownNetworkError, match="nosuch"):
        Colorizer("nosuch")


def test_recipe_out_of_range_is_refused(colorizer: Colorizer) -> None:
    with pytest.raises(RecipeError):
        colorizer.with_recipe(Recipe(temperature=2))


def test_photo_that_memory_does_not_suffice_for_is_refused(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colorize_lab.system.memory.read_free_memory", lambda: 100_000)
    with pytest.raises(PhotoTooLargeError, match="GB"):
        colorizer.colorize(array_to_photo(gray_pixels))
