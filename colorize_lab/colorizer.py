"""The library's front door, and the whole way of a photo's data in one file."""

from __future__ import annotations

import copy
import logging
import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from colorize_lab.chroma import upsample_chroma
from colorize_lab.color import (
    class_weights,
    join_lightness_chroma,
    load_bins,
    load_prior,
    rgb_to_lightness,
)
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
from colorize_lab.photo import Photo, check_memory, replace_pixels
from colorize_lab.recipe import Recipe
from colorize_lab.version import __version__

__all__ = ["Colorizer", "network_size", "shrink_lightness"]

logger = logging.getLogger(__name__)

Plane = npt.NDArray[np.float32]

# float32 of L*, of a* and b*, and of the result's three channels, besides the photo itself.
WORKING_BYTES_PER_PIXEL = 24


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
        When a photo is coloured: for a vividness other than its own with a network whose bins
        have no known prior.

    Examples
    --------
    >>> from skimage.data import camera
    >>> from colorize_lab import Colorizer, array_to_photo
    >>> coloured = Colorizer().colorize(array_to_photo(camera()))
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
        spec = self.network.spec
        self.bins = load_bins() if spec.bins is None else read_bins(spec.bins)
        self.recipe = (recipe or Recipe()).complete(spec)
        logger.info("network %s on %s, %s", spec.name, self.network.device.name, self.recipe)

    def colorize(self, photo: Photo) -> Photo:
        """Colour a photo.

        Parameters
        ----------
        photo : Photo
            Any photo; colour that it has already is not looked at.

        Returns
        -------
        Photo
            With the same L*, size, alpha and metadata, and new colour.
        """
        lightness = measure_lightness(photo)
        return self._decode(photo, lightness, self._predict(lightness))

    def predict(self, photo: Photo) -> AbDistribution:
        """Run the network: which colours are likely where.

        Parameters
        ----------
        photo : Photo
            Any photo.

        Returns
        -------
        AbDistribution
            At a quarter of the network's resolution, calibrated: without the prior shift.
        """
        return self._predict(measure_lightness(photo))

    def decode(self, photo: Photo, distribution: AbDistribution) -> Photo:
        """Turn a distribution into colour, without a pass of the network.

        Parameters
        ----------
        photo : Photo
            The photo that the distribution was predicted from.
        distribution : AbDistribution
            From :meth:`predict`, as it is or changed by guides.

        Returns
        -------
        Photo
            Coloured.
        """
        return self._decode(photo, measure_lightness(photo), distribution)

    def steer(self, photo: Photo, distribution: AbDistribution) -> AbDistribution:
        """Do what comes before decoding: shift the prior, and let the guides speak.

        Parameters
        ----------
        photo : Photo
            The photo that the distribution was predicted from.
        distribution : AbDistribution
            From :meth:`predict`.

        Returns
        -------
        AbDistribution
            What :meth:`decode` takes the annealed mean of.
        """
        return self._steer(rgb_to_lightness(photo.rgb), distribution)

    def with_recipe(self, recipe: Recipe) -> Colorizer:
        """Return a colorizer with the same loaded network and another recipe."""
        other = copy.copy(self)
        other.recipe = recipe.complete(self.network.spec)
        return other

    def provenance(self) -> Mapping[str, str]:
        """Say what made the colour: all that is needed to make the same output again."""
        return {
            "version": __version__,
            "network": self.network.spec.name,
            "weights_sha256": self.network.weights_sha256,
            "recipe": self.recipe.to_json(),
        }

    def _predict(self, lightness: Plane) -> AbDistribution:
        spec = self.network.spec
        small = shrink_lightness(lightness, 16 * self.recipe.render_factor, spec.stride_px)
        return AbDistribution.from_logits(self.network.logits(small), self.bins)

    def _decode(self, photo: Photo, lightness: Plane, distribution: AbDistribution) -> Photo:
        distribution = self._steer(lightness, distribution)
        ab = distribution.annealed_mean(self.recipe.temperature) * self.recipe.saturation
        for adjustment in self.recipe.adjustments:
            ab = adjustment.adjust(ab, lightness)
        rgb = join_lightness_chroma(lightness, upsample_chroma(ab, lightness))
        return replace_pixels(photo, rgb)

    def _steer(self, lightness: Plane, distribution: AbDistribution) -> AbDistribution:
        distribution = self._shift_prior(distribution)
        for guide in self.recipe.guides:
            distribution = guide.guide(distribution, lightness)
        return distribution

    def _shift_prior(self, distribution: AbDistribution) -> AbDistribution:
        """Give rare colours the chance that the recipe's vividness asks for."""
        spec = self.network.spec
        strength = spec.vividness_to_strength(self.recipe.vividness)
        if strength == 0:
            return distribution
        if spec.bins is not None:
            raise RecipeError(
                f"vividness needs the prior of the bins, which is not known for {spec.bins}; "
                f"leave vividness at {spec.vividness:g}"
            )
        return distribution.reweight(class_weights(load_prior(), self.bins), strength)


def measure_lightness(photo: Photo) -> Plane:
    """Compute a photo's L*, once it is clear that there is memory to colour it.

    Raises
    ------
    PhotoTooLargeError
        Where there is not.
    """
    check_memory(photo.rgb.shape[0] * photo.rgb.shape[1] * WORKING_BYTES_PER_PIXEL)
    return rgb_to_lightness(photo.rgb)


def network_size(height: int, width: int, side: int, stride: int) -> tuple[int, int]:
    """Size at which the network sees a photo.

    Parameters
    ----------
    height, width : int
        Size of the photo in pixels.
    side : int
        Side of the square of as many pixels.
    stride : int
        Both sides become multiples of it.

    Returns
    -------
    tuple of int
        Height and width, of the photo's proportions as nearly as that goes.

    Examples
    --------
    >>> network_size(3000, 4000, 160, 16)
    (144, 192)
    >>> network_size(1, 20000, 160, 16)
    (16, 1600)
    """
    ratio = math.sqrt(height / width)
    longest = side * side // stride  # the other side is then one stride: no more pixels than asked

    def round_side(value: float) -> int:
        return min(max(1, round(value / stride)) * stride, max(stride, longest))

    return round_side(side * ratio), round_side(side / ratio)


def shrink_lightness(lightness: Plane, side: int, stride: int) -> Plane:
    """Bring L* to the network's size by area averaging; a smaller photo is enlarged.

    Plain bilinear would alias the grain and screens of scans into patterns.
    """
    rows, columns = lightness.shape
    height, width = network_size(rows, columns, side, stride)
    smaller = min(width, columns), min(height, rows)
    shrunk = cv2.resize(lightness, smaller, interpolation=cv2.INTER_AREA)
    enlarged = cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(enlarged, np.float32)
