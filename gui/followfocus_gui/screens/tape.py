# SPDX-License-Identifier: MIT
"""A lens mapped from a tape: turn the ring to what the tape reads, type the distance, Return. A, B, C … follow.

The fit is drawn as it grows, and a mark that was misread is named at once. The same screen corrects a lens's marks.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal, SignalInstance
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMap
from followfocus.lens.shelf import LensShelf
from followfocus.lens.tape import SAME_DEG, TapeMap
from followfocus.units import Bare, format_distance, parse_distance
from followfocus.wire.evidence import UnitStatus
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.screens.host import Room, Screen
from followfocus_gui.screens.tape_parts import KeepButton, TapeFields, TapeMarks, signed
from followfocus_gui.state.jobs import Job
from followfocus_gui.widgets.jog_row import ArrowKeys, JogRow
from followfocus_gui.widgets.parts import PanelBox, Words, button, line
from followfocus_gui.widgets.scale import measured
from followfocus_gui.widgets.tape_plot import TapePlot
from followfocus_gui.widgets.theme import set_flag

TURNING = "The ring is turning. Return when it rests."
HINT = "Turn to the tape's mark, type it, Return."


class TapeScreen(Screen):
    """Marks put one after the other; nothing changes in the show until the lens is kept and used."""

    lensMade = Signal(object)
    """The LensMap, kept as one's own already"""

    def __init__(
        self,
        bridge: UnitBridge,
        lens: LensMap | None,
        shelf: LensShelf,
        *,
        imperial: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("tapeScreen", "Mapping a lens" if lens is None else "Correcting a lens", HINT, parent)
        self._bridge = bridge
        self._shelf, self._imperial, self._new = shelf, imperial, lens is None
        self._bare: Bare = "ft" if imperial else "m"
        self._map = TapeMap() if lens is None else TapeMap.of(lens)
        self._undo: list[TapeMap] = []
        self._status = UnitStatus()
        self._asked: tuple[Job, str] | None = None
        """Where the ring rests is being asked, for the distance that was typed"""
        self._sides = row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(0, 0, 0, 0)
        measured(row.setSpacing, 8)
        self._left, self._right = PanelBox(self), PanelBox(self)
        row.addWidget(self._left, 5)
        row.addWidget(self._right, 4)
        self._build_left()
        self._build_right()
        self._arrows = ArrowKeys(self.jogs, self, self._distance)
        for signal, slot in self._signals():
            signal.connect(slot)
        self._show()

    def _signals(self) -> tuple[tuple[SignalInstance, Callable[..., None]], ...]:
        bridge = self._bridge
        return (bridge.finished, self._rests), (bridge.failed, self._failed), (bridge.stopped, self._stopped)

    # Building -----------------------------------------------------------------------------------------------------

    def _build_left(self) -> None:
        column = QVBoxLayout(self._left)
        measured(column.setContentsMargins, 16, 12, 16, 12)
        measured(column.setSpacing, 8)
        top = QHBoxLayout()
        self._here = Words("– –", self._left, px=26, bold=True)
        self._here.setObjectName("tapeRing")
        self._distance = line(self._left, "tapeDistance", "The distance that is sharp here", hint="1.2m   6'2\"   inf")
        self._distance.returnPressed.connect(self.put)
        self._put = button(
            self._left, "tapePut", "Mark A here", "Put a mark where the ring stands", self.put, weight="main"
        )
        top.addWidget(Words("ring", self._left, tone="faint"))
        top.addWidget(self._here)
        top.addSpacing(12)
        top.addWidget(self._distance, 2)
        top.addWidget(self._put, 1)
        self.plot = TapePlot(self._left)
        self._words = Words("", self._left, px=15, bold=True)
        self._words.setObjectName("tapeWords")
        self._words.setWordWrap(True)
        self.jogs = JogRow(self._left)
        self.jogs.turned.connect(self._turn)
        column.addLayout(top)
        column.addWidget(self.plot, 1)
        column.addWidget(self._words)
        column.addWidget(self.jogs)

    def _build_right(self) -> None:
        column = QVBoxLayout(self._right)
        measured(column.setContentsMargins, 16, 12, 16, 12)
        measured(column.setSpacing, 8)
        self._fields = TapeFields(self._right, self._map.base, new=self._new)
        self._fields.edited.connect(self._describe)
        column.addLayout(self._fields)
        self.marks = TapeMarks(self._right)
        self.marks.typed.connect(self._typed)
        column.addWidget(self.marks, 1)
        row = QHBoxLayout()
        row.addWidget(button(self._right, "tapeDrop", "Remove mark", "Take the chosen mark away", self.drop))
        row.addWidget(button(self._right, "tapeUndo", "Undo", "Take the last mark back", self.undo))
        self._keep = KeepButton(self._right)
        self._keep.clicked.connect(self.keep)
        row.addStretch(1)
        row.addWidget(self._keep, 1)
        column.addLayout(row)

    def fit(self, room: Room) -> None:
        """Everything lower on a low screen; on an upright one the marks stand below the plot."""
        way = QBoxLayout.Direction.TopToBottom if room.upright else QBoxLayout.Direction.LeftToRight
        self._sides.setDirection(way)
        self.jogs.set_low(low=room.low)
        for panel in (self._left, self._right):
            layout = panel.layout()
            assert layout is not None
            measured(layout.setContentsMargins, *((12, 6, 12, 6) if room.low else (16, 12, 16, 12)))
            measured(layout.setSpacing, 4 if room.low else 8)

    def first_field(self) -> QWidget:
        """The distance is what is typed again and again."""
        return self._distance

    # Showing ------------------------------------------------------------------------------------------------------

    @property
    def tape(self) -> TapeMap:
        """The marks as they are now."""
        return self._map

    def show_status(self, status: UnitStatus) -> None:
        """Where the ring stands; a figure that still runs is faint."""
        self._status, ring_deg = status, status.ring_deg
        self._here.setText("– –" if ring_deg is None else f"{ring_deg:z.1f}°")
        self._here.set_tone("" if status.at_rest else "faint")
        self.plot.show_ring(ring_deg)

    def _show(self) -> None:
        shown = self._map.shown()
        self._put.setText(f"Mark {chr(ord('A') + len(shown)) if len(shown) < 26 else ''} here".replace("  ", " "))
        self.plot.show_map(self._map, imperial=self._imperial)
        self._words.setText(self._map.words())
        self._words.set_tone("warn" if self._map.doubted() else "")
        self._keep.setEnabled(len(shown) > 1)
        self._keep.show_lens(self._map)
        self.marks.show_marks([
            (one.letter, f"{one.mark.ring_deg:z.1f}°", self._text(one.mark.distance_m),
             "" if one.off_deg is None else signed(one.off_deg))
            for one in shown
        ])  # fmt: skip

    def _text(self, metres: float) -> str:
        return format_distance(metres, "imperial" if self._imperial else "metric", 0.5)

    # Doing --------------------------------------------------------------------------------------------------------

    def _change(self, made: object) -> bool:
        """Go over to other marks, or say why not; what was typed stays where it is refused."""
        try:
            changed: TapeMap = made()  # type: ignore[operator]
        except FollowFocusError as error:
            self.say(str(error))
            return False
        if changed != self._map:
            self._undo.append(self._map)
            self._map = changed
        self.say(HINT)
        self._show()
        return True

    def put(self) -> None:
        """A mark where the ring rests, at the distance typed."""
        self._distance.setFocus()
        if self._status.ring_deg is None:
            self.say("Where the ring stands isn't known: connect a unit and calibrate first.")
        elif self.jogs.turning or not self._status.at_rest:
            self.say(TURNING)
        else:
            # The unit itself is asked: what is shown here may be from a moment before the ring moved, or stood.
            self._asked = Job("where the ring rests", lambda unit: unit.refresh(), by_hand=True), self._distance.text()
            self._distance.clear()  # the arrows are the ring's again; it comes back where there is no mark of it
            self._bridge.ask(self._asked[0])

    def _rests(self, job: Job, status: object) -> None:
        """The unit's answer: the mark, or what speaks against it."""
        if self._asked is None or job is not self._asked[0] or not isinstance(status, UnitStatus):
            return
        text, bare, ring_deg = self._asked[1], self._bare, status.ring_deg
        if ring_deg is None or not status.at_rest:
            self.say(TURNING)
            self._give_back()
            return
        done = self._change(
            lambda: self._map.put(_on_ring(ring_deg, self._map.base.travel_deg), parse_distance(text, bare))
        )
        set_flag(self._distance, "wrong", on=not done)
        if done:
            self._asked = None
        else:
            self._give_back()

    def _give_back(self) -> None:
        """The typed distance stands in its field again, where nothing else was typed since."""
        if self._asked is not None and not self._distance.text():
            self._distance.setText(self._asked[1])
        self._asked = None

    def _failed(self, job: Job, _words: str) -> None:
        if self._asked is not None and job is self._asked[0]:
            self._give_back()

    def _turn(self, speed_deg_s: float) -> None:
        self._bridge.ask(Job("jog", lambda unit: unit.jog(speed_deg_s), by_hand=True))

    def _stopped(self, _epoch: int) -> None:
        self.jogs.halt()
        self._give_back()

    def _typed(self, row: int, text: str) -> None:
        if not self._change(lambda: self._map.change(row, parse_distance(text, self._bare))):
            words = self.hint
            self._show()
            self.say(words)

    def drop(self) -> None:
        """The chosen mark goes; the last one where none is chosen."""
        chosen = self.marks.chosen()
        row = len(self._map.marks) - 1 if chosen is None else chosen
        if row >= 0:
            self._change(lambda: self._map.without(row))

    def undo(self) -> None:
        """Take the last change back."""
        if self._undo:
            self._map = self._undo.pop()
            self._show()

    def _describe(self) -> bool:
        """Take over what is written about the lens."""
        return self._change(lambda: self._fields.about(self._map))

    def keep(self) -> None:
        """Keep the lens as one's own, and use it."""
        if not self._fields.is_named:
            self.say("Give the lens a name, such as Cooke S4 40.")
            self._fields.name.setFocus()
            return
        if not self._describe():
            return
        if warning := self._keep.warning(self._map):
            self.say(warning)
            return
        try:
            lens = self._map.lens()
            self._shelf.save(lens)
        except FollowFocusError as error:
            self.say(str(error))
            return
        self.lensMade.emit(lens)
        QTimer.singleShot(0, self.close)

    def may_close(self) -> bool:
        """Nothing turns on after the screen is gone."""
        if self.jogs.turning:
            self.jogs.end()
        for signal, slot in self._signals():
            signal.disconnect(slot)
        return True


def _on_ring(ring_deg: float, travel_deg: float) -> float:
    """The place on the lens's ring: a stop gives way a little; a ring that stands further out stays there."""
    nearest = min(max(ring_deg, 0.0), travel_deg)
    return nearest if abs(nearest - ring_deg) <= SAME_DEG else ring_deg
