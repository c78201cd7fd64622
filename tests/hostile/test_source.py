"""No code is run from a file: what could is looked for in the source."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted([*ROOT.glob("colorize_lab/**/*.py"), *ROOT.glob("benchmarks/**/*.py")])
MODULES_THAT_RUN_CODE = {"cPickle", "code", "dill", "joblib", "marshal", "pickle", "shelve", "yaml"}
CALLS_THAT_RUN_CODE = {"__import__", "compile", "eval", "exec"}
METHODS_THAT_RUN_CODE = {("os", "popen"), ("os", "system"), ("tempfile", "mktemp")}
# What must stand in a call, by the module's short name and the function.
WANTED_SETTINGS = {
    ("np", "load"): ("allow_pickle", False),
    ("numpy", "load"): ("allow_pickle", False),
    ("torch", "load"): ("weights_only", True),
}
# They write where an archive's names say.
METHODS_OF_ARCHIVES = {"extract", "extractall", "unpack_archive"}


def find_dangers(source: str) -> list[str]:
    """List what could run code from a file, or write where a file says."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.split(".")[0] in MODULES_THAT_RUN_CODE]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module] * (node.module.split(".")[0] in MODULES_THAT_RUN_CODE)
        elif isinstance(node, ast.Call):
            found += find_dangers_of_call(node)
    return found


def find_dangers_of_call(call: ast.Call) -> list[str]:
    """List what is wrong with a call."""
    settings = {k.arg: getattr(k.value, "value", None) for k in call.keywords}
    found = ["shell=True"] * (settings.get("shell", False) is not False)
    if isinstance(call.func, ast.Name):
        found += [call.func.id] * (call.func.id in CALLS_THAT_RUN_CODE)
    elif isinstance(call.func, ast.Attribute):
        owner = getattr(call.func.value, "id", "")
        name = (owner, call.func.attr)
        wanted = WANTED_SETTINGS.get(name)
        is_danger = name in METHODS_THAT_RUN_CODE or call.func.attr in METHODS_OF_ARCHIVES
        if is_danger or (wanted and settings.get(wanted[0]) is not wanted[1]):
            found.append(".".join(name))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_nothing_runs_code_from_a_file(path: Path) -> None:
    assert find_dangers(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "danger"),
    [
        ("import pickle", "pickle"),
        ("from yaml import load", "yaml"),
        ("eval(text)", "eval"),
        ("np.load(path)", "np.load"),
        ("np.load(path, allow_pickle=True)", "np.load"),
        ("np.load(path, allow_pickle=allowed)", "np.load"),
        ("torch.load(path)", "torch.load"),
        ("torch.load(path, weights_only=False)", "torch.load"),
        ("subprocess.run(command, shell=True)", "shell=True"),
        ("os.system(command)", "os.system"),
        ("archive.extractall(folder)", "archive.extractall"),
    ],
)
def test_each_danger_is_found(source: str, danger: str) -> None:
    assert find_dangers(source) == [danger]


def test_what_is_safe_is_not_found() -> None:
    safe = "network.eval(); np.load(p, allow_pickle=False); torch.load(p, weights_only=True)"
    assert find_dangers(f"import json; {safe}; re.compile('a'); run([name], shell=False)") == []
