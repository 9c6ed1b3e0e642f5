# SPDX-License-Identifier: MIT
"""Audio inputs of this computer, by sounddevice (PortAudio): the only file that knows it.

The library looks for devices only when it starts, so it runs only while an input is open: what was plugged in since is
found. And a JACK server that ends takes the library with it: to close what was open there waits for it, ten minutes
long, and to end the library would end this program. So an input is closed beside, and once the library doesn't answer,
nothing is asked of it any more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from followfocus.errors import RequestError

CLOSE_S = 1.0
Samples = NDArray[np.float32]


HeardSamples = Callable[[Samples, float, bool], None]
"""A block, how long ago its first sample was at the input by the library's word, and whether samples before it were
left out"""


class Stream(Protocol):
    """An input that is open; `active` until it ends by itself."""

    @property
    def active(self) -> bool:
        """Blocks still come."""
        ...

    def close(self) -> None:
        """Hear nothing any more."""
        ...


class AudioInputs:
    """The library, and how many of its inputs are open."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._open = 0
        self.stuck = False
        """It doesn't answer any more, for as long as this program runs."""

    def open(self, name: str, heard: Callable[[float], HeardSamples]) -> Stream:
        """Open the one that has `name` in its name, at its own rate, which `heard` is given. Raises RequestError."""
        library = _library()
        if self.stuck:
            raise RequestError("The sound library doesn't answer any more.", "Start followfocus anew.")
        with self._one_at_a_time:
            # The list of devices is made when the library starts, and it
            # can only be started anew while nothing is open.
            if not self._open:
                _start_anew(library)
            try:
                stream = _opened(library, name, heard)
            except (library.PortAudioError, ValueError) as error:
                raise _not_open(library, name) from error
            else:
                self._open += 1
            finally:
                # A failed opening too must not leave the library running with nothing open.
                self._end_unless_open(library)
            return stream

    def close(self, stream: Stream) -> None:
        """Hear nothing any more from it."""
        library = _library()
        with self._one_at_a_time:
            # A daemon: where it never comes back, the program must still be able to end.
            closing = threading.Thread(target=stream.close, daemon=True)
            closing.start()
            closing.join(CLOSE_S)
            self._open -= 1
            self.stuck = closing.is_alive()
            if self.stuck:
                vars(library)["_initialized"] = 0  # else everything is closed once more as the program ends
            else:
                self._end_unless_open(library)

    def _end_unless_open(self, library: ModuleType) -> None:
        if not self._open:
            _ended(library)


def _opened(library: ModuleType, name: str, heard: Callable[[float], HeardSamples]) -> Stream:
    rate_hz = float(library.query_devices(name or None, "input")["default_samplerate"])
    hears = heard(rate_hz)

    def block(data: Samples, _frames: int, time: object, status: object) -> None:
        behind_s = getattr(time, "currentTime", 0.0) - getattr(time, "inputBufferAdcTime", 0.0)
        # A copy: the library writes the next block into the same memory.
        hears(data[:, 0].copy(), behind_s, getattr(status, "input_overflow", False))

    stream = library.InputStream(
        device=name or None, samplerate=rate_hz, channels=1, blocksize=0, dtype="float32", callback=block
    )
    stream.start()
    return cast("Stream", stream)


def _library() -> ModuleType:
    try:
        return import_module("sounddevice")
    except ImportError as error:
        raise RequestError("LTC from a device needs sounddevice.", "pip install 'followfocus[audio]'") from error
    except OSError as error:
        raise RequestError("LTC from a device needs PortAudio.", "Install libportaudio2.") from error


def _ended(library: ModuleType) -> None:
    # It counts its starts, and ends only with the last of them: importing it was one.
    while library._initialized:
        library._terminate()


def _start_anew(library: ModuleType) -> None:
    try:
        _ended(library)
        library._initialize()
    except library.PortAudioError as error:
        raise RequestError("The computer's sound can't be asked for its inputs.", "Try it again.") from error


def _not_open(library: ModuleType, name: str) -> RequestError:
    there = ", ".join(one["name"] for one in library.query_devices() if one["max_input_channels"]) or "none"
    which = f"The audio input “{name}”" if name else "The usual audio input"
    return RequestError(f"{which} can't be opened.", f"There are: {there}.")


INPUTS = AudioInputs()
