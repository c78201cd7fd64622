"""Seeded weights for any graph, such that activations neither vanish nor explode."""

from __future__ import annotations

import math

import numpy as np

from colorize_lab.caffe import (
    CaffeModel,
    LayerBlobs,
    LayerSpec,
    NetworkGraph,
    infer_blob_shapes,
)

# What Caffe's BatchNorm leaves in a trained file: sums over some steps, and their weight.
STATISTICS_WEIGHT = 3.5


def build_random_weights(graph: NetworkGraph, seed: int = 0) -> CaffeModel:
    rng = np.random.default_rng(seed)
    shapes = infer_blob_shapes(graph)
    layers = [layer for layer in graph.layers if layer.name in shapes]
    blobs = [_build_blobs(rng, layer, shapes[layer.name]) for layer in layers]
    return CaffeModel(
        graph.name,
        tuple(
            LayerBlobs(layer.name, layer.type, b) for layer, b in zip(layers, blobs, strict=True)
        ),
    )


def _build_blobs(
    rng: np.random.Generator, layer: LayerSpec, shapes: tuple[tuple[int, ...], ...]
) -> tuple[np.ndarray, ...]:
    if layer.type == "BatchNorm":
        mean = rng.normal(0.5, 0.5, shapes[0])
        variance = rng.uniform(0.5, 2, shapes[1])
        sums = (mean * STATISTICS_WEIGHT, variance * STATISTICS_WEIGHT, [STATISTICS_WEIGHT])
        return tuple(np.array(blob, np.float32) for blob in sums)
    if layer.type == "Scale":
        return tuple(rng.uniform(0.5, 1.5, shape).astype(np.float32) for shape in shapes)
    weights = rng.standard_normal(shapes[0], np.float32) * np.float32(
        _compute_he_scale(layer, shapes)
    )
    biases = (rng.normal(0, 0.3, shape).astype(np.float32) for shape in shapes[1:])
    return (weights, *biases)


def _compute_he_scale(layer: LayerSpec, shapes: tuple[tuple[int, ...], ...]) -> float:
    """Compute the deviation that keeps variance through a ReLU (He et al. 2015, equation 10)."""
    fan_in = math.prod(shapes[0][1:])
    if layer.type == "Deconvolution":
        # Of its kernel, an output pixel sees one in stride * stride.
        fan_in = shapes[0][0] * math.prod(shapes[0][2:]) // int(layer.params["stride"]) ** 2
    return math.sqrt(2 / fan_in)
