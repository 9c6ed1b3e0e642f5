# SPDX-License-Identifier: MIT
"""`followfocus wheels`: which wheels are plugged in, how they speak, and what they say."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import say, tell_json, warn
from followfocus.cli.endings import ended_by_signals
from followfocus.cli.options import JsonOption
from followfocus.cli.track import ForOption
from followfocus.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from followfocus.clock import Clock
    from followfocus.hand.events import SourceEvent
    from followfocus.sources.midi import MidiMessage

app = typer.Typer(help="The wheels plugged in here: list them, learn how they speak, watch them.", no_args_is_help=True)

WheelArgument = Annotated[str, typer.Argument(metavar="WHEEL", help="midi:NAME (or how it begins), hid, hid:NAME.")]
RULES = "70-followfocus-wheels.rules"
GESTURE_S = 8.0
QUIET_S = 1.0
"""A silence as long as this ends one half of the gesture."""


@app.command("list")
def list_wheels(json: JsonOption = False) -> None:
    """The wheels that are plugged in. What can't be looked for is said."""
    from followfocus.sources.wheels import wheels

    found, troubles = wheels()
    for trouble in troubles:
        warn(trouble)
    if json:
        told = [{"wheel": one.spec, "name": one.name, "ready": one.ready} for one in found]
        tell_json({"wheels": told, "troubles": troubles})
        return
    for one in found:
        say(f"{one.spec}{'' if one.ready else '   (learn it first: followfocus wheels learn …)'}")
    if not found:
        say("No wheel is plugged in. The keys always work: --source keys.", err=True)


@app.command()
def learn(
    wheel: WheelArgument,
    button: Annotated[
        str | None, typer.Option("--button", metavar="ACTION", help="Learn a button instead: stop, gear, go, arm …")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Learn how a MIDI controller's wheel speaks: turn it slowly to the right, then left. It is kept for good."""
    from followfocus.clock import SystemClock
    from followfocus.sources.kept import ACTIONS, keep_wheel, wheels_kept
    from followfocus.sources.midi_learn import learn_at_once, learn_button, learn_wheel
    from followfocus.sources.wheels import SPELT, midi_named, name_of

    if wheel.partition(":")[0] not in ("midi", "hid"):
        raise RequestError(f"“{wheel}” is no wheel.", SPELT)
    if not wheel.startswith("midi:"):
        raise RequestError(f"{wheel} needs no learning: its reports are known.", "Use it: followfocus hand.")
    if button is not None and button not in ACTIONS:
        raise RequestError(f"A button can't be “{button}”.", f"Known: {', '.join(ACTIONS)}.")
    name, clock = midi_named(name_of(wheel)), SystemClock()
    before = wheels_kept().get(name)
    from followfocus.sources.kept import KeptWheel

    known = before or KeptWheel()
    if button is not None:
        pressed = learn_button(_heard(name, f"Press the button for {button} …", clock))
        known = known.model_copy(update={"buttons": {**known.buttons, pressed: button}})
        words = f"{name}: {pressed} is {button}"
    else:
        right = _heard(name, "Turn it slowly to the right, a few clicks …", clock)
        found = learn_at_once(right) or learn_wheel(right, _heard(name, "… and slowly back to the left.", clock))
        known = known.model_copy(update={"wheel": found})
        words = f"{name}: {found.words}"
    keep_wheel(name, known)
    if json:
        tell_json({"wheel": wheel, "name": name, "kept": known.model_dump(mode="json", exclude_defaults=True)})
    else:
        say(f"{words}. It is kept.")


def _heard(name: str, words: str, clock: Clock) -> list[MidiMessage]:
    """The messages of one half of the gesture: until the wheel is quiet, or eight seconds are over."""
    from followfocus.sources.midi import MidiMessage
    from followfocus.sources.midi_port import MidiPort

    say(words, err=True)
    heard: list[tuple[float, MidiMessage]] = []

    def on_message(data: bytes, at_s: float) -> None:
        message = MidiMessage.of(data)
        if message is not None:
            heard.append((at_s, message))

    port = MidiPort(name, on_message, clock, lambda _event: None)
    try:
        _until_quiet(clock, heard)
    finally:
        port.close()
    return [message for _, message in heard]


def _until_quiet(clock: Clock, heard: list[tuple[float, MidiMessage]]) -> None:
    end_s = clock.now() + GESTURE_S
    while clock.now() < end_s and not (heard and clock.now() - heard[-1][0] > QUIET_S):
        clock.sleep_until(clock.now() + 0.02)


@app.command()
def monitor(
    wheel: WheelArgument,
    seconds: ForOption = None,
    json: Annotated[bool, typer.Option("--json", help="A JSON document a line, one for each event.")] = False,
) -> None:
    """Say what a wheel says, as it comes, until Ctrl-C."""
    from followfocus.clock import SystemClock
    from followfocus.sources.wheels import open_wheel

    clock = SystemClock()
    opened = open_wheel(wheel, lambda event: tell_json(_facts(event)) if json else say(_words(event)), clock)
    try:
        _watch(clock, opened.poll, lambda: opened.over, seconds)
    finally:
        opened.close()


def _watch(clock: Clock, poll: Callable[[], None], over: Callable[[], bool], seconds: float | None) -> None:
    end_s = float("inf") if seconds is None else clock.now() + seconds
    with ended_by_signals(), contextlib.suppress(KeyboardInterrupt):
        while clock.now() < end_s and not over():
            poll()
            clock.sleep_until(clock.now() + 0.004)


def _facts(event: SourceEvent) -> dict[str, object]:
    return {"event": type(event).__name__.removeprefix("Wheel").lower(), **asdict(event)}


def _words(event: SourceEvent) -> str:
    from followfocus.hand.events import WheelLeaned, WheelPlaced, WheelPressed, WheelTurned

    if isinstance(event, WheelPlaced):
        return f"at {event.share:.1%} of its way"
    if isinstance(event, WheelTurned):
        return f"turned by {event.counts:+zg}"
    if isinstance(event, WheelLeaned):
        return f"leant to {event.lean:+z.0%}"
    if isinstance(event, WheelPressed):
        return f"{event.button} {'down' if event.down else 'up'}"
    return "gone"


@app.command()
def udev() -> None:
    """Print the rules that let you open these wheels on Linux, and say where they go."""
    typer.echo(files("followfocus.sources").joinpath(RULES).read_text("utf-8"), nl=False)
    say(f"Put it there: followfocus wheels udev | sudo tee /etc/udev/rules.d/{RULES}", err=True)
    say("Then: sudo udevadm control --reload && sudo udevadm trigger", err=True)
