"""Albums: the photos of a series are grouped and colored alike.

Photos that show the same things form a group. Its photos agree on the colors of these things, and
follow the photos of the group that a person has corrected or that are in color already.
"""

from colorize_lab.album.arrange import Arrangement, arrange_album
from colorize_lab.album.correction import Correction, find_correction, is_sidecar
from colorize_lab.album.group import Group, group_photos
from colorize_lab.album.groups_file import read_groups, write_groups
from colorize_lab.album.look import Looked, look_at_photos
from colorize_lab.album.plan import plan_album
from colorize_lab.album.sheet import draw_sheets, write_sheets

__all__ = [
    "Arrangement",
    "Correction",
    "Group",
    "Looked",
    "arrange_album",
    "draw_sheets",
    "find_correction",
    "group_photos",
    "is_sidecar",
    "look_at_photos",
    "plan_album",
    "read_groups",
    "write_groups",
    "write_sheets",
]
