"""What time did to a film, mended by what its neighboring frames know; one file a stage."""

from colorize_lab.video.clean.deflicker import Deflicker
from colorize_lab.video.clean.denoise import TemporalDenoise
from colorize_lab.video.clean.dust import RemoveDust
from colorize_lab.video.clean.stage import CleaningStage

__all__ = ["CleaningStage", "Deflicker", "RemoveDust", "TemporalDenoise"]
