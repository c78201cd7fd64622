"""A distribution that is ready to be decoded, so that nothing is steered twice."""

from __future__ import annotations

from dataclasses import dataclass

from colorize_lab.distribution import AbDistribution
from colorize_lab.hints.field import HintField
from colorize_lab.hints.spread import condition

__all__ = ["Steered"]


@dataclass(frozen=True, eq=False)
class Steered:
    """What :meth:`Colorizer.steer` makes of a distribution; it cannot be steered again.

    Attributes
    ----------
    distribution : AbDistribution
        With the prior shift and guides applied, but without the hints.
    hints : HintField
        The recipe's hints on the photo. Decoding mixes them in as colors, so that no temperature
        or adjustment changes them.
    """

    distribution: AbDistribution
    hints: HintField

    def mix_hints(self) -> AbDistribution:
        """Return the distribution as the hints change it, to be shown."""
        if not len(self.hints):
            return self.distribution
        return condition(self.distribution, self.hints.spread(self.distribution))
