# SPDX-License-Identifier: MIT
"""How long GO took: from leaving the host to time zero on the unit, as far as that can be known.

What is certain: time zero lies after GO was first sent, and at most the unit's own lead after the answer came. Where in
between, the two clocks say, as well as they are known to each other; where they say something else, they are wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

GO_LEAD_S = 0.0002
"""How long after it has taken GO a unit starts at the latest."""


@dataclass(frozen=True, slots=True)
class GoSent:
    """When GO was first sent and answered, in seconds of the host's clock, and sent in seconds since the epoch."""

    sent_s: float
    answered_s: float
    utc_s: float


@dataclass(frozen=True, slots=True)
class Latency:
    """An estimate and how far the truth can be from it, seconds. Never below zero, since nothing starts before GO."""

    seconds: float
    uncertainty_s: float


def start_latency(go: GoSent, start_s: float | None, clock_error_s: float) -> Latency:
    """The latency of a take whose time zero was at `start_s` of the host's clock, if the clocks are right.

    `clock_error_s` is how far that may be off; `start_s` None where the clocks are not known to each other.
    """
    # GO was answered after the unit took it, and a unit starts at most its own lead after that.
    longest_s = max(go.answered_s - go.sent_s, 0.0) + GO_LEAD_S
    asked_s = None if start_s is None else start_s - go.sent_s
    if asked_s is None or not 0 < asked_s <= longest_s:
        # The middle of what is certain, and all of it as the doubt: the clocks contradict what can't be otherwise.
        return Latency(longest_s / 2, longest_s / 2)
    # No doubt reaches beyond what is certain, however badly the clocks are known to each other.
    return Latency(asked_s, min(clock_error_s, max(asked_s, longest_s - asked_s)))
