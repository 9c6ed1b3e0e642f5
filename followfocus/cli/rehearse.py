# SPDX-License-Identifier: MIT
"""`followfocus rehearse`: play a show's cue again and again, or its list to the end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import say, tell_json, warn
from followfocus.cli.endings import Ending, ended_by_signals
from followfocus.cli.idle import tell_idle
from followfocus.cli.options import AtOption, JsonOption
from followfocus.cli.playing import end, played, tell_trouble, watched
from followfocus.cli.pull import FastOption, FaultOption, LogOption, NoLogOption
from followfocus.cli.pull_together import (
    KeepOption,
    TogetherOption,
    TogetherWheelOption,
    WithinOption,
    hand_ask,
    hand_facts,
    say_hand,
    tell_hand,
    wheel_from,
)
from followfocus.cli.show import change_show, opened_show
from followfocus.cli.take_words import counted_on, gone_is_fine, kept_in, one_log, show_takes
from followfocus.errors import RequestError

if TYPE_CHECKING:
    from followfocus.show.cues import Standby
    from followfocus.show.show import Show, ShowCue
    from followfocus.stage.events import Taken
    from followfocus.stage.trimming import KeptTrim
    from followfocus.takes.keeper import TakeKeeper
    from followfocus.unit.unit import FollowFocusUnit

OtherPortOption = Annotated[
    str | None, typer.Option(metavar="PORT", help="Instead of the show's own port: sim, a device …")
]


def command(
    show: Annotated[Path, typer.Argument(metavar="SHOW", help="The show file (.ffshow).")],
    cue: Annotated[str | None, typer.Option(metavar="N", help="The cue's number; the first if not given.")] = None,
    takes: Annotated[int, typer.Option(metavar="K", help="How often.")] = 1,
    pingpong: Annotated[bool, typer.Option("--pingpong", help="There and back by turns.")] = False,
    through: Annotated[
        bool, typer.Option("--through", help="From this cue to the end of the list, follow-ons included.")
    ] = False,
    trim: Annotated[
        list[str] | None, typer.Option(metavar="B=+5cm", help="Move a mark for these takes, without touching it.")
    ] = None,
    check_slips: Annotated[
        bool,
        typer.Option("--check-slips", help="Before each next take go back to A and see whether the motor has slipped."),
    ] = False,
    port: OtherPortOption = None,
    fast: FastOption = False,
    fault: FaultOption = None,
    at: AtOption = None,
    log: LogOption = None,
    no_log: NoLogOption = False,
    json: JsonOption = False,
    hand: TogetherOption = None,
    source: TogetherWheelOption = None,
    within: WithinOption = None,
    keep: KeepOption = False,
) -> None:
    """Play a cue of a show, back to one between the takes; the slate counts up from the show's.

    followfocus rehearse day3.ffshow --cue 2 --takes 10 --log day3.db

    followfocus rehearse day3.ffshow --through

    Every take is put down before GO and kept however it ends. Ctrl-C, a closed terminal and being terminated stop the
    motor. Ends with exit code 1 if a take did not land or the motor has slipped, 3 if the link was lost. The show file
    is changed by one thing only: a cue whose ride is kept (--keep, or its own) trims its mark.
    """
    from followfocus.show.cues import After, Standby, jump
    from followfocus.stage.prepare import check_cues

    if not 1 <= takes <= 65_535:
        raise RequestError(f"--takes {takes}: play it at least once.", "Give 1 or more.")
    if pingpong and through:
        raise RequestError("There and back, or through the list: not both.", "Leave one out.")
    one_log(log, no_log=no_log)
    if takes == 1 and not through:
        tell_idle({"--pingpong": pingpong, "--check-slips": check_slips}, {}, "", "with one take")
    read = opened_show(show)
    imperial = read.preferences.units == "imperial"
    together = hand_ask(hand, source, within=within, keep=keep, imperial=imperial)
    opened = together.over(read)
    standby = jump(opened, cue) if cue is not None else Standby()
    for text in trim or []:
        opened = _trimmed(opened, standby, text)
    cues = opened.cues[standby.cue :] if through else opened.cues[standby.cue : standby.cue + 1]
    together.check(cues)
    if through:
        check_cues(opened, cues)
    say_hand(opened, standby)
    for words in dict.fromkeys(_second_ring(opened, cue) for cue in cues):
        if words:
            warn(words)
    after = After.PINGPONG if pingpong else After.LIST if through else After.REPEAT
    takes_played: list[Taken] = []
    unit_facts: dict[str, object] = {}

    def shoot(unit: FollowFocusUnit, keeper: TakeKeeper | None, ending: Ending) -> None:
        from followfocus.cli.ring_place import place_of
        from followfocus.lens.map import parse_point
        from followfocus.stage.rehearsal import Rehearsal
        from followfocus.unit.settings import other_gear_words

        assert unit.info is not None
        unit_facts.update(unit.info.facts())
        counted = replace(opened, slate=counted_on(log, opened.slate))  # after the keeper: it knows what comes since
        lens = opened.lens(opened.pull(opened.cues[standby.cue].pull).lens)
        at_deg = None if at is None else parse_point(lens, at)
        if words := other_gear_words(unit.config, opened.unit.rig(lens)):
            warn(words)
        if at is not None:
            unit.configure(opened.unit.rig(lens), opened.unit.ring_limits)
            at_deg = place_of(unit, at, lambda said: parse_point(lens, said))
        play = Rehearsal(
            unit, counted, keeper, watched(lambda order: f"cue {order.context.cue}"), at_deg, check_slips=check_slips,
            tell=lambda found: typer.echo(f"Before the next take: {found.words}", err=True),
            wheel=wheel_from(together.source),
        )  # fmt: skip
        with played(play, unit, ending, takes_played, None if keeper is None else keeper.path):
            for taken in play.run(standby, takes, after):
                takes_played.append(taken)
                tell_trouble(taken)
                tell_hand(taken)
                _keep_trim(show, play.stage.kept)

    try:
        with (
            ended_by_signals() as ending,
            kept_in(log, wanted=not no_log) as keeper,
            show_unit(opened, standby, port, fast=fast, faults=fault or []) as unit,
        ):
            shoot(unit, keeper, ending)
    finally:
        if json:
            tell_json({"unit": unit_facts or None, "takes": [_facts(one) for one in takes_played]})
        elif takes_played:
            title, names = _called(opened.production or show.name, takes_played)
            with gone_is_fine():
                show_takes(title, [one.take for one in takes_played], names)
                _tell_doubts(opened, takes_played)
    end(takes_played, ending)


def _second_ring(show: Show, cue: ShowCue) -> str:
    """The work that a cue leaves to a hand on a lens with two focus rings; empty on one with one."""
    from followfocus.lens.through import second_ring_words

    pull = show.pull(cue.pull)
    lens = show.lens(pull.lens)
    places_m = [lens.distance_m(ring_deg) for ring_deg in pull.places_deg(lens)]
    first_m, *_, last_m = places_m[::-1] if cue.back else places_m
    return second_ring_words(lens, first_m, last_m)


def _keep_trim(path: Path, kept: KeptTrim | None) -> None:
    """Write what was ridden into the show's file, as the trim of the mark, and say so; or why it can't be."""
    if kept is None:
        return
    if kept.trim_m is None:
        warn(kept.words)
        return
    try:
        change_show(path, kept.on)
    except RequestError as error:
        warn(f"{kept.words} It could not be written into the show. {error}")
    else:
        say(f"{kept.words} It is in {path.name}.", err=True)


def _called(title: str, played: Sequence[Taken]) -> tuple[str, list[str]]:
    """The table's title and the takes' names in it; a cue that all takes are of is in the title."""
    cues = {one.context.cue for one in played}
    if len(cues) == 1:
        return f"{title}, cue {next(iter(cues))}", [str(one.context.slate) for one in played]
    return title, [f"cue {one.context.cue}, {one.context.slate}" for one in played]


def _tell_doubts(show: Show, played: list[Taken]) -> None:
    """Warnings before the next take, from the takes in a log."""
    from followfocus.takes.landings import landing_of
    from followfocus.takes.warnings import warnings_before

    cue = next(cue for cue in show.cues if cue.number == played[-1].context.cue)
    lens = show.lens(show.pull(cue.pull).lens)
    landings = [landing_of(one.take.take, one.take, one.context) for one in played]
    for words in warnings_before(landings, show.unit.rig(lens)):
        warn(words)


def _trimmed(show: Show, standby: Standby, text: str) -> Show:
    """The show with a trim of what stands by, such as `B=+5cm`; the file is not changed."""
    from followfocus.lens.trims import parse_trim
    from followfocus.show.cues import with_trim

    imperial = show.preferences.units == "imperial"
    name, equals, words = text.partition("=")
    letters = name.strip().upper()
    if not equals or len(letters) != 1 or not "A" <= letters <= "I":
        raise RequestError(f"“{text}” isn't a trim.", "Write it like B=+5cm or A=-2in.")
    return with_trim(show, standby, ord(letters) - ord("A"), parse_trim(words, imperial=imperial))


@contextlib.contextmanager
def show_unit(
    show: Show, standby: Standby, port: str | None, *, fast: bool, faults: list[str]
) -> Iterator[FollowFocusUnit]:
    """The show's unit, or the one on `port`; a simulated one is built as the show says."""
    from followfocus.unit.connect import open_unit

    lens = show.lens(show.pull(show.cues[standby.cue].pull).lens)
    stops = (0.0, lens.travel_deg) if lens.has_stops else None
    where = show.unit.port if port is None else port
    with open_unit(where, rig=show.unit.rig(lens), faults=faults, fast=fast, stops_deg=stops) as unit:
        yield unit


def _facts(played: Taken) -> dict[str, object]:
    context = played.context
    return {
        **played.take.facts(),
        "cue": context.cue,
        "slate": str(context.slate),
        "part": context.part,
        "parts": context.parts,
        "plan_hash": context.plan_hash,
        "after_landing_s": played.after_landing_s,
        **hand_facts(played),
    }
