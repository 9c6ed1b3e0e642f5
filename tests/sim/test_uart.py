# SPDX-License-Identifier: MIT
"""The simulated transmitter against a plain model: whole frames, urgent ones first, each byte in its time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.sim.uart import Uart, byte_runs

BYTE_TICKS = 100

frames = st.binary(min_size=1, max_size=6).map(lambda data: data.replace(b"\0", b"\1") + b"\0")


def test_what_waits_is_counted_whichever_way_it_waits() -> None:
    uart = Uart(BYTE_TICKS)
    counts = []
    for frame, urgent in ((b"1\0", False), (b"2\0", False), (b"3\0", True), (b"4\0", True), (b"5\0", False)):
        uart.put(frame, 0, urgent)
        counts.append(uart.waiting)
    assert counts == [0, 1, 2, 3, 4], "the first is under way"
    left = []
    while uart.next_tick is not None:
        uart.run_to(uart.next_tick)
        left.append((uart.take(), uart.waiting))
    assert left == [(b"1\0", 3), (b"3\0", 2), (b"4\0", 1), (b"2\0", 0), (b"5\0", 0)]


@given(st.lists(st.tuples(frames, st.booleans()), max_size=12))
def test_each_byte_takes_its_time_and_nothing_is_lost(said: list[tuple[bytes, bool]]) -> None:
    uart, tick, out = Uart(BYTE_TICKS), 7, b""
    for frame, urgent in said:
        uart.put(frame, 7, urgent)
    while uart.next_tick is not None:
        due = uart.next_tick
        uart.run_to(due - 1)
        assert not uart.pending, "a frame comes out with its last byte"
        uart.run_to(due)
        assert uart.pending
        sent = uart.take()
        assert due - tick == BYTE_TICKS * len(sent)
        tick, out = due, out + sent
    first, rest = said[:1], said[1:]
    in_order = [*first, *(one for one in rest if one[1]), *(one for one in rest if not one[1])]
    assert out == b"".join(frame for frame, _ in in_order)
    assert uart.waiting == 0


@given(st.lists(frames, max_size=8))
def test_without_a_line_s_pace_all_is_out_at_once(said: list[bytes]) -> None:
    uart = Uart(0)
    for frame in said:
        uart.put(frame, 3)
    assert uart.take() == b"".join(said)
    assert (uart.waiting, uart.next_tick, uart.pending) == (0, None, False)


@pytest.mark.parametrize(("data", "runs"), [
    (b"", []), (b"\0", [b"\0"]), (b"a", [b"a"]), (b"a\0", [b"a\0"]), (b"\0a", [b"\0", b"a"]),
    (b"ab\0c\0\0d", [b"ab\0", b"c\0", b"\0", b"d"]),
])  # fmt: skip
def test_bytes_are_cut_after_each_zero(data: bytes, runs: list[bytes]) -> None:
    assert byte_runs(data) == runs
