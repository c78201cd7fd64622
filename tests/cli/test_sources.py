"""Files beside the result: none replaces a source, the result or another, even by --overwrite."""

from pathlib import Path

import pytest

from colorize_lab.cli.main import run

FAST = ["--render-factor", "2", "--threads", "1", "--overwrite"]


@pytest.mark.parametrize(
    "words",
    [
        ["{}", "--variants", "{}", *FAST],
        ["{}", "--color-layer", "{}", *FAST],
        ["{}", "-o", "-", "--color-layer", "{}", *FAST],
        ["restore", "{}", "--stages", "scratches", "--save-mask", "{}", "--overwrite"],
        ["explain", "{}", "-o", "{}", "--overwrite"],
        ["explain", "{}", "-o", "figure.png", "--save-distribution", "{}", "--overwrite"],
        ["album", "album", "--sheet", "{}", *FAST],
    ],
)
def test_source_is_never_overwritten(
    gray_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "album" / "photo.png"
    source.parent.mkdir()
    source.write_bytes(gray_file.read_bytes())
    assert run([word.format(source) for word in words]) == 6
    assert "photo.png would overwrite a source" in capsys.readouterr().err
    assert source.read_bytes() == gray_file.read_bytes()
    assert list(source.parent.iterdir()) == [source]


def test_result_and_color_layer_need_two_names(
    gray_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "result.png")
    assert run([str(gray_file), "-o", target, "--color-layer", target, *FAST]) == 6
    assert "--color-layer and another result are both" in capsys.readouterr().err
    assert not Path(target).exists()


def test_album_checks_the_sheet_before_the_work(
    gray_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    album, out = tmp_path / "album", tmp_path / "out"
    album.mkdir()
    (album / "photo.png").write_bytes(gray_file.read_bytes())
    sheet = str(tmp_path / "sheet.xyz")
    assert run(["album", str(album), "-o", str(out), "--sheet", sheet, *FAST]) == 6
    assert ".xyz" in capsys.readouterr().err
    assert not out.exists()


def test_recipe_names_an_unknown_entry(
    gray_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text('{"version": 1, "groups": []}')
    assert run([str(gray_file), "--recipe", str(recipe)]) == 12
    assert "unknown entry 'groups'; remove it" in capsys.readouterr().err


def test_json_file_without_an_object_is_not_taken_for_a_photo(
    gray_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text("[]")
    assert run([str(gray_file), "--recipe", str(recipe)]) == 12
    assert "one JSON object" in capsys.readouterr().err


def test_format_of_variants_is_checked_before_the_photo_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"x")
    assert run([str(broken), "--variants", str(tmp_path / "sheet.xyz")]) == 6
    assert ".xyz" in capsys.readouterr().err
