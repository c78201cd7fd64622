"""Recolor a faded color photo: ``python examples/recolor.py album.jpg recolored.jpg``."""

import sys

from colorize_lab import Colorizer, read_photo, write_photo
from colorize_lab.recolor import Recoloring
from colorize_lab.treatment import recolor_photo

source, target = sys.argv[1:]
photo = read_photo(source)
recolored = recolor_photo(photo, Colorizer(), Recoloring(keep_color=0.6, force=True))
write_photo(recolored.photo, target)
