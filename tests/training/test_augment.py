"""Augmentation: shape and range are kept, about the wanted share is struck, color is not."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch

from colorize_lab.training import augment
from colorize_lab.training.augment import Dice
from colorize_lab.training.batch import make_batch, make_plain_batch
from colorize_lab.training.color import linear_to_ab, shrink_quarter, srgb_to_linear

CPU = torch.device("cpu")
EFFECTS = (
    augment.change_tone,
    augment.vignette,
    augment.blur,
    augment.add_grain,
    augment.compress,
)


class LoadedDice(Dice):
    """Dice that draw the middle of every range and strike nothing."""

    def uniform(self, low, high, *shape):
        return torch.full(shape, (low + high) / 2 if low < 0 else low)

    def strikes(self, share, batch):
        return torch.zeros(batch, dtype=torch.bool)


@pytest.fixture
def dice() -> Dice:
    return Dice(0, CPU)


@pytest.fixture(scope="module")
def lightness():
    """Noise in 0.2..0.8, which every effect changes."""
    random = torch.Generator().manual_seed(1)
    return 0.2 + 0.6 * torch.rand(400, 1, 16, 32, generator=random)


@pytest.fixture(scope="module")
def photos():
    random = torch.Generator().manual_seed(2)
    return torch.randint(256, (3, 3, 32, 32), generator=random, dtype=torch.uint8)


@pytest.mark.parametrize("effect", EFFECTS)
def test_effect_keeps_shape_and_range(effect, lightness, dice):
    before = lightness.clone()
    after = effect(lightness, dice, share=1.0)
    assert after.shape == lightness.shape
    assert after.min() >= 0 and after.max() <= 1
    assert torch.equal(lightness, before)


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_effect_strikes_about_its_share(effect, share, lightness, dice):
    changed = (effect(lightness, dice, share=share) - lightness).flatten(1).abs().amax(1) > 1e-4
    # Gamma and contrast are drawn apart; each strikes its share.
    expected = 1 - (1 - share) ** 2 if effect is augment.change_tone else share
    assert float(changed.float().mean()) == pytest.approx(expected, abs=0.07)


def test_mix_is_luminance_but_for_some_emulsions_that_hardly_see_red(dice):
    weights = augment.mix_weights(1000, dice, share=0.2)
    plain = (weights == torch.tensor(augment.LUMINANCE)).all(1)
    assert torch.allclose(weights.sum(1), torch.ones(1000))
    assert float((~plain).float().mean()) == pytest.approx(0.2, abs=0.05)
    assert float(weights[~plain].mean(0)[0]) < 0.1


@pytest.mark.parametrize("share", [0.0, 0.6])
def test_the_rest_of_the_photos_does_not_age(share, lightness, dice):
    aged = augment.age_lightness(lightness, dice, share=share)
    changed = (aged - lightness).flatten(1).abs().amax(1) > 1e-4
    # Some are struck, and by no effect.
    struck_by_some = augment.age_lightness(lightness, dice, share=1.0) - lightness
    of_all = (struck_by_some.flatten(1).abs().amax(1) > 1e-4).float().mean()
    assert float(changed.float().mean()) == pytest.approx(share * float(of_all), abs=0.07)


def test_aging_touches_no_color(photos):
    """The true color is that of the same cut, whatever happened to its lightness."""
    _, found = make_batch(photos, 32, Dice(5, CPU))
    cut = augment.crop_and_warp(photos, 32, Dice(5, CPU))
    assert torch.equal(found, shrink_quarter(linear_to_ab(srgb_to_linear(cut))))


def test_batch_has_the_shapes_and_units_of_the_network(photos):
    for data, ab in (make_batch(photos, 48, Dice(0, CPU)), make_plain_batch(photos, 48)):
        assert data.shape == (3, 4, 48, 48)
        assert ab.shape == (3, 2, 12, 12)
        assert data[:, 0].abs().max() <= 50.01
        assert set(data[:, 3].unique().tolist()) <= {0.0, 1.0}
        assert torch.isfinite(data).all() and torch.isfinite(ab).all()


def test_plain_batch_has_no_hints(photos):
    assert not make_plain_batch(photos, 32)[0][:, 1:].any()


def test_crop_that_changes_nothing_is_the_photo(photos):
    same = augment.crop_and_warp(photos, 32, LoadedDice(0, CPU))
    assert torch.allclose(same, photos.float() / 255, atol=1e-5)


def test_crops_differ_and_stay_in_range(photos):
    cuts = augment.crop_and_warp(photos[:1].expand(3, -1, -1, -1), 64, Dice(0, CPU))
    assert cuts.shape == (3, 3, 64, 64)
    assert cuts.min() >= 0 and cuts.max() <= 1
    assert (cuts[0] - cuts[1]).abs().mean() > 0.01


def test_dct_basis_is_orthonormal():
    basis = augment.dct_basis(CPU).view(64, 64)
    assert torch.allclose(basis @ basis.T, torch.eye(64), atol=1e-5)


def test_same_seed_same_batch(photos):
    first, again, other = (make_batch(photos, 32, Dice(seed, CPU))[0] for seed in (7, 7, 8))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_patches_come_from_the_photo_before(dice):
    photos = torch.arange(400.0).view(400, 1, 1, 1).expand(400, 3, 20, 32).contiguous()
    kept = photos.clone()
    mixed = augment.paste_patches(photos, dice, share=0.3)
    assert torch.equal(photos, kept)
    foreign = mixed != photos
    struck = foreign.flatten(1).any(1)
    assert 0.2 < struck.float().mean() < 0.4
    assert torch.equal(mixed[foreign], photos.roll(1, dims=0)[foreign])
    share = foreign[struck].float().mean((1, 2, 3))
    assert 0.05 < share.min() < share.max() < 0.6


def test_patches_are_rectangles_of_all_channels(dice):
    photos = torch.rand(50, 3, 24, 40, generator=torch.Generator().manual_seed(0))
    foreign = augment.paste_patches(photos, dice, share=1.0) != photos
    assert torch.equal(foreign[:, 0], foreign[:, 2])
    rows, columns = foreign[:, 0].any(2), foreign[:, 0].any(1)
    assert torch.equal(foreign[:, 0], rows[:, :, None] & columns[:, None, :])
    for line in (*rows, *columns):
        edges = line.int().diff().abs().sum()
        assert edges <= 2


def test_no_share_leaves_every_photo(dice):
    photos = torch.rand(8, 3, 16, 16)
    assert torch.equal(augment.paste_patches(photos, dice, share=0.0), photos)


def test_patches_bring_their_color_along():
    """Lightness and the color to be learnt come from the same photo."""
    red = torch.tensor([255, 0, 0], dtype=torch.uint8).view(3, 1, 1).expand(3, 64, 64)
    blue = red.flip(0)
    photos = torch.stack([red, blue] * 8)
    data, ab = make_batch(photos, 64, Dice(3, CPU), hint_share=0.0, patch_share=1.0)
    cells = ab.permute(0, 2, 3, 1).reshape(-1, 2)
    assert len(data) == 16
    assert (cells[:, 1] > 60).any() and (cells[:, 1] < -100).any()
    plain = make_batch(photos, 64, Dice(3, CPU), hint_share=0.0)[1]
    assert (ab[:, 1].amax((1, 2)) - ab[:, 1].amin((1, 2)) > 100).all()
    assert not (plain[:, 1].amax((1, 2)) - plain[:, 1].amin((1, 2)) > 100).any()


def test_blacks_of_a_share_of_the_photos_lose_their_drawing(dice):
    """The lights stay where they are."""
    ramp = torch.linspace(0, 1, 65)[:64].view(1, 1, 8, 8).expand(512, 1, 8, 8)
    crushed = augment.crush_blacks(ramp, dice, 0.5).flatten(1)
    assert (crushed[:, 3] == 0).float().mean() == pytest.approx(0.5, abs=0.1)
    assert (crushed[:, 20] > 0).all()
    assert (crushed.diff(dim=1) >= 0).all()
    assert (crushed[:, 63] > 0.97).all()


def test_black_share_changes_lightness_and_no_color(photos):
    plain, black = (
        make_batch(photos, 32, Dice(3, CPU), 0.0, 0.0, black_share) for black_share in (0.0, 1.0)
    )
    assert torch.equal(plain[1], black[1])
    assert (black[0][:, 0] == -50).sum() > (plain[0][:, 0] == -50).sum()


def test_most_photos_have_milky_or_true_blacks(dice):
    """As prints have them: lifted by up to a quarter."""
    dark = torch.zeros(512, 1, 8, 8)
    lifted = (augment.change_tone(dark, dice).mean((1, 2, 3)) > 0.05).float().mean()
    assert 0.1 < lifted < 0.4


def test_crops_show_photos_whole_and_close(photos, dice):
    """A photo whose left half is dark: crops of up to a half differ in how much is dark."""
    split = torch.zeros(256, 3, 64, 64, dtype=torch.uint8)
    split[..., 32:] = 255
    bright = augment.crop_and_warp(split, 32, dice).mean((1, 2, 3))
    assert (abs(bright - 0.5) < 0.1).float().mean() > 0.4
    assert ((bright < 0.2) | (bright > 0.8)).float().mean() > 0.01
