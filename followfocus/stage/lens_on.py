# SPDX-License-Identifier: MIT
"""Which lens the ring's place is known for: where another one stands by, nobody has looked at its ring yet.

A unit counts steps and knows no lens. What its count means was said of the lens that was on the motor then; cues,
edits and other shows have others. So its word is taken as it is for that lens alone, and for any other the place is
unknown: nothing drives there until somebody has looked. Back at the first lens, its place is known again.
"""

from __future__ import annotations

import dataclasses

from followfocus.lens.map import LensMap
from followfocus.show.cues import standing_pull
from followfocus.stage import events, orders
from followfocus.stage.state import AT_HAND, Stage
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import Flag, State


def hear_of_place(stage: Stage, event: events.StageEvent) -> tuple[Stage, events.StageEvent]:
    """Before an event is taken in: whether the place was said anew, and the unit's word as it is for this lens."""
    if isinstance(event, events.Met):
        return stage.but(place_of=None), event
    if isinstance(event, events.Done) and isinstance(event.order, orders.Ready) and event.order.at_deg is not None:
        return stage.but(place_of=_named(event.order.plan.lens)), event  # another may stand by since it was said
    if not isinstance(event, events.Heard | events.Returned) or not event.status.connected:
        return stage, event
    place_of = (stage.place_of or _standing_lens(stage)) if event.status.referenced else None
    stage = stage.but(place_of=place_of)
    if isinstance(event, events.Returned):
        return stage, event  # that it has kept its place, or lost it, is news of its own
    return stage, dataclasses.replace(event, status=_for_lens(stage, event.status))


def as_for_lens(stage: Stage) -> Stage:
    """After it was taken in: another lens may stand by than before."""
    unit = _for_lens(stage, stage.unit)
    return stage if unit is stage.unit else stage.but(unit=unit)


def on_another_lens(stage: Stage) -> bool:
    """Whether the ring's place was said for another lens than the one that stands by; never without a real ring."""
    if stage.place_of is None or stage.info is None or stage.info.on_bench:
        return False
    (name, serial), (its_name, its_serial) = _standing_lens(stage), stage.place_of
    # A serial number that is only given later makes no other lens.
    return name != its_name or (serial != its_serial and bool(serial and its_serial))


def _standing_lens(stage: Stage) -> tuple[str, str]:
    return _named(stage.show.lens(standing_pull(stage.show, stage.at).lens))


def _named(lens: LensMap) -> tuple[str, str]:
    return lens.name, lens.serial


def _for_lens(stage: Stage, unit: UnitStatus) -> UnitStatus:
    if not (unit.connected and unit.referenced and on_another_lens(stage)):
        return unit
    state = State.UNREFERENCED if unit.state in AT_HAND else unit.state
    return dataclasses.replace(unit, state=state, ring_deg=None, flags=unit.flags & ~Flag.REFERENCED)
