"""The unit's clock against the host's, from the timestamps that come with every telemetry.

A timestamp arrives late by an unknown delay, never early. So of each stretch of time only the least delayed sample is
kept, and a straight line through those gives the rate of the unit's clock and where its zero lies. Stretches grow with
the time measured, so a minute costs no more memory than a second, and old ones are dropped as temperature moves on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FIRST_STRETCH_S = 0.1
LONGEST_STRETCH_S = 10.0
MOST_STRETCHES = 64
FEWEST_STRETCHES = 6

FLOOR_S = 50e-6
"""The share of any timestamp that is not trusted, however steady: scheduling, and bytes in bunches."""
CRYSTAL = 500e-6
"""A rate this near nominal may be a crystal, or a busy host: 1 ms on a 2 s pull. Resonators: up to 5000e-6."""
SIGMAS = 4.0
STANDSTILL = -0.999
"""A drift from which on the host's clock has as good as stood still beside the unit's: that is no rate."""


@dataclass(frozen=True, slots=True)
class ClockRate:
    """Ticks of the unit's clock per second of the host's, its standard error, and the seconds it was measured over."""

    hz: float
    sigma_hz: float
    span_s: float


@dataclass(slots=True)
class _Sample:
    """The least delayed timestamp of one stretch: unit's seconds, host's seconds."""

    unit_s: float
    host_s: float

    @property
    def lateness(self) -> float:
        return self.host_s - self.unit_s


class ClockSync:
    """Timestamps in, rate and offset out. `nominal_hz` is the tick rate that the unit claims."""

    def __init__(self, nominal_hz: float) -> None:
        self.nominal_hz = nominal_hz
        self._stretch_s = FIRST_STRETCH_S
        self._samples: list[_Sample] = []
        self._stretch_began_s = -math.inf
        self._origin: tuple[float, float] | None = None
        self._delay_s = 0.0
        self._least_trip_s = math.inf
        self.way_there_s = 0.0
        """How long a command takes to the unit, at best"""

    def add(self, clock: int, received_s: float) -> None:
        """A message stamped `clock` ticks came in at `received_s`."""
        unit_s = clock / self.nominal_hz
        if self._origin is None:
            self._origin = (unit_s, received_s)
        sample = _Sample(unit_s - self._origin[0], received_s - self._origin[1])
        if sample.unit_s - self._stretch_began_s >= self._stretch_s:
            self._stretch_began_s = sample.unit_s
            self._samples.append(sample)
            self._thin_out()
        elif sample.lateness < self._samples[-1].lateness:
            self._samples[-1] = sample

    def add_round_trip(self, trip_s: float, share_back: float) -> None:
        """A question's answer took `trip_s` in all, of which the way back is about `share_back`."""
        if trip_s < self._least_trip_s:
            self._least_trip_s = trip_s
            self._delay_s = trip_s * share_back
            self.way_there_s = trip_s - self._delay_s

    def rate(self) -> ClockRate | None:
        """The measured rate; None until about half a second of timestamps is here."""
        samples = self._samples[:-1]  # the last stretch is still under way
        if len(samples) < FEWEST_STRETCHES:
            return None
        line = _fit(samples)
        kept = [sample for sample in samples if abs(line.residual(sample)) <= 3 * line.spread_s + FLOOR_S]
        if FEWEST_STRETCHES <= len(kept) < len(samples):
            line = _fit(kept)
        if line.drift <= STANDSTILL:
            return None
        hz = self.nominal_hz / (1.0 + line.drift)
        span_s = kept[-1].host_s - kept[0].host_s
        sigma = math.hypot(line.sigma, FLOOR_S / span_s if span_s > 0 else math.inf)
        return ClockRate(hz, sigma * self.nominal_hz, span_s)

    def true_hz(self) -> float:
        """The tick rate to plan with: the measured one where it surely is no crystal's error, else the nominal."""
        rate = self.rate()
        if rate is None:
            return self.nominal_hz
        off = abs(rate.hz - self.nominal_hz)
        real = off > CRYSTAL * self.nominal_hz and off > SIGMAS * rate.sigma_hz
        return rate.hz if real else self.nominal_hz

    def host_s(self, clock: int) -> float | None:
        """When the unit's clock stood at `clock`, in seconds of the host's; None before any timestamp."""
        if self._origin is None or not self._samples:
            return None
        unit_s = clock / self.nominal_hz - self._origin[0]
        rate = self.rate()
        drift = 0.0 if rate is None else self.nominal_hz / rate.hz - 1.0
        lateness = min(sample.lateness + drift * (unit_s - sample.unit_s) for sample in self._samples[-16:])
        return self._origin[1] + unit_s + lateness - self._delay_s

    @property
    def error_s(self) -> float:
        """How far `host_s` may be off: how much of the quickest answer's time was the way back is a guess.

        inf before any answer.
        """
        return max(self._delay_s, self._least_trip_s - self._delay_s)

    def _thin_out(self) -> None:
        if len(self._samples) <= MOST_STRETCHES:
            return
        if self._stretch_s >= LONGEST_STRETCH_S:
            del self._samples[0]
            return
        *whole, last = self._samples
        pairs = zip(whole[::2], whole[1::2], strict=False)
        self._samples = [min(pair, key=lambda sample: sample.lateness) for pair in pairs]
        self._samples.append(last)
        self._stretch_s *= 2


@dataclass(frozen=True, slots=True)
class _Line:
    """lateness = offset + drift · unit seconds, by least squares."""

    offset_s: float
    drift: float
    spread_s: float
    sigma: float

    def residual(self, sample: _Sample) -> float:
        return sample.lateness - self.offset_s - self.drift * sample.unit_s


def _fit(samples: list[_Sample]) -> _Line:
    count = len(samples)
    mean_x = math.fsum(sample.unit_s for sample in samples) / count
    mean_y = math.fsum(sample.lateness for sample in samples) / count
    square = math.fsum((sample.unit_s - mean_x) ** 2 for sample in samples)
    drift = math.fsum((s.unit_s - mean_x) * (s.lateness - mean_y) for s in samples) / square
    line = _Line(mean_y - drift * mean_x, drift, 0.0, 0.0)
    spread = math.sqrt(math.fsum(line.residual(sample) ** 2 for sample in samples) / max(1, count - 2))
    return _Line(line.offset_s, drift, spread, spread / math.sqrt(square))
