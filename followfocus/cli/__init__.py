# SPDX-License-Identifier: MIT
"""The command line: one file per command or group of commands, put together here.

A command's file is imported only when it is named, and imports numpy, serial and the rest only when it runs, so the
first word of help is there at once.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
import warnings
from importlib import import_module
from typing import Annotated

import typer

from followfocus import __version__
from followfocus.cli.console import say, tell_json
from followfocus.cli.endings import Ending
from followfocus.cli.streams import guarded, keep_places
from followfocus.errors import FollowFocusError

# Every command in the order of a day's work: whether it is a group of its own (`app`) or one command (`command`), and
# its line in the list, which is said without importing it.
_COMMANDS: dict[str, tuple[str, str]] = {
    "plan": ("command", "Plan a pull: can it be done, how fast, what is sharp when."),
    "pull": ("command", "Shoot a pull: takes from A to B, each with how well it landed."),
    "rehearse": ("command", "Play a cue of a show, again and again."),
    "serve": ("command", "Play a show by OSC, timecode, MIDI or a camera's REC."),
    "remote": ("command", "Play a show with a page for a phone or a tablet."),
    "hand": ("command", "Follow focus by hand: the ring follows a wheel, and is recorded."),
    "replay": ("command", "Play a clip's own pull, or a recorded take, to the tick."),
    "wheels": ("group", "The wheels plugged in here: list them, and learn how they speak."),
    "look": ("command", "Show a rack before it is shot: film, still, keyframes, words."),
    "track": ("command", "Tell other programs where the ring is, live."),
    "lens": ("group", "Lens maps: which ring angle is which distance."),
    "ports": ("command", "List the serial ports, and what is behind each."),
    "unit": ("group", "Look at a unit, set it up, and move it by hand."),
    "sim": ("command", "A simulated unit in real time, for any other program."),
    "takes": ("group", "Read a take log: list takes, show one, mark it, export them."),
    "show": ("group", "Show files: make one, check one, read its cue list."),
    "firmware": ("group", "Which firmware a unit runs; put the one that ships on a board."),
    "gui": ("command", "Open the desk app: mark two points, set the time, hit GO."),
}

_MOTION = {"pull", "rehearse", "replay", "hand", "serve", "remote", "unit"}
"""Commands that move something, all but `unit info`: that went well or not, whatever became of its table."""
LONGEST_LINE = 68

_HELP = """Timed, repeatable focus pulls: two points on a lens, a duration, GO.

Without a command the desk app opens. A first pull, on the simulated unit:

    followfocus pull ideal-50 --from 2m --to 4m --duration 2

Exit codes: 0 done, 1 the job failed or a check said no, 2 bad input, 3 no unit or the link was lost.
"""


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"followfocus {__version__}")
        raise typer.Exit


def build_app(names: list[str]) -> typer.Typer:
    """The typer app with the commands in `names`; the others are in its list, and do nothing."""
    app = typer.Typer(
        help=_taught(_HELP),
        no_args_is_help=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # its frames around the help cost more than all the rest of it
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )

    @app.callback(invoke_without_command=True)
    def opens_the_app(
        context: typer.Context,
        version: Annotated[  # noqa: ARG001 - typer hands it to the callback
            bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
        ] = False,
    ) -> None:
        if context.invoked_subcommand is None:
            from followfocus.cli.gui import open_app

            open_app()

    for name, (kind, summary) in _COMMANDS.items():
        if name not in names:
            app.command(name, short_help=summary)(_not_imported)
            continue
        module = import_module(f"followfocus.cli.{name}")
        if kind == "command":
            app.command(name, help=_taught(module.command.__doc__), short_help=summary)(module.command)
            continue
        for command in module.app.registered_commands:
            command.help = _taught(command.help or command.callback.__doc__)
            command.short_help = _in_a_line(command.help)
        app.add_typer(module.app, name=name, help=_taught(module.app.info.help), short_help=summary)
    return app


def _not_imported() -> None:
    """Stand in the list for a command that was not named."""


def _taught(text: str | None) -> str:
    """A help text whose examples are kept as they are written, a command a line; other paragraphs are wrapped."""
    paragraphs = inspect.cleandoc(text or "").split("\n\n")
    return "\n\n".join(f"\b\n{part}" if part.lstrip().startswith("followfocus ") else part for part in paragraphs)


def _in_a_line(text: str) -> str:
    """A command's line in a list: the first line of its help, cut where a clause ends."""
    line = text.partition("\n\n")[0].replace("\n", " ")
    for marks in ("$", "[.;:] ", ", "):
        ends = [found.start() for found in re.finditer(marks, line) if found.start() <= LONGEST_LINE]
        if ends:
            return f"{line[: ends[-1]].rstrip('.')}."
    return line


def _named_commands(arguments: list[str]) -> list[str]:
    """The one command that `arguments` name; none for the list of them; all where a shell asks how words go on."""
    if "_FOLLOWFOCUS_COMPLETE" in os.environ:
        return list(_COMMANDS)
    return [word for word in arguments if not word.startswith("-")][:1]


def main() -> None:
    """The program: runs the command, and turns an error a person can mend into its sentence and exit code."""
    # numpy's BLAS starts a thread a core as it is imported, a sixth of a start; nothing here multiplies large matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what a library thinks of a damaged picture is in our sentence
    arguments = sys.argv[1:]
    keep_places()
    json = "--json" in arguments
    with Ending.of_program(), guarded(json=json) as out:
        code, why = _ended_with(_named_commands(arguments))
        if json and code and not out.begun:
            tell_json({"error": why, "exit_code": code})
        out.flush()
        if out.trouble is not None and not out.unread:
            words = getattr(out.trouble, "strerror", None) or str(out.trouble)
            say(f"followfocus: Standard output can't be written: {words}.", "red", err=True)
            if code == 0 and (not _MOTION.intersection(arguments[:1]) or arguments[:2] == ["unit", "info"]):
                code = 1
    sys.exit(code)


def _ended_with(names: list[str]) -> tuple[int, str]:
    """Run the command that the arguments name: its exit code, and what was said where that isn't 0."""
    try:
        build_app(names)()
    except FollowFocusError as error:
        say(f"followfocus: {error}", "red", err=True)
        return error.exit_code, str(error)
    except SystemExit as end:
        cause = end.__context__  # what typer ended for: a word that it doesn't take, or Ctrl-C
        if isinstance(getattr(cause, "__cause__", None), KeyboardInterrupt):
            return _interrupted()
        why = getattr(cause, "format_message", str)()
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1, why
    except KeyboardInterrupt:  # before typer hears of it
        return _interrupted()
    return 0, ""


def _interrupted() -> tuple[int, str]:
    say("followfocus: Interrupted.", "red", err=True)
    return 1, "Interrupted."
