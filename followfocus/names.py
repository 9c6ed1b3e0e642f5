# SPDX-License-Identifier: MIT
"""Names as they stand in a line: a name never breaks it or turns what is around it, whatever script it is in.

A line is laid out by the Unicode bidirectional algorithm (UAX 9). In it a Hebrew or Arabic name pulls the number behind
it to its own other side, an arrow between two such names points the wrong way, and an override reverses the whole rest.
"""

from __future__ import annotations

import re
import unicodedata

_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks, embeddings, overrides and isolates: not seen themselves, and only there to turn what follows."""
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\r(?!\n)")
"""Control characters but line ends and tabs, with those that turn the rest of a line round."""
_BREAKS = re.compile(r"[\r\n\t]+")
_LEFT_TO_RIGHT = "\u200e"
_LEFTWARD = ("R", "AL")


def plain_name(text: str) -> str:
    """The text without the characters that only turn others."""
    return _TURNING.sub("", text)


def visible(text: str) -> str:
    r"""The text with every control character but line ends and tabs as a picture of it: an escape as ␛.

    >>> visible("a\x1b[2Jb\x9bc")
    'a␛[2Jb�c'
    """
    return CONTROLS.sub(_picture, text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return "␡" if code == 0x7F else chr(0x2400 + code) if code < 0x20 else "\ufffd"


def one_line(text: str) -> str:
    r"""The text on a line of its own, whatever it holds.

    >>> one_line("the\tone\n\x1b[2J")
    'the one ␛[2J'
    """
    return _BREAKS.sub(" ", visible(text))


def counted(count: int, thing: str) -> str:
    """So many of a thing, as a person says it.

    >>> counted(1, "take"), counted(0, "take"), counted(12, "shot")
    ('1 take', '0 takes', '12 shots')
    """
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def is_leftward(text: str) -> bool:
    """Whether any of it is read from right to left."""
    return any(unicodedata.bidirectional(c) in _LEFTWARD for c in text)


def in_line(name: str) -> str:
    """A name within a line that is read from left to right: fenced where it is read the other way.

    Fenced by left-to-right marks, which every layout knows; the newer isolates are lost on many.

    >>> in_line("Anna"), in_line("a\u202ebc"), in_line(in_line("\u05d3")) == "\u200e\u05d3\u200e"
    ('Anna', 'abc', True)
    """
    plain = one_line(plain_name(name))
    return f"{_LEFT_TO_RIGHT}{plain}{_LEFT_TO_RIGHT}" if is_leftward(plain) else plain
