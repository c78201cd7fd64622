from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from colorize_lab.errors import InputError, NetworkFileError
from colorize_lab.networks import read_bins
from colorize_lab.networks.files import read_prototxt

BINS = np.array([[-90, 50], [0, 0], [98, -107]])


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.float64, np.int8])
def test_bins_come_as_float32(dtype: type, tmp_path: Path) -> None:
    np.save(tmp_path / "bins.npy", BINS.astype(dtype))
    bins = read_bins(tmp_path / "bins.npy")
    assert bins.dtype == np.float32
    np.testing.assert_array_equal(bins, BINS)


@pytest.mark.parametrize(
    "table",
    [
        BINS.T,
        BINS[:0],
        BINS * 2,
        np.where(BINS, BINS, np.nan),
        np.where(BINS, BINS, np.inf),
        BINS.astype(complex),
        BINS.astype(str),
        BINS > 0,
        np.float32(3),
        np.array([[None, None]]),
        np.zeros((1 << 17, 2)),
    ],
)
def test_table_that_holds_no_bins(table: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "bins.npy", table)
    with pytest.raises(NetworkFileError, match="contains no bins"):
        read_bins(tmp_path / "bins.npy")


def make_bomb() -> bytes:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 2)}"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize("data", [b"", b"words", pickle.dumps(BINS), make_bomb()])
def test_file_that_holds_no_bins(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "bins.npy").write_bytes(data)
    with pytest.raises(NetworkFileError, match="contains no bins"):
        read_bins(tmp_path / "bins.npy")


def test_archive_holds_no_bins(tmp_path: Path) -> None:
    np.savez(tmp_path / "bins.npz", bins=BINS)
    with pytest.raises(NetworkFileError, match="contains no bins"):
        read_bins(tmp_path / "bins.npz")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_bins(tmp_path / "bins.npy")
    with pytest.raises(InputError, match="cannot be read"):
        read_prototxt(tmp_path)


def test_prototxt_must_be_text(tmp_path: Path) -> None:
    path = tmp_path / "deploy.prototxt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NetworkFileError, match="is not text"):
        read_prototxt(path)


def test_prototxt_may_not_be_huge(tmp_path: Path) -> None:
    path = tmp_path / "deploy.prototxt"
    path.write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(NetworkFileError, match="larger than"):
        read_prototxt(path)
