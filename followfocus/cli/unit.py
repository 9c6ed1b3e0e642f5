# SPDX-License-Identifier: MIT
"""`followfocus unit …`: look at a unit, set it up, and move it by hand."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import sheet, tell_json
from followfocus.cli.numbers import number
from followfocus.cli.options import AtOption, JsonOption, PortOption
from followfocus.errors import JobError, RequestError

if TYPE_CHECKING:
    from followfocus.unit.unit import FollowFocusUnit

app = typer.Typer(help="Look at a unit, set it up, and move it by hand.", no_args_is_help=True)

PointArgument = Annotated[str, typer.Argument(metavar="POINT", help="A ring angle (84.5deg); with --lens a distance.")]
LensOption = Annotated[str | None, typer.Option(metavar="LENS", help="The lens on it, for distances and its travel.")]
SIGNED = {"ignore_unknown_options": True}
"""A number below 0, which would be taken for an option, is one"""
JOG_RENEWED_S = 0.1
JOG_ENDS_S = 10.0
"""How long a ring may take to slow down"""


@app.command()
def info(port: PortOption = "sim", json: JsonOption = False) -> None:
    """Say who the unit is, where it stands and how it is set."""
    with _opened(port) as unit:
        _report(unit, as_json=json, show="unit")


@app.command()
def config(
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Such as microsteps=32, stop_input=stop_button_nc."),
    ] = None,
    save: Annotated[bool, typer.Option("--save", help="Keep the settings through power-off.")] = False,
    factory: Annotated[bool, typer.Option("--factory-reset", help="Built-in settings again, kept.")] = False,
    port: PortOption = "sim",
    json: JsonOption = False,
) -> None:
    """Show the settings, change some, keep them. Other gears than before make the position unknown.

    stop_input is none, stop_button (closes when pressed), stop_button_nc (opens when pressed, so a broken wire stops
    too) or home_switch. Armed, the unit disarms when it has heard nothing for armed_silence_s seconds; 0: never.
    A motor that is switched on is given settle_ms to settle.
    """
    from followfocus.unit.settings import changed

    with _opened(port) as unit:
        if factory:
            unit.factory_reset()
        if settings:
            wanted, safety = changed((unit.config, unit.safety), settings)
            unit.apply(wanted)
            unit.apply_safety(safety)
        if save:
            unit.save_config()
        _report(unit, as_json=json, show="settings")


@app.command(context_settings=SIGNED)
def reference(
    point: PointArgument, lens: LensOption = None, port: PortOption = "sim", json: JsonOption = False
) -> None:
    """Set the reference by hand: the ring stands at POINT now. With --lens also the soft limits.

    A motor that was off may turn the ring a little as it takes hold. So first: followfocus unit hold; then look.
    """
    with _opened(port) as unit:
        _set_up(unit, lens)
        _stand_at(unit, point, lens)
        if lens is not None:
            unit.set_limits(0.0, _travel_deg(lens))
        _report(unit, as_json=json)


@app.command()
def hold(lens: LensOption = None, port: PortOption = "sim", json: JsonOption = False) -> None:
    """Have the motor hold the ring, and let it settle. Then look where the ring stands, and say it (unit reference)."""
    with _opened(port) as unit:
        _set_up(unit, lens)
        if unit.energise():
            typer.echo(f"The motor was off. {unit.setup.jump_words} Look where the ring stands now.", err=True)
        _report(unit, as_json=json)


@app.command()
def confirm(port: PortOption = "sim", json: JsonOption = False) -> None:
    """Take the parked position as true: you have looked, and the ring has not been turned."""
    from followfocus.cli.ring_place import still_there

    with _opened(port) as unit:
        if not still_there(unit):
            raise JobError("The parked position was not taken.", "Say where the ring stands: unit reference POINT.")
        unit.confirm_position()
        _report(unit, as_json=json)


@app.command()
def home(
    lens: LensOption = None,
    travel: Annotated[
        float | None, typer.Option(metavar="DEG", parser=number, help="The ring's travel from stop to stop.")
    ] = None,
    port: PortOption = "sim",
    json: JsonOption = False,
) -> None:
    """Find both stops by the home switch or stall input; the travel is compared with the lens's."""
    with _opened(port) as unit:
        _set_up(unit, lens)
        found = unit.home(travel if travel is not None or lens is None else _travel_deg(lens))
        _report(unit, as_json=json, span_deg=found.span_deg, expected_deg=found.expected_deg)


@app.command(context_settings=SIGNED)
def goto(
    point: PointArgument,
    speed: Annotated[
        float | None, typer.Option(metavar="DEG/S", parser=number, help="Ring speed; else the configured one.")
    ] = None,
    lens: LensOption = None,
    at: AtOption = None,
    port: PortOption = "sim",
    json: JsonOption = False,
) -> None:
    """Move the ring to POINT. Ctrl-C stops it."""
    with _opened(port) as unit:
        _stand_at(unit, at, lens)
        unit.goto_deg(_point(point, lens), speed)
        _report(unit, as_json=json)


@app.command(context_settings=SIGNED)
def jog(
    speed: Annotated[
        float, typer.Argument(metavar="DEG/S", parser=number, help="Ring speed; below 0 toward infinity.")
    ],
    seconds: Annotated[float, typer.Option("--for", metavar="S", parser=number, help="How long.")] = 1.0,
    at: AtOption = None,
    port: PortOption = "sim",
    json: JsonOption = False,
) -> None:
    """Turn the ring at a speed for a while; slow, while the position is unknown."""
    if not 0 < seconds <= 60:
        raise RequestError(f"--for {seconds:g}: a jog takes more than 0 s and at most a minute.", "Give seconds.")
    with _opened(port) as unit:
        if at is not None:
            _stand_at(unit, at, None)
        end_s = unit.clock.now() + seconds
        while unit.clock.now() < end_s:
            unit.jog(speed)
            unit.link.sleep(min(JOG_RENEWED_S, max(0.0, end_s - unit.clock.now())))
        unit.jog(0.0)
        unit.line.wait_until(lambda status: status.at_rest, JOG_ENDS_S)
        _report(unit, as_json=json)


@app.command()
def stop(
    hard: Annotated[bool, typer.Option("--hard", help="Cut the steps at once.")] = False,
    port: PortOption = "sim",
    json: JsonOption = False,
) -> None:
    """Stop whatever moves, whoever started it."""
    from followfocus.unit.connect import unit_on

    unit = unit_on(port)
    unit.link.stop(hard=hard)  # goes out before the hello
    with unit:
        unit.stop() if not hard else unit.hard_stop()
        _report(unit, as_json=json)


@app.command()
def park(port: PortOption = "sim", json: JsonOption = False) -> None:
    """Keep the position through power-off, and let go of the ring."""
    with _opened(port) as unit:
        unit.park()
        _report(unit, as_json=json)


@app.command()
def release(port: PortOption = "sim", json: JsonOption = False) -> None:
    """Let go of the ring, to turn it by hand; the position is unknown afterwards."""
    with _opened(port) as unit:
        unit.release()
        _report(unit, as_json=json)


@app.command()
def clear(port: PortOption = "sim", json: JsonOption = False) -> None:
    """Clear a latched fault."""
    with _opened(port) as unit:
        unit.clear_fault()
        _report(unit, as_json=json)


@contextlib.contextmanager
def _opened(port: str) -> Iterator[FollowFocusUnit]:
    from followfocus.cli.endings import ended_by_signals, moving
    from followfocus.cli.playing import warn_of_loss
    from followfocus.unit.connect import open_unit

    with ended_by_signals() as ending, open_unit(port) as unit, moving(unit, ending):
        warn_of_loss(unit)
        yield unit


def _point(text: str, lens: str | None) -> float:
    from followfocus.units import parse_angle

    if lens is None:
        try:
            return parse_angle(text, what="ring angle")
        except RequestError as error:
            raise RequestError(error.message, f"{error.remedy} A distance wants its lens: --lens ideal-50.") from None
    from followfocus.lens.map import load_lens, parse_point

    return parse_point(load_lens(lens), text)


def _travel_deg(lens: str) -> float:
    from followfocus.lens.map import load_lens

    return load_lens(lens).travel_deg


def _set_up(unit: FollowFocusUnit, lens: str | None) -> None:
    """Gearing and motion limits for a lens, if one is named; the motor stays as it is set."""
    if lens is None:
        return
    from followfocus.cli.ring_place import rig_on
    from followfocus.lens.map import load_lens
    from followfocus.plan.plan import rig_for

    unit.configure(rig_on(unit, rig_for(load_lens(lens))))


def _stand_at(unit: FollowFocusUnit, at: str | None, lens: str | None) -> None:
    """Set the reference where someone has looked; the unit in this process was just made, and stands at 0°."""
    from followfocus.cli.ring_place import place_of
    from followfocus.unit.connect import SIM

    if at is not None:
        unit.set_reference(place_of(unit, at, lambda text: _point(text, lens)))
    elif unit.link.port_name == SIM and not unit.status.referenced:
        unit.set_reference(0.0)


def _report(unit: FollowFocusUnit, *, as_json: bool, show: str = "", **more: float | None) -> None:
    """How the unit stands; with `show` also who it is (unit), or the settings alone. JSON has everything."""
    from followfocus.unit.settings import settings_facts

    assert unit.info is not None
    status, settings = unit.refresh(), settings_facts(unit.config, unit.safety)
    known = unit.last_known()
    facts: dict[str, object] = {**unit.info.facts(), "status": status.facts(), "config": settings, **more}
    facts["parked_deg"] = None if known is None else known.ring_deg
    if as_json:
        tell_json(facts)
        return
    from followfocus.cli.unit_words import gear_words, identity, setting_lines, standing_lines

    lines = standing_lines(unit, more)
    if show == "unit":
        lines += [*identity(unit.info, status), ("gear", gear_words(settings))]
    elif show == "settings":
        lines = setting_lines(settings)
    sheet(f"{unit.info.name} ({unit.info.serial}) on {unit.info.port}", lines)
