# SPDX-License-Identifier: MIT
"""The state line: every state its own word and sign, and nothing lower ever covers what is higher."""

from __future__ import annotations

import dataclasses

import pytest

from followfocus.lens.map import load_lens
from followfocus.show.cue_hand import parse_hand
from followfocus.show.cues import After, Standby, added
from followfocus.show.show import Show, new_show
from followfocus.stage import events, orders
from followfocus.stage.events import TakeRun
from followfocus.stage.orders import ArmOrder, BackToOne, Shoot, Wait
from followfocus.stage.player import step
from followfocus.stage.state import Note, Stage
from followfocus.stage.stateline import PLAYS_ON, Mend, Seen, Sign, StateLine, state_line
from followfocus.takes.context import TakeContext
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import Fault, State

LENS = load_lens("ideal-50")


def named() -> Show:
    show = new_show("Table", LENS)
    pull = show.pulls[0]
    marks = tuple(dataclasses.replace(m, name=n) for m, n in zip(pull.marks, ("Anna", "door"), strict=True))
    return show.with_pull(dataclasses.replace(pull, marks=marks))


def stage(state: State | None, *, ring_deg: float | None = 0.0, **changes: object) -> Stage:
    status = UnitStatus(connected=state is not None, state=state, ring_deg=ring_deg, fault=Fault.STALL)
    return Stage(named(), unit=status).but(**changes)


def shown(line: StateLine) -> tuple[str, Sign]:
    return line.word, line.sign


REFUSED = Note("A is locked. L unlocks it.", trouble=True, passing=True)


def test_from_stop_unanswered_down_to_ready_each_covers_what_is_below() -> None:
    bad = Seen(warning="Too quick: 0.49 s is the least.")
    silent = Seen(unanswered=True)
    falling = [
        (stage(State.FAULT, note=REFUSED), silent, "NO ANSWER"),
        (stage(State.FAULT, note=REFUSED), bad, "FAULT"),
        (stage(None, note=REFUSED), bad, "NO UNIT"),
        (stage(State.UNREFERENCED, note=REFUSED), bad, "WHERE?"),
        (stage(State.PLAYING, note=REFUSED), bad, "PLAYING"),
        (stage(State.ARMED, note=REFUSED), bad, "ARMED"),
    ]
    for at, seen, word in falling:
        assert state_line(at, seen).word == word
        assert REFUSED.words not in state_line(at, seen).words or word == "NO UNIT"
    at_rest = stage(State.IDLE)
    assert state_line(at_rest.but(note=REFUSED), bad).words == REFUSED.words
    assert state_line(at_rest, bad).words == bad.warning
    assert state_line(at_rest, Seen(hint="Turn to your first subject.")).words == "Turn to your first subject."
    assert state_line(at_rest).words == "Return arms cue 1: Anna to door."


@pytest.mark.parametrize(
    ("made", "word", "sign", "words"),
    [
        (stage(State.IDLE, ring_deg=300.0 * 0.55 / 2.0), "READY", Sign.RING, "The ring stands on A, Anna. Return"),
        (stage(State.ARMED), "ARMED", Sign.DIAMOND, "Cue 1: Anna to door in 2.00 s. Space is GO."),
        (stage(State.PLAYING), "PLAYING", Sign.TRIANGLE, "Anna to door. Esc stops."),
        (stage(State.PLAYING, run=TakeRun(counts=False)), "REHEARSING", Sign.TRIANGLE, "Anna to door. Esc stops."),
        (stage(State.STOPPING), "STOPPING", Sign.TRIANGLE, "The ring slows down."),
        (stage(State.MOVING), "MOVING", Sign.TRIANGLE, "It follows your hand. STOP ends it."),
        (stage(State.MOVING, under_way=BackToOne(1, 0)), "MOVING", Sign.TRIANGLE, "Going back to one. STOP ends it."),
        (stage(State.IDLE, under_way=ArmOrder(1, 0)), "LOADING", Sign.TRIANGLE, "Loading the pull."),
        (stage(State.FAULT), "FAULT", Sign.WARNING, "The ring ran into something. Look, then clear it."),
        (stage(State.UNREFERENCED), "WHERE?", Sign.WARNING, "Read the ring off the lens and type it, or calibrate."),
        (stage(None), "NO UNIT", Sign.STRUCK, "No motor yet. Plan away; plug the unit in to shoot."),
        (stage(None, under_way=Shoot(1, 0, 1, TakeContext())), "NO UNIT", Sign.STRUCK, PLAYS_ON),
    ],
)  # fmt: skip
def test_every_state_has_a_word_a_sign_and_a_sentence(made: Stage, word: str, sign: Sign, words: str) -> None:
    line = state_line(made)
    assert shown(line) == (word, sign)
    assert line.words.startswith(words)
    assert len(line.words) <= 70


def test_a_count_is_told_and_so_is_a_hold() -> None:
    counting = stage(State.ARMED).but(under_way=Wait(1, 0, seconds=3.0), queue=(Shoot(2, 0, 1, TakeContext()),))
    line = state_line(counting, Seen(left_s=2.44))
    assert shown(line) == ("COUNTING", Sign.DIAMOND)
    assert line.words == "Cue 1 goes in 2.4 s. Esc stops the count."
    show = named()
    pull = show.pulls[0]
    third = dataclasses.replace(pull.marks[0], ring_deg=60.0, name="Ben")
    door = dataclasses.replace(pull.marks[1], hold_for_go=True)
    held = show.with_pull(dataclasses.replace(pull, marks=(pull.marks[0], door, third)))
    holding = state_line(stage(State.ARMED, show=held, at=Standby(0, 1)))
    assert shown(holding) == ("HOLDING", Sign.BARS)
    assert holding.words.startswith("On door. Space goes on to Ben, ")


def test_armed_keeps_its_sentence_and_puts_a_refusal_beside_it() -> None:
    line = state_line(stage(State.ARMED, note=REFUSED))
    assert line.words == "Cue 1: Anna to door in 2.00 s. Space is GO."
    assert line.aside == REFUSED.words


@pytest.mark.parametrize(
    ("hand", "words"),
    [
        ("ride 5cm", "Hand rides, ±5 cm."),
        ("ride keep", "Hand rides, ±15° of the ring, kept."),
        ("take over", "Touch the wheel to take over."),
        ("scrub", "The wheel plays it."),
    ],
)
def test_what_a_wheel_does_is_said_armed_and_while_it_plays(hand: str, words: str) -> None:
    show = named()
    show = dataclasses.replace(show, cues=(dataclasses.replace(show.cues[0], **parse_hand(hand)),))
    line = state_line(stage(State.ARMED, show=show))
    assert line.words == f"Cue 1: Anna to door in 2.00 s. {words} Space is GO."
    order = Shoot(1, 0, 1, TakeContext(), hand=show.cues[0].wheel)
    line = state_line(stage(State.MOVING, show=show, under_way=order))
    assert (line.word, line.words) == ("PLAYING", f"Anna to door. {words} Esc stops.")


def test_what_comes_next_stands_beside_it() -> None:
    show = added(named(), 0, way_back=True)
    line = state_line(stage(State.ARMED, show=show, after=After.LIST))
    assert line.aside.startswith("next: 2")


def test_what_mends_it_is_offered_and_only_there() -> None:
    offers = {state: state_line(stage(state)).mend for state in (State.FAULT, State.UNREFERENCED, None, State.IDLE)}
    assert offers == {State.FAULT: Mend.CLEAR, State.UNREFERENCED: Mend.PLACE, None: Mend.FIND, State.IDLE: Mend.NONE}


@pytest.mark.parametrize(
    ("note", "asks_nothing"),
    [
        (Note(), False), (Note("The slate is 27A take 2."), True), (Note("No.", trouble=True), False),
        (Note("door sharp.", landed=True), False),
    ],
)  # fmt: skip
def test_a_note_goes_by_itself_where_it_asks_nothing(note: Note, asks_nothing: bool) -> None:
    assert note.asks_nothing is asks_nothing


def test_a_landing_is_told_also_where_its_take_is_not_known_any_more() -> None:
    line = state_line(stage(State.IDLE, note=Note("door sharp.", landed=True)))
    assert (line.word, line.sign, line.words) == ("LANDED", Sign.WARNING, "door sharp.")


def test_what_came_to_light_as_the_unit_was_met_stands_beside_what_is_worse_and_is_not_mended_away() -> None:
    news = events.Noted("Its settings are lost.", trouble=True, news=True)
    met, _ = step(stage(State.UNREFERENCED), news)
    assert shown(state_line(met)) == ("WHERE?", Sign.WARNING)
    assert state_line(met).aside == news.words
    placed, _ = step(met, events.Heard(stage(State.IDLE).unit))
    assert state_line(placed).words == news.words
    refused, _ = step(stage(State.UNREFERENCED), events.Noted("Read the ring.", trouble=True))
    assert state_line(refused).aside == " "
    mended, _ = step(refused, events.Heard(stage(State.IDLE).unit))
    assert mended.note == Note()


def test_why_an_answer_to_where_the_ring_stands_is_not_taken_is_said_beside_the_question() -> None:
    asked, refused = stage(State.UNREFERENCED), REFUSED.words
    said, _ = step(asked, events.Noted(refused, trouble=True, passing=True))
    assert (state_line(said).word, state_line(said).aside) == ("WHERE?", refused)
    again, _ = step(asked, events.Noted(state_line(asked).words, trouble=True, passing=True))
    assert state_line(again).aside == " ", "the question itself is not said twice"
    stalled, _ = step(stage(State.FAULT), events.Noted(refused, trouble=True, passing=True))
    assert state_line(stalled).aside == " "


@pytest.mark.parametrize(
    ("note", "is_over"),
    [
        (Note("It stopped on its way. Turn it again.", trouble=True), True), (Note("B sharp.", landed=True), True),
        (REFUSED, False), (Note("Its settings are lost.", trouble=True, news=True), False),
        (Note("The motor has slipped.", trouble=True, place=True), False), (Note("Recording by hand."), False),
    ],
)  # fmt: skip
def test_a_hand_that_turns_the_ring_on_ends_what_was_said_of_its_last_end(note: Note, is_over: bool) -> None:
    rests = stage(State.IDLE, note=note)
    turned, _ = step(rests, events.Heard(stage(State.MOVING).unit))
    assert (turned.note == Note()) is is_over
    assert step(rests, events.Heard(rests.unit))[0].note == note
    # A job of the desk's own is no hand: whoever asked for it has been answered already.
    sent = rests.but(under_way=orders.BackToOne(1, 0))
    assert step(sent, events.Heard(stage(State.MOVING).unit))[0].note == note
