# SPDX-License-Identifier: MIT
"""The field that the driver commands: step edges in, the commanded microstep and its mean over a time step out."""

from __future__ import annotations

import math
from collections import deque

TIME_STEP_S = 25e-6


class CommandedField:
    """Where the driver points the current, in microsteps, by the edges that have come. `microsteps` a full step.

    Edges are queued with their times and counted as time passes them.
    """

    __slots__ = ("_cycle", "command", "edges", "mean_before")

    def __init__(self, microsteps: int) -> None:
        self._cycle = 4 * microsteps
        self.edges: deque[tuple[float, int]] = deque()
        self.command = 0
        self.mean_before = 0.0
        """The mean over the time step before, for the field's speed"""

    def step(self, t_s: float, direction: int) -> None:
        """Queue an edge at a time not before the last; +1 or −1 microstep."""
        if self.edges and t_s < self.edges[-1][0]:
            raise ValueError("step edges must come in the order of time")
        self.edges.append((t_s, 1 if direction > 0 else -1))

    def next_tick(self) -> int | None:
        """The time step in which the next edge falls."""
        return math.floor(self.edges[0][0] / TIME_STEP_S) if self.edges else None

    def mean(self, tick: int) -> float:
        """Mean commanded position over one time step; takes the edges within it from the queue.

        The mean, not the value at its end: so a pulse train is felt as the smooth turning that the winding makes of it,
        whatever its rate has to do with the time step's.
        """
        start, end = tick * TIME_STEP_S, (tick + 1) * TIME_STEP_S
        mean = float(self.command)
        edges = self.edges
        while edges and edges[0][0] < end:
            t, direction = edges.popleft()
            self.command += direction
            mean += direction * (end - max(t, start)) / TIME_STEP_S
        return mean

    def electrical_rad(self, command: float) -> float:
        """The angle of the current vector; a full step is a quarter of a cycle."""
        return command * 2 * math.pi / self._cycle

    def count_back(self, cycles: int) -> None:
        """Count `cycles` electrical cycles further back: to the rotor it is the same."""
        self.command -= cycles * self._cycle
        self.mean_before -= cycles * self._cycle

    def restart(self) -> None:
        """The driver was switched on: its field is where it always is then, at the first microstep of a cycle."""
        # The count goes on, only its place within the cycle is the
        # driver's: so the rotor jumps by two full steps at most.
        self.command = round(self.command / self._cycle) * self._cycle
        self.mean_before = float(self.command)
