# SPDX-License-Identifier: MIT
"""The player's events: people's requests, outcomes of its orders, news from the unit. All frozen."""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.errors import FollowFocusError
from followfocus.show.cues import After, Standby
from followfocus.show.show import Show
from followfocus.stage.orders import Order
from followfocus.takes.context import TakeContext
from followfocus.takes.slips import SlipVerdict
from followfocus.takes.takes import Take
from followfocus.wire.evidence import UnitInfo, UnitStatus


@dataclass(frozen=True, slots=True)
class Taken:
    """A take as it was played and kept; `hand` is the hand's part, where it had one.

    `row` is the log's (None while it is not in it), `trouble` why not. `after_landing_s` is how long after the landing
    before it began, by the unit's clock; None for the first.
    """

    take: Take
    context: TakeContext
    row: int | None = None
    rehearsed: bool = False
    after_landing_s: float | None = None
    trouble: str = ""
    hand: HandPart | None = None


@dataclass(frozen=True, slots=True)
class HandPart:
    """The hand's part in a take that it played together with the plan.

    `trim_deg` is how far off the plan the ring was left on purpose, to be kept as the mark's trim with `keep`.
    `silence_s` is the longest that the unit was without a word, `ended` why it ended early. `rested_clock` is the
    unit's clock as it said that the ring rests.
    """

    how: str
    keep: bool
    trim_deg: float
    silence_s: float
    ended: str
    words: str
    rested_clock: int | None


@dataclass(frozen=True, slots=True)
class TakeRun:
    """Cues that play by themselves, without a GO, until a number of them have been played whole.

    `counts`: each is a take of the slate; else a rehearsal, which the log keeps as one. `hold_s` is how long to
    rest where a take would wait for GO, `returns` goes back to one at the end, `cued` starts each by the cue input.
    """

    left: int = 1
    counts: bool = True
    hold_s: float = 0.0
    returns: bool = False
    check_slips: bool = False
    cued: bool = False
    first: Standby = Standby()


# What people ask for ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ArmAsked:
    """ARM with `on`, else DISARM: whoever asks knows which, so that neither becomes the other on its way."""

    on: bool = True


@dataclass(frozen=True, slots=True)
class GoAsked:
    """GO. From outside it says by whom, and which timecode it was counted to, if it was.

    `at_clock` is the tick of the unit's clock at which it is to start, `in_s` how far off that is; None is at once,
    after the cue's lead.
    """

    by: str = ""
    timecode: str = ""
    at_clock: int | None = None
    in_s: float = 0.0


@dataclass(frozen=True, slots=True)
class CallOffAsked:
    """The countdown is called off; the unit stays armed."""

    words: str


@dataclass(frozen=True, slots=True)
class RingAsked:
    """Turn the ring to this angle."""

    ring_deg: float


@dataclass(frozen=True, slots=True)
class StopGiven:
    """STOP has gone to the unit, past everything; a new epoch has begun."""

    epoch: int


@dataclass(frozen=True, slots=True)
class BackAsked:
    """Back to one."""


@dataclass(frozen=True, slots=True)
class RunAsked:
    """Play by itself."""

    run: TakeRun


@dataclass(frozen=True, slots=True)
class SlipAsked:
    """Has the motor slipped?"""


@dataclass(frozen=True, slots=True)
class PositionSaid:
    """The ring stands at this angle: someone has looked."""

    ring_deg: float


@dataclass(frozen=True, slots=True)
class ClearAsked:
    """Leave FAULT."""


@dataclass(frozen=True, slots=True)
class Edited:
    """The show, or where in it one looks, is another now."""

    show: Show
    cue: int
    turned: bool


@dataclass(frozen=True, slots=True)
class CueChosen:
    """Stand by for another cue."""

    cue: int


@dataclass(frozen=True, slots=True)
class ModeChosen:
    """Choose what follows a take."""

    after: After


# What became of an order --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """An order was carried out. `loaded` is the hash of the plan that is on the unit, empty for none."""

    order: Order
    loaded: str
    answer: Taken | SlipVerdict | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """An order was not carried out, or not to its end; `stopped` where a STOP is why.

    `begun` is the number under which a take that it was is in the log, else 0.
    """

    order: Order
    loaded: str
    error: FollowFocusError
    stopped: bool = False
    begun: int = 0


# What the unit says -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """A new status."""

    status: UnitStatus


@dataclass(frozen=True, slots=True)
class Met:
    """A unit was connected."""

    info: UnitInfo


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no unit, or none can be heard for now."""

    words: str = ""
    trouble: bool = True


@dataclass(frozen=True, slots=True)
class Returned:
    """The unit is there again, as it is."""

    status: UnitStatus


@dataclass(frozen=True, slots=True)
class Moved:
    """Something else than the player did something on the unit; what is loaded now."""

    loaded: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A sentence that belongs beside how things stand, until something is asked for again.

    `passing`: it refuses an edit, and goes with the next one that is taken. `news`: nobody's request brought it up.
    """

    words: str
    trouble: bool = False
    passing: bool = False
    news: bool = False


StageEvent = (
    ArmAsked | GoAsked | CallOffAsked | RingAsked | StopGiven | BackAsked | RunAsked | SlipAsked | PositionSaid
    | ClearAsked | Edited | CueChosen | ModeChosen | Done | Failed | Heard | Met | Gone | Returned | Moved | Noted
)  # fmt: skip
