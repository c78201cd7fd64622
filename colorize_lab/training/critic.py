"""The critic: a network that tells true from made colors, patch by patch.

References
----------
P. Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", CVPR 2017.
T. Miyato et al., "Spectral Normalization for Generative Adversarial Networks", ICLR 2018.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from colorize_lab.errors import NetworkFileError
from colorize_lab.training.checkpoint import read_checkpoint, write_checkpoint

__all__ = ["Critic", "load_critic", "measure_fooled", "save_critic", "score_hinge"]

# Channels of each halving of the side.
WIDTHS = (32, 64, 128)
SLOPE = 0.2


class Critic(nn.Module):  # type: ignore[misc,unused-ignore] # mypy without torch
    """Scores of patches of L* and ab: above 0 for true colors, below for made ones.

    Parameters
    ----------
    widths : tuple of int
        Channels at 1/2, 1/4, ... of the side; others than the default are for tests.
    """

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for width in widths:
            layers += [
                spectral_norm(nn.Conv2d(channels, width, 3, 1, 1)),
                nn.LeakyReLU(SLOPE),
                spectral_norm(nn.Conv2d(width, width, 4, 2, 1)),
                nn.LeakyReLU(SLOPE),
            ]
            channels = width
        layers.append(spectral_norm(nn.Conv2d(channels, 1, 3, 1, 1)))
        self.body = nn.Sequential(*layers)

    def forward(self, lightness: Tensor, ab: Tensor) -> Tensor:
        """Score L* (N, 1, h, w) with ab (N, 2, h, w): (N, 1, h/8, w/8)."""
        scores: Tensor = self.body(torch.cat([lightness / 50 - 1, ab / 50], 1))
        return scores


def score_hinge(critic: nn.Module, lightness: Tensor, true_ab: Tensor, ab: Tensor) -> Tensor:
    """Loss of the critic: its scores should be above 1 for true and below -1 for made colors.

    References
    ----------
    J. Lim, J. Ye, "Geometric GAN", 2017.
    """
    true = functional.relu(1 - critic(lightness, true_ab)).mean()
    made = functional.relu(1 + critic(lightness, ab)).mean()
    return (true + made) / 2


def measure_fooled(critic: nn.Module, lightness: Tensor, true_ab: Tensor, ab: Tensor) -> Tensor:
    """Tell for each photo if the made colors score at least as high as the true ones: (N,) bool."""
    with torch.no_grad():
        true: Tensor = critic(lightness, true_ab).mean((1, 2, 3))
        made: Tensor = critic(lightness, ab).mean((1, 2, 3))
    return made.ge(true)


def save_critic(critic: Critic, path: Path) -> None:
    """Write a critic's weights.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    write_checkpoint({"average": critic.state_dict(), "kind": "critic"}, path)


def load_critic(path: Path, widths: tuple[int, ...] = WIDTHS) -> Critic:
    """Read a critic's weights.

    Raises
    ------
    InputError
        If the file cannot be read.
    NetworkFileError
        If it holds something else.
    """
    critic = Critic(widths)
    try:
        critic.load_state_dict(read_checkpoint(path)["average"])
    except RuntimeError as error:
        raise NetworkFileError(
            f"{path} is not a critic; pass the file that 'colorize-lab train critic' wrote"
        ) from error
    return critic
