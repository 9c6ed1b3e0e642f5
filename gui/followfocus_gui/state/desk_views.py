# SPDX-License-Identifier: MIT
"""From the desk to what the screen shows: frozen views, made afresh whenever something changed."""

from __future__ import annotations

import dataclasses
import itertools
import math
from pathlib import Path

import numpy as np

from followfocus import __version__
from followfocus.arrays import FloatArray
from followfocus.plan.plan import Plan
from followfocus.show.show import letter
from followfocus.stage.sentences import state_word
from followfocus.stage.state import Stage
from followfocus.takes.takes import Take
from followfocus.units import format_distance
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.state.curve_facts import bands_of, binding_spans, holds_of, lens_scale
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.plain_words import curve_words, neither_words
from followfocus_gui.state.ring_scale import ring_scale
from followfocus_gui.state.views import CurveView, MarkView, RingView, SharpView

SAMPLES = 401
GO_GAP_S = 0.5
"""How wide a hold for GO is drawn: its length is not known before."""


def mark_views(desk: Desk) -> tuple[MarkView, ...]:
    """The marks as the strip and the disk show them, trims included."""
    return desk.marks.of(desk.state, lambda: _mark_views(desk))


def _mark_views(desk: Desk) -> tuple[MarkView, ...]:
    lens, places = desk.lens, desk.places_deg()
    return tuple(
        MarkView(
            letter(i), mark.name, places[i],
            lens.distance_m(places[i]) - mark.trim_m if mark.subject else lens.distance_m(mark.ring_deg), mark.locked,
            selected=i == desk.state.selected, trim_m=mark.trim_m,
            wait_s=None if mark.hold_for_go else mark.hold_s, words=desk.pull.words_of(mark),
        )
        for i, mark in enumerate(desk.pull.marks)
    )  # fmt: skip


def card_views(desk: Desk) -> tuple[MarkView, ...]:
    """The marks as the cards show them: also from where to where each is sharp."""
    plan = desk.plan()
    made = []
    for view in mark_views(desk):
        depth = None if plan is None else plan.depth_at(view.ring_deg)
        words = "" if depth is None else f"{_bare(desk, depth.near_m)} – {_bare(desk, depth.far_m)}"
        made.append(dataclasses.replace(view, sharp_words=words))
    return tuple(made)


def _bare(desk: Desk, metres: float) -> str:
    """A distance, without the unit where that is metres."""
    return desk.distance_text(metres).removesuffix(" m")


def sharp_view(desk: Desk, ring_deg: float) -> SharpView | None:
    """From where to where it is sharp with the ring there; None where that can't be told."""
    plan = desk.plan()
    depth = None if plan is None else plan.depth_at(ring_deg)
    if depth is None:
        return None
    distance_m, deep_m = desk.lens.distance_m(ring_deg), depth.total_m
    share = (distance_m - depth.near_m) / deep_m if math.isfinite(deep_m) and deep_m > 0 else math.nan
    return SharpView(
        _bare(desk, depth.near_m), desk.distance_text(depth.far_m), deep_words(deep_m, imperial=desk.imperial), share
    )


def deep_words(metres: float, *, imperial: bool = False) -> str:
    """How deep it is sharp."""
    if not math.isfinite(metres):
        return "to ∞"
    if imperial:
        return f"{format_distance(metres, 'imperial')} deep"
    return f"{metres * 100:.0f} cm deep" if metres < 1.0 else f"{metres:.1f} m deep"


def ring_view(desk: Desk, status: UnitStatus, target_deg: float | None, landing_deg: float | None) -> RingView:
    """The disk, with the ring where the unit says."""
    plan, lens = desk.plan(), desk.lens
    return RingView(
        scale=desk.scale.of(desk.state, lambda: ring_scale(lens, imperial=desk.imperial)),
        travel_deg=lens.travel_deg,
        soft_limits=(0.0, lens.travel_deg),
        stops=lens.has_stops,
        marks=mark_views(desk),
        needle_deg=status.ring_deg,
        target_deg=target_deg,
        half_dof_deg=plan.half_dof_deg if plan else 0.0,
        landing_deg=landing_deg,
        state_word=state_word(status).upper(),
        enabled=status.state in (State.IDLE, State.LOADED, State.MOVING),
    )


def part_starts_s(plans: tuple[Plan, ...]) -> tuple[float, ...]:
    """Where each part begins on the curve's time axis."""
    lengths = [plan.motion.duration_s + GO_GAP_S for plan in plans]
    return tuple(itertools.accumulate(lengths[:-1], initial=0.0)) if plans else ()


def curve_view(desk: Desk) -> CurveView | None:
    """The plan as the curve shows it, part after part; None without one."""
    plans = desk.plans()
    if not plans:
        return None
    starts, limit = part_starts_s(plans), plans[0].limits.speed_deg_s
    times, ring, speed = (np.concatenate(rows) for rows in zip(*map(_sampled, plans, starts), strict=True))
    holds, hold_marks = holds_of(plans, starts, GO_GAP_S, back=desk.back)
    spans = [binding_spans(plan, start) for plan, start in zip(plans, starts, strict=True)]
    scale_deg, scale_m = lens_scale(desk.lens)
    two = len(desk.pull.marks) == 2
    return CurveView(
        times_s=times,
        ring_deg=ring,
        speed_deg_s=speed,
        distance_m=np.asarray(desk.lens.distance_m(ring)),
        speed_limit_deg_s=limit if speed.max() > 0.4 * limit else math.inf,
        binding_spans=tuple(span for found, _ in spans for span in found),
        binding_names=tuple(name for _, names in spans for name in names),
        bands=bands_of(plans, starts, [mark.name for mark in desk.pull.marks], back=desk.back),
        duration_s=float(times[-1]),
        handles=getattr(plans[0].pull.legs[0].easing, "handles", None) if two else None,
        can_ease=two,
        holds=holds,
        hold_marks=hold_marks,
        show_distance=desk.show.preferences.show_distance,
        feasible=all(plan.feasibility.feasible for plan in plans),
        words=curve_words(desk),
        aside=neither_words(desk),
        imperial=desk.imperial,
        half_dof_deg=plans[-1].half_dof_deg,
        scale_deg=scale_deg,
        scale_m=scale_m,
    )


def _sampled(plan: Plan, start_s: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    t = np.linspace(0.0, plan.motion.duration_s, SAMPLES)
    return t + start_s, plan.motion.ring_deg(t), np.abs(plan.motion.speed_deg_s(t))


def take_difference(take: Take) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(seconds, planned, actual ring degrees) of a take, at the moments of its actual trace."""
    actual = np.array([(sample.at_s, sample.ring_deg) for sample in take.actual]).reshape(-1, 2)
    planned = np.array([(sample.at_s, sample.ring_deg) for sample in take.planned]).reshape(-1, 2)
    return actual[:, 0], np.interp(actual[:, 0], planned[:, 0], planned[:, 1]), actual[:, 1]


def rack_words(desk: Desk) -> tuple[str, ...]:
    """The lines below the rack: "A soft 0.39 s", "B sharp 1.61 s"."""
    plans = desk.plans()
    if not plans:
        return ()
    bands = bands_of(plans, part_starts_s(plans), [mark.name for mark in desk.pull.marks], back=desk.back)
    first, last = bands[0], bands[-1]
    lines = []
    if first.soft_s is not None:
        lines.append(f"{first.letter} {first.name}".strip() + f" soft {first.soft_s:.2f} s")
    if last.sharp_s is not None:
        lines.append(f"{last.letter} {last.name}".strip() + f" sharp {last.sharp_s:.2f} s")
    return tuple(lines)


def details_of(stage: Stage, desk: Desk, log: Path) -> str:
    """Details for someone who is to help: the unit, the pull, and the latest news."""
    facts = {
        "followfocus": __version__, "unit": stage.info, "status": stage.unit.facts(), "under way": stage.under_way,
        "cue": desk.cue, "pull": desk.pull, "unit settings": desk.show.unit, "log": log,
    }  # fmt: skip
    return "\n".join(f"{name}: {value}" for name, value in facts.items())
