# SPDX-License-Identifier: MIT
"""The line to a unit for those who use it: open, ask, be refused in sentences, wait for a status, listen.

What is set, moved and played over it is `setup.py`'s, `moves.py`'s and `playing.py`'s.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

from followfocus.errors import FollowFocusError, LineError, UnitError
from followfocus.unit.armed import ArmedWatch
from followfocus.unit.held import Held
from followfocus.unit.telling import Telling
from followfocus.unit.watch import StatusKeeper
from followfocus.wire.clockreading import ClockRate
from followfocus.wire.events import Dropped, Greeted, Replied, ResetNoticed, Said, StopUnanswered
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.link import Down, Link, Told
from followfocus.wire.messages import (
    Ack,
    GetStatus,
    HelloReply,
    Homed,
    Message,
    Result,
    StateChanged,
    Stopped,
    TakeEnded,
    TakeStarted,
    Telemetry,
    Unload,
)
from followfocus.wire.refusals import refusal

ASK_EVERY_S = 0.04
GOLDEN = 0.618
FOREVER_S = 1e9
ANSWER_S = 2.0
"""How long a status that was asked for may take to come through."""
SELF_TOLD_S = 4.0
"""How long a unit that answers may say nothing by itself; longer than a lost link takes to be seen."""

_RESTART = "Switch the unit off and on; if it happens again, put the firmware on it anew."

M = TypeVar("M", bound=Message)
Happening = StateChanged | TakeStarted | TakeEnded | Stopped | Homed
UnitEvent = UnitStatus | Happening | Greeted | ResetNoticed | Down | StopUnanswered | UnitError
"""News for listeners: every new status, and every event. A UnitError is the refusal of a command that nobody
waits for."""
UnitListener = Callable[[UnitEvent], None]


class UnitLine:
    """Commands and status of the unit on `link`.

    `held` is what it was given, `keeper` makes its status of what it says, `telling` has it say that as often as is
    wanted. `first` hear every event of the link before the status is made of it and listeners are told.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        self.held = Held()
        self.keeper = StatusKeeper()
        self.telling = Telling(link)
        self.first: list[Callable[[Told], None]] = []
        self.armed: ArmedWatch | None = None
        self._listeners: list[UnitListener] = []
        self._stop_listening: Callable[[], None] = lambda: None

    # Opening and closing ----------------------------------------------------------------------------------------------

    def open(self) -> HelloReply:
        """Open the link and meet the unit. Raises LineError, NoUnitError, VersionError."""
        # Before the link opens: the greeting, and a reset that comes with it, are news like any other.
        self._stop_listening = self.link.listen(self._hear)
        return self.link.open()

    def close(self) -> None:
        """Close the link. A take under way goes on by itself; anything else is stopped by the unit's dead man."""
        self._stop_listening()
        self.link.close()

    def stop_if_moving(self, patience_s: float = 1.0) -> None:
        """Stop what moves, waiting at most `patience_s` for the answer; for a way out that must not raise."""
        if self.status.at_rest or not self.link.up:
            return
        # Unbound: the order that ends here may be void already, and the wait for the answer to this stop must not be.
        with contextlib.suppress(FollowFocusError), self.link.orders.unbound():
            self.link.stop(hard=False)
            self.link.wait_for(lambda: None if self.link.stopping else True, patience_s)

    # Listening --------------------------------------------------------------------------------------------------------

    @property
    def status(self) -> UnitStatus:
        """Where it stands, as last heard."""
        return self.keeper.status

    @property
    def clock_rate(self) -> ClockRate | None:
        """Its clock's measured rate, once there is one."""
        return self.link.session.sync.rate()

    @property
    def tick_hz(self) -> float:
        """The clock rate to plan for: measured where it is known to be nearer than the nominal."""
        return self.link.session.sync.true_hz()

    def measure_clock(self, seconds: float = 1.0) -> float:
        """Ask and listen until the rate is known and was measured over `seconds`, or for twice as long and a second.

        Where it was measured before, nothing is asked. Returns the clock rate to plan for.
        """
        end_s = self.link.clock.now() + 2 * seconds + 1.0
        number = 0
        while not self._measured(seconds) and self.link.clock.now() < end_s:
            self.refresh()
            number += 1
            # Never in step with a line that hands over its bytes every so often.
            self.link.sleep(ASK_EVERY_S * (0.5 + number * GOLDEN % 1.0))
        return self.tick_hz

    def check_clock(self) -> None:
        """Raise UnitError where the unit's clock surely runs at quite another rate than it claims."""
        false_hz = self.link.session.false_hz
        if false_hz is not None:
            raise UnitError(
                f"The unit says that its clock runs at {self.link.session.sync.nominal_hz / 1e6:.2f} MHz; by this "
                f"computer's it runs at {false_hz / 1e6:.2f}, so no pull can be timed by it.",
                "clock",
                "Check that the firmware is the one for this board.",
            )

    def _measured(self, seconds: float) -> bool:
        rate = self.clock_rate
        return rate is not None and rate.span_s >= seconds

    def listen(self, listener: UnitListener) -> Callable[[], None]:
        """Call `listener` with every event and every new status, on the link's thread; returns what takes it off."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _hear(self, told: Told) -> None:
        """Every event of the link, on its thread: keep the status, tell the listeners."""
        armed = self.armed
        # Before the status is made of it: that a link is lost is told with what an armed unit will do now.
        # Asked before it is told of the event: the word is due with the first status after the greeting.
        disarmed = armed.disarmed(told) if armed is not None else None
        told = armed.hear(told) if armed is not None else told
        if isinstance(told, Greeted):
            self.telling.set()
        elif isinstance(told, ResetNoticed):
            self.held.reset()
        # Over a copy: a hand that lets go on another thread takes itself off the list, and in the list itself whoever
        # comes after it would miss this event, be it the end of a take.
        for hear in tuple(self.first):
            hear(told)
        changed = self.keeper.hear(told)
        message = told.message if isinstance(told, Said) else told
        if isinstance(message, UnitEvent):
            self._announce(message)
        # A greeting says that it is there; what it does now, its next word says. Until then the last is an old one.
        if changed and not isinstance(told, Greeted):
            self._announce(self.status)
        if disarmed is not None:
            self._announce(disarmed)

    def _announce(self, event: UnitEvent) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    # Asking -----------------------------------------------------------------------------------------------------------

    def post(self, command: Message, slot: str) -> None:
        """Send without waiting. One still waiting in the same `slot` is dropped; a refusal goes to the listeners."""
        self.link.post(command, slot, lambda outcome: self._answered(command, outcome))

    def _answered(self, command: Message, outcome: Replied | Dropped) -> None:
        reply = outcome.message if isinstance(outcome, Replied) else None
        if isinstance(reply, Ack) and reply.result is not Result.OK:
            self._announce(refusal(command, reply, restarted=self.status.restarted))

    def unload(self) -> None:
        """Have the unit forget its profile."""
        self.tell(Unload())
        self.held.forget_profile()

    def tell(self, command: Message) -> Replied:
        """Send a command and wait for the answer. Raises UnitError where it is refused, LineError, StoppedError."""
        replied = self.link.ask(command)
        if isinstance(replied.message, Ack) and replied.message.result is not Result.OK:
            raise refusal(command, replied.message, restarted=self.status.restarted)
        return replied

    def begin(self, command: Message) -> Replied:
        """As `tell`, for what may turn the ring. One without an answer is taken back by a STOP behind it.

        It may be held up somewhere, and come when nobody waits for it any more: a line that stood still hands over
        what it has kept.
        """
        try:
            return self.tell(command)
        except LineError:
            self.take_back()
            raise

    def take_back(self) -> None:
        """Send a STOP behind what had no answer."""
        with contextlib.suppress(FollowFocusError), self.link.orders.unbound():
            self.link.stop(hard=False)

    def ask(self, command: Message, kind: type[M]) -> M:
        """The answer to a question, which is a `kind`."""
        reply = self.tell(command).message
        assert isinstance(reply, kind)
        return reply

    def refresh(self) -> UnitStatus:
        """Ask for the status and wait for it."""
        status = self.wait_until(lambda _: True, ANSWER_S)
        if status is None:
            raise LineError(f"The unit on {self.link.port_name} has a clock that runs backwards.", _RESTART)
        return status

    def wait_until(self, fits: Callable[[UnitStatus], bool], within_s: float) -> UnitStatus | None:
        """The first status from now on that fits, by the unit's own clock; None if none does `within_s` seconds.

        Raises LineError if the link is lost meanwhile, if the unit begins anew, with a clock of its own, or if it
        doesn't say where it stands any more.
        """
        # As counts, not as flags: a link that was lost and came back between two looks is seen all the same.
        downs, resets, began_s = self.keeper.downs, self.keeper.resets, self.link.clock.now()
        # Asked first: a status that is under way already may be from before the command whose effect is waited for.
        clock = self.ask(GetStatus(), Telemetry).clock

        def found() -> UnitStatus | None:
            status = self.status
            if not status.connected or self.keeper.downs != downs:
                raise LineError(f"The link to the unit on {self.link.port_name} was lost.", "Check cable and power.")
            if self.keeper.resets != resets:
                raise LineError(f"The unit on {self.link.port_name} was reset.", "Set the reference again.")
            # Compared after the losses: a unit that began anew has a clock that would never come to `clock`.
            if status.clock >= clock and fits(status):
                return status
            if self.silent_since(began_s):
                raise LineError(f"{self.half_silent}.", _RESTART)
            return None

        return self.link.wait_for(found, within_s)

    def silent_since(self, began_s: float) -> bool:
        """Whether the unit has said nothing by itself for too long, in a wait that began at `began_s` of the clock."""
        return self.link.clock.now() - max(began_s, self.keeper.self_told_s) > SELF_TOLD_S

    @property
    def half_silent(self) -> str:
        """The sentence about such a unit."""
        return f"The unit on {self.link.port_name} answers, but has stopped telling where it stands"
