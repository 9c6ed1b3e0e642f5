# SPDX-License-Identifier: MIT
"""A dialog of named fields: what is written is checked as it is typed, and the button works once nothing is wrong."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

from followfocus.errors import FollowFocusError


class Form(QDialog):
    """Named fields, a sentence about what is wrong, and a button that works once nothing is."""

    def __init__(self, name: str, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setMinimumWidth(420)
        self.form = QFormLayout(self)
        self._wrong = QLabel(self)
        self._wrong.setWordWrap(True)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        for button, key in (
            (QDialogButtonBox.StandardButton.Ok, "ok"),
            (QDialogButtonBox.StandardButton.Cancel, "cancel"),
        ):
            found = self._buttons.button(button)
            found.setObjectName(f"{name}_{key}")
            found.setAccessibleName(found.text())
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)

    def field(self, name: str, says: str, text: str) -> QLineEdit:
        """A line to write in."""
        line = QLineEdit(text, self)
        line.setObjectName(name)
        line.setAccessibleName(says)
        line.textChanged.connect(self._judge)
        self.form.addRow(says, line)
        return line

    def choice(self, name: str, says: str, words: dict[str, str], chosen: str) -> QComboBox:
        """One of several; the keys of `words` are the data."""
        box = QComboBox(self)
        box.setObjectName(name)
        box.setAccessibleName(says)
        for key, text in words.items():
            box.addItem(text, key)
        box.setCurrentIndex(list(words).index(chosen))
        box.currentIndexChanged.connect(self._judge)
        self.form.addRow(says, box)
        return box

    def finish(self) -> None:
        """Put the sentence and the buttons below the fields."""
        self.form.addRow(self._wrong)
        self.form.addRow(self._buttons)
        self._judge()

    def _judge(self) -> None:
        try:
            self._wrong.setText(self.summary())
            right = True
        except FollowFocusError as error:
            self._wrong.setText(f"⚠ {error}")
            right = False
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(right)

    def summary(self) -> str:
        """The fields' outcome, in words. Raises FollowFocusError if they have none."""
        raise NotImplementedError

    def _accept(self) -> None:
        if self.try_give():
            self.accept()

    def try_give(self) -> bool:
        """Give what the fields make; where they make nothing it is said, and False."""
        try:
            self.give()
        except FollowFocusError as error:
            self._wrong.setText(f"⚠ {error}")
            return False
        return True

    def give(self) -> None:
        """Emit what the fields make."""
        raise NotImplementedError
