"""The proof that the released weights of zhang-siggraph17 will run: our prototxt, every layer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from colorize_lab.caffe import (
    CaffeModel,
    NetworkGraph,
    check_fit,
    parse_prototxt,
    read_caffemodel,
    write_caffemodel,
)
from colorize_lab.networks import Network, choose_engine, find_spec
from colorize_lab.networks.registry import InstalledNetwork
from tests.helpers.random_weights import build_random_weights
from tests.helpers.reference_network import run_layer_in_numpy, run_network

SPEC = find_spec("zhang-siggraph17")


@pytest.fixture(scope="module")
def graph() -> NetworkGraph:
    return parse_prototxt(SPEC.find_prototxt().read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def model(graph: NetworkGraph) -> CaffeModel:
    return build_random_weights(graph)


@pytest.fixture(scope="module")
def network(model: CaffeModel, tmp_path_factory: pytest.TempPathFactory) -> Network:
    path: Path = tmp_path_factory.mktemp("siggraph") / "model.caffemodel"
    path.write_bytes(write_caffemodel(model))
    return Network.load(InstalledNetwork(SPEC, path), choose_engine("opencv", "cpu"))


def test_weights_fit_and_layers_are_those_of_the_release(
    graph: NetworkGraph, model: CaffeModel
) -> None:
    check_fit(graph, read_caffemodel(write_caffemodel(model)))
    weighted = [layer.name for layer in model.layers if layer.blobs]
    assert len(weighted) == 42
    assert {"ab_conv1_1", "conv1_2norm_ss", "conv3_3_short", "conv8_pred", "pred_313"} <= {
        *weighted
    }


def compute(graph: NetworkGraph, model: CaffeModel, feed: Mapping[str, np.ndarray]) -> np.ndarray:
    return run_network(graph, model, feed, run_layer_in_numpy)["pred_313"][0]


def test_lightness_and_hints_give_what_the_definitions_say(
    graph: NetworkGraph, model: CaffeModel, network: Network
) -> None:
    rng = np.random.default_rng(5)
    lightness = rng.uniform(0, 100, (16, 24)).astype(np.float32)
    hints = np.zeros((3, 16, 24), np.float32)
    hints[:, 5:9, 6:10] = np.float32([40, -30, 1])[:, None, None]
    scaled = hints * np.float32([1, 1, 110])[:, None, None]  # ideepcolor's mask_mult
    feed = {"data_l": lightness[None, None] - 50, "data_ab_mask": scaled[None]}
    expected = compute(graph, model, feed)
    found = network.logits(lightness, hints)
    assert found.shape == (313, 4, 6)
    np.testing.assert_allclose(found, expected, atol=1e-3 * np.ptp(expected))
    # Without the mask's factor, or without hints, the answer is another one.
    wrong = compute(graph, model, {**feed, "data_ab_mask": hints[None]})
    assert np.abs(found - wrong).max() > 0.01 * np.ptp(expected)
    assert np.abs(found - network.logits(lightness)).max() > 0.01 * np.ptp(expected)
