"""The text format of protocol buffers: any message, whatever its fields mean.

References
----------
.. [1] Protocol Buffers, "Text Format Language Specification",
   https://protobuf.dev/reference/protobuf/textformat-spec/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from colorize_lab.errors import NetworkFileError

__all__ = [
    "MAX_CHARS",
    "MAX_DEPTH",
    "Message",
    "Scalar",
    "Symbol",
    "format_message",
    "parse_message",
]

MAX_CHARS: Final = 2**20
"""Characters of a text that are read: a network has some ten thousand."""

MAX_DEPTH: Final = 32
"""Messages inside one another; Caffe's need five."""


class Symbol(str):
    """A bare word, as the value of an enum is written; a plain string has quotes."""

    __slots__ = ()


Scalar: TypeAlias = bool | int | float | str
Message: TypeAlias = dict[str, list["Scalar | Message"]]
"""The values of each field in the order of the text."""


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


# Commas and semicolons may part fields and the elements of a list: here they count as space.
_TOKEN: Final = re.compile(
    r"""(?P<space>(?:[\s,;]|\#[^\n]*)+)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<number>[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)[fF]?)
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<mark>[{}<>\[\]:])
      | (?P<end>\Z)""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE: Final = re.compile(rb"\\(?:[xX]([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.))")
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b'"': b'"', b"'": b"'", b"\\": b"\\"}
_CLOSING: Final = {"{": "}", "<": ">"}
_BOOLS: Final = {"true": True, "True": True, "false": False, "False": False}


def parse_message(text: str) -> Message:
    r"""Read a message from its text.

    Parameters
    ----------
    text : str
        At most `MAX_CHARS` characters, messages nested at most `MAX_DEPTH` deep.

    Returns
    -------
    dict of str to list
        For each field's name its values: bool, int, float, str, `Symbol` or again a message.

    Raises
    ------
    NetworkFileError
        The text breaks the format; the sentence names the line.

    Examples
    --------
    >>> parse_message('name: "a"  # first\nlayer { bottom: "x" bottom: "y" pad: 1 }')
    {'name': ['a'], 'layer': [{'bottom': ['x', 'y'], 'pad': [1]}]}
    """
    if len(text) > MAX_CHARS:
        raise NetworkFileError(
            f"the prototxt has {len(text)} characters, more than any network; pass another file"
        )
    return _Parser(text).read_message(closing="", depth=0)


def format_message(message: Message, indent: str = "") -> str:
    """Write a message as text, one field per line.

    Parameters
    ----------
    message : dict of str to list
        As `parse_message` gives it.
    indent : str, optional
        Put before each line.

    Returns
    -------
    str

    Examples
    --------
    >>> print(format_message({"layer": [{"type": ["ReLU"], "pool": [Symbol("MAX")]}]}), end="")
    layer {
      type: "ReLU"
      pool: MAX
    }
    """
    lines = []
    for name, values in message.items():
        for value in values:
            if isinstance(value, dict):
                inner = format_message(value, indent + "  ")
                lines.append(f"{indent}{name} {{\n{inner}{indent}}}\n")
            else:
                lines.append(f"{indent}{name}: {_format_scalar(value)}\n")
    return "".join(lines)


class _Parser:
    """One pass over the tokens of a text, always one token ahead."""

    def __init__(self, text: str) -> None:
        self._tokens = _iter_tokens(text)
        self._next = next(self._tokens)

    def read_message(self, closing: str, depth: int) -> Message:
        """Read fields up to the mark that closes the message, or the end of the text."""
        if depth > MAX_DEPTH:
            raise _build_error(self._next, f"at most {MAX_DEPTH} nested messages")
        message: Message = {}
        while self._next.text != closing:
            name = self._take("word", "the name of a field").text
            message.setdefault(name, []).extend(self._read_values(depth))
        self._advance()
        return message

    def _read_values(self, depth: int) -> list[Scalar | Message]:
        has_colon = self._skip(":")
        if not self._skip("["):
            return [self._read_value(depth, has_colon)]
        values = []
        while not self._skip("]"):
            values.append(self._read_value(depth, has_colon))
        return values

    def _read_value(self, depth: int, has_colon: bool) -> Scalar | Message:
        for opening, closing in _CLOSING.items():
            if self._skip(opening):
                return self.read_message(closing, depth + 1)
        if not has_colon:
            raise _build_error(self._next, "a colon or a message")
        return self._read_scalar()

    def _read_scalar(self) -> Scalar:
        if self._next.kind == "string":
            text = ""
            while self._next.kind == "string":  # adjacent strings are one
                text += _unquote(self._advance())
            return text
        if self._next.kind == "number":
            return _to_number(self._advance())
        word = self._take("word", "a value").text
        return _BOOLS.get(word, Symbol(word))

    def _take(self, kind: str, wanted: str) -> _Token:
        if self._next.kind != kind:
            raise _build_error(self._next, wanted)
        return self._advance()

    def _skip(self, mark: str) -> bool:
        if self._next.kind != "mark" or self._next.text != mark:
            return False
        self._advance()
        return True

    def _advance(self) -> _Token:
        token = self._next
        self._next = next(self._tokens, token)
        return token


def _iter_tokens(text: str) -> Iterator[_Token]:
    position, line = 0, 1
    while True:
        match = _TOKEN.match(text, position)
        if match is None:
            raise _build_error(_Token("", text[position], line), "a field or a value")
        kind = str(match.lastgroup)
        if kind != "space":
            yield _Token(kind, match.group(), line)
        if kind == "end":
            return
        line += match.group().count("\n")
        position = match.end()


def _to_number(token: _Token) -> int | float:
    text = token.text.lower()
    is_hexadecimal = text.lstrip("+-").startswith("0x")
    try:
        if not is_hexadecimal and not text.lstrip("+-").isdigit():
            return float(text.rstrip("f"))
        number = int(text, base=0)  # refuses octal numbers, which no network has
    except ValueError:
        raise _build_error(token, "a number") from None
    if not -(2**63) <= number < 2**64:
        raise _build_error(token, "a 64-bit number")
    return number


def _unquote(token: _Token) -> str:
    def replace(match: re.Match[bytes]) -> bytes:
        hexadecimal, octal, letter = match.groups()
        if letter is not None:
            return _ESCAPED[letter]
        return bytes([int(hexadecimal, 16) if hexadecimal else int(octal, 8)])

    try:
        return _ESCAPE.sub(replace, token.text[1:-1].encode()).decode()
    except (KeyError, ValueError):
        raise _build_error(token, "a string with known escapes") from None


def _format_scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Symbol) or not isinstance(value, str):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f]", lambda match: f"\\{ord(match[0]):03o}", escaped) + '"'


def _build_error(token: _Token, wanted: str) -> NetworkFileError:
    found = "the end of the text" if token.kind == "end" else repr(token.text[:40])
    return NetworkFileError(
        f"line {token.line} of the prototxt has {found} where {wanted} belongs; correct the line "
        "or pass the network's own prototxt"
    )
