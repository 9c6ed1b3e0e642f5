# SPDX-License-Identifier: MIT
"""The help teaches: every command in its list, examples as they are typed, and nothing imported that isn't needed."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus import cli

ROOT = Path(__file__).parents[2]


def helped(*words: str) -> str:
    done = CliRunner().invoke(cli.build_app(cli._named_commands(list(words))), [*words, "--help"], prog_name="ff")
    assert done.exit_code == 0, done.output
    return done.output


def test_the_list_has_every_command_whole():
    lines = [line.strip() for line in helped().splitlines()]
    for name, (_, summary) in cli._COMMANDS.items():
        assert any(line.split()[:1] == [name] and line.endswith(summary) for line in lines), name
    assert "followfocus pull ideal-50 --from 2m --to 4m --duration 2" in lines


@pytest.mark.parametrize("name", cli._COMMANDS)
def test_a_command_begins_as_its_line_in_the_list_does(name):
    kind, summary = cli._COMMANDS[name]
    module = import_module(f"followfocus.cli.{name}")
    text = module.command.__doc__ if kind == "command" else module.app.info.help
    begins, said = text.split(), summary.split()
    assert begins[:2] == said[:2], (text, summary)


@pytest.mark.parametrize("name", cli._COMMANDS)
def test_examples_stand_on_a_line_each_and_lists_are_not_cut(name):
    text = helped(name)
    assert "..." not in text.partition("\n")[2]
    module = import_module(f"followfocus.cli.{name}")
    source = (module.command.__doc__ if cli._COMMANDS[name][0] == "command" else module.app.info.help) or ""
    for line in source.splitlines():
        if line.strip().startswith("followfocus "):
            assert line.strip() in [shown.strip() for shown in text.splitlines()]


@pytest.mark.parametrize("name", cli._COMMANDS)
def test_what_an_option_takes_is_told_in_a_word_of_the_trade(name):
    """Not as the program's own types have it."""
    kind, _ = cli._COMMANDS[name]
    inner = [] if kind == "command" else import_module(f"followfocus.cli.{name}").app.registered_commands
    for words in ([name], *([name, one.name or one.callback.__name__] for one in inner)):
        for kind_of_program in ("<str>", "<path>", "<int", "<float", " TEXT,", " INTEGER", " FLOAT"):
            assert kind_of_program not in helped(*words), (words, kind_of_program)


# They write a file or what a person does meanwhile, and tell it on standard error; `udev` prints a file as it is.
NO_FACTS = {
    "gui", "takes export", "takes mark", "show new", "show unlock", "wheels udev",
}  # fmt: skip


@pytest.mark.parametrize("name", cli._COMMANDS)
def test_every_command_that_prints_facts_takes_json(name):
    kind, _ = cli._COMMANDS[name]
    inner = [] if kind == "command" else import_module(f"followfocus.cli.{name}").app.registered_commands
    for words in [[name]] if kind == "command" else [[name, one.name or one.callback.__name__] for one in inner]:
        assert ("--json" in helped(*words)) or " ".join(words) in NO_FACTS, words


def test_a_summary_ends_where_a_clause_does():
    assert cli._in_a_line("Move the ring.") == "Move the ring."
    long = "Find both stops by the home switch or the stall input, measure the travel; then say it, and more."
    assert cli._in_a_line(long) == "Find both stops by the home switch or the stall input."
    endless = "Turn the ring for a while; slow, while nobody knows where the ring of the lens stands."
    assert cli._in_a_line(endless) == "Turn the ring for a while."


def test_a_shell_that_completes_is_told_every_command(monkeypatch):
    assert cli._named_commands(["--version"]) == []
    assert cli._named_commands(["-x", "plan", "ideal-50"]) == ["plan"]
    monkeypatch.setenv("_FOLLOWFOCUS_COMPLETE", "complete_bash")
    assert cli._named_commands([]) == list(cli._COMMANDS)


@pytest.mark.parametrize(
    ("words", "needless"),
    [
        (["--help"], ("rich", "numpy", "followfocus.cli.plan")),
        (["plan", "--help"], ("rich", "numpy", "followfocus.cli.pull")),
        (["plan", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "2"], ("rich", "numpy.ma", "serial")),
    ],
    ids=["the list", "a command's help", "a plan"],
)
def test_nothing_is_imported_that_is_not_needed(words, needless):
    code = (
        "import sys, atexit; from followfocus.cli import main\n"
        "atexit.register(lambda: print(sorted(sys.modules), file=sys.stderr)); main()"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "ideal-50" in done.stdout
    assert not [name for name in needless if f"'{name}'" in done.stderr]
