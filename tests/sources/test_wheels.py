# SPDX-License-Identifier: MIT
"""Wheels that are opened: what is kept of them, a hand from a file, reports from a device, real MIDI ports."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from followfocus.clock import SystemClock, VirtualClock
from followfocus.errors import FileError, RequestError
from followfocus.hand.events import SourceEvent, WheelGone, WheelLeaned, WheelPlaced, WheelPressed, WheelTurned
from followfocus.hand.manners import HandManners
from followfocus.sources import midi_port
from followfocus.sources import wheels as wheels_source
from followfocus.sources.hid import KNOWN
from followfocus.sources.hid_port import HidPort, hid_devices
from followfocus.sources.kept import KeptWheel, keep_wheel, wheels_kept
from followfocus.sources.midi import Dialect, MidiWheel
from followfocus.sources.midi_port import midi_inputs
from followfocus.sources.scripted import Scripted
from followfocus.sources.wheels import kept_wheel, open_wheel, wheels
from tests.support.jack import News, jack
from tests.support.jack_player import settled

__all__ = ["jack"]

WHEEL = KeptWheel(
    wheel=MidiWheel(channel=1, number=60, dialect=Dialect.SIGN_BIT),
    buttons={"note 1/48": "stop"},
    manners=HandManners(low_deg=20.0, high_deg=200.0, detent_deg=1.0),
)


# ---------------------------------------------------------------- what is kept


def test_what_is_learned_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "wheels.json"
    keep_wheel("X-Touch", WHEEL, path)
    keep_wheel("nanoKONTROL2", KeptWheel(), path)
    assert wheels_kept(path) == {"X-Touch": WHEEL, "nanoKONTROL2": KeptWheel()}
    assert wheels_kept(tmp_path / "none.json") == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "can't be read"),
        ('{"format": "followfocus-wheels", "version": 1, "wheels": {"a": {"weel": 1}}}', "wheels.a.weel"),
        ('{"format": "followfocus-wheels", "version": 9, "wheels": {}}', "newer version"),
        ('{"format": "other", "version": 1, "wheels": {}}', "another program"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "wheels.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=words):
        wheels_kept(path)


def test_a_wheel_that_is_not_kept_has_its_kinds_manners(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert kept_wheel("hid:PowerMate").manners.turn_counts == 96
    assert kept_wheel("midi:whatever") == KeptWheel()


# ---------------------------------------------------------------- a hand from a file


def scripted(tmp_path: Path, text: str) -> tuple[list[SourceEvent], VirtualClock, Scripted]:
    path = tmp_path / "hand.csv"
    path.write_text(text, encoding="utf-8")
    heard: list[SourceEvent] = []
    clock = VirtualClock(5.0)
    return heard, clock, Scripted.read(str(path), heard.append, clock)


def test_events_come_when_they_are_due(tmp_path: Path) -> None:
    lines = "time_s,event,value\n# a comment\n0.1,turn,2\n0.1,place,0.5\n0.3,lean,-1\n0.3,press,gear\n0.4,gone\n"
    heard, clock, wheel = scripted(tmp_path, lines)
    wheel.poll()
    assert heard == []
    clock.advance(0.2)
    wheel.poll()
    assert heard == [WheelTurned(5.1, "hand.csv", 2.0), WheelPlaced(5.1, "hand.csv", 0.5)]
    assert not wheel.over
    clock.advance(1.0)
    wheel.poll()
    assert heard[2:] == [
        WheelLeaned(5.3, "hand.csv", -1.0),
        WheelPressed(5.3, "hand.csv", "gear"),
        WheelGone(5.4, "hand.csv"),
    ]
    assert wheel.over


@pytest.mark.parametrize(
    "line",
    ["0.1,twist,2", "x,turn,2", "0.1,turn,fast", "0.1,turn", "0.2,turn,1\n0.1,turn,1", "0.1,turn,nan", "inf,gone"],
)
def test_a_line_that_is_no_event_is_refused_where_it_stands(tmp_path: Path, line: str) -> None:
    with pytest.raises(FileError, match=r"line [12] is no event of a hand"):
        scripted(tmp_path, line)
    with pytest.raises(FileError, match="no events"):
        scripted(tmp_path, "time_s,event,value\n")


# ---------------------------------------------------------------- USB


class Reports:
    """A device that gives these reports, and then is unplugged."""

    def __init__(self, *reports: str) -> None:
        self._reports = [list(bytes.fromhex(report)) for report in reports]
        self.opened = b""

    def open_path(self, path: bytes) -> None:
        if path == b"locked":
            raise OSError("open failed")
        self.opened = path

    def set_nonblocking(self, on: int) -> int:
        return on

    def read(self, most: int) -> list[int]:
        if not self._reports:
            raise OSError("read error")
        return self._reports.pop(0)

    def close(self) -> None:
        self.opened = b""


def test_reports_are_heard_until_it_is_unplugged() -> None:
    heard: list[SourceEvent] = []
    clock = VirtualClock(3.0)
    device = Reports("00 05 00 00 00", "00 07 00 00 00", "", "07 07 00 00 00")
    port = HidPort(b"path", KNOWN[0], heard.append, clock, device)
    port.poll()
    assert heard == [WheelTurned(3.0, "ShuttleXpress", 2)]
    assert not port.over
    port.poll()
    assert heard[1:] == [WheelLeaned(3.0, "ShuttleXpress", 1.0), WheelGone(3.0, "ShuttleXpress")]
    assert port.over
    port.poll()
    assert len(heard) == 3
    port.close()


def test_one_that_may_not_be_opened_is_told_with_the_way_out() -> None:
    with pytest.raises(RequestError, match="wheels udev"):
        HidPort(b"locked", KNOWN[0], print, VirtualClock(), Reports())


class Plugged:
    """The library for USB where these are plugged in: (vendor, product) each."""

    def __init__(self, *plugged: tuple[int, int]) -> None:
        self.opened = Reports()
        self._plugged = plugged

    def enumerate(self) -> list[dict[str, object]]:
        return [{"vendor_id": a, "product_id": b, "path": f"path {a:x}:{b:x}".encode()} for a, b in self._plugged]

    def device(self) -> Reports:
        return self.opened


MOUSE = (0x046D, 0xC077)


def test_of_all_that_is_plugged_in_the_wheel_that_is_named_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = KNOWN[:2]
    library = Plugged(MOUSE, (first.vendor, first.product), (second.vendor, second.product))
    monkeypatch.setitem(sys.modules, "hid", library)
    assert [wheel for wheel, _ in hid_devices()] == [first, second]
    for spec, wheel in (("hid", first), (f"hid:{first.name}", first), (f"hid:{second.name}", second)):
        port = open_wheel(spec, print, VirtualClock())
        assert (port.name, library.opened.opened) == (wheel.name, f"path {wheel.vendor:x}:{wheel.product:x}".encode())
        port.close()


def test_a_wheel_that_is_not_plugged_in_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hid", Plugged(MOUSE, (KNOWN[0].vendor, KNOWN[0].product)))
    with pytest.raises(RequestError, match=f"There is no {KNOWN[1].name} on USB"):
        open_wheel(f"hid:{KNOWN[1].name}", print, VirtualClock())
    monkeypatch.setitem(sys.modules, "hid", Plugged(MOUSE))
    with pytest.raises(RequestError, match="There is no known wheel on USB"):
        open_wheel("hid", print, VirtualClock())


def test_the_rules_name_every_wheel_that_is_known() -> None:
    rules = (Path(midi_port.__file__).parent / "70-followfocus-wheels.rules").read_text("utf-8")
    for wheel in KNOWN:
        numbers = f'ATTRS{{idVendor}}=="{wheel.vendor:04x}", ATTRS{{idProduct}}=="{wheel.product:04x}"'
        assert f'KERNEL=="hidraw*", {numbers}' in rules


# ---------------------------------------------------------------- which wheel is meant


@pytest.mark.parametrize(
    ("spec", "words"), [("wheel", "is no wheel"), ("file:", "is no wheel"), ("hid:mouse", "no wheel that is known")]
)
def test_a_wheel_that_there_is_not_is_refused(spec: str, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        open_wheel(spec, print, VirtualClock())


def test_wheels_of_both_kinds_are_found_and_one_kinds_trouble_hides_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def nothing() -> list[str]:
        raise RequestError("No MIDI here.")

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(wheels_source, "hid_devices", list)
    monkeypatch.setattr(wheels_source, "midi_inputs", lambda: ["Knob", "Fader"])
    found, troubles = wheels()
    assert [(wheel.spec, wheel.name) for wheel in found] == [("midi:Knob", "Knob"), ("midi:Fader", "Fader")]
    assert troubles == []
    monkeypatch.setattr(wheels_source, "midi_inputs", nothing)
    assert wheels() == ([], ["No MIDI here."])


def test_without_the_library_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("rtmidi", "rtmidi2", "hid"):
        monkeypatch.setitem(sys.modules, name, None)
    found, troubles = wheels()
    assert found == []
    assert "followfocus[midi]" in troubles[0]
    assert "followfocus[hid]" in troubles[1]


class Rtmidi2:
    """rtmidi2, as far as it is asked: made with an interface that isn't there it writes to the terminal or worse."""

    __name__ = "rtmidi2"
    API_UNSPECIFIED, API_LINUX_ALSA, API_UNIX_JACK = 0, 2, 3

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.ignored: list[tuple[bool, bool, bool]] = []
        self.ports = ["Knob"]
        self.callback: Callable[[list[int], float], None] | None = None

    def MidiIn(self, _client: str, api: int) -> Rtmidi2:
        self.asked.append(api)
        return self

    def ignore_types(self, *, midi_sysex: bool, midi_time: bool, midi_sense: bool) -> None:
        self.ignored.append((midi_sysex, midi_time, midi_sense))

    def open_port(self, number: int) -> None:
        assert number == 0
        assert self.callback is not None
        self.callback([0xB0, 60, 1], 0.0)

    def close_port(self) -> None:
        """It is closed."""


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are there two of them")
def test_rtmidi2_is_asked_for_alsas_sequencer_alone_and_never_for_jack(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    library = Rtmidi2()
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    monkeypatch.setitem(sys.modules, "rtmidi2", library)
    monkeypatch.setattr(midi_port, "_SHARED", tmp_path)
    (tmp_path / "jack_default_0_0").touch()  # a server runs
    monkeypatch.setattr(midi_port, "_SEQUENCER", tmp_path / "seq")
    with pytest.raises(RequestError, match=r"no MIDI on this computer\..*sequencer; JACK is heard with Python 3\.12"):
        midi_inputs()
    assert library.asked == []
    (tmp_path / "seq").touch()
    assert midi_inputs() == ["Knob"]
    heard: list[bytes] = []
    port = midi_port.MidiPort("Knob", lambda message, _at_s: heard.append(message), VirtualClock(), print)
    port.close()
    assert heard == [bytes((0xB0, 60, 1))]
    with pytest.raises(RequestError, match="Fader can't be opened"):
        midi_port.MidiPort("Fader", lambda *_: None, VirtualClock(), print)
    assert set(library.asked) == {library.API_LINUX_ALSA}
    midi_port.MidiPort("Knob", lambda *_: None, VirtualClock(), print, timecode=True).close()
    assert (library.ignored[0], library.ignored[-1]) == ((True, True, True), (False, False, True))


# ---------------------------------------------------------------- real ports


def test_midi_through_real_ports(jack: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import rtmidi

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "controller")
    out.open_virtual_port("Knob")
    (name,) = [one for one in midi_inputs() if "Knob" in one]
    keep_wheel(name, WHEEL)
    heard: list[SourceEvent] = []
    news, clock = News(), SystemClock()
    with pytest.raises(RequestError, match="no MIDI input"):
        open_wheel("midi:Slider", heard.append, clock)

    def hear(event: SourceEvent) -> None:
        heard.append(event)
        news.tell()

    wheel = open_wheel("midi:knob", hear, clock)
    settled()
    before_s = clock.now()
    for message in ([0xB0, 60, 1], [0xB0, 60, 65], [0xB0, 60, 67], [0x90, 48, 127], [0xB0, 61, 3], [0xF8]):
        out.send_message(message)
    news.until(lambda: len(heard) >= 4)
    told = [event.counts for event in heard if isinstance(event, WheelTurned)]
    assert told == [1, -1, -3]
    assert heard[3] == WheelPressed(heard[3].at_s, name, "note 1/48")
    assert all(before_s <= event.at_s <= clock.now() for event in heard)
    out.close_port()
    out.delete()
    later = VirtualClock(clock.now() + 5.0)
    wheel._clock = later
    wheel.poll()
    assert isinstance(heard[-1], WheelGone)
    assert wheel.over
    wheel.close()


@pytest.mark.parametrize("text", ["0.1,turn," + "3" * 200_000, '0.1,turn,1\n0.2,turn,"' + "x" * 140_000])
def test_a_file_that_is_no_table_is_refused_where_it_stands(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileError, match="can't be read: field larger"):
        scripted(tmp_path, text)
