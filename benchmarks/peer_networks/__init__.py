"""Peers' networks with random weights: the layers that their authors published, written as ONNX."""

from benchmarks.peer_networks.builder import Builder
from benchmarks.peer_networks.ddcolor import DDCOLOR, DDCOLOR_TINY, DDColorWidths, build_ddcolor
from benchmarks.peer_networks.deoldify import (
    ARTISTIC,
    STABLE,
    DeOldifyWidths,
    build_deoldify,
)

__all__ = [
    "ARTISTIC",
    "DDCOLOR",
    "DDCOLOR_TINY",
    "STABLE",
    "Builder",
    "DDColorWidths",
    "DeOldifyWidths",
    "build_ddcolor",
    "build_deoldify",
]
