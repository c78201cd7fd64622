"""Layers that peers' networks share, as ONNX nodes with seeded random weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_lab.onnx import Node, Tensor, encode_model

__all__ = ["Builder"]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


@dataclass
class Builder:
    """Collects nodes and weights; each method adds a layer and returns the name of its output."""

    seed: int = 0
    nodes: list[Node] = field(default_factory=list)
    weights: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)

    def add(self, operation: str, *inputs: str, **attributes: Any) -> str:
        """Add any node."""
        output = f"{operation}_{len(self.nodes)}"
        self.nodes.append(Node(operation, inputs, output, attributes))
        return output

    def keep(self, array: NDArray[Any], name: str = "constant") -> str:
        """Add a constant."""
        name = f"{name}_{len(self.weights)}"
        self.weights[name] = array
        return name

    def keep_number(self, number: float) -> str:
        """Add a single number."""
        return self.keep(np.array([number], np.float32))

    def draw(self, *shape: int, fan_in: int | None = None) -> str:
        """Add random weights that keep the variance of what they are multiplied with."""
        scale = np.float32(math.sqrt(1.5 / (fan_in or math.prod(shape[1:]))))
        return self.keep(self.rng.standard_normal(shape, np.float32) * scale, "weights")

    def draw_near(self, value: float, *shape: int) -> str:
        """Add random weights near a value: biases near 0, factors near 1."""
        noise = self.rng.normal(0, 0.1, shape)
        return self.keep(np.asarray(value + noise, np.float32), "near")

    def convolve(
        self,
        x: str,
        channels: int,
        made: int,
        kernel: int = 3,
        *,
        bias: bool = True,
        **settings: Any,
    ) -> str:
        """Add a convolution that keeps the size, unless pads and strides say otherwise."""
        group = settings.get("group", 1)
        pad = kernel // 2
        weights = [self.draw(made, channels // group, kernel, kernel)]
        weights += [self.draw_near(0, made)] if bias else []
        given = {"kernel_shape": (kernel, kernel), "pads": (pad,) * 4, **settings}
        return self.add("Conv", x, *weights, **given)

    def normalize_batch(self, x: str, channels: int) -> str:
        """Add a batch norm with running statistics."""
        deviation = self.keep(self.rng.uniform(0.5, 2, channels).astype(np.float32))
        return self.add(
            "BatchNormalization", x, self.draw_near(1, channels), self.draw_near(0, channels),
            self.draw_near(0, channels), deviation, epsilon=1e-5,
        )  # fmt: skip

    def normalize_layer(self, x: str, channels: int, *, axis: int, epsilon: float) -> str:
        """Add a layer norm along an axis, in parts, as opsets before 17 have it."""
        shape = (channels, 1, 1) if axis == 1 else (channels,)
        centered = self.add("Sub", x, self.add("ReduceMean", x, axes=(axis,)))
        square = self.add("Mul", centered, centered)
        variance = self.add("ReduceMean", square, axes=(axis,))
        raised = self.add("Add", variance, self.keep_number(epsilon))
        scaled = self.add("Div", centered, self.add("Sqrt", raised))
        factored = self.add("Mul", scaled, self.draw_near(1, *shape))
        return self.add("Add", factored, self.draw_near(0, *shape))

    def connect(self, x: str, read: int, made: int) -> str:
        """Add a fully connected layer to the last axis."""
        product = self.add("MatMul", x, self.draw(read, made, fan_in=read))
        return self.add("Add", product, self.draw_near(0, made))

    def reshape(self, x: str, *shape: int) -> str:
        """Add a reshape."""
        return self.add("Reshape", x, self.keep(np.array(shape, np.int64)))

    def enlarge(
        self, x: str, channels: int, made: int, scale: int, *, norm: bool, blur: bool
    ) -> str:
        """Add a pixel shuffle: a 1 x 1 convolution, its channels laid out as pixels, a blur."""
        wide = self.convolve(x, channels, made * scale**2, 1, bias=not norm)
        wide = self.normalize_batch(wide, made * scale**2) if norm else wide
        relu = self.add("Relu", wide)
        pixels = self.add("DepthToSpace", relu, blocksize=scale, mode="CRD")
        if not blur:
            return pixels
        pads = self.keep(np.array([0, 0, 1, 1, 0, 0, 0, 0], np.int64))
        padded = self.add("Pad", pixels, pads, mode="edge")
        return self.add("AveragePool", padded, kernel_shape=(2, 2))

    def standardize(self, x: str) -> str:
        """Subtract ImageNet's means and divide by its deviations."""
        centered = self.add("Sub", x, self.keep(face_channels(IMAGENET_MEAN)))
        return self.add("Div", centered, self.keep(face_channels(IMAGENET_DEVIATION)))

    def encode(self, output: str, size: tuple[int, int] | None = None) -> bytes:
        """Write the model with an input of three channels, of a fixed size or of any."""
        nodes = [*self.nodes, Node("Identity", (output,), "output")]
        return encode_model(
            nodes, self.weights, [Tensor("input", 3, size)], [Tensor("output")], producer="random"
        )


def face_channels(numbers: Sequence[float]) -> NDArray[np.float32]:
    """Shape numbers, one per channel, so that they meet the channels of a picture."""
    return np.array(numbers, np.float32).reshape(1, -1, 1, 1)
