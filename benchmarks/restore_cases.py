"""The cases of the restoration benchmark: a damage, what should mend it, and a rival."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from skimage.exposure import equalize_adapthist
from skimage.restoration import denoise_tv_chambolle, inpaint_biharmonic, unsupervised_wiener

from benchmarks.damage import (
    add_gaussian_noise,
    add_poisson_noise,
    add_scratches,
    blur_defocus,
    blur_gaussian,
    blur_motion,
    compress_jpeg,
    lower_contrast,
    print_halftone,
    tone_sepia,
)
from colorize_lab.color import join_lightness_chroma, rgb_to_lightness
from colorize_lab.opencv import cv2
from colorize_lab.restore import Scratches, Stage, choose_stages
from colorize_lab.restore.blur import make_gaussian
from colorize_lab.restore.scratches import Mask

__all__ = ["CASES", "Case", "Floats", "Mask"]

Floats: TypeAlias = NDArray[np.float32]
Baseline: TypeAlias = Callable[[Floats, Mask], Floats]


@dataclass(frozen=True)
class Case:
    """A damage, the stages that should mend it, and what a library does by default.

    Attributes
    ----------
    damage : callable
        From a photo and a generator of chance to the damaged photo and the pixels that count.
    stages : callable
        From those pixels to the stages.
    baseline : callable
        From the damaged photo and those pixels to a mended photo.
    baseline_name : str
        What to call it.
    truth : callable
        From the photo to what restoration should give.
    """

    damage: Callable[[Floats, np.random.Generator], tuple[Floats, Mask]]
    stages: Callable[[Mask], Sequence[Stage]]
    baseline: Baseline
    baseline_name: str
    truth: Callable[[Floats], Floats] = lambda rgb: rgb


def count_all(
    damage: Callable[[Floats, np.random.Generator], Floats],
) -> Callable[[Floats, np.random.Generator], tuple[Floats, Mask]]:
    """Make a damage of which all pixels count."""
    return lambda rgb, random: (damage(rgb, random), np.ones(rgb.shape[:2], bool))


def denoise_colored(rgb: Floats, _: Mask) -> Floats:
    """Denoise as OpenCV does by default."""
    levels = np.round(rgb * 255).astype(np.uint8)
    return np.asarray(cv2.fastNlMeansDenoisingColored(levels), np.float32) / np.float32(255)


def denoise_total_variation(rgb: Floats, _: Mask) -> Floats:
    """Denoise as scikit-image does by default."""
    denoised = denoise_tv_chambolle(rgb, channel_axis=-1)
    return np.asarray(denoised, np.float32)


def deconvolve_blindly(rgb: Floats, _: Mask) -> Floats:
    """Deblur as scikit-image does without a known noise, with a Gaussian of 1.5 pixels."""
    kernel = make_gaussian(1.5)
    planes = [unsupervised_wiener(rgb[..., i], kernel, rng=0)[0] for i in range(3)]
    return np.dstack(planes).astype(np.float32)


def balance_gray_world(rgb: Floats, _: Mask) -> Floats:
    """Balance white as cv2.xphoto does by default."""
    balance = cv2.xphoto.createGrayworldWB()
    return np.asarray(balance.balanceWhite(np.round(rgb * 255).astype(np.uint8)) / 255, np.float32)


def make_gray(rgb: Floats) -> Floats:
    """Take the color away, and keep L*."""
    lightness = rgb_to_lightness(rgb)
    return join_lightness_chroma(lightness, np.zeros((*lightness.shape, 2), np.float32))


def by_name(names: str) -> Callable[[Mask], Sequence[Stage]]:
    """Take automatic stages, whatever the pixels."""
    return lambda _: choose_stages(names)


TV = "skimage denoise_tv_chambolle"
NLM = "cv2 fastNlMeansDenoisingColored"
WIENER = "skimage unsupervised_wiener, Gaussian 1.5"
CASES = {
    "noise 10": Case(
        count_all(lambda rgb, r: add_gaussian_noise(rgb, 10, r)),
        by_name("auto"),
        denoise_colored,
        NLM,
    ),
    "noise 25": Case(
        count_all(lambda rgb, r: add_gaussian_noise(rgb, 25, r)),
        by_name("auto"),
        denoise_total_variation,
        TV,
    ),
    "photons 60": Case(
        count_all(lambda rgb, r: add_poisson_noise(rgb, 60, r)),
        by_name("auto"),
        denoise_colored,
        NLM,
    ),
    "Gaussian blur 1.5": Case(
        count_all(lambda rgb, _: blur_gaussian(rgb, 1.5)),
        by_name("auto"),
        deconvolve_blindly,
        WIENER,
    ),
    "defocus 3": Case(
        count_all(lambda rgb, _: blur_defocus(rgb, 3)), by_name("auto"), deconvolve_blindly, WIENER
    ),
    "motion 9": Case(
        count_all(lambda rgb, _: blur_motion(rgb, 9, 30)),
        by_name("auto"),
        deconvolve_blindly,
        WIENER,
    ),
    "blur 1.5 and noise 5": Case(
        count_all(lambda rgb, r: add_gaussian_noise(blur_gaussian(rgb, 1.5), 5, r)),
        by_name("auto"),
        deconvolve_blindly,
        WIENER,
    ),
    "low contrast": Case(
        count_all(lambda rgb, _: lower_contrast(rgb, 35, 70)),
        by_name("auto"),
        lambda rgb, _: equalize_adapthist(rgb),
        "skimage equalize_adapthist",
    ),
    "JPEG 20": Case(
        count_all(lambda rgb, _: compress_jpeg(rgb, 20)), by_name("auto"), denoise_colored, NLM
    ),
    "halftone, 6 px": Case(
        count_all(lambda rgb, _: print_halftone(rgb, 6, 45)),
        by_name("auto"),
        lambda rgb, _: np.asarray(cv2.GaussianBlur(rgb, (0, 0), 2.4), np.float32),
        "cv2 GaussianBlur, 0.4 of the period",
        make_gray,
    ),
    "scratches": Case(add_scratches, by_name("auto,scratches"), denoise_colored, NLM),
    "scratches, given mask": Case(
        add_scratches,
        lambda mask: [Scratches(mask=mask)],
        lambda rgb, mask: inpaint_biharmonic(rgb, mask, channel_axis=-1),
        "skimage inpaint_biharmonic",
    ),
    "sepia": Case(
        count_all(lambda rgb, _: tone_sepia(rgb)),
        by_name("auto"),
        balance_gray_world,
        "cv2.xphoto gray world",
        make_gray,
    ),
}
