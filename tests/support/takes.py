# SPDX-License-Identifier: MIT
"""A take as the log keeps it, made without a unit."""

from __future__ import annotations

from followfocus.takes.takes import Take, Verdict
from followfocus.wire.evidence import Sample


def a_take(number: int = 1) -> Take:
    """A pull of 2 s that landed."""
    return Take(
        take=number, verdict=Verdict.GOOD, reasons=(), landing_error_deg=0.0, landing_error_half_dof=0.0,
        duration_error_ms=0.0, start_latency_ms=1.0, clean=True, start_deg=82.5, end_deg=41.25, landed_deg=41.25,
        landed_by="counter", counter_deg=41.25, half_dof_deg=1.0, planned_s=2.0, actual_s=2.0, steps=1000,
        planned_steps=1000, position_known=True, started_utc_s=1.7e9, start_clock=16_000, first_edge_ticks=100,
        last_edge_ticks=32_000_000, tick_hz=16e6, cause="done", fault="none", source="host", unit_serial="SIM00001",
        actual=(Sample(0.0, 82.5), Sample(1.0, 60.0), Sample(2.0, 41.25)),
    )  # fmt: skip
