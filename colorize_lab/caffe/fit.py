"""Match of a prototxt and a caffemodel: the shape of each layer's weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

import numpy as np

from colorize_lab.caffe.blobs import Blob
from colorize_lab.caffe.caffemodel import CaffeModel
from colorize_lab.caffe.graph import InputSpec, LayerSpec, NetworkGraph, Param
from colorize_lab.errors import NetworkFileError

__all__ = [
    "build_error",
    "check_fit",
    "get_kernel",
    "infer_blob_shapes",
    "infer_layers",
    "to_count",
]

Shape: TypeAlias = tuple[int, ...]
Rule: TypeAlias = Callable[[LayerSpec, Sequence[int]], tuple[int, tuple[Shape, ...]]]
"""From a layer and the channels of its bottoms: the channels that it makes, its blobs' shapes."""

_CHANNEL_AXIS: Final = 1
# Settings that are 1 where a layer works along the channels alone.
_AXES: Final = ("axis", "concat_dim", "num_axes")
_LEGACY_AXES: Final = 4


def check_fit(graph: NetworkGraph, model: CaffeModel) -> None:
    """Check that a caffemodel has finite weights of the right shape for each layer of a graph.

    Parameters
    ----------
    graph : NetworkGraph
        What the prototxt says.
    model : CaffeModel
        What the caffemodel holds; layers that the graph has not are of no concern.

    Raises
    ------
    NetworkFileError
        A layer finds no blobs, blobs of another shape, or numbers that are not finite.
    """
    blobs_of: dict[str, tuple[Blob, ...]] = {}
    for layer in model.layers:
        if layer.blobs:
            blobs_of.setdefault(layer.name, layer.blobs)  # the first counts, as in OpenCV
    for name, expected in infer_blob_shapes(graph).items():
        _check_layer(name, expected, blobs_of.get(name, ()))


def infer_blob_shapes(graph: NetworkGraph) -> dict[str, tuple[Shape, ...]]:
    """Tell the shapes of the weights that the layers of a graph need.

    Parameters
    ----------
    graph : NetworkGraph
        The channels of each input must be given.

    Returns
    -------
    dict of str to tuple of shapes
        For the name of each layer that has weights the shapes of its blobs, in Caffe's order.

    Raises
    ------
    NetworkFileError
        A layer is of an unknown type or its settings make no sense.

    Examples
    --------
    >>> settings = {"num_output": 64, "kernel_size": 3}
    >>> layer = LayerSpec("conv1", "Convolution", ("data",), ("conv1",), settings)
    >>> infer_blob_shapes(NetworkGraph("", (InputSpec("data", (1, 3, 8, 8)),), (layer,)))
    {'conv1': ((64, 3, 3, 3), (64,))}
    """
    return {layer.name: blobs for layer, _, blobs in infer_layers(graph) if blobs}


def infer_layers(graph: NetworkGraph) -> Iterator[tuple[LayerSpec, int, tuple[Shape, ...]]]:
    """Yield each layer with the channels that it makes and the shapes of its blobs.

    Raises
    ------
    NetworkFileError
        As `infer_blob_shapes`.
    """
    channels = {spec.name: _get_channels(spec) for spec in graph.inputs}
    for layer in graph.layers:
        infer = _RULES.get(layer.type)
        if infer is None or not layer.bottoms:
            raise build_error(layer, f"reads nothing or is not one of {', '.join(_RULES)}")
        _check_layout(layer)
        made, blobs = infer(layer, [channels[bottom] for bottom in layer.bottoms])
        channels.update(dict.fromkeys(layer.tops, made))
        yield layer, made, blobs


def _check_layout(layer: LayerSpec) -> None:
    """Refuse what OpenCV does not expect: it ends the process on some of it."""
    if len(layer.bottoms) > 1 and layer.type not in _JOINING:
        raise build_error(layer, "reads several tensors but accepts one")
    if len(layer.tops) > 1 or not (layer.tops or layer.type == "Silence"):
        raise build_error(layer, f"produces {len(layer.tops)} tensors instead of one")
    if any(layer.params.get(name, _CHANNEL_AXIS) != _CHANNEL_AXIS for name in _AXES):
        raise build_error(layer, "works along an axis other than the channels")


def _get_channels(spec: InputSpec) -> int:
    if len(spec.shape) <= _CHANNEL_AXIS:
        raise NetworkFileError(
            f"the prototxt does not state the channels of the input {spec.name!r}; add its shape"
        )
    return spec.shape[_CHANNEL_AXIS]


def _infer_convolution(layer: LayerSpec, channels: Sequence[int]) -> tuple[int, tuple[Shape, ...]]:
    made, group = _get_count(layer, "num_output"), _get_count(layer, "group", default=1)
    if channels[0] % group or made % group:
        raise build_error(
            layer, f"has {channels[0]} channels in and {made} out, not divisible by group {group}"
        )
    if layer.type == "Deconvolution":
        weights = (channels[0], made // group, *get_kernel(layer))
    else:
        weights = (made, channels[0] // group, *get_kernel(layer))
    return made, (weights, (made,)) if layer.params.get("bias_term", True) else (weights,)


def _infer_batch_norm(layer: LayerSpec, channels: Sequence[int]) -> tuple[int, tuple[Shape, ...]]:
    return channels[0], ((channels[0],), (channels[0],), (1,))


def _infer_scale(layer: LayerSpec, channels: Sequence[int]) -> tuple[int, tuple[Shape, ...]]:
    if len(channels) > 1:  # the factors are the second bottom
        return _infer_same(layer, channels)
    has_bias = bool(layer.params.get("bias_term", False))
    return channels[0], ((channels[0],),) * (1 + has_bias)


def _infer_pooling(layer: LayerSpec, channels: Sequence[int]) -> tuple[int, tuple[Shape, ...]]:
    if layer.params.get("pool") not in ("AVE", 1) or layer.params.get("global_pooling") is not True:
        raise build_error(layer, "is not a mean over the whole picture")
    return channels[0], ()


def _infer_concat(layer: LayerSpec, channels: Sequence[int]) -> tuple[int, tuple[Shape, ...]]:
    return sum(channels), ()


def _infer_same(layer: LayerSpec, channels: Sequence[int]) -> tuple[int, tuple[Shape, ...]]:
    if len(set(channels)) > 1:
        raise build_error(layer, f"reads tensors of {', '.join(map(str, channels))} channels")
    return channels[0], ()


_RULES: Final[dict[str, Rule]] = {
    "BatchNorm": _infer_batch_norm,
    "Concat": _infer_concat,
    "Convolution": _infer_convolution,
    "Deconvolution": _infer_convolution,
    "Eltwise": _infer_same,
    "Pooling": _infer_pooling,
    "ReLU": _infer_same,
    "Scale": _infer_scale,
    "Silence": _infer_same,
    "Softmax": _infer_same,
}
_JOINING: Final = frozenset({"Concat", "Eltwise", "Scale", "Silence"})


def _check_layer(name: str, expected: Sequence[Shape], blobs: Sequence[Blob]) -> None:
    if not blobs:
        raise NetworkFileError(
            f"the caffemodel has no weights for layer {name!r} of the prototxt; pass the two files "
            "of one network"
        )
    found = tuple(blob.shape for blob in blobs)
    if len(found) != len(expected) or not all(map(_is_same, found, expected)):
        raise NetworkFileError(
            f"layer {name!r} of the prototxt needs blobs of the shapes {_format_shapes(expected)} "
            f"and the caffemodel has {_format_shapes(found)}; pass the two files of one network"
        )
    if not all(np.isfinite(blob).all() for blob in blobs):
        raise NetworkFileError(
            f"layer {name!r} of the caffemodel contains weights that are not finite; download or "
            "copy "
            "the file again"
        )


def _is_same(found: Shape, expected: Shape) -> bool:
    """Compare shapes; files of before 2014 pad each to four axes in front."""
    return found in (expected, (1,) * (_LEGACY_AXES - len(expected)) + expected)


def _format_shapes(shapes: Sequence[Shape]) -> str:
    return " + ".join("x".join(map(str, shape)) or "1" for shape in shapes)


def get_kernel(layer: LayerSpec) -> Shape:
    """Read height and width of a convolution's kernel."""
    if "kernel_h" in layer.params or "kernel_w" in layer.params:
        return _get_count(layer, "kernel_h"), _get_count(layer, "kernel_w")
    size = layer.params.get("kernel_size")
    height, width = size if isinstance(size, tuple) and len(size) == 2 else (size, size)
    return to_count(layer, "kernel_size", height), to_count(layer, "kernel_size", width)


def _get_count(layer: LayerSpec, name: str, default: int | None = None) -> int:
    return to_count(layer, name, layer.params.get(name, default))


def to_count(layer: LayerSpec, name: str, value: Param | None, lowest: int = 1) -> int:
    """Take a setting for a whole number from `lowest` on."""
    if not isinstance(value, int) or isinstance(value, bool) or value < lowest:
        raise build_error(layer, f"needs an integer of at least {lowest} as {name}")
    return value


def build_error(layer: LayerSpec, fault: str) -> NetworkFileError:
    """Say what is wrong with a layer."""
    return NetworkFileError(
        f"layer {layer.name!r} of the prototxt, of the type {layer.type!r}, {fault}; correct the "
        "prototxt or use another network"
    )
