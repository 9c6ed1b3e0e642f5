# SPDX-License-Identifier: MIT
"""A take followed from GO to its end by what the unit says, whichever of its words are lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from followfocus.unit.latency import GoSent
from followfocus.unit.watch import SAMPLES_BEFORE, TakeRecorder
from followfocus.wire.clocksync import ClockSync
from followfocus.wire.events import Down, ResetNoticed, Said
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import (
    CUE_LEAD_S,
    Cause,
    Fault,
    Flag,
    Message,
    ResetCause,
    Source,
    State,
    StateChanged,
    TakeEnded,
    TakeStarted,
    Telemetry,
)

HZ = 16_000_000
ARMED = 10 * HZ
AT_REST = UnitStatus(connected=True, state=State.LOADED, ring_deg=0.0, flags=Flag.REFERENCED)


class Heard:
    """A recorder armed at ten seconds of the unit's clock, and a host's clock that is set by hand."""

    def __init__(self, take: int | None = 1, witness: float | None = None) -> None:
        self.now_s = 100.0
        self.utc_ahead_s = 1e9
        self.sync = sync = ClockSync(HZ)
        for tick in range(60):
            sync.add(ARMED + tick * HZ // 50, 100.0 + tick / 50)
        self.recorder = TakeRecorder(
            take, ARMED, lambda: self.now_s, lambda: self.now_s + self.utc_ahead_s, lambda: sync.reading,
            None if witness is None else lambda: witness,
        )  # fmt: skip

    def say(self, *messages: Message) -> TakeRecorder:
        for message in messages:
            self.recorder.hear(Said(message, self.now_s))
        return self.recorder


def telemetry(state: State, clock: int = ARMED, position: int = 0, fault: Fault = Fault.NONE) -> Telemetry:
    return Telemetry(clock, state, Flag.REFERENCED, fault, position, 0, 0, 0, 0, 0)


def started(take: int = 1, clock: int = ARMED + 100, source: Source = Source.HOST) -> TakeStarted:
    return TakeStarted(take, source, clock)


def ended(take: int = 1, clock: int = ARMED + 100) -> TakeEnded:
    return TakeEnded(take, Cause.DONE, 1, clock, clock + 10, clock + 90, clock + 100, 900, 900)


@pytest.mark.parametrize("state", [state for state in State if state is not State.PLAYING])
def test_only_a_unit_that_plays_has_begun(state: State) -> None:
    heard = Heard()
    assert heard.say(telemetry(state)).heard_start_s is None
    heard.now_s = 101.5
    assert heard.say(telemetry(State.PLAYING)).heard_start_s == 101.5
    heard.now_s = 102.5
    assert heard.say(telemetry(State.PLAYING), started()).heard_start_s == 101.5


def test_the_word_of_its_start_alone_will_do() -> None:
    assert Heard().say(started()).heard_start_s == 100.0


@pytest.mark.parametrize(
    ("word", "taken"),
    [
        (started(), True), (started(clock=ARMED), True), (started(clock=ARMED - 1), False), (started(take=2), False),
        (ended(), True), (ended(clock=ARMED), True), (ended(clock=ARMED - 1), False), (ended(take=2), False),
    ],
)  # fmt: skip
def test_the_word_of_another_take_is_not_this_ones(word: TakeStarted | TakeEnded, taken: bool) -> None:
    recorder = Heard().say(word)
    assert ((recorder.started or recorder.ended) is word) == taken


def test_the_next_take_of_all_is_whichever_comes_first() -> None:
    assert Heard(take=None).say(started(take=7), started(take=8)).take == 7
    first, second = ended(take=7), ended(take=8)
    assert Heard(take=None).say(first, second).ended is first


def test_before_it_begins_only_so_many_places_are_kept_and_then_all() -> None:
    heard = Heard()
    for at in range(SAMPLES_BEFORE + 30):
        heard.say(telemetry(State.ARMED, ARMED + at, at))
    heard.say(started(clock=ARMED))
    assert len(heard.recorder.evidence(HZ, 10.0, None).samples) == SAMPLES_BEFORE
    for at in range(200):
        heard.say(telemetry(State.PLAYING, ARMED + 1000 + at, at))
    samples = heard.recorder.evidence(HZ, 10.0, None).samples
    assert len(samples) == SAMPLES_BEFORE + 200
    assert (samples[-1].at_s, samples[-1].ring_deg) == (pytest.approx(1199 / HZ), 19.9)


def test_a_fault_once_said_stays() -> None:
    recorder = Heard().say(telemetry(State.FAULT, fault=Fault.UNDERRUN), telemetry(State.IDLE))
    assert recorder.fault is Fault.UNDERRUN


def test_a_fault_is_a_fault_by_whichever_word_it_is_said() -> None:
    change = StateChanged(ARMED, State.PLAYING, State.FAULT, Cause.FAULT, Fault.STALL, 0)
    over = StateChanged(ARMED, State.FAULT, State.IDLE, Cause.NONE, Fault.NONE, 0)
    assert Heard().say(change).fault is Fault.STALL
    assert Heard().say(change, over, telemetry(State.IDLE)).fault is Fault.STALL


def test_before_it_begins_only_so_many_looks_of_the_witness_are_kept_and_then_all() -> None:
    heard = Heard(witness=12.5)
    heard.now_s = 101.0
    for at in range(SAMPLES_BEFORE + 30):
        heard.say(telemetry(State.ARMED, ARMED + at, at))
    heard.say(started(clock=ARMED))
    assert len(heard.recorder.evidence(HZ, 10.0, None).witness_samples) == SAMPLES_BEFORE
    for at in range(70):
        heard.say(telemetry(State.PLAYING, ARMED + 1000 + at, at))
    assert len(heard.recorder.evidence(HZ, 10.0, None).witness_samples) == SAMPLES_BEFORE + 70


def test_two_times_for_one_start_are_a_doubt() -> None:
    assert Heard().say(started(), ended()).doubt == ""
    assert Heard().say(started(), ended(clock=ARMED + HZ)).doubt == "the unit gives two different times for its start"


@pytest.mark.parametrize(
    ("status", "clock", "over"),
    [
        (AT_REST, ARMED + 5, True), (AT_REST, ARMED + 4, False),
        (replace(AT_REST, state=State.ARMED), ARMED + 5, False),
        (replace(AT_REST, state=State.PLAYING), ARMED + 5, False),
        (replace(AT_REST, connected=False), ARMED + 5, False),
    ],
)  # fmt: skip
def test_rest_after_it_was_seen_on_its_way_is_the_end(status: UnitStatus, clock: int, over: bool) -> None:
    recorder = Heard().recorder
    assert not recorder.over(replace(status, clock=clock)), "it was not seen on its way"
    recorder.since_clock = ARMED + 5
    assert recorder.over(replace(status, clock=clock)) == over


def test_a_unit_that_says_it_is_over_and_turns_on_is_doubted_after_a_while() -> None:
    heard = Heard()
    turning = replace(AT_REST, state=State.PLAYING, clock=ARMED + 200)
    recorder = heard.say(started(), ended())
    assert recorder.over(replace(turning, state=State.LOADED))
    assert not recorder.over(turning)
    assert recorder.doubt == ""
    heard.now_s += 1.0
    assert not recorder.over(turning)
    assert recorder.doubt == ""
    heard.now_s += 0.01
    assert recorder.over(turning)
    assert "that the motor still turns" in recorder.doubt


def test_a_reset_is_the_end_and_a_line_that_is_down_is_none() -> None:
    recorder = Heard().recorder
    recorder.hear(Down("the line is gone"))
    assert not recorder.over(AT_REST)
    assert recorder.evidence(HZ, 10.0, None).lost == "the line is gone"
    recorder.hear(ResetNoticed(7, ResetCause.WATCHDOG))
    assert recorder.over(AT_REST)
    assert recorder.evidence(HZ, 10.0, None).reset


def test_the_evidence_is_the_units_word() -> None:
    heard = Heard(witness=12.5)
    evidence = heard.say(started(), telemetry(State.PLAYING, ARMED + 200, 300), ended()).evidence(HZ, 10.0, None)
    assert (evidence.take, evidence.cause, evidence.steps) == (1, Cause.DONE, 900)
    assert (evidence.start_clock, evidence.last_edge_clock) == (ARMED + 100, ARMED + 190)
    assert (evidence.position, evidence.ring_deg, evidence.witness_deg) == (900, 90.0, 12.5)
    assert [(sample.at_s, sample.ring_deg) for sample in evidence.samples] == [(pytest.approx(100 / HZ), 30.0)]
    assert evidence.started_utc_s == pytest.approx(1e9 + 100.0, abs=0.01)
    assert heard.recorder.elapsed_s(replace(AT_REST, clock=ARMED + 100 + HZ), HZ) == pytest.approx(1.0)
    assert heard.recorder.elapsed_s(replace(AT_REST, clock=ARMED), HZ) == 0.0
    assert Heard().recorder.elapsed_s(AT_REST, HZ) == 0.0


@pytest.mark.parametrize(("source", "lead_s"), [(Source.HOST, 0.0), (Source.CUE, CUE_LEAD_S)])
def test_a_take_counts_from_its_start_and_by_a_cue_from_its_lead_after_the_edge(source: Source, lead_s: float) -> None:
    heard = Heard(None)
    zero = ARMED + 100 + round(lead_s * HZ)
    assert heard.recorder.elapsed_s(replace(AT_REST, clock=zero + HZ), HZ) == 0.0
    heard.say(started(7, source=source), telemetry(State.PLAYING, zero + HZ // 2, 400))
    assert heard.recorder.elapsed_s(replace(AT_REST, clock=ARMED + 100 + HZ), HZ) == pytest.approx(1.0)
    assert heard.recorder.elapsed_s(replace(AT_REST, clock=0), HZ) == 0.0
    evidence = heard.recorder.evidence(HZ, 20.0, None)
    assert (evidence.take, evidence.start_clock, evidence.source) == (7, zero, source)
    assert [(sample.at_s, sample.ring_deg) for sample in evidence.samples] == [(0.5, 20.0)]
    heard.say(ended(7, zero))
    assert heard.recorder.doubt == ""


@pytest.mark.parametrize(("apart_s", "doubted"), [(0.001, False), (0.0011, True), (-0.0011, True)])
def test_two_words_of_one_start_may_be_a_millisecond_apart(apart_s: float, doubted: bool) -> None:
    recorder = Heard().say(started(clock=ARMED + HZ), ended(clock=ARMED + HZ + round(apart_s * HZ)))
    assert bool(recorder.doubt) is doubted


def test_what_the_witness_saw_is_told_from_the_start_on() -> None:
    heard = Heard(witness=12.5)
    heard.say(telemetry(State.ARMED))
    heard.now_s = 102.0
    heard.say(started(clock=ARMED + HZ), telemetry(State.PLAYING, ARMED + 2 * HZ, 40))
    evidence = heard.recorder.evidence(HZ, 20.0, None)
    assert evidence.witness_deg == 12.5
    assert [sample.ring_deg for sample in evidence.witness_samples] == [12.5]
    assert evidence.witness_samples[0].at_s == pytest.approx(1.0, abs=0.05)
    assert evidence.started_utc_s == pytest.approx(1e9 + 101.0, abs=0.05)


@pytest.mark.parametrize(("source", "known"), [(Source.HOST, True), (Source.CUE, False)])
def test_only_a_take_that_go_started_has_a_latency(source: Source, known: bool) -> None:
    heard = Heard().say(started(source=source, clock=ARMED + HZ // 100))
    evidence = heard.evidence(HZ, 10.0, GoSent(100.0, 100.02, 1e9))
    assert (evidence.start_latency_s is not None, evidence.source) == (known, source)


def test_of_a_take_that_never_began_nothing_is_made_up() -> None:
    evidence = Heard(take=None).say(telemetry(State.ARMED)).evidence(HZ, 10.0, GoSent(100.0, 100.02, 1e9))
    assert (evidence.take, evidence.start_clock, evidence.start_latency_s, evidence.samples) == (0, 0, None, ())
    assert (evidence.cause, evidence.source, evidence.steps) == (Cause.NONE, Source.HOST, 0)


def test_a_take_whose_start_was_not_heard_began_when_its_end_says() -> None:
    heard = Heard(witness=12.5)
    heard.now_s = 100.5
    heard.say(telemetry(State.PLAYING, ARMED + HZ // 2, 300), ended(clock=ARMED + HZ // 4))
    heard.utc_ahead_s += 3600.0  # the time of day as it is by now: when it began nobody knew that it did
    evidence = heard.recorder.evidence(HZ, 10.0, None)
    assert evidence.start_clock == ARMED + HZ // 4
    assert evidence.started_utc_s == pytest.approx(1e9 + 3600.0 + 100.25, abs=0.01)
    assert [sample.at_s for sample in evidence.witness_samples] == [pytest.approx(0.25, abs=0.01)]


def test_the_time_of_day_is_that_of_its_start_though_the_clock_is_set_while_it_runs() -> None:
    heard = Heard()
    heard.say(started())
    heard.utc_ahead_s += 3600.0
    assert heard.say(ended()).evidence(HZ, 10.0, None).started_utc_s == pytest.approx(1e9 + 100.0, abs=0.01)


def test_of_a_unit_that_has_begun_anew_no_start_is_placed_by_its_new_clock() -> None:
    recorder = Heard().say(ended())
    recorder.hear(ResetNoticed(7, ResetCause.WATCHDOG))
    evidence = recorder.evidence(HZ, 10.0, None)
    assert evidence.started_utc_s is None
    assert (evidence.reset, evidence.lost, evidence.steps) == (False, "", 900), "its end had been told before"


def test_a_take_began_so_long_after_go_was_sent_as_its_latency_says() -> None:
    go = GoSent(100.0, 100.02, 5e8)
    evidence = Heard().say(started(clock=ARMED + HZ // 100)).evidence(HZ, 10.0, go)
    assert evidence.start_latency_s == pytest.approx(0.01, abs=0.002)
    assert evidence.started_utc_s == 5e8 + evidence.start_latency_s
    assert Heard(take=None).say(telemetry(State.ARMED)).evidence(HZ, 10.0, go).started_utc_s == 5e8


def test_what_is_seen_at_the_very_start_is_of_the_take_and_nothing_before() -> None:
    heard = Heard(witness=12.5)
    start_s = heard.sync.reading.host_s(ARMED + 100)
    for clock, at_s in ((ARMED + 99, start_s - 0.001), (ARMED + 100, start_s), (ARMED + 101, start_s + 0.001)):
        heard.now_s = at_s
        heard.say(telemetry(State.PLAYING, clock, clock - ARMED))
    evidence = heard.say(started()).evidence(HZ, 1.0, None)
    assert [sample.ring_deg for sample in evidence.samples] == [100.0, 101.0]
    assert [sample.at_s for sample in evidence.witness_samples] == [0.0, pytest.approx(0.001)]
