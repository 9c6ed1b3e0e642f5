# SPDX-License-Identifier: MIT
"""A macro lens whose principal plane nobody knows, in the desk: nearer than four focal lengths no depth can be told."""

from __future__ import annotations

from pathlib import Path

from followfocus.show.file import write_show
from followfocus.show.show import new_show
from followfocus.wire.messages import State
from tests.cli.test_cli_plan_optics import MACRO


def test_the_ring_may_go_where_no_depth_can_be_told(open_desk, tmp_path: Path) -> None:
    write_show(new_show("", MACRO), tmp_path / "macro.ffshow")
    app = open_desk("sim", tmp_path / "macro.ffshow")
    assert app.find("depthReadout").text().startswith("sharp")
    near_deg = MACRO.ring_deg(0.36)
    app.turn(near_deg)
    app.until(lambda: app.window.distance.text().startswith("0.36"))
    assert app.find("depthReadout").text() == "not known"
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    app.until(lambda: app.word() in ("LANDED", "SOFT", "MISSED"))
    assert app.find("depthReadout").text().startswith("sharp")
