# SPDX-License-Identifier: MIT
"""The largest figure of the desk is the mark's own distance, wherever a pull has left the ring on a mark."""

from __future__ import annotations

import dataclasses

from followfocus.wire.messages import State


def test_armed_and_landed_the_readout_is_the_marks(open_desk) -> None:
    app = open_desk()
    app.desk.edit(unit=dataclasses.replace(app.desk.show.unit, lash_deg=0.3))
    app.desk.edit_pull(duration_s=1.0)
    for index, metres in ((0, 2.0), (1, 4.0)):
        app.desk.edit_mark(index, ring_deg=app.desk.lens.ring_deg(metres))
    app.window.showing.refresh()
    app.session.arm()
    app.until_state(State.ARMED)
    app.until(lambda: app.window.distance.text() == "2.00 m")
    app.session.go()
    app.until(lambda: bool(app.kept))
    app.until_state(State.IDLE, State.LOADED)
    app.until(lambda: app.window.distance.text() == "4.00 m")
    assert app.find("depthReadout").text().startswith("sharp 3.79 – 4.23")
