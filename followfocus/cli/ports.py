# SPDX-License-Identifier: MIT
"""`followfocus ports`: the serial ports of this machine, and what is on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import tell_json
from followfocus.cli.options import JsonOption
from followfocus.cli.tables import Column, Grid, say_table

if TYPE_CHECKING:
    from followfocus.unit.connect import Found

ProbeOption = Annotated[
    bool, typer.Option("--probe/--no-probe", help="Say hello on each port, or only list the names.")
]


def command(
    json: JsonOption = False,
    probe: ProbeOption = True,
) -> None:
    """List the serial ports, and say what is behind each: a unit with its serial number, something else, nothing.

    followfocus ports
    """
    from followfocus.unit.connect import SIM, Found
    from followfocus.unit.connect import probe as look
    from followfocus.wire.serialport import list_ports

    found = [Found(SIM, "the simulated unit in this program", None, "always there")]
    found += [
        look(entry) if probe else Found(entry.device, entry.description, None, "not asked") for entry in list_ports()
    ]
    if json:
        tell_json({"ports": [_facts(port) for port in found]})
    else:
        _show(found)


def _facts(found: Found) -> dict[str, object]:
    return {
        "port": found.port,
        "description": found.description,
        "unit": None if found.unit is None else found.unit.facts(),
        "words": found.words,
    }


def _show(found: list[Found]) -> None:
    table = Grid([Column("port"), Column("what", wraps=True), Column("on it", wraps=True)])
    for port in found:
        unit = port.unit
        words = port.words if unit is None else f"{port.words}: {unit.serial} “{unit.name}”, firmware {unit.firmware}"
        table.add(port.port, port.description, words)
    say_table(table)
