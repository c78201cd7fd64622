"""Color a film with its sound: ``python examples/film.py clip.mp4 colored.mp4``."""

import sys
from pathlib import Path

from colorize_lab import Colorizer, FilmSettings, render_film

source, target = map(Path, sys.argv[1:])
result = render_film(source, target, FilmSettings(), Colorizer())
print(f"{result.frames} frames in {result.shots} shots, {result.seconds:.1f} s")
