# SPDX-License-Identifier: MIT
"""Has the motor slipped? Judged before the next take from where the count says that the ring is, and where it is found.

A two-phase stepper that loses its field falls in again one electrical cycle on, which is four full steps: it slips by
whole cycles or not at all. So what is found off is lash and a step (no slip), near a whole number of cycles (a slip),
or neither, which is a gear that has jumped a tooth, a ring that was turned by hand, or a loose rod.
"""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.motion.motor import Rig
from followfocus.takes.takes import FULL_STEPS_A_SLIP

CYCLE_TOLERANCE = 0.25
"""How far from a whole number of cycles a slip may be found: lash, the rotor's sag under load, a soft stop."""


@dataclass(frozen=True, slots=True)
class SlipVerdict:
    """The verdict on steps lost since the motor was referenced.

    `full_steps` are those lost, 0 where none are; above 0 the ring stands nearer to close focus than the count says.
    `off_deg` is what was found, None where nothing could be. `known` is False where the evidence can't tell.
    """

    full_steps: int
    words: str
    off_deg: float | None = None
    known: bool = True

    @property
    def slipped(self) -> bool:
        """The motor has lost steps."""
        return self.full_steps != 0


def slipped_full_steps(by_deg: float, full_step_deg: float) -> int:
    """Full steps with their sign, if a change in ring degrees is near a whole number of electrical cycles; else 0."""
    cycles = by_deg / (FULL_STEPS_A_SLIP * full_step_deg)
    whole = round(cycles)
    return FULL_STEPS_A_SLIP * whole if whole and abs(cycles - whole) <= CYCLE_TOLERANCE else 0


def slip_verdict(
    expected_steps: int, found_steps: int, rig: Rig, slack_steps: int = 0, *, same_side: bool = False
) -> SlipVerdict:
    """Judge where the ring is expected by the count against where it is found, both in motor steps of the ring's scale.

    For a return to A that someone or something sees, and for the touch of a stop, which is at 0 or at the calibrated
    span. Lash and one step are allowed, and `slack_steps` for how finely it was measured; no lash where both were
    looked at with the ring come from the `same_side`. What is within that is no slip only if a slip would be beyond it.
    """
    off_deg = (found_steps - expected_steps) * rig.ring_deg_per_step
    lash_deg = 0.0 if same_side else rig.lash_deg
    # A step, and what rounding adds to it.
    allowed_deg = lash_deg + (1.001 + slack_steps) * rig.ring_deg_per_step
    cycle_deg = FULL_STEPS_A_SLIP * rig.ring_deg_per_full_step
    if abs(off_deg) <= allowed_deg and allowed_deg > (1.0 - CYCLE_TOLERANCE) * cycle_deg:
        return SlipVerdict(
            0,
            f"{abs(off_deg):z.2f}° off, which can't tell: with a lash of {lash_deg:z.2f}° no slip below "
            f"{allowed_deg + cycle_deg * CYCLE_TOLERANCE:z.2f}° shows, and one of {FULL_STEPS_A_SLIP} full steps is "
            f"{cycle_deg:z.2f}°. Look at the mark.",
            off_deg,
            known=False,
        )
    full = slipped_full_steps(off_deg, rig.ring_deg_per_full_step)
    if abs(off_deg) <= allowed_deg:
        within = "a step" if same_side else "lash and a step"
        return SlipVerdict(0, f"No slip: {abs(off_deg):z.2f}° off, within {within}.", off_deg)
    if full:
        return SlipVerdict(
            full,
            f"The motor has slipped by {abs(full)} full steps ({off_deg:+z.2f}° of the ring): home it before the take.",
            off_deg,
        )
    return SlipVerdict(
        0,
        f"The ring stands {off_deg:+z.2f}° from the count, which is no slip of the motor: look at gear, rods and ring.",
        off_deg,
        known=False,
    )


def slip_by_angle(seen_deg: float, counted_deg: float, rig: Rig, *, same_side: bool = False) -> SlipVerdict:
    """The same for ring angles: where the ring is seen, by a witness or by someone, and where the count has it."""
    expected, found = (round(deg * rig.steps_per_deg) for deg in (counted_deg, seen_deg))
    return slip_verdict(expected, found, rig, same_side=same_side)
