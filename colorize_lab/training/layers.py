"""The compact network's layers, declared once: torch trains them, export says them in Caffe.

The encoder is EfficientNet-Lite0's (Tan and Le, EfficientNet, ICML 2019, table 1; the lite variants
have neither squeeze-and-excitation nor swish) up to 1/32, so that it can start from weights that
know things. Hints come in by a branch of their own; three steps lead back up to 1/4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

__all__ = [
    "BINS",
    "ENCODER",
    "Layer",
    "Stage",
    "compact_layers",
    "find_layers",
    "is_encoder",
    "is_frozen",
]

BINS = 313


@dataclass(frozen=True)
class Layer:
    """One convolution (or deconvolution) with batch norm, optionally added to an earlier layer.

    Attributes
    ----------
    name, source : str
        Its name, and the layer that it reads (``data`` is the network's input).
    channels_in, channels : int
        Channels that it reads and makes.
    kernel, stride, dilation : int
        In pixels; a deconvolution's stride makes its output larger. Where a convolution's stride
        is two its kernel is even, so that what it makes lies in the middle of what it saw.
    groups : int
        Parts that see only their share of the channels.
    deconvolution : bool
        True if it enlarges.
    plus : str or None
        Layer whose output is added before the ReLU: a residual or skip connection.
    relu, norm : bool
        True if a ReLU ends it, and if batch norm takes the place of a bias.
    pooled : bool
        It reads the mean of ``source`` over the whole photo, one number per channel.
    times : str or None
        Layer whose output is multiplied by this one's, channel by channel.
    """

    name: str
    source: str
    channels_in: int
    channels: int
    kernel: int = 3
    stride: int = 1
    dilation: int = 1
    groups: int = 1
    deconvolution: bool = False
    plus: str | None = None
    relu: bool = True
    norm: bool = True
    pooled: bool = False
    times: str | None = None

    @property
    def pad(self) -> int:
        """Padding that keeps the size (or divides or multiplies it by the stride exactly)."""
        return 1 if self.deconvolution else self.dilation * (self.kernel - 1) // 2


@dataclass(frozen=True)
class Stage:
    """A row of the encoder's table: ``depth`` inverted residual blocks.

    Attributes
    ----------
    channels, kernel, stride : int
        Of what comes out, of the depthwise layers, and of the first of these.
    expansion, depth : int
        By how much a block widens what it gets, and how many blocks there are.
    """

    channels: int
    kernel: int
    stride: int
    expansion: int
    depth: int


STEM_CHANNELS = 32
SQUEEZE = "squeeze"
# EfficientNet's stages but for the last, which only the classifier needs.
ENCODER = (
    Stage(16, 3, 1, 1, 1),
    Stage(24, 3, 2, 6, 2),
    Stage(40, 5, 2, 6, 2),
    Stage(80, 3, 2, 6, 3),
    Stage(112, 5, 1, 6, 3),
    Stage(192, 5, 2, 6, 4),
)


def is_encoder(name: str) -> bool:
    """Tell if a layer of this name belongs to the encoder."""
    return name.startswith(("stem", "block"))


def is_frozen(name: str, blocks: int) -> bool:
    """Tell if a layer is frozen when this many encoder blocks are.

    Examples
    --------
    >>> is_frozen("block2_depth", 3), is_frozen("block3_depth", 3), is_frozen("stem", 0)
    (True, False, False)
    """
    frozen = ("stem_", *(f"block{number}_" for number in range(blocks)))
    return blocks > 0 and f"{name}_".startswith(frozen)


def compact_layers(
    encoder: Sequence[Stage] = ENCODER,
    stem: int = STEM_CHANNELS,
    widths: tuple[int, int, int] = (64, 96, 128),
    dilations: tuple[int, ...] = (1, 2),
    *,
    context: bool = False,
) -> tuple[Layer, ...]:
    """List the compact network's rows, in the order of computation.

    Parameters
    ----------
    encoder : sequence of Stage
        Must reach 1/32 of the input's side, in steps of two.
    stem : int
        Channels at 1/2.
    widths : tuple of int
        Channels of the way up, at 1/4, 1/8 and 1/16 of the input's side.
    dilations : tuple of int
        One residual block at 1/16 for each.
    context : bool
        Weight the channels at 1/16 by what is seen in the whole photo.
    """
    rows = [Layer("stem", "data", 4, stem, kernel=4, stride=2)]
    ends = {2: rows[-1]}
    scale, blocks = 2, count()
    for stage in encoder:
        scale *= stage.stride
        for number in range(stage.depth):
            rows += list_block(f"block{next(blocks)}", rows[-1], stage, first=number == 0)
        ends[scale] = rows[-1]
    hints = list_hint_branch(widths)
    rows += hints.values()
    top = ends[32]
    for level, width in zip((16, 8, 4), reversed(widths), strict=True):
        rows += list_step_up(level, top, ends[level], hints[level], width)
        if level == 16:
            for number, dilation in enumerate(dilations, start=1):
                rows += list_residual_block(f"wide{number}", rows[-1], dilation)
            rows += list_context(rows[-1]) if context else []
        else:
            rows.append(Layer(f"mix{level}", rows[-1].name, width, width))
        top = rows[-1]
    rows.append(Layer("conv_313", top.name, top.channels, BINS, kernel=1, norm=False, relu=False))
    return tuple(rows)


def list_block(name: str, source: Layer, stage: Stage, *, first: bool) -> list[Layer]:
    """List an inverted residual block: widen, look around within each channel, narrow."""
    rows = []
    wide = source.channels * stage.expansion
    if stage.expansion > 1:
        rows.append(Layer(f"{name}_expand", source.name, source.channels, wide, kernel=1))
    inside = rows[-1].name if rows else source.name
    stride = stage.stride if first else 1
    kernel = stage.kernel + stride - 1
    rows += [
        Layer(f"{name}_depth", inside, wide, wide, kernel=kernel, stride=stride, groups=wide),
        Layer(
            f"{name}_project",
            f"{name}_depth",
            wide,
            stage.channels,
            kernel=1,
            plus=None if first else source.name,
            relu=False,
        ),
    ]
    return rows


def list_hint_branch(widths: tuple[int, int, int]) -> dict[int, Layer]:
    """List the hints' own way down to 1/16, each layer by its scale."""
    rows: dict[int, Layer] = {}
    source, channels = "data", 4
    for scale, width in zip((2, 4, 8, 16), (widths[0] // 2, *widths), strict=True):
        row = Layer(f"hint{scale}", source, channels, width // 2, kernel=4, stride=2)
        rows[scale] = row
        source, channels = row.name, row.channels
    return rows


def list_step_up(level: int, top: Layer, end: Layer, hint: Layer, width: int) -> list[Layer]:
    """List a deconvolution to 1/``level``, joined by what encoder and hints know there."""
    skip, joined = f"skip{level}", f"join{level}"
    return [
        Layer(skip, end.name, end.channels, width, kernel=1, relu=False),
        Layer(joined, hint.name, hint.channels, width, kernel=1, plus=skip, relu=False),
        Layer(
            f"up{level}",
            top.name,
            top.channels,
            width,
            kernel=4,
            stride=2,
            deconvolution=True,
            plus=joined,
        ),
    ]


def list_residual_block(name: str, source: Layer, dilation: int = 1) -> list[Layer]:
    """List two 3x3 layers whose sum with ``source`` is named ``NAME_b``."""
    channels = source.channels
    return [
        Layer(f"{name}_a", source.name, channels, channels, dilation=dilation),
        Layer(f"{name}_b", f"{name}_a", channels, channels, plus=source.name),
    ]


def list_context(source: Layer) -> list[Layer]:
    """List squeeze and excitation: each channel is weighted by what is seen in the whole photo.

    A ReLU takes the place of the sigmoid, so that weights of one change nothing: a trained network
    can get these layers.

    References
    ----------
    J. Hu, L. Shen, G. Sun, "Squeeze-and-Excitation Networks", CVPR 2018.
    """
    wide = source.channels
    narrow = wide // 4
    return [
        Layer(SQUEEZE, source.name, wide, narrow, kernel=1, norm=False, pooled=True),
        Layer("excite", SQUEEZE, narrow, wide, kernel=1, norm=False, times=source.name),
    ]


def find_layers(weights: Iterable[str]) -> tuple[Layer, ...]:
    """Find the layers that weights of these names belong to.

    Examples
    --------
    >>> find_layers(["convs.stem.weight"]) == compact_layers()
    True
    >>> find_layers(["convs.squeeze.weight"]) == compact_layers(context=True)
    True
    """
    return compact_layers(context=any(SQUEEZE in name.split(".") for name in weights))
