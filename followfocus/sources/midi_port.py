# SPDX-License-Identifier: MIT
"""MIDI inputs of this computer, by python-rtmidi or (from Python 3.13 on) rtmidi2: the only file that knows them.

Where the sound system has no MIDI (no /dev/snd, as in a container) but a JACK server runs, its ports are taken. JACK is
asked only then: a library that finds no server tries to start one.
"""

from __future__ import annotations

import contextlib
import glob
import os
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Protocol

from followfocus.clock import Clock
from followfocus.errors import RequestError
from followfocus.hand.events import SourceEvent, WheelGone

LOOKED_S = 1.0
CLIENT = "followfocus"
NEEDED = "Install it: pip install 'followfocus[midi]'."
_SEQUENCER = Path("/dev") / "snd" / "seq"
_SHARED = Path("/dev") / "shm"
"""Where a running JACK server listens"""


class _Input(Protocol):
    """One input of a library."""

    def names(self) -> list[str]: ...
    def open(self, name: str, heard: Callable[[bytes], None], *, timecode: bool) -> None: ...
    def close(self) -> None: ...


class _PythonRtmidi:
    def __init__(self, library: ModuleType, api: int) -> None:
        self._input = library.MidiIn(api, CLIENT)

    def names(self) -> list[str]:
        return [str(name) for name in self._input.get_ports()]

    def open(self, name: str, heard: Callable[[bytes], None], *, timecode: bool) -> None:
        self._input.open_port(self._input.get_ports().index(name), "timecode" if timecode else "hand")
        self._input.ignore_types(sysex=not timecode, timing=not timecode, active_sense=True)
        self._input.set_callback(lambda got, _data: heard(bytes(got[0])))

    def close(self) -> None:
        # Before the port closes: the library's thread must not call into what is being taken down.
        self._input.cancel_callback()
        self._input.close_port()
        # Or the client stays in the system's list until Python gets to it.
        self._input.delete()


class _Rtmidi2:
    def __init__(self, library: ModuleType, api: int) -> None:
        self._input = library.MidiIn(CLIENT, api=api)

    def names(self) -> list[str]:
        return [str(name) for name in self._input.ports]

    def open(self, name: str, heard: Callable[[bytes], None], *, timecode: bool) -> None:
        self._input.ignore_types(midi_sysex=not timecode, midi_time=not timecode, midi_sense=True)
        self._input.callback = lambda message, _stamp: heard(bytes(message))
        self._input.open_port(list(self._input.ports).index(name))

    def close(self) -> None:
        self._input.callback = None
        self._input.close_port()


def _input() -> _Input:
    """A new input. Raises RequestError where there is no library, or no MIDI on this computer."""
    library: ModuleType | None = None
    # The first is the one that knows JACK; the second has wheels for Pythons that the first has none for.
    for name in ("rtmidi", "rtmidi2"):
        with contextlib.suppress(ImportError):
            library = import_module(name)
            break
    if library is None:
        raise RequestError("MIDI needs a library that isn't there.", NEEDED)
    try:
        if library.__name__ == "rtmidi2":
            return _Rtmidi2(library, _api(library, jack=False))
        return _PythonRtmidi(library, _api(library, jack=True))
    except (RuntimeError, SystemError, OSError) as error:
        way = "On Linux it takes ALSA's sequencer, or JACK."
        if library.__name__ == "rtmidi2":
            way = "On Linux it takes ALSA's sequencer; JACK is heard with Python 3.12 or older."
        raise RequestError("There is no MIDI on this computer.", way) from error


def _api(library: ModuleType, *, jack: bool) -> int:
    """The usual interface; on Linux one that is there: asked for another, the libraries write to the terminal.

    Without `jack` a JACK server is left alone. rtmidi2 brings a client of its own that does not understand the servers
    of today (protocol 8, they speak 9), and where it has none, to open a port ends the program.
    """
    if sys.platform != "linux":
        return int(library.API_UNSPECIFIED)
    if _SEQUENCER.exists():
        return int(library.API_LINUX_ALSA)
    if jack and jack_runs() and library.API_UNIX_JACK in library.get_compiled_api():
        return int(library.API_UNIX_JACK)
    raise OSError("no sequencer")


def jack_runs() -> bool:
    """Whether the JACK server that a program of this user is given answers.

    That of another name is none, and neither is the socket of one that was killed: JACK writes to the terminal then.
    """
    server = os.environ.get("JACK_DEFAULT_SERVER") or "default"
    return any(map(_is_served, _SHARED.glob(f"jack_{glob.escape(server)}_*[0-9]")))


def _is_served(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(path))
        except OSError:
            return False
    return True


def midi_inputs() -> list[str]:
    """The names of the MIDI inputs. Raises RequestError where none can be looked for."""
    one = _input()
    try:
        return one.names()
    finally:
        _closed(one)


def midi_named(name: str) -> str:
    """The one MIDI input of that name, or whose name begins so or has it in it. Raises RequestError."""
    inputs = midi_inputs()
    wanted = name.casefold()
    # The exact name before the looser ones: "X" must open "X" where there is an "X-Touch" as well.
    for fits in (
        [one for one in inputs if one == name],
        [one for one in inputs if one.casefold().startswith(wanted)],
        [one for one in inputs if wanted in one.casefold()],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise RequestError(f"“{name}” fits several MIDI inputs: {', '.join(fits)}.", "Give more of its name.")
    there = ", ".join(inputs) or "none"
    raise RequestError(f"There is no MIDI input “{name}”.", f"There are: {there}.")


def _closed(one: _Input) -> None:
    with contextlib.suppress(RuntimeError, SystemError, ValueError):
        one.close()


class MidiPort:
    """One input, heard: `heard` gets each message and when it came, on the library's thread.

    `tell` gets WheelGone when the input is no longer in the list. A hand needs neither SysEx nor timing messages, and
    with `timecode` both are heard too: quarter frames are such, as the libraries see it.
    """

    def __init__(
        self,
        name: str,
        heard: Callable[[bytes, float], None],
        clock: Clock,
        tell: Callable[[SourceEvent], object],
        *,
        timecode: bool = False,
    ) -> None:
        self.name = name
        self._clock, self._tell = clock, tell
        self._looked_s = clock.now()
        self._is_gone = False
        self._input = _input()
        try:
            self._input.open(name, lambda message: heard(message, clock.now()), timecode=timecode)
        except (RuntimeError, SystemError, OSError, ValueError) as error:
            raise RequestError(f"{name} can't be opened.", "Plug it in again, or close what else uses it.") from error

    @property
    def over(self) -> bool:
        """It is gone."""
        return self._is_gone

    def poll(self) -> None:
        """Look, once a second, whether it is still there."""
        now_s = self._clock.now()
        if self._is_gone or now_s - self._looked_s < LOOKED_S:
            return
        self._looked_s = now_s
        # The list alone tells: no library says that a port was pulled out.
        if self.name not in self._there():
            self._is_gone = True
            self._tell(WheelGone(now_s, self.name))

    def _there(self) -> list[str]:
        with contextlib.suppress(RuntimeError, SystemError, OSError):
            return self._input.names()
        return []

    def close(self) -> None:
        """Hear nothing any more."""
        _closed(self._input)
