"""Global settings of the libraries, changed while any thread reads or writes a photo."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from PIL import Image

from colorize_lab.opencv import cv2

SILENT = 0
# Where older OpenCVs have it, then where newer ones do.
_set_log_level = getattr(cv2, "setLogLevel", None) or cv2.utils.logging.setLogLevel


class _QuietLibraries:
    """Counts who needs the changes: the first makes them, the last takes them back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._changes = ExitStack()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if self._users == 0:
                self._changes = _change_settings()
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    self._changes.close()


def _change_settings() -> ExitStack:
    undo = ExitStack()
    # Pillow's limit of pixels gives way to the caller's.
    undo.callback(setattr, Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
    Image.MAX_IMAGE_PIXELS = None
    # Of damaged files and strange metadata we speak ourselves.
    undo.callback(_set_log_level, _set_log_level(SILENT))
    undo.enter_context(warnings.catch_warnings())
    warnings.simplefilter("ignore")
    return undo


#: A context for everything that calls Pillow's or OpenCV's codecs.
quiet_libraries = _QuietLibraries()
