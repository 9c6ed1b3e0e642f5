# SPDX-License-Identifier: MIT
"""The picture of the rack: it is there in every theme, follows the newest wish, and leaves no thread behind."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.rack_view import RackView
from followfocus_gui.widgets.rack_worker import RackScene, RackWorker, Wish, planes_of, reddened, render_size
from tests.gui.conftest import WAIT_MS

LENS = load_lens("ideal-50")
MARKS = (("Anna", 2.0), ("door", 4.0))
NEAR, FAR = LENS.ring_deg(2.0), LENS.ring_deg(4.0)


def _shown(qtbot: QtBot, qapp: QApplication, name: theme.ThemeName = "dark") -> RackView:
    theme.apply(qapp, name)
    view = RackView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.set_scene(LENS, LENS.t_stop, MARKS)
    view.set_ring(NEAR)
    view.show()
    qtbot.waitUntil(lambda: view.picture.shown is not None, timeout=WAIT_MS)
    return view


def _pixels(view: RackView) -> np.ndarray:
    image = view.picture.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(bytes(image.constBits()), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(float)


def _detail(pixels: np.ndarray, columns: slice) -> float:
    """How much neighbouring pixels differ: a sharp picture has more of it."""
    return float(np.abs(np.diff(pixels[20:160, columns].mean(axis=2), axis=1)).mean())


@pytest.mark.parametrize("name", ["dark", "red", "bright"])
def test_there_is_a_picture_in_every_theme(name: theme.ThemeName, qtbot: QtBot, qapp: QApplication) -> None:
    pixels = _pixels(_shown(qtbot, qapp, name))
    assert pixels.std() > 8
    if name == "red":
        inside = pixels[4:200, 60:340]
        assert inside[..., 0].mean() > 3 * inside[..., 1].mean()
        assert inside.max() <= 0.81 * 255 or inside[..., 1].max() < 60, "nothing white at night"


def test_the_focus_goes_from_one_to_the_other(qtbot: QtBot, qapp: QApplication) -> None:
    view = _shown(qtbot, qapp)
    face, door = slice(95, 165), slice(240, 350)
    on_anna = _pixels(view)
    view.set_ring(FAR, 2.0)
    qtbot.waitUntil(lambda: view.picture.shown is not None and view.picture.shown.ring_deg == FAR, timeout=WAIT_MS)
    on_door = _pixels(view)
    assert _detail(on_anna, face) > 1.5 * _detail(on_door, face)
    assert _detail(on_door, door) > 1.5 * _detail(on_anna, door)


def test_only_the_newest_wish_is_rendered(qtbot: QtBot, qapp: QApplication) -> None:
    view = _shown(qtbot, qapp)
    before = view.picture.frames
    for ring in np.linspace(NEAR, FAR, 500):
        view.set_ring(float(ring))
    qtbot.waitUntil(lambda: view.picture.shown is not None and view.picture.shown.ring_deg == FAR, timeout=WAIT_MS)
    assert view.picture.frames - before < 100


def test_the_same_again_asks_for_nothing(qtbot: QtBot, qapp: QApplication) -> None:
    view = _shown(qtbot, qapp)
    asked: list[Wish] = []
    view.picture.worker.ask = asked.append  # type: ignore[method-assign]
    view.set_scene(LENS, LENS.t_stop, MARKS)
    view.set_ring(NEAR)
    assert asked == []
    view.set_ring(FAR)
    assert len(asked) == 1


def test_no_thread_outlives_the_widget(qtbot: QtBot, qapp: QApplication) -> None:
    view = _shown(qtbot, qapp)
    worker = view.picture.worker
    assert worker.alive
    view.close()
    with qtbot.waitSignal(view.destroyed, timeout=WAIT_MS):
        view.deleteLater()
    qtbot.waitUntil(lambda: not worker.alive, timeout=WAIT_MS)
    assert "rack view" not in [thread.name for thread in threading.enumerate()]


def test_a_wish_after_the_end_starts_nothing(qapp: QApplication) -> None:
    worker = RackWorker()
    worker.end()
    worker.ask(Wish(RackScene(LENS, LENS.t_stop, MARKS), NEAR, 0.0, QSize(320, 180)))
    assert not worker.alive


def test_another_lens_and_another_size(qtbot: QtBot, qapp: QApplication) -> None:
    view = _shown(qtbot, qapp)
    view.resize(640, 480)
    qtbot.waitUntil(lambda: view.picture.shown is not None and view.picture.shown.size.width() > 600, timeout=WAIT_MS)
    view.set_scene(LENS, 5.6, MARKS)
    assert view.picture.message == "preparing …"
    qtbot.waitUntil(lambda: view.picture.message == "", timeout=WAIT_MS)
    assert view.picture.shown is not None
    assert view.picture.shown.scene.t_stop == 5.6


def test_words_where_there_is_no_picture(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    view = RackView()
    qtbot.addWidget(view)
    assert "as the camera will see it" in view.picture.message
    assert "Set two marks" in view.picture.message
    view.show()
    view.set_scene(LENS, LENS.t_stop / 2, MARKS)
    qtbot.waitUntil(lambda: "opens to" in view.picture.message, timeout=WAIT_MS)
    view.set_scene(LENS, LENS.t_stop, MARKS)
    qtbot.waitUntil(lambda: view.picture.shown is not None, timeout=WAIT_MS)


def test_the_lines_below(qtbot: QtBot, qapp: QApplication) -> None:
    view = _shown(qtbot, qapp)
    view.set_words((("A", "soft 0.39 s"), ("B", "sharp 1.61 s")))
    assert view.picture.accessibleDescription() == "A soft 0.39 s, B sharp 1.61 s"


def test_a_figure_for_each_mark_and_none_twice() -> None:
    marks = (("", 1.2), ("", 2.0), ("", 2.5), ("", 3.0), ("", 4.0))
    planes = planes_of(RackScene(LENS, 2.0, marks))
    assert [plane.picture for plane in planes] == ["anna", "door", "ben", "street"]
    named = planes_of(RackScene(LENS, 2.0, (("Ben", 1.2), ("Anna", 4.0))))
    assert [plane.picture for plane in named] == ["ben", "anna", "street"]
    assert planes_of(RackScene(LENS, 2.0, (("", 2.0), ("", math.inf))))[-1].start_m == math.inf
    with pytest.raises(RequestError):
        planes_of(RackScene(LENS, 2.0, (("", 1.2),)))


def test_sizes_and_the_red_of_the_night() -> None:
    assert render_size(100) == (256, 144)
    assert render_size(321) == (384, 216)
    assert render_size(3000) == (480, 270)
    white = reddened(np.full((2, 2, 3), 255, dtype=np.uint8))
    assert tuple(white[0, 0]) == (204, 43, 28)
