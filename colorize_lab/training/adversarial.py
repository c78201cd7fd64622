"""Runs with a critic: the critic alone, and the short training of both with its checkpoints."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from colorize_lab.system.atomic import make_folder, write_file
from colorize_lab.training.checkpoint import halve_weights, write_checkpoint
from colorize_lab.training.critic import Critic, load_critic, save_critic
from colorize_lab.training.duel import Duel, DuelSettings
from colorize_lab.training.inflection import (
    Inflection,
    Measurer,
    choose_checkpoint,
    write_inflections,
)
from colorize_lab.training.load import calibrate_norms, load_caffe_network
from colorize_lab.training.network import CompactNetwork
from colorize_lab.training.photos import load_photos

__all__ = ["CHECKPOINTS_PER_PASS", "run_adversarial", "run_critic"]

logger = logging.getLogger(__name__)

# One every 0.1 % of the photos.
CHECKPOINTS_PER_PASS = 1000
CALIBRATION_BATCHES = 4
# Steps between reports of the critic's loss.
REPORT_STEPS = 10

Held = tuple[Tensor, Tensor]


def run_critic(
    data: Sequence[Path],
    weights: Path,
    out: Path,
    samples: int,
    settings: DuelSettings,
    *,
    held_out: float = 0.01,
    report: Callable[[int, float, float], None] = lambda samples, loss, fooled: None,
) -> None:
    """Train a critic to know the colors of a network from true ones.

    Parameters
    ----------
    data : sequence of Path
        Folders and zips of photos.
    weights : Path
        Folder of the exported network.
    out : Path
        The critic's file; written at each report.
    samples : int
        Photos to train on.
    settings : DuelSettings
        Sizes and rates.
    held_out : float
        Share of the photos to measure with, 0..1.
    report : callable
        Is given the photos so far, the loss, and the share of held-out photos that fool it.

    Raises
    ------
    InputError, OutputError, NetworkFileError, TrainingError
        For files that cannot be read, written or used, and a loss that is not finite.
    """
    photos, others = load_photos(data, side=settings.side, held_out=held_out)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        duel = Duel(load_caffe_network(weights), Critic(), photos, settings)
    measurer = Measurer(others, settings.side)
    last = -(-samples // settings.batch)
    for step, loss in enumerate(duel.train_critic(samples), start=1):
        if step % REPORT_STEPS == 0 or step == last:
            save_critic(duel.critic, out)
            found = measurer.measure(duel.network, duel.critic, step * settings.batch)
            report(found.samples, loss, found.fooled)


def run_adversarial(
    data: Sequence[Path],
    weights: Path,
    critic: Path,
    folder: Path,
    share: float,
    settings: DuelSettings,
    *,
    held_out: float = 0.01,
    report: Callable[[Inflection], None] = lambda row: None,
) -> Inflection:
    """Train a network against its critic for a short time and keep the best checkpoint.

    Parameters
    ----------
    data, weights, settings, held_out
        As in `run_critic`.
    critic : Path
        The critic's file.
    folder : Path
        Gets a checkpoint every 0.1 % of the photos, ``inflection.csv``, and the chosen one as
        ``best.pt``.
    share : float
        Share of the photos to train on, 0..1.
    report : callable
        Is given the measurements of each checkpoint; the first is the start.

    Returns
    -------
    Inflection
        Measurements of the chosen checkpoint.

    Raises
    ------
    InputError, OutputError, NetworkFileError, TrainingError
        As `run_critic`.
    """
    photos, others = load_photos(data, side=settings.side, held_out=held_out)
    make_folder(folder)
    duel = Duel(load_caffe_network(weights), load_critic(critic), photos, settings)
    calibrate(duel)
    measurer = Measurer(others, settings.side)
    rows: list[Inflection] = []
    every = max(1, len(photos) // (CHECKPOINTS_PER_PASS * settings.batch))
    total = max(1, round(share * len(photos) / settings.batch))

    def record(step: int) -> None:
        row = measurer.measure(duel.network, duel.critic, step * settings.batch)
        rows.append(row)
        write_network(duel.network, folder / name_checkpoint(row))
        write_inflections(rows, folder / "inflection.csv")
        report(row)

    record(0)
    for step, _ in enumerate(duel.train_both(total * settings.batch), start=1):
        if step % every == 0 or step == total:
            record(step)
            duel.network.start_training(frozen_norms=True)
    best = choose_checkpoint(rows)
    chosen = (folder / name_checkpoint(best)).read_bytes()
    write_file(chosen, folder / "best.pt", overwrite=True)
    return best


def calibrate(duel: Duel) -> None:
    """Fit the batch norms, which an exported network has no more, to some photos."""
    batches = [duel.draw_batch()[0] for _ in range(CALIBRATION_BATCHES)]
    calibrate_norms(duel.network, torch.cat(batches))


def name_checkpoint(row: Inflection) -> str:
    """Name the checkpoint after the photos seen."""
    return f"after-{row.samples:07}.pt"


def write_network(network: CompactNetwork, path: Path) -> None:
    """Write a checkpoint to export or to average."""
    write_checkpoint({"average": halve_weights(network.state_dict())}, path)
