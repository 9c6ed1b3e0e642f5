# SPDX-License-Identifier: MIT
"""The power of so many takes to show anything: the shares of docs/statistics.md, in words for the certificate."""

from __future__ import annotations

from followfocus.names import counted

DRIFT_SD, ODD_SD = 6.0, 10.0
"""The effects looked for: a drift over all takes, and one take apart, in standard deviations of their noise."""
MOST_FALSE = 0.05
FOUND = {
    3: (0.0, 0.05), 4: (0.0, 0.35), 5: (0.5, 0.1), 6: (0.6, 0.3), 7: (0.7, 0.4), 8: (0.8, 0.6), 10: (0.9, 0.7),
    12: (0.95, 0.75), 15: (0.98, 0.85), 20: (0.99, 0.9), 50: (0.99, 0.95),
}  # fmt: skip
"""For at least so many takes, the shares of series in which the drift and the odd one are found; rounded down."""


def power_words(takes: int, sd_deg: float, step_deg: float) -> str:
    """Say what so many takes with this scatter would have shown, and how often chance alone speaks."""
    if takes < min(FOUND):
        return f"{counted(takes, 'take')} can tell neither a drift nor an odd one."
    drift, odd = FOUND[max(count for count in FOUND if count <= takes)]
    scatter = max(sd_deg, step_deg)
    told = f"of {takes} takes that scatter so, a drift of {DRIFT_SD * scatter:z.2f}° over all of them is found in "
    return (
        f"Power: {told}{_percent(drift)} of series, one take {ODD_SD * scatter:z.2f}° apart in {_percent(odd)}; chance "
        f"alone raises an alarm in {MOST_FALSE:.0%} at most (docs/statistics.md)."
    )


def _percent(share: float) -> str:
    return "none" if not share else f"{share:.0%}"
