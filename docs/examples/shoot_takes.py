# SPDX-License-Identifier: MIT
"""Three takes on the simulated unit, kept in a log.

With a real one: connect("/dev/ttyUSB0"), and shoot_takes(…, at="inf") once you have looked.
"""

import followfocus as ff

plan = ff.plan_pull(ff.load_lens("ideal-50"), "2m", "4m", 2.0)
with ff.connect("sim", plan, fast=True) as unit:
    for take in ff.shoot_takes(unit, plan, 3, log="day.db"):
        print(f"take {take.take}: {take.verdict.value}, {take.landing_error_half_dof:+.3f} half depths of field off")
