# SPDX-License-Identifier: MIT
"""After a take the app shows the zoom where it stands, not where the next GO begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from followfocus.look.render import Camera
from followfocus.show.file import write_show
from followfocus.show.show import ShowMark
from followfocus.wire.messages import State
from followfocus_gui.state.curve_axis import half_dof_on_axis, moment_of_focal
from followfocus_gui.state.desk_views import read_deg, sharp_view
from tests.gui.conftest import Opened
from tests.show.test_zoomed_pulls import plans_of, show_of

MARKS = ShowMark(20.0), ShowMark(40.0)


def seen_mm(app: Opened) -> float:
    """The focal length that the picture has been drawn through."""
    wish = app.window.page.rack.picture.shown
    assert wish is not None
    return Camera(wish.scene.lens, wish.scene.t_stop, zoom=wish.scene.zoom).focal_mm(wish.time_s)


def sharp_at(app: Opened, at_s: float) -> str:
    """From where to where it is sharp with the ring where it stands, at a moment of the curve."""
    ring_deg = app.session.standing().ring_deg
    view = None if ring_deg is None else sharp_view(app.desk, read_deg(app.desk, ring_deg, stands=True), at_s)
    assert view is not None
    return f"sharp {view.near} – {view.far}, {view.deep}"


@pytest.mark.parametrize("mode", ["repeat", "pingpong"])
def test_at_rest_the_zoom_is_where_the_take_left_it(open_desk, tmp_path: Path, mode: str) -> None:
    write_show(show_of("24..70", *MARKS, duration_s=0.8), tmp_path / "zoom.ffshow")
    app = open_desk("sim", tmp_path / "zoom.ffshow")
    app.session.choose_mode(mode)
    app.until(lambda: app.window.page.rack.picture.shown is not None and seen_mm(app) == pytest.approx(24.0))
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    app.until(lambda: seen_mm(app) == pytest.approx(70.0, abs=0.01))
    ends_s = 0.8 if mode == "repeat" else 0.0  # the way back begins where the take has ended
    assert app.find("depthReadout").text() == sharp_at(app, ends_s) != sharp_at(app, 0.8 - ends_s)
    view = app.window.disk._view
    assert view is not None
    # what the readout says in metres, the disk's wedge says in degrees: 70 mm is sharp for an eighth of 24 mm's range
    there, other = (half_dof_on_axis(app.desk.plans(), view.needle_deg or 0.0, t) for t in (ends_s, 0.8 - ends_s))
    assert view.half_dof_deg == pytest.approx(there)
    assert there < other / 5
    app.session.arm()
    app.until_state(State.ARMED)
    app.until(lambda: seen_mm(app) == pytest.approx(24.0 if mode == "repeat" else 70.0, abs=0.01))


def test_a_unit_armed_a_frame_before_its_order_is_done_shows_where_the_next_pull_begins(
    open_desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_show(show_of("24..70", *MARKS, duration_s=0.8), tmp_path / "zoom.ffshow")
    app = open_desk("sim", tmp_path / "zoom.ffshow")
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    app.session.arm()
    app.until_state(State.ARMED)
    # As on a busy machine: the unit says ARMED, a frame is drawn, and only then is the order done.
    for left_mm, shown_mm in (70.0, 70.0), (None, 24.0):
        monkeypatch.setattr(app.session, "_stage", app.session.stage.but(zoom_mm=left_mm))
        app.window.showing.show_status()
        app.until(lambda shown_mm=shown_mm: seen_mm(app) == pytest.approx(shown_mm, abs=0.01))
    assert app.find("depthReadout").text() == sharp_at(app, 0.0) != sharp_at(app, 0.8)


def test_a_focal_length_is_found_on_the_axis() -> None:
    there, back = plans_of(show_of("24@0..70@1s..50@2s")), plans_of(show_of("24..70"), back=True)
    assert moment_of_focal(there, 24.0) == 0.0
    assert moment_of_focal(there, 47.0) == pytest.approx(0.5)
    assert moment_of_focal(there, 50.0) == pytest.approx(26 / 46)
    assert moment_of_focal(back, 24.0) == pytest.approx(2.0)
    assert moment_of_focal(there, 80.0) is None
    assert moment_of_focal(plans_of(show_of("")), 50.0) is None
    assert moment_of_focal((), 50.0) is None
