"""Color a folder of photos, continuing after failures: ``python examples/folder.py scans out``."""

import sys
from pathlib import Path

from colorize_lab import Colorizer, read_photo, write_photo
from colorize_lab.errors import ColorizeLabError

source, target = map(Path, sys.argv[1:])
target.mkdir(exist_ok=True)
colorizer = Colorizer()  # loads the network once
for path in sorted(source.iterdir()):
    if path.suffix.lower() not in {".jpg", ".png", ".tif"} or (target / path.name).exists():
        continue
    try:
        write_photo(colorizer.colorize(read_photo(path)), target / path.name)
    except ColorizeLabError as error:
        print(error, file=sys.stderr)
