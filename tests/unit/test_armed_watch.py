# SPDX-License-Identifier: MIT
"""An armed unit whose host has gone: what is said of it as the link is lost, and once it is heard again."""

from __future__ import annotations

import dataclasses

import pytest

from followfocus.unit.armed import ArmedWatch
from followfocus.wire.events import Down, Greeted, ResetNoticed, Said, StopUnanswered
from followfocus.wire.link import Told
from followfocus.wire.messages import Cause, Fault, HelloReply, ResetCause, Safety, State, StateChanged, Telemetry
from tests.wire.test_requests import blank

LOST = Down("The cable is out.")
HELLO = blank(HelloReply)
assert isinstance(HELLO, HelloReply)
BACK = Greeted(HELLO, again=True)
TWO_SECONDS = Safety(2, 100)
RESET = ResetNoticed(7, ResetCause.WATCHDOG)


def at(state: State) -> Said:
    """A status."""
    status = blank(Telemetry)
    assert isinstance(status, Telemetry)
    return Said(dataclasses.replace(status, state=state), 1.0)


def now(state: State, before: State = State.LOADED) -> Said:
    """A change of state."""
    return Said(StateChanged(5, before, state, Cause.NONE, Fault.NONE, 0), 1.0)


def story(*told: Told, safety: Safety | None = TWO_SECONDS) -> tuple[list[str], list[str]]:
    """The words at each loss of the link, and each word that the unit disarmed itself."""
    watch = ArmedWatch(lambda: safety)
    losses, disarmed = [], []
    for event in told:
        error = watch.disarmed(event)
        if error is not None:
            assert (error.reason, error.remedy) == ("silence", "Arm again.")
            disarmed.append(error.message)
        heard = watch.hear(event)
        if isinstance(heard, Down):
            losses.append(heard.words)
        else:
            assert heard is event
    return losses, disarmed


SAYS = "The cable is out. It was armed: it disarms itself when it has heard nothing for 2 s."
DISARMED = "The unit disarmed itself: it had heard nothing from this computer."


@pytest.mark.parametrize("armed", [at(State.ARMED), now(State.ARMED)])
def test_what_an_armed_unit_will_do_is_said_as_the_link_is_lost(armed: Said) -> None:
    assert story(armed, LOST) == ([SAYS], [])
    assert story(armed, LOST, LOST) == ([SAYS, "The cable is out."], [])
    assert story(armed, LOST, safety=Safety(0, 100))[0] == [
        "The cable is out. It was armed: it stays armed until someone disarms it."
    ]
    assert story(armed, LOST, safety=None)[0] == ["The cable is out."]


@pytest.mark.parametrize("state", [state for state in State if state is not State.ARMED])
def test_of_a_unit_that_is_not_armed_any_more_nothing_is_said(state: State) -> None:
    for after in (at(state), now(state, State.ARMED)):
        assert story(at(State.ARMED), after, LOST, BACK, at(State.LOADED)) == (["The cable is out."], [])


@pytest.mark.parametrize("between", [
    (LOST, BACK), (LOST, LOST, BACK), (LOST, BACK, LOST, BACK), (LOST, at(State.ARMED), BACK),
    (LOST, BACK, StopUnanswered()), (LOST, BACK, now(State.LOADED, State.ARMED)),
])  # fmt: skip
def test_that_it_disarmed_itself_is_told_once_and_with_the_first_status(between: tuple[Told, ...]) -> None:
    heard = (at(State.ARMED), *between, at(State.LOADED), at(State.LOADED))
    assert story(*heard)[1] == [DISARMED]
    assert story(*heard, LOST, BACK, at(State.LOADED))[1] == [DISARMED]


def test_before_anything_is_known_of_it_nothing_is_said() -> None:
    assert story(LOST, BACK, at(State.LOADED)) == (["The cable is out."], [])


def test_a_status_from_before_the_greeting_may_have_waited_in_a_buffer() -> None:
    assert story(at(State.ARMED), LOST, at(State.LOADED), at(State.LOADED))[1] == []
    # The second loss makes what comes after it old again.
    assert story(at(State.ARMED), LOST, BACK, LOST, at(State.LOADED))[1] == []


@pytest.mark.parametrize("state", [state for state in State if state is not State.LOADED])
def test_what_else_became_of_it_its_status_says(state: State) -> None:
    assert story(at(State.ARMED), LOST, BACK, at(state), at(State.LOADED))[1] == []


def test_after_a_restart_it_is_not_armed_and_has_not_disarmed_itself() -> None:
    assert story(at(State.ARMED), LOST, BACK, RESET, at(State.LOADED))[1] == []
    assert story(at(State.ARMED), RESET, LOST, BACK, at(State.LOADED)) == (["The cable is out."], [])
