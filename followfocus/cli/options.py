# SPDX-License-Identifier: MIT
"""The options that several commands ask alike."""

from __future__ import annotations

from typing import Annotated

import typer

from followfocus.cli.numbers import t_stop

PortOption = Annotated[
    str, typer.Option(metavar="PORT", help="sim, a serial device, a pty, or a URL such as socket://host:port.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
AtOption = Annotated[
    str | None, typer.Option(metavar="POINT", help="The ring stands here now: someone has looked. Sets the reference.")
]
LensArgument = Annotated[str, typer.Argument(metavar="LENS", help="A lens file, or the name of a lens that ships.")]
StopOption = Annotated[
    float | None, typer.Option(metavar="T", parser=t_stop, help="T-stop; the lens's widest if not given.")
]
