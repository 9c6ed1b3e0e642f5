# SPDX-License-Identifier: MIT
"""Read a log's takes (shoot_takes.py writes this one)."""

import followfocus as ff

for row in ff.read_takes("day.db", ff.TakeQuery(verdict="good")):
    print(
        f"row {row.id}: {row.lens} take {row.take}, {row.landing_error_deg:+.4f}°, {row.duration_error_ms:+.3f} ms late"
    )
with ff.TakeLog("day.db", create=False) as log:
    seconds, ring_deg = log.take(1).traces["actual"].T
    print(f"the ring went from {ring_deg[0]:.2f}° to {ring_deg[-1]:.2f}° in {seconds[-1]:.2f} s")
