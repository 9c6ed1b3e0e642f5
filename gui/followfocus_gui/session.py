"""The one object that owns the unit: what the buttons ask for becomes jobs, what the unit says becomes signals.

No widget here. A cue is played part by part (a hold for GO ends a part); while a part stands by the desk is locked but
for what a bumped key can't spoil. Everything refused is refused in a sentence.
"""

from __future__ import annotations

import dataclasses
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from followfocus import __version__
from followfocus.clock import SystemClock
from followfocus.errors import FollowFocusError, RequestError, UnitError
from followfocus.plan.plan import Plan
from followfocus.show.cues import After
from followfocus.stage.shoot import load, ready, take_hold
from followfocus.stage.slipcheck import check_for_slip
from followfocus.takes.context import TakeContext, context_of, plan_hash
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.landings import Landing, landing_of
from followfocus.takes.slips import SlipVerdict
from followfocus.takes.takes import judge
from followfocus.takes.warnings import warnings_before
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitInfo, UnitStatus
from followfocus.wire.messages import Silence, State
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import mark_views, part_starts_s, state_word, way_words
from followfocus_gui.state.views import Taken

FOLLOW_DEG_S = 180.0
MOVING = (State.MOVING, State.PLAYING, State.STOPPING)
AT_HAND = (State.IDLE, State.LOADED)
BY_HAND = ("follow", "jog")
"""Jobs that come a hundred times a second and change nothing but where the ring is, which the telemetry says"""
LOADING = ("arm", "take", "rehearsal")
"""Jobs at the end of which the pull that was on the desk at their beginning is on the unit"""
HARMLESS = (*BY_HAND, "stop", "disarm", "store settings", "calibration check")
"""Jobs that leave what is loaded as it is, if they fail too"""
COUNT_MS = 100
MOST_AHEAD_S = 0.06
REMEMBERED = 50
"""So many takes of the session are looked at for drift and slips"""
REHEARSED_HOLD_S = 1.0
"""How long a rehearsal rests where a take would wait for GO."""
ALWAYS = frozenset({"name", "trim_m"})
"""Fields of a mark that may change while the pull is armed: words, and the live trim (which loads the pull anew)."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A part to be played: its plan, what the log will say of it, and where on the curve's time axis it begins."""

    plan: Plan
    context: TakeContext
    starts_s: float


class DeskSession(QObject):
    """The desk on a unit."""

    changed = Signal()
    said = Signal(str)
    warned = Signal(str)
    """A sentence about what can't be, or went wrong"""
    progressed = Signal(float, object)
    """(seconds on the curve's time axis, status) while a take runs"""
    began = Signal()
    taken = Signal(object)
    counted = Signal(float)
    """Seconds to the start while the lead is counted down; 0 when it is over"""

    def __init__(self, desk: Desk, bridge: UnitBridge, keeper: TakeKeeper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk, self.keeper = desk, keeper
        self.status = UnitStatus()
        self.info: UnitInfo | None = None
        self.connection = "connecting"
        """connected, connecting, lost or none"""
        self.target_deg: float | None = None
        self.landing_deg: float | None = None
        self.part = 0
        self.busy = ""
        self.mode = After.REPEAT
        self._bridge = bridge
        self._clock = SystemClock()
        self._loaded: Plan | None = None
        self._landings: deque[Landing] = deque(maxlen=REMEMBERED)
        self._lead = QTimer(self)
        self._lead.setTimerType(Qt.TimerType.PreciseTimer)
        self._lead.setInterval(COUNT_MS)
        self._lead.timeout.connect(self._count)
        self._since = QElapsedTimer()
        self._follow = QTimer(self)
        self._follow.setTimerType(Qt.TimerType.PreciseTimer)
        self._follow.setSingleShot(True)
        self._follow.timeout.connect(self._take)
        bridge.statusChanged.connect(self._hear)
        bridge.connected.connect(self._greet)
        bridge.failed.connect(self._fail)
        bridge.finished.connect(self._finish)
        bridge.progressed.connect(self._progress)
        bridge.connecting.connect(self._connecting)
        bridge.lost.connect(self._lost)
        bridge.back.connect(self._back)

    # What is so ---------------------------------------------------------------------------------------------------

    @property
    def bridge(self) -> UnitBridge:
        """The crossing to the unit's threads."""
        return self._bridge

    @property
    def state(self) -> State | None:
        """What the unit said last; None while it can't be heard."""
        return self.status.state if self.status.connected else None

    @property
    def ring_deg(self) -> float:
        """Where the ring stands; 0 while that is not known."""
        return self.status.ring_deg if self.status.ring_deg is not None else 0.0

    def status_now(self) -> UnitStatus:
        """The status, the ring carried on by its own speed since it was told, while it follows the hand.

        Telemetry comes fifty times a second; without this the needle would be half of that behind the ring. Never
        further than the hand wants, and never for a take, which is shown as it was told.
        """
        status, target = self.status, self.target_deg
        if status.state is not State.MOVING or status.ring_deg is None or target is None:
            return status
        age_s = min(max(self._clock.now() - status.received_s, 0.0), MOST_AHEAD_S)
        ahead = status.speed_deg_s * age_s
        left = target - status.ring_deg
        if ahead * left <= 0:
            return status
        carried = math.copysign(min(abs(ahead), abs(left)), left)
        return dataclasses.replace(status, ring_deg=status.ring_deg + carried)

    @property
    def counting(self) -> bool:
        """The lead is being counted down."""
        return self._lead.isActive()

    @property
    def needs_position(self) -> bool:
        """The unit doesn't know where its ring stands: someone has to look."""
        return self.status.connected and self.state is State.UNREFERENCED and not self.busy

    def locked(self) -> str:
        """Why nothing can be changed now; empty if it can."""
        if self.state is State.ARMED:
            return self.tr("Nothing can be changed while armed. Disarm first.")
        if self.state is State.PLAYING:
            return self.tr("Nothing can be changed while the take runs.")
        if self.busy in LOADING:
            return self.tr("Nothing can be changed while the pull is being loaded.")
        return ""

    def details(self) -> str:
        """What someone who is to help has to know: the unit, the pull, and what was heard last."""
        status, desk = self.status, self.desk
        facts = {
            "followfocus": __version__,
            "unit": self.info,
            "status": status.facts(),
            "busy": self.busy,
            "cue": desk.cue,
            "pull": desk.pull,
            "unit settings": desk.show.unit,
            "log": self.keeper.path,
        }
        return "\n".join(f"{name}: {value}" for name, value in facts.items())

    # Editing ------------------------------------------------------------------------------------------------------

    def edit(self, change: Callable[[], object], *, always: bool = False) -> bool:
        """An edit, if nothing forbids it; why not is said in a sentence. `always`: also while armed."""
        words, done = "" if always else self.locked(), False
        if words:
            self.warned.emit(words)
        else:
            try:
                change()
                done = True
            except FollowFocusError as error:
                self.warned.emit(str(error))
        self.changed.emit()
        return done

    def edit_mark(self, index: int, **changes: Any) -> None:  # noqa: ANN401 - the fields of ShowMark
        """Edit a mark. A trim that changes while the pull is armed loads it anew and arms again."""
        if index >= len(self.desk.pull.marks):
            return  # it has gone while it was being edited
        live = ALWAYS.issuperset(changes)
        done = self.edit(lambda: self.desk.edit_mark(index, **changes), always=live)
        if done and self.state is State.ARMED and "trim_m" in changes and not self.busy:
            self._arm(self.tr("Trimmed, loaded again and armed."))

    def set_mark(self, index: int) -> None:
        """The mark is where the ring stands now; the next free letter adds a mark."""
        desk, deg = self.desk, min(max(self.ring_deg, 0.0), self.desk.lens.travel_deg)
        if index < len(desk.pull.marks):
            self.edit(lambda: desk.edit_mark(index, ring_deg=deg, trim_m=0.0))
        elif index == len(desk.pull.marks):
            self.edit(lambda: desk.add_mark(deg))
        else:
            self.warned.emit(self.tr("Set the marks in order: {0} is next.").format(len(desk.pull.marks) + 1))

    # The ring by hand ---------------------------------------------------------------------------------------------

    def turn(self, ring_deg: float) -> None:
        """Let the ring follow the hand, within the lens's travel."""
        if self.state in (*AT_HAND, State.MOVING):
            self.target_deg = min(max(ring_deg, 0.0), self.desk.lens.travel_deg)
            self._bridge.follow(self.target_deg, FOLLOW_DEG_S)
        else:
            self.warned.emit(self.tr("The ring can't be turned: the unit is {0}.").format(state_word(self.status)))

    def turn_to(self, distance_m: float) -> None:
        """Turn the ring to a distance; off the lens's scale it says so."""
        self.edit(lambda: self.turn(self.desk.lens.ring_deg(distance_m)), always=True)

    def go_to(self, index: int) -> None:
        """Go to a mark, its trim included."""
        marks = self.desk.pull.marks
        if index < len(marks):
            self.turn(marks[index].trimmed_deg(self.desk.lens))
        else:
            self.warned.emit(self.tr("There is no mark {0} yet.").format(index + 1))

    def set_position(self, ring_deg: float) -> None:
        """The ring stands at `ring_deg`: someone has looked."""
        plan = self.desk.plan()
        if plan is None:
            self.warned.emit(self.desk.trouble())
        else:
            self._ask("position", lambda unit: self._stand_at(unit, plan, ring_deg))

    def clear_fault(self) -> None:
        """Leave FAULT."""
        self._loaded = None
        self._ask("clear fault", lambda unit: unit.clear_fault())

    # Transport ----------------------------------------------------------------------------------------------------

    def back_to_one(self) -> None:
        """To the first mark, arriving in the direction of the pull."""
        jobs = self._jobs()
        if jobs and self._free():
            self.part = 0

            def job(unit: FollowFocusUnit) -> None:
                self._set_up(unit, jobs[0].plan)
                unit.back_to_one()

            self._ask("back to one", job)

    def check_slip(self) -> None:
        """Go back to one and say whether the motor has slipped; a unit with a switch at its stop touches it."""
        jobs = self._jobs()
        if not jobs or not self._free():
            return
        self.part = 0
        plan = jobs[0].plan

        def job(unit: FollowFocusUnit) -> SlipVerdict:
            self._set_up(unit, plan)
            found = check_for_slip(unit, plan)
            if unit.status.state is not State.LOADED:
                self._loaded = None
            return found

        self._ask("slip check", job)

    def arm(self) -> None:
        """Load and arm what stands by; armed already, disarm."""
        if self.state is State.ARMED:
            self._lead.stop()
            self.counted.emit(0.0)
            self._ask("disarm", lambda unit: unit.disarm())
        elif self._free():
            self._arm(self.tr("Armed. Space is GO."))

    def _arm(self, words: str) -> None:
        jobs = self._jobs()
        if not jobs:
            return
        self.part = min(self.part, len(jobs) - 1)
        plan = jobs[self.part].plan

        def job(unit: FollowFocusUnit) -> str:
            if unit.status.state is State.ARMED:
                unit.disarm()
            self._set_up(unit, plan)
            unit.arm()
            return words

        self._ask("arm", job)

    def go(self) -> None:
        """Start what is armed, after its lead; not armed, say so and do nothing."""
        self._follow.stop()
        if self.counting:
            self.warned.emit(self.tr("The lead is being counted down already."))
        elif self.state is not State.ARMED or self.busy:
            self.warned.emit(self.tr("Not armed: press ARM first. Nothing has moved."))
        elif self.desk.cue.lead_s > 0 and self.part == 0:
            self._since.start()
            self._lead.start()
            self._count()
        else:
            self._take()

    def _count(self) -> None:
        left_s = self.desk.cue.lead_s - self._since.elapsed() / 1000.0
        if self.state is not State.ARMED:
            self._lead.stop()
            self.counted.emit(0.0)
            self.warned.emit(self.tr("The countdown has ended: not armed any more."))
        elif left_s <= 0:
            self._lead.stop()
            self.counted.emit(0.0)
            self._take()
        else:
            self.counted.emit(left_s)

    def _take(self) -> None:
        jobs, part = self._jobs(), self.part
        if not jobs or self.state is not State.ARMED:
            return
        if not self._is_loaded(jobs[part].plan):
            self.warned.emit(self.tr("The pull isn't the one that was armed. Disarm, then arm again; nothing moved."))
            return
        number, following = self.desk.show.slate.take, self._following(jobs)
        if part == 0:
            self.landing_deg = None
            self.began.emit()

        def job(unit: FollowFocusUnit) -> Taken:
            taken = self._shoot(unit, jobs[part], number)
            if following is not None and taken.take.verdict.usable:
                self._set_up(unit, following.plan)
                unit.arm()
            return taken

        self._ask("take", job)

    def _is_loaded(self, plan: Plan) -> bool:
        """Whether the unit holds the steps of this plan; names may differ."""
        return self._loaded is not None and plan_hash(self._loaded) == plan_hash(plan)

    def _following(self, jobs: tuple[_Job, ...]) -> _Job | None:
        """What is loaded and armed at the landing: the next part, or in a list that goes on the next cue."""
        if self.part + 1 < len(jobs):
            return jobs[self.part + 1]
        then = self.desk.after_take(self.mode)
        if self.mode is not After.LIST or then is None:
            return None
        ahead = self._jobs(self.desk.at(then[0], turned=then[1]))
        return ahead[0] if ahead else None

    def rehearse(self) -> None:
        """Play the whole cue at once, then return."""
        jobs = self._jobs()
        if not jobs or not self._free():
            return
        self.part, self.landing_deg = 0, None
        self.began.emit()

        def job(unit: FollowFocusUnit) -> Taken:
            for number, part in enumerate(jobs):
                self._set_up(unit, part.plan)
                unit.arm()
                taken = self._shoot(unit, part, 1, rehearsed=True)
                if not taken.take.verdict.usable:
                    return taken
                if number + 1 < len(jobs):
                    unit.link.sleep(REHEARSED_HOLD_S)
            self._set_up(unit, jobs[0].plan)
            unit.back_to_one()
            return taken

        self._ask("rehearsal", job)

    def stop(self) -> None:
        """STOP, straight to the unit, past every job; a second one while it slows down stops it hard."""
        self._lead.stop()
        self._follow.stop()
        self.counted.emit(0.0)
        self._bridge.stop(hard=self.state is State.STOPPING)

    # Jobs, on the unit's thread ---------------------------------------------------------------------------------

    @staticmethod
    def _stand_at(unit: FollowFocusUnit, plan: Plan, ring_deg: float) -> None:
        """Where the ring stands counts only if someone has looked since the motor holds it. Raises UnitError else."""
        if take_hold(unit, plan) and unit.has_real_ring:
            raise UnitError(
                f"The motor was off. {unit.jump_words}", "look_again", "Look again, and say where it stands."
            )
        ready(unit, plan, ring_deg)

    def _set_up(self, unit: FollowFocusUnit, plan: Plan) -> None:
        """Ready and load, where that is not done."""
        if self._loaded is not plan:
            self._loaded = None
            ready(unit, plan)
            self._set_silence(unit)
            load(unit, plan)
            self._loaded = plan

    def _set_silence(self, unit: FollowFocusUnit) -> None:
        wanted = Silence[self.desk.show.unit.link_loss.upper()]
        if unit.config.take_silence is not wanted:
            unit.apply(dataclasses.replace(unit.config, take_silence=wanted))

    def _shoot(self, unit: FollowFocusUnit, job: _Job, number: int, *, rehearsed: bool = False) -> Taken:
        """GO, and wait for the end. The take is in the log, or known not to be, before anything else can be armed."""
        assert unit.info is not None
        unit.go(number)
        evidence = unit.wait_take(lambda at_s, status: self._bridge.progress(job.starts_s + at_s, status))
        take = judge(evidence, job.plan.at_clock(unit.tick_hz), unit.info)
        row = None if rehearsed else self.keeper.keep(take, job.context)
        return Taken(take, job.context, row, rehearsed=rehearsed)

    def _jobs(self, desk: Desk | None = None) -> tuple[_Job, ...]:
        """The parts of the cue; none, and a sentence why, where it can't be shot."""
        desk = desk or self.desk
        plans = desk.plans()
        if desk.trouble():
            self.warned.emit(desk.trouble())
            return ()
        letters = [view.letter for view in mark_views(desk)]
        what = way_words(letters[::-1] if desk.back else letters)
        return tuple(
            _Job(plan, self._context(desk, plan, what, number, len(plans)), starts_s)
            for number, (plan, starts_s) in enumerate(zip(plans, part_starts_s(plans), strict=True), start=1)
        )

    def _context(self, desk: Desk, plan: Plan, what: str, part: int, parts: int) -> TakeContext:
        show = desk.show
        return context_of(
            plan, self.info, trims=desk.pull.trims(desk.lens), production=show.production, camera=show.camera,
            first_ac=show.first_ac,
            slate=show.slate, cue=desk.cue.number, pull=desk.pull.name or what, part=part, parts=parts,
        )  # fmt: skip

    def _free(self) -> bool:
        if self.busy:
            self.warned.emit(self.tr("Busy: {0}. STOP ends it.").format(self.busy))
        elif self.state is State.UNREFERENCED:
            self.warned.emit(self.tr("Where the ring stands is not known: look at it and say it, or calibrate."))
        elif self.state not in AT_HAND:
            self.warned.emit(self.tr("The unit is {0}.").format(state_word(self.status)))
        else:
            return True
        return False

    def _ask(self, name: str, job: Callable[[FollowFocusUnit], object]) -> None:
        self.busy = name
        self.changed.emit()
        self._bridge.ask(name, job)

    # News from the unit -------------------------------------------------------------------------------------------

    def _hear(self, status: UnitStatus) -> None:
        self.status = status
        if status.state not in MOVING:
            self.target_deg = None

    def _greet(self, info: UnitInfo) -> None:
        self.info, self._loaded, self.part, self.busy = info, None, 0, ""
        self.connection = "connected"
        self.desk.fastest_interval_ticks = info.fastest_interval_ticks
        plan = self.desk.plan()
        if plan is not None:
            self._bridge.ask("ready", lambda unit: self._first_ready(unit, plan))
        self.changed.emit()

    @staticmethod
    def _first_ready(unit: FollowFocusUnit, plan: Plan) -> str:
        """Make a unit ready that knows its position; the rest is the crew's to say."""
        try:
            ready(unit, plan)
        except RequestError:
            raise
        except FollowFocusError as error:
            return str(error)
        return ""

    def _connecting(self, port: str) -> None:
        self.connection, self.info, self.busy = "connecting" if port else "none", None, ""
        self.changed.emit()

    def _lost(self, words: str) -> None:
        self.connection = "lost"
        self.warned.emit(words)
        self.changed.emit()

    def _back(self, status: UnitStatus) -> None:
        self.connection, self._loaded = "connected", None
        if status.state is State.UNREFERENCED:
            self.warned.emit(self.tr("The unit is back, but was off: look at the ring and say where it stands."))
        else:
            self.said.emit(self.tr("The unit is back; its position is known."))
        self.changed.emit()

    def _progress(self, at_s: float, status: UnitStatus) -> None:
        self.progressed.emit(at_s, status)

    def _finish(self, name: str, answer: object) -> None:
        if name in BY_HAND:
            return
        if name == self.busy:
            self.busy = ""
        if isinstance(answer, Taken):
            self._note_take(answer)
        elif isinstance(answer, SlipVerdict):
            (self.said if answer.known and not answer.slipped else self.warned).emit(answer.words)
        elif isinstance(answer, str) and answer:
            (self.warned if name == "ready" else self.said).emit(answer)
        self.changed.emit()
        if name == "arm" and not self.busy:
            self._arm_anew()

    def _arm_anew(self) -> None:
        """What was trimmed, or which cue was chosen, while the unit loaded is loaded and armed in its place."""
        jobs = self._jobs()
        if jobs and not self._is_loaded(jobs[min(self.part, len(jobs) - 1)].plan):
            self._arm(self.tr("Changed, loaded again and armed."))

    def _note_take(self, taken: Taken) -> None:
        take, context = taken.take, taken.context
        self.landing_deg = take.landed_deg
        more = not taken.rehearsed and taken.context.part < taken.context.parts and take.verdict.usable
        self.part = taken.context.part if more else 0
        self._landings.append(landing_of(context.slate.take, take, context))
        self.taken.emit(taken)
        slate = self.tr("rehearsal") if taken.rehearsed else str(taken.context.slate)
        words = f"{slate}: {take.verdict.value}. " + " ".join(f"{reason}." for reason in take.reasons)
        if more:
            words = self.tr("Holding. GO goes on ({0} of {1}).").format(self.part + 1, taken.context.parts)
        elif not taken.rehearsed:
            words = self._go_on(words, usable=take.verdict.usable)
        doubts = warnings_before(self._landings, self.desk.show.unit.rig(self.desk.lens))
        bad = bool(self.keeper.trouble or doubts) or not take.verdict.usable
        (self.warned if bad else self.said).emit(" ".join(filter(None, (words, self.keeper.trouble, *doubts))))

    def _go_on(self, words: str, *, usable: bool) -> str:
        """The cue has landed: look at what comes next; in a list it stands by already, and may go by itself.

        The slate counts at the end of what one camera take holds: after every cue, or after the last of a list.
        """
        then, landed = self.desk.after_take(self.mode), self.desk.cue
        if self.mode is not After.LIST or then is None or not usable:
            self.desk.count_take()
        if self.mode is After.LIST and then is None:
            self.desk.look_at(0)
            return self.tr("{0} That was the last cue: back at the first.").format(words)
        if then is None or not usable:
            return words
        self.desk.look_at(then[0], turned=then[1])
        if self.mode is After.LIST and landed.follow_s is not None:
            self._follow.start(round(landed.follow_s * 1000.0))
            return self.tr("{0} Cue {1} goes in {2} s.").format(words, self.desk.cue.number, f"{landed.follow_s:g}")
        return words

    def choose_cue(self, index: int) -> None:
        """Stand by for another cue; what was armed is armed no more."""
        armed = self.state is State.ARMED
        if self.state in (State.PLAYING, State.STOPPING):
            self.warned.emit(self.tr("The cue can't be changed while the take runs."))
            return
        self._follow.stop()
        self.desk.look_at(index)
        self.part = 0
        if armed:
            self._arm(self.tr("Cue {0} is armed. Space is GO.").format(self.desk.cue.number))
        self.changed.emit()

    def choose_mode(self, mode: str) -> None:
        """What follows a take, as `After` calls it."""
        self.mode = After(mode)
        self._follow.stop()
        self.desk.look_at(self.desk.state.cue)
        self.changed.emit()

    def _fail(self, name: str, words: str) -> None:
        if name == self.busy:
            self.busy = ""
        if name == "connect":
            self.connection, self.info, self.busy = "none", None, ""
        if name not in HARMLESS:
            self._loaded, self.part = None, 0
        self.warned.emit(words)
        self.changed.emit()
