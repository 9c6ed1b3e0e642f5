# SPDX-License-Identifier: MIT
"""The picture book, read: nothing cut, nothing on something else, nothing outside, GO and STOP in one place a size.

By default a sample of the pages; all of them with FOLLOWFOCUS_CAMPAIGN=full.
"""

from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Callable, Iterator, Sequence

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QLineEdit

from followfocus.wire.messages import State
from followfocus_gui.picture_book import SIZES, STATES, THEMES, UNITS, Book, Page, pages
from followfocus_gui.screens.eases import EaseScreen
from followfocus_gui.widgets import lettering, theme
from tests.gui.conftest import Opened
from tests.gui.looking import cut, outside, overlapping, place, scrolled, shortened, struck

Open = Callable[..., Opened]
NAMES = ("Anna", "Back to Anna", "FF High Speed Prime", "Signature Prime", "Sigma", "ARRI", "lensFrom")
"""Words that may end in an ellipsis: names, and where a lens's scale is from"""
FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"
SOME_STATES = STATES if FULL else ("ready", "refused", "armed", "holding", "nine_marks")
SOME_SIZES = SIZES if FULL else ((960, 540), (1280, 800), (800, 1280))


def walk(app: Opened, *, states: Sequence[str], screens: Sequence[str] | None) -> Iterator[Page]:
    """Page after page, each once everything is in its place."""
    some = THEMES if FULL else ("dark",)
    for page in pages(
        Book(app.desktop, app.until), states=states, screens=screens, sizes=SOME_SIZES, themes=some, units=UNITS
    ):
        app.qtbot.wait(10)
        yield page


def trouble_on(app: Opened, page: Page) -> list[str]:
    """The faults of a page."""
    window = app.window
    found = [
        *(f"cut: {words}" for words in cut(window)),
        *(f"outside: {words}" for words in outside(window)),
        *(f"overlapping: {words}" for words in overlapping(window)),
    ]
    return [f"{page.name}: {words}" for words in found]


def test_every_state_is_whole_and_go_and_stop_stand_still(open_desk: Open) -> None:
    app = open_desk()
    wrong: list[str] = []
    places: dict[tuple[int, int], set[str]] = {}
    for page in walk(app, states=SOME_STATES, screens=()):
        wrong += trouble_on(app, page)
        go, stop = (place(button, app.window) for button in (app.window.transport.go, app.window.transport.stop))
        places.setdefault(page.size, set()).add(f"{go} {stop}")
        assert app.window.rect().contains(go.united(stop)), page
        assert app.window.transport.stop.isEnabled(), page
    assert wrong == []
    assert {size: len(found) for size, found in places.items()} == dict.fromkeys(SOME_SIZES, 1)


@pytest.mark.parametrize("seed", range(8) if FULL else (1,))
def test_every_screen_is_whole_at_some_size_in_some_theme_and_units(seed: int, open_desk: Open) -> None:
    """Each screen once, at a size, in a theme and in units that chance picks; another seed picks others."""
    app, chance, wrong = open_desk(), random.Random(seed), list[str]()
    book = Book(app.desktop, app.until)
    app.session.edit(lambda: app.desk.edit_pull(duration_s=0.6))
    app.take()  # or there would be nothing to compare
    app.until_state(State.IDLE, State.LOADED)
    book.set_up()
    book.rest()
    for name, act in book.screens().items():
        page = Page(name, chance.choice(SIZES), chance.choice(THEMES), chance.choice(UNITS))
        book.use_units(page.units)
        app.desktop.actions.apply_theme(page.theme)
        app.window.showNormal()
        app.window.resize(*page.size)
        act()
        assert app.window.host.shown is not None, page
        app.qtbot.wait(10)
        wrong += trouble_on(app, page)
        assert app.window.transport.stop.isEnabled(), page
        app.window.host.close_screen()
    assert wrong == []


def test_no_screen_scrolls_or_shortens_a_value(open_desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every size: the button that a screen is about is in sight, and only names end in an ellipsis."""
    app, painted, wrong = open_desk(), set[str](), list[str]()
    whole = lettering.elided

    def elided(text: str, room: float, size_px: int, *, bold: bool = False) -> str:
        shown = whole(text, room, size_px, bold=bold)
        if shown != text:
            painted.add(text)
        return shown

    monkeypatch.setattr(lettering, "elided", elided)
    app.session.edit(lambda: app.desk.edit_pull(duration_s=0.6))
    for _ in range(3):
        app.take()
        app.until_state(State.IDLE, State.LOADED)
    book = Book(app.desktop, app.until)
    book.set_up()
    book.rest()
    for name, act in book.screens().items():
        book.use_units("imperial" if name in ("cues", "eases") else "metric")
        act()
        for size in SIZES:
            app.window.resize(*size)
            app.qtbot.wait(10)
            painted.clear()
            app.window.grab()
            words = (*painted, *shortened(app.window), *scrolled(app.window))
            wrong += [f"{name} at {size}: {each}" for each in words if not each.startswith(NAMES)]
        app.window.host.close_screen()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("units", UNITS)
def test_no_text_lies_on_another_with_the_longest_values(units: str, open_desk: Open) -> None:
    """Read from the picture: desk, shooting view, screens; an hour's pull, nine marks, the farthest distance."""
    app, wrong = open_desk(), list[str]()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=0.6))
    app.take()
    app.until_state(State.IDLE, State.LOADED)
    book = Book(app.desktop, app.until)
    book.set_up()
    book.nine_marks()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=3600.0))
    book.use_units(units)
    views: dict[str, Callable[[], object]] = {"desk": lambda: None, "shooting": app.window.turn_shooting}
    for name, act in (views | book.screens()).items():
        act()
        screen = app.window.host.shown
        for card in screen.cards if isinstance(screen, EaseScreen) else ():
            card.facts = dataclasses.replace(card.facts, soft_s=3000.0, sharp_s=3500.0, least_s=3600.0)
        for size in SIZES if FULL else SIZES[:2]:
            app.window.resize(*size)
            app.qtbot.wait(10)
            wrong += [f"{name} at {size}: {words}" for words in struck(app.window)]
        app.window.host.close_screen()
        app.window.leave_shooting()
    assert wrong == []


def test_what_turns_the_ring_has_a_fingers_room_on_a_whole_screen(open_desk: Open) -> None:
    """The style sheet's least for all buttons is not theirs: three lines stand on them."""
    app = open_desk()
    app.desktop.actions.rig.map_lens(None)
    app.qtbot.wait(10)
    assert app.find("jogOn").height() == 76
    app.window.resize(960, 540)
    app.until(lambda: app.find("jogOn").height() == 52)


def test_the_distance_is_read_from_across_the_set(open_desk: Open) -> None:
    """In the shooting view capitals, three quarters of the letters, are 27 % of a wide screen's height in metres."""
    window = open_desk().window
    window.resize(1920, 1080)
    window.turn_shooting()
    assert 0.75 * window.shooting.distance.letters_px() >= 0.27 * window.height()
    assert not cut(window)


@pytest.mark.parametrize("size", [(960, 540), (1280, 800), (1920, 1080), (800, 1280)])
def test_feet_are_the_largest_thing_of_the_shooting_view(size: tuple[int, int], open_desk: Open) -> None:
    """With the longest distance written in it: larger than every other figure and word, and whole."""
    app = open_desk()
    window = app.window
    window.resize(*size)
    app.desktop.actions.toggle_units()
    window.turn_shooting()
    distance = window.shooting.distance
    distance.set_distance("100'11 1/2\"", "")
    assert distance.text_wide() <= distance.width()
    capitals = 0.75 * distance.letters_px()
    assert capitals >= 0.16 * min(size)
    places = window.shooting._places
    assert places is not None
    assert capitals > 2 * 0.75 * places.word_px
    assert not cut(window)


def test_the_readout_in_feet_says_what_the_marks_card_says(open_desk: Open) -> None:
    app = open_desk()
    app.desktop.actions.toggle_units()
    app.session.edit(lambda: app.desk.set_distance(0, 1.2827))
    card = app.find("distanceA")
    assert isinstance(card, QLineEdit)
    assert card.text() == "4'2 1/2\""
    app.until_turned(lambda: app.session.go_to(0), lambda: app.window.distance.text() == card.text())


@pytest.mark.parametrize("name", THEMES)
def test_the_loudest_is_loudest_on_the_picture_itself(name: theme.ThemeName, open_desk: Open) -> None:
    """Armed, GO outshines everything but the distance; playing, STOP does; both against their ground."""
    app = open_desk()
    book = Book(app.desktop, app.until)
    book.set_up()
    app.desktop.actions.apply_theme(name)
    for state, loud, quiet in ((book.armed, "go", "arm"), (book.playing, "stop", "go")):
        state()
        app.qtbot.wait(60)
        picture = app.window.grab().toImage()
        scale = picture.width() / app.window.width()

        def ground(of: str, *, image=picture, by=scale) -> str:
            button = app.window.transport.buttons[of]
            corner: QPoint = QRect(place(button, app.window)).topLeft() + QPoint(14, 12)
            return image.pixelColor(corner * by).name()

        window = theme.colours(name)["window"]
        assert theme.contrast(ground(loud), window) >= 3.0, (name, state)
        assert theme.contrast(ground(loud), window) > 1.5 * theme.contrast(ground(quiet), window), (name, state)
