# SPDX-License-Identifier: MIT
"""`followfocus pull --hand …`: a pull that a wheel rides on, takes over, or plays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from followfocus.cli.console import say, warn
from followfocus.cli.take_words import gone_is_fine
from followfocus.errors import JobError, LineError, RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from followfocus.cli.endings import Ending
    from followfocus.hand.turned import TurnedWheel
    from followfocus.plan.plan import Plan
    from followfocus.show.slate import Slate
    from followfocus.stage.together import TogetherEvidence
    from followfocus.takes.keeper import TakeKeeper
    from followfocus.takes.takes import Take
    from followfocus.unit.unit import FollowFocusUnit

TogetherOption = Annotated[
    str | None,
    typer.Option(
        "--hand",
        metavar="HOW",
        help="With a wheel: ride (it adds to the pull), takeover (a touch takes the ring), scrub (it plays the pull).",
    ),
]
TogetherWheelOption = Annotated[
    str | None, typer.Option("--source", metavar="WHEEL", help="The wheel for --hand: midi:NAME, hid, file:HAND.csv.")
]
KeepOption = Annotated[
    bool, typer.Option("--keep", help="With --hand ride: stay where the wheel led, instead of letting it go.")
]
MODES = ("ride", "takeover", "scrub")


@dataclass(frozen=True, slots=True)
class HandAsk:
    """How hand and plan play together, and with which wheel."""

    how: str
    source: str
    keep: bool


def hand_ask(how: str | None, source: str | None, *, keep: bool) -> HandAsk | None:
    """What was asked for; None for a pull without a hand. Raises RequestError."""
    if how is None:
        if source is not None or keep:
            raise RequestError("--source and --keep are for a pull with --hand.", f"Give --hand {'|'.join(MODES)}.")
        return None
    if how not in MODES:
        raise RequestError(f"--hand {how} is not known.", f"Known: {', '.join(MODES)}.")
    if source is None:
        raise RequestError("--hand needs a wheel.", "Give --source midi:NAME, hid or file:HAND.csv (wheels list).")
    if source == "keys":
        raise RequestError("The keys can't be played together with a pull.", "Give another --source (wheels list).")
    if keep and how != "ride":
        raise RequestError(f"--keep is for --hand ride; with {how} the ring stays where it is anyway.", "Leave it out.")
    return HandAsk(how, source, keep)


def shoot_together(
    plan: Plan, unit: FollowFocusUnit, ask: HandAsk, takes: int, slate: Slate, keeper: TakeKeeper | None, ending: Ending
) -> list[dict[str, Any]]:
    """Shoot takes of `plan` with the hand on the unit, which is set up and knows its position; their facts."""
    from followfocus.hand.blend import Together
    from followfocus.stage.shoot import load

    ending.stops(lambda hard: unit.link.stop_soon(hard=hard))
    say(Together(ask.how).words, err=True)
    load(unit, plan)
    facts: list[dict[str, Any]] = []
    for number in range(takes):
        unit.back_to_one()
        take, found, row = _one(plan, unit, ask, replace(slate, take=slate.take + number), keeper)
        facts.append({**take.facts(), "row": row, "hand": _facts(ask, found)})
        with gone_is_fine():
            say(f"Take {take.take}: {take.verdict.value}. {found.words}", err=True)
        if not take.verdict.usable or ending.came:
            break
    return facts


def end_by_hand(takes: Sequence[Mapping[str, object]]) -> None:
    """Exit code 3 where the line was lost, 1 where a take was cut short."""
    if any(take["verdict"] == "lost" for take in takes):
        raise LineError("The line to the unit was lost in a take; what was heard of it is kept.")
    if not all(take["verdict"] == "good" for take in takes):
        raise JobError("A take was cut short; what it did is kept.")


def _one(
    plan: Plan, unit: FollowFocusUnit, ask: HandAsk, slate: Slate, keeper: TakeKeeper | None
) -> tuple[Take, TogetherEvidence, int | None]:
    """One take: put down as it begins, kept however it ends."""
    from followfocus.clock import utc_timestamp
    from followfocus.hand.blend import Together, blend_of
    from followfocus.hand.hand import WheelHand
    from followfocus.hand.turned import TurnedWheel
    from followfocus.sources.wheels import kept_wheel, open_wheel
    from followfocus.stage.hand_take import hand_context, hand_take
    from followfocus.stage.together import play_together

    assert unit.info is not None
    motion, lens = plan.motion, plan.lens
    context = hand_context(lens, motion.start_deg, plan.conditions, plan.rig, unit.info, slate)
    context = replace(context, easing=f"with the hand: {ask.how}")
    began_utc_s = utc_timestamp()
    row = None if keeper is None else keeper.begin(context, slate.take)
    turned: TurnedWheel = TurnedWheel(WheelHand(kept_wheel(ask.source).manners, lens.travel_deg), motion.start_deg)
    wheel = open_wheel(ask.source, turned.hear, unit.clock)

    def at(now_s: float) -> float:
        wheel.poll()
        return turned.deg(now_s)

    try:
        found = play_together(unit, motion, blend_of(Together(ask.how), motion, keep=ask.keep), at)
    finally:
        wheel.close()
    made = hand_take(
        found.ring, lens, plan.conditions, unit.info, take=slate.take, steps_per_deg=unit.steps_per_deg,
        started_utc_s=began_utc_s, notes=(found.words,) if found.ended else (),
    )  # fmt: skip
    take = replace(made, planned=found.plan)
    if keeper is not None:
        row = keeper.keep(take, context, row)
        if keeper.trouble:
            warn(keeper.trouble)
    return take, found, row


def _facts(ask: HandAsk, found: TogetherEvidence) -> dict[str, Any]:
    """Plan, hand and result apart, and the longest silence."""
    apart = {"plan": found.plan, "wheel": found.wheel, "wanted": found.wanted, "ring": found.ring.samples}
    traces = {name: [[sample.at_s, sample.ring_deg] for sample in trace] for name, trace in apart.items()}
    return {
        "how": ask.how,
        "trim_deg": found.trim_deg,
        "longest_silence_ms": 1e3 * found.silence_s,
        "ended": found.ended,
        "words": found.words,
        **traces,
    }
