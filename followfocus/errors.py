# SPDX-License-Identifier: MIT
"""The one error tree. Each branch says whose fault it is, and so how the program ends:

    FollowFocusError
    ├── RequestError        what was asked for cannot be: a typo, a point off the scale (exit 2)
    │   └── FileError       a file that cannot be used: every problem in it, each with its place
    ├── JobError            asked for rightly, but the answer is no, or the take failed (exit 1)
    │   ├── InfeasibleError a limit binds: which one, and the shortest duration that works
    │   └── UnitError       the unit refused or faulted, with its own reason
    │       └── StoppedError  STOP was asked for before it was done
    └── LineError           no unit there, or the link was lost (exit 3)
        ├── NoUnitError     nothing, or something else, answers on that port
        └── VersionError    a followfocus unit, but one this program cannot speak with

A message is one sentence: what, where, and what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence


class FollowFocusError(Exception):
    """Root of all errors that a person is meant to read.

    `message` says what and where, `remedy` what to do next (may be empty); `str()` joins the two.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """The message and the remedy as one text."""
        return f"{self.message} {self.remedy}".strip()


class RequestError(FollowFocusError):
    """The request can't be met; nothing has happened."""

    exit_code = 2


class FileError(RequestError):
    """A file that cannot be used; `problems` lists everything wrong with it, each with its place."""

    def __init__(self, message: str, problems: Sequence[str] = (), remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        """Message, problems one a line, remedy."""
        return "\n  ".join([self.message, *self.problems, *([self.remedy] if self.remedy else [])])


class JobError(FollowFocusError):
    """A sound request that ended in no, or in a failed take."""

    exit_code = 1


class InfeasibleError(JobError):
    """A limit binds. `binding` names it; `min_duration_s` is the shortest that works, None if none does."""

    def __init__(self, message: str, binding: str, min_duration_s: float | None, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.binding = binding
        self.min_duration_s = min_duration_s


class UnitError(JobError):
    """The unit refused a command or faulted; `reason` is its own word for why."""

    def __init__(self, message: str, reason: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.reason = reason


class StoppedError(UnitError):
    """STOP was asked for before this was done, so it is void.

    `sent` tells that the command had left by then, and may have been begun before the unit heard of the stop.
    """

    def __init__(self, *, sent: bool = False) -> None:
        super().__init__("It was stopped: nothing that was asked before STOP is done any more.", "stopped")
        self.sent = sent


class LineError(FollowFocusError):
    """The link to the unit is not there, or was lost."""

    exit_code = 3


class NoUnitError(LineError):
    """Nothing answers on the port, or what answers is not a followfocus unit."""


class VersionError(LineError):
    """The unit and this program do not speak the same protocol."""
