"""Use another photo's colors: ``python examples/reference.py old.jpg postcard.jpg toned.jpg``."""

import sys
from pathlib import Path

from colorize_lab import Colorizer, Recipe, read_photo, write_photo
from colorize_lab.guide.reference import read_reference

source, reference, target = map(Path, sys.argv[1:])
guide = read_reference([reference], 0.8)
colorizer = Colorizer(recipe=Recipe(guides=(guide,)))
write_photo(colorizer.colorize(read_photo(source)), target)
