# SPDX-License-Identifier: MIT
"""Buttons of the everyday eases, each drawn as speed above its name."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from followfocus_gui.state.ease_names import EASES, FIRST, EaseName, ease_of
from followfocus_gui.widgets.ease_icons import draw_ease
from followfocus_gui.widgets.lettering import width_of
from followfocus_gui.widgets.scale import letters, measured, px
from followfocus_gui.widgets.theme import TOUCH_PX, colour, figure_font


def key_of(ease: EaseName) -> str:
    """The name of an ease's button: easing_by_hand."""
    return f"easing_{ease.name.replace(' ', '_')}"


NAME_PX = 11.5


class EaseButton(QPushButton):
    """The curve of the speed, and the name below; the numbers are in the tip."""

    def __init__(self, ease: EaseName, parent: QWidget) -> None:
        super().__init__(parent)
        self.ease, self.narrow = ease, False
        self.setObjectName(key_of(ease))
        self.setCheckable(True)
        self.setProperty("weight", "choice")
        self.setAccessibleName(f"Ease {ease.name}: {ease.words}")
        self.setToolTip(f"{ease.name}: {ease.words} ({ease.easing})")
        measured(self.setMinimumHeight, TOUCH_PX)

    def sizeHint(self) -> QSize:
        """Room for the name on one line."""
        least, around = (52, 8) if self.narrow else (62, 14)
        return QSize(max(px(least), self._bold_width() + px(around)), px(TOUCH_PX))

    def _bold_width(self) -> int:
        return round(width_of(self.ease.name, letters(NAME_PX), bold=True))

    def minimumSizeHint(self) -> QSize:
        """As small as the name."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture and the name."""
        super().paintEvent(event)
        painter = QPainter(self)
        back = not self.isEnabled() or bool(self.property("dim"))
        tone = "faint" if back else "accent" if self.isChecked() else "text"
        high, wide = self.height() * 0.40, min(self.width() - 18.0, px(46))
        box = QRectF((self.width() - wide) / 2, self.height() * 0.12, wide, high)
        draw_ease(painter, self.ease.easing, box, colour(tone), width=1.8)
        painter.setPen(colour("faint" if back else "text"))
        painter.setFont(figure_font(letters(NAME_PX), bold=self.isChecked()))
        words = QRectF(2, self.height() * 0.56, self.width() - 4, self.height() * 0.40)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.ease.name)
        painter.end()


class EaseRow(QWidget):
    """The eases of the desk, and the way to all of them."""

    easingChosen = Signal(str)
    moreAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("easing")
        self.setAccessibleName("Easing")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        measured(row.setSpacing, 6)
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        for ease in (ease for ease in EASES if ease.name in FIRST):
            made = EaseButton(ease, self)
            made.clicked.connect(lambda _checked, e=ease.easing: self.easingChosen.emit(e))
            self._group.addButton(made)
            row.addWidget(made)
        self._more = QPushButton("more", self)
        self._more.setObjectName("easing_more")
        self._more.setCheckable(True)
        self._more.setProperty("weight", "choice")
        self._more.setAccessibleName("All eases, with what each does to this pull")
        self._more.clicked.connect(lambda _checked: self.moreAsked.emit())
        row.addWidget(self._more)

    def set_narrow(self, narrow: bool) -> None:
        """Closer together, where there is little room."""
        row = self.layout()
        assert row is not None
        measured(row.setSpacing, 4 if narrow else 6)
        for each in self.findChildren(EaseButton):
            each.narrow = narrow
            each.updateGeometry()
        row.activate()
        self.updateGeometry()

    def show_easing(self, easing: str) -> None:
        """Mark the ease of the pull; one that isn't on the desk is named on “more”."""
        ease = ease_of(easing)
        known = False
        for each in self._group.buttons():
            assert isinstance(each, EaseButton)
            each.setChecked(each.ease.easing == easing)
            known = known or each.ease.easing == easing
        self._more.setChecked(not known)
        self._more.setText("more" if known else ease.name)
        tip = f"{ease.name} ({easing})" if not known else self._more.accessibleName()
        if tip != self._more.toolTip():  # Qt would tell everybody all the same
            self._more.setToolTip(tip)
