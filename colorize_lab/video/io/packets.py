"""When frames are shown, as a container has it, and the exact rate behind that."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import gcd
from pathlib import Path
from statistics import mean, median_low

from colorize_lab.video.io.ffmpeg import list_input_options, run_ffmpeg

__all__ = [
    "Packets",
    "find_animation_rate",
    "find_rate",
    "read_fields",
    "read_packets",
    "read_start",
]

# Frames a second that films have; what a container rounds (Matroska: to milliseconds) is one of
# these again.
STANDARD_RATES = (
    *(Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)),
    *(Fraction(n) for n in (24, 25, 30, 50, 60, 48, 16, 18, 20, 12, 15, 10, 8, 5, 100, 120)),
)
DISCARDED = 4  # AV_PKT_FLAG_DISCARD: before the film's edited beginning
NO_TIME = -(2**63)  # AV_NOPTS_VALUE: AVI numbers its frames as they are decoded
# Among so many is the first frame that is shown, though not decoded first, if they are more than a
# codec may put in another order.
START_PACKETS = 64
MOST_REORDERED = 16
KEY = 1  # AV_PKT_FLAG_KEY
ROUNDED = 0.00101  # seconds
# Frames per second: a GIF's delays are whole hundredths of a second.
FASTEST_ANIMATION = 100


@dataclass(frozen=True)
class Packets:
    """The times of a stream's frames, as its container has them.

    Attributes
    ----------
    times : tuple of int
        Sorted, in ticks.
    tick : Fraction
        Seconds.
    last : int
        Ticks that the last frame lasts; 0 if the container does not say.
    broken : bool
        The file ends before it should.
    lead : int
        Frames by which decoding runs ahead of showing.
    """

    times: tuple[int, ...]
    tick: Fraction
    last: int
    broken: bool
    lead: int


def read_start(source: Path) -> Fraction:
    """Read how many seconds after the file begins, perhaps with sound, the first frame comes."""
    packets = read_packets(source, stop=START_PACKETS)
    if len(packets.times) <= MOST_REORDERED:
        # Many may come before it of a film that was cut without being encoded again.
        packets = read_packets(source)
    return packets.times[0] * packets.tick


def read_packets(source: Path, stop: int | None = None) -> Packets:
    """Read the times of a film's frames, or of the first ones, without decoding them."""
    part = [] if stop is None else ["-frames:v", str(stop)]
    options = [*list_input_options(source), "-map", "0:V:0", "-c", "copy", *part]
    code, lines, messages = run_ffmpeg([*options, "-f", "framecrc", "-"])
    fields = read_fields(lines)
    started, times, last = False, [], (0, 0)
    for line in lines:
        if line.startswith("#") or not line:
            continue
        _, dts, pts, duration, _, _, *rest = (part.strip() for part in line.split(","))
        flags = next((int(part[2:], 16) for part in rest if part.startswith("F=")), KEY)
        started = started or bool(flags & KEY)
        if started and not flags & DISCARDED:
            time = int(dts if int(pts) == NO_TIME else pts)
            times.append(time)
            last = max(last, (time, int(duration)))
    broken = bool(code) or "partial file" in messages or "ended prematurely" in messages
    tick = Fraction(fields.get("tb", "1/1"))
    shown = sorted(set(times))
    places = {time: place for place, time in enumerate(shown)}
    lead = max((n - places[time] for n, time in enumerate(times)), default=0)
    return Packets(tuple(shown), tick, last[1], broken, lead)


def read_fields(lines: list[str]) -> dict[str, str]:
    """Read the lines ``#name 0: value`` of a framecrc file."""
    matches = (re.match(r"#(\w+) 0: (.*)", line) for line in lines)
    return {found[1]: found[2].strip() for found in matches if found}


def find_rate(packets: Packets, said_rate: float) -> tuple[Fraction, int | None]:
    """Find the exact rate behind times that a container may have rounded.

    Parameters
    ----------
    packets : Packets
        The frames' times.
    said_rate : float
        What the container's header says, rounded to two decimals; it decides where several rates
        fit, as 24 and 24000/1001 do for a second of film.

    Returns
    -------
    rate : Fraction
        Frames a second.
    count : int or None
        Frames from the first to the last at that rate, some of which may lack; None if the
        times do not fit any rate, and the usual distance's is given.
    """
    times, tick = packets.times, packets.tick
    steps = [after - before for before, after in pairwise(times)]
    if not steps:
        return snap_rate(said_rate or 25.0), 1
    if len(set(steps)) == 1:
        return 1 / (steps[0] * tick), len(times)
    whole = 1 / (Fraction(times[-1] - times[0], len(steps)) * tick)
    candidates = sorted(STANDARD_RATES, key=lambda rate: abs(float(rate) - said_rate))
    for rate in filter(None, (*candidates, whole.limit_denominator(1001), whole)):
        if count_frames(times, tick, rate) == len(times):
            return rate, len(times)
    middle = median_low(steps)
    near = [step for step in steps if abs(step / middle - 1) < 1 / 3]
    usual = snap_rate(float(1 / (mean(near) * tick)))
    return usual, count_frames(times, tick, usual)


def find_animation_rate(packets: Packets, said_rate: float) -> tuple[Fraction, int | None]:
    """Find the rate at which repeated frames give every frame of an animation its delay.

    The last frame has a delay, too. Delays that fit no usual rate get their greatest common
    divisor as the distance of frames.

    Parameters and results are those of `find_rate`.

    Examples
    --------
    Delays of 0.1, 0.5, and 0.2 seconds:

    >>> find_animation_rate(Packets((0, 10, 60), Fraction(1, 100), 20, False, 0), 0)
    (Fraction(10, 1), 8)
    """
    if not packets.last:
        return find_rate(packets, said_rate)
    times = (*packets.times, packets.times[-1] + packets.last)
    rate, places = find_rate(replace(packets, times=times), said_rate)
    if places is not None:
        return rate, places - 1
    step = gcd(*(after - before for before, after in pairwise(times)))
    exact = 1 / (step * packets.tick)
    if exact > FASTEST_ANIMATION:
        return rate, None
    return exact, (times[-1] - times[0]) // step


def count_frames(times: tuple[int, ...], tick: Fraction, rate: Fraction) -> int | None:
    """Count the places for frames at a rate; None if a time is beside all of them."""
    step, first = float(1 / (rate * tick)), times[0]
    # Milliseconds remain in the times when a film moves from Matroska to finer ticks.
    tolerance = min(max(1.0, ROUNDED / float(tick)), 0.45 * step)
    places = [round((time - first) / step) for time in times]
    if any(abs(time - first - p * step) > tolerance for time, p in zip(times, places, strict=True)):
        return None
    return places[-1] + 1


def snap_rate(rate: float) -> Fraction:
    """Take the usual rate beside a measured one, within two hundredths."""
    nearest = min(STANDARD_RATES, key=lambda standard: abs(float(standard) - rate))
    if abs(float(nearest) / rate - 1) < 0.02:
        return nearest
    return max(Fraction(rate).limit_denominator(1001), Fraction(1, 1001))
