"""A Caffe network as an ONNX model: the twin that every engine but OpenCV 4 runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.caffe import CaffeModel, LayerSpec, NetworkGraph
from colorize_lab.caffe.fit import get_kernel
from colorize_lab.errors import NetworkFileError
from colorize_lab.onnx.encode import Attribute, Node, Tensor, encode_model
from colorize_lab.version import __version__

__all__ = ["convert_network"]

Floats: TypeAlias = NDArray[np.float32]

# Caffe's default of BatchNorm.
_EPSILON: Final = 1e-5


@dataclass(frozen=True, eq=False)
class _Step:
    """One layer on its way to ONNX."""

    layer: LayerSpec
    bottoms: tuple[str, ...]  # names in the ONNX graph
    blobs: tuple[Floats, ...]
    output: str


Converted: TypeAlias = tuple[list[Node], dict[str, Floats]]


def convert_network(graph: NetworkGraph, model: CaffeModel, outputs: Sequence[str]) -> bytes:
    """Write a Caffe network as an ONNX model.

    Parameters
    ----------
    graph : NetworkGraph
        What the prototxt says.
    model : CaffeModel
        Weights that fill the graph, see `colorize_lab.caffe.check_fit`.
    outputs : sequence of str
        Blobs that the model computes, each as its last layer leaves it. Layers that none of them
        needs are left out.

    Returns
    -------
    bytes
        An ONNX file with float32 weights; its inputs and outputs carry the blobs' names, and
        height and width are free.

    Raises
    ------
    NetworkFileError
        If a layer has a setting that no ONNX operation matches, or no layer computes an output.
    """
    blobs = {layer.name: layer.blobs for layer in reversed(model.layers) if layer.blobs}
    names = {spec.name: spec.name for spec in graph.inputs}
    nodes: list[Node] = []
    weights: dict[str, Floats] = {}
    for layer in graph.layers:
        # Caffe's layers may work in place, ONNX's cannot: each output is named after its layer.
        output = f"{layer.name}:out"
        arrays = tuple(np.asarray(blob, np.float32) for blob in blobs.get(layer.name, ()))
        step = _Step(layer, tuple(names[bottom] for bottom in layer.bottoms), arrays, output)
        made, constants = _convert_layer(step)
        nodes += made
        weights |= constants
        names |= dict.fromkeys(layer.tops, output)
    if missing := set(outputs) - set(names):
        raise NetworkFileError(f"no layer produces the blob {missing.pop()!r}; check network.json")
    nodes += [Node("Identity", (names[name],), name) for name in outputs]
    needed = _keep_needed(nodes, outputs)
    used = {name for node in needed for name in node.inputs}
    return encode_model(
        needed,
        {name: weights[name] for name in weights if name in used},
        [Tensor(spec.name, spec.shape[1]) for spec in graph.inputs if spec.name in used],
        [Tensor(name) for name in outputs],
        producer=f"colorize-lab {__version__}",
    )


def _keep_needed(nodes: Sequence[Node], outputs: Iterable[str]) -> list[Node]:
    """Drop the nodes that no output depends on."""
    wanted, kept = set(outputs), []
    for node in reversed(nodes):
        if node.output in wanted:
            wanted |= set(node.inputs)
            kept.append(node)
    return kept[::-1]


def _convert_layer(step: _Step) -> Converted:
    convert = _CONVERTERS.get(step.layer.type)
    if convert is None:
        raise _refuse(step.layer, "has no counterpart in ONNX")
    return convert(step)


def _convert_convolution(step: _Step) -> Converted:
    layer = step.layer
    kernel, *biases = step.blobs
    operation = "Conv" if layer.type == "Convolution" else "ConvTranspose"
    pads = _get_pair(layer, "pad", 0)
    settings: dict[str, Attribute] = {
        "kernel_shape": get_kernel(layer),
        "strides": _get_pair(layer, "stride", 1),
        "pads": (*pads, *pads),
        "dilations": _get_pair(layer, "dilation", 1),
        "group": _get_whole(layer, "group", 1),
    }
    constants: dict[str, Floats] = {f"{layer.name}.0": kernel.reshape(kernel.shape[-4:])}
    constants |= {f"{layer.name}.1": bias.reshape(-1) for bias in biases}
    return [Node(operation, (*step.bottoms, *constants), step.output, settings)], constants


def _convert_batch_norm(step: _Step) -> Converted:
    """Fold the running statistics into one factor and one offset per channel."""
    count = step.blobs[2].ravel()
    mean, variance = step.blobs[0].ravel() / count, step.blobs[1].ravel() / count
    epsilon = step.layer.params.get("eps", _EPSILON)
    if not isinstance(epsilon, int | float):
        raise _refuse(step.layer, f"has {epsilon!r} as eps")
    factor: Floats = np.asarray(1 / np.sqrt(variance + np.float32(epsilon)), np.float32)
    return _scale_channels(step, factor, -mean * factor)


def _convert_scale(step: _Step) -> Converted:
    if len(step.bottoms) > 1:
        return [Node("Mul", step.bottoms, step.output)], {}
    factor = step.blobs[0]
    offset = step.blobs[1] if len(step.blobs) > 1 else np.zeros_like(factor)
    return _scale_channels(step, factor, offset)


def _scale_channels(step: _Step, factor: Floats, offset: Floats) -> Converted:
    scaled, names = f"{step.output}:scaled", [f"{step.layer.name}.{i}" for i in (0, 1)]
    constants = {names[0]: _face_channels(factor), names[1]: _face_channels(offset)}
    nodes = [
        Node("Mul", (step.bottoms[0], names[0]), scaled),
        Node("Add", (scaled, names[1]), step.output),
    ]
    return nodes, constants


def _face_channels(array: Floats) -> Floats:
    """Shape one number per channel so that it meets the channels of a picture."""
    return np.asarray(array, np.float32).reshape(1, -1, 1, 1)


def _convert_pooling(step: _Step) -> Converted:
    params = step.layer.params
    if params.get("pool") not in ("AVE", 1) or params.get("global_pooling") is not True:
        raise _refuse(step.layer, "is not a mean over the whole picture")
    return [Node("GlobalAveragePool", step.bottoms, step.output)], {}


def _convert_relu(step: _Step) -> Converted:
    slope = step.layer.params.get("negative_slope", 0)
    if not isinstance(slope, int | float):
        raise _refuse(step.layer, f"has {slope!r} as negative_slope")
    if slope:
        return [Node("LeakyRelu", step.bottoms, step.output, {"alpha": float(slope)})], {}
    return [Node("Relu", step.bottoms, step.output)], {}


def _convert_eltwise(step: _Step) -> Converted:
    params = step.layer.params
    if params.get("operation", "SUM") not in ("SUM", 1):
        raise _refuse(step.layer, "does something other than adding")
    factors = params.get("coeff")
    if factors is None:
        return [Node("Sum", step.bottoms, step.output)], {}
    factors = factors if isinstance(factors, tuple) else (factors,)
    if len(factors) != len(step.bottoms) or not all(isinstance(f, int | float) for f in factors):
        raise _refuse(step.layer, f"has {factors!r} as coeff")
    names = [f"{step.layer.name}.{number}" for number in range(len(factors))]
    scaled = [f"{step.output}:{number}" for number in range(len(factors))]
    terms = [
        Node("Mul", pair, product)
        for pair, product in zip(zip(step.bottoms, names, strict=True), scaled, strict=True)
    ]
    constants = {name: np.float32(f).reshape(1) for name, f in zip(names, factors, strict=True)}
    return [*terms, Node("Sum", tuple(scaled), step.output)], constants


def _convert_concat(step: _Step) -> Converted:
    return [Node("Concat", step.bottoms, step.output, {"axis": 1})], {}


def _convert_softmax(step: _Step) -> Converted:
    return [Node("Softmax", step.bottoms, step.output, {"axis": 1})], {}


def _drop(step: _Step) -> Converted:
    return [], {}


_CONVERTERS: Final[dict[str, Callable[[_Step], Converted]]] = {
    "BatchNorm": _convert_batch_norm,
    "Concat": _convert_concat,
    "Convolution": _convert_convolution,
    "Deconvolution": _convert_convolution,
    "Eltwise": _convert_eltwise,
    "Pooling": _convert_pooling,
    "ReLU": _convert_relu,
    "Scale": _convert_scale,
    "Silence": _drop,
    "Softmax": _convert_softmax,
}


def _get_pair(layer: LayerSpec, name: str, default: int) -> tuple[int, int]:
    """Read a setting that may be given once, twice, or as ``_h`` and ``_w``."""
    if f"{name}_h" in layer.params or f"{name}_w" in layer.params:
        return _get_whole(layer, f"{name}_h", default), _get_whole(layer, f"{name}_w", default)
    value = layer.params.get(name, default)
    pair = value if isinstance(value, tuple) and len(value) == 2 else (value, value)
    if not all(isinstance(side, int) for side in pair):
        raise _refuse(layer, f"has {value!r} as {name}")
    return pair  # type: ignore[return-value]


def _get_whole(layer: LayerSpec, name: str, default: int) -> int:
    value = layer.params.get(name, default)
    if not isinstance(value, int):
        raise _refuse(layer, f"has {value!r} as {name}")
    return value


def _refuse(layer: LayerSpec, fault: str) -> NetworkFileError:
    return NetworkFileError(
        f"layer {layer.name!r} of the type {layer.type!r} {fault}, so the network cannot be "
        "written as ONNX; run it with OpenCV 4 (--engine opencv)"
    )
