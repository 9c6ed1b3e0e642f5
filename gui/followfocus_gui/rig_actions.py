# SPDX-License-Identifier: MIT
"""Lens, unit and calibration: their screens, and what the show takes over from them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QObject

from followfocus.clock import utc_timestamp
from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMap
from followfocus.lens.shelf import LensShelf
from followfocus.show.show import ShowUnit
from followfocus.unit.calibration import Calibration, CalibrationStore, plausible
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.document import Document
from followfocus_gui.screens.host import Screen
from followfocus_gui.state import shaping
from followfocus_gui.state.calibrating import play_words
from followfocus_gui.state.holds import Holds, holds_words
from followfocus_gui.state.jobs import Job
from followfocus_gui.state.plain_words import Remedy
from followfocus_gui.window import DeskWindow


class RigActions(QObject):
    """Lens, unit and calibration of one window."""

    def __init__(self, window: DeskWindow, document: Document) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self._session = window.session
        self._desk = window.session.desk
        self._looked_up = _ring_of(self._desk.lens)
        self._session.changed.connect(self._look_up)

    # Lenses -------------------------------------------------------------------------------------------------------

    def choose_lens(self) -> None:
        """The lens library."""
        from followfocus_gui.screens.lenses import LensScreen

        desk = self._desk
        screen = LensScreen(desk.lens, self._shelf(), self._holds, imperial=desk.imperial)
        screen.lensChosen.connect(lambda lens: screen.taken(lens) if self._use_lens(lens) else None)
        screen.mapAsked.connect(self.map_lens)
        screen.calibrateAsked.connect(self.calibrate)
        self._live(screen, screen.show_status)

    def map_lens(self, lens: LensMap | None) -> None:
        """A lens from a tape; one that is there is corrected."""
        from followfocus_gui.screens.tape import TapeScreen

        screen = TapeScreen(self._session.bridge, lens, self._shelf(), imperial=self._desk.imperial)
        screen.lensMade.connect(self._use_lens)
        self._live(screen, screen.show_status)

    def _shelf(self) -> LensShelf:
        return LensShelf(self._document.data_folder / "lenses", [entry.lens for entry in self._desk.show.lenses])

    def _live(self, screen: Screen, hear: Callable[[UnitStatus], None]) -> None:
        """Open a screen that shows where the ring is, as long as it is open."""
        bridge = self._session.bridge
        hear(self._session.status)
        # Only where it opened: a screen that was refused is never closed, and would be told for ever.
        if self._window.host.open(screen):
            bridge.statusChanged.connect(hear)
            screen.closed.connect(lambda: bridge.statusChanged.disconnect(hear))

    def _use_lens(self, lens: LensMap) -> bool:
        before = self._desk.lens
        if not self._session.edit(lambda: self._desk.use_lens(lens)):
            return False
        # Another lens is another ring on the motor. A lens that was only corrected is still the same one.
        if (before.name, before.serial) != (lens.name, lens.serial):
            self._session.bridge.ask(Job("another lens", _forget_place))
        return True

    def _holds(self, lens: LensMap) -> tuple[str, Holds]:
        """A lens's calibration here: a line, and the sentence on whether it holds. Nothing moves."""
        desk, session = self._desk, self._session
        serial = "" if session.info is None else session.info.serial
        try:
            kept = self._calibrations().load(lens)
        except FollowFocusError as error:
            return "", Holds("Its calibration can't be read.", str(error), "Calibrate …", "warn")
        return holds_words(kept, lens, desk.show.unit.rig(lens), serial, utc_timestamp())

    # The unit -----------------------------------------------------------------------------------------------------

    def unit_settings(self) -> None:
        """Motor, gearing, limits, and what a take does when the line falls silent."""
        from followfocus_gui.screens.unit import UnitScreen

        screen = UnitScreen(self._session.bridge, self._desk.show.unit, self._desk.lens, self._session.info)
        screen.applied.connect(self._use_unit)
        self._window.host.open(screen)

    def _use_unit(self, unit: ShowUnit) -> None:
        self._session.edit(lambda: self._desk.edit(unit=unit))

    def take_offer(self) -> None:
        """Do what the state line offers beside its sentence."""
        desk, session = self._desk, self._session
        if session.says.warning.remedy is Remedy.ADOPT:
            unit = dataclasses.replace(desk.show.unit, port=session.bridge.port)
            session.edit(lambda: desk.edit(unit=unit))
        else:
            session.edit(lambda: shaping.stretch(desk))

    def ask_port(self) -> None:
        """Ask for a port; not while a dialog would lie between the finger and STOP."""
        if self._window.host.may_open():
            self._window.connection.ask_port()

    def connect_to(self, port: str) -> None:
        """Another port; the show remembers it."""
        if self._session.state in (State.ARMED, State.PLAYING):
            self._session.refuse("The unit can't be changed while armed. Disarm first.")
            return
        self._session.edit(lambda: self._desk.edit(unit=dataclasses.replace(self._desk.show.unit, port=port)))
        # After the edit: the show remembers the port also where nothing answers on it.
        self._session.bridge.connect_to(port)

    def calibrate(self) -> None:
        """The guided sequence."""
        from followfocus_gui.screens.calibration import CalibrationScreen

        desk, session = self._desk, self._session
        if session.info is None:
            session.refuse("No motor yet: connect one to calibrate.")
            return
        rig = desk.show.unit.rig(desk.lens)
        screen = CalibrationScreen(session.bridge, desk.lens, rig, session.info, self._calibrations())
        screen.calibrated.connect(self._use_calibration)
        screen.doubted.connect(session.doubt_place)
        self._window.host.open(screen)

    def _calibrations(self) -> CalibrationStore:
        return CalibrationStore(self._document.data_folder / "calibrations")

    def _use_calibration(self, found: Calibration) -> None:
        """Take over a calibration: the show's unit gets it, the lens keeps its serial number."""
        desk, lens = self._desk, self._desk.lens
        self._looked_up = lens.name, found.lens_serial, lens.travel_deg  # what was just found needs no looking up

        def keep() -> None:
            desk.edit(unit=self._unit_of(found))
            if found.lens_serial != lens.serial:
                desk.name_lens(found.lens_serial)

        self._session.doubt_place(on=False, found=True)
        self._session.edit(keep)
        self._session.tell(f"Calibrated. {play_words(found.lash_deg)[:1].upper()}{play_words(found.lash_deg)[1:]}.")

    def _unit_of(self, found: Calibration) -> ShowUnit:
        """The show's unit with what a calibration found."""
        desk = self._desk
        # The show has the motor's way as on a usual lens; one that turns the other way turns it once more.
        direction = found.direction * desk.lens.direction
        return dataclasses.replace(
            desk.show.unit, motor_teeth=found.motor_teeth, direction=direction, lash_deg=found.lash_deg
        )

    def _takes_over(self, kept: Calibration, store: CalibrationStore) -> bool:
        """Whether a kept calibration is put in force: it fits, nothing is armed, and nobody chose other figures.

        Those of a new show, and of any calibration that is kept, were not chosen.
        """
        desk, session = self._desk, self._session
        rig = desk.show.unit.rig(desk.lens)
        new = ShowUnit().rig(desk.lens)
        unchosen = {(new.motor_teeth, new.direction, new.lash_deg), *store.gears()}
        # Nothing to take over, or somebody has the unit in hand: gears are never changed under what is armed.
        if not kept.not_in_force(rig) or session.locked() or session.state in (State.ARMED, State.PLAYING):
            return False
        fits = plausible(kept, desk.lens, rig, None, kept.unit_serial, utc_timestamp()).usable
        return fits and (rig.motor_teeth, rig.direction, rig.lash_deg) in unchosen

    def _look_up(self) -> None:
        """Another lens is on the desk, by the library, a cue or another show: its calibration is looked for."""
        ring = _ring_of(self._desk.lens)
        if ring != self._looked_up:
            self._looked_up = ring
            self.check_calibration()

    def check_calibration(self) -> None:
        """Use this lens's kept calibration again where it fits, and say so, or why not."""
        desk, session = self._desk, self._session
        store = self._calibrations()
        try:
            kept = store.load(desk.lens)
        except FollowFocusError as error:
            session.refuse(str(error))
            return
        if kept is None:
            return
        serial = "" if session.info is None else session.info.serial
        # First put in force, then checked: the check tells of what is in force.
        if kept.unit_serial == serial and self._takes_over(kept, store):
            self._session.edit(lambda: desk.edit(unit=self._unit_of(kept)))
        rig = desk.show.unit.rig(desk.lens)

        def job(unit: FollowFocusUnit) -> str:
            found = plausible(kept, desk.lens, rig, unit.last_known(), serial, utc_timestamp())
            return found.words if found.usable else f"{found.words} Calibrate again."

        session.bridge.ask(Job("calibration check", job))

    def say_position(self, distance_m: float) -> None:
        """Someone looked at the ring."""
        self._session.edit(lambda: self._session.set_position(self._desk.lens.ring_deg(distance_m)))


def _ring_of(lens: LensMap) -> tuple[str, str, float]:
    """A lens as calibrations know it: who it is, and how far its ring turns."""
    return lens.name, lens.serial, lens.travel_deg


def _forget_place(unit: FollowFocusUnit) -> None:
    """Another lens is on the motor: where its ring stands, nobody has looked yet."""
    if unit.has_real_ring and unit.status.referenced:
        unit.release()
