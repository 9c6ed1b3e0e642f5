# SPDX-License-Identifier: MIT
"""`followfocus replay`: a clip's own pull, or a recorded take, played to the tick as often as wanted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import say, tell_json
from followfocus.cli.endings import Ending, ended_by_signals
from followfocus.cli.numbers import number
from followfocus.cli.options import AtOption, JsonOption, PortOption, StopOption
from followfocus.cli.playing import end, played, tell_trouble, watched
from followfocus.cli.pull import FastOption, FaultOption, LogOption, NoLogOption, TakesOption
from followfocus.cli.pull_options import LimitsOption
from followfocus.cli.recordings import PlayedOnOption, RecordingArgument, TrackOption, recording_of
from followfocus.cli.take_words import counted_on, gone_is_fine, kept_in, show_takes
from followfocus.errors import RequestError

if TYPE_CHECKING:
    from followfocus.plan.plan import Plan
    from followfocus.stage.events import Taken
    from followfocus.takes.keeper import TakeKeeper
    from followfocus.takes.recording import Recording

SmoothOption = Annotated[
    float | None,
    typer.Option("--smooth", metavar="S", parser=number, help="Smooth over so many seconds; else as it needs."),
]


def command(
    recording: RecordingArgument,
    lens: PlayedOnOption = None,
    track: TrackOption = None,
    port: PortOption = "sim",
    takes: TakesOption = 1,
    fitted: Annotated[
        bool, typer.Option("--fitted", help="Play the marks, holds and eases fitted to it (see takes fit).")
    ] = False,
    fit: Annotated[
        Path | None, typer.Option("--fit", metavar="OUT.ffshow", help="Write the fit as a show too.")
    ] = None,
    smooth: SmoothOption = None,
    limits: LimitsOption = "standard",
    stop: StopOption = None,
    fps: Annotated[str | None, typer.Option(metavar="RATE", help="Frames a second, where the clip is wrong.")] = None,
    at: AtOption = None,
    log: LogOption = None,
    no_log: NoLogOption = False,
    json: JsonOption = False,
    fast: FastOption = False,
    fault: FaultOption = None,
) -> None:
    """Play a recorded pull from its first sample to its last, the same to the clock tick every time.

    followfocus replay clip.csv --lens arri-signature-prime-40 --port /dev/ttyUSB0

    followfocus replay takes.db --track 12 --takes 10

    The ring goes to where the recording begins before it starts. Each replay is a take of its own.
    """
    from followfocus.motion.limits import RING_LIMITS

    if not 1 <= takes <= 65_535:
        raise RequestError(f"--takes {takes}: play it at least once.", "Give 1 or more.")
    if limits not in RING_LIMITS:
        raise RequestError(f"There are no ring limits “{limits}”.", f"Known: {', '.join(RING_LIMITS)}.")
    found = recording_of(recording, lens, track, stop, fps)
    for note in found.notes:
        say(f"{found.name}: {note}.", err=True)
    plan = _plan(found, smooth, limits, fitted=fitted, out=fit)
    plan.feasibility.refuse()
    shot: list[Taken] = []
    unit: dict[str, object] = {}
    try:
        with ended_by_signals() as ending, kept_in(log, wanted=not no_log) as keeper:
            _shoot(plan, unit, shot, port, takes, keeper, ending, log, at, fault or [], fast=fast)
    finally:
        facts = {**plan.facts(), "recording": found.name, "off_recording_deg": _off(plan, found), "unit": unit or None}
        if json:
            told = {**facts, "takes": [one.take.facts() for one in shot]}
            tell_json(told)
        elif shot:
            with gone_is_fine():
                show_takes(_title(plan, found), [one.take for one in shot])
    end(shot, ending)


def _plan(found: Recording, smooth: float | None, limits: str, *, fitted: bool, out: Path | None) -> Plan:
    from followfocus.motion.limits import RING_LIMITS
    from followfocus.plan.plan import make_plan
    from followfocus.plan.recorded import playable_plan

    if fitted or out is not None:
        from followfocus.cli.takes_fit import fit_of, write_fit

        fit = fit_of(found)
        if out is not None:
            write_fit(fit, found, out)
        if fitted:
            return make_plan(found.lens, fit.pull, found.conditions, limits=RING_LIMITS[limits], zoom=found.zoom)
    return playable_plan(
        found.lens,
        found.times_s,
        found.ring_deg,
        found.conditions,
        limits=RING_LIMITS[limits],
        smooth_s=smooth,
        noise_s=found.noise_s,
        name=found.name,
        zoom=found.zoom,
    )


def _off(plan: Plan, found: Recording) -> float:
    from followfocus.plan.recorded import off_recording_deg

    return off_recording_deg(plan, found.times_s, found.ring_deg)


def _title(plan: Plan, found: Recording) -> str:
    off = _off(plan, found)
    return (
        f"{found.name} on {plan.lens.name}, {plan.motion.duration_s:.3f} s; at most {off:z.2f}° off the recording "
        f"({off / plan.half_dof_deg:.2f} half depths of field)"
    )


def _shoot(
    plan: Plan, told: dict[str, object], shot: list[Taken], port: str, takes: int, keeper: TakeKeeper | None,
    ending: Ending, log: Path | None, at: str | None, faults: list[str], *, fast: bool,
) -> None:  # fmt: skip
    from dataclasses import replace

    from followfocus.cli.ring_place import place_of, rig_on
    from followfocus.lens.map import parse_point
    from followfocus.show.cues import Standby
    from followfocus.show.slate import Slate
    from followfocus.stage.prepare import show_of
    from followfocus.stage.rehearsal import Rehearsal
    from followfocus.unit.connect import open_unit

    at_deg = None if at is None else parse_point(plan.lens, at)
    stops = (0.0, plan.lens.travel_deg) if plan.lens.has_stops else None
    with open_unit(port, rig=plan.rig, faults=faults, fast=fast, stops_deg=stops) as unit:
        assert unit.info is not None
        told |= unit.info.facts()
        plan = plan.on_rig(rig_on(unit, plan.rig)).on_unit(unit.info.fastest_interval_ticks)
        plan.feasibility.refuse()
        if at is not None:
            unit.configure(plan.rig, plan.limits)
            at_deg = place_of(unit, at, lambda said: parse_point(plan.lens, said))
        slate = counted_on(log, Slate())
        watch = watched(lambda order: f"take {order.take}, to {slate.take + takes - 1}")
        show = replace(show_of(plan), slate=slate)
        play = Rehearsal(unit, show, keeper, watch, at_deg, given=plan)
        with played(play, unit, ending, shot, None if keeper is None else keeper.path):
            for taken in play.run(Standby(), takes):
                shot.append(taken)
                tell_trouble(taken)
