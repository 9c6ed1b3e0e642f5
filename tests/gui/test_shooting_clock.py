# SPDX-License-Identifier: MIT
"""The shooting view's time is of what stands by or has just run, never of the take before."""

from __future__ import annotations

from collections.abc import Callable

from followfocus.wire.messages import State
from followfocus_gui.picture_book import Book
from tests.gui.conftest import Opened

Open = Callable[..., Opened]


def clock(app: Opened) -> tuple[float, tuple[str, str]]:
    now = app.window.shooting._now
    return now.at_s, now.clock


def test_a_hold_that_has_gone_on_is_landed_and_not_held(open_desk: Open) -> None:
    app = open_desk()
    book = Book(app.desktop, app.until)
    book.set_up()
    book.shooting_holding()
    app.until(lambda: clock(app)[1][1] == "held")
    app.session.go()
    app.until(lambda: app.session.line.word == "LANDED")
    app.window.showing.show_status()
    assert clock(app) == (3.5, ("3.00", "of 3.00 s")), "the hold is no part of it"


def test_what_stands_by_begins_at_nought_and_is_as_long_as_it_was_set(open_desk: Open) -> None:
    app = open_desk()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=0.6))
    app.window.turn_shooting()
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    app.session.forget_note()
    app.until(lambda: app.session.line.word == "READY")
    app.window.showing.show_status()
    assert clock(app) == (0.0, ("0.00", "of 0.60 s"))
    app.session.edit(lambda: app.desk.edit_pull(duration_s=2.0))
    assert clock(app) == (0.0, ("0.00", "of 2.00 s"))
