# SPDX-License-Identifier: MIT
"""The window: the two bands, and between them the desk or a screen. What is wanted goes up as signals (`wiring.py`).

Where everything stands is `state/grid`'s; what is shown in it `showing.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QLayout, QMainWindow, QWidget

from followfocus_gui.desk_player import DeskPlayer
from followfocus_gui.parts import Bands, Middle, put
from followfocus_gui.screens.host import ScreenHost
from followfocus_gui.showing import Showing
from followfocus_gui.state import grid
from followfocus_gui.state.window_memory import USUAL
from followfocus_gui.unit_ear import MOVING
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.caret import Caret
from followfocus_gui.widgets.focus_ring import FocusRing
from followfocus_gui.widgets.question_band import Question, QuestionBand
from followfocus_gui.widgets.shooting_view import ShootingView
from followfocus_gui.widgets.tab_order import next_to
from followfocus_gui.widgets.theme import figure_font

LEAST = 640, 420
MOVES, LOSES = "moves", "loses"
FRAME_PX = 8, 36
"""A window manager's frame around a window, at most"""


class DeskWindow(QMainWindow):
    """The desk, on a session."""

    closing = Signal()
    """The window goes: save what is open, close what is connected"""

    def __init__(self, session: DeskPlayer) -> None:
        super().__init__()
        self.setObjectName("desk")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab passes it by: nothing would show where one is
        self.setWindowTitle("followfocus")
        self.session = session
        self.unsaved: Callable[[], str] = lambda: ""
        """Why something would be lost if the window closed now"""
        self._asks = True
        self._answered: set[str] = set()
        self._central = central = QWidget(self)
        self.setCentralWidget(central)
        self.bands, self._middle = Bands(central), Middle(central)
        self.page = self._middle.page
        self.host = ScreenHost(self._middle, self.page.disk, session.locked, session.refuse, central)
        self.shooting = ShootingView(central)
        self.question = QuestionBand(central)
        self._name_parts()
        self.focus_ring = FocusRing(self)
        self.caret = Caret(self)
        own = self.layout()
        assert own is not None
        # Or the window could get no smaller than its parts ask for, and those are placed by the grid for any size.
        own.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumSize(*LEAST)
        self.showing = Showing(session, self.bands, self.page, self.host, self.shooting, self)
        self.shooting.left.connect(self.leave_shooting)
        self.host.changed.connect(lambda: self.leave_shooting() if self.host.shown is not None else None)
        self.bands.state.done.connect(self.host.close_screen)
        self.open_as(USUAL, maximised=False)
        self.showing.refresh()
        self.page.disk.setFocus()

    def _name_parts(self) -> None:
        """Each part by its own name, wherever it stands."""
        bands, page = self.bands, self.page
        self.distance, self.message, self.transport = bands.distance, bands.state, bands.transport
        self.slate, self.lens, self.connection, self.menu = bands.slate, bands.lens, bands.connection, bands.menu
        self.disk, self.goto, self.curve, self.rack = page.disk, page.goto, page.curve, page.rack
        self.marks, self.strip, self.tools, self.editor = page.edits, page.strip, page.tools, page.editor
        self.table, self.cues, self.cue_strip = page.table, page.cues, page.cue_strip

    def show_title(self, name: str, *, edited: bool) -> None:
        """Name what is open in the title, marked while there are edits that aren't in its file yet."""
        self.setWindowTitle(f"{name}[*] – followfocus")
        self.setWindowModified(edited)

    # Its size -----------------------------------------------------------------------------------------------------

    def open_as(self, size: tuple[int, int], *, maximised: bool) -> None:
        """Open with this size, or as much of it as the screen has."""
        screen = QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        # With its frame, or what the title takes at the top the buttons lose at the bottom.
        most = room.width() - FRAME_PX[0], room.height() - FRAME_PX[1]
        fits = size[0] <= most[0] and size[1] <= most[1]
        width, height = min(size[0], most[0]), min(size[1], most[1])
        self.setWindowState(Qt.WindowState.WindowNoState)  # first, or the size is that to come back to
        self.setMinimumSize(min(LEAST[0], width), min(LEAST[1], height))
        self.resize(width, height)
        if not fits:
            self.move(room.topLeft())
        if maximised or not fits:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def normal_size(self) -> tuple[int, int]:
        """The size it has, or had before it filled the screen."""
        size = self.normalGeometry().size() if self.isMaximized() else self.size()
        return size.width(), size.height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything in its place for this size."""
        super().resizeEvent(event)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """The letters of everything are made to measure once it is seen, and not for each size on the way."""
        super().showEvent(event)
        self.fit()

    @staticmethod
    def _fit_letters(body_px: int) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.fit_letters(application, body_px)

    def fit(self) -> None:
        """Put everything in its place."""
        size = self.width(), self.height()
        found, letters = grid.bands(*size), grid.Type.of(*size)
        if self.isVisible():
            self._fit_letters(letters.body)
        self._central.setFont(figure_font(letters.body))
        self.bands.place(found, letters)
        box = found.middle
        self.host.setGeometry(box.x, box.y, box.width, max(0, box.height))
        self._middle.fit(size)
        if self.shooting.isVisible():
            self._lay_shooting(letters)
        self.question.setGeometry(self.bands.state.geometry())

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab, in the order of the eye: Qt's own is that in which everything was made, and marks are made late."""
        # Not from the application: a field that is hidden passes its focus on, and is asked about itself.
        reached = next_to(self.focusWidget(), self._tabbed(), back=not forward)
        if reached is not None:
            reached.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        return reached is not None

    def _tabbed(self) -> tuple[QWidget, ...]:
        """The parts that Tab goes through, one after another."""
        bands, page, screen = self.bands, self.page, self.host.shown
        buttons = tuple(self.transport.buttons.values())
        if self.question.open:
            return self.question, self.transport.stop
        if self.shooting.isVisible():
            return bands.state, *buttons
        middle = (screen,) if screen is not None else (
            page.cue_strip, page.tabs, page.disk, page.goto, page.curve, page.strip, page.tools, page.subjects,
            page.editor, page.rack, page.lists,
        )  # fmt: skip
        return bands.slate, bands.lens, bands.connection, bands.menu, *middle, bands.state, *buttons

    # The shooting view --------------------------------------------------------------------------------------------

    def turn_shooting(self) -> None:
        """The shooting view, or the desk again."""
        if self.shooting.isVisible():
            self.leave_shooting()
        elif self.host.close_screen():
            self.shooting.show()
            self.host.hide()  # or all of it would be drawn at every frame, to be covered
            self.fit()
            self.showing.refresh()
            self.setFocus()

    def leave_shooting(self) -> None:
        """Back to the desk."""
        if self.shooting.isVisible():
            self.shooting.hide()
            self.host.show()
            # Back to the page that places it: a widget that is given
            # another parent is hidden until it is put somewhere.
            self.rack.setParent(self.page)
            self.rack.show_words(shown=True)
            self.fit()
            self.disk.setFocus()

    def _lay_shooting(self, letters: grid.Type) -> None:
        """Over everything but state line, GO and STOP."""
        places = grid.shooting(self.width(), self.height())
        self.shooting.setGeometry(0, 0, self.width(), self.height())
        self.shooting.place(places, letters.body)
        self.rack.setParent(self.shooting)
        self.rack.show_words(shown=False)
        put(self.rack, places.picture)
        put(self.bands.state, places.state)
        self.bands.state.set_sizes(places.word_px, round(letters.body * 1.4))
        for name in ("backToOne", "rehearse", "arm"):
            self.transport.buttons[name].hide()
        self.shooting.raise_()
        for widget in (self.bands.state, self.transport.go, self.transport.stop, self.question):
            widget.raise_()

    # Closing ------------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask during a take, and where something would be lost; stop the motor in any case."""
        for why, question in ((MOVES, self._if_moving), (LOSES, self._if_lost)):
            asked = question() if self._asks and why not in self._answered else None
            if asked is not None:
                event.ignore()
                self.question.ask(asked, partial(self._close_though, why))
                return
        self.showing.stop()
        self.hide()  # letting a port go may take seconds
        # Everything that has to be written and let go hangs on this, in the order in which it was joined (`app.py`).
        self.closing.emit()
        event.accept()

    @property
    def loses(self) -> bool:
        """It was asked whether something may be lost, and it may."""
        return LOSES in self._answered

    def _close_though(self, why: str) -> None:
        """Close, whatever was asked about; the other question may still come."""
        self._answered = {*self._answered, why}
        self.close()
        # An answer is for this closing alone: the next one asks again.
        self._answered = set()

    def end(self) -> None:
        """Close without a question, and with it the app: it was told to end by someone who can't answer."""
        self._asks = False
        self.close()
        QApplication.quit()

    def _if_moving(self) -> Question | None:
        if self.session.state not in MOVING:
            return None
        words = "It is playing. A take that runs is kept." if self.session.busy else "The ring is moving."
        return Question(words, "Keep playing" if self.session.busy else "Keep moving", "Stop, close")

    def _if_lost(self) -> Question | None:
        words = self.unsaved()
        return Question(f"{words} Close and lose it?", "Keep it", "Close") if words else None

    def save_picture(self, path: Path) -> bool:
        """The window as a picture."""
        return self.grab().save(str(path))
