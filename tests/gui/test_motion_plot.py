# SPDX-License-Identifier: MIT
"""The curve under hand and eye: drags make the right signals, labels cover nothing, differences are said right."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from followfocus.lens.map import load_lens
from followfocus.motion.easing import parse_easing
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.plan.plan import Conditions, make_plan
from followfocus_gui.plot.axes import AxisKind, upright_figures
from followfocus_gui.plot.canvas import PlotCanvas
from followfocus_gui.plot.curve_drags import offered_handles
from followfocus_gui.plot.items import Handle, Part
from followfocus_gui.plot.layout import Panel, band_words
from followfocus_gui.plot.lines import OFF_PX, polygon, thinned
from followfocus_gui.plot.motion_plot import MotionPlot
from followfocus_gui.plot.scale import Levels, distance_ticks, distance_word
from followfocus_gui.state.label_layout import LabelBox, Obstacles, Wanted, place_labels
from followfocus_gui.state.trace import MOST_POINTS, Trace
from followfocus_gui.state.views import BandView, CurveView
from followfocus_gui.widgets import theme

LENS = load_lens("ideal-50")
THEMES: tuple[theme.ThemeName, ...] = ("dark", "red", "bright")


def _view(*distances_m: float, seconds: float = 2.0, ease: str = "minjerk", hold_s: float = 0.0) -> CurveView:
    """A planned pull over some distances as the desk would show it."""
    last = len(distances_m) - 1
    marks = tuple(
        Mark("ABCDEFGHI"[i], LENS.ring_deg(d), hold_s=hold_s if 0 < i < last else 0.0)
        for i, d in enumerate(distances_m)
    )
    pull = Pull(marks, tuple(Leg(seconds, parse_easing(ease)) for _ in range(last)))
    plan = make_plan(LENS, pull, Conditions(LENS.t_stop))
    t = np.linspace(0.0, plan.motion.duration_s, 401)
    ring, half = plan.motion.ring_deg(t), plan.half_dof_deg
    bands = tuple(
        BandView(m.name, "", m.ring_deg + half, m.ring_deg - half, s.goes_soft_s, s.becomes_sharp_s, i in (0, last))
        for i, (m, s) in enumerate(zip(marks, plan.sharpness.subjects, strict=True))
    )
    holds = tuple(((i + 1) * seconds + i * hold_s, hold_s) for i in range(last - 1))
    scale = np.linspace(0.0, LENS.travel_deg, 200)
    return CurveView(
        t, ring, np.abs(plan.motion.speed_deg_s(t)), LENS.distance_m(ring), math.inf, (), bands, float(t[-1]),
        getattr(pull.legs[0].easing, "handles", None), holds, half_dof_deg=half, can_ease=last == 1,
        scale_deg=scale, scale_m=LENS.distance_m(scale),
    )  # fmt: skip


RACK = _view(2.0, 4.0)
THREE = _view(0.7, 2.0, 4.0, hold_s=0.6)


@pytest.fixture(name="shown")
def _shown(qtbot: QtBot, qapp: QApplication) -> Callable[[CurveView], MotionPlot]:
    def show(view: CurveView) -> MotionPlot:
        theme.apply(qapp, "dark")
        plot = MotionPlot()
        qtbot.addWidget(plot)
        plot.resize(800, 380)
        plot.show()
        qapp.processEvents()
        plot.set_view(view)
        return plot

    return show


def _handle(plot: MotionPlot, part: Part, index: int = 0) -> Handle:
    return next(h for h in plot.picture.handles if h.part is part and h.index == index)


def _pull(plot: MotionPlot, start: QPointF, by: QPoint) -> None:
    """Press, move in five steps, let go."""
    pad: QWidget = plot.pad
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=start.toPoint())
    for step in range(1, 6):
        QTest.mouseMove(pad, start.toPoint() + by * step / 5)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=start.toPoint() + by)


Shown = Callable[[CurveView], MotionPlot]

# The hand ------------------------------------------------------------------------------------------------------------


def test_the_end_drags_the_duration(shown: Shown, qtbot: QtBot) -> None:
    plot, seen = shown(RACK), list[float]()
    plot.durationDragged.connect(seen.append)
    end = _handle(plot, Part.END)
    # 20 px beside the grip is still on it
    _pull(plot, QPointF(end.x - 20, end.y), QPoint(-100, 0))
    assert 1.4 < seen[-1] < 1.8
    assert seen == sorted(seen, reverse=True)


def test_the_axis_rests_while_the_end_is_dragged(shown: Shown) -> None:
    """Each new plan is shown at once; were the axis to grow with it, the end would run away from the finger."""
    plot, seen = shown(RACK), list[float]()

    def follow(seconds: float) -> None:
        seen.append(seconds)
        plot.set_view(_view(2.0, 4.0, seconds=seconds))

    plot.durationDragged.connect(follow)
    end = _handle(plot, Part.END)
    _pull(plot, QPointF(end.x, end.y), QPoint(40, 0))
    assert 2.0 < seen[-1] < 2.3
    after = _handle(plot, Part.END)
    assert after.x == pytest.approx(end.x, abs=2), "let go, the axis fits the pull again"


def test_ease_handles_are_offered_and_taken(shown: Shown) -> None:
    plot, seen = shown(RACK), list[tuple[float, ...]]()
    plot.handlesDragged.connect(lambda *shares: seen.append(shares))
    knob = _handle(plot, Part.IN)
    assert knob.offered
    _pull(plot, QPointF(knob.x, knob.y), QPoint(-120, 30))
    x1, y1, x2, y2 = seen[-1]
    assert 0.1 < x1 < 0.4
    assert 0.05 < y1 < 0.5
    assert (x2, y2) == pytest.approx((0.533, 1.0), abs=0.01)


def test_a_bezier_has_its_own_handles(shown: Shown) -> None:
    plot = shown(_view(2.0, 4.0, ease="bezier(0.3,0,0.6,1)"))
    assert not _handle(plot, Part.IN).offered
    start, end = _handle(plot, Part.IN), _handle(plot, Part.OUT)
    assert start.x < end.x
    assert [h.part for h in shown(THREE).picture.handles].count(Part.IN) == 0


def test_a_hold_is_dragged_for_its_mark(shown: Shown) -> None:
    plot, seen = shown(THREE), list[tuple[int, float]]()
    plot.holdDragged.connect(lambda mark, seconds: seen.append((mark, seconds)))
    grip = _handle(plot, Part.HOLD)
    _pull(plot, QPointF(grip.x, grip.y), QPoint(60, 0))
    assert len(seen) == 1, "one hold of the hand is one edit"
    assert seen[0][0] == 1
    assert 0.8 < seen[0][1] < 1.4


def test_a_mark_that_could_hold_offers_it(shown: Shown) -> None:
    plot, seen = shown(_view(0.7, 2.0, 4.0)), list[tuple[int, float]]()
    plot.holdDragged.connect(lambda mark, seconds: seen.append((mark, seconds)))
    grip = _handle(plot, Part.HOLD)
    assert grip.offered
    _pull(plot, QPointF(grip.x, grip.y), QPoint(50, 0))
    assert seen[0][0] == 1
    assert seen[0][1] > 0.2


def test_a_hold_for_go_has_nothing_to_drag(shown: Shown) -> None:
    plot = shown(dataclasses.replace(THREE, hold_marks=(None,)))
    assert [h.part for h in plot.picture.handles] == [Part.END]
    assert "hold for GO" in [label.text for label in plot.picture.labels]


def test_anywhere_else_is_the_time(shown: Shown) -> None:
    plot, seen = shown(RACK), list[float]()
    plot.cursorMoved.connect(seen.append)
    _pull(plot, QPointF(200, 100), QPoint(200, 0))
    assert seen == sorted(seen)
    assert seen[-1] > seen[0] + 0.4
    _pull(plot, QPointF(300, 100), QPoint(-600, 0))
    assert seen[-1] == 0.0


def test_a_finger_drags_as_the_mouse_does(shown: Shown, qapp: QApplication) -> None:
    plot, seen = shown(RACK), list[float]()
    plot.durationDragged.connect(seen.append)
    device = QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)
    assert isinstance(device, QPointingDevice)
    end = _handle(plot, Part.END)
    at = QPointF(end.x + 15, end.y + 30).toPoint()
    QTest.touchEvent(plot.pad, device).press(0, at, plot.pad)
    for step in range(1, 6):
        QTest.touchEvent(plot.pad, device).move(0, at - QPoint(20 * step, 0), plot.pad)
    QTest.touchEvent(plot.pad, device).release(0, at - QPoint(100, 0), plot.pad)
    assert seen
    assert 1.4 < seen[-1] < 1.8


def test_a_drag_is_framed(shown: Shown) -> None:
    plot, seen = shown(RACK), list[str]()
    plot.dragStarted.connect(lambda: seen.append("start"))
    plot.durationDragged.connect(lambda _s: seen.append("drag"))
    plot.dragEnded.connect(lambda: seen.append("end"))
    end = _handle(plot, Part.END)
    _pull(plot, QPointF(end.x, end.y), QPoint(-50, 0))
    assert seen[0] == "start"
    assert seen[-1] == "end"
    assert seen.count("start") == seen.count("end") == 1


def test_showing_commands_nothing(shown: Shown) -> None:
    plot, seen = shown(RACK), list[object]()
    for signal in (plot.durationDragged, plot.handlesDragged, plot.holdDragged, plot.cursorMoved):
        signal.connect(lambda *news: seen.append(news))
    plot.set_view(THREE)
    plot.set_cursor(1.0)
    plot.append_actual(0.0, 80.0)
    plot.show_difference(RACK.times_s, RACK.ring_deg, RACK.ring_deg)
    plot.clear_actual()
    assert seen == []


def test_keys(shown: Shown) -> None:
    plot, times, durations = shown(RACK), list[float](), list[float]()
    plot.cursorMoved.connect(times.append)
    plot.durationDragged.connect(durations.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Home):
        QTest.keyClick(plot, key)
    assert times == pytest.approx([1 / 24, 2 / 24, 1 / 24, 2.0, 0.0])
    QTest.keyClick(plot, Qt.Key.Key_Up)
    QTest.keyClick(plot, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert durations == pytest.approx([2.1, 1.99])
    assert plot.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_keys_ease(shown: Shown) -> None:
    plot, handles = shown(_view(2.0, 4.0, ease="bezier(0.4,0,0.6,1)")), list[tuple[float, ...]]()
    plot.handlesDragged.connect(lambda *xy: handles.append(xy))
    QTest.keyClick(plot, Qt.Key.Key_I)
    QTest.keyClick(plot, Qt.Key.Key_O)
    QTest.keyClick(plot, Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(plot, Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    expected = [(0.45, 0, 0.6, 1), (0.4, 0, 0.55, 1), (0.35, 0, 0.6, 1), (0.4, 0, 0.65, 1)]
    assert np.allclose(handles, expected, atol=1e-6)


# The eye -------------------------------------------------------------------------------------------------------------

NINE = _view(0.6, 0.7, 0.9, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0, seconds=0.8)
VIEWS = {
    "rack": RACK,
    "far to near": _view(4.0, 2.0),
    "three": THREE,
    "nine": NINE,
    "to infinity": dataclasses.replace(_view(0.6, math.inf, seconds=0.5), show_distance=True),
    "one bezier": dataclasses.replace(_view(2.0, 4.0, ease="bezier(0.9,0,1,0.1)"), show_distance=True, imperial=True),
    "hardly a pull": _view(2.0, 2.01),
    "fast": dataclasses.replace(
        _view(0.6, 8.0, seconds=0.35), binding_spans=((0.1, 0.2), (0.22, 0.3)), binding_names=("ring speed",) * 2,
        speed_limit_deg_s=600.0,
    ),
}  # fmt: skip


def _curve_pixels(plot: MotionPlot, view: CurveView) -> np.ndarray:
    upper = plot.upper_panel
    levels = Levels.of(view).at(view.ring_deg)
    x, y = upper.points(view.times_s, levels)
    dense = np.linspace(x[0], x[-1], 4000)
    return np.stack([dense, np.interp(dense, x, y)], axis=1)


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("size", [(800, 380), (420, 300), (1900, 700)])
def test_labels_cover_neither_the_curve_nor_each_other(name: str, size: tuple[int, int], shown: Shown) -> None:
    plot = shown(VIEWS[name])
    plot.resize(*size)
    QApplication.processEvents()
    labels = plot.picture.labels
    assert len(labels) >= 3
    for one, other in itertools.combinations(labels, 2):
        assert not one.box.overlaps(other.box), (one.text, other.text)
    points = _curve_pixels(plot, VIEWS[name])
    for label in labels:
        box = label.box
        if box.bottom <= plot.upper_panel.area.bottom():
            inside = (points > (box.x, box.y)).all(axis=1) & (points < (box.right, box.bottom)).all(axis=1)
            assert not inside.any(), label.text


def test_all_subjects_on_demand(shown: Shown) -> None:
    plot = shown(THREE)
    assert len(plot.picture.bands) == 2
    plot.show_all(on=True)
    assert len(plot.picture.bands) == 3
    plot.show_all(on=False)
    assert len(plot.picture.bands) == 2


def test_a_binding_limit_is_hatched_and_named_once(shown: Shown) -> None:
    plot = shown(VIEWS["fast"])
    assert len(plot.picture.hatched) == 2
    assert [label.text for label in plot.picture.labels].count("over: ring speed") == 1
    assert "limit 600 °/s" in [label.text for label in plot.picture.labels]


@pytest.mark.parametrize("name", THEMES)
def test_drawn_in_every_theme(name: theme.ThemeName, shown: Shown, qapp: QApplication) -> None:
    plot = shown(VIEWS["fast"])
    theme.apply(qapp, name)
    qapp.processEvents()
    image = plot.grab().toImage()
    pixels = [image.pixelColor(x, y).name() for x in range(70, 780, 3) for y in range(4, 340, 3)]
    assert pixels.count(theme.colour("panel").name()) > len(pixels) / 3
    for tone in ("plan", "accent"):
        assert theme.colour(tone).name() in pixels, tone
    assert len(set(pixels)) > 20


# The take ------------------------------------------------------------------------------------------------------------


def _words(plot: MotionPlot) -> str:
    label = plot.findChild(QLabel, "curveWords")
    assert label is not None
    return label.text()


def test_the_difference_in_words(shown: Shown) -> None:
    plot = shown(dataclasses.replace(RACK, half_dof_deg=2.0))
    times = np.linspace(0.0, 2.0, 101)
    planned = np.interp(times, RACK.times_s, RACK.ring_deg)
    actual = planned.copy()
    actual[60] -= 0.04
    plot.show_difference(times, planned, actual)
    assert _words(plot) == "The ring kept to 2 % of the sharp half, worst at 1.20 s."
    plot.set_view(dataclasses.replace(RACK, half_dof_deg=2.0, show_distance=True))
    assert "2 %" in _words(plot), "the same pull, shown otherwise"
    plot.set_view(_view(2.0, 4.0, seconds=2.1))
    assert _words(plot) == "", "another pull has had no take"


def test_no_difference_and_nothing_to_compare(shown: Shown) -> None:
    plot = shown(RACK)
    plot.show_difference(RACK.times_s, RACK.ring_deg, RACK.ring_deg)
    assert "The ring kept to 1 %" in _words(plot)  # rounded up: never nothing
    plot.show_difference(np.empty(0), np.empty(0), np.empty(0))
    assert _words(plot) == ""
    plot.show_difference(RACK.times_s, RACK.ring_deg, RACK.ring_deg + 0.1)
    plot.clear_actual()
    assert _words(plot) == ""


def test_before_there_is_a_plan_everything_is_quiet(shown: Shown, qtbot: QtBot, qapp: QApplication) -> None:
    plot = MotionPlot()
    qtbot.addWidget(plot)
    plot.show()
    plot.append_actual(0.0, 1.0)
    plot.set_cursor(0.5)
    plot.show_difference(RACK.times_s, RACK.ring_deg, RACK.ring_deg)
    plot.clear_difference()
    plot.clear_actual()
    QTest.keyClick(plot, Qt.Key.Key_Up)
    QTest.mouseClick(plot.pad, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    theme.apply(qapp, "red")
    assert _words(plot) == ""


@given(st.integers(0, 5 * MOST_POINTS))
def test_a_trace_of_any_length_is_short_and_has_the_newest(count: int) -> None:
    trace = Trace()
    for number in range(count):
        trace.append(number / 50, float(number))
    assert len(trace) <= MOST_POINTS
    assert len(trace) >= min(count, MOST_POINTS // 2 - 1)
    if count:
        assert trace.ring_deg[-1] == count - 1
        assert np.all(np.diff(trace.times_s) > 0)


def test_no_way_is_drawn_that_nobody_heard_of(shown: Shown) -> None:
    """A cable that was out for a second leaves a gap: a straight line across it would look like another pull."""

    def painted(times_s: list[float], ring_deg: list[float], at_s: float) -> int:
        plot = shown(RACK)
        for t_s, deg in zip(times_s, ring_deg, strict=True):
            plot.append_actual(t_s, deg)
        image, x = plot.grab().toImage(), plot.pad.pos().x() + round(plot.pad.upper.x(at_s))
        actual = theme.colour("actual").name()
        return sum(image.pixelColor(x, y).name() == actual for y in range(image.height()))

    heard = [number / 50 for number in range(101)]
    ring_deg = np.interp(heard, RACK.times_s, RACK.ring_deg).tolist()
    assert painted(heard, ring_deg, 1.0) > 0
    without = [number for number, t_s in enumerate(heard) if not 0.6 < t_s < 1.4]
    gap = [heard[n] for n in without], [ring_deg[n] for n in without]
    assert painted(*gap, 1.0) == 0
    assert painted(*gap, 0.5) > 0
    assert painted(*gap, 1.5) > 0
    stood = [ring_deg[30]] * len(without)
    assert painted(gap[0], stood, 1.0) > 0, "a ring that stands has gone nowhere"


# The parts -----------------------------------------------------------------------------------------------------------


def test_words_of_bands() -> None:
    assert band_words(BandView("A", "Anna", 1, 0, 0.391, None)) == "A Anna soft 0.39 s"
    assert band_words(BandView("B", "", 1, 0, None, 1.61)) == "B sharp 1.61 s"
    assert band_words(BandView("C", "Ben", 1, 0, 1.1, 0.8, main=False)) == "C sharp 0.80 to 1.10 s"
    assert band_words(BandView("D", "", 1, 0, 0.3, 1.8)) == "D soft 0.30 to 1.80 s"
    assert band_words(BandView("E", "somebody with a long name", 1, 0, None, None)) == "E somebody with…"
    assert band_words(BandView("A", "Anna", 1, 0, 0.391, None, where="1.20 m")) == "A soft 0.39 s"


def test_a_band_says_whose_it_is_and_how_far_away(shown: Shown) -> None:
    """Beside the moments, without a frame, and over nothing that is drawn."""
    placed = [dataclasses.replace(band, name=name, where=where) for band, name, where in zip(
        RACK.bands, ("Anna", "door"), ("2.00 m", "4.00 m"), strict=True)]  # fmt: skip
    labels = shown(dataclasses.replace(RACK, bands=tuple(placed))).picture.labels
    assert [label.text for label in labels if not label.tone] == ["A Anna  2.00 m", "B door  4.00 m"]
    assert not any(one.box.overlaps(other.box) for one, other in itertools.combinations(labels, 2))


def test_what_a_take_was_off_by_stands_on_the_sharp_half(shown: Shown) -> None:
    """A step's noise is drawn as small as it is: the scale has the edges of sharp, and they are drawn and named."""
    plot = shown(RACK)
    plot.show_difference(RACK.times_s, RACK.ring_deg, RACK.ring_deg + 0.01)
    half, lower = RACK.half_dof_deg, plot._canvas.speed_panel
    assert lower.low < -half < half < lower.high
    band = plot.picture.bands[-1][0]
    assert (band.top(), band.bottom()) == pytest.approx((lower.y(half), lower.y(-half)))
    assert "edge of sharp" in [label.text for label in plot.picture.labels]


@pytest.mark.parametrize("ease", ["minjerk", "scurve", "sine", "smoothstep", "linear"])
def test_offered_handles_are_near_the_curve(ease: str) -> None:
    view = _view(2.0, 4.0, ease=ease)
    x1, y1, x2, y2 = offered_handles(view.times_s, view.ring_deg)
    p = np.linspace(0, 1, 400)
    x = 3 * (1 - p) ** 2 * p * x1 + 3 * (1 - p) * p**2 * x2 + p**3
    y = 3 * (1 - p) ** 2 * p * y1 + 3 * (1 - p) * p**2 * y2 + p**3
    share = (view.ring_deg - view.ring_deg[0]) / (view.ring_deg[-1] - view.ring_deg[0])
    off = np.interp(view.times_s / view.duration_s, x, y) - share
    assert np.max(np.abs(off)) < 0.04


def test_distance_is_drawn_by_its_reciprocal_and_infinity_has_a_place() -> None:
    view = dataclasses.replace(_view(0.6, math.inf), show_distance=True)
    levels = Levels.of(view)
    assert levels.one(LENS.ring_deg(2.0)) == pytest.approx(0.5, rel=1e-3)
    assert levels.one(0.0) == pytest.approx(0.0, abs=1e-9)
    assert levels.one(-2.0) < 0, "a band may reach beyond infinity"
    bare = dataclasses.replace(_view(2.0, 4.0), show_distance=True, scale_deg=np.empty(0), scale_m=np.empty(0))
    assert Levels.of(bare).one(LENS.ring_deg(1.8)) == pytest.approx(1 / 1.8, rel=0.02)
    assert Levels().one(12.0) == 12.0


def test_figures_on_the_distance_axis_have_room() -> None:
    for imperial in (False, True):
        ticks = distance_ticks(0.0, 1.6, 240.0, imperial=imperial)
        assert len(ticks) >= 8
        assert min(np.diff(ticks)) / 1.6 * 240 >= 17 - 1e-6
        assert distance_word(ticks[0], imperial=imperial) == "∞"
    assert distance_word(0.4, imperial=False) == "2.5"
    assert distance_word(1 / (2.5 * 0.3048), imperial=True) == "2'6\""
    assert distance_ticks(1.0, 1.0, 240.0, imperial=False) == ()


@given(st.lists(st.tuples(st.floats(20, 120), st.floats(0, 600), st.floats(0, 250)), min_size=1, max_size=6))
def test_places_are_within_bounds_and_apart(labels: list[tuple[float, float, float]]) -> None:
    bounds = LabelBox(0, 0, 600, 250)
    wanted = [Wanted(width, 20.0, x, y) for width, x, y in labels]
    x = np.linspace(0, 600, 50)
    boxes = [box for box in place_labels(wanted, bounds, Obstacles(x, 240 - x / 3)) if box is not None]
    assert boxes
    for box in boxes:
        assert box.x >= 0
        assert box.right <= 600 + 1e-6
        assert box.y >= 0
        assert box.bottom <= 250 + 1e-6
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)


def test_a_label_without_room_is_not_shown() -> None:
    below = Obstacles(np.array([0.0, 200.0]), np.array([90.0, 90.0]))
    assert place_labels([Wanted(500, 20, 50, 50)], LabelBox(10, 0, 100, 100), below) == (None,)
    first, second = place_labels([Wanted(80, 60, 50, 50), Wanted(80, 60, 50, 50)], LabelBox(10, 0, 100, 100), below)
    assert first is not None
    assert second is None


def test_another_duration_is_painted_once(shown: Shown, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges that are settled only while it paints would have all of it painted again."""
    painted: list[QRegion] = []
    paint = PlotCanvas.paintEvent
    monkeypatch.setattr(
        PlotCanvas, "paintEvent", lambda self, event: (painted.append(event.region()), paint(self, event))[1]
    )
    plot = shown(RACK)
    for number in range(1, 4):
        plot.set_view(dataclasses.replace(RACK, times_s=RACK.times_s * (1 + number / 10)))
        painted.clear()
        for _ in range(4):
            qapp.sendPostedEvents()
            qapp.processEvents()
        assert len(painted) == 1


@given(st.floats(0.005, 0.2), st.floats(0.7, 1.0), st.floats(48.0, 90.0))
def test_how_far_it_was_off_can_be_read_from_two_figures_at_least(most: float, share: float, height: float) -> None:
    panel = Panel(QRectF(0, 0, 400, height), -most, most * share, 0.0, 2.0)
    figures = [tick.words for tick in upright_figures(panel, AxisKind("off by °")) if tick.words]
    assert len(figures) >= 2


@pytest.mark.parametrize("ease", ["minjerk", "linear", "cycloidal", "scurve(0.1,0.5,0.2)", "bezier(0.9,0,0.1,1)"])
@pytest.mark.parametrize("samples", [5, 16, 17, 100, 401, 406])
@pytest.mark.parametrize("high_px", [40.0, 300.0, 1500.0])
def test_no_line_lies_beside_its_samples(ease: str, samples: int, high_px: float) -> None:
    x = np.linspace(60.0, 760.0, samples)
    shares = (x - 60.0) / 500.0
    for y in (high_px * parse_easing(ease).value(shares), high_px * parse_easing(ease).speed(shares) / 3):
        kept_x, kept_y = thinned(x, y)
        assert (kept_x[0], kept_x[-1]) == (x[0], x[-1])
        # The bends are summed from point to point: not one point may add up to more than a tenth of a pixel.
        assert float(np.max(np.abs(np.interp(x, kept_x, kept_y) - y))) <= OFF_PX


def test_few_points_of_a_quiet_line_stay() -> None:
    x = np.linspace(0.0, 700.0, 401)
    assert len(thinned(x, 250.0 * parse_easing("minjerk").value(x / 700.0))[0]) < 60


def test_a_polygon_has_the_points_that_it_is_made_of() -> None:
    x, y = np.array([0.0, 1.5, -3.25e6]), np.array([1.0 / 3.0, -0.0, 7e-9])
    assert [(point.x(), point.y()) for point in polygon(x, y)] == list(zip(x.tolist(), y.tolist(), strict=True))
    assert len(polygon(x[:0], y[:0])) == 0
