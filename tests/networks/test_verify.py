from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from colorize_lab.errors import UnknownNetworkError
from colorize_lab.networks import (
    NetworkRow,
    WeightsState,
    list_networks,
    verify_network,
    verify_networks,
)
from tests.helpers.tiny_network import TinyFiles, make_tiny


def test_state_of_each_network(register: Callable[..., Path], tiny: TinyFiles) -> None:
    digest = hashlib.sha256(tiny.weights).hexdigest()
    register("known", rank=9, weights=tiny.weights, sha256=digest)
    register("unknown", rank=8, weights=tiny.weights)
    register("other", rank=7, weights=make_tiny(seed=1).weights, sha256=digest)
    register("cut", rank=6, weights=tiny.weights[:-9])
    register("absent", rank=5, sha256=digest)
    found = {v.name: v for v in verify_networks()}
    assert [v.state for v in found.values()] == [
        WeightsState.VERIFIED,
        WeightsState.UNCONFIRMED,
        WeightsState.DAMAGED,
        WeightsState.DAMAGED,
        WeightsState.MISSING,
    ]
    assert found["known"].sha256 == found["unknown"].sha256 == digest
    assert found["other"].sha256 is None
    assert "SHA-256" in str(found["other"].problem)
    assert "truncated" in str(found["cut"].problem)
    assert found["absent"].weights is None


def test_list_reads_no_weights(register: Callable[..., Path], tiny: TinyFiles) -> None:
    register("here", rank=2, weights=b"not even a network")
    register("away", rank=1, size_bytes=129, sha256="ab" * 32)
    assert list_networks() == (
        NetworkRow("here", True, 18, "MIT", "for tests", None),
        NetworkRow("away", False, 129, "MIT", "for tests", "ab" * 32),
    )


def test_unknown_name(register: Callable[..., Path]) -> None:
    with pytest.raises(UnknownNetworkError):
        verify_network("tiny")
