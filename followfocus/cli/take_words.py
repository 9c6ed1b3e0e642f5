"""Shared by the commands that shoot takes: the progress bar, the table at the end, Ctrl-C, and the exit code."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn

import typer

from followfocus.cli.console import console, say
from followfocus.errors import JobError, LineError, RequestError

if TYPE_CHECKING:
    from pathlib import Path

    from followfocus.plan.plan import Plan
    from followfocus.show.slate import Slate
    from followfocus.takes.context import TakeContext
    from followfocus.takes.keeper import TakeKeeper
    from followfocus.takes.takes import Take
    from followfocus.wire.evidence import UnitStatus

_MOST_TAKES = 65_535
_COLOURS = {"good": "green", "soft": "yellow", "missed": "bold red"}
_OUTCOMES = {"missed": "missed its mark", "stopped": "was stopped", "faulted": "faulted"}


@contextlib.contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Being terminated stops the motor as Ctrl-C does."""

    def interrupt(_signal: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        raise JobError("Interrupted before the take began; nothing moves.") from None
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def bar(plan: Plan, what: str) -> Iterator[Callable[[float, UnitStatus], None]]:
    """A progress bar on standard error, if that is a terminal."""
    from rich.progress import BarColumn, Progress, TextColumn

    printer = console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[at]}"))
    with Progress(*columns, console=printer, disable=not printer.is_terminal, transient=True) as shown:
        task = shown.add_task(what, total=plan.motion.duration_s, at="")

        def progress(elapsed_s: float, status: UnitStatus) -> None:
            angle = "" if status.ring_deg is None else f"{status.ring_deg:6.1f}°"
            shown.update(task, completed=elapsed_s, at=f"{elapsed_s:5.2f} s {angle}")

        yield progress


@contextlib.contextmanager
def kept_in(path: Path | None) -> Iterator[Callable[[Take, TakeContext], object]]:
    """A function that keeps each take in the log, if there is to be one.

    What the log can't take is held, said, and tried again with the next take and at the end. Raises FileError before
    the first take, JobError at the end where takes are still not on disk.
    """
    if path is None:
        yield lambda _take, _context: None
        return
    from followfocus.takes.keeper import TakeKeeper
    from followfocus.takes.log import TakeLog

    TakeLog(path).shut()  # what is wrong with the log is said before anything moves
    keeper = TakeKeeper(path)

    def keep(take: Take, context: TakeContext) -> None:
        keeper.keep(take, context)
        if keeper.trouble:
            typer.secho(keeper.trouble, fg=typer.colors.YELLOW, err=True)

    try:
        yield keep
    finally:
        keeper.retry()
    if keeper.unsaved:
        lost = ", ".join(f"{one.context.slate}" for one in keeper.unsaved)
        raise JobError(f"Not in {path}: {lost}. {keeper.trouble}", _rescued(keeper, path))


def _rescued(keeper: TakeKeeper, path: Path) -> str:
    """Write what is unsaved into a log beside the other, or where programs keep what is the user's; where it is now."""
    from platformdirs import user_data_path

    from followfocus.errors import FileError

    for folder in (path.parent, user_data_path("followfocus")):
        rescue = folder / f"{path.stem}-rescued.db"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            keeper.rescue(rescue)
        except (FileError, OSError):
            continue
        return f"It is in {rescue} instead."
    return ""


def counted_on(path: Path | None, slate: Slate) -> Slate:
    """The slate with the take after the last one that the log has of its shot. Raises FileError, RequestError."""
    from dataclasses import replace

    from followfocus.files import standing
    from followfocus.takes.log import TakeLog

    if path is None or standing(path) is None:
        return slate
    with TakeLog(path) as log:
        following = log.last_take_of(slate.shot) + 1
    if following > _MOST_TAKES:
        raise RequestError(
            f"{slate.shot} has {following - 1:,} takes in {path}: no unit counts further.", "Begin a shot."
        )
    return replace(slate, take=max(slate.take, following))


def show_takes(title: str, takes: Sequence[Take], names: Sequence[str] = ()) -> None:
    """The takes as a table, what was wrong with them, and how alike they are; `names` instead of their numbers."""
    from rich.table import Table
    from rich.text import Text

    from followfocus.takes.takes import spread

    called = names or [str(take.take) for take in takes]
    table = Table(title=title, title_justify="left")
    table.add_column("take", justify="right", no_wrap=True)
    for heading in ("landing error", "in half DOF", "duration error", "start latency"):
        table.add_column(heading, justify="right")
    table.add_column("verdict")
    for name, take in zip(called, takes, strict=True):
        colour = _COLOURS.get(take.verdict.value, "red")
        table.add_row(
            name,
            figure(take.landing_error_deg, "{:+.3f}°"),
            figure(take.landing_error_half_dof, "{:+.3f}"),
            figure(take.duration_error_ms, "{:+.3f} ms"),
            _latency(take),
            Text(take.verdict.value, style=colour),
        )
    say(table)
    for name, take in zip(called, takes, strict=True):
        for reason in take.reasons:
            say(f"take {name}: {reason}", "yellow")
    alike = spread(takes)
    if alike is not None:
        say(f"{alike.takes} takes landed within {alike.landing_deg:.4f}° and {alike.duration_ms:.4f} ms of each other.")


def _latency(take: Take) -> str:
    """From GO to time zero, and how far that may be off."""
    if take.start_latency_ms is None or take.start_latency_uncertainty_ms is None:
        return figure(take.start_latency_ms, "{:.1f} ms")
    return f"{take.start_latency_ms:.1f} ± {take.start_latency_uncertainty_ms:.1f} ms"


def figure(value: float | None, how: str) -> str:
    """A figure, or a dash where there is none."""
    return "–" if value is None else how.format(value)


def end_with(takes: Sequence[Take]) -> None:
    """Raise what the takes ask for: JobError where one did not land or Ctrl-C came, LineError for a lost link."""
    last = takes[-1]
    if last.verdict.value == "lost":
        raise LineError(f"Take {last.take} was lost: {'; '.join(last.reasons)}", "Check cable and power.")
    failed = [take for take in takes if not take.verdict.usable]
    if failed:
        outcome = _OUTCOMES[failed[0].verdict.value]
        raise JobError(f"Take {failed[0].take} {outcome}: {'; '.join(failed[0].reasons)}.")
    if last.interrupted:
        raise JobError(f"Interrupted as take {last.take} landed; no other was played.")
