# SPDX-License-Identifier: MIT
"""A person at the player, drawn from a seed: whatever is asked for and whenever, it orders and says what it did."""

from __future__ import annotations

import dataclasses
import random

import pytest

from followfocus.errors import FollowFocusError, LineError, UnitError
from followfocus.show.cues import After, Standby
from followfocus.show.show import Show
from followfocus.stage import (
    chains,
    events,
    facts,
    orders,
    prepare,
    sentences,
    state,
    stateline,
)
from followfocus.stage.delays import KEPT, SourceDelays
from followfocus.stage.events import HandPart, Taken
from followfocus.stage.player import step
from followfocus.stage.prepare import hash_of
from followfocus.stage.rehearsal import Rehearsal
from followfocus.stage.run import motor_words
from followfocus.stage.sentences import doing, doing_words, not_ready, short_fault, state_word, under_way_words
from followfocus.stage.state import Stage
from followfocus.stage.stateline import Seen, ends, state_line
from followfocus.takes.slips import SlipVerdict
from followfocus.takes.takes import Verdict
from followfocus.unit.connect import open_unit
from followfocus.wire.evidence import UnitInfo, UnitStatus
from followfocus.wire.messages import Fault, Flag, State
from tests.stage.scenarios import holding, short, there_and_back, with_hand, with_lead
from tests.support.golden import Cell, assert_goes_as_it_did
from tests.support.shows import full_show

Row = tuple[Cell, ...]
PARTS = (chains, events, facts, orders, prepare, sentences, state, stateline)
"""The modules that have a word in these walks"""
SHOWS: dict[str, Show] = {
    "list": there_and_back(0.9), "on-go": there_and_back(None), "holds": holding(), "lead": with_lead(0.4),
    "hand": with_hand("ride ±5 cm, keep"), "full": full_show(),
}  # fmt: skip


@pytest.fixture(name="played", scope="module")
def _played() -> tuple[Taken, UnitInfo]:
    show = short()
    with open_unit(fast=True, rig=show.unit.rig(show.lenses[0].lens)) as unit:
        (taken,) = Rehearsal(unit, show).run(Standby(), 1)
        assert unit.info is not None
        return taken, unit.info


class Walk:
    """A stage, a unit of a few lines, and the rows of what was ordered and said."""

    def __init__(self, seed: int, show: Show, played: tuple[Taken, UnitInfo]) -> None:
        self.draw = random.Random(seed)
        self.taken, info = played
        status = UnitStatus(connected=True, state=State.IDLE, ring_deg=82.5, flags=Flag.REFERENCED)
        self.stage = Stage(show, after=self.draw.choice(tuple(After)), info=info, unit=status)
        self.loaded = ""
        self.rows: list[Row] = []

    def tell(self, event: events.StageEvent) -> None:
        """An event, the orders that follow, and how it stands."""
        self.stage, asked = step(self.stage, event)
        stage = self.stage
        for order in asked:
            figures = [
                f"{name}={value!r}" for field in dataclasses.fields(order)
                if isinstance(value := getattr(order, name := field.name), int | float | str | bool | None)
            ]  # fmt: skip
            plan = hash_of(order.plan) if isinstance(order, orders.LoadOrder) else ""
            self.rows.append(("order", type(order).__name__, " ".join(figures), plan))
        draw = self.draw
        seen = Seen(
            connection=draw.choice(("connected", "connecting", "lost", "none")), unanswered=draw.random() < 0.05,
            left_s=draw.choice((None, 0.44)), aside=draw.choice(("", "aside")),
            warning=draw.choice(("", "", "Too quick.")),
            hint=draw.choice(("", "Hint.")), outside=draw.random() < 0.5,
        )  # fmt: skip
        line = state_line(stage, seen)
        self.rows.append((
            type(event).__name__, stage.state.name if stage.state else None, repr(stage.at), stage.epoch, stage.busy,
            stage.plays, repr(stage.note), len(stage.queue), stage.show.slate.take, repr(stage.run),
            str(stage.ended or ""), repr(stage.landed), doing_words(stage), under_way_words(stage), *ends(stage),
            doing(stage), state_word(stage.unit), not_ready(stage.unit),
        ))  # fmt: skip
        self.rows.append(
            (line.word, line.sign.name, line.words, line.aside, line.mend.name if line.mend else None, line.trouble)
        )

    def heard(self, state: State, **changes: object) -> None:
        """The unit is in a state now."""
        status = dataclasses.replace(self.stage.unit, state=state, **changes)  # type: ignore[arg-type]
        self.tell(events.Heard(status))

    def finishes(self) -> None:
        """The order under way ends, well or not."""
        draw, order = self.draw, self.stage.under_way
        if order is None:
            return
        if draw.random() < 0.12:
            error: FollowFocusError = draw.choice((UnitError("It won't.", "wont"), LineError("Gone.")))
            stopped = draw.random() < 0.3
            self.tell(events.Failed(order, self.loaded, error, stopped=stopped, begun=draw.choice((0, 3))))
            return
        answer: Taken | SlipVerdict | None = None
        if isinstance(order, orders.LoadOrder):
            self.loaded = hash_of(order.plan)
        elif isinstance(order, orders.ArmOrder):
            self.heard(State.ARMED)
        elif isinstance(order, orders.DisarmOrder):
            self.heard(State.LOADED)
        elif isinstance(order, orders.Shoot):
            self.heard(State.PLAYING)
            self.heard(State.LOADED, ring_deg=draw.uniform(0, 300))
            answer = self.made(order)
        elif isinstance(order, orders.CheckSlip):
            answer = draw.choice((SlipVerdict(0, "No slip."), SlipVerdict(4, "It slipped."), SlipVerdict(None, "?")))
        self.tell(events.Done(order, self.loaded, answer, draw.choice(("", "", "", "Half done."))))

    def made(self, order: orders.Shoot) -> Taken:
        """The take of an order: any verdict, with a hand or without."""
        draw = self.draw
        verdict = draw.choice((Verdict.GOOD, Verdict.GOOD, Verdict.GOOD, *Verdict))
        take = dataclasses.replace(
            self.taken.take, take=order.take, verdict=verdict, start_clock=1_000_000 * draw.randrange(9),
            last_edge_ticks=draw.choice((None, 8_000_000)), landing_error_half_dof=draw.choice((None, 0.2, -1.4)),
        )  # fmt: skip
        hand = None
        if order.hand is not None or draw.random() < 0.1:
            hand = HandPart(
                "ride", draw.random() < 0.7, draw.choice((0.0, 1.5, -2.0)), 0.01, "", "", draw.choice((None, 99))
            )
        return dataclasses.replace(
            self.taken, take=take, context=order.context, rehearsed=not order.counts, hand=hand,
            trouble=draw.choice(("", "", "", "The log can't be written.")), after_landing_s=draw.choice((None, 0.9)),
        )  # fmt: skip

    def asks(self) -> None:
        """Something that a person, the unit or the line does."""
        draw, stage = self.draw, self.stage
        cue = draw.randrange(len(stage.show.cues))
        run = events.TakeRun(
            draw.choice((0, 1, 3)), counts=draw.random() < 0.5, hold_s=draw.choice((0.0, 0.7)),
            returns=draw.random() < 0.5, check_slips=draw.random() < 0.3, cued=draw.random() < 0.2, first=stage.at,
        )  # fmt: skip
        pull = stage.show.pulls[0]
        edited = stage.show.with_pull(dataclasses.replace(pull, duration_s=draw.choice((0.5, 0.8, 2.5))))
        what: events.StageEvent = draw.choice((
            events.ArmAsked(), events.ArmAsked(), events.GoAsked(), events.GoAsked(),
            events.GoAsked("cue", "01:00:00:00"),
            events.GoAsked(at_clock=5_000_000, in_s=0.25), events.CallOffAsked("Called off."), events.RingAsked(44.0),
            events.StopGiven(stage.epoch + draw.randrange(2)), events.BackAsked(), events.RunAsked(run),
            events.SlipAsked(), events.PositionSaid(12.0), events.ClearAsked(),
            events.Edited(edited, cue, draw.random() < 0.3), events.CueChosen(cue + draw.choice((-9, 0, 9))),
            events.ModeChosen(draw.choice(tuple(After))),
            events.Noted("Noted.", draw.random() < 0.3, draw.random() < 0.5),
            events.Moved(draw.choice(("", self.loaded))), events.Gone(draw.choice(("", "Gone.")), draw.random() < 0.5),
        ))  # fmt: skip
        self.tell(what)

    def turns(self) -> None:
        """The unit does something by itself, or comes back."""
        draw = self.draw
        states = (State.IDLE, State.LOADED, State.ARMED, State.UNREFERENCED, State.FAULT, State.MOVING, State.STOPPING)
        to = draw.choice(states)
        flags = Flag(0) if to is State.UNREFERENCED else Flag.REFERENCED
        status = UnitStatus(connected=True, state=to, ring_deg=draw.choice((None, 82.5, 40.0)), flags=flags,
                            fault=Fault.STALL if to is State.FAULT else Fault.NONE)  # fmt: skip
        info = self.stage.info
        assert info is not None
        self.tell(draw.choice((events.Heard(status), events.Heard(status), events.Returned(status), events.Met(info))))
        self.rows.append(("motor", motor_words(status), motor_words(dataclasses.replace(status, connected=False))))


@pytest.mark.parametrize("name", SHOWS)
def test_the_player_orders_what_it_did(name: str, played: tuple[Taken, UnitInfo]) -> None:
    assert all(part.__doc__ for part in PARTS)
    walk = Walk(len(name), SHOWS[name], played)
    for number in range(170):
        walk.draw.choice(
            (walk.finishes, walk.finishes, walk.finishes, walk.asks, walk.asks, walk.turns)[: 5 + (number % 4 == 0)]
        )()
        if number % 30 == 29:
            status = UnitStatus(connected=True, state=State.IDLE, ring_deg=82.5, flags=Flag.REFERENCED)
            walk.tell(events.StopGiven(walk.stage.epoch + 1))
            walk.tell(events.Heard(status))
    assert_goes_as_it_did(f"player-{name}", walk.rows)


def test_a_fault_is_as_short_as_it_was() -> None:
    rows: list[Row] = [(fault.name, short_fault(fault)) for fault in Fault if fault is not Fault.NONE]
    assert_goes_as_it_did("short-faults", rows)


@pytest.mark.parametrize(("lead_s", "start_clock", "by", "host_s", "kept"), [
    (0.0, 500, "cue", 12.25, [250.0]), (0.4, 500, "cue", 12.25, []), (0.0, 0, "cue", 12.25, []),
    (0.0, 500, "", 12.25, []), (0.0, 500, "cue", None, []),
])  # fmt: skip
def test_how_late_a_take_from_outside_began_is_kept(
    played: tuple[Taken, UnitInfo], lead_s: float, start_clock: int, by: str, host_s: float | None, kept: list[float]
) -> None:
    taken, _ = played
    taken = dataclasses.replace(
        taken, take=dataclasses.replace(taken.take, start_clock=start_clock),
        context=dataclasses.replace(taken.context, started_by=by),
    )  # fmt: skip
    found = SourceDelays()
    found.taken(taken, lead_s, lambda _clock: host_s)
    assert found.kept_ms == {}, "nobody has asked"
    for _ in range(2):
        found.asked("osc", 12.0)
    found.taken(taken, lead_s, lambda clock: host_s if clock == start_clock else None)
    found.taken(taken, lead_s, lambda _clock: host_s)
    assert list(found.kept_ms.get("osc", [])) == kept, "a word from outside is one take's"


def test_the_latest_delays_are_kept(played: tuple[Taken, UnitInfo]) -> None:
    taken = dataclasses.replace(played[0], context=dataclasses.replace(played[0].context, started_by="x"))
    found = SourceDelays()
    for number in range(KEPT + 3):
        found.asked("osc", 0.0)
        found.taken(taken, 0.0, lambda _clock, at_s=number: float(at_s))
    assert list(found.kept_ms["osc"]) == [1e3 * number for number in range(3, KEPT + 3)]
