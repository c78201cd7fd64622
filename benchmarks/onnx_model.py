"""A Caffe network as an ONNX model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from benchmarks.layers import WeightedLayer
from colorize_lab.errors import NetworkFileError

__all__ = ["build_model"]

# What both read that are found beside OpenCV 4: of 2021.
_OPSET, _IR_VERSION = 15, 8
_PLAIN = {"ReLU": "Relu", "Eltwise": "Sum", "Concat": "Concat", "Softmax": "Softmax"}


def build_model(layers: Sequence[WeightedLayer], lightness: str, hints: str | None) -> bytes:
    """Build a model of any height and width.

    Parameters
    ----------
    layers : sequence of WeightedLayer
        The last one's output is the model's.
    lightness, hints : str
        Names of the inputs of one and of three channels; None where there are no hints.

    Returns
    -------
    bytes
        An ONNX file.
    """
    names = {name: name for name in (lightness, hints) if name is not None}
    nodes, weights = [], []
    for layer in layers:
        spec = layer.spec
        given = [f"{spec.name}.{i}" for i in range(len(layer.weights))]
        weights += [
            numpy_helper.from_array(shape_weights(layer, array), name)
            for array, name in zip(layer.weights, given, strict=True)
        ]
        # ONNX has no layers that work in place: what each makes gets the layer's own name.
        made = f"{spec.name}:out"
        nodes += build_nodes(layer, [names[bottom] for bottom in spec.bottoms], given, made)
        names |= dict.fromkeys(spec.tops, made)
    inputs = [declare_tensor(lightness, 1)] + ([] if hints is None else [declare_tensor(hints, 3)])
    outputs = [declare_tensor(names[layers[-1].spec.tops[0]], "bins")]
    graph = helper.make_graph(nodes, "network", inputs, outputs, weights)
    opset = [helper.make_opsetid("", _OPSET)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=_IR_VERSION)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def declare_tensor(name: str, channels: int | str) -> Any:
    """Declare a tensor of one picture of any size."""
    shape = [1, channels, f"{name} rows", f"{name} columns"]
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def shape_weights(layer: WeightedLayer, array: Any) -> Any:
    """Stand factors and offsets of channels up, so that they meet the channels."""
    is_factor = layer.spec.type in ("BatchNorm", "Scale")
    return np.ascontiguousarray(array.reshape(1, -1, 1, 1) if is_factor else array)


def build_nodes(
    layer: WeightedLayer, bottoms: list[str], weights: list[str], made: str
) -> list[Any]:
    """Build the operations of a layer."""
    kind = layer.spec.type
    if kind in ("Convolution", "Deconvolution"):
        geometry = layer.geometry
        settings: dict[str, Any] = {
            "strides": [geometry.stride] * 2,
            "pads": [geometry.pad] * 4,
            "dilations": [geometry.dilation] * 2,
            "group": geometry.group,
        }
        operation = "Conv" if kind == "Convolution" else "ConvTranspose"
        return [helper.make_node(operation, [*bottoms, *weights], [made], **settings)]
    if kind in ("BatchNorm", "Scale"):
        scaled = f"{made}:scaled"
        return [
            helper.make_node("Mul", [bottoms[0], weights[0]], [scaled]),
            helper.make_node("Add", [scaled, weights[1]], [made]),
        ]
    if kind not in _PLAIN:
        raise NetworkFileError(f"layer {layer.spec.name!r} is a {kind}, which only OpenCV runs")
    axis: dict[str, Any] = {"axis": 1} if kind in ("Concat", "Softmax") else {}
    return [helper.make_node(_PLAIN[kind], bottoms, [made], **axis)]
