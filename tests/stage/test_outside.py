# SPDX-License-Identifier: MIT
"""Asked from outside, against the player: GO needs armed and allowed, REC and timecode start by the unit's clock."""

from __future__ import annotations

import dataclasses
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.show.cues import After
from followfocus.show.show import Show
from followfocus.show.slate import Slate
from followfocus.sources.events import (
    ButtonSaid,
    CameraSaid,
    Origin,
    OutsideAsked,
    OutsideEvent,
    SourceKind,
    SourceSaid,
    StripSaid,
    TimecodeSaid,
    TimecodeStopped,
    Want,
)
from followfocus.sources.gate import NOT_ALLOWED, NOT_ARMED, Gate
from followfocus.sources.timecode import FollowedTimecode, Labelled, Timecode
from followfocus.stage import events, orders
from followfocus.stage.events import Taken
from followfocus.stage.outside import AskOutcome, event_of, unit_noted
from followfocus.stage.outside_desk import OVERTAKEN, Decision, Outside, hear
from followfocus.stage.rolls import Cameras
from followfocus.stage.state import Stage
from followfocus.timecode import format_timecode
from followfocus.unit.line import UnitEvent
from followfocus.wire.events import Down, Greeted, ResetNoticed
from followfocus.wire.evidence import UnitInfo, UnitStatus
from followfocus.wire.messages import HelloReply, ResetCause, State
from tests.stage.scenarios import short, there_and_back
from tests.stage.test_player import Model, _a_take, _info, model
from tests.wire.test_requests import blank

__all__ = ["_a_take", "_info"]

TICK_HZ = 16e6
OSC, MTC = Origin(SourceKind.OSC, "10.0.0.2"), Origin(SourceKind.MTC, "port")
CAMERA = Origin(SourceKind.CAMERA, "blackmagic pocket")
OPEN = Outside(Gate(True))
AT_REST = OPEN.but(cameras=Cameras().heard(CameraSaid(CAMERA, 0.0, False)))


def clock_at(host_s: float) -> int:
    return round(host_s * TICK_HZ)


def rec_show() -> Show:
    show = short()
    return dataclasses.replace(show, cues=(dataclasses.replace(show.cues[0], rec_hold_s=2.0, stop_rec_s=1.0),))


def at_timecode(label: str) -> Show:
    show = short()
    return dataclasses.replace(show, cues=(dataclasses.replace(show.cues[0], at_timecode=label),))


def armed(show: Show, taken: Taken, info: UnitInfo) -> Model:
    m = model(show, taken, info)
    m.tell(events.ArmAsked())
    while m.stage.busy:
        m.finish()
    assert m.stage.state is State.ARMED
    m.given.clear()
    return m


def asked(what: Want, value: str = "", at_s: float = 1.0, **more: object) -> OutsideAsked:
    return OutsideAsked(OSC, at_s, what, value, **more)


def put(m: Model, outside: Outside, event: OutsideEvent) -> tuple[Outside, Decision]:
    """An event from outside, played."""
    outside, decision = hear(outside, m.stage, event, clock_at)
    if decision.event is not None:
        m.tell(decision.event)
    return outside, decision


def shots(m: Model) -> list[orders.Shoot]:
    waiting = [order for order in m.stage.queue if isinstance(order, orders.Shoot)]
    return [order for order in m.given if isinstance(order, orders.Shoot)] + waiting


def test_go_is_let_in_armed_and_allowed_only(a_take: Taken, info: UnitInfo) -> None:
    m = model(short(), a_take, info)
    assert hear(Outside(), m.stage, asked(Want.GO), clock_at)[1].outcome.words == NOT_ALLOWED
    assert hear(OPEN, m.stage, asked(Want.GO), clock_at)[1].outcome.words == NOT_ARMED
    m = armed(short(), a_take, info)
    assert hear(Outside(), m.stage, asked(Want.GO), clock_at)[1].event is None
    put(m, OPEN, asked(Want.GO))
    (shot,) = shots(m)
    assert shot.context.started_by == "OSC 10.0.0.2"


@given(st.lists(st.sampled_from(Want), max_size=8), st.booleans())
def test_a_closed_gate_never_orders_a_motion(a_take: Taken, info: UnitInfo, wants: list[Want], is_armed: bool) -> None:
    m = armed(there_and_back(None), a_take, info) if is_armed else model(there_and_back(None), a_take, info)
    for want in wants:
        put(m, Outside(), asked(want, "A" if want in (Want.MARK, Want.TRIM) else "1", amount=0.01))
        while m.stage.busy:
            m.finish()
    assert not [order for order in m.given if not isinstance(order, orders.DisarmOrder)]


@given(st.sampled_from([kind for kind in SourceKind if kind not in (SourceKind.MTC, SourceKind.LTC)]), st.booleans())
def test_stop_is_stop_in_every_state(a_take: Taken, info: UnitInfo, kind: SourceKind, opened: bool) -> None:
    stop = OutsideAsked(Origin(kind), 0.0, Want.STOP)
    for state in (None, *State):
        m = model(short(), a_take, info)
        if state is not None:
            m.heard(state)
        decision = hear(Outside(Gate(opened)), m.stage, stop, clock_at)[1]
        assert decision.stop is (kind is not SourceKind.CAMERA)


def test_two_sources_at_once_make_one_take(a_take: Taken, info: UnitInfo) -> None:
    m = armed(short(), a_take, info)
    phone = OutsideAsked(Origin(SourceKind.REMOTE, "phone"), 1.0, Want.GO)
    put(m, OPEN, asked(Want.GO))
    put(m, OPEN, phone)
    assert m.stage.note.words == "A take is under way already."
    m.heard(State.PLAYING)
    _, third = put(m, OPEN, phone)
    assert (third.outcome.words, third.outcome.passed) == ("A take is under way already.", False)
    assert len(shots(m)) == 1


def test_nobody_is_told_that_nothing_has_moved_while_the_ring_turns(a_take: Taken, info: UnitInfo) -> None:
    m = model(short(), a_take, info)
    m.heard(State.MOVING)
    assert put(m, OPEN, asked(Want.GO))[1].outcome.words == "The ring still turns."
    m.tell(events.GoAsked())
    assert m.stage.note.words == "The ring still turns."


def test_a_go_for_another_cue_plays_nothing(a_take: Taken, info: UnitInfo) -> None:
    m = armed(there_and_back(None), a_take, info)
    outcome = put(m, OPEN, asked(Want.GO, "2"))[1].outcome
    assert not outcome.passed
    assert "cue 1 stands by" in outcome.words
    assert shots(m) == []
    put(m, OPEN, asked(Want.GO, "1"))
    assert len(shots(m)) == 1


@pytest.mark.parametrize(("what", "value"), [
    (Want.STANDBY, "9"), (Want.TAKE, "27I"), (Want.TRIM, "Z"), (Want.TRIM, "B"), (Want.MARK, "H"), (Want.PREVIOUS, ""),
])  # fmt: skip
def test_what_can_t_be_is_refused_in_a_sentence(a_take: Taken, info: UnitInfo, what: Want, value: str) -> None:
    m = model(short(), a_take, info)
    outcome = put(m, OPEN, asked(what, value))[1].outcome
    assert not outcome.passed
    assert outcome.words.endswith(".")


def test_slate_standby_trim_and_mark(a_take: Taken, info: UnitInfo) -> None:
    m = model(there_and_back(None), a_take, info)
    put(m, OPEN, asked(Want.TAKE, "27A take 3"))
    assert str(m.stage.show.slate) == "27A take 3"
    put(m, OPEN, asked(Want.NEXT))
    assert m.stage.at.cue == 1
    put(m, OPEN, asked(Want.STANDBY, "1"))
    assert m.stage.at.cue == 0
    put(m, OPEN, asked(Want.TRIM, "b", amount=0.05))
    assert m.stage.show.pulls[0].marks[1].trim_m == pytest.approx(0.05)
    put(m, OPEN, asked(Want.MARK, "A"))
    assert m.given == [orders.ToAngle(1, 0, m.stage.show.pulls[0].marks[0].ring_deg)]


def test_a_learned_button_asks_when_it_goes_down(a_take: Taken, info: UnitInfo) -> None:
    m = armed(short(), a_take, info)
    pedal = Origin(SourceKind.HID, "pedal")
    outside = OPEN.but(learned={(SourceKind.HID, "button 1"): Want.GO})
    for control, down, expected in (("button 1", False, 0), ("button 2", True, 0), ("button 1", True, 1)):
        put(m, outside, ButtonSaid(pedal, 1.0, control, down))
        assert len(shots(m)) == expected


# STOP -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what", [(Want.ARM, ""), (Want.GO, ""), (Want.BACK, ""), (Want.MARK, "A")], ids=lambda what: what[0].name
)
@pytest.mark.parametrize(("at_s", "done"), [(0.999, False), (1.0, True), (1.001, True)])
def test_what_was_asked_before_stop_is_not_done_after_it(
    a_take: Taken, info: UnitInfo, what: tuple[Want, str], at_s: float, done: bool
) -> None:
    m = armed(short(), a_take, info)
    if what[0] is not Want.GO:
        m.heard(State.LOADED)
    outcome = put(m, OPEN.but(stopped_s=1.0), asked(*what, at_s=at_s))[1].outcome
    assert outcome.passed is done
    assert (outcome.words == OVERTAKEN) is not done
    assert m.stage.busy is done


def test_the_slate_and_disarming_are_let_in_whenever_they_were_asked_for(a_take: Taken, info: UnitInfo) -> None:
    m = armed(short(), a_take, info)
    stopped = OPEN.but(stopped_s=9.0)
    for what, value in ((Want.TAKE, "27A take 3"), (Want.DISARM, ""), (Want.STOP, "")):
        assert put(m, stopped, asked(what, value))[1].outcome.passed


def test_disarm_arms_nothing_where_a_stop_has_disarmed_meanwhile(a_take: Taken, info: UnitInfo) -> None:
    m = armed(short(), a_take, info)
    event = event_of(m.stage, asked(Want.DISARM))
    m.heard(State.LOADED)
    assert m.tell(event) == ()
    assert not m.stage.busy


def test_a_label_heard_before_stop_starts_nothing_after_it(a_take: Taken, info: UnitInfo) -> None:
    for stopped_s, shot in ((9.0, 1), (14.0, 0)):
        m, outside = armed(at_timecode("00:00:04:00"), a_take, info), OPEN.but(stopped_s=stopped_s)
        for said in frames(0, 98):
            outside, _ = put(m, outside, said)
        assert len(shots(m)) == shot


def test_rec_that_a_go_before_stop_asked_for_starts_nothing(a_take: Taken, info: UnitInfo) -> None:
    for stopped_s, shot in ((2.0, 1), (4.0, 0)):
        m = armed(rec_show(), a_take, info)
        outside, decision = put(m, AT_REST.but(can_rec=True), asked(Want.GO, at_s=3.0))
        assert decision.start_rec
        outside, decision = put(m, outside.but(stopped_s=stopped_s), CameraSaid(CAMERA, 5.0, True))
        assert len(shots(m)) == shot
        assert ("STOP came after" in decision.outcome.words) is (shot == 0)
    outside, _ = put(m, outside, CameraSaid(CAMERA, 6.0, False))
    put(m, outside, CameraSaid(CAMERA, 7.0, True))
    assert len(shots(m)) == 1, "the camera's own next REC starts the cue again"


@pytest.mark.parametrize(
    ("event", "words", "passed"),
    [
        (Down("The line is gone."), "The line is gone.", False),
        (ResetNoticed(7, ResetCause.POWER_ON), "The unit has started anew.", True),
        (Greeted(blank(HelloReply), again=True), "The unit is heard again.", True),
        (Greeted(blank(HelloReply), again=False), None, True),
        (UnitStatus(), None, True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_diary_tells_of_a_unit_that_is_lost_and_is_back(event: UnitEvent, words: str | None, passed: bool) -> None:
    line = unit_noted(event, 5.0)
    assert (line and (line.words, line.passed, line.utc_s, line.source)) == (words and (words, passed, 5.0, "unit"))


# REC ------------------------------------------------------------------------------------------------------------------


def test_rec_starts_the_cue_its_hold_later_by_the_unit_s_clock(a_take: Taken, info: UnitInfo) -> None:
    m = armed(rec_show(), a_take, info)
    outside, _ = put(m, OPEN, CameraSaid(CAMERA, 4.0, False))
    outside, decision = put(m, outside, CameraSaid(CAMERA, 5.0, True, "A001_C002.braw"))
    (shot,) = shots(m)
    assert shot.at_clock == clock_at(7.0)
    assert shot.context.started_by == str(CAMERA)
    assert outside.clips(7.0, 8.0) == "A001_C002.braw"
    assert decision.due_s == 7.0
    assert m.stage.waiting.seconds == 2.0


def test_a_camera_that_is_met_while_it_records_starts_nothing(a_take: Taken, info: UnitInfo) -> None:
    for before in ((), (False, None), (True, None)):
        m, outside = armed(rec_show(), a_take, info), OPEN
        for said in before:
            outside, _ = put(m, outside, CameraSaid(CAMERA, 4.0, said))
        put(m, outside, CameraSaid(CAMERA, 5.0, True))
        assert shots(m) == []


def test_rec_without_arming_or_allowing_starts_nothing(a_take: Taken, info: UnitInfo) -> None:
    off = AT_REST
    m = model(rec_show(), a_take, info)
    put(m, off, CameraSaid(CAMERA, 5.0, True))
    assert shots(m) == []
    m = armed(rec_show(), a_take, info)
    decision = put(m, off.but(gate=Gate()), CameraSaid(CAMERA, 5.0, True))[1]
    assert shots(m) == []
    assert decision.outcome.words == NOT_ALLOWED


def test_a_camera_that_stops_in_the_hold_calls_go_off_and_one_that_goes_doesn_t(a_take: Taken, info: UnitInfo) -> None:
    for said, stays in ((False, False), (None, True)):
        m = armed(rec_show(), a_take, info)
        outside, _ = put(m, AT_REST, CameraSaid(CAMERA, 5.0, True))
        outside, decision = put(m, outside, CameraSaid(CAMERA, 6.0, said))
        assert bool(m.stage.waiting) is stays
        assert m.stage.state is State.ARMED
        assert ("unknown" in decision.outcome.words) is stays


def test_of_two_cameras_the_first_starts_the_cue_and_only_its_own_cut_calls_it_off(
    a_take: Taken, info: UnitInfo
) -> None:
    """The word of a camera was taken for every camera's: one that stood by ended the hold that another had begun."""
    other = Origin(SourceKind.CAMERA, "zcam b")
    m = armed(rec_show(), a_take, info)
    outside, _ = put(m, AT_REST, CameraSaid(other, 4.0, False))
    outside, _ = put(m, outside, CameraSaid(CAMERA, 5.0, True))
    assert m.stage.waiting is not None
    outside, decision = put(m, outside, CameraSaid(other, 5.1, False))
    assert (decision.outcome, outside.recording) == (None, True)
    outside, decision = put(m, outside, CameraSaid(other, 5.2, True))
    assert (decision.event, decision.outcome.passed) == (None, True)
    outside, _ = put(m, outside, CameraSaid(other, 5.3, False))
    assert m.stage.waiting is not None
    outside, _ = put(m, outside, CameraSaid(CAMERA, 5.4, False))
    assert (m.stage.waiting, outside.recording) == (None, False)


def test_a_camera_that_stops_before_its_cue_begins_stops_what_the_unit_has_already(
    a_take: Taken, info: UnitInfo
) -> None:
    for at_s, stops in ((6.95, True), (7.2, False)):
        m = armed(rec_show(), a_take, info)
        outside, _ = put(m, AT_REST, CameraSaid(CAMERA, 5.0, True))
        m.finish()  # the wait: a moment ahead GO is handed over
        assert isinstance(m.stage.under_way, orders.Shoot)
        outside, decision = put(m, outside, CameraSaid(CAMERA, at_s, False))
        assert decision.stop is stops
        assert ("before the cue began" in decision.outcome.words) is stops


def test_go_on_a_rec_cue_asks_the_camera_first(a_take: Taken, info: UnitInfo) -> None:
    m = armed(rec_show(), a_take, info)
    outside, decision = put(m, AT_REST.but(can_rec=True), asked(Want.GO))
    assert decision.start_rec
    assert shots(m) == []
    put(m, outside, CameraSaid(CAMERA, 1.3, True))
    assert [shot.at_clock for shot in shots(m)] == [clock_at(3.3)]


# Timecode -------------------------------------------------------------------------------------------------------------


def frames(first: int, count: int, start_s: float = 10.0) -> list[TimecodeSaid]:
    """MTC at 25: a frame every 40 ms, told when it has gone by."""
    made = []
    for n in range(first, first + count):
        label = Timecode(n // 90_000, n // 1500 % 60, n // 25 % 60, n % 25)
        began_s = start_s + (n - first) / 25
        made.append(TimecodeSaid(MTC, began_s + 0.04, Labelled(label, began_s), Fraction(25)))
    return made


def test_a_timecode_starts_its_cue_at_its_frame(a_take: Taken, info: UnitInfo) -> None:
    m, outside = armed(at_timecode("00:00:04:00"), a_take, info), OPEN
    for said in frames(0, 99):
        outside, _ = put(m, outside, said)
    (shot,) = shots(m)
    assert shot.at_clock == pytest.approx(clock_at(14.0), abs=TICK_HZ * 1e-6)
    assert (shot.context.timecode, shot.context.started_by) == ("00:00:04:00", "MTC port")


def test_a_timecode_is_waited_for_in_its_last_second_only(a_take: Taken, info: UnitInfo) -> None:
    """Till then it may still jump, and the cue may still be changed."""
    m, outside = armed(at_timecode("00:00:04:00"), a_take, info), OPEN
    heard = frames(0, 99)
    for said in heard[:74]:  # to 2.96 s, told by 3.00 s
        outside, decision = put(m, outside, said)
        assert (decision.event, m.stage.waiting, shots(m)) == (None, None, [])
    for said in heard[74:77]:
        outside, _ = put(m, outside, said)
    assert len(shots(m)) == 1


def test_timecode_that_jumps_calls_off_what_it_had_begun(a_take: Taken, info: UnitInfo) -> None:
    m, outside = armed(at_timecode("00:00:04:00"), a_take, info), OPEN
    for said in frames(0, 90):
        outside, _ = put(m, outside, said)
    first, second = frames(5000, 2, 13.6)
    outside, decision = put(m, outside, first)
    assert (decision.outcome, m.stage.waiting is not None) == (None, True), "one label alone may be misread"
    outside, decision = put(m, outside, second)
    assert m.stage.waiting is None
    assert decision.outcome.words == "Timecode jumped, to 00:03:20:01. GO is called off."
    assert m.stage.state is State.ARMED


@pytest.mark.parametrize("how", ["stops", "backwards", "located"])
def test_timecode_that_ends_calls_off_what_it_had_begun(a_take: Taken, info: UnitInfo, how: str) -> None:
    m, outside = armed(at_timecode("00:00:04:00"), a_take, info), OPEN
    for said in frames(0, 90):
        outside, _ = put(m, outside, said)
    assert m.stage.waiting is not None
    one = Timecode(0, 0, 3, 10)
    last, words = {
        "stops": (TimecodeStopped(MTC, 14.1), "Timecode has stopped. GO is called off."),
        "backwards": (
            TimecodeSaid(MTC, 13.7, Labelled(one, 13.6, reverse=True), Fraction(25)),
            "Timecode runs backwards. GO is called off.",
        ),
        "located": (
            TimecodeSaid(MTC, 13.6, Labelled(Timecode(0, 5, 0, 0), 13.6, stands=True), Fraction(25)),
            "Timecode jumped, to 00:05:00:00. GO is called off.",
        ),
    }[how]
    outside, decision = put(m, outside, last)
    assert decision.outcome.words == words
    assert (m.stage.waiting, shots(m), m.stage.state) == (None, [], State.ARMED)


@pytest.mark.parametrize(
    ("stands", "said", "becomes"),
    [
        (Slate("3A", take=4), "3A take 5", Slate("3A", take=5)),
        (Slate("3A", take=4), "3AA take 1", Slate("3A", setup=1)),
        (Slate("3A", take=4), "12C/2", Slate("12", setup=3, take=2)),
        (Slate("3", take=4), "3A take 5", Slate("3", setup=1, take=5)),
        (Slate("3A", slate=412, system="british"), "413 take 2", Slate("3A", slate=413, take=2, system="british")),
    ],
)
def test_a_slate_from_outside_is_of_the_scene_that_is_shot(
    a_take: Taken, info: UnitInfo, stands: Slate, said: str, becomes: Slate
) -> None:
    m = model(dataclasses.replace(short(), slate=stands), a_take, info)
    event = event_of(m.stage, asked(Want.TAKE, said))
    assert isinstance(event, events.Edited)
    assert event.show.slate == becomes


@pytest.mark.parametrize("written", ["10:01:10:00", "10:01:10;00"])
@pytest.mark.parametrize("drop", [False, True])
def test_a_cue_s_label_is_meant_as_its_source_counts(a_take: Taken, info: UnitInfo, drop: bool, written: str) -> None:
    """Most people write a colon. Counted as non-drop, a drop-frame source would have started it 36 s late."""
    fps = Fraction(30000, 1001)
    m, outside = armed(at_timecode(written), a_take, info), OPEN
    first = Timecode(10, 1, 8, 0, drop).number(fps)
    for n in range(50):
        hours, minutes, seconds, frames = re.split("[:;]", format_timecode(first + n, fps, drop_frame=drop))
        label = Timecode(int(hours), int(minutes), int(seconds), int(frames), drop)
        outside, _ = put(
            m, outside, TimecodeSaid(MTC, 100 + n / float(fps), Labelled(label, 100 + n / float(fps)), fps)
        )
    assert m.stage.waiting is not None
    assert outside.due_s == pytest.approx(100 + 60 / float(fps), abs=0.01)
    assert m.stage.playing is not None
    assert m.stage.playing.context.timecode == ("10:01:10;00" if drop else "10:01:10:00"), "as its source has it"


def test_a_label_that_drop_frame_leaves_out_is_the_next_one() -> None:
    following = FollowedTimecode(Fraction(30000, 1001), drop=True)
    assert str(following.counted(Timecode(10, 1, 0, 0))) == "10:01:00;02"
    assert str(following.counted(Timecode(10, 10, 0, 0))) == "10:10:00;00"
    assert str(following.counted(Timecode(10, 1, 1, 0))) == "10:01:01;00"


OUTSIDE = st.sampled_from(["timecode", "rec", "cut", "osc go", "midi go", "phone go", "next", "trim", "slate"])
WORDS = st.sampled_from(["ends well", "ends badly", *State])


@given(st.integers(60, 104), st.lists(OUTSIDE | WORDS, max_size=24), st.booleans())
def test_after_stop_no_timecode_rec_console_or_phone_arms_or_turns_anything(
    a_take: Taken, info: UnitInfo, heard: int, then: list[str | State], is_asked: bool
) -> None:
    """However late the unit answers: it still says that it is armed, and timecode, which stops for nobody, runs on."""
    show = at_timecode("00:00:04:00")
    show = dataclasses.replace(show, cues=(dataclasses.replace(show.cues[0], rec_hold_s=0.5), *show.cues[1:]))
    m, outside = armed(show, a_take, info), AT_REST.but(can_rec=True)
    running = frames(0, 140)
    for said in running[:heard]:
        outside, _ = put(m, outside, said)
    if is_asked:  # a GO for which REC was asked of the camera
        outside, _ = put(m, outside, asked(Want.GO, at_s=running[heard - 1].at_s))
    now_s = running[heard - 1].at_s
    m.given.clear()
    m.tell(events.StopGiven(m.stage.epoch + 1))
    outside, rest = outside.but(stopped_s=now_s), iter(running[heard:])
    for happening in then:
        now_s += 0.04
        said_now: dict[str, OutsideEvent] = {
            "rec": CameraSaid(CAMERA, now_s, True), "cut": CameraSaid(CAMERA, now_s, False),
            "osc go": asked(Want.GO, at_s=now_s), "next": asked(Want.NEXT, at_s=now_s),
            "midi go": OutsideAsked(Origin(SourceKind.MSC, "desk"), now_s, Want.GO),
            "phone go": OutsideAsked(Origin(SourceKind.REMOTE, "phone"), now_s, Want.GO),
            "trim": asked(Want.TRIM, "B", at_s=now_s, amount=0.05), "slate": asked(Want.TAKE, "27A take 3", at_s=now_s),
        }  # fmt: skip
        if happening == "timecode":
            outside, _ = put(m, outside, next(rest))
        elif isinstance(happening, State):
            m.heard(happening)
        elif happening in said_now:
            outside, _ = put(m, outside, said_now[happening])
        else:
            m.finish(well=happening == "ends well")
    assert m.given == []


@pytest.mark.parametrize("how", ["jumps", "stops", "backwards", "located"])
@pytest.mark.parametrize(("at_s", "stops"), [(13.99, True), (14.0, False), (14.3, False)])
def test_timecode_that_ends_before_its_label_stops_what_the_unit_has_already(
    a_take: Taken, info: UnitInfo, how: str, at_s: float, stops: bool
) -> None:
    """A moment ahead GO is with the unit, whose clock starts it; after the label it is a take, and goes on."""
    m, outside = armed(at_timecode("00:00:04:00"), a_take, info), OPEN
    for said in frames(0, 97):
        outside, _ = put(m, outside, said)
    m.finish()  # the wait
    assert isinstance(m.stage.under_way, orders.Shoot)
    one = Labelled(Timecode(0, 0, 3, 10), at_s)
    event = {
        "jumps": TimecodeSaid(MTC, at_s, dataclasses.replace(one, label=Timecode(0, 5, 0, 0)), Fraction(25)),
        "stops": TimecodeStopped(MTC, at_s),
        "backwards": TimecodeSaid(MTC, at_s, dataclasses.replace(one, reverse=True), Fraction(25)),
        "located": TimecodeSaid(MTC, at_s, dataclasses.replace(one, stands=True), Fraction(25)),
    }[how]
    if how == "jumps":  # by two labels: one alone may be misread
        before = dataclasses.replace(one, label=Timecode(0, 4, 59, 24), began_s=at_s - 0.04)
        outside, decision = put(m, outside, TimecodeSaid(MTC, at_s - 0.04, before, Fraction(25)))
        assert not decision.stop
    outside, decision = put(m, outside, event)
    assert decision.stop is stops
    assert decision.outcome.words.endswith("STOP, before the cue began.") is stops
    assert not hear(outside, m.stage, event, clock_at)[1].stop, "once"


@pytest.mark.parametrize("source", ["timecode", "camera"])
def test_a_take_that_a_person_began_before_the_count_was_over_is_not_stopped_by_its_source(
    a_take: Taken, info: UnitInfo, source: str
) -> None:
    if source == "timecode":
        m, outside = armed(at_timecode("00:00:04:00"), a_take, info), OPEN
        for said in frames(0, 90):
            outside, _ = put(m, outside, said)
        ends: OutsideEvent = TimecodeStopped(MTC, 13.9)
    else:
        m = armed(rec_show(), a_take, info)
        outside, _ = put(m, AT_REST, CameraSaid(CAMERA, 5.0, True))
        ends = CameraSaid(CAMERA, 6.0, False)
    assert m.stage.waiting is not None
    m.tell(events.GoAsked())
    m.finish()
    assert isinstance(m.stage.under_way, orders.Shoot)
    assert not hear(outside, m.stage, ends, clock_at)[1].stop


def test_a_label_that_goes_by_without_a_go_says_why(a_take: Taken, info: UnitInfo) -> None:
    for outside, why in ((Outside(), NOT_ALLOWED), (OPEN, NOT_ARMED)):
        m = (armed if why == NOT_ALLOWED else model)(at_timecode("00:00:02:00"), a_take, info)
        said = []
        for frame in frames(40, 30):
            outside, decision = put(m, outside, frame)
            said += [decision.outcome.words] if decision.outcome else []
        assert said == [f"00:00:02:00 went by. {why}"]


def test_timecode_is_counted_at_its_own_rate(a_take: Taken, info: UnitInfo) -> None:
    """The show is at 24: MTC at 25 has a frame 24 too. At 23.976 MTC can only say 24."""
    m, outside = armed(at_timecode("00:00:04:24"), a_take, info), OPEN
    for said in frames(0, 123):
        outside, _ = put(m, outside, said)
    assert shots(m)[0].at_clock == pytest.approx(clock_at(14.96), abs=TICK_HZ * 1e-6)
    slow = Fraction(24000, 1001)
    m = armed(dataclasses.replace(short(), fps=slow), a_take, info)
    outside, _ = put(m, OPEN, TimecodeSaid(MTC, 10, Labelled(Timecode(1, 0, 0, 0), 10), Fraction(24)))
    assert outside.timecodes[MTC].fps == slow


def test_timecode_past_its_cue_or_without_leave_starts_nothing(a_take: Taken, info: UnitInfo) -> None:
    for outside, label in ((OPEN, "00:00:01:00"), (Outside(Gate()), "00:00:04:00")):
        m = armed(at_timecode(label), a_take, info)
        for said in frames(50, 100):
            outside, _ = put(m, outside, said)
        assert shots(m) == []


def test_the_mode_is_left_alone(a_take: Taken, info: UnitInfo) -> None:
    m = model(short(), a_take, info, After.PINGPONG)
    put(m, OPEN, asked(Want.TAKE, "5"))
    assert isinstance(m.stage, Stage)
    assert m.stage.after is After.PINGPONG


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (asked(Want.GO), "OSC 10.0.0.2: go: Why."),
        (CameraSaid(CAMERA, 1.0, True), "camera blackmagic pocket: rec: Why."),
        (TimecodeSaid(MTC, 1.0, Labelled(Timecode(1, 2, 3, 4), 1.0)), "MTC port: timecode: Why."),
        (ButtonSaid(OSC, 1.0, "pad"), "OSC 10.0.0.2: button: Why."),
        (StripSaid(OSC, 1.0, 0.1), "OSC 10.0.0.2: strip: Why."),
        (SourceSaid(CAMERA, 1.0, "Why."), "Why."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_came_in_is_told_in_words_and_who_names_itself_is_not_named_again(event: OutsideEvent, said: str) -> None:
    line = AskOutcome(event, "Why.", passed=False).noted(1e9)
    assert (line.said, line.utc_s, line.passed) == (said, 1e9, False)
    assert line.facts()["asked"] == line.asked


@pytest.mark.parametrize(
    ("want", "state", "kind"),
    [
        (Want.ARM, State.IDLE, events.ArmAsked), (Want.ARM, State.LOADED, events.ArmAsked),
        (Want.ARM, State.ARMED, type(None)), (Want.DISARM, State.ARMED, events.ArmAsked),
        (Want.DISARM, State.IDLE, type(None)), (Want.DISARM, State.LOADED, type(None)),
        (Want.BACK, State.IDLE, events.BackAsked), (Want.GO, State.ARMED, events.GoAsked),
        (Want.NEXT, State.IDLE, events.CueChosen),
    ],
)  # fmt: skip
def test_what_is_asked_is_the_players_event_and_nothing_where_it_is_so_already(
    a_take: Taken, info: UnitInfo, want: Want, state: State, kind: type
) -> None:
    m = model(there_and_back(None), a_take, info)
    m.heard(state)
    assert type(event_of(m.stage, asked(want))) is kind


@pytest.mark.parametrize(("outside", "words"), [(Outside(), NOT_ALLOWED), (OPEN.but(stopped_s=99.0), OVERTAKEN)])
@pytest.mark.parametrize("by", ["a camera's REC", "a phone", "timecode"])
def test_what_is_kept_out_is_told_as_kept_out_whoever_asked(
    a_take: Taken, info: UnitInfo, by: str, outside: Outside, words: str
) -> None:
    """The diary and the desk mark it: someone believes that it was heard."""
    show = {"a camera's REC": rec_show(), "a phone": short(), "timecode": at_timecode("00:00:04:00")}[by]
    m = armed(show, a_take, info)
    told = {
        "a camera's REC": [CameraSaid(CAMERA, 4.0, False), CameraSaid(CAMERA, 5.0, True)],
        "a phone": [OutsideAsked(Origin(SourceKind.REMOTE, "Z."), 5.0, Want.GO)],
        "timecode": list(frames(0, 102)),
    }[by]
    outcomes = []
    for event in told:
        outside, decision = put(m, outside, event)
        assert (decision.event, decision.stop, decision.start_rec) == (None, False, False)
        outcomes += [decision.outcome] if decision.outcome is not None else []
    assert words in outcomes[-1].words
    assert not outcomes[-1].passed
    assert shots(m) == []
