# SPDX-License-Identifier: MIT
"""However a command ends that moves the ring: Ctrl-C once or ten times, a terminal that goes away, being terminated.

One path for all of them. A signal never raises where something might be lost: it sends STOP, and the command goes on to
its own end, where the take is kept and the last word is the unit's. Only before there is a unit does it end at once.
A program that a signal has ended hears no other one while it says its last word.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from followfocus.errors import JobError
from followfocus.signals import ending_signals

if TYPE_CHECKING:
    from followfocus.unit.unit import FollowFocusUnit

StopMotor = Callable[[bool], object]
"""Stops the motor, from within a signal handler; True stops it hard."""

_INSISTS = 6
"""So many signals are meant, whatever has not been put away"""


class Ending:
    """The answer to signals while a command runs. `stop` stops the motor, once there is a unit.

    With `tidies`, what one signal has interrupted puts its things away before another may interrupt that.
    """

    ends_program: ClassVar[bool] = False
    """The process ends with the command, as in `main`; not where another program runs the command."""

    def __init__(self, *, tidies: bool = False) -> None:
        self.signals, self._tidies = 0, tidies
        self.over = False
        self.last_word = ""
        """Where the motor is, as the unit told it last"""
        self._stop: StopMotor | None = None

    @classmethod
    @contextlib.contextmanager
    def of_program(cls) -> Iterator[None]:
        """In here a command is all that the process does."""
        cls.ends_program = True
        try:
            yield
        finally:
            cls.ends_program = False

    @property
    def came(self) -> bool:
        """Someone wanted it to end."""
        return self.signals > 0

    def stops(self, stop: StopMotor) -> None:
        """There is a unit: from now on signals stop it, and raise nothing."""
        self._stop = stop

    def hear(self, _signal: int, _frame: object) -> None:
        """The handler. The first stops the motor, any other while it still turns stops it hard."""
        self.signals += 1
        if self.over:
            return
        if self._stop is None:
            if self._tidies and 1 < self.signals < _INSISTS:
                return
            raise KeyboardInterrupt
        self._stop(self.signals > 1)


_NOTHING_MOVED = "Interrupted. Nothing had been asked to move."


@contextlib.contextmanager
def ended_by_signals(words: str = _NOTHING_MOVED, *, tidies: bool = False) -> Iterator[Ending]:
    """Let any signal that ends a program end what is done in here, in that one way.

    Raises JobError, with these words, where it was early: before there is a unit, if there is to be one.
    """
    ending = Ending(tidies=tidies)
    before = {number: signal.signal(number, ending.hear) for number in ending_signals()}
    try:
        yield ending
    except KeyboardInterrupt:
        raise JobError(words) from None
    finally:
        ending.over = True
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if ending.came and Ending.ends_program else handler)


@contextlib.contextmanager
def moving(unit: FollowFocusUnit, ending: Ending) -> Iterator[None]:
    """For commands that move the ring by hand: a signal stops it, and the last word is the unit's. Raises JobError.

    What is done in here is one order: once a signal has come, nothing of it is sent any more.
    """
    from followfocus.errors import FollowFocusError, StoppedError
    from followfocus.stage.run import at_rest

    ending.stops(lambda hard: unit.link.stop_soon(hard=hard))
    try:
        with unit.order():
            yield
    except StoppedError:
        if not ending.came:
            raise
    finally:
        if ending.came:
            with contextlib.suppress(FollowFocusError):
                unit.stop()
    if ending.came:
        raise JobError(f"Stopped. {at_rest(unit)}")
