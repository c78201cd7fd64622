"""Formats of finished films by the name of their use: a container, a codec, its profile."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FORMATS", "FilmFormat"]


@dataclass(frozen=True)
class FilmFormat:
    """Codec, profile and container of a written film.

    Attributes
    ----------
    codec : str
        An encoder of ffmpeg.
    suffix : str
        File extension of the container.
    profile : str or None
        The codec's usual profile for this.
    depth : int or None
        Bits per sample; None takes the source's.
    playable : bool
        See `colorize_lab.video.io.encoding.Encoding`.
    """

    codec: str
    suffix: str
    profile: str | None = None
    depth: int | None = None
    playable: bool = False


#: By name. Cutters take ProRes and DNxHR, archives FFV1 in Matroska (RFC 9043), browsers H.264.
FORMATS = {
    "prores": FilmFormat("prores_ks", ".mov"),
    "dnxhr": FilmFormat("dnxhd", ".mov"),
    "ffv1": FilmFormat("ffv1", ".mkv"),
    "archive": FilmFormat("ffv1", ".mkv", "archive"),
    "web": FilmFormat("libx264", ".mp4", depth=8, playable=True),
}
