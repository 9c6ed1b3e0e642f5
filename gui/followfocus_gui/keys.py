# SPDX-License-Identifier: MIT
"""The keyboard: Esc is STOP and Space is GO before any widget sees them, the rest are the window's shortcuts.

Every key that does something is in `key_sheet`, which F1 shows; `KeyFilter` and the window's shortcuts hold no others.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import isValid

from followfocus.clock import SystemClock

Action = Callable[[], object]
TABBED = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
DEAF_S = 0.5
"""How long GO is deaf to a second press"""
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
STAYS_ON_STOP = "staysOnStop"
"""The property of a dialog that Esc does not close, for it guides through moves"""


class Once:
    """An action that a second press within half a second doesn't repeat: a bouncing button, a nervous finger.

    `counts` is whether a press does something now; one that doesn't is let through, for it says why.
    """

    def __init__(self, act: Action, counts: Callable[[], bool], now: Callable[[], float] | None = None) -> None:
        self._act, self._counts = act, counts
        self._now = SystemClock().now if now is None else now
        self._last_s = -math.inf

    def __call__(self) -> None:
        """Act, unless it has just been done."""
        now_s = self._now()
        if now_s - self._last_s < DEAF_S:
            return
        # Only a press that does something makes the next one deaf: one that was refused may be tried again at once.
        if self._counts():
            self._last_s = now_s
        self._act()


class KeyFilter(QObject):
    """Sits before the whole application. In a field that is typed in Space writes.

    `leave` is what Esc does besides STOP where no menu or dialog is open. `on_screen` is given what has the focus as
    Return comes, and tells whether a screen has taken it. `entered` is given the field in which Return was pressed.
    `place` is the field that asks where the ring stands, while it does: figures are for it, wherever the focus is.
    `live`: GO would start something, and Space is said to be GO.
    """

    def __init__(
        self,
        window: QWidget,
        *,
        stop: Action,
        go: Action,
        arm: Action,
        leave: Action,
        undo: Action,
        redo: Action,
        on_screen: Callable[[QWidget], bool],
        entered: Callable[[QWidget], None],
        place: Callable[[], QLineEdit | None],
        live: Callable[[], bool],
    ) -> None:
        super().__init__(window)
        self._window, self._stop, self._go, self._arm = window, stop, go, arm
        self._leave, self._undo, self._redo, self._on_screen = leave, undo, redo, on_screen
        self._entered, self._place, self._live = entered, place, live
        self._tabs = False
        """The last key was Tab. Qt also calls it a Tab when a field that is hidden passes its focus on."""
        self._tabbed: QObject | None = None
        self._keyed: QObject | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """True where the key was ours."""
        # How the focus came is told only now, and needed when Return is pressed.
        if isinstance(event, QFocusEvent) and event.gotFocus() and isinstance(watched, QWidget):
            tabbed = event.reason() in TABBED and self._tabs
            self._tabbed = watched if tabbed else None
            self._keyed = watched if tabbed or event.reason() == Qt.FocusReason.ShortcutFocusReason else None
        if event.type() == QEvent.Type.MouseButtonPress:
            self._tabs = False
            # An open menu takes every press: one beside it would only close it.
            if watched is QApplication.activePopupWidget() and self._is_on_stop(event):
                self._stop()
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._asked(event):
            event.accept()  # or a key of the desk would have it
            return True
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        key, focus = event.key(), QApplication.focusWidget()
        self._tabs = key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        typing = _is_typed_in(focus)
        # Armed, a field that was only chosen has no use for Space; one that is being written in has.
        writes = typing and not (self._live() and not _is_written_in(focus))
        if key == Qt.Key.Key_Escape:
            if not event.isAutoRepeat():
                self._stop()
                if not _close_popup():
                    self._leave()
            return True
        # A held key is one press. Space is swallowed all the same, or
        # a button that has the focus would be pressed by it.
        if event.isAutoRepeat():
            return key == Qt.Key.Key_Space and not writes
        if key == Qt.Key.Key_Space and not writes:
            # Whatever else is held: a button would take it for a press. Shift is held to turn the ring finely.
            if not event.modifiers() & _COMMANDS:
                self._go()
            return True
        asked = self._asked(event)
        if asked is not None:
            asked.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return QApplication.sendEvent(asked, event.clone())
        if typing and self._took_back(focus, event):
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and watched is focus:
            if not typing:
                return self._enter(watched)
            # After the field has had the key: whether it took what was typed is only known then.
            QTimer.singleShot(0, partial(self._left_field, watched))
        return False

    def _asked(self, event: QKeyEvent) -> QLineEdit | None:
        """The field that a figure is for which nobody types into another one."""
        if not event.text().isdecimal() or _is_typed_in(QApplication.focusWidget()):
            return None
        return self._place()

    def _is_on_stop(self, event: QEvent) -> bool:
        stop = self._window.findChild(QWidget, "stop")
        if stop is None or not isinstance(event, QMouseEvent):
            return False
        return stop.rect().contains(stop.mapFromGlobal(event.globalPosition().toPoint()))

    def _left_field(self, field: QWidget) -> None:
        """Return was pressed in a field, and it has dealt with it; it may be hidden by now, or gone."""
        if isValid(field) and (field.hasFocus() or not field.isVisible()):
            self._entered(field)

    def reached(self, widget: QWidget) -> bool:
        """Whether a key brought the focus to a widget."""
        return widget is self._keyed

    def _took_back(self, field: QWidget | None, event: QKeyEvent) -> bool:
        """Undo and redo in a field: first the typing, and where there is none the desk's edits."""
        for sequence, act in ((QKeySequence.StandardKey.Undo, self._undo), (QKeySequence.StandardKey.Redo, self._redo)):
            if event.matches(sequence):
                back = sequence == QKeySequence.StandardKey.Undo
                if _can_take_back(field, back=back):
                    return False
                act()
                return True
        return False

    def _enter(self, focus: QWidget) -> bool:
        """Return arms in the window; it presses a button that Tab has reached, and any button of a dialog.

        Space can't press them, for it is GO; and a button that was clicked must not take Return from ARM.
        """
        here = focus.window() is self._window
        if isinstance(focus, QAbstractButton) and (not here or focus is self._tabbed):
            focus.click()
        elif here and self._on_screen(focus):
            return True
        elif here:
            self._arm()
        else:
            return False
        return True


def _is_typed_in(focus: QWidget | None) -> bool:
    """Whether what has the focus is written in."""
    # A field that only shows something is nobody's to type into: there Space is GO.
    return isinstance(focus, (QLineEdit, QPlainTextEdit)) and not focus.isReadOnly()


def _is_written_in(field: QWidget | None) -> bool:
    """Whether something was typed in a field that isn't taken yet."""
    if isinstance(field, QPlainTextEdit):
        return field.document().isModified()
    return isinstance(field, QLineEdit) and field.isModified()


def _can_take_back(field: QWidget | None, *, back: bool) -> bool:
    """Whether there is typing in a field to undo, or to redo."""
    if isinstance(field, QLineEdit):
        return field.isUndoAvailable() if back else field.isRedoAvailable()
    if isinstance(field, QPlainTextEdit):
        document = field.document()
        return document.isUndoAvailable() if back else document.isRedoAvailable()
    return False


def _close_popup() -> bool:
    """Close an open menu or dialog, which Esc does besides; but not one that guides through moves. Whether one is."""
    # From the innermost out: a menu over a dialog is what Esc means.
    top = QApplication.activePopupWidget() or QApplication.activeModalWidget() or QApplication.activeWindow()
    if top is None or not (top.isModal() or isinstance(top, QDialog) or top is QApplication.activePopupWidget()):
        return False
    if not top.property(STAYS_ON_STOP):
        top.close()
    return True


def bind(window: QWidget, keys: dict[str, Action]) -> None:
    """Shortcuts of the window; a key that is typed into a field stays there."""
    for text, action in keys.items():
        shortcut = QShortcut(QKeySequence(text), window)
        # A key that leans on something must not trim a mark by a metre.
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(action)


def key_sheet() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Every key with what it does, in groups."""
    return (
        ("The pull", (
            ("Space", "GO"), ("Esc", "STOP; again: at once"), ("Return", "arm, disarm"),
            ("R", "rehearse"), ("Backspace", "back to one"),
        )),
        ("Marks", (
            ("A, B", "set the mark here"), ("Shift+1 … 9", "set mark A … I"),
            ("1 … 9", "go to mark A … I"), ("[ ]", "nudge the mark by a step"),
            (", .", "trim it by 1 cm or ½ inch"), ("L", "lock or unlock it"),
        )),
        ("The ring", (
            ("arrows, wheel", "turn it, on the disk"), ("Shift", "fine"),
            ("D", "choose the disk"), ("U", "metres, feet and inches"),
            ("H", "has the motor slipped?"),
        )),
        ("Time", (
            ("T", "type it: 2, 48f, 1s+12f"), ("S, M, N", "slow, moderate, snap"),
            ("F", "fastest possible"), ("Y", "curve in distance or degrees"),
            ("V", "curve: arrows set the time"),
            ("I, O", "softer start, end; Shift: harder"),
        )),
        ("Takes and cues", (
            ("C", "circle the last take"), ("G", "no good"), ("K", "compare the takes"),
            ("PgUp, PgDown", "cue before, next cue"), ("Ctrl+T", "cues and takes"),
            ("Ctrl+K", "new setup on the slate"),
        )),
        ("The show", (
            ("Ctrl+Z, Ctrl+Y", "undo, redo"), ("Ctrl+N, O, S", "new, open, save"),
            ("Ctrl+L", "lenses"), ("Ctrl+U", "unit settings"), ("Ctrl+H, R", "by hand, record it"),
            ("F2", "next theme"), ("F11", "shooting view"),
            ("Tab, Return", "reach a button, press it"), ("F1", "this sheet"),
        )),
    )  # fmt: skip
