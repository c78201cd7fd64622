"""The network's build: sizes, alignment, and what it may cost."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch

from colorize_lab.training.layers import compact_layers
from colorize_lab.training.network import CompactNetwork
from tests.helpers.small_network import (
    SMALL_ROWS,
    list_small_layers,
    make_input,
    make_small_network,
)


@pytest.mark.parametrize(("height", "width"), [(32, 32), (96, 160), (64, 32)])
def test_logits_are_at_a_quarter_of_the_side(height, width):
    with torch.no_grad():
        logits = make_small_network()(make_input(height, width, count=2))
    assert logits.shape == (2, 313, height // 4, width // 4)


def test_rows_are_wired_in_the_order_of_computation():
    known = {"data": 4}
    for row in compact_layers():
        assert known[row.source] == row.channels_in
        assert row.plus is None or known[row.plus] == row.channels
        assert row.name not in known
        known[row.name] = row.channels


def test_moving_the_photo_moves_the_color():
    """By 32 pixels, 8 cells: no layer is off by one."""
    network = make_small_network()
    data = make_input(672, 672)
    with torch.no_grad():
        still = network(data[:, :, 32:, 32:])
        moved = network(data[:, :, :-32, :-32])
    # The border reaches in about as far as the network sees; the middle is free of it.
    middle = slice(76, 82)
    shifted = slice(84, 90)
    assert torch.allclose(still[:, :, middle, middle], moved[:, :, shifted, shifted], atol=1e-3)
    assert not torch.allclose(still[:, :, middle, middle], moved[:, :, middle, middle], atol=1e-2)


def find_reach(network: CompactNetwork, side: int) -> tuple[int, int]:
    """How far from the middle, up and left in cells, a pixel there changes the logits."""
    network.eval()
    data = make_input(side, side)
    touched = data.clone()
    touched[:, 0, side // 2, side // 2] += 30
    with torch.no_grad():
        change = (network(data) - network(touched)).abs().amax(1)[0] > 0
    rows, columns = (change.any(axis).nonzero() for axis in (1, 0))
    return side // 8 - int(rows.min()), side // 8 - int(columns.min())


def test_network_sees_far_and_the_same_in_both_directions():
    """A pixel decides about more than 64 pixels around it: objects, not texture."""
    down, right = find_reach(make_small_network(), 768)
    assert down == right
    assert 16 < down < 96


def test_new_network_is_no_deeper_than_its_skips():
    """Residual branches start at zero."""
    network = CompactNetwork(SMALL_ROWS).eval()
    data = make_input(32, 32)
    with torch.no_grad():
        before = network(data)
        for name, conv in network.convs.items():
            if name.startswith("wide") and name.endswith("_a"):
                conv.weight.mul_(5)
        assert torch.equal(network(data), before)
        network.convs["stem"].weight.mul_(5)
        assert not torch.equal(network(data), before)


def test_context_sees_the_whole_photo():
    """A change in one corner reaches the other, and only by the context layers."""
    changes = []
    for context in (False, True):
        data = make_input(512, 512)
        touched = data.clone()
        touched[:, 0, :64, :64] = 40
        network = make_small_network(context=context)
        with torch.no_grad():
            change = (network(data) - network(touched)).abs()
        changes.append(float(change[:, :, -8:, -8:].max()))
    assert changes[0] == 0
    assert changes[1] > 0


def test_fresh_context_changes_nothing():
    plain = make_small_network()
    grown = CompactNetwork(list_small_layers(context=True)).eval()
    grown.load_state_dict({**grown.state_dict(), **plain.state_dict()})
    data = make_input(64, 96)
    with torch.no_grad():
        assert torch.equal(grown(data), plain(data))


def count_costs(side: int) -> tuple[int, int]:
    """Parameters and floating-point operations (two for each product) of the shipped network."""
    sides = {"data": side}
    parameters = operations = 0
    for row in compact_layers():
        before = sides[row.source]
        sides[row.name] = before * row.stride if row.deconvolution else before // row.stride
        kernel = row.kernel**2 * row.channels_in * row.channels // row.groups
        parameters += kernel + row.channels
        operations += 2 * kernel * (before if row.deconvolution else sides[row.name]) ** 2
    return parameters, operations


def test_network_is_small_enough():
    parameters, operations = count_costs(256)
    assert parameters <= 5_000_000
    assert operations <= 5e9


def test_count_of_parameters_is_that_of_torch():
    network = CompactNetwork()
    # A folded network has one bias for each two numbers of its batch norms.
    torchs = sum(p.numel() for p in network.convs.parameters())
    torchs += sum(p.numel() for p in network.norms.parameters()) // 2
    assert count_costs(256)[0] == torchs
