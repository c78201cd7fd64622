"""Color one photo: ``python examples/one_photo.py old.jpg new.jpg``."""

import sys

from colorize_lab import Colorizer, Recipe, read_photo, write_photo

source, target = sys.argv[1:]
colorizer = Colorizer(recipe=Recipe(vividness=0.4))
write_photo(colorizer.colorize(read_photo(source)), target)
