"""The process that hostile files are given to: it may crash, hang or eat memory, and is watched.

Run by `__main__.py` with a list of kinds, a seed, and the first and the last case; it writes a line
of JSON for each case. Sockets, processes, pickles and files outside of the case's folder are seen
by an audit hook, from wherever in Python they come.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.targets import Kind

MEBIBYTE = 1 << 20
# Address space beyond what the libraries take when they are loaded: ends what would end the
# machine. What is measured against the stated limit is the memory that was really taken.
ADDRESS_SPACE = 4096 * MEBIBYTE
FORBIDDEN_EVENTS = frozenset(
    {"os.exec", "os.fork", "os.posix_spawn", "os.system", "pickle.find_class", "socket.connect"}
    | {"subprocess.Popen"}
)
WRITING_EVENTS = frozenset(
    {"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate"}
)
LONGEST_MESSAGE = 600


@dataclass(frozen=True)
class Outcome:
    """How a case went.

    Attributes
    ----------
    number : int
        Of the case.
    kind : str
        Of the file.
    error : str
        The class of the error that refused it; empty where it was used.
    seconds : float
        Processor time that it took.
    memory : int
        Bytes of memory that it took at most, beyond what the process had.
    problem : str
        What must not be; empty where all is well.
    """

    number: int
    kind: str
    error: str
    seconds: float
    memory: int
    problem: str


class Watch:
    """An audit hook: notes what no file may cause while a case runs."""

    def __init__(self) -> None:
        self.folder = ""
        self.seen: list[str] = []

    def start(self, folder: Path) -> None:
        self.folder, self.seen = os.path.realpath(folder), []

    def stop(self) -> None:
        self.folder = ""

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.folder:
            return
        if event in FORBIDDEN_EVENTS or (event == "open" and is_writing(arguments[2])):
            self.note(event, arguments[:1])
        elif event in WRITING_EVENTS:
            self.note(event, arguments[:2])

    def note(self, event: str, arguments: tuple[object, ...]) -> None:
        paths = [a for a in arguments if isinstance(a, (str, bytes, os.PathLike))]
        inside = (self.is_inside(path) for path in paths)
        if event in FORBIDDEN_EVENTS or not all(inside):
            self.seen.append(f"{event}{arguments!r:.200}")

    def is_inside(self, path: str | bytes | os.PathLike[str]) -> bool:
        real = os.path.realpath(Path(os.fsdecode(path)).parent)
        return real == self.folder or real.startswith(self.folder + os.sep)


def is_writing(flags: object) -> bool:
    """Tell flags of ``open`` that write."""
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def run_case(kinds: Sequence[str], seed: int, number: int, watch: Watch) -> Outcome:
    """Make a case's file, use it, and judge how that went."""
    kind = pick_kind(kinds, number)
    data = make_case(kind, seed, number)
    with TemporaryDirectory() as name:
        folder = Path(name, "case")
        folder.mkdir()
        used = reset_peak()
        start = time.process_time()
        watch.start(folder)
        error, problem = use_case(kind, data, folder)
        watch.stop()
        seconds, memory = time.process_time() - start, read_status("VmHWM") - used
    problem = "; ".join(filter(None, (problem, *watch.seen)))
    return Outcome(number, kind, error, seconds, memory, problem)


def pick_kind(kinds: Sequence[str], number: int) -> str:
    """Take the kinds in turn."""
    return kinds[number % len(kinds)]


def find_kind(name: str) -> Kind:
    """Find a kind of files; the fuzzer's own tests have others."""
    from tests.fuzz.targets import KINDS

    if os.environ.get("FUZZ_SELF_TEST"):
        from tests.fuzz.selftest import SELF_TESTS

        return (KINDS | SELF_TESTS)[name]
    return KINDS[name]


def make_case(kind: str, seed: int, number: int) -> bytes:
    """Make a case's file: the same for the same seed and number."""
    from tests.fuzz.mutations import damage

    rng = Random(f"{seed} {kind} {number}")
    chosen = find_kind(kind)
    return damage(rng.choice(chosen.seeds), rng, chosen.container)


def use_case(kind: str, data: bytes, folder: Path) -> tuple[str, str]:
    """Use a file; return the class of the error that came, and what is wrong with it."""
    from colorize_lab.errors import ColorizeLabError

    try:
        find_kind(kind).use(data, folder)
    except ColorizeLabError as error:
        return type(error).__name__, judge_error(error)
    except BaseException as error:
        return type(error).__name__, f"{type(error).__name__}: {error!s:.300}"
    return "", ""


def judge_error(error: BaseException) -> str:
    """Say what is wrong with one of our own errors; nothing, most often."""
    message = str(error)
    if type(error).exit_code in (0, 1, 70):
        return f"{type(error).__name__} has no exit code of its own"
    if not message or len(message) > LONGEST_MESSAGE or not message.isprintable():
        return f"no sentence: {message[:300]!r}"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError):
            return "the memory ran out before the file was refused"
        cause = cause.__cause__ or cause.__context__
    return ""


def reset_peak() -> int:
    """Forget the highest use of memory so far; returns the present one in bytes."""
    Path("/proc/self/clear_refs").write_text("5")
    return read_status("VmRSS")


def read_status(name: str) -> int:
    """Read a figure of this process in bytes."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0]) * 1024


def main(kinds: Sequence[str], seed: int, first: int, last: int) -> None:
    """Run cases, and write how each went."""
    # What libraries say goes elsewhere: the lines that are read are ours alone.
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    watch = Watch()
    for kind in kinds:  # what is imported and built once is no case's cost
        with TemporaryDirectory() as folder:
            for sound in find_kind(kind).seeds:
                find_kind(kind).use(sound, Path(folder))
    limit = read_status("VmSize") + ADDRESS_SPACE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(watch)
    print("ready", file=lines, flush=True)
    for number in range(first, last):
        outcome = run_case(kinds, seed, number, watch)
        print(json.dumps(asdict(outcome)), file=lines, flush=True)


if __name__ == "__main__":
    main(sys.argv[1].split(","), *map(int, sys.argv[2:5]))
