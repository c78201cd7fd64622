"""Shapes of convolutions, pools and resizing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from colorize_lab.onnx.value import Settings, ShapeError, Value

__all__ = ["FILTER_RULES"]

Inputs: TypeAlias = Sequence[Value | None]
Made: TypeAlias = tuple[list[Value], int]

_MAX_SETTING: Final = 1024


def need(inputs: Inputs, index: int) -> Value:
    """Return an input that may not be left out."""
    value = inputs[index] if index < len(inputs) else None
    if value is None:
        raise ShapeError(f"input {index} is left out")
    return value


def _convolve(settings: Settings, inputs: Inputs) -> Made:
    value, weights = need(inputs, 0), need(inputs, 1)
    batch, channels, *sides = value.shape
    made, per_group, *kernel = weights.shape
    group = settings.get_int("group", 1)
    if group < 1 or per_group * group != channels or made % group:
        raise ShapeError(f"{channels} channels and weights of the shape {weights.shape}")
    window = _read_window(settings, kernel, len(sides))
    shape = (batch, made, *_slide(sides, window, upward=False))
    return [Value(shape)], math.prod(shape) * per_group * math.prod(kernel)


def _deconvolve(settings: Settings, inputs: Inputs) -> Made:
    value, weights = need(inputs, 0), need(inputs, 1)
    batch, channels, *sides = value.shape
    read, per_group, *kernel = weights.shape
    if read != channels or settings.get_ints("output_shape"):
        raise ShapeError(f"{channels} channels and weights of the shape {weights.shape}")
    strides, pads, dilations = _read_window(settings, kernel, len(sides))[1:]
    extra = settings.get_ints("output_padding") or (0,) * len(sides)
    count = len(sides)
    grown = [
        strides[i] * (sides[i] - 1)
        + extra[i]
        + dilations[i] * (kernel[i] - 1)
        + 1
        - pads[i]
        - pads[count + i]
        for i in range(count)
    ]
    shape = (batch, per_group * settings.get_int("group", 1), *grown)
    return [Value(shape)], value.size * per_group * math.prod(kernel)


def _pool(settings: Settings, inputs: Inputs) -> Made:
    value = need(inputs, 0)
    kernel = settings.get_ints("kernel_shape")
    if kernel is None:
        raise ShapeError("no kernel_shape")
    window = _read_window(settings, kernel, len(value.shape) - 2)
    sides = _slide(value.shape[2:], window, upward=settings.get_int("ceil_mode", 0) == 1)
    return [Value((*value.shape[:2], *sides))], 0


def _pool_all(settings: Settings, inputs: Inputs) -> Made:
    value = need(inputs, 0)
    return [Value((*value.shape[:2], *(1 for _ in value.shape[2:])))], 0


Window: TypeAlias = tuple[Sequence[int], Sequence[int], Sequence[int], Sequence[int]]
"""Kernel, strides, pads (all before, then all after) and dilations."""


def _read_window(settings: Settings, kernel: Sequence[int], axes: int) -> Window:
    if settings.get_text("auto_pad", "NOTSET") not in ("NOTSET", ""):
        raise ShapeError("auto_pad")
    strides = settings.get_ints("strides") or (1,) * axes
    dilations = settings.get_ints("dilations") or (1,) * axes
    pads = settings.get_ints("pads") or (0,) * (2 * axes)
    if not (len(kernel) == len(strides) == len(dilations) == axes and len(pads) == 2 * axes):
        raise ShapeError("settings for another number of axes")
    if not all(0 < number <= _MAX_SETTING for number in (*kernel, *strides, *dilations)):
        raise ShapeError("a kernel, stride or dilation out of range")
    if not all(0 <= pad <= _MAX_SETTING for pad in pads):
        raise ShapeError("a pad out of range")
    return kernel, strides, pads, dilations


def _slide(sides: Sequence[int], window: Window, *, upward: bool) -> list[int]:
    """Return how many places a window has along each side."""
    kernel, strides, pads, dilations = window
    count = len(sides)
    made = []
    for i, side in enumerate(sides):
        room = side + pads[i] + pads[count + i] - dilations[i] * (kernel[i] - 1) - 1
        steps = -(-room // strides[i]) if upward else room // strides[i]
        made.append(max(0, steps + 1))
    return made


def _resize(settings: Settings, inputs: Inputs) -> Made:
    value = need(inputs, 0)
    if settings.get_ints("axes"):
        raise ShapeError("a choice of axes")
    sizes = inputs[3] if len(inputs) > 3 else None
    if sizes is not None and sizes.size:
        made = sizes.to_ints()
    else:
        # Before opset 11 the scales came second.
        scales = need(inputs, 2 if len(inputs) > 2 else 1).to_floats()
        made = tuple(
            math.floor(side * scale) for side, scale in zip(value.shape, scales, strict=True)
        )
    if len(made) != len(value.shape):
        raise ShapeError("sizes for another number of axes")
    return [Value(made)], 0


def _depth_to_space(settings: Settings, inputs: Inputs) -> Made:
    batch, channels, height, width = need(inputs, 0).shape
    block = settings.get_int("blocksize", 0)
    if not 0 < block <= _MAX_SETTING or channels % block**2:
        raise ShapeError(f"blocksize {block}")
    return [Value((batch, channels // block**2, height * block, width * block))], 0


def _space_to_depth(settings: Settings, inputs: Inputs) -> Made:
    batch, channels, height, width = need(inputs, 0).shape
    block = settings.get_int("blocksize", 0)
    if not 0 < block <= _MAX_SETTING or height % block or width % block:
        raise ShapeError(f"blocksize {block}")
    return [Value((batch, channels * block**2, height // block, width // block))], 0


FILTER_RULES: Final[Mapping[str, Callable[[Settings, Inputs], Made]]] = {
    "AveragePool": _pool,
    "Conv": _convolve,
    "ConvTranspose": _deconvolve,
    "DepthToSpace": _depth_to_space,
    "GlobalAveragePool": _pool_all,
    "GlobalMaxPool": _pool_all,
    "MaxPool": _pool,
    "Resize": _resize,
    "SpaceToDepth": _space_to_depth,
    "Upsample": _resize,
}
