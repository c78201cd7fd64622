"""Color a photo with three hints, one after another: ``python examples/hints.py old.jpg``."""

import sys
from pathlib import Path

from colorize_lab import Colorizer, Recipe, read_photo, write_photo
from colorize_lab.hints.hint import parse_hint

source = Path(sys.argv[1])
photo = read_photo(source)
colorizer = Colorizer()
for suggestion in colorizer.suggest(photo, "50%,10%")[:3]:
    recipe = Recipe(hints=(parse_hint(f"50%,10%={suggestion.color}"),))
    target = source.with_name(f"{source.stem}-{suggestion.color.lstrip('#')}.png")
    write_photo(colorizer.with_recipe(recipe).colorize(photo), target)
    print(f"{target}: {suggestion.name}, probability {suggestion.share:.0%}")
