"""Restoration of known damage, compared with the libraries' defaults for the same stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity

from benchmarks.damage import round_levels
from benchmarks.datasets import SET_OPTIONS, PhotoSet
from benchmarks.report import Aim, describe_run, format_table, publish
from benchmarks.restore_cases import CASES, Case, Floats, Mask
from benchmarks.scores import measure_psnr
from colorize_lab import array_to_photo
from colorize_lab.cli.progress import Progress
from colorize_lab.color import rgb_to_lightness
from colorize_lab.color.metrics import measure_colorfulness
from colorize_lab.photo import read_photo
from colorize_lab.restore import Contrast, choose_stages, restore_photo
from colorize_lab.restore.contrast import measure_contrast

AIMS = {
    "noise 25": Aim(at_least=6.0),
    "scratches": Aim(at_least=5.0),
    "scratches, given mask": Aim(at_least=5.0),
}
AIM_CLEAN, AIM_CONTRAST = Aim(at_most=0.5), Aim(at_most=2.0)
AIM_HARM = Aim(at_most=1.0)
TARGET = 0.18
# Mean dE00 that counts as a change, and the side that it is measured at.
VISIBLE, HARM_SIDE = 0.5, 256


@dataclass(frozen=True)
class Scores:
    """How near a photo is to the true one.

    Attributes
    ----------
    psnr : float
        Of the pixels that count, in dB.
    ssim : float
        Of L*, whole photo.
    delta_e : float
        Mean CIEDE2000, whole photo.
    colorfulness : float
        Of the photo alone.
    """

    psnr: float
    ssim: float
    delta_e: float
    colorfulness: float


@click.command("restore")
@SET_OPTIONS
@click.option("--harm", is_flag=True, help="Only count the photos that are changed as they are.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(photos: PhotoSet, harm: bool, json_path: Path | None) -> None:
    """Measure what restoration makes of known damage, and of photos that have none."""
    if harm:
        changed = measure_harm(photos)
        publish(format_harm(photos, changed), {"changed": changed}, describe_run(), json_path)
        return
    scores: dict[str, list[tuple[Scores, Scores, Scores]]] = {name: [] for name in CASES}
    clean, missed = [], []
    with Progress(len(photos), "restoring") as progress:
        for seed, rgb in enumerate(photos):
            for name, case in CASES.items():
                scores[name].append(measure_case(rgb, case, np.random.default_rng(seed)))
            mended = restore_photo(array_to_photo(rgb), choose_stages("auto,scratches")).photo.rgb
            clean.append(measure_delta_e(mended, rgb))
            missed.append(measure_missed_contrast(rgb))
            progress.advance()
    run = describe_run()
    title = f"## {photos.name}: {len(photos)} photos of side {photos.side}"
    tables = f"{title}\n\n{format_scores(scores)}\n\n{format_limits(clean, missed)}"
    means = {name: [vars(s) for s in average(rows)] for name, rows in scores.items()}
    report = {"damaged, mended, baseline": means, "clean": clean, "contrast": missed}
    publish(tables, report, run, json_path)


def measure_harm(photos: PhotoSet) -> dict[str, float]:
    """Restore each photo at its own size; return the dE00 of those that are changed visibly."""
    changed = {}
    with Progress(len(photos), "restoring") as progress:
        for file in photos.files:
            photo = read_photo(file.read())
            restored = restore_photo(photo, choose_stages("auto"))
            step = max(1, max(photo.rgb.shape) // HARM_SIDE)
            places = slice(None, None, step), slice(None, None, step)
            delta_e = measure_delta_e(restored.photo.rgb[places], photo.rgb[places])
            if restored.done and delta_e > VISIBLE:
                changed[file.name] = round(delta_e, 2)
            progress.advance()
    return changed


def measure_case(
    rgb: Floats, case: Case, random: np.random.Generator
) -> tuple[Scores, Scores, Scores]:
    """Score the damaged photo, the mended one, and the baseline's."""
    damaged, counting = case.damage(rgb, random)
    mended = restore_photo(array_to_photo(damaged), case.stages(counting)).photo.rgb
    rival = np.clip(case.baseline(damaged, counting), 0, 1).astype(np.float32)
    damaged_scores, mended_scores, rival_scores = (
        measure_scores(round_levels(result), case.truth(rgb), counting)
        for result in (damaged, mended, rival)
    )
    return damaged_scores, mended_scores, rival_scores


def measure_scores(result: Floats, rgb: Floats, counting: Mask) -> Scores:
    """Score a photo against the true one."""
    lightness, true_lightness = rgb_to_lightness(result), rgb_to_lightness(rgb)
    return Scores(
        psnr=measure_psnr(result[counting], rgb[counting]),
        ssim=float(structural_similarity(lightness, true_lightness, data_range=100)),
        delta_e=measure_delta_e(result, rgb),
        colorfulness=measure_colorfulness(result),
    )


def measure_delta_e(result: Floats, rgb: Floats) -> float:
    """Compute the mean CIEDE2000 difference."""
    return float(np.mean(deltaE_ciede2000(rgb2lab(result), rgb2lab(rgb))))


def measure_missed_contrast(rgb: Floats) -> float:
    """Compute by how many percent the contrast target is missed, once rounded to 8 bit."""
    photo = restore_photo(array_to_photo(rgb), [Contrast(target=TARGET)]).photo
    reached = measure_contrast(rgb_to_lightness(round_levels(photo.rgb)))
    return 100 * abs(reached / TARGET - 1)


def average(rows: Sequence[tuple[Scores, Scores, Scores]]) -> list[Scores]:
    """Average over the photos: damaged, mended, baseline."""
    return [
        Scores(*(float(np.mean([getattr(s, key) for s in column])) for key in vars(column[0])))
        for column in zip(*rows, strict=True)
    ]


def format_scores(scores: Mapping[str, Sequence[tuple[Scores, Scores, Scores]]]) -> str:
    """Write the table: before, after, and the baseline, of each measure."""
    header = ["damage", "PSNR, dB", "gain", "aim", "", "SSIM", "dE00", "colorfulness", "against"]
    table = []
    for name, rows in scores.items():
        before, after, rival = columns = average(rows)
        gain = after.psnr - before.psnr
        aim = AIMS.get(name, Aim(at_least=0.0))
        table.append(
            [
                name,
                " / ".join(f"{s.psnr:.1f}" for s in columns),
                f"{gain:+.2f} / {rival.psnr - before.psnr:+.2f}",
                str(aim),
                aim.judge(gain),
                " / ".join(f"{s.ssim:.3f}" for s in columns),
                " / ".join(f"{s.delta_e:.2f}" for s in columns),
                " / ".join(f"{s.colorfulness:.0f}" for s in columns),
                CASES[name].baseline_name,
            ]
        )
    return format_table(header, table) + (
        "\n\nEach cell: damaged / restored / the default that it is set against; gain: restored / "
        "default. PSNR of scratches is that of the damaged pixels."
    )


def format_harm(photos: PhotoSet, changed: Mapping[str, float]) -> str:
    """Write how many photos are changed, and which."""
    share = 100 * len(changed) / len(photos)
    names = "".join(f"\n- {name}: dE00 {delta_e}" for name, delta_e in changed.items())
    return (
        f"## {photos.name}: {len(photos)} photos as they are\n\n{len(changed)} changed by more "
        f"than {VISIBLE} dE00, {share:.1f} % (aim {AIM_HARM}: {AIM_HARM.judge(share)})\n{names}"
    )


def format_limits(clean: Sequence[float], missed: Sequence[float]) -> str:
    """Write what must stay small: harm to clean photos, and the miss of the contrast target."""
    return (
        f"- undamaged photos, all stages automatic: dE00 {np.mean(clean):.3f} on average, "
        f"{max(clean):.3f} at most, {np.mean(np.array(clean) > 0):.0%} of them touched "
        f"(aim {AIM_CLEAN}: {AIM_CLEAN.judge(max(clean))})\n"
        f"- contrast target {TARGET}: missed by {max(missed):.2f} % at most "
        f"(aim {AIM_CONTRAST}: {AIM_CONTRAST.judge(max(missed))})"
    )
