"""Caffe's two files, prototxt and caffemodel, read and written, and nothing else.

The formats are Google's protocol buffers, as text and on the wire, with the messages of Caffe's
``caffe.proto``. No network runs here.
"""

from colorize_lab.caffe.caffemodel import (
    CaffeModel,
    LayerBlobs,
    read_caffemodel,
    write_caffemodel,
)
from colorize_lab.caffe.cost import check_cost, infer_sizes
from colorize_lab.caffe.describe import describe_model
from colorize_lab.caffe.fit import check_fit, infer_blob_shapes
from colorize_lab.caffe.graph import InputSpec, LayerSpec, NetworkGraph
from colorize_lab.caffe.prototxt import format_prototxt, parse_prototxt
from colorize_lab.errors import NetworkFileError

__all__ = [
    "CaffeModel",
    "InputSpec",
    "LayerBlobs",
    "LayerSpec",
    "NetworkFileError",
    "NetworkGraph",
    "check_cost",
    "check_fit",
    "describe_model",
    "format_prototxt",
    "infer_blob_shapes",
    "infer_sizes",
    "parse_prototxt",
    "read_caffemodel",
    "write_caffemodel",
]
