"""The guard: other sites, other names, strangers and floods are kept out."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from colorize_lab.studio import guard
from colorize_lab.studio.app import make_app
from colorize_lab.studio.errors import AddressError
from colorize_lab.studio.guard import Access
from colorize_lab.studio.server import check_password, open_socket
from colorize_lab.studio.session import Session

ADDRESS = "http://127.0.0.1:8313"


@pytest.fixture(autouse=True)
def no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "DELAY_S", 0)


@pytest.fixture
def stranger(studio: Session) -> TestClient:
    """A browser that has not opened the page yet."""
    return TestClient(make_app(studio), ADDRESS)


@pytest.fixture
def browser(studio: Session, stranger: TestClient) -> TestClient:
    """A browser that has."""
    answer = stranger.get(f"/?token={studio.access.token}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    return stranger


ROUTES = ["/", "/static/js/main.js", "/api/photos", "/api/session", "/api/openapi.json"]


@pytest.mark.parametrize("route", ROUTES)
def test_a_stranger_sees_nothing(stranger: TestClient, route: str) -> None:
    answer = stranger.get(route)
    assert answer.status_code == 401
    assert "open the address" in answer.json()["message"]


@pytest.mark.parametrize("route", ROUTES)
def test_the_page_is_for_who_has_the_token(browser: TestClient, route: str) -> None:
    assert browser.get(route).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 10_000])
def test_a_wrong_token_is_refused(stranger: TestClient, token: str) -> None:
    assert stranger.get("/", params={"token": token}, follow_redirects=False).status_code == 401
    headers = {"authorization": b"Bearer " + token.encode()}
    assert stranger.get("/api/photos", headers=headers).status_code == 401  # type: ignore[arg-type]
    assert stranger.get("/api/photos", cookies={guard.COOKIE: "x"}).status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8313", "127.0.0.1.evil.example", "", "[", "10.0.0.1"]
)
def test_a_name_that_was_made_to_point_here_is_refused(browser: TestClient, host: str) -> None:
    assert browser.get("/api/photos", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost:8313", "[::1]:8313", "LOCALHOST"])
def test_this_machines_own_names_are_accepted(browser: TestClient, host: str) -> None:
    assert browser.get("/api/photos", headers={"host": host}).status_code == 200


FOREIGN = [
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:9999"},
    {"origin": ADDRESS, "sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {},  # a browser always says where a post comes from
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_can_change_nothing(browser: TestClient, headers: dict[str, str]) -> None:
    answer = browser.post("/api/photos?name=x.png", content=b"x", headers=headers)
    assert answer.status_code == 403


def test_another_site_can_read_nothing_and_may_link_here(browser: TestClient) -> None:
    foreign = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}
    assert browser.get("/api/photos", headers=foreign).status_code == 403
    assert browser.get("/", headers={**foreign, "sec-fetch-mode": "navigate"}).is_success


def test_the_pages_own_posts_arrive(browser: TestClient) -> None:
    headers = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
    answer = browser.post("/api/photos?name=x.png", content=b"x", headers=headers)
    assert answer.status_code == 415  # seen, and no photo


def test_every_answer_carries_the_strict_policy(browser: TestClient) -> None:
    for answer in (browser.get("/"), browser.get("/nothing"), browser.post("/", content=b"")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy and "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_page_needs_nothing_from_the_net(browser: TestClient) -> None:
    page = browser.get("/").text
    assert "http://" not in page and "https://" not in page
    assert "<script>" not in page and "style=" not in page and "onclick" not in page


def make_small(studio: Session) -> TestClient:
    access = replace(studio.access, max_upload_bytes=1000)
    client = TestClient(make_app(replace(studio, access=access)), ADDRESS)
    client.headers["authorization"] = f"Bearer {access.token}"
    return client


def test_a_large_upload_is_refused_before_it_is_read(studio: Session) -> None:
    def fail() -> Iterator[bytes]:
        raise AssertionError("it was read")
        yield b""

    headers = {"content-length": "1001"}
    client = make_small(studio)
    answer = client.post("/api/photos?name=x", content=bytes(1001), headers=headers)
    assert answer.status_code == 413
    assert "MiB" in answer.json()["message"]


def test_a_flood_without_a_length_is_cut_off(studio: Session) -> None:
    taken: list[int] = []

    def flood() -> Iterator[bytes]:
        for number in range(1000):
            taken.append(number)
            yield bytes(100)

    answer = make_small(studio).post("/api/photos?name=x", content=flood())
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "many", "1e9"])
def test_a_length_that_is_no_number_is_refused(browser: TestClient, length: str) -> None:
    headers = {"content-length": length, "origin": ADDRESS}
    answer = browser.post("/api/photos?name=x", content=b"x", headers=headers)
    assert answer.status_code in (400, 413)


def make_open(studio: Session) -> TestClient:
    access = Access("0.0.0.0", password="open sesame")
    return TestClient(make_app(replace(studio, access=access)), "http://192.168.1.5:8313")


def log_in(password: str) -> dict[str, Any]:
    return {"authorization": "Basic " + base64.b64encode(f"me:{password}".encode()).decode()}


def test_beyond_this_machine_a_password_is_asked_for(studio: Session) -> None:
    client = make_open(studio)
    assert client.get("/").headers["www-authenticate"].startswith("Basic")
    assert client.get("/", headers=log_in("wrong")).status_code == 401
    assert client.get("/", headers={"authorization": "Basic %%%"}).status_code == 401
    assert client.get("/", headers=log_in("open sesame")).status_code == 200
    renamed = {**log_in("open sesame"), "host": "evil.example"}
    assert client.get("/", headers=renamed).status_code == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "myhost"])
def test_no_password_no_service_beyond_this_machine(host: str) -> None:
    with pytest.raises(AddressError, match="COLORIZE_LAB_PASSWORD"):
        check_password(host, None)
    check_password(host, "secret")
    check_password("127.0.0.1", None)


def test_a_taken_port_is_said_and_the_next_is_tried() -> None:
    with open_socket("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(AddressError, match=str(port)):
            open_socket("127.0.0.1", port)


def test_without_a_page_there_is_the_api_alone(studio: Session) -> None:
    client = TestClient(make_app(studio, with_page=False), ADDRESS)
    client.headers["authorization"] = f"Bearer {studio.access.token}"
    assert client.get("/").status_code == 404
    assert client.get("/static/js/main.js").status_code == 404
    assert "/api/photos/{photo_id}/preview" in client.get("/api/openapi.json").json()["paths"]
