"""Recoloring of color photos that have faded, or whose light had not all colors."""

from colorize_lab.recolor.auto_mix import choose_mix, measure_local_contrast
from colorize_lab.recolor.decolor import PolynomialMix, choose_decolor
from colorize_lab.recolor.fading import Fading, estimate_fading, undo_fading
from colorize_lab.recolor.mix import HUES, PRESETS, ChannelMix, parse_hues, parse_mix
from colorize_lab.recolor.recolor import (
    Prepared,
    Recoloring,
    find_need,
    mix_photo,
    prepare_recoloring,
)
from colorize_lab.recolor.surviving import SurvivingColor, estimate_keep, measure_trust

__all__ = [
    "HUES",
    "PRESETS",
    "ChannelMix",
    "Fading",
    "PolynomialMix",
    "Prepared",
    "Recoloring",
    "SurvivingColor",
    "choose_decolor",
    "choose_mix",
    "estimate_fading",
    "estimate_keep",
    "find_need",
    "measure_local_contrast",
    "measure_trust",
    "mix_photo",
    "parse_hues",
    "parse_mix",
    "prepare_recoloring",
    "undo_fading",
]
