# SPDX-License-Identifier: MIT
"""Keys and buttons that were learned for GO: a pedal that types, a spare key, a button of a wheel.

They ask as everything from outside does, by the same gate. What is learned stays learned.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from followfocus.errors import FollowFocusError
from followfocus.sources.learned import LearnedControl, keep_learned, learned_kept

_OURS = (
    Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab,
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down,
)  # fmt: skip
_HELD = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_unknown)


class GoKeys(QObject):
    """Hears the keyboard before the window does, while there is something to hear; `went` says what was pressed."""

    went = Signal(object)
    told = Signal(str)
    changed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._learning, self._listens = window, False, False
        self.learned: tuple[LearnedControl, ...] = ()

    @property
    def learning(self) -> bool:
        """The next key or button is learned."""
        return self._learning

    def start(self) -> None:
        """Read what was learned before."""
        try:
            self.learned = learned_kept()
        except FollowFocusError as error:
            self.told.emit(str(error))
        self._listen()

    def learn(self) -> None:
        """Learn the next key or button that is pressed; asked again, learn none."""
        self._learning = not self._learning
        self._listen()
        self.told.emit("Press the key or the button that is to be GO." if self._learning else "Nothing was learned.")
        self.changed.emit()

    def forget(self, control: LearnedControl) -> None:
        """Make a control no longer GO."""
        self._keep(tuple(one for one in self.learned if one != control), f"Forgotten: {control}.")

    def close(self) -> None:
        """Hear nothing any more."""
        self._learning, self.learned = False, ()
        self._listen()

    def button(self, source: str, control: str) -> None:
        """A button of a wheel went down that has nothing else to do."""
        self._pressed(LearnedControl(kind="button", control=control, source=source))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """True where the key was one of ours."""
        if event.type() == QEvent.Type.ShortcutOverride and self._learning:
            event.accept()  # or the window's shortcut would have the key, and nobody be told
            return True
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or event.key() in _HELD:
            return False
        if not isinstance(watched, QWidget):
            return False  # the system's window has it first, and hands it on
        # A key that writes something belongs to the field; a pedal that sends F13 writes nothing and is GO there too.
        typing = isinstance(QApplication.focusWidget(), (QLineEdit, QPlainTextEdit)) and bool(event.text().strip())
        name = QKeySequence(event.keyCombination()).toString()
        if not name or (typing and not self._learning):
            return False
        if event.key() == Qt.Key.Key_Escape:
            if self._learning:
                self.learn()  # none
            return False
        return self._pressed(LearnedControl(kind="key", control=name[:100]), again=event.isAutoRepeat())

    def _pressed(self, control: LearnedControl, *, again: bool = False) -> bool:
        if self._learning:
            self._take_in(control)
            return True
        if control not in self.learned:
            return False
        # A pedal that is held down repeats its key: one press is one GO.
        if not again:
            self.went.emit(control)
        return True

    def _take_in(self, control: LearnedControl) -> None:
        self._learning = False
        if control.kind == "key" and control.control in self._used():
            self.told.emit(f"{control.control} has its use at the desk already. Learn another key.")
            self._listen()
            self.changed.emit()
            return
        learned = tuple(dict.fromkeys((*self.learned, control)))
        self._keep(learned, f"Learned: {control} is GO.")

    def _used(self) -> set[str]:
        """The keys that do something here, by name."""
        # Asked of the window itself, so that no list of keys can be out of date.
        shortcuts = {short.key().toString() for short in self._window.findChildren(QShortcut)}
        return shortcuts | {QKeySequence(key).toString() for key in _OURS}

    def _keep(self, learned: tuple[LearnedControl, ...], words: str) -> None:
        self.learned = learned
        self._listen()
        try:
            keep_learned(learned)
        except FollowFocusError as error:
            words = f"{words} It is forgotten when the app ends: {error}"
        self.told.emit(words)
        self.changed.emit()

    def _listen(self) -> None:
        wanted, app = self._learning or bool(self.learned), QApplication.instance()
        if app is None:
            return
        if wanted:
            app.installEventFilter(self)  # anew: whoever comes last hears first, and Esc calls learning off
        elif self._listens:
            app.removeEventFilter(self)
        self._listens = wanted
