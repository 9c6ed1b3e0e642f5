# SPDX-License-Identifier: MIT
"""A pull played together with a wheel: streamed word by word through the unit's follower, and what came of it.

Nothing of it is stored on the unit: it knows what comes for some 8 ms, and 70 ms after the host's last word it slows
down. The longest silence there was is part of the evidence.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from followfocus.errors import FollowFocusError, StoppedError
from followfocus.hand.blend import Blend, on_plan
from followfocus.hand.estimate import HandEstimator
from followfocus.motion.motion import Motion
from followfocus.unit.following import FollowEvidence, Following
from followfocus.unit.playing import Progress
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import Sample
from followfocus.wire.messages import FOLLOW_SILENCE_S, Cause

TICK_S = 0.01
# A hand that never comes to rest must not hold a take open for ever.
LONGEST_S = 600.0
STOPPED = "It was stopped."
TOLD_S = 0.05
# Less is a wheel's own noise: a hand that only rests on it has stopped.
MOVED_DEG = 0.02
LATE_S = 0.01
"""By how much later than another a word may be at the unit"""

Wheel = Callable[[float], float]
"""How far a wheel has turned since the start, ring degrees, at a time of the host's clock."""


@dataclass(frozen=True, slots=True)
class TogetherEvidence:
    """The plan, the wheel's motion and the ring's: seconds since the start, ring degrees.

    `trim_deg` is how far off the plan the ring was left on purpose; `silence_s` the longest between two words by this
    computer's own account; `ended` why it ended early, empty where it did not.
    """

    plan: tuple[Sample, ...] = field(repr=False)
    wheel: tuple[Sample, ...] = field(repr=False)
    wanted: tuple[Sample, ...] = field(repr=False)
    ring: FollowEvidence = field(repr=False)
    trim_deg: float
    silence_s: float
    ended: str

    @property
    def was_silent(self) -> bool:
        """The unit was without a word for so long that it slowed down or, at rest, let go: by its own word."""
        return self.ring.cause is Cause.SILENCE or (self.ring.let_go and self.ended != "")

    @property
    def words(self) -> str:
        """How it went, in a sentence or two."""
        if self.was_silent:
            did = "slowed down" if self.ring.cause is Cause.SILENCE else "let go of the ring"
            if self.silence_s < FOLLOW_SILENCE_S - LATE_S:
                return f"The unit heard nothing for {1e3 * FOLLOW_SILENCE_S:.0f} ms and {did}: the line lost words."
            return f"The computer was silent for {1e3 * self.silence_s:.0f} ms, and the unit {did}."
        if self.ended:
            return f"It ended early. {self.ended}"
        kept = f", {self.trim_deg:+z.2f}° off the plan" if self.trim_deg else ""
        # Between two looks at this computer's clock it may be held up before or after a word as well: whether the line
        # was silent the unit knows, and it would have slowed down.
        if self.silence_s >= FOLLOW_SILENCE_S:
            held_up = f"The computer was held up for {1e3 * self.silence_s:.0f} ms; the unit heard no silence."
            return f"Played with the hand{kept}. {held_up}"
        return f"Played with the hand{kept}; no word was more than {1e3 * self.silence_s:.0f} ms apart."


def play_together(
    unit: FollowFocusUnit, motion: Motion, blend: Blend, wheel: Wheel, progress: Progress | None = None
) -> TogetherEvidence:
    """Play from where the pull begins to where `blend` is over; the ring must stand at its start.

    `progress` is told every 50 ms how long it has run. Raises UnitError where the unit can't begin. A STOP, a fault,
    or a line that is lost ends it, and is evidence.
    """
    run = _Run(unit, motion, blend, wheel)
    return run.played(unit.follow(), progress)


class _Run:
    def __init__(self, unit: FollowFocusUnit, motion: Motion, blend: Blend, wheel: Wheel) -> None:
        self._unit, self._motion, self._blend, self._wheel = unit, motion, blend, wheel
        self._estimator = HandEstimator()
        self._began_s = unit.clock.now()
        self._rested_s, self._rests_deg = self._began_s, 0.0
        self._turned: list[Sample] = []
        self._wanted: list[Sample] = []
        self._sent_s: list[float] = []

    def played(self, following: Following, progress: Progress | None = None) -> TogetherEvidence:
        """Play the take to its end."""
        ended, told_s = "", -TOLD_S
        try:
            while not self._blend.over(self._t, self._unit.clock.now() - self._rested_s) and self._t < LONGEST_S:
                self._send(following)
                if progress is not None and self._t - told_s >= TOLD_S:
                    told_s = self._t
                    progress(told_s, self._unit.status)
                self._unit.link.sleep(TICK_S)
            self._send(following)  # where it ends: a busy computer may have said nothing for a while
        # Whatever ended it, the ring has turned: that is closed and kept as any take is.
        except StoppedError:
            ended = STOPPED
        except FollowFocusError as error:
            ended = str(error)
        ring = following.close()
        times = [sample.at_s for sample in self._wanted]
        plan = tuple(Sample(at_s, on_plan(self._motion, at_s).ring_deg) for at_s in times)
        # The host's own account; where the unit slowed down, its word is the one that counts (`was_silent`).
        silence_s = max((b - a for a, b in itertools.pairwise(self._sent_s)), default=0.0)
        trim_deg = self._blend.trim_deg
        return TogetherEvidence(plan, tuple(self._turned), tuple(self._wanted), ring, trim_deg, silence_s, ended)

    @property
    def _t(self) -> float:
        return self._unit.clock.now() - self._began_s

    def _send(self, following: Following) -> None:
        now_s = self._unit.clock.now()
        turned = self._wheel(now_s)
        t = now_s - self._began_s
        if abs(turned - self._rests_deg) > MOVED_DEG:
            self._rested_s, self._rests_deg = now_s, turned
        self._turned.append(Sample(t, turned))
        line = self._blend.at(t, self._estimator.add(now_s, turned))
        self._wanted.append(Sample(t, line.ring_deg))
        scale = self._unit.steps_per_deg
        # When it goes out, not when it was read: the unit counts its silence from there.
        self._sent_s.append(self._t)
        # Stamped with when the wheel was read, not with now: the unit goes on along the line from there, and what this
        # side took to make it is no delay.
        following.send(line.ring_deg * scale, line.speed_deg_s * scale, now_s)
