"""Sizes that are computed before a model runs are those that it makes when it runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.peer_networks import build_ddcolor, build_deoldify
from colorize_lab.onnx import measure_cost, read_onnx
from tests.benchmarks.test_peers import SMALL_DDCOLOR, SMALL_DEEP, SMALL_WIDE

onnx = pytest.importorskip("onnx")

X = np.random.default_rng(0).normal(size=(1, 4, 6, 10)).astype(np.float32)
W = np.random.default_rng(1).normal(size=(8, 4, 3, 3)).astype(np.float32)


def ints(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


CASES: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("Conv", [X, W], {"strides": [2, 1], "pads": [1, 0, 2, 1], "dilations": [1, 2]}),
    ("Conv", [X, np.ones((8, 2, 3, 3), np.float32)], {"group": 2}),
    ("ConvTranspose", [X, np.ones((4, 3, 4, 4), np.float32)],
     {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 0]}),
    ("MaxPool", [X], {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    ("AveragePool", [X], {"kernel_shape": [2, 2], "pads": [0, 1, 0, 1]}),
    ("GlobalAveragePool", [X], {}),
    ("DepthToSpace", [X], {"blocksize": 2}),
    ("SpaceToDepth", [X], {"blocksize": 2}),
    ("Resize", [X, None, np.float32([1, 1, 2, 1.5])], {"mode": "nearest"}),
    ("Resize", [X, None, None, ints(1, 4, 9, 9)], {"mode": "linear"}),
    ("Reshape", [X, ints(0, 2, -1)], {}),
    ("Flatten", [X], {"axis": 2}),
    ("Transpose", [X], {"perm": [0, 2, 3, 1]}),
    ("Squeeze", [X, ints(0)], {}),
    ("Unsqueeze", [X, ints(0, 5)], {}),
    ("Concat", [X, X], {"axis": -1}),
    ("Split", [X, ints(1, 3)], {"axis": 1}),
    ("Slice", [X, ints(5, 0), ints(-(1 << 62), 1 << 62), ints(2, 3), ints(-2, 3)], {}),
    ("Gather", [X, ints(3, 0, 1)], {"axis": 1}),
    ("Pad", [X, ints(0, 0, 1, 2, 0, 0, 3, 4)], {"mode": "edge"}),
    ("Expand", [X[:, :1], ints(1, 5, 1, 1)], {}),
    ("Tile", [X, ints(1, 2, 1, 3)], {}),
    ("MatMul", [X, np.ones((10, 7), np.float32)], {}),
    ("Gemm", [X[0, 0], np.ones((3, 10), np.float32)], {"transB": 1}),
    ("Einsum", [X, np.ones((4, 5), np.float32)], {"equation": "bchw,cd->bdhw"}),
    ("ReduceMean", [X], {"axes": [1, -1], "keepdims": 0}),
    ("ReduceSum", [X, ints(2)], {"keepdims": 1}),
    ("Softmax", [X], {"axis": 1}),
    ("Where", [X > 0, X, np.float32(0)], {}),
    ("PRelu", [X, np.ones((4, 1, 1), np.float32)], {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "inputs", "settings"),
    CASES,
    ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)],
)
def test_operation(operation: str, inputs: list[Any], settings: dict[str, Any]) -> None:
    from onnx.reference import ReferenceEvaluator

    names = ["" if array is None else f"x{number}" for number, array in enumerate(inputs)]
    outputs = ["a", "b"] if operation == "Split" else ["a"]
    # The first input is the picture; what it is made to look like is a constant.
    nodes = [onnx.helper.make_node(operation, names, outputs, **settings)]
    constants = [
        onnx.numpy_helper.from_array(np.asarray(array), name)
        for array, name in zip(inputs, names, strict=True)
        if array is not None
    ]
    graph = onnx.helper.make_graph(
        nodes,
        "g",
        [onnx.helper.make_tensor_value_info("picture", 1, [1, 4, 6, 10])],
        [onnx.helper.make_tensor_value_info(name, 0, None) for name in outputs],
        constants,
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 15)])
    expected = [made.shape for made in ReferenceEvaluator(model).run(None, {"picture": X})]
    shapes = measure_cost(read_onnx(model.SerializeToString()), 6, 10).shapes
    assert [shapes[name] for name in outputs] == expected


@pytest.mark.parametrize(
    "data",
    [
        build_ddcolor(SMALL_DDCOLOR, 64),
        build_deoldify(SMALL_DEEP),
        build_deoldify(SMALL_WIDE),
    ],
    ids=["ddcolor", "deep", "wide"],
)
def test_whole_networks_have_the_sizes_that_onnx_infers(data: bytes) -> None:
    model = onnx.load_from_string(data)
    sides = model.graph.input[0].type.tensor_type.shape.dim
    sides[2].dim_value, sides[3].dim_value = 64, 64
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True, strict_mode=True)
    expected = {
        value.name: tuple(d.dim_value for d in value.type.tensor_type.shape.dim)
        for value in inferred.graph.value_info
        if all(d.HasField("dim_value") for d in value.type.tensor_type.shape.dim)
    }
    found = measure_cost(read_onnx(data), 64, 64).shapes
    assert len(expected) > 100
    assert {name: found[name] for name in expected} == expected
