"""A network that runs in a millisecond, as files and as an entry of the registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from colorize_lab.caffe import (
    CaffeModel,
    InputSpec,
    LayerBlobs,
    LayerSpec,
    NetworkGraph,
    format_prototxt,
    write_caffemodel,
)

ENTRY: dict[str, Any] = {
    "name": "tiny",
    "summary": "for tests",
    "license": "MIT",
    "prototxt": "deploy.prototxt",
    "weights": "tiny.caffemodel",
    "bins": None,
    "size_bytes": None,
    "sha256": None,
    "urls": [],
    "input_blob": "data_l",
    "hint_blob": "hints",
    "output_blob": "conv_313",
    "feature_blob": "conv3",
    "stride_px": 8,
    "temperature": 0.5,
    "vividness": 0.4,
    "rebalanced": False,
    "render_factor": 2,
    "rank": 1,
}


@dataclass(frozen=True)
class TinyFiles:
    """A network's two files: 1 + 3 channels in, 313 out, shrunk by 8, then doubled."""

    graph: NetworkGraph
    model: CaffeModel
    prototxt: str
    weights: bytes


def make_tiny(seed: int = 0) -> TinyFiles:
    def layer(name: str, kind: str, bottoms: tuple[str, ...], **params: int) -> LayerSpec:
        return LayerSpec(name, kind, bottoms, (name,), params)

    halve = {"num_output": 6, "kernel_size": 3, "pad": 1, "stride": 2}
    double = {"num_output": 6, "kernel_size": 4, "pad": 1, "stride": 2}
    graph = NetworkGraph(
        "tiny",
        (InputSpec("data_l", (1, 1, 16, 16)), InputSpec("hints", (1, 3, 16, 16))),
        (
            layer("joined", "Concat", ("data_l", "hints")),
            layer("conv1", "Convolution", ("joined",), **halve),
            layer("relu1", "ReLU", ("conv1",)),
            layer("conv2", "Convolution", ("relu1",), **halve),
            layer("conv3", "Convolution", ("conv2",), **halve),
            layer("up", "Deconvolution", ("conv3",), **double),
            layer("conv_313", "Convolution", ("up",), num_output=313, kernel_size=1),
        ),
    )
    shapes = {
        "conv1": (6, 4, 3, 3),
        "conv2": (6, 6, 3, 3),
        "conv3": (6, 6, 3, 3),
        "up": (6, 6, 4, 4),
        "conv_313": (313, 6, 1, 1),
    }
    rng = np.random.default_rng(seed)
    layers = tuple(
        LayerBlobs(
            name,
            "Deconvolution" if name == "up" else "Convolution",
            (
                rng.normal(0, 0.2, shape).astype(np.float32),
                rng.normal(0, 0.2, shape[0]).astype(np.float32),
            ),
        )
        for name, shape in shapes.items()
    )
    model = CaffeModel("tiny", layers)
    return TinyFiles(graph, model, format_prototxt(graph), write_caffemodel(model))
