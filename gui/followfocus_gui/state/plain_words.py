# SPDX-License-Identifier: MIT
"""Objections to a pull, in words that need no second look; the figures stay in the details."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from followfocus.errors import FollowFocusError
from followfocus.lens.landing import ErrorBudget
from followfocus.motion.bounds import FRICTION, TRAVEL
from followfocus.motion.limits import rounded_up
from followfocus.names import counted
from followfocus.plan.plan import Plan
from followfocus.plan.sharpness import RackAdvice
from followfocus.show.show import letter
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.shaping import stretch, trial
from followfocus_gui.state.views import Remark

KNOCKS = "This ease knocks at its ends. By hand doesn't."
JUMPS = "This ease has the ring jump. By hand doesn't."
SCALE = "The marks of this lens don't agree. Look for a wrong one."
NEAR = "Very near, this lens can't be planned: its file lacks the offset."
UNVERIFIED = "Between its marks this lens isn't verified. Map more of them."
BEYOND = "The pull goes beyond this lens's marks: nothing verifies it there."
SECOND_RING = "Turn the second focus ring as well, or the picture lands soft across."
_HOPELESS = {
    TRAVEL: "A mark lies beyond the ring's travel. Move it.",
    FRICTION: "The ring is too stiff for this motor. Fit a smaller gear on it.",
}
"""Objections that no duration mends, by the limit"""
_RESONANCE = re.compile("resonance")
# Shorter, nobody hears it.
HUMS_S = 0.05
HALF = 0.5
ALMOST_ONE_STEPS = 3
"""Marks as near as this are no two marks to an eye"""


class Remedy(Enum):
    """The action of a sentence's button."""

    STRETCH = "as slow as the limits ask"
    ADOPT = "the show goes on with the unit that is plugged in"


@dataclass(frozen=True, slots=True)
class Objection:
    """A sentence, the one thing that mends it, and everything else that is known of it."""

    words: str = ""
    offer: str = ""
    details: str = ""
    remedy: Remedy = Remedy.STRETCH


def warning_of(desk: Desk) -> Objection:
    """The reason why the pull can't be shot; empty words for none."""
    plans, trouble = desk.plans(), desk.trouble()
    if not plans:
        return Objection(trouble, details=trouble)
    if all(plan.feasibility.feasible for plan in plans):
        return Objection()
    least_s = stretched_s(desk)
    # No time mends it: then the sentence says what does.
    if least_s is None:
        binding = next(plan.feasibility.binding for plan in plans if not plan.feasibility.feasible)
        return Objection(_HOPELESS.get(binding or "", JUMPS), details=trouble)
    words = rounded_up(least_s)
    if one := _almost_one(desk):
        return Objection(one, details=f"{trouble} Time is shared by travel: with these marks {words} s is the least.")
    return Objection(f"Too quick: {words} s is the least.", f"Use {words} s", trouble)


def _almost_one(desk: Desk) -> str:
    """The words where, of more than two marks, two are so near that their share of the time is next to nothing."""
    places = desk.pull.places_deg(desk.lens)
    steps_per_deg = desk.show.unit.rig(desk.lens).steps_per_deg
    steps, first = min((round(abs(b - a) * steps_per_deg), i) for i, (a, b) in enumerate(pairwise(places)))
    if len(places) < 3 or steps > ALMOST_ONE_STEPS:
        return ""
    apart = f"{counted(steps, 'motor step')} apart" if steps else "one place for the motor"
    return f"{letter(first)} and {letter(first + 1)} are {apart}: move one of them."


def other_unit(desk: Desk, port: str) -> Objection:
    """The objection to a unit on `port` that the show wasn't made on; empty words for the right unit, or none."""
    wanted = desk.show.unit.port
    if not port or port == wanted:
        return Objection()
    names = {"sim": "the simulated unit"}
    details = f"The show was made on {names.get(wanted, wanted)}; now {names.get(port, port)} is connected."
    return Objection("Another unit is plugged in.", "Use it", details, Remedy.ADOPT)


def stretched_s(desk: Desk) -> float | None:
    """The least duration that every limit allows with this ease, seconds; None where none does."""
    tried = trial(desk)
    try:
        stretch(tried)
    except FollowFocusError:
        return None
    return tried.pull.duration_s if math.isfinite(tried.pull.duration_s) else None


def remarks_on(desk: Desk) -> tuple[Remark, ...]:
    """Remarks on a pull, below its curve, each once; what the state line says isn't said again."""
    found = {remark.words: remark for plan in desk.plans() for remark in _of_plan(plan)}
    found.pop(warning_of(desk).words if found else "", None)
    return tuple(found.values())


def neither_words(desk: Desk) -> str:
    """How long neither of two subjects is sharp, in seconds and frames; empty where one always is, or of three."""
    seen = [plan.sharpness for plan in desk.plans()]
    if len(seen) != 1 or len(seen[0].subjects) != 2 or not seen[0].neither_s:
        return ""
    return f"Neither is sharp for {seen[0].neither_s:.2f} s, {round(seen[0].neither_s * desk.show.fps)} frames."


def _of_plan(plan: Plan) -> list[Remark]:
    """A plan's further remarks, with what the planner says of them; those that its limits make, in a word."""
    lens, figures = plan.lens, plan.feasibility.warnings
    # All of a plan's other figures are jumps at its ends; the hum has its own words in the aside.
    jumps = [words for words in figures if not _RESONANCE.search(words)]
    share = f"{min(plan.budget.share, 9.99):.0%}"
    found = (
        Remark(SCALE, " ".join(words for words in lens.warnings() if words != lens.too_near)),
        Remark(NEAR, lens.too_near),
        Remark(UNVERIFIED, lens.unverified),
        Remark(BEYOND, " ".join(plan.beyond_marks())),
        _no_rack(plan.no_rack),
        Remark(SECOND_RING, plan.second_ring_words),
        Remark(KNOCKS, " ".join(jumps)),
        Remark(f"It may land {share} off the middle of sharp. Close the iris.", _landing(plan.budget)),
    )
    return [remark for remark in found if remark.whole]


def _no_rack(advice: RackAdvice | None) -> Remark:
    if advice is None:
        return Remark("", "")
    longer = f"{advice.focal_mm:g} mm parts" if advice.focal_mm else "Move"
    parts = f"T{advice.t_stop:g} parts" if advice.t_stop else longer
    apart = "" if advice.t_stop or advice.focal_mm else " apart"
    words = f"No rack: both stay sharp together. {parts} them{apart}."
    return Remark(words, f"{advice.words[:1].upper()}{advice.words[1:]}.")


def _landing(budget: ErrorBudget) -> str:
    return budget.words if budget.share >= HALF else ""


def aside_of(desk: Desk) -> str:
    """An aside on a pull that can be shot: how short it could be, and that the motor may hum."""
    plans = desk.plans()
    if not plans or not all(plan.feasibility.feasible for plan in plans):
        return ""
    hums_s = sum(plan.feasibility.resonance_s for plan in plans if plan.feasibility.warnings)
    if hums_s >= HUMS_S:
        return f"may hum for {hums_s:.1f} s"
    if len(plans) == 1 and len(plans[0].pull.legs) == 1:
        return f"shortest {rounded_up(plans[0].feasibility.min_duration_s)} s"
    return ""
