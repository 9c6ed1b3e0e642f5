"""FollowFocusUnit: a follow-focus motor in ring degrees. Connect, set the reference, go to, load, arm, GO, stop.

Methods that wait return when the thing has been done and raise when it wasn't: UnitError with the unit's own reason,
LineError when it can't be heard. `follow`, `jog`, and whatever is told not to wait return at once. Waiting methods are
for one thread at a time; stops are for any thread at any moment. Listeners are called on the link's thread.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

from followfocus.clock import Clock, utc_timestamp
from followfocus.clocksync import ClockRate
from followfocus.errors import FollowFocusError, LineError, RequestError, UnitError
from followfocus.evidence import TakeEvidence, UnitInfo, UnitStatus
from followfocus.limits import STANDARD, RingLimits
from followfocus.link import Down, Link, Told
from followfocus.messages import (
    Ack,
    Arm,
    Cause,
    ClearFault,
    Config,
    ConfirmPosition,
    Disarm,
    FactoryReset,
    GetConfig,
    GetLastKnown,
    GetStatus,
    GetTake,
    Go,
    Goto,
    Hold,
    Home,
    Homed,
    Jog,
    LastKnown,
    Message,
    Park,
    Result,
    SaveConfig,
    SetLimits,
    SetPosition,
    SetTelemetry,
    State,
    StateChanged,
    Stopped,
    TakeEnded,
    TakeStarted,
    Telemetry,
    Unload,
)
from followfocus.motor import Rig
from followfocus.refusals import faulted, refusal
from followfocus.session import Dropped, Greeted, Replied, ResetNoticed, Said, StopUnanswered
from followfocus.settings import config_for, gearing_of, steps_per_deg
from followfocus.steps import StepProfile
from followfocus.upload import Upload
from followfocus.watch import StatusKeeper, TakeRecorder, Witness

TELEMETRY_MS = 20
FOREVER_S = 1e9
STOP_ANSWER_S = 1.0
RECONNECT_S = 3.0
"""How long after its planned end a take is still waited for when the link was lost."""
LOOK_EVERY_S = 0.05
JOG_ATTENTION_S = 0.4
"""A jog goes on this long after the last call of `jog`; then the unit's dead man stops it."""
FOLLOW_ATTENTION_S = 2.0
SETTLE_S = 0.15
"""How long the ring may swing after its last step before the witness is read."""
LEAST_TAKE_UP_DEG = 0.5
SPAN_TOLERANCE = 0.005

M = TypeVar("M", bound=Message)
Happening = StateChanged | TakeStarted | TakeEnded | Stopped | Homed
UnitEvent = UnitStatus | Happening | Greeted | ResetNoticed | Down | StopUnanswered | UnitError
UnitListener = Callable[[UnitEvent], None]
Progress = Callable[[float, UnitStatus], None]
"""Called while a take runs, with the seconds since its time zero (0 before) and the latest status."""


@dataclass(frozen=True, slots=True)
class HomeReport:
    """What homing measured: the ring's travel between its stops, and what the lens says of it (None: nothing)."""

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


class FollowFocusUnit:
    """A unit on `link`. `witness` gives the true ring angle where something can see it (the simulated unit)."""

    def __init__(self, link: Link, witness: Witness | None = None) -> None:
        self.link = link
        self.witness = witness
        self.info: UnitInfo | None = None
        self._config: Config | None = None
        self._settings_stale = False
        self._limits_steps: tuple[int, int] | None = None
        self._lash_deg = 0.0
        self._upload: Upload | None = None
        self._profile: StepProfile | None = None
        self._approached: tuple[int, int] | None = None
        self._recorder: TakeRecorder | None = None
        self._go_sent: tuple[float, float] | None = None
        self._keeper = StatusKeeper()
        self._listeners: list[UnitListener] = []
        self._stop_listening: Callable[[], None] = lambda: None

    # Connection -------------------------------------------------------------------------------------------------------

    def connect(self) -> UnitInfo:
        """Open the link and meet the unit. Raises LineError, NoUnitError, VersionError."""
        self._stop_listening = self.link.listen(self._hear)
        try:
            hello = self.link.open()
            self._learn_settings()
            self.info = UnitInfo.of(self.link.port_name, hello, self.config.name)
            self.refresh()
        except BaseException:
            self.close()
            raise
        return self.info

    def close(self) -> None:
        """Close the link. A take under way goes on by itself; anything else is stopped by the unit's dead man."""
        self._stop_listening()
        self.link.close()

    def __enter__(self) -> FollowFocusUnit:
        self.connect()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is not None and not self.status.at_rest and self.link.up:
            with contextlib.suppress(FollowFocusError):
                self.stop()
        self.close()

    @property
    def clock(self) -> Clock:
        """The host's clock."""
        return self.link.clock

    @property
    def status(self) -> UnitStatus:
        """Where it stands, as last heard."""
        return self._keeper.status

    @property
    def config(self) -> Config:
        """Its settings."""
        if self._config is None:
            raise LineError("The unit is not connected.", "Connect it first.")
        return self._config

    @property
    def steps_per_deg(self) -> float:
        """Steps per degree of the ring, by its settings."""
        return self._keeper.steps_per_deg

    @property
    def clock_rate(self) -> ClockRate | None:
        """Its clock's measured rate, once there is one."""
        return self.link.session.sync.rate()

    @property
    def tick_hz(self) -> float:
        """The clock rate to plan for: measured where its error is beyond a crystal's, else nominal."""
        return self.link.session.sync.true_hz()

    def measure_clock(self, seconds: float = 1.0) -> float:
        """Listen until timestamps of `seconds` are there; the clock rate to plan for."""
        self.link.wait_for(lambda: self._measured(seconds), 2 * seconds + 1.0)
        return self.tick_hz

    def _measured(self, seconds: float) -> bool | None:
        rate = self.clock_rate
        return True if rate is not None and rate.span_s >= seconds else None

    def listen(self, listener: UnitListener) -> Callable[[], None]:
        """Call `listener` with every event and every new status, on the link's thread; returns what takes it off."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def refresh(self) -> UnitStatus:
        """Ask for the status and wait for it."""
        return self._wait_past(self._ask(GetStatus(), Telemetry).clock, lambda _: True)

    # Settings ---------------------------------------------------------------------------------------------------------

    def configure(self, rig: Rig, limits: RingLimits = STANDARD) -> None:
        """Set gearing and motion limits for a rig; other gears than before make the position unknown."""
        assert self.info is not None
        self._lash_deg = rig.lash_deg
        self.apply(config_for(self.config, rig, limits, self.info))

    def apply(self, config: Config) -> None:
        """Set the settings, until power-off unless saved. Other gears than before make the position unknown."""
        if config == self.config and not self._settings_stale:
            return
        regeared = gearing_of(config) != gearing_of(self.config)
        self._do(config)
        self._config = config
        self._settings_stale = False
        self._keeper.steps_per_deg = steps_per_deg(config)
        self._forget_profile()
        if regeared:
            self.release()

    def save_config(self) -> None:
        """Keep the settings through power-off."""
        self._do(SaveConfig())

    def factory_reset(self) -> None:
        """Built-in settings again, kept; the position is unknown afterwards."""
        self._do(FactoryReset())
        self._learn_settings()
        self.release()

    # Reference --------------------------------------------------------------------------------------------------------

    def set_reference(self, ring_deg: float) -> None:
        """The ring stands at `ring_deg` now: someone looked."""
        self._restore_settings()
        self._do(SetPosition(self._step_at(ring_deg)))
        self._forget_profile()
        self.refresh()

    def set_limits(self, low_deg: float, high_deg: float) -> None:
        """Soft limits, both included; forgets a loaded profile."""
        if not low_deg <= high_deg:
            raise RequestError(f"Soft limits from {low_deg}° to {high_deg}° hold nothing.", "Give the lower one first.")
        limits = (self._step_at(low_deg), self._step_at(high_deg))
        self._do(SetLimits(*limits))
        self._limits_steps = limits
        self._forget_profile()

    def home(self, travel_deg: float | None = None) -> HomeReport:
        """Find both stops with the home switch; 0° is at the infinity stop then.

        A travel more than 0.5 % off the lens's leaves the position unknown and raises UnitError: something slips, or
        the gears are not as set.
        """
        self._restore_settings()
        reach_deg = 400.0 if travel_deg is None else 1.2 * travel_deg + 5.0
        self._approached = None
        self._do(Home(math.ceil(reach_deg * self.steps_per_deg)))
        status = self._wait_for_rest()
        if not status.referenced:
            raise UnitError("Homing was cut short.", status.cause.name.lower(), "Home again.")
        span, backoff = status.position, self.config.home_backoff
        report = HomeReport((span + 2 * backoff) / self.steps_per_deg, travel_deg)
        if abs(report.off_share) > SPAN_TOLERANCE:
            self.release()
            raise UnitError(
                f"The ring turned {report.span_deg:.2f}° from stop to stop, the lens says {travel_deg:.2f}°: "
                f"{report.off_share:+.1%}.",
                "span",
                "Check that the lens is the right one, its gear's teeth, and that nothing slips. Then home again.",
            )
        self._do(SetPosition(span + backoff))
        self._do(SetLimits(backoff, span + backoff))
        self._limits_steps = (backoff, span + backoff)
        self.refresh()
        return report

    def park(self) -> None:
        """Keep the position through power-off and release the motor."""
        self._do(Park())
        self._forget_profile()
        self.refresh()

    def last_known(self) -> KnownPosition | None:
        """The position kept by parking, if there is one and nothing has moved since."""
        known = self._ask(GetLastKnown(), LastKnown)
        if not known.valid:
            return None
        return KnownPosition(*(steps / self.steps_per_deg for steps in (known.position, known.minimum, known.maximum)))

    def confirm_position(self) -> UnitStatus:
        """Take the parked position as true: someone has looked at the ring."""
        self._restore_settings()
        known = self._ask(GetLastKnown(), LastKnown)
        self._do(ConfirmPosition())
        self._limits_steps = (known.minimum, known.maximum)
        self._forget_profile()
        return self.refresh()

    def release(self) -> None:
        """Let go of the ring; the position is unknown afterwards."""
        self._do(Hold(0))
        self._forget_profile()
        self.refresh()

    # Motion -----------------------------------------------------------------------------------------------------------

    def goto_deg(self, ring_deg: float, speed_deg_s: float | None = None, *, wait: bool = True) -> UnitStatus:
        """Move to a ring angle, at the configured speed if none is given."""
        return self._goto(self._step_at(ring_deg), speed_deg_s, wait=wait)

    def follow(self, ring_deg: float, speed_deg_s: float | None = None) -> None:
        """Head for a ring angle; for a knob, as often as it turns. A target that is still waiting is replaced.

        Returns at once. A refusal goes to the listeners as UnitError.
        """
        self._approached = None
        command = Goto(self._step_at(ring_deg), self._rate(speed_deg_s))
        self.link.attend(self.clock.now() + FOLLOW_ATTENTION_S)
        self.link.post(command, "follow", lambda outcome: self._answered(command, outcome))

    def jog(self, speed_deg_s: float) -> None:
        """Turn at a speed, its sign the direction; 0 slows to rest. Returns at once.

        Call it again at least three times a second for as long as it is meant: 0.4 s after the last call the unit
        hears nothing more, and its dead man stops it.
        """
        self._approached = None
        command = Jog(round(speed_deg_s * self.steps_per_deg))
        self.link.attend(self.clock.now() + JOG_ATTENTION_S)
        self.link.post(command, "jog", lambda outcome: self._answered(command, outcome))

    def stop(self, *, wait: bool = True) -> UnitStatus:
        """Slow down and stand; the position stays known. With `wait` False returns at once, bytes sent."""
        return self._stop(hard=False, wait=wait)

    def hard_stop(self, *, wait: bool = True) -> UnitStatus:
        """Not one step further."""
        return self._stop(hard=True, wait=wait)

    def clear_fault(self) -> UnitStatus:
        """Leave FAULT."""
        self._do(ClearFault())
        self._forget_profile()
        return self.refresh()

    # Takes ------------------------------------------------------------------------------------------------------------

    def load(self, profile: StepProfile) -> None:
        """Send a profile and have the unit check it as a whole (a long one: its head). UnitError says what is wrong."""
        assert self.info is not None
        self._forget_profile()
        self._upload = Upload(
            self.link, profile.start, profile.packed(), self.info.segment_capacity, self.info.max_payload
        )
        self._upload.send_head()
        self._profile = profile

    def unload(self) -> None:
        """Forget the profile."""
        self._do(Unload())
        self._forget_profile()

    def back_to_one(self) -> UnitStatus:
        """Go to the loaded profile's start, arriving in the direction of the pull, so that the lash is taken up."""
        profile = self._loaded()
        direction = int(profile.directions[0]) if len(profile.directions) else 1
        if self._approached == (profile.start, direction) and self.status.position == profile.start:
            return self.status
        take_up = math.ceil(max(2 * self._lash_deg, LEAST_TAKE_UP_DEG) * self.steps_per_deg)
        low, high = self._limits_steps or (profile.start, profile.start)
        before = min(max(profile.start - direction * take_up, low), high)
        if before != profile.start:
            self._goto(before, None)
        status = self._goto(profile.start, None)
        self._approached = (profile.start, direction)
        return status

    def arm(self, *, cue: bool = False) -> None:
        """Go back to one where that is not done, and make ready: GO, or with `cue` an edge on the cue input, starts it.

        A streamed profile is gone after its take and is sent again here.
        """
        profile, upload = self._loaded(), self._upload
        assert upload is not None
        self.back_to_one()
        if self.status.state is not State.LOADED and self.refresh().state is not State.LOADED:
            upload.send_head()
        self._recorder = self._new_recorder(None) if cue else None
        self._go_sent = None
        self._do(Arm(upload.begin.profile_id, int(cue)))
        if self._recorder is not None:
            self._recorder.since_clock = self._ask(GetStatus(), Telemetry).clock
        self._approached = None if profile.steps else self._approached

    def disarm(self) -> None:
        """From armed back to loaded."""
        self._do(Disarm())

    def go(self, take: int) -> None:
        """Start the armed profile as take number `take` (1 … 65535). Returns when the unit has taken the command."""
        self._recorder = recorder = self._new_recorder(take & 0xFFFF)
        self.link.attend(FOREVER_S)
        utc_s, now_s = utc_timestamp(), self.clock.now()
        replied = self._tell(Go(take & 0xFFFF, 0))
        self._go_sent = (replied.sent_s, utc_s + replied.sent_s - now_s)
        recorder.since_clock = self._ask(GetStatus(), Telemetry).clock

    def wait_take(self, progress: Progress | None = None) -> TakeEvidence:
        """Wait for the end of the take that was started (or cued), and for the ring to come to rest.

        Never raises for what happens to the take: stopped, faulted, lost and reset are evidence too.
        """
        recorder = self._recorder
        if recorder is None:
            raise RequestError("No take has been started.", "Arm, then GO.")
        self.link.attend(FOREVER_S)
        late_s = math.inf
        while not recorder.over(self.status):
            self.link.wait_for(lambda: recorder.over(self.status) or None, LOOK_EVERY_S)
            if progress is not None:
                progress(recorder.elapsed_s(self.status, self.tick_hz), self.status)
            if not recorder.down:
                late_s = math.inf
            elif late_s == math.inf:
                late_s = self.clock.now() + self._remaining_s(recorder) + RECONNECT_S
            elif self.clock.now() >= late_s:
                break
        self._ask_for_end(recorder)
        self.link.attend(-FOREVER_S)
        if self.link.up:
            self.link.sleep(SETTLE_S)
        self._recorder = None
        return recorder.evidence(self._take_hz(), self.steps_per_deg, self._go_sent)

    def play(self, take: int, progress: Progress | None = None) -> TakeEvidence:
        """Arm, GO, and wait for the end."""
        self.arm()
        self.go(take)
        return self.wait_take(progress)

    # How it is done ---------------------------------------------------------------------------------------------------

    def _hear(self, told: Told) -> None:
        """Every event of the link, on its thread: keep the status, feed a streamed profile, tell the listeners."""
        if isinstance(told, Greeted):
            self.link.post(SetTelemetry(TELEMETRY_MS))
        elif isinstance(told, ResetNoticed):
            self._settings_stale = True
            self._limits_steps = self._approached = None
        changed = self._keeper.hear(told)
        message = told.message if isinstance(told, Said) else told
        if self._recorder is not None:
            self._recorder.hear(told)
        if isinstance(message, Telemetry) and message.state is State.PLAYING and self._upload is not None:
            self._upload.feed(message)
        if isinstance(message, UnitEvent):
            self._announce(message)
        if changed:
            self._announce(self.status)

    def _announce(self, event: UnitEvent) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    def _answered(self, command: Message, outcome: Replied | Dropped) -> None:
        """The outcome of a command that nobody waits for."""
        reply = outcome.message if isinstance(outcome, Replied) else None
        if isinstance(reply, Ack) and reply.result is not Result.OK:
            self._announce(refusal(command, reply))

    def _tell(self, command: Message) -> Replied:
        replied = self.link.ask(command)
        if isinstance(replied.message, Ack) and replied.message.result is not Result.OK:
            raise refusal(command, replied.message)
        return replied

    def _do(self, command: Message) -> None:
        self._tell(command)

    def _ask(self, command: Message, kind: type[M]) -> M:
        reply = self._tell(command).message
        assert isinstance(reply, kind)
        return reply

    def _learn_settings(self) -> None:
        self._config = self._ask(GetConfig(), Config)
        self._keeper.steps_per_deg = steps_per_deg(self._config)

    def _restore_settings(self) -> None:
        """After a reset the unit has what it had saved: give it again what it was set to."""
        if self._settings_stale:
            wanted = self.config
            self._learn_settings()
            self._settings_stale = False
            self.apply(wanted)

    def _forget_profile(self) -> None:
        self._upload = self._profile = self._approached = None

    def _loaded(self) -> StepProfile:
        if self._profile is None:
            raise UnitError("No pull is loaded.", "no_profile", "Load one first.")
        return self._profile

    def _step_at(self, ring_deg: float) -> int:
        if not math.isfinite(ring_deg) or abs(ring_deg * self.steps_per_deg) >= 2**31 - 1:
            raise RequestError(f"A ring angle of {ring_deg}° can't be reached.", "Give one on the lens's scale.")
        return round(ring_deg * self.steps_per_deg)

    def _rate(self, speed_deg_s: float | None) -> int:
        if speed_deg_s is None:
            return 0
        if not (math.isfinite(speed_deg_s) and speed_deg_s > 0):
            raise RequestError(f"A speed of {speed_deg_s}°/s moves nothing.", "Give one above 0.")
        return max(1, round(speed_deg_s * self.steps_per_deg))

    def _goto(self, step: int, speed_deg_s: float | None, *, wait: bool = True) -> UnitStatus:
        self._approached = None
        self.link.attend(FOREVER_S if wait else self.clock.now() + self._travel_s(step, speed_deg_s))
        self._do(Goto(step, self._rate(speed_deg_s)))
        if not wait:
            return self.status
        status = self._wait_for_rest()
        if status.position != step:
            where = f"{status.ring_deg:.2f}°" if status.ring_deg is not None else "an unknown angle"
            raise UnitError(
                f"The move to {step / self.steps_per_deg:.2f}° ended at {where} ({_CAUSES[status.cause]}).",
                status.cause.name.lower(),
            )
        return status

    def _travel_s(self, step: int, speed_deg_s: float | None) -> float:
        """A generous guess of how long a move takes."""
        rate = self._rate(speed_deg_s) or self.config.goto_rate
        return abs(step - self.status.position) / rate + 2 * rate / self.config.accel + 1.0

    def _wait_for_rest(self) -> UnitStatus:
        """Until the motion that was just begun is over. Raises UnitError in FAULT, LineError if the link is lost."""
        try:
            clock = self._ask(GetStatus(), Telemetry).clock
            status = self._wait_past(clock, lambda status: status.at_rest)
        finally:
            self.link.attend(-FOREVER_S)
        if status.state is State.FAULT:
            raise faulted(status.fault)
        return status

    def _wait_past(self, clock: int, fits: Callable[[UnitStatus], bool]) -> UnitStatus:
        """The first status at or after the unit's `clock` that fits."""

        def found() -> UnitStatus | None:
            status = self.status
            if not status.connected:
                raise LineError(f"The link to the unit on {self.link.port_name} was lost.", "Check cable and power.")
            return status if status.clock >= clock and fits(status) else None

        status = self.link.wait_for(found, FOREVER_S)
        assert status is not None
        return status

    def _stop(self, *, hard: bool, wait: bool) -> UnitStatus:
        self.link.stop(hard=hard)
        self._approached = None
        if not wait:
            return self.status
        if self.link.wait_for(lambda: True if not self.link.stopping else None, STOP_ANSWER_S) is None:
            raise LineError("STOP was not answered.", "Cut the motor's power if it still turns.")
        status = self._wait_past(self._ask(GetStatus(), Telemetry).clock, lambda status: status.at_rest)
        self.link.attend(-FOREVER_S)
        return status

    def _new_recorder(self, take: int | None) -> TakeRecorder:
        return TakeRecorder(take, self.clock.now, lambda clock: self.link.session.sync.host_s(clock), self.witness)

    def _remaining_s(self, recorder: TakeRecorder) -> float:
        planned_s = self._profile.duration_s if self._profile is not None else 0.0
        return max(0.0, planned_s - recorder.elapsed_s(self.status, self.tick_hz))

    def _ask_for_end(self, recorder: TakeRecorder) -> None:
        """Where the word of a take's end was lost on the way, ask for it."""
        if recorder.ended is not None or recorder.reset or not self.link.up:
            return
        with contextlib.suppress(FollowFocusError):
            recorder.told_late(self._ask(GetTake(), TakeEnded))

    def _take_hz(self) -> float:
        return self._profile.tick_hz if self._profile is not None else self.tick_hz


_CAUSES = {
    Cause.NONE: "nothing was said why",
    Cause.DONE: "it says that it arrived",
    Cause.STOP: "it was stopped",
    Cause.HARD_STOP: "it was stopped hard",
    Cause.STOP_INPUT: "the stop button was pressed",
    Cause.SILENCE: "it did not hear from the host in time",
    Cause.SOFT_LIMIT: "a soft limit was reached",
    Cause.FAULT: "a fault",
}
