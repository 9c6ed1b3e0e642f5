# SPDX-License-Identifier: MIT
"""The ten journeys of docs/journeys.md, played by keys and mouse: no more actions than written, and GO stands still."""

from __future__ import annotations

import csv
import dataclasses
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QWidget

from followfocus.show.file import write_show
from followfocus.show.slate import Slate
from followfocus.takes.log import TakeLog
from followfocus.wire.messages import Cause, State
from followfocus_gui.screens.cues import CuesScreen
from followfocus_gui.screens.lenses import LensScreen
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.jobs import Job
from followfocus_gui.state.take_lines import none_yet
from followfocus_gui.widgets.take_cards import NOTE
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
KEY = Qt.Key
PAGE = Path(__file__).parent.parent.parent / "docs" / "journeys.md"


def allowed() -> dict[str, int]:
    """Journey → actions, as the page has them."""
    rows = [line.split("|")[1:3] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return {plain(name): int(count) for name, count in rows if count.strip().isdecimal()}


def plain(name: str) -> str:
    """A journey's name as its test has it."""
    return re.sub(r"[^a-z ]", "", name.strip().lower()).replace(" ", "_")


class Hand:
    """A hand at the desk: what it does is counted, and after each of it GO is looked for."""

    def __init__(self, app: Opened) -> None:
        self.app, self.actions = app, 0
        self._go = self._place()
        self.moved_px = 0

    def _place(self) -> QRect:
        go, window = self.app.window.transport.go, self.app.window
        return QRect(go.mapTo(window, QPoint(0, 0)), go.size())

    def _did(self) -> None:
        self.actions += 1
        QApplication.processEvents()
        now = self._place()
        self.moved_px += (now.topLeft() - self._go.topLeft()).manhattanLength()
        self.moved_px += (now.bottomRight() - self._go.bottomRight()).manhattanLength()

    def key(self, pressed: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(QApplication.focusWidget() or self.app.window, pressed, modifier)
        self._did()

    def press(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Press something with the mouse."""
        assert widget.isVisible()
        where = widget.rect().center() if at is None else at
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=where)
        self._did()

    def type(self, field: QWidget, text: str) -> None:
        """Type into a field and enter it."""
        assert isinstance(field, QLineEdit)
        assert field.isVisible()
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, KEY.Key_Return)
        self._did()
        assert QApplication.focusWidget() is self.app.window.disk  # or the next Return and Space would be the field's

    def turn(self, to_deg: float) -> None:
        """Drag the white disk until the ring is there."""
        app = self.app
        while abs(app.session.ring_deg - to_deg) >= 3.0:
            self._drag(to_deg)
            app.until(app.hand_is_off)
            # Again only where a busy machine was silent for too long: one drag is the whole way.
            assert abs(app.session.ring_deg - to_deg) < 3.0 or app.session.status.cause is Cause.SILENCE
        self._did()

    def _drag(self, to_deg: float) -> None:
        disk, here = self.app.window.disk, self.app.session.ring_deg
        self.app.until(lambda: disk._view is not None and disk._view.enabled)
        start, end = disk.point(here + 8.0, 0.55), disk.point(to_deg + 8.0, 0.55)
        QTest.mousePress(disk, Qt.MouseButton.LeftButton, pos=start.toPoint())
        for number in range(1, 21):
            QTest.mouseMove(disk, disk.point(here + 8.0 + (to_deg - here) * number / 20, 0.55).toPoint())
        QTest.mouseRelease(disk, Qt.MouseButton.LeftButton, pos=end.toPoint())

    def choose(self, entry: str, path: Path) -> None:
        """Press the menu and an entry with the mouse, type a name into the dialog that it opens, and enter it."""
        seen: list[str] = []

        # Each step on a timer of its own: one that waits for what it has opened is not called again meanwhile.
        def press_entry() -> None:
            menu = QApplication.activePopupWidget()
            if isinstance(menu, QMenu):
                seen.append("menu")
                QTimer.singleShot(20, enter_name)
                action = next(a for a in menu.actions() if a.objectName() == entry)
                QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())

        def enter_name() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QFileDialog) or not dialog.isActiveWindow():
                QTimer.singleShot(20, enter_name)
                return
            seen.append("dialog")
            name = dialog.findChild(QLineEdit, "fileNameEdit")
            assert name is not None
            name.selectAll()
            QTest.keyClicks(name, str(path))
            QTest.keyClick(name, KEY.Key_Return)

        QTimer.singleShot(20, press_entry)
        QTest.mouseClick(self.app.window.menu, Qt.MouseButton.LeftButton)
        assert seen == ["menu", "dialog"]
        self.app.window.activateWindow()  # as a window manager does
        self.app.until(self.app.window.isActiveWindow)
        self.actions += 1
        self._did()

    def shoot(self) -> None:
        """Return, Space, and the take when it is over."""
        before = len(self.app.kept)
        self.key(KEY.Key_Return)
        self.app.until_state(State.ARMED)
        self.key(KEY.Key_Space)
        self.app.until(lambda: len(self.app.kept) > before)
        self.app.until_state(State.IDLE, State.LOADED)


@pytest.fixture(name="hand")
def _hand(open_desk: Open, request: pytest.FixtureRequest) -> Iterator[Hand]:
    """A hand; at the end its actions are held against the page's, and GO's way against nothing."""
    app = open_desk()
    app.desk.edit_pull(duration_s=1.6)
    app.window.showing.refresh()
    made = Hand(app)
    yield made
    name = request.function.__name__.removeprefix("test_")
    assert made.actions <= allowed()[name], name
    assert made.moved_px == 0


def test_every_journey_of_the_page_is_played() -> None:
    assert [name for name in allowed() if f"test_{name}" not in globals()] == []
    assert len(allowed()) == 10
    assert allowed()["first_pull"] <= 6


def test_first_pull(hand: Hand) -> None:
    hand.turn(60.0)
    hand.key(KEY.Key_A)
    hand.turn(25.0)
    hand.key(KEY.Key_B)
    hand.shoot()
    assert hand.app.kept[0].take.verdict.value == "good"


def test_third_mark_with_a_hold(hand: Hand) -> None:
    app = hand.app
    hand.turn(30.0)
    hand.key(KEY.Key_3, Qt.KeyboardModifier.ShiftModifier)
    hand.press(app.window.strip._cards[1], QPoint(60, app.window.strip.height() - 4))
    hand.type(app.find("waitB"), "go")
    assert app.desk.pull.marks[1].hold_for_go
    hand.key(KEY.Key_Return)
    app.until_state(State.ARMED)


def test_correct_b_after_a_take(hand: Hand) -> None:
    app = hand.app
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    hand.type(app.find("distanceB"), "3.5m")
    hand.shoot()
    assert app.desk.lens.distance_m(app.kept[-1].take.landed_deg or 0.0) == pytest.approx(3.5, abs=0.02)


def test_next_cue(hand: Hand) -> None:
    app = hand.app
    app.session.edit(lambda: app.desk.add_cue(back=True))
    app.session.choose_cue(0)
    hand.key(KEY.Key_PageDown)
    hand.shoot()
    assert app.kept[-1].context.cue == "2"


def test_a_take_no_good_with_a_note(hand: Hand, tmp_path: Path) -> None:
    app = hand.app
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    app.window.disk.setFocus()
    hand.key(KEY.Key_G)
    table = app.window.table
    note = table.visualRect(table.takes.index(0, NOTE)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=note)
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=note)
    hand.actions += 1
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "slate fell")
    QTest.keyClick(field, KEY.Key_Return)
    hand.actions += 1

    def kept() -> tuple[str, str]:
        with TakeLog(tmp_path / "takes.db") as log:
            row = log.rows()[0]
        return row.word, row.note

    app.until(lambda: kept() == ("ng", "slate fell"))


def test_new_lens(hand: Hand) -> None:
    app = hand.app
    hand.key(KEY.Key_L, Qt.KeyboardModifier.ControlModifier)
    search = QApplication.focusWidget()
    assert isinstance(search, QLineEdit)
    QTest.keyClicks(search, "ideal 85")
    hand.actions += 1
    hand.key(KEY.Key_Return)
    app.until(lambda: app.desk.lens.name == "ideal-85")


def lose_place(app: Opened) -> None:
    """The motor let go: nobody knows where the ring stands."""
    app.session.bridge.ask(Job("let go", lambda unit: unit.release()))
    app.until(lambda: app.session.state is State.UNREFERENCED)
    app.until(lambda: app.word() == "WHERE?")


def test_motor_slipped(hand: Hand) -> None:
    app = hand.app
    hand.key(KEY.Key_H)
    app.until(lambda: not app.session.busy and "slip" in app.says().lower())
    lose_place(app)
    hand.type(app.find("positionNow"), "2m")
    app.until_state(State.IDLE, State.LOADED)
    hand.key(KEY.Key_Return)
    app.until_state(State.ARMED)


def test_cable_out_and_in(hand: Hand) -> None:
    app = hand.app
    app.session.bridge.disconnect_unit()
    app.until(lambda: app.word() == "NO UNIT")
    assert app.window.distance.text() == "– –"
    app.desktop.actions.rig.connect_to("sim")
    hand.actions += 1
    app.until_state(State.IDLE, State.LOADED)
    lose_place(app)
    hand.type(app.find("positionNow"), "1.5m")
    app.until_state(State.IDLE, State.LOADED)
    hand.key(KEY.Key_Return)
    app.until_state(State.ARMED)


def test_the_show_on_another_laptop(hand: Hand, tmp_path: Path) -> None:
    app, other = hand.app, Desk.new("ideal-85")
    other.edit(slate=dataclasses.replace(Slate("42A"), take=3))
    other.edit_pull(duration_s=1.0)
    path = tmp_path / "stick" / "day.ffshow"
    path.parent.mkdir()
    write_show(other.show, path)
    hand.choose("openShow", path)
    app.until(lambda: app.desk.lens.name == "ideal-85")
    app.until_state(State.IDLE, State.LOADED)
    app.window.disk.setFocus()
    hand.shoot()
    assert str(app.kept[-1].context.slate) == "42A take 3"


def test_another_laptop_has_the_lens_and_says_that_it_has_no_takes(open_desk: Open, tmp_path: Path) -> None:
    app, other = open_desk(), Desk.new("ideal-50")
    hand = Hand(app)
    lens = dataclasses.replace(other.lens, name="Rodenstock 50", serial="R-117", ideal=False)
    other.use_lens(lens)
    other.edit(slate=dataclasses.replace(Slate("42A"), take=4))
    path = tmp_path / "day.ffshow"
    write_show(other.show, path)
    hand.choose("openShow", path)
    app.until(lambda: app.desk.lens == lens)
    hand.key(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    screen = app.window.host.shown
    assert isinstance(screen, CuesScreen)
    assert screen.picture.accessibleName() == none_yet(4)
    hand.key(Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    screen = app.window.host.shown
    assert isinstance(screen, LensScreen)
    assert screen.shown is not None
    assert screen.shown.lens == lens
    hand.key(Qt.Key.Key_Return)
    assert app.desk.lens == lens, "Return on what is looked at changes nothing"


def test_a_show_saved_here_opens_there(open_desk: Open, tmp_path: Path) -> None:
    """Menu, dialog, file on disk, and the menu and dialog of another app in another folder."""
    here = open_desk()
    here.session.edit(lambda: here.desk.edit_pull(duration_s=1.7))
    here.session.edit_mark(1, name="door")
    path = tmp_path / "stick" / "day 3.ffshow"
    path.parent.mkdir()
    Hand(here).choose("saveShowAs", path)
    here.until(path.exists)
    here.window.close()
    there = open_desk(folder=tmp_path / "other laptop")
    assert there.desk.pull.marks[1].name == ""
    Hand(there).choose("openShow", path)
    there.until(lambda: there.desk.pull.duration_s == 1.7)
    there.until_state(State.IDLE, State.LOADED)
    assert there.desk.pull.marks[1].name == "door"
    assert there.desktop.document.path == path
    assert there.take().take.verdict.usable


def pdf_text(pdf: Path) -> str:
    """The text that another program reads in a PDF."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    return subprocess.run([reader, "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout


def test_export_the_day(hand: Hand, tmp_path: Path) -> None:
    app = hand.app
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    threads: set[int] = set()
    app.session.said.connect(lambda _words: threads.add(threading.get_ident()))
    hand.choose("cameraReport", tmp_path / "day.pdf")
    app.until(lambda: app.says().startswith("day.pdf: 1 take."))
    assert threads == {threading.get_ident()}  # what is said changes how things stand: one thread does
    Hand(app).choose("cameraReport", tmp_path / "day.csv")
    app.until((tmp_path / "day.csv").exists)
    with (tmp_path / "day.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 1
    assert "ideal-50" in pdf_text(tmp_path / "day.pdf")
