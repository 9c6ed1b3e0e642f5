# SPDX-License-Identifier: MIT
"""At night nothing is white, blue or green, and what is only hinted can still be read: pixels of the drawn app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from followfocus_gui.picture_book import Book, pages
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.file_names import file_dialog
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
STATES, SCREENS = ("ready", "where"), ("lenses", "slate", "tape", "outside")
THEMES: tuple[theme.ThemeName, ...] = ("dark", "red", "bright")


def pixels(widget: QWidget) -> NDArray[np.int64]:
    """A widget as it is drawn, (h, w, rgb)."""
    picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return lines[:, : 3 * picture.width()].reshape(picture.height(), picture.width(), 3).astype(np.int64)


def not_red(widget: QWidget) -> int:
    """Pixels that spoil eyes used to the dark: seen at all, and with nearly as much green or blue as red."""
    seen = pixels(widget)
    red, others = seen[..., 0], seen[..., 1:].max(axis=-1)
    return int(((others > 0.75 * red) & (seen.sum(axis=-1) > 60)).sum())


def strongest(widget: QWidget) -> float:
    """The contrast of what is drawn on a widget with its commonest colour."""
    seen, counts = np.unique(pixels(widget).reshape(-1, 3), axis=0, return_counts=True)
    ground = "#{:02x}{:02x}{:02x}".format(*seen[counts.argmax()])
    return max(theme.contrast("#{:02x}{:02x}{:02x}".format(*one), ground) for one in seen)


def test_at_night_everything_is_red(open_desk: Open) -> None:
    app = open_desk()
    book, wrong = Book(app.desktop, app.until), {}
    app.until(lambda: app.window.rack.picture.shown is not None)
    for page in pages(
        book, states=STATES, screens=SCREENS, sizes=[(1280, 800)], themes=["dark", "red"], units=["metric"]
    ):
        app.qtbot.wait(10)
        if page.theme == "red" and (found := not_red(app.window)):
            wrong[page.name] = found
    assert not wrong


def test_at_night_a_file_is_asked_for_in_red(open_desk: Open) -> None:
    app = open_desk()
    app.desktop.actions.apply_theme("red")
    dialog = file_dialog(app.window, "Open a show", "", "Shows (*.ffshow);;All (*)", QFileDialog.FileMode.ExistingFile)
    dialog.show()
    dialog.activateWindow()
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    app.until(dialog.isActiveWindow)
    field.setFocus()
    QTest.keyClicks(field, "no such show")  # its caret is Qt's own, white, wherever ours doesn't lie over it
    app.until(lambda: not_red(dialog) == 0)  # signs come as the folder is read
    dialog.close()


def test_at_night_a_file_is_written_over_in_red(open_desk: Open, tmp_path: Path) -> None:
    app = open_desk()
    app.desktop.actions.apply_theme("red")
    kept = tmp_path / "there.ffshow"
    kept.write_text("{}")
    dialog = file_dialog(app.window, "Save", str(kept), "Shows (*.ffshow)", QFileDialog.FileMode.AnyFile)
    dialog.show()
    found: list[int] = []

    def look() -> None:
        question = QApplication.activeModalWidget()
        if not isinstance(question, QMessageBox):
            return
        watch.stop()
        found.append(not_red(question))
        question.reject()

    watch = QTimer(dialog, interval=20)
    watch.timeout.connect(look)
    watch.start()
    dialog.accept()  # comes back once the question was answered
    assert found == [0]
    assert kept.read_text() == "{}"
    dialog.close()


@pytest.mark.parametrize("name", THEMES)
def test_hints_and_what_is_held_down_can_be_read(name: theme.ThemeName, open_desk: Open, qtbot: QtBot) -> None:
    app = open_desk()
    app.desktop.actions.apply_theme(name)
    field, button, choice = QLineEdit(), QPushButton("slow"), QComboBox()
    field.setPlaceholderText("distance …")
    button.setDown(True)
    choice.addItem("no wheel: the disk")
    choice.setEnabled(False)
    for widget in (field, button, choice):
        qtbot.addWidget(widget)
        widget.resize(160, 44)
        widget.ensurePolished()
        assert strongest(widget) >= 4.4, widget
