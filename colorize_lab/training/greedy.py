"""A greedy mean of several runs: each one joins as long as photos of other collections gain.

References
----------
M. Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy
without increasing inference time", ICML 2022, recipe 1.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from colorize_lab.errors import NetworkFileError
from colorize_lab.networks import find_spec
from colorize_lab.training.average import average_trees
from colorize_lab.training.checkpoint import Weights, read_checkpoint, widen_weights
from colorize_lab.training.layers import Layer, find_layers
from colorize_lab.training.network import CompactNetwork
from colorize_lab.training.photos import load_every_photo
from colorize_lab.training.validate import Validator

__all__ = ["choose_checkpoints", "choose_parts"]

logger = logging.getLogger(__name__)

# Later rounds only move shares that matter little.
MAX_ROUNDS = 3


def choose_checkpoints(
    paths: Sequence[Path],
    held_out: Sequence[Path],
    *,
    rows: tuple[Layer, ...] | None = None,
) -> list[Path]:
    """Choose the checkpoints whose mean has the lowest cross entropy on held-out photos.

    Parameters
    ----------
    paths : sequence of Path
        Checkpoints of runs that started from the same weights.
    held_out : sequence of Path
        Folders and zips of photos that none of the runs has seen, best of other collections.
    rows : tuple of Layer, optional
        The layers that the checkpoints should have, by default those of the first.

    Returns
    -------
    list of Path
        What to average, for `colorize_lab.training.average.average_checkpoints`. A path that is
        there twice counts twice.

    Raises
    ------
    InputError
        If a checkpoint cannot be read, or none of the photos is in color.
    NetworkFileError
        If a file is not a checkpoint, or belongs to another network.
    """
    states = [read_checkpoint(path) for path in paths]
    rows = find_layers(states[0]["average"]) if rows is None else rows
    side = find_side(states[0])
    photos = load_every_photo(held_out, side=side)
    validator = Validator(photos, side, find_spec("compact"), torch.device("cpu"))

    def score(weights: Weights) -> float:
        return validator.score(build_network(weights, rows))[0]

    parts = choose_parts([widen_weights(state["average"]) for state in states], score)
    return [paths[part] for part in parts]


def choose_parts(weights: Sequence[Weights], score: Callable[[Weights], float]) -> list[int]:
    """Choose what to average, greedily.

    Parameters
    ----------
    weights : sequence of Weights
        One or more, of one kind of network.
    score : callable
        The lower, the better.

    Returns
    -------
    list of int
        Indices, the best of them first; one that is there twice counts twice.

    Examples
    --------
    >>> ends = [{"w": torch.tensor([value])} for value in (0.0, 1.0, 9.0)]
    >>> choose_parts(ends, lambda mean: abs(float(mean["w"]) - 0.6))
    [1, 0, 1]
    """
    scores = [score(one) for one in weights]
    order = sorted(range(len(weights)), key=scores.__getitem__)
    chosen, best = [order[0]], scores[order[0]]
    logger.info("the best alone is number %d: %.4f", order[0] + 1, best)
    for _ in range(MAX_ROUNDS):
        before = len(chosen)
        for part in order:
            trial = score(average_trees([weights[index] for index in (*chosen, part)]))
            logger.info("with number %d: %.4f (so far %.4f)", part + 1, trial, best)
            if trial < best:
                chosen, best = [*chosen, part], trial
        if len(chosen) == before:
            break
    return chosen


def find_side(state: dict[str, Any]) -> int:
    """Find the largest side that a run was trained at, in pixels."""
    sides = state.get("schedule", {}).get("sides")
    if sides:
        return max(int(side) for _, side in sides)
    return 16 * find_spec("compact").render_factor


def build_network(weights: Weights, rows: tuple[Layer, ...]) -> CompactNetwork:
    """Make a network of weights, in eval mode."""
    network = CompactNetwork(rows)
    try:
        network.load_state_dict(dict(weights))
    except RuntimeError as error:
        raise NetworkFileError(
            "a checkpoint is of a different network; average runs "
            "that started with the same weights"
        ) from error
    network.eval()
    return network
