"""Coloring in one call: a path, bytes, a PIL image, an array or a photo in, the same kind out."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from colorize_lab.batch.names import KEPT_SUFFIXES, OutputOptions, plan_jobs
from colorize_lab.errors import ImageError, NonFinitePixelsError
from colorize_lab.loading import LoadOptions, keep_colorizer
from colorize_lab.photo import Photo, array_to_photo, find_format, read_photo
from colorize_lab.photo.pixels import floats_to_samples
from colorize_lab.recipe import Recipe
from colorize_lab.system.atomic import check_target, write_file
from colorize_lab.treatment import Rendered, Treatment, encode_rendered, render_photo

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["colorize"]

Source = TypeVar("Source", str, Path, bytes, Photo, "Image", NDArray[Any])

_DEFAULT: Final = Recipe()
_HERE: Final = LoadOptions()
_DEPTHS: Final = {"uint8": 8, "uint16": 16}


def colorize(source: Source, recipe: Recipe = _DEFAULT, *, overwrite: bool = False) -> Source:
    """Color, recolor or restore a photo, as the command line does.

    Parameters
    ----------
    source : str, Path, bytes, PIL.Image.Image, ndarray or Photo
        The photo. A path names a file; bytes are a file's content; an array has the shape
        (H, W) or (H, W, 3), and is sRGB in uint8, uint16, or floating point in 0..1.
    recipe : Recipe
        How it is treated. The network stays loaded for the next call with this very recipe.
    overwrite : bool
        For a path: replace a result that exists.

    Returns
    -------
    str, Path, bytes, PIL.Image.Image, ndarray or Photo
        The same kind. For a path it is the result's, which is written beside the source as
        ``NAME-colorized.EXT``; bytes keep their format if it can be written, else they are a
        PNG; a PIL image comes back with 8 bits per channel; an array with three channels and
        its own dtype, floating point as float32.

    Raises
    ------
    TypeError
        For another kind of source.
    ColorizeLabError
        As from `read_photo`, `Colorizer` and `write_photo`; `TargetExistsError` for a path
        whose result exists.

    Examples
    --------
    >>> from skimage.data import camera
    >>> colored = colorize(camera())
    >>> colored.shape, colored.dtype
    ((512, 512, 3), dtype('uint8'))
    """
    colored: Source = color_any(source, recipe, overwrite=overwrite)
    return colored


def color_any(source: Any, recipe: Recipe, *, overwrite: bool) -> Any:
    """Choose how to treat a source by its kind."""
    match source:
        case str() | Path():
            return type(source)(color_file(Path(source), recipe, overwrite=overwrite))
        case bytes():
            return color_bytes(source, recipe)
        case Photo():
            return render(source, recipe).photo
        case np.ndarray():
            return color_array(source, recipe)
    if type(source).__module__.partition(".")[0] == "PIL":  # without importing it for the others
        return color_image(source, recipe)
    raise TypeError(
        f"a {type(source).__name__} is not a photo; pass a path, bytes, a PIL image, a NumPy "
        "array or a Photo"
    )


def render(photo: Photo, recipe: Recipe) -> Rendered:
    """Treat a photo with the network that this thread keeps."""
    return render_photo(photo, Treatment(recipe), keep_colorizer(recipe, _HERE))


def color_file(source: Path, recipe: Recipe, *, overwrite: bool) -> Path:
    """Write the result of a file beside it, and return its path."""
    target = plan_jobs([(source, source.parent)], OutputOptions())[0].target
    check_target(target, overwrite=overwrite)  # before the work
    photo = read_photo(source)
    data = encode_rendered(render(photo, recipe), photo, source, target.suffix)
    write_file(data, target, overwrite=overwrite)
    return target


def color_bytes(source: bytes, recipe: Recipe) -> bytes:
    """Return the bytes of the result's file."""
    photo = read_photo(source)
    written = {find_format(suffix).name for suffix in KEPT_SUFFIXES}
    format = photo.format if photo.format in written else "PNG"
    return encode_rendered(render(photo, recipe), photo, source, format)


def color_image(source: Image, recipe: Recipe) -> Image:
    """Return a PIL image; its profile and EXIF, orientation included, are read from it."""
    from PIL import Image as images

    stored = BytesIO()
    # TIFF holds every mode of Pillow but a palette with transparency; PNG holds the usual ones.
    format = "PNG" if source.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16") else "TIFF"
    options: dict[str, Any] = {"compress_level": 1} if format == "PNG" else {}
    source.save(stored, format, exif=source.getexif(), **options)
    colored = images.open(BytesIO(color_bytes(stored.getvalue(), recipe)))
    colored.load()
    return colored


def color_array(source: NDArray[Any], recipe: Recipe) -> NDArray[Any]:
    """Return an array (H, W, 3) of the same depth."""
    if source.ndim not in (2, 3) or 0 in source.shape or source.shape[2:] not in ((), (3,)):
        raise ImageError(
            f"an array of shape {source.shape} is not a photo; use (H, W) or (H, W, 3)"
        )
    depth = _DEPTHS.get(source.dtype.name)
    if depth is None and source.dtype.kind != "f":
        raise ImageError(f"{source.dtype} is not a type of pixels; use uint8, uint16 or float32")
    if depth is None and not np.isfinite(source).all():
        raise NonFinitePixelsError("the array contains NaN or infinity; replace them first")
    if depth is None and (source.min() < 0 or source.max() > 1):
        raise ImageError("the array's floats are outside 0..1; divide them by their white")
    rgb = render(array_to_photo(np.ascontiguousarray(source)), recipe).photo.rgb
    return np.array(rgb) if depth is None else floats_to_samples(rgb, depth)
