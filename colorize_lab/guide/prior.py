"""The prior shift: rare colors get the chance that the wanted vividness gives them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import class_weights, load_bins, load_prior
from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import RecipeError

__all__ = ["PriorShift"]


@dataclass(frozen=True)
class PriorShift:
    """Class rebalancing at the decode: p * w^strength.

    Attributes
    ----------
    strength : float
        0 changes nothing, 1 weighs as the training loss of Zhang et al. does.

    References
    ----------
    R. Zhang, P. Isola, A. Efros, "Colorful Image Colorization", ECCV 2016, equation 4.
    """

    strength: float

    def guide(self, distribution: AbDistribution, lightness: NDArray[np.float32]) -> AbDistribution:
        """Shift a distribution.

        Raises
        ------
        RecipeError
            For bins whose prior is not known.
        """
        if self.strength == 0:
            return distribution
        if not np.array_equal(distribution.bins, load_bins()):
            raise RecipeError(
                "vividness requires the prior of the bins, which is known only for the 313 "
                "standard ones; omit --vividness"
            )
        weights = class_weights(load_prior(), distribution.bins)
        return distribution.reweight(weights, self.strength)

    def describe(self) -> dict[str, object]:
        """Describe the guide for the recipe."""
        return {"kind": "prior-shift", "strength": self.strength}
