# SPDX-License-Identifier: MIT
"""Lens, unit and calibration: their dialogs, and what the show takes over from them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from followfocus.clock import utc_timestamp
from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMap
from followfocus.show.show import ShowUnit
from followfocus.unit.calibration import Calibration, CalibrationStore, plausible
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.messages import State
from followfocus_gui.document import Document
from followfocus_gui.screens.calibration import CalibrationDialog
from followfocus_gui.screens.lenses import LensDialog
from followfocus_gui.screens.unit import UnitDialog
from followfocus_gui.state.jobs import Job
from followfocus_gui.state.lens_library import LensLibrary
from followfocus_gui.window import DeskWindow


class RigActions(QObject):
    """Lens, unit and calibration of one window; `show` puts a dialog beside it."""

    def __init__(self, window: DeskWindow, document: Document, show: Callable[[QDialog], None]) -> None:
        super().__init__(window)
        self._window, self._document, self._open = window, document, show
        self._session = window.session
        self._desk = window.session.desk

    def _locked(self) -> bool:
        words = self._session.locked()
        if words:
            self._session.refuse(words)
        return bool(words)

    def choose_lens(self) -> None:
        """The lens library."""
        if self._locked():
            return
        dialog = LensDialog(self._desk.lens, LensLibrary(self._document.data_folder / "lenses"), self._window)
        dialog.set_ring(self._session.status.ring_deg)
        dialog.lensChosen.connect(self._use_lens)
        self._open(dialog)

    def _use_lens(self, lens: LensMap) -> None:
        before = self._desk.lens
        if not self._session.edit(lambda: self._desk.use_lens(lens)):
            return
        if (before.name, before.serial) != (lens.name, lens.serial):
            self._session.bridge.ask(Job("another lens", _forget_place))
        self.check_calibration()

    def unit_settings(self) -> None:
        """Motor, gearing, limits, and what a take does when the line falls silent."""
        dialog = UnitDialog(
            self._session.bridge, self._desk.show.unit, self._desk.lens, self._session.info, self._window
        )
        dialog.applied.connect(self._use_unit)
        self._open(dialog)

    def _use_unit(self, unit: ShowUnit) -> None:
        self._session.edit(lambda: self._desk.edit(unit=unit))

    def connect_to(self, port: str) -> None:
        """Another port; the show remembers it."""
        if self._session.state in (State.ARMED, State.PLAYING):
            self._session.refuse("The unit can't be changed while armed. Disarm first.")
            return
        self._session.edit(lambda: self._desk.edit(unit=dataclasses.replace(self._desk.show.unit, port=port)))
        self._session.bridge.connect_to(port)

    def calibrate(self) -> None:
        """The guided sequence."""
        if self._locked():
            return
        desk, session = self._desk, self._session
        store = CalibrationStore(self._document.data_folder / "calibrations")
        rig = desk.show.unit.rig(desk.lens)
        dialog = CalibrationDialog(session.bridge, desk.lens, rig, session.info, store, self._window)
        dialog.calibrated.connect(self._use_calibration)
        self._open(dialog)

    def _use_calibration(self, found: Calibration) -> None:
        """Take over a calibration: the show's unit gets it, the lens keeps its serial number."""
        desk, lens = self._desk, self._desk.lens

        def keep() -> None:
            desk.edit(unit=self._unit_of(found))
            if found.lens_serial != lens.serial:
                desk.name_lens(found.lens_serial)

        self._session.edit(keep)
        self._session.tell(
            f"Calibrated: span {found.span_steps} steps, lash {found.lash_deg:.2f}°. "
            f"Kept for {f'{found.lens} {found.lens_serial}'.strip()}."
        )

    def _unit_of(self, found: Calibration) -> ShowUnit:
        """The show's unit with what a calibration found."""
        desk = self._desk
        direction = found.direction * desk.lens.direction
        return dataclasses.replace(
            desk.show.unit, motor_teeth=found.motor_teeth, direction=direction, lash_deg=found.lash_deg
        )

    def _takes_over(self, kept: Calibration, store: CalibrationStore) -> bool:
        """Whether a kept calibration becomes what is set: it fits, nothing is armed, and nobody chose other figures.

        Those of a new show, and of any calibration that is kept, were not chosen.
        """
        desk, session = self._desk, self._session
        rig = desk.show.unit.rig(desk.lens)
        new = ShowUnit().rig(desk.lens)
        unchosen = {(new.motor_teeth, new.direction, new.lash_deg), *store.gears()}
        if not kept.not_in_force(rig) or session.locked() or session.state in (State.ARMED, State.PLAYING):
            return False
        fits = plausible(kept, desk.lens, rig, None, kept.unit_serial, utc_timestamp()).usable
        return fits and (rig.motor_teeth, rig.direction, rig.lash_deg) in unchosen

    def check_calibration(self) -> None:
        """Whether what is kept for this lens can be used again, and is; said in a sentence."""
        desk, session = self._desk, self._session
        store = CalibrationStore(self._document.data_folder / "calibrations")
        try:
            kept = store.load(desk.lens)
        except FollowFocusError as error:
            session.refuse(str(error))
            return
        if kept is None:
            return
        serial = "" if session.info is None else session.info.serial
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


def _forget_place(unit: FollowFocusUnit) -> None:
    """Another lens is on the motor: where its ring stands, nobody has looked yet."""
    if unit.has_real_ring and unit.status.referenced:
        unit.release()
