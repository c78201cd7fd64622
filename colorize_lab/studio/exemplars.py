"""Exemplars of the studio: photos of the session that lend their colors to the same things."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from colorize_lab.guide.exemplar import Exemplar
from colorize_lab.photo import Photo
from colorize_lab.studio.cache import LruCache
from colorize_lab.studio.edit import Edit
from colorize_lab.studio.photo_kind import classify

__all__ = ["ExemplarShelf"]

# Some twenty of 3 MB.
KEPT_BYTES = 64 << 20


class ExemplarShelf:
    """Keeps exemplars between previews.

    Parameters
    ----------
    open : callable
        Returns a photo, small, by its id.
    find_edit : callable
        Returns the settings of a photo.
    draw : callable
        Colors a photo with settings.
    """

    def __init__(
        self,
        open: Callable[[str], Photo],
        find_edit: Callable[[str], Edit],
        draw: Callable[[str, Edit], Photo],
    ) -> None:
        self._open = open
        self._find_edit = find_edit
        self._draw = draw
        self._kept = LruCache[tuple[str, Edit | None], Exemplar](
            KEPT_BYTES, lambda item: sum(lab.nbytes for lab in item.labs)
        )

    def read(self, photo_ids: Sequence[str]) -> Exemplar:
        """Make one exemplar of photos: those in color as they are, others as they are colored."""
        made = [self._make(photo_id) for photo_id in photo_ids]
        return Exemplar(
            tuple(sha256 for one in made for sha256 in one.sha256),
            tuple(lab for one in made for lab in one.labs),
        )

    def forget(self, photo_id: str) -> None:
        """Drop what is kept of a photo that was removed or replaced."""
        self._kept.drop(lambda key: key[0] == photo_id)

    def _make(self, photo_id: str) -> Exemplar:
        photo = self._open(photo_id)
        if classify(photo) == "color":
            return self._kept.get((photo_id, None), lambda: Exemplar.from_photos(photo))
        # Without its own exemplars: two photos may follow each other.
        edit = self._find_edit(photo_id).model_copy(update={"likes": ()})
        return self._kept.get(
            (photo_id, edit), lambda: Exemplar.from_photos(self._draw(photo_id, edit))
        )
