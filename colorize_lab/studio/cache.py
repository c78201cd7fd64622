"""A cache of values that are costly to make, bounded in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

__all__ = ["LruCache"]

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


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
