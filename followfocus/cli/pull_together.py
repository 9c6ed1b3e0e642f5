# SPDX-License-Identifier: MIT
"""`--hand …` of `pull` and `rehearse`: a pull that a wheel rides on, takes over, or plays."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from followfocus.cli.console import say
from followfocus.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from followfocus.plan.plan import Plan
    from followfocus.show.cues import Standby
    from followfocus.show.show import Show, ShowCue
    from followfocus.stage.events import Taken
    from followfocus.unit.unit import FollowFocusUnit

TogetherOption = Annotated[
    str | None,
    typer.Option(
        "--hand",
        metavar="HOW",
        help="With a wheel: ride (it adds to the pull), takeover (a touch takes the ring), scrub (it plays the pull), "
        "none. A cue of a show says it itself; this overrides it.",
    ),
]
TogetherWheelOption = Annotated[
    str | None, typer.Option("--source", metavar="WHEEL", help="The wheel for the hand: midi:NAME, hid, file:HAND.csv.")
]
WithinOption = Annotated[
    str | None,
    typer.Option("--within", metavar="5cm", help="With --hand ride: how far the wheel may lead, at the landing."),
]
KeepOption = Annotated[
    bool,
    typer.Option("--keep", help="With --hand ride: stay where the wheel led, and trim the mark by it."),
]
MODES = ("none", "ride", "takeover", "scrub")
FILE_OVER_S = 2.0
"""A file whose last word is longer ago than this, and the pull's own time too, moves nothing any more."""


@dataclass(frozen=True, slots=True)
class HandAsk:
    """How hand and plan play together, and with which wheel; `fields` override the cue's own."""

    fields: dict[str, Any]
    source: str | None

    @property
    def hand(self) -> bool:
        """A hand was asked for."""
        return bool(self.fields.get("hand", "none") != "none")

    def over(self, show: Show) -> Show:
        """The show with its cues so overridden. Raises RequestError."""
        cues = tuple(dataclasses.replace(cue, **self.fields) for cue in show.cues)
        return dataclasses.replace(show, cues=cues)

    def check(self, cues: tuple[ShowCue, ...]) -> None:
        """Refuse cues that need a wheel where none is given. Raises RequestError."""
        needs = next((cue for cue in cues if cue.wheel is not None), None)
        if needs is not None and self.source is None:
            raise RequestError(
                f"Cue {needs.number} needs a wheel ({needs.hand}).",
                "Give --source midi:NAME, hid or file:HAND.csv (wheels list), or --hand none.",
            )
        if self.source is not None and needs is None:
            raise RequestError("--source is for a pull with --hand.", f"Give --hand {'|'.join(MODES[1:])}.")


def hand_ask(
    how: str | None, source: str | None, *, within: str | None = None, keep: bool, imperial: bool = False
) -> HandAsk:
    """The request for a hand beside the pull, from the options; `imperial`: 5 is inches. Raises RequestError."""
    from followfocus.lens.trims import parse_trim
    from followfocus.show.cue_hand import HANDS, cue_hand

    if source == "keys":
        raise RequestError("The keys can't be played together with a pull.", "Give another --source (wheels list).")
    if how is None:
        if keep or within is not None:
            raise RequestError("--keep and --within are for --hand ride.", "Give --hand ride.")
        return HandAsk({}, source)
    spelt = {name.replace(" ", ""): name for name in HANDS}
    hand = spelt.get(how.casefold().replace(" ", "").replace("-", ""))
    if hand is None:
        raise RequestError(f"--hand {how} is not known.", f"Known: {', '.join(MODES)}.")
    if keep and hand != "ride":
        raise RequestError(f"--keep is for --hand ride; with {how} the ring stays where it is anyway.", "Leave it out.")
    within_m = None if within is None else parse_trim(within, imperial=imperial)
    cue_hand(hand, within_m, keep)
    return HandAsk({"hand": hand, "hand_within_m": within_m, "hand_keep": keep}, source)


def wheel_from(source: str | None) -> Callable[[FollowFocusUnit, Plan], contextlib.AbstractContextManager[Any]]:
    """Opens the wheel of `--source` for each take anew."""
    from followfocus.hand.hand import WheelHand
    from followfocus.hand.turned import TurnedWheel
    from followfocus.sources.wheels import kept_wheel, open_wheel
    from followfocus.stage.with_hand import no_wheel

    if source is None:
        return no_wheel

    @contextlib.contextmanager
    def opened(unit: FollowFocusUnit, plan: Plan) -> Iterator[Callable[[float], float]]:
        hand = WheelHand(kept_wheel(source).manners, plan.lens.travel_deg, beside=True)
        turned = TurnedWheel(hand, plan.motion.start_deg)
        wheel = open_wheel(source, turned.hear, unit.clock)
        over_s = unit.clock.now() + plan.motion.duration_s

        def at(now_s: float) -> float:
            nonlocal over_s
            wheel.poll()
            if not wheel.over:
                over_s = max(over_s, now_s)
            elif now_s > over_s + FILE_OVER_S:  # only a scrub waits for more
                raise RequestError(f"{wheel.name} is at its end, and the pull is not. The ring stands where it led.")
            return turned.deg(now_s)

        try:
            yield at
        finally:
            wheel.close()

    return opened


def say_hand(show: Show, at: Standby | None = None) -> None:
    """Say what the wheel will do."""
    from followfocus.show.cues import Standby, hand_words

    words = hand_words(show, Standby() if at is None else at)
    if words:
        say(words, err=True)


def tell_hand(taken: Taken) -> None:
    """Say how a take with a hand went, unless the take's own reasons say it: the last line has them."""
    if taken.hand is not None and not any(reason.lower() in taken.hand.words.lower() for reason in taken.take.reasons):
        say(f"Take {taken.take.take}: {taken.take.verdict.value}. {taken.hand.words}", err=True)


def hand_facts(taken: Taken) -> dict[str, Any]:
    """Plan, hand and result apart, and the longest silence; nothing for a take without a hand."""
    hand, take = taken.hand, taken.take
    if hand is None:
        return {}
    apart = {"plan": take.planned, "wheel": take.wheel, "wanted": take.wanted, "ring": take.actual}
    traces = {name: [[sample.at_s, sample.ring_deg] for sample in trace] for name, trace in apart.items()}
    facts = {
        "how": hand.how,
        "trim_deg": hand.trim_deg,
        "longest_silence_ms": 1e3 * hand.silence_s,
        "ended": hand.ended,
        "words": hand.words,
    }
    return {"row": taken.row, "hand": {**facts, **traces}}
