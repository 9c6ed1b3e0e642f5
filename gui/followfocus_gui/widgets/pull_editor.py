# SPDX-License-Identifier: MIT
"""Duration, register and easing of a pull: one row of controls, each showing what it will do."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QToolButton, QWidget

from followfocus.errors import RequestError
from followfocus.motion.easing import parse_easing
from followfocus.motion.pull import REGISTERS
from followfocus.units import parse_duration, parse_stop
from followfocus_gui.widgets.number_field import NumberField, Parse, ShowText
from followfocus_gui.widgets.theme import TOUCH_PX, colour, figure_font

EASINGS = ("minjerk", "linear", "sine", "smoothstep", "cycloidal", "septic", "scurve", "bezier")
"""The easings that have a picture, the default first."""
PLAIN_BEZIER = "bezier(0.42,0,0.58,1)"


class PullEditor(QWidget):
    """The editor of everything between the marks: time, easing, stop, lead."""

    durationChanged = Signal(float)
    registerChosen = Signal(str)
    easingChosen = Signal(str)
    fastestRequested = Signal()
    stretchRequested = Signal()
    leadChanged = Signal(float)
    stopChanged = Signal(float)
    """The lens's T-stop"""
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fps = Fraction(24)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._duration = self._duration_field()
        layout.addWidget(self._duration)
        self._registers = QButtonGroup(self)
        self._registers.setExclusive(False)
        for name, duration_s in REGISTERS.items():
            layout.addWidget(self._register_button(name, duration_s))
        layout.addWidget(self._plain_button("fastest", "Fastest", self.fastestRequested))
        self._stretch = self._plain_button("stretch", "Stretch to fit", self.stretchRequested)
        self._stretch.hide()
        layout.addWidget(self._stretch)
        layout.addSpacing(8)
        self._row = self._easing_row()
        layout.addWidget(self._row)
        layout.addStretch(1)
        self._stop = self._small_field("tStop", "Stop of the lens", parse_stop, _show_stop, self.stopChanged)
        self._lead = self._small_field("lead", "Lead before the start", self._read_lead, _show_lead, self.leadChanged)
        layout.addWidget(self._stop)
        layout.addWidget(self._lead)

    def _duration_field(self) -> NumberField:
        field = NumberField(self._read_duration, self._show_duration, step=0.1, check=_check_duration, parent=self)
        field.setObjectName("durationS")
        field.setAccessibleName("Duration of the pull")
        field.setPlaceholderText("2 s")
        field.setFixedWidth(110)
        field.valueEdited.connect(self.durationChanged)
        field.refused.connect(self.refused)
        return field

    def _small_field(self, name: str, says: str, parse: Parse, show: ShowText, signal: SignalInstance) -> NumberField:
        field = NumberField(parse, show, step=0.1, parent=self)
        field.setObjectName(name)
        field.setAccessibleName(says)
        field.setToolTip(says)
        field.setFixedWidth(104)
        field.valueEdited.connect(signal)
        field.refused.connect(self.refused)
        return field

    def _read_lead(self, text: str) -> float:
        tidy = text.lower().removeprefix("lead").strip()
        return parse_duration(tidy or "0", self._fps)

    def _read_duration(self, text: str) -> float:
        return parse_duration(text, self._fps)

    @staticmethod
    def _show_duration(value: float) -> str:
        return f"{value:.3f}".rstrip("0").rstrip(".") + " s"

    def _register_button(self, name: str, duration_s: float) -> QPushButton:
        button = QPushButton(name, self)
        button.setObjectName(f"register_{name}")
        button.setAccessibleName(f"{name}: {duration_s:g} s")
        button.setToolTip(button.accessibleName())
        button.setCheckable(True)
        button.setMinimumWidth(TOUCH_PX)
        button.clicked.connect(lambda _checked, word=name: self.registerChosen.emit(word))
        self._registers.addButton(button)
        button.setProperty("duration_s", duration_s)
        return button

    def _plain_button(self, name: str, text: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.clicked.connect(lambda _checked: signal.emit())
        return button

    def _easing_row(self) -> QWidget:
        row = QWidget(self)
        row.setObjectName("easing")
        row.setAccessibleName("Easing")
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._easings = QButtonGroup(self)
        for name in EASINGS:
            button = QToolButton(row)
            button.setObjectName(f"easing_{name}")
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.setCheckable(True)
            button.setFixedSize(TOUCH_PX, TOUCH_PX)
            button.setIconSize(QSize(30, 30))
            text = PLAIN_BEZIER if name == "bezier" else name
            button.clicked.connect(lambda _checked, chosen=text: self.easingChosen.emit(chosen))
            self._easings.addButton(button)
            layout.addWidget(button)
        self.repaint_icons()
        return row

    def repaint_icons(self) -> None:
        """Draw the easings' pictures in the colours of the theme."""
        for button in self._easings.buttons():
            name = button.accessibleName()
            button.setIcon(easing_icon(PLAIN_BEZIER if name == "bezier" else name))

    # Showing -----------------------------------------------------------------------------------------------------

    def set_fps(self, fps: Fraction) -> None:
        """Frames in the duration field (`1s+12f`) are of this rate."""
        self._fps = fps

    def set_compact(self, compact: bool) -> None:
        """On a small screen the pictures of the easings give way; else the duration is for arm's length."""
        self._row.setVisible(not compact)
        self._duration.setFont(figure_font(13 if compact else 18, bold=True))

    def focus_duration(self) -> None:
        """Type a duration now."""
        self._duration.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._duration.selectAll()

    def set_conditions(self, t_stop: float, lead_s: float) -> None:
        """Show stop and lead without announcing them."""
        self._stop.set_value(t_stop)
        self._lead.set_value(lead_s)

    def set_pull(self, duration_s: float, easing: str, *, feasible: bool) -> None:
        """Show a pull's duration and easing without announcing them."""
        self._duration.set_value(duration_s)
        for button in self._registers.buttons():
            button.setChecked(math.isclose(duration_s, float(button.property("duration_s"))))
        for button in self._easings.buttons():
            button.setChecked(easing.split("(")[0] == button.accessibleName())
        self._stretch.setVisible(not feasible)


def _check_duration(value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise RequestError("A pull needs a time above 0.", "Give seconds or frames, such as 2s or 1s+12f.")


def _show_stop(t_stop: float) -> str:
    return f"T{t_stop:.3g}"


def _show_lead(lead_s: float) -> str:
    return "no lead" if lead_s == 0 else f"lead {lead_s:g} s"


def easing_icon(name: str, size_px: int = 60) -> QIcon:
    """The curve of an easing as a small picture, drawn from the easing itself."""
    picture = QPixmap(size_px, size_px)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour("text"), size_px / 14.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    u = np.linspace(0.0, 1.0, 33)
    y = np.asarray(parse_easing(name).value(u))
    edge = size_px * 0.14
    reach = size_px - 2 * edge
    points = [QPointF(edge + reach * a, size_px - edge - reach * b) for a, b in zip(u, y, strict=True)]
    painter.drawPolyline(QPolygonF(points))
    painter.end()
    return QIcon(picture)
