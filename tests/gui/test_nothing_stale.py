# SPDX-License-Identifier: MIT
"""Nothing on the desk outlives what it was drawn from: a take's trace, the cursor's moment, the picture, a refusal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from followfocus.show.cues import After
from followfocus.wire.messages import State
from followfocus_gui.plot.motion_plot import MotionPlot
from followfocus_gui.state.curve_axis import GO_GAP_S
from followfocus_gui.widgets.parts import Words
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
QUICK_S = 0.7
"""Long enough for every ease here, and for readings enough"""


def traced(app: Opened) -> int:
    """How many readings of a take stand on the curve."""
    return len(app.window.curve._canvas.actual[0])


def words(plot: MotionPlot) -> str:
    found = plot.findChild(Words, "curveWords")
    assert found is not None
    return found.text()


def quick_take(app: Opened) -> None:
    app.session.edit(lambda: app.desk.edit_pull(duration_s=QUICK_S))
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    assert traced(app) >= 2


def test_a_takes_trace_goes_with_its_pull(open_desk: Open) -> None:
    """Whatever of the pull is changed; after each the next take is shot on the same desk."""
    app = open_desk()
    desk, session = app.desk, app.session
    for change in (
        lambda: session.edit(lambda: desk.set_distance(1, 3.0)),
        lambda: session.edit(lambda: desk.edit_pull(duration_s=QUICK_S + 0.1)),
        lambda: session.edit(lambda: desk.edit_pull(easing="septic")),
        lambda: session.edit(lambda: desk.add_cue(back=True)),
    ):
        quick_take(app)
        app.desktop.actions.toggle_units()
        app.desktop.actions.next_theme()
        session.edit_mark(0, name=f"Anna {len(app.kept)}")
        assert traced(app) >= 2, "it is the same pull"
        change()
        assert traced(app) == 0
        assert app.window.curve._canvas.cursor_s == 0.0
        assert "kept to" not in words(app.window.curve)


def test_a_take_leaves_nothing_on_the_next_cues_curve(open_desk: Open) -> None:
    app = open_desk()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=QUICK_S))
    app.session.edit(lambda: app.desk.add_cue(back=True))
    app.session.choose_cue(0)
    app.session.choose_mode(After.LIST.value)
    app.take()
    app.until(lambda: app.session.stage.at.cue == 1 and not app.session.busy)
    assert traced(app) == 0
    assert "kept to" not in words(app.window.curve)


def holds(app: Opened) -> bool:
    """It waits in a hold for GO."""
    return app.word() == "HOLDING" and app.session.state is State.ARMED and not app.session.busy


def holding(open_desk: Open) -> Opened:
    """A pull over three marks, come to its hold for GO on the second."""
    app = open_desk()
    app.session.edit(lambda: app.desk.add_mark(60.0))
    app.session.edit_mark(1, hold_for_go=True)
    app.session.edit(lambda: app.desk.edit_pull(duration_s=2 * QUICK_S))
    app.take()
    app.until(lambda: holds(app))
    return app


def test_a_trace_stays_while_its_take_is_under_way(open_desk: Open) -> None:
    """A trim in a hold for GO is of the marks ahead."""
    app = holding(open_desk)
    before = traced(app)
    assert before >= 2
    app.session.edit_mark(2, trim_m=0.05)
    app.until(lambda: holds(app))
    assert traced(app) == before


def test_a_chosen_take_with_a_hold_for_go_lies_on_its_curve(open_desk: Open) -> None:
    app = holding(open_desk)
    app.session.go()
    app.until(lambda: len(app.kept) == 2 and app.session.state in (State.IDLE, State.LOADED) and not app.session.busy)
    table = app.window.table.takes
    app.until(lambda: table.rowCount() == 1)
    app.desktop.actions.takes.show_take(table.line(0))
    curve = app.window.curve
    times_s, levels = curve._canvas.actual
    view = curve._canvas.view
    assert view is not None
    assert times_s[-1] == pytest.approx(2 * QUICK_S + GO_GAP_S, abs=0.1)
    planned = np.interp(times_s, view.times_s, curve._canvas.levels.at(view.ring_deg))
    assert np.max(np.abs(levels - planned)) < 0.02 * np.ptp(planned)
    worst = words(curve)
    assert "kept to" in worst
    moment_s = float(worst.rpartition("at ")[2].removeprefix("GO + ").removesuffix(" s."))
    assert moment_s <= max(plan.motion.duration_s for plan in app.desk.plans())


def test_the_picture_follows_the_ring_again_after_the_cursor_was_dragged(open_desk: Open) -> None:
    app = open_desk()
    window = app.window
    QTest.keyClick(window.curve, Qt.Key.Key_End)
    aside = window.message.aside()
    end_deg = app.desk.plans()[-1].motion.end_deg
    assert window.rack.picture._ring_deg == pytest.approx(end_deg, abs=0.1)
    app.turn(150.0)
    assert window.rack.picture._ring_deg == pytest.approx(150.0, abs=0.1)
    assert window.message.aside() != aside


def test_the_picture_of_a_chosen_moment_is_of_the_pull_as_it_is_now(open_desk: Open) -> None:
    app = open_desk()
    window = app.window
    QTest.keyClick(window.curve, Qt.Key.Key_End)
    app.session.edit(lambda: app.desk.set_distance(1, 0.9))
    assert window.rack.picture._ring_deg == pytest.approx(app.desk.lens.ring_deg(0.9), abs=0.1)
    app.session.edit(lambda: app.desk.edit_pull(duration_s=1.5))
    assert window.rack.picture._time_s == pytest.approx(1.5)
    assert window.curve._canvas.cursor_s == pytest.approx(1.5)


def test_a_motor_step_beside_infinity_reads_infinity(open_desk: Open) -> None:
    app = open_desk()
    app.turn(0.04)
    assert app.desk.lens.distance_m(app.session.ring_deg) > 1_000.0
    app.until(lambda: app.window.distance.text() == "∞")
    app.desktop.actions.toggle_units()
    assert app.window.distance.text() == "∞"
    app.turn(0.5)
    app.until(lambda: app.window.distance.text() != "∞")


def test_a_refusal_goes_where_a_screen_opens_and_not_what_asks_for_something(open_desk: Open) -> None:
    app = open_desk()
    app.session.go()
    assert "arm first" in app.says()
    app.desktop.actions.show_keys()
    assert "ARM and GO wait" in app.says()
    app.window.host.close_screen()
    assert "arm first" not in app.says()
    app.session.tell("The unit restarted. Read the ring off the lens.", trouble=True)
    app.desktop.actions.show_keys()
    assert "The unit restarted" in app.says()


def test_after_a_restart_the_shooting_view_has_the_last_take_of_the_log(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    app.window.turn_shooting()
    assert app.window.shooting._view.last == ""
    app.session.edit(lambda: app.desk.edit_pull(duration_s=QUICK_S))
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    app.window.close()
    again = open_desk(folder=tmp_path)
    again.window.turn_shooting()
    assert again.window.shooting._view.last == "1 take 1: sharp."
