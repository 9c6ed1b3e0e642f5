# SPDX-License-Identifier: MIT
"""Shared by `pull` and `rehearse`: the player pumped on a unit, under signals, with a progress bar and a last word."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from followfocus.cli.console import warn
from followfocus.cli.take_words import bar, end_with

if TYPE_CHECKING:
    from pathlib import Path

    from followfocus.cli.endings import Ending
    from followfocus.stage.events import Taken
    from followfocus.stage.orders import Shoot
    from followfocus.stage.rehearsal import Rehearsal, Watch
    from followfocus.unit.unit import FollowFocusUnit


def watched(what: Callable[[Shoot], str]) -> Watch:
    """A progress bar for each take; `what` names it."""
    return lambda order: bar(order.context.duration_s or 0.0, what(order))


@contextlib.contextmanager
def played(
    play: Rehearsal, unit: FollowFocusUnit, ending: Ending, takes: list[Taken], log: Path | None
) -> Iterator[None]:
    """Play in here; a signal stops it, and what was played is kept. Takes that were left open in the log are ended."""
    from followfocus.stage.run import at_rest

    ending.stops(lambda hard: play.runner.stop_soon(unit, unit.clock.now(), hard=hard))
    reconciled(unit, log)
    yield
    if ending.came or not all(one.take.lets_go_on for one in takes):
        stands = at_rest(unit)
        ending.last_word = stands


def warn_of_loss(unit: FollowFocusUnit) -> None:
    """Say it where the unit has lost its settings."""
    from followfocus.unit.setup import LOST

    if unit.setup.lost:
        warn(LOST)


def reconciled(unit: FollowFocusUnit, log: Path | None) -> None:
    """Close the takes that were left open in the log, and say how they ended; say what the unit has lost."""
    from followfocus.errors import FileError
    from followfocus.stage.reconcile import reconcile
    from followfocus.takes.schema import LogWaitsError

    warn_of_loss(unit)
    if log is None:
        return
    try:
        for words in reconcile(unit, log):
            warn(words)
    except LogWaitsError:  # said already, and tried again with each take
        return
    except FileError as error:
        warn(str(error))


def tell_trouble(taken: Taken) -> None:
    """Say at once which take the log could not keep."""
    if taken.trouble:
        warn(taken.trouble)


def end(takes: list[Taken], ending: Ending) -> None:
    """Raise what the takes ask for."""
    end_with([one.take for one in takes], ending.last_word, came=ending.came)
