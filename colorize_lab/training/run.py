"""A whole run of training: photos in, checkpoints, log and curve out."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from colorize_lab.color import class_weights, load_bins, load_prior
from colorize_lab.networks import find_spec
from colorize_lab.system.atomic import make_folder
from colorize_lab.training.augment import Dice
from colorize_lab.training.batch import make_batch
from colorize_lab.training.distill import Teachers
from colorize_lab.training.features import ColorFeatures
from colorize_lab.training.journal import Row
from colorize_lab.training.layers import Layer, compact_layers
from colorize_lab.training.load import calibrate_norms, load_caffe_network
from colorize_lab.training.loop import Trainer
from colorize_lab.training.network import CompactNetwork
from colorize_lab.training.photos import load_photos
from colorize_lab.training.precision import choose_mixed_precision
from colorize_lab.training.pretrained import find_encoder_file, load_encoder
from colorize_lab.training.process import choose_torch_device, defer_interrupts, keep_memory
from colorize_lab.training.recorder import CHECKPOINT, Recorder
from colorize_lab.training.schedule import Schedule
from colorize_lab.training.validate import Validator

__all__ = ["RunSettings", "can_resume", "run_training"]

logger = logging.getLogger(__name__)

NETWORK = "compact"
CALIBRATION_PHOTOS = 64


@dataclass(frozen=True)
class RunSettings:
    """Data, folders and options of a training run.

    Attributes
    ----------
    data : tuple of Path
        Folders and zips of photos.
    folder : Path
        Gets ``checkpoint.pt``, ``best.pt``, ``log.csv`` and ``curve.png``.
    schedule : Schedule
        How long to train, and how.
    held_out : float
        Share of the photos to validate on, 0..1.
    rebalance : bool
        Put the class weights into the loss, to compare.
    from_weights : Path or None
        Folder of an exported network to start from.
    pretrained : bool
        Start from an encoder that was trained on ImageNet; the rest starts from nothing.
    teachers : tuple of Path
        Folders of exported networks to learn from besides the truth.
    context : bool
        Add layers that weight channels by what is seen in the whole photo.
    resume : bool
        Continue from the folder's checkpoint if there is one; else it is overwritten.
    slice_minutes : float
        Time that this call may take, reading of photos included.
    device : {"auto", "cpu", "cuda"}
        Device to train on.
    log_minutes, validation_minutes : float
        Time between rows of the log, each with a checkpoint, and between validations.

    Raises
    ------
    ValueError
        For two starts, ``from_weights`` and ``pretrained``.
    """

    data: tuple[Path, ...]
    folder: Path
    schedule: Schedule = field(default_factory=Schedule)
    held_out: float = 0.01
    rebalance: bool = False
    from_weights: Path | None = None
    pretrained: bool = False
    teachers: tuple[Path, ...] = ()
    context: bool = False
    resume: bool = True
    slice_minutes: float = math.inf
    device: str = "auto"
    log_minutes: float = 1.0
    validation_minutes: float = 8.0

    def __post_init__(self) -> None:
        """Refuse two starts."""
        if self.pretrained and self.from_weights is not None:
            raise ValueError("pretrained and from_weights are mutually exclusive; pass one of them")


def run_training(
    settings: RunSettings,
    report: Callable[[Row], None] = lambda row: None,
    report_reading: Callable[[int], None] = lambda count: None,
) -> list[Row]:
    """Train until the schedule or the slice is over.

    Parameters
    ----------
    settings : RunSettings
        Everything about the run.
    report : callable
        Is given each row of the log when it is written.
    report_reading : callable
        Is given the number of photos read so far, after each.

    Returns
    -------
    list of Row
        The whole log.

    Raises
    ------
    InputError
        If there are no photos to train on or to validate with.
    OutputError
        If the folder cannot be written to.
    DeviceError, NetworkFileError
        For a device that is not there, and for weights or a checkpoint that do not fit.
    TrainingError
        If the loss is not finite.
    KeyboardInterrupt
        After Ctrl-C, when the checkpoint is written.
    """
    end = time.monotonic() + settings.slice_minutes * 60
    make_folder(settings.folder)
    if settings.schedule.feature_loss or (settings.pretrained and not can_resume(settings)):
        find_encoder_file()  # complains before the photos are read
    keep_memory()
    side = settings.schedule.largest_side
    photos, held_out = load_photos(
        settings.data, side=side, held_out=settings.held_out, report=report_reading
    )
    trainer = make_trainer(settings, photos)
    validator = Validator(
        held_out,
        side,
        find_spec(NETWORK),
        trainer.device,
        trainer.class_weights,
        mixed=trainer.mixed,
    )
    gray = validator.score_gray()
    logger.info("gray has AuC %.2f, balanced %.2f", gray.raw_auc, gray.balanced_auc)
    recorder = Recorder(
        settings.folder,
        trainer,
        validator,
        report,
        log_minutes=settings.log_minutes,
        validation_minutes=settings.validation_minutes,
    )
    photos = place_photos(photos, trainer.device)
    with defer_interrupts() as end_wanted:
        for loss in trainer.run(photos, slice_minutes=(end - time.monotonic()) / 60):
            recorder.add(loss)
            if end_wanted.is_set():
                break
        recorder.finish()
    if end_wanted.is_set():
        raise KeyboardInterrupt
    return recorder.rows


def make_trainer(settings: RunSettings, photos: Tensor) -> Trainer:
    """Make the trainer: from a checkpoint, or from what the settings start with."""
    device = choose_torch_device(settings.device)
    schedule = settings.schedule
    weights = class_weights(load_prior(), load_bins()) if settings.rebalance else None
    resumes = can_resume(settings)
    rows = compact_layers(context=settings.context)
    network = make_network(schedule.seed, rows) if resumes else start_network(settings, photos)
    mixed = choose_mixed_precision(network, device)
    features = ColorFeatures.from_package(find_encoder_file()) if schedule.feature_loss else None
    teachers = Teachers.from_folders(settings.teachers, device) if settings.teachers else None
    trainer = Trainer(
        network, schedule, device, weights, mixed=mixed, features=features, teachers=teachers
    )
    if resumes:
        trainer.load(settings.folder / CHECKPOINT)
        logger.info("continuing after %d samples", trainer.samples)
    return trainer


def can_resume(settings: RunSettings) -> bool:
    """Tell if there is a checkpoint and the run may continue from it."""
    return settings.resume and (settings.folder / CHECKPOINT).exists()


def start_network(settings: RunSettings, photos: Tensor) -> CompactNetwork:
    """Make the network that a new run starts with."""
    schedule = settings.schedule
    if settings.from_weights is not None:
        start = load_caffe_network(settings.from_weights)
        network = add_context(start, schedule.seed) if settings.context else start
        calibrate_start(network, schedule, photos)
        return network
    network = make_network(schedule.seed, compact_layers(context=settings.context))
    if settings.pretrained:
        load_encoder(network, find_encoder_file())
    return network


def make_network(seed: int, rows: tuple[Layer, ...]) -> CompactNetwork:
    """Make a network with random weights; the process's random numbers stay as they are."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return CompactNetwork(rows)


def add_context(network: CompactNetwork, seed: int) -> CompactNetwork:
    """Give a network the context layers that it lacks; what it computes stays the same."""
    grown = make_network(seed, compact_layers(context=True))
    grown.load_state_dict({**grown.state_dict(), **network.state_dict()})
    return grown.eval()


def calibrate_start(network: CompactNetwork, schedule: Schedule, photos: Tensor) -> None:
    """Make a network of exported weights ready to be trained on."""
    dice = Dice(schedule.seed, photos.device)
    chosen = dice.integers(len(photos), CALIBRATION_PHOTOS)
    side, shares = schedule.side(0.0), (schedule.hint_share, schedule.patch_share)
    calibrate_norms(network, make_batch(photos[chosen], side, dice, *shares)[0])


def place_photos(photos: Tensor, device: torch.device) -> Tensor:
    """Bring the photos to the device; if it is short of memory, batches come one by one."""
    if device.type == "cuda" and photos.nbytes > torch.cuda.mem_get_info(device)[0] // 2:
        return photos
    return photos.to(device)
