"""The one door to OpenCV: an import that fails says what to install.

Every module takes ``cv2`` from here, so that a server without graphics libraries, or an OpenCV
that is too old, ends in one sentence and not in a traceback.
"""

from __future__ import annotations

from colorize_lab.errors import OpenCVError

__all__ = ["check_opencv_version", "cv2"]

_OLDEST = (4, 10)


def check_opencv_version(version: str) -> None:
    """Refuse an OpenCV that this program was never tried with.

    Parameters
    ----------
    version : str
        ``cv2.__version__``.

    Raises
    ------
    OpenCVError
        For versions before 4.10.

    Examples
    --------
    >>> check_opencv_version("4.14.0")
    >>> check_opencv_version("5.1.0")
    """
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST:
        raise OpenCVError(
            f"OpenCV {version} is too old; install a newer one: "
            "pip install 'opencv-contrib-python>=4.10'"
        )


try:
    import cv2
except ImportError as error:
    raise OpenCVError(
        f"OpenCV cannot be imported ({error}); on a server or in a container install the "
        "graphics library (Debian, Ubuntu: apt install libgl1 libglib2.0-0) or use the wheel "
        "that needs none: pip uninstall opencv-contrib-python, then "
        "pip install 'opencv-contrib-python-headless>=4.10'"
    ) from error

check_opencv_version(cv2.__version__)
