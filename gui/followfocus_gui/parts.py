# SPDX-License-Identifier: MIT
"""The parts of the desk and where they stand: every widget is made here once, and put in its place by `state/grid`."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QSizePolicy, QStackedWidget, QWidget

from followfocus_gui.plot.motion_plot import MotionPlot
from followfocus_gui.state import grid
from followfocus_gui.state.grid import Box, Type
from followfocus_gui.state.views import MarkView
from followfocus_gui.widgets.connection_bar import ConnectionBar
from followfocus_gui.widgets.cue_panel import CuePanel
from followfocus_gui.widgets.cue_strip import CueStrip
from followfocus_gui.widgets.flick import rest
from followfocus_gui.widgets.lettering import LONGEST, PADDING_PX, longest, width_of
from followfocus_gui.widgets.mark_cards import MarkStrip
from followfocus_gui.widgets.mark_edits import MarkEdits
from followfocus_gui.widgets.mark_tools import MarkTools
from followfocus_gui.widgets.number_field import NumberField
from followfocus_gui.widgets.parts import Words
from followfocus_gui.widgets.plates import Plate
from followfocus_gui.widgets.pull_editor import PullEditor
from followfocus_gui.widgets.rack_view import RackView
from followfocus_gui.widgets.readouts import DistanceReadout, SharpRange
from followfocus_gui.widgets.ring_disk import RingDisk
from followfocus_gui.widgets.scale import letters, px
from followfocus_gui.widgets.state_bar import StateBar
from followfocus_gui.widgets.tabs import Tabs
from followfocus_gui.widgets.take_table import TakeTable
from followfocus_gui.widgets.theme import colour, figure_font
from followfocus_gui.widgets.transport import Transport

ALL_SUBJECTS = "all subjects"
LEAST_ROOMY = 290
"""Between the ends of a scale as large as this the longest distance has room; on a smaller it runs on as it is typed"""
LEAST_HEADED = 220
"""A list of takes as high as this can spare a head"""


def put(widget: QWidget, box: Box | None) -> None:
    """Put a widget in its place; without one it is hidden."""
    if box is not None:
        widget.setGeometry(box.x, box.y, box.width, box.height)
    widget.setVisible(box is not None)


class Bands(QObject):
    """The parts of the two bands, which never move."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.distance, self.sharp = DistanceReadout(parent), SharpRange(parent)
        self.slate = Plate("slate", "Slate and take; press to change", parent)
        self.lens = Plate("lens", "Lens: choose, import, map", parent)
        self.connection = ConnectionBar(parent)
        self.menu = Plate("menu", "Show, lens, unit, reports, themes", parent, sign="menu")
        self.state = StateBar(parent)
        self.transport = Transport(parent)

    def place(self, found: grid.BandPlaces, letters: Type) -> None:
        """Put everything in its place."""
        put(self.distance, found.readout)
        put(self.sharp, found.sharp if found.sharp.width >= 120 else None)
        plates, box = (self.slate, self.lens, self.connection), found.plates
        square = min(box.height, 64)
        room = box.width - square - 8
        shares = (0.25, 0.34, 0.41) if box.width < 360 else (0.27, 0.37, 0.36)
        x = float(box.x)
        for plate, share in zip(plates, shares, strict=True):
            wide = (room - 16) * share
            plate.setGeometry(round(x), box.y, round(wide), box.height)
            plate.set_size(letters.body)
            x += wide + 8
        self.menu.setGeometry(box.right - square, box.y, square, box.height)
        self.menu.set_size(letters.body)
        put(self.state, found.state)
        self.state.set_sizes(letters.state, round(letters.body * 1.12))
        self.distance.set_size(letters.distance)
        self.sharp.set_size(round(letters.body * 1.1))
        for name, place in (
            ("backToOne", found.back), ("rehearse", found.rehearse), ("arm", found.arm), ("go", found.go),
            ("stop", found.stop),
        ):  # fmt: skip
            button = self.transport.buttons[name]
            put(button, place)
            button.set_size(letters.go if name in ("go", "stop") else letters.button, letters.hint)


class DeskPage(QWidget):
    """The middle of the desk: everything between the bands, in its place for the room there is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.edits = MarkEdits(self)
        self.cue_strip, self.tabs = CueStrip(self), Tabs(self)
        self.disk = RingDisk(self)
        self.goto = self._goto_field()
        self.curve = MotionPlot(self)
        self.strip, self.tools = MarkStrip(self.edits, self), MarkTools(self.edits, self)
        self.editor = PullEditor(self)
        self.subjects = self._subjects_button()
        self.rack = RackView(self)
        self.lists = QStackedWidget(self)
        self.lists.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.table, self.cues = TakeTable(self), CuePanel(self, name="desk_")
        self._takes_title = Words("Takes", self, px=14, bold=True)
        self._takes_scale = Words("0 dead on · 100 edge of sharp", self, px=11, tone="faint")
        self.lists.addWidget(self.table)
        self.lists.addWidget(self.cues)
        self._window = (1280, 800)
        self._letters = Type.of(*self._window)
        self._tools_open = self._between = self._subjects_fit = False
        self.tabs.chosen.connect(lambda _name: self.place())
        self.strip.toolsWanted.connect(self._turn_tools)

    def _goto_field(self) -> NumberField:
        field = NumberField(self.edits.read_distance, self.edits.show_distance, step=0.01, parent=self)
        field.setObjectName("goToDistance")
        field.setAccessibleName("Go to a distance")
        field.setPlaceholderText("go to …")
        return field

    def _subjects_button(self) -> QPushButton:
        """It stands with the marks: in the curve it would take a row of its own."""
        made = QPushButton(self)
        made.setObjectName("allSubjects")
        made.setText(ALL_SUBJECTS)
        made.setAccessibleName("Show the bands of all subjects")
        made.setToolTip("On the curve: where each mark is sharp, those between as well")
        made.setCheckable(True)
        made.toggled.connect(lambda on: self.curve.show_all(on=on))
        return made

    def set_marks(self, marks: tuple[MarkView, ...]) -> None:
        """Show these marks, and their tools; with more than two there are subjects between."""
        self.strip.set_marks(marks)
        self.tools.set_marks(marks)
        self._between = len(marks) > 2
        self.subjects.setVisible(self._between and self._subjects_fit)

    def _turn_tools(self) -> None:
        self._tools_open = not self._tools_open
        self.place()

    def set_locked(self, why: str) -> None:
        """Lock the controls, or free them where `why` is empty: locked ones step back."""
        if why:
            rest(self.table)
        for part in (self.tools, self.strip, self.editor, self.rack):
            part.set_locked(why)

    def fit(self, window: tuple[int, int]) -> None:
        """The window has another size."""
        self._window, self._letters = window, Type.of(*window)
        self.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another room, other places."""
        super().resizeEvent(event)
        self.place()

    def place(self) -> None:
        """Put everything in its place."""
        found = grid.middle(self.width(), self.height(), window=self._window)
        letters, tabbed = self._letters, found.tabs is not None
        self.setFont(figure_font(letters.body))
        put(self.cue_strip, found.cues)
        put(self.tabs, found.tabs)
        put(self.disk, found.disk)
        put(self.strip, found.marks)
        self._place_goto(found.disk)
        self._place_beside(found, self.tabs.current if tabbed else "")
        tools_here = tabbed and self._tools_open
        put(self.editor, None if tools_here else found.time)
        tools = found.time if tools_here else found.tools
        if tabbed and self.tabs.current == "Marks" and not tools_here:
            tools, below = grid.split(found.curve)
            put(self.curve, below)  # what a trim or a wait does is seen at once
        self._place_tools(tools, curve=not tabbed or self.tabs.current == "Curve")
        self.cue_strip.set_form(letters.body, offers_all=not tabbed)
        self.tools.set_size(letters.body)
        self.strip.set_form(letters.body, shares_row=tabbed)
        self.strip.set_tools_open(tools_here)
        self.editor.set_compact(tabbed)

    def _place_tools(self, row: Box | None, *, curve: bool) -> None:
        """The tools, and at the end of their row the curve's button; its room is kept whether it is there or not."""
        self._subjects_fit = row is not None and curve
        if row is not None and curve:
            wide = round(width_of(ALL_SUBJECTS, self._letters.body, bold=True)) + px(30)
            self.subjects.setGeometry(row.right - wide, row.y, wide, row.height)
            row = Box(row.x, row.y, row.width - wide - grid.GAP, row.height)
        put(self.tools, row)
        self.subjects.setVisible(self._between and self._subjects_fit)

    def _place_beside(self, found: grid.MiddlePlaces, tab: str) -> None:
        """Curve, picture and lists: each in its own place, or one at a time beside the disk."""
        beside = found.curve
        put(self.curve, beside if tab in ("", "Curve") else None)
        if self.rack.parent() is self:  # the shooting view may have it
            put(self.rack, found.picture if not tab else beside if tab == "Picture" else None)
        takes = self._below_head(None if tab else found.takes)
        put(self.lists, takes if not tab else beside if tab in ("Takes", "Cues") else None)
        self.lists.setCurrentIndex(int(tab == "Cues"))

    def _below_head(self, takes: Box | None) -> Box | None:
        """The room of the takes below their head; a low one has none."""
        title, scale = self._takes_title, self._takes_scale
        headed = takes is not None and takes.height >= LEAST_HEADED
        for words in (title, scale):
            words.setVisible(headed)
        if takes is None or not headed:
            return takes
        high = title.sizeHint().height()
        title.setGeometry(takes.x, takes.y, title.sizeHint().width(), high)
        wide = scale.sizeHint().width()
        scale.setGeometry(takes.x + takes.width - wide, takes.y, wide, high)
        return Box(takes.x, takes.y + high + 2, takes.width, takes.height - high - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frames of disk and curve."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("edge"), 1))
        painter.setBrush(colour("panel"))
        for part in (self.disk, self.curve):
            if part.isVisible() and event.region().intersects(part.geometry()):
                painter.drawRoundedRect(QRectF(part.geometry()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.end()

    def _place_goto(self, disk: Box) -> None:
        """In the gap of the ring, below the hub."""
        high = min(px(grid.TOUCH), max(30, disk.height // 7))
        wide = round(longest(LONGEST[True], letters(13))) + px(PADDING_PX)
        wide = min(wide if disk.height >= LEAST_ROOMY else letters(92), disk.width // 2)
        self.goto.setGeometry(disk.x + (disk.width - wide) // 2, disk.bottom - high - 2, wide, high)
        self.goto.raise_()
        self.goto.setVisible(disk.height >= 230)


class Middle(QScrollArea):
    """The page, as high as the window leaves room for; on a lower window than the least desk it scrolls."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a press on a card leaves the disk its keys
        self.page = DeskPage(self)
        self.setWidget(self.page)
        self.setWidgetResizable(True)

    def fit(self, window: tuple[int, int]) -> None:
        """The window has another size: the page is never smaller than the least desk's."""
        # As high as on the least desk: below that the parts would overlap, so the page scrolls instead.
        least = grid.bands(grid.LEAST_WIDTH, grid.LEAST_HEIGHT).middle
        upright = grid.upright(*window)
        # The bar of a page that scrolls downward takes its own width: no second bar for that.
        wide = min(least.width, 936) - self.verticalScrollBar().sizeHint().width()
        self.page.setMinimumSize(0 if upright else wide, least.height)
        self.page.fit(window)
