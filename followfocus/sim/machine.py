# SPDX-License-Identifier: MIT
"""The simulated unit's state machine: motion, takes, inputs and faults on its own tick clock, without any bytes.

The device (device.py) moves `now`, hands it commands (commands.py) and sends what `emit` gives. The machine is a
function of ticks only: the same commands at the same ticks give the same edges, however time was cut into calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from followfocus.sim.follow import REACH, Follower, HandLine, HandPause, makes_sense
from followfocus.sim.homing import Homing, HomingPhase
from followfocus.sim.inputs import CUE_LEAD_TICKS, CueInput, FilteredPin, has_stop_button, stop_active
from followfocus.sim.motor_current import MotorCurrent, MotorSwitch
from followfocus.sim.pins import StepPins
from followfocus.sim.player import Next, Player
from followfocus.sim.profile import Bounds, ProfileMemory
from followfocus.sim.ramp import FULL_RANGE, Ramp, RampRules
from followfocus.sim.states import FOLLOWS, UNDER_WAY
from followfocus.sim.store import Store
from followfocus.wire.messages import (
    TICK_FRACTION,
    Cause,
    Config,
    CueEdge,
    Fault,
    Flag,
    Follow,
    Homed,
    LastKnown,
    Message,
    ProfileBegin,
    Result,
    Silence,
    Source,
    State,
    StateChanged,
    StopInput,
    Stopped,
    TakeEnded,
    TakeStarted,
)


@dataclass(slots=True)
class TakeRecord:
    """The take under way, as TakeEnded will tell it."""

    take: int
    source: Source
    start_clock: int
    told: bool = False
    first_edge: int = 0
    last_edge: int = 0
    steps: int = 0


DRY_SOON_MS = 3
"""A stream that will have run dry by then is slowed down now."""


class Machine:
    """States, motion and position of one unit since its last reset. All times are ticks since then.

    `pins` get every step; `edge(tick)` is called after each, `blocked(tick)` says whether the stall output is active
    there, `energise` switches the motor. `low` are the levels of stop and cue input at the start.
    """

    def __init__(
        self,
        store: Store,
        tick_hz: int,
        capacity: int,
        fastest_interval_ticks: int,
        emit: Callable[[Message], None],
        pins: StepPins,
        edge: Callable[[int], None],
        blocked: Callable[[int], bool],
        energise: MotorSwitch,
        low: tuple[bool, bool] = (False, False),
    ) -> None:
        self.store = store
        self.tick_hz = tick_hz
        self.capacity = capacity
        self.fastest_interval_ticks = fastest_interval_ticks
        self._emit, self._pins, self._edge, self._blocked = emit, pins, edge, blocked
        self.motor = MotorCurrent(energise)
        self.now = 0
        self.config = store.kept.config
        self.safety = store.kept.safety
        self.limits = FULL_RANGE
        self.state = State.UNREFERENCED
        self.fault = Fault.NONE
        self.position = 0
        self.referenced = False
        self.profile: ProfileMemory | None = None
        self.last_take: TakeEnded | None = None
        self.last_take_number = 0
        self.heard_tick = 0
        self._stop_pin, self._cue_pin = (FilteredPin(level) for level in low)
        self.cue = CueInput()
        self._ramp: Ramp | None = None
        self._jogging = False
        self._player: Player | None = None
        self._take: TakeRecord | None = None
        self._return_to = State.UNREFERENCED
        self._stop_cause = Cause.NONE
        self._fault_at_rest = Fault.NONE
        self._direction = 0
        self._hand: Follower | None = None
        self._hand_pause = HandPause()
        self._homing: Homing | None = None

    # What is asked of it ----------------------------------------------------------------------------------------------

    @property
    def min_interval_ticks(self) -> int:
        """The shortest time from step to step, ticks."""
        return max(self.config.min_interval_ticks, self.fastest_interval_ticks)

    @property
    def rate(self) -> int:
        """Present speed, steps/s, signed."""
        if self._player is not None and self._player.interval:
            return self._player.moving * (self.tick_hz * TICK_FRACTION // self._player.interval)
        if self._ramp is not None:
            return round(self._ramp.speed) * self._ramp.direction
        if self._hand is not None:
            return round(self._hand.speed) * self._hand.direction
        return 0

    @property
    def flags(self) -> Flag:
        """The bits of Telemetry."""
        profile = self.profile
        bits = (
            (self.referenced, Flag.REFERENCED),
            (self.motor.on, Flag.ENERGISED),
            (self.cue.enabled, Flag.CUE_ENABLED),
            (profile is not None and profile.complete, Flag.PROFILE_COMPLETE),
            (profile is not None and profile.streamed, Flag.STREAMING),
            (self.store.kept.last_known is not None, Flag.LAST_KNOWN),
            (self.stop_level, Flag.STOP_ACTIVE),
            (self._cue_pin.shown, Flag.CUE_ACTIVE),
        )
        return Flag(sum(flag for held, flag in bits if held))

    @property
    def stop_level(self) -> bool:
        """The stop or stall input is active."""
        return stop_active(self.config.stop_input, self._stop_pin.active)

    @property
    def stop_button_held(self) -> bool:
        """A stop button is wired and pressed, or its wire is broken: nothing may move."""
        return has_stop_button(self.config.stop_input) and self.stop_level

    @property
    def settling(self) -> bool:
        """The motor was off, and its rotor is not yet where the field has it."""
        return self.motor.settled_tick > self.now

    @property
    def homing(self) -> bool:
        """The unit is looking for its stops."""
        return self._homing is not None

    # Time -------------------------------------------------------------------------------------------------------------

    def next_tick(self) -> int | None:
        """When something happens next, edges included; None if nothing will."""
        return _first(self._silence_tick(), self._motion_tick(), self._input_tick())

    def next_report_tick(self, soon: int) -> int | None:
        """When an event may next be told: `soon` where something moves whose end is not known, None for not at all."""
        return _first(self._silence_tick(), self._end_tick(soon), self._input_tick())

    def _input_tick(self) -> int | None:
        return _first(self._stop_pin.due_tick, self._cue_pin.due_tick)

    def _end_tick(self, soon: int) -> int | None:
        take, profile = self._take, self.profile
        if take is not None and self._player is None and self._ramp is None:
            return take.start_clock
        may_stall = self.config.stop_input is StopInput.HOME_SWITCH
        if take is not None and self._player is not None and profile is not None and profile.duration is not None:
            end = take.start_clock + profile.duration // TICK_FRACTION
            return min(end, soon) if may_stall else end
        return soon if self._motion_tick() is not None else None

    def happen(self) -> None:
        """Carry out what `next_tick` announced; `now` must be there."""
        inputs, silence = self._input_tick(), self._silence_tick()
        if inputs is not None and inputs <= self.now:
            self._see_inputs()
        elif silence is not None and silence <= self.now:
            self._fall_silent()
        elif self._player is not None:
            self._play(self._player)
        elif self._ramp is not None:
            self._move(self._ramp)
        elif self._hand is not None:
            self._follow(self._hand)
        elif self._take is not None:
            self._start_take(self._take)

    def _motion_tick(self) -> int | None:
        if self._player is not None:
            return self._player.next_tick
        if self._ramp is not None:
            return self._ramp.next_tick
        if self._hand is not None:
            return self._hand.next_tick
        return self._take.start_clock if self._take is not None else None

    def _silence_tick(self) -> int | None:
        if self._hand is not None:
            return max(self._hand.silence_tick, self.now)
        armed = self.state is State.ARMED and self.safety.armed_silence_s > 0
        listens = self.state is State.MOVING or (
            self.state is State.PLAYING and self.config.take_silence is not Silence.FINISH
        )
        if not listens and not armed:
            return None
        silence_ms = 1000 * self.safety.armed_silence_s if armed else self.config.silence_ms
        return max(self.heard_tick + silence_ms * self.tick_hz // 1000, self.now)

    def _fall_silent(self) -> None:
        if self.state is State.ARMED:
            self.become(State.LOADED, Cause.SILENCE)
        elif self.state is State.PLAYING and self.config.take_silence is Silence.STOP_AT_ONCE:
            self._settle(Cause.SILENCE)
        elif self._hand is not None and not self._hand.speed:
            self._settle(Cause.DONE)
        else:
            self._slow_down(Cause.SILENCE)

    # States -----------------------------------------------------------------------------------------------------------

    def become(self, state: State, cause: Cause = Cause.NONE) -> None:
        """Go to `state` and tell it; the same state again is nothing."""
        if state is self.state:
            return
        assert state in FOLLOWS[self.state], f"{self.state.name} is not followed by {state.name}"
        before, self.state = self.state, state
        if state is not State.ARMED:
            self.cue.disarm()
        self._emit(StateChanged(self.now, before, state, cause, self.fault, self.position))

    def latch(self, fault: Fault, cause: Cause = Cause.FAULT) -> None:
        """Cut whatever moves and hold the fault; the first fault stays."""
        if self.state is State.FAULT:
            return
        self.fault, self._fault_at_rest = fault, Fault.NONE
        if fault is Fault.STALL or self.homing:
            self.referenced = False
        self._end_motion()
        self._end_take(cause)
        self.become(State.FAULT, cause)

    def forget_profile(self) -> None:
        """Drop the profile; LOADED becomes IDLE."""
        self.profile = None
        if self.state is State.LOADED:
            self.become(State.IDLE)

    def drop_profile(self) -> None:
        """The profile turned out bad: from ARMED too."""
        if self.state is State.ARMED:
            self.become(State.LOADED, Cause.FAULT)
        self.forget_profile()

    def refer(self, position: int) -> None:
        """The ring stands at `position`."""
        self.position = position
        self.referenced = True
        self.hold()
        self.forget_profile()
        if self.state is State.UNREFERENCED:
            self.become(State.IDLE)

    def release(self) -> None:
        """Release the motor: whoever touches the ring now is not seen."""
        self.motor.release()
        self.referenced = False
        self.forget_profile()
        if self.state is not State.FAULT:
            self.become(State.UNREFERENCED)

    def hold(self) -> None:
        """Switch the motor's current on."""
        self.motor.hold(self.now, self.safety.settle_ms * self.tick_hz // 1000)

    def clear_fault(self) -> None:
        """Leave FAULT."""
        self.fault = Fault.NONE
        self.profile = None
        self.become(State.IDLE if self.referenced else State.UNREFERENCED)

    # Motion -----------------------------------------------------------------------------------------------------------

    def go_to(self, target: int, rate: int) -> None:
        """Move to `target` at up to `rate` steps/s."""
        self._ensure_ramp().aim_at(target, rate, self._from_tick)
        self._jogging = False
        self._after_aim()

    def jog(self, rate: int) -> None:
        """Turn at `rate` steps/s."""
        if rate == 0 and self.state is not State.MOVING:
            return
        if not self.referenced:
            rate = max(-self.config.home_rate, min(self.config.home_rate, rate))
        self._ensure_ramp().aim_rate(rate, self._from_tick)
        self._jogging = rate != 0
        self._after_aim()

    def follow(self, word: Follow) -> None:
        """A word of a hand: follow it, if this is a following, or the first word after a pause and the unit is free."""
        if not makes_sense(word):
            return
        paused = self._hand_pause.over(self.now, self.tick_hz)
        if self._hand is None and paused and self._may_follow:
            self._set_off()
            self._begin_motion()
            self._hand = Follower(self._rules(self.limits), self.position, self._from_tick, self._direction)
            self.become(State.MOVING)
        if self._hand is not None:
            self._hand.hear(HandLine.of(word, self.now), self._from_tick)
            self._point(self._hand.direction)

    @property
    def _may_follow(self) -> bool:
        free = self.state in (State.IDLE, State.LOADED) and not self.stop_button_held
        return free and -REACH <= self.position < REACH

    def home(self, max_steps: int) -> None:
        """Look for both stops, each within `max_steps`."""
        self.referenced = False
        self.position = 0
        self._homing = Homing(max_steps, self.config.home_backoff)
        self._jogging = False
        self._ensure_ramp(FULL_RANGE)
        self._aim_homing(self._homing)
        if self.stop_level:
            self._stop_found()

    @property
    def _from_tick(self) -> int:
        """From when on the ring may move: now, or when a motor that was off has settled."""
        return max(self.now, self.motor.settled_tick)

    def _rules(self, limits: tuple[int, int]) -> RampRules:
        return RampRules(self.tick_hz, self.config.accel, self.min_interval_ticks, self.config.dir_setup_ticks, limits)

    def _ensure_ramp(self, limits: tuple[int, int] | None = None) -> Ramp:
        """The ramp under way, or a new one from rest, and MOVING."""
        if self._ramp is not None:
            return self._ramp
        rules = self._rules(limits or (self.limits if self.referenced else FULL_RANGE))
        if self._hand is not None:
            self._ramp = self._ramp_from_hand(self._hand)
            return self._ramp
        self._set_off()
        self._begin_motion()
        self._ramp = Ramp(rules, self.position, self._from_tick, direction=self._direction)
        self.become(State.MOVING)
        return self._ramp

    def _begin_motion(self) -> None:
        self._return_to = State.UNREFERENCED if not self.referenced else self.state
        self._stop_cause = Cause.NONE

    def _ramp_from_hand(self, hand: Follower) -> Ramp:
        """A ramp that carries on at the speed that the ring follows a hand at."""
        self._hand = None
        return Ramp(self._rules(self.limits), self.position, hand.anchor, hand.speed, hand.direction)

    def _follow(self, hand: Follower) -> None:
        hand.step()
        self._step(hand.direction_made, hand.position)
        if self._hand is hand:  # else the step hit a stop
            self._point(hand.direction)

    def _set_off(self) -> None:
        """The motor takes hold, and what was known from before the power went is no longer true."""
        self.hold()
        if self.store.kept.last_known is not None:
            self.store.write(last_known=None)

    def _after_aim(self) -> None:
        if self._ramp is not None and self._ramp.next_tick is None:
            self._come_to_rest(self._ramp)
        elif self._ramp is not None:
            self._point(self._ramp.direction)

    def _point(self, direction: int) -> None:
        """DIR for the step that is planned next: it must have stood for a while when that comes."""
        self._pins.point(direction * self.config.direction, self.now)

    def _move(self, ramp: Ramp) -> None:
        ramp.step()
        self._step(ramp.direction, ramp.position)
        if self._ramp is not ramp:  # the step hit a stop
            return
        if ramp.next_tick is None:
            self._come_to_rest(ramp)
        else:
            self._point(ramp.direction)

    def _step(self, direction: int, position: int) -> None:
        self.position = position
        self._direction = direction
        if self._take is not None:
            self._take.first_edge = self._take.first_edge or self.now
            self._take.last_edge = self.now
            self._take.steps += 1
        self._pins.pulse(self.now)
        self._edge(self.now)
        if self.config.stop_input is StopInput.HOME_SWITCH:
            self.set_stop(self._blocked(self.now))

    def _come_to_rest(self, ramp: Ramp) -> None:
        """The ramp stands: go back to where the motion came from, and say why it ended."""
        at_limit = ramp.at_limit and self._jogging
        if self.state is State.MOVING and self._homing is not None:
            self._next_phase(self._homing)
            return
        self._settle(self._stop_cause or (Cause.SOFT_LIMIT if at_limit else Cause.DONE))

    def _settle(self, cause: Cause) -> None:
        """No step comes any more: back to where motion or take came from, or to the fault that made it stop."""
        self._end_motion()
        self._end_take(cause)
        if self._fault_at_rest is not Fault.NONE:
            self.fault, self._fault_at_rest = self._fault_at_rest, Fault.NONE
            self.become(State.FAULT, Cause.FAULT)
        else:
            self.become(self._return_to, cause)

    def _end_motion(self) -> None:
        self._ramp = None
        self._player = None
        self._hand = None
        self._homing = None

    # Stopping ---------------------------------------------------------------------------------------------------------

    def stop(self, hard: bool) -> None:
        """STOP or HARD STOP, in any state. Stopped is told first, before any change of state."""
        self._emit(Stopped(self.now, int(hard), self.state, self.position, int(self.referenced)))
        if self.state is State.ARMED:
            self.become(State.LOADED, Cause.HARD_STOP if hard else Cause.STOP)
        elif self.state in UNDER_WAY and hard:
            self._settle(Cause.HARD_STOP)
        elif self.state in UNDER_WAY and self.state is not State.STOPPING:
            self._slow_down(Cause.STOP)

    def _slow_down(self, cause: Cause, fault: Fault = Fault.NONE) -> None:
        """STOPPING, and a ramp to rest from the present speed; then FAULT if there is one."""
        self._stop_cause, self._fault_at_rest = cause, fault
        self._homing = None
        self.become(State.STOPPING, cause)
        if self._ramp is None:
            self._ramp = self._ramp_from_take() if self._hand is None else self._ramp_from_hand(self._hand)
            self._player = None
        self._ramp.aim_rate(0.0, self.now)
        self._after_aim()

    def _ramp_from_take(self) -> Ramp:
        """A ramp that carries on at the speed of the take's last step.

        Where the stream has gone bad it goes no further than what has come of it: nobody knows where the pull ends.
        """
        broken = self.profile is not None and self._fault_at_rest is not Fault.NONE
        rules = self._rules(self.profile.reach if broken and self.profile is not None else self.limits)
        player, take = self._player, self._take
        if player is None or take is None or not player.interval:
            return Ramp(rules, self.position, self._from_tick, direction=self._direction)
        speed = self.tick_hz * TICK_FRACTION / player.interval
        return Ramp(rules, self.position, take.last_edge, speed, player.moving)

    # Takes ------------------------------------------------------------------------------------------------------------

    def begin_profile(self, begin: ProfileBegin) -> None:
        """Forget the old profile and wait for the segments of this one."""
        self.forget_profile()
        bounds = Bounds(*self.limits, self.min_interval_ticks, self.config.dir_setup_ticks)
        self.profile = ProfileMemory(begin, self.capacity, bounds)

    def arm(self, cue: bool) -> None:
        """Ready to start."""
        self.hold()
        self.become(State.ARMED)
        self.cue.arm(cue, self.config.cue_edge, self.now)
        self._cue_pin.presume(self.config.cue_edge is CueEdge.FALLING, self.now)

    def go(self, take: int, source: Source, start_clock: int) -> None:
        """Start the armed profile at `start_clock`."""
        assert self.profile is not None
        self._set_off()
        self._return_to = State.IDLE if self.profile.streamed else State.LOADED
        self._stop_cause = Cause.NONE
        self._take = TakeRecord(take, source, start_clock)
        self.last_take_number = take
        self.become(State.PLAYING)
        if start_clock <= self.now:
            self._start_take(self._take)

    def _start_take(self, take: TakeRecord) -> None:
        assert self.profile is not None
        if not take.told:
            self._tell_start(take, take.start_clock)
        self.profile.rewind()
        self._player = Player(self.profile, take.start_clock)
        self._point_to_next(self._player)

    def _tell_start(self, take: TakeRecord, clock: int) -> None:
        take.told = True
        self._emit(TakeStarted(take.take, take.source, clock))

    def _point_to_next(self, player: Player) -> None:
        if player.next is Next.EDGE:
            self._point(player.direction)

    def _play(self, player: Player) -> None:
        if player.next is Next.EDGE:
            direction = player.direction
            player.step()
            self._step(direction, self.position + direction)
            if self._player is player:
                self._point_to_next(player)
                if self._dry_soon(player):
                    self._slow_down(Cause.FAULT, Fault.UNDERRUN)
            return
        if player.next is Next.DRY:
            if player.refill():
                self._point_to_next(player)
            else:
                self._slow_down(Cause.FAULT, Fault.UNDERRUN)
            return
        self._settle(Cause.DONE)

    def _dry_soon(self, player: Player) -> bool:
        """The last segment that is here is nearly played, and there is just time to slow down within it."""
        if self.profile is None or not self.profile.starved or player.next is not Next.EDGE:
            return False
        soon = DRY_SOON_MS * self.tick_hz // 1000 * TICK_FRACTION
        interval, left = player.due_interval, player.left_after
        return interval < soon and interval * left < soon

    def _end_take(self, cause: Cause) -> None:
        take, self._take = self._take, None
        if take is None:
            return
        if not take.told:
            self._tell_start(take, take.start_clock)
        times = (take.start_clock, take.first_edge, take.last_edge, self.now)
        self.last_take = TakeEnded(take.take, cause, int(self.referenced), *times, take.steps, self.position)
        self._emit(self.last_take)
        if self.profile is not None and self.profile.streamed:
            self.profile = None

    def stream_failed(self, result: Result) -> None:
        """A streamed segment was bad: slow down, then fault."""
        fault = Fault.STREAM_CRC if result is Result.CRC_MISMATCH else Fault.STREAM_LIMIT
        self._slow_down(Cause.FAULT, fault)

    # Inputs -----------------------------------------------------------------------------------------------------------

    def set_stop(self, low: bool) -> None:
        """The level on the stop or stall input's pin; it counts when it has stood for a while."""
        self._stop_pin.move(low, self.now)

    def set_cue(self, low: bool) -> None:
        """The level on the cue input's pin; it counts when it has stood for a while."""
        self._cue_pin.move(low, self.now)

    def check_stop_button(self) -> None:
        """Latch where a stop button is held already: a level that stands is as good as an edge."""
        if self.stop_button_held:
            self.latch(Fault.STOP_INPUT, Cause.STOP_INPUT)

    def _see_inputs(self) -> None:
        """Take in the new levels. The stop comes first: a cue in the same moment must not start under it."""
        if self._stop_pin.settle(self.now) is not None:
            self._stop_moved()
        edge_tick = self._cue_pin.settle(self.now)
        if edge_tick is not None and self.cue.sees(self._cue_pin.active, edge_tick):
            self._take_cue(edge_tick)

    def _stop_moved(self) -> None:
        """A button counts as long as it is held, a switch by its edge."""
        self.check_stop_button()
        if self._homing is not None:
            self._stop_found()
        elif self.stop_level and self.config.stop_input is StopInput.HOME_SWITCH and self.state in UNDER_WAY:
            self.latch(Fault.STALL)

    def _take_cue(self, edge_tick: int) -> None:
        """The cue starts the take: told by its edge, played from a fixed lead after it."""
        self.go((self.last_take_number + 1) & 0xFFFF, Source.CUE, edge_tick + CUE_LEAD_TICKS)
        if self._take is not None and not self._take.told:
            self._tell_start(self._take, edge_tick)

    # Homing -----------------------------------------------------------------------------------------------------------

    def _stop_found(self) -> None:
        """The input moved while homing: at a stop the steps are cut, and the ring moves off it."""
        if self._homing is not None and self._homing.sees(self.stop_level):
            self._homing.back_off()
            self._aim_homing(self._homing)
            self._after_aim()

    def _aim_homing(self, homing: Homing) -> None:
        """From rest, to where the present phase goes."""
        self._ramp = Ramp(self._rules(FULL_RANGE), self.position, self._from_tick, direction=self._direction)
        self._ramp.aim_at(homing.target(self.position), self.config.home_rate, self._from_tick)
        self._point(self._ramp.direction)

    def _next_phase(self, homing: Homing) -> None:
        """A phase of homing has come to its end by itself."""
        if homing.searching:
            self.latch(Fault.HOME_NOT_FOUND)
        elif homing.phase is HomingPhase.OFF_LOW:
            self.position = 0
            homing.search_up()
            self._aim_homing(homing)
        else:
            self._end_motion()
            self.limits = (0, max(0, self.position))
            self.referenced = True
            self._emit(Homed(self.position))
            self.become(State.IDLE, Cause.DONE)

    # Parking ----------------------------------------------------------------------------------------------------------

    def park(self) -> bool:
        """Keep position and limits and release the motor; False if they can't be kept."""
        low, high = self.limits
        if not self.store.write(last_known=LastKnown(1, self.position, low, high)):
            return False
        self.release()
        return True

    def confirm(self, known: LastKnown) -> None:
        """Take the last known position as true."""
        self.limits = (known.minimum, known.maximum)
        self.refer(known.position)

    def configure(self, config: Config) -> None:
        """Change the settings; a loaded profile was checked against the old ones and is forgotten.

        A parked position was counted in the old gears, so others withdraw it.
        """
        if _gears(config) != _gears(self.config) and self.store.kept.last_known is not None:
            self.store.write(last_known=None)
        self.config = config
        self.forget_profile()


def _gears(config: Config) -> tuple[int, ...]:
    """All that says where on the ring a step count is."""
    teeth = (config.motor_teeth, config.lens_teeth)
    return (config.full_steps_per_turn, config.microsteps, *teeth, config.direction)


def _first(*ticks: int | None) -> int | None:
    """The earliest of them that is one."""
    return min((tick for tick in ticks if tick is not None), default=None)
