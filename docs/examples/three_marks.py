# SPDX-License-Identifier: MIT
"""A pull over three marks, with a hold at the second, planned at another stop."""

import followfocus as ff

lens = ff.load_lens("arri-signature-prime-40")
marks = [("Anna", 1.2, 0.0), ("door", 3.5, 1.5), ("window", 4.5, 0.0)]
pull = ff.Pull(
    tuple(ff.Mark(name, lens.ring_deg(metres), hold_s=hold_s) for name, metres, hold_s in marks),
    (ff.Leg(1.2), ff.Leg(2.0)),
)
plan = ff.make_plan(lens, pull, ff.Conditions(t_stop=2.8))
for subject in plan.sharpness.subjects:
    print(f"{subject.name}: sharp from {subject.becomes_sharp_s or 0:.2f} s")
print(f"{plan.profile.steps} steps, at worst {plan.profile.worst_error_us:.2f} µs off")
