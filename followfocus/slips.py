"""Has the motor slipped? Judged before the next take from where the count says that the ring is, and where it is found.

A two-phase stepper that loses its field falls in again one electrical cycle on, which is four full steps: it slips by
whole cycles or not at all. So what is found off is lash and a step (no slip), near a whole number of cycles (a slip),
or neither, which is a gear that has jumped a tooth, a ring that was turned by hand, or a loose rod.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from followfocus.errors import UnitError
from followfocus.evidence import UnitStatus
from followfocus.messages import SetTelemetry, State, StopInput
from followfocus.motor import Rig
from followfocus.plan import Plan
from followfocus.takes import FULL_STEPS_A_SLIP
from followfocus.unit import LEAST_TAKE_UP_DEG, SETTLE_S, FollowFocusUnit
from followfocus.unitline import TELEMETRY_MS, UnitEvent
from followfocus.units import format_distance

CYCLE_TOLERANCE = 0.25
"""How far from a whole number of cycles a slip may be found: lash, the rotor's sag under load, a soft stop."""
TOUCH_TELEMETRY_MS = 5


@dataclass(frozen=True, slots=True)
class SlipVerdict:
    """Whether the motor has lost steps since it was referenced.

    `full_steps` are those lost, 0 where none are; above 0 the ring stands nearer to close focus than the count says.
    `off_deg` is what was found, None where nothing could be. `known` is False where the evidence can't tell.
    """

    full_steps: int
    words: str
    off_deg: float | None = None
    known: bool = True

    @property
    def slipped(self) -> bool:
        """It has."""
        return self.full_steps != 0


def slipped_full_steps(by_deg: float, full_step_deg: float) -> int:
    """Full steps with their sign, if a change in ring degrees is near a whole number of electrical cycles; else 0."""
    cycles = by_deg / (FULL_STEPS_A_SLIP * full_step_deg)
    whole = round(cycles)
    return FULL_STEPS_A_SLIP * whole if whole and abs(cycles - whole) <= CYCLE_TOLERANCE else 0


def slip_verdict(expected_steps: int, found_steps: int, rig: Rig, slack_steps: int = 0) -> SlipVerdict:
    """Judge where the ring is expected by the count against where it is found, both in motor steps of the ring's scale.

    For a return to A that someone or something sees, and for the touch of a stop, which is at 0 or at the calibrated
    span. Lash and one step are allowed, and `slack_steps` for how finely it was measured.
    """
    off_deg = (found_steps - expected_steps) * rig.ring_deg_per_step
    allowed_deg = rig.lash_deg + (1.001 + slack_steps) * rig.ring_deg_per_step
    full = slipped_full_steps(off_deg, rig.ring_deg_per_full_step)
    if abs(off_deg) <= allowed_deg:
        return SlipVerdict(0, f"No slip: {abs(off_deg):.2f}° off, within lash and a step.", off_deg)
    if full:
        return SlipVerdict(
            full,
            f"The motor has slipped by {abs(full)} full steps ({off_deg:+.2f}° of the ring): home it before the take.",
            off_deg,
        )
    return SlipVerdict(
        0,
        f"The ring stands {off_deg:+.2f}° from the count, which is no slip of the motor: look at gear, rods and ring.",
        off_deg,
        known=False,
    )


def slip_by_angle(seen_deg: float, counted_deg: float, rig: Rig) -> SlipVerdict:
    """The same for ring angles: where the ring is seen, by a witness or by someone, and where the count has it."""
    return slip_verdict(round(counted_deg * rig.steps_per_deg), round(seen_deg * rig.steps_per_deg), rig)


# On the unit ----------------------------------------------------------------------------------------------------------


def check_for_slip(
    unit: FollowFocusUnit,
    plan: Plan,
    *,
    first_deg: float | None = None,
    seen_deg: float | None = None,
    touch: bool = True,
) -> SlipVerdict:
    """Return to A and say whether the motor has slipped since it was referenced.

    Where a witness sees the ring, its angle is compared with `first_deg`, what it saw at A the first time (None: with
    the count). `seen_deg` is the angle that someone reads off the ring now, at A. Else, with `touch`, a unit with a
    home switch homes and compares the steps to its stop with the count; it is referenced anew then, and the pull has
    to be loaded again. Where none of this is possible, the unit stands at A and the verdict says that it can't tell.
    Raises UnitError and LineError as motions do.
    """
    if not unit.refresh().referenced:
        return SlipVerdict(0, "The unit doesn't know where the ring stands: home it, or say it.", known=False)
    _return_to_a(unit, plan)
    counted_deg = plan.motion.start_deg
    if seen_deg is not None:
        return slip_by_angle(seen_deg, counted_deg, plan.rig)
    if unit.witness is not None:
        unit.link.sleep(SETTLE_S)
        return slip_by_angle(unit.witness(), counted_deg if first_deg is None else first_deg, plan.rig)
    if touch and unit.config.stop_input is StopInput.HOME_SWITCH:
        return _by_home(unit, plan)
    return SlipVerdict(
        0,
        f"Nothing on this unit sees the ring, so its count can't tell of a slip. It stands at A: the ring must read "
        f"{format_distance(plan.lens.distance_m(counted_deg))} ({counted_deg:.1f}°).",
        known=False,
    )


def _return_to_a(unit: FollowFocusUnit, plan: Plan) -> None:
    """To the start of the pull, arriving in its direction as before a take, so that the lash is taken up alike."""
    start = plan.profile.start * plan.rig.ring_deg_per_step
    directions = plan.profile.directions
    take_up = (int(directions[0]) if len(directions) else 1) * max(2 * plan.rig.lash_deg, LEAST_TAKE_UP_DEG)
    before = min(max(start - take_up, -plan.lead_deg), plan.lens.travel_deg + plan.lead_deg)
    unit.goto_deg(before)
    unit.goto_deg(start)


def _by_home(unit: FollowFocusUnit, plan: Plan) -> SlipVerdict:
    """Home, and compare the steps to the lower stop with the count, whose 0 it is.

    The unit counts from 0 when it begins to look for the stop, and anew from there: the lowest count on the way is the
    contact, found to what the ring turns between two statuses.
    """
    expected = unit.refresh().position
    if unit.status.state is State.LOADED:
        unit.unload()
    lowest = 0

    def look(event: UnitEvent) -> None:
        nonlocal lowest
        if isinstance(event, UnitStatus) and not event.referenced:
            lowest = min(lowest, event.position)

    stop_listening = unit.listen(look)
    unit.link.ask(SetTelemetry(TOUCH_TELEMETRY_MS))
    try:
        unit.home(plan.lens.travel_deg)
    except UnitError as error:
        return SlipVerdict(0, f"Homing did not tell: {error.message}", known=False)
    finally:
        stop_listening()
        unit.link.ask(SetTelemetry(TELEMETRY_MS))
    slack = math.ceil(unit.config.home_rate * TOUCH_TELEMETRY_MS * 1e-3)
    return slip_verdict(expected, -lowest, plan.rig, slack)
