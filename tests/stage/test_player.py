# SPDX-License-Identifier: MIT
"""The player alone, its unit a few lines of model: STOP at every moment of everything, and sentences that are so."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import UnitError
from followfocus.show.cues import After, Standby
from followfocus.show.show import Show
from followfocus.stage import events, orders
from followfocus.stage.events import Taken
from followfocus.stage.player import step
from followfocus.stage.prepare import hash_of
from followfocus.stage.rehearsal import Rehearsal
from followfocus.stage.state import Stage
from followfocus.stage.stateline import state_line
from followfocus.takes.slips import SlipVerdict
from followfocus.takes.takes import Verdict
from followfocus.unit.connect import open_unit
from followfocus.wire.evidence import UnitInfo, UnitStatus
from followfocus.wire.messages import Flag, State
from tests.stage.scenarios import holding, short, there_and_back, with_lead

READY = "Cue 1: A to B in 0.50 s. Space is GO."


@pytest.fixture(name="a_take", scope="module")
def _a_take() -> Taken:
    show = short()
    with open_unit(fast=True, rig=show.unit.rig(show.lenses[0].lens)) as unit:
        (taken,) = Rehearsal(unit, show).run(Standby(), 1)
    return taken


@pytest.fixture(name="info", scope="module")
def _info() -> UnitInfo:
    with open_unit(fast=True) as unit:
        assert unit.info is not None
        return unit.info


@dataclass
class Model:
    """A stage on a unit that does what it is told: what it is told, and what came of it."""

    stage: Stage
    taken: Taken
    given: list[orders.Order] = field(default_factory=list)
    loaded: str = ""

    def tell(self, event: events.StageEvent) -> tuple[orders.Order, ...]:
        """An event, and the orders that follow."""
        self.stage, asked = step(self.stage, event)
        self.given += asked
        armed = self.stage.state is State.ARMED
        line = state_line(self.stage)
        assert "Space" not in line.words or armed
        assert (line.word in ("ARMED", "HOLDING")) <= (armed or self.stage.busy)
        return asked

    def heard(self, state: State) -> tuple[orders.Order, ...]:
        """The unit is in a state now."""
        return self.tell(events.Heard(dataclasses.replace(self.stage.unit, state=state)))

    def finish(self, *, well: bool = True) -> tuple[orders.Order, ...]:
        """End the order under way."""
        order = self.stage.under_way
        if order is None:
            return ()
        if not well:
            return self.tell(events.Failed(order, self.loaded, UnitError("It won't.", "wont")))
        answer: Taken | SlipVerdict | None = None
        if isinstance(order, orders.LoadOrder):
            self.loaded = hash_of(order.plan)
        elif isinstance(order, orders.ArmOrder):
            self.heard(State.ARMED)
        elif isinstance(order, orders.DisarmOrder):
            self.heard(State.LOADED)
        elif isinstance(order, orders.Shoot):
            self.heard(State.PLAYING)
            self.heard(State.LOADED)
            answer = dataclasses.replace(self.taken, context=order.context, rehearsed=not order.counts)
        elif isinstance(order, orders.CheckSlip):
            answer = SlipVerdict(0, "No slip.")
        return self.tell(events.Done(order, self.loaded, answer))

    def stop(self) -> tuple[orders.Order, ...]:
        """STOP, and what it does to the unit."""
        asked = self.tell(events.StopGiven(self.stage.epoch + 1))
        if self.stage.state in (State.ARMED, State.PLAYING, State.MOVING):
            asked += self.heard(State.LOADED)
        return asked


def model(show: Show, taken: Taken, info: UnitInfo, after: After = After.REPEAT) -> Model:
    """A stage with a unit at rest that knows its position."""
    status = UnitStatus(connected=True, state=State.IDLE, ring_deg=82.5, flags=Flag.REFERENCED)
    return Model(Stage(show, after=after, info=info, unit=status), taken)


def armed_and_gone(m: Model) -> None:
    """ARM, and GO as soon as that can be pressed."""
    m.tell(events.ArmAsked())
    while m.stage.busy and m.stage.state is not State.ARMED:
        m.finish()
    while m.stage.busy:
        m.finish()
    m.tell(events.GoAsked())


ACTIVITIES: dict[str, tuple[Show, After, Callable[[Model], object]]] = {
    "arm": (short(), After.REPEAT, lambda m: m.tell(events.ArmAsked())),
    "back to one": (short(), After.REPEAT, lambda m: m.tell(events.BackAsked())),
    "slip check": (short(), After.REPEAT, lambda m: m.tell(events.SlipAsked())),
    "take": (short(), After.REPEAT, armed_and_gone),
    "take with a lead": (with_lead(0.4), After.REPEAT, armed_and_gone),
    "hold for GO": (holding(), After.REPEAT, armed_and_gone),
    "list that follows on": (there_and_back(0.9), After.LIST, armed_and_gone),
    "rehearsal with a hold": (
        holding(),
        After.REPEAT,
        lambda m: m.tell(events.RunAsked(events.TakeRun(counts=False, hold_s=1.0, returns=True))),
    ),
    "run of three": (short(), After.REPEAT, lambda m: m.tell(events.RunAsked(events.TakeRun(3, check_slips=True)))),
    "run through a list": (there_and_back(0.9), After.LIST, lambda m: m.tell(events.RunAsked(events.TakeRun(2)))),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIVITIES)
@pytest.mark.parametrize("late", [False, True], ids=["before the end of the order", "as the order ends"])
def test_stop_at_every_moment_is_the_end(name: str, late: bool, a_take: Taken, info: UnitInfo) -> None:
    show, after, begin = ACTIVITIES[name]
    moments = 0
    while True:
        m = model(show, a_take, info, after)
        begin(m)
        for _ in range(moments):
            m.finish()
        if not m.stage.busy:
            break
        if late:  # the order ends, its word is on the way, and STOP overtakes what was to follow
            order = m.stage.under_way
            assert order is not None
            m.stage, _lost = step(m.stage, events.StopGiven(m.stage.epoch + 1))
            asked = m.finish()
        else:
            asked = (*m.stop(), *m.finish(well=False))
        for _ in range(5):
            asked += (*m.heard(State.LOADED), *m.finish())
        assert asked == (), moments
        assert not m.stage.busy
        assert m.stage.run is None
        moments += 1
    assert moments >= 1, "the activity has no moment to try"


def test_what_was_stopped_is_not_told_as_going_on(a_take: Taken, info: UnitInfo) -> None:
    m = model(short(), a_take, info)
    m.tell(events.ArmAsked())
    m.finish()
    assert state_line(m.stage).words == "Loading the pull."
    m.stop()
    assert state_line(m.stage).words == "Stopped."


def test_after_stop_a_person_can_ask_again(a_take: Taken, info: UnitInfo) -> None:
    m = model(short(), a_take, info)
    m.tell(events.ArmAsked())
    m.stop()
    m.finish(well=False)
    assert m.tell(events.ArmAsked()) != ()
    while m.stage.busy:
        m.finish()
    assert m.stage.state is State.ARMED
    assert state_line(m.stage).words == READY


PERSONS = st.sampled_from([
    events.ArmAsked(), events.GoAsked(), events.BackAsked(), events.SlipAsked(), events.RunAsked(events.TakeRun(2)),
    events.RunAsked(events.TakeRun(counts=False, hold_s=1.0, returns=True)), events.CueChosen(0), events.CueChosen(1),
    events.ModeChosen(After.LIST), events.ModeChosen(After.REPEAT), events.ModeChosen(After.PINGPONG),
    events.Edited(there_and_back(0.9), 0, turned=False), events.Edited(there_and_back(None), 1, turned=True),
    events.Edited(short(1.0), 0, turned=False), events.PositionSaid(80.0), events.ClearAsked(),
])  # fmt: skip
UNITS = st.sampled_from(["ends well", "ends badly", *State])


@given(st.lists(PERSONS | UNITS, max_size=30), st.lists(UNITS, max_size=15))
def test_whatever_was_asked_nothing_is_ordered_after_stop(
    a_take: Taken, info: UnitInfo, before: list[events.StageEvent | str | State], then: list[str | State]
) -> None:
    m = model(there_and_back(0.9), a_take, info)
    for happening in before:
        _happens(m, happening)
    m.given.clear()
    m.stop()
    for happening in then:
        _happens(m, happening)
    assert m.given == []
    assert m.stage.run is None


MOTIONS = (
    orders.BackToOne, orders.ToAngle, orders.ArmOrder, orders.Shoot, orders.CheckSlip, orders.LoadOrder,
)  # fmt: skip
"""Orders that turn the ring or arm; and loading, which comes before them"""
NO_MOTION = st.sampled_from([
    events.Edited(there_and_back(None), 0, turned=False), events.Edited(short(1.0), 0, turned=False),
    events.Edited(there_and_back(0.9), 1, turned=True), events.CueChosen(0), events.CueChosen(1),
    events.ModeChosen(After.LIST), events.ModeChosen(After.REPEAT), events.GoAsked(), events.ArmAsked(on=False),
    events.GoAsked("MTC port", at_clock=10**9, in_s=0.5), events.CallOffAsked("Called off."), events.Noted("Read."),
])  # fmt: skip
"""All that a person or a cue's timecode, MIDI or REC may do without asking for a motion while nothing is armed"""


@given(st.sampled_from(sorted(ACTIVITIES)), st.integers(0, 9), st.lists(UNITS | NO_MOTION, max_size=15))
def test_after_stop_nothing_arms_or_turns_until_a_person_asks_for_it_however_late_the_unit_answers(
    a_take: Taken, info: UnitInfo, name: str, moment: int, then: list[events.StageEvent | str | State]
) -> None:
    """The unit's words of before the STOP come for as long as its line is slow: it still says that it is armed."""
    show, after, begin = ACTIVITIES[name]
    m = model(show, a_take, info, after)
    begin(m)
    for _ in range(moment):
        m.finish()
    m.given.clear()
    m.tell(events.StopGiven(m.stage.epoch + 1))
    for happening in then:
        _happens(m, happening)
    assert not [order for order in m.given if isinstance(order, MOTIONS)]


def test_an_edit_after_stop_arms_nothing_though_the_unit_has_not_answered_yet(a_take: Taken, info: UnitInfo) -> None:
    for after_stop in (events.Edited(short(1.0), 0, turned=False), events.CueChosen(1), events.GoAsked("MTC port")):
        m = model(there_and_back(None), a_take, info)
        m.tell(events.ArmAsked())
        while m.stage.busy:
            m.finish()
        m.given.clear()
        m.tell(events.StopGiven(m.stage.epoch + 1))
        m.tell(after_stop)
        assert m.given == []


def _happens(m: Model, happening: events.StageEvent | str | State) -> None:
    if happening == "ends well":
        m.finish()
    elif happening == "ends badly":
        m.finish(well=False)
    elif isinstance(happening, State):
        m.heard(happening)
    elif not isinstance(happening, str):
        m.tell(happening)


@pytest.mark.parametrize("verdict", [Verdict.STOPPED, Verdict.FAULTED, Verdict.LOST])
def test_nothing_follows_a_take_that_broke_off(verdict: Verdict, a_take: Taken, info: UnitInfo) -> None:
    m = model(there_and_back(0.9), a_take, info, After.LIST)
    m.taken = dataclasses.replace(a_take, take=dataclasses.replace(a_take.take, verdict=verdict))
    armed_and_gone(m)
    m.given.clear()
    m.finish()
    assert m.given == []
    assert m.stage.show.slate.take == 2


def test_orders_carry_the_epoch_they_were_asked_in(a_take: Taken, info: UnitInfo) -> None:
    m = model(short(), a_take, info)
    m.stop()
    m.stop()
    m.tell(events.ArmAsked())
    assert [order.epoch for order in m.given] == [2]
    numbers = [order.number for order in m.given]
    assert numbers == sorted(set(numbers))


def test_what_is_changed_while_armed_is_loaded_again(a_take: Taken, info: UnitInfo) -> None:
    m = model(short(), a_take, info)
    m.tell(events.ArmAsked())
    while m.stage.busy:
        m.finish()
    m.given.clear()
    m.tell(events.Edited(short(1.0), 0, turned=False))
    while m.stage.busy:
        m.finish()
    kinds = [type(order) for order in m.given]
    assert kinds == [orders.DisarmOrder, orders.Ready, orders.LoadOrder, orders.ArmOrder]
    assert state_line(m.stage).words == "Trimmed. Cue 1: A to B in 1.00 s. Space is GO."


def test_go_plays_only_what_was_armed(a_take: Taken, info: UnitInfo) -> None:
    m = model(short(), a_take, info)
    m.tell(events.GoAsked())
    assert state_line(m.stage).words == "Nothing moved: arm first (Return)."
    m.tell(events.ArmAsked())
    while m.stage.busy:
        m.finish()
    m.stage = m.stage.but(show=short(1.0))
    m.given.clear()
    m.tell(events.GoAsked())
    line = state_line(m.stage)
    assert (line.word, line.aside) == ("ARMED", "Changed since arming, nothing moved. Arm again.")
    assert m.given == []


def held(a_take: Taken, info: UnitInfo) -> Model:
    """A take that is in its hold, armed for the part that follows."""
    m = model(holding(), a_take, info)
    armed_and_gone(m)
    while m.stage.busy:
        m.finish()
    assert (m.stage.state, m.stage.at.part, m.stage.show.slate.take) == (State.ARMED, 1, 1)
    return m


NOWHERE = UnitStatus(connected=True, state=State.UNREFERENCED)


@pytest.mark.parametrize(
    "end",
    [events.StopGiven(1), events.CueChosen(0), events.Heard(NOWHERE), events.Returned(NOWHERE)],
    ids=["STOP", "another cue", "restarted", "back and restarted"],
)
def test_a_take_that_is_left_in_its_hold_has_used_its_number(
    a_take: Taken, info: UnitInfo, end: events.StageEvent
) -> None:
    m = held(a_take, info)
    m.tell(end)
    assert (m.stage.at.part, m.stage.show.slate.take) == (0, 2)
    m.tell(end)
    assert m.stage.show.slate.take == 2


def test_a_hold_outlives_a_short_silence_and_a_disarming_and_says_so(a_take: Taken, info: UnitInfo) -> None:
    m = held(a_take, info)
    before = m.stage.unit
    m.tell(events.Gone(""))
    m.tell(events.Returned(dataclasses.replace(before, state=State.LOADED)))
    m.tell(events.Noted(""))
    assert (m.stage.at.part, m.stage.show.slate.take) == (1, 1)
    assert state_line(m.stage).words == "In the hold on B. Return arms B to C, Backspace begins anew."
    m.tell(events.BackAsked())
    assert (m.stage.at.part, m.stage.show.slate.take) == (0, 2)


@pytest.mark.parametrize(("begun", "take"), [(True, 2), (False, 1)])
def test_a_refused_take_has_used_its_number_where_it_is_in_the_log(
    a_take: Taken, info: UnitInfo, begun: bool, take: int
) -> None:
    m = model(short(), a_take, info)
    armed_and_gone(m)
    order = m.stage.under_way
    assert isinstance(order, orders.Shoot)
    m.tell(events.Failed(order, m.loaded, UnitError("It is not armed.", "not_armed"), begun=begun))
    assert m.stage.show.slate.take == take


@pytest.mark.parametrize("marks_deg", [(60.0, 60.0), (0.0, 290.0)])
def test_a_unit_is_made_ready_and_its_ring_placed_whatever_the_show_holds(
    marks_deg: tuple[float, float], a_take: Taken, info: UnitInfo
) -> None:
    """Two marks at one place, or too quick a pull: neither keeps the unit from being used."""
    show = short(0.1)
    pull = show.pulls[0]
    marks = tuple(dataclasses.replace(m, ring_deg=deg) for m, deg in zip(pull.marks, marks_deg, strict=True))
    m = model(show.with_pull(dataclasses.replace(pull, marks=marks)), a_take, info)
    asked = m.tell(events.Met(info))
    assert [type(order) for order in asked] == [orders.Ready]
    m.finish()
    m.heard(State.UNREFERENCED)
    assert [type(order) for order in m.tell(events.PositionSaid(12.0))] == [orders.Ready]
