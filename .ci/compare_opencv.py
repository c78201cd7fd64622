"""Compare the color of two OpenCV versions: one writes it to a file, the other checks it.

OpenCV 4 runs the Caffe network itself, OpenCV 5 its ONNX twin.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from skimage import data

from colorize_lab import Colorizer, array_to_photo, read_photo
from colorize_lab.color import rgb_to_lab
from colorize_lab.opencv import cv2

PHOTOS = Path(__file__).parents[1] / "examples" / "photos"
LARGEST_DIFFERENCE = 0.3


def color_pictures() -> dict[str, np.ndarray]:
    """Compute a* and b* of some colored pictures, by the picture's name."""
    photos = {path.stem: read_photo(path) for path in sorted(PHOTOS.iterdir()) if _is_photo(path)}
    photos |= {name: array_to_photo(getattr(data, name)()) for name in ("camera", "coins", "moon")}
    colorizer = Colorizer("compact", engine="opencv")
    return {
        name: rgb_to_lab(colorizer.colorize(photo).rgb)[..., 1:] for name, photo in photos.items()
    }


def _is_photo(path: Path) -> bool:
    return path.suffix in (".jpg", ".png") and not path.stem.endswith("-colorized")


def find_faults(expected: dict[str, np.ndarray]) -> list[str]:
    """List the pictures whose color differs; print the differences."""
    found = color_pictures()
    if not found or found.keys() != expected.keys():
        return [f"other pictures were colored: {sorted(expected)}"]
    faults = []
    for name, ab in found.items():
        difference = float(np.abs(ab - expected[name]).max())
        chroma = float(np.linalg.norm(ab, axis=-1).mean())
        print(f"{name}: a* and b* differ by at most {difference:.4f}, mean chroma {chroma:.1f}")
        if not difference <= LARGEST_DIFFERENCE or chroma < 1:
            faults.append(name)
    return faults


def main() -> int:
    """Write or check; the exit code says whether something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["write", "check"])
    parser.add_argument("file", type=Path)
    parser.add_argument("major", type=int, help="major version that OpenCV must have here")
    arguments = parser.parse_args()
    if int(cv2.__version__.split(".")[0]) != arguments.major:
        print(f"this is OpenCV {cv2.__version__}, not {arguments.major}", file=sys.stderr)
        return 1
    if arguments.action == "write":
        np.savez(arguments.file, **color_pictures())
        return 0
    with np.load(arguments.file, allow_pickle=False) as stored:
        faults = find_faults(dict(stored))
    print("\n".join(f"fault: {fault}" for fault in faults), file=sys.stderr, end="")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
