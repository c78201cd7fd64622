"""One file over HTTP: bounded in size, never stuck, and honest about what went wrong."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeAlias

from colorize_lab.errors import DownloadError
from colorize_lab.networks.files import MAX_WEIGHTS_BYTES

__all__ = ["Progress", "download_file"]

Progress: TypeAlias = Callable[[int, int | None], None]
"""Called with the bytes so far and the bytes in all, None if unknown."""

_TIMEOUT_S = 20.0
_CHUNK_BYTES = 1 << 16
# A mirror that stays below this for a window's length is as good as dead.
_SLOWEST_BYTES_PER_S = 2000.0
_WINDOW_S = 30.0


def download_file(
    url: str,
    target: BinaryIO,
    *,
    size_bytes: int | None = None,
    progress: Progress | None = None,
) -> None:
    """Copy what a URL serves into an open file.

    Parameters
    ----------
    url : str
        An http or https address; redirects are followed to such addresses only.
    target : BinaryIO
        Where the bytes go.
    size_bytes : int, optional
        How many they must be, if that is known.
    progress : callable, optional
        Called with the bytes so far and the bytes in all (None if unknown).

    Raises
    ------
    DownloadError
        With the reason alone: the server does not answer, refuses, stalls, breaks off, or
        serves a file of another size.
    """
    done = 0
    for chunk, total in _fetch_chunks(url, size_bytes):
        target.write(chunk)
        done += len(chunk)
        if progress is not None:
            progress(done, total)


def _fetch_chunks(url: str, size_bytes: int | None) -> Iterator[tuple[bytes, int | None]]:
    """Yield what a URL serves, and the bytes in all.

    What fails between two chunks, such as a full disk, is the caller's and passes untouched.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "colorize-lab"})
    try:
        with _make_opener().open(request, timeout=_TIMEOUT_S) as response:
            total = _read_length(response, size_bytes)
            done = 0
            for chunk in _read_chunks(response):
                done += len(chunk)
                _check_limit(done, total)
                yield chunk, total
    except urllib.error.HTTPError as error:
        raise DownloadError(f"the server answers {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise DownloadError(f"no connection ({error.reason})") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise DownloadError(f"the connection failed ({error or type(error).__name__})") from error
    if total is not None and done != total:
        raise DownloadError(f"the transfer stopped after {done:,} of {total:,} bytes")


def _make_opener() -> urllib.request.OpenerDirector:
    """Build an opener without the handlers for file, ftp and data addresses."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.UnknownHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


def _read_length(response: http.client.HTTPResponse, size_bytes: int | None) -> int | None:
    """Return how many bytes will come, once the answer's head shows no other file."""
    if response.headers.get_content_type() == "text/html":
        raise DownloadError("it serves a web page, not the file")
    length = response.headers.get("Content-Length", "")
    if not length.isdecimal():
        return size_bytes
    if size_bytes is not None and int(length) != size_bytes:
        raise DownloadError(f"it offers {int(length):,} bytes instead of {size_bytes:,}")
    _check_limit(int(length), None)
    return int(length)


def _check_limit(count: int, total: int | None) -> None:
    limit = MAX_WEIGHTS_BYTES if total is None else total
    if count > limit:
        raise DownloadError(f"it serves more than {limit:,} bytes")


def _read_chunks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield what arrives as it arrives; each wait is bounded, and so is dripping."""
    start, received = time.monotonic(), 0
    while chunk := response.read1(_CHUNK_BYTES):
        yield chunk
        received += len(chunk)
        if (elapsed := time.monotonic() - start) > _WINDOW_S:
            if received < _SLOWEST_BYTES_PER_S * elapsed:
                raise DownloadError(f"it sends only {received / elapsed:.0f} bytes per second")
            start, received = time.monotonic(), 0
