"""Encoding of films: codec, quality and container."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from colorize_lab.errors import VideoError
from colorize_lab.ranges import check_range
from colorize_lab.video.io.ffmpeg import CODEC_THREADS, path_to_url, run_ffmpeg
from colorize_lab.video.io.layouts import can_tone_map, choose_layout, guess_matrix
from colorize_lab.video.layout import Layout, rgb_layout
from colorize_lab.video.plan import FilmInfo

__all__ = [
    "Encoding",
    "check_encoding",
    "choose_codec",
    "list_encoder_options",
    "list_tag_options",
    "plan_layout",
]

# What a target's ending stands for, and the codec that it holds best. Playlists are none of them.
CONTAINERS = {
    ".mp4": "libx264",
    ".m4v": "libx264",
    ".mov": "libx264",
    ".mkv": "libx264",
    ".webm": "libvpx-vp9",
    ".avi": "mpeg4",
    ".gif": "gif",
}
# A folder of frames is made with this codec.
FOLDER_CODEC = "png"
# Of 240 frames of 640x360 at crf 18, x264's presets took in milliseconds a frame, with the kB that
# came out: superfast 2.7 (1528), veryfast 3.5 (880), faster 5.2 (802), fast 6.4 (777), medium 7.6
# (758). From veryfast on the time that the network needs buys little.
SPEED = {
    "libx264": ("-preset", "veryfast"),
    "libx265": ("-preset", "veryfast", "-x265-params", "log-level=error"),
    "libvpx-vp9": ("-b:v", "0", "-deadline", "good", "-cpu-used", "5", "-row-mt", "1"),
    "libaom-av1": ("-b:v", "0", "-cpu-used", "6", "-row-mt", "1"),
    "libsvtav1": ("-preset", "9"),
}
# Visually close to lossless, each on its codec's own scale.
CRF = {"libx264": 18.0, "libx265": 20.0, "libvpx-vp9": 24.0, "libaom-av1": 24.0, "libsvtav1": 24.0}
MAX_CRF = 63  # of VP9 and AV1; x264 takes what is above 51 for 51
# Codecs that have no crf but the older scale of quality, 1 (best) to 31.
QUALITY = {"mpeg4": 3, "mpeg2video": 3, "mjpeg": 3}
# What segments hold before they become a GIF with one palette for all, or files that the segments
# cannot hold: lossless.
LOSSLESS = {"gif": "ffv1", "tiff": "ffv1", "dpx": "ffv1", "exr": "ffv1"}
# They want even sides where color has half the resolution.
EVEN_ONLY = frozenset({"libx264", "libx265", "libopenh264"})
# They store red, green and blue, by depth; the raw frames that they get come in the same format.
RGB_FORMATS = {
    "png": {8: "rgb24", 16: "rgb48le"},
    "tiff": {8: "rgb24", 16: "rgb48le"},
    "dpx": {8: "rgb24", 10: "gbrp10le", 12: "gbrp12le", 16: "rgb48le"},
    "exr": {16: "rgb48le"},
}
# OpenEXR holds linear light: floats, which keep 16 bits of sRGB's curve where half floats do not.
TO_LINEAR = (
    "format=gbrp16le,zscale=min=gbr:m=gbr:rin=full:r=full:tin=iec61966-2-1:t=linear:pin=bt709"
    ":p=bt709,format=gbrpf32le"
)
# They make films to be worked on: chroma of luma's size, where the source has none.
DETAILED = frozenset({"ffv1", "utvideo", "huffyuv", "ffvhuff", "gif"})
# Profiles of codecs, each with ffmpeg's options and the pixel formats that it stores; none: all.
PROFILES: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "prores_ks": {
        name: (("-profile:v", str(number)), ("yuv444p10le" if number > 3 else "yuv422p10le",))
        for number, name in enumerate(("proxy", "lt", "standard", "hq", "4444", "4444xq"))
    },
    "dnxhd": {
        name: (("-profile:v", f"dnxhr_{name}"), (pixels,))
        for name, pixels in (
            *((name, "yuv422p") for name in ("lb", "sq", "hq")),
            *(("hqx", "yuv422p10le"), ("444", "yuv444p10le")),
        )
    },
    # Every frame by itself, in slices with checksums of their own.
    "ffv1": {"archive": (("-level", "3", "-g", "1", "-slices", "4", "-slicecrc", "1"), ())},
}
# Without one, by pixel format; prores_ks chooses by itself.
USUAL_PROFILES = {"yuv422p": "dnxhr_hq", "yuv422p10le": "dnxhr_hqx", "yuv444p10le": "dnxhr_444"}
# DNxHR takes no smaller frames.
TRIAL_WIDTH, TRIAL_HEIGHT = 256, 144
# They say in the film that luma has full range; the others are taken for limited.
FULL_RANGE = frozenset({*CRF, "ffv1", "gif"})
ALWAYS_FULL = frozenset({"mjpeg"})
# Color tags of these are the container's, which is Matroska already for the segments.
UNTAGGED = frozenset({"ffv1", "utvideo", "huffyuv", "ffvhuff"})
WIDE = frozenset({"bt2020", "smpte431", "smpte432"})
HEVC = re.compile("265|hevc|kvazaar")  # in the names of its encoders


@dataclass(frozen=True)
class Encoding:
    """Compression of a film.

    Attributes
    ----------
    codec : str
        An encoder of ffmpeg; `choose_codec` tells a container's usual one.
    crf : float or None
        Constant rate factor, 0..63: less is better and larger. None takes one that is close to
        lossless.
    depth : int or None
        Bits per sample; None takes the source's, or the nearest that the codec has.
    profile : str or None
        One of `PROFILES` of the codec.
    playable : bool
        Store the film as every player and browser reads it: limited range, chroma of half size,
        sound in AAC, the table of contents in front.

    Raises
    ------
    RecipeError
        The crf is out of range.
    """

    codec: str = "libx264"
    crf: float | None = None
    depth: int | None = None
    profile: str | None = None
    playable: bool = False

    def __post_init__(self) -> None:
        check_range("the CRF", self.crf, 0, MAX_CRF)


def choose_codec(target: Path) -> str:
    """Choose the usual codec for a target by its extension; one without is a folder.

    Examples
    --------
    >>> choose_codec(Path("film.webm")), choose_codec(Path("frames"))
    ('libvpx-vp9', 'png')
    """
    if is_folder(target):
        return FOLDER_CODEC
    return CONTAINERS.get(target.suffix.lower(), "libx264")


def is_folder(target: Path) -> bool:
    """Tell whether frames go into a folder, not into a film."""
    return target.is_dir() or not target.suffix


def check_encoding(encoding: Encoding, target: Path) -> None:
    """Refuse early what could not be encoded later, by making a film of one frame.

    Parameters
    ----------
    encoding : Encoding
        How.
    target : Path
        Its ending names the container; the file is not touched.

    Raises
    ------
    VideoError
        The codec is unknown, takes no crf, or the container cannot hold it.
    """
    text = describe_encoder(encoding.codec)
    check_profile(encoding)
    if encoding.crf is not None and not re.search(r"^  -crf ", text, re.MULTILINE):
        raise VideoError(f"the codec {encoding.codec} has no CRF; omit --crf")
    if encoding.codec == "exr" and not can_tone_map():
        raise VideoError("OpenEXR cannot be written: this ffmpeg lacks zscale; use --codec dpx")
    if is_folder(target):
        if encoding.codec not in RGB_FORMATS:
            raise VideoError(
                f"a folder of frames ({target}) cannot hold the output of {encoding.codec}; use "
                f"--codec {' or '.join(RGB_FORMATS)}, or write a film"
            )
        return
    suffix = target.suffix.lower()
    if suffix not in CONTAINERS:
        raise VideoError(
            f"{target.name} lacks the extension of a film; use one of {', '.join(CONTAINERS)}"
        )
    with TemporaryDirectory() as folder:
        trial = Path(folder) / f"trial{suffix}"
        code, messages = encode_trial(encoding, trial)
    if code:
        reason = find_reason(messages)
        raise VideoError(
            f"a {suffix} file cannot hold the output of {encoding.codec} ({reason}); use --codec "
            f"{CONTAINERS[suffix]} or another extension, such as .mkv"
        )


def check_profile(encoding: Encoding) -> None:
    """Refuse a profile that the codec does not have."""
    profiles = PROFILES.get(encoding.codec, {})
    if encoding.profile is not None and encoding.profile not in profiles:
        remedy = f"use one of {', '.join(profiles)}" if profiles else "omit --profile"
        raise VideoError(f"{encoding.codec} has no profile {encoding.profile!r:.20}; {remedy}")


def trial_layout(encoding: Encoding) -> Layout:
    """Choose a layout for the trial, whatever the source will be."""
    if encoding.codec in RGB_FORMATS:
        return rgb_layout(8)
    info = FilmInfo(Path(), TRIAL_WIDTH, TRIAL_HEIGHT, Fraction(25), 1)
    return plan_layout(encoding, Path("trial.mkv"), info, has_color=True)[0]


def encode_trial(encoding: Encoding, target: Path) -> tuple[int, str]:
    """Encode one gray frame; ffmpeg's exit code and messages."""
    gif = encoding.codec == "gif"
    codec = ["-c:v", "gif"] if gif else list_encoder_options(encoding, trial_layout(encoding))
    source = [
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        f"color=gray:size={TRIAL_WIDTH}x{TRIAL_HEIGHT}:rate=25",
    ]
    arguments = [*source, *codec, "-frames:v", "1", path_to_url(target)]
    code, _, messages = run_ffmpeg(arguments)
    return code, messages


def find_reason(messages: str) -> str:
    """Take the first of ffmpeg's lines, which is the cause, without the name of its source."""
    lines = messages.splitlines() or ["no reason given"]
    return re.sub(r"^\[[^]]*\] *", "", lines[0]).rstrip(". ")


@cache
def describe_encoder(codec: str) -> str:
    """Ask ffmpeg what it knows about an encoder of pictures.

    Raises
    ------
    VideoError
        Nothing.
    """
    if re.fullmatch(r"[\w-]+", codec):
        _, lines, _ = run_ffmpeg(["-h", f"encoder={codec}"])
        text = "\n".join(lines)
        if text.startswith("Encoder ") and "pixel formats:" in text:
            return text
    raise VideoError(
        f"the codec {codec!r} is unknown to this ffmpeg; use one of {', '.join(CRF)}, ffv1"
    )


def list_encoder_options(
    encoding: Encoding, layout: Layout, pixel_aspect: Fraction = Fraction(1)
) -> list[str]:
    """List ffmpeg's options that make a codec give the same bytes of the same frames anywhere.

    Parameters
    ----------
    encoding : Encoding
        Codec and quality.
    layout : Layout
        Of the frames, from `plan_layout`; no sample is changed.
    pixel_aspect : Fraction
        Width of a pixel to its height.
    """
    codec = LOSSLESS.get(encoding.codec, encoding.codec)
    options = ["-c:v", codec, *SPEED.get(codec, ()), "-threads", str(CODEC_THREADS)]
    options += list_profile_options(encoding, layout)
    crf = CRF.get(codec) if encoding.crf is None else encoding.crf
    if crf is not None:
        options += ["-crf", f"{crf:g}"]
    elif codec in QUALITY:
        options += ["-q:v", str(QUALITY[codec])]
    filters = [] if layout.rgb else [tag_frames(layout)]
    filters += [f"setsar=sar={pixel_aspect}:max={2**16}"]
    if not layout.rgb:  # or ffmpeg may choose the other, and convert
        options += ["-color_range", "pc" if layout.full else "tv"]
    return [*options, "-flags:v", "+bitexact", "-vf", ",".join(filters)]


def list_profile_options(encoding: Encoding, layout: Layout) -> list[str]:
    """List ffmpeg's options for a profile."""
    profiles = PROFILES.get(encoding.codec, {})
    if encoding.profile is not None:
        return [*profiles[encoding.profile][0]]
    return ["-profile:v", USUAL_PROFILES[layout.name]] if encoding.codec == "dnxhd" else []


def tag_frames(layout: Layout) -> str:
    """Write the filter that says how luma and chroma are meant."""
    return (
        f"setparams=range={'full' if layout.full else 'limited'}:colorspace={layout.matrix}"
        f":color_primaries={layout.primaries}:color_trc={layout.transfer}"
    )


def list_tag_options(encoding: Encoding, suffix: str) -> list[str]:
    """List ffmpeg's options that make players know a film and start it at once.

    Examples
    --------
    >>> list_tag_options(Encoding("libx265"), ".mp4"), list_tag_options(Encoding(), ".mp4")
    (['-tag:v:0', 'hvc1'], [])
    """
    # QuickTime does not play what ffmpeg calls hev1.
    quicktime = suffix in {".mp4", ".mov"}
    options = ["-tag:v:0", "hvc1"] if quicktime and HEVC.search(encoding.codec) else []
    return [*options, "-movflags", "+faststart"] if encoding.playable else options


def list_picture_options(codec: str) -> list[str]:
    """List ffmpeg's options that make files of the frames of segments, one each."""
    # Pictures that segments cannot hold are encoded now; their samples are the same.
    if codec == "exr":
        return ["-vf", TO_LINEAR, "-c", codec, "-compression", "zip16"]
    return ["-c", codec] if codec in LOSSLESS else ["-c", "copy"]


def plan_layout(
    encoding: Encoding, target: Path, info: FilmInfo, *, has_color: bool
) -> tuple[Layout, tuple[str, ...]]:
    """Choose how the samples of a film are stored, and say what that changes.

    Parameters
    ----------
    encoding : Encoding
        Codec and depth.
    target : Path
        The film or folder to write.
    info : FilmInfo
        The source.
    has_color : bool
        Some shots keep the color that they have.

    Returns
    -------
    layout : Layout
        Of the frames to write.
    notes : tuple of str
        What is not as it is in the source.

    Raises
    ------
    VideoError
        The codec cannot store such frames.
    """
    source = info.layout
    if encoding.codec in RGB_FORMATS:
        return plan_rgb(encoding, source)
    codec = LOSSLESS.get(encoding.codec, encoding.codec)
    depth = 8 if encoding.codec == "gif" else encoding.depth
    even = codec not in EVEN_ONLY or not (info.width % 2 or info.height % 2)
    names, detailed = list_formats(encoding, codec, even=even), encoding.codec in DETAILED
    layout = choose_layout(source, names, depth=depth, detailed=detailed, even=even)
    in_avi = target.suffix.lower() == ".avi"
    can_be_full = encoding.codec in FULL_RANGE and not in_avi and not encoding.playable
    full = can_be_full and source.full
    layout = replace(layout, full=full or encoding.codec in ALWAYS_FULL)
    if in_avi and not has_color:  # which has no tags: players go by the size
        layout = replace(layout, matrix=guess_matrix(info.width, info.height))
    if source.primaries in WIDE and not has_color:
        layout = replace(layout, primaries="bt709")
    return layout, tuple(list_changes(source, layout, encoding.codec))


def plan_rgb(encoding: Encoding, source: Layout) -> tuple[Layout, tuple[str, ...]]:
    """Choose the depth of frames of red, green and blue."""
    depths = sorted(RGB_FORMATS[encoding.codec])
    if encoding.depth is not None and encoding.depth not in depths:
        raise VideoError(
            f"{encoding.codec} files cannot store {encoding.depth} bits; use --depth "
            f"{' or '.join(map(str, depths))}"
        )
    wanted = encoding.depth or source.file_depth or source.depth
    depth = next((bits for bits in depths if bits >= wanted), depths[-1])
    return rgb_layout(depth), ()


def list_changes(source: Layout, layout: Layout, codec: str) -> list[str]:
    """List what a layout changes of the source's luma."""
    notes = []
    depth = source.file_depth or source.depth
    if layout.depth < depth:
        notes.append(
            f"its {depth} bits per sample become {layout.depth}: {codec} stores no more, or "
            "--depth asks for it"
        )
    if layout.full != source.full and not source.rgb:
        notes.append(
            f"luma of {'full' if source.full else 'limited'} range becomes "
            f"{'full' if layout.full else 'limited'}: {codec} is read so by players"
        )
    return notes


def list_formats(encoding: Encoding, codec: str, *, even: bool) -> Sequence[str]:
    """List the pixel formats that an encoder takes in this way."""
    stored = PROFILES[codec][encoding.profile][1] if encoding.profile is not None else ()
    if stored:
        return stored
    return ["yuv420p"] if encoding.playable and even else list_pixel_formats(codec)


def list_pixel_formats(codec: str) -> list[str]:
    """List the pixel formats that an encoder takes."""
    found = re.search(r"pixel formats:(.*)", describe_encoder(codec))
    return found[1].split() if found else []
