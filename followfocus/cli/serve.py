# SPDX-License-Identifier: MIT
"""`followfocus serve`: a show on a unit, played by whoever asks from outside."""

from __future__ import annotations

from followfocus.cli.serving import ServeWish, by_wish, serve_show


@by_wish
def command(wish: ServeWish) -> None:
    """Play a show by OSC, timecode, MIDI show control or a camera's REC, without a window.

    followfocus serve day3.ffshow --listen osc:// --allow-go --log day3.db

    followfocus serve day3.ffshow --listen ltc: --listen blackmagic://pocket.local --allow-go --arm --rearm

    GO from outside works only with --allow-go and only while the unit is armed; STOP always works. What came, from
    where, and what became of it is in the log beside the takes (takes diary FILE.db). Everything listens on this
    computer alone unless another host is named. Ctrl-C stops the motor and ends it.
    """
    serve_show(wish)
