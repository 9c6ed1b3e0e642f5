# SPDX-License-Identifier: MIT
"""Shared by the commands that shoot takes: the progress bar, the table at the end, Ctrl-C, and the exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from followfocus.cli.console import console, say, warn
from followfocus.cli.tables import Column, Grid, say_table
from followfocus.errors import FileError, JobError, LineError, RequestError

if TYPE_CHECKING:
    from pathlib import Path

    from followfocus.show.slate import Slate
    from followfocus.takes.keeper import TakeKeeper
    from followfocus.takes.takes import Take
    from followfocus.wire.evidence import UnitStatus

_COLOURS = {"good": "green", "soft": "yellow", "missed": "bold red"}
_OUTCOMES = {"missed": "missed its mark", "stopped": "was stopped", "faulted": "faulted"}


@contextlib.contextmanager
def bar(duration_s: float, what: str) -> Iterator[Callable[[float, UnitStatus], None] | None]:
    """A progress bar on standard error, if that is a terminal. Decoration: where it can't be drawn there is none."""
    from rich.progress import BarColumn, Progress, TextColumn

    printer = console(stderr=True)
    if not printer.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[at]}"))
    # Drawn by whoever tells of progress: a thread of its own would have nobody to tell that the terminal has gone.
    shown = Progress(*columns, console=printer, transient=True, auto_refresh=False)
    task = shown.add_task(what, total=duration_s, at="")

    def progress(elapsed_s: float, status: UnitStatus) -> None:
        angle = "" if status.ring_deg is None else f"{status.ring_deg:6.1f}°"
        shown.update(task, completed=elapsed_s, at=f"{elapsed_s:5.2f} s {angle}", refresh=True)

    with gone_is_fine():
        shown.start()
    try:
        yield progress
    finally:
        with gone_is_fine():
            shown.stop()


@contextlib.contextmanager
def gone_is_fine() -> Iterator[None]:
    """For what only decorates: a terminal that has gone, or is full, ends nothing."""
    with contextlib.suppress(OSError, ValueError):
        yield


def default_log() -> Path:
    """The user's own take log, where takes go that nobody named a log for. Raises FileError."""
    from followfocus.files import user_folder

    return user_folder() / "takes.db"


@contextlib.contextmanager
def kept_in(path: Path | None, *, wanted: bool = True) -> Iterator[TakeKeeper | None]:
    """The keeper of the log at `path`, of the user's own where that is None, or none where no log is wanted.

    What the log can't take is held, said, and tried again with the next take and at the end: also where there is no
    room for it to begin with. What else is wrong with a log that was named raises FileError before the first take;
    JobError at the end where takes are still not on disk.
    """
    from followfocus.files import stat_of
    from followfocus.takes.keeper import TakeKeeper
    from followfocus.takes.log import TakeLog
    from followfocus.takes.schema import LogWaitsError

    if not wanted:
        yield None
        return
    try:
        where = default_log() if path is None else path
        begun = stat_of(where) is None
        if begun and where.suffix.lower() == ".ffshow":
            raise FileError(f"{where} is the name of a show, not of a take log.", (), "Give one that ends in .db.")
        TakeLog(where).shut()  # what is wrong with the log is said before anything moves
    except LogWaitsError as error:
        warn(f"{error} Takes are kept here meanwhile and tried again.")
        begun = False
    except FileError as error:
        if path is not None:
            raise
        warn(f"These takes are kept in no log. {error}")
        yield None
        return
    keeper = TakeKeeper(where, numbers=path is not None)  # in your own log each command counts from 1
    if begun:
        say(f"A new take log begins: {where}.", err=True)
    try:
        yield keeper
    finally:
        written = keeper.retry()
    if written and not keeper.unsaved and keeper.trouble:
        warn(keeper.trouble)
    if keeper.unsaved:
        missing = ", ".join(f"{one.context.slate}" for one in keeper.unsaved)
        raise JobError(f"Not in {where}: {missing}. {keeper.fault}", _rescued(keeper, where))


def _rescued(keeper: TakeKeeper, path: Path) -> str:
    """Save the unsaved takes in a log beside the other, or in the user's data folder; says where, and the way back."""
    from platformdirs import user_data_path

    from followfocus.takes.rescue import rescue

    it, is_in = ("them", "They are") if len(keeper.unsaved) > 1 else ("it", "It is")
    places = rescue(keeper, f"{path.stem}-rescued.db", (path.parent, user_data_path("followfocus")))
    if not keeper.unsaved:
        back = f"Bring {it} back with: followfocus takes join {path} {' '.join(map(str, places))}"
        return f"{is_in} in {' and '.join(map(str, places))} instead. {back}"
    lost = ", ".join(f"{one.context.slate}" for one in keeper.unsaved)
    kept = f"In {places[0]} instead, but for {lost}. " if places else ""
    return f"{kept}No log could be written for {lost}: what is told above is all there is."


def one_log(path: Path | None, *, no_log: bool) -> None:
    """Raise RequestError where a log is named and none is wanted: takes would be missing that somebody counts on."""
    if path is not None and no_log:
        raise RequestError(f"--log names {path}, and --no-log wants no log.", "Leave one of the two out.")


def counted_on(path: Path | None, slate: Slate) -> Slate:
    """The slate with the take after the last one that the log has of its shot; as it is where no log can be read.

    Raises RequestError for a number that no unit counts to.
    """
    from dataclasses import replace

    from followfocus.files import stat_of
    from followfocus.show.slate import MOST_TAKES
    from followfocus.takes.log import TakeLog

    if path is None or stat_of(path) is None:
        return slate
    try:
        with TakeLog(path, create=False) as log:
            following = log.last_take_of(slate.shot) + 1
    except FileError:  # it was said as the keeper was made: a log that waits for room may have nothing in it yet
        return slate
    if following > MOST_TAKES:
        raise RequestError(
            f"{slate.shot} has {following - 1:,} takes in {path}: no unit counts further.", "Begin a shot."
        )
    return replace(slate, take=max(slate.take, following))


def show_takes(title: str, takes: Sequence[Take], names: Sequence[str] = ()) -> None:
    """The takes as a table, what was wrong with them, and how alike they are; `names` instead of their numbers.

    What `end_with` says of the take that the command fails by is left to it: nothing is said twice.
    """
    from followfocus.takes.takes import spread

    called = names or [str(take.take) for take in takes]
    figures = ("take", "landing error", "in half DOF", "duration error", "start latency")
    table = Grid([*(Column(name, right=True) for name in figures), Column("verdict")], title)
    for name, take in zip(called, takes, strict=True):
        colour = _COLOURS.get(take.verdict.value, "red")
        table.add(
            name,
            figure(take.landing_error_deg, "{:+z.3f}°"),
            figure(take.landing_error_half_dof, "{:+z.3f}"),
            figure(take.duration_error_ms, "{:+z.3f} ms"),
            _latency(take),
            take.verdict.value,
            colour=colour,
        )
    say_table(table)
    last_said = _ended_by(takes)
    for name, take in zip(names or [f"take {name}" for name in called], takes, strict=True):
        for reason in take.reasons if take is not last_said else ():
            say(f"{name}: {reason}", "yellow")
        if take.timing.words:
            say(f"{name}: {take.timing.words}", "dim")
    alike = spread(takes)
    if alike is not None:
        within = f"{alike.landing_deg:z.4f}° and {alike.duration_ms:.4f} ms"
        say(f"{alike.takes} takes landed within {within} of each other.")


def _latency(take: Take) -> str:
    """From GO to time zero, and how far that may be off."""
    if take.start_latency_ms is None or take.start_latency_uncertainty_ms is None:
        return figure(take.start_latency_ms, "{:.1f} ms")
    return f"{take.start_latency_ms:.1f} ± {take.start_latency_uncertainty_ms:.1f} ms"


def figure(value: float | None, how: str) -> str:
    """A figure, or a dash where there is none."""
    return "–" if value is None else how.format(value)


def end_with(takes: Sequence[Take], stands: str = "", *, came: bool = False) -> None:
    """Raise what the takes ask for: LineError for a lost link, JobError where one did not land or a signal came.

    `stands` is where the motor is, by the unit's last word; `came` tells that someone ended the command.
    """
    last = takes[-1] if takes else None
    failed = _ended_by(takes)
    if failed is not None and failed.verdict.value == "lost" and failed is last:
        raise LineError(f"Take {failed.take} was lost: {'; '.join(failed.reasons)}.", "Check cable and power.")
    if failed is not None:
        outcome = _OUTCOMES.get(failed.verdict.value, f"is {failed.verdict.value}")
        why = "; ".join(reason for reason in failed.reasons if reason not in outcome)
        raise JobError(f"Take {failed.take} {outcome}{': ' if why else ''}{why}.", stands if came else "")
    if last is not None and (last.interrupted or came):
        raise JobError(f"Interrupted after take {last.take} had landed; no other was played.", stands)
    if came:
        raise JobError("Interrupted before a take began.", stands)


def _ended_by(takes: Sequence[Take]) -> Take | None:
    """The take that the command fails by: the last if the link was lost in it, else the first that did not land."""
    if takes and takes[-1].verdict.value == "lost":
        return takes[-1]
    return next((take for take in takes if not take.verdict.usable), None)
