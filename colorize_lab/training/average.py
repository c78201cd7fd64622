"""Several runs that train side by side, made one: their weights' mean (local SGD).

Runs that start from the same weights and draw differently can be averaged after every slice, and
each continues from the mean. No step waits for another process, so cores that other work shares,
or several machines with one folder, train together.

References
----------
S. Stich, "Local SGD Converges Fast and Communicates Little", ICLR 2019.
M. Wortsman et al., "Model soups", ICML 2022.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import Tensor

from colorize_lab.errors import NetworkFileError
from colorize_lab.training.checkpoint import read_checkpoint, write_checkpoint

__all__ = ["average_checkpoints"]

State: TypeAlias = dict[str, Any]
# The weights and their moving averages.
WEIGHTS = ("network", "average")


def average_checkpoints(paths: Sequence[Path], out: Path) -> None:
    """Average checkpoints of runs that started from the same weights.

    Parameters
    ----------
    paths : sequence of Path
        Checkpoints of one kind of network. Everything but the weights (schedule, samples, time) is
        the first one's, so that its run can continue from the mean.
    out : Path
        File of the mean; it may be one of ``paths``.

    Raises
    ------
    InputError, OutputError
        If a file cannot be read or written.
    NetworkFileError
        If a file is not a checkpoint, or belongs to another network.
    """
    states = [read_checkpoint(path) for path in paths]
    try:
        means = {name: average_trees([state[name] for state in states]) for name in WEIGHTS}
        means["optimizer"] = average_moments([state["optimizer"] for state in states])
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
        raise NetworkFileError(
            "the checkpoints are of different networks; average runs that started with the "
            "same weights"
        ) from error
    write_checkpoint({**states[0], **means}, out)


def average_moments(optimizers: Sequence[State]) -> State:
    """Average the moments of the parameters that every run trained; some may have been frozen."""
    states = [optimizer["state"] for optimizer in optimizers]
    shared = set(states[0]).intersection(*states)
    means = average_trees([{index: state[index] for index in shared} for state in states])
    known = {index: moments for state in states for index, moments in state.items()}
    return {**optimizers[0], "state": known | means}


def average_trees(trees: Sequence[Any]) -> Any:
    """Average the tensors in nested dictionaries and lists; the rest is the first one's.

    Examples
    --------
    >>> average_trees([{"w": torch.zeros(2), "step": 3}, {"w": torch.ones(2), "step": 5}])
    {'w': tensor([0.5000, 0.5000]), 'step': 3}
    """
    first = trees[0]
    if isinstance(first, dict):
        if any(tree.keys() != first.keys() for tree in trees):
            raise ValueError("other keys")
        return {key: average_trees([tree[key] for tree in trees]) for key in first}
    if isinstance(first, list):
        return [average_trees(items) for items in zip(*trees, strict=True)]
    if isinstance(first, Tensor) and first.is_floating_point():
        return torch.stack([tree.float() for tree in trees]).mean(0).to(first.dtype)
    return first
