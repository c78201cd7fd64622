"""Imports go downwards only."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "colorize_lab"
# The rooms from the ground up; a module may import from its own floor and from those below it.
FLOORS = [
    {"errors", "version", "resources"},
    {"system", "sniff", "opencv"},
    {"running", "reporting"},
    {"photo", "color"},
    {"distribution", "chroma", "caffe", "compare"},
    {"networks", "guide", "hints", "restore"},
    {"recipe"},
    {"colorizer"},
    {"explain", "recolor"},
    {"batch", "training", "video"},
    {"cli"},
]
# The front doors, __init__ and __main__, know every room.
MODULES = sorted({*PACKAGE.rglob("*.py")} - {*PACKAGE.glob("__*__.py")})
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def find_upward_imports(source: str, room: str) -> list[str]:
    """Rooms that a module imports though they lie above it (or beside it, as training does)."""
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module)
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    rooms = {name.split(".")[1] for name in imported if name.startswith("colorize_lab.")}
    allowed = {r for r in FLOOR_OF if FLOOR_OF[r] <= FLOOR_OF[room]}
    return sorted(
        r for r in rooms - {room} if r not in allowed or (r == "training" and room != "cli")
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_module_imports_downwards(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert find_upward_imports(path.read_text(encoding="utf-8"), room) == []


def test_upward_import_is_found() -> None:
    assert find_upward_imports("from colorize_lab.cli.main import run", "photo") == ["cli"]
    assert find_upward_imports("import colorize_lab.training.loop", "batch") == ["training"]
