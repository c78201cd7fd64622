"""Loading a colorizer: here, once per thread of a worker, or on another machine."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from colorize_lab.colorizer import Colorizer
from colorize_lab.networks import InstalledNetwork, choose_network
from colorize_lab.opencv import cv2
from colorize_lab.recipe import Recipe

__all__ = [
    "LoadOptions",
    "keep_colorizer",
    "load_colorizer",
    "share_load_options",
    "share_recipe",
]

# Each thread that works on photos keeps its colorizer, and what it was loaded for.
_kept = threading.local()


@dataclass(frozen=True)
class LoadOptions:
    """Engine, device and threads that run a network.

    Attributes
    ----------
    engine : {"auto", "opencv", "onnxruntime", "openvino"}
        Library that runs the network; auto takes the fastest installed one.
    device : {"auto", "cpu", "cuda"}
        Auto takes CUDA if an engine can use it.
    threads : int or None
        CPU threads; None leaves the number to the engine.
    """

    engine: str = "auto"
    device: str = "auto"
    threads: int | None = None


def load_colorizer(recipe: Recipe, options: LoadOptions = LoadOptions()) -> Colorizer | None:
    """Load the network that a recipe asks for; None if it only restores.

    Raises
    ------
    ColorizeLabError
        As from `Colorizer`.
    """
    if recipe.network is None:
        return None
    return Colorizer(
        recipe=recipe, engine=options.engine, device=options.device, threads=options.threads
    )


def keep_colorizer(recipe: Recipe, options: LoadOptions) -> Colorizer | None:
    """Load a network once for all photos that come with this very recipe."""
    if getattr(_kept, "recipe", None) is not recipe:
        if options.threads is not None:  # even if no network is loaded, which would set them
            cv2.setNumThreads(options.threads)
        _kept.colorizer = load_colorizer(recipe, options)
        _kept.recipe = recipe
    colorizer: Colorizer | None = _kept.colorizer
    return colorizer


def share_load_options(options: LoadOptions) -> LoadOptions:
    """Choose options for other machines: many workers use one up, rather than many threads."""
    return replace(options, threads=options.threads or 1)


def share_recipe(recipe: Recipe) -> Recipe:
    """Choose the network here, and name its files so that they are found from any folder."""
    network = recipe.network
    if network == "auto":
        return replace(recipe, network=choose_network().spec.name)
    if not isinstance(network, InstalledNetwork):
        return recipe
    spec, bins = network.spec, network.spec.bins
    bins = None if bins is None else bins.absolute()
    prototxt = None if spec.prototxt is None else spec.prototxt.absolute()
    spec = replace(spec, prototxt=prototxt, bins=bins)
    return replace(recipe, network=InstalledNetwork(spec, network.weights.absolute()))
