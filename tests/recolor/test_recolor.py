"""Recoloring as a whole."""

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.data import astronaut

from benchmarks.damage_light import FADINGS, LED_LIGHTS, fade_dyes, light_leds
from colorize_lab import Colorizer, Photo, Recipe, array_to_photo
from colorize_lab.errors import RecipeError
from colorize_lab.photo import Metadata
from colorize_lab.recolor import (
    PRESETS,
    ChannelMix,
    Recoloring,
    estimate_fading,
    find_need,
    undo_fading,
)
from colorize_lab.treatment import recolor_photo

Floats = NDArray[np.float32]

SOUND = (astronaut()[::2, ::2] / 255).astype(np.float32)
FADED = fade_dyes(SOUND, FADINGS["album"])
LEDS = light_leds(SOUND, LED_LIGHTS["magenta"])


def mean_difference(rgb: Floats, other: Floats) -> float:
    labs = (rgb2lab(photo.astype(float)) for photo in (rgb, other))
    return float(deltaE_ciede2000(*labs).mean())


def mean_chroma_error(rgb: Floats, other: Floats) -> float:
    labs = [rgb2lab(photo.astype(float))[..., 1:] for photo in (rgb, other)]
    return float(np.linalg.norm(labs[0] - labs[1], axis=-1).mean())


def recolor(rgb: Floats, colorizer: Colorizer, **settings: object) -> Photo:
    return recolor_photo(array_to_photo(rgb), colorizer, Recoloring(**settings)).photo  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FADINGS)
def test_faded_photo_is_repaired(colorizer: Colorizer, name: str) -> None:
    faded = fade_dyes(SOUND, FADINGS[name])
    repaired = recolor(faded, colorizer).rgb
    assert mean_difference(repaired, SOUND) < 0.6 * mean_difference(faded, SOUND)


@pytest.mark.parametrize("name", LED_LIGHTS)
def test_light_of_leds_is_colored_anew(colorizer: Colorizer, name: str) -> None:
    damaged = light_leds(SOUND, LED_LIGHTS[name])
    done = recolor_photo(array_to_photo(damaged), colorizer)
    assert json.loads(done.provenance["surviving"])["keep"] < 0.05
    assert mean_difference(done.photo.rgb, SOUND) < 0.9 * mean_difference(damaged, SOUND)


def test_sound_photo_comes_out_unchanged_unless_forced(
    colorizer: Colorizer, caplog: pytest.LogCaptureFixture
) -> None:
    photo = array_to_photo(SOUND)
    done = recolor_photo(photo, colorizer)
    assert done.photo is photo
    assert done.provenance == {}
    assert "the photo is fine" in caplog.text
    forced = recolor_photo(photo, colorizer, Recoloring(force=True))
    assert forced.photo is not photo
    assert mean_difference(forced.photo.rgb, SOUND) < 4


def test_gray_photo_is_left_to_coloring(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8], caplog: pytest.LogCaptureFixture
) -> None:
    photo = array_to_photo(gray_pixels)
    assert recolor_photo(photo, colorizer).photo is photo
    assert "has no color" in caplog.text
    forced = recolor_photo(photo, colorizer, Recoloring(PRESETS["luminosity"], force=True)).photo
    assert np.abs(forced.rgb - colorizer.colorize(photo).rgb).max() < 1e-3


def test_keep_0_looks_at_no_old_color(colorizer: Colorizer) -> None:
    undone = undo_fading(FADED, estimate_fading(FADED))
    gray = PRESETS["luminosity"].apply(undone)
    expected = colorizer.colorize(array_to_photo(np.repeat(gray[..., None], 3, axis=2))).rgb
    anew = recolor(FADED, colorizer, mix=PRESETS["luminosity"], keep_color=0.0).rgb
    assert np.abs(anew - expected).max() < 2e-3
    kept = recolor(FADED, colorizer, mix=PRESETS["luminosity"], keep_color=0.5).rgb
    assert np.abs(kept - expected).max() > 0.1


def test_keep_1_restores_the_old_color(colorizer: Colorizer) -> None:
    undone = undo_fading(FADED, estimate_fading(FADED))
    errors = [
        mean_chroma_error(recolor(FADED, colorizer, keep_color=keep).rgb, undone)
        for keep in (1.0, 0.3, 0.0)
    ]
    assert errors == sorted(errors)
    assert errors[0] < 0.3 * errors[2]


@pytest.mark.parametrize(
    "mix", [PRESETS["red"], PRESETS["orthochromatic"], ChannelMix(0, 0, 1), "decolor", "auto"]
)
def test_lightness_is_that_of_the_mix(colorizer: Colorizer, mix: ChannelMix | str) -> None:
    colored = recolor(LEDS, colorizer, mix=mix, keep_color=0.5)
    gray = recolor_photo(
        array_to_photo(LEDS),
        colorizer.with_recipe(Recipe(saturation=0)),
        Recoloring(mix, 0.5),  # type: ignore[arg-type]
    ).photo
    lightness = [rgb2lab(photo.rgb.astype(float))[..., 0] for photo in (colored, gray)]
    assert np.abs(lightness[0] - lightness[1]).max() < 0.05
    if isinstance(mix, ChannelMix):
        undone = undo_fading(LEDS, estimate_fading(LEDS))
        expected = rgb2lab(np.repeat(mix.apply(undone)[..., None], 3, 2).astype(float))[..., 0]
        assert np.abs(lightness[0] - expected).max() < 0.05


def test_alpha_depth_and_metadata_are_kept_and_nothing_is_written_to(colorizer: Colorizer) -> None:
    alpha = np.linspace(0, 1, FADED[..., 0].size, dtype=np.float32).reshape(FADED.shape[:2])
    metadata = Metadata(xmp=b"<x/>", dpi=(300, 300))
    plain = array_to_photo(np.round(FADED * 65535).astype(np.uint16))
    photo = replace(plain, alpha=alpha, metadata=metadata)
    before = photo.rgb.copy()
    done = recolor_photo(photo, colorizer).photo
    assert np.array_equal(photo.rgb, before)
    assert done.bit_depth == 16
    assert done.metadata == metadata
    assert not done.is_gray
    assert done.alpha is not None
    assert np.array_equal(done.alpha, alpha)


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (7, 5), (33, 17)], ids=str)
def test_every_size_works(colorizer: Colorizer, shape: tuple[int, int]) -> None:
    rgb = np.random.default_rng(0).random((*shape, 3), np.float32)
    done = recolor(rgb, colorizer, force=True).rgb
    assert done.shape == rgb.shape
    assert np.isfinite(done).all()


def test_provenance_names_mix_and_guide(colorizer: Colorizer) -> None:
    mix = ChannelMix(0.5, 0.25, 0.25)
    done = recolor_photo(array_to_photo(FADED), colorizer, Recoloring(mix, 0.75))
    assert json.loads(done.provenance["mix"]) == {"kind": "channels", "rgb": [0.5, 0.25, 0.25]}
    guide = json.loads(done.provenance["surviving"])
    assert (guide["kind"], guide["keep"], len(guide["sha256"])) == ("surviving", 0.75, 64)


def test_need_is_named() -> None:
    named = {
        name: find_need(array_to_photo(rgb), estimate_fading(rgb))
        for name, rgb in (("sound", SOUND), ("faded", FADED), ("leds", LEDS))
    }
    assert named == {"sound": None, "faded": "faded", "leds": "light of few wavelengths"}


@pytest.mark.parametrize("keep", [-0.1, 1.5, float("nan")])
def test_bad_keep_is_refused(keep: float) -> None:
    with pytest.raises(RecipeError, match="keep-color"):
        Recoloring(keep_color=keep)
