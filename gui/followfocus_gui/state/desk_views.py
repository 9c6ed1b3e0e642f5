# SPDX-License-Identifier: MIT
"""From the desk to what the screen shows: frozen views, made afresh whenever something changed."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np

from followfocus import __version__
from followfocus.arrays import FloatArray
from followfocus.names import in_line
from followfocus.plan.plan import Plan
from followfocus.show.show import letter
from followfocus.stage.sentences import state_word
from followfocus.stage.state import Stage
from followfocus.takes.takes import Take
from followfocus.units import FAR_M, format_distance
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.state.curve_axis import GO_GAP_S, depth_on_axis, depths_at_marks, half_dof_on_axis, part_starts_s
from followfocus_gui.state.curve_facts import bands_of, binding_spans, holds_of, lens_scale
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.plain_words import neither_words, remarks_on
from followfocus_gui.state.ring_scale import ring_scale
from followfocus_gui.state.views import BandView, CurveView, MarkView, RingView, SharpView

SAMPLES = 401


def mark_views(desk: Desk) -> tuple[MarkView, ...]:
    """The marks as the strip and the disk show them, trims included."""
    return desk.marks.of(desk.state, lambda: _mark_views(desk))


def _mark_views(desk: Desk) -> tuple[MarkView, ...]:
    lens, places = desk.lens, desk.places_deg()
    return tuple(
        MarkView(
            letter(i), mark.name, places[i],
            # Somebody who walks has her place from the walk, trim and all: what was meant is that without the trim.
            lens.distance_m(places[i]) - mark.trim_m if mark.subject else lens.distance_m(mark.ring_deg), mark.locked,
            selected=i == desk.state.selected, trim_m=mark.trim_m,
            wait_s=None if mark.hold_for_go else mark.hold_s, words=desk.pull.words_of(mark),
        )
        for i, mark in enumerate(desk.pull.marks)
    )  # fmt: skip


def names_in(desk: Desk) -> tuple[str, ...]:
    """Every name that a sentence on a take or on what stands by may have in it: where room is short they give way."""
    show = desk.show
    names = [mark.name for pull in show.pulls for mark in pull.marks] + [cue.name for cue in show.cues]
    return tuple(dict.fromkeys(in_line(name) for name in (*names, show.slate.name, desk.lens.name) if name))


def card_views(desk: Desk) -> tuple[MarkView, ...]:
    """The marks as the cards show them: also from where to where each is sharp as the ring gets there."""
    depths = depths_at_marks(desk.plans())
    made = []
    for view in mark_views(desk):
        depth = depths.get(view.letter)
        words = "" if depth is None else f"{_bare(desk, depth.near_m)} – {_bare(desk, depth.far_m)}"
        made.append(dataclasses.replace(view, sharp_words=words))
    return tuple(made)


def _bare(desk: Desk, metres: float) -> str:
    """A distance, without the unit where that is metres."""
    return desk.distance_text(metres).removesuffix(" m")


def read_deg(desk: Desk, ring_deg: float, *, stands: bool) -> float:
    """The ring's place as it is read; on a mark, the mark's own."""
    return desk.show.unit.read_deg(desk.pull, desk.lens, ring_deg, stands=stands)


def sharp_view(desk: Desk, ring_deg: float, at_s: float = 0.0) -> SharpView | None:
    """From where to where it is sharp with the ring there at a moment of the curve; None where that can't be told."""
    depth = depth_on_axis(desk.plans(), ring_deg, at_s)
    if depth is None:
        return None
    distance_m, deep_m = desk.lens.distance_m(ring_deg), depth.total_m
    share = (distance_m - depth.near_m) / deep_m if math.isfinite(deep_m) and deep_m > 0 else math.nan
    return SharpView(
        _bare(desk, depth.near_m), desk.distance_text(depth.far_m), deep_words(deep_m, imperial=desk.imperial), share
    )


def deep_words(metres: float, *, imperial: bool = False) -> str:
    """How deep it is sharp."""
    if not metres < FAR_M:
        return "to ∞"
    if imperial:
        return f"{format_distance(metres, 'imperial')} deep"
    return f"{metres * 100:.0f} cm deep" if metres < 1.0 else f"{metres:.1f} m deep"


def ring_view(
    desk: Desk, status: UnitStatus, target_deg: float | None, landing_deg: float | None, at_s: float = 0.0
) -> RingView:
    """The disk, with the ring where the unit says, at a moment of the curve."""
    lens, ring_deg = desk.lens, status.ring_deg
    return RingView(
        scale=desk.scale.of(lens, lambda: ring_scale(lens, imperial=desk.imperial), desk.imperial),
        travel_deg=lens.travel_deg,
        soft_limits=(0.0, lens.travel_deg),
        stops=lens.has_stops,
        marks=mark_views(desk),
        needle_deg=status.ring_deg,
        target_deg=target_deg,
        half_dof_deg=0.0 if ring_deg is None else half_dof_on_axis(desk.plans(), ring_deg, at_s),
        landing_deg=landing_deg,
        state_word=state_word(status).upper(),
        enabled=status.state in (State.IDLE, State.LOADED, State.MOVING),
    )


def curve_view(desk: Desk) -> CurveView | None:
    """The plan as the curve shows it, part after part; None without one."""
    plans = desk.plans()
    if not plans:
        return None
    starts, limit = part_starts_s(plans), plans[0].limits.speed_deg_s
    times, ring, speed = (np.concatenate(rows) for rows in zip(*map(_sampled, plans, starts), strict=True))
    holds, hold_marks = holds_of(plans, starts, GO_GAP_S, back=desk.back)
    spans = [binding_spans(plan, start) for plan, start in zip(plans, starts, strict=True)]
    scale_deg, scale_m = desk.lens_scale.of(desk.lens, lambda: lens_scale(desk.lens))
    # Through marks between the ring doesn't follow an easing, so there is nothing for handles to shape.
    two = len(desk.pull.marks) == 2
    return CurveView(
        times_s=times,
        ring_deg=ring,
        speed_deg_s=speed,
        distance_m=np.asarray(desk.lens.distance_m(ring)),
        # A limit far above the curve would press it flat: it is drawn from where it begins to matter.
        speed_limit_deg_s=limit if speed.max() > 0.4 * limit else math.inf,
        binding_spans=tuple(span for found, _ in spans for span in found),
        binding_names=tuple(name for _, names in spans for name in names),
        bands=_placed_bands(desk, plans, starts),
        duration_s=float(times[-1]),
        handles=getattr(plans[0].pull.legs[0].easing, "handles", None) if two else None,
        can_ease=two,
        holds=holds,
        hold_marks=hold_marks,
        show_distance=desk.show.preferences.show_distance,
        feasible=all(plan.feasibility.feasible for plan in plans),
        remarks=remarks_on(desk),
        aside=neither_words(desk),
        imperial=desk.imperial,
        half_dof_deg=plans[-1].half_dof_deg,
        scale_deg=scale_deg,
        scale_m=scale_m,
    )


def _placed_bands(desk: Desk, plans: tuple[Plan, ...], starts_s: tuple[float, ...]) -> tuple[BandView, ...]:
    """The bands, each with its mark's distance."""
    bands = bands_of(plans, starts_s, [mark.name for mark in desk.pull.marks], back=desk.back)
    where = {mark.letter: desk.distance_text(mark.distance_m) for mark in mark_views(desk)}
    return tuple(dataclasses.replace(band, where=where[band.letter]) for band in bands)


def _sampled(plan: Plan, start_s: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    t = np.linspace(0.0, plan.motion.duration_s, SAMPLES)
    return t + start_s, plan.motion.ring_deg(t), np.abs(plan.motion.speed_deg_s(t))


def take_difference(take: Take) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(seconds, planned, actual ring degrees) of a take, at the moments of its actual trace."""
    actual = np.array([(sample.at_s, sample.ring_deg) for sample in take.actual]).reshape(-1, 2)
    planned = np.array([(sample.at_s, sample.ring_deg) for sample in take.planned]).reshape(-1, 2)
    return actual[:, 0], np.interp(actual[:, 0], planned[:, 0], planned[:, 1]), actual[:, 1]


def rack_words(desk: Desk) -> tuple[tuple[str, str], ...]:
    """The lines below the rack, each who and when: ("A Anna", "soft 0.39 s"), ("B", "sharp 1.61 s")."""
    plans = desk.plans()
    if not plans:
        return ()
    bands = bands_of(plans, part_starts_s(plans), [mark.name for mark in desk.pull.marks], back=desk.back)
    first, last = bands[0], bands[-1]
    lines = []
    if first.soft_s is not None:
        lines.append((f"{first.letter} {in_line(first.name)}".strip(), f"soft {first.soft_at}"))
    if last.sharp_s is not None:
        lines.append((f"{last.letter} {in_line(last.name)}".strip(), f"sharp {last.sharp_at}"))
    return tuple(lines)


def details_of(stage: Stage, desk: Desk, log: Path) -> str:
    """Details for someone who is to help: the unit, the pull, and the latest news."""
    facts = {
        "followfocus": __version__, "unit": stage.info, "status": stage.unit.facts(), "under way": stage.under_way,
        "cue": desk.cue, "pull": desk.pull, "unit settings": desk.show.unit, "log": log,
    }  # fmt: skip
    return "\n".join(f"{name}: {value}" for name, value in facts.items())
