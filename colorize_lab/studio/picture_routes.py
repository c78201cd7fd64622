"""Routes of pictures: previews, suggestions, explanations and results."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import numpy as np
from fastapi import APIRouter, Query, Response

from colorize_lab.errors import InputError
from colorize_lab.layered import split_layers
from colorize_lab.photo import find_format
from colorize_lab.photo.layers import FORMATS as LAYER_FORMATS
from colorize_lab.photo.layers import encode_layers
from colorize_lab.reporting import collect_warnings, name_shortage
from colorize_lab.studio.commands import FILE_TYPES, edit_to_command, name_beside
from colorize_lab.studio.detail import Box
from colorize_lab.studio.edit import Edit, Value, list_hints
from colorize_lab.studio.errors import UnknownPhotoError
from colorize_lab.studio.photo_kind import classify
from colorize_lab.studio.pictures import encode_lossless, photo_to_levels
from colorize_lab.studio.scenes import PREVIEW_PIXELS
from colorize_lab.studio.session import CurrentSession, Session
from colorize_lab.system.atomic import check_target, write_file
from colorize_lab.treatment import encode_rendered

__all__ = ["router"]

router = APIRouter(prefix="/api/photos/{photo_id}", tags=["pictures"])

SUFFIX = "-colorized"
Share = Annotated[float, Query(ge=0, le=1, allow_inf_nan=False)]
Quality = Annotated[int, Query(ge=1, le=100)]
# Of the bins at a point; the others have hardly any share.
LIKELIEST = 60


class SuggestedColor(Value):
    """A likely color; ``share`` is its probability, 0..1."""

    color: str
    name: str
    share: float


class Likely(Value):
    """A bin's a* and b*, and its probability."""

    a: float
    b: float
    share: float


class PointInfo(Value):
    """The distribution at a point; ``entropy`` is in nats, ``highest`` that of any color."""

    entropy: float
    highest: float
    bins: tuple[Likely, ...]


class SaveMessage(Value):
    """How a result is written beside the user's own photo; null takes the photo's format."""

    format: str | None = None
    quality: int = 92
    overwrite: bool = False


class Saved(Value):
    """The name of the file that was written, and what there is to know about it."""

    name: str
    warnings: tuple[str, ...]


class Command(Value):
    """A command, and which of ``recipe.json``, ``hints.json``, ``scratches.png`` it reads."""

    command: str
    files: tuple[str, ...]


@router.post("/preview", response_class=Response)
def draw_preview(
    photo_id: str,
    edit: Edit,
    session: CurrentSession,
    pixels: Annotated[int, Query(ge=100, le=PREVIEW_PIXELS)] = PREVIEW_PIXELS,
    quick: bool = False,
) -> Response:
    """Color a photo at preview size (PNG) without saving the edit.

    ``quick`` decodes what the network said before, even if it has not seen these hints yet. The
    headers ``X-Warnings`` and ``X-Notes`` hold lists of texts, as percent-encoded JSON.
    """
    with collect_warnings() as warnings:
        preview = session.workbench.preview(photo_id, edit, pixels=pixels, is_quick=quick)
    content = encode_lossless(photo_to_levels(preview.photo))
    headers = {"x-warnings": list_texts(warnings), "x-notes": list_texts(preview.notes)}
    return Response(content, media_type="image/png", headers=headers)


@router.post("/detail", response_class=Response)
def draw_detail(
    photo_id: str,
    left: Share,
    top: Share,
    right: Share,
    bottom: Share,
    session: CurrentSession,
    edit: Edit | None = None,
) -> Response:
    """Draw a part of the photo at full sharpness (PNG); without an edit as it came.

    The part is given as shares of width and height, 0..1; its edges are rounded outward to whole
    pixels. A part of more than 3 megapixels is made smaller.
    """
    photo = session.workbench.draw_detail(photo_id, edit, Box(left, top, right, bottom))
    return Response(encode_lossless(photo_to_levels(photo)), media_type="image/png")


@router.get("/suggestions")
def suggest(photo_id: str, x: Share, y: Share, session: CurrentSession) -> list[SuggestedColor]:
    """List the likeliest colors at a place (shares of width and height, 0..1)."""
    edit = session.load(photo_id).edit
    found = session.workbench.suggest(photo_id, edit, x, y)
    return [SuggestedColor(color=s.color, name=s.name, share=s.share) for s in found]


@router.get("/explain", response_class=Response)
def draw_explanation(photo_id: str, session: CurrentSession) -> Response:
    """Draw where the network is unsure, at preview size (PNG): bright is any color."""
    edit = session.load(photo_id).edit
    levels = session.workbench.draw_doubt(photo_id, edit)
    return Response(encode_lossless(levels), media_type="image/png")


@router.get("/explain/point")
def explain_point(photo_id: str, x: Share, y: Share, session: CurrentSession) -> PointInfo:
    """Return the distribution at a place: the likeliest bins, the likeliest first."""
    cell = session.workbench.read_cell(photo_id, session.load(photo_id).edit, x, y)
    shares = cell.probabilities()[:, 0, 0]
    likeliest = np.argsort(-shares)[:LIKELIEST]
    bins = ((*cell.bins[index].tolist(), float(shares[index])) for index in likeliest)
    return PointInfo(
        entropy=float(cell.entropy()[0, 0]),
        highest=float(np.log(len(shares))),
        bins=tuple(Likely(a=a, b=b, share=share) for a, b, share in bins),
    )


@router.get("/result", response_class=Response)
def download_result(
    photo_id: str, session: CurrentSession, format: str | None = None, quality: Quality = 92
) -> Response:
    """Make the result at full size, with all metadata; by default in the photo's own format.

    ``format`` may be that of a photo, such as ``png``, or ``ora`` or ``psd`` for layers.
    """
    content, suffix, warnings = make_result(session, photo_id, format, quality)
    name = Path(session.shelf.find(photo_id).name).stem + SUFFIX + suffix
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "x-warnings": list_texts(warnings),
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.post("/save")
def save_result(photo_id: str, message: SaveMessage, session: CurrentSession) -> Saved:
    """Write the result beside the user's own photo, as NAME-colorized.

    A file that exists is replaced only if ``overwrite`` says so; otherwise the answer is 409.
    """
    shelved = session.shelf.find(photo_id)
    if shelved.is_upload:
        raise InputError("an uploaded photo has no folder to save in; download the result instead")
    source = session.workbench.open(photo_id).photo
    suffix = choose_suffix(message.format, shelved.path, source.format)
    target = shelved.path.with_name(shelved.path.stem + SUFFIX + suffix)
    check_target(target, overwrite=message.overwrite)  # before the work
    content, _, warnings = make_result(session, photo_id, message.format, message.quality)
    write_file(content, target, overwrite=message.overwrite)
    return Saved(name=target.name, warnings=tuple(dict.fromkeys(warnings)))


@router.get("/recipe.json", response_class=Response)
def download_recipe(photo_id: str, session: CurrentSession) -> Response:
    """Return the complete recipe, as it stands in the metadata of the result."""
    recipe = session.workbench.complete_recipe(session.load(photo_id).edit, photo_id)
    return offer_file(session, photo_id, "recipe", recipe.to_json())


@router.get("/hints.json", response_class=Response)
def download_hints(photo_id: str, session: CurrentSession) -> Response:
    """Return the hints as a file for ``--hints``."""
    hints = [hint.describe() for hint in list_hints(session.load(photo_id).edit)]
    return offer_file(session, photo_id, "hints", json.dumps(hints, indent=1))


@router.get("/scratches.png", response_class=Response)
def download_scratches(photo_id: str, session: CurrentSession) -> Response:
    """Return the painted scratches as an image for ``--scratch-mask``; 404 if there are none."""
    mask = session.workbench.draw_scratches(photo_id, session.load(photo_id).edit)
    if mask is None:
        raise UnknownPhotoError("no scratches are painted on this photo; paint some first")
    content = encode_lossless(np.repeat(mask[..., np.newaxis] * np.uint8(255), 3, axis=2))
    return offer_file(session, photo_id, "scratches", content)


@router.get("/command")
def write_command(photo_id: str, session: CurrentSession) -> Command:
    """Write the command that makes the same result, and the files that it reads."""
    edit = session.load(photo_id).edit
    photo, *references = (name_file(session, name) for name in (photo_id, *edit.references))
    likes = [name_example(session, like) for like in edit.likes]
    is_colored = is_in_color(session, photo_id)
    command = edit_to_command(edit, photo, references, likes, is_colored=is_colored)
    kinds = [kind for kind in FILE_TYPES if name_beside(photo, kind) in command]
    return Command(command=command, files=tuple(kinds))


def name_file(session: Session, photo_id: str) -> str:
    """Name a photo's file as a command on the user's machine finds it."""
    shelved = session.shelf.find(photo_id)
    return shelved.name if shelved.is_upload else str(shelved.path)


def name_example(session: Session, photo_id: str) -> str:
    """Name a photo in color, or the result of another one."""
    path = Path(name_file(session, photo_id))
    if is_in_color(session, photo_id):
        return str(path)
    return str(path.with_stem(f"{path.stem}-colorized"))


def is_in_color(session: Session, photo_id: str) -> bool:
    """Tell whether a photo of the session is in color already."""
    return classify(session.workbench.open(photo_id).photo) == "color"


def offer_file(session: Session, photo_id: str, kind: str, content: str | bytes) -> Response:
    """Answer with a file that belongs to a photo."""
    name = name_beside(session.shelf.find(photo_id).name, kind)
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=FILE_TYPES[kind], headers=headers)


def make_result(
    session: Session, photo_id: str, format: str | None, quality: int
) -> tuple[bytes, str, list[str]]:
    """Make the bytes of a result, its file's suffix, and what there is to know about it."""
    shelved = session.shelf.find(photo_id)
    edit = session.load(photo_id).edit
    if format is not None and not is_layered(format):
        find_format(format)  # before the work
    with collect_warnings() as warnings, name_shortage(shelved.name):
        photo, rendered = session.workbench.render(photo_id, edit)
        if is_layered(format):
            content = encode_layers(split_layers(rendered.photo, list_hints(edit)), f".{format}")
        else:
            content = encode_rendered(rendered, photo, shelved.path, format, quality=quality)
    return content, choose_suffix(format, Path(shelved.name), photo.format), warnings


def is_layered(format: str | None) -> bool:
    """Tell whether a result is to be written as layers."""
    return f".{format}" in LAYER_FORMATS


def choose_suffix(format: str | None, path: Path, own_format: str) -> str:
    """Choose the suffix of a result: the photo's own if the format is, too."""
    if is_layered(format):
        return f".{format}"
    wanted = find_format(format or own_format)
    return path.suffix if path.suffix.lower() in wanted.suffixes else wanted.suffixes[0]


def list_texts(texts: Iterable[str]) -> str:
    """Write texts for a header, each once."""
    return quote(json.dumps(list(dict.fromkeys(texts))))
