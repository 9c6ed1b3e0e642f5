# SPDX-License-Identifier: MIT
"""`followfocus pull`: plan a pull, load it, and shoot takes of it, on the simulated unit or a real one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import tell_json, warn
from followfocus.cli.endings import ended_by_signals
from followfocus.cli.options import AtOption, JsonOption, LensArgument, PortOption, StopOption
from followfocus.cli.playing import end, played, tell_trouble, watched
from followfocus.cli.pull_options import (
    CocOption,
    DurationOption,
    EaseOption,
    FitOption,
    FocalOption,
    FormatOption,
    FpsOption,
    FrictionOption,
    FromOption,
    LimitsOption,
    LongOption,
    MotorOption,
    PlotOption,
    PullAsk,
    SharpFrameOption,
    SubjectOption,
    ToOption,
    VisibleOption,
    VoltsOption,
    plan_of,
)
from followfocus.cli.pull_together import (
    HandAsk,
    KeepOption,
    TogetherOption,
    TogetherWheelOption,
    WithinOption,
    hand_ask,
    hand_facts,
    say_hand,
    tell_hand,
    wheel_from,
)
from followfocus.cli.take_words import counted_on, gone_is_fine, kept_in, one_log, show_takes
from followfocus.errors import RequestError

if TYPE_CHECKING:
    from followfocus.cli.endings import Ending
    from followfocus.motion.limits import Feasibility
    from followfocus.plan.plan import Plan
    from followfocus.show.slate import Slate
    from followfocus.stage.events import Taken
    from followfocus.takes.keeper import TakeKeeper
    from followfocus.unit.unit import FollowFocusUnit

TakesOption = Annotated[int, typer.Option(metavar="N", help="How many takes to shoot.")]
LogOption = Annotated[
    Path | None, typer.Option(metavar="FILE.db", help="Write each take to this take log; else to your own.")
]
NoLogOption = Annotated[bool, typer.Option("--no-log", help="Write the takes to no log.")]
FastOption = Annotated[bool, typer.Option("--fast", help="On sim: as fast as the machine goes, with the same result.")]
FaultOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="On sim: let this go wrong (followfocus sim --help lists them)."),
]
CueOption = Annotated[bool, typer.Option("--cue", help="Start each take by the unit's cue input instead of GO.")]

AnywayOption = Annotated[
    bool, typer.Option("--anyway", help="On sim: shoot what a limit forbids, to see what the motor makes of it.")
]


@dataclass(slots=True)
class _Job:
    """The outcome of a run of takes."""

    plan: Plan
    unit: dict[str, object] | None = None
    takes: list[Taken] = field(default_factory=list)


def command(
    lens: LensArgument,
    from_: FromOption,
    to: ToOption,
    duration: DurationOption = None,
    visible: VisibleOption = None,
    sharp_frame: SharpFrameOption = None,
    ease: EaseOption = "minjerk",
    stop: StopOption = None,
    format_: FormatOption = "super35",
    coc: CocOption = None,
    fps: FpsOption = "24",
    motor: MotorOption = None,
    volts: VoltsOption = None,
    friction: FrictionOption = None,
    limits: LimitsOption = "standard",
    fit: FitOption = False,
    subject: SubjectOption = None,
    focal: FocalOption = None,
    long: LongOption = None,
    port: PortOption = "sim",
    takes: TakesOption = 1,
    log: LogOption = None,
    no_log: NoLogOption = False,
    json: JsonOption = False,
    plot: PlotOption = None,
    fast: FastOption = False,
    fault: FaultOption = None,
    cue: CueOption = False,
    at: AtOption = None,
    anyway: AnywayOption = False,
    hand: TogetherOption = None,
    source: TogetherWheelOption = None,
    within: WithinOption = None,
    keep: KeepOption = False,
) -> None:
    """Shoot a pull: takes from A to B, back to one between them, each with how well it landed.

    followfocus pull ideal-50 --from 2m --to 4m --duration 2

    followfocus pull arri-signature-prime-40 --from 4.8m --to 0.7m --duration 2 --takes 10 --port /dev/ttyUSB0

    Every take is put down before GO and kept however it ends. Ctrl-C, a closed terminal and being terminated stop the
    motor. Ends with exit code 1 if a take did not land, 3 if the link was lost.
    """
    words = (lens, from_, to, duration, visible, sharp_frame, ease, stop, format_, coc, fps, motor, volts, friction)
    if not 1 <= takes <= 65_535:
        raise RequestError(f"--takes {takes}: shoot at least one.", "Give 1 or more.")
    from followfocus.show.slate import Slate

    one_log(log, no_log=no_log)
    if plot is not None:
        from followfocus.paper.plots import check_plot

        check_plot(plot)
    together = hand_ask(hand, source, within=within, keep=keep)
    if together.hand and (cue or anyway):
        raise RequestError("A pull with a hand is streamed: it has no cue, and keeps the limits.", "Leave those out.")
    job = _Job(plan_of(PullAsk(*words, limits, fit, tuple(subject or ()), focal, long)))
    try:
        if anyway:
            job.plan = _unguarded(job.plan, port)
        else:
            _refuse(job.plan.feasibility)
        if job.plan.second_ring_words:
            warn(job.plan.second_ring_words)
        with ended_by_signals() as ending, kept_in(log, wanted=not no_log) as keeper:
            slate = counted_on(log, Slate())
            _shoot(
                job, port, takes, slate, keeper, ending, fast=fast, faults=fault or [], cue=cue, at=at, anyway=anyway,
                together=together,
            )  # fmt: skip
    finally:
        if json:
            tell_json(_facts(job))
        elif job.takes:
            with gone_is_fine():
                _show(job)
        if plot is not None and job.takes:
            _plot(job, plot)
    end(job.takes, ending)


def _refuse(found: Feasibility) -> None:
    """Refuse what no unit can do; how fast this one steps, it will say itself."""
    from followfocus.motion.bounds import STEP_RATE

    if found.binding != STEP_RATE:
        found.refuse()


def _unguarded(plan: Plan, port: str) -> Plan:
    """The plan without ring limits, on the simulated unit only: a real lens is never driven past them."""
    from followfocus.motion.limits import UNLIMITED

    if port.strip().lower() != "sim":
        raise RequestError(f"--anyway would drive what is on {port} past its limits.", "It is for --port sim.")
    return replace(plan, limits=UNLIMITED)


def _shoot(
    job: _Job,
    port: str,
    takes: int,
    slate: Slate,
    keeper: TakeKeeper | None,
    ending: Ending,
    *,
    fast: bool,
    faults: list[str],
    cue: bool,
    at: str | None,
    anyway: bool,
    together: HandAsk,
) -> None:
    from followfocus.cli.ring_place import place_of, rig_on
    from followfocus.lens.map import parse_point
    from followfocus.show.cues import Standby
    from followfocus.stage.prepare import show_of
    from followfocus.stage.rehearsal import Rehearsal
    from followfocus.unit.connect import open_unit
    from followfocus.unit.settings import silence_words

    plan = job.plan
    shown = together.over(show_of(plan))
    together.check(shown.cues)
    say_hand(shown)
    at_deg = None if at is None else parse_point(plan.lens, at)  # before anything moves: it may be no point at all
    stops = (0.0, plan.lens.travel_deg) if plan.lens.has_stops else None
    with open_unit(port, rig=plan.rig, faults=faults, fast=fast, stops_deg=stops) as unit:
        assert unit.info is not None
        job.unit = unit.info.facts()
        job.plan = plan = plan.on_rig(rig_on(unit, plan.rig))
        if not anyway:
            job.plan = plan = plan.on_unit(unit.info.fastest_interval_ticks)
            plan.feasibility.refuse()
        if at is not None:
            unit.configure(plan.rig, plan.limits)
            at_deg = place_of(unit, at, lambda said: parse_point(plan.lens, said))
        if cue:
            typer.echo(f"Waiting for the cue. If this computer goes away, {silence_words(unit.safety)}.", err=True)
        watch = watched(lambda order: f"take {order.take}, to {slate.take + takes - 1}")
        show = replace(shown, slate=slate)
        play = Rehearsal(unit, show, keeper, watch, at_deg, given=plan, cued=cue, wheel=wheel_from(together.source))
        with played(play, unit, ending, job.takes, None if keeper is None else keeper.path):
            for taken in play.run(Standby(), takes):
                job.takes.append(taken)
                job.plan = play.runner.plan or plan
                job.unit |= _clock_facts(unit, job.plan)
                tell_trouble(taken)
                tell_hand(taken)


def _clock_facts(unit: FollowFocusUnit, plan: Plan) -> dict[str, object]:
    rate = unit.line.clock_rate
    return {
        "planned_tick_hz": plan.tick_hz,
        "measured_tick_hz": None if rate is None else rate.hz,
        "measured_tick_within_hz": None if rate is None else rate.within_hz,
    }


def _facts(job: _Job) -> dict[str, object]:
    return {
        **job.plan.facts(), "unit": job.unit, "takes": [{**one.take.facts(), **hand_facts(one)} for one in job.takes],
    }  # fmt: skip


def _show(job: _Job) -> None:
    plan = job.plan
    start, end = plan.motion.start_deg, plan.motion.end_deg
    way = f"{start:z.2f}° → {end:z.2f}° in {plan.motion.duration_s:.3f} s on {(job.unit or {})['port']}"
    show_takes(f"{plan.lens.name}: {way}", [one.take for one in job.takes])


def _plot(job: _Job, path: Path) -> None:
    import numpy as np

    from followfocus.paper.plots import plot_plan

    traces = []
    takes = [one.take for one in job.takes]
    for take in takes:
        trace = take.witness or take.actual
        traces.append((np.array([s.at_s for s in trace]), np.array([s.ring_deg for s in trace])))
    verdicts = ", ".join(f"{take.take} {take.verdict.value}" for take in takes)
    plot_plan(job.plan, path, actual=traces, title=f"{job.plan.lens.name}: take {verdicts}")
