"""Ways to damage a file: byte by byte, and piece by piece where its format is known.

Each takes the file's bytes and a generator of random numbers, and nothing else, so that a seed
makes the same file again.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from tests.fuzz.containers import Container

Mutation: TypeAlias = Callable[[bytes, Random], bytes]

# Where sizes, counts and offsets overflow, or ask for all memory there is.
NUMBERS = (0, 1, 2, 7, 127, 128, 255, 256, 4097, 32767, 32768, 65535, 65536, 2**24, 10**9)
NUMBERS += (2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1)
# Headers are where readers trip: half of the damage is done there.
HEAD = 400
LONGEST_REPEAT = 5000


def damage(data: bytes, rng: Random, container: Container | None) -> bytes:
    """Damage a file in one to four places."""
    for _ in range(rng.choice((1, 1, 2, 4))):
        if container is not None and rng.random() < 0.6:
            data = damage_pieces(data, rng, container)
        else:
            data = rng.choice(BYTE_MUTATIONS)(data, rng)
    return data


def damage_pieces(data: bytes, rng: Random, container: Container) -> bytes:
    """Damage a file so that its lengths and checksums are right again."""
    try:
        pieces = container.split(data)
    except (
        ValueError,
        IndexError,
        EOFError,
        struct.error,
    ):  # what an earlier damage left has no pieces
        return rng.choice(BYTE_MUTATIONS)(data, rng)
    if pieces:
        rng.choice((repeat_piece, drop_piece, swap_pieces, *[change_piece] * 4))(pieces, rng)
    return container.join(pieces)


def repeat_piece(pieces: list[bytes], rng: Random) -> None:
    """Put a piece in again, once or a hundred times."""
    times = rng.choice((1, 1, 1, 100))
    place = rng.randrange(len(pieces) + 1)
    pieces[place:place] = [rng.choice(pieces)[:LONGEST_REPEAT]] * times


def drop_piece(pieces: list[bytes], rng: Random) -> None:
    """Leave a piece out."""
    del pieces[rng.randrange(len(pieces))]


def swap_pieces(pieces: list[bytes], rng: Random) -> None:
    """Let two pieces change places."""
    a, b = rng.randrange(len(pieces)), rng.randrange(len(pieces))
    pieces[a], pieces[b] = pieces[b], pieces[a]


def change_piece(pieces: list[bytes], rng: Random) -> None:
    """Damage the bytes of one piece."""
    place = rng.randrange(len(pieces))
    pieces[place] = rng.choice(BYTE_MUTATIONS)(pieces[place], rng)


def flip_bits(data: bytes, rng: Random) -> bytes:
    """Flip one to eight bits."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8) if data else 0):
        changed[pick_place(data, rng)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def write_number(data: bytes, rng: Random) -> bytes:
    """Write a number that nobody expects over what stands there, in either byte order."""
    size, number = rng.choice((1, 2, 4, 8)), rng.choice(NUMBERS)
    order = rng.choice(("little", "big"))
    place = pick_place(data, rng)
    written = (number % 256**size).to_bytes(size, order)
    return data[:place] + written + data[place + size :]


def write_text_number(data: bytes, rng: Random) -> bytes:
    """Replace some digits by a number that nobody expects."""
    places = [i for i, byte in enumerate(data[:20_000]) if 48 <= byte <= 57]
    if not places:
        return write_number(data, rng)
    place = rng.choice(places)
    word = rng.choice(
        (*map(str, NUMBERS), "-1", "1e308", "1e-320", "NaN", "0x7fffffff", "9" * 5000)
    )
    return data[:place] + word.encode() + data[place + 1 :]


def truncate(data: bytes, rng: Random) -> bytes:
    """Cut the end off."""
    return data[: rng.randint(0, len(data))]


def cut_out(data: bytes, rng: Random) -> bytes:
    """Leave some bytes out."""
    start, end = pick_range(data, rng)
    return data[:start] + data[end:]


def repeat_range(data: bytes, rng: Random) -> bytes:
    """Repeat some bytes."""
    start, end = pick_range(data, rng)
    return data[:end] + data[start:end] * rng.choice((1, 1, 20)) + data[end:]


def move_range(data: bytes, rng: Random) -> bytes:
    """Write some bytes over others."""
    start, end = pick_range(data, rng)
    place = pick_place(data, rng)
    return data[:place] + data[start:end] + data[place + end - start :]


def fill_range(data: bytes, rng: Random) -> bytes:
    """Fill a range with one byte, or with noise."""
    start, end = pick_range(data, rng)
    noise = rng.randbytes(end - start)
    return (
        data[:start] + rng.choice((bytes(end - start), b"\xff" * (end - start), noise)) + data[end:]
    )


def pick_place(data: bytes, rng: Random) -> int:
    """Pick a byte, half of the time near the start."""
    last = max(0, len(data) - 1)
    return rng.randint(0, rng.choice((min(HEAD, last), last)))


def pick_range(data: bytes, rng: Random) -> tuple[int, int]:
    """Pick a range, short ones most often."""
    start = pick_place(data, rng)
    return start, min(len(data), start + rng.choice((1, 2, 4, 12, 64, LONGEST_REPEAT)))


BYTE_MUTATIONS: tuple[Mutation, ...] = (
    flip_bits,
    flip_bits,
    write_number,
    write_number,
    write_text_number,
    truncate,
    cut_out,
    repeat_range,
    move_range,
    fill_range,
)
