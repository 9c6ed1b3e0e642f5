# SPDX-License-Identifier: MIT
"""Jobs on the unit beside playing, as frozen values: a dialog's moves, settings, the ring by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from followfocus.unit.unit import FollowFocusUnit

Do = Callable[["FollowFocusUnit"], object]


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """Something to do on the unit. Whoever asked knows its own job again; `what` is only for people to read.

    `by_hand` jobs come a hundred times a second and change nothing but where the ring is, which the telemetry tells.
    """

    what: str
    do: Do
    by_hand: bool = False
