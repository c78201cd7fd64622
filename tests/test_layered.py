"""Layers of a colored photo: mixed as the standards say, they are the photo again."""

from __future__ import annotations

import io
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode
from skimage.data import astronaut

from colorize_lab import array_to_photo
from colorize_lab.cli.main import run
from colorize_lab.color import rgb_to_lab, rgb_to_lightness
from colorize_lab.errors import MissingExtraError, OutputError
from colorize_lab.hints.hint import parse_hint
from colorize_lab.layered import make_color_layer, split_layers
from colorize_lab.photo import Metadata
from colorize_lab.photo.layers import write_layers

PIXELS = np.ascontiguousarray(astronaut()[60:140, 180:300])
# Luma of W3C Compositing and Blending Level 1, 10.3 ("Non-separable blend modes").
LUMA = np.array([0.3, 0.59, 0.11])


def blend_color(below: NDArray[Any], above: NDArray[Any]) -> NDArray[Any]:
    """Mix in mode color, by the W3C's SetLum and ClipColor."""
    mixed = above + ((below - above) @ LUMA)[..., np.newaxis]
    luma = (mixed @ LUMA)[..., np.newaxis]
    low, high = mixed.min(axis=-1, keepdims=True), mixed.max(axis=-1, keepdims=True)
    lifted = luma + (mixed - luma) * luma / np.maximum(luma - low, 1e-9)
    mixed = np.where(low < 0, lifted, mixed)
    lowered = luma + (mixed - luma) * (1 - luma) / np.maximum(high - luma, 1e-9)
    return np.where(high > 1, lowered, mixed)


def read_png(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    samples = np.asarray(Image.open(io.BytesIO(archive.read(name))))
    floats = samples / (65535 if samples.dtype == np.int32 else np.iinfo(samples.dtype).max)
    return floats if floats.ndim == 3 else floats[..., np.newaxis].repeat(3, axis=2)


def test_open_raster_mixes_to_the_photo(tmp_path: Path) -> None:
    photo = replace(array_to_photo(PIXELS), metadata=Metadata(dpi=(300, 300)))
    path = tmp_path / "a.ora"
    write_layers(split_layers(photo), path)
    with zipfile.ZipFile(path) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"image/openraster"
        image = ElementTree.fromstring(archive.read("stack.xml"))
        assert [image.get(key) for key in ("w", "h", "xres")] == ["120", "80", "300"]
        color, gray = image.iter("layer")
        assert color.get("composite-op") == "svg:color"
        assert gray.get("composite-op") == "svg:src-over"
        below, above = (read_png(archive, str(layer.get("src"))) for layer in (gray, color))
        merged = read_png(archive, "mergedimage.png")
        thumbnail = Image.open(io.BytesIO(archive.read("Thumbnails/thumbnail.png")))
    assert max(thumbnail.size) <= 256
    assert np.abs(merged * 255 - PIXELS).max() < 0.6
    assert np.ptp(below, axis=2).max() == 0
    assert np.abs(blend_color(below, above) - merged).mean() < 0.02
    # Lying upside down, they are not: the test can tell.
    assert np.abs(blend_color(above, below) - merged).mean() > 0.05


def test_gray_layer_has_the_lightness_of_the_photo() -> None:
    photo = array_to_photo(PIXELS.astype(np.uint16) * 257)
    gray, color = split_layers(photo).layers
    lightness = rgb_to_lightness(photo.rgb)
    assert np.abs(rgb_to_lightness(np.ascontiguousarray(gray.rgb)) - lightness).max() < 0.01
    assert color.rgb is photo.rgb


def test_layers_keep_16_bits_and_transparency(tmp_path: Path) -> None:
    alpha = np.linspace(0, 1, 120, dtype=np.float32)[np.newaxis].repeat(80, axis=0)
    photo = replace(array_to_photo(PIXELS.astype(np.uint16) * 257), alpha=alpha)
    write_layers(split_layers(photo), tmp_path / "a.ora")
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        for name in ("data/layer0.png", "data/layer1.png", "mergedimage.png"):
            header = archive.read(name)[16:26]
            assert header[8:] == bytes((16, 6))  # 16 bits, RGBA


@pytest.mark.parametrize("suffix", [".ora", ".psd"])
def test_hints_are_a_layer_of_their_own(tmp_path: Path, suffix: str) -> None:
    photo = array_to_photo(PIXELS)
    layered = split_layers(photo, (parse_hint("30,20=navy"), parse_hint("50%,50%=#c03020")))
    assert [layer.name for layer in layered.layers] == ["Photo", "Color", "Hints"]
    hints = layered.layers[2]
    assert hints.alpha is not None
    assert hints.alpha[20, 30] == hints.alpha[40, 60] == 1 and hints.alpha.mean() < 0.2
    assert rgb_to_lab(hints.rgb)[20, 30, 2] < -5 and rgb_to_lab(hints.rgb)[40, 60, 1] > 5
    write_layers(layered, tmp_path / f"a{suffix}")


def test_photoshop_documents_open_with_their_layers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.psd"
    write_layers(split_layers(array_to_photo(PIXELS)), path)
    assert not caplog.text
    document = PSDImage.open(path)
    modes = {layer.name: layer.blend_mode for layer in document}
    assert modes == {"Photo": BlendMode.NORMAL, "Color": BlendMode.COLOR}
    with Image.open(path) as image:  # another reader, of the merged picture
        assert np.abs(np.asarray(image)[..., :3].astype(int) - PIXELS).mean() < 6
        assert image.info["icc_profile"][16:20] == b"RGB "
    write_layers(split_layers(array_to_photo(PIXELS.astype(np.uint16))), path, overwrite=True)
    assert "8 bits" in caplog.text


def test_chroma_alone_is_even_in_lightness() -> None:
    photo = array_to_photo(PIXELS)
    lab, chroma = rgb_to_lab(photo.rgb), rgb_to_lab(make_color_layer(photo).rgb)
    assert np.ptp(chroma[..., 0]) < 0.01
    close = np.abs(chroma[..., 1:] - lab[..., 1:]).max(axis=2) < 0.1
    assert close.mean() > 0.9  # what sRGB can show at that lightness


def test_other_endings_and_files_that_exist_are_refused(tmp_path: Path) -> None:
    layered = split_layers(array_to_photo(PIXELS))
    with pytest.raises(OutputError, match=r"\.ora or \.psd"):
        write_layers(layered, tmp_path / "a.xcf")
    (tmp_path / "a.ora").write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        write_layers(layered, tmp_path / "a.ora")
    assert (tmp_path / "a.ora").read_text() == "mine"


def test_the_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psd_tools", None)
    with pytest.raises(MissingExtraError, match=r"\[psd\]"):
        write_layers(split_layers(array_to_photo(PIXELS)), tmp_path / "a.psd")


def test_the_command_writes_layers(
    tmp_path: Path, gray_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ora, chroma = tmp_path / "a.ora", tmp_path / "c.png"
    words = [str(gray_file), "-o", str(tmp_path / "r.png"), "--render-factor", "2"]
    layers = ["--layers", str(ora), "--color-layer", str(chroma)]
    assert run([*words, *layers, "--hint", "50%,50%=red"]) == 0
    with zipfile.ZipFile(ora) as archive, Image.open(tmp_path / "r.png") as result:
        assert len(archive.namelist()) == 7
        merged = np.asarray(Image.open(io.BytesIO(archive.read("mergedimage.png"))))
        assert np.array_equal(merged, np.asarray(result))
    assert np.ptp(np.asarray(Image.open(chroma)), axis=2).max() > 0
    capsys.readouterr()
    assert run([*words, *layers, "--overwrite", "--compare"]) == 2
    assert "mutually exclusive" in capsys.readouterr().err
    assert run([str(gray_file), str(chroma), *layers]) == 2
    assert "single photo" in capsys.readouterr().err
    assert run([*words, "--layers", str(tmp_path / "a.gif")]) == 6
