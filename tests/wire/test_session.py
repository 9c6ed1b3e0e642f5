# SPDX-License-Identifier: MIT
"""The session: greeting, one command at a time, retries, stops, resets; and that no line makes it do a thing twice."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followfocus.sim.build import Build
from followfocus.wire.events import (
    Dropped,
    Greeted,
    Lost,
    OtherUnit,
    Phase,
    Replied,
    ResetNoticed,
    Said,
    StopUnanswered,
    Version,
    Why,
)
from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES, decode_frame, encode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    Ack,
    Config,
    GetConfig,
    GetStatus,
    Goto,
    HelloReply,
    Jog,
    Message,
    Ping,
    ResetCause,
    Result,
    SaveConfig,
    SetLimits,
    SetPosition,
    SetSerial,
    SetTelemetry,
    State,
    Stopped,
    Telemetry,
    decode_body,
    encode_body,
)
from followfocus.wire.session import GREETING_PATIENCE_S, NOISE_KEPT, QUIET_S, TRIES, Session
from tests.support.lossy import ACTIONS, Bench
from tests.wire.test_requests import blank

actions = st.lists(st.sampled_from(ACTIONS), max_size=40)


def commands_in(data: bytes) -> list[Message]:
    """The messages in what a session sent."""
    frames = [decode_frame(run) for run in data.split(b"\0") if run]
    return [decode_body(frame.type, frame.body) for frame in frames if frame is not None and frame.seq]


def blank_telemetry() -> Telemetry:
    message = blank(Telemetry)
    assert isinstance(message, Telemetry)
    return message


def sends_of(bench: Bench, kind: type[Message]) -> list[tuple[float, bytes]]:
    return [(at, data) for at, data in bench.sent if any(isinstance(m, kind) for m in commands_in(data))]


# Greeting -------------------------------------------------------------------------------------------------------------


def test_a_greeting_makes_it_ready_and_says_who_is_there() -> None:
    bench = Bench().ready()
    [greeted] = bench.told(Greeted)
    assert isinstance(greeted, Greeted)
    assert greeted.hello.serial == b"SIM00001"
    assert not greeted.again
    assert bench.session.hello == greeted.hello
    assert not bench.told(ResetNoticed)


def test_a_hello_reply_to_someone_elses_hello_is_stale() -> None:
    bench = Bench().ready()
    reply = bench.session.hello
    assert reply is not None
    fresh = Session(nonce=99)
    fresh.open(0.0)
    fresh.step(b"", 0.0)
    fresh.step(encode_frame(1, HelloReply.TYPE, encode_body(reply)), 0.01)
    assert fresh.phase is Phase.GREETING
    assert fresh.stale == 1


def test_the_clock_is_estimated_anew_after_a_boot_and_only_then() -> None:
    bench = Bench().ready()
    first = bench.session.sync
    bench.session.close()
    bench.ready()
    assert bench.session.sync is first, "the line was lost, the clock ran on"
    assert not bench.told(ResetNoticed)
    bench.unit.reset(bench.now_s, ResetCause.POWER_ON)
    assert bench.until(lambda: bool(bench.told(ResetNoticed)))
    assert bench.session.sync is not first, "another boot, another clock"


def test_it_greets_until_someone_answers_and_tells_once_that_nobody_does() -> None:
    bench = Bench()
    bench.up.cut = True
    bench.open()
    bench.wait(GREETING_PATIENCE_S - 0.1)
    assert not bench.told(Lost)
    bench.wait(5.0)
    assert len(bench.told(Lost)) == 1
    assert bench.session.given_up
    bench.up.cut = False
    assert bench.until(lambda: bench.session.phase is Phase.READY)


def test_the_word_of_a_start_is_answered_with_a_hello_at_once() -> None:
    """So the wait for a bootloader ends when it ends."""
    bench = Bench()
    bench.up.cut = True
    bench.open()
    bench.wait(0.26)
    bench.up.cut = False
    bench.wait(0.01)
    before_s = bench.now_s
    bench.unit.reset(bench.now_s, ResetCause.RESET_PIN)
    assert bench.until(lambda: bench.session.phase is Phase.READY)
    assert bench.now_s - before_s < 0.03


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (Build(major=2), (2, 0, DEFINITIONS_HASH)),
        (Build(major=0), (0, 0, DEFINITIONS_HASH)),
        (Build(definitions=5), (1, 0, 5)),
        (Build(definitions=5, minor=3), (1, 3, 5)),
    ],
)
def test_another_version_is_refused(build: Build, expected: tuple[int, int, int]) -> None:
    bench = Bench(build=build).open()
    assert bench.until(lambda: bench.session.phase is Phase.REFUSED)
    assert bench.told(Version) == [Version(*expected)]
    ticket = bench.ask(Goto(5, 0))
    assert bench.outcome(ticket) == Dropped(ticket, Why.REFUSED, sent=False)
    assert bench.unit.applied == []


def test_a_newer_minor_version_with_the_same_table_is_fine() -> None:
    assert Bench(build=Build(minor=9)).ready().session.phase is Phase.READY


def test_a_hello_reply_of_another_length_still_tells_its_version() -> None:
    session = Session(nonce=3)
    session.open(0.0)
    session.step(b"", 0.0)
    body = b"\x04\0\0\0" + bytes([9, 1]) + (77).to_bytes(4, "little") + bytes(60)
    turn = session.step(encode_frame(1, HelloReply.TYPE, body), 0.01)
    assert turn.events == (Version(9, 1, 77),)


def test_another_unit_on_the_same_port_is_noticed() -> None:
    bench = Bench().ready()
    bench.unit.store.write(serial=b"OTHER001")
    bench.session.close()
    bench.open()
    assert bench.until(lambda: bool(bench.told(OtherUnit)))
    assert bench.told(OtherUnit)[0] == OtherUnit(b"OTHER001", b"SIM00001")
    assert bench.session.phase is Phase.REFUSED


def test_a_serial_number_that_we_wrote_is_not_another_unit() -> None:
    bench = Bench().ready()
    assert isinstance(bench.outcome(bench.ask(SetSerial(b"MINE0001"))), Replied)
    bench.session.close()
    bench.open()
    assert bench.until(lambda: bench.session.phase is Phase.READY)


def test_before_the_greeting_nothing_is_queued() -> None:
    bench = Bench()
    closed = bench.ask(Goto(1, 0))
    assert bench.outcome(closed) == Dropped(closed, Why.CLOSED, sent=False)
    bench.up.cut = True
    bench.open()
    waiting = bench.ask(Goto(1, 0))
    assert bench.outcome(waiting) == Dropped(waiting, Why.UNANSWERED, sent=False)


def test_what_another_boot_says_before_the_greeting_tells_nothing_of_the_clock() -> None:
    ready, fresh = Bench().ready().session, Session(nonce=99)
    fresh.open(0.0)
    told = encode_frame(0, Telemetry.TYPE, encode_body(replace(blank_telemetry(), clock=5)))
    for session in (ready, fresh):
        session.step(told, 10.0)
    assert ready.sync.reading.origin is not None
    assert fresh.sync.reading.origin is None


def test_noise_of_the_greeting_is_kept_within_bounds() -> None:
    session = Session()
    session.open(0.0)
    for _ in range(10):
        session.step(b"$GPGGA,1\r\n" * 100, 0.1)
    assert session.noise.endswith(b"$GPGGA,1\r\n")
    assert len(session.noise) == NOISE_KEPT


# Commands -------------------------------------------------------------------------------------------------------------


def test_each_command_gets_its_own_reply() -> None:
    bench = Bench().ready()
    tickets = [bench.session.request(message) for message in (Ping(), GetConfig(), SetPosition(70), GetStatus())]
    outcomes = [bench.outcome(ticket) for ticket in tickets]
    kinds = [type(o.message) for o in outcomes if isinstance(o, Replied)]
    assert kinds == [Ack, Config, Ack, Telemetry]
    assert all(isinstance(o, Replied) and o.tries == 1 for o in outcomes)


def test_a_refusal_is_a_reply() -> None:
    bench = Bench().ready()
    outcome = bench.outcome(bench.ask(Goto(5, 0)))
    assert isinstance(outcome, Replied)
    assert outcome.message == Ack(Goto.TYPE, Result.NOT_REFERENCED, 0)


def test_one_command_is_under_way_at_a_time() -> None:
    bench = Bench().ready()
    bench.down.cut = True
    bench.session.request(SetPosition(1))
    bench.session.request(SetPosition(2))
    bench.wait(0.05)
    assert len(sends_of(bench, SetPosition)) == 1


def test_numbers_run_from_1_to_255_and_round() -> None:
    bench = Bench().ready()
    for _ in range(300):
        bench.outcome(bench.ask(Ping()))
    numbers = [decode_frame(data.strip(b"\0")).seq for _, data in sends_of(bench, Ping)]  # type: ignore[union-attr]
    assert numbers == [(numbers[0] - 1 + i) % 255 + 1 for i in range(300)]
    assert {*numbers} == {*range(1, 256)}


@pytest.mark.parametrize(("command", "first_s"), [(SetLimits(-3, 3), 0.1), (SetPosition(3), 0.25)])
def test_an_unanswered_command_is_sent_six_times_with_the_same_bytes_ever_more_slowly(
    command: Message, first_s: float
) -> None:
    bench = Bench().ready()
    bench.down.cut = True
    ticket = bench.ask(command)
    assert bench.outcome(ticket) == Dropped(ticket, Why.UNANSWERED, sent=True)
    sent = sends_of(bench, type(command))
    assert len(sent) == TRIES
    assert len({data.strip(b"\0") for _, data in sent}) == 1
    waits = [b - a for (a, _), (b, _) in itertools.pairwise(sent)]
    assert waits == sorted(waits)
    assert waits[0] == pytest.approx(first_s, abs=0.005)
    assert bench.told(Lost)
    assert bench.session.phase is Phase.GREETING
    assert bench.unit.applied == [command]


def test_a_lost_reply_is_asked_for_again_and_the_command_not_repeated() -> None:
    bench = Bench().ready()
    bench.down.actions = iter(["drop", "spoil", *["keep"] * 1000])
    outcome = bench.outcome(bench.ask(SetLimits(0, 5)))
    assert isinstance(outcome, Replied)
    assert outcome.tries == 3
    assert bench.unit.applied == [SetLimits(0, 5)]


def test_stale_replies_are_ignored() -> None:
    bench = Bench().ready()
    bench.down.cut = True
    ticket = bench.ask(SetPosition(3))
    seq = decode_frame(sends_of(bench, SetPosition)[0][1].strip(b"\0")).seq  # type: ignore[union-attr]
    wrong_number = encode_frame(seq % 255 + 1, Ack.TYPE, encode_body(Ack(SetPosition.TYPE, Result.OK, 0)))
    wrong_command = encode_frame(seq, Ack.TYPE, encode_body(Ack(Goto.TYPE, Result.OK, 0)))
    not_a_reply_to_it = encode_frame(seq, Config.TYPE, bytes(len(encode_body(bench.unit.config))))
    turn = bench.session.step(wrong_number + wrong_command + not_a_reply_to_it, bench.now_s)
    assert turn.events == ()
    right = encode_frame(seq, Ack.TYPE, encode_body(Ack(SetPosition.TYPE, Result.OK, 4)))
    [outcome] = bench.session.step(right, bench.now_s).events
    assert isinstance(outcome, Replied)
    assert outcome.ticket == ticket
    assert bench.session.step(right, bench.now_s).events == ()
    assert bench.session.stale >= 3


def test_a_newer_target_takes_the_place_of_one_that_waits() -> None:
    bench = Bench().ready()
    bench.outcome(bench.ask(SetPosition(0)))
    tickets = [bench.session.request(Goto(target, 0), "follow") for target in (10, 20, 30)]
    outcomes = [bench.outcome(ticket) for ticket in tickets]
    assert outcomes[:2] == [Dropped(ticket, Why.SUPERSEDED, sent=False) for ticket in tickets[:2]]
    assert isinstance(outcomes[2], Replied)
    assert bench.unit.applied == [SetPosition(0), Goto(30, 0)]


def test_telemetry_and_events_come_beside_replies() -> None:
    bench = Bench().ready()
    bench.outcome(bench.ask(SetTelemetry(20)))
    bench.wait(1.0)
    assert 48 <= len(bench.said(Telemetry)) <= 51
    clocks = [message.clock for message in bench.said(Telemetry)]  # type: ignore[attr-defined]
    assert clocks == sorted(clocks)


# Keeping in touch -----------------------------------------------------------------------------------------------------


def test_it_pings_every_80_ms_while_it_is_to_attend_so_that_a_move_goes_on() -> None:
    bench = Bench().ready()
    bench.outcome(bench.ask(SetPosition(0)))
    bench.session.attend(bench.now_s + 2.0)
    bench.outcome(bench.ask(Jog(500)))
    bench.wait(1.9)
    assert bench.unit.state is State.MOVING
    pings = [at for at, _ in sends_of(bench, Ping)]
    assert max(b - a for a, b in itertools.pairwise(pings)) <= 0.085
    bench.wait(0.6)
    assert bench.unit.state is not State.MOVING


def test_it_pings_a_quiet_unit_and_notices_when_it_is_gone() -> None:
    bench = Bench().ready()
    bench.wait(3.0)
    assert 4 <= len(sends_of(bench, Ping)) <= 3.0 / QUIET_S + 1
    assert not bench.told(Lost)
    bench.up.cut = True
    bench.wait(4.0)
    assert bench.told(Lost) == [Lost(Why.UNANSWERED)]
    bench.up.cut = False
    assert bench.until(lambda: bench.session.phase is Phase.READY)
    assert bench.greetings() == 2
    assert not bench.told(ResetNoticed)


def test_it_pings_a_unit_that_talks_all_the_time_too_so_that_an_armed_one_knows_of_it() -> None:
    bench = Bench().ready()
    bench.outcome(bench.ask(SetTelemetry(20)))
    before = len(sends_of(bench, Ping))
    bench.wait(3.0)
    assert 4 <= len(sends_of(bench, Ping)) - before <= 3.0 / QUIET_S + 1


# Resets ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heard", [True, False])
def test_every_reset_is_noticed(heard: bool) -> None:
    bench = Bench().ready()
    bench.wait(0.01)
    bench.down.actions = iter(["keep" if heard else "drop", *["keep"] * 1000])
    bench.unit.reset(bench.now_s, ResetCause.BROWN_OUT)
    bench.wait(0.02)
    ticket = bench.ask(SetPosition(5))
    outcome = bench.outcome(ticket)
    assert bench.until(lambda: bool(bench.told(ResetNoticed)))
    [noticed] = bench.told(ResetNoticed)
    assert isinstance(noticed, ResetNoticed)
    assert noticed.cause is ResetCause.BROWN_OUT
    assert noticed.boot_id == bench.unit.boot_id
    if not heard:
        assert outcome == Dropped(ticket, Why.RESET, sent=True)
        assert bench.unit.applied == []


@pytest.mark.parametrize("cause", [None, *ResetCause])
def test_a_clock_is_kept_for_as_long_as_the_unit_runs_on(cause: ResetCause | None) -> None:
    """Lost and found again: the same boot's clock has run on, another boot's begins anew, and that is told."""
    bench = Bench().ready()
    known, first = bench.session.clock, bench.session.hello
    assert known is not None
    assert first is not None
    bench.down.cut = True
    assert bench.until(lambda: bool(bench.told(Lost)))
    if cause is not None:
        bench.unit.reset(bench.now_s, cause)
        bench.wait(0.1)
    bench.down.cut = False
    bench.session.open(bench.now_s)
    assert bench.until(lambda: bench.greetings() == 2)
    again = bench.told(Greeted)[1]
    assert isinstance(again, Greeted)
    assert again.again
    assert (bench.session.clock is known) == (cause is None)
    assert (again.hello.boot_id == first.boot_id) == (cause is None)
    noticed = [told for told in bench.told(ResetNoticed) if isinstance(told, ResetNoticed)]
    assert [(told.boot_id, told.cause) for told in noticed] == ([] if cause is None else [(bench.unit.boot_id, cause)])


def test_what_is_under_way_at_a_reset_is_dropped_not_sent_again() -> None:
    bench = Bench().ready()
    bench.up.cut = True
    first, second = bench.session.request(SetPosition(5)), bench.session.request(SetPosition(6))
    bench.step()
    bench.up.cut = False
    bench.unit.reset(bench.now_s, ResetCause.WATCHDOG)
    assert bench.outcome(first) == Dropped(first, Why.RESET, sent=True)
    assert bench.outcome(second) == Dropped(second, Why.RESET, sent=False)
    bench.wait(3.0)
    assert bench.unit.applied == []


# Stops ----------------------------------------------------------------------------------------------------------------


def moving() -> Bench:
    bench = Bench().ready()
    bench.outcome(bench.ask(SetPosition(0)))
    bench.session.attend(1e9)
    bench.outcome(bench.ask(Goto(50_000, 5000)))
    bench.wait(0.5)
    assert bench.unit.state is State.MOVING
    return bench


@pytest.mark.parametrize(("hard", "wire"), [(False, STOP_BYTES), (True, HARD_STOP_BYTES)])
def test_a_stop_goes_out_at_once_and_ahead_of_everything(hard: bool, wire: bytes) -> None:
    bench = moving()
    bench.session.request(GetConfig())
    bench.session.stop(bench.now_s, hard=hard)
    bench.step()
    assert bench.sent[-1][1].startswith(wire)
    assert bench.until(lambda: not bench.session.stopping, 0.02)
    [stopped] = bench.said(Stopped)
    assert isinstance(stopped, Stopped)
    assert stopped.was is State.MOVING
    assert stopped.hard == hard
    bench.wait(3.0)
    assert bench.unit.state is State.IDLE
    assert sum(data.count(wire) for _, data in bench.sent) == 1


def test_a_stop_is_repeated_every_50_ms_until_it_is_answered() -> None:
    bench = moving()
    bench.down.cut = True
    bench.session.stop(bench.now_s, hard=False)
    bench.wait(1.5)
    times = [at for at, data in bench.sent if STOP_BYTES in data]
    assert all(b - a == pytest.approx(0.05, abs=0.002) for a, b in itertools.pairwise(times))
    assert len(bench.told(StopUnanswered)) == 1
    bench.down.cut = False
    assert bench.until(lambda: not bench.session.stopping)
    assert bench.unit.state is State.IDLE


def test_only_the_word_of_a_hard_stop_answers_a_hard_stop() -> None:
    bench = moving()
    bench.session.stop(bench.now_s, hard=False)
    bench.step()
    bench.session.stop(bench.now_s, hard=True)
    bench.step()
    assert bench.sent[-1][1].startswith(HARD_STOP_BYTES)
    assert bench.until(lambda: not bench.session.stopping)
    assert [message.hard for message in bench.said(Stopped)] == [0, 1]  # type: ignore[attr-defined]


def test_what_is_said_beside_goes_out_only_to_a_unit_that_is_there_and_is_not_stopping() -> None:
    bench = Bench()
    assert not bench.session.say(Ping(), bench.now_s), "nobody is there yet"
    bench.ready()

    def said() -> int:
        before = len(bench.sent)
        bench.step()
        frames = [decode_frame(run) for _, data in bench.sent[before:] for run in data.split(b"\0") if run]
        return sum(frame is not None and (frame.seq, frame.type) == (0, Ping.TYPE) for frame in frames)

    assert bench.session.say(Ping(), bench.now_s)
    assert said() == 1
    bench.down.cut = True
    bench.session.stop(bench.now_s, hard=False)
    assert not bench.session.say(Ping(), bench.now_s), "a stop is out"
    assert said() == 0
    bench.down.cut = False
    assert bench.until(lambda: not bench.session.stopping)
    assert bench.session.say(Ping(), bench.now_s)
    for message, goes in ((GetStatus(), True), (SaveConfig(), False), (SetPosition(0), False)):
        bench.down.cut = True
        bench.session.request(message)
        bench.step()
        assert bench.session.say(Ping(), bench.now_s) is goes, f"{message} is under way"
        bench.down.cut = False
        bench.wait(0.7)
    assert bench.session.say(Ping(), bench.now_s)
    bench.session.close()
    assert not bench.session.say(Ping(), bench.now_s), "the line is closed"


def test_a_move_that_was_lost_does_not_start_after_the_stop() -> None:
    """Its retry would."""
    bench = Bench().ready()
    bench.outcome(bench.ask(SetPosition(0)))
    bench.up.actions = iter(["drop", *["keep"] * 1000])
    lost, waiting = bench.session.request(Goto(900, 0)), bench.session.request(Goto(1800, 0))
    question = bench.session.request(GetStatus())
    bench.step()
    bench.session.stop(bench.now_s, hard=False)
    bench.step()
    assert bench.outcome(lost) == Dropped(lost, Why.STOPPED, sent=True)
    assert bench.outcome(waiting) == Dropped(waiting, Why.STOPPED, sent=False)
    assert isinstance(bench.outcome(question), Replied)
    bench.wait(3.0)
    assert bench.unit.applied == [SetPosition(0)]


def test_a_stop_works_before_any_greeting() -> None:
    bench = Bench()
    bench.session.stop(0.0, hard=True)
    bench.open()
    assert bench.sent[0][1].startswith(HARD_STOP_BYTES)
    assert bench.until(lambda: not bench.session.stopping)


def test_a_stop_survives_a_line_that_loses_half() -> None:
    bench = moving()
    bench.up.actions = itertools.cycle(["drop", "keep"])
    bench.down.actions = itertools.cycle(["drop", "drop", "keep"])
    bench.session.stop(bench.now_s, hard=False)
    assert bench.until(lambda: not bench.session.stopping, 1.0)
    assert bench.unit.state is not State.MOVING


# Properties -----------------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(up=actions, down=actions, count=st.integers(1, 12))
def test_no_line_makes_a_command_be_carried_out_twice_or_out_of_order(
    up: list[str], down: list[str], count: int
) -> None:
    """Whatever the line does: each command ends once, is applied at most once, and surely if it was answered."""
    bench = Bench(up, down).open()
    bench.until(lambda: bench.session.phase is Phase.READY, 10.0)
    tickets = {bench.session.request(SetPosition(n)): n for n in range(count)}
    outcomes = {ticket: bench.outcome(ticket) for ticket in tickets}
    bench.wait(3.0)
    applied = [message.position for message in bench.unit.applied if isinstance(message, SetPosition)]
    assert len(applied) == len(set(applied))
    assert applied == sorted(applied)
    for ticket, number in tickets.items():
        outcome = outcomes[ticket]
        if isinstance(outcome, Replied):
            assert number in applied
        elif isinstance(outcome, Dropped) and not outcome.sent:
            assert number not in applied


@settings(max_examples=60, deadline=None)
@given(up=actions, down=actions, hard=st.booleans())
def test_no_line_keeps_a_stop_from_arriving(up: list[str], down: list[str], hard: bool) -> None:
    bench = moving()
    bench.up.actions = itertools.chain(up, itertools.repeat("keep"))
    bench.down.actions = itertools.chain(down, itertools.repeat("keep"))
    bench.session.stop(bench.now_s, hard=hard)
    assert bench.until(lambda: not bench.session.stopping, 30.0)
    bench.wait(3.0)
    assert bench.unit.state in (State.IDLE, State.UNREFERENCED)


@given(st.lists(st.tuples(st.binary(max_size=300), st.floats(0.0, 2.0)), max_size=10))
def test_any_bytes_at_any_time_raise_nothing(chunks: list[tuple[bytes, float]]) -> None:
    session = Session()
    session.open(0.0)
    now_s = 0.0
    for data, wait_s in chunks:
        now_s += wait_s
        turn = session.step(data, now_s)
        assert turn.deadline_s is None or turn.deadline_s > now_s - 1e-9
    assert session.phase in (Phase.GREETING, Phase.REFUSED)


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=6))
def test_noise_between_frames_costs_no_reply(noise: list[bytes]) -> None:
    bench = Bench().ready()
    for chunk in noise:
        bench.session.step(chunk.replace(b"\0", b"\1") + b"\0", bench.now_s)
    assert isinstance(bench.outcome(bench.ask(Ping())), Replied)


def test_closing_drops_everything() -> None:
    bench = Bench().ready()
    bench.up.cut = True
    tickets = [bench.session.request(SetPosition(n)) for n in range(3)]
    bench.step()
    bench.session.close()
    bench.step()
    assert [bench.outcome(ticket) for ticket in tickets] == [
        Dropped(ticket, Why.CLOSED, sent=index == 0) for index, ticket in enumerate(tickets)
    ]
    assert bench.deadline_s is None


def test_a_said_event_carries_the_time_it_came_in() -> None:
    bench = moving()
    said = [event for event in bench.events if isinstance(event, Said)]
    assert said
    assert all(0 < event.received_s <= bench.now_s for event in said)
    assert replace(said[0], received_s=1.0) != said[0]
