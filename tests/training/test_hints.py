"""Hints: how many, how large, and that they tell the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

pytest.importorskip("torch")

import torch

from colorize_lab.training import hints
from colorize_lab.training.augment import Dice

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def ab():
    random = torch.Generator().manual_seed(0)
    return torch.randn(300, 2, 24, 40, generator=random) * 20


def test_mask_is_where_the_hints_are(ab):
    found = hints.sample_hints(ab, Dice(0, CPU), share=1.0)
    assert found.shape == (300, 3, 24, 40)
    assert set(found[:, 2].unique().tolist()) == {0.0, 1.0}
    assert not found[:, :2][(found[:, 2:] == 0).expand(-1, 2, -1, -1)].any()


@pytest.mark.parametrize("share", [0.0, 0.35, 1.0])
def test_share_of_photos_is_hinted(ab, share):
    found = hints.sample_hints(ab, Dice(0, CPU), share=share, all_share=0)
    assert float(found[:, 2].flatten(1).any(1).float().mean()) == pytest.approx(share, abs=0.08)


def test_some_are_told_everything(ab):
    found = hints.sample_hints(ab, Dice(0, CPU), share=0, all_share=0.2)
    told = found[:, 2].flatten(1).all(1)
    assert float(told.float().mean()) == pytest.approx(0.2, abs=0.06)
    assert torch.equal(found[told][:, :2], ab[told])


def test_number_of_hints_is_geometric(monkeypatch, ab):
    """With patches of one pixel, each hint is a pixel of the mask."""
    monkeypatch.setattr(hints, "PATCH_SIDES", (1,))
    counts = hints.reveal_patches(ab, Dice(0, CPU))[:, 2].sum((1, 2))
    mean = 1 / hints.STOP_PROBABILITY
    assert counts.min() >= 1
    assert float(counts.mean()) == pytest.approx(mean, rel=0.2)
    assert float(counts.std()) == pytest.approx(np.sqrt(1 - 1 / mean) * mean, rel=0.3)


@pytest.mark.parametrize("side", [1, 3, 9])
def test_each_hint_is_a_square_of_its_mean(monkeypatch, ab, side):
    monkeypatch.setattr(hints, "PATCH_SIDES", (side,))
    monkeypatch.setattr(hints, "STOP_PROBABILITY", 0.999)  # one hint a photo
    found = hints.reveal_patches(ab[:40], Dice(1, CPU)).numpy()
    inside = 0
    for photo, truth in zip(found, ab[:40].numpy(), strict=True):
        rows, columns = ndimage.find_objects(photo[2].astype(int))[0]
        if (rows.stop - rows.start, columns.stop - columns.start) != (side, side):
            continue  # cut off by the border, or two hints
        inside += 1
        expected = truth[:, rows, columns].mean((1, 2))
        assert np.allclose(photo[:2, rows, columns], expected[:, None, None], atol=1e-3)
    assert inside > 15
