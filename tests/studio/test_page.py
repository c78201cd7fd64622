"""The page in a real browser: Chromium, driven by Playwright."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import sync_playwright

from colorize_lab import Colorizer
from colorize_lab.cli.main import run
from colorize_lab.studio.app import make_app
from colorize_lab.studio.server import open_socket
from colorize_lab.studio.session import Session, open_session
from tests.helpers.clips import encode_frames
from tests.helpers.small_films import join, pan

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="needs Debian's chromium: apt-get install chromium"
)
# A plain, middle gray part of the photo, right of the divider.
PLACE = (0.7, 0.25)
GREEN = "#2f9f4f"


class Server:
    """A studio that runs in a thread and can be stopped as if it were killed."""

    def __init__(self, session: Session, port: int = 0) -> None:
        listener = open_socket("127.0.0.1", port)
        self.port: int = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/?token={session.access.token}"
        self._server = uvicorn.Server(uvicorn.Config(make_app(session), log_level="error"))
        run_server = self._server.run
        self._thread = threading.Thread(target=run_server, args=([listener],), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def server(studio: Session) -> Iterator[Server]:
    started = Server(studio)
    yield started
    started.stop()


@pytest.fixture
def page(browser: Any, server: Server) -> Iterator[Any]:
    """The page with the photo open; an error of a script fails the test."""
    errors: list[str] = []
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda m: errors.append(m.text) if "Content Security" in m.text else None)
    opened.goto(server.url)
    wait_for_color(opened)
    yield opened
    context.close()
    assert errors == []


def wait_for_color(page: Any) -> None:
    page.wait_for_selector("body[data-ready]")
    wait_until(lambda: page.inner_text("#zoom") != "100%")  # it is fitted
    wait_until(lambda: is_colored(read_stage(page)))


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def read_stage(page: Any) -> NDArray[np.uint8]:
    """Read the canvas back, (H, W, 3)."""
    shot = page.locator("#canvas").screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))


def is_colored(pixels: NDArray[np.uint8]) -> bool:
    height, width, _ = pixels.shape
    right = pixels[height // 3 : 2 * height // 3, int(width * 0.6) : int(width * 0.75)].astype(int)
    return bool((right.max(axis=2) - right.min(axis=2)).mean() > 3)


def locate(page: Any, share: tuple[float, float]) -> tuple[float, float]:
    """Return where on the screen a place of the photo is, in the divider's view."""
    box = page.locator("#stage").bounding_box()
    scale = min((box["width"] - 32) / 160, (box["height"] - 32) / 120)
    left, top = (box["width"] - 160 * scale) / 2, (box["height"] - 120 * scale) / 2
    x, y = box["x"] + left + share[0] * 160 * scale, box["y"] + top + share[1] * 120 * scale
    return x, y


def read_color(page: Any, share: tuple[float, float], beside: int = 24) -> NDArray[np.int64]:
    """Read a pixel of the screen, a little beside a place, so that no pin is in the way."""
    x, y = locate(page, share)
    shot = page.screenshot(clip={"x": x + beside, "y": y, "width": 1, "height": 1})
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))[0, 0].astype(int)


def add_hint(page: Any, share: tuple[float, float] = PLACE, color: str = GREEN) -> None:
    page.mouse.click(*locate(page, share))
    page.wait_for_selector(".swatch")
    page.fill("#pin-hex", color)
    page.press("#pin-hex", "Enter")
    page.keyboard.press("Escape")
    page.wait_for_selector("#popover", state="hidden")


def is_green(color: NDArray[np.int64]) -> bool:
    return bool(color[1] - max(color[0], color[2]) > 15)


def get_edit(page: Any, server: Server) -> Any:
    photo_id = page.evaluate("location.hash.slice(1)")
    return page.evaluate(f"fetch('/api/photos/{photo_id}/recipe').then(r => r.json())")["edit"]


def test_a_hint_by_click_is_seen_undone_and_redone(page: Any) -> None:
    before = read_color(page, PLACE)
    assert not is_green(before)
    add_hint(page)
    wait_until(lambda: is_green(read_color(page, PLACE)))
    page.click("#undo")
    wait_until(lambda: bool(np.abs(read_color(page, PLACE) - before).max() <= 2))
    assert page.locator(".pin").count() == 0
    page.keyboard.press("Control+Shift+z")
    wait_until(lambda: is_green(read_color(page, PLACE)))


def test_a_click_offers_the_likely_colors_and_one_is_taken(page: Any, server: Server) -> None:
    page.mouse.click(*locate(page, PLACE))
    page.wait_for_selector(".swatch")
    swatches = page.locator(".swatch")
    assert swatches.count() >= 2
    assert re.search(r"\w+, \d+ %", swatches.nth(0).get_attribute("aria-label"))
    color = swatches.nth(1).get_attribute("data-color")
    swatches.nth(1).click()
    page.keyboard.press("Escape")
    wait_until(lambda: [h["color"] for h in get_edit(page, server)["hints"]] == [color])


def test_a_click_without_a_choice_leaves_nothing(page: Any, server: Server) -> None:
    page.mouse.click(*locate(page, PLACE))
    page.wait_for_selector(".pin")
    page.keyboard.press("Escape")
    assert page.locator(".pin").count() == 0
    assert page.locator("#undo").is_disabled()


def read_hint_x(page: Any, server: Server) -> float:
    """Read where the first hint lies, NaN until the server has one."""
    hints = get_edit(page, server)["hints"]
    return float(hints[0]["points"][0][0]) if hints else float("nan")


def test_pins_are_dragged_moved_by_keys_and_deleted(page: Any, server: Server) -> None:
    add_hint(page)
    page.mouse.move(*locate(page, PLACE))
    page.mouse.down()
    page.mouse.move(*locate(page, (0.7, 0.5)), steps=5)
    page.mouse.up()
    wait_until(lambda: abs(read_hint_x(page, server) - 0.7) < 0.02)
    page.locator(".pin").focus()
    x = read_hint_x(page, server)
    page.keyboard.press("Shift+ArrowLeft")
    wait_until(lambda: read_hint_x(page, server) < x - 0.01)
    page.keyboard.press("Delete")
    assert page.locator(".pin").count() == 0
    wait_until(lambda: get_edit(page, server)["hints"] == [])


def test_the_divider_is_dragged_and_moved_by_keys(page: Any) -> None:
    handle = page.locator("#divider")
    x, y = locate(page, (0.5, 0.5))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*locate(page, (0.9, 0.5)), steps=5)
    page.mouse.up()
    assert abs(int(handle.get_attribute("aria-valuenow")) - 90) <= 1
    wait_until(lambda: not is_colored(read_stage(page)))  # it shows what was before
    handle.focus()
    page.keyboard.press("Home")
    wait_until(lambda: is_colored(read_stage(page)))


def test_the_brush_paints_and_keeps_gray(page: Any, server: Server) -> None:
    page.keyboard.press("b")
    page.check("#brush-gray")
    page.mouse.move(*locate(page, (0.6, 0.3)))
    page.mouse.down()
    page.mouse.move(*locate(page, (0.8, 0.5)), steps=10)
    page.mouse.up()
    wait_until(lambda: len(get_edit(page, server)["hints"]) == 1)
    (stroke,) = get_edit(page, server)["hints"]
    assert stroke["color"] == "gray"
    assert len(stroke["points"]) > 3
    wait_until(lambda: bool(np.ptp(read_color(page, (0.7, 0.4))) < 12))


def test_sliders_and_looks_are_seen_and_kept(page: Any, server: Server) -> None:
    before = read_color(page, PLACE)
    page.locator("#warmth").focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    wait_until(lambda: bool(np.abs(read_color(page, PLACE) - before).max() > 3))
    page.click("[data-look=vivid]")
    assert page.get_attribute("[data-look=vivid]", "aria-pressed") == "true"
    wait_until(lambda: get_edit(page, server)["vividness"] == 0.4)
    page.reload()
    wait_for_color(page)
    assert page.get_attribute("[data-look=vivid]", "aria-pressed") == "true"


def test_zooming_in_shows_the_photos_own_pixels(
    browser: Any, open_studio: Callable[..., Session], tmp_path: Path
) -> None:
    path = tmp_path / "fine.png"
    stripes = np.tile(np.uint8([[90, 170], [170, 90]]), (700, 900))
    Image.fromarray(stripes).save(path)
    server = Server(open_studio(path))
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    try:
        page.goto(server.url)
        page.wait_for_selector("body[data-ready]")
        page.keyboard.press("3")
        box = page.locator("#stage").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.wheel(0, -1600)
        # Averaged to a megapixel, the stripes are gone.
        wait_until(lambda: read_stage(page)[200:400, 300:600].std() > 20)
    finally:
        page.close()
        server.stop()


def test_a_film_is_looked_through_previewed_and_rendered(browser: Any, tmp_path: Path) -> None:
    film = tmp_path / "two shots.mp4"
    encode_frames(film, join(pan(0, 12), pan(2, 12)))
    server = Server(open_session((), films=(film,), folder=tmp_path / "data", load=load_quickly))
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    try:
        page.goto(server.url)
        page.wait_for_selector("body[data-ready]")
        page.click("#films")
        page.click("text=Look for shots")
        page.wait_for_selector("text=done: 2 shots", timeout=60_000)
        wait_until(lambda: page.locator("#strip .thumb").count() == 2)
        page.click("text=Preview 5 seconds")
        page.wait_for_selector("#film-dialog video", timeout=60_000)
        page.wait_for_function("document.querySelector('#film-dialog video').readyState > 1")
        page.click("#film-dialog >> text=Render")
        page.wait_for_selector("text=done: two shots-colorized.mp4", timeout=60_000)
        assert film.with_name("two shots-colorized.mp4").stat().st_size > 1000
    finally:
        page.close()
        server.stop()


def load_quickly() -> Colorizer:
    return Colorizer("compact", device="cpu", threads=1)


def test_work_survives_a_killed_server(
    page: Any, server: Server, studio: Session, open_studio: Callable[..., Session], gray_file: Path
) -> None:
    add_hint(page)
    wait_until(lambda: len(get_edit(page, server)["hints"]) == 1)
    server.stop()
    second = Server(open_studio(gray_file))
    try:
        page.goto(second.url)
        wait_for_color(page)
        assert page.locator(".pin").count() == 1
        wait_until(lambda: is_green(read_color(page, PLACE)))
    finally:
        second.stop()


def test_two_tabs_are_asked_which_settings_stay(page: Any, server: Server) -> None:
    other = page.context.new_page()
    other.goto(server.url)
    wait_for_color(other)
    add_hint(page)
    wait_until(lambda: len(get_edit(page, server)["hints"]) == 1)
    other.click("[data-look=warm]")
    other.wait_for_selector("#conflict-dialog[open]")
    assert get_edit(page, server)["warmth"] == 0
    other.click("#conflict-theirs")
    other.wait_for_selector(".pin")


def test_the_saved_file_is_the_copied_commands(
    page: Any, gray_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_hint(page)
    page.click("[data-look=vivid]")
    page.keyboard.press("Control+s")
    page.wait_for_selector("#save-dialog[open]")
    command = shlex.split(page.input_value("#save-command"))
    page.click("#save-beside")
    page.wait_for_selector("#save-dialog", state="hidden")
    saved = gray_file.with_name("gray-colorized.png")
    wait_until(saved.exists)
    target = tmp_path / "command.png"
    assert run([*command[1:], "-o", str(target), "--network", "compact", "--threads", "1"]) == 0
    first, second = (np.asarray(Image.open(path)) for path in (saved, target))
    assert np.array_equal(first, second)
    assert page.locator(".thumb").get_attribute("data-state") == "saved"


def test_a_result_is_overwritten_only_after_a_question(page: Any, gray_file: Path) -> None:
    target = gray_file.with_name("gray-colorized.png")
    target.write_bytes(b"mine")
    questions: list[str] = []
    page.on("dialog", lambda dialog: (questions.append(dialog.message), dialog.dismiss()))
    page.keyboard.press("Control+s")
    page.click("#save-beside")
    wait_until(lambda: page.wait_for_timeout(50) or len(questions) == 1)
    assert target.read_bytes() == b"mine"


def test_a_photo_is_dropped_and_a_hostile_one_ends_in_a_sentence(
    page: Any, photo_bytes: bytes
) -> None:
    page.set_input_files(
        "#more-files",
        [
            {"name": "evil.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\nnothing"},
            {"name": "<b>aunt.png", "mimeType": "image/png", "buffer": photo_bytes},
        ],
    )
    page.wait_for_selector(".toast.is-error")
    assert "evil.png" in page.inner_text(".toast.is-error")
    wait_until(lambda: page.inner_text("#photo-name") == "<b>aunt.png")
    assert page.locator("b").count() == 0
    assert page.locator(".thumb").count() == 2


def test_an_exemplar_is_dropped_and_removed(
    page: Any, server: Server, color_pixels: NDArray[np.uint8]
) -> None:
    before = read_stage(page).astype(int)
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(color_pixels[..., ::-1])).save(file, "PNG")
    page.set_input_files(
        "#exemplar-drop input",
        {"name": "other.png", "mimeType": "image/png", "buffer": file.getvalue()},
    )
    remove = page.get_by_role("button", name="Remove this exemplar")
    remove.wait_for()
    wait_until(lambda: np.abs(read_stage(page).astype(int) - before).mean() > 1)
    remove.click()
    wait_until(lambda: np.abs(read_stage(page).astype(int) - before).mean() < 0.5)


def test_doubt_and_the_colors_under_the_cursor_are_shown(page: Any) -> None:
    plain = read_stage(page)
    page.keyboard.press("e")
    wait_until(lambda: bool((read_stage(page) != plain).any()))
    page.mouse.move(*locate(page, PLACE))
    page.mouse.move(*locate(page, (0.65, 0.5)))
    page.wait_for_selector("#point", state="visible")
    assert "% unsure" in page.inner_text("#point")


def test_zoom_pan_and_fit(page: Any) -> None:
    fitted = page.inner_text("#zoom")
    page.mouse.move(*locate(page, (0.5, 0.4)))
    page.mouse.wheel(0, -400)
    wait_until(lambda: page.inner_text("#zoom") != fitted)
    page.keyboard.press("9")
    wait_until(lambda: page.inner_text("#zoom") == "100%")
    page.keyboard.press("0")
    wait_until(lambda: page.inner_text("#zoom") == fitted)


def test_the_look_goes_to_all_photos(page: Any, server: Server, photo_bytes: bytes) -> None:
    page.set_input_files(
        "#more-files", [{"name": "two.png", "mimeType": "image/png", "buffer": photo_bytes}]
    )
    wait_until(lambda: page.inner_text("#photo-name") == "two.png")
    page.click("[data-look=cool]")
    page.click("#batch")
    page.click("#batch-apply")
    wait_until(lambda: page.inner_text("#batch-status") == "2 done")
    photos = page.evaluate("fetch('/api/photos').then(r => r.json())")
    for photo in photos:
        project = page.evaluate(f"fetch('/api/photos/{photo['id']}/recipe').then(r => r.json())")
        assert project["edit"]["warmth"] == -20
    page.click("#batch-save")  # one has a folder, the other was dropped
    wait_until(lambda: page.inner_text("#batch-status") == "1 done, 1 failed")
    assert "two.png" in page.inner_text("#batch-dialog .errors")


def test_every_control_has_a_name_and_every_key_is_listed(page: Any) -> None:
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, input:not([hidden]), select, [role=slider]')]
        .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.title
                       || e.labels?.length)).map(e => e.outerHTML)"""
    )
    assert nameless == []
    page.keyboard.press("?")
    page.wait_for_selector("#keys-dialog[open]")
    assert page.locator("#keys-dialog tr").count() > 20


@pytest.mark.parametrize("width", [1200, 800, 400])
def test_nothing_sticks_out_of_the_window(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    widest = page.evaluate("document.documentElement.scrollWidth")
    right = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.bar *, .strip > *')]"
        ".map(e => e.getBoundingClientRect().right))"
    )
    assert max(widest, right) <= width


def test_light_and_dark(page: Any) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.keyboard.press("t")
    assert page.evaluate(ground) != light
    page.reload()
    wait_for_color(page)
    assert page.evaluate(ground) != light
