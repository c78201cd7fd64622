"""Verification of installed networks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from colorize_lab.errors import InputError, NetworkFileError
from colorize_lab.networks.files import read_weights
from colorize_lab.networks.registry import find_installed, find_spec, load_registry
from colorize_lab.networks.weights import check_file, known_sha256

__all__ = [
    "NetworkRow",
    "Verification",
    "WeightsState",
    "list_networks",
    "verify_network",
    "verify_networks",
]


class WeightsState(Enum):
    """Outcome of `verify_network`."""

    VERIFIED = "verified"
    """The file has the hash that it should have."""
    UNCONFIRMED = "unconfirmed"
    """The file fills the network, but no hash is known to compare with."""
    DAMAGED = "damaged"
    """The file is not what it was, or cannot be read."""
    MISSING = "not installed"
    """There is no file."""


@dataclass(frozen=True)
class Verification:
    """Outcome of `verify_network`.

    Attributes
    ----------
    name : str
        The network's name.
    state : WeightsState
        The outcome.
    weights : Path or None
        The file, None if there is none.
    sha256 : str or None
        The file's hash, None if it is missing or damaged.
    problem : str or None
        What is wrong with a damaged file.
    """

    name: str
    state: WeightsState
    weights: Path | None = None
    sha256: str | None = None
    problem: str | None = None


@dataclass(frozen=True)
class NetworkRow:
    """A line of the list of networks.

    Attributes
    ----------
    name, license, summary : str
        As in `NetworkSpec`.
    installed : bool
        Whether the weights are here.
    size_bytes : int or None
        Size of the weights, None if they are not here and it is not known.
    sha256 : str or None
        Hash that the weights should have, None if not known.
    """

    name: str
    installed: bool
    size_bytes: int | None
    license: str
    summary: str
    sha256: str | None


def verify_network(name: str) -> Verification:
    """Check an installed network's weights against the known hash and the graph.

    Raises
    ------
    UnknownNetworkError
        If no network has that name. A file that is missing or damaged is an outcome.
    """
    network = find_installed(find_spec(name))
    if network is None:
        return Verification(name, WeightsState.MISSING)
    known = known_sha256(network)
    try:
        digest = check_file(
            read_weights(network.weights),
            network.spec,
            size_bytes=network.spec.size_bytes if known == network.spec.sha256 else None,
            sha256=known,
        )
    except (InputError, NetworkFileError) as error:
        return Verification(name, WeightsState.DAMAGED, weights=network.weights, problem=str(error))
    state = WeightsState.UNCONFIRMED if known is None else WeightsState.VERIFIED
    return Verification(name, state, weights=network.weights, sha256=digest)


def verify_networks() -> tuple[Verification, ...]:
    """Check every known network, the highest rank first."""
    return tuple(verify_network(name) for name in load_registry())


def list_networks() -> tuple[NetworkRow, ...]:
    """List the known networks without reading their weights, the highest rank first."""
    rows = []
    for spec in load_registry().values():
        network = find_installed(spec)
        rows.append(
            NetworkRow(
                name=spec.name,
                installed=network is not None,
                size_bytes=network.weights.stat().st_size if network else spec.size_bytes,
                license=spec.license,
                summary=spec.summary,
                sha256=known_sha256(network) if network else spec.sha256,
            )
        )
    return tuple(rows)
