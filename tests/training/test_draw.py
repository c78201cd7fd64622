"""Photos with rare colors are drawn more often, when asked for, and the same way each time."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch

from colorize_lab.training.draw import PhotoDraw, measure_rarity

GRAY, BEIGE, RED, CYAN = (128, 128, 128), (180, 165, 140), (230, 20, 30), (0, 230, 220)


def make_photos(*colors: tuple[int, int, int]) -> torch.Tensor:
    return torch.stack(
        [torch.tensor(color, dtype=torch.uint8).view(3, 1, 1).expand(3, 32, 32) for color in colors]
    )


def test_saturated_photos_are_rarer_than_pale_ones():
    gray, beige, red, cyan = measure_rarity(make_photos(GRAY, BEIGE, RED, CYAN)).tolist()
    assert 0 < gray <= beige < min(red, cyan)


def test_rare_photos_are_drawn_in_proportion():
    photos = make_photos(GRAY, RED)
    gray, red = measure_rarity(photos).tolist()
    drawn = PhotoDraw(photos, 1.0, seed=0).draw(4000)
    assert (drawn == 1).float().mean().item() == pytest.approx(red / (gray + red), abs=0.03)
    alike = PhotoDraw(photos, 0.0, seed=0).draw(4000)
    assert (alike == 1).float().mean().item() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("power", [0.0, 0.5])
def test_same_seed_draws_the_same(power):
    photos = make_photos(GRAY, BEIGE, RED, CYAN)
    one, same, other = (PhotoDraw(photos, power, seed).draw(50) for seed in (3, 3, 4))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
