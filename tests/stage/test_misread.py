# SPDX-License-Identifier: MIT
"""LTC with a bit that flips on its way, at each label of the last 300 ms before a cue: one odd label stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import pytest

from followfocus.sources.events import Origin, SourceKind, TimecodeDoubted, TimecodeSaid
from followfocus.sources.ltc_audio import LtcSource
from followfocus.sources.timecode import Labelled, Timecode
from followfocus.stage import orders
from followfocus.stage.events import Taken
from followfocus.stage.orders import AHEAD_S
from followfocus.stage.outside_desk import DOUBT_S, Outside
from followfocus.wire.evidence import UnitInfo
from tests.sources.test_timecode import audio_of, bits, label
from tests.stage.test_outside import MTC, OPEN, armed, at_timecode, put
from tests.stage.test_player import Model, _a_take, _info

__all__ = ["_a_take", "_info"]

FIRST, CUE = 50, 100
"""The frame that is heard first, and the cue's"""
START_S = 10.0
BITS = {"frames": 0, "seconds": 16, "tens of seconds": 25, "hours": 48, "drop": 10, "user": 4, "sync": 70}


def ltc(fps: Fraction, words: list[list[int]]) -> Iterator[TimecodeSaid]:
    """Their frames as they are heard, in blocks of 5 ms."""
    source, samples = LtcSource("line", 48_000, START_S), audio_of(words, fps)
    for at in range(0, len(samples), 240):
        yield from source.feed(samples[at : at + 240])


@dataclass
class Cue:
    """A cue that a timecode is to start, and whatever is said and done on the way there."""

    m: Model
    due_s: float
    outside: Outside = OPEN
    said: list[str] = field(default_factory=list)
    stopped_s: float | None = None
    looks: list[TimecodeDoubted] = field(default_factory=list)

    def hear(self, *heard: TimecodeSaid) -> None:
        """Frames as they come, and each look again at the time that it was asked for."""
        for event in heard:
            for look in [look for look in self.looks if look.at_s <= event.at_s]:
                self.looks.remove(look)
                self._one(look)
            self._one(event)

    def silence(self) -> None:
        """No frame comes any more until the cue."""
        for look in self.looks:
            self._one(look)

    def _one(self, event: TimecodeSaid | TimecodeDoubted) -> None:
        wait = self.m.stage.waiting
        if wait is not None and event.at_s >= self.due_s - AHEAD_S:
            self.m.finish()  # from here on the unit has it
        self.outside, decision = put(self.m, self.outside, event)
        self.said += [] if decision.outcome is None else [decision.outcome.words]
        if decision.look_s is not None:
            self.looks.append(TimecodeDoubted(event.source, decision.look_s))
        if decision.stop and self.stopped_s is None:
            self.stopped_s = event.at_s

    @property
    def stands(self) -> bool:
        """GO is with the unit or on its way there."""
        under_way = isinstance(self.m.stage.under_way, orders.Shoot) or self.m.stage.waiting is not None
        return under_way and self.stopped_s is None


def cue_at(fps: Fraction, a_take: Taken, info: UnitInfo) -> Cue:
    return Cue(armed(at_timecode(str(label(CUE, fps))), a_take, info), START_S + (CUE - FIRST) / float(fps))


def told_s(n: int, fps: Fraction) -> float:
    """When a frame of LTC has been heard to its end."""
    return START_S + (n + 1 - FIRST) / float(fps)


LAST = range(CUE - 8, CUE)
"""The labels of the last 300 ms"""


@pytest.mark.parametrize("bit", BITS)
@pytest.mark.parametrize("odd", LAST)
def test_a_bit_that_flips_stops_the_cue_only_where_no_other_label_comes_before_it(
    a_take: Taken, info: UnitInfo, odd: int, bit: str
) -> None:
    fps = Fraction(25)
    words = [bits(label(n, fps)) for n in range(FIRST, CUE + 10)]
    words[odd - FIRST][BITS[bit]] ^= 1
    cue = cue_at(fps, a_take, info)
    cue.hear(*ltc(fps, words))
    # The last that could still be borne out is the one before: the next is heard to its end as the cue begins.
    doubtful = bit not in ("user", "sync") and odd == CUE - 2
    assert cue.stands is not doubtful, cue.said
    if doubtful:
        assert cue.stopped_s == pytest.approx(cue.due_s - DOUBT_S, abs=1e-9)
        assert cue.said[-1].startswith("Timecode went on as ")
        assert cue.said[-1].endswith(" STOP, before the cue began.")
    else:
        assert not [words for words in cue.said if "Timecode" in words]


@pytest.mark.parametrize("to", [7000, CUE - 30, CUE + 1])
@pytest.mark.parametrize("first", range(CUE - 8, CUE - 1))
def test_a_jump_stops_the_cue_at_its_second_label_or_in_time_before_it(
    a_take: Taken, info: UnitInfo, first: int, to: int
) -> None:
    fps = Fraction(25)
    words = [bits(label(n if n < first else n - first + to, fps)) for n in range(FIRST, CUE + 10)]
    cue = cue_at(fps, a_take, info)
    cue.hear(*ltc(fps, words))
    assert not cue.stands
    at_s = min(told_s(first + 1, fps), cue.due_s - DOUBT_S)
    if cue.stopped_s is None:  # it was still being counted down
        assert told_s(first + 1, fps) < cue.due_s - AHEAD_S
        assert any(said.endswith("GO is called off.") for said in cue.said)
    else:
        assert cue.stopped_s == pytest.approx(at_s, abs=0.006)


@pytest.mark.parametrize("odd", LAST)
def test_an_odd_label_after_which_nothing_comes_stops_the_cue(a_take: Taken, info: UnitInfo, odd: int) -> None:
    fps = Fraction(25)
    words = [bits(label(n, fps)) for n in (*range(FIRST, odd), 7000)]
    cue = cue_at(fps, a_take, info)
    cue.hear(*ltc(fps, words))
    cue.silence()
    assert cue.stands is (odd == CUE - 1), "that one is heard to its end as the cue begins: it goes on"


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(25), Fraction(30)])
def test_at_every_rate_the_last_label_but_two_may_be_misread(a_take: Taken, info: UnitInfo, fps: Fraction) -> None:
    for odd, stands in ((CUE - 3, True), (CUE - 2, False)):
        words = [bits(label(n if n != odd else 7000, fps)) for n in range(FIRST, CUE + 10)]
        cue = cue_at(fps, a_take, info)
        cue.hear(*ltc(fps, words))
        assert cue.stands is stands


@pytest.mark.parametrize("odd", range(CUE - 8, CUE, 2))
def test_of_mtc_which_names_every_other_frame_one_label_may_be_misread_too(
    a_take: Taken, info: UnitInfo, odd: int
) -> None:
    fps, cue = Fraction(25), cue_at(Fraction(25), a_take, info)
    for n in range(FIRST, CUE + 10, 2):
        began_s, named = START_S + (n - FIRST) / 25, label(n if n != odd else 7000, fps)
        cue.hear(TimecodeSaid(MTC, began_s + 0.07, Labelled(named, began_s), fps))
    # Told 70 ms after its frame began: the one before the last would be borne out 10 ms before the cue.
    assert cue.stands is (odd != CUE - 4 and odd != CUE - 2), cue.said


def test_an_odd_label_of_one_source_says_nothing_of_the_cue_that_another_counts(a_take: Taken, info: UnitInfo) -> None:
    fps, cue = Fraction(25), cue_at(Fraction(25), a_take, info)
    other = Origin(SourceKind.LTC, "other")
    heard = list(ltc(fps, [bits(label(n, fps)) for n in range(FIRST, CUE + 10)]))
    early = [TimecodeSaid(other, 9.0 + n / 25, Labelled(Timecode(5, 0, 0, n), 8.96 + n / 25), fps) for n in range(5)]
    cue.hear(*early)
    for one in heard:
        cue.hear(one)
        if one.frame.label == label(CUE - 2, fps):
            cue.hear(TimecodeSaid(other, one.at_s, Labelled(Timecode(7, 0, 0, 0), one.at_s), fps))
    assert cue.stands
