"""Everything that is chosen about a film, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from colorize_lab.errors import RecipeError
from colorize_lab.video.io.encoding import Encoding, choose_codec
from colorize_lab.video.io.fields import DEINTERLACING
from colorize_lab.video.io.formats import FORMATS
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.plan import FilmInfo
from colorize_lab.video.steady.shot import Steadying

if TYPE_CHECKING:
    from colorize_lab.video.clean import CleaningStage
    from colorize_lab.video.hints.film_hints import FilmHint
    from colorize_lab.video.keyframes import Keyframe
    from colorize_lab.video.shot_list import ShotEntry

__all__ = ["FilmSettings"]


@dataclass(frozen=True)
class FilmSettings:
    """Settings of cleaning, coloring and writing a film; colors come from the recipe.

    Attributes
    ----------
    steadying : Steadying
        How much neighboring frames have to say.
    cleaning : tuple of CleaningStage
        Done before coloring, in this order.
    hints : tuple of FilmHint
        Colors that are known at a time and a place.
    keyframes : tuple of Keyframe
        Frames that were painted.
    shots : tuple of ShotEntry
        Shots as somebody wants them, in place of those that are found. What is rendered of each
        is kept beside the film, so that only what has changed is rendered the next time.
    skip_colored : bool or None
        Leave shots alone that are in color; None leaves it to what the plan finds.
    format : str or None
        One of `colorize_lab.video.io.formats.FORMATS`, whose codec is taken.
    profile : str or None
        Of the codec, such as ``"hq"`` of ProRes.
    codec : str or None
        An encoder of ffmpeg; None takes the usual one of the target's container.
    crf : float or None
        Its constant rate factor: less is better and larger.
    depth : int or None
        Bits per sample; None takes the source's where the codec can store them.
    keep_lightness : bool
        Keep L* instead of Y', which is the film's own code for code otherwise.
    begin, end : float or None
        Part of the film in seconds; None is its own begin or end.
    rate : Fraction or None
        Frames a second of a folder of frames; a film has its own.
    deinterlace : {"auto", "on", "off", "double"}
        What becomes of fields; see `colorize_lab.video.io.probe.probe_film`.
    inverse_telecine : bool
        Undo 3:2 pulldown.
    gaps : {"hold", "skip", "error"}
        What becomes of missing numbers in a folder of frames.
    provenance : bool
        Say in the film's metadata how the color was made.
    resume : bool
        Continue an interrupted run.
    overwrite : bool
        Replace a film that already exists.

    Raises
    ------
    RecipeError
        For a part that is empty.
    """

    steadying: Steadying = field(default_factory=Steadying)
    cleaning: tuple[CleaningStage, ...] = ()
    hints: tuple[FilmHint, ...] = ()
    keyframes: tuple[Keyframe, ...] = ()
    shots: tuple[ShotEntry, ...] = ()
    skip_colored: bool | None = None
    format: str | None = None
    profile: str | None = None
    codec: str | None = None
    crf: float | None = None
    depth: int | None = None
    keep_lightness: bool = False
    begin: float | None = None
    end: float | None = None
    rate: Fraction | None = None
    deinterlace: str = "auto"
    inverse_telecine: bool = False
    gaps: str = "hold"
    provenance: bool = True
    resume: bool = False
    overwrite: bool = False

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in FORMATS:
            raise RecipeError(f"{self.format!r:.20} is not a format; use {', '.join(FORMATS)}")
        if self.format is not None and self.codec is not None:
            raise RecipeError("--format and --codec are mutually exclusive; pass one of them")
        if self.deinterlace not in DEINTERLACING:
            raise RecipeError(
                f"{self.deinterlace!r:.20} is not a way to deinterlace; use one of "
                f"{', '.join(DEINTERLACING)}"
            )
        if self.inverse_telecine and self.deinterlace != "auto":
            raise RecipeError("--inverse-telecine makes whole frames; omit --deinterlace")
        begin = self.begin or 0.0
        # Written so that NaN fails too.
        if not begin >= 0:
            raise RecipeError(f"the part starts at {begin:g} s; use --from 0 or more")
        if self.end is not None and not self.end > begin:
            raise RecipeError(
                f"the part ends at {self.end:g} s but starts at {begin:g} s; use a later --to"
            )

    @property
    def extension(self) -> str | None:
        """File extension of the format; None leaves it to the target's name."""
        return None if self.format is None else FORMATS[self.format].suffix

    def choose_encoding(self, target: Path) -> Encoding:
        """Choose how a film is compressed."""
        chosen = None if self.format is None else FORMATS[self.format]
        if chosen is None:
            codec = self.codec or choose_codec(target)
            return Encoding(codec, self.crf, self.depth, self.profile)
        return Encoding(
            chosen.codec,
            self.crf,
            self.depth or chosen.depth,
            self.profile or chosen.profile,
            playable=chosen.playable,
        )

    def probe(self, source: Path) -> FilmInfo:
        """Find out what a film is, read with these settings."""
        return probe_film(
            source,
            rate=self.rate,
            deinterlace=self.deinterlace,
            inverse_telecine=self.inverse_telecine,
            gaps=self.gaps,
        )
