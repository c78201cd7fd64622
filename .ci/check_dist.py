"""Check the built wheel and sdist, or that the installed program is what the wheel holds."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tarfile
import zipfile
from pathlib import Path

LARGEST_WHEEL = 12_000_000
IN_WHEEL = (
    "colorize_lab/py.typed",
    "colorize_lab/models/bins.npy",
    "colorize_lab/models/prior.npy",
    "colorize_lab/models/compact/compact.caffemodel",
    "colorize_lab/models/compact/deploy.prototxt",
    "colorize_lab/models/compact/network.json",
    "colorize_lab/models/zhang-eccv16/network.json",
)
IN_SDIST = ("README.md", "tests/conftest.py", "docs/index.md", "examples/one_photo.py")


def find_faults(dist: Path) -> list[str]:
    """List what is wrong with a folder of distributions."""
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    faults = []
    if wheel.stat().st_size > LARGEST_WHEEL:
        faults.append(f"{wheel.name} has {wheel.stat().st_size:,} bytes")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    faults += [f"{wheel.name} lacks {name}" for name in IN_WHEEL if name not in names]
    modules = {path.as_posix() for path in Path("colorize_lab").rglob("*.py")}
    faults += [f"{wheel.name} lacks {name}" for name in sorted(modules - names)]
    with tarfile.open(sdist) as tar:
        contents = {name.partition("/")[2] for name in tar.getnames()}
    return faults + [f"{sdist.name} lacks {name}" for name in IN_SDIST if name not in contents]


def find_differences(dist: Path) -> list[str]:
    """List the files of the wheel that are installed differently."""
    spec = importlib.util.find_spec("colorize_lab")
    if spec is None or spec.origin is None:
        return ["colorize_lab is not installed"]
    site = Path(spec.origin).parents[1]
    if site == Path.cwd():
        return ["colorize_lab is imported from the source tree"]
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return [
            f"{site / name} differs from the wheel's"
            for name in archive.namelist()
            if name.startswith("colorize_lab/")
            and not ((site / name).is_file() and (site / name).read_bytes() == archive.read(name))
        ]


def main() -> int:
    """Print the faults; the exit code says whether there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dist", type=Path)
    parser.add_argument("--installed", action="store_true")
    options = parser.parse_args()
    faults = (find_differences if options.installed else find_faults)(options.dist)
    for fault in faults:
        print(fault, file=sys.stderr)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
