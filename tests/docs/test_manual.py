# SPDX-License-Identifier: MIT
"""docs/manual and README: commands, buttons and verdicts are real, every picture is shown, sentences are short."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from followfocus import cli
from followfocus.takes.takes import Verdict
from followfocus.takes.whole import outcome_of

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "docs" / "manual"
PAGES = [ROOT / "README.md", ROOT / "firmware" / "README.md", *sorted(MANUAL.glob("*.md"))]


def commands_in(page: Path) -> list[str]:
    """Every line that a reader is told to type at `followfocus`, and every one in a sentence."""
    text = page.read_text(encoding="utf-8")
    lines = [line.split(" #")[0].strip() for line in re.findall(r"^ {4}(followfocus .*)$", text, re.MULTILINE)]
    return [*lines, *re.findall(r"`(followfocus [^`]+)`", text)]


COMMANDS = [(page.name, line) for page in PAGES for line in commands_in(page)]


@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=[f"{page}: {line}" for page, line in COMMANDS])
def test_every_command_is_one_with_these_options(page, line):
    words = [word for word in shlex.split(line.removesuffix("&")) if word != "…"][1:]
    command = get_command(cli.build_app(list(cli._COMMANDS)))
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    assert not hasattr(command, "commands") or not words or words[0].startswith("-"), f"{page}: no command {words[:1]}"
    known = {name for option in command.params for name in [*option.opts, *option.secondary_opts]} | {"--help"}
    asked = {word.split("=")[0] for word in words if re.match("--?[a-z]", word)}
    assert asked <= known, f"{page}: {asked - known}"


def test_there_is_something_to_check():
    assert len(COMMANDS) > 30


def test_every_page_is_in_the_contents_and_leads_on():
    contents = (MANUAL / "README.md").read_text(encoding="utf-8")
    pages = sorted(MANUAL.glob("[a-z]*.md"))
    assert len(pages) >= 7
    for page in pages:
        assert f"]({page.name})" in contents


def test_every_button_that_is_to_be_pressed_is_in_the_app():
    app = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "gui" / "followfocus_gui").rglob("*.py"))
    manual = "".join(page.read_text(encoding="utf-8") for page in MANUAL.glob("*.md"))
    told = re.findall(r"(?:→|[Pp]ress|[Cc]hoose|then) \*\*([^*]{3,})\*\*", manual)
    assert len(told) > 25
    app = app.replace("\\n", " ")  # some buttons have two lines
    assert [words for words in told if not re.search(r"[\"']" + re.escape(words), app)] == []


def test_every_verdict_stands_in_the_table_of_verdicts_in_both_words():
    page = (MANUAL / "takes-and-reports.md").read_text(encoding="utf-8")
    assert [
        verdict for verdict in Verdict if f"| {outcome_of(verdict.value).value} | {verdict.value} |" not in page
    ] == []


def test_every_picture_of_the_manual_is_shown():
    shown = "".join(page.read_text(encoding="utf-8") for page in MANUAL.glob("*.md"))
    for picture in (MANUAL / "pictures").iterdir():
        assert f"pictures/{picture.name}" in shown


def test_sentences_are_short_enough_for_a_tired_reader():
    """Prose only: no tables, code or headings. The mean counts, and nothing runs away."""
    lengths = []
    for page in MANUAL.glob("[a-z]*.md"):
        prose = re.sub(
            r"^(\||#| {4}|!).*$|!?\[([^\]]*)\]\([^)]*\)|`[^`]*`", r"\2", page.read_text(), flags=re.MULTILINE
        )
        lengths += [
            len(sentence.split()) for sentence in re.split(r"[.:?!]\s|\n\n|\n\s*[-\d]", prose) if sentence.split()
        ]
    assert sum(lengths) / len(lengths) < 11
    assert max(lengths) <= 32
