# SPDX-License-Identifier: MIT
"""Playing cues, and nothing else: (stage, event) → (stage, orders). No unit, no thread, no clock.

One order is under way at a time; the rest wait in the stage's queue, where STOP finds them. The rules:

- An order that ends sends the next of the queue. One that fails, or ends in an epoch that is over, empties it.
- STOP begins a new epoch: the queue is empty, no run goes on, and only what a person asks for afterwards is ordered.
- A take is kept by the order that shoots it, whatever came meanwhile. What follows from it follows only in its epoch.
- What is on the unit is known by the plan's hash, as told with the end of every order; nothing is played that was not
  armed, and what was changed while it loaded is loaded again.
- Times of the unit are ticks of its own clock: a follow-on starts so many ticks after the landing, wherever it is
  played from.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from followfocus.errors import FollowFocusError, JobError, LineError, UnitError
from followfocus.show.cues import Standby, standing_cue
from followfocus.stage import events, orders
from followfocus.stage.chains import load_chain, play, shoot_at, shoot_chain, stand_by
from followfocus.stage.following import on_landing
from followfocus.stage.lens_on import as_for_lens, hear_of_place, on_another_lens
from followfocus.stage.sentences import NOT_REFERENCED, RESTARTED, doing_words, not_ready, under_way_words
from followfocus.stage.state import AT_HAND, Note, Stage
from followfocus.takes.slips import SlipVerdict
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus.wire.refusals import faulted, unplaced

StageAnswer = tuple[Stage, tuple[orders.Order, ...]]


def step(stage: Stage, event: events.StageEvent) -> StageAnswer:
    """Take an event in: how things stand now, and the orders that follow."""
    before = stage.numbered
    stage, event = hear_of_place(stage, event)
    stage = as_for_lens(_HANDLERS[type(event)](stage, event))
    at_once = tuple(order for order in stage.queue if isinstance(order, orders.AT_ONCE) and order.number > before)
    stage = stage.but(queue=tuple(order for order in stage.queue if order not in at_once)) if at_once else stage
    # One order at a time: what a STOP or an edit finds in the queue it can still take out; what was handed on it can't.
    if stage.under_way is not None or not stage.queue:
        return stage, at_once
    following = stage.queue[0]
    return stage.but(under_way=following, queue=stage.queue[1:]), (*at_once, following)


# Asked for ------------------------------------------------------------------------------------------------------------


def _arm_asked(stage: Stage, event: events.ArmAsked) -> Stage:
    if (stage.state is State.ARMED) is event.on:
        return stage
    return _if_free(stage, stand_by) if event.on else _called_off(stage).but(note=Note()).asked(orders.DisarmOrder)


def _no_go_words(stage: Stage) -> str:
    if stage.state is None or stage.unit.restarted:
        return f"Nothing moved. {not_ready(stage.unit)}"
    return under_way_words(stage) or "Nothing moved: arm first (Return)."


def _go_asked(stage: Stage, event: events.GoAsked) -> Stage:
    waiting = stage.waiting
    # A lead is counted in seconds and was asked for; a follow-on,
    # counted by the unit's clock, is only being waited for.
    if waiting is not None and waiting.until_clock is None:
        return stage.refused("The lead is being counted down already.")
    if waiting is not None and stage.state is State.ARMED:
        return _go_now(stage)
    if not stage.armed or stage.busy:
        return stage.refused(_no_go_words(stage))
    try:
        prepared = stage.prepared()
    except FollowFocusError as error:
        return stage.refused(str(error))
    # By the plan's hash, not by whether something was edited: an edit that was taken back is still what is armed.
    if prepared.hash != stage.loaded:
        return stage.refused("Changed since arming, nothing moved. Arm again.")
    # A GO of a person's own begins a new chain: no follow-on is to be counted from the landing before it.
    stage, prepared = stage.but(note=Note(), landed=None), prepared.started(event.by, event.timecode)
    if event.at_clock is not None:
        return shoot_at(stage, prepared, event.at_clock, event.in_s)
    lead_s = standing_cue(stage.show, stage.at).lead_s if stage.at.part == 0 else 0.0
    return shoot_chain(stage.asked(orders.Wait, seconds=lead_s) if lead_s > 0 else stage, prepared)


def _call_off_asked(stage: Stage, event: events.CallOffAsked) -> Stage:
    return stage if stage.waiting is None else _called_off(stage).refused(event.words)


def _ring_asked(stage: Stage, event: events.RingAsked) -> Stage:
    return _if_free(stage, lambda s: s.asked(orders.ToAngle, event.ring_deg))


def _go_now(stage: Stage) -> Stage:
    """GO before the follow-on has come by itself."""
    waiting, queue = stage.waiting, tuple(_at_once(order) for order in stage.queue)
    assert waiting is not None
    return stage.but(queue=queue).asked(orders.Cancel, waiting.number)


def _at_once(order: orders.Order) -> orders.Order:
    if not isinstance(order, orders.Shoot):
        return order
    return dataclasses.replace(order, at_clock=None)


def _stop_given(stage: Stage, event: events.StopGiven) -> Stage:
    ended = stage.busy or stage.state not in (*AT_HAND, State.UNREFERENCED, State.FAULT, None)
    stage = stage.noted("Stopped.") if ended else stage
    # The greater epoch: stops on two threads may be told in either order. A take's end says what becomes of it.
    return (stage if stage.shoots else _given_up(stage)).quiet().but(epoch=max(stage.epoch, event.epoch))


def _back_asked(stage: Stage, _: events.BackAsked) -> Stage:
    def back(stage: Stage) -> Stage:
        stage = _given_up(stage)
        return load_chain(stage, stage.prepared()).asked(orders.BackToOne)

    return _if_free(stage, back)


def _run_asked(stage: Stage, event: events.RunAsked) -> Stage:
    def run(stage: Stage) -> Stage:
        stage = _given_up(stage).but(run=event.run, landed=None, ended=None)
        return play(stage, stage.prepared())

    return _if_free(stage, run)


def _slip_asked(stage: Stage, _: events.SlipAsked) -> Stage:
    def check(stage: Stage) -> Stage:
        stage = _given_up(stage)
        prepared = stage.prepared()
        return load_chain(stage, prepared).asked(orders.CheckSlip, prepared.plan, stage.show.preferences.system)

    return _if_free(stage, check)


def _position_said(stage: Stage, event: events.PositionSaid) -> Stage:
    if stage.busy:
        return stage.refused(f"{doing_words(stage) or 'Busy.'} STOP ends it.")
    stage = stage.but(note=Note()) if stage.note.place else stage  # that is its answer
    return _trying(stage, lambda s: s.asked(orders.Ready, s.to_ready(), s.silence, event.ring_deg, seen_now=True))


def _clear_asked(stage: Stage, _: events.ClearAsked) -> Stage:
    # Not only when free: in a fault nothing else can end what is still in the queue.
    return stage.quiet().but(note=Note()).asked(orders.ClearFaultOrder)


def _edited(stage: Stage, event: events.Edited) -> Stage:
    """Another show stands by. What is armed is loaded again where its steps would be others."""
    moved = (event.cue, event.turned) != (stage.at.cue, stage.at.turned)
    at = Standby(event.cue, 0, event.turned) if moved else stage.at
    stage = stage.but(show=event.show, at=at, note=Note() if stage.note.passing or stage.note.landed else stage.note)
    # Only what is armed has to follow the edit at once; anything else is loaded when it is armed.
    if not stage.armed or (stage.busy and stage.waiting is None):
        return stage
    return _armed_anew(stage, "Trimmed.")


def _armed_anew(stage: Stage, words: str) -> Stage:
    """The unit is armed: load and arm what stands by now instead, if that is something else."""
    if on_another_lens(stage):
        return _called_off(stage).asked(orders.DisarmOrder).refused(NOT_REFERENCED)
    try:
        if stage.prepared().hash == stage.loaded:
            return stage
        stage = _called_off(stage)
        # Disarmed first, since a unit takes no profile while it is armed.
        return stand_by(stage.asked(orders.DisarmOrder)).noted(words)
    except FollowFocusError as error:
        return stage.refused(str(error))


def _cue_chosen(stage: Stage, event: events.CueChosen) -> Stage:
    if stage.plays or stage.state is State.STOPPING:
        return stage.refused("The cue can't be changed while the take runs.")
    cue = min(max(event.cue, 0), len(stage.show.cues) - 1)
    armed = stage.armed
    stage = _given_up(_called_off(stage)).but(at=Standby(cue), note=Note())
    return _armed_anew(stage, f"Cue {stage.show.cues[cue].number}.") if armed else stage


def _mode_chosen(stage: Stage, event: events.ModeChosen) -> Stage:
    """Choose what follows a take; this calls off a follow-on that is being counted down."""
    stage = stage if stage.waiting is None else _called_off(stage)
    return stage.but(after=event.after, at=Standby(stage.at.cue, stage.at.part))


def _given_up(stage: Stage, *, number_used: int = 0) -> Stage:
    """At the beginning of the cue. A take that is left in its hold has used its number, as has a refused one."""
    slate = stage.show.slate
    used = number_used or (slate.take if stage.at.part > 0 and stage.run is None else 0)
    slate = dataclasses.replace(slate, take=used).next_take() if used else slate
    show = dataclasses.replace(stage.show, slate=slate)
    return stage.but(show=show, at=Standby(stage.at.cue, 0, stage.at.turned))


def _called_off(stage: Stage) -> Stage:
    """Nothing more is to come; a countdown ends now."""
    waiting = stage.waiting
    return stage.quiet() if waiting is None else stage.quiet().asked(orders.Cancel, waiting.number)


def _if_free(stage: Stage, then: Callable[[Stage], Stage]) -> Stage:
    words = _not_free(stage)
    if words:
        return stage.but(ended=_not_free_error(stage, words)).refused(words)
    return _trying(stage.but(note=Note()), then)


def _not_free_error(stage: Stage, words: str) -> FollowFocusError:
    """The same as the error that a command ends with: without a link it is the link's."""
    if stage.state is None:
        return LineError(words)
    if words in (NOT_REFERENCED, RESTARTED):
        return unplaced(restarted=stage.unit.restarted)
    return UnitError(words, "not_free")


def _not_free(stage: Stage) -> str:
    """Why nothing can begin now; empty if it can."""
    if stage.busy:
        return f"{doing_words(stage) or 'Busy.'} STOP ends it."
    if stage.state is State.UNREFERENCED and not stage.position_follows:
        return RESTARTED if stage.unit.restarted else NOT_REFERENCED
    if stage.state is State.FAULT:
        return str(faulted(stage.unit.fault))
    if stage.state not in (*AT_HAND, State.UNREFERENCED):
        return not_ready(stage.unit)
    return ""


def _trying(stage: Stage, then: Callable[[Stage], Stage]) -> Stage:
    try:
        return then(stage)
    except FollowFocusError as error:
        return stage.but(ended=error).refused(str(error))


# What became of orders ------------------------------------------------------------------------------------------------


def _done(stage: Stage, event: events.Done) -> Stage:
    stage = _off_hand(stage, event.order).but(loaded=event.loaded)
    current = event.order.epoch == stage.epoch
    answer = event.answer
    # A take is taken in whatever came meanwhile: what moved is never lost. Only what would follow is the epoch's.
    if isinstance(answer, events.Taken):
        return on_landing(stage, event, answer, current=current)
    if not current:
        return stage.but(queue=_of_epoch(stage))
    if isinstance(answer, SlipVerdict):
        return _slip_found(stage, answer)
    if event.words:
        stage = stage.refused(event.words)
    # The way back after the last take is done: now the run is over.
    if stage.run is not None and stage.run.left <= 0 and not stage.queue:
        return stage.but(run=None)
    if isinstance(event.order, orders.ArmOrder):
        stage = stage.but(zoom_mm=None, armed_in=event.order.epoch)
        # An edit that came while it loaded changed nothing on the unit: it is looked for here, before anybody can GO.
        if stage.run is None:
            return _armed_anew(stage, "Changed.")
    return stage


def _slip_found(stage: Stage, found: SlipVerdict) -> Stage:
    doubtful = found.slipped or not found.known
    stage = stage.but(note=Note(found.words, doubtful, place=doubtful and stage.run is None))
    if stage.run is None:
        return stage
    if not found.slipped:
        return _trying(stage, lambda s: play(s, s.prepared()))
    return stage.quiet().but(ended=JobError(found.words))


def _failed(stage: Stage, event: events.Failed) -> Stage:
    ours = stage.under_way is not None and stage.under_way.number == event.order.number
    stage = _off_hand(stage, event.order).but(loaded=event.loaded)
    if isinstance(event.order, orders.Wait) and event.stopped and event.order.epoch == stage.epoch:
        return stage  # the countdown was cancelled: what was asked for instead is in the queue
    if event.order.epoch != stage.epoch:
        return stage.but(queue=_of_epoch(stage))
    # A unit that goes again while it is met: whoever is at the desk has asked for nothing yet that could have failed.
    if isinstance(event.order, orders.Ready) and event.order.first and isinstance(event.error, LineError):
        return stage.quiet()  # the link says itself that it is lost
    stage = stage.quiet() if ours else stage
    stage = _given_up(stage, number_used=event.begun).but(ended=event.error)
    # Who gave STOP knows why nothing goes on: that is no trouble to be read out.
    return stage.noted("Stopped.") if event.stopped else stage.refused(str(event.error))


def _off_hand(stage: Stage, order: orders.Order) -> Stage:
    ours = stage.under_way is not None and stage.under_way.number == order.number
    return stage.but(under_way=None) if ours else stage


def _of_epoch(stage: Stage) -> tuple[orders.Order, ...]:
    return tuple(order for order in stage.queue if order.epoch == stage.epoch)


# What the unit says ---------------------------------------------------------------------------------------------------


def _heard(stage: Stage, event: events.Heard) -> Stage:
    before, stage = stage.state, stage.but(unit=event.status)
    if stage.plays != (stage.began_clock is not None):
        stage = stage.but(began_clock=event.status.clock if stage.plays else None)
    # The unit disarmed itself, by its button or after a silence: a count that runs on would end in a refused GO.
    lost = stage.waiting is not None and before is State.ARMED and stage.state is not State.ARMED
    if lost:
        return _called_off(stage).refused("Count cut off. Arm again.")
    stage = _without_place(stage)
    # What was complained of is gone by itself: the sentence must not outlive it.
    mended = before in (None, State.UNREFERENCED, State.FAULT) and stage.state in AT_HAND
    # A hand that turns the ring goes on: how the last take or the last turn ended is over.
    turned = before in AT_HAND and stage.state is State.MOVING and stage.under_way is None
    note = stage.note
    over = turned and (note.landed or (note.trouble and not note.passing)) and not (note.news or note.place)
    return stage.but(note=Note()) if over else _without_refusal(stage) if mended else stage


def _without_place(stage: Stage) -> Stage:
    """A hold is over where nobody knows any more where the ring stands: going on from there would be another take."""
    ends = stage.state is State.UNREFERENCED and stage.at.part > 0 and not stage.shoots
    return _given_up(stage) if ends else stage


def _without_refusal(stage: Stage) -> Stage:
    """A refusal goes with its cause; how a take ended stands, and news."""
    note = stage.note
    return stage.but(note=Note()) if note.trouble and not (note.landed or note.news) else stage


def _met(stage: Stage, event: events.Met) -> Stage:
    """A unit is there: make it ready for what stands by, if that can be."""
    at = Standby(stage.at.cue, 0, stage.at.turned)
    # What waited was meant for a unit that may be another one now, in a state that nobody has seen.
    stage = stage.but(info=event.info, loaded="", armed_in=None, under_way=None, queue=(), run=None, at=at, landed=None)
    try:
        return stage.asked(orders.Ready, stage.to_ready(), stage.silence, None, first=True)
    except FollowFocusError:
        return stage  # what can't be shot is said where it is edited


def _gone(stage: Stage, event: events.Gone) -> Stage:
    # Its clock may begin anew before it is back: no follow-on can be counted from a landing of before. A count that ran
    # is called off as well: left to itself it would keep whoever is back from everything until it has run down.
    stage = _without_refusal(_called_off(stage).but(landed=None))
    stage = stage.noted(event.words, trouble=event.trouble) if event.words else stage
    # What it said last is no longer so: nothing may be shown or decided by it.
    return _heard(stage, events.Heard(UnitStatus()))


def _returned(stage: Stage, event: events.Returned) -> Stage:
    # Loaded again even where the unit has kept it: nothing that it says names the profile that it holds.
    stage = _without_place(stage.but(unit=event.status, loaded=""))
    if event.status.state is State.UNREFERENCED:
        return stage.noted(RESTARTED, trouble=True)
    return stage.noted(f"The unit is back{'' if on_another_lens(stage) else '; its position is known'}.")


def _moved(stage: Stage, event: events.Moved) -> Stage:
    return stage.but(loaded=event.loaded)


def _noted(stage: Stage, event: events.Noted) -> Stage:
    return stage.but(note=Note(event.words, event.trouble, event.passing, news=event.news))


_HANDLERS: dict[type, Callable[[Stage, Any], Stage]] = {
    events.ArmAsked: _arm_asked,
    events.GoAsked: _go_asked,
    events.CallOffAsked: _call_off_asked,
    events.RingAsked: _ring_asked,
    events.StopGiven: _stop_given,
    events.BackAsked: _back_asked,
    events.RunAsked: _run_asked,
    events.SlipAsked: _slip_asked,
    events.PositionSaid: _position_said,
    events.ClearAsked: _clear_asked,
    events.Edited: _edited,
    events.CueChosen: _cue_chosen,
    events.ModeChosen: _mode_chosen,
    events.Done: _done,
    events.Failed: _failed,
    events.Heard: _heard,
    events.Met: _met,
    events.Gone: _gone,
    events.Returned: _returned,
    events.Moved: _moved,
    events.Noted: _noted,
}
