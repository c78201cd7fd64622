"""The hidden folder beside a film from which an interrupted run continues."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from colorize_lab.errors import OutputError, VideoError
from colorize_lab.system.atomic import explain_errors, make_folder, write_file
from colorize_lab.system.lock import hold_lock
from colorize_lab.system.reading import explain_read_errors
from colorize_lab.video.first_pass import json_to_plan, plan_to_json
from colorize_lab.video.io.frame_folder import list_frames
from colorize_lab.video.io.writer import Encoding
from colorize_lab.video.plan import FilmPlan
from colorize_lab.video.settings import FilmSettings

__all__ = [
    "WorkFolder",
    "find_kept_work",
    "identify_work",
    "name_work_folder",
    "open_work_folder",
    "remove_finished_work",
]

logger = logging.getLogger(__name__)

PREFIX = "colorize-lab-work"
LOCK_NAME = "lock"
# Of the hexadecimal digits of SHA-256: enough to tell the runs of one film apart.
DIGITS = 16


@dataclass(frozen=True)
class WorkFolder:
    """Plan and finished segments of one film, made of one source with one set of settings.

    Attributes
    ----------
    path : Path
        The folder.
    """

    path: Path

    def segment_path(self, start: int, stop: int, identity: str = "") -> Path:
        """Name the file of the frames from ``start`` to before ``stop``.

        Segments appear under this name only when they are complete. Those that outlive a run are
        told apart by their identity.
        """
        mark = f"-{identity[:DIGITS]}" if identity else ""
        return self.path / f"frames-{start:08d}-{stop:08d}{mark}.nut"

    def remove_segments(self, kept: Collection[Path]) -> None:
        """Remove the segments of earlier runs that are of no use any more."""
        for path in set(self.list_segments()) - set(kept):
            with suppress(OSError):
                path.unlink()

    def list_segments(self) -> list[Path]:
        """List the finished segments, in order."""
        return sorted(self.path.glob("frames-*"))

    def store_plan(self, plan: FilmPlan) -> None:
        """Store the plan for a resumed run."""
        write_file(plan_to_json(plan).encode(), self.plan_path, overwrite=True)

    def load_plan(self, source: Path) -> FilmPlan | None:
        """Read the plan of an interrupted run; None if it got no further than planning.

        The source is the one that was planned, but may have another name: as seen from elsewhere.
        """
        try:
            plan = json_to_plan(self.plan_path.read_text(encoding="utf-8"))
            return replace(plan, info=replace(plan.info, source=source))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, VideoError) as error:  # the same plan is made again
            logger.warning("the plan of the interrupted run cannot be read: %s", error)
            return None

    def remove_unfinished(self) -> None:
        """Remove what a killed run was about to write.

        Its ffmpeg may live a moment longer: what it still writes has no name any more.
        """
        kept = {self.plan_path, self.path / LOCK_NAME, *self.list_segments()}
        for path in set(self.path.iterdir()) - kept:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with suppress(OSError):  # Windows removes no open files
                    path.unlink()

    @property
    def plan_path(self) -> Path:
        """Path of the plan."""
        return self.path / "plan.json"


def identify_work(
    source: Path, settings: FilmSettings, encoding: Encoding, records: Mapping[str, str]
) -> str:
    """Hash all that decides what the segments look like.

    Parameters
    ----------
    source : Path
        A film or a folder of frames; it is known by its files' names, sizes and times.
    settings : FilmSettings
        How it is made.
    encoding : Encoding
        How it is compressed.
    records : mapping of str to str
        What :meth:`colorize_lab.colorizer.Colorizer.provenance` says.

    Raises
    ------
    InputError
        For a source that is not there, or a folder without frames.
    """
    with explain_read_errors(source):
        # Of a folder the frames alone: work and film may lie beside them.
        files = list_frames(source) if source.is_dir() else [source]
        states = [(file.name, file.stat()) for file in files]
    identity = [(name, state.st_size, state.st_mtime_ns) for name, state in states]
    same = replace(settings, resume=False, overwrite=False, shots=())
    described = json.dumps(
        [str(source.resolve()), identity, repr(same), repr(encoding), dict(records)]
    )
    return hashlib.sha256(described.encode()).hexdigest()


def name_work_folder(target: Path, identity: str) -> Path:
    """Name the work folder of a film; it lies beside the target."""
    return target.with_name(f".{target.name}.{PREFIX}-{identity[:DIGITS]}")


@contextmanager
def open_work_folder(
    target: Path, identity: str, *, resume: bool, keep: bool = False
) -> Iterator[WorkFolder]:
    """Make the work folder of a film, or find it again; it goes when the film is done.

    Left by an error or an interruption, it stays where it holds a plan.

    Parameters
    ----------
    target : Path
        The film to make; the folder lies beside it, so that a renaming is enough at the end.
    identity : str
        From `identify_work`.
    resume : bool
        Continue with an existing folder; otherwise it is replaced.
    keep : bool
        It stays when the film is done, for the next run with the same identity.

    Raises
    ------
    OutputError
        The folder cannot be made, what is there was made with other settings, or another process
        is making the film.
    """
    work = WorkFolder(name_work_folder(target, identity))
    earlier = find_work_folders(target)
    if resume and earlier and work.path not in earlier:
        raise OutputError(
            f"the interrupted work on {target} was made with other settings, or its source has "
            "changed; pass the same options, or omit --resume to start over"
        )
    for folder in earlier:
        if not ((resume or keep) and folder == work.path):
            remove_work(folder, target)
    make_folder(work.path)
    with hold_work(work.path, target):
        work.remove_unfinished()
        try:
            yield work
        except BaseException:
            keep = work.plan_path.exists()
            raise
        finally:
            if not keep:  # while it is held: in the next moment it may be another's
                shutil.rmtree(work.path, ignore_errors=True)


@contextmanager
def hold_work(folder: Path, target: Path) -> Iterator[None]:
    """Keep other processes out of a work folder.

    Raises
    ------
    OutputError
        One is in there.
    """
    with ExitStack() as stack:
        with explain_errors(folder):
            try:
                stack.enter_context(hold_lock(folder / LOCK_NAME))
            except BlockingIOError as error:
                raise OutputError(
                    f"another process is writing {target}; wait for it to finish or choose "
                    "another -o"
                ) from error
        yield


def remove_work(folder: Path, target: Path) -> None:
    """Remove what an interrupted run has left, unless it is still running."""
    with hold_work(folder, target):
        shutil.rmtree(folder, ignore_errors=True)


def remove_finished_work(target: Path) -> None:
    """Remove what is left by a run that was killed when the film had got its name already.

    Parameters
    ----------
    target : Path
        The film, which is there. Work that is newer is to replace it, and stays.
    """
    with suppress(OSError, OutputError):  # somebody is in there, or we are not let in
        made = target.stat().st_mtime_ns
        for folder in find_work_folders(target):
            if all(path.stat().st_mtime_ns <= made for path in folder.iterdir()):
                remove_work(folder, target)


def find_kept_work(target: Path) -> WorkFolder | None:
    """Find what a run that has just ended early keeps for the next one; None if it is nothing.

    Parameters
    ----------
    target : Path
        The film that was in the making.
    """
    kept = map(WorkFolder, find_work_folders(target))
    return next((work for work in kept if work.plan_path.exists()), None)


def find_work_folders(target: Path) -> list[Path]:
    """List what interrupted runs have left for a film, whatever their settings were."""
    start = f".{target.name}.{PREFIX}-"
    folder = target.parent
    return sorted(p for p in folder.iterdir() if p.name.startswith(start) and p.is_dir())
