"""The library's front door, and the whole way of a photo's data in one file."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cached_property

import numpy as np
import numpy.typing as npt

from colorize_lab.chroma import upsample_chroma
from colorize_lab.color import class_weights, join_lightness_chroma, load_bins, load_prior, rgb_to_lightness
from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import RecipeError
from colorize_lab.networks import (
    InstalledNetwork,
    Network,
    choose_device,
    choose_network,
    read_bins,
)
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo, replace_pixels
from colorize_lab.recipe import Recipe
from colorize_lab.version import __version__

__all__ = ["Colorizer", "network_size", "shrink_lightness"]

logger = logging.getLogger(__name__)

Plane = npt.NDArray[np.float32]


class Colorizer:
    """A loaded network with a recipe: made once, called for many photos.

    Parameters
    ----------
    network : str or InstalledNetwork
        A name from the registry, ``"auto"`` for the best installed one, or what
        :func:`colorize_lab.networks.custom_network` makes of files of your own.
    recipe : Recipe
        Settings; what it leaves open is the network's default.
    device : {"auto", "cpu", "cuda"}
        Where the network runs.
    threads : int, optional
        CPU threads for OpenCV, by default as many as it finds.

    Raises
    ------
    UnknownNetworkError
        For a network that is not known or not installed.
    NetworkFileError
        For a network whose files are damaged or do not fit together.
    DeviceError
        For ``"cuda"`` where there is none.
    RecipeError
        For vividness with a network whose bins have no known prior.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from colorize_lab import Colorizer, photo_from_array
    >>> colorizer = Colorizer()
    >>> coloured = colorizer.colorize(photo_from_array(astronaut()))
    >>> coloured.rgb.shape, coloured.rgb.dtype
    ((512, 512, 3), dtype('float32'))
    """

    def __init__(
        self,
        network: str | InstalledNetwork = "auto",
        *,
        recipe: Recipe | None = None,
        device: str = "auto",
        threads: int | None = None,
    ) -> None:
        installed = choose_network(network) if isinstance(network, str) else network
        self.network = Network.load(installed, choose_device(device), threads)
        self.recipe = (recipe or Recipe()).complete(self.network.spec)
        logger.info("network %s on %s, %s", self.spec.name, self.network.device.name, self.recipe)

    def colorize(self, photo: Photo) -> Photo:
        """Colour a photo.

        Parameters
        ----------
        photo : Photo
            Any photo; the colour that it may have is not looked at.

        Returns
        -------
        Photo
            With the same L*, size, alpha and metadata, and new colour.
        """
        return self.decode(photo, self.predict(photo))

    def predict(self, photo: Photo) -> AbDistribution:
        """Run the network: what colours are likely where.

        Returns
        -------
        AbDistribution
            At a quarter of the network's resolution, before the prior shift.
        """
        spec = self.network.spec
        lightness = rgb_to_lightness(photo.rgb, exact=photo.bit_depth > 8)
        small = shrink_lightness(lightness, 16 * self.recipe.render_factor, spec.stride_px)
        return AbDistribution.from_logits(self.network.logits(small), self.bins)

    def decode(self, photo: Photo, distribution: AbDistribution) -> Photo:
        """Turn a distribution into colour, without another pass of the network.

        Parameters
        ----------
        photo : Photo
            The photo that the distribution was predicted from.
        distribution : AbDistribution
            From :meth:`predict`, changed by guides or not.
        """
        ...
