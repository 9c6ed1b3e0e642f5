# SPDX-License-Identifier: MIT
"""A hand on a unit, from its words to what became of it: on time, late, too fast, cut short."""

from __future__ import annotations

import contextlib
import math
import random
from collections.abc import Iterator

import pytest

from followfocus.errors import FollowFocusError, LineError, RequestError, StoppedError, UnitError
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.unit.following import AGAIN_S, LAG_S, OLDEST_S, FollowEvidence, Following, begin, never_followed
from followfocus.wire.frames import STOP_BYTES, FrameReader
from followfocus.wire.messages import (
    FOLLOW_RATE_MAX,
    FOLLOW_SILENCE_S,
    RATE_FRACTION,
    Cause,
    Fault,
    Follow,
    State,
    decode_body,
)
from tests.support.benches import BrokenCable, VirtualBench
from tests.support.golden import Cell, assert_goes_as_it_did

Row = tuple[Cell, ...]


@pytest.fixture(name="bench")
def _bench() -> Iterator[VirtualBench]:
    bench = VirtualBench(stops_deg=(0.0, 300.0))
    with bench.unit as unit:
        unit.configure(DEFAULT_RIG)
        unit.set_reference(100.0)
        unit.set_limits(0.0, 300.0)
        yield bench


def words(cable: BrokenCable, since: int = 0) -> list[tuple[float, Follow]]:
    """The words of a hand, and when they were said."""
    reader, found = FrameReader(), list[tuple[float, Follow]]()
    for at_s, data in cable.sent[since:]:
        for frame in reader.feed(data):
            word = decode_body(frame.type, frame.body) if frame.type == Follow.TYPE else None
            if isinstance(word, Follow):
                found.append((at_s, word))
    return found


def ended(found: FollowEvidence) -> Row:
    trace = sum((1 + index % 5) * sample.ring_deg for index, sample in enumerate(found.samples))
    times = sum((1 + index % 5) * sample.at_s for index, sample in enumerate(found.samples))
    return (
        "ended", found.cause.name, found.fault.name, found.position, found.ring_deg, found.began_s, found.lost,
        found.let_go, len(found.hand), found.hand[-1].at_s if found.hand else None, len(found.samples), trace, times,
        found.clocks[0] if found.clocks else None, found.tick_hz,
    )  # fmt: skip


def _turn(bench: VirtualBench, following: Following, draw: random.Random, rows: list[Row]) -> None:
    start, rate = float(bench.unit.status.position), 0.0
    for number in range(draw.randrange(8, 40)):
        rate = 0.9 * rate + draw.uniform(-900.0, 900.0)
        start += 0.012 * rate
        try:
            following.send(start, rate, bench.clock.now() - draw.choice((0.0, 0.002, 0.02, 0.05)))
        except FollowFocusError as error:
            rows.append(("refused", str(error)))
            return
        bench.link.sleep(draw.choice((0.008, 0.012, 0.03)))
        if number % 5 == 0:
            rows.append((following.behind_steps, following.over, following.let_go, following.fell_silent))


@pytest.mark.parametrize("end", ["rest", "rate", "stop", "hard stop", "silence", "cut", "reset", "nothing", "button"])
def test_a_hand_is_followed_as_it_was(bench: VirtualBench, end: str) -> None:
    rows, draw, unit = list[Row](), random.Random(len(end)), bench.unit
    following = begin(unit.line, None)
    if end != "nothing":
        _turn(bench, following, draw, rows)
    if end == "rest":
        following.send(float(unit.status.position), 0.0, bench.clock.now())
        bench.link.sleep(0.2)
    elif end in ("stop", "hard stop"):
        bench.link.stop(hard=end == "hard stop")
        bench.link.sleep(0.1)
    elif end == "silence":
        bench.link.sleep(0.3)
    elif end == "cut":
        bench.reachable = False
        bench.cut()
        bench.link.sleep(0.3)
    elif end == "reset":
        assert bench.plugged.unit is not None
        bench.on_bench(bench.plugged.unit.reset)
        bench.link.sleep(0.3)
    elif end == "button":
        assert bench.plugged.unit is not None
        bench.on_bench(lambda now_s: bench.plugged.unit.set_stop(True, now_s))
        bench.link.sleep(0.1)
    rows.append((following.behind_steps, following.over, following.let_go, following.fell_silent))
    said = len(bench.cables[-1].sent)
    rows.append(ended(following.close()))
    rows += [(at_s, word.position, word.rate, word.age) for at_s, word in words(bench.cables[-1], said)]
    assert_goes_as_it_did(f"following-{end.replace(' ', '-')}", rows)


@pytest.mark.parametrize("age_s", [-0.01, 0.0, LAG_S, LAG_S + OLDEST_S, LAG_S + OLDEST_S + 0.001, 0.2])
def test_a_word_that_is_late_is_told_from_where_the_hand_would_be(bench: VirtualBench, age_s: float) -> None:
    following, at = begin(bench.unit.line, None), float(bench.unit.status.position)
    following.send(at, 300.0, bench.clock.now() - age_s)
    ((_, word),) = words(bench.cables[-1])
    late_s = max(0.0, age_s - LAG_S - OLDEST_S)
    assert word.position == pytest.approx(256.0 * (at + 300.0 * late_s), abs=1.0)
    assert word.age / bench.unit.tick_hz == pytest.approx(min(age_s - LAG_S, OLDEST_S), abs=1e-6)
    assert word.rate == round(300.0 * RATE_FRACTION)


@pytest.mark.parametrize(("rate", "told"), [
    (FOLLOW_RATE_MAX / RATE_FRACTION, FOLLOW_RATE_MAX), (1e12, FOLLOW_RATE_MAX), (-1e12, -FOLLOW_RATE_MAX),
    (-FOLLOW_RATE_MAX / RATE_FRACTION + 1, RATE_FRACTION - FOLLOW_RATE_MAX),
])  # fmt: skip
def test_no_hand_is_told_to_be_faster_than_the_wire_can_say(bench: VirtualBench, rate: float, told: int) -> None:
    begin(bench.unit.line, None).send(float(bench.unit.status.position), rate, bench.clock.now())
    assert words(bench.cables[-1])[0][1].rate == told


@pytest.mark.parametrize(("position", "rate"), [(math.nan, 0.0), (math.inf, 0.0), (0.0, math.nan), (0.0, -math.inf)])
def test_a_hand_that_is_nowhere_is_refused(bench: VirtualBench, position: float, rate: float) -> None:
    following = begin(bench.unit.line, None)
    with pytest.raises(RequestError, match="can't be followed"):
        following.send(position, rate, bench.clock.now())
    assert words(bench.cables[-1]) == []


@pytest.mark.parametrize("position", [1e12, -1e12])
def test_a_hand_beyond_all_steps_is_told_the_last_one(bench: VirtualBench, position: float) -> None:
    begin(bench.unit.line, None).send(position, 0.0, bench.clock.now())
    assert words(bench.cables[-1])[0][1].position == math.copysign(2**31 - 1, position)


def test_a_hand_begins_where_the_unit_rests_and_knows_its_place(bench: VirtualBench) -> None:
    bench.unit.goto_deg(200.0, 10.0, wait=False)
    bench.link.sleep(0.2)
    with pytest.raises(UnitError, match="can't be turned by hand now"):
        begin(bench.unit.line, None)
    bench.unit.stop()
    bench.unit.release()
    bench.unit.refresh()
    with pytest.raises(UnitError, match="doesn't know where"):
        begin(bench.unit.line, None)
    assert bench.unit.status.state is State.UNREFERENCED


@pytest.mark.parametrize(("error", "cause", "lost", "refused"), [
    (StoppedError(), Cause.STOP, "", ""),
    (LineError("Gone."), Cause.NONE, "Gone.", ""),
    (UnitError("No.", "fault"), Cause.NONE, "", "No."),
])  # fmt: skip
def test_a_following_that_never_was_says_why(
    bench: VirtualBench, error: FollowFocusError, cause: Cause, lost: str, refused: str
) -> None:
    found = never_followed(bench.unit.line, error)
    status = bench.unit.status
    assert (found.cause, found.lost, found.refused, found.fault) == (cause, lost, refused, Fault.NONE)
    assert not found.let_go
    assert (found.position, found.ring_deg, found.began_s) == (status.position, status.ring_deg, bench.clock.now())


@pytest.mark.parametrize(("every_s", "words"), [(0.01, 50), (0.02, 25), (0.05, 21), (0.06, 21)])
def test_a_unit_that_is_not_heard_any_more_ends_it_after_half_a_second_and_twenty_words(
    bench: VirtualBench, every_s: float, words: int
) -> None:
    """Both: a computer that slept has heard nothing either, and has said nothing."""
    following, at = begin(bench.unit.line, None), float(bench.unit.status.position)
    following.send(at, 0.0, bench.clock.now())
    bench.link.sleep(0.03)
    bench.cables[-1].deaf = (bench.clock.now(), math.inf)
    said = 0
    while said < 200:
        bench.link.sleep(every_s)
        with contextlib.suppress(LineError):
            following.send(at, 0.0, bench.clock.now())
            said += 1
            continue
        break
    # The word that finds it out has been said already; the next one is refused.
    assert said == words
    since = len(bench.cables[-1].sent)
    found = following.close()
    assert "can't be heard any more" in found.lost
    assert not found.let_go
    # Behind words that are held up on the line, and would turn the ring when they come.
    assert b"".join(data for _, data in bench.cables[-1].sent[since:]).count(STOP_BYTES) == 1


def test_the_evidence_of_a_hand_says_itself_in_a_line_and_not_with_every_sample(bench: VirtualBench) -> None:
    following, at = begin(bench.unit.line, None), float(bench.unit.status.position)
    for number in range(60):
        following.send(at + number, 100.0, bench.clock.now())
        bench.link.sleep(0.01)
    found = following.close()
    assert len(found.hand) == 60
    assert len(found.samples) == len(found.clocks) > 10
    assert len(repr(found)) < 300


def test_a_unit_that_is_deaf_from_the_first_word_on_is_found_out_as_soon(bench: VirtualBench) -> None:
    following, at = begin(bench.unit.line, None), float(bench.unit.status.position)
    bench.cables[-1].deaf = (bench.clock.now(), math.inf)
    for _ in range(21):
        following.send(at, 0.0, bench.clock.now())
        bench.link.sleep(0.03)
    with pytest.raises(LineError, match="can't be heard any more"):
        following.send(at, 0.0, bench.clock.now())


def test_a_hand_that_has_not_spoken_is_where_the_ring_is_and_the_next_need_not_wait(
    bench: VirtualBench,
) -> None:
    heard = list(bench.unit.line.first)
    following = begin(bench.unit.line, None)
    assert following.last_sent_s < bench.clock.now()
    bench.link.sleep(0.1)
    assert following.behind_steps == 0.0
    assert not following.over
    assert following.close().hand == ()
    assert bench.unit.line.first == heard, "it hears no more"
    before_s = bench.clock.now()
    begin(bench.unit.line, following).close()
    assert bench.clock.now() - before_s < FOLLOW_SILENCE_S


def test_a_ring_that_nobody_has_heard_of_yet_is_behind_by_nothing(bench: VirtualBench) -> None:
    following = begin(bench.unit.line, None)
    following.send(bench.unit.status.position + 5000.0, 0.0, bench.clock.now())
    assert following.behind_steps == 0.0
    bench.link.sleep(0.05)
    assert following.behind_steps > 100.0


def spun(bench: VirtualBench, seconds: float = 0.5) -> Following:
    """A hand that has turned the ring up to speed."""
    following, at = begin(bench.unit.line, None), float(bench.unit.status.position)
    for number in range(round(seconds / 0.01)):
        following.send(at + 40.0 * number, 4000.0, bench.clock.now())
        bench.link.sleep(0.01)
    return following


def test_a_hand_that_is_stopped_is_over_when_the_ring_rests(bench: VirtualBench) -> None:
    following = spun(bench)
    assert abs(bench.unit.status.speed_deg_s) > 100.0
    bench.link.stop(hard=False)
    found = following.close()
    assert bench.unit.status.at_rest
    assert bench.unit.refresh().position == found.position
    assert found.cause is Cause.STOP


@pytest.mark.parametrize("speed", [0.0, 4000.0])
def test_a_unit_that_let_go_by_itself_and_then_was_stopped_was_stopped(bench: VirtualBench, speed: float) -> None:
    """The word said of it decides whether the hand's wish goes on: after a STOP it never does."""
    following = begin(bench.unit.line, None) if speed == 0.0 else spun(bench)
    if speed == 0.0:
        following.send(float(bench.unit.status.position), 0.0, bench.clock.now())
    bench.link.sleep(0.5)
    assert (following.let_go, following.fell_silent) == (speed == 0.0, speed != 0.0)
    bench.link.stop(hard=False)
    assert (following.let_go, following.fell_silent, following.over) == (False, False, True)


def test_a_ring_that_can_t_come_to_its_hand_is_let_go_after_a_second(bench: VirtualBench) -> None:
    """The hand is beyond the soft limit, and the ring stays at that."""
    bench.unit.set_limits(0.0, 101.0)
    following = begin(bench.unit.line, None)
    following.send(bench.unit.status.position + 500.0, 0.0, bench.clock.now())
    before_s, since = bench.clock.now(), len(bench.cables[-1].sent)
    found = following.close()
    assert 0.99 < bench.clock.now() - before_s < 1.2
    assert found.ring_deg == pytest.approx(101.0, abs=0.05)
    assert STOP_BYTES not in b"".join(data for _, data in bench.cables[-1].sent[since:])


@pytest.mark.parametrize("steps", [1.0, -1.0, 2.0])
def test_a_hand_whose_last_word_was_lost_is_come_up_with_to_the_step(bench: VirtualBench, steps: float) -> None:
    following, at = begin(bench.unit.line, None), float(bench.unit.status.position)
    for _ in range(5):
        following.send(at, 0.0, bench.clock.now())
        bench.link.sleep(0.02)
    bench.cables[-1].unheard = (bench.clock.now(), bench.clock.now() + 0.001)
    following.send(at + steps, 0.0, bench.clock.now())
    bench.link.sleep(0.01)
    assert following.close().position == at + steps


def test_a_hand_between_two_steps_is_come_up_with_at_once(bench: VirtualBench) -> None:
    following, at = begin(bench.unit.line, None), float(bench.unit.status.position)
    for _ in range(5):
        following.send(at + 0.5, 0.0, bench.clock.now())
        bench.link.sleep(0.02)
    before_s = bench.clock.now()
    following.close()
    assert bench.clock.now() - before_s < 0.1


@pytest.mark.parametrize("since_s", [0.0, 0.05, 0.089, 0.091, 5.0])
def test_a_hand_that_begins_anew_waits_till_the_unit_takes_it_for_a_new_one_and_no_longer(
    bench: VirtualBench, since_s: float
) -> None:
    following, at = begin(bench.unit.line, None), float(bench.unit.status.position)
    following.send(at, 0.0, bench.clock.now())
    bench.link.sleep(0.02)
    following.close()
    bench.link.sleep(following.last_sent_s + since_s - bench.clock.now())
    again_s = max(bench.clock.now(), following.last_sent_s + FOLLOW_SILENCE_S + AGAIN_S)
    again = begin(bench.unit.line, following)
    assert bench.clock.now() == pytest.approx(again_s, abs=0.005)
    again.send(at + 50.0, 0.0, bench.clock.now())
    assert again.close().position == at + 50.0
