# SPDX-License-Identifier: MIT
"""The simulated unit's state machine: motion, takes, inputs and faults on its own tick clock, without any bytes.

    device ─→ commands ─→ machine ─→ take | moves ─→ step output ─→ unit state

The device (device.py) moves `unit.now`, hands it commands (commands.py) and sends what `emit` gives. The machine is a
function of ticks only: the same commands at the same ticks give the same edges, however time was cut into calls.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from followfocus.sim.follow import Follower, HandWord
from followfocus.sim.homing import Homing
from followfocus.sim.moves import Moves
from followfocus.sim.ramp import Ramp
from followfocus.sim.silence import silence_tick
from followfocus.sim.states import UNDER_WAY
from followfocus.sim.step_output import StepOutput
from followfocus.sim.take import Played, TakeUnderWay
from followfocus.sim.takes import Takes
from followfocus.sim.unit_state import UnitState
from followfocus.wire.messages import Cause, Fault, Follow, Result, Silence, Source, State, StopInput, Stopped


@dataclass(frozen=True, slots=True)
class MoveEnding:
    """Where a motion goes once it is at rest: back to the state it came from, or to the fault that made it stop.

    `cause` is why it was slowed down; NONE while nobody has.
    """

    back_to: State
    cause: Cause = Cause.NONE
    fault: Fault = Fault.NONE

    def reach(self, unit: UnitState, cause: Cause) -> None:
        """The motion is at rest, by `cause`."""
        if self.fault is Fault.NONE:
            unit.become(self.back_to, cause)
        else:
            unit.fault = self.fault
            unit.become(State.FAULT, Cause.FAULT)


class Machine:
    """A unit's moves, how they end, and what follows. `unit` is its state; steps go out by `output`."""

    def __init__(self, unit: UnitState, output: StepOutput) -> None:
        self.unit = unit
        self._moves = Moves(unit, output)
        self._output = output
        self.takes = Takes(unit, output)
        self._ending = MoveEnding(State.UNREFERENCED)

    @property
    def rate(self) -> int:
        """Present speed, steps/s, signed."""
        take = self.takes.under_way
        return take.rate if take is not None and self._moves.ramp is None else self._moves.rate

    @property
    def homing(self) -> bool:
        """The unit is looking for its stops."""
        return self._moves.homing is not None

    # Time -------------------------------------------------------------------------------------------------------------

    def next_tick(self) -> int | None:
        """When something happens next, edges included; None if nothing will."""
        return first_of(silence_tick(self.unit, self._moves.hand), self._motion_tick(), self.unit.inputs.due_tick)

    def next_report_tick(self, soon: int) -> int | None:
        """When an event may next be told: `soon` where something moves whose end is not known, None for not at all."""
        return first_of(silence_tick(self.unit, self._moves.hand), self._end_tick(soon), self.unit.inputs.due_tick)

    def _end_tick(self, soon: int) -> int | None:
        end = self.takes.end_tick if self._moves.ramp is None else None
        if end is not None:
            # A switch may end a take at any step: then nothing is certain before its end.
            return min(end, soon) if self.unit.config.stop_input is StopInput.HOME_SWITCH else end
        return soon if self._motion_tick() is not None else None

    def happen(self) -> None:
        """Carry out what `next_tick` announced; `unit.now` must be there."""
        now = self.unit.now
        inputs, silence = self.unit.inputs.due_tick, silence_tick(self.unit, self._moves.hand)
        if inputs is not None and inputs <= now:
            self._see_inputs()
        elif silence is not None and silence <= now:
            self._fall_silent()
        # The ramp before the take: a take that is slowed down has both, and only the ramp makes steps.
        elif self._moves.ramp is not None:
            self._move(self._moves.ramp)
        elif self._moves.hand is not None:
            self._follow(self._moves.hand)
        elif self.takes.under_way is not None:
            self._play(self.takes.under_way)

    def _motion_tick(self) -> int | None:
        return self._moves.next_tick if self._moves.under_way else self.takes.next_tick

    def _fall_silent(self) -> None:
        unit = self.unit
        if unit.state is State.ARMED:
            unit.become(State.LOADED, Cause.SILENCE)
        elif unit.state is State.PLAYING and unit.config.take_silence is Silence.STOP_AT_ONCE:
            self._settle(Cause.SILENCE)
        elif self._moves.hand_is_gone and self.rate == 0:
            self._settle(Cause.DONE)
        else:
            self._slow_down(Cause.SILENCE)

    # Motion -----------------------------------------------------------------------------------------------------------

    def go_to(self, target: int, rate: int) -> None:
        """Move to `target` at up to `rate` steps/s."""
        self._set_moving()
        self._moves.go_to(target, rate)
        self._after_aim()

    def jog(self, rate: int) -> None:
        """Turn at `rate` steps/s."""
        if rate == 0 and self.unit.state is not State.MOVING:
            return
        self._set_moving()
        self._moves.jog(rate)
        self._after_aim()

    def follow(self, word: Follow, overtaken: bool = False) -> None:
        """A word of a hand: a following goes on by it, or begins where the unit is free and no stop came after it."""
        if not self._moves.heeds(word) or (overtaken and self._moves.hand is None):
            return
        if self._moves.hand is None:
            self._set_off()
        self._moves.follow(HandWord.of(word, self.unit.now))

    def _follow(self, hand: Follower) -> None:
        hand.step()
        self._output.step(hand.direction_made)
        if self._moves.hand is hand:  # else the step hit a stop
            self._output.point(hand.direction)

    def home(self, max_steps: int) -> None:
        """Look for both stops, each within `max_steps`."""
        self.unit.forget_position()
        self._set_moving()
        self._moves.home(max_steps)
        self._look_for_stop()  # it may stand at the lower one already

    def _set_moving(self) -> None:
        """MOVING, on a ramp: from rest, or as a hand has left off."""
        if self._moves.ramp is not None:
            return
        if self._moves.hand is None:
            self._set_off()
        self._moves.begin()

    def _set_off(self) -> None:
        unit = self.unit
        unit.set_off()
        # Where it came from, for the time when it rests: a go-to leaves the profile that is loaded.
        self._ending = MoveEnding(unit.state if unit.referenced else State.UNREFERENCED)
        unit.become(State.MOVING)

    def _after_aim(self) -> None:
        if self._moves.at_rest:
            self._come_to_rest()
        elif self._moves.ramp is not None:
            self._moves.point()

    def _move(self, ramp: Ramp) -> None:
        direction = ramp.direction
        ramp.step()  # which may turn the ramp round already
        (self.takes.under_way or self._output).step(direction)
        self._after_aim()

    def _come_to_rest(self) -> None:
        """The ramp stands: go back to where the motion came from, and say why it ended."""
        if self.unit.state is State.MOVING and self._moves.homing is not None:
            self._next_phase(self._moves.homing)
            return
        self._settle(self._ending.cause or (Cause.SOFT_LIMIT if self._moves.ran_to_limit else Cause.DONE))

    def _next_phase(self, homing: Homing) -> None:
        """A phase of homing has come to its end by itself."""
        if homing.searching:
            self.latch(Fault.HOME_NOT_FOUND)
        elif homing.at_lower_stop:
            self._moves.search_up(homing)
        else:
            self._moves.end()
            self.unit.be_home()

    def _look_for_stop(self) -> None:
        if self._moves.stop_found():
            self._after_aim()

    # Stopping ---------------------------------------------------------------------------------------------------------

    def stop(self, hard: bool) -> None:
        """STOP or HARD STOP, in any state. Stopped is told first, before any change of state."""
        unit = self.unit
        unit.emit(Stopped(unit.now, int(hard), unit.state, unit.position, int(unit.referenced)))
        if unit.state is State.ARMED:
            unit.become(State.LOADED, Cause.HARD_STOP if hard else Cause.STOP)
        elif unit.state in UNDER_WAY and hard:
            self._settle(Cause.HARD_STOP)
        elif unit.state in UNDER_WAY and unit.state is not State.STOPPING:
            self._slow_down(Cause.STOP)

    def latch(self, fault: Fault, cause: Cause = Cause.FAULT) -> None:
        """Cut whatever moves and hold the fault; the first fault stays."""
        unit = self.unit
        # What came after the first fault is what that has caused.
        if unit.state is State.FAULT:
            return
        unit.fault = fault
        if fault is Fault.STALL or self.homing:
            unit.referenced = False
        self._moves.end()
        self.takes.end(cause)
        unit.become(State.FAULT, cause)

    def stream_failed(self, result: Result) -> None:
        """A streamed segment was bad: slow down, then fault."""
        self._slow_down(Cause.FAULT, Fault.STREAM_CRC if result is Result.CRC_MISMATCH else Fault.STREAM_LIMIT)

    def _slow_down(self, cause: Cause, fault: Fault = Fault.NONE) -> None:
        """STOPPING, and a ramp to rest from the present speed; then FAULT if there is one.

        Where the stream has gone bad it goes no further than what has come of it: nobody knows where the pull ends.
        """
        self._ending = replace(self._ending, cause=cause, fault=fault)
        self.unit.become(State.STOPPING, cause)
        take = self.takes.under_way
        broken = take is not None and fault is not Fault.NONE
        limits = take.profile.reach if take is not None and broken else self.unit.limits
        self._moves.slow_down(take.hand_over() if take is not None else None, limits)
        self._after_aim()

    def _settle(self, cause: Cause) -> None:
        """No step comes any more: back to where motion or take came from, or to the fault that made it stop."""
        self._moves.end()
        self.takes.end(cause)
        self._ending.reach(self.unit, cause)

    # Takes ------------------------------------------------------------------------------------------------------------

    def go(self, number: int, start_clock: int) -> None:
        """Start the armed profile at `start_clock`, as the host has asked."""
        self._set_off_playing(self.takes.begin(number, Source.HOST, start_clock))

    def _set_off_playing(self, take: TakeUnderWay) -> None:
        self.unit.set_off()
        self._ending = MoveEnding(State.IDLE if take.profile.streamed else State.LOADED)
        self.unit.become(State.PLAYING)
        # At once, not at the next look: the answer to GO and the start are of one moment.
        if take.next_tick <= self.unit.now:
            take.start()

    def _play(self, take: TakeUnderWay) -> None:
        played = take.play()
        if played is Played.DRY:
            self._slow_down(Cause.FAULT, Fault.UNDERRUN)
        elif played is Played.ENDED:
            self._settle(Cause.DONE)

    # Inputs -----------------------------------------------------------------------------------------------------------

    def check_stop_button(self) -> None:
        """Latch where a stop button is held already: a level that stands is as good as an edge."""
        if self.unit.stop_button_held:
            self.latch(Fault.STOP_INPUT, Cause.STOP_INPUT)

    def _see_inputs(self) -> None:
        """Take in the new levels. The stop comes first: a cue in the same moment must not start under it."""
        unit = self.unit
        if unit.inputs.stop.settle(unit.now) is not None:
            self._stop_moved()
        edge_tick = unit.inputs.cue.settle(unit.now)
        if edge_tick is not None and unit.cue.sees(unit.inputs.cue.active, edge_tick):
            # Told by its edge, played from a fixed lead after it.
            take = self.takes.begin_by_cue(edge_tick)
            self._set_off_playing(take)
            take.tell_start(edge_tick)

    def _stop_moved(self) -> None:
        """A button counts as long as it is held, a switch by its edge."""
        unit = self.unit
        self.check_stop_button()
        if self.homing:
            self._look_for_stop()
        elif unit.stop_level and unit.config.stop_input is StopInput.HOME_SWITCH and unit.state in UNDER_WAY:
            self.latch(Fault.STALL)


def first_of(*ticks: int | None) -> int | None:
    """The earliest of them that is one."""
    return min((tick for tick in ticks if tick is not None), default=None)
