"""The library's front door, and the whole way of a photo's data in one file."""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from colorize_lab.chroma import upsample_chroma
from colorize_lab.color import join_lightness_chroma
from colorize_lab.distribution import AbDistribution
from colorize_lab.guide import FeatureGuide, Guide
from colorize_lab.guide.calm import Calm
from colorize_lab.guide.prior import PriorShift
from colorize_lab.hints.field import HintField
from colorize_lab.hints.paint import paint_hints
from colorize_lab.hints.pins import Pins
from colorize_lab.hints.place import parse_place
from colorize_lab.hints.spread import listen
from colorize_lab.hints.suggest import Suggestion, suggest_colors
from colorize_lab.networks import (
    InstalledNetwork,
    Network,
    choose_engine,
    choose_parts,
    describe_blend,
    find_network,
    hash_blend,
    measure_lightness,
)
from colorize_lab.networks.looks import list_looks
from colorize_lab.photo import Photo, replace_pixels
from colorize_lab.predictor import Member, check_members, predict_by_members
from colorize_lab.recipe import CompleteRecipe, Recipe
from colorize_lab.steered import Prediction, Steered
from colorize_lab.version import __version__

__all__ = ["Colorizer"]

logger = logging.getLogger(__name__)

Plane = npt.NDArray[np.float32]
# Side at which things are recognized; 320 was a little better and half as fast.
FEATURE_SIDE = 256
# Recognizes things for networks that name no feature layer.
EYES = "compact"


class Colorizer:
    """A loaded network with a recipe: made once, called for many photos.

    Parameters
    ----------
    network : str or InstalledNetwork, optional
        A name from the registry, ``"auto"`` for the best installed one, a blend such as
        ``"compact:2,ddcolor:1"``, or what :func:`colorize_lab.networks.custom_network` makes of
        files of your own; by default the recipe's.
    recipe : Recipe
        Settings; what it leaves open is the network's default.
    engine : {"auto", "opencv", "onnxruntime", "openvino"}
        Library that runs the network; ``auto`` takes the fastest installed one.
    device : {"auto", "cpu", "cuda"}
        Processor that the network runs on.
    threads : int, optional
        CPU threads, by default as many as the engine finds.

    Raises
    ------
    UnknownNetworkError
        For a network that is not known or not installed.
    NetworkFileError
        For a network whose files are damaged or do not fit together.
    DeviceError
        For ``"cuda"`` if there is none.
    RecipeError
        When a photo is colored: for a vividness other than its own with a network whose bins
        have no known prior.

    Examples
    --------
    >>> from skimage.data import camera
    >>> from colorize_lab import Colorizer, array_to_photo
    >>> colored = Colorizer().colorize(array_to_photo(camera()))
    >>> colored.rgb.shape, colored.rgb.dtype
    ((512, 512, 3), dtype('float32'))
    """

    def __init__(
        self,
        network: str | InstalledNetwork | None = None,
        *,
        recipe: Recipe | None = None,
        engine: str = "auto",
        device: str = "auto",
        threads: int | None = None,
    ) -> None:
        recipe = recipe or Recipe()
        if network is not None:
            recipe = replace(recipe, network=network, weights_sha256=None)
        parts = choose_parts(recipe.network)
        self._choice, self._threads = choose_engine(engine, device), threads
        self.members = tuple(
            Member(Network.load(part.installed, self._choice, threads), part.weight)
            for part in parts
        )
        check_members(self.members)
        self.network = self.members[0].network
        self.spec = describe_blend(parts)
        self._sha256 = hash_blend(member.network.weights_sha256 for member in self.members)
        self._eyes: list[Network] = []
        self.bins = self.network.bins
        self._asked = recipe.network
        self.recipe = self._complete(recipe)
        self._bound: dict[FeatureGuide, Guide] = {}
        logger.info("network %s with %s, %s", self.spec.name, self.network.engine, self.recipe)

    def colorize(self, photo: Photo) -> Photo:
        """Color a photo.

        Parameters
        ----------
        photo : Photo
            Any photo; color that it has already is not looked at.

        Returns
        -------
        Photo
            With the same L*, size, alpha and metadata, and new color.
        """
        lightness = measure_lightness(photo)
        return replace_pixels(photo, self.decode_plane(lightness, self.steer_plane(lightness)))

    def predict(self, photo: Photo) -> Prediction:
        """Run the network: which colors are likely where.

        Parameters
        ----------
        photo : Photo
            Any photo.

        Returns
        -------
        Prediction
            At a quarter of the network's resolution, calibrated: without the prior shift. A
            network that takes hints has seen the recipe's, and answers around them.

        Notes
        -----
        To try other hints again and again without another pass, predict once with a recipe
        without hints, then :meth:`decode` with recipes that have them.
        """
        return self.predict_plane(measure_lightness(photo))

    def decode(self, photo: Photo, distribution: AbDistribution) -> Photo:
        """Turn a distribution into color, without a pass of the network.

        Parameters
        ----------
        photo : Photo
            The photo that the distribution was predicted from.
        distribution : AbDistribution
            From :meth:`predict`, which is steered first, or from :meth:`steer`.

        Returns
        -------
        Photo
            Colored.
        """
        lightness = measure_lightness(photo)
        steered = self.steer_plane(lightness, distribution)
        return replace_pixels(photo, self.decode_plane(lightness, steered))

    def steer(self, photo: Photo, distribution: AbDistribution | None = None) -> Steered:
        """Shift the prior, apply the recipe's guides, and gather its hints.

        Parameters
        ----------
        photo : Photo
            The photo that the distribution was predicted from.
        distribution : AbDistribution, optional
            From :meth:`predict`; by default the network is run now. What is steered already is
            returned unchanged.

        Returns
        -------
        Steered
            For :meth:`decode`, :meth:`suggest` and the figures of `colorize_lab.explain`.
        """
        return self.steer_plane(measure_lightness(photo), distribution)

    def suggest(self, photo: Photo, place: str | tuple[float, float]) -> list[Suggestion]:
        """List the likeliest colors at a point.

        Parameters
        ----------
        photo : Photo
            Any photo.
        place : str or tuple of float
            ``x,y`` in pixels from the upper left corner, or with percent signs; or shares of the
            width and the height, 0..1.

        Returns
        -------
        list of Suggestion
            The likeliest first; no two are closer than 10 dE00.

        Raises
        ------
        RecipeError
            For a place that cannot be read, or is outside the photo.
        """
        lightness = measure_lightness(photo)
        point = parse_place(place).find(*lightness.shape) if isinstance(place, str) else place
        shown = self.steer_plane(lightness).mix_hints()
        return suggest_colors(shown, lightness, point, temperature=self.recipe.temperature)

    def with_recipe(self, recipe: Recipe) -> Colorizer:
        """Return a colorizer with the same loaded network and another recipe."""
        other = copy.copy(self)
        other.recipe = self._complete(recipe)
        return other

    def _complete(self, recipe: Recipe) -> CompleteRecipe:
        """Fill in what a recipe leaves open, and name a blend or a path as the network is named."""
        if recipe.network == self._asked and isinstance(recipe.network, str):
            recipe = replace(recipe, network=self.spec.name)
        return recipe.complete(self.spec, self._sha256)

    def provenance(self) -> Mapping[str, str]:
        """Say what made the color: all that is needed to make the same output again."""
        return {
            "version": __version__,
            "network": self.spec.name,
            "weightsSha256": self._sha256,
            "engine": self.network.engine,
            "recipe": self.recipe.to_json(),
        }

    def predict_plane(self, lightness: Plane) -> Prediction:
        """Do what :meth:`predict` does, for L* alone: float32 of shape (H, W), 0..100."""
        hints = HintField(self.recipe.hints, lightness)
        distribution = self._look(lightness)
        if self.spec.hint_blob is not None and len(hints):
            reply = self._look(lightness, hints.pins)
            distribution = listen(distribution, reply, hints.spread(distribution))
        return Prediction(distribution.log_probabilities, distribution.bins, hints)

    def steer_plane(self, lightness: Plane, distribution: AbDistribution | None = None) -> Steered:
        """Do what :meth:`steer` does, for L* alone: float32 of shape (H, W), 0..100."""
        if isinstance(distribution, Steered):
            return distribution
        distribution = self.predict_plane(lightness) if distribution is None else distribution
        hints = self._find_hints(lightness, distribution)
        strength = self.network.spec.vividness_to_strength(self.recipe.vividness)
        for guide in (PriorShift(strength), *map(self._bind, self.recipe.guides)):
            distribution = guide.guide(distribution, lightness)
        return Steered(distribution.log_probabilities, distribution.bins, hints)

    def decode_plane(self, lightness: Plane, steered: Steered) -> Plane:
        """Turn L* and a steered distribution into color, hints included.

        Parameters
        ----------
        lightness : ndarray of float32, shape (H, W)
            L*, 0..100; it is kept.
        steered : Steered
            From :meth:`steer_plane`.

        Returns
        -------
        ndarray of float32, shape (H, W, 3)
            RGB, 0..1.
        """
        return self.paint_cells(lightness, self.decode_cells(lightness, steered), steered)

    def decode_cells(self, lightness: Plane, steered: Steered) -> Plane:
        """Decode a distribution of shape (Q, h, w) into a* and b*, (h, w, 2), without hints."""
        ab = steered.annealed_mean(self.recipe.temperature) * self.recipe.saturation
        for adjustment in (Calm(self.recipe.calm), *self.recipe.adjustments):
            ab = adjustment.adjust(ab, lightness)
        return ab

    def paint_cells(self, lightness: Plane, ab: Plane, steered: Steered) -> Plane:
        """Do what :meth:`decode_plane` does with color that is decoded already."""
        return join_lightness_chroma(lightness, self.enlarge_cells(lightness, ab, steered))

    def enlarge_cells(self, lightness: Plane, ab: Plane, steered: Steered) -> Plane:
        """Bring color that is decoded to full size, hints included.

        Parameters
        ----------
        lightness : ndarray of float32, shape (H, W)
            L*, 0..100.
        ab : ndarray of float32, shape (h, w, 2)
            From :meth:`decode_cells`, unchanged or changed.
        steered : Steered
            With the hints of this photo.

        Returns
        -------
        ndarray of float32, shape (H, W, 2)
            A* and b*.
        """
        full = upsample_chroma(ab, lightness)
        full = paint_hints(full, ab, steered.hints, lightness, steered)
        return full if self.recipe.mask is None else self.recipe.mask.apply(full)

    def predict_and_see(self, lightness: Plane) -> tuple[AbDistribution, Plane]:
        """Do what :meth:`predict_plane` and :meth:`see` do, in one pass of the network if it can.

        The features are of the size at which the network looks for color; several looks and hints
        that the network takes need passes of their own.
        """
        side = round(16 * self.recipe.render_factor)
        small = self.network.shrink(lightness, side)
        if self.network.spec.feature_blob is None or len(self.members) > 1:
            return self.predict_plane(lightness), self.see(lightness)
        logits, features = self.network.logits_and_features(small)
        is_hinted = self.spec.hint_blob is not None and len(self.recipe.hints) > 0
        if is_hinted or len(list_looks(self.recipe.looks)) > 1:
            return self.predict_plane(lightness), features
        return AbDistribution.from_logits(logits, self.bins), features

    def see(self, lightness: Plane) -> Plane:
        """Compute what the network, or the shipped one in its place, recognizes in a photo.

        Parameters
        ----------
        lightness : ndarray of float32, shape (H, W)
            L*, 0..100.

        Returns
        -------
        ndarray of float32, shape (C, h, w)
            Features that are alike for like things.
        """
        eyes = self._find_eyes()
        return eyes.logits_and_features(eyes.shrink(lightness, FEATURE_SIDE))[1]

    def _find_eyes(self) -> Network:
        """Return a network that names a feature layer; the shipped one is loaded when needed."""
        if self.network.spec.feature_blob is not None:
            return self.network
        if not self._eyes:
            self._eyes.append(Network.load(find_network(EYES), self._choice, self._threads))
        return self._eyes[0]

    def _find_hints(self, lightness: Plane, distribution: AbDistribution) -> HintField:
        """Take over the hints that a prediction knows, or gather and spread the recipe's."""
        known = distribution.hints if isinstance(distribution, Prediction) else None
        if known is not None and known.fits(self.recipe.hints, lightness):
            return known
        hints = HintField(self.recipe.hints, lightness)
        if len(hints):
            hints.spread(distribution)
        return hints

    def _bind(self, guide: Guide | FeatureGuide) -> Guide:
        """Let a guide see with this network; the recipe's are kept for the next photo."""
        if not isinstance(guide, FeatureGuide):
            return guide
        if guide not in self._bound:
            for other in self._bound.keys() - set(self.recipe.guides):
                del self._bound[other]
            self._bound[guide] = guide.bind(self.see)
        return self._bound[guide]

    def _look(self, lightness: Plane, pins: Pins | None = None) -> AbDistribution:
        """Average the recipe's looks of all networks; each sees the hints, if it takes any."""
        return predict_by_members(
            self.members,
            lightness,
            render_factor=self.recipe.render_factor,
            looks=self.recipe.looks,
            pins=pins,
        )
