"""The treatment of each fault: what becomes of the pixels, the mix, and the color to keep."""

from __future__ import annotations

from dataclasses import dataclass

from colorize_lab.recolor.balance import Balance, Floats, apply_balance
from colorize_lab.recolor.decolor import PolynomialMix
from colorize_lab.recolor.density_lines import DensityLines, apply_lines
from colorize_lab.recolor.diagnosis import Diagnosis
from colorize_lab.recolor.dye_loss import fit_lines
from colorize_lab.recolor.examine import Witness
from colorize_lab.recolor.mix import PRESETS, ChannelMix
from colorize_lab.recolor.neutral import NeutralLight
from colorize_lab.recolor.stage_mix import EvenMix, choose_even_mix
from colorize_lab.recolor.surviving import estimate_keep
from colorize_lab.recolor.thumbnail import cut_picture
from colorize_lab.recolor.verdict import Kind

__all__ = ["Mix", "Treatment", "treat_color"]

Mix = ChannelMix | PolynomialMix | EvenMix


@dataclass(frozen=True, eq=False)
class Treatment:
    """Treatment of a fault.

    Attributes
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1, with the fading or the cast undone.
    mix : ChannelMix, PolynomialMix or EvenMix
        The black-and-white that suits it.
    keep : float
        How much of the color in ``rgb`` deserves to stay, 0..1.
    balance : Balance or None
        The white balance that was applied.
    fading : DensityLines or None
        What undid the fading.
    neutral : NeutralLight or None
        The guide for smoke and lamps.
    """

    rgb: Floats
    mix: Mix
    keep: float
    balance: Balance | None = None
    fading: DensityLines | None = None
    neutral: NeutralLight | None = None


def treat_color(rgb: Floats, kind: Kind, diagnosis: Diagnosis, witness: Witness) -> Treatment:
    """Undo what can be undone of a fault.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1; is not changed.
    kind : {"toned", "faded", "cast", "stage-light"}
        The fault.
    diagnosis : Diagnosis
        Of the photo; its white balance is used for a cast.
    witness : callable
        Asked again for the colors of what was unfaded.
    """
    if kind == "faded":
        return _undo_dye_loss(rgb, witness)
    if kind == "cast" and diagnosis.examination is not None:
        balance = diagnosis.examination.fit.balance
        return Treatment(apply_balance(rgb, balance), PRESETS["luminosity"], 1.0, balance)
    if kind == "stage-light":
        mix = choose_even_mix(cut_picture(rgb))
        return Treatment(rgb, mix, 0.0, neutral=NeutralLight())
    return Treatment(rgb, PRESETS["luminosity"], 0.0)


def _undo_dye_loss(rgb: Floats, witness: Witness) -> Treatment:
    picture = cut_picture(rgb)
    lines = fit_lines(picture, witness)
    keep = estimate_keep(picture, lines)
    return Treatment(apply_lines(rgb, lines), PRESETS["luminosity"], keep, fading=lines)
