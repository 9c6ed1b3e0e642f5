# SPDX-License-Identifier: MIT
"""CSV for spreadsheets: what a program would change is guarded, what it reads right is left alone."""

from __future__ import annotations

import csv
import io
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.names import visible
from followfocus.spreadsheet import COMMA, SEMICOLON, Fixed, FormattedNumber, csv_lines, kept_as_text, style_named


@pytest.mark.parametrize(
    "text",
    [
        "007", "27.10", "1E5", "1e-3", "1/2", "1/3", "3-4", "27:10", "1,5", "1.2.3", "5 %", "50%", "$5", "€ 5", "(27)",
        "1 1/2", " 27", "27 ", "+49", "-1", "=1+1", "@sum", "=HYPERLINK(\"x\")", "5 p", "12 am", "9:30 PM", "MAR1",
        "＝1+1", "＋1", "－1", "＠sum",
        "1 Mar", "Dec 1", "1-dez-26", "Okt 3", "Mai 5, 26", "TRUE", "falsch",
        "1234567890123456", "0012", "\t1", "12345e67", "7+", "$09+", "¥100", "1e2 ", " true", "'27", "'", " =1+1",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_change_is_guarded(text: str) -> None:
    assert kept_as_text(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "", "27", "0", "27A", "27A PU", "5A", "3E", "101AA", "INT. KITCHEN 27", "A 27", "Marta", "May", "march on",
        "12 monkeys", "A Anna 1.20 m / 3'11\"", "1 of 3", "minjerk",
        "bezier(0.42,0,0.58,1)", "撮影", "5 apples", "true north",
        "../../x",
        "ideal-50", "B +5.0", "0xFF", "e5", "1d5",
    ],
)  # fmt: skip
def test_what_stays_as_it_is_is_left_alone(text: str) -> None:
    assert kept_as_text(text) == text


def test_the_style_changes_numbers_and_nothing_else() -> None:
    row = [
        "27.10",
        1.5,
        FormattedNumber("2.50"),
        Fixed("01:00:00;02"),
        Fixed("2026-11-20"),
        7,
        True,
        False,
        None,
        "a;b",
    ]
    assert list(csv_lines([row])) == ["'27.10,1.5,2.50,01:00:00;02,2026-11-20,7,yes,,,a;b\r\n"]
    assert list(csv_lines([row], SEMICOLON)) == [
        "'27.10;1,5;2,50;\"01:00:00;02\";2026-11-20;7;yes;;;\"a;b\"\r\n"
    ]  # fmt: skip


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\0")), min_size=2))
def test_every_text_comes_back_but_for_its_guard(cells: list[str]) -> None:
    for style in (COMMA, SEMICOLON):
        text = "".join(csv_lines([cells], style))
        (back,) = csv.reader(io.StringIO(text, newline=""), delimiter=style.delimiter)
        assert back == [visible(kept_as_text(cell)) for cell in cells]


def test_an_unknown_style_is_refused() -> None:
    assert style_named("semicolon") is SEMICOLON
    with pytest.raises(RequestError, match="comma or semicolon"):
        style_named("tabs")


def test_a_spreadsheet_that_guesses_gives_every_text_back(tmp_path: Path) -> None:
    """Gnumeric reads the file with all its guessing on, and writes what it then has; an apostrophe is taken off."""
    if shutil.which("ssconvert") is None:
        pytest.skip("ssconvert (gnumeric) is not here")
    chance = random.Random(15)
    signs = "0123456789.,:/-+%eE ampAPMJanFeb'$€¥=("
    texts = [
        "27",
        "007",
        "27.10",
        "1E5",
        "1/2",
        "MAR1",
        "5 May",
        "12:30 pm",
        "7+",
        "''27",
        "27A",
        "TRUE",
        "INT. KITCHEN 2",
    ]
    texts += ["".join(chance.choices(signs, k=chance.randint(1, 7))) for _ in range(1500)]
    (tmp_path / "t.csv").write_text("".join(csv_lines([["text"], *([text] for text in texts)])), newline="")
    for made, of in (("t.xlsx", ["-I", "Gnumeric_stf:stf_csvtab", "t.csv"]), ("o.csv", ["t.xlsx"])):
        subprocess.run(["ssconvert", *of, made], cwd=tmp_path, check=True, capture_output=True)
    with (tmp_path / "o.csv").open(newline="") as stream:
        read = [row[0] if row else "" for row in csv.reader(stream)][1:]
    written = [kept_as_text(text) for text in texts]
    changed = [
        (text, got)
        for text, cell, got in zip(texts, written, read, strict=True)
        if got not in (cell, cell.removeprefix("'"))
    ]
    assert changed == []
