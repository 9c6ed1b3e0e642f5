# SPDX-License-Identifier: MIT
"""`followfocus remote`: a show on a unit, with a page for a phone or a tablet."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import say
from followfocus.cli.options import AtOption, JsonOption
from followfocus.cli.pull import LogOption, NoLogOption
from followfocus.cli.rehearse import OtherPortOption
from followfocus.cli.serve import (
    AllowOption,
    ArmOption,
    FirstCueOption,
    ListenOption,
    ModeOption,
    RearmOption,
    ServedShow,
    TellOption,
)
from followfocus.cli.serving import ServeWish, serve_show
from followfocus.cli.track import ForOption

if TYPE_CHECKING:
    from followfocus.sources.loop import SourceLoop
    from followfocus.stage.serving import Serving

PageOption = Annotated[
    str, typer.Option("--page", metavar="HOST:PORT", help="Where the page is served; else to this computer alone.")
]


def command(
    show: ServedShow,
    page: PageOption = "127.0.0.1:53780",
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
    """Play a show with a page for a phone: distance, depth of field, state, marks; STOP, and GO when armed.

    followfocus remote day3.ffshow --page 0.0.0.0:53780 --allow-go --arm --rearm --log day3.db

    The page asks for the code that is shown here, a new one each time; the QR code holds both. Whoever has the code may
    watch, one at a time may control. A phone that is lost stops and starts nothing.
    """

    @contextlib.contextmanager
    def opened(serving: Serving, loop: SourceLoop) -> Iterator[None]:
        from followfocus.stage.phones import serve_phones

        with serve_phones(serving, loop, page) as phones:
            say(f"Page: {phones.url}  code: {phones.code}", "bold", err=True)
            say(phones.qr_text(), err=True)
            for words in phones.warnings:
                say(words, "yellow", err=True)
            yield

    wish = ServeWish(
        show, tuple(listen or ()), cue, mode, allow_go, arm, rearm, port, at, log, no_log, seconds, json, to or ()
    )  # fmt: skip
    serve_show(wish, opened)
