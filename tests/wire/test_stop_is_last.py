# SPDX-License-Identifier: MIT
"""After the last STOP nothing is armed: whatever was asked before it, whatever the line loses, however late it is."""

from __future__ import annotations

from itertools import chain, repeat

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from followfocus.wire.events import Dropped, Replied, Why
from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import Ack, Arm, GetStatus, Message, ProfileData, SetLimits, SetPosition, State
from followfocus.wire.stopping import STOP_PATIENCE_S
from tests.sim.driver import begin_of, steady
from tests.support.lossy import ACTIONS, Bench
from tests.wire.test_session import commands_in

ARM = Arm(1, 0)
SEGMENTS = (steady(16_000, 10),)
COMMANDS: tuple[Message, ...] = (
    SetPosition(0), SetLimits(-1000, 1000), begin_of(SEGMENTS), ProfileData(0, SEGMENTS),
)  # fmt: skip
GAPS_S = (0.0, 0.0005, 0.0015, 0.003, 0.03, 0.049, 0.06, 0.3, 1.2)
lines = st.lists(st.sampled_from([action for action in ACTIONS if action != "twice"]), max_size=12)
asks = st.lists(st.tuples(st.sampled_from(["arm", "stop", "hard"]), st.sampled_from(GAPS_S)), max_size=8)


def loaded() -> Bench:
    """A unit with a pull in it."""
    bench = Bench().ready()
    for command in COMMANDS:
        reply = bench.outcome(bench.ask(command))
        assert isinstance(reply, Replied)
    assert bench.unit.state is State.LOADED
    return bench


def sent(bench: Bench) -> list[Message]:
    """The commands that were sent since the pull was loaded."""
    return [message for _, data in bench.sent for message in commands_in(data)]


def press(bench: Bench, what: str) -> None:
    """ARM or STOP, now."""
    if what == "arm":
        bench.session.request(ARM)
    else:
        bench.session.stop(bench.now_s, hard=what == "hard")
    bench.step()


@settings(max_examples=300, deadline=None)
@given(asks, st.sampled_from(["stop", "hard"]), lines, lines, st.sampled_from([0.001, 0.03, 0.4, 2.0]))
@example([("stop", 0.003), ("arm", 0.0005)], "stop", [], [], 0.03)
@example([("stop", 0.06), ("arm", 0.003)], "stop", ["keep", "keep", "keep", "drop"], [], 0.03)
def test_after_the_last_stop_nothing_is_armed_on_any_line(
    asked: list[tuple[str, float]], last: str, up: list[str], down: list[str], flight_s: float
) -> None:
    bench = loaded()
    bench.up.actions, bench.down.actions = chain(up, repeat("keep")), chain(down, repeat("keep"))
    bench.up.flight_s = bench.down.flight_s = flight_s
    for what, gap_s in asked:
        press(bench, what)
        bench.wait(gap_s)
    press(bench, last)
    bench.wait(12.0)
    assert bench.unit.state is State.LOADED
    assert not bench.session.stopping


def test_a_move_waits_for_the_answer_to_a_stop_and_nothing_else_does() -> None:
    bench = loaded()
    bench.down.cut = True
    press(bench, "stop")
    question, arm = bench.session.request(GetStatus()), bench.session.request(ARM)
    bench.wait(0.3)
    assert [type(message) for message in sent(bench)[-2:]] == [GetStatus, GetStatus]
    bench.down.cut = False
    assert isinstance(bench.outcome(question), Replied)
    reply = bench.outcome(arm)
    assert isinstance(reply, Replied)
    assert isinstance(reply.message, Ack)
    assert bench.unit.state is State.ARMED


def test_a_unit_that_leaves_a_stop_unanswered_for_a_second_is_given_nothing_that_moves() -> None:
    bench = loaded()
    bench.down.cut = True
    press(bench, "stop")
    waits = bench.session.request(ARM)
    assert bench.outcome(waits) == Dropped(waits, Why.UNSTOPPED, sent=False)
    assert bench.now_s == pytest.approx(STOP_PATIENCE_S, abs=0.2)
    later = bench.session.request(ARM)
    assert bench.outcome(later) == Dropped(later, Why.UNSTOPPED, sent=False)
    bench.down.cut = False
    assert bench.until(lambda: not bench.session.stopping)
    assert isinstance(bench.outcome(bench.ask(ARM)), Replied)


def test_a_stop_takes_a_move_back_that_waits_for_an_earlier_one() -> None:
    bench = loaded()
    bench.down.cut = True
    press(bench, "stop")
    arm = bench.session.request(ARM)
    press(bench, "stop")
    bench.down.cut = False
    assert bench.outcome(arm) == Dropped(arm, Why.STOPPED, sent=False)
    bench.wait(1.0)
    assert not [message for message in sent(bench) if isinstance(message, Arm)]


@pytest.mark.parametrize("ago_s", [0.5, 6.0])
def test_answers_that_never_came_keep_no_later_stop_unanswered(ago_s: float) -> None:
    """Of those that may still be on the line each costs one repeat; after five seconds they were lost."""
    bench = loaded()
    bench.down.actions = chain(["drop", "drop"], repeat("keep"))
    press(bench, "stop")
    assert bench.until(lambda: not bench.session.stopping, 1.0)
    bench.wait(ago_s)
    before = stops(bench)
    press(bench, "stop")
    assert bench.until(lambda: not bench.session.stopping, 0.2)
    assert stops(bench) - before == (3 if ago_s < 5.0 else 1)


def stops(bench: Bench) -> int:
    """How many stops have been sent."""
    return sum(data.count(STOP_BYTES) + data.count(HARD_STOP_BYTES) for _, data in bench.sent)
