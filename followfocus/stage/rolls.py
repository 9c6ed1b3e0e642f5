# SPDX-License-Identifier: MIT
"""The cameras' rolls, from REC to cut, each with its clip's name once the camera gives one. Pure.

A take's clips are those of the rolls that ran during it, whenever their names came: never one of a roll that was cut
before its GO, nor of one that began after its end.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from followfocus.sources.events import CameraSaid, Origin

KEPT_CUT = 16
"""Rolls that are cut are kept for the take that they ran in: more than any take has"""


@dataclass(frozen=True, slots=True)
class Roll:
    """One camera's way from REC to cut, by the host's clock; `cut_s` also where it can't be heard any more."""

    source: Origin
    began_s: float
    cut_s: float = math.inf
    clip: str = ""


@dataclass(frozen=True, slots=True)
class Cameras:
    """Every camera that was heard: whether it records (None: not known), and what was rolled lately, oldest first."""

    records: Mapping[Origin, bool | None] = field(default_factory=dict)
    rolls: tuple[Roll, ...] = ()

    @property
    def recording(self) -> bool | None:
        """Whether any records; None where none does, but of one it isn't known."""
        said = self.records.values()
        return True if True in said else None if None in said or not said else False

    def heard(self, said: CameraSaid) -> Cameras:
        """The same once a camera has said something."""
        running = [roll for roll in self.rolls if roll.source == said.source and roll.cut_s == math.inf]
        rolls = [roll for roll in self.rolls if roll not in running]
        if not said.recording:
            running = [dataclasses.replace(roll, cut_s=said.at_s) for roll in running]
        elif not running:
            running = [Roll(said.source, said.at_s, clip=said.clip)]
        # Some cameras name their clip once, after REC, and then only say that they still record.
        elif said.clip:
            running = [dataclasses.replace(roll, clip=said.clip) for roll in running]
        rolls = sorted((*rolls, *running), key=lambda roll: roll.began_s)
        cut = [roll for roll in rolls if roll.cut_s < math.inf]
        kept = tuple(roll for roll in rolls if roll not in cut[:-KEPT_CUT])
        return Cameras({**self.records, said.source: said.recording}, kept)

    def clips(self, from_s: float, until_s: float) -> str:
        """The names of the clips that ran between two moments, in the order of their REC, as far as they have one."""
        ran = (roll.clip for roll in self.rolls if roll.began_s <= until_s and roll.cut_s > from_s)
        return ", ".join(dict.fromkeys(filter(None, ran)))
