"""Distributions that know how far they are: predicted, or ready to be decoded."""

from __future__ import annotations

from dataclasses import dataclass

from colorize_lab.distribution import AbDistribution
from colorize_lab.hints.field import HintField
from colorize_lab.hints.spread import condition

__all__ = ["Prediction", "Steered"]


@dataclass(frozen=True, eq=False)
class Prediction(AbDistribution):
    """A network's answer, calibrated: without the prior shift and the guides.

    Attributes
    ----------
    hints : HintField
        The hints that the network was given, if it takes any.
    """

    hints: HintField


@dataclass(frozen=True, eq=False)
class Steered(AbDistribution):
    """A distribution with the prior shift and the guides applied.

    Steering it again returns it unchanged, so nothing is steered twice.

    Attributes
    ----------
    hints : HintField
        The recipe's hints on the photo. Decoding mixes them in as colors, so that no temperature
        or adjustment changes them.
    """

    hints: HintField

    def mix_hints(self) -> Steered:
        """Return the distribution with the hints mixed in and none left, to be shown."""
        if not len(self.hints):
            return self
        mixed = condition(self, self.hints.spread(self))
        return Steered(mixed.log_probabilities, mixed.bins, HintField((), self.hints.lightness))
