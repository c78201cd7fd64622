"""`inspect_file` names what a file holds, and the network that it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from colorize_lab.errors import NetworkFileError
from colorize_lab.networks import find_network, inspect_file, load_files
from colorize_lab.onnx import Node, Tensor, encode_model
from tests.helpers.tiny_network import TinyFiles, make_tiny


@pytest.fixture
def files(register: Callable[..., Path], tiny: TinyFiles, tmp_path: Path) -> tuple[Path, Path]:
    """A caffemodel and its twin."""
    register(weights=tiny.weights)
    twin = tmp_path / "twin.bin"
    twin.write_bytes(load_files(find_network("tiny"))[0].to_onnx())
    return find_network("tiny").weights, twin


def test_caffemodel_and_twin_are_the_same_network(files: tuple[Path, Path]) -> None:
    caffe, twin = map(inspect_file, files)
    assert (caffe.format, twin.format) == ("caffemodel", "onnx")
    assert caffe.fits == twin.fits == ("tiny",)
    assert caffe.parameters == twin.parameters > 1000
    assert caffe.multiplications == twin.multiplications is not None
    assert any("conv_313" in line and "313x6x1x1" in line for line in twin.layers)
    assert any("conv_313" in line and "313x6x1x1" in line for line in caffe.layers)
    assert not caffe.known  # the entry has no hash


def test_hash_makes_it_known(register: Callable[..., Path], tiny: TinyFiles) -> None:
    import hashlib

    register("other", tiny.weights)
    register("right", tiny.weights, sha256=hashlib.sha256(tiny.weights).hexdigest(), rank=0)
    found = inspect_file(find_network("right").weights)
    assert found.fits == ("right", "other")
    assert found.known


def test_another_network_fits_nothing(models: Path, tmp_path: Path) -> None:
    path = tmp_path / "foreign.onnx"
    weights = np.ones((7, 5, 1, 1), np.float32)
    path.write_bytes(
        encode_model(
            [Node("Conv", ("x", "w"), "y")], {"w": weights}, [Tensor("x", 5)], [Tensor("y")],
            producer="",
        )
    )  # fmt: skip
    found = inspect_file(path)
    assert (found.fits, found.known, found.multiplications) == ((), False, 7 * 5 * 256**2)
    path.write_bytes(make_tiny().weights)
    assert inspect_file(path).multiplications is None


@pytest.mark.parametrize("data", [b"", b"<html>", b"\x00" * 100, b"\x3a\x02\x08\x01"])
def test_anything_else_is_refused(models: Path, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(NetworkFileError, match="file: "):
        inspect_file(path)
