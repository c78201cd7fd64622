"""Many photos, from files to files: what there is to do, and the doing of it."""

from colorize_lab.batch.plan import Job, OutputOptions, plan_jobs
from colorize_lab.batch.result import Result
from colorize_lab.batch.resume import preview_jobs
from colorize_lab.batch.run import run_jobs
from colorize_lab.batch.sources import find_photos
from colorize_lab.batch.work import (
    WorkSettings,
    collect_warnings,
    make_colorizer,
    name_shortage,
    process_photo,
    render_photo,
    save_mask,
)

__all__ = [
    "Job",
    "OutputOptions",
    "Result",
    "WorkSettings",
    "collect_warnings",
    "find_photos",
    "make_colorizer",
    "name_shortage",
    "plan_jobs",
    "preview_jobs",
    "process_photo",
    "render_photo",
    "run_jobs",
    "save_mask",
]
