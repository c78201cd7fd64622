"""ONNX files: Caffe networks written as ONNX models, and foreign models parsed before they run."""

from colorize_lab.onnx.check import OnnxCost, check_onnx, measure_cost
from colorize_lab.onnx.convert import convert_network
from colorize_lab.onnx.decode import read_onnx
from colorize_lab.onnx.encode import encode_model
from colorize_lab.onnx.model import OnnxInput, OnnxModel, OnnxNode, OnnxTensor

__all__ = [
    "OnnxCost",
    "OnnxInput",
    "OnnxModel",
    "OnnxNode",
    "OnnxTensor",
    "check_onnx",
    "convert_network",
    "encode_model",
    "measure_cost",
    "read_onnx",
]
