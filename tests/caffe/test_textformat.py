from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorize_lab.caffe.textformat import (
    MAX_CHARS,
    MAX_DEPTH,
    Message,
    Symbol,
    format_message,
    parse_message,
)
from colorize_lab.errors import NetworkFileError

WORDS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
SYMBOLS = WORDS.filter(lambda word: word.lower() not in ("true", "false")).map(Symbol)
SCALARS = (
    st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | SYMBOLS
)
MESSAGES: st.SearchStrategy[Message] = st.recursive(
    st.dictionaries(WORDS, st.lists(SCALARS, min_size=1, max_size=3), max_size=4),
    lambda inner: st.dictionaries(
        WORDS, st.lists(SCALARS | inner, min_size=1, max_size=3), max_size=4
    ),
    max_leaves=8,
)


def list_types(message: Message) -> list[object]:
    values = [value for field in message.values() for value in field]
    return [list_types(value) if isinstance(value, dict) else type(value) for value in values]


@given(MESSAGES)
def test_messages_come_back(message: Message) -> None:
    found = parse_message(format_message(message))
    assert found == message
    assert list_types(found) == list_types(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", {}),
        ("# only a comment", {}),
        ("a: 1 b: -2 c: +3", {"a": [1], "b": [-2], "c": [3]}),
        ("a: 0x1F b: -0xa", {"a": [31], "b": [-10]}),
        ("a: 1.5 b: -.5 c: 2.", {"a": [1.5], "b": [-0.5], "c": [2.0]}),
        ("a: 1e-5 b: 1.f c: 3F", {"a": [1e-5], "b": [1.0], "c": [3.0]}),
        ("a: true b: False c: MAX", {"a": [True], "b": [False], "c": ["MAX"]}),
        ("a: 'x' b: \"y\"", {"a": ["x"], "b": ["y"]}),
        ("a: 'it\"s' b: \"it's\"", {"a": ['it"s'], "b": ["it's"]}),
        (r'a: "\n\t\"\\\101\x41\303\274"', {"a": ['\n\t"\\AAü']}),
        ('a: "one" \'two\'\n"three"', {"a": ["onetwothree"]}),
        ('a: "# no comment" # one\nb: 1', {"a": ["# no comment"], "b": [1]}),
        ("a { b: 1 } a: { b: 2 } a < b: 3 >", {"a": [{"b": [1]}, {"b": [2]}, {"b": [3]}]}),
        ("a: 1, b: 2; c { d: 3, }", {"a": [1], "b": [2], "c": [{"d": [3]}]}),
        ("a: [1, 2] a: 3 b: []", {"a": [1, 2, 3], "b": []}),
        ("a [{b: 1}, {b: 2}]", {"a": [{"b": [1]}, {"b": [2]}]}),
        ("a{b{c{}}}", {"a": [{"b": [{"c": [{}]}]}]}),
    ],
)
def test_the_format_is_read(text: str, message: Message) -> None:
    assert parse_message(text) == message


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\nb 2", "line 2 of the prototxt has '2' where a colon or a message belongs"),
        ("a {\n b: 1\n", "line 3 of the prototxt has the end of the text"),
        ("a: 1 }", "line 1 of the prototxt has '}'"),
        ("a < b: 1 }", "'}'"),
        ("a:\n\n{ b: }", "line 3"),
        ("a: [1", "the end of the text"),
        ('a: "open', "'\"'"),
        ('a: "two\nlines"', "line 1"),
        (r'a: "\q"', "known escapes"),
        (r'a: "\777"', "known escapes"),
        (r'a: "\xff"', "known escapes"),
        ("a: 017", "a number"),
        ("a: " + "1" * 5000, "a number"),
        ("a: 0x" + "f" * 5000, "a 64-bit number"),
        ("a: 18446744073709551616", "a 64-bit number"),
        ("1: 2", "the name of a field"),
        ("a: @", "'@'"),
        ("\u00fc: 1", "'ü'"),
        ("a: 1 \x00", "line 1"),
    ],
)
def test_an_error_names_line_and_fault(text: str, sentence: str) -> None:
    with pytest.raises(NetworkFileError) as caught:
        parse_message(text)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_only_so_deep_and_so_long() -> None:
    nested = "a{" * MAX_DEPTH + "}" * MAX_DEPTH
    assert parse_message(nested)
    with pytest.raises(NetworkFileError, match="nested messages"):
        parse_message("a{" * 100_000)
    with pytest.raises(NetworkFileError, match="more than any network"):
        parse_message(" " * (MAX_CHARS + 1))


@given(st.text(alphabet="ab:{}<>[]\"'\\#\n ,.-+0x1eftrue"))
def test_any_text_ends_in_a_message_or_the_known_error(text: str) -> None:
    try:
        message = parse_message(text)
    except NetworkFileError:
        return
    assert parse_message(format_message(message)) == {k: v for k, v in message.items() if v}
