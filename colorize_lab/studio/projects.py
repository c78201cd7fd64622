"""Projects: what is kept about each photo on disk, so that no work is lost.

One small JSON file per photo, in the user's data folder. A revision number tells two tabs apart.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from colorize_lab.studio.edit import Edit, Value
from colorize_lab.studio.errors import ConflictError
from colorize_lab.system.atomic import make_folder, write_file

__all__ = ["Project", "ProjectStore", "name_photo"]

logger = logging.getLogger(__name__)

# Of the id's hexadecimal digits; 128 bits never meet by chance.
ID_DIGITS = 32


class Project(Value):
    """Settings of a photo, and the number of their changes."""

    version: int = 1
    revision: int = 0
    edit: Edit = Edit()


def name_photo(content: bytes) -> str:
    """Name a photo by what it is: the bytes of an upload, or the path of a file.

    Examples
    --------
    >>> len(name_photo(b"photo"))
    32
    """
    return hashlib.sha256(content).hexdigest()[:ID_DIGITS]


@dataclass
class ProjectStore:
    """The projects of all photos in a folder.

    Attributes
    ----------
    folder : Path
        Is made when the first project is saved.
    """

    folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def load(self, photo_id: str) -> Project:
        """Return a photo's project; a new one if there is none, or if it cannot be read."""
        path = self._find(photo_id)
        try:
            return Project.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return Project()
        except (OSError, ValidationError) as error:
            logger.warning("the project %s cannot be read (%s); a new one starts", path, error)
            return Project()

    def save(self, photo_id: str, edit: Edit, revision: int) -> Project:
        """Save an edit that was made from a revision.

        Raises
        ------
        ConflictError
            The project has another revision by now.
        OutputError
            The disk refuses.
        """
        with self._lock:
            current = self.load(photo_id)
            if current.revision != revision:
                raise ConflictError(
                    f"another tab has changed this photo (revision {current.revision}, yours is "
                    f"{revision}); load its settings, or send yours with that revision"
                )
            project = Project(revision=revision + 1, edit=edit)
            make_folder(self.folder)
            content = project.model_dump_json(exclude_defaults=True).encode()
            write_file(content, self._find(photo_id), overwrite=True)
            return project

    def remove(self, photo_id: str) -> None:
        """Forget a photo's settings."""
        with self._lock:
            self._find(photo_id).unlink(missing_ok=True)

    def _find(self, photo_id: str) -> Path:
        return self.folder / f"{photo_id}.json"
