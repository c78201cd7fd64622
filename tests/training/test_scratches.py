"""The network that finds scratches: its samples, its export, and what it has learned."""

from pathlib import Path

import numpy as np
import pytest
from skimage.data import camera, coins

from colorize_lab.opencv import cv2
from colorize_lab.resources import models_dir
from colorize_lab.restore.scratch_network import find_damage

torch = pytest.importorskip("torch")
from colorize_lab.training.scratches.damage import DAMAGE  # noqa: E402
from colorize_lab.training.scratches.export import export_scratches  # noqa: E402
from colorize_lab.training.scratches.look_alikes import LOOK_ALIKES  # noqa: E402
from colorize_lab.training.scratches.network import ScratchNetwork  # noqa: E402
from colorize_lab.training.scratches.samples import make_batch  # noqa: E402
from colorize_lab.training.scratches.train import measure_overlap, train_scratches  # noqa: E402

PHOTOS = [camera(), coins()]


@pytest.mark.parametrize("draw", DAMAGE)
def test_damage_is_an_opacity_and_some_of_it_is_there(draw) -> None:
    random = np.random.default_rng(3)
    drawn = [draw(96, random) for _ in range(8)]
    assert all(plane.min() >= 0 and plane.max() <= 1.001 for plane in drawn)
    assert 0 < np.mean([plane.mean() for plane in drawn]) < 0.6


@pytest.mark.parametrize("draw", LOOK_ALIKES)
def test_look_alikes_stay_lightness(draw) -> None:
    plane = draw(np.full((96, 96), 50, np.float32), np.random.default_rng(1))
    assert plane.dtype == np.float32
    assert plane.min() >= 0
    assert plane.max() <= 100
    assert plane.std() > 0


def test_samples_are_reproducible_and_some_are_sound() -> None:
    one, other = (make_batch(PHOTOS, 24, 64, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one[0], other[0])
    damaged = one[1].reshape(24, -1).any(axis=1)
    assert 0.4 < damaged.mean() < 1


def test_exported_network_computes_what_torch_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = ScratchNetwork().eval()
    written = export_scratches(network.state_dict(), tmp_path / "scratches")
    assert written.stat().st_size < 1_500_000
    monkeypatch.setattr("colorize_lab.restore.scratch_network.models_dir", lambda: tmp_path)
    lightness = cv2.resize(camera(), (96, 64)).astype(np.float32) / np.float32(2.55)
    with torch.no_grad():
        expected = network((torch.from_numpy(lightness)[None, None] - 50) / 25)[0, 0].numpy()
    np.testing.assert_allclose(find_damage(lightness), expected, atol=0.01)


def test_a_short_run_ends_with_weights_and_a_measure() -> None:
    *_, (progress, weights) = train_scratches(PHOTOS, minutes=0.02)
    assert progress.share == 1
    assert 0 <= progress.overlap <= 1
    assert weights.keys() == ScratchNetwork().state_dict().keys()


def test_overlap_of_a_network_that_finds_nothing_is_zero() -> None:
    network = ScratchNetwork()
    torch.nn.init.constant_(network.convs["logit"].bias, -99)
    assert measure_overlap(network, [make_batch(PHOTOS, 4, 64, np.random.default_rng(0))]) == 0


def test_shipped_network_tells_a_crack_from_its_surroundings() -> None:
    assert (models_dir() / "scratches" / "scratches.caffemodel").stat().st_size < 1_500_000
    lightness = cv2.GaussianBlur(camera(), (0, 0), 1).astype(np.float32) / np.float32(2.55) * 0.8
    crack = np.zeros(lightness.shape, np.uint8)
    points = np.array([[60, 20], [75, 60], [70, 95], [92, 140], [88, 190]])
    cv2.polylines(crack, [points], False, 1, 3)
    odds = find_damage(np.where(crack > 0, np.float32(92), lightness))
    assert (odds[crack > 0] > 0).mean() > 0.7
    assert (odds[cv2.dilate(crack, np.ones((9, 9))) == 0] > 0).mean() < 0.02
