"""The verdict and its evidence."""

from dataclasses import fields, replace

import numpy as np
import pytest

from colorize_lab.recolor import FAULTS, KINDS, Balance, Evidence, judge_color, measure_evidence
from colorize_lab.recolor.balance import Fit
from colorize_lab.recolor.verdict import list_features

NO_CAST = Fit(Balance(), 3.0, 3.0)


def measure(color: tuple[float, float, float]) -> Evidence:
    """Evidence of a ramp of light on one color."""
    ramp = np.linspace(0.2, 0.95, 64, dtype=np.float32)[None, :, None]
    rgb = np.broadcast_to(ramp, (64, 64, 1)) * np.float32(color)
    return measure_evidence(rgb, NO_CAST, framed=False)


def test_violet_light_is_an_area_of_violet() -> None:
    violet, gray = measure((0.6, 0.1, 1.0)), measure((1.0, 1.0, 1.0))
    assert violet.violet + violet.blue > 0.5
    assert gray.violet == gray.blue == 0
    assert gray.neutral == 1
    assert violet.neutral < 0.1


def test_one_tone_has_no_spread() -> None:
    assert measure((1.0, 0.8, 0.6)).spread < 1
    noise = np.random.default_rng(0).random((64, 64, 3), np.float32)
    assert measure_evidence(noise, NO_CAST, framed=False).spread > 10


def test_clipped_lamps_do_not_count() -> None:
    ramp = np.linspace(0.2, 0.9, 64, dtype=np.float32)[None, :, None]
    rgb = np.repeat(np.broadcast_to(ramp, (64, 64, 1)), 3, axis=2)
    rgb[:20, :20] = (1.0, 0.0, 1.0)
    assert measure_evidence(rgb, NO_CAST, framed=False).violet == 0


def test_features_are_finite_for_black_and_white() -> None:
    for level in (0.0, 1.0):
        evidence = measure_evidence(np.full((16, 16, 3), level, np.float32), NO_CAST, framed=False)
        assert np.isfinite(list_features(evidence)).all()


def test_every_field_is_a_feature() -> None:
    evidence = measure((0.9, 0.6, 0.5))
    base = list_features(evidence)
    for field in fields(Evidence):
        value = getattr(evidence, field.name)
        changed = replace(
            evidence, **{field.name: not value if field.name == "framed" else value + 0.3}
        )
        assert not np.array_equal(list_features(changed), base), field.name


def test_probabilities_sum_to_1_and_strict_acts_less() -> None:
    acted = {True: 0, False: 0}
    for color in np.random.default_rng(1).random((40, 3)):
        for strict in acted:
            verdict = judge_color(measure(tuple(color)), strict=strict)
            assert set(verdict.probabilities) == set(KINDS)
            assert sum(verdict.probabilities.values()) == pytest.approx(1)
            acted[strict] += verdict.kind in FAULTS
    assert 0 < acted[True] <= acted[False]
