"""Description of a caffemodel in words."""

from __future__ import annotations

from colorize_lab.caffe.caffemodel import CaffeModel, LayerBlobs

__all__ = ["describe_model"]


def describe_model(model: CaffeModel) -> str:
    """Say what a caffemodel holds.

    Parameters
    ----------
    model : CaffeModel
        Any.

    Returns
    -------
    str
        A line for each layer that has weights, and one for their sum.

    Examples
    --------
    >>> import numpy as np
    >>> from colorize_lab.caffe.caffemodel import LayerBlobs
    >>> blobs = (np.zeros((8, 1, 3, 3), np.float32), np.zeros(8, np.float32))
    >>> print(describe_model(CaffeModel("tiny", (LayerBlobs("conv1", "Convolution", blobs),))))
    conv1 Convolution 8x1x3x3 8 float32
    80 parameters in 1 layer with weights
    """
    layers = [layer for layer in model.layers if layer.blobs]
    count = sum(blob.size for layer in layers for blob in layer.blobs)
    noun = "layer" if len(layers) == 1 else "layers"
    lines = [_describe_layer(layer) for layer in layers]
    return "\n".join([*lines, f"{count} parameters in {len(layers)} {noun} with weights"])


def _describe_layer(layer: LayerBlobs) -> str:
    shapes = " ".join("x".join(map(str, blob.shape)) or "1" for blob in layer.blobs)
    dtypes = "/".join(sorted({blob.dtype.name for blob in layer.blobs}))
    return f"{layer.name} {layer.type} {shapes} {dtypes}"
