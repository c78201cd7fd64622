"""Color: sRGB and L*a*b*, the bins of the *ab* plane, and measures of color."""

from colorize_lab.color.gamut import (
    class_weights,
    load_bins,
    load_prior,
    nearest_bins,
    smooth_prior,
    soft_encode,
)
from colorize_lab.color.hexadecimal import hex_to_lab, is_hex_color
from colorize_lab.color.lab import (
    fit_linear_rgb,
    join_lightness_chroma,
    lab_to_rgb,
    rgb_to_lab,
    rgb_to_lightness,
    split_lightness_chroma,
)
from colorize_lab.color.srgb import linear_to_srgb, srgb_to_linear

__all__ = [
    "class_weights",
    "fit_linear_rgb",
    "hex_to_lab",
    "is_hex_color",
    "join_lightness_chroma",
    "lab_to_rgb",
    "linear_to_srgb",
    "load_bins",
    "load_prior",
    "nearest_bins",
    "rgb_to_lab",
    "rgb_to_lightness",
    "smooth_prior",
    "soft_encode",
    "split_lightness_chroma",
    "srgb_to_linear",
]
