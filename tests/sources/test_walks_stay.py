# SPDX-License-Identifier: MIT
"""Sources of every kind, on and beside their bounds: what was made of a frame, a byte, a packet is made of it still."""

from __future__ import annotations

import dataclasses
import json
import random
import struct
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pydantic import Field

from followfocus.errors import FollowFocusError
from followfocus.hand.events import SourceEvent
from followfocus.sources import events, gate, learned, midi_learn, osc, places, wheels
from followfocus.sources.hid import KNOWN, known, named
from followfocus.sources.ltc import LtcDecoder, label_of
from followfocus.sources.ltc_audio import LEFT_OUT_S, LtcSource
from followfocus.sources.midi import CONTROL, NOTE_OFF, NOTE_ON, PITCH, Dialect, MidiDecoder, MidiMessage, MidiWheel
from followfocus.sources.midi_timecode import MOST_PENDING, MidiTimecode
from followfocus.sources.mtc import QuarterFrames, full_frame, show_control
from followfocus.sources.own_file import OwnFile, read_own, write_own
from followfocus.sources.pace import Pace
from followfocus.sources.timecode import RATES, FollowedTimecode, Labelled, Timecode, counted_at
from tests.sources.test_timecode import audio, bits, label, quarter_frames
from tests.support.golden import Cell, assert_goes_as_it_did

Row = tuple[Cell, ...]
BLOCK = 256


# ---------------------------------------------------------------- timecode


def line_of(line: FollowedTimecode, now_s: float) -> Row:
    return (
        now_s, line.frame, line.at_s, line.drop, line.running.name, line.jumps, line.drift_ppm, line.now(now_s).name,
        line.runs(now_s), line.label(now_s),
    )  # fmt: skip


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("from_frame", [300, -40])
def test_a_timecode_is_followed_as_it_was(fps: Fraction, from_frame: int) -> None:
    draw, drop = random.Random(float(fps)), fps == Fraction(30000, 1001)
    day = Timecode(23, 59, 59, round(fps) - 1, drop).number(fps) + 1
    line, rows = FollowedTimecode(fps), list[Row]()
    frame, at_s = from_frame, 50.0
    for step in range(420):
        what = draw.randrange(40)
        reverse, stands = what == 1, what == 2
        if what == 3:
            frame += (-30, 1, 2, 400)[draw.randrange(4)]
        elif what == 4:
            at_s += (0.2, 1.9, 2.3)[draw.randrange(3)]
        frame += 1
        at_s += (1 + (draw.random() - 0.5) * (0.02, 1.7)[what == 5]) / float(fps)
        one = Labelled(label(frame % day, fps, drop=drop), at_s, reverse, stands)
        line = line.heard(one)
        if step % 3 == 0:
            later_s = at_s + (0.0, 0.03, 0.1, 0.12, 1.99, 2.01)[draw.randrange(6)]
            ahead = label((frame + (-2, 0, 1, 50, 90_000)[draw.randrange(5)]) % day, fps, drop=drop)
            rows.append((*line_of(line, later_s), str(ahead), line.when(ahead, at_s)))
    assert_goes_as_it_did(f"timecode-{float(fps):.3f}-{from_frame}", rows)


def test_at_the_edges_of_patience() -> None:
    """A frame is here, then late by so much that the line runs on by itself, then gone."""
    one = FollowedTimecode(Fraction(25)).heard(Labelled(Timecode(1, 0, 0, 0), 8.0))
    told = [one.now(8.0 + after_s).name for after_s in (0.0, 0.0999, 0.1001, 1.9999, 2.0001)]
    assert told == ["LOCKED", "LOCKED", "FREEWHEEL", "FREEWHEEL", "NOT"]
    at_bound = [one.heard(Labelled(Timecode(1, 0, 0, 1), 8.04 + off / 25)).jumps for off in (0.74, 0.76, -0.74, -0.76)]
    assert at_bound == [0, 1, 0, 1]
    located = [
        one.heard(Labelled(Timecode(1, 0, 0, 1), 8.04 + off / 25, stands=True)).running.name
        for off in (0.74, 0.76, -0.74, -0.76)
    ]
    assert located == ["LOCKED", "NOT", "LOCKED", "NOT"]


@pytest.mark.parametrize("drop", [False, True])
def test_the_rate_that_labels_count_at(drop: bool) -> None:
    said = (None, Fraction(24), Fraction(25), Fraction(30))
    rows: list[Row] = [
        (str(one), str(show), str(counted_at(one, drop, show))) for one in said for show in (*RATES, Fraction(48))
    ]
    assert_goes_as_it_did(f"counted-{drop}", rows)


def test_audio_is_read_as_it_was() -> None:
    draw, rows = np.random.default_rng(6), list[Row]()
    for fps in (Fraction(24), Fraction(25), Fraction(30)):
        frames = [label(frame, fps) for frame in range(86_400, 86_412)]
        clean = audio(frames, fps)
        for level, noise, way, speed in ((0.8, 0.0, 1, 1.0), (0.03, 0.001, 1, 1.04), (0.5, 0.02, -1, 0.9)):
            places_s = np.arange(0, len(clean) - 1, speed)
            samples = (
                np.interp(places_s, np.arange(len(clean)), clean) * level + draw.normal(0, 1, len(places_s)) * noise
            )
            decoder = LtcDecoder(48_000, 3.0)
            for piece in np.array_split(samples[::way].astype(np.float32), 37):
                rows += [
                    (str(one.label), one.began_s, one.reverse, decoder.level, str(decoder.fps))
                    for one in decoder.feed(piece)
                ]
    assert_goes_as_it_did("ltc", rows)


def test_bits_on_and_past_a_clocks_faces_are_labels_and_are_not() -> None:
    whole = bits(Timecode(23, 59, 59, 29, drop=True))
    assert label_of(whole) == Timecode(23, 59, 59, 29, drop=True)
    for at, high in (((8, 9), False), ((24, 25, 26), False), ((40, 41, 42), False), ((56, 57), False)):
        past = list(whole)
        for bit in at:
            past[bit] = 1
        assert (label_of(past) is None) is (past != whole or high), at
    for start in (0, 16, 32, 48):
        past = list(whole)
        past[start : start + 4] = [0, 1, 0, 1]  # a unit of 10
        assert label_of(past) is None


def test_a_sound_cards_blocks_are_timed_as_they_were() -> None:
    labels = [label(frame, Fraction(25)) for frame in range(90_000, 90_060)]
    samples = audio(labels, Fraction(25)).astype(np.float32)
    source, rows = LtcSource("card", 48_000, 10.0), list[Row]()
    draw, at_s = random.Random(4), 10.0
    for number, start in enumerate(range(0, len(samples), BLOCK)):
        lost_s = {150: 0.9 * LEFT_OUT_S, 250: -1.1 * LEFT_OUT_S, 330: 0.3}.get(number, 0.0)
        at_s += lost_s
        for said in source.feed(samples[start : start + BLOCK], at_s + 0.004 * draw.random()):
            rows.append((str(said.frame.label), said.frame.began_s, said.at_s, str(said.fps), source.level))
        at_s += BLOCK / 48_000 * 1.0001
    assert_goes_as_it_did("ltc-card", rows)


def test_midis_timecode_and_show_control_are_read_as_they_were() -> None:
    draw, rows = random.Random(12), list[Row]()
    both = MidiTimecode("port", mtc=True, msc=True)
    stream = bytearray()
    for number in range(60):
        which = draw.randrange(6)
        at = Timecode(draw.randrange(26), draw.randrange(62), draw.randrange(62), draw.randrange(31))
        rate = draw.randrange(4)
        if which < 3:
            pieces = quarter_frames(Timecode(at.hours % 24, at.minutes % 60, at.seconds % 60, at.frames % 24), rate)
            if which == 1:
                pieces = pieces[::-1]
            if number % 7 == 0:
                del pieces[draw.randrange(8)]
            stream += b"".join(bytes([0xF1, piece]) for piece in pieces)
        elif which == 3:
            full = bytes(
                [0xF0, 0x7F, draw.randrange(128), 1, 1, at.hours | rate << 5, at.minutes, at.seconds, at.frames, 0xF7]
            )
            stream += full
            found = full_frame(full)
            rows.append(("full", str(found[0]), str(found[1])) if found else ("full", None))
        else:
            cue = (b"", b"12", b"3.5\x002", b"4a", b"7\x00\x00")[draw.randrange(5)]
            order = bytes([0xF0, 0x7F, (0x7F, 5)[draw.randrange(2)], 2, 1, draw.randrange(10), *cue, 0xF7])
            stream += order
            for device in (0x7F, 5, 6):
                command = show_control(order, device)
                rows.append(("show", command.command, command.cue) if command else ("show", None))
    for start in range(0, len(stream), 9):
        for said in both.feed(bytes(stream[start : start + 9]), start / 1000):
            rows.append(tuple(str(value) for value in dataclasses.astuple(said)))
    assert_goes_as_it_did("midi-timecode", rows)


def test_a_sysex_that_never_ends_is_torn_off_and_the_next_message_heard() -> None:
    for much, heard in ((MOST_PENDING - 1, 0), (MOST_PENDING + 1, 1)):
        port = MidiTimecode("port", mtc=False, msc=True)
        assert list(port.feed(b"\xf0" + bytes(much - 1), 1.0)) == []
        # a SysEx within the bytes of another ends it: only where that was torn off is this one whole
        found = list(port.feed(bytes([0x7F, 0x7F, 2, 1, 2, 0xF7]), 2.0))
        found += list(port.feed(bytes([0xF0, 0x7F, 0x7F, 2, 1, 2, 0xF7]), 3.0))
        assert len(found) == 1, (much, heard)


def test_quarter_frames_in_any_order_are_read_as_they_were() -> None:
    draw, frames, rows = random.Random(2), QuarterFrames(), list[Row]()
    piece = 0
    for step in range(900):
        way = -1 if step // 150 % 2 else 1
        piece = (piece + way * (1 if draw.randrange(40) else 2)) % 8
        nibble = (draw.randrange(10), draw.randrange(2), draw.randrange(10), draw.randrange(6))[piece % 4]
        found = frames.feed(piece << 4 | (nibble if piece < 7 else draw.randrange(8)), step / 100)
        if found is not None:
            rows.append((step, str(found.label), found.began_s, found.reverse, str(frames.fps)))
    assert len(rows) > 20
    assert_goes_as_it_did("quarter-frames", rows)


# ---------------------------------------------------------------- wheels


def event_row(event: SourceEvent | None) -> Row:
    return ("nothing",) if event is None else (type(event).__name__, *dataclasses.astuple(event))


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("backwards", [False, True])
def test_midi_wheels_turn_as_they_did(dialect: Dialect, backwards: bool) -> None:
    draw, rows = random.Random(dialect.value), list[Row]()
    wheel = MidiWheel(channel=3, number=20, dialect=dialect, reversed=backwards)
    decoder = MidiDecoder("desk", wheel)
    for step in range(160):
        kind = (CONTROL, CONTROL, CONTROL, PITCH, NOTE_ON, NOTE_OFF, 0xA0)[draw.randrange(7)]
        first = (20, 20, 21, 52, 19, 51)[draw.randrange(6)]
        second = (0, 1, 63, 64, 65, 127, draw.randrange(128))[draw.randrange(7)]
        message = [kind | (2, 2, 2, 3)[draw.randrange(4)], first, second]
        if step % 31 == 30:
            message = [message[0], first, (127, 128)[draw.randrange(2)]]
        heard = MidiMessage.of(message)
        rows.append(event_row(decoder.feed(message, step / 50)))
        if heard is not None:
            rows[-1] += (heard.bend, heard.button, heard.down)
    assert_goes_as_it_did(f"midi-{dialect.name.lower()}-{backwards}", [(wheel.words,), *rows])


def gesture(draw: random.Random, dialect: Dialect, number: int) -> tuple[list[MidiMessage], list[MidiMessage]]:
    """A wheel turned right and then left, the other way round at times, and now and then hardly or not slowly."""
    way, place, halves = (1, -1)[draw.randrange(2)], 40 + draw.randrange(40), list[list[MidiMessage]]()
    most = (1, 1, 3, 20)[draw.randrange(4)]
    for half in (1, -1):
        said: list[MidiMessage] = []
        for _ in range((2, 3, 3, 4, 9)[draw.randrange(5)]):
            clicks = half * way * (1 + draw.randrange(most))
            place = min(127, max(0, place + clicks))
            second = {
                Dialect.TWOS_COMPLEMENT: clicks % 128,
                Dialect.SIGN_BIT: clicks if clicks > 0 else 64 - clicks,
                Dialect.OFFSET: 64 + clicks,
                Dialect.ON_OFF: 127 if clicks > 0 else 0,
                Dialect.NEXT_ADDRESS: abs(clicks),
            }.get(dialect, place)
            control = MidiMessage(CONTROL, 2, number, second)
            fine = MidiMessage(CONTROL, 2, number + 32, draw.randrange(128))
            said += {
                Dialect.ABSOLUTE_14: [control, fine],
                Dialect.ABSOLUTE_14_FINE_FIRST: [fine, control],
                Dialect.PITCH_BEND: [MidiMessage(PITCH, 2, draw.randrange(128), place)],
                Dialect.NEXT_ADDRESS: [MidiMessage(CONTROL, 2, number + (clicks < 0), second)],
            }.get(dialect, [control])
        halves.append(said)
    return halves[0], halves[1]


def test_gestures_are_learned_as_they_were() -> None:
    draw, rows = random.Random(21), list[Row]()
    for dialect in Dialect:
        for _ in range(24):
            right, left = gesture(draw, dialect, (0, 7, 31, 40, 95)[draw.randrange(5)])
            if draw.randrange(6) == 0:
                left.append(MidiMessage(CONTROL, 1, 7, 3))
            try:
                rows.append((dialect.name, midi_learn.learn_wheel(right, left).words))
            except FollowFocusError as error:
                rows.append((dialect.name, str(error)))
    assert_goes_as_it_did("learned", rows)


def test_the_slowest_and_the_fastest_turn_that_tells() -> None:
    def turned(clicks: Sequence[int]) -> list[MidiMessage]:
        return [MidiMessage(CONTROL, 1, 9, click % 128) for click in clicks]

    assert midi_learn.learn_wheel(turned([8, 8, 8]), turned([-8, -8, -8])).dialect is Dialect.TWOS_COMPLEMENT
    for right, left in (([9, 8, 8], [-8, -8, -8]), ([1, 1], [-1, -1, -1]), ([1, 1, 1], [-1, -1])):
        with pytest.raises(FollowFocusError):
            midi_learn.learn_wheel(turned(right), turned(left))


@pytest.mark.parametrize("wheel", KNOWN, ids=lambda wheel: wheel.name)
def test_reports_turn_as_they_did(wheel: wheels.HidWheel) -> None:
    draw, decoder, rows = random.Random(wheel.name), wheel.decoder("desk"), list[Row]()
    assert known(wheel.vendor, wheel.product) == named(wheel.name.upper().replace(" ", "")) == wheel
    assert known(wheel.vendor, wheel.product + 1) is not wheel
    length = 5 if "Shuttle" in wheel.name else 2 if wheel.name == "PowerMate" else 8
    report = bytearray(length)
    for step in range(220):
        at = draw.randrange(length)
        report[at] = (0, 1, 7, 8, 115, 116, 128, 141, 142, 248, 249, 255, draw.randrange(256))[draw.randrange(13)]
        if length == 8:
            report[0] = (1, 1, 1, 1, 1, 2)[draw.randrange(6)]
        cut = bytes(report[: length - (step % 40 == 39)])
        rows += [(step, *event_row(event)) for event in decoder.feed(cut, step / 50)]
    assert_goes_as_it_did(f"hid-{wheel.product:04x}", [(wheel.name, wheel.turn_counts), *rows])


# ---------------------------------------------------------------- the network


def random_packet(draw: random.Random) -> bytes:
    addresses = [*osc.ADDRESSES, osc.STATE_ADDRESS, "/followfocus/*", "/other"]
    made: list[bytes] = []
    for _ in range(1 + draw.randrange(3)):
        arguments = [
            ("2A", "", 0, 1, 5, 0.0, 1.0, 2.0, 2.5, True, False, "x" * 70, "a\tb")[draw.randrange(13)]
            for _ in range(draw.randrange(4))
        ]
        made.append(osc.message(addresses[draw.randrange(len(addresses))], *arguments))
    if draw.randrange(2):
        return made[0]
    tag = ((0, 1), (2_208_988_800 + 1000, 2**31 - 2), (2_208_988_800 + 1000, 2**31 + 2), (2_208_988_800 + 990, 0))
    whole = b"#bundle\0" + struct.pack(">II", *tag[draw.randrange(4)])
    return whole + b"".join(struct.pack(">i", len(one)) + one for one in made)


def test_packets_ask_for_what_they_asked_for() -> None:
    draw, answers, rows = random.Random(33), osc.OscAnswers(), list[Row]()
    for number in range(260):
        packet = bytearray(random_packet(draw))
        if number % 4 == 3:
            packet[draw.randrange(len(packet))] = draw.randrange(256)
        heard = osc.read_packet(bytes(packet), "10.0.0.5", 7.0, 1000.0)
        rows.append((heard.state, heard.strange, len(heard.asked)))
        for asked in heard.asked:
            rows.append((asked.what.name, asked.value, asked.amount, asked.number, asked.source.name, asked.at_s))
            before = answers.again(asked)
            told = answers.answer(asked, f"words {number}", passed=number % 3 == 0)
            rows.append((before is not None, told.hex()[-80:]))
    assert_goes_as_it_did("osc", rows)


def test_a_packet_is_ours_up_to_its_bounds() -> None:
    go = osc.message("/followfocus/go")
    wrapped = go
    for depth in range(1, osc.MOST_DEEP + 2):
        wrapped = b"#bundle\0" + struct.pack(">II", 0, 1) + struct.pack(">i", len(wrapped)) + wrapped
        assert len(osc.read_packet(wrapped, "a", 0.0, 0.0).asked) == (depth <= osc.MOST_DEEP), depth
    filler = b"#bundle\0" + struct.pack(">II", 0, 1) + struct.pack(">i", len(go)) + go
    rest = osc.MOST_BYTES - len(filler)
    full = filler + struct.pack(">i", rest - 4) + bytes(rest - 4)
    assert len(full) == osc.MOST_BYTES
    assert len(osc.read_packet(full, "a", 0.0, 0.0).asked) == 1
    assert osc.read_packet(full + b"\0", "a", 0.0, 0.0) == osc.OscHeard(strange=1)


def test_places_are_understood_as_they_were() -> None:
    rows: list[Row] = []
    for text in (
        "osc://", "osc://:9000", "osc://0.0.0.0:0", "osc://h:1?tell=a:1&tell=b:65535", "osc://h?tell=a:65536", "osc://?tell=a:0",
        "osc://?tell=:5", "osc://?tell=a", "osc://?as=plain", "osc://?as=companion", "osc://?as=x", "osc://?x=1", "osc://h/p",
        "osc://u@h", "osc://h:99999", "mtc:", "mtc:A port", " ltc:in.wav ", "msc:x", "blackmagic://cam", "blackmagic://cam:81",
        "zcam://10.0.0.2/", "zcam://", "zcam://h?x=1", "http://h", "", "osc:",
    ):  # fmt: skip
        try:
            rows.append((text, repr(places.parse_place(text))))
        except FollowFocusError as error:
            rows.append((text, str(error)))
    rows += [
        (host, places.is_local(host)) for host in ("localhost", "127.0.0.1", "127.9.9.9", "::1", "10.0.0.1", "h", "")
    ]
    assert_goes_as_it_did("places", rows)


def test_the_gate_lets_in_what_it_did() -> None:
    rows: list[Row] = []
    for kind in events.SourceKind:
        for want in events.Want:
            for opened in (False, True):
                for armed in (False, True):
                    asked = events.OutsideAsked(events.Origin(kind, "one"), 1.0, want, "2", 0.5, 3)
                    rows.append((kind.name, want.name, opened, armed, gate.Gate(opened).refusal(asked, armed=armed)))
    assert_goes_as_it_did("gate", rows)


def test_a_pace_lets_through_up_to_its_bound() -> None:
    draw, pace, rows, at_s = random.Random(1), Pace(5.0, 3.0), list[Row](), 100.0
    for _ in range(200):
        at_s += (0.0, 0.05, 0.199, 0.2, 0.201, 2.0)[draw.randrange(6)]
        rows.append((at_s, pace.lets(at_s)))
    assert_goes_as_it_did("pace", rows)


class Kept(OwnFile):
    """A file of two things."""

    one: int = 1
    two: Mapping[str, float] = Field(default_factory=dict)


def test_own_files_are_read_or_refused_as_they_were(tmp_path: Path) -> None:
    path, rows = tmp_path / "kept.json", list[Row]()
    assert read_own(Kept, path, "ours", 2, "Mend it.") is None
    write_own(path, "ours", 2, {"one": 4, "two": {"Ä": 0.5}})
    assert path.read_text(encoding="utf-8") == json.dumps(
        {"format": "ours", "version": 2, "one": 4, "two": {"Ä": 0.5}}, ensure_ascii=False, indent=2
    ) + "\n"  # fmt: skip
    for text in (
        path.read_text(encoding="utf-8"), "", "[]", '{"format":"ours","version":1}', '{"format":"ours","version":3}',
        '{"format":"theirs","version":1}', '{"format":"ours","version":2,"three":3}',
        '{"format":"ours","version":2,"two":{"a":"b"}}',
        " " * 1_000_000 + "{}", '{"format":"ours","version":2}' + " " * (1_000_000 - 29),
    ):  # fmt: skip
        path.write_text(text, encoding="utf-8")
        try:
            rows.append((repr(read_own(Kept, path, "ours", 2, "Mend it.")),))
        except FollowFocusError as error:
            rows.append((str(error).replace(str(tmp_path), "").split("For further")[0],))
    assert_goes_as_it_did("own-file", rows)
    assert learned.__doc__
