"""What a later run does again, by what it finds and by what the manifest knows."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from colorize_lab import Recipe
from colorize_lab.batch import (
    Job,
    PhotoWork,
    Result,
    preview_jobs,
    process_photo,
    run_jobs,
)
from colorize_lab.batch.manifest import read_manifest
from colorize_lab.batch.resume import describe_settings, judge_jobs
from colorize_lab.errors import InputError
from colorize_lab.loading import LoadOptions
from colorize_lab.restore import Denoise, Scratches
from colorize_lab.system.stamp import take_stamp
from colorize_lab.treatment import Treatment

SETTINGS = PhotoWork(Treatment(Recipe(2, network="compact")), LoadOptions(threads=1))


@pytest.fixture
def job(tmp_path: Path, gray_file: Path) -> Job:
    return Job(gray_file, tmp_path / "out" / "gray.png")


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return tmp_path / "m.jsonl"


def run_one(job: Job, manifest: Path, settings: PhotoWork = SETTINGS) -> Result:
    (told,) = preview_jobs([job], settings, manifest=manifest)
    (result,) = run_jobs([job], settings, manifest=manifest)
    assert (told.state == "skipped") == (result.state == "skipped")
    assert told.reason == result.reason
    return result


def read_records(manifest: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]


def forge(manifest: Path, **changes: object) -> None:
    (record,) = read_records(manifest)
    manifest.write_text(json.dumps({**record, **changes}) + "\n")


def change_settings(*, recipe: dict[str, Any] | None = None, **parts: dict[str, Any]) -> PhotoWork:
    """Change some fields of the parts of SETTINGS."""
    changed = replace(
        SETTINGS, **{name: replace(getattr(SETTINGS, name), **part) for name, part in parts.items()}
    )
    treatment = changed.treatment
    return replace(
        changed,
        treatment=replace(treatment, recipe=replace(treatment.recipe, **(recipe or {}))),
    )


def test_record_says_what_was_made_of_what(job: Job, manifest: Path) -> None:
    assert run_one(job, manifest).state == "done"
    (record,) = read_records(manifest)
    assert (record["source"], record["target"]) == (str(job.source), str(job.target))
    for stamp, path in ((record["source_stamp"], job.source), (record["target_stamp"], job.target)):
        expected = take_stamp(path)
        assert expected is not None
        assert stamp == vars(expected)
    assert record["settings"]["recipe"]["network"] == "compact"
    assert record["engine"] in ("opencv", "onnxruntime", "openvino")
    assert record["settings"]["recipe"]["render_factor"] == 2
    assert record["seconds"] > 0


def test_done_and_unchanged_is_skipped(job: Job, manifest: Path) -> None:
    run_one(job, manifest)
    before = manifest.read_bytes()
    assert run_one(job, manifest).state == "skipped"
    assert manifest.read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        {"recipe": {"saturation": 0.5}},
        {"writing": {"quality": 50}},
        {"recipe": {"stages": (Denoise(),)}},
        {"treatment": {"provenance": False}},
        {"recipe": {"network": None, "stages": (Denoise(),)}},
    ],
)
def test_other_settings_make_anew(job: Job, manifest: Path, change: dict[str, Any]) -> None:
    run_one(job, manifest)
    before = job.target.read_bytes()
    changed = change_settings(**change)
    result = run_one(job, manifest, changed)
    assert (result.state, result.reason) == ("done", "the settings or the network have changed")
    if "writing" not in change:  # which means nothing to a PNG
        assert job.target.read_bytes() != before
    assert run_one(job, manifest, changed).state == "skipped"


def test_what_changes_no_pixel_is_no_other_setting(job: Job, manifest: Path) -> None:
    run_one(job, manifest)
    same = change_settings(loading={"threads": 2, "device": "cpu"}, writing={"max_megapixels": 9})
    assert run_one(job, manifest, same).state == "skipped"


def test_changed_photo_is_made_anew_and_a_touched_one_is_not(job: Job, manifest: Path) -> None:
    run_one(job, manifest)
    job.source.touch()
    assert run_one(job, manifest).state == "skipped"
    job.source.write_bytes(job.source.read_bytes() + b" ")
    result = run_one(job, manifest)
    assert (result.state, result.reason) == ("done", "the photo has changed")


def test_lost_result_is_made_again(job: Job, manifest: Path) -> None:
    run_one(job, manifest)
    job.target.unlink()
    result = run_one(job, manifest)
    assert (result.state, result.reason) == ("done", "its result is gone")


def test_lost_result_that_another_run_makes_meanwhile_is_kept(job: Job, manifest: Path) -> None:
    run_one(job, manifest)
    job.target.unlink()
    ((judged, _),) = judge_jobs(
        [job], SETTINGS, read_manifest(manifest), describe_settings(SETTINGS)
    )
    job.target.write_bytes(b"another run's")
    assert process_photo(judged, None, change_settings(recipe={"network": None})).exit_code == 6
    assert job.target.read_bytes() == b"another run's"


def test_result_that_was_edited_is_never_replaced(job: Job, manifest: Path) -> None:
    run_one(job, manifest)
    job.target.write_bytes(b"my own retouching")
    result = run_one(job, manifest)
    assert (result.state, result.reason) == ("skipped", "the result was edited since")
    job.source.write_bytes(job.source.read_bytes() + b" ")
    result = run_one(job, manifest)
    assert result.state == "skipped"
    assert "edited" in str(result.reason)
    assert job.target.read_bytes() == b"my own retouching"
    assert run_one(job, manifest, change_settings(writing={"overwrite": True})).state == "done"


def test_result_that_the_manifest_does_not_know_is_kept(job: Job, manifest: Path) -> None:
    job.target.parent.mkdir()
    job.target.write_bytes(b"another program's")
    for _ in range(2):
        assert run_one(job, manifest).state == "skipped"
    assert [record["state"] for record in read_records(manifest)] == ["skipped"]
    job.target.unlink()
    assert run_one(job, manifest).state == "done"


def test_failed_one_is_tried_again(job: Job, manifest: Path) -> None:
    good = job.source.read_bytes()
    job.source.write_bytes(good[:100])
    assert run_one(job, manifest).state == "failed"
    (record,) = read_records(manifest)
    assert (record["state"], record["exit_code"]) == ("failed", 4)
    assert str(job.source) in record["error"]
    job.source.write_bytes(good)
    result = run_one(job, manifest)
    assert (result.state, result.reason) == ("done", "it failed in an earlier run")


def test_interrupted_one_is_made_again_whatever_lies_there(job: Job, manifest: Path) -> None:
    run_one(job, manifest)
    good = job.target.read_bytes()
    forge(manifest, state="started")
    job.target.write_bytes(b"of the run that was killed, or of the one before")
    assert "interrupted" in str(run_one(job, manifest).reason)
    assert job.target.read_bytes() == good


def test_same_result_of_another_photo_is_made_anew(
    job: Job, manifest: Path, tmp_path: Path
) -> None:
    run_one(job, manifest)
    other = tmp_path / "other.png"
    shutil.copy2(job.source, other)
    assert run_one(replace(job, source=other), manifest).reason == "it was made from another photo"


def test_dry_run_writes_no_manifest(job: Job, manifest: Path) -> None:
    assert [r.state for r in preview_jobs([job], SETTINGS, manifest=manifest)] == ["planned"]
    assert not manifest.exists()


def test_weights_are_a_part_of_the_settings(job: Job, tmp_path: Path) -> None:
    from colorize_lab.networks import InstalledNetwork, find_network

    compact = find_network("compact")
    changed = tmp_path / "weights"
    changed.write_bytes(compact.weights.read_bytes() + b"\0")
    other = change_settings(recipe={"network": InstalledNetwork(compact.spec, changed)})
    same = change_settings(recipe={"network": compact})
    assert describe_settings(same) == describe_settings(SETTINGS)
    assert describe_settings(other) != describe_settings(SETTINGS)
    changed.unlink()
    with pytest.raises(InputError):
        describe_settings(other)


@pytest.mark.parametrize("flip", [lambda m: ~m, lambda m: m.T])
def test_masks_are_told_apart(flip: Callable[[Any], Any]) -> None:
    import numpy as np

    mask = np.zeros((4, 6), bool)
    mask[1] = True
    one = describe_settings(
        PhotoWork(Treatment(Recipe(network=None, stages=(Scratches(mask=mask),))))
    )
    two = describe_settings(
        PhotoWork(Treatment(Recipe(network=None, stages=(Scratches(mask=flip(mask)),))))
    )
    assert one != two
    assert one == describe_settings(
        PhotoWork(Treatment(Recipe(network=None, stages=(Scratches(mask=mask),))))
    )
