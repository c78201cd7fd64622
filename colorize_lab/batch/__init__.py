"""Batches of photos: planning and running."""

from colorize_lab.batch.aside import count_kinds
from colorize_lab.batch.names import Job, OutputOptions, plan_jobs
from colorize_lab.batch.one_photo import (
    PhotoWork,
    WriteOptions,
    process_photo,
    save_extras,
)
from colorize_lab.batch.result import Result
from colorize_lab.batch.resume import preview_jobs
from colorize_lab.batch.run import run_jobs
from colorize_lab.batch.sources import find_photos

__all__ = [
    "Job",
    "OutputOptions",
    "PhotoWork",
    "Result",
    "WriteOptions",
    "count_kinds",
    "find_photos",
    "plan_jobs",
    "preview_jobs",
    "process_photo",
    "run_jobs",
    "save_extras",
]
