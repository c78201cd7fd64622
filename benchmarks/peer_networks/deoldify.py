"""DeOldify: a ResNet as encoder of a U-net with self-attention.

The norms of its weights (spectral normalization) are folded into them, as exporters do.

References
----------
.. [1] J. Antic, "DeOldify", https://github.com/jantic/DeOldify: ``deoldify/unet.py`` and, for the
   scaling around it, the export of https://github.com/instant-high/deoldify-onnx.
.. [2] K. He, X. Zhang, S. Ren, J. Sun, "Deep Residual Learning", CVPR 2016.
.. [3] H. Zhang et al., "Self-Attention Generative Adversarial Networks", ICML 2019.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.peer_networks.builder import (
    IMAGENET_DEVIATION,
    IMAGENET_MEAN,
    Builder,
    face_channels,
)

__all__ = ["ARTISTIC", "STABLE", "DeOldifyWidths", "build_deoldify"]


@dataclass(frozen=True)
class DeOldifyWidths:
    """Widths and depths of a DeOldify.

    Attributes
    ----------
    depths : tuple of int
        Blocks of the encoder's four stages.
    stem : int
        Channels of the encoder's first layer, 64 in both ResNets.
    bottleneck : bool
        Whether a block is of three convolutions, as in ResNet-101, or of two, as in ResNet-34.
    factor : float
        ``nf_factor``: the decoder's width.
    wide : bool
        Whether the decoder is the wide one, else the deep one.
    """

    depths: tuple[int, int, int, int]
    stem: int
    bottleneck: bool
    factor: float
    wide: bool


ARTISTIC = DeOldifyWidths((3, 4, 6, 3), 64, bottleneck=False, factor=1.5, wide=False)
STABLE = DeOldifyWidths((3, 4, 23, 3), 64, bottleneck=True, factor=2, wide=True)
"""The network for films has the same layers."""
_STEM = 64
_WIDE_DECODER = 512


def build_deoldify(widths: DeOldifyWidths, seed: int = 0) -> bytes:
    """Write a DeOldify with random weights for pictures of any size in multiples of 32.

    Parameters
    ----------
    widths : DeOldifyWidths
        `ARTISTIC`, `STABLE`, or smaller ones with the same layers.
    seed : int
        Of the weights.
    """
    make = Builder(seed)
    picture = make.standardize(make.add("Div", "input", make.keep_number(255)))
    skips, channels = _encode(make, picture, widths)
    (x, top), *others = list(zip(skips, channels, strict=True))[::-1]
    x = make.add("Relu", make.normalize_batch(x, top))
    x = _mix(make, _mix(make, x, top, 2 * top), 2 * top, top)
    for number, (skip, skipped) in enumerate(others):
        decode = _decode_wide if widths.wide else _decode_deep
        x, top = decode(make, (x, top), (skip, skipped), widths, number)
    x = make.enlarge(x, top, top, 2, norm=False, blur=False)
    x, top = make.add("Concat", x, picture, axis=1), top + 3
    inner = make.add("Relu", make.convolve(x, top, top))
    x = make.add("Add", x, make.add("Relu", make.convolve(inner, top, top)))
    return make.encode(_to_rgb(make, make.convolve(x, top, 3, 1)))


def _to_rgb(make: Builder, x: str) -> str:
    """Bring the answer into -3..3, undo the standardization, scale to 0..255."""
    range_ = make.add("Mul", make.add("Sigmoid", x), make.keep_number(6))
    x = make.add("Sub", range_, make.keep_number(3))
    x = make.add("Mul", x, make.keep(face_channels(IMAGENET_DEVIATION)))
    x = make.add("Add", x, make.keep(face_channels(IMAGENET_MEAN)))
    x = make.add("Clip", x, make.keep(np.array(0, np.float32)), make.keep(np.array(1, np.float32)))
    return make.add("Mul", x, make.keep_number(255))


def _encode(make: Builder, x: str, widths: DeOldifyWidths) -> tuple[list[str], list[int]]:
    """ResNet; returns what is kept for the decoder, from fine to coarse, and its channels."""
    stem, grown = widths.stem, 4 if widths.bottleneck else 1
    x = make.convolve(x, 3, stem, 7, bias=False, strides=(2, 2))
    x = make.add("Relu", make.normalize_batch(x, stem))
    skips, channels = [x], [stem]
    x = make.add("MaxPool", x, kernel_shape=(3, 3), strides=(2, 2), pads=(1,) * 4)
    read = stem
    for stage, depth in enumerate(widths.depths):
        inner = stem * 2**stage
        for number in range(depth):
            stride = 2 if number == 0 and stage > 0 else 1
            x = _add_block(make, x, (read, inner, inner * grown), stride, widths.bottleneck)
            read = inner * grown
        skips.append(x)
        channels.append(read)
    return skips, channels


def _add_block(
    make: Builder, x: str, channels: tuple[int, int, int], stride: int, bottleneck: bool
) -> str:
    read, inner, made = channels
    steps = [(read, inner, 3, stride), (inner, made, 3, 1)]
    if bottleneck:
        steps = [(read, inner, 1, 1), (inner, inner, 3, stride), (inner, made, 1, 1)]
    y = x
    for number, (before, after, kernel, step) in enumerate(steps):
        y = make.convolve(y, before, after, kernel, bias=False, strides=(step, step))
        y = make.normalize_batch(y, after)
        y = make.add("Relu", y) if number < len(steps) - 1 else y
    if stride > 1 or read != made:
        x = make.convolve(x, read, made, 1, bias=False, strides=(stride, stride))
        x = make.normalize_batch(x, made)
    return make.add("Relu", make.add("Add", x, y))


def _mix(make: Builder, x: str, read: int, made: int) -> str:
    """Convolution, ReLU, batch norm, in this order."""
    return make.normalize_batch(make.add("Relu", make.convolve(x, read, made, bias=False)), made)


def _join(make: Builder, x: str, skip: tuple[str, int]) -> str:
    normed = make.normalize_batch(*skip)
    return make.add("Relu", make.add("Concat", x, normed, axis=1))


def _decode_deep(
    make: Builder, x: tuple[str, int], skip: tuple[str, int], widths: DeOldifyWidths, number: int
) -> tuple[str, int]:
    large = make.enlarge(*x, x[1] // 2, 2, norm=True, blur=True)
    joined = x[1] // 2 + skip[1]
    made = int((joined if number < 3 else joined // 2) * widths.factor)
    y = _mix(make, _mix(make, _join(make, large, skip), joined, made), made, made)
    return (_attend(make, y, made) if number == 1 else y), made


def _decode_wide(
    make: Builder, x: tuple[str, int], skip: tuple[str, int], widths: DeOldifyWidths, number: int
) -> tuple[str, int]:
    full = round(_WIDE_DECODER * widths.factor * widths.stem / _STEM)
    made = (full if number < 3 else full // 2) // 2
    large = make.enlarge(*x, made, 2, norm=True, blur=True)
    y = _mix(make, _join(make, large, skip), made + skip[1], made)
    return (_attend(make, y, made) if number == 1 else y), made


def _attend(make: Builder, x: str, channels: int) -> str:
    """Let every pixel look at all others; the size of the picture is found when the model runs."""
    flat = make.reshape(x, 0, 0, -1)
    query, key, value = (
        make.add("MatMul", make.draw(made, channels), flat)
        for made in (channels // 8, channels // 8, channels)
    )
    scores = make.add("MatMul", make.add("Transpose", query, perm=(0, 2, 1)), key)
    seen = make.add("MatMul", value, make.add("Softmax", scores, axis=1))
    scaled = make.add("Mul", seen, make.draw_near(0.3, 1))
    summed = make.add("Add", scaled, flat)
    return make.add("Reshape", summed, make.add("Shape", x))
