# SPDX-License-Identifier: MIT
"""Playing, as a table: each scenario goes through `pull`, `rehearse` and the app, and must come out alike in each."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from followfocus.lens.map import load_lens
from followfocus.show.cue_hand import parse_hand
from followfocus.show.cues import After, Standby, added, with_trim
from followfocus.show.show import Show, ShowCue, ShowLens, new_show
from followfocus.takes.context import WITH_HAND
from followfocus.takes.log import TakeLog
from followfocus.wire.messages import Silence
from tests.support.shows import LENS

FOLLOW_S = 0.9
END_DEG = 41.25
FOLLOWS_WITHIN_S = 0.002
STOPPED_S = 12.0
"""A pull that is to be stopped: it goes on for longer than a busy machine may take to press STOP"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The part of a take that is the same wherever it was played from."""

    slate: str
    cue: str
    part: str
    verdict: str
    plan_hash: str
    steps: int
    last_edge_ticks: int | None
    trims_m: tuple[float, ...]
    hand: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A show, what is asked of it, and what must come of it.

    `stop_at_s` is how far into the first take STOP is given, `cable_out_s` from when until when the cable is out in it.
    `wheel` is how far a wheel has turned by then, where its cue has a hand, `ends_deg` where the ring must rest
    after it, `within_deg`; `kept_m` the trim that the mark it landed on has then.
    `expected` are slate, cue and part of each take, with the
    verdict; `follows` how long after the landing before each begins, None where it doesn't follow by itself.
    """

    name: str
    show: Show
    expected: tuple[tuple[str, str, str, str], ...]
    takes: int = 1
    after: After = After.REPEAT
    stop_at_s: float | None = None
    follows: tuple[float | None, ...] = ()
    slate_after: int = 2
    silence: Silence = Silence.FINISH
    wheel: Callable[[float], float] | None = None
    ends_deg: float | None = None
    within_deg: float = 0.15
    kept_m: float = 0.0
    cable_out_s: tuple[float, float] | None = None


def short(duration_s: float = 0.5) -> Show:
    """A show of one short pull."""
    show = new_show("Table", LENS)
    return show.with_pull(dataclasses.replace(show.pulls[0], duration_s=duration_s))


def two_lenses() -> Show:
    """Cue 1 is on a 50, cue 2 at the same ring angles on an 85: the same steps, and another pull altogether."""
    show = short(0.5)
    other = ShowLens("85", load_lens("ideal-85"))
    pull = dataclasses.replace(show.pulls[0], id="2", lens="85")
    return dataclasses.replace(
        show, lenses=(*show.lenses, other), pulls=(*show.pulls, pull), cues=(*show.cues, ShowCue("2", "2"))
    )


def there_and_back(follow_s: float | None, duration_s: float = 0.5) -> Show:
    """A pull and the way back, which follows on."""
    show = added(short(duration_s), 0, way_back=True)
    return dataclasses.replace(show, cues=(dataclasses.replace(show.cues[0], follow_s=follow_s), *show.cues[1:]))


def holding(duration_s: float = 0.8) -> Show:
    """A pull of two parts, with a hold for GO between them."""
    show = short(duration_s)
    first = show.pulls[0]
    middle = dataclasses.replace(first.marks[0], ring_deg=60.0, hold_for_go=True)
    return show.with_pull(dataclasses.replace(first, marks=(first.marks[0], middle, first.marks[1])))


def silent(link_loss: str) -> Show:
    """A show that says what a take does when the line falls silent."""
    show = short()
    return dataclasses.replace(show, unit=dataclasses.replace(show.unit, link_loss=link_loss))


def with_hand(words: str) -> Show:
    """A cue that is played together with a wheel."""
    show = short(0.8)
    fields = parse_hand(words)
    return dataclasses.replace(show, cues=(dataclasses.replace(show.cues[0], **fields),))


def with_lead(lead_s: float) -> Show:
    """A cue with a lead."""
    show = short()
    return dataclasses.replace(show, cues=(dataclasses.replace(show.cues[0], lead_s=lead_s),))


SCENARIOS = (
    Scenario("one take", short(), (("1 take 1", "1", "1/1", "good"),)),
    Scenario(
        "three takes", short(), tuple((f"1 take {n}", "1", "1/1", "good") for n in (1, 2, 3)), takes=3, slate_after=4
    ),
    Scenario(
        "there and back by turns", short(), tuple((f"1 take {n}", "1", "1/1", "good") for n in (1, 2, 3)), takes=3,
        after=After.PINGPONG, slate_after=4,
    ),
    Scenario(
        "a list that follows on", there_and_back(FOLLOW_S),
        (("1 take 1", "1", "1/1", "good"), ("1 take 1", "2", "1/1", "good")), after=After.LIST,
        follows=(None, FOLLOW_S),
    ),
    Scenario(
        "a list with GO for each", there_and_back(None),
        (("1 take 1", "1", "1/1", "good"), ("1 take 1", "2", "1/1", "good")), after=After.LIST,
    ),
    Scenario("a hold for GO", holding(), (("1 take 1", "1", "1/2", "good"), ("1 take 1", "1", "2/2", "good"))),
    Scenario("a trim", with_trim(short(), Standby(), 1, 0.10), (("1 take 1", "1", "1/1", "good"),)),
    Scenario("a lead", with_lead(0.4), (("1 take 1", "1", "1/1", "good"),)),
    Scenario(
        "silence stops it", silent("stop_at_once"), (("1 take 1", "1", "1/1", "good"),), silence=Silence.STOP_AT_ONCE
    ),
    Scenario(
        "silence slows it down", silent("slow_down"), (("1 take 1", "1", "1/1", "good"),), silence=Silence.SLOW_DOWN
    ),
    Scenario(
        "STOP in the first of three", short(STOPPED_S), (("1 take 1", "1", "1/1", "stopped"),), takes=3, stop_at_s=0.5
    ),
    Scenario(
        "STOP in a list", there_and_back(FOLLOW_S, STOPPED_S), (("1 take 1", "1", "1/1", "stopped"),), after=After.LIST,
        stop_at_s=0.2,
    ),
    Scenario(
        "the cable comes out and is put back", short(3.0), (("1 take 1", "1", "1/1", "good"),), cable_out_s=(0.4, 1.0)
    ),
    Scenario(
        "a hand rides, and lets go", with_hand("ride 40cm"), (("1 take 1", "1", "1/1", "good"),),
        wheel=lambda t: 1.5 * min(t / 0.4, 1.0), ends_deg=END_DEG,
    ),
    Scenario(
        "a hand rides to its bound, and that is kept", with_hand("ride 10cm keep"), (("1 take 1", "1", "1/1", "good"),),
        wheel=lambda t: -9.0 * min(t / 0.4, 1.0), ends_deg=LENS.ring_deg(4.1), kept_m=0.1,
    ),
    Scenario(
        "a hand takes over", with_hand("take over"), (("1 take 1", "1", "1/1", "good"),),
        wheel=lambda t: 20.0 * (min(max(t, 0.2), 1.2) - 0.2), ends_deg=75.0, within_deg=25.0,
    ),
    Scenario(
        "a hand plays it", with_hand("scrub"), (("1 take 1", "1", "1/1", "good"),),
        wheel=lambda t: -60.0 * min(t, 1.0), ends_deg=END_DEG,
    ),
    Scenario(
        "STOP in the first part", holding(2 * STOPPED_S), (("1 take 1", "1", "1/2", "stopped"),), stop_at_s=0.1
    ),
)  # fmt: skip
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def outcomes(path: Path) -> list[Outcome]:
    """The log's outcomes. A stopped take's steps depend on when STOP came, so they are left out."""
    with TakeLog(path) as log:
        rows = log.rows()
    found = []
    for row in rows:
        context, stopped = row.context, row.verdict == "stopped"
        by_hand = context.easing.startswith(WITH_HAND)  # then the steps depend on when the wheel spoke
        steps, last = row.facts["steps"], row.facts["last_edge_ticks"]
        assert isinstance(steps, int)
        assert last is None or isinstance(last, int)
        found.append(
            Outcome(
                str(context.slate), context.cue, f"{context.part}/{context.parts}", row.verdict, context.plan_hash,
                0 if stopped or by_hand else steps, None if stopped else last,
                tuple(mark.trim_m for mark in context.marks), context.easing if by_hand else "",
            )
        )  # fmt: skip
    return found


def seen(found: list[Outcome]) -> tuple[tuple[str, str, str, str], ...]:
    """The outcomes as the table has them."""
    return tuple((one.slate, one.cue, one.part, one.verdict) for one in found)
