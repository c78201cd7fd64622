"""Export: OpenCV computes what torch computes, and a wrong fold would be seen."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from colorize_lab.caffe import parse_prototxt, read_caffemodel
from colorize_lab.errors import InputError, NetworkFileError, OutputError
from colorize_lab.networks.spec import read_spec
from colorize_lab.onnx import convert_network
from colorize_lab.opencv import cv2
from colorize_lab.training import check, export
from colorize_lab.training import load as restore
from colorize_lab.training.batch import make_plain_batch
from colorize_lab.training.checkpoint import halve_weights, write_checkpoint
from colorize_lab.training.layers import compact_layers
from colorize_lab.training.network import CompactNetwork
from tests.helpers.small_network import SMALL_ENCODER, SMALL_ROWS, make_input, make_small_network


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    folder = tmp_path / "exported"
    export.export_network(make_small_network().state_dict(), folder, rows=SMALL_ROWS)
    return folder


def write_small_checkpoint(path: Path, network: CompactNetwork | None = None) -> Path:
    state = (network or make_small_network()).state_dict()
    write_checkpoint({"average": halve_weights(state)}, path)
    return path


def make_other_weights() -> dict[str, torch.Tensor]:
    return {name: 1.5 * value for name, value in make_small_network().state_dict().items()}


def test_exported_network_agrees_with_opencv(exported):
    assert check.check_network(exported, SMALL_ROWS) <= check.TOLERANCE


def test_checkpoint_agrees_with_opencv(tmp_path):
    path = write_small_checkpoint(tmp_path / "best.pt")
    assert check.check_network(path, SMALL_ROWS) <= check.TOLERANCE


def test_context_layers_agree_with_opencv(tmp_path):
    network = make_small_network(context=True)
    path = write_small_checkpoint(tmp_path / "best.pt", network)
    assert check.check_network(path, network.rows) <= check.TOLERANCE


def test_onnx_twin_of_context_layers_agrees_with_torch(tmp_path):
    network = make_small_network(context=True)
    export.export_network(network.state_dict(), tmp_path / "out", rows=network.rows, half=False)
    graph = parse_prototxt((tmp_path / "out" / "deploy.prototxt").read_text())
    model = read_caffemodel(tmp_path / "out" / "out.caffemodel")
    twin = convert_network(graph, model, ["conv_313"])
    reader = cv2.dnn.readNetFromONNX(np.frombuffer(twin, np.uint8))
    data = make_input(64, 96)
    reader.setInput(data[:, :1].numpy(), "data_l")
    reader.setInput(data[:, 1:].numpy(), "hints")
    with torch.no_grad():
        expected = network(data).numpy()
    np.testing.assert_allclose(reader.forward(), expected, atol=1e-3)


def test_wrong_context_is_rejected(tmp_path, monkeypatch):
    """A mean that were left out of the files would be seen."""
    network = make_small_network(context=True)
    with torch.no_grad():
        network.convs["excite"].bias.add_(3)
    weights = network.state_dict()
    weights["convs.excite.bias"] = weights["convs.excite.bias"] - 3
    export.export_network(weights, tmp_path / "out", rows=network.rows)
    assert check.measure_disagreement(network, tmp_path / "out") > check.TOLERANCE


def test_variance_beyond_float16_survives_a_checkpoint(tmp_path):
    """As infinity it would silence its layer."""
    network = make_small_network()
    with torch.no_grad():
        network.norms["mix8"].running_var.mul_(1e6)
        network.norms["mix8"].weight.mul_(1e3)
    path = write_small_checkpoint(tmp_path / "best.pt", network)
    data = make_input(64, 96)
    with torch.no_grad():
        wanted = network(data)
        found = restore.load_checkpoint_network(path, SMALL_ROWS)(data)
    assert torch.allclose(found, wanted, atol=0.02 * float(wanted.abs().max()))


WRONG_PARTS = ("running_mean", "running_var", "weight", "bias")


@pytest.mark.parametrize("part", WRONG_PARTS)
def test_wrong_fold_is_rejected(part, tmp_path, monkeypatch):
    """A fold that forgets one part of one batch norm."""
    fold = export.fold_row

    def fold_wrongly(row, arrays):
        name = f"norms.wide1_b.{part}"
        return fold(row, {**arrays, name: np.ones_like(arrays[name])})

    monkeypatch.setattr(export, "fold_row", fold_wrongly)
    with pytest.raises(NetworkFileError, match="differ"):
        check.check_network(write_small_checkpoint(tmp_path / "best.pt"), SMALL_ROWS)


def test_input_scale_is_folded(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "INPUT_SCALE", (1.0, 1.0, 1.0, 1.0))
    with pytest.raises(NetworkFileError, match="differ"):
        check.check_network(write_small_checkpoint(tmp_path / "best.pt"), SMALL_ROWS)


def test_folder_is_what_the_registry_reads(exported):
    spec = read_spec(exported / "network.json")
    data = spec.weights.read_bytes()
    assert spec.name == "exported"
    assert spec.weights == exported / "exported.caffemodel"
    assert spec.size_bytes == len(data)
    assert spec.sha256 == hashlib.sha256(data).hexdigest()
    graph = parse_prototxt(spec.prototxt.read_text())
    assert [spec.input_blob, spec.hint_blob] == [blob.name for blob in graph.inputs]
    assert spec.output_blob in graph.layers[-1].tops


def test_words_of_the_shipped_network_are_not_given_to_another(exported):
    spec = read_spec(exported / "network.json")
    assert (spec.summary, spec.license) == ("trained with colorize-lab train", "unknown")


def test_network_is_named_after_its_folder_in_every_file(exported):
    assert parse_prototxt((exported / "deploy.prototxt").read_text()).name == "exported"
    assert read_caffemodel(exported / "exported.caffemodel").name == "exported"
    assert restore.find_exported(exported).spec.name == "exported"


def test_moved_folder_keeps_its_name_when_exported_again(exported, tmp_path):
    moved = exported.rename(tmp_path / "elsewhere")
    export.export_network(make_other_weights(), moved, rows=SMALL_ROWS)
    assert restore.find_exported(moved).spec.name == "exported"
    assert not (moved / "elsewhere.caffemodel").exists()


def test_folder_without_a_description_is_one_sentence(tmp_path):
    with pytest.raises(NetworkFileError, match=r"has no network\.json; pass a folder"):
        restore.find_exported(tmp_path)


def test_words_that_a_folder_has_stay(exported):
    path = exported / "network.json"
    path.write_text(path.read_text().replace('"unknown"', '"CC0-1.0"'))
    before = read_spec(path)
    export.export_network(make_other_weights(), exported, rows=SMALL_ROWS)
    after = read_spec(path)
    assert after.license == "CC0-1.0"
    assert after.sha256 != before.sha256


def test_wrong_description_is_refused_before_anything_is_written(exported):
    path = exported / "network.json"
    path.write_text("{}")
    before = (exported / "exported.caffemodel").read_bytes()
    with pytest.raises(NetworkFileError, match="not a valid network description"):
        export.export_network(make_other_weights(), exported, rows=SMALL_ROWS)
    assert (exported / "exported.caffemodel").read_bytes() == before


def test_float16_is_half_as_large(tmp_path):
    weights = make_small_network().state_dict()
    half, full = (
        export.export_network(weights, tmp_path / str(half), rows=SMALL_ROWS, half=half)
        for half in (True, False)
    )
    assert half.size_bytes < 0.7 * full.size_bytes


def test_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="choose another folder"):
        export.export_network(
            make_small_network().state_dict(), tmp_path / "file" / "out", rows=SMALL_ROWS
        )


def test_exported_weights_come_back(exported):
    """Within float16's rounding, the network computes the same again."""
    data = make_input(64, 96)
    with torch.no_grad():
        before = make_small_network()(data)
        after = restore.load_caffe_network(exported, SMALL_ROWS)(data)
    assert torch.allclose(after, before, atol=0.02 * float(before.abs().max()))


def test_calibration_keeps_eval_mode_and_brings_training_mode_to_it(exported):
    random = torch.Generator().manual_seed(0)
    photos = torch.randint(256, (24, 3, 32, 32), generator=random, dtype=torch.uint8)
    data, other = (make_plain_batch(half, 32)[0] for half in photos.split(12))
    network = restore.load_caffe_network(exported, SMALL_ROWS)
    with torch.no_grad():
        wanted = network(other)
        uncalibrated = network.train()(other)
        network = restore.load_caffe_network(exported, SMALL_ROWS)
        restore.calibrate_norms(network, data)
        assert torch.allclose(network(other), wanted, atol=1e-3)
        calibrated = network.train()(other)
    error = (calibrated - wanted).abs().mean()
    assert error < 0.2 * (uncalibrated - wanted).abs().mean()


def test_restored_kernels_are_as_large_as_fresh_ones(exported):
    kernel = restore.load_caffe_network(exported, SMALL_ROWS).convs["mix8"].weight
    assert kernel.std().item() == pytest.approx(np.sqrt(2 / (9 * 8)), rel=0.2)


def test_network_of_other_layers_is_refused(exported, tmp_path):
    other = compact_layers(SMALL_ENCODER, 4, (6, 8, 12), (1, 2))
    with pytest.raises(NetworkFileError, match="different network"):
        restore.load_caffe_network(exported, other)
    path = write_small_checkpoint(tmp_path / "best.pt")
    with pytest.raises(NetworkFileError, match="different network"):
        restore.load_checkpoint_network(path, other)


class Payload:
    """Would run on unpickling."""

    def __reduce__(self):
        return (pytest.fail, ("the checkpoint ran code",))


@pytest.mark.parametrize("content", ["text", "code", "other"])
def test_what_is_no_checkpoint_is_refused(content, tmp_path):
    path = tmp_path / "best.pt"
    if content == "text":
        path.write_text("no checkpoint")
    else:
        torch.save(Payload() if content == "code" else {"model": 1}, path)
    with pytest.raises(NetworkFileError, match=r"not a checkpoint"):
        restore.load_checkpoint_network(path)


def test_missing_checkpoint_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        restore.load_checkpoint_network(tmp_path / "nowhere.pt")
