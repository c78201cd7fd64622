"""Cleaning of films with the help of neighboring frames; one file per stage."""

from colorize_lab.video.clean.deflicker import Deflicker
from colorize_lab.video.clean.denoise import TemporalDenoise
from colorize_lab.video.clean.dust import RemoveDust
from colorize_lab.video.clean.stage import CleaningStage

__all__ = ["CleaningStage", "Deflicker", "RemoveDust", "TemporalDenoise"]
