# SPDX-License-Identifier: MIT
"""Reads a window's controls as an eye would: what is cut, what lies on something else, what is outside."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

from PySide6.QtCore import QBuffer, QByteArray, QPoint, QRect, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QTransform
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionButton,
    QStyleOptionFrame,
    QToolButton,
    QWidget,
)

from followfocus_gui.widgets.lettering import width_of
from followfocus_gui.widgets.parts import Words
from followfocus_gui.widgets.plates import Plate
from followfocus_gui.widgets.readouts import DistanceReadout, SharpRange
from followfocus_gui.widgets.transport import BigButton
from followfocus_gui.window import DeskWindow

READ = (QAbstractButton, QLineEdit, QLabel, QComboBox, SharpRange)


def shown(window: QWidget) -> list[QWidget]:
    """Every control that is seen and read, or pressed."""
    return [w for w in window.findChildren(QWidget) if isinstance(w, READ) and w.isVisible() and not _scrolled_off(w)]


def _scrolled_off(widget: QWidget) -> bool:
    """Whether it lies in something that scrolls: there it may be out of sight."""
    parent = widget.parentWidget()
    while parent is not None and not parent.isWindow():
        if isinstance(parent, QAbstractScrollArea) and parent.viewport().isAncestorOf(widget):
            bars = (parent.horizontalScrollBar(), parent.verticalScrollBar())
            if any(bar.maximum() > 0 for bar in bars):
                return True
        parent = parent.parentWidget()
    return False


def place(widget: QWidget, window: QWidget) -> QRect:
    """Where a control lies in its window."""
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def named(widget: QWidget) -> str:
    """A widget's name in a message."""
    text = getattr(widget, "text", None)
    return f"{widget.objectName() or type(widget).__name__} {text()!r}" if callable(text) else widget.objectName()


def cut(window: QWidget) -> list[str]:
    """Every control whose words have no room."""
    return [named(widget) for widget in shown(window) if not _elides(widget) and not _fits(widget)]


def _elides(widget: QWidget) -> bool:
    """The words end in an ellipsis where they are too long, and are whole in the tip."""
    return isinstance(widget, Plate) or (isinstance(widget, Words) and widget.elides)


def shortened(window: DeskWindow) -> list[str]:
    """Every label that doesn't show all of its words, and the state line if it doesn't."""
    labels = [label for label in window.findChildren(Words) if label.isVisible() and label.shown() != label.text()]
    line = window.message.shown()
    return [f"{label.objectName()}: {label.text()}" for label in labels] + ([line] if line.endswith("…") else [])


def scrolled(window: DeskWindow) -> list[str]:
    """How far the open screen, or a part of it, is larger than its room."""
    areas = [area for area in window.findChildren(QScrollArea) if area.isVisible()]
    bars = [bar for area in areas for bar in (area.horizontalScrollBar(), area.verticalScrollBar())]
    return [f"scrolls {bar.maximum()}" for bar in bars if bar.maximum() > 0]


def _fits(widget: QWidget) -> bool:
    if isinstance(widget, BigButton):
        return width_of(widget.look.text, widget.letters_px(), bold=True) <= widget.width() - 8
    if isinstance(widget, DistanceReadout):
        return widget.text_wide() <= widget.width()
    if isinstance(widget, QLabel):
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) <= widget.height() + 1
        return widget.fontMetrics().horizontalAdvance(widget.text()) <= widget.width() + 1
    if isinstance(widget, QLineEdit):
        return _field_fits(widget)
    if isinstance(widget, QComboBox | SharpRange):
        return True
    assert isinstance(widget, QAbstractButton)
    if isinstance(widget, QToolButton) and not widget.icon().isNull():
        return True
    lines = widget.text().replace("&&", "&").split("\n")
    return all(widget.fontMetrics().horizontalAdvance(line) <= _room_in(widget) for line in lines)


def _room_in(widget: QAbstractButton) -> int:
    """How wide the words of a button may be: within its padding, where the style draws it."""
    if not isinstance(widget, QPushButton) or type(widget).paintEvent is not QPushButton.paintEvent:
        return widget.width()
    option = QStyleOptionButton()
    widget.initStyleOption(option)
    return widget.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, widget).width()


def _field_fits(field: QLineEdit) -> bool:
    """A value is whole; a name may go on beyond its field's end, where the caret goes."""
    if field.objectName().startswith("name") or not field.text():
        return True
    option = QStyleOptionFrame()
    field.initStyleOption(option)
    room = field.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, field).width()
    return field.fontMetrics().horizontalAdvance(field.text()) <= room


def outside(window: QWidget) -> list[str]:
    """Every control that isn't wholly within what holds it, and the window."""
    whole = window.rect()
    found = []
    for widget in shown(window):
        parent = widget.parentWidget()
        within = parent is None or parent.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry())
        if not within or not whole.contains(place(widget, window)):
            found.append(named(widget))
    return found


def overlapping(window: QWidget) -> list[str]:
    """Every two controls that lie on each other, but for those of which one holds the other."""
    placed = [(widget, place(widget, window)) for widget in shown(window)]
    return [
        f"{named(a)} on {named(b)}"
        for (a, box_a), (b, box_b) in itertools.combinations(placed, 2)
        if box_a.adjusted(1, 1, -1, -1).intersects(box_b.adjusted(1, 1, -1, -1))
        and not a.isAncestorOf(b)
        and not b.isAncestorOf(a)
        and "inForce" not in (a.objectName(), b.objectName())
    ]


SVG = "{http://www.w3.org/2000/svg}"


def painted(widget: QWidget) -> list[tuple[str, QRectF]]:
    """Every text that a widget and those within it paint, and where: read from the picture as it is drawn."""
    data = QByteArray()
    buffer, picture = QBuffer(data), QSvgGenerator()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.setOutputDevice(buffer)
    picture.setSize(widget.size())
    picture.setViewBox(widget.rect())
    widget.render(picture)
    buffer.close()
    found = []
    for group in ElementTree.fromstring(bytes(data.data())).iter(f"{SVG}g"):
        matrix = re.findall(r"[-\d.e]+", group.get("transform", "").removeprefix("matrix"))
        for text in group.findall(f"{SVG}text"):
            made = QFont(text.get("font-family", ""))
            made.setPixelSize(max(1, round(float(text.get("font-size", "13")))))
            made.setWeight(QFont.Weight(int(text.get("font-weight", "400"))))
            letters, words = QFontMetricsF(made), text.text or ""
            left, base = float(text.get("x", "0")), float(text.get("y", "0"))
            # From the capitals' top to the line they stand on: the room for accents may lie on other letters.
            box = QRectF(left, base - letters.capHeight(), letters.horizontalAdvance(words), letters.capHeight())
            found.append((words, QTransform(*map(float, matrix or "100100")).mapRect(box)))
    return found


def struck(widget: QWidget) -> list[str]:
    """Every two painted texts that lie on each other, and every one that goes out of the picture."""
    hidden = _scrolled_out(widget)
    texts = [(words, box) for words, box in painted(widget) if words.strip() and (words, box.toRect()) not in hidden]
    on = [
        f"{one} on {other}"
        for (one, a), (other, b) in itertools.combinations(texts, 2)
        if one != other and a.adjusted(0.2, 0.5, -0.2, -0.5).intersects(b.adjusted(0.2, 0.5, -0.2, -0.5))
    ]
    whole = QRectF(widget.rect())
    return on + [f"{words} beyond the edge" for words, box in texts if not whole.contains(box)]


def _scrolled_out(widget: QWidget) -> list[tuple[str, QRect]]:
    """Texts that are wholly or partly out of what they scroll in: the picture as it is read knows no edges."""
    found = []
    for area in widget.findChildren(QAbstractScrollArea):
        viewport = area.viewport()
        if viewport.isVisible():
            at = viewport.mapTo(widget, QPoint(0, 0))
            for words, box in painted(viewport):
                if not QRectF(viewport.rect()).contains(box):
                    found.append((words, box.translated(at).toRect()))
    return found
