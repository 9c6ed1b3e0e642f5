"""The line to a unit for who uses it: connect, ask, be refused in sentences; settings, status and listeners.

`unitmotion.py` and `unit.py` build on it; nothing else should.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self, TypeVar

from followfocus.clock import Clock
from followfocus.errors import FollowFocusError, LineError, UnitError
from followfocus.motion.limits import STANDARD, RingLimits
from followfocus.motion.motor import Rig
from followfocus.unit.settings import config_for, gearing_of, steps_per_deg
from followfocus.unit.watch import StatusKeeper, Witness
from followfocus.wire.clocksync import ClockRate
from followfocus.wire.events import Dropped, Greeted, Replied, ResetNoticed, Said, StopUnanswered
from followfocus.wire.evidence import UnitInfo, UnitStatus
from followfocus.wire.link import Down, Link, Told, Void, never, stopped
from followfocus.wire.messages import (
    Ack,
    Config,
    FactoryReset,
    GetConfig,
    GetStatus,
    Hold,
    Homed,
    Message,
    Result,
    SaveConfig,
    SetTelemetry,
    StateChanged,
    Stopped,
    TakeEnded,
    TakeStarted,
    Telemetry,
)
from followfocus.wire.refusals import refusal

TELEMETRY_MS = 20
FOREVER_S = 1e9

M = TypeVar("M", bound=Message)
Happening = StateChanged | TakeStarted | TakeEnded | Stopped | Homed
UnitEvent = UnitStatus | Happening | Greeted | ResetNoticed | Down | StopUnanswered | UnitError
"""What listeners are told: every new status, and what happened. A UnitError is the refusal of a command that nobody
waits for."""
UnitListener = Callable[[UnitEvent], None]


class UnitLine:
    """A unit on `link`. `witness` gives the true ring angle where something can see it (the simulated unit)."""

    def __init__(self, link: Link, witness: Witness | None = None) -> None:
        self.link = link
        self.witness = witness
        self.info: UnitInfo | None = None
        self._config: Config | None = None
        self._settings_stale = False
        self._lash_deg = 0.0
        self._stops = 0
        self._void: Void = never
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

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is not None and not self.status.at_rest and self.link.up:
            with contextlib.suppress(FollowFocusError):
                self.link.stop(hard=False)
                self.link.wait_for(lambda: None if self.link.stopping else True, 1.0)
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
        self.link.wait_for(lambda: self._measured(seconds) or self._void() or None, 2 * seconds + 1.0)
        return self.tick_hz

    def _measured(self, seconds: float) -> bool | None:
        rate = self.clock_rate
        return True if rate is not None and rate.span_s >= seconds else None

    # STOP ends it -----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def void_when(self, void: Void) -> Iterator[None]:
        """Nothing that is asked in here moves or arms once `void()` is true: UnitError, reason "stopped".

        For whoever hands on what a person asked for: it may have waited, and a STOP may have come meanwhile.
        """
        before, self._void = self._void, void
        try:
            yield
        finally:
            self._void = before

    @contextlib.contextmanager
    def as_one(self) -> Iterator[None]:
        """Moves that belong together: a STOP that comes on the way, whoever gives it, is the end of them all."""
        since, outer = self._stops, self._void
        with self.void_when(lambda: self._stops != since or outer()):
            yield

    def pause(self, seconds: float) -> None:
        """Let time pass, unless a STOP makes an end of what is under way: UnitError, reason "stopped"."""
        if self.link.wait_for(lambda: self._void() or None, seconds):
            raise stopped("What follows")

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

    def release(self) -> None:
        """Let go of the ring; the position is unknown afterwards."""
        self._do(Hold(0))
        self._forget_profile()
        self.refresh()

    # How it is done ---------------------------------------------------------------------------------------------------

    def _hear(self, told: Told) -> None:
        """Every event of the link, on its thread: keep the status, feed a streamed profile, tell the listeners."""
        if isinstance(told, Greeted):
            self.link.post(SetTelemetry(TELEMETRY_MS))
        elif isinstance(told, ResetNoticed):
            self._settings_stale = True
        changed = self._keeper.hear(told)
        message = told.message if isinstance(told, Said) else told
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
        replied = self.link.ask(command, self._void)
        if isinstance(replied.message, Ack) and replied.message.result is not Result.OK:
            raise refusal(command, replied.message)
        return replied

    def _do(self, command: Message) -> None:
        self._tell(command)

    def _ask(self, command: Message, kind: type[M]) -> M:
        reply = self._tell(command).message
        assert isinstance(reply, kind)
        return reply

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
        """What was loaded is not there any more."""
