# SPDX-License-Identifier: MIT
"""`followfocus plan`: everything that can be said of a pull before it is shot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import typer

from followfocus.cli.console import say, sheet, tell_json
from followfocus.cli.options import JsonOption, LensArgument, StopOption
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

if TYPE_CHECKING:
    from followfocus.plan.plan import Plan


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
    json: JsonOption = False,
    plot: PlotOption = None,
) -> None:
    """Plan a pull: can it be done, how long at least, what is sharp when, how well will it land.

    followfocus plan ideal-50 --from 2m --to 4m --duration 2

    followfocus plan arri-signature-prime-40 --from 6ft --to 2ft6in --duration snap --motor nema11

    followfocus plan ideal-50 --subject DOOR=4m --subject ANNA=3m..2m --from DOOR --to ANNA --duration 2

    Ends with exit code 1 where a limit forbids the pull; the plan is printed all the same.
    """
    ask = PullAsk(
        lens,
        from_,
        to,
        duration,
        visible,
        sharp_frame,
        ease,
        stop,
        format_,
        coc,
        fps,
        motor,
        volts,
        friction,
        limits,
        fit,
        tuple(subject or ()),
        focal,
        long,
    )
    plan = plan_of(ask)
    if plot is not None:
        from followfocus.paper.plots import plot_plan

        plot_plan(plan, plot)
    if json:
        tell_json(plan.facts())
    else:
        show_plan(plan)
    if not plan.feasibility.feasible:
        raise typer.Exit(1)


def show_plan(plan: Plan) -> None:
    """Print a plan's facts, and what to know before GO below them."""
    sheet(f"{plan.lens.name} at T{plan.conditions.t_stop:g}", _facts(plan))
    words = plan.feasibility.words
    say(f"{words[:1].upper()}{words[1:]}.", "green" if plan.feasibility.feasible else "bold red")
    for warning in plan.warnings():
        say(f"! {warning}", "yellow")


def _facts(plan: Plan) -> tuple[tuple[str, str], ...]:
    """The plan's facts, by name."""
    from followfocus.units import format_distance

    start, end = plan.pull.marks[0], plan.pull.marks[-1]
    places = [plan.lens.distance_m(mark.ring_deg) for mark in (start, end)]
    metric = " → ".join(format_distance(place) for place in places)
    imperial = " → ".join(format_distance(place, "imperial") for place in places)
    sharp, motion, budget = plan.sharpness, plan.motion, plan.budget
    return (
        ("pull", f"{metric}   ({imperial})   {plan.direction}, {plan.register}"),
        (
            "ring",
            f"{start.ring_deg:z.2f}° → {end.ring_deg:z.2f}°, {plan.pull.travel_deg:z.2f}° in {motion.duration_s:.3f} s",
        ),
        ("easing", plan.pull.legs[0].easing.name),
        ("peak speed", f"{motion.peak_speed:.1f} °/s, {plan.rig.rpm(motion.peak_speed):.0f} rpm"),
        ("sharp", _sharp_words(plan)),
        ("neither sharp", f"{sharp.neither_s:.2f} s" if sharp.is_rack else "never: this is no rack"),
        ("depth of field", _depth_words(plan)),
        ("blur at most", _blur_words(plan)),
        *_macro_row(plan),
        ("field of view", _view_words(plan)),
        ("half depth of field", f"±{plan.half_dof_deg:z.2f}° of the ring at the landing"),
        ("landing", f"{budget.light.value}: at worst {budget.total_deg:z.3f}° off, {budget.share:.2f} of that"),
        ("shortest", _shortest_words(plan)),
        ("motor", f"{plan.rig.motor.name} at {plan.rig.volts:g} V, torque margin {plan.feasibility.torque_margin:.1f}"),
        (
            "steps",
            f"{plan.profile.steps} in {len(plan.profile.segments)} segments, "
            f"at worst {plan.profile.worst_error_us:.2f} µs off",
        ),
    )


def _view_words(plan: Plan) -> str:
    """How much the lens takes in, on which format."""
    from followfocus.lens.through import at_focal, field_of_view_deg

    squeezed = "" if plan.lens.squeeze == 1.0 else f", desqueezed {plan.lens.squeeze:g}x"
    focals = list(dict.fromkeys(plan.focal_at_mm(at_s) for at_s in (0.0, plan.motion.duration_s)))
    views = [field_of_view_deg(at_focal(plan.lens, focal_mm), plan.conditions.film) for focal_mm in focals]
    lens = " → ".join(f"{focal_mm:.4g}" for focal_mm in focals)
    words = " → ".join(f"{across:z.1f}° × {upright:z.1f}°" for across, upright in views)
    return f"{lens} mm on {plan.conditions.film.title}: {words}{squeezed}"


def _macro_row(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Magnification and the light that it costs, where it is enough to matter: a tenth of life-size."""
    found = [
        (mark.name, plan.magnification_at(mark.ring_deg, at_s), plan.bellows_at(mark.ring_deg, at_s))
        for mark, at_s in zip(plan.pull.marks, plan.moments_s, strict=True)
    ]
    if max(scale for _, scale, _ in found) < 0.1:
        return ()
    words = ", ".join(
        f"{name} {magnification_words(scale)} ({stops:.1f} stops)" for name, scale, stops in found if scale
    )
    return (("magnification", f"{words} of light lost to it"),)


def magnification_words(scale: float) -> str:
    """How large something is on the sensor, as it is written of macro lenses.

    >>> magnification_words(0.5), magnification_words(1.0), magnification_words(2.0)
    ('1:2', '1:1', '2:1')
    """
    return f"{scale:.3g}:1" if scale > 1.0 else f"1:{1 / scale:.3g}"


def _shortest_words(plan: Plan) -> str:
    from followfocus.motion.limits import rounded_up

    least = plan.feasibility.min_duration_s
    return f"{rounded_up(least)} s" if math.isfinite(least) else "no duration works"


def _depth_words(plan: Plan) -> str:
    from followfocus.units import format_distance

    parts = []
    for mark, at_s in ((plan.pull.marks[0], 0.0), (plan.pull.marks[-1], plan.motion.duration_s)):
        depth = plan.depth_at(mark.ring_deg, at_s)
        parts.append(f"{mark.name} {span_words(depth.near_m, depth.far_m)}")
        if plan.lens.squeeze != 1.0:
            wide = plan.depth_at(mark.ring_deg, at_s, across=True)
            parts[-1] += f" (across {span_words(wide.near_m, wide.far_m)})"
        if plan.zoom is not None:
            parts[-1] += f" at {plan.focal_at_mm(at_s):.4g} mm"
    return f"{', '.join(parts)}; hyperfocal {format_distance(plan.hyperfocal_m)}"


def span_words(near_m: float, far_m: float) -> str:
    """From near to far: to the centimetre where that tells them apart, else as finely as it takes."""
    from followfocus.units import format_distance

    for rounding in (0.01, 0.001, 0.0001):
        near, far = (format_distance(end, metric_rounding=rounding) for end in (near_m, far_m))
        if near != far and far_m - near_m >= 2 * rounding:
            break
    return f"{near} … {far}"


def _blur_words(plan: Plan) -> str:
    """How far out each subject gets, in circles of confusion and of the frame's width."""
    anamorphic = plan.lens.squeeze != 1.0
    return ", ".join(
        f"{s.name} {s.worst_circles:.1f} circles ({plan.percent_of_frame(s.worst_circles):.2f}\u00a0% of the frame"
        + (f"; across {across:.1f} circles)" if anamorphic else ")")
        for s, across in zip(plan.sharpness.subjects, plan.worst_across, strict=True)
    )


def _sharp_words(plan: Plan) -> str:
    def moment(what: str, at_s: float | None, frame: int | None) -> str | None:
        return None if at_s is None else f"{what} at {at_s:.2f} s (frame {frame})"

    first, last = plan.sharpness.subjects[0], plan.sharpness.subjects[-1]
    parts = (
        moment(f"{first.name} goes soft", first.goes_soft_s, first.goes_soft_frame),
        moment(f"{last.name} becomes sharp", last.becomes_sharp_s, last.becomes_sharp_frame),
    )
    return ", ".join(part for part in parts if part) or "both stay sharp throughout"
