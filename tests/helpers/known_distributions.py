"""Distributions whose figures are known beforehand."""

import numpy as np

from colorize_lab.color import load_bins
from colorize_lab.color.gamut import nearest_bins
from colorize_lab.distribution import AbDistribution

BINS = load_bins()


def make_peaks(colors: np.ndarray, share: float = 0.999) -> AbDistribution:
    """Each cell is sure of one color: (h, w, 2) to a distribution on h x w cells."""
    height, width = colors.shape[:2]
    rest = (1 - share) / (len(BINS) - 1)
    probabilities = np.full((len(BINS), height, width), rest, np.float32)
    rows, columns = np.indices((height, width))
    probabilities[nearest_bins(colors.astype(np.float32), BINS), rows, columns] = share
    return AbDistribution(np.log(probabilities), BINS)


def make_uniform(height: int, width: int) -> AbDistribution:
    """Every bin is as likely as any other."""
    return AbDistribution.from_logits(np.zeros((len(BINS), height, width), np.float32), BINS)
