"""Formats for cutters, archives and browsers, and folders of frames at their depth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import RecipeError, VideoError
from colorize_lab.recipe import Recipe
from colorize_lab.video.io.facts import require_facts
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_planes
from colorize_lab.video.render import render_film
from colorize_lab.video.settings import FilmSettings
from tests.helpers.clips import call_ffmpeg, make_film


@pytest.fixture(scope="module")
def quick(colorizer: Colorizer) -> Colorizer:
    return colorizer.with_recipe(Recipe(render_factor=4))


@pytest.fixture(scope="module")
def deep_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gray, ten bits, with PCM, large enough for DNxHR."""
    path = tmp_path_factory.mktemp("deep") / "a.mkv"
    gray = ["-vf", "format=gray", "-pix_fmt", "yuv420p10le", "-c:v", "ffv1", "-c:a", "pcm_s16le"]
    return make_film(path, *gray, count=3, sound=0.2, width=256, height=144)


@pytest.mark.parametrize(
    ("name", "profile", "codec", "pixels"),
    [
        ("prores", None, "prores", "yuv422p10le"),
        ("prores", "4444", "prores", "yuv444p10le"),
        ("dnxhr", None, "dnxhd", "yuv422p10le"),
        ("dnxhr", "sq", "dnxhd", "yuv422p"),
        ("ffv1", None, "ffv1", "yuv420p10le"),
        ("archive", None, "ffv1", "yuv420p10le"),
        ("web", None, "h264", "yuv420p"),
    ],
)
def test_formats(
    name: str, profile: str | None, codec: str, pixels: str, deep_film: Path, quick: Colorizer,
    tmp_path: Path,
) -> None:  # fmt: skip
    settings = FilmSettings(format=name, profile=profile, skip_colored=False)
    target = tmp_path / f"a{settings.extension}"
    render_film(deep_film, target, settings, quick)
    facts = require_facts(target)
    pictures, sound = facts.streams
    assert pictures.pixels is not None
    assert (pictures.codec, pictures.pixels.name.replace("12le", "10le")) == (codec, pixels)
    assert sound.codec == ("aac" if name == "web" else "pcm_s16le")
    if codec == "ffv1":
        films = (read_planes(probe_film(path)) for path in (deep_film, target))
        pairs = zip(*films, strict=True)
        assert all(np.array_equal(one.luma, other.luma) for one, other in pairs)


def test_pcm_is_not_left_silent_in_mp4(deep_film: Path, quick: Colorizer, tmp_path: Path) -> None:
    result = render_film(deep_film, tmp_path / "a.mp4", FilmSettings(skip_colored=False), quick)
    assert any("becomes aac: most players are silent" in note for note in result.warnings)
    assert require_facts(tmp_path / "a.mp4").streams[1].codec == "aac"


@pytest.mark.parametrize(("codec", "depth"), [("png", 16), ("tiff", 16), ("png", 8), ("tiff", 8)])
def test_folders_keep_their_depth(codec: str, depth: int, quick: Colorizer, tmp_path: Path) -> None:
    from colorize_lab.photo import read_photo

    folder = tmp_path / "in"
    folder.mkdir()
    top = (1 << depth) - 1
    dtype = np.uint8 if depth == 8 else np.uint16
    ramp = np.linspace(0, top, 48 * 64).reshape(48, 64).astype(dtype)
    for number in range(3):
        Image.fromarray(np.roll(ramp, number)).save(folder / f"{number}.png")
    render_film(folder, tmp_path / "out", FilmSettings(codec=codec), quick)
    written = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in written] == [f"{number}.{codec}" for number in range(3)]
    photo = read_photo(written[1])
    assert photo.bit_depth == depth
    luma = photo.rgb @ np.float32([0.2126, 0.7152, 0.0722])
    assert np.abs(luma * top - np.roll(ramp, 1)).max() <= 1


def test_dpx_is_written_at_ten_bits(deep_film: Path, quick: Colorizer, tmp_path: Path) -> None:
    render_film(deep_film, tmp_path / "out", FilmSettings(codec="dpx", skip_colored=False), quick)
    path = tmp_path / "out" / "00000001.dpx"
    data = call_ffmpeg("-i", path, "-pix_fmt", "gbrp10le", "-f", "rawvideo", "-")
    assert np.frombuffer(data, np.uint16).max() > 255


def test_contradictions_are_refused(deep_film: Path, quick: Colorizer, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="mutually exclusive; pass one of them"):
        FilmSettings(format="prores", codec="ffv1")
    with pytest.raises(RecipeError, match="is not a format"):
        FilmSettings(format="vhs")
    for settings in (FilmSettings(format="prores", profile="sq"), FilmSettings(profile="hq")):
        with pytest.raises(VideoError, match="has no profile"):
            render_film(deep_film, tmp_path / "a.mov", settings, quick)
    with pytest.raises(VideoError, match="cannot store 8 bits"):
        render_film(deep_film, tmp_path / "a.mov", FilmSettings(format="prores", depth=8), quick)
