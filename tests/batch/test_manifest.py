"""The manifest's file: lines that last, torn ones, foreign ones, and one run at a time."""

import errno
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorize_lab.batch.manifest import (
    Manifest,
    format_line,
    open_manifest,
    parse_manifest,
    read_manifest,
)
from colorize_lab.batch.result import Result
from colorize_lab.errors import InputError, OutputError
from colorize_lab.system.stamp import Stamp, is_unchanged, take_stamp

SETTINGS = {"quality": 92}
STAMP = Stamp(1, 2, "ab")


def make_result(folder: Path, name: str, state: str, **more: Any) -> Result:
    return Result(str(folder / f"{name}.png"), str(folder / f"{name}-out.png"), state, **more)


def write_some(path: Path) -> None:
    with open_manifest(path, SETTINGS) as manifest:
        manifest.add(make_result(path.parent, "a", "started"))
        manifest.add(make_result(path.parent, "a", "done", target_stamp=STAMP))
        manifest.add(make_result(path.parent, "b", "started"))
        manifest.add(make_result(path.parent, "b", "failed", error="why", exit_code=4))


def test_what_is_written_is_known_later(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    assert read_manifest(path) == {}
    write_some(path)
    pasts = read_manifest(path)
    assert {Path(name).name: past.state for name, past in pasts.items()} == {
        "a-out.png": "done",
        "b-out.png": "failed",
    }
    assert pasts[str(tmp_path / "a-out.png")].target_stamp == STAMP
    assert json.loads(pasts[str(tmp_path / "a-out.png")].settings) == SETTINGS


@pytest.mark.skipif(os.name == "nt", reason="links want a permission there")
def test_link_that_leads_nowhere_is_a_name_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "a-out.png").symlink_to("a-out.png")
    write_some(tmp_path / "m.jsonl")
    assert str(tmp_path / "a-out.png") in read_manifest(tmp_path / "m.jsonl")


def test_one_line_a_photo_is_left_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    write_some(path)
    write_some(path)
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(r["state"], r["error"]) for r in records] == [("done", None), ("failed", "why")]
    assert [p.name for p in tmp_path.iterdir()] == ["m.jsonl"]


def test_lines_are_there_before_the_run_ends(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    with open_manifest(path, SETTINGS) as manifest:
        manifest.add(make_result(tmp_path, "a", "started"))
        assert [past.state for past in read_manifest(path).values()] == ["started"]


@pytest.mark.parametrize("kept", [1, 8, 40, 200])
def test_torn_last_line_is_mended(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "m.jsonl"
    write_some(path)
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines()[0][:kept])
    assert len(read_manifest(path)) == 2
    with open_manifest(path, SETTINGS) as manifest:
        manifest.add(make_result(tmp_path, "c", "done"))
    assert path.read_bytes().startswith(whole)
    assert len(read_manifest(path)) == 3


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n rest",
        b"no line end",
        b"{}\n",
        b"[]\n",
        b'{"state": "done"}\n',
        b'{"state": "great", "target": "x"}\n',
        b'{"state": "done", "target": 3, "source": "x"}\n',
        b'{"state": "done", "target": "x", "source": "x", "source_stamp": {"a": 1}}\n',
        b'{"state": "done", "target": "x", "source": "x", "settings": {}, "target_stamp": null, '
        b'"source_stamp": 0}\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_file_of_somebody_else_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.jsonl"
    path.write_bytes(content)
    for use in (read_manifest, lambda p: open_manifest(p, SETTINGS).__enter__()):
        with pytest.raises(InputError, match="choose another file"):
            use(path)
    assert path.read_bytes() == content


@given(st.data())
def test_damaged_manifest_is_read_or_refused(data: st.DataObject) -> None:
    settings = {"recipe": {"hints": [1.5, None]}}
    line = format_line(make_result(Path("/a"), "a", "done", target_stamp=STAMP), settings)
    damaged = bytearray(line * 2)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged)))
        cut = data.draw(st.integers(0, 12))
        damaged[start : start + cut] = data.draw(
            st.sampled_from([b"", b"0", b"null", b"[]", b'"', b"{}", b"\n", b"\xff", b"1e999"])
        )
    try:
        pasts = parse_manifest(bytes(damaged), Path("m.jsonl"))
    except InputError:
        return
    for past in pasts.values():
        assert past.target_stamp is None or isinstance(past.target_stamp, Stamp)
        if past.target_stamp is not None:
            assert not is_unchanged(Path(__file__), past.target_stamp)


def test_second_run_at_the_same_time_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    with (
        open_manifest(path, SETTINGS),
        pytest.raises(OutputError, match="another run"),
        open_manifest(path, SETTINGS),
    ):
        pass
    with open_manifest(path, SETTINGS):
        pass


@pytest.mark.parametrize("name", ["missing/m.jsonl", "folder"])
def test_place_that_cannot_be_written_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with (
        pytest.raises(OutputError, match=r"folder|regular"),
        open_manifest(tmp_path / name, SETTINGS),
    ):
        pass


def test_names_that_are_no_utf8_are_found_again(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    names = [os.fsdecode(b"\xe4"), "ä\n"]
    with open_manifest(path, SETTINGS) as manifest:
        for name in names:
            manifest.add(make_result(tmp_path, name, "done"))
    assert set(read_manifest(path)) == {str(tmp_path / f"{name}-out.png") for name in names}


def test_later_failure_forgets_not_which_result_is_ours(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    with open_manifest(path, SETTINGS) as manifest:
        manifest.add(make_result(tmp_path, "a", "done", target_stamp=STAMP))
        manifest.add(make_result(tmp_path, "a", "failed"))
        manifest.add(make_result(tmp_path, "a", "skipped"))  # adds nothing to what is known
    (past,) = read_manifest(path).values()
    assert (past.state, past.target_stamp) == ("failed", STAMP)


class FullDisk(io.BytesIO):
    """A file that takes a part of what it is given, then nothing."""

    room = 30

    def write(self, data: Any) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = super().write(bytes(data)[: self.room])
        self.room -= taken
        return taken


def test_full_disk_leaves_no_torn_line(tmp_path: Path) -> None:
    file = FullDisk()
    manifest = Manifest(tmp_path / "m.jsonl", file, SETTINGS)
    with pytest.raises(OutputError, match="disk is full"):
        manifest.add(make_result(tmp_path, "a", "done"))
    assert file.getvalue() == b""


def test_stamp_tells_what_changed(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    stamp = take_stamp(path)
    assert stamp is not None
    assert is_unchanged(path, stamp)
    os.utime(path, ns=(5, 5))
    assert is_unchanged(path, stamp)  # by its bytes
    path.write_bytes(b"two")
    assert not is_unchanged(path, stamp)
    path.write_bytes(b"three")
    assert not is_unchanged(path, stamp)
    path.unlink()
    assert not is_unchanged(path, stamp)
    assert take_stamp(path) is None
