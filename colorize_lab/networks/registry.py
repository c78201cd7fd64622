"""Registry of networks: known, installed, and the paths of their weights."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from colorize_lab.errors import NetworkFileError, UnknownNetworkError
from colorize_lab.networks.spec import NetworkSpec, read_spec
from colorize_lab.resources import models_dir
from colorize_lab.system.folders import user_data_dir

__all__ = [
    "InstalledNetwork",
    "choose_network",
    "find_installed",
    "find_network",
    "find_spec",
    "installed_networks",
    "load_registry",
    "user_networks_dir",
    "user_weights_path",
]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class InstalledNetwork:
    """A network whose weights are on this machine.

    Attributes
    ----------
    spec : NetworkSpec
        What the registry says of it.
    weights : Path
        The weights' file.
    """

    spec: NetworkSpec
    weights: Path


def load_registry() -> Mapping[str, NetworkSpec]:
    """Read the description of every network in the package's ``models`` folder.

    Returns
    -------
    Mapping of str to NetworkSpec
        By name, the highest rank first.

    Raises
    ------
    NetworkFileError
        If a ``network.json`` is wrong, or two carry the same name.
    """
    registry: dict[str, NetworkSpec] = {}
    for path in sorted(models_dir().glob("*/network.json")):
        spec = read_spec(path)
        if spec.name in registry:
            raise NetworkFileError(f"{path} describes {spec.name!r} a second time; rename it")
        registry[spec.name] = spec
    return dict(sorted(registry.items(), key=lambda item: item[1].rank, reverse=True))


def find_spec(name: str) -> NetworkSpec:
    """Return the description of a known network, installed or not.

    Raises
    ------
    UnknownNetworkError
        If no network has that name; the message lists those there are.
    """
    registry = load_registry()
    if name not in registry:
        raise UnknownNetworkError(
            f"unknown network {name!r}; use {', '.join(registry)}, or your own files "
            "with --prototxt and --weights"
        )
    return registry[name]


def user_networks_dir() -> Path:
    """Return the folder for fetched and added weights, which need not exist yet."""
    return user_data_dir() / "networks"


def user_weights_path(spec: NetworkSpec) -> Path:
    """Return where a network's weights lie once they are fetched or added."""
    return user_networks_dir() / spec.name / spec.weights.name


def find_installed(spec: NetworkSpec) -> InstalledNetwork | None:
    """Return a network with its weights' file, the user's own copy first; None without one."""
    for path in (user_weights_path(spec), spec.weights):
        if path.is_file():
            return InstalledNetwork(spec, path)
    return None


def find_network(name: str) -> InstalledNetwork:
    """Return an installed network by its name.

    Raises
    ------
    UnknownNetworkError
        If the name is unknown or the weights are not installed.
    """
    spec = find_spec(name)
    installed = find_installed(spec)
    if installed is None:
        raise UnknownNetworkError(
            f"the weights of {name!r} are not installed; get them with: "
            f"colorize-lab models fetch {name}"
        )
    return installed


def installed_networks() -> tuple[InstalledNetwork, ...]:
    """Return every network whose weights are here, the highest rank first."""
    found = (find_installed(spec) for spec in load_registry().values())
    return tuple(network for network in found if network is not None)


def choose_network(name: str = "auto") -> InstalledNetwork:
    """Return the network to color with.

    Parameters
    ----------
    name : str
        A network's name; ``auto`` is the installed one with the highest rank.

    Raises
    ------
    UnknownNetworkError
        If the name is unknown, or nothing is installed.
    """
    if name != "auto":
        return find_network(name)
    networks = installed_networks()
    if not networks:
        raise UnknownNetworkError(
            "no network is installed; reinstall colorize-lab, which includes one"
        )
    _log.info("network %s is the best installed one", networks[0].spec.name)
    return networks[0]
