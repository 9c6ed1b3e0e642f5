# SPDX-License-Identifier: MIT
"""Whatever arrives, the simulated unit goes on, and no step leaves the limits or comes too soon."""

from __future__ import annotations

import zlib
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES, encode_frame
from followfocus.wire.messages import (
    SEGMENT,
    Arm,
    Flag,
    GetStatus,
    Go,
    Goto,
    Home,
    Jog,
    Ping,
    ProfileBegin,
    ProfileData,
    Segment,
    SetLimits,
    SetPosition,
    State,
    StopInput,
    encode_body,
    message_types,
)
from tests.sim.driver import Driver, begin_of

LOW, HIGH = -400, 900
FASTEST = 320

byte_soup = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([STOP_BYTES, HARD_STOP_BYTES, b"\0", b"\0" * 9, STOP_BYTES[:5]]),
)
any_frame = st.builds(
    encode_frame,
    st.integers(0, 255),
    st.one_of(
        st.sampled_from([kind for kind in message_types() if kind not in (0x05, 0x11)]), st.integers(0, 255)
    ).filter(lambda kind: kind not in (0x05, 0x07, 0x10, 0x11, 0x15)),
    st.binary(max_size=60),
)
segment = st.builds(
    Segment, st.integers(0, 2**32 - 1) | st.integers(300 * 256, 3000 * 256), st.integers(-500, 500),
    st.integers(-(2**31), 2**31 - 1) | st.integers(-300, 300),
)  # fmt: skip


@st.composite
def upload(draw):
    """A profile that is announced as it is, so that only its segments are wrong."""
    segments = draw(st.lists(segment, min_size=1, max_size=6))
    start = draw(st.sampled_from([0, 0, LOW, HIGH, HIGH + 1]))
    parts = [encode_body(begin_of(segments, start)), encode_body(ProfileData(0, tuple(segments)))]
    frames = [(ProfileBegin.TYPE, parts[0]), (ProfileData.TYPE, parts[1])]
    frames += [(Arm.TYPE, encode_body(Arm(1, 0))), (Go.TYPE, encode_body(Go(1, 0)))]
    return b"".join(encode_frame(draw(st.integers(1, 255)), kind, body) for kind, body in frames)


commands = st.one_of(
    st.builds(Goto, st.integers(-(2**31), 2**31 - 1) | st.integers(LOW, HIGH), st.integers(0, 2**32 - 1)),
    st.builds(Jog, st.integers(-(2**31), 2**31 - 1)),
    st.builds(Home, st.integers(0, 2000)),
    st.sampled_from([Ping(), GetStatus(), Arm(1, 1), Go(9, 0), Go(9, 2**32 - 1)]),
)
command_frames = st.builds(
    lambda seq, command: encode_frame(seq, command.TYPE, encode_body(command)), st.integers(1, 255), commands
)
flipped = st.builds(
    lambda data, at: bytes(b ^ (1 << at % 8) if i == at // 8 % len(data) else b for i, b in enumerate(data)),
    upload() | command_frames,
    st.integers(0, 4000),
)
inputs = st.sampled_from(["cue", "stop"]).flatmap(lambda pin: st.tuples(st.just(pin), st.booleans()))
happenings = st.lists(
    st.tuples(byte_soup | any_frame | upload() | command_frames | flipped | inputs, st.floats(0, 0.05)),
    max_size=25,
)


@given(happenings, st.sampled_from(list(StopInput)))
@settings(max_examples=150, deadline=None)
def test_no_bytes_and_no_input_break_a_rule(what, stop_input):
    driver = Driver().ready(limits=(LOW, HIGH))
    driver.unit.set_stop(stop_input is StopInput.STOP_BUTTON_NC, driver.now_s)
    driver.wait(0.001)
    driver.settings(stop_input=stop_input)
    driver.does(SetPosition(0), SetLimits(LOW, HIGH))
    driver.unit.edges.clear()
    referenced_edges = []
    for happening, pause_s in what:
        if isinstance(happening, bytes):
            driver.send(happening)
        elif happening[0] == "cue":
            driver.unit.set_cue(happening[1], driver.now_s)
        else:
            driver.unit.set_stop(happening[1], driver.now_s)
        referenced = bool(driver.unit.status_flags & Flag.REFERENCED)
        before = len(driver.unit.edges)
        driver.wait(pause_s)
        if referenced:
            referenced_edges += driver.edges()[before:]
    driver.wait(0.5)
    driver.send(b"\0")  # ends what bytes were left half said
    assert all(LOW <= position <= HIGH for _, position in referenced_edges)
    ticks = [tick for tick, _ in driver.edges()]
    assert all(b - a >= FASTEST for a, b in pairwise(ticks))
    assert driver.status().state in State


@given(st.binary(max_size=400), st.lists(st.integers(1, 50), max_size=20))
@settings(max_examples=100, deadline=None)
def test_how_bytes_are_cut_makes_no_difference(data, cuts):
    whole, parts = Driver().ready(), Driver().ready()
    whole.send(data)
    rest = data
    for cut in cuts:
        parts.send(rest[:cut])
        rest = rest[cut:]
    parts.send(rest)
    for driver in (whole, parts):
        driver.wait(0.1)
    assert whole.heard == parts.heard


def test_a_bad_segment_never_plays_even_if_its_crc_is_right():
    driver = Driver().ready(limits=(LOW, HIGH))
    bad = Segment(320 * 256, 30_000, 0)
    crc = zlib.crc32(SEGMENT.pack(bad.interval, bad.count, bad.add))
    driver.does(ProfileBegin(1, 0, 1, 1, crc, crc))
    driver.ask(ProfileData(0, (bad,)))
    driver.ask(Arm(1, 0))
    driver.ask(Go(1, 0))
    driver.wait(1.0)
    assert not driver.edges()
