"""Every package is installed: setup.cfg lists them by hand, for models/ lies elsewhere."""

from __future__ import annotations

import configparser
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_setup_lists_every_package() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = setup["options"]["packages"].split()
    folders = {
        path.parent.relative_to(ROOT) for path in (ROOT / "colorize_lab").rglob("__init__.py")
    }
    assert sorted(listed) == sorted([*(".".join(f.parts) for f in folders), "colorize_lab.models"])
