"""Scenes: photos at preview size with what the network thinks of them, a bounded number of them."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from colorize_lab.distribution import AbDistribution
from colorize_lab.guide import Guide
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo

__all__ = ["PREVIEW_PIXELS", "LruCache", "Opened", "Scene", "measure_distribution", "shrink_photo"]

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")

# About a screen's worth: decoding it takes a tenth of a second.
PREVIEW_PIXELS = 1_000_000


@dataclass(frozen=True, eq=False)
class Opened:
    """A photo as it came, at preview size.

    Attributes
    ----------
    photo : Photo
        The small copy.
    height, width : int
        Of the full photo in pixels.
    """

    photo: Photo
    height: int
    width: int

    @property
    def size_bytes(self) -> int:
        """Memory that it holds."""
        return measure_photo(self.photo)


@dataclass(frozen=True, eq=False)
class Scene:
    """A photo that is ready to be colored, at preview size.

    Attributes
    ----------
    photo : Photo
        Restored, and mixed to black-and-white if it is recolored.
    seen : Photo
        What the network sees of it.
    scale : float
        The preview's size over the full photo's, 0..1.
    guides : tuple of Guide
        What survives of a faded photo's own color.
    notes : tuple of str
        What was done or found on the way.
    is_finished : bool
        Whether the photo is to stay as it is, because recoloring found nothing wrong with it.
    """

    photo: Photo
    seen: Photo
    scale: float
    guides: tuple[Guide, ...] = ()
    notes: tuple[str, ...] = ()
    is_finished: bool = False

    @property
    def size_bytes(self) -> int:
        """Memory that it holds."""
        return sum(measure_photo(photo) for photo in {self.photo, self.seen})


def measure_photo(photo: Photo) -> int:
    """Return the bytes of a photo's pixels; a gray one's channels share a plane."""
    plane = photo.rgb[..., 0].nbytes
    return plane * (1 if photo.rgb.strides[-1] == 0 else 3)


def measure_distribution(distribution: AbDistribution) -> int:
    """Return the bytes of a distribution."""
    return distribution.log_probabilities.nbytes


def shrink_photo(photo: Photo, pixels: int = PREVIEW_PIXELS) -> Photo:
    """Bring a photo to at most this many pixels by area averaging.

    Examples
    --------
    >>> from skimage.data import camera
    >>> from colorize_lab import array_to_photo
    >>> shrink_photo(array_to_photo(camera()), 100 * 100).rgb.shape
    (100, 100, 3)
    """
    height, width = photo.rgb.shape[:2]
    factor = math.sqrt(pixels / (height * width))
    if factor >= 1:
        return photo
    size = max(1, math.floor(width * factor)), max(1, math.floor(height * factor))

    def shrink(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)

    if photo.is_gray:  # one plane instead of three
        plane = shrink(np.ascontiguousarray(photo.rgb[..., 0]))
        rgb = np.broadcast_to(plane[..., np.newaxis], (*plane.shape, 3))
    else:
        rgb = shrink(photo.rgb)
    alpha = None if photo.alpha is None else shrink(photo.alpha)
    return replace(photo, rgb=rgb, alpha=alpha)


@dataclass
class LruCache(Generic[Key, Item]):
    """Values that are costly to make; the one used longest ago goes first.

    Attributes
    ----------
    max_bytes : int
        Of all values together; the newest is always kept.
    measure : callable
        Returns a value's bytes.

    Examples
    --------
    >>> cache = LruCache[str, bytes](max_bytes=10, measure=len)
    >>> [len(cache.get(name, lambda: b"x" * 6)) for name in "ab"], cache.size_bytes
    ([6, 6], 6)
    """

    max_bytes: int
    measure: Callable[[Item], int]
    size_bytes: int = field(default=0, init=False)
    _items: OrderedDict[Key, Item] = field(default_factory=OrderedDict, init=False, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)

    def get(self, key: Key, make: Callable[[], Item]) -> Item:
        """Return a value, which is made once; others wait for it."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key]
            item = make()
            self._items[key] = item
            self.size_bytes += self.measure(item)
            while self.size_bytes > self.max_bytes and len(self._items) > 1:
                _, oldest = self._items.popitem(last=False)
                self.size_bytes -= self.measure(oldest)
            return item

    def peek(self, key: Key) -> Item | None:
        """Return a value if it is there."""
        with self._lock:
            return self._items.get(key)

    def drop(self, is_unwanted: Callable[[Key], bool]) -> None:
        """Remove the values whose keys are unwanted."""
        with self._lock:
            for key in [key for key in self._items if is_unwanted(key)]:
                self.size_bytes -= self.measure(self._items.pop(key))
