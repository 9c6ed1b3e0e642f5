# SPDX-License-Identifier: MIT
"""The slate and the eases, by real keys and mouse."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from followfocus.errors import RequestError
from followfocus.show.slate import Slate
from followfocus_gui.screens.eases import EaseScreen, fullest
from followfocus_gui.screens.slate import SlateScreen
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.ease_facts import EaseFacts
from followfocus_gui.state.ease_names import EASES, ease_of, speed_curve
from followfocus_gui.widgets.lettering import width_of
from followfocus_gui.widgets.scale import px
from followfocus_gui.widgets.theme import HINT_PX
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
KEY = Qt.Key


def line(screen: SlateScreen, name: str) -> QLineEdit:
    found = screen.findChild(QLineEdit, name)
    assert found is not None, name
    return found


def write(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def test_the_slate_is_written_and_counts_on(open_desk: Open) -> None:
    app = open_desk()
    app.press("slate")
    screen = app.window.host.shown
    assert isinstance(screen, SlateScreen)
    assert QApplication.focusWidget() is line(screen, "scene")
    assert line(screen, "scene").selectedText() == "1"  # what is typed replaces it
    assert line(screen, "production").isVisible()  # open where there is room, until it is folded by hand
    app.press("slateMore")
    app.window.resize(1366, 768)
    assert not line(screen, "production").isVisible()
    app.press("slateMore")
    write(line(screen, "production"), "Überfahrt")
    write(line(screen, "shot"), "27I")
    said = screen.findChild(QLabel, "slateNext")
    assert said is not None
    assert "In force: 1 take 1" in said.text()
    QTest.keyClick(line(screen, "shot"), KEY.Key_Return)
    assert app.window.host.shown is screen
    assert app.desk.show.slate.shot == "1"
    write(line(screen, "shot"), "27C")
    app.press("takeMore")
    app.press("takeMore")
    app.press("takeLess")
    assert str(app.desk.show.slate) == "27C take 2"
    QTest.keyClick(line(screen, "shot"), KEY.Key_Return)
    app.until(lambda: app.window.host.shown is None)
    assert (str(app.desk.show.slate), app.desk.show.production) == ("27C take 2", "Überfahrt")
    QTest.keyClick(app.window.disk, KEY.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert str(app.desk.show.slate) == "27D take 1"


@pytest.mark.parametrize("slate", [Slate("3A"), Slate("3A", setup=1, take=4), Slate("12-4", kind="pickup", mos=True)])
def test_a_slate_that_is_only_confirmed_stays(qtbot: QtBot, slate: Slate) -> None:
    screen = SlateScreen(dataclasses.replace(Desk.new().show, slate=slate))
    qtbot.addWidget(screen)
    assert screen.show_made().slate == slate


def test_a_scene_with_a_letter_is_a_scene(qtbot: QtBot) -> None:
    screen = SlateScreen(Desk.new().show)
    qtbot.addWidget(screen)
    write(line(screen, "scene"), "3A")
    made = screen.show_made().slate
    assert (made.scene, made.shot, made.next_setup().shot) == ("3A", "3A", "3AA")
    line(screen, "shot").setText("3AB tk 4 PU")
    assert str(screen.show_made().slate) == "3AB PU take 4"


def test_a_british_slate_is_taken_as_it_is_called(qtbot: QtBot) -> None:
    screen = SlateScreen(dataclasses.replace(Desk.new().show, slate=Slate("27", system="british", slate=412)))
    qtbot.addWidget(screen)
    shot = line(screen, "shot")
    assert shot.text() == "412"
    QTest.keyClicks(line(screen, "scene"), "B")
    assert str(screen.show_made().slate) == "slate 412 take 1"
    shot.setText("slate 413")
    made = screen.show_made().slate
    assert (str(made), made.scene) == ("slate 413 take 1", line(screen, "scene").text())
    shot.setText("next one")
    with pytest.raises(RequestError, match="no British slate"):
        screen.show_made()


def test_eases_have_everyday_names_and_are_drawn_as_speed(open_desk: Open) -> None:
    app = open_desk()
    app.press("easing_soft_landing")
    assert app.desk.pull.easing == "scurve(0.2,0.65,0.5)"
    assert "scurve(0.2,0.65,0.5)" in app.find("easing_soft_landing").toolTip()
    app.press("easing_more")
    screen = app.window.host.shown
    assert isinstance(screen, EaseScreen)
    assert [card.facts.ease.name for card in screen.cards] == [ease.name for ease in EASES]
    chosen = [card.facts.ease.name for card in screen.cards if card.isChecked()]
    assert chosen == ["soft landing"]
    assert all("least" in card.facts.words for card in screen.cards)
    app.press("card_easing_gentle")
    app.until(lambda: app.window.host.shown is None)
    assert app.desk.pull.easing == "sine"
    assert app.find("easing_more").text() == "gentle"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("soft_s", "sharp_s", "from_s", "said"),
    [
        (0.37, 1.63, 0.0, "A soft 0.37 s  I sharp 1.63 s"),
        (27.38, 122.52, 0.0, "A soft 27.38 s  I sharp 122.52 s"),
        (127.38, 722.52, 600.0, "A soft 127.4 s  I sharp GO+122.5 s"),
        (5127.38, 8722.52, 100.0, "A soft 5127 s  I sharp GO+8623 s"),
    ],
)
def test_a_long_time_of_an_ease_is_said_shorter_and_never_cut(
    open_desk: Open, soft_s: float, sharp_s: float, from_s: float, said: str
) -> None:
    app = open_desk()
    app.window.resize(960, 540)
    app.press("easing_more")
    screen = app.window.host.shown
    assert isinstance(screen, EaseScreen)
    app.until(lambda: screen.cards[0].width() < 300)
    facts = EaseFacts(EASES[0], 90.0, soft_s, sharp_s, 700.0, feasible=False, letters=("A", "I"), sharp_from_s=from_s)
    foot_px = min(card.width() for card in screen.cards) - px(13) - px(11) - px(17)  # a sign stands before the words
    words = fullest(facts.narrow_edges, foot_px)
    assert words == said
    assert width_of(words, HINT_PX) <= foot_px


def test_stop_and_lead_are_typed_with_the_eases(open_desk: Open) -> None:
    app = open_desk()
    app.press("easing_more")
    for name, text in (("easeStop", "T4"), ("easeLead", "1s+12f")):
        field = app.find(name)
        assert isinstance(field, QLineEdit)
        write(field, text)
        QTest.keyClick(field, KEY.Key_Return)
    assert (app.desk.pull.t_stop, app.desk.cue.lead_s) == (4.0, 1.5)
    field = app.find("easeStop")
    assert isinstance(field, QLineEdit)
    write(field, "x")
    QTest.keyClick(field, KEY.Key_Return)
    assert field.text() == "T4"
    assert app.desk.pull.t_stop == 4.0
    assert "“x” isn't a stop" in app.window.message.text()
    for text in ("T4", "T5.6"):  # what is in force, and another
        write(field, text)
        QTest.keyClick(field, KEY.Key_Return)
        assert "isn't a stop" not in app.window.message.text(), text
    lead = app.find("easeLead")
    assert isinstance(lead, QLineEdit)
    write(lead, "-1")
    QTest.keyClick(lead, KEY.Key_Return)
    assert (lead.text(), app.desk.cue.lead_s) == ("1.5 s", 1.5)


def test_format_and_drift_are_typed_with_the_eases(open_desk: Open) -> None:
    app = open_desk()
    app.press("easing_more")
    for name, text in (("easeFormat", "alexa65"), ("easeOff", "2cm@3m, cold")):
        field = app.find(name)
        assert isinstance(field, QLineEdit)
        write(field, text)
        QTest.keyClick(field, KEY.Key_Return)
    assert app.desk.show.film.name == "alexa65"
    assert app.desk.lens_entry.drift.note == "cold"
    assert app.desk.plans()[0].conditions.film.name == "alexa65"
    field = app.find("easeFormat")
    assert isinstance(field, QLineEdit)
    write(field, "xx")
    QTest.keyClick(field, KEY.Key_Return)
    assert field.text() == app.desk.show.film.title, "what was refused is not in force"


@pytest.mark.parametrize("imperial", [False, True])
def test_how_far_a_lens_is_off_is_shown_as_it_is_read(open_desk: Open, *, imperial: bool) -> None:
    app = open_desk()
    app.desk.prefer(units="imperial" if imperial else "metric")
    app.press("easing_more")
    field = app.find("easeOff")
    assert isinstance(field, QLineEdit)
    write(field, "-1@10, cold")
    QTest.keyClick(field, KEY.Key_Return)
    found = app.desk.lens_entry.drift
    assert (found.long_m, found.at_m) == pytest.approx((-0.0254, 3.048) if imperial else (-0.01, 10.0))
    shown = field.text()
    write(field, shown)
    QTest.keyClick(field, KEY.Key_Return)
    assert (app.desk.lens_entry.drift, field.text()) == (found, shown)
    assert "trim" not in app.window.message.text()


@pytest.mark.parametrize("ease", EASES, ids=lambda ease: ease.name)
def test_the_speed_that_is_drawn_is_the_eases_own(ease: object) -> None:
    times, speeds = speed_curve(ease.easing)  # type: ignore[attr-defined]
    assert float(speeds.mean()) == pytest.approx(1.0, abs=1e-9)
    assert (speeds >= -1e-9).all()
    assert ease_of(ease.easing) is ease  # type: ignore[attr-defined]
    assert len(times) == len(speeds)
