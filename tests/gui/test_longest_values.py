# SPDX-License-Identifier: MIT
"""The longest value of every field, in both units, at every size: never cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from followfocus_gui.parts import LEAST_ROOMY
from followfocus_gui.picture_book import UNITS, Book
from followfocus_gui.screens.eases import EaseScreen
from followfocus_gui.widgets.lettering import LONGEST
from followfocus_gui.widgets.mark_edits import MarkEdits
from followfocus_gui.widgets.number_field import NumberField
from followfocus_gui.widgets.readouts import DistanceReadout
from followfocus_gui.widgets.scale import letters, px
from tests.gui.conftest import Opened
from tests.gui.looking import cut, named

Open = Callable[..., Opened]
SIZES = ((960, 540), (1280, 800), (1366, 768), (1920, 1080), (800, 1280), (1093, 614), (819, 614))
FARTHEST_M = 914.3  # 2999'7 1/2", and three digits before the point
DISTANCES = "distance", "goToDistance", "positionNow", "hand_low_deg", "hand_high_deg"
OTHERS = {
    "durationS": "3599.999 s", "tStop": "T0.95", "lead": "lead 3599.99 s", "wait": "3599.99 s",
    "hand_ratio": "12.3457", "hand_turn_counts": "123457", "hand_curve": "-99.9999 %", "hand_soft_end_deg": "123.457°",
    "hand_detent_deg": "12.3457°", "hand_dead_band": "12.3457 %", "hand_fine": "99.9999 %",
}  # fmt: skip


def longest_of(field: NumberField, *, imperial: bool) -> str:
    name = field.objectName()
    if name.startswith("trim"):
        return '−39.3"' if imperial else "−99.9 cm"
    if name.startswith(DISTANCES):
        return LONGEST[imperial][0]
    return OTHERS[name if name in OTHERS else name[:-1]]


def cut_fields(app: Opened) -> Iterator[str]:
    """Every field in sight that hasn't the room of its longest value."""
    imperial = app.desk.imperial
    for field in app.window.findChildren(NumberField):
        by_value = field.objectName() == "durationS" or field.objectName()[:8] == "distance"
        # What is gone to is never shown there: on a small disk its field would lie on the ends of the scale.
        only_typed = field.objectName() == "goToDistance" and app.window.disk.height() < LEAST_ROOMY
        if not field.isVisible() or by_value or only_typed:
            continue  # the letters of some go by the value: those are set by an edit
        before = field.text()
        field.setText(longest_of(field, imperial=imperial))
        yield from (words for words in cut(app.window) if words == named(field))
        field.setText(before)


def test_the_longest_distance_that_is_shown_in_figures_is_the_longest() -> None:
    edits = MarkEdits()
    for imperial in (False, True):
        edits.imperial = imperial
        shown = {edits.show_distance(0.1 * 1.0001**n) for n in range(92_000)}
        assert max(map(len, shown)) == len(LONGEST[imperial][0])


@pytest.mark.parametrize("units", UNITS)
def test_no_field_cuts_its_longest_value(units: str, open_desk: Open) -> None:
    """On the desk with three marks and nine, on every tab, in the wheels' screen, and where the place is asked."""
    app, wrong = open_desk(), list[str]()
    book = Book(app.desktop, app.until)
    book.set_up()
    book.use_units(units)

    def look(where: str) -> None:
        for size in SIZES:
            app.window.resize(*size)
            for tab in ("Curve", "Marks") if app.window.page.tabs.isVisible() else ("",):
                if tab:
                    app.window.page.tabs.choose(tab)
                QApplication.processEvents()
                wrong.extend(f"{where} at {size}: {words}" for words in (*cut_fields(app), *cut(app.window)))

    for state, name in ((book.rest, "three marks"), (book.nine_marks, "nine marks")):
        state()
        for index in range(len(app.desk.pull.marks)):
            app.session.edit(lambda i=index: app.desk.set_distance(i, FARTHEST_M))  # type: ignore[misc]
        app.session.edit(lambda: app.desk.edit_pull(duration_s=3599.999))
        look(name)
    app.desktop.actions.hand.open()
    look("by hand")
    app.window.host.close_screen()
    book.where()
    look("where")
    assert not wrong, "\n".join(dict.fromkeys(wrong))


@pytest.mark.parametrize("size", SIZES)
def test_far_off_the_readout_says_whole_metres_and_feet(size: tuple[int, int], open_desk: Open) -> None:
    app = open_desk(size=size)
    for imperial, far, shown in ((False, "999.99 m", "1000 m"), (False, "99.99 m", "99.99 m"),
                                 (True, "3280'10 1/2\"", "3280'"), (True, "999'11 1/2\"", "999'11 1/2\"")):  # fmt: skip
        for readout in app.window.findChildren(DistanceReadout):
            readout.set_imperial(imperial)
            readout.set_distance(far, "")
            assert readout.text() == shown
            assert not readout.isVisible() or readout.text_wide() <= readout.width()


@pytest.mark.parametrize("size", [*SIZES, (1024, 600)])
def test_no_ease_is_drawn_over_its_words(size: tuple[int, int], open_desk: Open) -> None:
    """On a low and narrow window the curve went upside down through name and words."""
    app = open_desk(size=size)
    app.desktop.actions.show_eases()
    app.qtbot.wait(10)
    screen = app.window.host.shown
    assert isinstance(screen, EaseScreen)
    for card in screen.cards:
        box = QRectF(card.rect()).adjusted(0, px(8), 0, -px(8))
        picture = card.picture(box)
        words = box.bottom() - letters(39)
        assert picture.height() >= letters(18)
        assert picture.bottom() <= words + letters(6), "the words stand in the middle of their row"
        assert box.top() <= picture.top()
