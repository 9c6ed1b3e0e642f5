# SPDX-License-Identifier: MIT
"""A unit in words: how it stands, who it is, and the settings by the names that `unit config --set` takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from followfocus.unit.unit import FollowFocusUnit
    from followfocus.wire.evidence import UnitInfo, UnitStatus

FactLines = list[tuple[str, str]]
_STATES = {
    "unreferenced": "doesn't know where the ring stands",
    "idle": "stands still",
    "moving": "moves",
    "loaded": "stands still, a pull is loaded",
    "armed": "armed: GO starts the pull",
    "playing": "plays a pull",
    "stopping": "comes to a stop",
    "fault": "stands still, in a fault",
}
_BOARDS = {"atmega328p": "ATmega328P", "simulated": "simulated", "host_process": "a process of this computer"}
_STARTS = {
    "unknown": "not known why",
    "power_on": "power was switched on",
    "reset_pin": "its reset button or this connection",
    "brown_out": "its supply broke down",
    "watchdog": "it hung, and its watchdog started it anew",
}


def state_words(status: UnitStatus) -> str:
    """The unit's doings at this moment."""
    return _STATES["unreferenced"] if status.state is None else _STATES[status.state.name.lower()]


def standing_lines(unit: FollowFocusUnit, more: Mapping[str, float | None]) -> FactLines:
    """How it stands: what it does, the ring, the motor, a fault, a parked position, and what was measured."""
    from followfocus.wire.refusals import fault_words

    status, known = unit.status, unit.last_known()
    lines = [("state", state_words(status)), ("ring", _ring(status)), ("motor", _motor(unit))]
    if status.fault:
        lines.append(("fault", fault_words(status.fault)))
    if known is not None and status.ring_deg is None:
        lines.append(("parked", f"{known.ring_deg:z.2f}°: look whether the ring stands there, then unit confirm"))
    if more.get("span_deg") is not None:
        expected = more.get("expected_deg")
        of = "" if expected is None else f"; the lens has {expected:z.2f}°"
        lines.append(("travel", f"{more['span_deg']:z.2f}° from stop to stop{of}"))
    return lines


def _ring(status: UnitStatus) -> str:
    if status.ring_deg is None:
        return "not known: say where it stands with unit reference POINT"
    turning = f", {status.speed_deg_s:z.1f}°/s" if round(status.speed_deg_s, 1) else ""
    return f"{status.ring_deg:z.2f}°{turning}"


def _motor(unit: FollowFocusUnit) -> str:
    from followfocus.wire.messages import Flag

    return "holds the ring" if unit.status.flags & Flag.ENERGISED else "off: the ring turns freely"


def identity(info: UnitInfo, status: UnitStatus) -> FactLines:
    """Who it is, why it last started, and what the line has lost."""
    board = info.board.name.lower()
    lines = [
        ("serial", info.serial),
        ("board", f"{_BOARDS.get(board, board)}, firmware {info.firmware}, protocol {info.protocol}"),
        ("room", f"{info.segment_capacity} segments of a pull"),
        ("started", _STARTS[info.reset_cause.name.lower()]),
    ]
    if status.bad_frames:
        lines.append(("line", f"{status.bad_frames} damaged frames: check the cable"))
    return lines


def setting_lines(settings: Mapping[str, object]) -> FactLines:
    """The settings, as `--set` takes them."""
    return [(name, _value(value)) for name, value in settings.items()]


def gear_words(settings: Mapping[str, object]) -> str:
    """The gear in one line."""
    return (
        f"{settings['motor_teeth']} teeth on a ring of {settings['lens_teeth']}, "
        f"{settings['microsteps']} microsteps: {_value(settings['steps_per_deg'])} steps a degree"
    )


def _value(value: object) -> str:
    return f"{value:z.3f}" if isinstance(value, float) else str(value)
