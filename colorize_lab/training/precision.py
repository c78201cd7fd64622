"""float32 or bfloat16: whichever this machine trains faster with.

Processors with AVX-512 BF16 or AMX gain from bfloat16. Others emulate it at a quarter of float32's
speed, so a measurement of about a second decides.
"""

from __future__ import annotations

import copy
import logging
import time

import torch
from torch import Tensor, nn

__all__ = ["choose_mixed_precision"]

logger = logging.getLogger(__name__)

SECONDS = 0.4
BATCH, SIDE_PX = 4, 96
# Below this gain float32's digits are worth more; it also keeps the choice the same every time.
MIN_GAIN = 1.15


def choose_mixed_precision(network: nn.Module, device: torch.device) -> bool:
    """Tell if most layers should compute in bfloat16.

    Parameters
    ----------
    network : Module
        Takes (N, 4, H, W); is left as it is.
    device : torch.device
        Device that it will be trained on. CUDA devices always use bfloat16.

    Returns
    -------
    bool
        True for bfloat16, False for float32.
    """
    if device.type == "cuda":
        return True
    trial = copy.deepcopy(network).to(device).train()
    data = torch.zeros(BATCH, 4, SIDE_PX, SIDE_PX, device=device)
    single, mixed = (measure_speed(trial, data, mixed=mixed) for mixed in (False, True))
    chosen = mixed > MIN_GAIN * single
    logger.info(
        "float32 %.1f photos/s, bfloat16 %.1f photos/s at %d pixels: training in %s",
        single,
        mixed,
        SIDE_PX,
        "bfloat16" if chosen else "float32",
    )
    return chosen


def measure_speed(network: nn.Module, data: Tensor, *, mixed: bool) -> float:
    """Measure photos per second of forward and backward passes, after one to warm up."""
    steps = 0
    start = time.perf_counter()
    while steps < 2 or time.perf_counter() - start < SECONDS:
        if steps == 1:
            start = time.perf_counter()
        with torch.autocast(data.device.type, torch.bfloat16, enabled=mixed):
            output = network(data)
        torch.autograd.backward(output.float().mean())
        network.zero_grad(set_to_none=True)
        steps += 1
    return (steps - 1) * len(data) / (time.perf_counter() - start)
