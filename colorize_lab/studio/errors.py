"""Errors of the studio, and the HTTP status of every error of the library."""

from __future__ import annotations

from colorize_lab.errors import (
    ColorizeLabError,
    EmptyFileError,
    HintError,
    ImageError,
    InputError,
    OutputError,
    PhotoTooLargeError,
    RecipeError,
    TargetExistsError,
    VideoError,
)

__all__ = [
    "AddressError",
    "ConflictError",
    "StoppedError",
    "UnknownFilmError",
    "UnknownPhotoError",
    "choose_status",
]


class AddressError(InputError):
    """The server cannot or may not listen on this address."""


class UnknownPhotoError(InputError):
    """No photo of this session has that id."""


class UnknownFilmError(InputError):
    """No film of this session has that id, or it has no preview."""


class ConflictError(InputError):
    """Another tab has changed the photo's settings in the meantime, or a film is worked on."""


class StoppedError(VideoError):
    """The work on a film was stopped by its user."""


# The first class that fits decides.
STATUSES: tuple[tuple[type[ColorizeLabError], int], ...] = (
    (UnknownPhotoError, 404),
    (UnknownFilmError, 404),
    (ConflictError, 409),
    (TargetExistsError, 409),
    (PhotoTooLargeError, 413),
    (EmptyFileError, 415),
    (ImageError, 415),
    (InputError, 422),
    (RecipeError, 422),
    (HintError, 422),
    (OutputError, 507),
)


def choose_status(error: ColorizeLabError) -> int:
    """Choose the HTTP status of an error.

    Examples
    --------
    >>> choose_status(RecipeError("saturation is -1"))
    422
    """
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
