# SPDX-License-Identifier: MIT
"""`followfocus hand`: the ring follows a wheel, and what the hand did is kept as a take."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import say, tell_json
from followfocus.cli.endings import Ending, ended_by_signals
from followfocus.cli.options import AtOption, JsonOption, LensArgument, PortOption, StopOption
from followfocus.cli.playing import warn_of_loss
from followfocus.cli.pull import FastOption, LogOption, NoLogOption
from followfocus.cli.take_words import counted_on, gone_is_fine, kept_in
from followfocus.cli.track import ForOption
from followfocus.errors import JobError, RequestError

if TYPE_CHECKING:
    from followfocus.cli.hand_view import HandView
    from followfocus.hand.events import SourceEvent
    from followfocus.hand.manners import HandManners
    from followfocus.lens.map import LensMap
    from followfocus.plan.plan import Conditions
    from followfocus.sources.wheels import OpenWheel
    from followfocus.stage.by_hand import ByHand
    from followfocus.stage.hand_recorder import HandRecorder
    from followfocus.takes.keeper import TakeKeeper
    from followfocus.unit.following import FollowEvidence
    from followfocus.unit.unit import FollowFocusUnit

WheelOption = Annotated[
    str,
    typer.Option("--source", metavar="WHEEL", help="midi:NAME, hid, hid:NAME, keys, or file:HAND.csv (wheels list)."),
]
LowOption = Annotated[
    str | None, typer.Option("--low", metavar="POINT", help="The wheel's turn begins here; else at infinity.")
]
HighOption = Annotated[
    str | None, typer.Option("--high", metavar="POINT", help="The wheel's turn ends here; else at close focus.")
]
POLL_S = 0.004


@dataclass(frozen=True, slots=True)
class _Ask:
    """The request, as the options give it."""

    lens: LensMap
    source: str
    manners: HandManners
    conditions: Conditions
    port: str
    at_deg: float | None
    seconds: float | None
    log: Path | None
    record: bool
    fine: bool
    fast: bool


@dataclass(slots=True)
class _Job:
    """The outcome of a session."""

    unit: dict[str, object] | None = None
    takes: list[dict[str, object]] = field(default_factory=list)
    trouble: str = ""
    whole: bool = True


def command(
    lens: LensArgument,
    source: WheelOption,
    port: PortOption = "sim",
    record: Annotated[bool, typer.Option("--record", help="Keep what the hand does as a take.")] = False,
    low: LowOption = None,
    high: HighOption = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="Turn the other way round.")] = False,
    fine: Annotated[bool, typer.Option("--fine", help="Begin in the fine gear.")] = False,
    smoothing: Annotated[
        bool, typer.Option("--smooth/--no-smooth", help="Smooth the wheel (the 1-euro filter).")
    ] = True,
    stop: StopOption = None,
    at: AtOption = None,
    seconds: ForOption = None,
    log: LogOption = None,
    no_log: NoLogOption = False,
    json: JsonOption = False,
    fast: FastOption = False,
) -> None:
    """Follow focus by hand: the ring follows a wheel, until Ctrl-C. With --record it is a take.

    followfocus hand ideal-50 --source midi:X-Touch --port /dev/ttyUSB0

    followfocus hand ideal-50 --source hid --record --port /dev/ttyUSB0

    Keys: left and right turn, up and down shift the gear, space is STOP, q ends. The first signal or Ctrl-C stops a
    ring that turns. Ends with exit code 1 where the hand was cut short: a STOP, a wheel that was unplugged.
    """
    from followfocus.lens.map import load_lens, parse_point
    from followfocus.plan.plan import Conditions

    on = load_lens(lens)
    ends = tuple(None if text is None else parse_point(on, text) for text in (low, high))
    manners = _manners(source, on, ends, reverse=reverse, smoothing=smoothing)
    at_deg = None if at is None else parse_point(on, at)
    conditions = Conditions(stop or on.t_stop)
    ask = _Ask(on, source, manners, conditions, port, at_deg, seconds, log, record, fine, fast)
    job = _Job()
    with ended_by_signals() as ending, kept_in(log, wanted=record and not no_log) as keeper:
        try:
            _run(ask, job, ending, keeper)
        finally:
            if json:
                told = {"lens": on.name, "unit": job.unit, "takes": job.takes}
                tell_json(told)
    if job.trouble:
        raise JobError(job.trouble)
    if not job.whole:
        raise JobError("The hand was cut short; what it did is kept." if keeper else "The hand was cut short.")


def _manners(
    source: str, lens: LensMap, ends: tuple[float | None, ...], *, reverse: bool, smoothing: bool
) -> HandManners:
    """The wheel's own manners, as kept, with what was asked for now. Raises RequestError."""
    from followfocus.sources.wheels import kept_wheel

    manners = kept_wheel(source).manners
    if source == "keys":
        manners = manners.but(turn_counts=lens.travel_deg)
    known = [end for end in ends if end is not None]
    low, high = (min(known), max(known)) if len(known) == 2 else ends
    changes: dict[str, object] = {"smoothing": smoothing}
    changes |= {name: value for name, value in (("low_deg", low), ("high_deg", high)) if value is not None}
    if reverse:
        changes["direction"] = -manners.direction
    try:
        return manners.but(**changes)
    except ValueError as error:
        raise RequestError("The wheel's part of the lens has no room.", "Give --low and --high apart.") from error


def _run(ask: _Ask, job: _Job, ending: Ending, keeper: TakeKeeper | None) -> None:
    from followfocus.cli.ring_place import place_of, rig_on
    from followfocus.lens.map import parse_point
    from followfocus.plan.plan import rig_for
    from followfocus.show.slate import Slate
    from followfocus.stage.by_hand import ready_by_hand
    from followfocus.stage.hand_recorder import HandRecorder
    from followfocus.unit.connect import open_unit

    lens, rig, at_deg = ask.lens, rig_for(ask.lens), ask.at_deg
    stops = (0.0, lens.travel_deg) if lens.has_stops else None
    with open_unit(ask.port, rig=rig, fast=ask.fast, stops_deg=stops) as unit:
        assert unit.info is not None
        job.unit = unit.info.facts()
        warn_of_loss(unit)
        rig = rig_on(unit, rig)
        if at_deg is not None:
            unit.configure(rig)
            at_deg = place_of(unit, f"{at_deg:g}deg", lambda said: parse_point(lens, said))
        ready_by_hand(unit, lens, rig, at_deg)
        recorder = None
        if ask.record:
            slate = counted_on(ask.log, Slate())
            recorder = HandRecorder(unit.info, lens, ask.conditions, rig, slate, keeper)
        ending.stops(lambda hard: _stop(unit, hard=hard))
        _Session(ask, job, unit, recorder).run(ending)


def _stop(unit: FollowFocusUnit, *, hard: bool) -> None:
    """A signal: a ring that turns is stopped; one that rests only has to be let go of."""
    if unit.status.speed_deg_s or hard:
        unit.link.stop_soon(hard=hard)


class _Session:
    """A hand on a unit, until something ends it."""

    def __init__(self, ask: _Ask, job: _Job, unit: FollowFocusUnit, recorder: HandRecorder | None) -> None:
        from followfocus.cli.hand_view import HandView
        from followfocus.hand.hand import WheelHand
        from followfocus.sources.wheels import kept_wheel
        from followfocus.stage.by_hand import ByHand

        hand = WheelHand(ask.manners, ask.lens.travel_deg)
        hand.shift(fine=ask.fine)
        self._ask, self._job, self._unit, self._recorder = ask, job, unit, recorder
        self._view: HandView = HandView(ask.lens, ask.conditions)
        self._by_hand: ByHand = ByHand(unit, hand, self._ended, self._begins)
        self._by_hand.holds = recorder is not None
        self._buttons = kept_wheel(ask.source).buttons
        self._cut_short = False

    def run(self, ending: Ending) -> None:
        """Follow, until a signal, the end of the time, or of the wheel."""
        wheel = self._opened()
        self._view.begin(f"{self._ask.lens.name} follows {wheel.name}. Ctrl-C ends.")
        end_s = float("inf") if self._ask.seconds is None else self._unit.clock.now() + self._ask.seconds
        try:
            while not (ending.came or self._cut_short or wheel.over or self._unit.clock.now() >= end_s):
                self._once(wheel)
        finally:
            wheel.close()
            self._by_hand.end()
            self._view.end()

    def _once(self, wheel: OpenWheel) -> None:
        wheel.poll()
        self._by_hand.tick()
        self._view.show(self._by_hand, self._unit.status)
        if not self._cut_short:
            self._unit.link.sleep(POLL_S)

    def _opened(self) -> OpenWheel:
        from followfocus.sources.wheels import open_wheel

        if self._ask.source == "keys":
            from followfocus.cli.hand_keys import Keys

            return Keys(self._hear, self._unit.clock)
        return open_wheel(self._ask.source, self._hear, self._unit.clock)

    def _hear(self, event: SourceEvent) -> None:
        """From any thread: what the wheel did."""
        from followfocus.hand.events import WheelGone, WheelPressed

        if isinstance(event, WheelPressed):
            if event.down:
                self._press(self._buttons.get(event.button, event.button))
            return
        if isinstance(event, WheelGone):
            self._job.trouble = f"{event.source} was unplugged: the ring has stopped where it was."
            self._cut_short = True
            if self._recorder is not None:
                self._recorder.unplugged()
        self._by_hand.hear(event)

    def _press(self, action: str) -> None:
        if action == "stop":
            self._unit.stop(wait=False)
            self._by_hand.let_go()
        elif action == "gear":
            self._by_hand.hand.shift(fine=not self._by_hand.hand.is_fine)

    def _begins(self, ring_deg: float) -> None:
        if self._recorder is not None:
            self._recorder.begin(ring_deg)

    def _ended(self, found: FollowEvidence) -> None:
        if self._recorder is None:
            return
        self._cut_short = True  # a recording that was stopped is over
        taken = self._recorder.end(found, self._unit.steps_per_deg)
        take, row = taken.take, taken.row
        self._job.takes.append({**take.facts(), "row": row})
        self._job.whole = self._job.whole and take.verdict.usable
        self._view.end()
        with gone_is_fine():
            where = "" if row is None else f" It is row {row} of the log."
            why = f" ({'; '.join(take.reasons)})" if take.reasons else ""
            way = f"{take.start_deg:z.2f}° → {take.end_deg:z.2f}° in {take.actual_s:.2f} s"
            say(f"Take {take.take} by hand: {way}{why}.{where}", err=True)
            if taken.trouble:
                say(taken.trouble, "red", err=True)
