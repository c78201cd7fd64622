"""Photos through the API: what is listed, sent, kept, and refused with a sentence."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from colorize_lab.studio.session import Session

Connect = Callable[[Session], TestClient]


def find_id(client: TestClient) -> str:
    photo_id: str = client.get("/api/photos").json()[0]["id"]
    return photo_id


def read_image(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_session_says_what_null_stands_for(client: TestClient) -> None:
    answer = client.get("/api/session").json()
    assert answer["defaults"].keys() == {"render_factor", "temperature", "vividness"}
    assert "natural" in [look["name"] for look in answer["looks"]]


def test_the_users_own_photos_are_listed_by_id_not_path(client: TestClient, tmp_path: Path) -> None:
    answer = client.get("/api/photos")
    (photo,) = answer.json()
    assert (photo["name"], photo["is_upload"], photo["is_edited"]) == ("gray.png", False, False)
    assert str(tmp_path) not in answer.text


def test_a_photo_that_is_sent_is_opened_and_listed_once(
    client: TestClient, photo_bytes: bytes
) -> None:
    for _ in range(2):
        answer = client.post("/api/photos?name=aunt.png", content=photo_bytes)
        assert answer.status_code == 201
    photo = answer.json()
    assert (photo["name"], photo["width"], photo["height"]) == ("aunt.png", 160, 120)
    assert (photo["kind"], photo["need"]) == ("gray", None)
    assert len(client.get("/api/photos").json()) == 2


def test_uploads_and_settings_outlive_the_server(
    client: TestClient,
    photo_bytes: bytes,
    open_studio: Callable[..., Session],
    connect: Connect,
) -> None:
    photo_id = client.post("/api/photos?name=aunt.png", content=photo_bytes).json()["id"]
    message = {"revision": 0, "edit": {"warmth": 30}}
    assert client.put(f"/api/photos/{photo_id}/recipe", json=message).status_code == 200

    later = connect(open_studio())
    assert [photo["name"] for photo in later.get("/api/photos").json()] == ["aunt.png"]
    project = later.get(f"/api/photos/{photo_id}/recipe").json()
    assert (project["revision"], project["edit"]["warmth"]) == (1, 30)


def test_a_color_photo_says_so(client: TestClient, color_pixels: Any) -> None:
    file = io.BytesIO()
    Image.fromarray(color_pixels).save(file, "PNG")
    assert client.post("/api/photos?name=c.png", content=file.getvalue()).json()["kind"] == "color"


def test_removing_forgets_an_upload_and_leaves_a_file_alone(
    client: TestClient, photo_bytes: bytes, gray_file: Path, tmp_path: Path
) -> None:
    photo_id = client.post("/api/photos?name=aunt.png", content=photo_bytes).json()["id"]
    client.put(f"/api/photos/{photo_id}/recipe", json={"revision": 0, "edit": {}})
    for listed in client.get("/api/photos").json():
        assert client.delete(f"/api/photos/{listed['id']}").status_code == 204
    assert client.get("/api/photos").json() == []
    assert gray_file.exists()
    assert [path for path in (tmp_path / "data").rglob("*") if path.is_file()] == []


def test_two_tabs_do_not_lose_work(client: TestClient) -> None:
    place = f"/api/photos/{find_id(client)}/recipe"
    mine = client.put(place, json={"revision": 0, "edit": {"warmth": 10}})
    theirs = client.put(place, json={"revision": 0, "edit": {"warmth": -10}})
    assert (mine.status_code, theirs.status_code) == (200, 409)
    assert theirs.json()["error"] == "ConflictError"
    assert client.get(place).json()["edit"]["warmth"] == 10
    again = client.put(place, json={"revision": 1, "edit": {"warmth": -10}})
    assert again.json()["revision"] == 2


def test_a_damaged_project_starts_over(client: TestClient, studio: Session) -> None:
    photo_id = find_id(client)
    studio.projects.folder.mkdir(parents=True)
    (studio.projects.folder / f"{photo_id}.json").write_text('{"revision": "many"}')
    assert client.get(f"/api/photos/{photo_id}/recipe").json()["revision"] == 0


def test_pictures_are_small_copies(client: TestClient, studio: Session, tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (1200, 8))).save(file, "PNG")
    photo = client.post("/api/photos?name=big.png", content=file.getvalue()).json()
    original = read_image(client.get(f"/api/photos/{photo['id']}/original").content)
    thumbnail = read_image(client.get(f"/api/photos/{photo['id']}/thumbnail").content)
    assert original.size == (photo["preview_width"], photo["preview_height"])
    assert original.width * original.height <= 1_000_000
    assert (original.format, thumbnail.format) == ("PNG", "JPEG")
    assert thumbnail.width * thumbnail.height <= 30_000


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        (b"", 415, "empty"),
        (b"<html>", 415, "not an image"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), 415, "damaged"),
        (b"GIF89a" + bytes(50), 415, "damaged"),
    ],
)
def test_what_is_no_photo_is_refused_and_not_kept(
    client: TestClient, tmp_path: Path, content: bytes, status: int, sentence: str
) -> None:
    answer = client.post("/api/photos?name=evil.png", content=content)
    assert answer.status_code == status
    assert sentence in answer.json()["message"]
    assert not list((tmp_path / "data").rglob("*.photo"))


def test_a_photo_of_too_many_pixels_is_refused_before_it_is_decoded(
    client: TestClient, studio: Session, photo_bytes: bytes
) -> None:
    studio.shelf.max_megapixels = 0.01
    answer = client.post("/api/photos?name=huge.png", content=photo_bytes)
    assert (answer.status_code, answer.json()["error"]) == (413, "PhotoTooLargeError")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\\b\\..", "x" * 900, "\n", "%00", "é.jpg"])
def test_names_are_names_and_never_paths(
    client: TestClient, photo_bytes: bytes, tmp_path: Path, name: str
) -> None:
    answer = client.post("/api/photos", params={"name": name}, content=photo_bytes)
    assert answer.status_code == 201
    kept = answer.json()["name"]
    assert kept and "/" not in kept and "\\" not in kept and len(kept) <= 200
    files = {path.parent.name for path in (tmp_path / "data").rglob("*") if path.is_file()}
    assert files == {"uploads"}


@pytest.mark.parametrize("record", ["{", "[]", "{}", "null"])
def test_a_damaged_record_of_an_upload_stops_nothing(
    client: TestClient,
    photo_bytes: bytes,
    open_studio: Callable[..., Session],
    tmp_path: Path,
    record: str,
) -> None:
    client.post("/api/photos?name=aunt.png", content=photo_bytes)
    (path,) = (tmp_path / "data" / "uploads").glob("*.json")
    path.write_text(record)
    assert open_studio().shelf.list() == ()


@pytest.mark.parametrize(
    "route",
    ["", "/recipe", "/original", "/thumbnail", "/suggestions?x=0.5&y=0.5", "/explain", "/result",
     "/explain/point?x=0.5&y=0.5", "/recipe.json", "/command"],
)  # fmt: skip
@pytest.mark.parametrize("photo_id", ["0" * 32, "..", "%2e%2e%2fprojects", "gray.png"])
def test_an_unknown_photo_is_not_found(client: TestClient, route: str, photo_id: str) -> None:
    assert client.get(f"/api/photos/{photo_id}{route}").status_code == 404


def test_a_photo_that_has_vanished_is_named_without_its_path(
    client: TestClient, gray_file: Path, tmp_path: Path
) -> None:
    photo_id = find_id(client)
    gray_file.unlink()
    answer = client.get(f"/api/photos/{photo_id}")
    assert answer.status_code == 422
    assert "gray.png can no longer be read" in answer.json()["message"]
    assert str(tmp_path) not in answer.text
