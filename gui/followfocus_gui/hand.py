# SPDX-License-Identifier: MIT
"""The hand at the desk: edits of the show, if nothing forbids them, and the ring turned by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from followfocus.clock import Clock
from followfocus.errors import FollowFocusError
from followfocus.hand.events import WheelTurned
from followfocus.hand.manners import HandManners
from followfocus.lens.subjects import WALK
from followfocus.plan.plan import Conditions
from followfocus.show.show import letter
from followfocus.stage.around import SeenAround
from followfocus.stage.events import Edited, Noted, StageEvent, Taken
from followfocus.stage.hand_recorder import HandRecorder
from followfocus.stage.sentences import not_ready
from followfocus.stage.state import AT_HAND, Stage
from followfocus.takes.context import TakeContext
from followfocus.takes.keeper import TakeKeeper
from followfocus.unit.settings import GOTO_DEG_S
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.messages import State
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.state.carried import ahead_deg
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.jobs import Job
from followfocus_gui.state.lock import ALWAYS, locked

FARTHEST_DEG = 30.0
"""A hand that asks for more at once asks for a place, and the ring goes there at its own speed."""
DISK = "the disk"
LETTING_GO = "letting go of the ring"
# Longer than the unit takes to say that it rests; later the crew no longer expects that what they asked for happens.
HEARD_S = 1.0
WAITED_TOO_LONG = "The ring stood too late: press again."


class DeskHand:
    """The hand at the desk: its wishes. `stage` tells how things stand, `tell` hands an event to the player."""

    def __init__(
        self,
        desk: Desk,
        bridge: UnitBridge,
        keeper: TakeKeeper,
        stage: Callable[[], Stage],
        tell: Callable[[StageEvent], object],
        clock: Clock,
    ) -> None:
        self.target_deg: float | None = None
        """Where the hand wants the ring, while it follows"""
        self._aim_deg: float | None = None
        """Where the disk asked for the ring last"""
        self._desk, self._bridge, self._keeper = desk, bridge, keeper
        self._stage, self._tell = stage, tell
        self._clock = clock
        self._travel_deg = 0.0
        self._then: Callable[[], object] | None = None
        """It waits until the ring stands"""
        self._until_s: float | None = None
        """Until when it waits; None before the hand has let go"""
        self.keep_up()

    def refuse(self, words: str) -> None:
        """Say why an entry isn't taken; that stands until one is, or none is asked for: then the words are empty."""
        if words or self._stage().note.passing:
            self._tell(Noted(words, trouble=bool(words), passing=True))

    def edit(self, change: Callable[[], object], *, always: bool = False) -> bool:
        """Make an edit, or say in a sentence what forbids it. `always`: also while armed."""
        words = "" if always else locked(self._stage())
        if not words:
            try:
                change()
            except FollowFocusError as error:
                words = str(error)
        if words:
            self.refuse(words)
        else:
            self._tell(Edited(self._desk.show, self._desk.state.cue, self._desk.state.turned))
        return not words

    def edit_mark(self, index: int, **changes: Any) -> None:
        """Edit a mark. A trim that changes while the pull is armed loads it anew and arms again."""
        if index < len(self._desk.pull.marks):  # else it has gone while it was being edited
            self.edit(lambda: self._desk.edit_mark(index, **changes), always=ALWAYS.issuperset(changes))

    def call_mark(self, index: int, words: str) -> None:
        """Name a mark, or give it somebody who walks: that moves it, and can't be done while armed."""
        if index < len(self._desk.pull.marks):
            only_words = WALK not in words and not self._desk.pull.marks[index].subject
            self.edit(lambda: self._desk.call_mark(index, words), always=only_words)

    def set_mark(self, index: int) -> None:
        """Put the mark where the ring is now, also while it turns; the next free letter adds a mark."""
        desk, unit = self._desk, self._stage().unit
        if unit.ring_deg is None:
            self.refuse("Where the ring stands isn't known: type the distance.")
            return
        turned = 0.0
        if not unit.at_rest:  # by the unit's clock: its last word is some hundredths of a second, and degrees, old
            turned = ahead_deg(unit, self.target_deg, self._bridge.age_s(unit, self._clock.now()))
        deg = min(max(unit.ring_deg + turned, 0.0), desk.lens.travel_deg)
        if index < len(desk.pull.marks):
            done = self.edit(lambda: desk.edit_mark(index, ring_deg=deg, trim_m=0.0))
        elif index == len(desk.pull.marks):
            done = self.edit(lambda: desk.add_mark(deg))
        else:
            done = False
            self.refuse(f"{letter(len(desk.pull.marks))} is next: press Shift+{len(desk.pull.marks) + 1}.")
        if done and not unit.at_rest:
            where = desk.distance_text(desk.lens.distance_m(deg))
            self._tell(
                Noted(f"{letter(index)} marked while the ring was turning, at {where}.", trouble=False, passing=True)
            )

    def turn(self, ring_deg: float, *, to_a_place: bool = False) -> None:
        """Let the ring follow the hand, within the lens's travel.

        `to_a_place`: a mark or a distance was asked for. That is an order: it takes the ring from a wheel that has it.
        """
        stage = self._stage()
        if stage.plays or stage.state not in (*AT_HAND, State.MOVING):
            self.refuse(f"The ring can't be turned. {not_ready(stage.unit)}")
            return
        drive = self._bridge.drive
        stands_deg = drive.ring_deg if drive.ring_deg is not None else stage.unit.ring_deg or 0.0
        if self._aim_deg is not None and drive.busy and drive.hand.owner == DISK:
            stands_deg = self._aim_deg  # ways add up from what was asked last, wherever the ring has come by now
        self.target_deg = self._aim_deg = min(max(ring_deg, 0.0), self._desk.lens.travel_deg)
        way_deg = self.target_deg - stands_deg
        from_a_wheel = to_a_place and not drive.recording and drive.hand.owner not in ("", DISK)
        # To a place by the unit's own ramp; else along with the hand. A ring that somebody else moves can only be sent.
        if from_a_wheel or abs(way_deg) > FARTHEST_DEG or (drive.ring_deg is None and stage.state is State.MOVING):
            self._bridge.follow(self.target_deg, GOTO_DEG_S)
        else:
            self._bridge.hear(WheelTurned(self._clock.now(), DISK, way_deg))

    def turn_by(self, way_deg: float) -> bool:
        """The disk was turned so far; whether a pull is played that it plays in."""
        if not self._bridge.drive.plays:
            return False
        self._bridge.hear(WheelTurned(self._clock.now(), DISK, way_deg))
        return True

    def let_go_then(self, act: Callable[[], object]) -> None:
        """Do something once the hand has let go of the ring; at once where it has. A recording is not let go of."""
        drive, stage = self._bridge.drive, self._stage()
        if drive.busy and not drive.recording:
            self._then = act
            self._bridge.ask(Job(LETTING_GO, lambda _unit: None, by_hand=True))  # before a job the bridge ends the hand
        elif stage.state is State.MOVING and not stage.busy and not drive.recording:
            # It has let go on its own thread, and that the ring stands hasn't been heard here yet.
            self._then = act
            self.let_go()
        else:
            act()

    def let_go(self) -> None:
        """The hand has let go: what waits for that is done once the ring stands, or refused after a second."""
        self._until_s = self._clock.now() + HEARD_S
        self.heard()

    def forget(self) -> None:
        """STOP: nothing waits for the ring any more."""
        self._then = self._until_s = None

    def heard(self) -> None:
        """The unit said how it stands."""
        # By the state at rest, not by the end of the job: the unit takes an order only once it says that it stands.
        act, until_s, unit = self._then, self._until_s, self._stage().unit
        if act is None or until_s is None:
            return
        late, stands = self._clock.now() > until_s, self._stage().state in AT_HAND
        if late or stands:
            self.forget()
        if late:  # whoever asked for it may have turned away meanwhile
            self.refuse(f"Not done. {WAITED_TOO_LONG if stands else not_ready(unit)}")
        elif stands:
            act()

    def record(self) -> None:
        """Begin to keep what the hand does, or end that: the take is kept, and the slate counts on."""
        drive = self._bridge.drive
        if drive.recording:
            self._bridge.ask(Job("ending the recording", lambda _unit: drive.end_recording(), by_hand=True))
        else:
            # A job, so that it begins after what is under way, and is void where a STOP comes first.
            self._bridge.ask(Job("recording", lambda unit: drive.record(self._recorder, unit), by_hand=True))
            self._tell(Noted("Recording by hand: turn the ring.", trouble=False, passing=True))

    def _recorder(self, unit: FollowFocusUnit) -> HandRecorder:
        """The keeper of the take; runs on the worker."""
        assert unit.info is not None
        show, lens, pull = self._desk.show, self._desk.lens, self._desk.pull
        conditions = Conditions(pull.t_stop, pull.coc_mm, show.film, show.fps)
        about = TakeContext(production=show.production, camera=show.camera, first_ac=show.first_ac)
        return HandRecorder(
            unit.info, lens, conditions, show.unit.rig(lens), show.slate, self._keeper, about,
            lambda: SeenAround.at_go(unit, self._bridge.around, None),
        )  # fmt: skip

    def taken(self, taken: Taken) -> None:
        """A recording is over: the slate counts on."""
        slate = self._desk.show.slate
        shot = max(slate.take, taken.take.take) if taken.context.slate.shot == slate.shot else slate.take
        following = dataclasses.replace(slate, take=shot).next_take()
        self.edit(lambda: self._desk.edit(slate=following), always=True)
        way = f"{taken.take.start_deg:z.1f}° → {taken.take.end_deg:z.1f}° in {taken.take.actual_s or 0.0:.1f} s"
        why = f": {'; '.join(taken.take.reasons)}" if taken.take.reasons else ""
        words = f"Take {taken.take.take} by hand: {way}{why}. {taken.trouble}"
        self._tell(Noted(words.strip(), trouble=bool(why or taken.trouble)))

    def unbegun(self) -> None:
        """A recording was stopped before the hand had turned the ring."""
        self._tell(
            Noted("Stopped. The hand had not turned the ring: nothing was recorded.", trouble=False, passing=True)
        )

    def keep_up(self) -> None:
        """The hand is on the desk's lens, with its marks; the disk turns the ring by degrees."""
        lens, hand = self._desk.lens, self._bridge.drive.hand
        hand.on_lens(lens.travel_deg, self._desk.places_deg())
        if self._travel_deg != lens.travel_deg:
            self._travel_deg = lens.travel_deg
            hand.behave(HandManners(turn_counts=lens.travel_deg), DISK)

    def turn_to(self, distance_m: float) -> None:
        """Turn the ring to a distance; off the lens's scale it says so."""
        self.edit(lambda: self.turn(self._desk.lens.ring_deg(distance_m), to_a_place=True), always=True)

    def go_to(self, index: int) -> None:
        """Go to a mark, its trim included."""
        marks = self._desk.pull.marks
        if index < len(marks):
            places_deg = self._desk.pull.places_deg
            self.edit(lambda: self.turn(places_deg(self._desk.lens)[index], to_a_place=True), always=True)
        else:
            self.refuse(f"No {letter(index)} yet.")
