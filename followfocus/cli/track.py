# SPDX-License-Identifier: MIT
"""`followfocus track`: where the ring is, told to other programs live."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import say, tell_json
from followfocus.cli.endings import ended_by_signals
from followfocus.cli.numbers import a_while
from followfocus.cli.options import AtOption, LensArgument, PortOption, StopOption

if TYPE_CHECKING:
    from collections.abc import Callable

    from followfocus.feeds.freed import FocusUnit
    from followfocus.feeds.track import Track
    from followfocus.feeds.udp import Destination, Sender

DestinationOption = Annotated[
    list[str],
    typer.Option("--to", metavar="URL", help="opentrackio:// (multicast), opentrackio://HOST:PORT, freed://HOST:PORT."),
]
RateOption = Annotated[str, typer.Option(metavar="RATE", help="Samples a second, by the unit's clock: 24, 23.976, 50.")]
SourceOption = Annotated[
    int, typer.Option(min=1, max=200, metavar="N", help="OpenTrackIO: the source's number and its group.")
]
CameraOption = Annotated[int, typer.Option(min=0, max=255, metavar="N", help="FreeD: the camera's ID.")]
FocusOption = Annotated[str, typer.Option(metavar="raw|mm", help="FreeD: 0 to 65535 over the ring, or mm times ten.")]
SlateOption = Annotated[str, typer.Option(metavar="TEXT", help="OpenTrackIO: what the board says.")]
ForOption = Annotated[
    float | None, typer.Option("--for", metavar="S", parser=a_while, help="End by itself after this many seconds.")
]


def command(
    lens: LensArgument,
    to: DestinationOption,
    port: PortOption = "sim",
    rate: RateOption = "50",
    stop: StopOption = None,
    source: SourceOption = 1,
    camera_id: CameraOption = 1,
    focus: FocusOption = "raw",
    slate: SlateOption = "",
    at: AtOption = None,
    seconds: ForOption = None,
    json: Annotated[bool, typer.Option("--json", help="At the end one JSON document on standard output.")] = False,
) -> None:
    """Tell other programs where the ring is, live: Unreal, disguise, Pixotope and whatever else reads these.

    followfocus track ideal-50 --to opentrackio:// --port /dev/ttyUSB0

    followfocus track ideal-50 --to freed://192.168.1.20:40000 --focus mm --rate 25

    Samples are by the unit's clock, one a frame, and a telemetry late. Nothing is sent while the ring's place is not
    known. Ctrl-C ends it. The ring is where the step count has it: a motor that slips is not seen.
    """
    from followfocus.feeds.udp import Sender, parse_destination
    from followfocus.lens.map import load_lens, parse_point
    from followfocus.stage.track_out import track_to
    from followfocus.units import parse_fps

    destinations = [parse_destination(text, source) for text in to]
    on, fps = load_lens(lens), parse_fps(rate)
    track = track_to(
        on,
        destinations,
        fps,
        stop or on.t_stop,
        source=source,
        camera_id=camera_id,
        focus=focus_unit(focus),
        slate=slate,
    )
    senders = {destination: Sender(destination) for destination in destinations}
    try:
        _run(port, track, senders, None if at is None else parse_point(on, at), seconds)
    finally:
        for sender in senders.values():
            sender.close()
    told = [{"to": str(to), "sent": one.sent, "dropped": one.dropped} for to, one in senders.items()]
    if json:
        tell_json({"feeds": told})
        return
    for one in told:
        say(f"{one['to']}: {one['sent']} packets sent, {one['dropped']} not taken by the network")


def focus_unit(text: str) -> FocusUnit:
    """The unit of FreeD's focus field. RequestError."""
    from followfocus.errors import RequestError
    from followfocus.feeds.freed import FOCUS_UNITS

    unit = next((known for known in FOCUS_UNITS if known == text), None)
    if unit is None:
        raise RequestError(f"FreeD's focus isn't counted in “{text}”.", f"Give {' or '.join(FOCUS_UNITS)}.")
    return unit


def _run(
    port: str, track: Track, senders: dict[Destination, Sender], at_deg: float | None, seconds: float | None
) -> None:
    """Listen to the unit and send, until Ctrl-C or the time is over."""
    from followfocus.cli.ring_place import place_of
    from followfocus.stage.track_out import send_track
    from followfocus.unit.connect import open_unit
    from followfocus.units import parse_angle

    with open_unit(port) as unit:
        if at_deg is not None:
            unit.set_reference(place_of(unit, f"{at_deg:g}deg", parse_angle))
        if not unit.refresh().referenced:
            typer.echo(
                "followfocus: The unit doesn't know where the ring stands, so nothing is sent. Say it: --at.", err=True
            )
        stop_listening = send_track(unit, track, senders)
        words = f"Telling {' and '.join(map(str, senders))} where the ring is. Ctrl-C ends it."
        try:
            with ended_by_signals():
                _wait(unit.link.sleep, seconds, lambda: say(words, err=True))
        finally:
            stop_listening()


def _wait(sleep: Callable[[float], None], seconds: float | None, begun: Callable[[], None]) -> None:
    """For so long, or until a signal, which is how a track ends; `begun` is told that from now on it is."""
    left = float("inf") if seconds is None else seconds
    with contextlib.suppress(KeyboardInterrupt):
        begun()
        while left > 0:
            sleep(min(left, 0.5))
            left -= 0.5
