"""`followfocus pull`: plan a pull, load it, and shoot takes of it, on the simulated unit or a real one."""

from __future__ import annotations

import contextlib
import json as json_module
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.pull_options import (
    CocOption,
    DurationOption,
    EaseOption,
    FitOption,
    FormatOption,
    FpsOption,
    FrictionOption,
    FromOption,
    JsonOption,
    LensArgument,
    LimitsOption,
    MotorOption,
    PlotOption,
    PullAsk,
    SharpFrameOption,
    StopOption,
    ToOption,
    VisibleOption,
    VoltsOption,
    plan_of,
)
from followfocus.cli.take_words import bar, counted_on, end_with, kept_in, show_takes, terminated_as_interrupted
from followfocus.errors import RequestError

if TYPE_CHECKING:
    from followfocus.plan.plan import Plan
    from followfocus.takes.takes import Take
    from followfocus.unit.unit import FollowFocusUnit
    from followfocus.wire.evidence import UnitInfo

PortOption = Annotated[
    str, typer.Option(metavar="PORT", help="sim, a serial device, a pty, or a URL such as socket://host:port.")
]
TakesOption = Annotated[int, typer.Option(metavar="N", help="How many takes to shoot.")]
LogOption = Annotated[Path | None, typer.Option(metavar="FILE.db", help="Write each take to this take log.")]
FastOption = Annotated[bool, typer.Option("--fast", help="On sim: as fast as the machine goes, with the same result.")]
FaultOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="On sim: let this go wrong (followfocus sim --help lists them)."),
]
CueOption = Annotated[bool, typer.Option("--cue", help="Start each take by the unit's cue input instead of GO.")]
AtOption = Annotated[
    str | None, typer.Option(metavar="POINT", help="The ring stands here now: someone has looked. Sets the reference.")
]

AnywayOption = Annotated[
    bool, typer.Option("--anyway", help="On sim: shoot what a limit forbids, to see what the motor makes of it.")
]


@dataclass(slots=True)
class _Job:
    """What a run of takes has come to."""

    plan: Plan
    unit: dict[str, object] | None = None
    takes: list[Take] = field(default_factory=list)


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
    port: PortOption = "sim",
    takes: TakesOption = 1,
    log: LogOption = None,
    json: JsonOption = False,
    plot: PlotOption = None,
    fast: FastOption = False,
    fault: FaultOption = None,
    cue: CueOption = False,
    at: AtOption = None,
    anyway: AnywayOption = False,
) -> None:
    """Shoot a pull: takes from A to B, back to one between them, each with how well it landed.

    followfocus pull ideal-50 --from 2m --to 4m --duration 2

    followfocus pull arri-signature-prime-40 --from 4.8m --to 0.7m --duration 2 --takes 10 --port /dev/ttyUSB0

    Ctrl-C stops the motor; the take is kept as stopped. Ends with exit code 1 if a take did not land, 3 if the link was
    lost.
    """
    words = (lens, from_, to, duration, visible, sharp_frame, ease, stop, format_, coc, fps, motor, volts, friction)
    if not 1 <= takes <= 65_535:
        raise RequestError(f"--takes {takes}: shoot at least one.", "Give 1 or more.")
    from followfocus.show.slate import Slate

    job = _Job(plan_of(PullAsk(*words, limits, fit)))
    try:
        if anyway:
            job.plan = _unguarded(job.plan, port)
        else:
            job.plan.feasibility.refuse()
        with terminated_as_interrupted(), _log_to(log, job.plan) as keep:
            first = counted_on(log, Slate()).take
            _shoot(job, port, range(first, first + takes), keep, fast=fast, faults=fault or [], cue=cue, at=at)
    finally:
        if json:
            typer.echo(json_module.dumps(_facts(job), ensure_ascii=False))
        elif job.takes:
            _show(job)
        if plot is not None and job.takes:
            _plot(job, plot)
    end_with(job.takes)


def _unguarded(plan: Plan, port: str) -> Plan:
    """The plan without ring limits, on the simulated unit only: a real lens is never driven past them."""
    from dataclasses import replace

    from followfocus.motion.limits import UNLIMITED

    if port.strip().lower() != "sim":
        raise RequestError(f"--anyway would drive what is on {port} past its limits.", "It is for --port sim.")
    return replace(plan, limits=UNLIMITED)


def _shoot(
    job: _Job,
    port: str,
    takes: range,
    keep: Callable[[Take, UnitInfo], object],
    *,
    fast: bool,
    faults: list[str],
    cue: bool,
    at: str | None,
) -> None:
    from followfocus.cli.ring_place import place_of
    from followfocus.lens.map import parse_point
    from followfocus.stage.shoot import load, ready, shoot
    from followfocus.unit.connect import open_unit
    from followfocus.unit.settings import silence_words

    plan = job.plan
    at_deg = None if at is None else parse_point(plan.lens, at)  # before anything moves: it may be no point at all
    stops = (0.0, plan.lens.travel_deg) if plan.lens.has_stops else None
    with open_unit(port, rig=plan.rig, faults=faults, fast=fast, stops_deg=stops) as unit:
        assert unit.info is not None
        job.unit = unit.info.facts()
        if at is not None:
            unit.configure(plan.rig, plan.limits)
            at_deg = place_of(unit, at, lambda said: parse_point(plan.lens, said))
        ready(unit, plan, at_deg)
        job.plan = load(unit, plan)
        job.unit |= _clock_facts(unit, job.plan)
        if cue:
            typer.echo(f"Waiting for the cue. If this computer goes away, {silence_words(unit.safety)}.", err=True)
        for number in takes:
            with bar(job.plan, f"take {number}, to {takes[-1]}") as progress:
                take = shoot(unit, job.plan, number, progress, cue=cue)
            job.takes.append(take)
            keep(take, unit.info)
            if not take.lets_go_on:
                return


def _clock_facts(unit: FollowFocusUnit, plan: Plan) -> dict[str, object]:
    rate = unit.clock_rate
    return {
        "planned_tick_hz": plan.tick_hz,
        "measured_tick_hz": None if rate is None else rate.hz,
        "measured_tick_within_hz": None if rate is None else rate.within_hz,
    }


@contextlib.contextmanager
def _log_to(path: Path | None, plan: Plan) -> Iterator[Callable[[Take, UnitInfo], object]]:
    """What each take is handed to: the take log, if there is to be one."""
    if path is None:
        yield lambda _take, _unit: None
        return
    from followfocus.show.slate import Slate
    from followfocus.takes.context import context_of

    with kept_in(path) as keep:
        marks = " → ".join(mark.name for mark in plan.pull.marks)
        yield lambda take, unit: keep(take, context_of(plan, unit, slate=Slate(take=take.take), pull=marks))


def _facts(job: _Job) -> dict[str, object]:
    return {**job.plan.facts(), "unit": job.unit, "takes": [take.facts() for take in job.takes]}


def _show(job: _Job) -> None:
    plan = job.plan
    start, end = plan.motion.start_deg, plan.motion.end_deg
    port = (job.unit or {})["port"]
    show_takes(f"{plan.lens.name}: {start:.2f}° → {end:.2f}° in {plan.motion.duration_s:.3f} s on {port}", job.takes)


def _plot(job: _Job, path: Path) -> None:
    import numpy as np

    from followfocus.paper.plots import plot_plan

    traces = []
    for take in job.takes:
        trace = take.witness or take.actual
        traces.append((np.array([s.at_s for s in trace]), np.array([s.ring_deg for s in trace])))
    verdicts = ", ".join(f"{take.take} {take.verdict.value}" for take in job.takes)
    plot_plan(job.plan, path, actual=traces, title=f"{job.plan.lens.name}: take {verdicts}")
