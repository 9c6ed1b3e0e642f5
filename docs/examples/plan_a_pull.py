# SPDX-License-Identifier: MIT
"""Can it be done, how fast at most, and when is what sharp?"""

import followfocus as ff

lens = ff.load_lens("ideal-50")
for duration in ("slow", 2.0, "12f", "snap"):
    plan = ff.plan_pull(lens, "2m", "4m", duration, t_stop=2.8)
    sharp = plan.sharpness
    print(f"{plan.motion.duration_s:.2f} s: {plan.feasibility.words}")
    print(f"    A soft at {sharp.from_soft_s:.2f} s, B sharp at {sharp.to_sharp_s:.2f} s, ±{plan.half_dof_deg:.2f}°")
