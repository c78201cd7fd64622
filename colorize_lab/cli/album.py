"""``colorize-lab album FOLDER``: color photos of a series alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.guide_options import ADJUST_OPTIONS, REFERENCE_OPTIONS
from colorize_lab.cli.help import INPUT_OUTPUT, SectionedCommand
from colorize_lab.cli.options import (
    NETWORK_OPTIONS,
    RECIPE_OPTIONS,
    VERBOSITY_OPTIONS,
    OptionGroup,
    add_to_recipe,
    file_path,
)
from colorize_lab.cli.output_options import (
    COMPARE_OPTION,
    FRAME_OPTION,
    LOAD_OPTIONS,
    OUTPUT_OPTIONS,
    PROVENANCE_OPTION,
    WRITE_OPTIONS,
)
from colorize_lab.cli.photo_batch import FLOW_OPTIONS, Flow, process_inputs
from colorize_lab.cli.preset_options import PRESET_OPTION, use_preset
from colorize_lab.cli.progress import Progress
from colorize_lab.cli.restore_options import RESTORE_OPTIONS

if TYPE_CHECKING:
    from colorize_lab.album import Arrangement
    from colorize_lab.batch import Job, OutputOptions, WriteOptions
    from colorize_lab.guide import Adjustment, FeatureGuide, Guide
    from colorize_lab.loading import LoadOptions
    from colorize_lab.networks import InstalledNetwork
    from colorize_lab.recipe import Recipe
    from colorize_lab.restore import Stage

__all__ = ["command"]


ALBUM_OPTIONS = OptionGroup(
    "files",
    lambda groups_file, sheet: (groups_file, sheet),
    [
        click.option(
            "--groups",
            "groups_file",
            type=file_path,
            metavar="FILE.json",
            help="Groups of photos to color alike: read from this file if it exists, "
            "otherwise written to it for you to edit.",
        ),
        click.option(
            "--sheet",
            type=file_path,
            metavar="FILE",
            help="Write contact sheets of the groups; with --dry-run, before anything is colored.",
        ),
    ],
    INPUT_OUTPUT,
)


@click.command(
    "album",
    cls=SectionedCommand,
    no_args_is_help=True,
    common=(
        *("output", "groups_file", "sheet", "recursive", "jobs", "overwrite", "dry_run"),
        *("preset", "likes", "restore"),
    ),
)
@click.argument("folder", type=file_path)
@ALBUM_OPTIONS
@OUTPUT_OPTIONS
@FLOW_OPTIONS
@RESTORE_OPTIONS
@RECIPE_OPTIONS
@REFERENCE_OPTIONS
@ADJUST_OPTIONS
@NETWORK_OPTIONS
@LOAD_OPTIONS
@WRITE_OPTIONS
@COMPARE_OPTION
@FRAME_OPTION
@PROVENANCE_OPTION
@PRESET_OPTION
@VERBOSITY_OPTIONS
def command(
    folder: Path,
    files: tuple[Path | None, Path | None],
    output: OutputOptions,
    flow: Flow,
    stages: tuple[Stage, ...],
    recipe: Recipe,
    guides: tuple[Guide | FeatureGuide, ...],
    adjustments: tuple[Adjustment, ...],
    network: str | InstalledNetwork,
    loading: LoadOptions,
    writing: WriteOptions,
    compare: bool,
    no_frame: bool,
    provenance: bool,
    preset: str | None,
    verbosity: int,
) -> int:
    """Color a folder so that photos of the same things match.

    Photos are grouped by what they show and when they were taken. Correct one photo of a group and
    the others follow: put its hints (NAME.hints.json or NAME.hints.png) or its recipe
    (NAME.recipe.json) beside it and run the command again with --overwrite. Photos that are
    already in color serve as examples for the rest of their group.
    """
    from colorize_lab.album import arrange_album, is_sidecar, write_sheets
    from colorize_lab.batch import PhotoWork
    from colorize_lab.photo.formats import find_format
    from colorize_lab.system.atomic import check_target, make_folder, spare_sources
    from colorize_lab.treatment import Treatment

    if not folder.is_dir():
        raise click.UsageError(f"{folder} is not a folder; 'colorize-lab PHOTO' colors a photo")
    recipe = add_to_recipe(
        recipe,
        guides=guides,
        adjustments=adjustments,
        stages=stages,
        network=network,
        frame=False if no_frame else None,
    )
    recipe = use_preset(recipe, preset, None)
    work = PhotoWork(Treatment(recipe, compare, provenance), loading, writing, skip_colored=True)
    quiet = verbosity < 0
    groups_file, sheet = files
    if sheet is not None:
        find_format(sheet.suffix)  # before the work, like the check below
        make_folder(sheet.parent)
        check_target(sheet, overwrite=writing.overwrite)
    arranged: list[Arrangement] = []

    def arrange(jobs: Sequence[Job]) -> Sequence[Job]:
        photos = [job for job in jobs if not is_sidecar(job.source)]
        for path in files:
            if path is not None:
                spare_sources(path, [job.source for job in jobs])
        if sheet is None and is_finished(photos, groups_file, flow, overwrite=writing.overwrite):
            return photos
        with Progress(len(jobs), "looking", hidden=quiet) as progress:
            arrangement = arrange_album(
                photos,
                folder,
                work,
                groups_file=groups_file,
                processes=flow.jobs,
                is_preview=flow.dry_run,
                report=progress.advance,
            )
        arranged.append(arrangement)
        return arrangement.jobs

    code = process_inputs([str(folder)], output, work, flow, quiet=quiet, arrange=arrange)
    if sheet is not None:
        for path in write_sheets(arranged[0], sheet, overwrite=writing.overwrite):
            if not quiet:
                click.echo(f"{folder} -> {path}", err=flow.as_json)
    return code


def is_finished(
    jobs: Sequence[Job], groups_file: Path | None, flow: Flow, *, overwrite: bool
) -> bool:
    """Tell whether all results are there, so that no photo has to be looked at."""
    if overwrite or flow.manifest is not None or flow.dry_run:
        return False
    is_grouped = groups_file is None or groups_file.exists()
    return is_grouped and all(job.target.exists() for job in jobs)
