# SPDX-License-Identifier: MIT
"""The look of the screen: no text cut, nothing overlapping, every theme, every size, 200 % too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication, QPushButton

from followfocus.wire.messages import State
from followfocus_gui.widgets import theme
from tests.gui import looking
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
ROOT = Path(__file__).parent.parent.parent
FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"
THEMES: tuple[theme.ThemeName, ...] = ("dark", "red", "bright")


def cut(app: Opened) -> list[str]:
    """Every control whose text doesn't fit."""
    return looking.cut(app.window)


def overlapping(app: Opened) -> list[str]:
    """Whatever lies on something else, or out of what holds it."""
    return [*looking.overlapping(app.window), *looking.outside(app.window)]


def fonts(app: Opened) -> dict[str, QFont]:
    """The fonts of all buttons."""
    return {button.objectName(): button.font() for button in app.window.findChildren(QPushButton)}


@pytest.mark.parametrize("imperial", [False, True])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080), (800, 480)])
def test_no_text_is_cut_and_nothing_overlaps(width: int, height: int, imperial: bool, open_desk: Open) -> None:
    app = open_desk()
    app.window.resize(width, height)
    if imperial:
        app.desktop.actions.toggle_units()
        app.session.edit_mark(1, ring_deg=app.desk.lens.ring_deg(12.649))  # 41'6"
    app.desk.edit_pull(duration_s=4.125)
    app.session.arm()
    app.until_state(State.ARMED)
    app.qtbot.wait(50)
    before = fonts(app)
    for name in THEMES:
        app.desktop.actions.apply_theme(name)
        app.qtbot.wait(20)
        assert not cut(app), name
        assert not overlapping(app), name
        assert fonts(app) == before, name


@pytest.mark.parametrize("marks", [2, 5, 9])
def test_all_marks_have_room(marks: int, open_desk: Open) -> None:
    app = open_desk()
    for number in range(marks - 2):
        app.desk.add_mark(20.0 + 30.0 * number)
    app.window.showing.refresh()
    app.qtbot.wait(50)
    assert not cut(app)
    assert not overlapping(app)


@pytest.mark.parametrize("name", THEMES)
def test_every_theme_draws_the_disk_against_its_ground(
    name: theme.ThemeName, open_desk: Open, qapp: QApplication, tmp_path: Path
) -> None:
    app = open_desk()
    theme.apply(qapp, name)
    picture = tmp_path / f"{name}.png"
    assert app.window.save_picture(picture)
    image = QImage(str(picture))
    scale = image.width() / app.window.width()
    ground = image.pixelColor(2, image.height() - 2).lightnessF()
    disk = app.window.disk.mapTo(app.window, app.window.disk.point(200.0, 0.6).toPoint())
    assert abs(image.pixelColor(disk * scale).lightnessF() - ground) > 0.03


def test_go_is_filled_only_while_it_starts_something(open_desk: Open) -> None:
    app = open_desk()
    go = app.find("go")
    inside = go.rect().topLeft() + go.rect().center() / 4
    idle = go.grab().toImage().pixelColor(inside)
    app.session.arm()
    app.until_state(State.ARMED)
    armed = go.grab().toImage().pixelColor(inside)
    assert armed.green() > idle.green() + 40
    app.session.arm()
    app.until_state(State.IDLE, State.LOADED)
    assert go.grab().toImage().pixelColor(inside) == idle


def test_everything_pressed_is_large_enough_for_a_finger(open_desk: Open) -> None:
    app = open_desk()
    for button in app.window.findChildren(QPushButton):
        if button.isVisible():
            assert min(button.width(), button.height()) >= theme.TOUCH_PX - 2, button.objectName()


@pytest.mark.timeout(300)
def test_at_200_percent_all_is_the_same() -> None:
    # the longest texts at every size, the most marks, one theme; the others are as at 100 %
    names = "(no_text and True) or room and 9 or every_theme and dark" if not FULL else "no_text or room or every_theme"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", names, __file__]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert f"{12 if FULL else 5} passed" in done.stdout
