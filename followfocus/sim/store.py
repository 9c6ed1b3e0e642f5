# SPDX-License-Identifier: MIT
"""The simulated unit's store, kept through power-off: settings, serial number, last position, number of boots.

The real unit keeps it in EEPROM, in two copies with a CRC. Here it is an object, and a JSON file where one is named, so
that a unit can be switched off and on again within one process or between two.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from followfocus.errors import FileError
from followfocus.files import read_input_text, stat_of, write_atomically
from followfocus.wire.messages import Config, CueEdge, LastKnown, Safety, Silence, StopInput

FACTORY_CONFIG = Config(
    full_steps_per_turn=200,
    microsteps=16,
    motor_teeth=50,
    lens_teeth=130,
    direction=1,
    dir_setup_ticks=320,  # 20 µs: ten times what the slowest common driver asks
    min_interval_ticks=320,  # 50,000 steps/s
    accel=40_000,
    goto_rate=6_000,
    home_rate=800,
    home_backoff=32,
    stop_input=StopInput.NONE,
    cue_edge=CueEdge.FALLING,
    take_silence=Silence.FINISH,
    silence_ms=250,
    name=b"followfocus".ljust(16, b"\0"),
)
FACTORY_SAFETY = Safety(armed_silence_s=120, settle_ms=100)
FACTORY_SERIAL = b"SIM00001"

_MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Kept:
    """One state of the store; `last_known` None where nothing was parked or the ring moved since."""

    config: Config = FACTORY_CONFIG
    serial: bytes = FACTORY_SERIAL
    last_known: LastKnown | None = None
    boots: int = 0
    safety: Safety = FACTORY_SAFETY


class Store:
    """The unit's EEPROM. `path` names a JSON file that outlives the process; None keeps it in memory only.

    `writable` False makes every write fail, as a worn-out memory does.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.writable = True
        self.kept = _read(path) if path is not None and stat_of(path) is not None else Kept()

    def write(self, **changes: object) -> bool:
        """Replace the named fields of `kept` for good; False if the memory can't be written."""
        if not self.writable:
            return False
        kept = replace(self.kept, **changes)  # type: ignore[arg-type]
        if self._path is not None:
            try:
                _write(self._path, kept)
            except FileError:
                return False
        self.kept = kept
        return True


def _write(path: Path, kept: Kept) -> None:
    last = kept.last_known
    document = {
        "version": 1,
        "config": {**asdict(kept.config), "name": kept.config.name.hex()},
        "safety": asdict(kept.safety),
        "serial": kept.serial.hex(),
        "last_known": asdict(last) if last else None,
        "boots": kept.boots,
    }
    write_atomically(path, json.dumps(document, indent=2) + "\n")


def _read(path: Path) -> Kept:
    try:
        document = json.loads(read_input_text(path, _MOST_BYTES))
        if document["version"] != 1:
            raise ValueError(f"version {document['version']} is not known")
        words = document["config"]
        unknown = set(words) ^ {field.name for field in fields(Config)}
        if unknown:
            raise ValueError(f"settings {', '.join(sorted(unknown))} don't match")
        config = Config(
            **{
                **words,
                "name": bytes.fromhex(words["name"]),
                "stop_input": StopInput(words["stop_input"]),
                "cue_edge": CueEdge(words["cue_edge"]),
                "take_silence": Silence(words["take_silence"]),
            }
        )
        if type(document["boots"]) is not int:
            raise ValueError("boots is not a count")
        safety = Safety(**document.get("safety", asdict(FACTORY_SAFETY)))
        if not all(type(value) is int for value in asdict(safety).values()):
            raise ValueError("safety is no pair of numbers")
        last = LastKnown(**document["last_known"]) if document["last_known"] else None
        return Kept(config, bytes.fromhex(document["serial"]), last, document["boots"], safety)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FileError(
            f"{path} is not a simulated unit's state file:", [str(error)], "Delete it to start with factory settings."
        ) from error
