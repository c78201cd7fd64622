"""Errors raised on purpose: one class per cause, each with its exit code.

A message is one sentence that names the cause and the remedy. The command line prints it and
exits with ``exit_code``; the library only raises.
"""

from __future__ import annotations

from typing import ClassVar


class ColorizeLabError(Exception):
    """Base of every error that the library raises on purpose."""

    exit_code: ClassVar[int] = 1


class InputError(ColorizeLabError):
    """A file or folder to read is missing, unreadable, or contains nothing to do."""

    exit_code = 3


class ImageError(ColorizeLabError):
    """A file is not a usable image."""

    exit_code = 4


class NotAnImageError(ImageError):
    """The content is not an image in a supported format."""


class EmptyFileError(ImageError):
    """The file has no bytes."""


class TruncatedImageError(ImageError):
    """The image is truncated or its data is damaged."""


class NonFinitePixelsError(ImageError):
    """A floating-point image contains NaN or infinity."""


class PhotoTooLargeError(ColorizeLabError):
    """The photo has more pixels than allowed, or needs more memory than is available."""

    exit_code = 5


class OutputError(ColorizeLabError):
    """A result cannot be written: no permission, disk full, or it would replace something."""

    exit_code = 6


class TargetExistsError(OutputError):
    """A result's file exists and may not be overwritten."""


class UnknownNetworkError(ColorizeLabError):
    """The network is unknown, or its weights are not installed."""

    exit_code = 7


class NetworkFileError(ColorizeLabError):
    """A network's file is damaged, foreign, or does not fit the network's other files."""

    exit_code = 8


class DownloadError(ColorizeLabError):
    """No mirror served the file."""

    exit_code = 9


class DeviceError(ColorizeLabError):
    """The requested device cannot run networks here."""

    exit_code = 10


class OpenCVError(ColorizeLabError):
    """OpenCV is missing, cannot be imported, or is a version that cannot load networks."""

    exit_code = 11


class RecipeError(ColorizeLabError):
    """A setting of the recipe is outside its range."""

    exit_code = 12


class WorkerError(ColorizeLabError):
    """A worker process of a batch was killed."""

    exit_code = 13


class MissingExtraError(ColorizeLabError):
    """A feature requires an optional package that is not installed."""

    exit_code = 14


class HintError(ColorizeLabError):
    """A color hint cannot be read, or lies outside the photo."""

    exit_code = 15


class VideoError(ColorizeLabError):
    """A film cannot be read or made: no video stream, no frames, damaged, unknown codec."""

    exit_code = 16


class ClusterError(ColorizeLabError):
    """The scheduler of a cluster cannot be reached, or its workers cannot do the work."""

    exit_code = 17


class TrainingError(ColorizeLabError):
    """Training diverged: the loss became NaN or infinite."""

    exit_code = 18
