"""Scratches and dust: found, filled, and nothing else touched."""

import numpy as np
import pytest

from colorize_lab.errors import RecipeError
from colorize_lab.restore import Planes, Scratches, find_scratches
from colorize_lab.restore.inpaint import inpaint_telea
from tests.helpers.damaged_photos import draw_scratch, good_lightness, smooth_lightness


def test_a_scratch_is_found_and_filled() -> None:
    truth = smooth_lightness()
    damaged, mask = draw_scratch(truth)
    planes, done = Scratches().restore(Planes(damaged))
    assert done is not None
    assert (planes.scratches & mask).sum() > 0.9 * mask.sum()
    assert planes.scratches.mean() < 0.05
    before, after = (np.mean((p - truth)[mask] ** 2) for p in (damaged, planes.lightness))
    assert 10 * np.log10(before / after) > 12


def test_a_dark_speck_is_dust_and_a_texture_is_none() -> None:
    plane = smooth_lightness()
    plane[50:53, 90:93] = 5
    rng = np.random.default_rng(0)
    plane[120:, :] += rng.choice([-20, 20], plane[120:, :].shape).astype(np.float32)
    found = find_scratches(plane)
    assert found[51, 91]
    assert found[140:].mean() < 0.01


def test_a_smooth_plane_has_none() -> None:
    planes = Planes(smooth_lightness())
    found, done = Scratches().restore(planes)
    assert done is None
    assert found.lightness is planes.lightness
    assert not found.scratches.any()


def test_sensitivity_finds_fainter_ones() -> None:
    truth = smooth_lightness()
    _, mask = draw_scratch(truth)
    faint = truth + np.float32(7) * mask
    assert find_scratches(faint).sum() == 0
    assert (find_scratches(faint, 3) & mask).sum() > 0.5 * mask.sum()


def test_ones_own_mask_is_filled_and_nothing_else() -> None:
    truth = good_lightness()
    damaged, mask = draw_scratch(np.clip(truth, 0, 100))
    ab = np.random.default_rng(0).normal(0, 9, (*truth.shape, 2)).astype(np.float32)
    planes, _ = Scratches(mask=mask).restore(Planes(damaged, ab))
    np.testing.assert_array_equal(planes.lightness[~mask], damaged[~mask])
    np.testing.assert_array_equal(planes.ab[~mask], ab[~mask])
    before, after = (np.mean((p - truth)[mask] ** 2) for p in (damaged, planes.lightness))
    assert 10 * np.log10(before / after) > 5


def test_a_mask_of_another_size_is_refused() -> None:
    stage = Scratches(mask=np.ones((3, 4), bool))
    with pytest.raises(RecipeError, match="4 x 3 pixels and the photo 240 x 200"):
        stage.restore(Planes(smooth_lightness()))


def test_filling_across_tiles_is_smooth() -> None:
    plane = np.tile(np.linspace(20, 80, 700, dtype=np.float32), (40, 1))
    mask = np.zeros(plane.shape, bool)
    mask[18:21, 450:600] = True
    filled = inpaint_telea(np.where(mask, np.float32(0), plane), mask)
    assert np.abs(filled - plane).max() < 4
