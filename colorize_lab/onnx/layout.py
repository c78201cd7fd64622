"""Shapes of operations that move numbers, or compute shapes themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.onnx.filters import need
from colorize_lab.onnx.value import MAX_KNOWN, Settings, ShapeError, Value

__all__ = ["LAYOUT_RULES"]

Inputs: TypeAlias = Sequence[Value | None]
Made: TypeAlias = tuple[list[Value], int]

# A range longer than a picture's side counts something else.
_MAX_RANGE: Final = 1 << 20
_FAR: Final = 1 << 40


def _apply(value: Value, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Made:
    """Make what NumPy makes, of the numbers if they are known, else of the shape alone."""
    if value.array is not None:
        return [Value.of(change(value.array))], 0
    # One number, seen everywhere: a shape without memory.
    return [Value(change(np.broadcast_to(np.int8(0), value.shape)).shape)], 0


def _reshape(settings: Settings, inputs: Inputs) -> Made:
    value, wanted = need(inputs, 0), list(need(inputs, 1).to_ints())
    if not settings.get_int("allowzero", 0):
        wanted = [value.shape[i] if side == 0 else side for i, side in enumerate(wanted)]
    if wanted.count(-1) > 1 or any(side < -1 for side in wanted):
        raise ShapeError(f"the shape {wanted}")
    known = math.prod(side for side in wanted if side != -1)
    if -1 in wanted:
        if not known or value.size % known:
            raise ShapeError(f"{value.size} numbers in the shape {wanted}")
        wanted[wanted.index(-1)] = value.size // known
    if math.prod(wanted) != value.size:
        raise ShapeError(f"{value.size} numbers in the shape {wanted}")
    array = None if value.array is None else value.array.reshape(wanted)
    return [Value(tuple(wanted), array)], 0


def _flatten(settings: Settings, inputs: Inputs) -> Made:
    value, axis = need(inputs, 0), settings.get_int("axis", 1)
    return [Value((math.prod(value.shape[:axis]), math.prod(value.shape[axis:])))], 0


def _transpose(settings: Settings, inputs: Inputs) -> Made:
    order = settings.get_ints("perm")
    return _apply(need(inputs, 0), lambda array: np.transpose(array, order))


def _squeeze(settings: Settings, inputs: Inputs) -> Made:
    axes = _read_axes(settings, inputs)
    return _apply(need(inputs, 0), lambda array: np.squeeze(array, axes))


def _unsqueeze(settings: Settings, inputs: Inputs) -> Made:
    axes = _read_axes(settings, inputs) or ()
    return _apply(need(inputs, 0), lambda array: np.expand_dims(array, axes))


def _read_axes(settings: Settings, inputs: Inputs) -> tuple[int, ...] | None:
    """Read axes from the second input, or as old opsets have them from the settings."""
    given = inputs[1] if len(inputs) > 1 else None
    return settings.get_ints("axes") if given is None else given.to_ints()


def _concatenate(settings: Settings, inputs: Inputs) -> Made:
    parts = [need(inputs, index) for index in range(len(inputs))]
    axis = settings.get_int("axis", 0)
    arrays = [part.array for part in parts if part.array is not None]
    if len(arrays) == len(parts):
        return [Value.of(np.concatenate(arrays, axis))], 0
    shapes = [np.broadcast_to(np.int8(0), part.shape) for part in parts]
    shape = list(shapes[0].shape)
    for other in shapes[1:]:
        rest = [side for at, side in enumerate(other.shape) if at != axis % other.ndim]
        if rest != [side for at, side in enumerate(shape) if at != axis % len(shape)]:
            raise ShapeError(f"parts of the shapes {tuple(shape)} and {other.shape}")
        shape[axis] += other.shape[axis]
    return [Value(tuple(shape))], 0


def _split(settings: Settings, inputs: Inputs) -> Made:
    value, axis = need(inputs, 0), settings.get_int("axis", 0)
    given = inputs[1] if len(inputs) > 1 else None
    lengths = settings.get_ints("split") if given is None else given.to_ints()
    if lengths is None:
        raise ShapeError("no lengths")
    if sum(lengths) != value.shape[axis] or any(length < 0 for length in lengths):
        raise ShapeError(f"parts of the lengths {lengths}")
    shapes = []
    for length in lengths:
        shape = list(value.shape)
        shape[axis] = length
        shapes.append(Value(tuple(shape)))
    return shapes, 0


def _slice(settings: Settings, inputs: Inputs) -> Made:
    value = need(inputs, 0)
    if len(inputs) > 1:
        starts, ends = need(inputs, 1).to_ints(), need(inputs, 2).to_ints()
        axes, steps = (
            inputs[i].to_ints() if len(inputs) > i and inputs[i] is not None else None  # type: ignore[union-attr]
            for i in (3, 4)
        )
    else:
        starts, ends = settings.get_ints("starts") or (), settings.get_ints("ends") or ()
        axes, steps = settings.get_ints("axes"), None
    axes, steps = axes or tuple(range(len(starts))), steps or (1,) * len(starts)
    where = [slice(None)] * len(value.shape)
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        where[axis] = _to_slice(start, end, step)
    return _apply(value, lambda array: array[tuple(where)])


def _to_slice(start: int, end: int, step: int) -> slice:
    # The smallest number means "to the very first one" where the steps go back.
    return slice(start, None if step < 0 and end < -_FAR else end, step)


def _gather(settings: Settings, inputs: Inputs) -> Made:
    value, places, axis = need(inputs, 0), need(inputs, 1), settings.get_int("axis", 0)
    axis %= len(value.shape)
    shape = (*value.shape[:axis], *places.shape, *value.shape[axis + 1 :])
    if value.array is None or places.array is None or math.prod(shape) > MAX_KNOWN:
        return [Value(shape)], 0
    return [Value.of(np.take(value.array, places.array, axis))], 0


def _pad(settings: Settings, inputs: Inputs) -> Made:
    value = need(inputs, 0)
    pads = need(inputs, 1).to_ints() if len(inputs) > 1 else settings.get_ints("pads") or ()
    axes = inputs[3].to_ints() if len(inputs) > 3 and inputs[3] else range(len(value.shape))
    shape, count = list(value.shape), len(pads) // 2
    for at, axis in enumerate(axes):
        shape[axis] += pads[at] + pads[count + at]
    return [Value(tuple(shape))], 0


def _expand(settings: Settings, inputs: Inputs) -> Made:
    value = need(inputs, 0)
    shape = np.broadcast_shapes(value.shape, need(inputs, 1).to_ints())
    if value.array is not None and math.prod(shape) == value.size:
        return [Value(shape, value.array.reshape(shape))], 0
    return [Value(shape)], 0


def _tile(settings: Settings, inputs: Inputs) -> Made:
    value, times = need(inputs, 0), need(inputs, 1).to_ints()
    return [Value(tuple(s * n for s, n in zip(value.shape, times, strict=True)))], 0


def _fill(settings: Settings, inputs: Inputs) -> Made:
    shape = need(inputs, 0).to_ints()
    if any(side < 0 for side in shape):
        raise ShapeError(f"the shape {shape}")
    number = settings.get_array("value")
    filler = np.float32(0) if number is None else number.reshape(-1)[0]
    return [Value.of(np.broadcast_to(filler, shape))], 0


def _constant(settings: Settings, inputs: Inputs) -> Made:
    for name in ("value", "value_int", "value_ints", "value_float", "value_floats"):
        array = settings.get_array(name)
        if array is not None:
            return [Value.of(array)], 0
    raise ShapeError("no value")


def _shape(settings: Settings, inputs: Inputs) -> Made:
    shape = need(inputs, 0).shape
    start, end = settings.get_int("start", 0), settings.get_int("end", len(shape))
    return [Value.of(np.array(shape[start:end], np.int64))], 0


def _size(settings: Settings, inputs: Inputs) -> Made:
    return [Value.of(np.array(need(inputs, 0).size, np.int64))], 0


def _range(settings: Settings, inputs: Inputs) -> Made:
    start, limit, step = (need(inputs, index).to_floats()[0] for index in range(3))
    if not step or not (limit - start) / step <= _MAX_RANGE:
        raise ShapeError("an endless range")
    kind = need(inputs, 0).array
    return [
        Value.of(np.arange(start, limit, step).astype(kind.dtype if kind is not None else "f4"))
    ], 0


def _reduce(settings: Settings, inputs: Inputs) -> Made:
    value, axes = need(inputs, 0), _read_axes(settings, inputs)
    reduced = {axis % len(value.shape) for axis in axes or range(len(value.shape))}
    keep = settings.get_int("keepdims", 1)
    shape = [
        1 if at in reduced else side
        for at, side in enumerate(value.shape)
        if keep or at not in reduced
    ]
    return [Value(tuple(shape))], 0


LAYOUT_RULES: Final[Mapping[str, Callable[[Settings, Inputs], Made]]] = {
    "Concat": _concatenate,
    "Constant": _constant,
    "ConstantOfShape": _fill,
    "Expand": _expand,
    "Flatten": _flatten,
    "Gather": _gather,
    "Pad": _pad,
    "Range": _range,
    **dict.fromkeys(("ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum"), _reduce),
    "Reshape": _reshape,
    "Shape": _shape,
    "Size": _size,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "Tile": _tile,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
