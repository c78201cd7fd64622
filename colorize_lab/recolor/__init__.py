"""Recoloring of color photos that have faded, have a cast, or whose light lacked colors."""

from colorize_lab.recolor.balance import Balance, apply_balance, fit_balance
from colorize_lab.recolor.decolor import PolynomialMix, choose_decolor
from colorize_lab.recolor.diagnosis import Diagnosis, diagnose_color
from colorize_lab.recolor.evidence import Evidence, measure_evidence
from colorize_lab.recolor.examine import Witness
from colorize_lab.recolor.expectation import Expectation
from colorize_lab.recolor.fading import Fading, estimate_fading, undo_fading
from colorize_lab.recolor.mix import HUES, PRESETS, ChannelMix, parse_hues, parse_mix
from colorize_lab.recolor.recolor import (
    Prepared,
    Recoloring,
    mix_photo,
    prepare_recoloring,
    restore_chroma,
)
from colorize_lab.recolor.stage_mix import EvenMix, choose_even_mix
from colorize_lab.recolor.surviving import SurvivingColor, estimate_keep, measure_trust
from colorize_lab.recolor.verdict import FAULTS, KINDS, Verdict, judge_color

__all__ = [
    "FAULTS",
    "HUES",
    "KINDS",
    "PRESETS",
    "Balance",
    "ChannelMix",
    "Diagnosis",
    "EvenMix",
    "Evidence",
    "Expectation",
    "Fading",
    "PolynomialMix",
    "Prepared",
    "Recoloring",
    "SurvivingColor",
    "Verdict",
    "Witness",
    "apply_balance",
    "choose_decolor",
    "choose_even_mix",
    "diagnose_color",
    "estimate_fading",
    "estimate_keep",
    "fit_balance",
    "judge_color",
    "measure_evidence",
    "measure_trust",
    "mix_photo",
    "parse_hues",
    "parse_mix",
    "prepare_recoloring",
    "restore_chroma",
    "undo_fading",
]
