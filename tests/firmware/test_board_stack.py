# SPDX-License-Identifier: MIT
"""The guard at the end of the stack, on the emulated board: a stack that has run into the unit's state is a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from followfocus.wire.messages import (
    Cause,
    ClearFault,
    Fault,
    Go,
    Goto,
    Jog,
    ResetCause,
    Result,
    SaveConfig,
    State,
)
from tests.conformance.tools import need_board
from tests.conformance.units import BOARD_HEX, BoardBench, running
from tests.conformance.wire import Host, pull

pytestmark = [pytest.mark.board, pytest.mark.timeout(300)]

PAINT = "a5a5"
RAM_END = 0x900


def end_of_stack() -> int:
    """The lowest address that the stack may use, from the build's map."""
    text = BOARD_HEX.with_suffix(".map").read_text()
    found = re.search(r"0x0*80([0-9a-f]{4})\s+PROVIDE \(__heap_start", text)
    assert found is not None
    return int(found[1], 16)


@pytest.fixture
def board() -> Iterator[BoardBench]:
    need_board()
    with running(BoardBench()) as bench:
        yield bench


@pytest.fixture
def host(board: BoardBench) -> Host:
    return Host(board)


def guard(board: BoardBench, put: str = "", at: int = 0) -> str:
    return str(
        board.control.ask("sram", **{"from": end_of_stack() + at, "put": put, "bytes": len(put) // 2 or 2})["sram"]
    )


def busy(host: Host, what: str) -> None:
    if what == "jog":
        host.ok(Jog(3000))
    elif what == "take":
        host.arm(pull(steps=20_000))
        host.ok(Go(1, 1600))
    host.pass_time(0.2)


@pytest.mark.parametrize("byte", [0, 1], ids=["the last byte", "the last but one"])
@pytest.mark.parametrize("what", ["idle", "jog", "take"])
def test_an_overrun_stops_everything_and_is_told(host: Host, board: BoardBench, what: str, byte: int) -> None:
    host.ready(silence_ms=60_000)
    busy(host, what)
    host.events.clear()
    board.forget_edges()
    guard(board, "00", byte)
    changed = host.reaches(State.FAULT)
    assert (changed.fault, changed.cause) == (Fault.INTERNAL, Cause.FAULT)
    board.forget_edges()
    host.refused(Goto(100, 0), Result.FAULT_LATCHED)
    host.pass_time(0.3)
    assert board.steps() == []


def test_it_cannot_be_cleared_away_but_a_reset_starts_anew(host: Host, board: BoardBench) -> None:
    host.ready()
    guard(board, "00")
    host.until(lambda now: now.state is State.FAULT)
    host.ack(ClearFault())
    host.pass_time(0.01)
    assert (host.status().state, host.status().fault) == (State.FAULT, Fault.INTERNAL)
    board.reset(ResetCause.RESET_PIN)
    host.pass_time(0.3)
    host.hello()
    assert guard(board) == PAINT
    host.ready()
    host.ok(Goto(50, 0))
    assert host.until(lambda now: now.state is State.IDLE).position == 50


def test_work_of_every_kind_leaves_it_untouched(host: Host, board: BoardBench) -> None:
    host.ready(silence_ms=60_000)
    for what in ("take", "jog"):
        busy(host, what)
        host.stop()
        host.rests()
    host.ok(SaveConfig())
    assert guard(board) == PAINT
    deepest = int(board.control.ask("clock")["stack_bytes"])
    assert 100 < deepest < RAM_END - end_of_stack()
