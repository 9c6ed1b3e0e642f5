# SPDX-License-Identifier: MIT
"""The lines of the table of takes, in words."""

from __future__ import annotations

from followfocus.stage.events import Taken
from followfocus_gui.state.views import TakeLine


def line_of(taken: Taken, *, rehearsal: str = "rehearsal", unsaved: str = "not saved") -> TakeLine:
    """The table's line for a take that has just ended."""
    take, context = taken.take, taken.context
    parts = f"  {context.part}/{context.parts}" if context.parts > 1 else ""
    return TakeLine(
        slate=rehearsal if taken.rehearsed else f"{context.slate}{parts}",
        pull=f"{context.pull}  {take.planned_s:.3g} s",
        landing=landing_words(take.landing_error_deg, take.landing_error_half_dof),
        timing=timing_words(take.duration_error_ms),
        verdict=take.verdict.value,
        row=taken.row,
        tip="; ".join(take.reasons),
        note=unsaved if taken.row is None and not taken.rehearsed else "",
    )


def landing_words(error_deg: float | None, half_dofs: float | None) -> str:
    """Where it landed, in degrees and in half depths of field."""
    if error_deg is None or half_dofs is None:
        return "–"
    share = abs(half_dofs) * 100.0
    return f"{error_deg:+.3f}°  ({'<1' if 0.0 < share < 1.0 else f'{share:.0f}'} % of ½ DOF)"


def timing_words(late_ms: float | None) -> str:
    """How late the last step was."""
    return "–" if late_ms is None else f"{late_ms:+.2f} ms"
