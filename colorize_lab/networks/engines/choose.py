"""Choice of the engine and processor that run a network."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Protocol

from colorize_lab.errors import DeviceError, MissingExtraError
from colorize_lab.networks.device import CPU, Device
from colorize_lab.networks.engines.session import Loaded, Session

__all__ = ["ENGINE_NAMES", "EngineChoice", "choose_engine"]

_log = logging.getLogger(__name__)

# The fastest first: `python -m benchmarks speed --part networks`. The name of the file, the package
# that it needs and the extra that installs it.
ENGINES: Final = {
    "openvino": ("openvino", "openvino"),
    "onnxruntime": ("onnxruntime", "onnxruntime"),
    "opencv": ("cv2", None),
}
ENGINE_NAMES: Final = ("auto", *sorted(ENGINES))


class _Engine(Protocol):
    """Interface of an engine's file."""

    load: Callable[[Loaded, Device, int | None], Session]
    find_cuda_obstacle: Callable[[], str | None]


@dataclass(frozen=True)
class EngineChoice:
    """An engine and the processor that it will use.

    Attributes
    ----------
    name : str
        One of ``ENGINE_NAMES`` but ``auto``.
    device : Device
        Where it runs networks.
    """

    name: str
    device: Device

    def load(self, loaded: Loaded, threads: int | None) -> Session:
        """Hand a network to the engine.

        Raises
        ------
        EngineError
            If it cannot load it.
        """
        return _import_engine(self.name).load(loaded, self.device, threads)


def choose_engine(engine: str = "auto", device: str = "auto") -> EngineChoice:
    """Find the engine and the processor that run networks.

    Parameters
    ----------
    engine : {"auto", "opencv", "onnxruntime", "openvino"}
        ``auto`` takes the fastest installed one that can use the device.
    device : {"auto", "cpu", "cuda"}
        ``auto`` takes CUDA if an engine can use it, else the CPU.

    Raises
    ------
    MissingExtraError
        If the engine is not installed.
    DeviceError
        For ``cuda`` if no engine can use it, and for an unknown engine or device.

    Examples
    --------
    >>> choose_engine("opencv", "cpu")
    EngineChoice(name='opencv', device=Device(name='cpu', may_fall_back=False))
    """
    if device not in ("auto", "cpu", "cuda"):
        raise DeviceError(f"unknown device {device!r}; use auto, cpu or cuda")
    names = list(_list_installed(engine))
    if device == "cpu":
        return _say(EngineChoice(names[0], CPU))
    obstacles = {name: _import_engine(name).find_cuda_obstacle() for name in names}
    able = [name for name, obstacle in obstacles.items() if obstacle is None]
    if able:
        return _say(EngineChoice(able[0], Device("cuda", may_fall_back=device == "auto")))
    if device == "cuda":
        reasons = "; ".join(f"{name}: {obstacle}" for name, obstacle in obstacles.items())
        raise DeviceError(f"networks cannot run on CUDA here ({reasons})")
    return _say(EngineChoice(names[0], CPU))


def _list_installed(engine: str) -> Iterator[str]:
    """Yield the engines to choose from, the fastest first."""
    if engine != "auto" and engine not in ENGINES:
        raise DeviceError(f"unknown engine {engine!r}; use one of {', '.join(ENGINE_NAMES)}")
    for name, (package, extra) in ENGINES.items():
        if engine not in ("auto", name):
            continue
        if find_spec(package) is not None:
            yield name
        elif engine == name:
            raise MissingExtraError(
                f"{name} is not installed; install it with: pip install 'colorize-lab[{extra}]'"
            )


def _import_engine(name: str) -> _Engine:
    engine: _Engine = import_module(f"colorize_lab.networks.engines.{name}")
    return engine


def _say(choice: EngineChoice) -> EngineChoice:
    _log.info("networks run with %s on %s", choice.name, choice.device.name)
    return choice
