"""The shelf: the photos of a session, by id. Nothing else of the disk can be reached."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from colorize_lab.errors import InputError
from colorize_lab.photo import Photo, read_photo
from colorize_lab.studio.errors import UnknownPhotoError
from colorize_lab.studio.projects import name_photo
from colorize_lab.system.atomic import make_folder, write_file

__all__ = ["Shelf", "ShelvedPhoto"]

logger = logging.getLogger(__name__)

MAX_NAME = 200


@dataclass(frozen=True)
class ShelvedPhoto:
    """A photo that can be worked on.

    Attributes
    ----------
    id : str
        Hexadecimal digits.
    name : str
        Of its file, without folders.
    path : Path
        Where its bytes are.
    is_upload : bool
        Whether it was sent to the studio, which keeps a copy, or is the user's own file.
    """

    id: str
    name: str
    path: Path
    is_upload: bool


@dataclass
class Shelf:
    """The photos given on the command line, then the uploads, which outlive the server.

    Attributes
    ----------
    folder : Path
        Where uploads are kept.
    files : sequence of Path
        The user's own photos.
    max_megapixels : float
        Larger photos are refused before they are decoded.
    """

    folder: Path
    files: Iterable[Path] = ()
    max_megapixels: float = 250.0
    _photos: dict[str, ShelvedPhoto] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for path in self.files:
            absolute = path.absolute()
            photo_id = name_photo(str(absolute).encode(errors="surrogateescape"))
            self._photos[photo_id] = ShelvedPhoto(photo_id, path.name, absolute, is_upload=False)
        names = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in names:
            self._restore_upload(path)

    def list(self) -> tuple[ShelvedPhoto, ...]:
        """Return all photos, in the order in which they came."""
        return tuple(self._photos.values())

    def find(self, photo_id: str) -> ShelvedPhoto:
        """Return a photo.

        Raises
        ------
        UnknownPhotoError
            There is none with this id.
        """
        try:
            return self._photos[photo_id]
        except KeyError:
            raise UnknownPhotoError(
                f"no photo {photo_id!r:.60} is open; reload the page, or add the photo again"
            ) from None

    def read(self, photo_id: str) -> Photo:
        """Read a photo at full size.

        Raises
        ------
        ColorizeLabError
            As from `read_photo`; the message names the photo, not its path.
        """
        shelved = self.find(photo_id)
        try:
            content = shelved.path.read_bytes()
        except OSError as error:
            raise InputError(
                f"{shelved.name} can no longer be read ({error.strerror}); check that it is "
                "still there"
            ) from error
        return read_photo(content, max_megapixels=self.max_megapixels)

    def add(self, content: bytes, name: str) -> ShelvedPhoto:
        """Keep an upload; the same bytes are kept once.

        Raises
        ------
        OutputError
            The disk refuses.
        """
        photo_id = name_photo(content)
        make_folder(self.folder)
        path = self.folder / f"{photo_id}.photo"
        write_file(content, path, overwrite=True)
        plain = clean_name(name)
        write_file(json.dumps({"name": plain}).encode(), path.with_suffix(".json"), overwrite=True)
        self._photos[photo_id] = ShelvedPhoto(photo_id, plain, path, is_upload=True)
        return self._photos[photo_id]

    def shelve(self, photo_id: str, name: str, path: Path) -> None:
        """Show a picture that the studio made, such as a still of a film."""
        self._photos[photo_id] = ShelvedPhoto(photo_id, name, path, is_upload=True)

    def remove(self, photo_id: str) -> None:
        """Take a photo off the shelf; only the copy of an upload is deleted."""
        shelved = self.find(photo_id)
        if shelved.is_upload:
            shelved.path.unlink(missing_ok=True)
            shelved.path.with_suffix(".json").unlink(missing_ok=True)
        del self._photos[photo_id]

    def _restore_upload(self, record: Path) -> None:
        path = record.with_suffix(".photo")
        try:
            name = clean_name(str(json.loads(record.read_bytes())["name"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.warning("the upload %s cannot be read (%s); add it again", record, error)
            return
        if path.is_file():
            self._photos[path.stem] = ShelvedPhoto(path.stem, name, path, is_upload=True)


def clean_name(name: str) -> str:
    r"""Make a file's name of what a browser sends: no folders, no control characters.

    Examples
    --------
    >>> clean_name("../a\\b/grandma.jpg")
    'grandma.jpg'
    """
    last = PurePath(name.replace("\\", "/")).name
    plain = "".join(char for char in last if char.isprintable())
    return plain[-MAX_NAME:].strip() or "photo"
