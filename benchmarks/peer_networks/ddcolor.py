"""DDColor: a ConvNeXt encoder, a decoder of pixels and a decoder of colors.

References
----------
.. [1] X. Kang, T. Yang, W. Ouyang, P. Ren, L. Li, X. Xie, "DDColor: Towards Photo-Realistic Image
   Colorization via Dual Decoders", ICCV 2023, and the layers of https://github.com/piddnad/DDColor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.peer_networks.builder import Builder

__all__ = ["DDCOLOR", "DDCOLOR_TINY", "DDColorWidths", "build_ddcolor"]


@dataclass(frozen=True)
class DDColorWidths:
    """Widths and depths of a DDColor.

    Attributes
    ----------
    depths, encoder : tuple of int
        Blocks and channels of the encoder's four stages.
    decoder : int
        Channels of the decoder of pixels, the last stage has half of them.
    queries, hidden, feedforward, heads, rounds : int
        Color queries, and the sizes of the transformer that makes them.
    """

    depths: tuple[int, int, int, int]
    encoder: tuple[int, int, int, int]
    decoder: int = 512
    queries: int = 100
    hidden: int = 256
    feedforward: int = 2048
    heads: int = 8
    rounds: int = 9


DDCOLOR = DDColorWidths((3, 3, 27, 3), (192, 384, 768, 1536))
DDCOLOR_TINY = DDColorWidths((3, 3, 9, 3), (96, 192, 384, 768))


def build_ddcolor(widths: DDColorWidths, side: int, seed: int = 0) -> bytes:
    """Write a DDColor with random weights for square pictures, as the published files are.

    Parameters
    ----------
    widths : DDColorWidths
        `DDCOLOR`, `DDCOLOR_TINY`, or smaller ones with the same layers.
    side : int
        Of the input, in pixels; a multiple of 32.
    seed : int
        Of the weights.
    """
    make = Builder(seed)
    x = make.standardize("input")
    first, second, third, last = _encode(make, x, widths)
    wide, half = widths.decoder, widths.decoder // 2
    out0 = _decode(make, last, third, (widths.encoder[3], widths.encoder[2], wide))
    out1 = _decode(make, out0, second, (wide, widths.encoder[1], wide))
    out2 = _decode(make, out1, first, (wide, widths.encoder[0], half))
    pixels = make.enlarge(out2, half, half, 4, norm=False, blur=True)
    levels = [(out0, wide, side // 16), (out1, wide, side // 8), (out2, half, side // 4)]
    colors = _decode_colors(make, levels, widths, half)
    planes = make.add("Einsum", colors, pixels, equation="qc,bchw->bqhw")
    joined = make.add("Concat", planes, x, axis=1)
    return make.encode(make.convolve(joined, widths.queries + 3, 2, 1), (side, side))


def _encode(make: Builder, x: str, widths: DDColorWidths) -> list[str]:
    """ConvNeXt; every stage's output has a norm of its own."""
    features = []
    for stage, (depth, channels) in enumerate(zip(widths.depths, widths.encoder, strict=True)):
        if stage == 0:
            x = make.convolve(x, 3, channels, 4, strides=(4, 4), pads=(0,) * 4)
            x = make.normalize_layer(x, channels, axis=1, epsilon=1e-6)
        else:
            before = widths.encoder[stage - 1]
            x = make.normalize_layer(x, before, axis=1, epsilon=1e-6)
            x = make.convolve(x, before, channels, 2, strides=(2, 2), pads=(0,) * 4)
        for _ in range(depth):
            x = _add_block(make, x, channels)
        features.append(make.normalize_layer(x, channels, axis=1, epsilon=1e-6))
    return features


def _add_block(make: Builder, x: str, channels: int) -> str:
    y = make.convolve(x, channels, channels, 7, group=channels)
    y = make.add("Transpose", y, perm=(0, 2, 3, 1))
    y = make.normalize_layer(y, channels, axis=-1, epsilon=1e-6)
    y = make.connect(y, channels, 4 * channels)
    y = make.connect(_add_gelu(make, y), 4 * channels, channels)
    y = make.add("Mul", y, make.draw_near(0.3, channels))
    return make.add("Add", x, make.add("Transpose", y, perm=(0, 3, 1, 2)))


def _add_gelu(make: Builder, x: str) -> str:
    error = make.add("Erf", make.add("Div", x, make.keep_number(math.sqrt(2))))
    share = make.add("Add", error, make.keep_number(1))
    return make.add("Mul", make.add("Mul", x, share), make.keep_number(0.5))


def _decode(make: Builder, x: str, skip: str, channels: tuple[int, int, int]) -> str:
    """Enlarge, join with the encoder's features, convolve."""
    read, skipped, made = channels
    large = make.enlarge(x, read, made, 2, norm=True, blur=True)
    joined = make.add("Concat", large, make.normalize_batch(skip, skipped), axis=1)
    relu = make.add("Relu", joined)
    mixed = make.add("Relu", make.convolve(relu, made + skipped, made, bias=False))
    return make.normalize_batch(mixed, made)


def _decode_colors(
    make: Builder, levels: list[tuple[str, int, int]], widths: DDColorWidths, made: int
) -> str:
    """Let color queries attend to the pixels of each level in turn, and to each other."""
    hidden = widths.hidden
    memories = [_flatten(make, level, hidden) for level in levels]
    places = make.draw_near(0, widths.queries, hidden)
    colors = make.draw_near(0, widths.queries, hidden)
    for turn in range(widths.rounds):
        memory, positions = memories[turn % len(memories)]
        query = make.add("Add", colors, places)
        key = make.add("Add", memory, positions)
        seen = _attend(make, (query, key, memory), widths)
        colors = _add_and_norm(make, colors, seen, hidden)
        query = make.add("Add", colors, places)
        seen = _attend(make, (query, query, colors), widths)
        colors = _add_and_norm(make, colors, seen, hidden)
        inner = make.add("Relu", make.connect(colors, hidden, widths.feedforward))
        outer = make.connect(inner, widths.feedforward, hidden)
        colors = _add_and_norm(make, colors, outer, hidden)
    colors = make.normalize_layer(colors, hidden, axis=-1, epsilon=1e-5)
    for size in (hidden, hidden):
        colors = make.add("Relu", make.connect(colors, hidden, size))
    return make.connect(colors, hidden, made)


def _flatten(make: Builder, level: tuple[str, int, int], hidden: int) -> tuple[str, str]:
    """Return a level's pixels as rows, and a code of their places."""
    x, channels, side = level
    rows = make.reshape(make.convolve(x, channels, hidden, 1), hidden, side * side)
    rows = make.add("Transpose", rows, perm=(1, 0))
    rows = make.add("Add", rows, make.draw_near(0, hidden))
    return rows, make.keep(encode_places(side, hidden), "places")


def encode_places(side: int, hidden: int) -> NDArray[np.float32]:
    """Compute sines and cosines of row and column, float32 of shape (side * side, hidden)."""
    count = hidden // 2
    steps = (np.arange(side) + 1) / (side + 1e-6) * 2 * np.pi
    waves = steps[:, None] / 10000 ** (2 * (np.arange(count) // 2) / count)
    waves[:, 0::2], waves[:, 1::2] = np.sin(waves[:, 0::2]), np.cos(waves[:, 1::2])
    rows = np.repeat(waves[:, None], side, axis=1)
    columns = np.repeat(waves[None], side, axis=0)
    places = np.concatenate([rows, columns], axis=2).reshape(side * side, hidden)
    return np.asarray(places, np.float32)


def _attend(make: Builder, tensors: tuple[str, str, str], widths: DDColorWidths) -> str:
    """Attention of several heads, of queries to keys with values."""
    hidden, heads = widths.hidden, widths.heads
    query, key, value = (
        make.add(
            "Transpose",
            make.reshape(make.connect(x, hidden, hidden), -1, heads, hidden // heads),
            perm=order,
        )
        for x, order in zip(tensors, ((1, 0, 2), (1, 2, 0), (1, 0, 2)), strict=True)
    )
    scale = make.keep_number(1 / math.sqrt(hidden // heads))
    scores = make.add("MatMul", make.add("Mul", query, scale), key)
    mixed = make.add("MatMul", make.add("Softmax", scores, axis=-1), value)
    rows = make.reshape(make.add("Transpose", mixed, perm=(1, 0, 2)), -1, hidden)
    return make.connect(rows, hidden, hidden)


def _add_and_norm(make: Builder, x: str, y: str, channels: int) -> str:
    return make.normalize_layer(make.add("Add", x, y), channels, axis=-1, epsilon=1e-5)
