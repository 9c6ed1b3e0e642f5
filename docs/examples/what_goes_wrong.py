# SPDX-License-Identifier: MIT
"""Errors say whose fault it was: the request's, the unit's, the line's."""

import followfocus as ff

lens = ff.load_lens("ideal-50")
for start, end, seconds in (("0.2m", "4m", 2.0), ("0.6m", "4m", 0.05)):
    try:
        ff.plan_pull(lens, start, end, seconds).feasibility.refuse()
    except ff.RequestError as error:
        print("can't be:", error)
    except ff.InfeasibleError as error:
        print(f"too fast for {error.binding}; at least {error.min_duration_s:.2f} s")
try:
    with ff.connect("socket://127.0.0.1:9"):
        pass
except ff.LineError as error:
    print("no unit:", error.message)
