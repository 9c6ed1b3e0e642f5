# SPDX-License-Identifier: MIT
"""The unit's own words for why not, as sentences with what to do about it."""

from __future__ import annotations

from followfocus.errors import UnitError
from followfocus.wire.messages import Ack, Fault, Message, Result

_RESULTS: dict[Result, tuple[str, str]] = {
    Result.BAD_LENGTH: ("it can't read the command", "Host and unit may be of different versions: update both."),
    Result.UNKNOWN_TYPE: ("it doesn't know the command", "Host and unit may be of different versions: update both."),
    Result.BAD_VALUE: ("a value is out of its range", "Check the settings."),
    Result.WRONG_STATE: ("it is busy with something else", "Wait until it stands, or stop it."),
    Result.NOT_REFERENCED: (
        "it doesn't know where the ring stands",
        "Set the reference (unit reference), home it (unit home), or confirm the parked position (unit confirm).",
    ),
    Result.OUTSIDE_LIMITS: ("that lies outside its soft limits", "Choose a point inside the lens's travel."),
    Result.TOO_FAST: ("a step comes sooner than its speed limit allows", "Take longer over the pull."),
    Result.REVERSAL_TOO_CLOSE: ("the motor would turn round too quickly", "Hold longer at the mark."),
    Result.NOT_COMPLETE: ("the profile isn't there as a whole", "Load it again."),
    Result.CRC_MISMATCH: ("the profile arrived damaged", "Load it again."),
    Result.NOT_AT_START: ("the ring isn't at the first mark", "Go back to one first."),
    Result.BUFFER_FULL: ("its memory is full", "Load it again."),
    Result.WRONG_OFFSET: ("it expects another part of the profile", "Load it again."),
    Result.NO_PROFILE: ("no such profile is loaded", "Load it again."),
    Result.FAULT_LATCHED: ("it holds a fault", "See to its cause, then clear it (unit clear)."),
    Result.INPUT_ACTIVE: ("its stop input is active", "Release the stop button, or check its wire and plug."),
    Result.NO_INPUT: ("no home switch is set up", "Set stop_input to home_switch, or set the reference by hand."),
    Result.STORE_FAILED: ("it can't write its memory", "The settings hold until it is switched off."),
    Result.NOTHING_KNOWN: ("it has kept nothing of the kind", "Set the reference instead."),
    Result.HELLO_FIRST: ("it was reset", "Connect again."),
}

_OF_ONE_COMMAND = {
    ("ClearFault", Result.WRONG_STATE): ("The unit holds no fault", "There is nothing to clear."),
}
"""Where the unit's reason means something else than usual: the whole sentence."""

_FAULTS: dict[Fault, tuple[str, str]] = {
    Fault.UNDERRUN: ("the profile ran dry: the line was too slow or cut", "Check the cable; shorten the pull."),
    Fault.STREAM_CRC: ("the streamed profile arrived damaged", "Check the cable, then load it again."),
    Fault.STREAM_LIMIT: ("a streamed segment broke a limit", "Load it again; report this if it comes back."),
    Fault.STOP_INPUT: ("the stop button was pressed, or its wire is broken", "Release it, or check wire and plug."),
    Fault.HOME_NOT_FOUND: ("no stop was found while homing", "Check the home switch and the gear."),
    Fault.STALL: ("the ring ran into something", "Check the ring and the reference."),
    Fault.LATE_STEP: ("a step came too late", "Report this with the firmware's version."),
    Fault.INTERNAL: ("something is wrong inside the unit", "Report this with the firmware's version."),
}

_NAMES = {
    "ProfileBegin": "the profile",
    "ProfileData": "the profile",
    "Goto": "the move",
    "Jog": "the jog",
    "SetPosition": "the reference",
    "ConfirmPosition": "the parked position",
    "SetLimits": "the soft limits",
    "Config": "the settings",
    "Safety": "the settings",
    "Hold": "holding the ring",
    "SaveConfig": "saving the settings",
    "Go": "GO",
    "Arm": "arming",
    "Home": "homing",
    "Park": "parking",
}


def refusal(command: Message, ack: Ack, *, restarted: bool = False) -> UnitError:
    """The error for a command that the unit answered with `ack`; `restarted`: since it last knew its place."""
    kind = type(command).__name__
    if restarted and ack.result is Result.NOT_REFERENCED:
        words = f"The unit refused {_NAMES.get(kind, kind)}: it restarted and lost where the ring stands."
        return UnitError(words, "not_referenced", f"{_RESULTS[Result.NOT_REFERENCED][1]} Then go back to one.")
    if (kind, ack.result) in _OF_ONE_COMMAND:
        words, remedy = _OF_ONE_COMMAND[kind, ack.result]
        return UnitError(f"{words}.", ack.result.name.lower(), remedy)
    words, remedy = _RESULTS.get(ack.result, (f"reason {ack.result.name}", ""))
    name = _NAMES.get(kind, kind)
    where = f" (segment {ack.detail})" if ack.result in (Result.TOO_FAST, Result.REVERSAL_TOO_CLOSE) else ""
    return UnitError(f"The unit refused {name}: {words}{where}.", ack.result.name.lower(), remedy)


def fault_words(fault: Fault) -> str:
    """The fault as a clause without a full stop."""
    return _FAULTS[fault][0] if fault in _FAULTS else "no fault"


def unplaced(*, restarted: bool = False) -> UnitError:
    """The error for a unit that doesn't know where its ring stands, in a terminal's words; `restarted`: any more."""
    words = "The unit restarted and lost where the ring stands." if restarted else _UNPLACED
    remedy = "Look at the ring and say it, like --at inf or --at 1.2m; or home it (unit home)."
    return UnitError(words, "not_referenced", f"{remedy} Then go back to one." if restarted else remedy)


_UNPLACED = "The unit doesn't know where the ring stands."


def faulted(fault: Fault) -> UnitError:
    """The error for a unit in FAULT."""
    words, remedy = _FAULTS.get(fault, ("an unknown fault", ""))
    then = f"{remedy} Then clear the fault." if remedy else "Clear the fault."
    return UnitError(f"The unit stopped with a fault: {words}.", fault.name.lower(), then)
