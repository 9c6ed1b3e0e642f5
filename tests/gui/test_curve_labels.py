# SPDX-License-Identifier: MIT
"""Names on the curve of many drawn pulls: beside the curve's own end, near their band, and never on the time cursor."""

from __future__ import annotations

import itertools
import random

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from followfocus.lens.map import load_lens
from followfocus_gui.plot.items import FLAG_TALL_PX, Label
from followfocus_gui.plot.motion_plot import MotionPlot
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import curve_view
from followfocus_gui.state.ease_names import EASES
from followfocus_gui.state.views import CurveView
from followfocus_gui.widgets import theme

LENSES = tuple(load_lens(name) for name in ("ideal-35", "ideal-50", "ideal-85", "arri-signature-prime-40"))
SIZES = ((602, 312), (742, 186), (776, 195), (1019, 447), (705, 289))
"""As large as the curve is at the sizes of the window"""


def a_pull(seed: int) -> CurveView | None:
    """Two marks anywhere on a lens, or three, and any time, stop, ease, names and units."""
    draw, desk = random.Random(seed), Desk.new()
    desk.use_lens(draw.choice(LENSES))
    times, stops = (0.7, 2.0, 6.0, 30.0), (1.9, 2.8, 5.6, 11.0)
    desk.edit_pull(t_stop=draw.choice(stops), duration_s=draw.choice(times), easing=draw.choice(EASES).easing)
    reach_deg = 0.95 * desk.lens.travel_deg
    for index in (0, 1):
        name = draw.choice(("", "Anna", "Ben at the far window"))
        desk.edit_mark(index, ring_deg=draw.uniform(0, reach_deg), name=name)
    if draw.random() < 0.4:
        desk.add_mark(draw.uniform(0, reach_deg))
    desk.prefer(units=draw.choice(("metric", "imperial")), show_distance=draw.random() < 0.6)
    return curve_view(desk)


@pytest.fixture(name="plot")
def _plot(qapp: QApplication, qtbot: QtBot) -> MotionPlot:
    theme.apply(qapp, "dark")
    plot = MotionPlot()
    qtbot.addWidget(plot)
    plot.show()
    return plot


def drawn(plot: MotionPlot, size: tuple[int, int], many: int = 120) -> list[CurveView]:
    """Many pulls, each shown while it is looked at."""
    plot.resize(*size)
    QApplication.processEvents()
    return [view for view in map(a_pull, range(many)) if view is not None]


def names(plot: MotionPlot, letter: str) -> list[Label]:
    """The name of a band; the labels of moments have an edge in a colour."""
    return [label for label in plot.picture.labels if not label.tone and label.text.startswith(letter)]


@pytest.mark.parametrize("size", SIZES)
def test_a_name_stands_at_the_end_of_the_curve_that_it_names(size: tuple[int, int], plot: MotionPlot) -> None:
    """Seldom beyond the middle, where nothing nearer is free; seldom not at all."""
    views, beyond, lacking = drawn(plot, size), 0, 0
    for view in views:
        plot.set_view(view)
        middle = plot.upper_panel.x(view.duration_s / 2)
        for band, side in ((view.bands[0], 1), (view.bands[-1], -1)):
            found = names(plot, band.letter)
            lacking += not found
            beyond += any((label.box.x + label.box.width / 2 - middle) * side > 0 for label in found)
            assert all(label.text.endswith(band.where) for label in found), "a distance is whole"
    assert len(views) > 100
    assert beyond <= 0.16 * 2 * len(views)
    assert lacking <= 0.03 * 2 * len(views)


@pytest.mark.parametrize("size", SIZES)
def test_no_name_stands_nearer_to_anothers_band(size: tuple[int, int], plot: MotionPlot) -> None:
    for view in drawn(plot, size):
        plot.set_view(view)
        edges = [(area.top(), area.bottom()) for area, _ in plot.picture.bands]
        if len(edges) != 2 or not (edges[0][1] < edges[1][0] or edges[1][1] < edges[0][0]):
            continue  # bands that overlap are both there
        for number, band in enumerate((view.bands[0], view.bands[-1])):
            for label in names(plot, band.letter):
                middle = label.box.y + label.box.height / 2
                away = [max(top - middle, middle - bottom, 0.0) for top, bottom in edges]
                assert away[number] <= away[1 - number] + 0.01 or _is_squeezed(plot, edges), (label.text, away)


def _is_squeezed(plot: MotionPlot, edges: list[tuple[float, float]]) -> bool:
    """Whether a band lies so near to the plot's edge that half-way to the other is no room for a line of letters."""
    (first, last), area = sorted(edges), plot.upper_panel.area
    half_way = (first[1] + last[0]) / 2
    return min(half_way - area.top(), area.bottom() - half_way) < 40


@pytest.mark.parametrize("size", SIZES)
def test_the_time_cursor_at_rest_and_its_flag_anywhere_are_free(size: tuple[int, int], plot: MotionPlot) -> None:
    for view in drawn(plot, size):
        plot.set_view(view)
        area = plot.upper_panel.area
        start = plot.upper_panel.x(0.0)
        for label in plot.picture.labels:
            assert label.box.x > start + 1, label.text
            if label.box.y < area.bottom():
                assert label.box.bottom <= area.bottom() - FLAG_TALL_PX, label.text
        for one, other in itertools.combinations(plot.picture.labels, 2):
            assert not one.box.overlaps(other.box), (one.text, other.text)
