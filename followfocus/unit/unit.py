# SPDX-License-Identifier: MIT
"""FollowFocusUnit: a follow-focus motor in ring degrees. Connect, set the reference, go to, load, arm, GO, stop.

Methods that wait return when the thing has been done and raise when it wasn't: UnitError with the unit's own reason,
LineError when it can't be heard. `head_for`, `jog`, and whatever is told not to wait return at once. Waiting methods
are for one thread at a time; stops are for any thread at any moment, and what waits then ends with StoppedError.
Listeners are called on the link's thread.

Each method is one of its parts': `line` asks and listens, `setup` has settings, `moves` the ring, `takes` the takes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Self

from followfocus.clock import Clock
from followfocus.motion.limits import STANDARD, RingLimits
from followfocus.motion.motor import Rig
from followfocus.steps.profile import StepProfile
from followfocus.unit.following import Following, begin
from followfocus.unit.line import UnitLine, UnitListener
from followfocus.unit.moves import HomeReport, KnownPosition, RingMoves
from followfocus.unit.playing import LEAST_TAKE_UP_DEG, SETTLE_S, Progress, TakePlayer
from followfocus.unit.setup import UnitSetup
from followfocus.unit.watch import Witness
from followfocus.wire.evidence import TakeEvidence, UnitInfo, UnitStatus
from followfocus.wire.link import Link
from followfocus.wire.messages import Config, Safety

__all__ = ["LEAST_TAKE_UP_DEG", "SETTLE_S", "FollowFocusUnit", "Progress"]


class FollowFocusUnit:
    """A unit on `link`. `witness` gives the true ring angle where something can see it (the simulated unit)."""

    def __init__(self, link: Link, witness: Witness | None = None) -> None:
        self.link = link
        self.witness = witness
        self.info: UnitInfo | None = None
        self.line = UnitLine(link)
        self.setup = UnitSetup(self.line)
        self.moves = RingMoves(self.line, self.setup)
        self._following: Following | None = None
        self.takes = TakePlayer(self.line, self.setup, self.moves, witness)

    def connect(self) -> UnitInfo:
        """Open the link and meet the unit. Raises LineError, NoUnitError, VersionError."""
        try:
            hello = self.line.open()
            self.setup.learn()
            self.info = UnitInfo.of(self.link.port_name, hello, self.config.name)
            self.refresh()
        except BaseException:
            self.close()
            raise
        return self.info

    def close(self) -> None:
        """Close the link. A take under way goes on by itself; anything else is stopped by the unit's dead man."""
        self.line.close()

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        # Left by an error nobody waits any more for what moves; left in peace, a take may go on by itself.
        if error is not None:
            self.line.stop_if_moving()
        self.close()

    @property
    def clock(self) -> Clock:
        """The host's clock."""
        return self.link.clock

    @property
    def status(self) -> UnitStatus:
        """Where it stands, as last heard."""
        return self.line.status

    @property
    def config(self) -> Config:
        """Its settings."""
        return self.setup.config

    @property
    def steps_per_deg(self) -> float:
        """Steps per degree of the ring, by its settings."""
        return self.line.keeper.steps_per_deg

    @property
    def tick_hz(self) -> float:
        """The clock rate to plan for: measured where it is known to be nearer than the nominal."""
        return self.line.tick_hz

    def measure_clock(self, seconds: float = 1.0) -> float:
        """Ask and listen until the rate is known and was measured over `seconds`; the clock rate to plan for."""
        return self.line.measure_clock(seconds)

    def listen(self, listener: UnitListener) -> Callable[[], None]:
        """Call `listener` with every event and every new status, on the link's thread; returns what takes it off."""
        return self.line.listen(listener)

    def refresh(self) -> UnitStatus:
        """Ask for the status and wait for it."""
        return self.line.refresh()

    @property
    def stops(self) -> int:
        """How many stops have been asked for on this link: the number of an order for `order`."""
        return self.link.orders.stops

    def order(self, asked_at: int | None = None) -> contextlib.AbstractContextManager[None]:
        """Make all that this thread does in here void once a stop comes: the next send or wait raises StoppedError.

        `asked_at` is what `stops` was when a person asked. Every method that waits is, or belongs to, an order.
        """
        return self.link.orders.order(asked_at)

    def stop(self, *, wait: bool = True) -> UnitStatus:
        """Slow down and stand; the position stays known. With `wait` False returns at once, bytes sent."""
        return self.moves.stop(wait=wait)

    def hard_stop(self, *, wait: bool = True) -> UnitStatus:
        """Not one step further."""
        return self.moves.hard_stop(wait=wait)

    # Settings ---------------------------------------------------------------------------------------------------------

    def configure(self, rig: Rig, limits: RingLimits = STANDARD) -> None:
        """Set gearing and motion limits for a rig; other gears than before make the position unknown."""
        assert self.info is not None
        with self.order():
            self.setup.configure(rig, limits, self.info)

    def apply(self, config: Config) -> None:
        """Set the settings, until power-off unless saved. Other gears than before make the position unknown."""
        with self.order():
            self.setup.apply(config)

    @property
    def safety(self) -> Safety:
        """How long it stays armed in silence, and how long its motor settles."""
        return self.setup.safety

    def apply_safety(self, safety: Safety) -> None:
        """Set how the unit behaves, until power-off unless saved."""
        with self.order():
            self.setup.apply_safety(safety)

    def save_config(self) -> None:
        """Keep the settings through power-off."""
        with self.order():
            self.setup.set_up_anew()
            self.setup.save_config()

    def factory_reset(self) -> None:
        """Built-in settings again, kept; the position is unknown afterwards."""
        with self.order():
            self.setup.factory_reset()

    def release(self) -> None:
        """Let go of the ring; the position is unknown afterwards."""
        self.setup.release()

    # Reference and motion ---------------------------------------------------------------------------------------------

    @property
    def has_real_ring(self) -> bool:
        """The ring is a real one, so somebody has to look where it stands; a simulated bench has none."""
        return self.info is None or not self.info.on_bench

    def energise(self) -> bool:
        """Have the motor hold the ring, settled; whether it was off: then look only now where the ring stands."""
        with self.order():
            return self.setup.energise()

    def set_reference(self, ring_deg: float) -> None:
        """The ring stands at `ring_deg` now: someone looked, and the motor held it (see `energise`)."""
        with self.order():
            self.moves.set_reference(ring_deg)

    def set_limits(self, low_deg: float, high_deg: float) -> None:
        """Soft limits, both included; forgets a loaded profile."""
        with self.order():
            self.moves.set_limits(low_deg, high_deg)

    def home(self, travel_deg: float | None = None) -> HomeReport:
        """Find both stops with the home switch, 0° at infinity. UnitError where the travel is 0.5 % off the lens's."""
        with self.order():
            return self.moves.home(travel_deg)

    def park(self) -> None:
        """Keep the position through power-off and release the motor."""
        with self.order():
            self.moves.park()

    def last_known(self) -> KnownPosition | None:
        """The position kept by parking, if there is one and nothing has moved since."""
        return self.moves.last_known()

    def confirm_position(self) -> UnitStatus:
        """Take the parked position as true: someone has looked at the ring."""
        with self.order():
            return self.moves.confirm_position()

    def goto_deg(self, ring_deg: float, speed_deg_s: float | None = None, *, wait: bool = True) -> UnitStatus:
        """Move to a ring angle, at the configured speed if none is given."""
        with self.order():
            return self.moves.goto_deg(ring_deg, speed_deg_s, wait=wait)

    def head_for(self, ring_deg: float, speed_deg_s: float | None = None) -> None:
        """Head for a ring angle; for a knob, as often as it turns. Returns at once; a refusal goes to the listeners."""
        self.moves.head_for(ring_deg, speed_deg_s)

    def follow(self) -> Following:
        """Follow a hand from now on: send what it does, and close. UnitError where the ring can't be turned."""
        with self.order():
            self._following = begin(self.line, self._following)
            return self._following

    def jog(self, speed_deg_s: float) -> None:
        """Turn at a speed, its sign the direction; 0 slows to rest. Call it three times a second while it is meant."""
        self.moves.jog(speed_deg_s)

    def clear_fault(self) -> UnitStatus:
        """Leave FAULT."""
        with self.order():
            return self.moves.clear_fault()

    # Takes ------------------------------------------------------------------------------------------------------------

    def load(self, profile: StepProfile) -> None:
        """Send a profile and have the unit check it as a whole (a long one: its head). UnitError says what is wrong."""
        assert self.info is not None
        with self.order():
            self.takes.load(profile, self.info)

    def unload(self) -> None:
        """Forget the profile."""
        with self.order():
            self.takes.unload()

    def back_to_one(self) -> UnitStatus:
        """Go to the loaded profile's start, arriving in the direction of the pull, so that the lash is taken up."""
        with self.order():
            return self.takes.back_to_one()

    def arm(self, *, cue: bool = False) -> None:
        """Go back to one where that is not done, and make ready for GO; with `cue` the cue input starts it too."""
        with self.order():
            self.takes.arm(cue=cue)

    def disarm(self) -> None:
        """From armed back to loaded."""
        self.takes.disarm()

    @property
    def profile(self) -> StepProfile | None:
        """The profile on the unit, as far as this side knows."""
        loaded = self.line.held.loaded
        return None if loaded is None else loaded.profile

    def go(self, take: int, at_clock: int | None = None) -> None:
        """Start the armed profile as take number `take` (1 … 65535), at once or at that tick of the unit's clock.

        Returns when the unit has taken it. Raises LineError or StoppedError only where nothing can have started.
        """
        with self.order():
            self.takes.go(take, at_clock)

    def wait_take(self, progress: Progress | None = None) -> TakeEvidence:
        """Wait for the end of the take, and for rest. Raises for nothing that happens to it: that is evidence."""
        return self.takes.wait_take(progress)

    def play(self, take: int, progress: Progress | None = None) -> TakeEvidence:
        """Arm, GO, and wait for the end. A stop before GO raises StoppedError; after it, it is evidence."""
        with self.order():
            self.arm()
            self.go(take)
            return self.wait_take(progress)
