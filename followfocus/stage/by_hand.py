# SPDX-License-Identifier: MIT
"""The hand on a unit: from a wheel's event to the message that the ring follows. The same for a terminal and the app.

`hear` is for any thread and returns at once: what a wheel says goes out when it comes. `tick`, about every 10 ms and on
one thread, begins to follow, keeps the unit told while the hand rests, and ends it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from followfocus.errors import FollowFocusError, StoppedError
from followfocus.hand.estimate import HandEstimator, HandLine
from followfocus.hand.events import SourceEvent
from followfocus.hand.hand import WantedRing, WheelHand
from followfocus.lens.map import LensMap
from followfocus.motion.motor import Rig
from followfocus.stage.shoot import place_ring
from followfocus.unit.following import FollowEvidence, Following, never_followed
from followfocus.unit.settings import GOTO_DEG_S
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.messages import State
from followfocus.wire.refusals import faulted

TICK_S = 0.01
KEPT_TOLD_S = 0.04
"""A hand at rest says so this often, or the unit would let go."""
LETS_GO_S = 0.4
"""A hand that has rested so long lets go of the ring, unless it is being recorded."""
BEHIND_DEG, BEHIND_S, BEHIND_LONG_S = 1.0, 0.04, 0.1
"""The ring is said to be behind where it is farther from the hand than this, and than the hand went
in that time lately: the lag on purpose and the line's are less. For so long, or it is a turn that is just being heard
of."""
LATELY_S = 0.2
DEAF_S = 0.3
"""A unit that has not begun to move by then, though the hand is elsewhere, knows nothing of following."""
OLD_FIRMWARE = (
    "This unit's firmware can't follow a hand: the ring goes from place to place. "
    "Put the one that ships on it: followfocus firmware flash."
)


class ByHand:
    """A hand and the unit that follows it.

    On the thread of `tick`, `begins` is called with where the ring stands before the hand gets it, and after each such
    call `ended` with what the following was, also where the unit would not begin.
    """

    def __init__(
        self,
        unit: FollowFocusUnit,
        hand: WheelHand,
        ended: Callable[[FollowEvidence], object] = lambda _found: None,
        begins: Callable[[float], object] = lambda _ring_deg: None,
    ) -> None:
        self.unit, self.hand = unit, hand
        self.holds = False
        """Whether the ring is kept in the hand while it rests, as in a recording"""
        self.is_deaf = False
        """The unit's firmware is older than following a hand"""
        self.trouble = ""
        """Why the last following ended, where nobody wanted that; empty: all is well"""
        self._ended, self._begins = ended, begins
        self._stops = unit.stops
        # Re-entrant: who is heard under it may find a STOP, and lets go of everything under it again.
        self._lock = threading.RLock()
        self._following: Following | None = None
        self._estimator = HandEstimator()
        self._wanted: WantedRing | None = None
        self._moved_s = self._kept_up_s = self._began_s = float("-inf")
        self._fastest = (float("-inf"), 0.0)  # when, and how fast the hand turned lately

    @property
    def active(self) -> bool:
        """The unit follows the hand."""
        return self._following is not None

    @property
    def busy(self) -> bool:
        """There is something to tick for."""
        return self._following is not None or self._wanted is not None

    @property
    def ring_deg(self) -> float:
        """Where the ring is for the hand: where it wants it while it is followed, else where it stands."""
        wanted = self._wanted  # looked at once: another thread may forget it
        if self._following is not None and wanted is not None:
            return wanted.ring_deg
        return self.unit.status.ring_deg or 0.0

    @property
    def behind_deg(self) -> float:
        """How far the ring is behind the hand."""
        following = self._following
        return 0.0 if following is None else following.behind_steps / self.unit.steps_per_deg

    @property
    def words(self) -> str:
        """The one sentence that says how hand and ring stand to each other; empty: the ring follows."""
        behind = abs(self.behind_deg)
        if self._following is not None and self.unit.clock.now() - self._kept_up_s > BEHIND_LONG_S:
            return f"The ring is {behind:z.0f}° behind the hand: the motor turns no faster."
        return self.hand.words or self.trouble

    # Any thread -------------------------------------------------------------------------------------------------------

    def hear(self, event: SourceEvent) -> None:
        """Take in what a wheel did; while the unit follows, it is told at once."""
        with self._lock:
            self._heed_stops()
            owner = self.hand.owner
            wanted = self.hand.hear(event, self.ring_deg)
            # Another wheel's samples begin elsewhere: a speed from one to the other would be none of any hand's.
            if self.hand.owner != owner:
                self._estimator = HandEstimator()
            if wanted is not None:
                self._moved_s = event.at_s
                self._tell(wanted)

    def let_go(self) -> None:
        """STOP, or something else has the ring now: wheels must rest before they are heard again."""
        self._let_go(self.unit.clock.now())

    def _let_go(self, since_s: float) -> None:
        with self._lock:
            self.hand.let_go(since_s)
            self._wanted = None

    def _heed_stops(self) -> None:
        # Looked at where a wheel is heard and where a following begins: whoever gave a STOP lets go only after the
        # unit has it, and what was turned up to then must not set the ring going again.
        if self.unit.stops != self._stops:
            self._stops = self.unit.stops
            # From the STOP on, not from now: a wheel that has rested since is heard with its first word.
            self._let_go(self.unit.link.orders.stopped_s)

    def take_back(self, beside: WheelHand) -> None:
        """A plan that wheels played beside is over."""
        with self._lock:
            self.hand.take_back(beside)
            self._wanted = None

    # The thread that waits --------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Begin, go on, or end; may wait for the unit where it begins or ends."""
        now_s = self.unit.clock.now()
        with self._lock:
            self._heed_stops()
            # As they are under the lock; what begins below without it is begun with the stops that were seen here.
            stops, following = self._stops, self._following
            again = None
            if following is not None and following.let_go:
                # Nobody wanted that: what was said since begins anew, and what was smooth and still on its way there.
                wanted = self.hand.wanted(now_s) or self._wanted
                again = wanted if self._moved_s > following.last_sent_s or _is_elsewhere(wanted, self.unit) else None
            elif following is not None and following.fell_silent:
                # Nobody wanted that either. The hand has gone on meanwhile, and nothing drives after it: whatever turns
                # takes the ring anew, from where it stands.
                self.hand.owner = ""
            elif following is not None and following.over:
                self.hand.let_go(self.unit.clock.now())
            elif following is not None:
                self._go_on(now_s, following)
                self._listen_for_deafness(now_s)
                if not self.is_deaf and self._wanted is not None and (self.holds or now_s - self._moved_s < LETS_GO_S):
                    return
            fresh = self._wanted is not None and now_s - self._moved_s < LETS_GO_S
            if following is None and not fresh:
                # Under the lock: a wheel that speaks between the look and this would have its first word forgotten.
                self._wanted = None
        if following is not None:
            self._close(again)
        elif fresh:
            self._begin(stops)

    def end(self) -> None:
        """The ring comes to where the hand is, and the hand lets go of it: something else may have the unit."""
        self._close(None)
        with self._lock:
            if self._following is None:
                self._wanted = None  # what a wheel said meanwhile is not to move the ring after an order
                self.hand.owner = ""  # and what turns after it takes the ring where that has brought it

    def _close(self, again: WantedRing | None) -> None:
        """End the following. `again`, and what a wheel says while the ring settles, is for the next."""
        with self._lock:
            # Taken out under the lock: of two threads that end it, one alone closes it.
            following, self._following = self._following, None
            if following is None:
                return
            self._estimator = HandEstimator()
            self._wanted = again
        # Not under the lock: it waits for the ring to settle, and a wheel must not wait for that to be heard.
        self._ended(following.close())

    def _begin(self, stops: int) -> None:
        """Take the ring, unless there have been other stops than the hand has heard of."""
        if self.is_deaf:
            self._head()
            return
        self._begins(self.unit.status.ring_deg or 0.0)
        try:
            with self.unit.order(stops):
                following = self.unit.follow()
        except FollowFocusError as error:
            with self._lock:
                self.trouble, self._wanted = "" if isinstance(error, StoppedError) else str(error), None
                self.hand.let_go(self.unit.clock.now())
            # Told even though nothing moved: whoever records a hand has put this take down before it began.
            self._ended(never_followed(self.unit.line, error))
            return
        with self._lock:
            self.trouble = ""
            self._following = following
            # Both from now: neither a deaf unit nor a lag is judged by the time in which nothing was followed.
            self._began_s = self._kept_up_s = self.unit.clock.now()
            # What the hand has said while the unit was asked is not to wait for its next word.
            wanted = self.hand.wanted(self.unit.clock.now()) or self._wanted
            if wanted is not None:
                self._tell(wanted)

    def _head(self) -> None:
        """Go to where the hand is by now: all that a unit without a follower can do."""
        with self._lock:
            wanted, self._wanted = self.hand.wanted(self.unit.clock.now()) or self._wanted, None
        if wanted is not None:
            self.unit.head_for(wanted.ring_deg, GOTO_DEG_S)

    def _listen_for_deafness(self, now_s: float) -> None:
        # An older firmware takes the words for noise and goes nowhere: that it stands still is the only sign of it.
        still = self.unit.status.state in (State.IDLE, State.LOADED)
        if still and now_s - self._began_s > DEAF_S and abs(self.behind_deg) > BEHIND_DEG:
            self.is_deaf, self.trouble = True, OLD_FIRMWARE

    def _go_on(self, now_s: float, following: Following) -> None:
        # A tick comes a little early or late. Too soon after a wheel's own word it would say the same once more.
        wanted = self.hand.wanted(now_s) if now_s - following.last_sent_s >= TICK_S * 0.7 else None
        if wanted is None and self.hand.turns_on(now_s):
            self._tell_between(now_s, now_s - following.last_sent_s)
            return
        if wanted is None and self._wanted is not None and now_s - following.last_sent_s >= KEPT_TOLD_S:
            wanted = WantedRing(now_s, self._wanted.ring_deg, rests=True)
        if wanted is not None:
            # Only a hand that moves keeps the ring: one that says over
            # and over where it rests lets go of it in the end.
            if self._wanted is not None and abs(wanted.ring_deg - self._wanted.ring_deg) > 1e-4:
                self._moved_s = now_s
            self._tell(wanted)

    def _tell_between(self, now_s: float, untold_s: float) -> None:
        """Between two words of a wheel: where its course leads, and in any case something before the unit lets go."""
        line = self._estimator.between(now_s) if untold_s >= TICK_S * 0.7 else None
        if untold_s >= KEPT_TOLD_S:
            line = line or self._estimator.onward(now_s)
        if line is not None:
            self._send(line)

    def _watch_lag(self, now_s: float, speed_deg_s: float) -> None:
        # By the fastest of the last moments: a ring that a hand has just outrun is behind it for as long as that takes.
        if now_s - self._fastest[0] > LATELY_S or abs(speed_deg_s) >= self._fastest[1]:
            self._fastest = (now_s, abs(speed_deg_s))
        # No more slack than the motor itself can turn through in that
        # time: what the hand outruns it by is what is to be said.
        fastest = self.unit.tick_hz / self.unit.config.min_interval_ticks / self.unit.steps_per_deg
        if abs(self.behind_deg) <= max(BEHIND_DEG, BEHIND_S * min(self._fastest[1], fastest)):
            self._kept_up_s = now_s

    def _tell(self, wanted: WantedRing) -> None:
        """Keep where the hand is, and say it to the unit where that follows."""
        self._wanted = wanted
        if self._following is None:
            return
        line = self._estimator.add(wanted.at_s, wanted.ring_deg, heard=not wanted.rests)
        self._watch_lag(line.time_s, line.rate)
        self._send(line)

    def _send(self, line: HandLine) -> None:
        assert self._following is not None
        # The unit has let go by itself: what is sent now, it would refuse.
        if self._following.let_go or self._following.fell_silent:
            return  # the next tick begins anew
        scale = self.unit.steps_per_deg
        try:
            self._following.send(line.position * scale, line.rate * scale, line.time_s)
        except StoppedError:
            self.hand.let_go(self.unit.clock.now())
        except FollowFocusError as error:
            self.trouble = str(error)
            self.hand.let_go(self.unit.clock.now())


def _is_elsewhere(wanted: WantedRing | None, unit: FollowFocusUnit) -> bool:
    """Whether the ring stands a step or more from where it is wanted."""
    stands_deg = unit.status.ring_deg
    if wanted is None or stands_deg is None:
        return False
    return abs(wanted.ring_deg - stands_deg) * unit.steps_per_deg >= 1.0


def ready_by_hand(unit: FollowFocusUnit, lens: LensMap, rig: Rig, at_deg: float | None = None) -> None:
    """Set up the unit so that a hand may turn the ring over the whole lens; `at_deg` is where it stands, if known.

    Raises UnitError where the unit doesn't know its position, nobody said it, and there is a real ring on it.
    """
    status = unit.status
    if status.state is State.FAULT:
        raise faulted(status.fault)
    unit.configure(rig)
    place_ring(unit, at_deg)
    unit.set_limits(0.0, lens.travel_deg)
