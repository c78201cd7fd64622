from __future__ import annotations

import hashlib
import io
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from colorize_lab.errors import DownloadError, InputError, NetworkFileError, OutputError
from colorize_lab.networks import (
    Network,
    WeightsState,
    add_network,
    fetch_network,
    find_network,
    user_networks_dir,
    verify_network,
)
from colorize_lab.networks.download import download_file
from tests.helpers.mirror import Mirror, run_mirror
from tests.helpers.tiny_network import TinyFiles, make_tiny

PAGE = b"<!DOCTYPE html><html><title>Not found</title></html>"


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with run_mirror() as server:
        yield server


def get_sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def assert_nothing_left() -> None:
    assert list(user_networks_dir().rglob("*")) == []


def test_fetched_network_runs(
    mirror: Mirror, register: Callable[..., Path], tiny: TinyFiles
) -> None:
    register(
        urls=[mirror.good(tiny.weights)],
        size_bytes=len(tiny.weights),
        sha256=get_sha256(tiny.weights),
    )
    steps: list[tuple[int, int | None]] = []
    path = fetch_network("tiny", progress=lambda done, total: steps.append((done, total)))
    assert path == user_networks_dir() / "tiny" / "tiny.caffemodel"
    assert path.read_bytes() == tiny.weights
    assert list(path.parent.iterdir()) == [path]  # the registry knows the hash: none is kept
    assert steps[-1] == (len(tiny.weights), len(tiny.weights))
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert Network.load(find_network("tiny")).weights_sha256 == get_sha256(tiny.weights)


def test_bad_mirrors_are_passed_over(
    mirror: Mirror, register: Callable[..., Path], tiny: TinyFiles
) -> None:
    data = tiny.weights
    register(
        urls=[
            mirror.page(PAGE),
            mirror.truncated(data),
            mirror.url("/missing"),
            mirror.redirect(mirror.good(data)),
            mirror.unsized(data),
        ],
        sha256=get_sha256(data),
    )
    assert fetch_network("tiny").read_bytes() == data
    assert mirror.requests == ["/page", "/truncated", "/missing", "/redirect", "/good"]


def test_failure_has_each_mirrors_reason_and_leaves_nothing(
    mirror: Mirror, register: Callable[..., Path], tiny: TinyFiles
) -> None:
    urls = [mirror.page(PAGE), mirror.truncated(tiny.weights), mirror.url("/missing")]
    register(urls=urls)
    with pytest.raises(DownloadError) as caught:
        fetch_network("tiny")
    message = str(caught.value)
    for reason in ("a web page", "stopped", "404", "models add tiny FILE"):
        assert reason in message
    assert_nothing_left()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (PAGE, "web page"),
        (b"", "empty"),
        (b"a text that is no network", "not a caffemodel"),
        (make_tiny().weights[:-100], "truncated"),
    ],
)
def test_file_of_unknown_hash_must_be_a_network(
    data: bytes, reason: str, mirror: Mirror, register: Callable[..., Path]
) -> None:
    register(urls=[mirror.unsized(data)])
    with pytest.raises(DownloadError, match=reason):
        fetch_network("tiny")
    assert_nothing_left()


def test_weights_of_another_network_are_refused(
    mirror: Mirror, register: Callable[..., Path], models: Path, tiny: TinyFiles
) -> None:
    folder = register(urls=[mirror.good(tiny.weights)])
    prototxt = tiny.prototxt.replace("num_output: 6", "num_output: 7")
    (folder / "deploy.prototxt").write_text(prototxt, encoding="utf-8")
    with pytest.raises(DownloadError, match="conv1"):
        fetch_network("tiny")
    assert_nothing_left()


def test_known_size_and_hash_are_held(
    mirror: Mirror, register: Callable[..., Path], tiny: TinyFiles
) -> None:
    size, digest = len(tiny.weights), get_sha256(tiny.weights)
    other = make_tiny(seed=1).weights  # fits the graph, and has the size
    register(urls=[mirror.good(other)], size_bytes=size, sha256=digest)
    with pytest.raises(DownloadError, match=f"SHA-256 is {get_sha256(other)[:12]}"):
        fetch_network("tiny")
    mirror.good(tiny.weights + b"\0")
    with pytest.raises(DownloadError, match=f"offers {size + 1:,} bytes instead of {size:,}"):
        fetch_network("tiny")
    register("other", urls=[mirror.unsized(tiny.weights + b"\0")], size_bytes=size)
    with pytest.raises(DownloadError, match=f"serves more than {size:,} bytes"):
        fetch_network("other")
    assert_nothing_left()


def test_unknown_hash_is_remembered(
    mirror: Mirror, register: Callable[..., Path], tiny: TinyFiles
) -> None:
    register(urls=[mirror.unsized(tiny.weights)])
    path = fetch_network("tiny")
    assert verify_network("tiny").sha256 == get_sha256(tiny.weights)
    assert verify_network("tiny").state is WeightsState.VERIFIED
    path.write_bytes(make_tiny(seed=1).weights)
    assert verify_network("tiny").state is WeightsState.DAMAGED
    with pytest.raises(NetworkFileError, match="damaged"):
        Network.load(find_network("tiny"))


def test_sound_network_is_not_fetched_again(
    mirror: Mirror,
    register: Callable[..., Path],
    tiny: TinyFiles,
    caplog: pytest.LogCaptureFixture,
) -> None:
    register(urls=[mirror.good(tiny.weights)])
    path = fetch_network("tiny")
    with caplog.at_level("INFO"):
        assert fetch_network("tiny") == path
    assert "already installed" in caplog.text
    assert mirror.requests == ["/good"]
    path.write_bytes(tiny.weights[:100])
    assert fetch_network("tiny").read_bytes() == tiny.weights


def test_dead_silent_and_dripping_mirrors(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colorize_lab.networks.download._TIMEOUT_S", 0.2)
    monkeypatch.setattr("colorize_lab.networks.download._WINDOW_S", 0.2)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and does not listen
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        with pytest.raises(DownloadError, match="no connection"):
            download_file(dead, io.BytesIO())
    with pytest.raises(DownloadError, match="timed out"):
        download_file(mirror.silent(), io.BytesIO())
    with pytest.raises(DownloadError, match="bytes per second"):
        download_file(mirror.dripping(), io.BytesIO())


@pytest.mark.parametrize("scheme", ["file:///etc/hostname", "ftp://127.0.0.1/x", "data:,x"])
def test_only_the_web_is_asked(scheme: str, mirror: Mirror) -> None:
    for url in (scheme, mirror.redirect(scheme)):
        target = io.BytesIO()
        with pytest.raises(DownloadError):
            download_file(url, target)
        assert target.getvalue() == b""


def test_endless_file_is_cut(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colorize_lab.networks.download.MAX_WEIGHTS_BYTES", 1000)
    with pytest.raises(DownloadError, match="more than 1,000 bytes"):
        download_file(mirror.unsized(bytes(5000)), io.BytesIO())
    with pytest.raises(DownloadError, match="more than 1,000 bytes"):
        download_file(mirror.good(bytes(5000)), io.BytesIO())


def test_no_mirror_known(register: Callable[..., Path]) -> None:
    register(urls=[])
    with pytest.raises(DownloadError, match="none is known"):
        fetch_network("tiny")


def test_interruption_leaves_nothing(
    mirror: Mirror, register: Callable[..., Path], tiny: TinyFiles
) -> None:
    register(urls=[mirror.good(tiny.weights)])

    def interrupt(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_network("tiny", progress=interrupt)
    assert_nothing_left()


def test_folder_that_cannot_be_written(
    mirror: Mirror,
    register: Callable[..., Path],
    tiny: TinyFiles,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(urls=[mirror.good(tiny.weights)])
    (tmp_path / "file").touch()
    monkeypatch.setenv("COLORIZE_LAB_HOME", str(tmp_path / "file"))
    with pytest.raises(OutputError, match="cannot be written"):
        fetch_network("tiny")


def test_add_copies_a_sound_file(
    register: Callable[..., Path], tiny: TinyFiles, tmp_path: Path
) -> None:
    register(sha256=get_sha256(tiny.weights))
    file = tmp_path / "mine.caffemodel"
    file.write_bytes(tiny.weights)
    path = add_network("tiny", file)
    assert path.read_bytes() == file.read_bytes() == tiny.weights
    assert find_network("tiny").weights == path


def test_add_refuses_another_file(
    register: Callable[..., Path], tiny: TinyFiles, tmp_path: Path
) -> None:
    register(sha256=get_sha256(tiny.weights))
    file = tmp_path / "mine.caffemodel"
    with pytest.raises(InputError, match="cannot be read"):
        add_network("tiny", file)
    file.write_bytes(make_tiny(seed=1).weights)
    with pytest.raises(NetworkFileError, match=r"mine\.caffemodel cannot be the weights of tiny"):
        add_network("tiny", file)
    assert_nothing_left()


def test_failure_of_the_disk_is_no_failure_of_the_mirror(mirror: Mirror) -> None:
    class FullDisk(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        download_file(mirror.good(b"data"), FullDisk())
