"""No file is written outside of the folder for results, whatever names and links say."""

from __future__ import annotations

import json
import os
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from colorize_lab.batch import (
    OutputOptions,
    PhotoWork,
    WriteOptions,
    find_photos,
    plan_jobs,
    run_jobs,
)
from colorize_lab.errors import ColorizeLabError, InputError, NetworkFileError, OutputError
from colorize_lab.networks.spec import parse_spec
from colorize_lab.photo import read_photo
from colorize_lab.recipe import Recipe
from colorize_lab.treatment import Treatment
from tests.helpers.photo_files import make_smooth, save
from tests.helpers.tiny_network import ENTRY

needs_links = pytest.mark.skipif(os.name == "nt", reason="Windows asks for a right to make links")
PHOTO = save(make_smooth(12, 16), "PNG")


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Make a folder with a photo in a folder of its own."""
    folder = tmp_path / "scans" / "album"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(PHOTO)
    return tmp_path / "scans"


def restore(scans: Path, output: Path, *, overwrite: bool = False) -> list[str]:
    """Restore all photos, which loads no network; return how each went."""
    photos = find_photos([str(scans)], recursive=True)
    jobs = plan_jobs(photos, OutputOptions(output, ""))
    settings = PhotoWork(Treatment(Recipe(network=None)), writing=WriteOptions(overwrite=overwrite))
    return [result.state for result in run_jobs(jobs, settings)]


@needs_links
def test_a_linked_folder_among_the_results_leads_nowhere(scans: Path, tmp_path: Path) -> None:
    output, elsewhere = tmp_path / "output", tmp_path / "elsewhere"
    output.mkdir()
    elsewhere.mkdir()
    (output / "album").symlink_to(elsewhere)
    with pytest.raises(OutputError, match="leads out of"):
        restore(scans, output)
    assert list(elsewhere.iterdir()) == []


@needs_links
def test_the_results_folder_itself_may_be_a_link(scans: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "output").symlink_to(tmp_path / "disk")
    assert restore(scans, tmp_path / "output") == ["done"]
    assert (tmp_path / "disk" / "album" / "a.png").is_file()


@needs_links
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_linked_result_is_replaced_or_kept_and_never_written_through(
    scans: Path, tmp_path: Path, overwrite: bool
) -> None:
    victim, target = tmp_path / "victim", tmp_path / "output" / "album" / "a.png"
    victim.write_bytes(b"precious")
    target.parent.mkdir(parents=True)
    target.symlink_to(victim)
    assert restore(scans, tmp_path / "output", overwrite=overwrite) == [
        "done" if overwrite else "skipped"
    ]
    assert victim.read_bytes() == b"precious"
    assert target.is_symlink() is not overwrite


@needs_links
def test_a_link_to_nothing_is_not_filled(scans: Path, tmp_path: Path) -> None:
    target = tmp_path / "output" / "album" / "a.png"
    target.parent.mkdir(parents=True)
    target.symlink_to(tmp_path / "victim")
    assert restore(scans, tmp_path / "output") == ["failed"]
    assert not (tmp_path / "victim").exists()


@pytest.mark.skipif(find_spec("torch") is None, reason="needs the extra train")
def test_names_in_a_zip_write_nothing(tmp_path: Path) -> None:
    from colorize_lab.training.photos import load_photos

    archive = tmp_path / "inside" / "photos.zip"
    archive.parent.mkdir()
    with zipfile.ZipFile(archive, "w") as file:
        for name in ("../up.png", "/absolute.png", "C:\\drive.png", "a/../../b.png", "plain.png"):
            file.writestr(name, PHOTO)
    before = sorted(tmp_path.rglob("*"))
    train, validation = load_photos([archive], side=8, held_out=0.5)
    assert len(train) + len(validation) == 5
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("/absolute.png").exists()


@pytest.mark.parametrize("name", ["../weights", "/etc/passwd", "a/b", "..", "", "C:\\x"])
@pytest.mark.parametrize("key", ["weights", "bins"])
def test_a_network_names_files_of_its_own_folder(key: str, name: str, tmp_path: Path) -> None:
    with pytest.raises(NetworkFileError, match=key):
        parse_spec(json.dumps({**ENTRY, key: name}), tmp_path / "network.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipes_and_devices_are_no_photos(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    for source in (tmp_path / "pipe.png", Path("/dev/zero")):
        with pytest.raises(InputError, match="not a regular file"):
            read_photo(source)


@pytest.mark.parametrize("name", ["-o.png", "--help.png", "http:evil.png", "a\nb.png", "%s{0}.png"])
def test_odd_names_are_names(name: str, tmp_path: Path) -> None:
    if os.name == "nt" and set(name) & set(":\n"):
        pytest.skip("no such names here")
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / name).write_bytes(PHOTO)
    assert restore(tmp_path / "scans", tmp_path / "output") == ["done"]
    assert [path.name for path in (tmp_path / "output").iterdir()] == [name]


def test_every_error_has_an_exit_code_of_its_own_cause() -> None:
    kinds = [ColorizeLabError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert all(kind.exit_code not in (0, 1, 2, 70, 130) for kind in kinds[1:])
