"""``colorize-lab train critic`` and ``train adversarial``: livelier colors by a critic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from colorize_lab.cli.options import OptionGroup
from colorize_lab.cli.train_options import (
    DATA_OPTION,
    HELD_OUT_OPTION,
    existing_file,
    existing_folder,
    file_to_write,
    folder_to_write,
    require_data,
    share,
)

if TYPE_CHECKING:
    from pathlib import Path

    from colorize_lab.training.duel import DuelSettings
    from colorize_lab.training.inflection import Inflection

__all__ = ["ADVERSARIAL_TOOLS"]

positive = click.FloatRange(0, min_open=True)


def build_settings(
    side: int, batch: int, rate: float, critic_rate: float, pull: float, seed: int
) -> DuelSettings:
    """Make the settings."""
    from colorize_lab.training.duel import DuelSettings

    if side % 32:
        raise click.BadParameter("the side must be a multiple of 32", param_hint="--side")
    return DuelSettings(side, batch, rate, critic_rate, pull, seed)


DUEL_OPTIONS = OptionGroup(
    "settings",
    build_settings,
    [
        click.option(
            "--side",
            type=click.IntRange(32),
            default=128,
            show_default=True,
            help="Side of the photos in pixels.",
        ),
        click.option(
            "--batch",
            type=click.IntRange(2),
            default=16,
            show_default=True,
            help="Photos per step.",
        ),
        click.option(
            "--rate",
            type=positive,
            default=1e-4,
            show_default=True,
            help="Learning rate of the network.",
        ),
        click.option(
            "--critic-rate",
            type=positive,
            default=3e-4,
            show_default=True,
            help="Learning rate of the critic.",
        ),
        click.option(
            "--pull",
            type=positive,
            default=0.5,
            show_default=True,
            help="Weight of the critic's loss, relative to the cross entropy.",
        ),
        click.option(
            "--seed", type=click.IntRange(0), default=0, show_default=True, help="Random seed."
        ),
    ],
)
WEIGHTS_OPTION = click.option(
    "--from-weights",
    "weights",
    required=True,
    type=existing_folder,
    metavar="FOLDER",
    help="Folder of the network, as written by 'train export'.",
)


@click.command("critic")
@DATA_OPTION
@WEIGHTS_OPTION
@click.option(
    "--samples",
    type=click.IntRange(1),
    default=20_000,
    show_default=True,
    help="Photos to train on in total; photos repeat as needed.",
)
@DUEL_OPTIONS
@HELD_OUT_OPTION
@click.option("--out", required=True, type=file_to_write, help="File to write the critic to.")
def critic(
    data: tuple[Path, ...],
    weights: Path,
    samples: int,
    settings: DuelSettings,
    held_out: float,
    out: Path,
) -> None:
    """Train a critic to tell a network's colors from true ones.

    'train adversarial' requires one. The network itself does not change.
    """
    require_data(data)
    from colorize_lab.training.adversarial import run_critic

    def report(seen: int, loss: float, fooled: float) -> None:
        click.echo(f"{seen:9,} photos  loss {loss:.3f}  fooled by {fooled:.0%} of held-out photos")

    run_critic(data, weights, out, samples, settings, held_out=held_out, report=report)
    click.echo(f"next: colorize-lab train adversarial --critic {out} --from-weights {weights}")


@click.command("adversarial")
@DATA_OPTION
@WEIGHTS_OPTION
@click.option(
    "--critic",
    "critic_file",
    required=True,
    type=existing_file,
    help="Critic of this network, as written by 'train critic'.",
)
@click.option(
    "--share",
    type=share,
    default=0.02,
    show_default=True,
    help="Share of the photos to train on.",
)
@DUEL_OPTIONS
@HELD_OUT_OPTION
@click.option(
    "--out",
    "folder",
    type=folder_to_write,
    default="adversarial",
    show_default=True,
    help="Folder for the checkpoints and their measurements.",
)
def adversarial(
    data: tuple[Path, ...],
    weights: Path,
    critic_file: Path,
    share: float,
    settings: DuelSettings,
    held_out: float,
    folder: Path,
) -> None:
    """Train a network against its critic for a short time.

    After every 0.1 % of the photos, a checkpoint is written and measured on held-out photos: cross
    entropy, hue of skin, and how many of its colorings the critic takes for real. The checkpoint
    that fools the critic most often while being as accurate as the start becomes best.pt. Export
    it and repeat both commands as long as that helps.
    """
    require_data(data)
    from colorize_lab.training.adversarial import run_adversarial

    def report(row: Inflection) -> None:
        click.echo(describe_inflection(row))

    best = run_adversarial(
        data, weights, critic_file, folder, share, settings, held_out=held_out, report=report
    )
    if best.samples == 0:
        click.echo("no checkpoint is better than the start, which best.pt holds")
    click.echo(f"best after {best.samples:,} photos")
    click.echo(f"next: colorize-lab train export {folder / 'best.pt'} OUT")


def describe_inflection(row: Inflection) -> str:
    """One line for a person."""
    return (
        f"{row.samples:9,} photos  held out: cross entropy {row.cross_entropy:.4f}, "
        f"skin's hue off by {row.skin_hue_error:.1f} degrees, critic fooled by {row.fooled:.0%}"
    )


ADVERSARIAL_TOOLS = (critic, adversarial)
