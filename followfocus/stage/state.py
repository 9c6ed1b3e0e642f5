# SPDX-License-Identifier: MIT
"""How things stand on the stage, as one frozen value."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from followfocus.errors import FollowFocusError
from followfocus.plan.plan import Plan
from followfocus.show.cues import After, Standby
from followfocus.show.show import Show
from followfocus.stage.events import TakeRun
from followfocus.stage.orders import AHEAD_S, Order, Ready, Shoot, Wait
from followfocus.stage.prepare import Prepared, prepare, ready_plan
from followfocus.stage.trimming import KeptTrim
from followfocus.takes.takes import Take
from followfocus.wire.evidence import UnitInfo, UnitStatus
from followfocus.wire.messages import Silence, State

AT_HAND = (State.IDLE, State.LOADED)
"""Where the unit must be for anything to begin"""


@dataclass(frozen=True, slots=True)
class Note:
    """The last answer to a request. It stands beside how things are until something else is asked for."""

    words: str = ""
    trouble: bool = False
    passing: bool = False
    """Goes with the next edit that is taken"""
    landed: bool = False
    """How a take ended: stands until something else is done"""
    news: bool = False
    """Nobody's request brought it up: it stands also beside what is worse, and whatever mends itself meanwhile"""
    place: bool = False
    """Whoever looks at the ring may say where it stands"""

    @property
    def asks_nothing(self) -> bool:
        """The note goes by itself, once there was time to read it."""
        return self.words != "" and not self.trouble and not self.landed


@dataclass(frozen=True, slots=True)
class Landed:
    """The last landing by the unit's clock: what a follow-on is counted from."""

    clock: int
    tick_hz: float


@dataclass(frozen=True, slots=True)
class Stage:
    """The whole state of playing: the standby, the profile on the unit, the work under way and the work to come.

    `given` is a plan made elsewhere, for a show of one cue. `position_deg` is where the ring stands, if someone has
    looked and the unit has not been told yet. `loaded` is the hash of the plan on the unit. `epoch` counts the STOPs.
    `run` is what plays by itself; without one a person gives every GO. `ended` is why a run ended early. `unattended`
    tells that nobody can be asked where the ring stands, `has_wheel` that a cue with a hand can be played. `kept` is
    the trim that the last take left, by a ride.
    """

    show: Show
    at: Standby = Standby()
    after: After = After.REPEAT
    given: Plan | None = None
    position_deg: float | None = None
    info: UnitInfo | None = None
    unit: UnitStatus = UnitStatus()
    place_of: tuple[str, str] | None = None
    """Name and serial number of the lens that the ring's place was said for; None where it isn't known"""
    loaded: str = ""
    epoch: int = 0
    armed_in: int | None = None
    """The epoch in which the last arming was done"""
    numbered: int = 0
    under_way: Order | None = None
    queue: tuple[Order, ...] = ()
    run: TakeRun | None = None
    playing: Prepared | None = None
    landed: Landed | None = None
    last: Take | None = None
    kept: KeptTrim | None = None
    zoom_mm: float | None = None
    """Where the last take left a zoom that was moved; None once the next one is armed"""
    began_clock: int | None = None
    """The unit's clock as the pull that plays was first heard to; None while none does"""
    note: Note = Note()
    ended: FollowFocusError | None = None
    unattended: bool = False
    has_wheel: bool = True

    @property
    def state(self) -> State | None:
        """The unit's state; None while it can't be heard."""
        return self.unit.state if self.unit.connected else None

    @property
    def armed(self) -> bool:
        """Armed, and no STOP has come since: what the unit says may be from before that, for as long as its line is."""
        return self.state is State.ARMED and self.armed_in == self.epoch

    @property
    def busy(self) -> bool:
        """Something is being done, or comes after it. Making ready what was just connected keeps nobody waiting."""
        # A person may ask for something the moment the unit is plugged
        # in: it queues behind this, as nothing was asked for yet.
        first = isinstance(self.under_way, Ready) and self.under_way.first
        return bool(self.queue) or not (self.under_way is None or first)

    @property
    def shoots(self) -> bool:
        """A take is under way: its end is not known yet, whether the unit is heard or not."""
        return isinstance(self.under_way, Shoot)

    @property
    def plays(self) -> bool:
        """The ring is on its pull, by the unit's own profile or together with a hand."""
        return self.state is State.PLAYING or (
            self.state is State.MOVING and isinstance(self.under_way, Shoot) and self.under_way.hand is not None
        )

    @property
    def played_s(self) -> float | None:
        """How far into its pull the ring was when it was last heard; None while it is on none."""
        if self.began_clock is None or self.info is None:
            return None
        return (self.unit.clock - self.began_clock) / self.info.tick_hz

    @property
    def zoom_now_mm(self) -> float | None:
        """Where a zoom that is moved stands: in the pull that plays, or where the last take left it; else None."""
        zoom = None if self.playing is None else self.playing.plan.zoom
        return self.zoom_mm if zoom is None or self.played_s is None else zoom.at_mm(self.played_s)

    @property
    def waiting(self) -> Wait | None:
        """The countdown of a lead or a follow-on, if one runs: what GO or the next cue waits for."""
        wait = self.under_way
        return wait if isinstance(wait, Wait) and any(isinstance(order, Shoot) for order in self.queue) else None

    def left_s(self, wait: Wait, now_s: float) -> float:
        """Seconds from `now_s` of the host's clock to what a wait is for; by the unit's clock where it goes by that."""
        tick_hz = self.landed.tick_hz if self.landed is not None else self.info.tick_hz if self.info is not None else 0
        if wait.until_clock is None or not tick_hz:
            return wait.seconds
        left_s = (wait.until_clock - self.unit.clock) / tick_hz + AHEAD_S
        # The unit's clock went on since it was last heard: between two words of it the countdown still runs smoothly.
        return max(0.0, left_s - (now_s - self.unit.received_s))

    @property
    def silence(self) -> Silence:
        """How a take of this show goes on when the line falls silent."""
        return Silence[self.show.unit.link_loss.upper()]

    @property
    def position_follows(self) -> bool:
        """Where the ring stands will be known: someone has said it, or there is no real ring to look at."""
        bench = self.info is not None and self.info.on_bench
        return self.position_deg is not None or (self.unattended and bench)

    def prepared(self, at: Standby | None = None) -> Prepared:
        """The standby, prepared. Raises RequestError or InfeasibleError if it can't be shot."""
        return prepare(self.show, self.at if at is None else at, self.info, self.given)

    def to_ready(self) -> Plan:
        """A plan to make the unit ready with, also where what stands by can't be shot as it is."""
        return self.given or ready_plan(self.show, self.at)

    # Making the next one ----------------------------------------------------------------------------------------------

    def but(self, **changes: object) -> Stage:
        """The same with some things changed."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def noted(self, words: str, *, trouble: bool = False) -> Stage:
        """With a note."""
        return self.but(note=Note(words, trouble))

    def refused(self, words: str) -> Stage:
        """With a note that something can't be done; it goes with the next edit that is taken."""
        return self.but(note=Note(words, trouble=True, passing=True))

    def asked(self, kind: Callable[..., Order], *given: object, **named: object) -> Stage:
        """With one more order at the end of the queue."""
        number = self.numbered + 1
        order = kind(number, self.epoch, *given, **named)
        return self.but(numbered=number, queue=(*self.queue, order))

    def quiet(self) -> Stage:
        """With nothing to come: no run, no queue. What is under way ends by itself."""
        return self.but(run=None, queue=())
