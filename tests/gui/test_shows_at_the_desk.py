# SPDX-License-Identifier: MIT
"""One show after another at the desk: each is saved before the next takes its place, or it is said why not."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from followfocus.lens.map import load_lens
from followfocus.show.file import read_show, write_show
from followfocus.show.lock import lock_path
from followfocus.show.show import new_show
from followfocus.wire.messages import State
from followfocus_gui.widgets import theme
from tests.gui.conftest import Opened

Open = Callable[..., Opened]


@pytest.fixture(name="show")
def _show(tmp_path: Path) -> Path:
    path = tmp_path / "Été 1.2.ffshow"
    write_show(new_show("of the morning", load_lens("ideal-50")), path)
    return path


@pytest.fixture(name="other")
def _other(tmp_path: Path) -> Path:
    path = tmp_path / "other.ffshow"
    write_show(new_show("of the evening", load_lens("ideal-50")), path)
    return path


@pytest.fixture(name="protected")
def _protected(show: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != show and access(path, mode))  # root may write
    return show


def edit(app: Opened) -> None:
    """An edit that would be missed."""
    app.session.edit(lambda: app.desk.edit_pull(duration_s=3.5))


def take_is_counted(app: Opened) -> None:
    """Something that nobody would miss: the log has it too, and F2 brings back the look."""
    slate = dataclasses.replace(app.desk.show.slate, take=7)
    app.desk.stand_by(0, slate, turned=False)
    app.desk.prefer(theme="red")


def test_a_new_show_is_told_and_the_one_before_is_saved(open_desk: Open, show: Path) -> None:
    app = open_desk(show=show)
    edit(app)
    QTest.keyClick(app.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert "A new show" in app.says()
    assert app.window.windowTitle() == "untitled-2[*] – followfocus"
    assert read_show(show).show.pulls[0].duration_s == 3.5


def test_a_show_that_cannot_be_saved_stays_and_says_so(open_desk: Open, protected: Path, other: Path) -> None:
    app = open_desk(show=protected)
    assert app.window.windowTitle() == "Été 1.2 (read only)[*] – followfocus"
    edit(app)
    QTest.keyClick(app.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert "write-protected" in app.says()
    app.desktop.actions.open_path(other)
    assert "write-protected" in app.says()
    assert app.desk.show.production == "of the morning"
    assert app.desk.pull.duration_s == 3.5


def test_who_may_only_read_a_show_is_told_when_it_opens_and_again_at_each_edit(
    open_desk: Open, show: Path, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()  # what was edited there is kept as it ends
    first = open_desk(show=show)
    app = open_desk(show=show, folder=tmp_path / "second")
    app.until(lambda: "read only" in app.says() and app.troubled())
    app.session.forget_note()
    edit(app)
    app.until(app.window.isWindowModified)
    app.until(lambda: "save it as another" in app.says())  # also beside what warns of the pull
    assert app.desk.pull.duration_s == 3.5 != first.desk.pull.duration_s


def test_a_show_that_was_only_looked_at_makes_room(open_desk: Open, protected: Path, other: Path) -> None:
    app = open_desk(show=protected)
    take_is_counted(app)
    assert app.window.unsaved() == ""
    app.desktop.actions.open_path(other)
    assert app.desk.show.production == "of the evening"
    app.desktop.actions.open_path(protected)
    QTest.keyClick(app.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert app.desk.show.production == ""


def test_what_was_edited_last_is_in_the_file_before_another_is_open(open_desk: Open, show: Path, other: Path) -> None:
    app = open_desk(show=show)
    edit(app)
    app.desktop.actions.open_path(other)
    assert read_show(show).show.pulls[0].duration_s == 3.5
    assert app.window.windowTitle() == "other[*] – followfocus"


def test_the_title_says_whether_all_of_it_is_in_its_file(open_desk: Open, show: Path) -> None:
    app = open_desk(show=show)
    assert app.window.windowTitle() == "Été 1.2[*] – followfocus"
    assert not app.window.isWindowModified()
    edit(app)
    app.until(app.window.isWindowModified)
    assert app.desktop.document.save()
    assert not app.window.isWindowModified()


def test_undo_takes_back_edits_and_not_the_look(open_desk: Open) -> None:
    app = open_desk()
    before = app.desk.show
    edit(app)
    QTest.keyClick(app.window, Qt.Key.Key_F2)
    QTest.keyClick(app.window, Qt.Key.Key_U)
    QTest.keyClick(app.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    shown = app.desk.show.preferences
    assert (shown.theme, shown.units) == (theme.current(), "imperial") == ("red", "imperial")
    assert dataclasses.replace(app.desk.show, preferences=before.preferences) == before


def test_a_remedy_stands_in_the_same_line(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    app.desktop.actions.open_path(tmp_path / "none.ffshow")
    assert "none.ffshow" in app.window.message.text()
    assert "\n" not in app.window.message.text() + app.window.message.shown() + app.window.message.aside()


def test_a_show_is_taken_over_with_what_was_edited_and_never_while_armed(open_desk: Open, show: Path) -> None:
    lock_path(show).write_text("process 4711 on dead-laptop")
    app = open_desk(show=show)
    edit(app)
    app.session.arm()
    app.until_state(State.ARMED)
    app.desktop.actions.take_over()
    assert "Locked while armed." in app.says()
    assert app.desktop.document.locked_elsewhere
    app.session.arm()
    app.until_state(State.IDLE, State.LOADED)
    app.desktop.actions.take_over()
    assert "Your edits go on." in app.says()
    assert app.desktop.document.save()
    assert read_show(show).show.pulls[0].duration_s == 3.5
