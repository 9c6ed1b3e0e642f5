# SPDX-License-Identifier: MIT
"""A take is over: what the slate counts, what stands by now, and what goes on by itself."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from followfocus.errors import FollowFocusError, JobError
from followfocus.show.cues import After, Standby, standing_cue
from followfocus.show.cues import landed as landed_at
from followfocus.show.show import ShowCue
from followfocus.stage import events, orders
from followfocus.stage.chains import load_chain, play, shoot_chain, stand_by
from followfocus.stage.events import Taken
from followfocus.stage.prepare import Prepared
from followfocus.stage.sentences import landing_words
from followfocus.stage.state import Landed, Note, Stage
from followfocus.stage.trimming import kept_trim
from followfocus.takes.takes import Take


@dataclass(frozen=True, slots=True)
class _After:
    """Where a take has left the list: what comes now (None: it was the last), and whether the camera take goes on."""

    cue: ShowCue
    then: Standby | None
    within: bool
    """The next part of the same cue"""
    goes_on: bool
    """Part of the same take of the camera's: the next part, or the next cue of a list"""


def on_landing(stage: Stage, event: events.Done, taken: Taken, *, current: bool) -> Stage:
    """Take a take in. `current`: no STOP was given since GO, so what follows may follow."""
    take = taken.take
    kept = kept_trim(stage.show, stage.at, taken)
    zoom_mm = _zoom_left_mm(stage.playing, take)
    stage = stage.but(last=take, landed=_landing(taken), playing=None, kept=kept, zoom_mm=zoom_mm)
    if isinstance(event.order, orders.Shoot) and not taken.rehearsed and take.take != event.order.take:
        stage = _slated(stage, take.take)  # as the log has it, where another program keeps takes in it, too
    # Before the words are made: they say what is kept, of the show as it is then.
    stage = stage if kept is None else stage.but(show=kept.on(stage.show))
    after = _after(stage)
    # Both: a STOP after a good landing still means that nothing more moves, and a bad landing is nobody's start.
    going = current and take.lets_go_on
    note = Note(_words(stage, taken, event.words), trouble=_bad(stage, taken, event.words), landed=True)
    stage = _counted(stage, after, going=going).but(note=note)
    if not going:
        ended = stage.quiet() if current else stage.but(queue=())
        return ended.but(at=Standby(stage.at.cue, 0, stage.at.turned))
    try:
        return _go_on(stage, after)
    except FollowFocusError as error:
        return stage.quiet().but(ended=error).refused(f"{stage.note.words} {error}")


def _zoom_left_mm(played: Prepared | None, take: Take) -> float | None:
    """The focal length at which a take left its zoom; None where that was not moved, or nobody knows for how long."""
    zoom = None if played is None else played.plan.zoom
    ended_s = take.planned_s if take.verdict.usable else take.actual_s
    return None if zoom is None or ended_s is None else zoom.at_mm(ended_s)


def _after(stage: Stage) -> _After:
    then = landed_at(stage.show, stage.at, _mode(stage))
    within = then is not None and then.part > 0
    goes_on = within or (then is not None and _mode(stage) is After.LIST)
    return _After(standing_cue(stage.show, stage.at), then, within, goes_on)


def _mode(stage: Stage) -> After:
    """The list's way on, or, in a rehearsal, the one cue again."""
    return After.REPEAT if _rehearsed(stage) else stage.after


def _rehearsed(stage: Stage) -> bool:
    return stage.run is not None and not stage.run.counts


def _counted(stage: Stage, after: _After, *, going: bool) -> Stage:
    """The slate counts at the end of what one camera take holds: a cue, a whole list, or what broke off."""
    # The camera runs on through the parts of a cue and the cues of a list, so that is one take to the slate.
    if _rehearsed(stage) or (going and after.goes_on):
        return stage
    return stage.but(show=dataclasses.replace(stage.show, slate=stage.show.slate.next_take()))


def _slated(stage: Stage, take: int) -> Stage:
    return stage.but(show=dataclasses.replace(stage.show, slate=dataclasses.replace(stage.show.slate, take=take)))


def _go_on(stage: Stage, after: _After) -> Stage:
    first = stage.run.first if stage.run is not None else Standby()
    lens = stage.prepared().plan.lens
    # A list that is over stands at its beginning again, so that the next run plays the same.
    stage = stage.but(at=first if after.then is None else after.then)
    if stage.run is not None and not after.goes_on:
        return _run_goes_on(stage, lens_before=lens)
    if not after.goes_on:
        return stage
    following = stage.prepared()
    _same_lens(stage, lens, following)
    if stage.run is not None:
        return _plays_on(stage, following, after)
    follow_s = None if after.within else after.cue.follow_s
    return stand_by(stage) if follow_s is None else _follow(stand_by(stage), following, follow_s)


def _run_goes_on(stage: Stage, *, lens_before: object) -> Stage:
    """A whole one is done: the next, or the end of the run."""
    run = stage.run
    assert run is not None
    left = run.left - 1
    # The way back is the run's last order: it stays a run of none
    # left until that is done, or a wait would end it early.
    if left <= 0:
        returns = load_chain(stage, stage.prepared()).asked(orders.BackToOne) if run.returns else stage
        return returns.but(run=dataclasses.replace(run, left=0) if run.returns else None)
    following = stage.prepared()
    _same_lens(stage, lens_before, following)
    stage = stage.but(run=dataclasses.replace(run, left=left))
    if run.check_slips:
        # Touching the stop takes the pull out of the unit.
        return stage.asked(orders.CheckSlip, following.plan, stage.show.preferences.system)
    return play(stage, following)


def _plays_on(stage: Stage, following: Prepared, after: _After) -> Stage:
    """The next part or cue of a run, at once, after its follow-on, or after a rest where a take would hold for GO."""
    run = stage.run
    assert run is not None
    if after.within and run.hold_s > 0:
        stage = stage.asked(orders.Wait, seconds=run.hold_s)
    follow_s = None if after.within else after.cue.follow_s
    if follow_s is None or run.cued:
        return play(stage, following)
    return _follow(load_chain(stage, following).asked(orders.ArmOrder), following, follow_s)


def _follow(stage: Stage, following: Prepared, follow_s: float) -> Stage:
    """The armed part goes by itself, so long after the landing by the unit's clock."""
    landing = stage.landed
    if landing is None:
        return shoot_chain(stage, following)
    # From the unit's own last edge in its own ticks: neither this clock's error nor the way of a message is in it. The
    # wait ends a little before, and GO says by how much: the unit counts the rest itself.
    due = landing.clock + round(follow_s * landing.tick_hz)
    stage = stage.asked(orders.Wait, until_clock=due - round(orders.AHEAD_S * landing.tick_hz))
    return shoot_chain(stage, following, due)


def _same_lens(stage: Stage, before: object, following: Prepared) -> None:
    """Another lens is put on by hand: nothing drives on to it by itself. Raises JobError."""
    if following.plan.lens != before:
        cue = standing_cue(stage.show, stage.at)
        raise JobError(
            f"Cue {cue.number} is on {following.plan.lens.name}.", f"Change the lens, then go on at cue {cue.number}."
        )


def _landing(taken: Taken) -> Landed | None:
    take, hand = taken.take, taken.hand
    # A hand has no last step that was planned: it has landed when the ring rests.
    if hand is not None and hand.rested_clock is not None:
        return Landed(hand.rested_clock, take.tick_hz)
    if take.last_edge_ticks is None:
        return None
    return Landed(take.start_clock + take.last_edge_ticks, take.tick_hz)


def _words(stage: Stage, taken: Taken, doubts: str) -> str:
    end = ""
    if not taken.rehearsed and stage.after is After.LIST and stage.run is None and _after(stage).then is None:
        end = "That was the last cue: back at the first."
    kept = "" if stage.kept is None else stage.kept.words
    return " ".join(filter(None, (landing_words(stage, taken), kept, end, taken.trouble, doubts)))


def _bad(stage: Stage, taken: Taken, doubts: str) -> bool:
    refused = stage.kept is not None and stage.kept.trim_m is None
    return refused or bool(taken.trouble or doubts) or not taken.take.verdict.usable
