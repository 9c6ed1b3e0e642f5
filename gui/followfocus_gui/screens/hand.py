# SPDX-License-Identifier: MIT
"""By hand: a wheel's settings, each seen at once in the curve while the wheel turns the ring, and the recording."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from followfocus.errors import RequestError
from followfocus.hand.manners import HandManners
from followfocus.hand.shape import Shape
from followfocus.lens.map import LensMap, parse_point
from followfocus.sources.kept import KeptWheel
from followfocus.units import Bare, format_distance, parse_number
from followfocus_gui.screens.host import Room, Screen
from followfocus_gui.widgets.hand_curve import HandCurve
from followfocus_gui.widgets.number_field import NumberField
from followfocus_gui.widgets.parts import Chooser, PanelBox, Tickbox, Words, button
from followfocus_gui.widgets.scale import measured, px
from followfocus_gui.widgets.theme import written

SHOWN_MS = 33
HINT = "Turn the wheel and see what a setting does."
FIELD_PX = 104
"""The longest value, 99.99 m, is whole in every window"""
LEAST_SETTINGS_PX, LEAST_TWO_PX = 456, 540
"""How wide the settings are below each other, and on two columns"""
WHOLE_PX = 530
"""Lower than this they don't stand below each other"""
NO_WHEEL = "no wheel: the disk"


@dataclass(frozen=True, slots=True)
class Now:
    """How the ring stands, for the screen: where it is, in words, and what keeps the hand from turning it."""

    ring_deg: float | None
    words: str
    trouble: str = ""
    recording: bool = False
    fine: bool = False


@dataclass(frozen=True, slots=True)
class _Setting:
    """A number among the settings: its name in HandManners, its label, how it is read and shown, and a step of it."""

    name: str
    label: str
    scale: float
    unit: str
    step: float


SETTINGS = (
    _Setting("ratio", "Runs over that in one turn of the wheel", 1.0, "", 0.1),
    _Setting("turn_counts", "Clicks in one turn of the wheel", 1.0, "", 1.0),
    _Setting("curve", "Finer near close focus (+) or far (−)", 100.0, " %", 5.0),
    _Setting("soft_end_deg", "Soft ends", 1.0, "°", 1.0),
    _Setting("detent_deg", "Detents at marks", 1.0, "°", 0.1),
    _Setting("dead_band", "Dead band", 100.0, " %", 0.1),
    _Setting("fine", "The fine gear turns", 100.0, " %", 5.0),
)


class _Settings(QScrollArea):
    """The settings; they scroll where there is no room for all of them. `whole`: everything else gives way first."""

    whole = False

    def __init__(self, settings: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizeAdjustPolicy(QScrollArea.SizeAdjustPolicy.AdjustToContents)
        self.setWidget(settings)

    def minimumSizeHint(self) -> QSize:
        """As high as they are, on a screen that has the height."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), self._settings.minimumSizeHint().height()) if self.whole else hint


class HandScreen(Screen):
    """The settings of the wheels that are plugged in. `now` is asked thirty times a second how the ring stands.

    `in_words` says a distance in metres in the units that are chosen; a bare number that is typed is in `bare`.
    """

    behaved = Signal(str, object)
    """(wheel's name, its KeptWheel): settings that were changed, in force from now on"""
    recordAsked = Signal()
    gearAsked = Signal()

    def __init__(
        self,
        wheels: dict[str, KeptWheel],
        lens: LensMap,
        marks_deg: tuple[float, ...],
        now: Callable[[], Now],
        parent: QWidget | None = None,
        *,
        in_words: Callable[[float], str] = format_distance,
        bare: Bare = "m",
    ) -> None:
        super().__init__("handScreen", "By hand", HINT, parent)
        self._wheels = dict(wheels)
        self._lens, self._marks, self._now = lens, marks_deg, now
        self._in_words, self._bare = in_words, bare
        self._fields: dict[str, NumberField] = {}
        self._two = False
        self._build()
        self._show_wheel()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(SHOWN_MS)
        self.look()

    # How it is made -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._columns = columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        settings, seen = PanelBox(self), PanelBox(self)
        self._area = _Settings(settings, self)
        columns.addWidget(self._area, 4)  # the ring and its buttons stay in sight
        columns.addWidget(seen, 5)
        self._build_settings(QGridLayout(settings), settings)
        column = QVBoxLayout(seen)
        self.distance = Words("", seen, px=34, bold=True)
        self.distance.setObjectName("handDistance")
        self.curve = HandCurve(seen)
        self.trouble = Words("", seen, tone="warn")
        self.trouble.setObjectName("handTrouble")
        self.trouble.setWordWrap(True)
        column.addWidget(self.distance)
        column.addWidget(self.curve, 1)
        column.addWidget(self.trouble)
        row = QHBoxLayout()
        self.record = button(seen, "recordHand", "Record", "Keep what the hand does as a take", self.recordAsked.emit)
        self.gear = button(seen, "handGear", "Coarse gear", "Coarse or fine", self.gearAsked.emit)
        row.addWidget(self.record)
        row.addWidget(self.gear)
        column.addLayout(row)

    def fit(self, room: Room) -> None:
        """The settings beside the curve, or above it."""
        way = QBoxLayout.Direction.TopToBottom if room.upright else QBoxLayout.Direction.LeftToRight
        self._columns.setDirection(way)
        self._area.whole = room.upright and not room.low
        two = room.low or (room.height < WHOLE_PX and not room.upright)
        if two is not self._two:
            self._two = two
            written(self.distance, 22 if two else 34, bold=True)
            self._arrange_settings()
        self._columns.setStretch(0, 0 if self._area.whole else 4)
        self._area.updateGeometry()
        measured(self.curve.setMinimumSize, 220, 90 if room.low else 180)

    def _build_settings(self, grid: QGridLayout, panel: QWidget) -> None:
        self.wheel = Chooser(panel)
        self.wheel.setObjectName("handWheel")
        self.wheel.setAccessibleName("Wheel")
        self.wheel.addItems(list(self._wheels) or [NO_WHEEL])
        self.wheel.currentTextChanged.connect(lambda _name: self._show_wheel())
        self._chosen, self._part, self._boxes = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._chosen.addWidget(Words("Wheel"))
        self._chosen.addWidget(self.wheel, 1)
        for name, label, before in (("low_deg", "It turns from", "It turns from"), ("high_deg", "It turns to", "to")):
            self._part.addWidget(Words(before))
            self._part.addWidget(self._point_field(name, label, panel), 1)
        self._numbers = [(Words(each.label, panel), self._number_field(each, panel)) for each in SETTINGS]
        self.reversed = self._box("handReversed", "The other way round", panel)
        self.smoothing = self._box("handSmoothing", "Smooth while slow", panel)
        self._grid = grid
        self._arrange_settings()

    def _arrange_settings(self) -> None:
        """The settings below each other, or on two columns, with labels of two lines."""
        grid, columns = self._grid, 2 if self._two else 1
        while grid.takeAt(0) is not None:
            pass
        for row, box in itertools.product((self._part, self._boxes), (self.reversed, self.smoothing)):
            row.removeWidget(box)  # a row that a box has left holds its room
        rows = math.ceil(len(self._numbers) / columns)
        grid.addLayout(self._chosen, 0, 0, 1, 2 * columns)
        grid.addLayout(self._part, 1, 0, 1, 2 * columns)
        for number, (label, field) in enumerate(self._numbers):
            column, below = divmod(number, rows)
            label.setWordWrap(self._two)
            grid.addWidget(label, 2 + below, 2 * column)
            grid.addWidget(field, 2 + below, 2 * column + 1)
        if self._two:
            self._part.addWidget(self.reversed)
            grid.addWidget(self.smoothing, 1 + rows, 2, 1, 2)
        else:
            self._boxes.addWidget(self.reversed)
            self._boxes.addWidget(self.smoothing)
            grid.addLayout(self._boxes, 2 + rows, 0, 1, 2)
        for number in range(len(self._numbers) + 4):
            grid.setRowStretch(number, 1 if number == rows + 3 else 0)
        for column in range(4):
            used = column < 2 * columns
            grid.setColumnStretch(column, 1 if used else 0)
            grid.setColumnMinimumWidth(column, px(FIELD_PX) if used and column % 2 else 0)
        measured(self._area.setMinimumWidth, LEAST_TWO_PX if self._two else LEAST_SETTINGS_PX)

    def _box(self, name: str, label: str, panel: QWidget) -> QCheckBox:
        box = Tickbox(label, panel)
        box.setObjectName(name)
        box.setAccessibleName(label)
        box.clicked.connect(lambda _on: self._changed_boxes())
        return box

    def _point_field(self, name: str, label: str, panel: QWidget) -> NumberField:
        field = NumberField(self._read_point, self._point_words, step=1.0, parent=panel)
        return self._named(field, name, label)

    def _number_field(self, setting: _Setting, panel: QWidget) -> NumberField:
        field = NumberField(
            lambda text: parse_number(text.strip().removesuffix("%").removesuffix("°").strip()) / setting.scale,
            lambda value: f"{value * setting.scale:g}{setting.unit}",
            step=setting.step / setting.scale,
            parent=panel,
        )
        return self._named(field, setting.name, setting.label)

    def _named(self, field: NumberField, name: str, label: str) -> NumberField:
        field.setObjectName(f"hand_{name}")
        field.setAccessibleName(label)
        field.valueEdited.connect(lambda value: self.change(**{name: value}))
        field.refused.connect(lambda words: self.say(words or HINT))
        self._fields[name] = field
        return field

    def _read_point(self, text: str) -> float:
        return parse_point(self._lens, text, bare=self._bare)

    def _point_words(self, ring_deg: float) -> str:
        return self._in_words(self._lens.distance_m(min(max(ring_deg, 0.0), self._lens.travel_deg)))

    # What is shown ------------------------------------------------------------------------------------------------

    @property
    def kept(self) -> KeptWheel:
        """The kept settings of the chosen wheel."""
        return self._wheels.get(self.wheel.currentText(), KeptWheel())

    @property
    def manners(self) -> HandManners:
        """Its settings."""
        return self.kept.manners

    def _show_wheel(self) -> None:
        manners = self.manners
        for name, field in self._fields.items():
            value = getattr(manners, name)
            field.set_value(self._lens.travel_deg if value is None else value)
            field.setEnabled(bool(self._wheels))
        self.reversed.setChecked(manners.direction < 0)
        self.smoothing.setChecked(manners.smoothing)
        for box in (self.reversed, self.smoothing):
            box.setEnabled(bool(self._wheels))
        self.curve.set_shape(Shape.of(manners, self._lens.travel_deg, self._marks), self._lens.travel_deg)

    def look(self) -> None:
        """Show how the ring stands."""
        now = self._now()
        self.curve.set_ring(now.ring_deg)
        self.distance.setText(now.words)
        self.trouble.setText(now.trouble)
        self.record.setText("End the recording" if now.recording else "Record")
        self.gear.setText("Fine gear" if now.fine else "Coarse gear")

    # What is changed ----------------------------------------------------------------------------------------------

    def _changed_boxes(self) -> None:
        self.change(direction=-1 if self.reversed.isChecked() else 1, smoothing=self.smoothing.isChecked())

    def change(self, **changes: object) -> None:
        """Change settings of the wheel that is chosen; what can't be is said, and stays as it was."""
        try:
            manners = self._checked(changes)
        except RequestError as error:
            self.say(str(error))
        else:
            kept = self.kept.model_copy(update={"manners": manners})
            self._wheels[self.wheel.currentText()] = kept
            self.say(HINT)
            self.behaved.emit(self.wheel.currentText(), kept)
        self._show_wheel()

    def _checked(self, changes: dict[str, object]) -> HandManners:
        from pydantic import ValidationError

        try:
            return self.manners.but(**changes)
        except ValidationError as error:
            words = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise RequestError(f"That setting can't be: {words[:1].lower()}{words[1:]}.") from error
