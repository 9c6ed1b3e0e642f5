# SPDX-License-Identifier: MIT
"""Timecode and show control through real MIDI ports: at every rate, unsteady, located, backwards, and unplugged.

The messages go through the port; the clock by which they are stamped is the test's, and stands still until they came.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from followfocus.clock import VirtualClock
from followfocus.errors import RequestError
from followfocus.sources import midi_live
from followfocus.sources.events import OutsideAsked, OutsideEvent, SourceKind, SourceSaid, TimecodeSaid, Want
from followfocus.sources.midi_live import LiveMidi
from followfocus.sources.timecode import FollowedTimecode, Running, Timecode
from tests.sources.test_timecode import label, quarter_frames
from tests.stage.scenarios import short
from tests.support.jack import News, jack
from tests.support.jack_player import settled
from tests.support.served import served

if TYPE_CHECKING:
    import rtmidi

__all__ = ["jack"]

RATES = {Fraction(24): 0, Fraction(25): 1, Fraction(30000, 1001): 2, Fraction(30): 3}


@contextlib.contextmanager
def machine(name: str = "Recorder") -> Iterator[rtmidi.MidiOut]:
    """A machine's MIDI output."""
    import rtmidi

    out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "machine")
    out.open_virtual_port(name)
    try:
        yield out
    finally:
        out.delete()


class Stamp(VirtualClock):
    """A clock that stands still, and counts how often it was looked at: once for each message that comes in."""

    def __init__(self, at_s: float) -> None:
        super().__init__(at_s)
        self.looked, self.news = 0, News()

    def now(self) -> float:
        self.looked += 1
        self.news.tell()
        return super().now()


@dataclass
class Heard:
    """A port that is listened at, by a clock of the test's."""

    out: rtmidi.MidiOut
    kind: SourceKind = SourceKind.MTC
    clock: Stamp = field(default_factory=lambda: Stamp(100.0))
    events: list[OutsideEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.live = LiveMidi(self.kind, "record", self.clock, self._hear)
        settled()

    def _hear(self, event: OutsideEvent) -> None:
        self.events.append(event)
        self.clock.news.tell()

    def until(self, so: Callable[[], object]) -> None:
        """Wait until something is so."""
        self.clock.news.until(so)

    def quarters(self, labels: list[Timecode], fps: Fraction, start_s: float, late_s: np.ndarray) -> None:
        """Quarter frames of every other label, each by its own bit late."""
        pieces = [data for of in labels[::2] for data in quarter_frames(of, RATES[fps])]
        for i, (data, late) in enumerate(zip(pieces, late_s, strict=False)):
            self.clock.advance(max(0.0, start_s + i / float(fps) / 4 + late - self.clock.now()))
            before = self.clock.looked
            self.out.send_message([0xF1, data])
            self.until(lambda before=before: self.clock.looked > before)
        self.until(lambda: len(self.said) == len(pieces) // 8)

    @property
    def said(self) -> list[TimecodeSaid]:
        """The frames that came."""
        return [event for event in self.events if isinstance(event, TimecodeSaid)]


@pytest.mark.parametrize("fps", RATES, ids=str)
def test_timecode_comes_through_at_every_rate_however_unsteady(jack: None, fps: Fraction) -> None:
    drop = RATES[fps] == 2
    labels = [label(1790 + i, fps, drop=drop) for i in range(40)]  # over the minute at which drop-frame leaves two out
    late_s = np.random.default_rng(1).uniform(0, 0.003, 200)
    with machine() as out:
        heard = Heard(out)
        heard.quarters(labels, fps, 100.0, late_s)
        heard.live.close()
    assert [one.frame.label for one in heard.said] == labels[::2]
    assert {one.fps for one in heard.said} == {fps}
    following = FollowedTimecode(fps)
    for one in heard.said:
        following = following.heard(one.frame)
    assert following.jumps == 0
    due_s = following.when(label(1900, fps, drop=drop), heard.clock.now())
    assert due_s == pytest.approx(100.0 + 110 / float(fps), abs=0.5 / float(fps))


def test_show_control_and_no_other_message_comes_through(jack: None) -> None:
    with machine() as out:
        heard = Heard(out, SourceKind.MSC)
        for text in ("F8", "90 30 7F", "F1 00", "F0 7F 7F 02 01 01 31 32 F7", "FE", "F0 7F 7F 02 7F 02 F7"):
            out.send_message(list(bytes.fromhex(text)))
        heard.until(lambda: len(heard.events) >= 2)
        heard.live.close()
    asked = [(one.what, one.value) for one in heard.events if isinstance(one, OutsideAsked)]
    assert asked == [(Want.GO, "12"), (Want.STOP, "")]
    assert all(str(one.source) == f"MSC {heard.live.name}" for one in heard.events)


def test_a_machine_that_locates_and_plays_backwards_runs_nowhere(jack: None) -> None:
    fps = Fraction(25)
    with machine() as out:
        heard = Heard(out)
        out.send_message([0xF0, 0x7F, 0x7F, 1, 1, 1 | RATES[fps] << 5, 0, 9, 12, 0xF7])
        heard.until(lambda: heard.said)
        located = heard.said[0]
        assert (located.frame.label, located.frame.stands) == (Timecode(1, 0, 9, 12), True)
        following = FollowedTimecode(fps).heard(located.frame)
        assert following.when(Timecode(1, 0, 10, 0), heard.clock.now()) is None
        for data in reversed(quarter_frames(Timecode(1, 0, 9, 12), RATES[fps])):
            heard.clock.advance(0.01)
            out.send_message([0xF1, data])
        heard.until(lambda: len(heard.said) == 2)
        heard.live.close()
    assert heard.said[1].frame.reverse
    assert following.heard(heard.said[1].frame).now(heard.clock.now()) is Running.REVERSE


def test_a_port_that_is_unplugged_is_told_and_heard_again_when_it_is_back(jack: None) -> None:
    with machine() as out:
        heard = Heard(out, SourceKind.MSC)
        heard.live.poll()
        assert heard.events == []
    heard.clock.advance(2.0)
    heard.live.poll()
    heard.clock.advance(2.0)
    heard.live.poll()
    with machine() as out:
        heard.live.poll()
        settled()
        out.send_message([0xF0, 0x7F, 0x7F, 0x02, 0x7F, 0x01, 0xF7])
        heard.until(lambda: len(heard.events) >= 3)
        heard.live.close()
    gone, back, go = heard.events
    assert isinstance(gone, SourceSaid)
    assert isinstance(back, SourceSaid)
    assert gone.words == f"{heard.live.name} is unplugged. It is heard again when it is back."
    assert (gone.trouble, back.words, back.trouble) == (True, f"{heard.live.name} is back.", False)
    assert isinstance(go, OutsideAsked)


def test_a_system_whose_ports_cannot_be_listed_for_a_while_is_asked_again(
    jack: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_driver() -> list[str]:
        raise RequestError("MIDI can't be listened to.")

    with machine() as out:
        heard = Heard(out, SourceKind.MSC)
    heard.clock.advance(2.0)
    heard.live.poll()
    with monkeypatch.context() as gone, machine():
        gone.setattr(midi_live, "midi_inputs", no_driver)
        heard.live.poll()
        assert [event.words for event in heard.events if isinstance(event, SourceSaid)] == [
            f"{heard.live.name} is unplugged. It is heard again when it is back."
        ]
        gone.undo()
        heard.live.poll()
        heard.live.close()
    assert isinstance(heard.events[-1], SourceSaid)
    assert heard.events[-1].words == f"{heard.live.name} is back."


def test_a_served_show_goes_by_a_real_port_s_show_control(jack: None) -> None:
    from followfocus.sources.places import NamedPlace

    with machine() as out, served(short()) as one:
        with pytest.raises(RequestError, match=r"no MIDI input “tape”\..*Recorder"):
            one.listening.open(NamedPlace("msc", "tape"))
        one.listening.open(NamedPlace("msc", "recorder"))
        settled()
        one.arm()
        out.send_message([0xF0, 0x7F, 0x7F, 0x02, 0x7F, 0x01, 0xF7])
        one.wait(lambda: one.takes)
        assert "MSC on " in one.listening.sentences[0]
    assert one.takes[0].context.started_by.startswith("MSC ")
    assert one.takes[0].take.lets_go_on
