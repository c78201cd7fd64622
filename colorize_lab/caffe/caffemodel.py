"""Reader and writer of caffemodels: the weights of each layer.

A caffemodel is the message ``NetParameter`` of Caffe's ``caffe.proto``: the network's name and its
layers, each with its blobs. Only these are read; a layer's settings are the prototxt's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from colorize_lab.caffe.blobs import Blob, decode_blob, encode_blob
from colorize_lab.caffe.wire import Chunks, decode_varint, encode_bytes, iter_fields
from colorize_lab.errors import NetworkFileError
from colorize_lab.system.reading import explain_read_errors

__all__ = ["CaffeModel", "LayerBlobs", "read_caffemodel", "write_caffemodel"]

MAX_FILE_BYTES: Final = 2**31 - 1
"""The most that protocol buffers, and so OpenCV, can read."""

_MAX_NAME_BYTES: Final = 256


@dataclass(frozen=True, eq=False)
class LayerBlobs:
    """The weights of one layer.

    Parameters
    ----------
    name : str
        The layer's name in the prototxt.
    type : str
        Caffe's name of the layer type; empty if an old file has only a number for it.
    blobs : tuple of ndarray of float16, float32 or float64
        A convolution: kernels and biases. ``BatchNorm``: sums of means and of variances, and the
        number that both are to be divided by.
    """

    name: str
    type: str
    blobs: tuple[Blob, ...]


@dataclass(frozen=True, eq=False)
class CaffeModel:
    """A network's weights.

    Parameters
    ----------
    name : str
        The network's name, often empty.
    layers : tuple of LayerBlobs
        In the order of the file. A layer without weights may be there or not.
    """

    name: str
    layers: tuple[LayerBlobs, ...]


class _LayerFields(NamedTuple):
    """Field numbers of a layer's message."""

    name: int
    type: int
    blobs: int


_NET_NAME: Final = 1
_NET_LAYER: Final = 100
# Files from before 2014 have V1LayerParameter, whose type is the number of an enum.
_NET_V1_LAYER: Final = 2
_LAYER_FIELDS: Final = {_NET_LAYER: _LayerFields(1, 2, 7), _NET_V1_LAYER: _LayerFields(4, 5, 6)}
_V1_TYPES: Final = {
    3: "Concat",
    4: "Convolution",
    14: "InnerProduct",
    18: "ReLU",
    20: "Softmax",
    25: "Eltwise",
    39: "Deconvolution",
}


def read_caffemodel(source: str | os.PathLike[str] | bytes) -> CaffeModel:
    """Read a network's weights.

    Parameters
    ----------
    source : path or bytes
        A file, or what one holds.

    Returns
    -------
    CaffeModel
        Its blobs are read-only views of the file's bytes, which are read once and not copied.

    Raises
    ------
    InputError
        The file cannot be read.
    NetworkFileError
        The bytes are empty, cut off, damaged, a web page or some other file.
    """
    label = "the data" if isinstance(source, bytes) else str(Path(source))
    data = source if isinstance(source, bytes) else _read_file(Path(source))
    _refuse_foreign(label, data)
    try:
        model = _decode_net(memoryview(data))
    except EOFError as error:
        raise NetworkFileError(
            f"{label} is truncated {error}; download or copy it again"
        ) from error
    except ValueError as error:
        raise NetworkFileError(
            f"{label} is not a caffemodel or is damaged ({error}); download or copy it again"
        ) from error
    if not model.layers:
        raise NetworkFileError(f"{label} contains no layer; pass a caffemodel with trained weights")
    return model


def write_caffemodel(model: CaffeModel, *, half: bool = False) -> bytes:
    """Write a network's weights as Caffe and OpenCV read them.

    Parameters
    ----------
    model : CaffeModel
        Weights of any floating type.
    half : bool, optional
        Store float16, half as large, in the way of NVIDIA's Caffe: OpenCV reads it, the original
        Caffe does not. The default is float32.

    Returns
    -------
    bytes
        The file's content.

    Raises
    ------
    NetworkFileError
        A weight is beyond the range of the stored type.

    Examples
    --------
    >>> import numpy as np
    >>> layer = LayerBlobs("conv", "Convolution", (np.ones((2, 1, 3, 3), np.float32),))
    >>> data = write_caffemodel(CaffeModel("tiny", (layer,)), half=True)
    >>> len(data)
    78
    >>> read_caffemodel(data).layers[0].blobs[0].shape
    (2, 1, 3, 3)
    """
    chunks = encode_bytes(_NET_NAME, [model.name.encode()])
    for layer in model.layers:
        try:
            chunks += encode_bytes(_NET_LAYER, _encode_layer(layer, half=half))
        except ValueError as error:
            remedy = "write float32" if half else "scale the layer down"
            raise NetworkFileError(
                f"layer {layer.name!r} cannot be stored: {error}; {remedy}"
            ) from error
    return b"".join(chunks)


def _read_file(path: Path) -> bytes:
    with explain_read_errors(path):
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise NetworkFileError(
                f"{path} has {size} bytes, more than a caffemodel can have; pass another file"
            )
        return path.read_bytes()


def _refuse_foreign(label: str, data: bytes) -> None:
    if not data:
        raise NetworkFileError(f"{label} is empty; download or copy it again")
    # No caffemodel begins so: as a tag, "<" is the end of a group that was never begun.
    if data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise NetworkFileError(
            f"{label} is a web page, not a caffemodel; download it from another mirror"
        )


def _decode_net(message: memoryview) -> CaffeModel:
    name = ""
    layers: list[LayerBlobs] = []
    try:
        for field in iter_fields(message):
            if field.number == _NET_NAME:
                name = _decode_name(field.data)
            elif field.number in _LAYER_FIELDS:
                layers.append(_decode_layer(field.data, _LAYER_FIELDS[field.number]))
    except EOFError as error:
        if not layers:
            raise ValueError("its first layer is incomplete") from error
        raise EOFError(f"after the layer {layers[-1].name!r}") from error
    return CaffeModel(name, tuple(layers))


def _decode_layer(message: memoryview, numbers: _LayerFields) -> LayerBlobs:
    name = kind = ""
    blobs = []
    try:
        for field in iter_fields(message):
            if field.number == numbers.name:
                name = _decode_name(field.data)
            elif field.number == numbers.type and numbers is _LAYER_FIELDS[_NET_LAYER]:
                kind = _decode_name(field.data)
            elif field.number == numbers.type:
                kind = _V1_TYPES.get(decode_varint(field.data), "")
            elif field.number == numbers.blobs:
                blobs.append(decode_blob(field.data))
    except (EOFError, ValueError) as error:
        # All of the layer's bytes are there: what ends too early inside it is no cut.
        raise ValueError(f"in the layer {name!r}: {error}") from error
    return LayerBlobs(name, kind, tuple(blobs))


def _decode_name(data: memoryview) -> str:
    if len(data) > _MAX_NAME_BYTES:
        raise ValueError(f"a name is {len(data)} bytes long")
    name = bytes(data).decode()
    if not name.isprintable():  # it will stand in messages on a terminal
        raise ValueError(f"the name {name!r} has control characters")
    return name


def _encode_layer(layer: LayerBlobs, *, half: bool) -> Chunks:
    numbers = _LAYER_FIELDS[_NET_LAYER]
    chunks = encode_bytes(numbers.name, [layer.name.encode()])
    chunks += encode_bytes(numbers.type, [layer.type.encode()])
    for blob in layer.blobs:
        chunks += encode_bytes(numbers.blobs, encode_blob(blob, half=half))
    return chunks
