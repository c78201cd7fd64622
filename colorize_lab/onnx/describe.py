"""Description of an ONNX model in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from colorize_lab.onnx.check import OnnxCost
from colorize_lab.onnx.model import OnnxInput, OnnxModel

__all__ = ["describe_onnx"]


def describe_onnx(model: OnnxModel, cost: OnnxCost) -> tuple[str, ...]:
    """Say what an ONNX model holds.

    Parameters
    ----------
    model : OnnxModel
        A checked model.
    cost : OnnxCost
        Its cost, with the shapes that the lines show.

    Returns
    -------
    tuple of str
        A line for each input and output, for each node that has weights, and for the sum.
    """
    lines = [f"input {spec.name} {_format_sides(spec)}" for spec in model.inputs]
    for node in model.nodes:
        arrays = [model.weights[name].array for name in node.inputs if name in model.weights]
        if any(array.ndim > 1 for array in arrays):
            shapes = " ".join(_join(array.shape) for array in arrays)
            made = _join(cost.shapes[node.outputs[0]])
            lines.append(f"{node.name or node.outputs[0]} {node.operation} {shapes} -> {made}")
    lines += [f"output {spec.name} {_join(cost.shapes[spec.name])}" for spec in model.outputs]
    counts = Counter(node.operation for node in model.nodes)
    operations = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    count = model.count_parameters()
    return (*lines, f"{count} parameters, opset {model.opset}, {operations}")


def _format_sides(spec: OnnxInput) -> str:
    return _join(side or name for side, name in zip(spec.shape, "NChw", strict=True))


def _join(sides: Iterable[int | str]) -> str:
    return "x".join(map(str, sides)) or "1"
