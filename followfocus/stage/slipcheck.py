# SPDX-License-Identifier: MIT
"""Back to A before the next take, and what is found there: by a witness, by eye, or by touching the stop."""

from __future__ import annotations

import math

from followfocus.errors import UnitError
from followfocus.plan.plan import Plan
from followfocus.takes.slips import SlipVerdict, slip_by_angle, slip_verdict
from followfocus.unit.line import UnitEvent
from followfocus.unit.unit import LEAST_TAKE_UP_DEG, SETTLE_S, FollowFocusUnit
from followfocus.units import System, format_distance
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import StopInput

# The shortest that a unit takes: between two of them the ring is turned on into its stop unseen.
TOUCH_TELEMETRY_MS = 5


def check_for_slip(
    unit: FollowFocusUnit,
    plan: Plan,
    *,
    first_deg: float | None = None,
    seen_deg: float | None = None,
    touch: bool = True,
    system: System = "metric",
) -> SlipVerdict:
    """Return to A and say whether the motor has slipped since it was referenced.

    Where a witness sees the ring, its angle is compared with `first_deg`, what it saw at A the first time (None: with
    the count). `seen_deg` is the angle that someone reads off the ring now, at A. Else, with `touch`, a unit with a
    home switch homes and compares the steps to its stop with the count; it is referenced anew then, and the pull has
    to be loaded again. Where none of this is possible, the unit stands at A and the verdict says that it can't tell,
    and in the units of `system` what the ring must read.
    Raises UnitError and LineError as motions do.
    """
    if not unit.refresh().referenced:
        return SlipVerdict(0, "The unit doesn't know where the ring stands: home it, or say it.", known=False)
    _return_to_a(unit, plan)
    counted_deg = plan.motion.start_deg
    # What sees the ring itself goes before what only feels its stop; an eye that was asked goes before all.
    if seen_deg is not None:
        return slip_by_angle(seen_deg, counted_deg, plan.rig)
    if unit.witness is not None:
        unit.link.sleep(SETTLE_S)
        before_deg = counted_deg if first_deg is None else first_deg
        return slip_by_angle(unit.witness(), before_deg, plan.rig, same_side=first_deg is not None)
    if touch and unit.config.stop_input is StopInput.HOME_SWITCH:
        return _by_home(unit, plan)
    return SlipVerdict(
        0,
        f"Nothing on this unit sees the ring, so its count can't tell of a slip. It stands at A: the ring must read "
        f"{format_distance(plan.lens.distance_m(counted_deg), system)} ({counted_deg:z.1f}°).",
        known=False,
    )


def _return_to_a(unit: FollowFocusUnit, plan: Plan) -> None:
    """To the start of the pull, arriving in its direction as before a take, so that the lash is taken up alike."""
    start = plan.profile.start * plan.rig.ring_deg_per_step
    directions = plan.profile.directions
    take_up = (int(directions[0]) if len(directions) else 1) * max(2 * plan.rig.lash_deg, LEAST_TAKE_UP_DEG)
    before = min(max(start - take_up, -plan.lead_deg), plan.lens.travel_deg + plan.lead_deg)
    with unit.order():
        unit.goto_deg(before)
        unit.goto_deg(start)


def _by_home(unit: FollowFocusUnit, plan: Plan) -> SlipVerdict:
    """Home, and compare the steps to the lower stop with the count, whose 0 it is.

    The unit counts from 0 when it begins to look for the stop, and anew from there: the lowest count on the way is the
    contact, found to what the ring turns between two statuses.
    """
    expected = unit.refresh().position
    lowest = 0

    def look(event: UnitEvent) -> None:
        nonlocal lowest
        if isinstance(event, UnitStatus) and not event.referenced:
            lowest = min(lowest, event.position)

    stop_listening = unit.listen(look)
    tell_less = unit.line.telling.every(TOUCH_TELEMETRY_MS)
    try:
        unit.home(plan.lens.travel_deg)
    except UnitError as error:
        return SlipVerdict(0, f"Homing did not tell: {error.message}", known=False)
    finally:
        stop_listening()
        tell_less()
    # What it may have turned between the last status before the contact and the contact.
    slack = math.ceil(unit.config.home_rate * TOUCH_TELEMETRY_MS * 1e-3)
    return slip_verdict(expected, -lowest, plan.rig, slack)
