# SPDX-License-Identifier: MIT
"""A JACK client that plays samples into its one output, and knows by the server's clock when each of them was there.

It speaks to the server itself (libjack), so it shares nothing with the audio library that is listening.
"""

from __future__ import annotations

import ctypes as c
import threading
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from followfocus.clock import SystemClock

_PROCESS = c.CFUNCTYPE(c.c_int, c.c_uint32, c.c_void_p)
_AUDIO, _OUTPUT, _START_NO_SERVER = b"32 bit float mono audio", 2, 1
WAIT_S = 60.0
EVEN_US = 5_000


def _jack() -> c.CDLL:
    jack = c.CDLL("libjack.so.0")
    for call in (jack.jack_client_open, jack.jack_port_register, jack.jack_port_get_buffer):
        call.restype = c.c_void_p
    jack.jack_get_time.restype = c.c_uint64
    return jack


def settled() -> None:
    """Return once every connection that was made carries: it does from one of the server's next periods on.

    What is sent before that is lost. A client that comes in waits for the same period.
    """
    Player("settled").close()


@dataclass
class Player:
    """A client of that name. `play` begins; `played_s` tells when a sample was played, by `SystemClock`."""

    name: str
    _samples: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    _cycles: list[tuple[int, int]] = field(default_factory=list)
    _first: int | None = None

    def __post_init__(self) -> None:
        self._jack, self._goes, self._over = _jack(), threading.Event(), threading.Event()
        client = self._jack.jack_client_open(self.name.encode(), _START_NO_SERVER, None)
        assert client, "no JACK server"
        self._client = c.c_void_p(client)
        self.rate_hz = int(self._jack.jack_get_sample_rate(self._client))
        port = self._jack.jack_port_register(self._client, b"out", _AUDIO, c.c_ulong(_OUTPUT), c.c_ulong(0))
        self._port = c.c_void_p(port)
        self._kept = _PROCESS(self._process)  # the server calls it for as long as the client is there
        self._jack.jack_set_process_callback(self._client, self._kept, None)
        assert self._jack.jack_activate(self._client) == 0

    def play(self, samples: NDArray[np.float32]) -> None:
        """From the server's next period on."""
        self._samples = np.ascontiguousarray(samples, np.float32)
        self._cycles, self._first = [], None
        self._over.clear()
        self._goes.set()

    def wait(self) -> None:
        """Until all of it has been played."""
        assert self._over.wait(WAIT_S)

    def played_s(self, sample: float) -> float:
        """When it was played, straight between the starts of the server's periods."""
        at, server_us = np.array(self._cycles, dtype=np.float64).T
        # the server counts a clock that is never set right, some parts in a million away from the system's
        ahead_s = min(SystemClock().now() - self._jack.jack_get_time() / 1e6 for _ in range(50))
        return float(np.interp(sample, at, server_us)) / 1e6 + ahead_s

    @property
    def is_even(self) -> bool:
        """Whether the server kept its pace meanwhile: after being late it only guesses when it played what."""
        at, server_us = np.array(self._cycles, dtype=np.float64).T
        off_us = server_us - server_us[0] - (at - at[0]) * 1e6 / self.rate_hz
        return bool(np.abs(off_us).max() < EVEN_US)

    def close(self) -> None:
        """Leave the server."""
        self._jack.jack_deactivate(self._client)
        self._jack.jack_client_close(self._client)

    def _process(self, count: int, _: object) -> int:
        buffer = self._jack.jack_port_get_buffer(self._port, count)
        out = np.ctypeslib.as_array((c.c_float * count).from_address(buffer))
        out[:] = 0.0
        if self._goes.is_set():
            at = self._now_at()
            piece = self._samples[at : at + count]
            out[: len(piece)] = piece
            if at > len(self._samples):
                self._goes.clear()
                self._over.set()
        return 0

    def _now_at(self) -> int:
        frame, now_us, next_us, length_us = c.c_uint32(), c.c_uint64(), c.c_uint64(), c.c_float()
        told = (c.byref(frame), c.byref(now_us), c.byref(next_us), c.byref(length_us))
        self._jack.jack_get_cycle_times(self._client, *told)
        self._first = frame.value if self._first is None else self._first
        at = frame.value - self._first
        self._cycles.append((at, now_us.value))
        return at
