# SPDX-License-Identifier: MIT
"""Where on the curve the show stands: the take that plays or the moment taken by hand, its trace and its picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QElapsedTimer

from followfocus.stage.events import Taken
from followfocus.stage.prepare import hash_of
from followfocus_gui.desk_player import DeskPlayer
from followfocus_gui.parts import DeskPage
from followfocus_gui.state.curve_axis import moment_of_focal, part_start_s, without_holds
from followfocus_gui.state.desk_views import take_difference
from followfocus_gui.state.views import CurveView
from followfocus_gui.widgets.state_bar import StateBar

RACK_MS = 40


class Playhead:
    """The moment of the curve that is shown, in the curve and in the picture beside it."""

    def __init__(self, session: DeskPlayer, page: DeskPage, line: StateBar) -> None:
        self._session, self._page, self._line = session, page, line
        self._curve: CurveView | None = None
        self._cursor_s: float | None = None
        """The moment that was taken by hand"""
        self._played_s = 0.0
        self._since_rack = QElapsedTimer()

    def moment_s(self) -> float:
        """The moment of the curve that lens and ring are at: of the pull that plays, else where the next one begins.

        After a take the zoom stands where it ended, until the next one is armed.
        """
        stage, plans = self._session.stage, self._session.desk.plans()
        if stage.plays:
            return self._played_s
        stands_s = None if stage.zoom_mm is None else moment_of_focal(plans, stage.zoom_mm)
        return part_start_s(plans, stage.at.part) if stands_s is None else stands_s

    def keep_to(self, curve: CurveView | None) -> None:
        """Another curve is shown now. A take's trace stays with its own pull: elsewhere it would look gone wrong."""
        before, self._curve = self._curve, curve
        stage, plot = self._session.stage, self._page.curve
        under_way = stage.plays or stage.at.part > 0  # in a hold for GO the marks ahead may be trimmed
        if under_way or curve is None is before or (curve is not None and curve.same_pull(before)):
            return
        plot.clear_actual()
        if self._cursor_s is None or curve is None:
            self.end_scrub()
            plot.set_cursor(0.0)
        else:
            self.scrub(min(self._cursor_s, curve.duration_s))

    # A take -------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A take begins."""
        self._cursor_s = None
        self._played_s = part_start_s(self._session.desk.plans(), self._session.stage.at.part)
        self._page.curve.clear_actual()

    def go_on(self, at_s: float, ring_deg: float | None) -> None:
        """So far it has come; the ring angle is None where nobody knows it."""
        self._played_s = at_s
        self._page.curve.set_cursor(at_s)
        if ring_deg is not None:
            self._page.curve.append_actual(at_s, ring_deg)
            self._show_rack(ring_deg, at_s, moves=True)

    def end(self, taken: Taken) -> None:
        """It is over: how far it was from its plan, where that pull is still the one that is shown."""
        take = taken.take
        # Of several parts the times begin anew with each, while the curve shows all of them. By now the next cue's
        # pull may be the one that is shown.
        own = taken.context.parts == 1 and taken.context.plan_hash in map(hash_of, self._session.desk.plans())
        if len(take.actual) > 2 and take.verdict.usable and own:
            self._page.curve.show_difference(*take_difference(take))

    # The picture --------------------------------------------------------------------------------------------------

    def show_ring(self, ring_deg: float, *, moves: bool) -> None:
        """The ring stands or turns there; a take, and a moment taken by hand, have the picture for themselves."""
        if not self._session.stage.plays and self._cursor_s is None:
            self._show_rack(ring_deg, self.moment_s(), moves=moves)

    def _show_rack(self, ring_deg: float, at_s: float, *, moves: bool) -> None:
        """As often as a camera takes a picture: what is rendered more often only takes time from the needle."""
        if not moves or not self._since_rack.isValid() or self._since_rack.elapsed() >= RACK_MS:
            self._since_rack.start()
            self._page.rack.set_ring(ring_deg, at_s)

    # By hand ------------------------------------------------------------------------------------------------------

    def scrub(self, at_s: float) -> None:
        """The time cursor was taken by hand: the picture shows that moment of the plan."""
        view = self._curve
        if view is not None and not self._session.stage.plays:
            self._cursor_s = at_s
            self._page.curve.set_cursor(at_s)
            self._page.rack.set_ring(float(np.interp(at_s, view.times_s, view.ring_deg)), at_s)
            self._line.set_aside(f"{without_holds(self._session.desk.plans(), at_s):.2f} s")

    def end_scrub(self) -> None:
        """The ring is turned: the picture shows where it is again, and no moment of the plan."""
        if self._cursor_s is not None:
            self._cursor_s = None
            self._line.set_aside(self._line.line.aside.strip())
