# SPDX-License-Identifier: MIT
"""`followfocus remote`: a show on a unit, with a page for a phone or a tablet."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import say
from followfocus.cli.serving import ServeWish, by_wish, serve_show

if TYPE_CHECKING:
    from followfocus.sources.loop import SourceLoop
    from followfocus.stage.serving import Serving

PageOption = Annotated[
    str, typer.Option("--page", metavar="HOST:PORT", help="Where the page is served; else to this computer alone.")
]


@by_wish
def command(wish: ServeWish, page: PageOption = "127.0.0.1:53780") -> None:
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

    serve_show(wish, opened)
