"""Hostile zips, logs and checkpoints: what training reads."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.bounds import MEBIBYTE, bounded
from tests.helpers.photo_files import make_samples, save

pytest.importorskip("torch")

import torch

from colorize_lab.errors import InputError, NetworkFileError
from colorize_lab.training import photos
from colorize_lab.training.checkpoint import read_average, read_checkpoint
from colorize_lab.training.journal import read_rows


def zip_photos(path: Path, content: bytes, method: int, count: int = 1) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for number in range(count):
            archive.writestr(f"{number}.png", content)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_unpacks_without_end(
    method: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bomb = zip_photos(tmp_path / "bomb.zip", bytes(40 * MEBIBYTE), method)
    with bounded():
        assert list(photos.iterate_files([bomb])) == [("0.png", b"")]
    assert "0.png in the zip uses an unusual compression" in caplog.text


def test_photos_of_a_zip_are_not_all_in_memory_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "BYTES_AT_ONCE", 4 * MEBIBYTE)
    large = zip_photos(tmp_path / "large.zip", bytes(MEBIBYTE), zipfile.ZIP_DEFLATED, 12)
    files = photos.iterate_files([large])
    assert [len(photos.take_files(files)) for _ in range(4)] == [4, 4, 4, 0]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_photo_in_a_zip_does_not_stop_the_others(
    method: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = save(make_samples(16, 16), "PNG")
    path = zip_photos(tmp_path / "photos.zip", content, method, 2)
    data = bytearray(path.read_bytes())
    data[60:100] = bytes(40)
    path.write_bytes(data)
    assert list(photos.iterate_files([path])) == [("0.png", b""), ("1.png", content)]
    assert "0.png in the zip is damaged" in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        b"\xff\xfe",
        b"samples,side\r\n1,x\r\n",
        b"samples,minutes,loss,rate,side\r\n1,2,nan,4,5\r\n",
        b"samples,minutes,loss,rate,side\r\n1,2,1e300,4,5\r\n",
        b"samples,minutes,loss,rate,side\r\n1,2,3,4,5,6,7,8\r\n",
        b"a,b\r\n1,2\r\n",
        b'"' + b"x" * 200_000,
    ],
)
def test_a_damaged_log_is_named(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(text)
    with pytest.raises(InputError, match=r"log\.csv is not a training log"):
        read_rows(tmp_path / "log.csv")


def make_checkpoints() -> dict[str, Any]:
    return {
        "no tensor": {"average": {"a": 1}},
        "no name": {"average": {1: torch.zeros(1)}},
        "a view": {"average": {"a": torch.zeros(1, dtype=torch.half).expand(10**6, 10**6)}},
        "sparse": {"average": {"a": torch.sparse_coo_tensor(size=(10**6, 10**6))}},
        "no dict": [1, 2],
    }


@pytest.mark.parametrize("name", ["no tensor", "no name", "a view", "sparse", "no dict"])
def test_a_checkpoint_that_promises_more_than_it_holds(name: str, tmp_path: Path) -> None:
    torch.save(make_checkpoints()[name], tmp_path / "best.pt")
    with bounded(), pytest.raises(NetworkFileError, match="not a checkpoint"):
        read_average(tmp_path / "best.pt")


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_a_checkpoint_of_no_numbers(number: float, tmp_path: Path) -> None:
    torch.save({"average": {"a": torch.tensor([1.0, number])}}, tmp_path / "best.pt")
    with pytest.raises(NetworkFileError, match="not finite"):
        read_average(tmp_path / "best.pt")


class Evil:
    """What a pickle would run when it is read."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return print, ("this was run",)


def test_a_checkpoint_runs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"average": {"a": torch.zeros(1)}, "more": Evil()}, tmp_path / "best.pt")
    with pytest.raises(NetworkFileError, match="not a checkpoint"):
        read_checkpoint(tmp_path / "best.pt")
    assert capsys.readouterr().out == ""
    torch.load(tmp_path / "best.pt", weights_only=False)
    assert "this was run" in capsys.readouterr().out
