"""Between a prototxt, the text that describes a network, and its graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from colorize_lab.caffe.fields import check_fields
from colorize_lab.caffe.graph import InputSpec, LayerSpec, NetworkGraph, Param
from colorize_lab.caffe.textformat import Message, Scalar, Symbol, format_message, parse_message
from colorize_lab.errors import NetworkFileError

__all__ = ["format_prototxt", "parse_prototxt"]

_PARAM_FIELDS: Final = {
    "BatchNorm": "batch_norm_param",
    "Concat": "concat_param",
    "Convolution": "convolution_param",
    "Deconvolution": "convolution_param",
    "Eltwise": "eltwise_param",
    "Pooling": "pooling_param",
    "ReLU": "relu_param",
    "Scale": "scale_param",
    "Softmax": "softmax_param",
}
"""The field of ``LayerParameter`` that holds the settings of each type that can be written."""

_DIMS_OF_OLD_INPUT: Final = 4
_MAX_NAME_CHARS: Final = 256


def parse_prototxt(text: str) -> NetworkGraph:
    """Read what a prototxt says of a network.

    Parameters
    ----------
    text : str
        Inputs as layers of the type ``Input`` or in the head, as ``input`` with ``input_shape`` or
        ``input_dim``. What is of use in training only (fillers, ``param``, ``include``) is skipped.

    Returns
    -------
    NetworkGraph

    Raises
    ------
    NetworkFileError
        The text breaks the format, has a field that Caffe's messages have not, or a layer reads
        what none before it makes.

    Examples
    --------
    >>> graph = parse_prototxt('''
    ... input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
    ... layer { name: "relu" type: "ReLU" bottom: "data" top: "out" }
    ... ''')
    >>> graph.inputs
    (InputSpec(name='data', shape=(1, 3, 8, 8)),)
    >>> graph.layers[0].bottoms
    ('data',)
    """
    message = parse_message(text)
    if "layers" in message:
        raise NetworkFileError(
            "the prototxt uses Caffe's format from before 2014 (layers instead of layer); "
            "convert it with Caffe's upgrade_net_proto_text"
        )
    check_fields(message)
    inputs = _read_head(message)
    layers = []
    for layer in _get_messages(message, "layer"):
        if _get_string(layer, "type") == "Input":
            inputs += _read_input_layer(layer)
        else:
            layers.append(_read_layer(layer))
    graph = NetworkGraph(_get_string(message, "name"), tuple(inputs), tuple(layers))
    _check_wiring(graph)
    return graph


def format_prototxt(graph: NetworkGraph) -> str:
    """Write a graph as a prototxt that Caffe and OpenCV read.

    Parameters
    ----------
    graph : NetworkGraph
        Of layers of the types Convolution, Deconvolution, BatchNorm, Scale, ReLU, Eltwise, Concat,
        Pooling and Softmax.

    Returns
    -------
    str
        `parse_prototxt` gives the same graph from it.

    Raises
    ------
    NetworkFileError
        A layer has settings and is of another type.
    """
    message: Message = {
        "name": [graph.name],
        "layer": [
            *(_build_input(spec) for spec in graph.inputs),
            *(_build_layer(layer) for layer in graph.layers),
        ],
    }
    return format_message(message)


def _read_head(message: Message) -> list[InputSpec]:
    names = _get_strings(message, "input")
    shapes = [_get_dims(shape, "dim") for shape in _get_messages(message, "input_shape")]
    if not shapes:
        dims = _get_dims(message, "input_dim")
        starts = range(0, len(dims), _DIMS_OF_OLD_INPUT)
        shapes = [dims[start : start + _DIMS_OF_OLD_INPUT] for start in starts]
    return _pair_inputs(names, shapes)


def _read_input_layer(message: Message) -> list[InputSpec]:
    names = _get_strings(message, "top")
    params = _get_messages(message, "input_param")
    shapes = [
        _get_dims(shape, "dim") for param in params for shape in _get_messages(param, "shape")
    ]
    # Caffe takes one shape for all.
    return _pair_inputs(names, shapes * len(names) if len(shapes) == 1 else shapes)


def _pair_inputs(names: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> list[InputSpec]:
    if shapes and len(shapes) != len(names):
        raise NetworkFileError(
            f"the prototxt names {len(names)} inputs but {len(shapes)} shapes; give each its own"
        )
    return [InputSpec(*pair) for pair in zip(names, shapes or [()] * len(names), strict=True)]


def _read_layer(message: Message) -> LayerSpec:
    params: dict[str, Param] = {}
    own = _PARAM_FIELDS.get(_get_string(message, "type"))
    for field in message:
        if field.endswith("_param"):
            for param in _get_messages(message, field):
                # What stands in another type's message is not what OpenCV will go by.
                params.update(_read_params(param) if field == own or own is None else {})
    return LayerSpec(
        name=_get_string(message, "name"),
        type=_get_string(message, "type"),
        bottoms=tuple(_get_strings(message, "bottom")),
        tops=tuple(_get_strings(message, "top")),
        params=params,
    )


def _read_params(message: Message) -> dict[str, Param]:
    params: dict[str, Param] = {}
    for name, values in message.items():
        scalars = tuple(value for value in values if not isinstance(value, dict))
        if scalars:
            params[name] = scalars[0] if len(scalars) == 1 else scalars
    return params


def _check_wiring(graph: NetworkGraph) -> None:
    made = {spec.name for spec in graph.inputs}
    names: set[str] = set()
    for layer in graph.layers:
        if layer.name in names:
            raise NetworkFileError(f"the prototxt has two layers named {layer.name!r}; rename one")
        names.add(layer.name)
        for bottom in layer.bottoms:
            if bottom not in made:
                raise NetworkFileError(
                    f"layer {layer.name!r} of the prototxt reads {bottom!r}, which is neither an "
                    "input nor the output of an earlier layer; correct the name or the order"
                )
        made.update(layer.tops)


def _build_input(spec: InputSpec) -> Message:
    layer: Message = {"name": [spec.name], "type": ["Input"], "top": [spec.name]}
    if spec.shape:
        layer["input_param"] = [{"shape": [{"dim": [*spec.shape]}]}]
    return layer


def _build_layer(layer: LayerSpec) -> Message:
    message: Message = {
        "name": [layer.name],
        "type": [layer.type],
        "bottom": [*layer.bottoms],
        "top": [*layer.tops],
    }
    if layer.params:
        if layer.type not in _PARAM_FIELDS:
            raise NetworkFileError(
                f"the settings of layer {layer.name!r} cannot be written, as its type "
                f"{layer.type!r} is not known; use one of {', '.join(_PARAM_FIELDS)}"
            )
        params: Message = {name: _build_values(param) for name, param in layer.params.items()}
        message[_PARAM_FIELDS[layer.type]] = [params]
    return message


def _build_values(param: Param) -> list[Scalar | Message]:
    values = param if isinstance(param, tuple) else (param,)
    return [_to_symbol(value) if isinstance(value, str) else value for value in values]


def _to_symbol(value: str) -> Symbol:
    if not value.isidentifier():
        raise NetworkFileError(
            f"the setting {value!r} of a layer cannot be written; use a number or an enum's name"
        )
    return Symbol(value)


def _get_messages(message: Message, field: str) -> list[Message]:
    values = message.get(field, [])
    messages = [value for value in values if isinstance(value, dict)]
    if len(messages) != len(values):
        raise _build_error(field, "a message in braces")
    return messages


def _get_strings(message: Message, field: str) -> list[str]:
    values = message.get(field, [])
    strings = [v for v in values if isinstance(v, str) and not isinstance(v, Symbol)]
    if len(strings) != len(values) or any(len(v) > _MAX_NAME_CHARS for v in strings):
        raise _build_error(field, f"a text in quotes, of at most {_MAX_NAME_CHARS} letters")
    return strings


def _get_string(message: Message, field: str) -> str:
    return "".join(_get_strings(message, field)[-1:])


def _get_dims(message: Message, field: str) -> tuple[int, ...]:
    values = message.get(field, [])
    dims = tuple(v for v in values if isinstance(v, int) and not isinstance(v, bool) and v > 0)
    if len(dims) != len(values):
        raise _build_error(field, "a positive integer")
    return dims


def _build_error(field: str, wanted: str) -> NetworkFileError:
    return NetworkFileError(
        f"the field {field!r} of the prototxt does not hold {wanted}; correct it or pass the "
        "network's own prototxt"
    )
