"""The manifest: one line of JSON per photo, from which a later run sees what was done, and how.

During a run, the file is a journal: one line when a photo starts and one when it ends, each
on disk before the work continues; the last line about a result holds. When the run ends, lines
that no longer hold are removed.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from colorize_lab.batch.result import Result
from colorize_lab.errors import InputError, OutputError
from colorize_lab.system.atomic import explain_errors, write_file
from colorize_lab.system.lock import lock_file
from colorize_lab.system.reading import explain_read_errors
from colorize_lab.system.stamp import Stamp
from colorize_lab.version import __version__

__all__ = ["Manifest", "Past", "full_name", "open_manifest", "read_manifest"]

logger = logging.getLogger(__name__)

# How each line begins; a file that does not is somebody else's, and is left alone.
BEGINNING = b'{"state": "'
STAMPS = ("source_stamp", "target_stamp")
STATES = frozenset({"started", "done", "copied", "skipped", "left alone", "left aside", "failed"})


@dataclass(frozen=True)
class Past:
    """Manifest entry of one result.

    Attributes
    ----------
    state : {"started", "done", "copied", "skipped", "left alone", "left aside", "failed"}
        Started: the run was ended from outside.
    source : str
        Absolute path of the photo.
    settings : str
        JSON of what decided how the result looks.
    source_stamp, target_stamp : Stamp or None
        Of the photo, and of the last result that was made of it.
    """

    state: str
    source: str
    settings: str
    source_stamp: Stamp | None
    target_stamp: Stamp | None


class Manifest:
    """A manifest that this run writes; use :func:`open_manifest`.

    Parameters
    ----------
    path : Path
        Where it lies.
    file : file
        The same, open for appending, unbuffered and locked.
    settings : mapping
        What decides how results look, as JSON's types.
    own_settings : mapping of str to mapping
        The same for results that have settings of their own, by their paths.
    """

    def __init__(
        self,
        path: Path,
        file: IO[bytes],
        settings: Mapping[str, Any],
        own_settings: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    ) -> None:
        self.settings = settings
        self._own_settings = own_settings
        self._path = path
        self._file = file
        data = file.read()
        self.pasts = parse_manifest(data, path)
        file.truncate(find_end(data))  # of a line that a killed run had not finished

    def add(self, result: Result) -> None:
        """Write a result's line, and wait until the disk has it.

        Raises
        ------
        OutputError
            When it cannot be written; what stood there before still does.
        """
        target = full_name(result.target)
        past = self.pasts.get(target)
        if past is not None:
            if result.state == "skipped":
                return
            result = replace(result, target_stamp=result.target_stamp or past.target_stamp)
        settings = self._own_settings.get(result.target, self.settings)
        line = format_line(result, settings)
        self._append(line)
        self.pasts[target] = parse_line(line)[1]

    def _append(self, line: bytes) -> None:
        with explain_errors(self._path):
            end = self._file.seek(0, os.SEEK_END)
            try:
                rest = memoryview(line)
                while rest:  # a disk that becomes full takes a part
                    rest = rest[self._file.write(rest) :]
                os.fsync(self._file.fileno())
            except OSError:
                self._file.truncate(end)
                raise

    def tidy(self) -> None:
        """Keep the last line about each result; a journal that cannot be tidied holds as well."""
        self._file.seek(0)
        lines = self._file.read().splitlines(keepends=True)
        last = {parse_line(line)[0]: line for line in lines}
        if len(last) < len(lines):
            try:
                write_file(b"".join(last.values()), self._path, overwrite=True)
            except OutputError as error:
                logger.warning("outdated lines remain in the manifest (%s)", error)


@contextmanager
def open_manifest(
    path: Path,
    settings: Mapping[str, Any],
    own_settings: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Iterator[Manifest]:
    """Open a manifest for one run, or begin one.

    Parameters
    ----------
    path : Path
        The file; another run cannot open it until this one ends.
    settings : mapping
        What decides how results look, as JSON's types.
    own_settings : mapping of str to mapping
        The same for results that have settings of their own, by their paths.

    Raises
    ------
    InputError
        If the file is not a manifest; it is not touched.
    OutputError
        When it cannot be written, or another run writes to it.
    """
    path = Path(os.path.realpath(path))
    with open_locked(path) as file:
        manifest = Manifest(path, file, settings, own_settings)
        try:
            yield manifest
        finally:
            manifest.tidy()


def read_manifest(path: Path) -> dict[str, Past]:
    """Read what a manifest knows, by the absolute paths of results; nothing if there is none.

    Raises
    ------
    InputError
        If the file cannot be read or is not a manifest.
    """
    with explain_read_errors(path):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return {}
    return parse_manifest(data, path)


def open_locked(path: Path) -> IO[bytes]:
    """Open a file for appending that no other process may open so."""
    while True:
        with explain_errors(path):
            if path.exists() and not path.is_file():
                raise OutputError(f"{path} is not a regular file; choose another manifest")
            file = path.open("a+b", buffering=0)
            try:
                lock_file(file)
            except BlockingIOError:
                file.close()
                raise OutputError(
                    f"another run is writing to {path}; wait for it to finish or choose another "
                    "manifest"
                ) from None
            except OSError:
                logger.info(
                    "file locks are unavailable; do not let two runs write %s at once", path
                )
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                file.seek(0)
                return file
            file.close()  # the run before tidied it in this moment, and so replaced it


def full_name(path: str | Path) -> str:
    """Name a file so that it is found again from any folder, and by any link."""
    return os.path.realpath(path)  # unlike Path.resolve it takes links that lead nowhere


def parse_manifest(data: bytes, path: Path) -> dict[str, Past]:
    """Read all lines; the last one may be torn, and the last about a result holds."""
    end = find_end(data)
    pasts: dict[str, Past] = {}
    try:
        for line in data[:end].splitlines():
            target, past = parse_line(line)
            pasts[target] = past
        if not (data[end:].startswith(BEGINNING) or BEGINNING.startswith(data[end:])):
            raise ValueError("it does not start with a record")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"{path} is not a manifest or contains foreign lines ({error}); choose another file"
        ) from error
    return pasts


def find_end(data: bytes) -> int:
    """Return where the last whole line ends."""
    return data.rfind(b"\n") + 1


def parse_line(line: bytes) -> tuple[str, Past]:
    """Read a line: the result's path, and what is known of it.

    Raises
    ------
    ValueError, KeyError, TypeError
        If it is not a record of a manifest.
    """
    record = json.loads(line)
    if record["state"] not in STATES or not isinstance(record["target"], str):
        raise ValueError("it has no state or no target")
    stamps = (record[name] for name in STAMPS)
    source, target = (None if stamp is None else Stamp(**stamp) for stamp in stamps)
    # Nearly always the same for all photos: kept once.
    settings = sys.intern(json.dumps(record["settings"], sort_keys=True))
    past = Past(record["state"], str(record["source"]), settings, source, target)
    return record["target"], past


def format_line(result: Result, settings: Mapping[str, Any]) -> bytes:
    """Write a line; names that are not UTF-8 stay as they are."""
    record = {
        "state": result.state,
        **asdict(result),
        "source": full_name(result.source),
        "target": full_name(result.target),
        "version": __version__,
        "settings": settings,
    }
    text = json.dumps(record, ensure_ascii=False)
    # A byte of a name that is not UTF-8 is a lone surrogate, whose escape is JSON's own.
    return text.encode("utf-8", "backslashreplace") + b"\n"
