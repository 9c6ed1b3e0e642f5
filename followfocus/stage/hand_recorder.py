# SPDX-License-Identifier: MIT
"""Records what a hand does: put down as it begins, kept however it ends, numbered on by the slate."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from followfocus.clock import utc_timestamp
from followfocus.lens.map import LensMap
from followfocus.motion.motor import Rig
from followfocus.plan.plan import Conditions
from followfocus.show.slate import Slate
from followfocus.stage.around import SeenAround
from followfocus.stage.events import Taken
from followfocus.stage.hand_take import UNPLUGGED, hand_context, hand_take
from followfocus.takes.context import TakeContext
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.takes import Verdict
from followfocus.unit.following import FollowEvidence
from followfocus.wire.evidence import UnitInfo

NOTHING_SAID = TakeContext()


class HandRecorder:
    """The takes of a hand on one unit and lens. Without a keeper they are made and kept nowhere.

    `about` has production, camera and 1st AC of them all; `look` looks at what goes on outside as each begins.
    """

    def __init__(
        self,
        unit: UnitInfo,
        lens: LensMap,
        conditions: Conditions,
        rig: Rig,
        slate: Slate,
        keeper: TakeKeeper | None,
        about: TakeContext = NOTHING_SAID,
        look: Callable[[], SeenAround | None] = lambda: None,
    ) -> None:
        self.slate, self._about, self._look = slate, about, look
        self._seen: SeenAround | None = None
        self._unit, self._lens, self._conditions, self._rig, self._keeper = unit, lens, conditions, rig, keeper
        self._context: TakeContext | None = None
        self._row: int | None = None
        self._began_utc_s = 0.0
        self._is_unplugged = False

    @property
    def context(self) -> TakeContext | None:
        """The entry of the take that has begun; None before."""
        return self._context

    def begin(self, ring_deg: float) -> None:
        """The hand takes the ring, at `ring_deg`; a take that has begun goes on."""
        if self._context is not None:
            return
        self._began_utc_s = utc_timestamp()
        begun = hand_context(self._lens, ring_deg, self._conditions, self._rig, self._unit, self.slate)
        about = self._about
        begun = dataclasses.replace(begun, production=about.production, camera=about.camera, first_ac=about.first_ac)
        self._seen = self._look()
        begun = begun if self._seen is None else self._seen.begun(begun)
        if self._keeper is not None:
            self._row = self._keeper.begin(begun, self.slate.take)
            begun = begun.numbered(self._keeper.number or self.slate.take)  # as the log has it
        self.slate, self._context = begun.slate, begun

    def unplugged(self) -> None:
        """The wheel was pulled out: the take will say so."""
        self._is_unplugged = True

    def end(self, found: FollowEvidence, steps_per_deg: float) -> Taken:
        """The take is over, and kept as far as it can be."""
        take = hand_take(
            found, self._lens, self._conditions, self._unit, take=self.slate.take, steps_per_deg=steps_per_deg,
            started_utc_s=self._began_utc_s, notes=(UNPLUGGED,) if self._is_unplugged else (),
        )  # fmt: skip
        if self._is_unplugged and take.verdict is Verdict.GOOD:
            take = dataclasses.replace(take, verdict=Verdict.STOPPED)
        # A unit that would not follow may end a take that never began: it is put down now, so that it can be closed.
        self.begin(take.start_deg)
        assert self._context is not None
        take = dataclasses.replace(take, take=self.slate.take)
        context = self._context if self._seen is None else self._seen.ended(self._context, take.start_clock)
        clips = None if self._seen is None else self._seen.clips(take.start_clock)
        row = None if self._keeper is None else self._keeper.keep(take, context, self._row, clips)
        # Only after it was kept: a keeper that raises leaves the take as begun, not forgotten.
        self._context, self._row, self._is_unplugged = None, None, False
        self.slate = dataclasses.replace(self.slate, take=self.slate.take + 1)
        return Taken(take, context, row, trouble="" if self._keeper is None else self._keeper.trouble)
