# SPDX-License-Identifier: MIT
"""The seam to the line: a port, be it serial, a pty, a socket or the simulated unit's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Port(Protocol):
    """A line to a unit. Reading and writing may happen in two threads at once."""

    name: str

    def read(self, timeout_s: float) -> bytes:
        """Bytes as soon as there are any, b"" after `timeout_s` at the latest. Raises LineError if the line is gone."""
        ...

    def write(self, data: bytes) -> None:
        """Send `data`. Raises LineError if the line is gone."""
        ...

    def close(self) -> None:
        """Close the port; later calls raise LineError."""
        ...


PortOpener = Callable[[int], Port]
"""Opens the port; the argument counts the attempts since it was lost, so that an opener can try other names in turn."""
