"""The interface of every engine: load a checked network, run it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.caffe import NetworkGraph, read_caffemodel
from colorize_lab.networks.spec import NetworkSpec
from colorize_lab.onnx import convert_network

__all__ = ["Blobs", "CaffeFiles", "EngineError", "Loaded", "OnnxFile", "Session"]

Blobs: TypeAlias = NDArray[np.float32]
"""Shape (1, C, h, w)."""


class EngineError(Exception):
    """An engine cannot load or run a network; its own reason, in one line."""


class Loaded(Protocol):
    """A network's files, read and checked; no engine sees a file that is not."""

    @property
    def spec(self) -> NetworkSpec:
        """Description of the network; an ONNX file's own names are in it."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Blobs that a session can compute: the answer and, if there are any, the features."""

    @property
    def fixed_size(self) -> tuple[int, int] | None:
        """Height and width that the input must have; None if they are free."""

    def to_onnx(self) -> bytes:
        """Return the network as an ONNX model with all outputs.

        Raises
        ------
        NetworkFileError
            If a layer has no counterpart in ONNX.
        """


@dataclass(frozen=True, eq=False)
class CaffeFiles:
    """A Caffe network.

    Attributes
    ----------
    spec : NetworkSpec
        Description of the network.
    graph : NetworkGraph
        Its layers.
    prototxt, weights : bytes
        The two files as they were read.
    """

    spec: NetworkSpec
    graph: NetworkGraph
    prototxt: bytes
    weights: bytes
    fixed_size: None = None

    @property
    def outputs(self) -> tuple[str, ...]:
        """The answer's blob and, if there is one, the features'."""
        return list_outputs(self.spec)

    def to_onnx(self) -> bytes:
        """Write the twin."""
        return convert_network(self.graph, read_caffemodel(self.weights), self.outputs)


@dataclass(frozen=True, eq=False)
class OnnxFile:
    """An ONNX network.

    Attributes
    ----------
    spec : NetworkSpec
        Description of the network.
    data : bytes
        The file as it was read.
    fixed_size : tuple of int or None
        Height and width of its input, None if they are free.
    """

    spec: NetworkSpec
    data: bytes
    fixed_size: tuple[int, int] | None

    @property
    def outputs(self) -> tuple[str, ...]:
        """The answer's blob and, if there is one, the features'."""
        return list_outputs(self.spec)

    def to_onnx(self) -> bytes:
        """Return the file."""
        return self.data


def list_outputs(spec: NetworkSpec) -> tuple[str, ...]:
    """Return the blobs that a description names as outputs."""
    blobs = (spec.output_blob, spec.feature_blob)
    return tuple(blob for blob in blobs if blob is not None)


class Session(Protocol):
    """A network in an engine's hands, called by one thread at a time."""

    def run(self, inputs: Mapping[str, Blobs], outputs: Sequence[str]) -> list[Blobs]:
        """Run the network once.

        Parameters
        ----------
        inputs : mapping of str to ndarray of float32, shape (1, C, h, w)
            Every input by its blob's name. Sizes may change from call to call.
        outputs : sequence of str
            Blobs to compute, out of `Loaded.outputs`.

        Returns
        -------
        list of ndarray of float32, shape (1, C, h, w)
            In the order of ``outputs``.

        Raises
        ------
        EngineError
            If the engine cannot run the network.
        """
        ...

    def move_to_cpu(self) -> None:
        """Run on the CPU from the next call on."""
        ...
