# SPDX-License-Identifier: MIT
"""The lens library and the tape, by real keys and mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from followfocus.files import safe_name
from followfocus.lens.map import load_lens, save_lens
from followfocus.lens.shelf import LensShelf
from followfocus.wire.messages import State
from followfocus_gui.screens.lenses import LensScreen
from followfocus_gui.screens.tape import TURNING, TapeScreen
from followfocus_gui.screens.tape_parts import ANYWAY, KEEP, signed
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
KEY = Qt.Key


def lenses(app: Opened) -> LensScreen:
    app.press("lens")
    screen = app.window.host.shown
    assert isinstance(screen, LensScreen)
    return screen


def type_here(text: str, *keys: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, text)
    for key in keys:
        QTest.keyClick(QApplication.focusWidget(), key)


def typed() -> str:
    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    return focus.text()


def tape(app: Opened) -> TapeScreen:
    app.desktop.actions.rig.map_lens(None)
    screen = app.window.host.shown
    assert isinstance(screen, TapeScreen)
    return screen


def label(app: Opened, name: str) -> str:
    found = app.window.findChild(QWidget, name)
    assert isinstance(found, QLabel)
    return found.accessibleName() or found.text()


def test_a_lens_is_found_looked_at_and_used_by_keys_alone(open_desk: Open) -> None:
    app = open_desk()
    screen = lenses(app)
    type_here("ideal 8")
    assert screen.shown is not None
    assert screen.shown.name == "ideal-85"
    assert screen.cards.count() == 1
    type_here("", KEY.Key_Backspace)
    assert screen.cards.count() > 1
    type_here("", KEY.Key_Down)
    assert screen.shown.name != "ideal-35"
    QTest.keyClick(QApplication.focusWidget(), KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    type_here("sig 40 t1.8", KEY.Key_Return)
    assert app.desk.lens.name == "arri-signature-prime-40"
    assert app.window.host.shown is screen
    assert app.find("useLens").text() == "In use"  # type: ignore[attr-defined]
    assert label(app, "lensHoldsWords") == "Not calibrated here yet."
    assert "worked out" in label(app, "lensWorkedOut")
    type_here("", KEY.Key_Return)
    app.until(lambda: app.window.host.shown is None)
    assert app.desk.lens.distance_m(app.desk.pull.marks[1].ring_deg) == pytest.approx(4.0, abs=0.01)


def test_what_nobody_has_is_said_and_space_never_goes(open_desk: Open) -> None:
    app = open_desk()
    screen = lenses(app)
    type_here("no such lens")
    assert screen.search.text() == "no such lens"
    assert label(app, "lensCount") == "None. Map yours from a tape."
    assert not screen.page.isVisible()
    before = app.desk.lens
    type_here("", KEY.Key_Return)
    assert app.window.host.shown is screen, "or one might think that it was found"
    assert "No lens matches “no such lens”" in app.says()
    assert app.desk.lens is before
    type_here("", KEY.Key_Backspace)
    assert "No lens matches" not in app.says()
    screen.search.clear()
    assert screen.page.isVisible()
    assert app.session.state in (State.IDLE, State.LOADED)


def test_the_ring_stands_on_the_scale_of_the_lens_that_is_on_it_alone(open_desk: Open) -> None:
    app = open_desk()
    app.turn(100.0)
    screen = lenses(app)
    assert screen.page.scale._ring_deg == pytest.approx(100.0, abs=0.1)
    type_here("", KEY.Key_Down)
    assert screen.page.scale._ring_deg is None
    type_here("", KEY.Key_Up)
    assert screen.page.scale._ring_deg == pytest.approx(100.0, abs=0.1)


def test_a_lens_that_cannot_be_read_has_no_other_ones_calibration(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    (tmp_path / "lenses").mkdir()
    (tmp_path / "lenses" / "broken.json").write_text("{}", encoding="utf-8")
    screen = lenses(app)
    assert label(app, "lensHoldsWords") == "Not calibrated here yet."
    screen.search.setText("broken")
    assert screen.shown is not None
    assert screen.shown.lens is None
    assert label(app, "lensHoldsWords") == ""


def test_favourites_and_last_used_are_kept(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    screen = lenses(app)
    type_here("ideal 135")
    app.press("lensFavourite")
    QTest.keyClick(screen.search, KEY.Key_Return)
    kept = LensShelf(tmp_path / "lenses").kept()
    assert (kept.favourites, kept.used) == (("ideal-135",), ("ideal-135",))
    heads = screen.heads
    row = next(i for i in range(heads.count()) if heads.item(i).text() == "Favourites")
    QTest.mouseClick(heads.viewport(), Qt.MouseButton.LeftButton, pos=heads.visualItemRect(heads.item(row)).center())
    assert screen.search.text() == ""
    assert screen.cards.count() == 1


def test_a_file_is_read_and_one_that_is_none_is_said(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    screen = lenses(app)
    path = tmp_path / "mine.json"
    save_lens(load_lens("ideal-50"), path)
    screen.read([path])
    app.until(lambda: "Kept as" in screen.hint)
    assert screen.shown is not None
    assert screen.shown.own
    path.write_text("{}")
    screen.read([path])
    app.until(lambda: "not" in screen.hint and "Kept" not in screen.hint)
    screen.export(tmp_path / "out.json")
    assert load_lens(tmp_path / "out.json").name == "ideal-50"


def test_a_lens_is_mapped_from_a_tape(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    lenses(app)
    app.press("mapLens")
    screen = app.window.host.shown
    assert isinstance(screen, TapeScreen)
    truth = load_lens("ideal-85")
    for number, metres in enumerate((6.0, 2.5, 1.4), 1):
        app.turn(truth.ring_deg(metres))
        type_here(f"{metres}m", KEY.Key_Return)
        app.until(lambda n=number: len(screen.tape.marks) == n)
    assert screen.tape.words().startswith("3 marks agree to 0.0")
    app.turn(truth.ring_deg(1.0))
    type_here("10m", KEY.Key_Return)
    app.until(lambda: "isn't nearer" in screen.hint)
    assert QApplication.focusWidget().text() == "10m"  # type: ignore[union-attr]
    QTest.keyClick(QApplication.focusWidget(), KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    type_here("1m", KEY.Key_Return)
    app.until(lambda: label(app, "tapeWords").startswith("4 marks agree"))
    app.press("tapeKeep")
    assert "name" in screen.hint
    type_here("Cooke S4 85")
    app.press("tapeKeep")
    app.until(lambda: app.window.host.shown is None)
    assert app.desk.lens.name == "Cooke S4 85"
    assert len(LensShelf(tmp_path / "lenses").load(safe_name("Cooke S4 85")).marks) == 4
    assert app.desk.lens.distance_m(truth.ring_deg(2.0)) == pytest.approx(2.0, abs=0.02)


def test_no_mark_is_taken_from_a_ring_that_turns(open_desk: Open) -> None:
    app = open_desk()
    screen = tape(app)
    screen.jogs.begin(6.0)  # somebody else's finger, while it is typed
    app.until(lambda: app.session.state is State.MOVING)
    type_here("2m", KEY.Key_Return)
    assert screen.hint == TURNING
    assert typed() == "2m"
    screen.jogs.end()
    app.until_state(State.IDLE)
    type_here("", KEY.Key_Return)
    app.until(lambda: len(screen.tape.marks) == 1)
    assert screen.tape.marks[0].ring_deg == app.session.ring_deg
    assert typed() == ""


def test_no_mark_is_taken_from_a_frame_before_the_ring_moved(open_desk: Open) -> None:
    app = open_desk()
    screen = tape(app)
    app.session.turn(200.0)
    assert app.session.state is State.IDLE  # all that the screen has heard of
    type_here("2m", KEY.Key_Return)
    assert typed() == ""
    app.until(lambda: screen.hint == TURNING)
    assert screen.tape.marks == ()
    assert typed() == "2m"
    app.turn(200.0)
    type_here("", KEY.Key_Return)
    app.until(lambda: len(screen.tape.marks) == 1)
    assert screen.tape.marks[0].ring_deg == pytest.approx(200.0, abs=0.05)


def test_a_stop_gives_back_what_was_typed(open_desk: Open) -> None:
    app = open_desk()
    screen = tape(app)
    type_here("2m", KEY.Key_Return)
    app.session.stop()
    assert typed() == "2m"
    app.until_state(State.IDLE)
    app.qtbot.wait(50)
    assert screen.tape.marks == ()


def test_a_ring_past_the_lens_s_travel_is_no_mark_at_its_end(open_desk: Open) -> None:
    app = open_desk()
    screen = tape(app)
    app.turn(200.0)
    travel = app.find("tapeTravel")
    travel.setFocus()
    QTest.keyClick(travel, KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(travel, "120")
    app.find("tapeDistance").setFocus()
    type_here("2m", KEY.Key_Return)
    app.until(lambda: "off the ring's 120°" in screen.hint)
    assert screen.tape.marks == ()
    assert typed() == "2m"


def test_arrows_turn_the_ring_from_the_empty_distance(open_desk: Open) -> None:
    app = open_desk()
    screen, field = tape(app), app.find("tapeDistance")
    before = app.session.ring_deg
    QTest.keyPress(field, KEY.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    app.until(lambda: app.session.ring_deg > before + 5.0)
    QTest.keyRelease(field, KEY.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    app.until_state(State.IDLE)
    type_here("20m", KEY.Key_Left, KEY.Key_Delete, KEY.Key_Return)  # among letters they are the caret's
    assert not screen.jogs.turning
    app.until(lambda: len(screen.tape.marks) == 1)
    assert screen.tape.marks[0].distance_m == 20.0


def test_an_arrow_key_that_is_let_go_in_a_field_ends_the_turn(open_desk: Open) -> None:
    app = open_desk()
    screen = tape(app)
    app.find("tapeKeep").setEnabled(True)
    app.find("tapeKeep").setFocus()
    QTest.keyPress(app.find("tapeKeep"), KEY.Key_Right)
    app.until(lambda: app.session.state is State.MOVING)
    app.find("tapeDistance").setFocus()
    assert not screen.jogs.turning
    app.until_state(State.IDLE)


def test_a_mark_is_corrected_and_taken_back(open_desk: Open) -> None:
    app = open_desk()
    lenses(app)
    type_here("sig 40 t1.8")
    app.press("correctMark")
    screen = app.window.host.shown
    assert isinstance(screen, TapeScreen)
    before = screen.tape
    item = screen.marks.item(6, 2)
    assert item is not None
    item.setText("1.3 m")
    assert screen.tape != before
    assert "read it again" in screen.tape.words()
    app.press("tapeUndo")
    assert screen.tape == before
    QTest.mousePress(screen.jogs.buttons[2], Qt.MouseButton.LeftButton)
    app.until(lambda: app.session.state is State.MOVING)
    QTest.mouseRelease(screen.jogs.buttons[2], Qt.MouseButton.LeftButton)
    app.until(lambda: app.session.state is State.IDLE)


def doubted(app: Opened) -> TapeScreen:
    """A lens of which one mark was typed wrong, and its name."""
    lenses(app)
    type_here("sig 40 t1.8")
    app.press("correctMark")
    screen = app.window.host.shown
    assert isinstance(screen, TapeScreen)
    item = screen.marks.item(6, 2)
    assert item is not None
    item.setText("1.3 m")
    assert [one.letter for one in screen.tape.doubted()] == ["G"]
    return screen


def test_a_tape_with_a_mark_in_doubt_is_kept_only_when_asked_for_again(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    screen, before = doubted(app), app.desk.lens
    keep = app.find("tapeKeep")
    assert isinstance(keep, QPushButton)
    QTest.mouseDClick(keep, Qt.MouseButton.LeftButton)
    app.press("tapeKeep")  # a hand that trembles, or a screen that bounces
    assert app.window.host.shown is screen
    assert app.desk.lens == before
    assert not list((tmp_path / "lenses").glob("*.json"))
    assert "G off the others" in app.says()
    assert keep.text() == ANYWAY
    app.until(lambda: not screen._keep.settling.isActive())
    app.press("tapeKeep")
    app.until(lambda: app.window.host.shown is None)
    assert app.desk.lens.marks == screen.tape.marks


def test_a_change_after_the_warning_is_looked_at_anew(open_desk: Open) -> None:
    app = open_desk()
    screen = doubted(app)
    keep = app.find("tapeKeep")
    assert isinstance(keep, QPushButton)
    app.press("tapeKeep")
    item = screen.marks.item(6, 2)
    assert item is not None
    item.setText("1.35 m")
    assert screen.tape.doubted()
    assert keep.text() == KEEP
    app.until(lambda: not screen._keep.settling.isActive())
    app.press("tapeKeep")
    assert app.window.host.shown is screen
    app.until(lambda: not screen._keep.settling.isActive())
    while screen.tape.doubted():
        app.press("tapeUndo")
    app.press("tapeKeep")
    app.until(lambda: app.window.host.shown is None)


def test_degrees_have_no_minus_nought() -> None:
    assert signed(-0.001) == "0.00°"
