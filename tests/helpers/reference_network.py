"""Caffe's layers a second time, from their definitions, in NumPy and in PyTorch.

Nothing here knows OpenCV: its results are held against these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from colorize_lab.caffe import CaffeModel, LayerSpec, NetworkGraph

Blobs = Sequence[np.ndarray]
RunLayer = Callable[[LayerSpec, Sequence[np.ndarray], Blobs], np.ndarray]


def run_network(
    graph: NetworkGraph,
    model: CaffeModel,
    inputs: Mapping[str, np.ndarray],
    run_layer: RunLayer,
) -> dict[str, np.ndarray]:
    """Compute the output of every layer, under the layer's name."""
    blobs = {layer.name: layer.blobs for layer in model.layers}
    tensors = dict(inputs)
    outputs = {}
    for layer in graph.layers:
        sources = [tensors[bottom] for bottom in layer.bottoms]
        outputs[layer.name] = run_layer(layer, sources, blobs.get(layer.name, ()))
        tensors[layer.tops[0]] = outputs[layer.name]
    return outputs


def compute_errors(
    found: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Compute for each layer the largest difference, as a part of the expected range."""
    assert found.keys() == expected.keys()
    errors = {}
    for name, reference in expected.items():
        assert found[name].shape == reference.shape, name
        assert np.ptp(reference) > 0, f"{name} is constant and shows nothing"
        errors[name] = float(np.abs(found[name] - reference).max() / np.ptp(reference))
    return errors


def run_layer_in_numpy(layer: LayerSpec, sources: Sequence[np.ndarray], blobs: Blobs) -> np.ndarray:
    """Compute one layer in float64."""
    x = sources[0].astype(np.float64)
    if layer.type == "ReLU":
        return np.maximum(x, 0)
    if layer.type == "Eltwise":
        return sum(source.astype(np.float64) for source in sources)
    if layer.type == "Concat":
        return np.concatenate(sources, axis=1)
    if layer.type == "Softmax":
        powers = np.exp(x - x.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
    if layer.type == "BatchNorm":
        mean, variance = (_to_column(blob / blobs[2][0]) for blob in blobs[:2])
        return (x - mean) / np.sqrt(variance + layer.params.get("eps", 1e-5))
    if layer.type == "Pooling":
        return x.mean(axis=(2, 3), keepdims=True)
    if layer.type == "Scale" and len(sources) > 1:
        return x * sources[1]
    if layer.type == "Scale":
        return x * _to_column(blobs[0]) + (_to_column(blobs[1]) if len(blobs) > 1 else 0)
    convolve = {"Convolution": _convolve, "Deconvolution": _deconvolve}[layer.type]
    groups = layer.params.get("group", 1)
    parts = zip(np.split(x, groups, axis=1), np.split(blobs[0], groups), strict=True)
    y = np.concatenate([convolve(layer, part, weights) for part, weights in parts], axis=1)
    return y + _to_column(blobs[1]) if len(blobs) > 1 else y


def _convolve(layer: LayerSpec, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Add up the kernel's taps: each is a matrix applied to a shifted, thinned-out picture."""
    stride, pad, dilation = (layer.params.get(n, d) for n, d in _SETTINGS)
    x = np.pad(x[0], ((0, 0), (pad, pad), (pad, pad)))
    kernel = weights.shape[2]
    height, width = ((side - dilation * (kernel - 1) - 1) // stride + 1 for side in x.shape[1:])
    y = np.zeros((len(weights), height, width))
    for i in range(kernel):
        for j in range(kernel):
            rows = slice(i * dilation, i * dilation + (height - 1) * stride + 1, stride)
            columns = slice(j * dilation, j * dilation + (width - 1) * stride + 1, stride)
            y += np.tensordot(weights[:, :, i, j].astype(np.float64), x[:, rows, columns], 1)
    return y[None]


def _deconvolve(layer: LayerSpec, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Let each pixel paint its kernel, then cut the padding off."""
    stride, pad, _ = (layer.params.get(n, d) for n, d in _SETTINGS)
    kernel = weights.shape[2]
    height, width = (stride * (side - 1) + kernel for side in x.shape[2:])
    y = np.zeros((weights.shape[1], height, width))
    for i in range(kernel):
        for j in range(kernel):
            painted = np.tensordot(weights[:, :, i, j].T.astype(np.float64), x[0], 1)
            y[:, i : height - kernel + i + 1 : stride, j : width - kernel + j + 1 : stride] += (
                painted
            )
    return y[None, :, pad : height - pad, pad : width - pad]


_SETTINGS = (("stride", 1), ("pad", 0), ("dilation", 1))


def _to_column(blob: np.ndarray) -> np.ndarray:
    return blob.astype(np.float64).reshape(1, -1, 1, 1)


def run_layer_in_torch(layer: LayerSpec, sources: Sequence[np.ndarray], blobs: Blobs) -> np.ndarray:
    """Compute one layer with PyTorch, in float32."""
    import torch
    from torch.nn import functional

    xs = [torch.tensor(source) for source in sources]
    weights = [torch.tensor(np.asarray(blob, np.float32)) for blob in blobs]
    settings = {name: layer.params.get(name, default) for name, default in _SETTINGS}
    if layer.type == "Convolution":
        y = functional.conv2d(
            xs[0], *weights, settings["stride"], settings["pad"], settings["dilation"]
        )
    elif layer.type == "Deconvolution":
        y = functional.conv_transpose2d(xs[0], *weights, settings["stride"], settings["pad"])
    elif layer.type == "BatchNorm":
        mean, variance = (blob / weights[2] for blob in weights[:2])
        y = functional.batch_norm(xs[0], mean, variance, eps=layer.params.get("eps", 1e-5))
    else:
        y = {
            "ReLU": lambda: functional.relu(xs[0]),
            "Eltwise": lambda: torch.stack(xs).sum(0),
            "Concat": lambda: torch.cat(xs, 1),
            "Softmax": lambda: functional.softmax(xs[0], 1),
        }[layer.type]()
    return y.numpy()
