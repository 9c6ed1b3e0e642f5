# SPDX-License-Identifier: MIT
"""Shared by `serve` and `remote`: a show on a unit, played by whoever asks from outside, until Ctrl-C."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from followfocus.cli.aside import Aside
from followfocus.cli.console import say, tell_json, warn
from followfocus.cli.endings import Ending, ended_by_signals
from followfocus.cli.options import AtOption, JsonOption
from followfocus.cli.playing import reconciled
from followfocus.cli.pull import LogOption, NoLogOption
from followfocus.cli.rehearse import OtherPortOption, show_unit
from followfocus.cli.show import opened_show
from followfocus.cli.take_words import counted_on, kept_in
from followfocus.cli.track import ForOption
from followfocus.errors import LineError, RequestError

if TYPE_CHECKING:
    from followfocus.show.cues import Standby
    from followfocus.show.show import Show
    from followfocus.sources.loop import SourceLoop
    from followfocus.stage.diarist import Diarist
    from followfocus.stage.events import Taken
    from followfocus.stage.listening import Listening
    from followfocus.stage.serving import Serving
    from followfocus.takes.diary import DiaryLine
    from followfocus.takes.keeper import TakeKeeper
    from followfocus.unit.unit import FollowFocusUnit

SWITCH_S = 0.001
"""How long a thread of ours keeps another waiting: STOP and GO come in on one and go out on another"""
MODES = ("list", "repeat", "pingpong")


ServedShow = Annotated[Path, typer.Argument(metavar="SHOW", help="The show file (.ffshow).")]
ListenOption = Annotated[
    list[str] | None,
    typer.Option(
        "--listen", metavar="PLACE", help="osc://, mtc:PORT, msc:PORT, ltc:DEVICE, blackmagic://HOST, zcam://HOST."
    ),
]
FirstCueOption = Annotated[str | None, typer.Option(metavar="N", help="The cue that stands by first.")]
ModeOption = Annotated[str, typer.Option(metavar="list|repeat|pingpong", help="What stands by after a take.")]
AllowOption = Annotated[
    bool, typer.Option("--allow-go", help="Let GO and all that turns the ring in from outside; STOP always works.")
]
ArmOption = Annotated[bool, typer.Option("--arm", help="Arm what stands by at the start.")]
TellOption = Annotated[
    list[str] | None, typer.Option("--to", metavar="URL", help="Tell where the ring is: opentrackio://, freed://H:P.")
]
RearmOption = Annotated[bool, typer.Option("--rearm", help="Arm again after each take that was played to its end.")]


@dataclass(frozen=True, slots=True)
class ServeWish:
    """The options of `serve` and `remote`, which are made of these fields."""

    show: ServedShow
    listen: ListenOption = None
    cue: FirstCueOption = None
    mode: ModeOption = "list"
    allow_go: AllowOption = False
    arm: ArmOption = False
    rearm: RearmOption = False
    port: OtherPortOption = None
    at: AtOption = None
    log: LogOption = None
    no_log: NoLogOption = False
    to: TellOption = None
    seconds: ForOption = None
    json: JsonOption = False


def by_wish(run: Callable[..., None]) -> Callable[..., None]:
    """The command that does `run(wish, …)`: its arguments are a ServeWish's fields, with `run`'s own behind the show.

    Typer reads a command's signature, so the signature is made; written out it would stand there once a command.
    """
    wish, own = signature(ServeWish).parameters, list(signature(run).parameters.values())[1:]
    hints = {**get_type_hints(run, include_extras=True), **get_type_hints(ServeWish, include_extras=True)}
    show, *others = wish.values()
    taken = [one.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[one.name]) for one in (show, *own, *others)]

    def command(**given: object) -> None:
        asked: dict[str, Any] = {name: given.pop(name) for name in wish}
        run(ServeWish(**asked), **given)

    command.__doc__ = run.__doc__
    command.__annotations__ = {one.name: one.annotation for one in taken}
    vars(command)["__signature__"] = Signature(taken)
    return command


AlsoOpened = Callable[["Serving", "SourceLoop"], contextlib.AbstractContextManager[None]]
"""Opens something beside the listened-to places: the page for phones"""


def serve_show(wish: ServeWish, opened: AlsoOpened = lambda _serving, _loop: contextlib.nullcontext()) -> None:
    """Play a show until it is ended. Raises what a command may raise."""
    from followfocus.sources.places import parse_place

    if wish.mode not in MODES:
        raise RequestError(f"There is no mode “{wish.mode}”.", f"Give {', '.join(MODES)}.")
    for text in wish.listen or ():
        parse_place(text)  # what is wrong is said before anything is opened
    show = opened_show(wish.show)
    taken: list[Taken] = []
    try:
        with (
            ended_by_signals() as ending,
            kept_in(wish.log, wanted=not wish.no_log) as keeper,
            show_unit(show, _standby(show, wish.cue), wish.port, fast=False, faults=[]) as unit,
            _loop() as loop,
        ):
            sys.setswitchinterval(SWITCH_S)
            # After the keeper: it knows what comes since.
            counted = replace(show, slate=counted_on(wish.log, show.slate))
            _play(wish, counted, ending, keeper, unit, loop, opened, taken)
        if ending.last_word:
            say(ending.last_word, err=True)
    finally:
        if wish.json:
            facts = [{**one.take.facts(), "cue": one.context.cue, "context": one.context.facts()} for one in taken]
            tell_json({"takes": facts})


@contextlib.contextmanager
def _loop() -> Iterator[SourceLoop]:
    from followfocus.sources.loop import SourceLoop

    loop = SourceLoop()
    loop.start()
    try:
        yield loop
    finally:
        loop.close()


def _standby(show: Show, cue: str | None) -> Standby:
    from followfocus.show.cues import Standby, jump

    return Standby() if cue is None else jump(show, cue)


def _play(
    wish: ServeWish,
    show: Show,
    ending: Ending,
    keeper: TakeKeeper | None,
    unit: FollowFocusUnit,
    loop: SourceLoop,
    opened: AlsoOpened,
    taken: list[Taken],
) -> None:
    """Play until it ends; each take goes into `taken`."""
    from followfocus.sources.places import parse_place
    from followfocus.stage.listening import Listening

    diarist = None if keeper is None else _diarist(keeper.path, loop)
    aside = Aside(lambda words, style: say(words, style, err=True))
    serving = _serving(wish, show, keeper, unit, loop, _noted_by(diarist, aside))
    serving.taken += [taken.append, lambda one: _tell_take(one, aside)]
    listening = Listening(loop, serving, unit.clock)
    try:
        for text in wish.listen or ():
            listening.open(parse_place(text))
        serving.cameras = listening.cameras
        serving.changes.append(listening.tell)
        reconciled(unit, None if keeper is None else keeper.path)
        _say_open(wish, show, listening)
        with opened(serving, loop), _told_to(wish, show, unit):
            _run(wish, serving, unit, loop, ending)
    finally:
        listening.close()
        loop.soon(serving.flush)
        loop.close()
        if diarist is not None:
            diarist.flush()
        aside.end()


@contextlib.contextmanager
def _told_to(wish: ServeWish, show: Show, unit: FollowFocusUnit) -> Iterator[None]:
    """Where the ring is, told to others meanwhile: of the lens of the cue that stands by first."""
    if not wish.to:
        yield
        return
    from followfocus.feeds.udp import Sender, parse_destination
    from followfocus.show.cues import standing_pull
    from followfocus.stage.track_out import send_track, track_to

    pull = standing_pull(show, _standby(show, wish.cue))
    destinations = [parse_destination(text) for text in wish.to]
    senders = {to: Sender(to) for to in destinations}
    stop = send_track(unit, track_to(show.lens(pull.lens), destinations, show.fps, pull.t_stop), senders)
    try:
        yield
    finally:
        stop()
        for sender in senders.values():
            sender.close()


def _run(wish: ServeWish, serving: Serving, unit: FollowFocusUnit, loop: SourceLoop, ending: Ending) -> None:
    """Until Ctrl-C, which stops the motor, or until the time is over."""
    from followfocus.stage import events
    from followfocus.stage.run import at_rest

    def stop(hard: bool) -> None:
        serving.stop_soon(hard=hard)
        serving.end()

    ending.stops(stop)
    assert unit.info is not None
    loop.soon(serving.step, events.Met(unit.info))
    if wish.arm:
        loop.soon(serving.arm, 0)
    until_s = None if wish.seconds is None else unit.clock.now() + wish.seconds
    serving.play(lambda: until_s is not None and unit.clock.now() >= until_s)
    ending.last_word = at_rest(unit)
    if not unit.link.up:
        raise LineError(ending.last_word)


def _serving(
    wish: ServeWish,
    show: Show,
    keeper: TakeKeeper | None,
    unit: FollowFocusUnit,
    loop: SourceLoop,
    wrote: Callable[[DiaryLine], object],
) -> Serving:
    from followfocus.cli.ring_place import place_of
    from followfocus.lens.map import parse_point
    from followfocus.show.cues import After, standing_pull
    from followfocus.sources.gate import Gate
    from followfocus.stage.outside_desk import Outside
    from followfocus.stage.serving import Serving
    from followfocus.stage.state import Stage
    from followfocus.unit.settings import other_gear_words

    at = _standby(show, wish.cue)
    stage = Stage(show, at, After(wish.mode))
    lens = show.lens(standing_pull(show, at).lens)
    if words := other_gear_words(unit.config, show.unit.rig(lens)):
        warn(words)
    if wish.at is not None:
        unit.configure(show.unit.rig(lens), show.unit.ring_limits)
        stage = stage.but(position_deg=place_of(unit, wish.at, lambda said: parse_point(lens, said)))
    return Serving(
        unit, stage, Outside(Gate(wish.allow_go)), loop.soon, loop.loop.call_later, keeper,
        rearm=wish.rearm, wrote=wrote,
    )  # fmt: skip


def _noted_by(diarist: Diarist | None, aside: Aside) -> Callable[[DiaryLine], object]:
    """Takes lines for the log, and says each thing that came in, and how it was answered, as it happens."""

    def note(line: DiaryLine) -> None:
        if diarist is not None:
            diarist.note(line)
        again = f" ({line.times} times)" if line.times > 1 else ""
        aside(f"{line.said}{again}", "" if line.passed else "yellow")

    return note


def _diarist(path: Path, loop: SourceLoop) -> Diarist:
    from followfocus.stage.diarist import Diarist

    return Diarist(path, loop.loop, warn)


def _say_open(wish: ServeWish, show: Show, listening: Listening) -> None:
    for words in listening.sentences:
        say(words, err=True)
    with_wheel = [cue.number for cue in show.cues if cue.wheel is not None]
    if with_wheel:
        many = "s" if len(with_wheel) > 1 else ""
        say(f"There is no wheel here: cue{many} {', '.join(with_wheel)} can't be armed.", "yellow", err=True)
    if not wish.allow_go:
        say("Outside GO is off: --allow-go lets it in. STOP works.", err=True)


def _tell_take(taken: Taken, aside: Aside) -> None:
    if taken.trouble:
        aside(taken.trouble, "yellow")
    aside(f"{taken.context.slate}: {taken.take.verdict.value}.", "bold")
