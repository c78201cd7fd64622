"""Many photos, from files to files: what there is to do, and the doing of it."""

from colorize_lab.batch.names import Job, OutputOptions, plan_jobs
from colorize_lab.batch.one_photo import (
    WorkSettings,
    make_colorizer,
    process_photo,
    render_photo,
    save_mask,
)
from colorize_lab.batch.result import Result
from colorize_lab.batch.resume import preview_jobs
from colorize_lab.batch.run import run_jobs
from colorize_lab.batch.sources import find_photos

__all__ = [
    "Job",
    "OutputOptions",
    "Result",
    "WorkSettings",
    "find_photos",
    "make_colorizer",
    "plan_jobs",
    "preview_jobs",
    "process_photo",
    "render_photo",
    "run_jobs",
    "save_mask",
]
