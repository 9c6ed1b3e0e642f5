"""FollowFocusUnit: a follow-focus motor in ring degrees. Connect, set the reference, go to, load, arm, GO, stop.

Methods that wait return when the thing has been done and raise when it wasn't: UnitError with the unit's own reason,
LineError when it can't be heard. `follow`, `jog`, and whatever is told not to wait return at once. Waiting methods are
for one thread at a time; stops are for any thread at any moment. Listeners are called on the link's thread.

Connection and settings are unitline.py's, reference and motion unitmotion.py's; takes are here.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable

from followfocus.clock import utc_timestamp
from followfocus.errors import FollowFocusError, LineError, RequestError, UnitError
from followfocus.steps.profile import StepProfile
from followfocus.unit.line import FOREVER_S
from followfocus.unit.moves import MovingUnit
from followfocus.unit.upload import Upload
from followfocus.unit.watch import TakeRecorder, Witness
from followfocus.wire.events import Said
from followfocus.wire.evidence import TakeEvidence, UnitStatus
from followfocus.wire.link import STOPPED_ON_THE_WAY, Link, Told
from followfocus.wire.messages import Arm, Disarm, GetStatus, GetTake, Go, State, TakeEnded, Telemetry, Unload

RECONNECT_S = 3.0
"""How long after its planned end a take is still waited for when the link was lost."""
LOOK_EVERY_S = 0.05
SETTLE_S = 0.15
"""How long the ring may swing after its last step before the witness is read."""
LEAST_TAKE_UP_DEG = 0.5

Progress = Callable[[float, UnitStatus], None]
"""Called while a take runs, with the seconds since its time zero (0 before) and the latest status."""


class FollowFocusUnit(MovingUnit):
    """A unit that plays takes."""

    def __init__(self, link: Link, witness: Witness | None = None) -> None:
        super().__init__(link, witness)
        self._upload: Upload | None = None
        self._profile: StepProfile | None = None
        self._recorder: TakeRecorder | None = None
        self._go_sent: tuple[float, float] | None = None

    # Takes ------------------------------------------------------------------------------------------------------------

    def load(self, profile: StepProfile) -> None:
        """Send a profile and have the unit check it as a whole (a long one: its head). UnitError says what is wrong."""
        assert self.info is not None
        self._forget_profile()
        self._upload = Upload(
            self.link, profile.start, profile.packed(), self.info.segment_capacity, self.info.max_payload
        )
        self._upload.send_head()
        self._profile = profile

    def unload(self) -> None:
        """Forget the profile."""
        self._do(Unload())
        self._forget_profile()

    def back_to_one(self) -> UnitStatus:
        """Go to the loaded profile's start, arriving in the direction of the pull, so that the lash is taken up."""
        profile = self._loaded()
        direction = int(profile.directions[0]) if len(profile.directions) else 1
        if self._approached == (profile.start, direction) and self.status.position == profile.start:
            return self.status
        with self.as_one():
            return self._go_to_start(profile, direction)

    def _go_to_start(self, profile: StepProfile, direction: int) -> UnitStatus:
        take_up = math.ceil(max(2 * self._lash_deg, LEAST_TAKE_UP_DEG) * self.steps_per_deg)
        low, high = self._limits_steps or (profile.start, profile.start)
        before = min(max(profile.start - direction * take_up, low), high)
        if before != profile.start:
            self._goto(before, None)
        status = self._goto(profile.start, None)
        self._approached = (profile.start, direction)
        return status

    def arm(self, *, cue: bool = False) -> None:
        """Go back to one where that is not done, and make ready: GO, or with `cue` an edge on the cue input, starts it.

        A streamed profile is gone after its take and is sent again here.
        """
        with self.as_one():
            self._arm(cue=cue)

    def _arm(self, *, cue: bool) -> None:
        profile, upload = self._loaded(), self._upload
        assert upload is not None
        self.back_to_one()
        if self.status.state is not State.LOADED and self.refresh().state is not State.LOADED:
            upload.send_head()
        self._recorder = self._new_recorder(None) if cue else None
        self._go_sent = None
        self._do(Arm(upload.begin.profile_id, int(cue)))
        if self._recorder is not None:
            self._recorder.since_clock = self._ask(GetStatus(), Telemetry).clock
        self._approached = None if profile.steps else self._approached

    def disarm(self) -> None:
        """From armed back to loaded."""
        self._do(Disarm())

    @property
    def profile(self) -> StepProfile | None:
        """What is loaded, as far as this side knows."""
        return self._profile

    def go(self, take: int, at_clock: int | None = None) -> None:
        """Start the armed profile as take number `take` (1 … 65535). Returns when the unit has taken the command.

        With `at_clock` its time zero is at that tick of the unit's clock, if that has not gone by: the unit waits it
        out, so that the host's haste or delay plays no part.

        Raises LineError where the link is lost before the unit has said that it started; later `wait_take` tells.
        """
        self._recorder = recorder = self._new_recorder(take & 0xFFFF)
        self.link.attend(FOREVER_S)
        self._go_sent = None
        utc_s, now_s = utc_timestamp(), self.clock.now()
        try:
            sent_s = self._sent_go(Go(take & 0xFFFF, self._ticks_until(at_clock)))
            self._go_sent = None if sent_s is None else (sent_s, utc_s + sent_s - now_s)
            recorder.since_clock = self._ask(GetStatus(), Telemetry).clock
        except LineError:
            if recorder.started is None and self._go_sent is None:
                self._give_up()
                raise
            recorder.since_clock = self.status.clock
        except UnitError:
            self._give_up()
            raise

    def _sent_go(self, command: Go) -> float | None:
        """Send GO: when it left. None where a STOP came before its answer, so that only the unit knows; UnitError."""
        try:
            return self._tell(command).sent_s
        except UnitError as error:
            if error.reason != STOPPED_ON_THE_WAY:
                raise
        return None

    def _ticks_until(self, clock: int | None) -> int:
        """The delay to ask of the unit for something at a tick of its clock."""
        sync = self.link.session.sync
        due_s = None if clock is None else sync.host_s(clock)
        if due_s is None:
            return 0
        return max(0, round((due_s - self.clock.now() - sync.way_there_s) * sync.nominal_hz))

    def pause_until(self, clock: int) -> None:
        """Let time pass until about that tick of the unit's clock, unless a STOP makes an end of it (UnitError)."""
        due_s = self.link.session.sync.host_s(clock)
        self.pause(0.0 if due_s is None else due_s - self.clock.now())

    def _give_up(self) -> None:
        """No take has begun."""
        self._recorder = None
        self.link.attend(-FOREVER_S)

    def wait_take(self, progress: Progress | None = None) -> TakeEvidence:
        """Wait for the end of the take that was started (or cued), and for the ring to come to rest.

        Never raises for what happens to the take: stopped, faulted, lost and reset are evidence too.
        """
        recorder = self._recorder
        if recorder is None:
            raise RequestError("No take has been started.", "Arm, then GO.")
        self.link.attend(FOREVER_S)
        late_s = math.inf
        while not recorder.over(self.status):
            self.link.wait_for(lambda: recorder.over(self.status) or None, LOOK_EVERY_S)
            if progress is not None:
                progress(recorder.elapsed_s(self.status, self.tick_hz), self.status)
            if not recorder.down:
                late_s = math.inf
            elif late_s == math.inf:
                late_s = self.clock.now() + self._remaining_s(recorder) + RECONNECT_S
            elif self.clock.now() >= late_s:
                break
        self._ask_for_end(recorder)
        self.link.attend(-FOREVER_S)
        if self.link.up:
            self.link.sleep(SETTLE_S)
        self._recorder = None
        return recorder.evidence(self._take_hz(), self.steps_per_deg, self._go_sent)

    def play(self, take: int, progress: Progress | None = None) -> TakeEvidence:
        """Arm, GO, and wait for the end."""
        self.arm()
        self.go(take)
        return self.wait_take(progress)

    # How it is done ---------------------------------------------------------------------------------------------------

    def _hear(self, told: Told) -> None:
        if self._recorder is not None:
            self._recorder.hear(told)
        message = told.message if isinstance(told, Said) else None
        if isinstance(message, Telemetry) and message.state is State.PLAYING and self._upload is not None:
            self._upload.feed(message)
        super()._hear(told)

    def _forget_profile(self) -> None:
        super()._forget_profile()
        self._upload = self._profile = None

    def _loaded(self) -> StepProfile:
        if self._profile is None:
            raise UnitError("No pull is loaded.", "no_profile", "Load one first.")
        return self._profile

    def _new_recorder(self, take: int | None) -> TakeRecorder:
        return TakeRecorder(
            take, self.clock.now, self.link.session.sync.host_s, self.witness, not_before=self.status.clock
        )

    def _remaining_s(self, recorder: TakeRecorder) -> float:
        planned_s = self._profile.duration_s if self._profile is not None else 0.0
        return max(0.0, planned_s - recorder.elapsed_s(self.status, self.tick_hz))

    def _ask_for_end(self, recorder: TakeRecorder) -> None:
        """Where the word of a take's end was lost on the way, ask for it."""
        if recorder.ended is not None or recorder.reset or not self.link.up:
            return
        with contextlib.suppress(FollowFocusError):
            recorder.told_late(self._ask(GetTake(), TakeEnded))

    def _take_hz(self) -> float:
        return self._profile.tick_hz if self._profile is not None else self.tick_hz
