"""Engines: the libraries that can run a network, behind one small interface.

A new engine is a new file in this folder and an entry in `choose.ENGINES`.
"""

from colorize_lab.networks.engines.choose import ENGINE_NAMES, EngineChoice, choose_engine
from colorize_lab.networks.engines.session import (
    CaffeFiles,
    EngineError,
    Loaded,
    OnnxFile,
    Session,
)

__all__ = [
    "ENGINE_NAMES",
    "CaffeFiles",
    "EngineChoice",
    "EngineError",
    "Loaded",
    "OnnxFile",
    "Session",
    "choose_engine",
]
