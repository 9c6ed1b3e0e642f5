# SPDX-License-Identifier: MIT
"""Impossible messages are seen where they come in; possible ones pass, a computer's sleep included."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.sim.store import FACTORY_CONFIG
from followfocus.wire.evidence import Sample, TakeEvidence, text_of
from followfocus.wire.intake import MOST_AT_ONCE, MOST_BYTES_S, Intake
from followfocus.wire.messages import (
    Ack,
    Board,
    Cause,
    Fault,
    Flag,
    HelloReply,
    Ping,
    ProfileData,
    ResetCause,
    Result,
    Segment,
    State,
    TakeEnded,
    Telemetry,
)
from followfocus.wire.plausible import LEAPS_BELIEVED, ClockWatch, doubt, hello_doubt, reply_doubt

HZ = 16_000_000
HELLO = HelloReply(1, 1, 0, 0, 0, 1, 0, Board.SIMULATED, HZ, 96, 253, 160, 7, ResetCause.POWER_ON, b"SIM00001")
CONFIG = FACTORY_CONFIG
PIECE = ProfileData(10, (Segment(1000, 5, 0),) * 3)


def at(clock: float) -> Telemetry:
    return Telemetry(int(clock), State.IDLE, Flag(1), Fault.NONE, 0, 0, 96, 0, 0, 0)


def test_a_unit_as_it_is_raises_no_doubt() -> None:
    assert hello_doubt(HELLO) == ""
    assert doubt(CONFIG) == ""
    assert doubt(at(5)) == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tick_hz": 0}, "ticks 0 times"),
        ({"tick_hz": 99_999}, "ticks 99,999 times"),
        ({"tick_hz": 1_000_000_001}, "ticks 1,000,000,001 times"),
        ({"max_payload": 21}, "frames of 21 bytes"),
        ({"max_payload": 254}, "frames of 254 bytes"),
        ({"segment_capacity": 0}, "no room"),
        ({"fastest_interval_ticks": 0}, "in no time"),
    ],
)
def test_a_hello_that_can_t_be(changes: dict[str, int], words: str) -> None:
    assert words in hello_doubt(replace(HELLO, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"full_steps_per_turn": 0}, "0 in its gearing"),
        ({"microsteps": 0}, "0 in its gearing"),
        ({"motor_teeth": 0}, "0 in its gearing"),
        ({"lens_teeth": 0}, "0 in its gearing"),
        ({"direction": 0}, "direction is 0"),
        ({"direction": 2}, "direction is 2"),
        ({"full_steps_per_turn": 65535, "microsteps": 65535}, "steps to a turn"),
        ({"full_steps_per_turn": 1, "microsteps": 1}, "steps to a turn"),
        ({"accel": 0}, "0 in its speeds"),
        ({"goto_rate": 0}, "0 in its speeds"),
        ({"home_rate": 0}, "0 in its speeds"),
        ({"min_interval_ticks": 0}, "0 in its speeds"),
    ],
)
def test_settings_that_can_t_be(changes: dict[str, int], words: str) -> None:
    assert words in doubt(replace(CONFIG, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reply", "fine"),
    [
        (Ack(ProfileData.TYPE, Result.OK, 13), True),
        (Ack(ProfileData.TYPE, Result.OK, 12), False),
        (Ack(ProfileData.TYPE, Result.OK, 14), False),
        (Ack(ProfileData.TYPE, Result.OK, -5), False),
        (Ack(ProfileData.TYPE, Result.WRONG_OFFSET, 20), True),
        (Ack(ProfileData.TYPE, Result.WRONG_OFFSET, -1), False),
        (Ack(ProfileData.TYPE, Result.BUFFER_FULL, 0), True),
    ],
)
def test_what_part_of_a_profile_may_be_asked_for(reply: Ack, fine: bool) -> None:
    assert (reply_doubt(reply, PIECE) == "") is fine
    assert reply_doubt(reply, Ping()) == ""


def test_a_clock_that_goes_with_the_host_s_is_believed() -> None:
    watch = ClockWatch(HZ)
    for i in range(3000):
        assert watch.doubt(at(HZ * 0.02 * i), 5.0 + 0.02 * i) == ""
    assert watch.false_hz() is None


def test_a_clock_that_leaps_is_believed_once_it_says_so_again_and_again() -> None:
    """A computer's clock may stand while it sleeps; the unit's goes on."""
    watch = ClockWatch(HZ)
    assert watch.doubt(at(0), 0.0) == ""
    hour = 3600 * HZ
    words = [watch.doubt(at(hour + HZ * 0.02 * i), 0.02 * (i + 1)) for i in range(LEAPS_BELIEVED + 5)]
    assert words == ["its clock has leapt ahead"] * (LEAPS_BELIEVED - 1) + [""] * 6
    assert watch.leaps == 1
    assert watch.false_hz() is None


def test_leaps_here_and_there_are_never_believed() -> None:
    watch = ClockWatch(HZ)
    watch.doubt(at(0), 0.0)
    for i in range(1, 50):
        assert watch.doubt(at(3600 * HZ * (1 + i % 7) * 100), 0.02 * i) or i % 7 == 0
        assert watch.doubt(at(HZ * 0.02 * i), 0.02 * i) == ""
    assert watch.leaps == 0


def test_no_take_ends_in_a_time_to_come() -> None:
    watch = ClockWatch(HZ)
    watch.doubt(at(0), 0.0)
    ended = TakeEnded(1, Cause.DONE, 1, HZ, HZ, 2 * HZ, 2 * HZ, 5, 5)
    assert watch.doubt(ended, 2.0) == ""
    assert watch.doubt(replace(ended, first_edge_clock=2**63), 2.0)
    assert watch.doubt(replace(ended, end_clock=100 * HZ), 2.0)


@pytest.mark.parametrize("rate", [0.02, 0.5, 0.94, 1.06, 3.0])
def test_a_clock_of_another_rate_than_it_claims_is_found_out(rate: float) -> None:
    watch = ClockWatch(HZ)
    seen = None
    for i in range(5000):
        watch.doubt(at(HZ * 0.02 * i * rate), 0.02 * i)
        seen = seen or watch.false_hz()
    assert seen == pytest.approx(HZ * rate, rel=0.02) if abs(rate - 1) > 0.1 else seen is None


def test_a_computer_that_stalls_for_a_second_accuses_nobody() -> None:
    watch = ClockWatch(HZ)
    for i in range(500):
        late = 0.9 if 100 <= i < 145 else 0.0
        watch.doubt(at(HZ * 0.02 * i), 0.02 * i + late)
        assert watch.false_hz() is None


@given(st.binary(max_size=16))
def test_a_name_of_garbage_reaches_no_terminal_as_it_is(raw: bytes) -> None:
    assert text_of(raw).isprintable()


def test_a_line_may_bring_what_has_gathered_and_no_flood() -> None:
    intake = Intake()
    assert intake.takes(MOST_AT_ONCE, 0.0)
    assert not intake.takes(1, 0.0)
    assert intake.takes(MOST_BYTES_S // 2, 1.0)
    sustained = Intake()
    assert all(sustained.takes(25_000, float(second)) for second in range(1000))


@pytest.mark.parametrize("samples", [0, 1, 1000])
def test_evidence_is_printed_in_a_line_however_much_was_heard(samples: int) -> None:
    heard = tuple(Sample(number / 50, 40.0) for number in range(samples))
    assert repr(TakeEvidence(4, 16e6, samples=heard, witness_samples=heard)) == repr(TakeEvidence(4, 16e6))


@pytest.mark.parametrize(("steps", "taken"), [(19, False), (20, True), (10_000_000, True), (10_000_001, False)])
def test_a_turn_of_the_ring_takes_between_twenty_and_ten_million_steps(steps: int, taken: bool) -> None:
    for gearing in ((steps, 1, 1, 1), (steps, 2, 2, 1), (1, steps, 3, 3)):
        names = "full_steps_per_turn", "microsteps", "motor_teeth", "lens_teeth"
        said = doubt(replace(CONFIG, **dict(zip(names, gearing, strict=True))))
        assert said == ("" if taken else f"its gearing makes {steps:,} steps to a turn of the ring")
