"""Names of results: one target per photo."""

from __future__ import annotations

import mimetypes
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from colorize_lab.batch.sources import PHOTO_SUFFIXES
from colorize_lab.errors import OutputError
from colorize_lab.photo import find_format, list_suffixes
from colorize_lab.recipe import Recipe

__all__ = ["Job", "OutputOptions", "check_targets", "plan_jobs"]

# BMP and PNM have no room for metadata, so what is made from one becomes PNG, and so does what is
# of a format that is only read.
WITHOUT_METADATA = {".bmp", ".pbm", ".pgm", ".pnm", ".ppm"}
KEPT_SUFFIXES = frozenset(list_suffixes(written=True)) - WITHOUT_METADATA


@dataclass(frozen=True)
class Job:
    """One photo to color.

    Attributes
    ----------
    source : Path
        The photo.
    target : Path
        Where the colored one goes.
    anew : str or None
        Why it is worked on again, where an earlier run has done so.
    replaces : bool
        A result that is there is replaced; else it is kept.
    recipe : Recipe or None
        Of this photo alone; None takes the batch's.
    """

    source: Path
    target: Path
    anew: str | None = None
    replaces: bool = False
    recipe: Recipe | None = None


@dataclass(frozen=True)
class OutputOptions:
    """Folder, suffix and format of the results.

    Attributes
    ----------
    output : Path or None
        A file (for one photo) or a folder; None puts each beside its source.
    suffix : str
        Put behind the name's stem.
    format : str or None
        Ending without the dot, such as ``png``; None keeps the source's.
    """

    output: Path | None = None
    suffix: str = "-colorized"
    format: str | None = None


def plan_jobs(photos: Iterable[tuple[Path, Path]], options: OutputOptions) -> list[Job]:
    """Decide where every result goes.

    Parameters
    ----------
    photos : iterable of (Path, Path)
        From :func:`colorize_lab.batch.find_photos`.
    options : OutputOptions
        Where to put them.

    Returns
    -------
    list of Job
        In the order of the photos.

    Raises
    ------
    OutputError
        When several photos would go into one file, one over a source, one out of the results'
        folder, or a file's name ends otherwise than the wanted format.
    """
    photos = list(photos)
    if options.output is not None and is_file_name(options.output, len(photos)):
        check_ending(options.output, options.format)
        jobs = [Job(photos[0][0], options.output)]
    else:
        targets = [name_target(photo, root, options) for photo, root in photos]
        uses = Counter(targets)
        jobs = []
        for (photo, root), target in zip(photos, targets, strict=True):
            if uses[target] > 1:
                # a.jpg and a.png would both become a-colorized.png: keep the ending in the name.
                target = name_target(photo, root, options, keep_ending=True)
            jobs.append(Job(photo, target))
        if options.output is not None:
            check_folder(jobs, options.output)
    check_targets(jobs)
    return jobs


def is_file_name(output: Path, photo_count: int) -> bool:
    """Tell a file from a folder: a file has an image extension and is not a folder."""
    kind = mimetypes.guess_type(output.name)[0] or ""
    is_picture = output.suffix.lower() in PHOTO_SUFFIXES or kind.startswith("image/")
    is_file = is_picture and not output.is_dir()
    if is_file and photo_count > 1:
        raise OutputError(
            f"{output} is a file, but there are {photo_count} photos; pass a folder with -o"
        )
    return is_file


def check_ending(output: Path, format: str | None) -> None:
    """Refuse a file name without the extension of a writable format, or of the wanted one."""
    if find_format(output.suffix) is not find_format(format or output.suffix):
        raise OutputError(
            f"{output} lacks the extension of {format} files; rename it or omit --format"
        )


def name_target(
    photo: Path, root: Path, options: OutputOptions, *, keep_ending: bool = False
) -> Path:
    """Name the result of a photo; folders below ``root`` are kept."""
    if options.format:
        ending = f".{options.format}"
    else:
        ending = photo.suffix if photo.suffix.lower() in KEPT_SUFFIXES else ".png"
    stem = photo.name if keep_ending else photo.stem
    folder = photo.parent
    if options.output is not None:
        folder = options.output / photo.parent.relative_to(root)
    return folder / f"{stem}{options.suffix}{ending}"


def check_folder(jobs: Sequence[Job], folder: Path) -> None:
    """Refuse a plan in which a link inside the results' folder leads a result out of it."""
    root = folder.resolve()
    for parent in dict.fromkeys(job.target.parent for job in jobs):
        if not parent.resolve().is_relative_to(root):
            raise OutputError(
                f"{parent} is a link that leads out of {folder}; remove it or choose another -o"
            )


def check_targets(jobs: Sequence[Job]) -> None:
    """Refuse a plan in which a result would replace a source or another result.

    Names that differ in case only are one name on many disks, such as those of macOS, Windows
    and cameras.
    """
    # Of 50,000 photos most lie in a few folders, and following links takes longest.
    resolve_folder = lru_cache(maxsize=1024)(os.path.realpath)

    def resolve(path: Path) -> str:
        if path.is_symlink():
            return os.path.realpath(path)
        return os.path.join(resolve_folder(path.parent), path.name)  # noqa: PTH118

    sources = {resolve(job.source) for job in jobs}
    targets: set[str] = set()
    for job in jobs:
        target = resolve(job.target)
        if target in sources:
            raise OutputError(
                f"{job.target} would overwrite a source; choose another -o or --suffix"
            )
        if target in targets:
            raise OutputError(
                f"two sources would be written to {job.target}; choose another -o or --suffix"
            )
        targets.add(target)
    check_cases(targets)


def check_cases(targets: Iterable[str]) -> None:
    """Refuse names that differ in case only, where the disk takes them for one."""
    seen: dict[str, str] = {}
    for target in targets:
        other = seen.setdefault(target.casefold(), target)
        if other != target and ignores_case(Path(target).parent):
            raise OutputError(
                f"{other} and {target} are one file on this disk, which ignores case; rename a "
                "source or choose another -o"
            )


def ignores_case(folder: Path) -> bool:
    """Tell whether names below a folder, which need not exist yet, are found in any case."""
    for parent in (folder, *folder.parents):
        swapped = parent.with_name(parent.name.swapcase())
        if swapped != parent and parent.exists():
            return swapped.exists() and swapped.samefile(parent)
    return False
