# SPDX-License-Identifier: MIT
"""How long a take took, and by whose clock. The unit times its steps by its own; this computer measures that one.

A unit's clock says of its own error nothing: a take that is late by 13 ms because the oscillator has warmed up is on
time by it to the tick. So beside its ticks every take has the seconds that they are by this computer's clock, and how
far those may be wrong: a line that hands over its bytes every 16 ms takes seconds until they are known at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.plan.plan import Plan
from followfocus.takes.kept import late_ms
from followfocus.wire.evidence import TakeEvidence
from followfocus.wire.messages import Cause

TOLD_MS = 1.0
"""From here on a take says by how much it was late, or that it isn't known so well."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Time zero to the last edge: seconds by the unit's clock and how late that is, and the same by this computer's.

    `host_hz` is the rate of the unit's clock as measured by the take's end. The host's figures are None where it has
    not been measured; `host_within_ms` is how far they may be wrong.
    """

    actual_s: float | None = None
    late_ms: float | None = None
    host_s: float | None = None
    host_late_ms: float | None = None
    host_within_ms: float | None = None
    host_hz: float | None = None

    @property
    def words(self) -> str:
        """The duration and the clock it was measured by, in words; empty if the take has none."""
        if self.late_ms is None:
            return ""
        if self.host_late_ms is None or self.host_within_ms is None:
            return f"{self.late_ms:+z.2f} ms by the unit's clock; how true that is, is not known"
        if self.host_within_ms >= TOLD_MS:
            return (
                f"{self.late_ms:+z.2f} ms by the unit's clock; by this computer's it is known to "
                f"±{self.host_within_ms:.1f} ms only"
            )
        return f"{self.host_late_ms:+z.2f} ms by this computer's clock, ±{self.host_within_ms:.2f} ms"

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentence that it was late or early, where this computer's clock says so for sure."""
        if self.host_late_ms is None or abs(self.host_late_ms) - (self.host_within_ms or 0.0) < TOLD_MS:
            return ()
        way = "late" if self.host_late_ms > 0 else "early"
        return (f"the last step came {abs(self.host_late_ms):.1f} ms {way} by this computer's clock",)


NOT_TIMED = Timing()


def timing_of(evidence: TakeEvidence, plan: Plan) -> Timing:
    """The timing of a take that was played to its end; all unknown of another."""
    if evidence.cause is not Cause.DONE or not evidence.steps:
        return NOT_TIMED
    ticks, hz = evidence.last_edge_clock - evidence.start_clock, evidence.host_hz
    actual_s, late = ticks / evidence.tick_hz, late_ms(evidence, plan.profile)
    if hz is None or evidence.host_within_hz is None:
        return Timing(actual_s, late)
    host_s = ticks / hz
    return Timing(
        actual_s=actual_s,
        late_ms=late,
        host_s=host_s,
        # The unit's own figures less its lateness are the plan: so this is the host's seconds less the planned ones.
        host_late_ms=(host_s - actual_s) * 1e3 + late,
        host_within_ms=host_s * evidence.host_within_hz / hz * 1e3,
        host_hz=hz,
    )
