"""Layers of a network, as values read from a prototxt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from colorize_lab.caffe.textformat import Scalar

__all__ = ["InputSpec", "LayerSpec", "NetworkGraph", "Param"]

Param: TypeAlias = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True)
class InputSpec:
    """A tensor that the network is given.

    Parameters
    ----------
    name : str
        Name that layers use as a bottom, such as ``data_l``.
    shape : tuple of int
        Batch, channels, height, width; empty if the prototxt does not say.
    """

    name: str
    shape: tuple[int, ...] = ()


@dataclass(frozen=True)
class LayerSpec:
    """One layer: what it is, what it reads, what it makes.

    Parameters
    ----------
    name : str
        Name under which a caffemodel keeps the layer's weights.
    type : str
        Caffe's name of the layer type, such as ``Convolution``.
    bottoms, tops : tuple of str
        Names of the tensors read and made. A layer works in place where they are the same.
    params : Mapping of str to Param
        Scalar fields of the layer's ``*_param`` message under their own names, such as
        ``num_output``; a field that is given several times is a tuple, the name of an enum's
        value a string.
    """

    name: str
    type: str
    bottoms: tuple[str, ...]
    tops: tuple[str, ...]
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True)
class NetworkGraph:
    """A network without its weights.

    Parameters
    ----------
    name : str
        Name that the prototxt gives the network.
    inputs : tuple of InputSpec
        What ``setInput`` must be called with.
    layers : tuple of LayerSpec
        In the order of computation, without the inputs.
    """

    name: str
    inputs: tuple[InputSpec, ...]
    layers: tuple[LayerSpec, ...]
