# SPDX-License-Identifier: MIT
"""The simulated unit's memory: settings, state, fault, position, profile, current and inputs.

This is the floor under everything that moves (moves.py, take.py, machine.py); nothing here makes a step.
"""

from __future__ import annotations

from collections.abc import Callable

from followfocus.sim.inputs import CueInput, InputPins, has_stop_button, stop_active
from followfocus.sim.motor_current import MotorCurrent, MotorSwitch
from followfocus.sim.profile import Bounds, ProfileMemory
from followfocus.sim.ramp import FULL_RANGE, RampRules
from followfocus.sim.states import FOLLOWS
from followfocus.sim.store import Store
from followfocus.wire.messages import (
    Cause,
    Config,
    CueEdge,
    Fault,
    Flag,
    Homed,
    LastKnown,
    Message,
    ProfileBegin,
    State,
    StateChanged,
)


class UnitState:
    """One unit since its last reset, but for its motion. All times are ticks since then; `now` is moved from outside.

    `emit` takes the events, `energise` switches the motor. `low` are the levels of stop and cue input at the start.
    """

    def __init__(
        self,
        store: Store,
        tick_hz: int,
        capacity: int,
        fastest_interval_ticks: int,
        emit: Callable[[Message], None],
        energise: MotorSwitch,
        low: tuple[bool, bool] = (False, False),
    ) -> None:
        self.store = store
        self.tick_hz = tick_hz
        self.capacity = capacity
        self.fastest_interval_ticks = fastest_interval_ticks
        self.emit = emit
        self.motor = MotorCurrent(energise)
        self.inputs = InputPins(*low)
        self.cue = CueInput()
        self.now = 0
        self.heard_tick = 0
        self.config = store.kept.config
        self.safety = store.kept.safety
        self.limits = FULL_RANGE
        self.state = State.UNREFERENCED
        self.fault = Fault.NONE
        self.position = 0
        self.referenced = False
        self.profile: ProfileMemory | None = None

    # What is so -------------------------------------------------------------------------------------------------------

    @property
    def min_interval_ticks(self) -> int:
        """The shortest time from step to step, ticks."""
        return max(self.config.min_interval_ticks, self.fastest_interval_ticks)

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
            (self.inputs.cue.shown, Flag.CUE_ACTIVE),
        )
        return Flag(sum(flag for held, flag in bits if held))

    @property
    def stop_level(self) -> bool:
        """The stop or stall input is active."""
        return stop_active(self.config.stop_input, self.inputs.stop.active)

    @property
    def stop_button_held(self) -> bool:
        """A stop button is wired and pressed, or its wire is broken: nothing may move."""
        return has_stop_button(self.config.stop_input) and self.stop_level

    @property
    def settling(self) -> bool:
        """The motor was off, and its rotor is not yet where the field has it."""
        return self.motor.settled_tick > self.now

    @property
    def from_tick(self) -> int:
        """From when on the ring may move: now, or when a motor that was off has settled."""
        return max(self.now, self.motor.settled_tick)

    def ramp_rules(self, limits: tuple[int, int]) -> RampRules:
        """How a ramp may move within `limits`, steps."""
        return RampRules(self.tick_hz, self.config.accel, self.min_interval_ticks, self.config.dir_setup_ticks, limits)

    # States -----------------------------------------------------------------------------------------------------------

    def become(self, state: State, cause: Cause = Cause.NONE) -> None:
        """Go to `state` and tell it; the same state again is nothing."""
        if state is self.state:
            return
        assert state in FOLLOWS[self.state], f"{self.state.name} is not followed by {state.name}"
        before, self.state = self.state, state
        # Whatever leaves ARMED: an edge counts only for what was armed for it.
        if state is not State.ARMED:
            self.cue.disarm()
        self.emit(StateChanged(self.now, before, state, cause, self.fault, self.position))

    def clear_fault(self) -> None:
        """Leave FAULT."""
        self.fault = Fault.NONE
        self.profile = None
        self.become(State.IDLE if self.referenced else State.UNREFERENCED)

    def arm(self, cue: bool) -> None:
        """Ready to start."""
        self.hold()
        self.become(State.ARMED)
        self.cue.arm(cue, self.config.cue_edge, self.now)
        # As if it were not at rest: it has to be seen at rest, for the filter's time, before an edge of it counts.
        self.inputs.cue.presume(self.config.cue_edge is CueEdge.FALLING, self.now)

    # The profile ------------------------------------------------------------------------------------------------------

    def begin_profile(self, begin: ProfileBegin) -> None:
        """Forget the old profile and wait for the segments of this one."""
        self.forget_profile()
        bounds = Bounds(*self.limits, self.min_interval_ticks, self.config.dir_setup_ticks)
        self.profile = ProfileMemory(begin, self.capacity, bounds)

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

    # Motor and position -----------------------------------------------------------------------------------------------

    def hold(self) -> None:
        """Switch the motor's current on."""
        self.motor.hold(self.now, self.safety.settle_ms * self.tick_hz // 1000)

    def set_off(self) -> None:
        """The motor takes hold, and what was known from before the power went is no longer true."""
        self.hold()
        if self.store.kept.last_known is not None:
            self.store.write(last_known=None)

    def release(self) -> None:
        """Release the motor: whoever touches the ring now is not seen."""
        self.motor.release()
        self.referenced = False
        self.forget_profile()
        if self.state is not State.FAULT:
            self.become(State.UNREFERENCED)

    def refer(self, position: int) -> None:
        """The ring stands at `position`."""
        self.position = position
        self.referenced = True
        self.hold()
        self.forget_profile()
        if self.state is State.UNREFERENCED:
            self.become(State.IDLE)

    def forget_position(self) -> None:
        """Nobody knows where the ring stands; steps are counted from here."""
        self.referenced = False
        self.position = 0

    def be_home(self) -> None:
        """Both stops are known, the lower one is 0: the ring may go from one to the other."""
        self.limits = (0, max(0, self.position))
        self.referenced = True
        self.emit(Homed(self.position))
        self.become(State.IDLE, Cause.DONE)

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
