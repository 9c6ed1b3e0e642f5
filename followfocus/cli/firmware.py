# SPDX-License-Identifier: MIT
"""`followfocus firmware …`: which firmware a unit runs, and putting the one that ships, or another, on its board."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import console, tell_json
from followfocus.cli.options import JsonOption, PortOption
from followfocus.errors import RequestError

if TYPE_CHECKING:
    from followfocus.unit.firmware import FirmwareVersion, Image
    from followfocus.unit.flash import BootPort
    from followfocus.wire.messages import HelloReply

app = typer.Typer(help="Which firmware a unit runs; put the one that ships on a board.", no_args_is_help=True)

BoardPortOption = Annotated[str, typer.Option(metavar="PORT", help="The board's serial device.")]
FileOption = Annotated[
    Path | None, typer.Option("--file", metavar="FILE.hex", help="Another image than the one that ships.")
]
BaudOption = Annotated[
    int | None, typer.Option(metavar="BAUD", help="The bootloader's speed: 115200 (Uno, newer Nano), 57600 (older).")
]


class Writer(Enum):
    """The job that flashes the board."""

    AUTO = "auto"
    OWN = "own"
    AVRDUDE = "avrdude"


WithOption = Annotated[
    Writer, typer.Option("--with", help="avrdude, our own writer, or avrdude where it is installed (auto).")
]


@app.command()
def info(port: PortOption = "sim", json: JsonOption = False) -> None:
    """Say which firmware the unit runs, and whether the one that ships with this program is another.

    followfocus firmware info --port /dev/ttyUSB0
    """
    from followfocus.unit.firmware import shipped_image, version_text

    reply = _hello(port)
    ships = shipped_image()
    runs = (reply.firmware_major, reply.firmware_minor, reply.firmware_patch)
    advice = _advice(reply, runs, ships)
    if json:
        facts = {
            "port": port,
            "unit": {
                "board": reply.board.name.lower(),
                "firmware": version_text(runs),
                "protocol": f"{reply.major}.{reply.minor}",
                "serial": reply.serial.decode("ascii", "replace"),
            },
            "ships": {"board": ships.board, "firmware": version_text(ships.version), "bytes": len(ships.data)},
            "same": runs == ships.version,
            "speaks_with_us": _speaks_with_us(reply),
            "advice": advice,
        }
        tell_json(facts)
        return
    typer.echo(
        f"unit    {reply.board.name.lower()}, firmware {version_text(runs)}, protocol {reply.major}.{reply.minor}"
    )
    typer.echo(f"ships   {ships.board}, firmware {version_text(ships.version)}, {len(ships.data)} bytes")
    typer.echo(advice)


@app.command()
def flash(
    port: BoardPortOption,
    file: FileOption = None,
    with_: WithOption = Writer.AUTO,
    baud: BaudOption = None,
    json: JsonOption = False,
) -> None:
    """Write the firmware to an Arduino Uno or Nano through its bootloader, and read it back.

    followfocus firmware flash --port /dev/ttyUSB0

    Settings and serial number stay. The unit restarts; its position is unknown then.
    """
    from followfocus.unit.firmware import read_image, shipped_image, version_text
    from followfocus.unit.flash import BAUDS, avrdude_path, write_with_avrdude

    if port.strip().lower() == "sim":
        raise RequestError("The simulated unit has no board to write to.", "Give --port a serial device.")
    if "://" in port:
        raise RequestError(f"{port} is not a serial device.", "A bootloader is reached on the board's own USB port.")
    image = shipped_image() if file is None else read_image(file)
    bauds = BAUDS if baud is None else (baud,)
    avrdude = avrdude_path() if with_ is not Writer.OWN else None
    if with_ is Writer.AVRDUDE and avrdude is None:
        raise RequestError("avrdude is not installed here.", "Leave out --with to use the built-in writer.")
    if avrdude is not None:
        _with_hex(image, lambda path: write_with_avrdude(avrdude, path, port, bauds))
    else:
        _write(image, port, bauds)
    writer = "avrdude" if avrdude is not None else "own"
    if json:
        facts = {"port": port, "firmware": version_text(image.version), "bytes": len(image.data), "writer": writer}
        tell_json({**facts, "verified": True})
    else:
        typer.echo(f"Firmware {version_text(image.version)} is on the board, written and read back.")


def _hello(port: str) -> HelloReply:
    from followfocus.clock import SystemClock, VirtualClock
    from followfocus.unit.flash import ask_hello

    if port.strip().lower() == "sim":
        from followfocus.sim.plug import plug_in

        clock = VirtualClock()
        return ask_hello(plug_in(clock).port, clock)
    from followfocus.wire.serialport import open_port

    line = open_port(port)
    try:
        return ask_hello(line, SystemClock())
    finally:
        line.close()


def _speaks_with_us(reply: HelloReply) -> bool:
    from followfocus.wire.messages import DEFINITIONS_HASH, PROTOCOL_MAJOR

    return reply.major == PROTOCOL_MAJOR and reply.definitions == DEFINITIONS_HASH


def _advice(reply: HelloReply, runs: FirmwareVersion, ships: Image) -> str:
    from followfocus.wire.messages import Board

    if reply.board is not Board.ATMEGA328P:
        return "This unit is not a board that firmware is written to."
    if not _speaks_with_us(reply):
        return "They do not speak the same protocol: `followfocus firmware flash` puts the one that ships on the board."
    if runs < ships.version:
        return "An update ships with this program: `followfocus firmware flash` puts it on the board."
    if runs > ships.version:
        return "The unit is newer than what ships with this program; update followfocus."
    return "The unit is up to date."


def _with_hex(image: Image, use: Callable[[Path], None]) -> None:
    """Hands `use` a .hex file; the one that ships may lie in an archive and be gone by now."""
    import tempfile

    from followfocus.files import write_atomically
    from followfocus.unit.firmware import to_hex

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "followfocus.hex"
        write_atomically(path, to_hex(image.data))
        use(path)


def _write(image: Image, port: str, bauds: tuple[int, ...]) -> None:
    from rich.progress import Progress

    from followfocus.clock import SystemClock
    from followfocus.unit.flash import write
    from followfocus.wire.serialport import open_serial_port

    def opener(baud: int) -> BootPort:
        return open_serial_port(port, baud)

    printer = console(stderr=True)
    with Progress(console=printer, transient=True, disable=not printer.is_terminal) as bar:
        tasks = {what: bar.add_task(what, total=len(image.pages())) for what in ("write", "verify")}
        write(image, opener, SystemClock(), lambda what, done, _of: bar.update(tasks[what], completed=done), bauds)
