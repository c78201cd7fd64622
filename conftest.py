"""What needs an extra is looked through for doctests only where the extra is installed."""

from importlib.util import find_spec

NEEDS = {
    "colorize_lab/training/*": "torch",
    "benchmarks/torch_model.py": "torch",
    "benchmarks/onnx_model.py": "onnx",
}
collect_ignore_glob = [path for path, module in NEEDS.items() if find_spec(module) is None]
