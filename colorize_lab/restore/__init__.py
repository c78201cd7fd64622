"""Restoration: stages that mend what time and technique did to a photo; one file a stage."""

from colorize_lab.restore.contrast import Contrast
from colorize_lab.restore.deblock import Deblock
from colorize_lab.restore.deblur import Deblur
from colorize_lab.restore.denoise import Denoise
from colorize_lab.restore.descreen import Descreen
from colorize_lab.restore.mask_files import read_mask, write_mask
from colorize_lab.restore.measure import Measurement, measure_photo
from colorize_lab.restore.planes import Planes, photo_to_planes, planes_to_rgb
from colorize_lab.restore.preview import preview_restoration
from colorize_lab.restore.restoration import Restored, choose_stages, list_stages, restore_photo
from colorize_lab.restore.scratches import Mask, Scratches, find_scratches
from colorize_lab.restore.screen import Screen, find_screen
from colorize_lab.restore.stage import Stage
from colorize_lab.restore.tone import Tone

__all__ = [
    "Contrast",
    "Deblock",
    "Deblur",
    "Denoise",
    "Descreen",
    "Mask",
    "Measurement",
    "Planes",
    "Restored",
    "Scratches",
    "Screen",
    "Stage",
    "Tone",
    "choose_stages",
    "find_scratches",
    "find_screen",
    "list_stages",
    "measure_photo",
    "photo_to_planes",
    "planes_to_rgb",
    "preview_restoration",
    "read_mask",
    "restore_photo",
    "write_mask",
]
