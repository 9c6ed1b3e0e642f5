# SPDX-License-Identifier: MIT
"""A list of takes in a narrow terminal: every note whole, in columns, in any script; a slate's words."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.cli.console import say, wrapped
from followfocus.cli.tables import Column, Grid
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from tests.support.takes import a_take

LONG = "撮影は最高でした the one we want, and the flare in its second half is not too hot after all"


@pytest.fixture(name="log")
def _log(tmp_path: Path) -> Path:
    path = tmp_path / "d.db"
    with TakeLog(path) as log:
        for number in (1, 2):
            log.append(a_take(number), dataclasses.replace(TakeContext(), lens="ideal-50", pull="A → B"))
        log.set_word(1, "ng")
        log.set_note(1, LONG)
        log.set_note(2, "撮影")
    return path


def said(*words: object, columns: int = 80) -> list[str]:
    run = CliRunner().invoke(build_app([str(words[0])]), [*map(str, words)], env={"COLUMNS": str(columns)})
    assert run.exit_code == 0, run.output
    return run.output.splitlines()


def test_a_note_that_has_no_room_beside_its_take_stands_whole_below(log: Path) -> None:
    lines = said("takes", "list", log)
    assert max(map(cell_len, lines)) <= 80
    first, second = (line for line in lines if "T" not in line and line.strip()[:2] in ("1 ", "2 "))
    assert first.rstrip().endswith("below")
    assert second.rstrip().endswith("撮影")
    below = lines[lines.index("Notes") + 1 :]
    assert " ".join(below).split() == ["row", "1", *LONG.split()]


def test_a_wide_terminal_has_the_note_in_its_line(log: Path) -> None:
    lines = said("takes", "list", log, columns=200)
    assert "Notes" not in lines
    assert any(LONG in line for line in lines)


def test_no_good_is_said_as_on_a_slate(log: Path) -> None:
    assert any(", NG" in line for line in said("takes", "list", log))
    assert any(line.endswith(", NG") for line in said("takes", "show", log, 1))
    assert said("takes", "mark", log, 2, "ng") == ["Row 2: NG."]


def test_one_take_is_told_within_the_terminal_and_says_its_zone_once(log: Path) -> None:
    lines = said("takes", "show", log, 1)
    assert max(cell_len(line) for line in lines if str(log) not in line) <= 80  # a path is not broken
    assert "\n".join(lines).count("UTC+00:00") <= 1


WIDTHS = (40, 60, 80, 120)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_figure_of_a_list_is_cut_in_a_narrow_terminal(log: Path, width: int) -> None:
    lines = said("takes", "list", log, columns=width)
    told = " ".join(" ".join(lines).split())
    assert "…" not in told
    assert told.count("+0.000°") == told.count("0 %") == told.count("+0.00 ms") == 2
    assert [line for line in lines if str(log) not in line and cell_len(line) > width] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("words", [("lens", "list"), ("lens", "show", "ideal-50"), ("ports",)])
def test_a_table_says_the_same_at_every_width(width: int, words: tuple[str, ...]) -> None:
    wide, narrow = (" ".join(said(*words, columns=columns)).split() for columns in (400, width))
    assert set(wide) - {"what", "on", "it"} <= set(narrow) | {"close", "focus"}


GRID = Grid(
    [Column("take", right=True), Column("landing", right=True), Column("of"), Column("note", wraps=True)], "Day 3"
)


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (60, ["Day 3", "take  landing  note", "   1  -0.004°  soft eyes, again", "  12  +1.250°"]),
        (30, ["Day 3", "take  landing  note", "   1  -0.004°  soft eyes,", "               again", "  12  +1.250°"]),
        (24, ["Day 3", "take 1 · landing -0.004°", "  note soft eyes, again", "take 12", "  landing +1.250°"]),
        (20, ["Day 3", "take 1", "  landing -0.004°", "  note soft eyes,", "  again", "take 12", "  landing +1.250°"]),
    ],
)
def test_a_table_has_columns_where_they_have_room_and_lines_where_not(width: int, lines: list[str]) -> None:
    grid = dataclasses.replace(GRID, rows=[])
    grid.add("1", "-0.004°", "", "soft eyes, again")
    grid.add("12", "+1.250°", "", "")
    assert list(grid.lines(width)) == lines


@pytest.mark.parametrize(
    ("words", "width", "lines"),
    [
        ("soft eyes, again", 11, ["soft eyes,", "again"]),
        ("撮影は最高", 6, ["撮影は", "最高"]),
        ("", 5, [""]),
        ("a bb 撮影", 4, ["a bb", "撮影"]),
    ],
)
def test_words_are_wrapped_by_the_places_that_they_take(words: str, width: int, lines: list[str]) -> None:
    assert wrapped(words, width) == lines


@pytest.mark.parametrize(("lens", "first"), [("ideal-50", "ideal-50 can be used, 2 marks.")])
def test_a_lens_is_named_once(lens: str, first: str) -> None:
    assert said("lens", "check", lens)[0] == first


class Terminal(io.StringIO):
    """Standard output as a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.mark.parametrize("kind", [Terminal, io.StringIO])
def test_a_terminal_gets_long_lines_broken_between_words_a_pipe_gets_them_whole(
    kind: type[io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = kind()
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setattr("sys.stdout", out)
    say("3 takes\n  landed within 0.0000° of each other, 撮影は最高でした\nhttp://a-page-of-this-computer/that/is/long")
    lines = out.getvalue().splitlines()
    if kind is not Terminal:
        assert len(lines) == 3
        return
    assert lines == [
        "3 takes", "  landed within 0.0000° of", "  each other, 撮影は最高でした", "http://a-page-of-this-computer/that/is/long",
    ]  # fmt: skip
