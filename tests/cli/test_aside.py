# SPDX-License-Identifier: MIT
"""What is printed beside the work: in its order, and nobody waits for a terminal that doesn't take it."""

from __future__ import annotations

import threading

from followfocus.cli.aside import MOST, Aside


def test_sentences_come_in_their_order_and_the_end_waits_for_them() -> None:
    said: list[tuple[str, str]] = []
    aside = Aside(lambda words, style: said.append((words, style)))
    for number in range(50):
        aside(str(number), "bold")
    aside.end()
    assert said == [(str(number), "bold") for number in range(50)]


def test_a_terminal_that_takes_nothing_keeps_nobody_waiting_and_too_much_is_dropped() -> None:
    resumed, said = threading.Event(), []
    aside = Aside(lambda words, _style: (resumed.wait(), said.append(words)))
    for number in range(3 * MOST):
        aside(str(number))  # returns, though nothing is taken
    assert said == []
    resumed.set()
    aside.end()
    aside._thread.join()
    assert said[:3] == ["0", "1", "2"]
    assert len(said) <= MOST + 2


def test_a_terminal_that_has_gone_ends_nothing() -> None:
    said: list[str] = []

    def say(words: str, _style: str) -> None:
        if words == "gone":
            raise BrokenPipeError
        said.append(words)

    aside = Aside(say)
    aside("gone")
    aside("here")
    aside.end()
    assert said == ["here"]
