"""Routes of photos: which there are, what they are, and the settings of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from colorize_lab.errors import EmptyFileError
from colorize_lab.studio.edit import Edit, Value
from colorize_lab.studio.looks import Look, list_looks
from colorize_lab.studio.photo_kind import Kind, classify
from colorize_lab.studio.pictures import encode_lossless, encode_thumbnail, photo_to_levels
from colorize_lab.studio.projects import Project
from colorize_lab.studio.session import CurrentSession, Session
from colorize_lab.studio.shelf import ShelvedPhoto
from colorize_lab.studio.workbench import draw_thumbnail
from colorize_lab.version import __version__

__all__ = ["router"]

# Of an edit: what the network decides if they are null.
OPEN_FIELDS = ("render_factor", "temperature", "vividness")

router = APIRouter(prefix="/api", tags=["photos"])


class SessionInfo(Value):
    """First answer to a client; ``defaults`` holds the values that null stands for in an edit."""

    version: str
    network: str
    max_upload_bytes: int
    defaults: Mapping[str, float]
    looks: tuple[Look, ...]


class ListedPhoto(Value):
    """A photo in the strip."""

    id: str
    name: str
    is_upload: bool
    is_edited: bool


class PhotoInfo(ListedPhoto):
    """A photo that was opened.

    ``kind`` is gray, toned (sepia, yellowed paper) or color; ``need`` is what is wrong with the
    color of a color photo, null if nothing was found; ``has_frame`` tells whether there is paper, a
    mount or black bars around the picture.
    """

    width: int
    height: int
    preview_width: int
    preview_height: int
    bit_depth: int
    format: str
    kind: Kind
    need: str | None
    has_frame: bool
    warnings: tuple[str, ...]


class RecipeMessage(Value):
    """Settings, and the revision that they were made from."""

    revision: int
    edit: Edit


@router.get("/session")
def read_session(session: CurrentSession) -> SessionInfo:
    """Describe the server."""
    recipe = session.workbench.complete_recipe(Edit())
    return SessionInfo(
        version=__version__,
        network=session.workbench.preview_colorizer.spec.name,
        defaults={name: getattr(recipe, name) for name in OPEN_FIELDS},
        max_upload_bytes=session.access.max_upload_bytes,
        looks=list_looks(),
    )


@router.get("/photos")
def list_photos(session: CurrentSession) -> list[ListedPhoto]:
    """List the photos of the session."""
    return [describe_listed(session, shelved) for shelved in session.shelf.list()]


@router.post("/photos", status_code=201)
async def add_photo(
    request: Request, session: CurrentSession, name: Annotated[str, Query(max_length=1000)]
) -> PhotoInfo:
    """Add a photo: the body is the file's bytes, in any format that can be read."""
    content = await request.body()
    return await run_in_threadpool(keep_photo, session, content, name)


def keep_photo(session: Session, content: bytes, name: str) -> PhotoInfo:
    """Keep an upload if it is a photo."""
    if not content:
        raise EmptyFileError("the file is empty (0 bytes); copy it again from its source")
    shelved = session.shelf.add(content, name)
    try:
        return read_photo_info(shelved.id, session)
    except Exception:
        session.shelf.remove(shelved.id)
        raise


@router.get("/photos/{photo_id}")
def read_photo_info(photo_id: str, session: CurrentSession) -> PhotoInfo:
    """Open a photo and describe it."""
    listed = describe_listed(session, session.shelf.find(photo_id))
    opened = session.workbench.open(photo_id)
    photo = opened.photo
    kind = classify(photo)
    return PhotoInfo(
        **listed.model_dump(),
        width=opened.width,
        height=opened.height,
        preview_width=photo.rgb.shape[1],
        preview_height=photo.rgb.shape[0],
        bit_depth=photo.bit_depth,
        format=photo.format,
        kind=kind,
        need=session.workbench.find_need(photo) if kind == "color" else None,
        has_frame=opened.frame is not None,
        warnings=photo.warnings,
    )


@router.delete("/photos/{photo_id}", status_code=204)
def remove_photo(photo_id: str, session: CurrentSession) -> None:
    """Take a photo off the list, with its settings; a file of the user's own stays on disk."""
    session.shelf.remove(photo_id)
    session.projects.remove(photo_id)
    session.workbench.forget(photo_id)


@router.get("/photos/{photo_id}/recipe")
def read_recipe(photo_id: str, session: CurrentSession) -> Project:
    """Return a photo's settings and their revision."""
    return session.load(photo_id)


@router.put("/photos/{photo_id}/recipe")
def save_recipe(photo_id: str, message: RecipeMessage, session: CurrentSession) -> Project:
    """Save a photo's settings; 409 if another tab has saved others since that revision."""
    shelved = session.shelf.find(photo_id)
    return session.projects.save(shelved.id, message.edit, message.revision)


@router.get("/photos/{photo_id}/original", response_class=Response)
def draw_original(photo_id: str, session: CurrentSession) -> Response:
    """Draw the photo as it came, at preview size (PNG)."""
    photo = session.workbench.open(photo_id).photo
    return Response(encode_lossless(photo_to_levels(photo)), media_type="image/png")


@router.get("/photos/{photo_id}/thumbnail", response_class=Response)
def draw_small(photo_id: str, session: CurrentSession) -> Response:
    """Draw the photo as it came, for the strip (JPEG)."""
    levels = draw_thumbnail(session.workbench.open(photo_id).photo)
    return Response(encode_thumbnail(levels), media_type="image/jpeg")


def describe_listed(session: Session, shelved: ShelvedPhoto) -> ListedPhoto:
    """Describe a photo without opening it."""
    return ListedPhoto(
        id=shelved.id,
        name=shelved.name,
        is_upload=shelved.is_upload,
        is_edited=session.projects.load(shelved.id).revision > 0,
    )
