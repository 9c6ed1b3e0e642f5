# SPDX-License-Identifier: MIT
"""Takes on a unit: load a profile, go back to one, arm, GO, and wait for how it ended."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from dataclasses import replace

from followfocus.clock import utc_timestamp
from followfocus.errors import FollowFocusError, LineError, RequestError, StoppedError, UnitError
from followfocus.steps.profile import StepProfile
from followfocus.unit.held import Loaded
from followfocus.unit.latency import GoSent
from followfocus.unit.line import FOREVER_S, UnitLine
from followfocus.unit.moves import RingMoves
from followfocus.unit.setup import UnitSetup
from followfocus.unit.upload import Upload
from followfocus.unit.watch import TakeRecorder, Witness
from followfocus.wire.events import Said
from followfocus.wire.evidence import TakeEvidence, UnitInfo, UnitStatus
from followfocus.wire.link import Told
from followfocus.wire.messages import Arm, Disarm, GetStatus, GetTake, Go, State, TakeEnded, Telemetry

OVERDUE_S = 3.0
"""How long after its planned end a take that is not over is stopped; or given up, where the link was lost."""
STOPPING_S = 2.0
CLOCK_SHARE = 1.05
"""How much slower than planned a unit's clock may go: a resonator is off by half a percent, a stretched take by far."""
LOOK_EVERY_S = 0.05
SETTLE_S = 0.15
"""How long the ring may swing after its last step before the witness is read."""
# Nobody may have measured the lash: a gear that is sound has less than this.
LEAST_TAKE_UP_DEG = 0.5
CLOCK_SLOT = "clock"

Progress = Callable[[float, UnitStatus], None]
"""Called while a take runs, with the seconds since its time zero (0 before) and the latest status."""


class TakePlayer:
    """Plays takes on the unit on `line`. `witness` gives the true ring angle where something can see it."""

    def __init__(self, line: UnitLine, setup: UnitSetup, moves: RingMoves, witness: Witness | None = None) -> None:
        self._line = line
        self._link = line.link
        self._held = line.held
        self._setup = setup
        self._moves = moves
        self._witness = witness
        self._recorder: TakeRecorder | None = None
        self._go_sent: GoSent | None = None
        self._began_s: float | None = None
        self._armed_id: int | None = None
        line.first.append(self._hear)

    def load(self, profile: StepProfile, info: UnitInfo) -> None:
        """Send a profile and have the unit check it as a whole (a long one: its head). UnitError says what is wrong."""
        self._line.check_clock()
        # Whatever becomes of the upload: with its first word the unit has dropped the profile that it held.
        self._held.forget_profile()
        upload = Upload(
            self._link, profile.start, profile.packed(), info.segment_capacity, info.max_payload, profile.peak_step_hz
        )
        upload.send_head()
        self._held.loaded = Loaded(profile, upload)

    def unload(self) -> None:
        """Forget the profile."""
        self._line.unload()

    def back_to_one(self) -> UnitStatus:
        """Go to the loaded profile's start, arriving in the direction of the pull, so that the lash is taken up."""
        profile = self._loaded().profile
        direction = int(profile.directions[0]) if len(profile.directions) else 1
        if self._held.approached == (profile.start, direction) and self._line.status.position == profile.start:
            return self._line.status
        take_up = math.ceil(max(2 * self._setup.lash_deg, LEAST_TAKE_UP_DEG) * self._line.keeper.steps_per_deg)
        low, high = self._held.limits_steps or (profile.start, profile.start)
        # Within the soft limits, at which the take-up ends: a mark near the stop has the less of it.
        before = min(max(profile.start - direction * take_up, low), high)
        # Past the start and back, so that the gear's flanks touch on the side that will push: the first step moves the
        # ring.
        if before != profile.start:
            self._moves.goto_step(before)
        status = self._moves.goto_step(profile.start)
        self._held.approached = (profile.start, direction)
        return status

    def arm(self, *, cue: bool) -> None:
        """Go back to one where that is not done, and make ready: GO, or with `cue` an edge on the cue input, starts it.

        A streamed profile is gone after its take and is sent again here.
        """
        loaded = self._loaded()
        self.back_to_one()
        if self._line.status.state is not State.LOADED and self._line.refresh().state is not State.LOADED:
            loaded.upload.send_head()
        # Before the unit is armed: the edge may come before the answer does.
        self._recorder = self._new_recorder(None) if cue else None
        self._go_sent = self._began_s = None
        try:
            self._line.begin(Arm(loaded.upload.begin.profile_id, int(cue)))
        except FollowFocusError:
            self._recorder = None
            raise
        self._armed_id = loaded.upload.begin.profile_id
        if self._recorder is not None:
            self._recorder.since_clock = self._clock_now()
        # Armed is as good as started: after a take the ring is
        # somewhere else. A pull without steps leaves it where it was.
        self._held.approached = None if loaded.profile.steps else self._held.approached

    def disarm(self) -> None:
        """From armed back to loaded."""
        self._line.tell(Disarm())

    def go(self, take: int, at_clock: int | None = None) -> None:
        """Start the armed profile as take number `take` (1 … 65535). Returns when the unit has taken the command.

        Raises LineError where the link is lost, StoppedError where a stop comes, before GO can have reached the unit;
        later `wait_take` tells. `at_clock` is the tick of the unit's clock at which to start; None is at once.
        """
        # Before GO leaves: the word of the start may be here before the answer to GO is.
        self._recorder = recorder = self._new_recorder(take & 0xFFFF)
        self._link.attend(FOREVER_S)
        self._go_sent = None
        utc_s, now_s = utc_timestamp(), self._link.clock.now()
        self._began_s = now_s
        try:
            replied = self._line.tell(Go(take & 0xFFFF, self._ticks_until(at_clock)))
        except (LineError, UnitError) as error:
            # A take that was heard to start has started, whatever became of the answer to GO; and where STOP found GO
            # on its way, it may have.
            if not (recorder.started is not None or (isinstance(error, StoppedError) and error.sent)):
                self._give_up()
                if isinstance(error, LineError):
                    self._line.take_back()
                raise
        else:
            if at_clock is None:  # else it starts when its clock says, not when GO comes
                self._go_sent = GoSent(replied.sent_s, replied.received_s, utc_s + replied.sent_s - now_s)
        recorder.since_clock = self._clock_now()

    def _ticks_until(self, clock: int | None) -> int:
        """The delay to ask of the unit for something at a tick of its clock."""
        reading = self._link.session.sync
        # Less the way there: the delay counts from when the frame is taken, and GO is still on the line until then.
        due_s = None if clock is None else reading.host_s(clock)
        if due_s is None:
            return 0
        return max(0, round((due_s - self._link.clock.now() - reading.way_there_s) * reading.nominal_hz))

    def _give_up(self) -> None:
        """No take has begun."""
        self._recorder = None
        self._link.attend(-FOREVER_S)

    def wait_take(self, progress: Progress | None = None) -> TakeEvidence:
        """Wait for the end of the take that was started (or cued), and for the ring to come to rest.

        Never raises for what happens to the take: stopped, faulted, lost and reset are evidence too. A take that the
        unit doesn't end in time is stopped.
        """
        recorder = self._recorder
        if recorder is None:
            raise RequestError("No take has been started.", "Arm, then GO.")
        # A take whose line falls silent ends as `take_silence` says: while somebody waits for it, the line must not.
        self._link.attend(FOREVER_S)
        with self._link.orders.unbound():
            self._watch(recorder, progress)
            self._ask_for_end(recorder)
            self._clock_now()  # a second question: with the one at the start it tells how fast the clock went meanwhile
            self._link.attend(-FOREVER_S)
            # Only once it has rested: the witness is to say where the ring stayed, not where it swung to.
            if self._link.up:
                self._link.sleep(SETTLE_S)
        self._recorder = None
        evidence = recorder.evidence(self._take_hz(), self._line.keeper.steps_per_deg, self._go_sent)
        measured = self._link.session.sync.rate_over(evidence.start_clock, evidence.last_edge_clock)
        return replace(
            evidence,
            profile_id=self._armed_id,
            host_hz=None if measured is None else measured.hz,
            host_within_hz=None if measured is None else measured.within_hz,
        )

    # How it is done ---------------------------------------------------------------------------------------------------

    def _watch(self, recorder: TakeRecorder, progress: Progress | None) -> None:
        """Until the take is over, is not heard of any more, or goes on for longer than it can."""
        began_s = self._link.clock.now()
        lost_s: float | None = None
        back_s = -math.inf
        asked = False
        while not self._over(recorder):
            # A question at the start, and one at the end: the two bound how fast the unit's clock went in between.
            if recorder.started is not None and not asked:
                asked = True
                self._line.post(GetStatus(), CLOCK_SLOT)
            self._link.wait_for(lambda: self._over(recorder) or None, LOOK_EVERY_S)
            if progress is not None:
                progress(recorder.elapsed_s(self._line.status, self._line.tick_hz), self._line.status)
            now_s = self._link.clock.now()
            # From the first look that found it down, and anew after it was up: a short gap uses up no patience.
            back_s = now_s if lost_s is not None and not recorder.down else back_s
            lost_s = None if not recorder.down else now_s if lost_s is None else lost_s
            if lost_s is None and self._line.silent_since(max(began_s, back_s)):
                recorder.lost_track(self._line.half_silent)
                return
            # Till a unit that is back has said how things stand, its last word is from before the gap.
            told = lost_s is not None or self._line.keeper.self_told_s > back_s
            if told and self._overdue(now_s, self._began_s, recorder.heard_start_s, lost_s):
                # Where it can't be heard, it can't be told either: only its evidence is given up. And the word that it
                # is over may just have come.
                if lost_s is None and not self._over(recorder):
                    self._end(recorder)
                return

    def _over(self, recorder: TakeRecorder) -> bool:
        return recorder.over(self._line.status)

    def _overdue(self, now_s: float, *begun_s: float | None) -> bool:
        """Whether a take that began at the first of `begun_s` that is known should long be over, by the host's clock.

        A take that waits for its cue has not begun, and may wait as long as it is heard of.
        """
        # The surest first: our own GO, then the word of the start, then the moment from which nothing was heard.
        first_s = next((at_s for at_s in begun_s if at_s is not None), None)
        return first_s is not None and now_s > first_s + CLOCK_SHARE * self._planned_s() + OVERDUE_S

    def _end(self, recorder: TakeRecorder) -> None:
        """Stop a take that the unit doesn't end."""
        recorder.doubt = (
            f"the unit had not ended it {OVERDUE_S:.0f} s after its planned end, and was told to stop"
            if recorder.started is not None
            else "the unit took GO, but never said that it started; it was told to stop"
        )
        self._link.stop(hard=False)
        self._link.wait_for(lambda: self._over(recorder) or None, STOPPING_S)

    def _hear(self, told: Told) -> None:
        recorder = self._recorder  # looked at once: who waits for the take's end forgets it on another thread
        if recorder is not None:
            recorder.hear(told)
        message = told.message if isinstance(told, Said) else None
        loaded = self._held.loaded
        if isinstance(message, Telemetry) and message.state is State.PLAYING and loaded is not None:
            loaded.upload.feed(message)

    def _loaded(self) -> Loaded:
        if self._held.loaded is None:
            raise UnitError("No pull is loaded.", "no_profile", "Load one first.")
        return self._held.loaded

    def _new_recorder(self, take: int | None) -> TakeRecorder:
        of_this_boot = self._link.session.sync_of_this_boot()
        clock = self._line.status.clock
        return TakeRecorder(take, clock, self._link.clock.now, utc_timestamp, of_this_boot, self._witness)

    def _clock_now(self) -> int:
        """The unit's clock after what it was just told; as last heard where the link is lost.

        Not bound to an order: what was told may have begun, and is seen to its end whether a stop comes or not.
        """
        with self._link.orders.unbound():
            try:
                return self._line.ask(GetStatus(), Telemetry).clock
            except LineError:
                return self._line.status.clock

    def _planned_s(self) -> float:
        loaded = self._held.loaded
        return loaded.profile.duration_s if loaded is not None else 0.0

    def _ask_for_end(self, recorder: TakeRecorder) -> None:
        """If the message of a take's end was lost on the way, ask for it."""
        if recorder.ended is not None or recorder.reset or not self._link.up:
            return
        with contextlib.suppress(FollowFocusError):
            recorder.hear_end(self._line.ask(GetTake(), TakeEnded))

    def _take_hz(self) -> float:
        loaded = self._held.loaded
        return loaded.profile.tick_hz if loaded is not None else self._line.tick_hz
