# SPDX-License-Identifier: MIT
"""How often a unit tells where it stands: as often as anyone wants it, and no longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest

from followfocus.feeds.udp import Sender, parse_destination
from followfocus.lens.map import load_lens
from followfocus.stage.track_out import TRACK_MS, send_track, track_to
from followfocus.unit.line import UnitEvent
from followfocus.unit.telling import TELEMETRY_MS
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitStatus
from tests.support.benches import LENS, VirtualBench


@pytest.fixture
def bench() -> VirtualBench:
    return VirtualBench()


@pytest.fixture
def unit(bench: VirtualBench) -> Iterator[FollowFocusUnit]:
    with bench.unit as unit:
        unit.set_reference(100.0)
        yield unit


def told_ms(unit: FollowFocusUnit) -> float:
    """Milliseconds of the unit's clock from one word to the next, as it tells by itself."""
    assert unit.info is not None
    unit.link.sleep(0.1)  # what was just asked for has reached it
    clocks: list[int] = []

    def hear(event: UnitEvent) -> None:
        if isinstance(event, UnitStatus):
            clocks.append(event.clock)

    unhear = unit.listen(hear)
    unit.link.sleep(1.0)
    unhear()
    return 1e3 * (clocks[-1] - clocks[0]) / unit.info.tick_hz / (len(clocks) - 1)


@pytest.fixture
def track(unit: FollowFocusUnit) -> Iterator[Callable[[], Callable[[], None]]]:
    to = parse_destination("freed://127.0.0.1:9")
    sender = Sender(to)
    yield lambda: send_track(unit, track_to(load_lens(LENS), [to], Fraction(24), 2.8), {to: sender})
    sender.close()


Track = Callable[[], Callable[[], None]]


def test_it_is_set_back_when_a_track_ends(unit: FollowFocusUnit, track: Track) -> None:
    assert told_ms(unit) == pytest.approx(TELEMETRY_MS, rel=0.1)
    stop = track()
    assert told_ms(unit) == pytest.approx(TRACK_MS, rel=0.1)
    stop()
    stop()
    assert told_ms(unit) == pytest.approx(TELEMETRY_MS, rel=0.1)


def test_a_hand_that_lets_go_leaves_a_track_what_it_wants(unit: FollowFocusUnit, track: Track) -> None:
    stop = track()
    unit.follow().close()
    assert told_ms(unit) == pytest.approx(TRACK_MS, rel=0.1)
    stop()
    assert told_ms(unit) == pytest.approx(TELEMETRY_MS, rel=0.1)


def test_a_stop_keeps_nobody_from_setting_it_back(unit: FollowFocusUnit, track: Track) -> None:
    asked_at, stop = unit.stops, track()
    with unit.order(asked_at):
        unit.stop(wait=False)
        stop()
    assert told_ms(unit) == pytest.approx(TELEMETRY_MS, rel=0.1)


def test_a_unit_that_comes_back_is_told_again(bench: VirtualBench, unit: FollowFocusUnit, track: Track) -> None:
    stop = track()
    bench.cut()
    unit.link.sleep(5.0)
    assert unit.status.connected
    assert told_ms(unit) == pytest.approx(TRACK_MS, rel=0.1)
    stop()
