# SPDX-License-Identifier: MIT
"""Where the ring is and where it goes: reference, limits, homing, go-to, follow, jog and stop, in ring degrees."""

from __future__ import annotations

import math
from dataclasses import dataclass

from followfocus.errors import LineError, RequestError, UnitError
from followfocus.unit.line import FOREVER_S, UnitLine
from followfocus.unit.setup import UnitSetup
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import (
    Cause,
    ClearFault,
    ConfirmPosition,
    GetLastKnown,
    Goto,
    Home,
    Jog,
    LastKnown,
    Park,
    SetLimits,
    SetPosition,
    State,
)
from followfocus.wire.refusals import faulted

STOP_ANSWER_S = 1.0
JOG_ATTENTION_S = 0.4
"""A jog goes on this long after the last call of `jog`; then the unit's dead man stops it."""
FOLLOW_ATTENTION_S = 2.0
SPAN_TOLERANCE = 0.005
PATIENCE, OVERDUE_S = 1.25, 3.0
"""A motion may take this many times as long as it should, and as many seconds more, until it is taken for stuck."""
LONGEST_STOP_S = 10.0
TRIES, MOMENT_S = 3, 1.0
"""A move that a silence of the host ended is asked for so often in all, if it is heard of within a moment."""
_AGAIN = "Try again; if it happens again, put the firmware on it anew."
_CUT_POWER = "Cut the motor's power if it still turns."

_CAUSES = {
    Cause.NONE: "why was not heard, a word of the unit was lost on the line",
    Cause.DONE: "it says that it arrived",
    Cause.STOP: "it was stopped",
    Cause.HARD_STOP: "it was stopped hard",
    Cause.STOP_INPUT: "the stop button was pressed",
    Cause.SILENCE: "it did not hear from the host in time",
    Cause.SOFT_LIMIT: "a soft limit was reached",
    Cause.FAULT: "a fault",
}
_REMEDIES = {
    Cause.NONE: "Look at the cable.",
    Cause.SILENCE: "Look at the cable, and at what else keeps this computer busy.",
}


@dataclass(frozen=True, slots=True)
class HomeReport:
    """The result of homing: the ring's travel between its stops, and the lens's own figure (None: it has none)."""

    span_deg: float
    expected_deg: float | None

    @property
    def off_share(self) -> float:
        """How far the measured travel is off, as a share of the lens's."""
        return 0.0 if self.expected_deg is None else self.span_deg / self.expected_deg - 1.0


@dataclass(frozen=True, slots=True)
class KnownPosition:
    """A position that was kept by parking: ring angle and soft limits, degrees."""

    ring_deg: float
    low_deg: float
    high_deg: float


class RingMoves:
    """Where the ring of the unit on `line` is, and its moves, in degrees by the gearing of `setup`."""

    def __init__(self, line: UnitLine, setup: UnitSetup) -> None:
        self._line = line
        self._link = line.link
        self._held = line.held
        self._setup = setup

    # Reference --------------------------------------------------------------------------------------------------------

    def set_reference(self, ring_deg: float) -> None:
        """The ring stands at `ring_deg` now: someone looked, and the motor held it (see `energise`)."""
        # Gears and hold first: by other gears the step is another place, and a rotor that takes hold may jump off it.
        self._setup.restore()
        self._setup.energise()
        step = self._step_at(ring_deg)
        self._line.tell(SetPosition(step))
        self._held.forget_profile()
        status = self._line.refresh()
        if not status.referenced or status.position != step:
            raise UnitError(f"The unit didn't accept {ring_deg:z.2f}° as the ring's position.", "position", _AGAIN)

    def set_limits(self, low_deg: float, high_deg: float) -> None:
        """Soft limits, both included; forgets a loaded profile."""
        if not low_deg <= high_deg:
            raise RequestError(
                f"Soft limits from {low_deg}° to {high_deg}° leave no room.", "The lower one goes first."
            )
        limits = (self._step_at(low_deg), self._step_at(high_deg))
        self._line.tell(SetLimits(*limits))
        self._held.limits_steps = limits  # only once the unit has taken them: it is what it will go by
        self._held.forget_profile()

    def home(self, travel_deg: float | None = None) -> HomeReport:
        """Find both stops with the home switch; 0° is at the infinity stop then. Forgets a loaded profile.

        A travel more than 0.5 % off the lens's (a slip, or other gears) leaves the position unknown: UnitError.
        """
        self._setup.restore()
        if travel_deg is not None and not 0 < travel_deg < math.inf:
            raise RequestError(f"A travel of {travel_deg:g}° is none.", "Give the lens's, above 0.")
        # More than once round meets any ring's stop; a fifth beyond the lens's gives a slipping motor little to grind.
        reach = self._step_at(400.0 if travel_deg is None else 1.2 * travel_deg + 5.0) + 1
        if self._line.refresh().state is State.LOADED:  # a unit homes without a profile, which is void then anyway
            self._line.unload()
        # Twice the time: each of the two stops is looked for.
        status = self._moved(Home(reach), 2 * self._travel_s(reach, self._setup.config.home_rate), "homing")
        if not status.referenced:
            raise UnitError("Homing was cut short.", status.cause.name.lower(), "Home again.")
        span, backoff = status.position, self._setup.config.home_backoff
        # The unit measures between the two places to which it has backed off.
        report = HomeReport(self._deg(span + 2 * backoff), travel_deg)
        if abs(report.off_share) > SPAN_TOLERANCE:
            # A count that is wrong is worse than none: without a place nothing moves until somebody has looked.
            self._setup.release()
            raise UnitError(
                f"The ring turned {report.span_deg:z.2f}° from stop to stop, the lens says {travel_deg:z.2f}°: "
                f"{report.off_share:+z.1%}.",
                "span",
                "Check that the lens is the right one, its gear's teeth, and that nothing slips. Then home again.",
            )
        # The unit counts from where it has moved off the lower stop; 0° of the lens is the stop itself.
        self._line.tell(SetPosition(span + backoff))
        self._line.tell(SetLimits(backoff, span + backoff))
        self._held.limits_steps = (backoff, span + backoff)
        self._line.refresh()
        return report

    def park(self) -> None:
        """Keep the position through power-off and release the motor.

        With it the settings are kept: a count of steps is a place only by the gears that it was counted with.
        """
        self._setup.save_config()
        self._line.tell(Park())
        self._held.forget_profile()
        self._line.refresh()

    def last_known(self) -> KnownPosition | None:
        """The position kept by parking, if there is one and nothing has moved since."""
        known = self._line.ask(GetLastKnown(), LastKnown)
        if not known.valid or self._setup.lost:
            return None
        return KnownPosition(*map(self._deg, (known.position, known.minimum, known.maximum)))

    def confirm_position(self) -> UnitStatus:
        """Take the parked position as true: someone has looked at the ring, and the motor held it (see `energise`)."""
        self._setup.restore()
        _refuse_if_lost(self._setup)
        # Asked first: where nothing is kept the motor stays as it is, and the unit's refusal below says why.
        known = self._line.ask(GetLastKnown(), LastKnown)
        if known.valid:
            self._setup.energise()
        self._line.tell(ConfirmPosition())
        self._held.limits_steps = (known.minimum, known.maximum)
        self._held.forget_profile()
        return self._line.refresh()

    # Motion -----------------------------------------------------------------------------------------------------------

    def goto_deg(self, ring_deg: float, speed_deg_s: float | None = None, *, wait: bool = True) -> UnitStatus:
        """Move to a ring angle, at the configured speed if none is given."""
        return self.goto_step(self._step_at(ring_deg), speed_deg_s, wait=wait)

    def head_for(self, ring_deg: float, speed_deg_s: float | None = None) -> None:
        """Head for a ring angle; for a knob, as often as it turns. A target that is still waiting is replaced.

        Returns at once. A refusal goes to the listeners as UnitError.
        """
        self._held.approached = None
        command = Goto(self._step_at(ring_deg), _rate(speed_deg_s, self._line.keeper.steps_per_deg))
        # For as long as the way may take: a slow motor needs longer for a whole lens than a hand looks away.
        way_s = self._travel_s(command.position - self._line.status.position, command.rate)
        self._link.attend(self._link.clock.now() + max(FOLLOW_ATTENTION_S, way_s))
        self._line.post(command, "follow")

    def jog(self, speed_deg_s: float) -> None:
        """Turn at a speed, its sign the direction; 0 slows to rest. Returns at once.

        Call it again at least three times a second for as long as it is meant: 0.4 s after the last call the unit
        hears nothing more, and its dead man stops it.
        """
        self._held.approached = None
        command = Jog(round(speed_deg_s * self._line.keeper.steps_per_deg))
        # The unit hears from this host for so long and no longer: a desk that hangs with the key down stops the ring.
        self._link.attend(self._link.clock.now() + JOG_ATTENTION_S)
        self._line.post(command, "jog")

    def stop(self, *, wait: bool = True) -> UnitStatus:
        """Slow down and stand; the position stays known. With `wait` False returns at once, bytes sent."""
        return self._stop(hard=False, wait=wait)

    def hard_stop(self, *, wait: bool = True) -> UnitStatus:
        """Not one step further."""
        return self._stop(hard=True, wait=wait)

    def clear_fault(self) -> UnitStatus:
        """Leave FAULT."""
        self._line.tell(ClearFault())
        self._held.forget_profile()
        status = self._line.refresh()
        if status.state is State.FAULT:
            raise faulted(status.fault)
        return status

    # How it is done ---------------------------------------------------------------------------------------------------

    def _step_at(self, ring_deg: float) -> int:
        if not math.isfinite(ring_deg) or abs(ring_deg * self._line.keeper.steps_per_deg) >= 2**31 - 1:
            raise RequestError(f"A ring angle of {ring_deg}° can't be reached.", "Give one on the lens's scale.")
        return round(ring_deg * self._line.keeper.steps_per_deg)

    def goto_step(self, step: int, speed_deg_s: float | None = None, *, wait: bool = True) -> UnitStatus:
        """Move to a step. With `wait` raises UnitError where the move ended elsewhere or was cut short."""
        command = Goto(step, _rate(speed_deg_s, self._line.keeper.steps_per_deg))
        if not wait:
            self._held.approached = None
            travel_s = self._travel_s(step - self._line.status.position, command.rate)
            self._link.attend(self._link.clock.now() + travel_s)
            self._line.begin(command)
            return self._line.status
        for tries in range(1, TRIES + 1):
            status, cause = self._went(command)
            # Silence may end a move in the moment in which it arrives: then it has.
            if status.position == step and cause in (Cause.NONE, Cause.DONE, Cause.SILENCE):
                return status
            # A busy computer was late by a moment: what was asked for still holds, or asking again raises. Not after a
            # longer pause, such as of a computer that slept: nobody would look for the ring to turn then.
            late_s = (status.clock - status.cause_clock) / self._line.tick_hz
            if cause is not Cause.SILENCE or late_s > MOMENT_S or tries == TRIES:
                break
        where = f"{status.ring_deg:z.2f}°" if status.ring_deg is not None else "an unknown angle"
        words = f"The move to {self._deg(step):z.2f}° ended at {where} ({_CAUSES[cause]})."
        raise UnitError(words, cause.name.lower(), _REMEDIES.get(cause, ""))

    def _went(self, command: Goto) -> tuple[UnitStatus, Cause]:
        """Where a move has ended, and why.

        By the unit's clock: the cause of an earlier move still stands in the status, and must not be taken for this
        one's.
        """
        # Taken before the move is sent: any cause that is stamped later belongs to it.
        before = self._line.status
        travel_s = self._travel_s(command.position - before.position, command.rate)
        status = self._moved(command, travel_s, f"the move to {self._deg(command.position):z.2f}°")
        return status, status.cause if status.cause_clock > before.clock else Cause.NONE

    def _travel_s(self, steps: int, rate: int) -> float:
        """How long a move of `steps` takes at most, at `rate` steps/s (0: the configured rate) where it stands now."""
        config = self._setup.config
        speed = min(rate or config.goto_rate, self._top_rate())
        # A ring that still turns the other way has to be stopped first.
        now = abs(self._line.status.speed_deg_s) * self._line.keeper.steps_per_deg
        return abs(steps) / speed + (now + speed) / config.accel + 1.0

    def _top_rate(self) -> float:
        return max(1.0, self._line.tick_hz / self._setup.config.min_interval_ticks)

    def _slowing_s(self) -> float:
        """How long it takes to come to rest, from the highest speed that the unit allows."""
        # Bounded: settings of a crawling motor must not make a person
        # wait minutes for the word that STOP was not obeyed.
        return min(LONGEST_STOP_S, self._top_rate() / self._setup.config.accel)

    def _moved(self, command: Goto | Home, travel_s: float, what: str) -> UnitStatus:
        """Begin a motion and wait until it is over. Raises UnitError in FAULT, LineError if the link is lost.

        StoppedError if a stop voided it. A unit that still says it moves long after `travel_s` seconds is told to stop,
        and that is a UnitError too.
        """
        self._held.approached = None
        # For as long as somebody waits here: a moving unit that hears nothing for 250 ms slows down.
        self._link.attend(FOREVER_S)
        try:
            self._line.begin(command)
            status = self._line.wait_until(lambda status: status.at_rest, PATIENCE * travel_s + OVERDUE_S)
        finally:
            self._link.attend(-FOREVER_S)
        if status is None:
            self._link.stop(hard=False)
            raise UnitError(
                f"The unit still says that it moves, long after {what} should have ended ({travel_s:.1f} s): "
                "it was told to stop.",
                "overdue",
                "Look at the ring before anything else; cut the motor's power if it turns.",
            )
        if status.state is State.FAULT:
            raise faulted(status.fault)
        if status.cause in (Cause.STOP, Cause.HARD_STOP):
            self._link.orders.check()  # heard together with the stop that ended it: void, and no failure of the move's
        return status

    def _stop(self, *, hard: bool, wait: bool) -> UnitStatus:
        self._link.stop(hard=hard)
        self._held.approached = None
        if not wait:
            return self._line.status
        # The wait for a stop's answer is the one that no further stop may cut short.
        with self._link.orders.unbound():
            if self._link.wait_for(lambda: not self._link.stopping or None, STOP_ANSWER_S) is None:
                raise LineError("STOP was not answered.", _CUT_POWER)
            status = self._line.wait_until(lambda status: status.at_rest, self._slowing_s() + OVERDUE_S)
        self._link.attend(-FOREVER_S)
        if status is None:
            raise UnitError("STOP was answered, but the unit still says that it moves.", "overdue", _CUT_POWER)
        return status

    def _deg(self, step: int) -> float:
        return step / self._line.keeper.steps_per_deg


def _refuse_if_lost(setup: UnitSetup) -> None:
    """Steps are a place only by the gears that they were counted with: those go with the settings."""
    if setup.lost:
        words = "The unit has lost its settings, and what was parked was counted by them."
        raise UnitError(words, "nothing_known", "Set them, then say where the ring stands.")


def _rate(speed_deg_s: float | None, steps_per_deg: float) -> int:
    """Steps a second; 0, which a unit reads as its configured speed, for None."""
    if speed_deg_s is None:
        return 0
    if not (math.isfinite(speed_deg_s) and speed_deg_s > 0):
        raise RequestError(f"A speed of {speed_deg_s}°/s moves nothing.", "Give one above 0.")
    steps_per_s = speed_deg_s * steps_per_deg
    if steps_per_s >= 2**31:
        raise RequestError(f"No unit turns a ring at {speed_deg_s:g}°/s.", "Give a speed that a motor can reach.")
    # It would round to rate 0.
    if steps_per_s < 0.5:
        slowest = 1.0 / steps_per_deg
        raise RequestError(f"{speed_deg_s:g}°/s is less than a step a second.", f"Give at least {slowest:.2g}°/s.")
    return max(1, round(steps_per_s))
