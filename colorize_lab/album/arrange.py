"""The arranging of an album: look, group, and give each photo its recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from colorize_lab.album.correction import Correction, find_correction
from colorize_lab.album.group import Group, group_photos
from colorize_lab.album.groups_file import read_groups, write_groups
from colorize_lab.album.look import Looked, look_at_photos
from colorize_lab.album.plan import plan_album
from colorize_lab.batch import Job, PhotoWork

__all__ = ["Arrangement", "arrange_album"]


@dataclass(frozen=True)
class Arrangement:
    """An album that is ready to be colored.

    Attributes
    ----------
    groups : sequence of Group
        All photos, each in one group.
    jobs : sequence of Job
        Group by group, each with its recipe.
    anchors : mapping of Path to str
        Photos that the others of their groups follow, and why: ``corrected`` or ``in color``.
    """

    groups: Sequence[Group]
    jobs: Sequence[Job]
    anchors: Mapping[Path, str]


def arrange_album(
    jobs: Sequence[Job],
    folder: Path,
    work: PhotoWork,
    *,
    groups_file: Path | None = None,
    processes: int = 1,
    is_preview: bool = False,
    report: Callable[[], None] = lambda: None,
) -> Arrangement:
    """Group the photos of an album, and make each like the others of its group.

    Parameters
    ----------
    jobs : sequence of Job
        From `colorize_lab.batch.plan_jobs`, without the files for which `is_sidecar` is true.
    folder : Path
        The album, from which the names in the file of groups are reckoned.
    work : PhotoWork
        The album's settings.
    groups_file : Path, optional
        Read if it exists, else written.
    processes : int
        How many photos are looked at side by side.
    is_preview : bool
        Find the groups only; the jobs get no recipes.
    report : callable
        Called after each photo has been looked at.

    Raises
    ------
    ColorizeLabError
        If the file of groups or a correction cannot be used.
    """
    paths = [job.source for job in jobs]
    corrections = find_corrections(paths, work.writing.max_megapixels)
    given = None
    if groups_file is not None and groups_file.exists():
        given = read_groups(groups_file, folder, paths)
    album = look_at_photos(paths, work, processes=processes, report=report)
    groups = given or find_groups(paths, album)
    if groups_file is not None and given is None:
        write_groups(groups, groups_file, folder)
    if not is_preview:
        jobs = plan_album(jobs, groups, album, corrections, work)
    return Arrangement(groups, jobs, name_anchors(groups, album, corrections))


def find_corrections(paths: Sequence[Path], max_megapixels: float) -> dict[Path, Correction]:
    """Read the corrections beside photos."""
    found = {path: find_correction(path, max_megapixels=max_megapixels) for path in paths}
    return {path: one for path, one in found.items() if one is not None}


def find_groups(paths: Sequence[Path], album: Mapping[Path, Looked]) -> list[Group]:
    """Group the photos; those that cannot be read are each alone."""
    groups = group_photos(list(album.values()))
    return [*groups, *(Group((path,)) for path in paths if path not in album)]


def name_anchors(
    groups: Sequence[Group],
    album: Mapping[Path, Looked],
    corrections: Mapping[Path, Correction],
) -> dict[Path, str]:
    """Say which photos the others of their groups follow, and why."""
    colored = {path: "in color" for path, looked in album.items() if looked.is_left_alone}
    reasons = colored | dict.fromkeys(corrections, "corrected")
    followed = {path for group in groups if len(group.photos) > 1 for path in group.photos}
    return {path: reason for path, reason in reasons.items() if path in followed}
