"""Prediction: what a network, or a blend of several, says of a photo's lightness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import RecipeError
from colorize_lab.guide.prior import PriorShift
from colorize_lab.hints.pins import Pins, pins_to_planes
from colorize_lab.networks import Network
from colorize_lab.networks.looks import Look, average_looks, list_looks, mirror

__all__ = ["Member", "check_members", "predict_by_members"]

Plane = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Member:
    """A loaded network of a blend, or the only one.

    Attributes
    ----------
    network : Network
        The network.
    weight : float
        Its weight in the average, above 0.
    """

    network: Network
    weight: float


def check_members(members: Sequence[Member]) -> None:
    """Refuse a blend of networks with different bins.

    Raises
    ------
    RecipeError
        If there is one that has others than the first.
    """
    first, *others = (member.network for member in members)
    for other in others:
        if not np.array_equal(other.bins, first.bins):
            raise RecipeError(
                f"{other.spec.name} has other color bins than {first.spec.name}; blend networks "
                "with the same bins"
            )


def predict_by_members(
    members: Sequence[Member],
    lightness: Plane,
    *,
    render_factor: int,
    looks: int,
    pins: Pins | None = None,
) -> AbDistribution:
    """Average what the networks of a blend say.

    Parameters
    ----------
    members : sequence of Member
        The first leads.
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    render_factor : int
        The first network's; the others' is in proportion to their own defaults.
    looks : int
        Passes of each network.
    pins : Pins, optional
        Hints for the networks that take them.

    Returns
    -------
    AbDistribution
        On the finest of the networks' grids, with the first one's class weights.
    """
    first = members[0].network.spec
    answers = []
    for member in members:
        spec = member.network.spec
        side = 16 * render_factor * spec.render_factor / first.render_factor
        given = None if spec.hint_blob is None else pins
        answer = _predict_by_looks(member.network, lightness, side, looks, given)
        # Both with the class weights in them, or both without.
        shift = float(first.rebalanced) - float(spec.rebalanced)
        answers.append(PriorShift(shift).guide(answer, lightness) if shift else answer)
    return average_looks(answers, [member.weight for member in members])


def _predict_by_looks(
    network: Network, lightness: Plane, side: float, count: int, pins: Pins | None
) -> AbDistribution:
    looks: Sequence[Look] = list_looks(count)
    if network.fixed_size is not None:  # scales make no difference
        looks = list({look.mirrored: look for look in looks}.values())
    return average_looks(
        [_look_once(network, lightness, round(side * look.scale), look, pins) for look in looks]
    )


def _look_once(
    network: Network, lightness: Plane, side: int, look: Look, pins: Pins | None
) -> AbDistribution:
    small = network.shrink(lightness, side)
    hints = None if pins is None else pins_to_planes(pins, lightness.shape, small.shape)
    if look.mirrored:
        small, hints = mirror(small), None if hints is None else mirror(hints)
    logits = network.logits(small, hints)
    return AbDistribution.from_logits(mirror(logits) if look.mirrored else logits, network.bins)
