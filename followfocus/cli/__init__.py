"""The command line: one file per command or group of commands, put together here.

A command's file is imported only when it is named (or for the list in `--help`), and imports numpy, serial and the rest
only when it runs, so the first word of help is there at once.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated

import typer

from followfocus import __version__
from followfocus.errors import FollowFocusError

# Name, module, and whether it is a group of its own (`app`) or one command (`command`), in the order of a day's work.
_COMMANDS: dict[str, str] = {
    "plan": "command",
    "pull": "command",
    "rehearse": "command",
    "look": "command",
    "track": "command",
    "lens": "group",
    "ports": "command",
    "unit": "group",
    "sim": "command",
    "takes": "group",
    "show": "group",
    "firmware": "group",
    "gui": "command",
}

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
    """The typer app with the commands in `names`."""
    app = typer.Typer(
        help=_HELP,
        no_args_is_help=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
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

    for name in names:
        module = import_module(f"followfocus.cli.{name}")
        if _COMMANDS[name] == "group":
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(module.command)
    return app


def _named_command(arguments: list[str]) -> list[str]:
    """The one command that `arguments` name, or all where that is not clear yet."""
    first = next((word for word in arguments if not word.startswith("-")), None)
    return [first] if first in _COMMANDS else list(_COMMANDS)


def main() -> None:
    """The program: runs the command, and turns an error a person can mend into its sentence and exit code."""
    try:
        build_app(_named_command(sys.argv[1:]))()
    except FollowFocusError as error:
        typer.secho(f"followfocus: {error}", fg=typer.colors.RED, err=True)
        sys.exit(error.exit_code)
