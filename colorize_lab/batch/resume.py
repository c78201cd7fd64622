"""Resuming: decide what remains to be done from existing results and the manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from colorize_lab.batch.forecast import foresee_results
from colorize_lab.batch.manifest import Past, full_name, read_manifest
from colorize_lab.batch.names import Job
from colorize_lab.batch.one_photo import PhotoWork
from colorize_lab.batch.result import Result
from colorize_lab.networks import choose_parts, describe_blend, hash_blend
from colorize_lab.networks.files import read_weights
from colorize_lab.recipe import Recipe
from colorize_lab.system.stamp import is_unchanged

__all__ = ["describe_job", "describe_settings", "judge_jobs", "preview_jobs"]

INTERRUPTED = "an earlier run was interrupted while processing it"
FAILED = "it failed in an earlier run"


def preview_jobs(
    jobs: Sequence[Job],
    work: PhotoWork,
    *,
    manifest: Path | None = None,
    aside: Sequence[Result] = (),
) -> Generator[Result, None, None]:
    """Tell what is to be done (``planned``) and what already exists (``skipped``).

    For a recoloring, each photo is diagnosed and the diagnosis reported; nothing is written.

    Parameters
    ----------
    jobs : sequence of Job
        From :func:`colorize_lab.batch.plan_jobs`.
    work : PhotoWork
        The same for all.
    manifest : Path, optional
        Of earlier runs; it is only read.
    aside : sequence of Result
        What was left aside; yielded first.
    """
    yield from aside
    pasts = {} if manifest is None else read_manifest(manifest)
    described = describe_settings(work) if pasts else {}
    results = (result for _, result in judge_jobs(jobs, work, pasts, described))
    yield from foresee_results(results, work)


def judge_jobs(
    jobs: Sequence[Job],
    work: PhotoWork,
    pasts: Mapping[str, Past],
    described: Mapping[str, Any],
) -> Iterator[tuple[Job, Result]]:
    """Decide for each job whether to plan or skip it; a reason means processing it again."""
    for job in jobs:
        result = Result(str(job.source), str(job.target), state="planned")
        past = pasts.get(full_name(job.target))
        exists = job.target.exists()
        if past is not None and not exists:
            result = replace(result, reason=explain_absence(past))
        elif exists and not work.writing.overwrite:
            result = judge_existing(job, result, past, describe_job(job, described))
        anew = result.reason if result.state == "planned" else None
        yield replace(job, anew=anew, replaces=exists and anew is not None), result


def judge_existing(
    job: Job, planned: Result, past: Past | None, wanted: Mapping[str, Any]
) -> Result:
    """Decide of a job whose result is there; what others made is never replaced."""
    skipped = replace(planned, state="skipped")
    if past is None:
        return skipped
    if past.state == "started":  # what lies there is that run's, or what it was to replace
        return replace(planned, reason=INTERRUPTED)
    change = find_change(job, past, wanted)
    if past.target_stamp is None:
        return skipped
    if not is_unchanged(job.target, past.target_stamp):
        cause = "" if change is None else f"{change}, but "
        return replace(skipped, reason=f"{cause}the result was edited since")
    return skipped if change is None else replace(planned, reason=change)


def explain_absence(past: Past) -> str:
    """Say why a result is not there though an earlier run has worked on it."""
    causes = {
        "started": INTERRUPTED,
        "failed": FAILED,
        "left alone": "an earlier run left it alone",
    }
    return causes.get(past.state, "its result is gone")


def find_change(job: Job, past: Past, wanted: Mapping[str, Any]) -> str | None:
    """Return why a result is out of date; None if it is current."""
    if past.state == "failed":
        return FAILED
    if past.source != full_name(job.source):
        return "it was made from another photo"
    if past.source_stamp is not None and not is_unchanged(job.source, past.source_stamp):
        return "the photo has changed"
    same = past.settings == json.dumps(wanted, sort_keys=True)
    return None if same else "the settings or the network have changed"


def describe_settings(work: PhotoWork) -> dict[str, Any]:
    """Say, as JSON's types, what decides how results look; no network is loaded.

    Raises
    ------
    UnknownNetworkError, InputError
        When the network is not there.
    """
    treatment, writing = work.treatment, work.writing
    return {
        "recipe": describe_recipe(treatment.recipe),
        "quality": writing.quality,
        "output_profile": writing.output_profile,
        "compression": writing.compression,
        "pages": writing.pages,
        "compare": treatment.compare,
        "provenance": treatment.provenance,
    }


def describe_job(job: Job, described: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put a photo's own recipe, if it has one, into the description of the batch's settings."""
    if job.recipe is None or not described:
        return described
    return {**described, "recipe": describe_recipe(job.recipe)}


def describe_recipe(recipe: Recipe) -> dict[str, Any]:
    """Say what a recipe comes to with the network that is installed."""
    network = recipe.network
    if network is None:
        return {"stages": [dict(stage.describe()) for stage in recipe.stages]}
    parts = choose_parts(network)
    spec = describe_blend(parts)
    sha256 = hash_blend(
        hashlib.sha256(read_weights(part.installed.weights)).hexdigest() for part in parts
    )
    named = replace(recipe, network=spec.name) if isinstance(network, str) else recipe
    complete = named.complete(spec, sha256)
    return {
        "network": spec.name,
        "weights_sha256": sha256,
        **json.loads(complete.to_json()),
    }
