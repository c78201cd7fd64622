"""Cost of a graph: the sizes of its tensors, computed before it runs.

A few bytes of a prototxt can ask for all the memory there is, or for sizes that overflow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from colorize_lab.caffe.fit import build_error, get_kernel, infer_layers, to_count
from colorize_lab.caffe.graph import LayerSpec, NetworkGraph

__all__ = ["check_cost", "infer_sizes"]

Size: TypeAlias = tuple[int, int]
"""Height and width."""

MAX_LAYERS: Final = 1000
MAX_CHANNELS_AT_FULL_SIZE: Final = 512
"""Numbers that a tensor may have for each pixel of the input; Zhang et al.'s has 64."""

_SIDE: Final = 256
# Below what overflows in any product with a side.
_MAX_SETTING: Final = 1024


def check_cost(graph: NetworkGraph) -> None:
    """Refuse a graph whose tensors are out of all proportion to its input.

    Parameters
    ----------
    graph : NetworkGraph
        Its inputs, which must be given with their channels, are taken for 256 x 256 pixels.

    Raises
    ------
    NetworkFileError
        A tensor is empty or too large, tensors that are joined differ in size, or a setting makes
        no sense.

    Examples
    --------
    >>> from colorize_lab.caffe.prototxt import parse_prototxt
    >>> check_cost(parse_prototxt('''
    ... input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
    ... layer { name: "grow" type: "Deconvolution" bottom: "data" top: "grown"
    ...         convolution_param { num_output: 3 kernel_size: 4 stride: 900 } }
    ... '''))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    colorize_lab.errors.NetworkFileError: layer 'grow' ... produces 3 x 229504 x 229504 numbers...
    """
    for number, (layer, channels, (height, width)) in enumerate(infer_sizes(graph, (_SIDE, _SIDE))):
        if number >= MAX_LAYERS:
            raise build_error(layer, f"is one of more than {MAX_LAYERS}")
        if not 0 < channels * height * width <= MAX_CHANNELS_AT_FULL_SIZE * _SIDE**2:
            raise build_error(
                layer,
                f"produces {channels} x {height} x {width} numbers from {_SIDE} x {_SIDE} pixels",
            )


def infer_sizes(graph: NetworkGraph, size: Size) -> Iterator[tuple[LayerSpec, int, Size]]:
    """Yield each layer with the channels, and the height and width, of what it makes.

    Parameters
    ----------
    graph : NetworkGraph
        The channels of each input must be given.
    size : tuple of int
        Height and width of all inputs.

    Raises
    ------
    NetworkFileError
        Tensors that are joined differ in size, or a setting makes no sense.
    """
    sizes = {spec.name: size for spec in graph.inputs}
    for layer, channels, _ in infer_layers(graph):
        made, *others = (sizes[bottom] for bottom in layer.bottoms)
        # What scales another tensor's channels is one number for each.
        expected = (1, 1) if layer.type == "Scale" else made
        if any(other != expected for other in others):
            raise build_error(layer, "joins tensors that differ in height or width")
        if layer.type == "Pooling":
            made = (1, 1)
        if layer.type in ("Convolution", "Deconvolution"):
            made = _infer_size(layer, made)
        sizes.update(dict.fromkeys(layer.tops, made))
        yield layer, channels, made


def _infer_size(layer: LayerSpec, size: Size) -> Size:
    pads = _get_pair(layer, "pad", default=0)
    strides, dilations = (_get_pair(layer, name, default=1) for name in ("stride", "dilation"))
    if layer.type == "Deconvolution" and dilations != (1, 1):
        raise build_error(layer, "is dilated, which OpenCV would ignore")
    sides = zip(size, get_kernel(layer), pads, strides, dilations, strict=True)
    height, width = (_infer_side(layer, *side) for side in sides)
    return height, width


def _infer_side(
    layer: LayerSpec, side: int, kernel: int, pad: int, stride: int, dilation: int
) -> int:
    _check_setting(layer, "kernel_size", kernel)
    reach = dilation * (kernel - 1) + 1
    if layer.type == "Deconvolution":
        if pad >= kernel:  # OpenCV ends the process on some of these
            raise build_error(layer, f"crops {pad} pixels with a kernel of {kernel}")
        return max(0, stride * (side - 1) + reach - 2 * pad)
    return max(0, (side + 2 * pad - reach) // stride + 1)


def _get_pair(layer: LayerSpec, name: str, default: int) -> Size:
    """Read a setting that is given for both sides or for each, as OpenCV reads it."""
    each = [layer.params.get(f"{name}_{side}") for side in "hw"]
    if each == [None, None]:
        value = layer.params.get(name, default)
        each = list(value) if isinstance(value, tuple) and len(value) == 2 else [value, value]
    height, width = (to_count(layer, name, value, lowest=default) for value in each)
    for value in (height, width):
        _check_setting(layer, name, value)
    return height, width


def _check_setting(layer: LayerSpec, name: str, value: int) -> None:
    if value > _MAX_SETTING:
        raise build_error(layer, f"has {value} as {name}, which exceeds {_MAX_SETTING}")
