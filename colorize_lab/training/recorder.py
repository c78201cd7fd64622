"""Recorder of a run: log, curve, checkpoint, and the best weights so far."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import fmean

from colorize_lab.errors import TrainingError
from colorize_lab.training.checkpoint import halve_weights, write_checkpoint
from colorize_lab.training.curve import draw_curve
from colorize_lab.training.journal import Row, read_rows, write_rows
from colorize_lab.training.loop import Trainer
from colorize_lab.training.validate import Validator

__all__ = ["BEST", "CHECKPOINT", "Recorder"]

CHECKPOINT = "checkpoint.pt"
BEST = "best.pt"
LOG = "log.csv"
CURVE = "curve.png"
# A new run shows soon that it works, and how fast.
FIRST_ROW_SECONDS = 10


class Recorder:
    """Writes down how a run goes: a row and a checkpoint each minute, scores now and then.

    Parameters
    ----------
    folder : Path
        Folder of the files.
    trainer : Trainer
        Trainer of the run.
    validator : Validator
        Scores the averaged weights.
    report : callable
        Is given each row.
    log_minutes, validation_minutes : float
        Time of training between rows, and between validations.
    """

    def __init__(
        self,
        folder: Path,
        trainer: Trainer,
        validator: Validator,
        report: Callable[[Row], None],
        *,
        log_minutes: float,
        validation_minutes: float,
    ) -> None:
        self.folder = folder
        self.log_minutes = log_minutes
        self.validation_minutes = validation_minutes
        self.trainer = trainer
        self.validator = validator
        self.report = report
        # What was logged after the checkpoint, or of another run, is not of this one.
        self.rows = [row for row in read_rows(folder / LOG) if row.samples <= trainer.samples]
        scored = {
            row.minutes: row.cross_entropy for row in self.rows if row.cross_entropy is not None
        }
        self.best = min(scored.values(), default=math.inf)
        self.losses: list[float] = []
        self.logged = trainer.seconds
        # Slices may be shorter than the time between validations.
        self.validated = 60 * max(scored, default=0.0)

    def add(self, loss: float) -> None:
        """Record a step.

        Raises
        ------
        TrainingError
            If the loss is not finite; the checkpoint before stays.
        """
        if not math.isfinite(loss):
            raise TrainingError(
                "training diverged (the loss is NaN or infinite); rerun with a lower --peak-rate "
                f"to resume from {self.folder / CHECKPOINT}"
            )
        self.losses.append(loss)
        seconds = self.trainer.seconds
        if seconds - self.validated >= 60 * self.validation_minutes:
            self.validated = seconds
            self.write(validated=True)
        elif seconds - self.logged >= self.wait_seconds:
            self.write(validated=False)

    @property
    def wait_seconds(self) -> float:
        """Time of training until the next row."""
        minute = 60 * self.log_minutes
        return minute if self.rows else min(FIRST_ROW_SECONDS, minute)

    def finish(self) -> None:
        """Write the rest; validate if the schedule is done or nothing is usable."""
        if self.losses:
            self.write(validated=self.trainer.progress >= 1 or math.isinf(self.best))

    def write(self, *, validated: bool) -> None:
        """Write a row, the checkpoint and, where they are the best so far, the averaged weights."""
        trainer, folder = self.trainer, self.folder
        scores = self.score() if validated else {}
        row = Row(
            samples=trainer.samples,
            minutes=trainer.seconds / 60,
            loss=fmean(self.losses),
            rate=trainer.rate,
            side=trainer.schedule.side(trainer.progress),
            **scores,
        )
        self.losses.clear()
        self.logged = trainer.seconds
        self.rows.append(row)
        # By the loss: AuC depends on how a network is decoded, which is tuned after training.
        if row.cross_entropy is not None and row.cross_entropy < self.best:
            self.best = row.cross_entropy
            write_checkpoint({"average": halve_weights(trainer.average)}, folder / BEST)
        trainer.save(folder / CHECKPOINT)
        write_rows(self.rows, folder / LOG)
        draw_curve(self.rows, folder / CURVE)
        self.report(row)

    def score(self) -> dict[str, float]:
        """Score the averaged weights: the fields of a row that are about them."""
        cross_entropy, scores = self.validator.score(self.trainer.average_network())
        return {"cross_entropy": cross_entropy, **asdict(scores)}
