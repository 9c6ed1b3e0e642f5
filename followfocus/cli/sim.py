# SPDX-License-Identifier: MIT
"""`followfocus sim`: a simulated unit on a pty or a TCP port, in real time, for any client."""

from __future__ import annotations

import contextlib
import inspect
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from followfocus.cli.console import tell_json
from followfocus.cli.numbers import number
from followfocus.cli.streams import Guarded
from followfocus.errors import RequestError
from followfocus.files import refuse_no_file, unwritable
from followfocus.signals import ending_signals
from followfocus.sim.faults import fault_help, parse_faults

if TYPE_CHECKING:
    from followfocus.sim.device import SimulatedUnit
    from followfocus.sim.mechanics import StepperRing

_LOCAL = "127.0.0.1"


def parse_address(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`, `[::1]:PORT`, `:PORT` or `PORT`; the host is 127.0.0.1 where none is given."""
    host, _, port = text.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or _LOCAL
    if not (port.isascii() and port.isdecimal()) or int(port) > 65535:
        raise RequestError(f"“{text}” is not an address to listen on.", f"Write HOST:PORT, like {_LOCAL}:0.")
    return host, int(port)


def _ring(motor: str | None, lens: str | None, friction: float | None) -> StepperRing:
    """The motor and the lens's ring behind the unit."""
    from dataclasses import replace

    from followfocus.motion.motor import DEFAULT_RIG, motor_named
    from followfocus.sim.mechanics import StepperRing

    rig = DEFAULT_RIG
    if motor is not None:
        rig = replace(rig, motor=motor_named(motor))
    if friction is not None:
        rig = replace(rig, ring_friction_nm=friction)
    if lens is None:
        return StepperRing(rig)
    from followfocus.lens.map import load_lens

    lens_map = load_lens(lens)
    return StepperRing(rig, (0.0, lens_map.travel_deg) if lens_map.has_stops else None)


@contextlib.contextmanager
def _edge_file(path: Path | None, unit: SimulatedUnit | None) -> Iterator[None]:
    """While open, every step edge of `unit` goes to the CSV file `path`."""
    if path is None or unit is None:
        yield
        return
    refuse_no_file(path)
    try:
        stream = path.open("w", encoding="ascii")
    except OSError as error:
        raise unwritable(path, error) from error
    file = Guarded(stream)
    file.styled("boot_id,tick,position\n")
    unit.edges.listener = lambda tick, position: file.styled(f"{unit.boot_id},{tick},{position}\n")
    try:
        yield
    finally:
        unit.edges.listener = None
        file.flush()
        with contextlib.suppress(OSError):  # what it could not write, it would say again
            stream.close()
        if isinstance(file.trouble, OSError):
            raise unwritable(path, file.trouble)


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _announce(port: str, unit: SimulatedUnit | None, fault: list[str], *, as_json: bool) -> None:
    """Where it listens, on standard output; what to do with it, on standard error."""
    if as_json:
        serial = unit.serial if unit is not None else None
        tell_json({"port": port, "serial": serial, "faults": fault})
    else:
        typer.echo(port)
    what = "A simulated unit listens on" if unit is not None else f"Something else ({', '.join(fault)}) listens on"
    typer.echo(f"{what} {port}. In another window:", err=True)
    typer.echo(f"    followfocus unit info --port {port}", err=True)
    typer.echo("Ctrl-C ends it.", err=True)


def command(
    pty: Annotated[Path | None, typer.Option(metavar="LINK", help="Make LINK a link to the unit's pty.")] = None,
    tcp: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Listen on TCP; port 0 takes a free one.")
    ] = None,
    motor: Annotated[
        str | None, typer.Option(metavar="NAME", help="nema11, nema14, nema17, or a type such as 17hs19-2004s1.")
    ] = None,
    lens: Annotated[
        str | None, typer.Option(metavar="NAME", help="The lens on it, for its stops (none: no stops).")
    ] = None,
    friction: Annotated[
        float | None, typer.Option(metavar="NM", parser=number, help="The ring's friction, N·m.")
    ] = None,
    fault: Annotated[list[str] | None, typer.Option(metavar="NAME", help="What goes wrong, as listed above.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed of the faults and of the boot id.")] = None,
    clock_error: Annotated[str | None, typer.Option(metavar="PCT", help="The unit's clock is off, like +0.5%.")] = None,
    edges: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Log every step edge.")] = None,
    state: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep settings and parked position here, as a unit does.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say where it listens as JSON.")] = False,
) -> None:
    """A simulated unit in real time, for any client: this program in another window, or your own.

    Says the PORT to use on standard output and runs until Ctrl-C. Without --pty or --tcp it takes a pty.
    """
    if pty is not None and tcp is not None:
        raise RequestError("A simulated unit is on a pty or on TCP, not both.", "Leave one of --pty and --tcp out.")
    address = parse_address(tcp) if tcp is not None else None
    fault = fault or []
    faults = parse_faults([*fault, *([f"clock:{clock_error}"] if clock_error is not None else [])])

    if faults.reset_on_open and address is None:
        raise RequestError(
            "A pty doesn't say when it is opened, so dtr-reset can't happen on it.",
            "Take --tcp 127.0.0.1:0, where every connection resets the unit.",
        )

    from followfocus.sim.build import Build
    from followfocus.sim.faulty import simulate
    from followfocus.sim.servers import serve_pty, serve_tcp
    from followfocus.sim.store import Store

    # Without a state file each process is another power-on, and must not be taken for the last one's.
    boot_seed = seed if seed is not None else 0 if state is not None else secrets.randbits(32)
    device, unit = simulate(
        faults,
        mechanics=_ring(motor, lens, friction),
        store=Store(state),
        build=Build(boot_seed=boot_seed),
        seed=seed or 0,
    )

    def ready(port: str) -> None:
        _announce(f"socket://{port}" if address is not None else port, unit, fault, as_json=as_json)

    for ending in ending_signals():
        signal.signal(ending, _interrupt)
    with contextlib.suppress(KeyboardInterrupt), _edge_file(edges, unit):
        if address is not None:
            serve_tcp(device, *address, ready)
        else:
            serve_pty(device, pty, ready)
    typer.echo("Ended.", err=True)


command.__doc__ = f"""{inspect.cleandoc(command.__doc__ or "")}

Faults (--fault may be repeated; the same --seed fails the same way again):

\b
""" + "\n".join(f"  {line}" for line in fault_help())
