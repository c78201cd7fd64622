"""Weights into the user's folder: from a mirror or from a file, checked before they count."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from colorize_lab.errors import DownloadError, NetworkFileError, OutputError
from colorize_lab.networks.files import read_weights
from colorize_lab.networks.registry import find_spec, user_weights_path
from colorize_lab.networks.spec import NetworkSpec
from colorize_lab.networks.verify import WeightsState, verify_network
from colorize_lab.networks.weights import check_file, forget_sha256, remember_sha256

if TYPE_CHECKING:
    from colorize_lab.networks.download import Progress  # HTTP is slow to import

__all__ = ["add_network", "fetch_network"]

_log = logging.getLogger(__name__)


def fetch_network(name: str, *, progress: Progress | None = None) -> Path:
    """Download a network's weights from its mirrors in turn, and install them.

    Parameters
    ----------
    name : str
        A network of the registry. One that is installed and sound is not fetched again.
    progress : Progress, optional
        To show how far it is.

    Returns
    -------
    Path
        The installed file. Its size and hash are those of the registry; where these are not
        known, the file fills every layer of the network, and its hash is remembered.

    Raises
    ------
    UnknownNetworkError
        If no network has that name.
    DownloadError
        If no mirror gave the file; the message has each mirror's reason.
    OutputError
        If the user's folder cannot be written.
    """
    from colorize_lab.networks.download import download_file

    spec = find_spec(name)
    current = verify_network(name)
    if current.weights is not None and current.state is not WeightsState.DAMAGED:
        _log.info("%s is already installed: %s", name, current.weights)
        return current.weights
    reasons = []
    for url in spec.urls:
        _log.info("fetching %s from %s", name, url)
        write = partial(download_file, url, size_bytes=spec.size_bytes, progress=progress)
        try:
            return _install_weights(spec, write)
        except (DownloadError, NetworkFileError) as error:
            _log.info("%s: %s", url, error)
            reasons.append(f"{urlsplit(url).netloc}: {error}")
    raise DownloadError(
        f"no mirror served the weights of {name} ({'; '.join(reasons) or 'none is known'}); get "
        f"{spec.weights.name} elsewhere and install it with: colorize-lab models add {name} FILE"
    )


def add_network(name: str, file: Path, *, other_export: bool = False) -> Path:
    """Install weights that the user already has; the file is copied.

    Parameters
    ----------
    name : str
        A network of the registry.
    file : Path
        Its caffemodel or ONNX file.
    other_export : bool
        Whether the file may differ from the one whose size and hash are known; its own hash is
        then remembered.

    Returns
    -------
    Path
        The installed copy.

    Raises
    ------
    UnknownNetworkError
        If no network has that name.
    InputError
        If the file cannot be read.
    NetworkFileError
        If it is not this network's file.
    OutputError
        If the user's folder cannot be written.
    """
    spec = find_spec(name)
    if other_export:
        spec = replace(spec, size_bytes=None, sha256=None)
    data = read_weights(file)
    try:
        return _install_weights(spec, lambda part: part.write(data))
    except NetworkFileError as error:
        hint = "" if spec.sha256 is None else "; add another export with --other-export"
        raise NetworkFileError(f"{file} cannot be the weights of {name}: {error}{hint}") from error


def _install_weights(spec: NetworkSpec, write: Callable[[BinaryIO], object]) -> Path:
    """Let ``write`` fill a temporary file, and rename it only if it is this network's."""
    target = user_weights_path(spec)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            write(file)
        digest = check_file(
            read_weights(part),
            spec,
            size_bytes=spec.size_bytes,
            sha256=spec.sha256,
        )
        part.replace(target)
        if spec.sha256 is None:
            remember_sha256(target, digest)
        else:
            forget_sha256(target)
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written ({error.strerror}); free space, or choose another "
            "folder with COLORIZE_LAB_HOME"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
            target.parent.rmdir()  # only where nothing was installed
    _log.info("installed %s, SHA-256 %s", target, digest)
    return target
