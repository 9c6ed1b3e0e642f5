# SPDX-License-Identifier: MIT
"""Wheels on USB, by hidapi: the only file that knows it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Protocol

from followfocus.clock import Clock
from followfocus.errors import RequestError
from followfocus.hand.events import SourceEvent, WheelGone
from followfocus.sources.hid import HidWheel, known

NEEDED = "Install it: pip install 'followfocus[hid]'."
LONGEST_REPORT = 64
MOST_AT_ONCE = 64
"""Reports a poll, so that a device that floods doesn't hold up the rest."""


class HidDevice(Protocol):
    """A device of the library, or whatever gives the same reports."""

    def open_path(self, path: bytes) -> None:
        """Open it. Raises OSError."""
        ...

    def set_nonblocking(self, on: int) -> int:
        """With 1 `read` returns at once."""
        ...

    def read(self, most: int) -> list[int]:
        """The next report; empty for none."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


def _library() -> ModuleType:
    try:
        return import_module("hid")
    except ImportError as error:
        raise RequestError("Wheels on USB need a library that isn't there.", NEEDED) from error


def hid_devices() -> list[tuple[HidWheel, bytes]]:
    """The wheels that are plugged in and known, each with the path it is opened by. Raises RequestError."""
    found: list[tuple[HidWheel, bytes]] = []
    for entry in _library().enumerate():
        wheel = known(entry["vendor_id"], entry["product_id"])
        if wheel is not None:
            found.append((wheel, entry["path"]))
    return found


class HidPort:
    """One wheel, heard by `poll`. `device` is given where it is opened already."""

    def __init__(
        self,
        path: bytes,
        wheel: HidWheel,
        hear: Callable[[SourceEvent], object],
        clock: Clock,
        device: HidDevice | None = None,
    ) -> None:
        self.name = wheel.name
        self._hear, self._clock = hear, clock
        self._decoder = wheel.decoder(wheel.name)
        self._is_gone = False
        self._device: HidDevice = device or _library().device()
        try:
            self._device.open_path(path)
            self._device.set_nonblocking(1)
        except OSError as error:
            raise RequestError(
                f"{wheel.name} can't be opened.", "On Linux it needs its udev rule: followfocus wheels udev."
            ) from error

    @property
    def over(self) -> bool:
        """It is gone."""
        return self._is_gone

    def poll(self) -> None:
        """Hear the reports that have come."""
        if self._is_gone:
            return
        try:
            for _ in range(MOST_AT_ONCE):
                report = bytes(self._device.read(LONGEST_REPORT))
                if not report:
                    return
                for event in self._decoder.feed(report, self._clock.now()):
                    self._hear(event)
        # ValueError too: the library says of a device that it has closed itself that it is not open.
        except (OSError, ValueError):
            self._is_gone = True
            self._hear(WheelGone(self._clock.now(), self.name))

    def close(self) -> None:
        """Hear nothing any more."""
        self._device.close()
