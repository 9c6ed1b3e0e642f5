# SPDX-License-Identifier: MIT
"""Motion that the simulated unit plans itself: go-to, jog, homing, slowing to rest, and following a hand."""

from __future__ import annotations

from followfocus.sim.follow import REACH, Follower, HandPause, HandWord, makes_sense
from followfocus.sim.homing import Homing
from followfocus.sim.ramp import FULL_RANGE, Ramp
from followfocus.sim.step_output import StepOutput
from followfocus.sim.take import Carried
from followfocus.sim.unit_state import UnitState
from followfocus.wire.messages import Follow, State


class Moves:
    """The ramp under way, if there is one, and what it is for; or the hand that is followed."""

    def __init__(self, unit: UnitState, output: StepOutput) -> None:
        self._unit, self._output = unit, output
        self.ramp: Ramp | None = None
        self.hand: Follower | None = None
        self.homing: Homing | None = None
        self._jogging = False
        self._hand_pause = HandPause()

    @property
    def next_tick(self) -> int | None:
        """When the next step is due; None at rest."""
        motion = self.ramp or self.hand
        return None if motion is None else motion.next_tick

    @property
    def rate(self) -> int:
        """Present speed, steps/s, signed."""
        motion = self.ramp or self.hand
        return 0 if motion is None else round(motion.speed) * motion.direction

    @property
    def under_way(self) -> bool:
        """The ring turns by a plan of the unit's own, or waits for a hand to turn it."""
        return self.ramp is not None or self.hand is not None

    @property
    def hand_is_gone(self) -> bool:
        """A hand has been followed that says nothing any more."""
        return self.hand is not None and self.hand.silence_tick <= self._unit.now

    @property
    def at_rest(self) -> bool:
        """There is a ramp, and it has no step to come."""
        return self.ramp is not None and self.ramp.next_tick is None

    @property
    def ran_to_limit(self) -> bool:
        """A jog that a soft limit has ended."""
        return self._jogging and self.ramp is not None and self.ramp.at_limit

    def begin(self) -> None:
        """From rest, within the soft limits where the position is known."""
        unit = self._unit
        limits = unit.limits if unit.referenced else FULL_RANGE
        self.ramp = self._ramp_from_rest(limits) if self.hand is None else self._ramp_from_hand(self.hand, limits)

    def heeds(self, word: Follow) -> bool:
        """Whether a word of a hand counts: in a following, or as its first word, after a pause and from rest.

        The pause: a hand that was stopped goes on talking, and must not take hold again before it has let go.
        """
        unit = self._unit
        if not makes_sense(word):
            return False
        paused = self._hand_pause.over(unit.now, unit.tick_hz)
        free = unit.state in (State.IDLE, State.LOADED) and not unit.stop_button_held
        return self.hand is not None or (paused and free and -REACH <= unit.position < REACH)

    def follow(self, line: HandWord) -> None:
        """Follow a hand's newest word, from rest if none has been followed."""
        unit = self._unit
        if self.hand is None:
            rules = unit.ramp_rules(unit.limits if unit.referenced else FULL_RANGE)
            self.hand = Follower(rules, unit.position, unit.from_tick, self._output.direction)
        self.hand.hear(line, unit.from_tick)
        self._output.point(self.hand.direction)

    def go_to(self, target: int, rate: int) -> None:
        """Aim at `target`, at up to `rate` steps/s."""
        self._begun.aim_at(target, rate, self._unit.from_tick)
        self._jogging = False

    def jog(self, rate: int) -> None:
        """Turn at `rate` steps/s; no faster than homing where nobody knows how near a stop is."""
        if not self._unit.referenced:
            rate = max(-self._unit.config.home_rate, min(self._unit.config.home_rate, rate))
        self._begun.aim_rate(rate, self._unit.from_tick)
        self._jogging = rate != 0

    def slow_down(self, carried: Carried | None, limits: tuple[int, int]) -> None:
        """To rest: the ramp under way, or a new one that goes on as a take left off."""
        self.homing = None
        if self.hand is not None:
            self.ramp = self._ramp_from_hand(self.hand, limits)
        elif self.ramp is None:
            self.ramp = self._ramp_from_rest(limits) if carried is None else self._ramp_from(carried, limits)
        self.ramp.aim_rate(0.0, self._unit.now)
        if carried is not None and carried.due is not None:
            self.ramp.hold_back(carried.due)

    def point(self) -> None:
        """DIR for the next step."""
        self._output.point(self._begun.direction)

    def end(self) -> None:
        """No step comes any more."""
        self.ramp = self.hand = None
        self.homing = None

    # Homing -----------------------------------------------------------------------------------------------------------

    def home(self, max_steps: int) -> None:
        """Look for the lower stop first."""
        self._jogging = False
        self.homing = Homing(max_steps, self._unit.config.home_backoff)
        self._aim(self.homing)

    def stop_found(self) -> bool:
        """The input moved while homing: whether that was a stop. The steps are cut then, and the ring moves off it."""
        if self.homing is None or not self.homing.sees(self._unit.stop_level):
            return False
        self.homing.back_off()
        self._aim(self.homing)
        return True

    def search_up(self, homing: Homing) -> None:
        """Off the lower stop, which is zero: now the upper one."""
        assert homing.at_lower_stop
        self._unit.position = 0
        homing.search_up()
        self._aim(homing)

    def _aim(self, homing: Homing) -> None:
        """From rest, to where the present phase goes."""
        unit = self._unit
        self.ramp = self._ramp_from_rest(FULL_RANGE)
        self.ramp.aim_at(homing.target(unit.position), unit.config.home_rate, unit.from_tick)
        self.point()

    @property
    def _begun(self) -> Ramp:
        assert self.ramp is not None
        return self.ramp

    def _ramp_from_rest(self, limits: tuple[int, int]) -> Ramp:
        unit = self._unit
        return Ramp(unit.ramp_rules(limits), unit.position, unit.from_tick, direction=self._output.direction)

    def _ramp_from_hand(self, hand: Follower, limits: tuple[int, int]) -> Ramp:
        """A ramp that carries on at the speed that the ring follows a hand at."""
        self.hand = None
        return self._ramp_from(Carried(hand.anchor, hand.speed, hand.direction), limits)

    def _ramp_from(self, carried: Carried, limits: tuple[int, int]) -> Ramp:
        unit = self._unit
        rules = unit.ramp_rules(limits)
        return Ramp(rules, unit.position, carried.since, carried.speed, carried.direction)
