"""Recoloring as a whole."""

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.data import astronaut

from benchmarks.damage_light import CASTS, FADINGS, STAGE_LIGHTS, add_border, light_stage
from colorize_lab import Colorizer, Photo, Recipe, array_to_photo
from colorize_lab.errors import RecipeError
from colorize_lab.guide.adjust import Warmth, parse_damp, parse_hue_shift
from colorize_lab.photo import Metadata
from colorize_lab.recolor import PRESETS, ChannelMix, Recoloring
from colorize_lab.treatment import recolor_photo

Floats = NDArray[np.float32]

SOUND = (astronaut()[::2, ::2] / 255).astype(np.float32)
FADED = FADINGS["print, cyan -55 %, stain"](SOUND)
STAGE = light_stage(SOUND, STAGE_LIGHTS["magenta, clipped"])


def mean_difference(rgb: Floats, other: Floats) -> float:
    labs = (rgb2lab(photo.astype(float)) for photo in (rgb, other))
    return float(deltaE_ciede2000(*labs).mean())


def recolor(rgb: Floats, colorizer: Colorizer, **settings: object) -> Photo:
    return recolor_photo(array_to_photo(rgb), colorizer, Recoloring(**settings)).photo  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["print, cyan -55 %, stain", "slide, yellow -60 %"])
def test_fading_is_undone(colorizer: Colorizer, name: str) -> None:
    faded = FADINGS[name](SOUND)
    repaired = recolor(faded, colorizer, treat_as="faded").rgb
    assert mean_difference(repaired, SOUND) < 0.7 * mean_difference(faded, SOUND)


def test_black_border_does_not_hide_fading(colorizer: Colorizer) -> None:
    repaired = recolor(add_border(FADED), colorizer, treat_as="faded").rgb[20:-20, 20:-20]
    truth = SOUND[20:-20, 20:-20]
    assert mean_difference(repaired, truth) < 0.75 * mean_difference(FADED[20:-20, 20:-20], truth)


def test_cast_is_balanced(colorizer: Colorizer) -> None:
    cast = CASTS["lamp of 3000 K"](SOUND)
    balanced = recolor(cast, colorizer, treat_as="cast").rgb
    assert mean_difference(balanced, SOUND) < 0.8 * mean_difference(cast, SOUND)


@pytest.mark.parametrize("name", ["magenta, clipped", "blue"])
def test_stage_light_is_found_and_colored_from_scratch(colorizer: Colorizer, name: str) -> None:
    damaged = light_stage(SOUND, STAGE_LIGHTS[name])
    done = recolor_photo(array_to_photo(damaged), colorizer)
    assert done.found["treated_as"] == "stage-light"
    assert done.found["kept"] == 0
    assert done.found["mix"]["kind"] == "even"
    assert mean_difference(done.photo.rgb, SOUND) < 0.5 * mean_difference(damaged, SOUND)


def test_sound_photo_comes_out_unchanged_unless_forced(
    colorizer: Colorizer, caplog: pytest.LogCaptureFixture
) -> None:
    photo = array_to_photo(SOUND)
    done = recolor_photo(photo, colorizer)
    assert done.photo is photo
    assert done.provenance == {}
    assert done.found["treated_as"] is None
    assert f"--as {done.found['likeliest_fault']} would treat" in caplog.text
    forced = recolor_photo(photo, colorizer, Recoloring(force=True))
    assert forced.photo is not photo
    assert forced.found["treated_as"] == done.found["likeliest_fault"]


def test_force_undoes_what_as_undoes(colorizer: Colorizer) -> None:
    photo = array_to_photo(FADED)
    likeliest = recolor_photo(photo, colorizer).found["likeliest_fault"]
    forced = recolor_photo(photo, colorizer, Recoloring(force=True)).photo.rgb
    named = recolor_photo(photo, colorizer, Recoloring(treat_as=likeliest)).photo.rgb
    assert np.array_equal(forced, named)
    assert mean_difference(forced, FADED) > 2


def test_gray_photo_is_left_to_coloring(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8], caplog: pytest.LogCaptureFixture
) -> None:
    photo = array_to_photo(gray_pixels)
    done = recolor_photo(photo, colorizer)
    assert done.photo is photo
    assert done.found["found"] == "gray"
    assert "has no color" in caplog.text
    forced = recolor_photo(photo, colorizer, Recoloring(force=True)).photo
    assert np.abs(forced.rgb - colorizer.colorize(photo).rgb).max() < 1e-3


def test_keep_goes_from_new_color_to_the_old(colorizer: Colorizer) -> None:
    plain = recolor(FADED, colorizer, treat_as="toned").rgb
    old = [
        mean_difference(recolor(FADED, colorizer, treat_as="toned", keep_color=keep).rgb, FADED)
        for keep in (1.0, 0.3, 0.0)
    ]
    assert old == sorted(old)
    assert old[0] < 0.5 * old[2]
    assert old[2] == pytest.approx(mean_difference(plain, FADED), abs=1e-6)


@pytest.mark.parametrize("mix", [PRESETS["red"], ChannelMix(0, 0, 1), "decolor", "auto"])
def test_lightness_is_that_of_the_mix(colorizer: Colorizer, mix: ChannelMix | str) -> None:
    colored = recolor(STAGE, colorizer, mix=mix, keep_color=0.5, treat_as="stage-light")
    gray = recolor_photo(
        array_to_photo(STAGE),
        colorizer.with_recipe(Recipe(saturation=0)),
        Recoloring(mix, 0.0, treat_as="stage-light"),  # type: ignore[arg-type]
    ).photo
    lightness = [rgb2lab(photo.rgb.astype(float))[..., 0] for photo in (colored, gray)]
    assert np.abs(lightness[0] - lightness[1]).max() < 0.05


def test_adjustments_reach_the_result(colorizer: Colorizer) -> None:
    warm = colorizer.with_recipe(Recipe(adjustments=(Warmth(100),)))
    results = [recolor(STAGE, c, treat_as="stage-light").rgb for c in (colorizer, warm)]
    b = [rgb2lab(rgb.astype(float))[..., 2].mean() for rgb in results]
    assert b[1] > b[0] + 5


@pytest.mark.parametrize("fault", ["stage-light", "faded"])
@pytest.mark.parametrize("text", ["damp=0:360=0.2", "shift=0:360=60"])
def test_damp_and_hue_shift_reach_the_result(colorizer: Colorizer, fault: str, text: str) -> None:
    name, _, value = text.partition("=")
    adjustment = parse_damp(value) if name == "damp" else parse_hue_shift(value)
    steered = colorizer.with_recipe(Recipe(adjustments=(adjustment,)))
    damaged = STAGE if fault == "stage-light" else FADED
    plain, changed = (recolor(damaged, c, treat_as=fault).rgb for c in (colorizer, steered))
    assert mean_difference(plain, changed) > 1


def test_alpha_depth_and_metadata_are_kept_and_nothing_is_written_to(colorizer: Colorizer) -> None:
    alpha = np.linspace(0, 1, FADED[..., 0].size, dtype=np.float32).reshape(FADED.shape[:2])
    metadata = Metadata(xmp=b"<x/>", dpi=(300, 300))
    plain = array_to_photo(np.round(FADED * 65535).astype(np.uint16))
    photo = replace(plain, alpha=alpha, metadata=metadata)
    before = photo.rgb.copy()
    done = recolor_photo(photo, colorizer, Recoloring(treat_as="faded")).photo
    assert np.array_equal(photo.rgb, before)
    assert done.bit_depth == 16
    assert done.metadata == metadata
    assert not done.is_gray
    assert done.alpha is not None
    assert np.array_equal(done.alpha, alpha)


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (7, 5), (33, 17)], ids=str)
@pytest.mark.parametrize("fault", ["faded", "cast", "stage-light"])
def test_every_size_works(colorizer: Colorizer, shape: tuple[int, int], fault: str) -> None:
    rgb = np.random.default_rng(0).random((*shape, 3), np.float32)
    done = recolor(rgb, colorizer, treat_as=fault).rgb
    assert done.shape == rgb.shape
    assert np.isfinite(done).all()


def test_provenance_names_fault_mix_and_guide(colorizer: Colorizer) -> None:
    mix = ChannelMix(0.5, 0.25, 0.25)
    settings = Recoloring(mix, 0.75, treat_as="faded")
    done = recolor_photo(array_to_photo(FADED), colorizer, settings)
    assert json.loads(done.provenance["mix"]) == {"kind": "channels", "rgb": [0.5, 0.25, 0.25]}
    assert json.loads(done.provenance["recipe"])["recoloring"]["treat_as"] == "faded"
    guide = json.loads(done.provenance["surviving"])
    assert (guide["kind"], guide["keep"], len(guide["sha256"])) == ("surviving", 0.75, 64)


@pytest.mark.parametrize("keep", [-0.1, 1.5, float("nan")])
def test_bad_keep_is_refused(keep: float) -> None:
    with pytest.raises(RecipeError, match="keep-color"):
        Recoloring(keep_color=keep)


def test_unknown_fault_is_refused() -> None:
    with pytest.raises(RecipeError, match="stage-light"):
        Recoloring(treat_as="sound")
