# SPDX-License-Identifier: MIT
"""Numbers of the command line, with a point or a comma: what typer reads its floats with, and how CSV is written."""

from __future__ import annotations

from typing import Annotated

import typer

from followfocus.errors import RequestError
from followfocus.units import parse_number, parse_stop

CsvOption = Annotated[
    str, typer.Option("--csv", metavar="STYLE", help="comma; or semicolon, with decimal commas, for countries that do.")
]


def number(given: str | float) -> float:
    """A number as typed; a default as it is. Raises RequestError."""
    return parse_number(given) if isinstance(given, str) else given


def a_while(given: str | float) -> float:
    """Seconds for which something is to run, as typed. Raises RequestError."""
    seconds = number(given)
    if not seconds > 0:
        raise RequestError(f"--for {given}: that is no time to run.", "Give seconds above 0.")
    return seconds


def t_stop(given: str | float) -> float:
    """A T-stop as typed: 2.8, 2,8 or T2.8. Raises RequestError."""
    return parse_stop(given) if isinstance(given, str) else given
