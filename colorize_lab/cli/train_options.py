"""Options that the commands of ``colorize-lab train`` share."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = [
    "DATA_OPTION",
    "HELD_OUT_OPTION",
    "existing_file",
    "existing_folder",
    "existing_path",
    "file_to_write",
    "folder_to_write",
    "require_data",
    "share",
]

existing_path = click.Path(exists=True, path_type=Path)
existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)
existing_folder = click.Path(exists=True, file_okay=False, path_type=Path)
file_to_write = click.Path(dir_okay=False, path_type=Path)
folder_to_write = click.Path(file_okay=False, path_type=Path)
share = click.FloatRange(0, 1, min_open=True, max_open=True)

DATA_OPTION = click.option(
    "--data",
    multiple=True,
    type=existing_path,
    metavar="FOLDER|ZIP",
    help="Photos to train on; repeatable.",
)
HELD_OUT_OPTION = click.option(
    "--held-out",
    type=share,
    default=0.01,
    show_default=True,
    help="Share of the photos held out for measurement.",
)


def require_data(data: tuple[Path, ...]) -> None:
    """Refuse a call without photos.

    Raises
    ------
    click.UsageError
        It names the option.
    """
    if not data:
        raise click.UsageError("no photos to train on; pass --data FOLDER")
