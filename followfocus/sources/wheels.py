# SPDX-License-Identifier: MIT
"""The wheels on this computer: which there are, and one of them opened. Libraries are imported when they are needed.

MIDI comes on its library's own thread, as it comes; what is on USB is asked for reports by `poll`, every few
milliseconds. Neither is told when a wheel is pulled out: MIDI's list of ports is looked at once a second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from followfocus.clock import Clock
from followfocus.errors import RequestError
from followfocus.hand.events import SourceEvent
from followfocus.sources.hid import KNOWN, HidWheel, known, named
from followfocus.sources.hid_port import HidPort, hid_devices
from followfocus.sources.kept import KeptWheel, wheels_kept
from followfocus.sources.midi import MidiDecoder
from followfocus.sources.midi_port import MidiPort, midi_inputs, midi_named
from followfocus.sources.scripted import Scripted

Hear = Callable[[SourceEvent], object]
SPELT = "Known: midi:NAME, hid, hid:NAME, file:HAND.csv. `followfocus wheels list` says which are plugged in."


class OpenWheel(Protocol):
    """A wheel that is heard: `poll` from time to time, and `close`."""

    name: str

    @property
    def over(self) -> bool:
        """Nothing will come of it any more."""
        ...

    def poll(self) -> None:
        """Hear what has come; for what says everything by itself it looks whether it is still there."""
        ...

    def close(self) -> None:
        """Hear nothing any more."""
        ...


@dataclass(frozen=True, slots=True)
class FoundWheel:
    """A wheel that is plugged in: what `open_wheel` takes, its name, and whether it is known how it speaks."""

    spec: str
    name: str
    ready: bool


def wheels() -> tuple[list[FoundWheel], list[str]]:
    """The wheels that are plugged in, and why some can't be looked for, a sentence each."""
    found, troubles = [], []
    # Read first: a file that can't be read is said as such, not as a wheel that isn't known.
    kept = wheels_kept()
    try:
        found += [FoundWheel(f"midi:{name}", name, name in kept) for name in midi_inputs()]
    except RequestError as error:
        troubles.append(str(error))
    try:
        found += [FoundWheel(f"hid:{wheel.name}", wheel.name, ready=True) for wheel, _ in hid_devices()]
    except RequestError as error:
        troubles.append(str(error))
    return found, troubles


def kept_wheel(spec: str) -> KeptWheel:
    """A wheel's kept settings: how it speaks, its buttons and manners; its kind's own where nothing is kept."""
    kept = wheels_kept().get(name_of(spec))
    if kept is not None:
        return kept
    wheel = named(name_of(spec)) if spec.startswith("hid") else None
    return KeptWheel() if wheel is None else KeptWheel(manners=KeptWheel().manners.but(turn_counts=wheel.turn_counts))


def name_of(spec: str) -> str:
    """A wheel's name in its spelling: of `midi:X-Touch` “X-Touch”."""
    return spec.partition(":")[2].strip()


def open_wheel(spec: str, hear: Hear, clock: Clock) -> OpenWheel:
    """Open the wheel that `spec` names: midi:NAME (or how the name begins), hid, hid:NAME, file:HAND.csv.

    Raises RequestError where there is none, or it isn't known how it speaks.
    """
    kind, name = spec.partition(":")[0].strip().lower(), name_of(spec)
    if kind == "midi":
        return _midi(name, hear, clock)
    if kind == "hid":
        wheel, path = _hid(name)
        return HidPort(path, wheel, hear, clock)
    if kind == "file" and name:
        return Scripted.read(name, hear, clock)
    raise RequestError(f"“{spec}” is no wheel.", SPELT)


def _midi(name: str, hear: Hear, clock: Clock) -> MidiPort:
    full = midi_named(name)
    kept = wheels_kept().get(full)
    if kept is None or kept.wheel is None:
        raise RequestError(f"How {full} speaks isn't known yet.", f"Learn it: followfocus wheels learn “midi:{full}”.")
    decoder = MidiDecoder(full, kept.wheel)

    def on_message(message: bytes, at_s: float) -> None:
        event = decoder.feed(message, at_s)
        if event is not None:
            hear(event)

    return MidiPort(full, on_message, clock, hear)


def _hid(name: str) -> tuple[HidWheel, bytes]:
    devices = hid_devices()
    fits = [(wheel, path) for wheel, path in devices if not name or wheel is named(name)]
    if fits:
        return fits[0]
    if name and named(name) is None:
        raise RequestError(f"“{name}” is no wheel that is known.", f"Known: {', '.join(one.name for one in KNOWN)}.")
    raise RequestError(
        f"There is no {name or 'known wheel'} on USB.",
        "Plug it in. On Linux it may need its udev rule: followfocus wheels udev.",
    )


__all__ = ["FoundWheel", "OpenWheel", "kept_wheel", "known", "midi_named", "name_of", "open_wheel", "wheels"]
