"""ONNX files: Caffe networks written as ONNX models, and foreign models parsed before they run."""

from colorize_lab.onnx.check import OnnxCost, check_onnx, measure_cost
from colorize_lab.onnx.convert import convert_network
from colorize_lab.onnx.decode import read_onnx
from colorize_lab.onnx.describe import describe_onnx
from colorize_lab.onnx.encode import Node, Tensor, encode_model
from colorize_lab.onnx.model import OnnxInput, OnnxModel, OnnxNode, OnnxTensor

__all__ = [
    "Node",
    "OnnxCost",
    "OnnxInput",
    "OnnxModel",
    "OnnxNode",
    "OnnxTensor",
    "Tensor",
    "check_onnx",
    "convert_network",
    "describe_onnx",
    "encode_model",
    "measure_cost",
    "read_onnx",
]
