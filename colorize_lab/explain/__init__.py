"""Explaining: figures of what the network thinks, and the distribution as a file."""

from colorize_lab.explain.blocks import draw_blocks, sum_blocks
from colorize_lab.explain.entropy import draw_entropy, draw_entropy_scale
from colorize_lab.explain.figure import draw_figure
from colorize_lab.explain.matches import draw_matches
from colorize_lab.explain.point import draw_point, take_cell
from colorize_lab.explain.save import save_distribution
from colorize_lab.explain.temperatures import draw_temperatures

__all__ = [
    "draw_blocks",
    "draw_entropy",
    "draw_entropy_scale",
    "draw_figure",
    "draw_matches",
    "draw_point",
    "draw_temperatures",
    "save_distribution",
    "sum_blocks",
    "take_cell",
]
