"""Imports go downward, and no two files or rooms import each other, not even in a roundabout way.

Every import counts: those inside functions and those for the type checker, too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "colorize_lab"
# The rooms from the ground up. A module imports from its own floor and from those below it.
FLOORS = [
    {"errors", "plural", "ranges", "version", "resources"},
    {"system", "sniff", "opencv"},
    {"reporting", "running"},
    {"photo", "color", "caffe", "onnx"},
    {"distribution", "chroma", "compare"},
    {"networks", "guide", "hints", "restore", "recolor", "frame"},
    {"predictor", "recipe_kinds", "steered"},
    {"recipe"},
    {"recipe_file", "presets"},
    {"colorizer", "framed", "layered"},
    {"explain", "treatment", "loading"},
    {"variants"},
    {"batch", "video"},
    {"album"},
    {"training", "studio", "one_call"},
    {"cli"},
]
# Extras: only the command line knows them.
EXTRAS = {"training", "studio"}
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

Graph = Mapping[str, set[str]]


def list_modules(package: Path) -> dict[str, Path]:
    """List modules by dotted name, but for the front doors: __init__ and __main__ know all."""
    files = sorted({*package.rglob("*.py")} - {*package.glob("__*__.py")})
    names = (path.relative_to(package.parent).with_suffix("").as_posix() for path in files)
    dotted = (name.replace("/", ".").removesuffix(".__init__") for name in names)
    return dict(zip(dotted, files, strict=True))


def find_imports(source: str, modules: Iterable[str]) -> set[str]:
    """Find which of these modules a source imports, wherever the statement stands."""
    known = set(modules)
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} & known
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & known


def name_room(module: str) -> str:
    return module.split(".")[1]


def join_rooms(graph: Graph) -> Graph:
    """Merge the files of each room into one node."""
    rooms: dict[str, set[str]] = {}
    for module, imported in graph.items():
        others = {name_room(other) for other in imported} - {name_room(module)}
        rooms.setdefault(name_room(module), set()).update(others)
    return rooms


def find_cycle(graph: Graph) -> list[str]:
    """Name the nodes of a cycle; none where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle
    return []


def find_upward_imports(graph: Graph) -> Iterator[tuple[str, str]]:
    """Find imports of a higher floor, and of an extra from anywhere but the command line."""
    for module, imported in graph.items():
        room = name_room(module)
        for other in imported:
            above = FLOOR_OF[name_room(other)] > FLOOR_OF[room]
            extra = name_room(other) in EXTRAS and room not in (name_room(other), "cli")
            if above or extra:
                yield module, other


@pytest.fixture(scope="module")
def graph() -> Graph:
    modules = list_modules(PACKAGE)
    return {
        name: find_imports(path.read_text(encoding="utf-8"), modules) - {name}
        for name, path in modules.items()
    }


def test_every_room_has_a_floor(graph: Graph) -> None:
    assert {name_room(module) for module in graph} - FLOOR_OF.keys() == set()


def test_imports_go_downward(graph: Graph) -> None:
    assert list(find_upward_imports(graph)) == []


def test_no_files_import_each_other(graph: Graph) -> None:
    assert find_cycle(graph) == []


def test_no_rooms_import_each_other(graph: Graph) -> None:
    assert find_cycle(join_rooms(graph)) == []


def test_imports_are_found_wherever_they_stand() -> None:
    source = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from colorize_lab.photo import png
def work():
    import colorize_lab.batch.run
    from colorize_lab.video.shots import find_shots
"""
    known = ["colorize_lab.photo", "colorize_lab.photo.png", "colorize_lab.batch.run"]

    assert find_imports(source, [*known, "colorize_lab.video.shots", "colorize_lab.cli"]) == {
        *known,
        "colorize_lab.video.shots",
    }


def test_wrong_graphs_are_found() -> None:
    upward = {"colorize_lab.photo.read": {"colorize_lab.cli.main"}}
    beside = {"colorize_lab.video.shots": {"colorize_lab.training.loop"}}
    files = {"colorize_lab.photo.a": {"colorize_lab.color.b"}, "colorize_lab.color.c": set()}
    rooms = {**files, "colorize_lab.color.c": {"colorize_lab.photo.d"}}

    assert list(find_upward_imports(upward))
    assert list(find_upward_imports(beside))
    assert find_cycle(files) == find_cycle(rooms) == find_cycle(join_rooms(files)) == []
    assert set(find_cycle(join_rooms(rooms))) == {"photo", "color"}
