"""ONNX files are read as the onnx library reads them, and hostile ones are refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colorize_lab.errors import NetworkFileError
from colorize_lab.onnx import Node, Tensor, check_onnx, encode_model, measure_cost, read_onnx

onnx = pytest.importorskip("onnx")

WEIGHTS = np.arange(8, dtype=np.float32).reshape(2, 1, 2, 2)


def make_model() -> bytes:
    """A convolution, and a reshape by a shape that the model computes itself."""
    nodes = [
        Node("Conv", ("in", "w"), "c", {"strides": (2, 2), "pads": (0, 0, 1, 1)}),
        Node("Shape", ("c",), "s", {}),
        Node("Reshape", ("c", "s"), "r", {"allowzero": 0}),
        Node("LeakyRelu", ("r",), "out", {"alpha": 0.5}),
    ]
    return encode_model(nodes, {"w": WEIGHTS}, [Tensor("in", 1)], [Tensor("out")], producer="test")


def change(edit: Callable[[onnx.ModelProto], object]) -> bytes:
    """Change the model by means of the onnx library."""
    model = onnx.load_from_string(make_model())
    edit(model)
    return model.SerializeToString()


def check(data: bytes) -> None:
    check_onnx(read_onnx(data))


def test_everything_is_read() -> None:
    model = read_onnx(make_model())
    assert [node.operation for node in model.nodes] == ["Conv", "Shape", "Reshape", "LeakyRelu"]
    assert model.nodes[0].attributes == {"strides": (2, 2), "pads": (0, 0, 1, 1)}
    assert model.nodes[3].attributes == {"alpha": 0.5}
    np.testing.assert_array_equal(model.weights["w"].array, WEIGHTS)
    assert [(i.name, i.shape) for i in model.inputs] == [("in", (1, 1, None, None))]
    assert (model.producer, model.opset) == ("test", 15)
    check_onnx(model)


@pytest.mark.parametrize(
    "array",
    [
        np.float32([1.5, -2]), np.float16([1.5, -2]), np.float64([1.5, -2]),
        np.int64([-1, 1 << 40]), np.int32([-1, 7]), np.array([True, False]), np.uint8([3, 255]),
        np.float32(4),
    ],
)  # fmt: skip
@pytest.mark.parametrize("raw", [True, False])
def test_numbers_of_every_type_are_those_that_onnx_wrote(array: np.ndarray, raw: bool) -> None:
    kind = onnx.helper.np_dtype_to_tensor_dtype(np.asarray(array).dtype)
    values = np.asarray(array).tobytes() if raw else np.asarray(array).reshape(-1).tolist()
    tensor = onnx.helper.make_tensor("x", kind, np.shape(array), values, raw=raw)
    found = read_onnx(change(lambda m: m.graph.initializer.append(tensor))).weights["x"].array
    assert found.dtype == np.asarray(array).dtype
    np.testing.assert_array_equal(found, array)


def test_sizes_are_those_that_onnx_infers() -> None:
    model = onnx.load_from_string(make_model())
    sides = model.graph.input[0].type.tensor_type.shape.dim
    sides[2].dim_value, sides[3].dim_value = 31, 40
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
    shapes = {
        value.name: tuple(d.dim_value for d in value.type.tensor_type.shape.dim)
        for value in inferred.graph.value_info
    }
    cost = measure_cost(read_onnx(make_model()), 31, 40)
    assert cost.shapes["c"] == shapes["c"] == (1, 2, 16, 20)
    assert cost.shapes["s"] == shapes["s"]
    assert cost.shapes["out"] == (1, 2, 16, 20)
    assert cost.multiplications == 2 * 16 * 20 * 4


def _keep_weights_elsewhere(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer[0]
    onnx.external_data_helper.set_external_data(tensor, "../../etc/passwd")
    tensor.ClearField("raw_data")


def _add_subgraph(model: onnx.ModelProto) -> None:
    model.graph.node[0].attribute.append(onnx.helper.make_attribute("body", model.graph))


def _add_function(model: onnx.ModelProto) -> None:
    model.functions.append(
        onnx.helper.make_function("own", "f", ["x"], ["y"], [], [onnx.helper.make_opsetid("", 15)])
    )


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (_keep_weights_elsewhere, "in another file"),
        (_add_subgraph, "has a subgraph"),
        (_add_function, "functions of its own"),
        (lambda m: setattr(m.graph.node[0], "domain", "com.evil"), "custom operation 'Conv'"),
        (lambda m: m.opset_import.append(onnx.helper.make_opsetid("evil", 1)), "'evil'"),
        (lambda m: m.graph.initializer[0].dims.append(1 << 40), "have 8 numbers"),
        (lambda m: m.graph.initializer.append(m.graph.initializer[0]), "occur twice"),
        (lambda m: m.graph.ClearField("initializer"), "which nothing before it makes"),
        (lambda m: setattr(m.graph.node[0], "op_type", "Loop"), "the operation 'Loop'"),
        (lambda m: m.graph.node[1].output.__setitem__(0, "c"), "made twice"),
        (lambda m: setattr(m.graph.output[0], "name", "x"), "nothing makes the output 'x'"),
        (lambda m: setattr(m.graph.input[0].type.tensor_type, "elem_type", 10), "than float32"),
        (lambda m: m.opset_import[0].__setattr__("version", 99), "opset 99"),
        (lambda m: m.graph.node[0].attribute[0].ints.__setitem__(0, 0), "makes no sense"),
        (lambda m: m.graph.node[0].attribute[1].ints.__setitem__(0, 1 << 30), "makes no sense"),
        (lambda m: m.graph.input[0].type.tensor_type.shape.dim[2].__setattr__("dim_value", 1 << 20),
         "single picture"),
    ],
)  # fmt: skip
def test_hostile_models_are_refused(
    edit: Callable[[onnx.ModelProto], object], message: str
) -> None:
    with pytest.raises(NetworkFileError, match=message):
        check(change(edit))


def test_enormous_tensor_is_refused_before_it_exists() -> None:
    sizes = np.array([1, 1, 1 << 20, 1 << 20], np.int64)
    nodes = [Node("Expand", ("in", "sizes"), "out")]
    data = encode_model(nodes, {"sizes": sizes}, [Tensor("in", 1)], [Tensor("out")], producer="")
    with pytest.raises(NetworkFileError):
        check(data)
    nodes = [Node("ConstantOfShape", ("sizes",), "c"), Node("Add", ("in", "in"), "out")]
    data = encode_model(nodes, {"sizes": sizes}, [Tensor("in", 1)], [Tensor("out")], producer="")
    with pytest.raises(NetworkFileError, match="makes a tensor of 1,099,511,627,776 numbers"):
        check(data)


def test_bombs_are_refused_in_no_time() -> None:
    chain = [Node("Relu", (f"x{n}" if n else "in",), f"x{n + 1}") for n in range(20_001)]
    data = encode_model(chain, {}, [Tensor("in", 1)], [Tensor("x20001")], producer="")
    with pytest.raises(NetworkFileError, match="20001 nodes"):
        read_onnx(data)
    data = encode_model(
        [Node("Sum", ("in",) * 2000, "out")], {}, [Tensor("in", 1)], [Tensor("out")], producer=""
    )
    with pytest.raises(NetworkFileError, match="more than 1024 names"):
        read_onnx(data)
    # Products of small constants are followed only while they are small.
    row, column = np.zeros((1, 4096), np.float32), np.zeros((4096, 1), np.float32)
    nodes = [Node("Add", ("row", "column"), f"x{n}") for n in range(1000)]
    model = read_onnx(
        encode_model(
            [*nodes, Node("Relu", ("in",), "out")],
            {"row": row, "column": column},
            [Tensor("in", 1)],
            [Tensor("out")],
            producer="",
        )
    )
    assert measure_cost(model, 256, 256).largest == 4096**2


def test_weights_that_are_not_finite_are_refused() -> None:
    data = make_model().replace(np.float32(7).tobytes(), np.float32(np.nan).tobytes())
    with pytest.raises(NetworkFileError, match="not finite"):
        check(data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_files_raise_one_error_or_are_sound(data: st.DataObject) -> None:
    whole = bytearray(make_model())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    length = data.draw(st.integers(0, len(whole)))
    try:
        check(bytes(whole[: length or None]))
    except NetworkFileError as error:
        assert "\n" not in str(error)
