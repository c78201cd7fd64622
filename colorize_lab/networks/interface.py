"""Interface of an ONNX file: whether its inputs and outputs are those of a described network."""

from __future__ import annotations

from dataclasses import replace

from colorize_lab.errors import NetworkFileError
from colorize_lab.networks.files import read_bins
from colorize_lab.networks.spec import NetworkSpec
from colorize_lab.onnx import OnnxInput, OnnxModel, measure_cost

__all__ = ["adopt_names", "check_interface", "find_fixed_size"]

_STANDARD_BIN_COUNT = 313


def check_interface(model: OnnxModel, spec: NetworkSpec) -> None:
    """Refuse a sound ONNX file that is not the network of a description.

    Parameters
    ----------
    model : OnnxModel
        A checked model.
    spec : NetworkSpec
        The network that it should be.

    Raises
    ------
    NetworkFileError
        If an input or output is missing, or has other channels than the network's.
    """
    named = adopt_names(model, spec)
    inputs = {i.name: i for i in model.inputs}
    wanted = {named.input_blob: 1 if spec.input == "lightness" else 3}
    if named.hint_blob is not None:
        wanted[named.hint_blob] = 3
    for name, channels in wanted.items():
        found = inputs.get(name)
        if found is None or found.shape[1] != channels:
            raise NetworkFileError(
                f"{spec.name} takes {channels} channels as {name!r}, and the ONNX model has "
                f"{_list_inputs(model)}; use a file of this network"
            )
    if unused := inputs.keys() - wanted.keys():
        raise NetworkFileError(
            f"the ONNX model has an input {unused.pop()!r}, for which {spec.name} has nothing; use "
            "a file of this network"
        )
    _check_output(model, named)


def _check_output(model: OnnxModel, spec: NetworkSpec) -> None:
    names = [output.name for output in model.outputs]
    for blob in (spec.output_blob, spec.feature_blob):
        if blob is not None and blob not in names:
            raise NetworkFileError(
                f"{spec.name} makes {blob!r}, and the ONNX model makes {', '.join(names)}; use a "
                "file of this network"
            )
    if spec.output == "bins":
        channels = _STANDARD_BIN_COUNT if spec.bins is None else len(read_bins(spec.bins))
    else:
        channels = 2 if spec.output == "ab" else 3
    side = spec.stride_px * 8
    made = measure_cost(model, side, side).shapes[spec.output_blob]
    if len(made) != 4 or made[:2] != (1, channels):
        raise NetworkFileError(
            f"{spec.name} makes 1 x {channels} x height x width numbers, and the ONNX model "
            f"{' x '.join(map(str, made))}; use a file of this network"
        )


def _list_inputs(model: OnnxModel) -> str:
    return ", ".join(f"{i.name!r} of the shape {i.shape}" for i in model.inputs)


def adopt_names(model: OnnxModel, spec: NetworkSpec) -> NetworkSpec:
    """Take over an ONNX file's own names for its only input and its only output."""
    if len(model.inputs) == 1 and spec.hint_blob is None:
        spec = replace(spec, input_blob=model.inputs[0].name)
    if len(model.outputs) == 1 and spec.feature_blob is None:
        spec = replace(spec, output_blob=model.outputs[0].name)
    return spec


def find_fixed_size(model: OnnxModel, spec: NetworkSpec) -> tuple[int, int] | None:
    """Return height and width that a file fixes for its input, None if they are free.

    Raises
    ------
    NetworkFileError
        If it fixes one of them alone.
    """
    shape = _find_input(model, spec.input_blob).shape[2:]
    if shape == (None, None):
        return None
    height, width = shape
    if height is None or width is None:
        raise NetworkFileError(
            f"the ONNX model fixes one side of its input, {shape}; export it with both or neither"
        )
    return height, width


def _find_input(model: OnnxModel, name: str) -> OnnxInput:
    return next(i for i in model.inputs if i.name == name)
