# SPDX-License-Identifier: MIT
"""STOPs from outside: a flood of them is few, and none that could matter is taken for another."""

from __future__ import annotations

import math

import pytest

from followfocus.stage.run import Runner
from followfocus.stage.stops_heard import STOP_AGAIN_S, StopsHeard


@pytest.mark.parametrize(
    ("after_s", "passes"),
    [(0.0, False), (STOP_AGAIN_S, False), (math.nextafter(STOP_AGAIN_S, 1.0), True), (-0.001, False)],
)
def test_a_stop_as_soon_after_another_as_that_is_the_same(after_s: float, passes: bool) -> None:
    heard = StopsHeard()
    assert heard.passes(0.0)
    assert heard.passes(after_s) is passes


def test_the_time_runs_from_the_last_that_was_passed_on() -> None:
    """Or a flood without a gap would be one STOP, and the second, the hard one, would never come."""
    heard = StopsHeard()
    assert sum(heard.passes(count / 1024) for count in range(1024)) == 94  # every eleventh of them: 10.7 ms


def test_what_may_move_is_stopped_by_the_next_however_soon() -> None:
    heard = StopsHeard()
    assert heard.passes(5.0)
    heard.may_move()
    assert heard.passes(5.0)
    assert not heard.passes(5.0)


def test_the_time_of_the_last_stop_is_counted_with_it() -> None:
    runner = Runner()
    assert (runner.epoch, runner.stopped_s) == (0, -math.inf)
    runner.stop(None, 3.0)
    assert (runner.epoch, runner.stopped_s) == (1, 3.0)
    runner.stop_soon(None, 4.0)
    assert (runner.epoch, runner.stopped_s) == (2, 4.0)
