"""The order of a photo's work: cut the frame, restore, recolor or color, compare, sign."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from colorize_lab.colorizer import Colorizer
from colorize_lab.compare import compare_photos
from colorize_lab.errors import InputError
from colorize_lab.frame import Frame, find_frame
from colorize_lab.framed import cut_photo, cut_recipe, paste_mask, paste_picture
from colorize_lab.photo import (
    Photo,
    add_provenance,
    array_to_photo,
    encode_photo,
    find_format,
    replace_pixels,
    use_srgb,
)
from colorize_lab.recipe import Recipe
from colorize_lab.recolor import (
    Diagnosis,
    Recoloring,
    Witness,
    diagnose_color,
    prepare_recoloring,
    restore_chroma,
)
from colorize_lab.restore import Denoise, Mask, Stage, restore_photo

__all__ = [
    "Rendered",
    "Treatment",
    "diagnose_photo",
    "encode_rendered",
    "make_witness",
    "recolor_photo",
    "render_photo",
]


@dataclass(frozen=True)
class Treatment:
    """Settings of a photo's work.

    Attributes
    ----------
    recipe : Recipe
        How the photo is restored and colored.
    compare : bool
        Put before and after side by side.
    provenance : bool
        Write into the metadata how the color was made.
    """

    recipe: Recipe = field(default_factory=Recipe)
    compare: bool = False
    provenance: bool = True


@dataclass(frozen=True, eq=False)
class Rendered:
    """Outcome of a photo's work.

    Attributes
    ----------
    photo : Photo
        The very photo that came in if nothing was done.
    provenance : mapping of str to str
        How it was colored; empty if it was not.
    restored : mapping of str to mapping
        What each restoration stage that did anything measured and chose.
    scratches : ndarray of bool, shape (H, W), or None
        What was filled as scratches and dust; None if no stage looked for them.
    frame : Frame or None
        Where the picture lies, if there is paper, a mount or black bars around it.
    found : mapping of str to object
        What a recoloring found, how sure that is, what was kept and which mix.
    """

    photo: Photo
    provenance: Mapping[str, str] = field(default_factory=dict)
    restored: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    scratches: Mask | None = None
    frame: Frame | None = None
    found: Mapping[str, Any] = field(default_factory=dict)


def render_photo(
    photo: Photo, treatment: Treatment, colorizer: Colorizer | None = None
) -> Rendered:
    """Restore, color or recolor a photo, and sign it.

    Parameters
    ----------
    photo : Photo
        Is not changed.
    treatment : Treatment
        What to do.
    colorizer : Colorizer or None
        The loaded network; the treatment's recipe replaces its own. None only restores.

    Examples
    --------
    >>> from skimage.data import camera
    >>> from colorize_lab import Colorizer, array_to_photo
    >>> rendered = render_photo(array_to_photo(camera()), Treatment(), Colorizer())
    >>> sorted(rendered.provenance)
    ['engine', 'network', 'recipe', 'version', 'weightsSha256']
    """
    frame = find_frame(photo.rgb) if treatment.recipe.frame else None
    if frame is None:
        done = render_picture(photo, treatment.recipe, colorizer)
    else:
        done = render_framed(photo, frame, treatment.recipe, colorizer)
    if treatment.compare:
        done = replace(done, photo=compare_photos(photo, done.photo))
    return sign_photo(done) if treatment.provenance else done


def render_framed(
    photo: Photo, frame: Frame, recipe: Recipe, colorizer: Colorizer | None
) -> Rendered:
    """Treat only the picture inside a frame."""
    height, width = photo.rgb.shape[:2]
    picture = cut_photo(photo, frame)
    cut = cut_recipe(recipe, frame, height, width)
    done = render_picture(picture, cut, colorizer, framed=True)
    scratches = None
    if done.scratches is not None:
        scratches = paste_mask(done.scratches, frame, height, width)
    whole = photo if done.photo is picture else paste_picture(photo, frame, done.photo)
    return replace(done, photo=whole, scratches=scratches, frame=frame)


def render_picture(
    photo: Photo, recipe: Recipe, colorizer: Colorizer | None, *, framed: bool = False
) -> Rendered:
    """Restore, then color or recolor a photo; nothing is cut, compared or signed."""
    restored = restore_photo(photo, recipe.stages)
    if colorizer is None:
        done = Rendered(restored.photo)
    elif recipe.recoloring is not None:
        done = recolor_photo(restored.photo, colorizer.with_recipe(recipe), framed=framed)
    else:
        seen = hide_grain(photo, restored.photo, recipe.stages)
        done = color_photo(restored.photo, colorizer.with_recipe(recipe), seen)
    return replace(done, restored=restored.done, scratches=restored.scratches)


def hide_grain(photo: Photo, restored: Photo, stages: Sequence[Stage]) -> Photo:
    """Return what the network is to see: the restored photo, without the grain that it keeps."""
    if not any(isinstance(stage, Denoise) and stage.keep_grain for stage in stages):
        return restored
    clean = [replace(s, keep_grain=False) if isinstance(s, Denoise) else s for s in stages]
    return restore_photo(photo, clean).photo


def color_photo(photo: Photo, colorizer: Colorizer, seen: Photo) -> Rendered:
    """Color a photo; the network may see a cleaner copy of it."""
    if seen is photo:
        return Rendered(colorizer.colorize(photo), colorizer.provenance())
    return Rendered(colorizer.decode(photo, colorizer.predict(seen)), colorizer.provenance())


def recolor_photo(
    photo: Photo,
    colorizer: Colorizer,
    recoloring: Recoloring | None = None,
    *,
    framed: bool = False,
) -> Rendered:
    """Recolor a photo whose color has faded, has a cast, or was never recorded.

    Parameters
    ----------
    photo : Photo
        A color photo.
    colorizer : Colorizer
        Colors the mix; what its own recipe asks for holds here too. Outside the recipe's mask, the
        photo keeps its own pixels.
    recoloring : Recoloring, optional
        The mix, how much of the old color to keep, and what to treat; by default the recipe's.
    framed : bool
        Whether the photo was cut out of a scan's frame.

    Returns
    -------
    Rendered
        The photo itself if it needs nothing, which is then logged as a warning.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from colorize_lab import array_to_photo
    >>> sound = array_to_photo(astronaut())
    >>> recolor_photo(sound, Colorizer()).photo is sound
    True
    """
    recipe = colorizer.recipe
    recoloring = recoloring or recipe.recoloring or Recoloring()
    diagnosis = diagnose_photo(photo, colorizer, recoloring, framed=framed)
    prepared = prepare_recoloring(photo, diagnosis, make_witness(colorizer), recoloring)
    if prepared is None:
        return Rendered(photo, found=diagnosis.describe())
    guides = (*prepared.guides, *recipe.guides)
    guided = colorizer.with_recipe(replace(recipe, guides=guides, mask=None))
    records = {
        **colorizer.with_recipe(replace(recipe, recoloring=recoloring)).provenance(),
        "mix": json.dumps(prepared.mix.describe()),
        "surviving": json.dumps(prepared.surviving.describe()),
    }
    colored = guided.colorize(prepared.photo)
    steered = recipe.guides or recipe.adjustments or recipe.hints or recipe.saturation != 1
    if prepared.surviving.keep > 0 and not steered:
        rgb = restore_chroma(colored.rgb, prepared.undone, prepared.surviving)
        colored = replace_pixels(colored, rgb)
    if recipe.mask is not None:
        colored = replace_pixels(colored, recipe.mask.blend(photo.rgb, colored.rgb))
    return Rendered(colored, records, found=prepared.findings)


def diagnose_photo(
    photo: Photo, colorizer: Colorizer, recoloring: Recoloring, *, framed: bool = False
) -> Diagnosis:
    """Find out what is wrong with a photo's color; the parameters are `recolor_photo`'s."""
    return diagnose_color(
        photo,
        make_witness(colorizer),
        framed=framed,
        treat_as=recoloring.treat_as,
        force=recoloring.force,
        strict=recoloring.strict,
    )


def make_witness(colorizer: Colorizer) -> Witness:
    """Make a network tell what it expects, in one look, which the verdict was trained on."""
    network = colorizer.with_recipe(Recipe(looks=1))
    return lambda rgb: network.predict(array_to_photo(rgb))


def sign_photo(done: Rendered) -> Rendered:
    """Write into the metadata how the color was made, if it was."""
    if not done.provenance:
        return done
    metadata = add_provenance(done.photo.metadata, done.provenance)
    return replace(done, photo=replace(done.photo, metadata=metadata))


def encode_rendered(
    rendered: Rendered,
    photo: Photo,
    source: bytes | Path | None,
    format: str | None = None,
    *,
    quality: int | None = None,
    output_profile: str = "source",
    compression: str | None = None,
) -> bytes:
    """Encode a result; if nothing was done, these are the very bytes that were read.

    Parameters
    ----------
    rendered : Rendered
        From `render_photo`.
    photo : Photo
        What it was made of.
    source : bytes, Path or None
        The file that the photo was read from; None if it holds other pages, too.
    format : str, optional
        Name or suffix; by default the source's format.
    quality : int or None
        1..100, for JPEG, WebP and AVIF; None for 92, or a JPEG source's own if higher.
    output_profile : {"source", "srgb"}
        Color profile of the result; a photo without an RGB profile gets sRGB anyway.
    compression : str or None
        Of a TIFF; None keeps the photo's own.

    Raises
    ------
    InputError
        The source cannot be read any more.
    OutputError
        As from `encode_photo`.
    """
    format = format or photo.format
    result = use_srgb(rendered.photo) if output_profile == "srgb" else rendered.photo
    if result is not photo or source is None or find_format(format).name != photo.format:
        return encode_photo(result, format, quality=quality, compression=compression)
    if isinstance(source, bytes):
        return source
    try:
        return source.read_bytes()
    except OSError as error:
        raise InputError(
            f"{source} can no longer be read ({error.strerror}); check that it still exists"
        ) from error
