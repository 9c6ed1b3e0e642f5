# SPDX-License-Identifier: MIT
"""Every sentence that the program can say is whole in the state line: only names, quotes and ways to files give way."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import followfocus
import followfocus_gui
from followfocus.stage.stateline import Mend, Sign, StateLine
from followfocus_gui.widgets.lettering import in_box, most_rows, width_of
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
SIZES = ((960, 540), (1280, 800), (1366, 768), (1920, 1080), (800, 1280), (1093, 614), (1024, 600))
FIGURE = "3600.00"
WAY = "/media/assistant/A-CARD-0007/day-12-of-40/second-unit/the-long-name-of-a-production-that-never-ends-v12.ffshow"
MOST_BESIDE = 100
"""Letters of a refusal that stands beside a field to type in and two buttons, upright"""
NOT_SAID = "cli", "paper"
"""These packages print, or write on paper"""


def _text(node: ast.expr) -> str:
    """The words of a text, with a null for each of its fields; empty for what is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "\0" for part in node.values)
    return ""


def _said(tree: ast.Module) -> Iterator[str]:
    """Every sentence of a module, and every error's with what mends it."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    inner |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # a docstring is nobody's
    for node in ast.walk(tree):
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in inner:
            yield _text(node)
        elif isinstance(node, ast.Call) and re.search("Error$|^Refusal$", _called(node)):
            given = (*node.args[:1], *node.args[2:], *(word.value for word in node.keywords))
            yield " ".join(filter(None, map(_text, given)))


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def _may_be_a_way(before: str, after: str) -> bool:
    """Whether a field between these may be the name of a file, or what somebody wrote."""
    return not before[-1:].strip("( “") and after[:1] in ("", " ", "”", ")", ".")


def _sentences() -> list[str]:
    found: set[str] = set()
    for package in (followfocus, followfocus_gui):
        root = Path(package.__file__ or "").parent
        for path in root.rglob("*.py"):
            if path.relative_to(root).parts[0] not in NOT_SAID:
                found |= {" ".join(text.split()) for text in _said(ast.parse(path.read_text("utf-8")))}
    return sorted(text for text in found if " " in text and re.search(r"^[A-Z\0“].*[.?]$", text))


SENTENCES = _sentences()


def test_there_are_sentences() -> None:
    assert len(SENTENCES) > 900
    assert any(len(text) > 150 for text in SENTENCES)


@pytest.mark.parametrize("shooting", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_no_sentence_is_cut_in_the_state_line(size: tuple[int, int], open_desk: Open, *, shooting: bool) -> None:
    """With “Details” and what closes a screen beside it: a figure in each field, and a long way to a file."""
    app, wrong = open_desk(size=size), list[str]()
    if shooting:
        app.window.turn_shooting()
    bar = app.window.message
    for text in SENTENCES:
        first, field, rest = (part.replace("\0", FIGURE) for part in text.partition("\0"))
        for words in (f"{first}{field}{rest}", f"{first}{WAY}{rest}" if field and _may_be_a_way(first, rest) else ""):
            bar.show_line(StateLine("READY", Sign.RING, words, trouble=True), details=str, leave="Cancel")
            shown = bar.shown()
            whole = shown.startswith(first) and shown.endswith(rest) if WAY in words else shown == words
            wrong += [] if whole else [shown]
    assert not wrong, "\n".join(wrong)


MENDED = (
    ("WHERE?", "The unit restarted. Read the ring off the lens and type it, or calibrate.", Mend.PLACE),
    ("FAULT", "The unit was told too late what comes next. Look, then clear it.", Mend.CLEAR),
    ("NO UNIT", "The unit is gone and may play on. Cut the motor's power to stop it.", Mend.FIND),
)


@pytest.mark.parametrize(("word", "words", "mend"), MENDED)
@pytest.mark.parametrize("size", SIZES)
def test_a_refusal_is_whole_below_what_is_more_urgent(
    size: tuple[int, int], word: str, words: str, mend: Mend, open_desk: Open
) -> None:
    app, wrong = open_desk(size=size), list[str]()
    bar = app.window.message
    for text in SENTENCES:
        aside = text.replace("\0", FIGURE)
        if len(aside) > MOST_BESIDE:
            continue
        bar.show_line(StateLine(word, Sign.WARNING, words, aside, mend, trouble=True), details=str)
        rows, size_px = bar._rows()
        wrong += [] if bar.shown() == words and (not bar.below() or " ".join(rows) == f"{words} {aside}") else [aside]
        assert all(width_of(row, size_px) <= bar.words_room() + 1 for row in rows)
        assert len(rows) <= most_rows(bar.height(), size_px)
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("qapp")
def test_letters_shrink_before_lines_give_way_and_names_come_last() -> None:
    words = "Anna at the far window to Ben behind the second table takes 2.00 s, and 1.20 s is the least of this motor."
    names = "Anna at the far window", "Ben behind the second table"
    for room in range(150, 900, 7):
        rows, size = in_box((words,), room, 50.0, 20, names)
        assert 12 <= size <= 20
        assert len(rows) <= most_rows(50.0, size)
        assert all(width_of(row, size) <= room for row in rows)
        whole = " ".join(rows)
        assert whole == words or size == 12
        assert whole.endswith("1.20 s is the least of this motor.")
