"""How a film's samples are stored: depth, chroma's size, range and color tags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["YUV420", "Layout", "rgb_layout"]

# Weights of red and blue in luma, by the names that FFmpeg has for the matrices of ITU-T H.273.
WEIGHTS = {
    "bt709": (0.2126, 0.0722),
    "fcc": (0.30, 0.11),
    "bt470bg": (0.299, 0.114),
    "smpte170m": (0.299, 0.114),
    "smpte240m": (0.212, 0.087),
    "bt2020nc": (0.2627, 0.0593),
}
# Luma samples per chroma sample, across and down, by the digits of the usual notation.
SUBSAMPLINGS = {
    (1, 1): "444",
    (2, 1): "422",
    (2, 2): "420",
    (1, 2): "440",
    (4, 1): "411",
    (4, 4): "410",
}


@dataclass(frozen=True)
class Layout:
    """Storage of luma and chroma.

    Attributes
    ----------
    depth : int
        Bits per sample, 8 to 16.
    across, down : int
        Luma samples per chroma sample.
    gray : bool
        There is no chroma.
    rgb : bool
        The file itself holds red, green and blue.
    full : bool
        Luma takes all codes (0..255 of 8 bits), not the limited ones of video (16..235).
    matrix, primaries, transfer : str
        FFmpeg's names of the tags of ITU-T H.273.
    file_depth : int
        Bits of red, green and blue in the file, of which luma and chroma were computed with more;
        0 for a file that holds luma and chroma itself.
    """

    depth: int = 8
    across: int = 2
    down: int = 2
    gray: bool = False
    rgb: bool = False
    full: bool = False
    matrix: str = "bt709"
    primaries: str = "bt709"
    transfer: str = "bt709"
    file_depth: int = 0

    @property
    def name(self) -> str:
        """FFmpeg's pixel format of three planes, little-endian."""
        digits = SUBSAMPLINGS[self.across, self.down]
        return f"yuv{digits}p" + (f"{self.depth}le" if self.depth > 8 else "")

    @property
    def gray_name(self) -> str:
        """FFmpeg's pixel format of luma alone."""
        return "gray" if self.depth == 8 else f"gray{self.depth}le"

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger]:
        """Type of the samples in memory."""
        return np.dtype(np.uint8 if self.depth == 8 else np.uint16)

    @property
    def black(self) -> int:
        """Luma code of black."""
        return 0 if self.full else 16 << self.depth - 8

    @property
    def luma_steps(self) -> int:
        """Luma codes from black to white."""
        return (1 << self.depth) - 1 if self.full else 219 << self.depth - 8

    @property
    def chroma_steps(self) -> int:
        """Chroma codes from the least to the greatest."""
        return (1 << self.depth) - 1 if self.full else 224 << self.depth - 8

    @property
    def weights(self) -> tuple[float, float, float]:
        """Weights of red, green and blue in luma."""
        red, blue = WEIGHTS.get(self.matrix, WEIGHTS["bt709"])
        return red, 1 - red - blue, blue

    def chroma_shape(self, height: int, width: int) -> tuple[int, int]:
        """Return rows and columns of the chroma planes of a frame.

        Examples
        --------
        >>> Layout().chroma_shape(121, 160)
        (61, 80)
        """
        return -(-height // self.down), -(-width // self.across)


#: What most films have.
YUV420 = Layout()


def rgb_layout(file_depth: int) -> Layout:
    """Make the layout of planes that are computed of red, green and blue: nothing of them is lost.

    Parameters
    ----------
    file_depth : int
        Bits per sample in the file.
    """
    return Layout(16, across=1, down=1, rgb=True, full=True, file_depth=file_depth)
