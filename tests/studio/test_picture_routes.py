"""Pictures through the API: previews, suggestions, explanations, results, and commands."""

from __future__ import annotations

import io
import json
import shlex
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from PIL import Image

from colorize_lab.cli.main import run
from colorize_lab.color import rgb_to_lab
from colorize_lab.studio.commands import name_beside
from colorize_lab.studio.session import Session

SCRATCH = {"points": [[0.3 + 0.02 * n, 0.6] for n in range(10)], "radius": 2}
HINT = {"points": [[0.3, 0.4]], "color": "#aa3344", "radius": 6}


@pytest.fixture
def photo(client: TestClient) -> str:
    """The route of the user's own photo."""
    return f"/api/photos/{client.get('/api/photos').json()[0]['id']}"


def read_pixels(content: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def save_edit(client: TestClient, photo: str, **edit: Any) -> None:
    revision = client.get(f"{photo}/recipe").json()["revision"]
    answer = client.put(f"{photo}/recipe", json={"revision": revision, "edit": edit})
    assert answer.status_code == 200, answer.text


def measure_lab(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return rgb_to_lab(pixels.astype(np.float32) / np.float32(255))


def test_a_preview_has_color_and_the_photos_lightness(client: TestClient, photo: str) -> None:
    answer = client.post(f"{photo}/preview", json={})
    before = measure_lab(read_pixels(client.get(f"{photo}/original").content))
    after = measure_lab(read_pixels(answer.content))
    assert answer.headers["content-type"] == "image/png"
    assert np.abs(after[..., 0] - before[..., 0]).max() < 1
    assert np.hypot(after[..., 1], after[..., 2]).mean() > 2


@pytest.mark.parametrize("quick", [True, False])
def test_a_hint_is_seen_where_it_is(client: TestClient, photo: str, quick: bool) -> None:
    answer = client.post(f"{photo}/preview?quick={quick}", json={"hints": [HINT]})
    pixels = measure_lab(read_pixels(answer.content))
    wanted = measure_lab(np.array([[[0xAA, 0x33, 0x44]]], np.uint8))[0, 0]
    hue = np.arctan2(pixels[48, 48, 2], pixels[48, 48, 1])
    assert abs(hue - np.arctan2(wanted[2], wanted[1])) < 0.1


@pytest.mark.parametrize(
    "edit",
    [{"warmth": 60}, {"hue_shift": 90}, {"saturation": 0}, {"vividness": 1.5}, {"temperature": 0.2},
     {"render_factor": 6}, {"looks": 1},
     {"calm": 0}, {"hints": [HINT]}],
)  # fmt: skip
def test_every_setting_changes_the_preview(client: TestClient, photo: str, edit: Any) -> None:
    plain = read_pixels(client.post(f"{photo}/preview", json={}).content)
    changed = read_pixels(client.post(f"{photo}/preview", json=edit).content)
    assert (plain != changed).any()


@pytest.fixture
def framed_file(gray_pixels: NDArray[np.uint8], tmp_path: Path) -> Path:
    """A photo with a border of paper."""
    path = tmp_path / "framed.png"
    Image.fromarray(np.pad(gray_pixels, 24, constant_values=232)).save(path)
    return path


@pytest.mark.parametrize(
    "edit", [{}, {"frame": False}, {"hints": [HINT]}, {"hints": [{**HINT, "reach": 4}]}], ids=str
)
@pytest.mark.parametrize("is_framed", [False, True], ids=["plain", "framed"])
def test_the_preview_of_a_small_photo_is_the_result(
    open_studio: Callable[..., Session],
    connect: Callable[[Session], TestClient],
    gray_file: Path,
    framed_file: Path,
    is_framed: bool,
    edit: Any,
) -> None:
    client = connect(open_studio(framed_file if is_framed else gray_file))
    photo = f"/api/photos/{client.get('/api/photos').json()[0]['id']}"
    assert client.get(photo).json()["has_frame"] == is_framed
    save_edit(client, photo, **edit)
    preview = read_pixels(client.post(f"{photo}/preview", json=edit).content)
    result = read_pixels(client.get(f"{photo}/result").content)
    assert np.abs(preview.astype(int) - result).max() == 0
    if is_framed:
        is_gray = bool((np.ptp(preview[:20].astype(int), axis=2) == 0).all())
        assert is_gray == edit.get("frame", True)


def test_a_detail_is_sharp_before_and_after(client: TestClient, photo: str) -> None:
    place = "left=0.25&top=0.5&right=0.75&bottom=1"
    original = read_pixels(client.get(f"{photo}/original").content)
    before = client.post(f"{photo}/detail?{place}")
    assert np.array_equal(read_pixels(before.content), original[60:, 40:120])
    edit = {"stages": ["contrast"], "hints": [HINT]}
    save_edit(client, photo, **edit)
    after = measure_lab(read_pixels(client.post(f"{photo}/detail?{place}", json=edit).content))
    result = measure_lab(read_pixels(client.get(f"{photo}/result").content))[60:, 40:120]
    assert np.abs(after - result).max() < 2.5
    assert client.post(f"{photo}/detail?left=2&top=0&right=1&bottom=1").status_code == 422


def test_painted_scratches_are_filled_and_nothing_else(client: TestClient, photo: str) -> None:
    plain = measure_lab(read_pixels(client.post(f"{photo}/preview", json={}).content))[..., 0]
    edit = {"scratches": [SCRATCH]}
    filled = measure_lab(read_pixels(client.post(f"{photo}/preview", json=edit).content))[..., 0]
    assert client.get(f"{photo}/scratches.png").status_code == 404
    save_edit(client, photo, **edit)
    mask = read_pixels(client.get(f"{photo}/scratches.png").content)[..., 0] > 0
    assert 20 < mask.sum() < 400
    assert np.abs(filled - plain)[mask].max() > 3
    assert np.abs(filled - plain)[~mask].max() < 1


def test_layers_are_downloaded(client: TestClient, photo: str) -> None:
    save_edit(client, photo, hints=[HINT])
    answer = client.get(f"{photo}/result?format=ora")
    assert answer.headers["content-disposition"].endswith("-colorized.ora")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read("mimetype") == b"image/openraster"
        assert archive.read("stack.xml").count(b"<layer") == 3


def test_places_in_a_frame_answer_like_the_pictures_edge(
    open_studio: Callable[..., Session],
    connect: Callable[[Session], TestClient],
    framed_file: Path,
) -> None:
    client = connect(open_studio(framed_file))
    photo = f"/api/photos/{client.get('/api/photos').json()[0]['id']}"
    corner, edge = (
        client.get(f"{photo}/suggestions?x={share}&y={share}").json() for share in (0.01, 0.13)
    )
    assert corner and edge
    doubt = read_pixels(client.get(f"{photo}/explain").content)
    assert not doubt[:20].any() and doubt[40:-40, 40:-40].any()


def test_a_restoration_says_what_it_measured(
    client: TestClient, gray_pixels: NDArray[np.uint8]
) -> None:
    file = io.BytesIO()
    Image.fromarray(gray_pixels // 3 + 60).save(file, "PNG")  # faint
    photo_id = client.post("/api/photos?name=faint.png", content=file.getvalue()).json()["id"]
    route = f"/api/photos/{photo_id}/preview"
    plain, restored = (client.post(route, json={"stages": s}) for s in ([], ["contrast"]))
    assert (read_pixels(plain.content) != read_pixels(restored.content)).any()
    assert json.loads(unquote(plain.headers["x-notes"])) == []
    assert "contrast" in json.loads(unquote(restored.headers["x-notes"]))[0]


def test_recoloring_leaves_sound_color_alone_unless_it_is_forced(
    client: TestClient, color_pixels: NDArray[np.uint8]
) -> None:
    file = io.BytesIO()
    Image.fromarray(color_pixels).save(file, "PNG")
    photo_id = client.post("/api/photos?name=c.png", content=file.getvalue()).json()["id"]
    route = f"/api/photos/{photo_id}/preview"
    left, forced = (
        client.post(route, json={"recolor": {"force": force}}) for force in (False, True)
    )
    assert np.array_equal(read_pixels(left.content), color_pixels)
    assert "needs no recoloring" in unquote(left.headers["x-notes"])
    assert (read_pixels(forced.content) != color_pixels).any()


def test_a_look_is_drawn_small(client: TestClient, photo: str) -> None:
    answer = client.post(f"{photo}/preview?pixels=1200", json={})
    height, width, _ = read_pixels(answer.content).shape
    assert (width, height) == (40, 30)


def test_a_slider_needs_no_pass_of_the_network(
    client: TestClient, photo: str, studio: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for edit in ({}, {"hints": [HINT]}):
        client.post(f"{photo}/preview", json=edit)
    monkeypatch.setattr(type(studio.workbench.preview_colorizer), "predict", None)
    for vividness in (0.1, 0.9):
        edit = {"hints": [HINT], "vividness": vividness}
        assert client.post(f"{photo}/preview", json=edit).status_code == 200
    moved = {"hints": [{**HINT, "points": [[0.6, 0.4]]}]}
    assert client.post(f"{photo}/preview?quick=true", json=moved).status_code == 200


def test_what_cannot_be_done_is_said(client: TestClient, photo: str) -> None:
    dark = {"points": [[0.02, 0.98]], "color": "#ffff00", "radius": 2}
    answer = client.post(f"{photo}/preview", json={"hints": [dark]})
    assert isinstance(json.loads(unquote(answer.headers["x-warnings"])), list)


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        ({"saturation": 9}, "between 0 and 3"),
        ({"warmth": 999}, "between -100 and 100"),
        ({"vividness": "much"}, "vividness"),
        ({"speed": 1}, "speed"),
        ({"hints": [{**HINT, "points": [[2, 0]]}]}, "hints.0.points"),
        ({"hints": [{**HINT, "points": []}]}, "hints.0.points"),
        ({"hints": [{**HINT, "color": "red; url(x)"}]}, "hints.0.color"),
        ({"hints": [{**HINT, "radius": -1}]}, "hints.0.radius"),
        ({"stages": ["magic"]}, "stages"),
        ({"references": ["../../x"]}, "no photo"),
        ({"recolor": {"keep_color": 2}}, "keep_color"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(
    client: TestClient, photo: str, edit: Any, sentence: str
) -> None:
    answer = client.post(f"{photo}/preview", json=edit)
    assert answer.status_code in (404, 422)
    assert sentence in answer.json()["message"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b'{"warmth": NaN}'])
def test_a_message_that_is_no_json_is_refused(
    client: TestClient, photo: str, content: bytes
) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post(f"{photo}/preview", content=content, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.json()["message"]


def test_suggestions_are_the_commands(
    client: TestClient, photo: str, gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_edit(client, photo, hints=[HINT])  # which say nothing here
    found = client.get(f"{photo}/suggestions?x=0.5&y=0.25").json()
    assert run(["suggest", str(gray_file), "50%,25%", "--json", "--network", "compact"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [s["color"] for s in found] == [s["color"] for s in printed]
    assert [s["share"] for s in found] == pytest.approx([s["share"] for s in printed], abs=1e-4)


@pytest.mark.parametrize("place", ["x=2&y=0", "x=nan&y=0", "x=0.5", "x=a&y=b"])
def test_a_place_outside_is_refused(client: TestClient, photo: str, place: str) -> None:
    for route in ("suggestions", "explain/point"):
        assert client.get(f"{photo}/{route}?{place}").status_code == 422


def test_explanations_cover_the_photo_and_sum_to_one(client: TestClient, photo: str) -> None:
    assert read_pixels(client.get(f"{photo}/explain").content).shape == (120, 160, 3)
    point = client.get(f"{photo}/explain/point?x=0.5&y=0.5").json()
    shares = [likely["share"] for likely in point["bins"]]
    assert shares == sorted(shares, reverse=True)
    assert 0.5 < sum(shares) <= 1.0001
    assert 0 <= point["entropy"] <= point["highest"]


EDITS = [
    {},
    {"hints": [HINT, {"points": [[0.7, 0.2]], "color": "gray"}], "warmth": -15, "hue_shift": 20},
    {"vividness": 0.7, "temperature": 0.5, "saturation": 1.3, "render_factor": 8},
    {"stages": ["contrast", "denoise"], "looks": 1, "calm": 0.5},
    {"frame": False, "hints": [{**HINT, "reach": 2.5}]},
    {"scratches": [SCRATCH], "stages": ["contrast"]},
    {"hints": [{"points": [[0.01 * n, 0.5] for n in range(30)], "color": "#3366aa"}]},
]
COLORED_EDITS = [
    {"recolor": {"force": True}, "scratches": [SCRATCH]},
    {"warmth": 20},
    {"recolor": {"force": True, "keep_color": 0.3}, "hints": [HINT], "warmth": 20},
]


def check_command(client: TestClient, photo: str, source: Path, folder: Path) -> None:
    """Compare the result with what the copied command makes."""
    answer = client.get(f"{photo}/command").json()
    for kind in answer["files"]:
        ending = "png" if kind == "scratches" else "json"
        download = client.get(f"{photo}/{kind}.{ending}")
        (folder / name_beside(str(source), kind)).write_bytes(download.content)
    command = shlex.split(answer["command"])
    assert command[0] == "colorize-lab" and str(source) in command
    target = folder / "command.png"
    assert run([*command[1:], "-o", str(target), "--network", "compact", "--threads", "1"]) == 0
    result = client.get(f"{photo}/result")
    assert quote(f"{source.stem}-colorized.png") in result.headers["content-disposition"]
    assert np.array_equal(read_pixels(result.content), read_pixels(target.read_bytes()))


@pytest.mark.parametrize("edit", EDITS)
def test_the_copied_command_makes_equal_pixels(
    client: TestClient,
    photo: str,
    gray_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    edit: Any,
) -> None:
    monkeypatch.chdir(tmp_path)
    save_edit(client, photo, **edit)
    check_command(client, photo, gray_file, tmp_path)


@pytest.mark.parametrize("edit", COLORED_EDITS)
def test_so_does_that_of_a_photo_in_color(
    open_studio: Callable[..., Session],
    connect: Callable[[Session], TestClient],
    color_pixels: NDArray[np.uint8],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    edit: Any,
) -> None:
    source = tmp_path / "colored photo.png"
    Image.fromarray(color_pixels).save(source)
    client = connect(open_studio(source))
    photo = f"/api/photos/{client.get('/api/photos').json()[0]['id']}"
    monkeypatch.chdir(tmp_path)
    save_edit(client, photo, **edit)
    check_command(client, photo, source, tmp_path)


def test_the_recipe_is_that_of_the_result(client: TestClient, photo: str) -> None:
    save_edit(client, photo, vividness=0.7, hints=[HINT])
    recipe = client.get(f"{photo}/recipe.json").json()
    assert recipe["vividness"] == 0.7
    assert recipe["hints"][0]["color"] == "#aa3344"


def test_a_reference_lends_its_colors(
    client: TestClient, photo: str, color_pixels: NDArray[np.uint8]
) -> None:
    file = io.BytesIO()
    Image.fromarray(color_pixels).save(file, "PNG")
    reference = client.post("/api/photos?name=ref.png", content=file.getvalue()).json()["id"]
    plain = read_pixels(client.post(f"{photo}/preview", json={}).content)
    lent = client.post(f"{photo}/preview", json={"references": [reference]})
    assert (read_pixels(lent.content) != plain).any()


@pytest.mark.parametrize("format", ["jpg", "tif", "webp", "png"])
def test_a_result_has_the_format_that_was_asked_for(
    client: TestClient, photo: str, format: str
) -> None:
    answer = client.get(f"{photo}/result?format={format}")
    name = {"jpg": "JPEG", "tif": "TIFF"}.get(format, format.upper())
    assert Image.open(io.BytesIO(answer.content)).format == name
    assert f"gray-colorized.{format}" in answer.headers["content-disposition"]


@pytest.mark.parametrize("query", ["format=exe", "quality=0", "quality=x"])
def test_a_result_in_no_format_is_refused(client: TestClient, photo: str, query: str) -> None:
    assert client.get(f"{photo}/result?{query}").status_code in (422, 507)


def test_saving_never_overwrites_without_a_word(
    client: TestClient, photo: str, gray_file: Path
) -> None:
    saved = client.post(f"{photo}/save", json={"format": "jpg"})
    target = gray_file.with_name("gray-colorized.jpg")
    assert (saved.status_code, saved.json()["name"]) == (200, target.name)
    target.write_bytes(b"mine")
    refused = client.post(f"{photo}/save", json={"format": "jpg"})
    assert (refused.status_code, refused.json()["error"]) == (409, "TargetExistsError")
    assert target.read_bytes() == b"mine"
    assert client.post(f"{photo}/save", json={"format": "jpg", "overwrite": True}).is_success
    assert target.read_bytes() != b"mine"


def test_an_upload_has_no_folder_to_save_in(client: TestClient, photo_bytes: bytes) -> None:
    photo_id = client.post("/api/photos?name=aunt.png", content=photo_bytes).json()["id"]
    answer = client.post(f"/api/photos/{photo_id}/save", json={})
    assert answer.status_code == 422
    assert "download" in answer.json()["message"]


def upload(client: TestClient, pixels: NDArray[np.uint8], name: str) -> str:
    """Drop a photo on the page."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    answer = client.post(f"/api/photos?name={name}", content=file.getvalue())
    identifier: str = answer.json()["id"]
    return identifier


def measure_error(pixels: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    return float(np.abs(measure_lab(pixels) - measure_lab(truth))[..., 1:].mean())


def test_an_exemplar_lends_colors_to_the_same_things(
    client: TestClient, color_pixels: NDArray[np.uint8]
) -> None:
    gray = np.asarray(Image.fromarray(color_pixels).convert("L"))
    photo = f"/api/photos/{upload(client, gray, 'twin.png')}"
    example = upload(client, color_pixels, "example.png")
    plain = read_pixels(client.post(f"{photo}/preview", json={}).content)
    lent = read_pixels(client.post(f"{photo}/preview", json={"likes": [example]}).content)
    assert measure_error(lent, color_pixels) < 0.7 * measure_error(plain, color_pixels)
    save_edit(client, photo, likes=[example])
    assert "--like example.png" in client.get(f"{photo}/command").json()["command"]
    result = read_pixels(client.get(f"{photo}/result?format=png").content)
    assert measure_error(result, color_pixels) < 0.7 * measure_error(plain, color_pixels)


def test_a_photo_follows_the_hints_of_another(
    client: TestClient, color_pixels: NDArray[np.uint8]
) -> None:
    gray = np.asarray(Image.fromarray(color_pixels).convert("L"))
    views = {"a.png": gray, "b.png": np.ascontiguousarray(gray[:, ::-1])}
    first, second = (f"/api/photos/{upload(client, view, name)}" for name, view in views.items())
    example = first.rpartition("/")[2]
    followed = [read_pixels(client.post(f"{second}/preview", json={"likes": [example]}).content)]
    save_edit(client, first, hints=[HINT], likes=[second.rpartition("/")[2]])
    followed.append(
        read_pixels(client.post(f"{second}/preview", json={"likes": [example]}).content)
    )
    difference = np.abs(measure_lab(followed[1]) - measure_lab(followed[0]))[..., 1:]
    assert difference.max() > 8
    save_edit(client, second, likes=[example])
    assert "--like a-colorized.png" in client.get(f"{second}/command").json()["command"]


def test_an_exemplar_that_is_not_there_is_refused(client: TestClient, photo: str) -> None:
    answer = client.post(f"{photo}/preview", json={"likes": ["../../x"]})
    assert answer.status_code == 404
