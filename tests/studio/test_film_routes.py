"""Films: shots become photos, edited stills lead their shots, and work is stopped and continued."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from skimage.color import rgb2lab

from colorize_lab import Colorizer
from colorize_lab.studio import films
from colorize_lab.studio.session import Session, open_session
from tests.helpers.clips import decode_film, encode_frames
from tests.helpers.small_films import SIZE, join, pan

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

Connect = Callable[[Session], "TestClient"]
LENGTH = 12


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A gray film of two shots."""
    path = tmp_path / "two shots.mp4"
    encode_frames(path, join(pan(0, LENGTH), pan(2, LENGTH)))
    return path


@pytest.fixture
def open_films(tmp_path: Path) -> Callable[..., Session]:
    """Open sessions with films that share a folder."""

    def load() -> Colorizer:
        return Colorizer("compact", device="cpu", threads=1)

    return lambda *films: open_session((), films=films, folder=tmp_path / "data", load=load)


def wait(client: TestClient, film: str) -> Any:
    end = time.monotonic() + 60
    while (progress := client.get(film).json()["progress"])["state"] == "running":
        assert time.monotonic() < end
        time.sleep(0.02)
    return progress


def find_film(client: TestClient) -> str:
    return f"/api/films/{client.get('/api/films').json()[0]['id']}"


def measure_chroma(frames: list[Any]) -> float:
    lab = rgb2lab(np.stack(frames))
    return float(np.hypot(lab[..., 1], lab[..., 2]).mean())


def test_shots_become_photos_and_an_edited_still_leads_its_shot(
    open_films: Callable[..., Session], connect: Connect, film: Path
) -> None:
    client = connect(open_films(film))
    url = find_film(client)
    assert client.get(url).json()["stills"] == []
    assert client.post(f"{url}/shots").status_code == 202
    assert wait(client, url) == {**wait(client, url), "state": "done", "message": "2 shots"}
    first, second = client.get(url).json()["stills"]
    listed = [photo["id"] for photo in client.get("/api/photos").json()]
    assert listed == [first, second]
    green = {"hints": [{"points": [[0.5, 0.5]], "color": "#20a040", "radius": 60}]}
    edit = {"revision": 0, "edit": green}
    assert client.put(f"/api/photos/{first}/recipe", json=edit).status_code == 200
    assert client.post(f"{url}/render", json={"look": {"vividness": 0}}).status_code == 202
    progress = wait(client, url)
    assert progress["state"] == "done", progress
    target = film.with_name("two shots-colorized.mp4")
    frames = decode_film(target, SIZE[1], SIZE[0])
    assert len(frames) == 2 * LENGTH
    a = rgb2lab(np.stack(frames))[..., 1]
    assert a[:LENGTH].mean() < -8 < -4 < a[LENGTH:].mean()


def test_a_preview_is_a_part_and_is_sent(
    open_films: Callable[..., Session], connect: Connect, film: Path
) -> None:
    client = connect(open_films(film))
    url = find_film(client)
    assert client.get(f"{url}/preview.mp4").status_code == 404
    for look in ({}, {"saturation": 0}):
        assert client.post(f"{url}/render", json={"look": look, "start": 0}).status_code == 202
        assert wait(client, url)["state"] == "done"
    answer = client.get(f"{url}/preview.mp4")
    assert answer.headers["content-type"] == "video/mp4"
    preview = film.parent / "data" / "sent.mp4"
    preview.write_bytes(answer.content)
    assert measure_chroma(decode_film(preview, SIZE[1], SIZE[0])) < 2
    assert not film.with_name("two shots-colorized.mp4").exists()


def test_results_are_not_overwritten_unasked(
    open_films: Callable[..., Session], connect: Connect, film: Path
) -> None:
    film.with_name("two shots-colorized.mp4").write_bytes(b"mine")
    client = connect(open_films(film))
    url = find_film(client)
    answer = client.post(f"{url}/render", json={})
    assert (answer.status_code, answer.json()["error"]) == (409, "TargetExistsError")
    assert film.with_name("two shots-colorized.mp4").read_bytes() == b"mine"


def test_work_is_stopped_and_one_at_a_time(
    open_films: Callable[..., Session], connect: Connect, film: Path
) -> None:
    client = connect(open_films(film))
    url = find_film(client)
    client.post(f"{url}/render", json={})
    assert client.post(f"{url}/shots").status_code == 409
    client.post(f"{url}/stop")
    assert wait(client, url)["state"] == "stopped"
    assert not film.with_name("two shots-colorized.mp4").exists()
    client.post(f"{url}/render", json={})
    assert wait(client, url)["state"] == "done"


def test_a_bug_ends_the_work_and_not_the_desk(
    open_films: Callable[..., Session],
    connect: Connect,
    film: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    client = connect(open_films(film))
    url = find_film(client)
    with monkeypatch.context() as patch:
        patch.setattr(films, "find_shots", fail)
        client.post(f"{url}/shots")
        progress = wait(client, url)
    assert progress["state"] == "failed"
    assert "internal error (ZeroDivisionError)" in progress["message"]
    assert client.post(f"{url}/shots").status_code == 202
    assert wait(client, url)["message"] == "2 shots"


def test_stills_survive_a_restart_and_errors_are_sentences(
    open_films: Callable[..., Session], connect: Connect, film: Path
) -> None:
    client = connect(open_films(film))
    url = find_film(client)
    client.post(f"{url}/shots")
    wait(client, url)
    again = connect(open_films(film))
    assert len(again.get("/api/photos").json()) == 2
    film.write_bytes(b"\0" * 1000)
    again.post(f"{url}/render", json={})
    progress = wait(again, url)
    assert progress["state"] == "failed"
    assert "two shots.mp4" in progress["message"]
    assert again.get("/api/films/0000").status_code == 404
    assert again.post(f"{url}/render", json={"start": -1}).status_code == 422
