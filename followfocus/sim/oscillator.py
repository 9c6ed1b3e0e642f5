# SPDX-License-Identifier: MIT
"""The unit's clock: ticks of its own oscillator since its last reset, against the time of whoever drives it."""

from __future__ import annotations

from math import floor


class Oscillator:
    """Ticks at `rate_hz`; the first time asked for is power-on, and `restart` begins at 0 again."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._power_on_s: float | None = None
        self._booted_s = 0.0

    def tick_at(self, now_s: float) -> int:
        """The tick that has come by `now_s`."""
        if self._power_on_s is None:
            self._power_on_s = now_s
        return floor((now_s - self._power_on_s - self._booted_s) * self._rate_hz)

    def time_of(self, tick: int) -> float:
        """The driver's time at `tick`: half a tick late, so that rounding never makes it the tick before."""
        return (self._power_on_s or 0.0) + self.since_power_on(tick) + 0.5 / self._rate_hz

    def since_power_on(self, tick: int) -> float:
        """Seconds from power-on to `tick`, over all restarts: the time of motor and ring."""
        return self._booted_s + tick / self._rate_hz

    def ticks(self, seconds: float) -> int:
        """A length of time in ticks."""
        return round(seconds * self._rate_hz)

    def restart(self, tick: int) -> None:
        """`tick` becomes tick 0."""
        self._booted_s = self.since_power_on(tick)
