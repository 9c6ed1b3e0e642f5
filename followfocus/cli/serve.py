# SPDX-License-Identifier: MIT
"""`followfocus serve`: a show on a unit, played by whoever asks from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from followfocus.cli.options import AtOption, JsonOption
from followfocus.cli.pull import LogOption, NoLogOption
from followfocus.cli.rehearse import OtherPortOption
from followfocus.cli.serving import ServeWish, serve_show
from followfocus.cli.track import ForOption

ServedShow = Annotated[Path, typer.Argument(metavar="SHOW", help="The show file (.ffshow).")]
ListenOption = Annotated[
    list[str] | None,
    typer.Option(
        "--listen", metavar="PLACE", help="osc://, mtc:PORT, msc:PORT, ltc:DEVICE, blackmagic://HOST, zcam://HOST."
    ),
]
FirstCueOption = Annotated[str | None, typer.Option(metavar="N", help="The cue that stands by first.")]
ModeOption = Annotated[str, typer.Option(metavar="list|repeat|pingpong", help="What stands by after a take.")]
AllowOption = Annotated[bool, typer.Option("--allow-go", help="Let GO from outside in; without it only STOP works.")]
ArmOption = Annotated[bool, typer.Option("--arm", help="Arm what stands by at the start.")]
TellOption = Annotated[
    list[str] | None, typer.Option("--to", metavar="URL", help="Tell where the ring is: opentrackio://, freed://H:P.")
]
RearmOption = Annotated[bool, typer.Option("--rearm", help="Arm again after each take that was played to its end.")]


def command(
    show: ServedShow,
    listen: ListenOption = None,
    cue: FirstCueOption = None,
    mode: ModeOption = "list",
    allow_go: AllowOption = False,
    arm: ArmOption = False,
    rearm: RearmOption = False,
    port: OtherPortOption = None,
    at: AtOption = None,
    log: LogOption = None,
    no_log: NoLogOption = False,
    to: TellOption = None,
    seconds: ForOption = None,
    json: JsonOption = False,
) -> None:
    """Play a show by OSC, timecode, MIDI show control or a camera's REC, without a window.

    followfocus serve day3.ffshow --listen osc:// --allow-go --log day3.db

    followfocus serve day3.ffshow --listen ltc: --listen blackmagic://pocket.local --allow-go --arm --rearm

    GO from outside works only with --allow-go and only while the unit is armed; STOP always works. What came, from
    where, and what became of it is in the log beside the takes (takes diary FILE.db). Everything listens on this
    computer alone unless another host is named. Ctrl-C stops the motor and ends it.
    """
    serve_show(
        ServeWish(
            show,
            tuple(listen or ()),
            cue,
            mode,
            allow_go,
            arm,
            rearm,
            port,
            at,
            log,
            no_log,
            seconds,
            json,
            to or (),
        )
    )
