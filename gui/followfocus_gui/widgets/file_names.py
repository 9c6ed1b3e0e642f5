# SPDX-License-Identifier: MIT
"""Asking for a file's name in the theme's colours: a white dialog of the system's would blind a dark set.

In the bright theme the system's own is asked.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from PySide6.QtCore import QFileInfo
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QFileIconProvider,
    QHeaderView,
    QToolButton,
    QTreeView,
    QWidget,
)

from followfocus.files import stat_of
from followfocus_gui.widgets import theme

SIGN_PX = 20


def name_to_open(parent: QWidget, title: str, start: str, kinds: str) -> str:
    """A file that is there; empty where none was chosen. `kinds` as Qt has them: `Shows (*.ffshow)`."""
    if theme.current() == "bright":
        return QFileDialog.getOpenFileName(parent, title, start, kinds)[0]
    return next(iter(_asked(parent, title, start, kinds, QFileDialog.FileMode.ExistingFile)), "")


def names_to_open(parent: QWidget, title: str, start: str, kinds: str) -> list[str]:
    """Files that are there; none where none were chosen."""
    if theme.current() == "bright":
        return list(QFileDialog.getOpenFileNames(parent, title, start, kinds)[0])
    return _asked(parent, title, start, kinds, QFileDialog.FileMode.ExistingFiles)


def name_to_save(parent: QWidget, title: str, start: str, kinds: str) -> str:
    """A file to be written, with the ending of one of the `kinds`; one that is there is asked about. Empty for none."""
    while True:
        name, kind = _save_name(parent, title, start, kinds)
        whole = with_ending(name, kinds, kind)
        # The dialog asked about the name as it was typed: where an ending makes it that of a file, it asks once more.
        if whole == name or stat_of(Path(whole)) is None:
            return whole
        start, title = whole, f"{Path(whole).name} is there already"


def _save_name(parent: QWidget, title: str, start: str, kinds: str) -> tuple[str, str]:
    """(the name as it was typed, the kind that was chosen); empty where none was."""
    if theme.current() == "bright":
        return QFileDialog.getSaveFileName(parent, title, start, kinds)
    dialog = file_dialog(parent, title, start, kinds, QFileDialog.FileMode.AnyFile)
    return next(iter(_answered(dialog)), ""), dialog.selectedNameFilter()


def call_off() -> None:
    """Close whatever is asked, unanswered: nothing lies before STOP once the ring can move."""
    ended: QWidget | None = None
    while isinstance(asked := QApplication.activeModalWidget(), QDialog) and asked is not ended:
        asked.reject()
        ended = asked


def with_ending(name: str, kinds: str, kind: str) -> str:
    """A name with the ending of the kind that was chosen, where it has none of any: a dot may be in a name, too.

    >>> with_ending("Day 1.2", "PDF (*.pdf);;CSV (*.csv)", "CSV (*.csv)")
    'Day 1.2.csv'
    """
    if not name or name.lower().endswith(_endings(kinds)):
        return name
    return name + _endings(kind or kinds)[0]


def _endings(kinds: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\*(\.\w+)", kinds))


def _asked(parent: QWidget, title: str, start: str, kinds: str, mode: QFileDialog.FileMode) -> list[str]:
    return _answered(file_dialog(parent, title, start, kinds, mode))


def _answered(dialog: QFileDialog) -> list[str]:
    """The files that were chosen in a dialog; none where it was called off."""
    try:
        return list(dialog.selectedFiles()) if dialog.exec() else []
    finally:
        dialog.deleteLater()


def file_dialog(parent: QWidget, title: str, start: str, kinds: str, mode: QFileDialog.FileMode) -> QFileDialog:
    """The app's own dialog, with every sign in it drawn in one colour of the theme."""
    dialog = QFileDialog(parent, title)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setIconProvider(_signs())  # before a folder is read, which takes its time
    _begin_at(dialog, start)
    dialog.setFileMode(mode)
    dialog.setNameFilters(kinds.split(";;"))
    if mode is QFileDialog.FileMode.AnyFile:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(QFileInfo(start).fileName())
    dialog.setViewMode(QFileDialog.ViewMode.Detail)
    dialog.setSizeGripEnabled(False)
    for button in dialog.findChildren(QToolButton):
        button.setIcon(plain(button.icon()))
        button.setVisible(button.objectName() not in ("listModeButton", "detailModeButton"))
    for table in dialog.findChildren(QTreeView):
        table.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return dialog


class _Plain(QFileIconProvider):
    """The signs of files and folders, in the theme's own colour."""

    def icon(self, of: QFileIconProvider.IconType | QFileInfo) -> QIcon:
        """The system's sign, as a shape."""
        return plain(super().icon(of))


def _begin_at(dialog: QFileDialog, start: str) -> None:
    """In a folder, or in that of a file."""
    place = QFileInfo(start)
    if start:
        dialog.setDirectory(start if place.isDir() else place.absolutePath())


@cache
def _signs() -> _Plain:
    """One for all dialogs: Qt does not keep it alive."""
    return _Plain()


def plain(sign: QIcon) -> QIcon:
    """A sign's shape in the theme's colours: what was white, blue or grey in it is none of them."""
    made, shape = QIcon(), sign.pixmap(SIGN_PX, SIGN_PX)
    made.addPixmap(_filled(shape, "faint"))
    made.addPixmap(_filled(shape, "outline"), QIcon.Mode.Disabled)
    return made


def _filled(shape: QPixmap, tone: str) -> QPixmap:
    shape = QPixmap(shape)
    painter = QPainter(shape)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(shape.rect(), theme.colour(tone))
    painter.end()
    return shape
