"""ONNX files: Caffe networks written as ONNX models, and foreign models parsed before they run."""

from colorize_lab.onnx.convert import convert_network
from colorize_lab.onnx.encode import encode_model

__all__ = ["convert_network", "encode_model"]
