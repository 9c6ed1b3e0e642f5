# SPDX-License-Identifier: MIT
"""The cues as a strip on the desk: what stands by, what follows it, and the way to all of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from followfocus_gui.state.views import CueLine
from followfocus_gui.widgets.lettering import elided, width_of
from followfocus_gui.widgets.scale import px
from followfocus_gui.widgets.signs import draw_sign
from followfocus_gui.widgets.theme import colour, figure_font

GAP, CARD_WIDE, ALL_WIDE = 8, 200, 64
EMPTY = "One pull so far. Add cue makes it a list."


class CueCard(QPushButton):
    """One cue: number, name, and below them its pull and what follows. The one that stands by is marked."""

    def __init__(self, place: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"cueCard{place}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._line: CueLine | None = None
        self._size, self._armed, self._alone = 15, False, False

    def show_cue(self, line: CueLine, size_px: int, *, armed: bool, alone: bool) -> None:
        """Show a cue; `armed` is whether GO would play it now, `alone` whether it is the only one."""
        self._line, self._size, self._armed, self._alone = line, size_px, armed, alone
        words = f"Cue {line.number} {line.name}".strip()
        self.setAccessibleName(f"{words}: {line.pull} in {line.time}, {line.follows}")
        self.setToolTip(self.accessibleName())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Frame, sign, number, two lines."""
        line = self._line
        if line is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        stands, live = line.standing_by, line.standing_by and self._armed
        frame = "go" if live else "accent" if stands else "edge"
        ground = "go_idle" if live else "sel" if stands else "panel"
        tone = colour(ground)
        painter.setPen(QPen(colour(frame), 2 if stands else 1))
        painter.setBrush(tone.lighter(120) if self.underMouse() and not stands else tone)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        left, middle = 10.0, self.height() / 2.0
        if stands:
            tone = colour("go" if live else "accent")
            draw_sign(painter, "diamond" if live else "triangle", QPointF(left + 5, middle), 12, tone)
            left += 18
        number = line.number
        painter.setFont(figure_font(round(self._size * 1.4), bold=True))
        painter.setPen(colour("text" if stands else "faint"))
        wide = width_of(number, round(self._size * 1.4), bold=True)
        painter.drawText(QRectF(left, 0, wide + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, number)
        self._write(painter, line, left + wide + 10)
        painter.end()

    def _write(self, painter: QPainter, line: CueLine, left: float) -> None:
        room, small = self.width() - left - 8, max(11, self._size - 2)
        name = line.name or line.pull
        below = EMPTY if self._alone and not line.name else f"{line.time}  ·  {line.follows}"
        half = self.height() / 2.0
        painter.setPen(colour("text"))
        painter.setFont(figure_font(self._size, bold=line.standing_by))
        words = elided(name, room, self._size, bold=line.standing_by)
        painter.drawText(QRectF(left, 2, room, half), Qt.AlignmentFlag.AlignVCenter, words)
        painter.setPen(colour("faint"))
        painter.setFont(figure_font(small))
        painter.drawText(QRectF(left, half - 2, room, half), Qt.AlignmentFlag.AlignVCenter, elided(below, room, small))


class CueStrip(QWidget):
    """As many cues as there is room for, the one that stands by first among them."""

    chosen = Signal(int)
    allRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cueStrip")
        self.setAccessibleName("Cues")
        self._cues: tuple[CueLine, ...] = ()
        self._size, self._armed, self._first = 15, False, 0
        self._cards: list[CueCard] = []
        self._offers_all = True
        self._all = QPushButton("", self)
        self._all.setObjectName("allCues")
        self._all.setAccessibleName("All cues")
        self._all.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._all.clicked.connect(lambda _checked: self.allRequested.emit())

    def _press(self, place: int, _checked: bool = False) -> None:
        self.chosen.emit(self._first + place)

    def set_form(self, size_px: int, *, offers_all: bool) -> None:
        """Letters of this size, and whether there is a button for all cues."""
        self._size, self._offers_all = size_px, offers_all
        self._arrange()

    def set_cues(self, cues: tuple[CueLine, ...], *, armed: bool) -> None:
        """Show the list around what stands by."""
        if (cues, armed) != (self._cues, self._armed):
            self._cues, self._armed = cues, armed
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for another number of cues."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        all_wide = px(ALL_WIDE) if self._offers_all else 0
        room = self.width() - (all_wide + GAP if all_wide else 0)
        scale = max(1.0, self._size / 15.0)
        count = max(1, min(len(self._cues), int((room + GAP) / (CARD_WIDE * scale + GAP))))
        stands = next((i for i, cue in enumerate(self._cues) if cue.standing_by), 0)
        self._first = max(0, min(stands, len(self._cues) - count))
        while len(self._cards) < count:
            card = CueCard(len(self._cards), self)
            card.clicked.connect(partial(self._press, len(self._cards)))
            self._cards.append(card)
        each = (room - (count - 1) * GAP) / max(count, 1)
        for place, card in enumerate(self._cards):
            card.setVisible(place < count and bool(self._cues))
            if place < count and self._cues:
                card.setGeometry(round(place * (each + GAP)), 0, round(each), self.height())
                line = self._cues[self._first + place]
                card.show_cue(line, self._size, armed=self._armed, alone=len(self._cues) == 1)
        self._all.setVisible(bool(all_wide))
        self._all.setText(f"All {len(self._cues)}" if len(self._cues) > 1 else "Cues")
        self._all.setGeometry(self.width() - all_wide, 0, all_wide, self.height())
