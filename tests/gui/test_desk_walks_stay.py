# SPDX-License-Identifier: MIT
"""A day of edits on the desk, drawn from a seed: every view and every sentence about the pull is as it was."""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from followfocus.errors import FollowFocusError
from followfocus.lens.map import load_lens
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.show.cues import After
from followfocus.unit.calibration import Gear
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.state import cue_lines, shaping
from followfocus_gui.state.calibrating import NEAR_END, PAGES, Calibrating, CalibrationPage, play_words
from followfocus_gui.state.carried import carried_on
from followfocus_gui.state.curve_facts import runs
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import (
    card_views,
    curve_view,
    deep_words,
    mark_views,
    rack_words,
    ring_view,
    sharp_view,
)
from followfocus_gui.state.ease_facts import ease_facts
from followfocus_gui.state.ease_names import EASES, ease_of
from followfocus_gui.state.plain_words import aside_of, neither_words, other_unit, remarks_on, warning_of
from followfocus_gui.state.shooting import shoot_view
from followfocus_gui.state.trace import Trace
from followfocus_gui.state.views import percent
from tests.support.golden import Cell, assert_goes_as_it_did
from tests.support.shows import full_show

Row = tuple[Cell, ...]


def told(part: object) -> Row:
    """A record's fields: numbers as numbers, arrays by a weighted sum, all else as it prints."""
    cells: list[Cell] = [type(part).__name__]
    for field in dataclasses.fields(part):  # type: ignore[arg-type]
        value = getattr(part, field.name)
        if isinstance(value, np.ndarray):
            finite = np.where(np.isfinite(value), value, 7.0)
            cells += [len(value), float(np.sum(finite * (1 + np.arange(len(value)) % 5)))]
        elif isinstance(value, str | float | bool | None):
            cells.append(value)
        else:
            cells.append(rounded(value))
    return tuple(cells)


def rounded(value: object) -> str:
    """As it prints, numbers to six places: the last ones are a processor's own."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(rounded(one) for one in value) + ")"
    if dataclasses.is_dataclass(value):
        inside = (f"{field.name}={rounded(getattr(value, field.name))}" for field in dataclasses.fields(value))
        return f"{type(value).__name__}({', '.join(inside)})"
    return repr(value)[:120]


class Walk:
    """A desk that is worked on."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.desk = Desk.new()
        if seed % 2:
            self.desk.open(full_show())
        self.rows: list[Row] = []

    def does(self, what: str, work: Callable[[], object]) -> None:
        """Do it, and take down what every part of the desk says then."""
        try:
            found = work()
            said = repr(found) if isinstance(found, bool) else ""
        except FollowFocusError as error:
            said = str(error)
        desk = self.desk
        places = rounded(desk.places_deg)
        self.rows.append((what, said, desk.state.cue, desk.state.selected, desk.back, desk.trouble(), places))
        self.rows += [told(line) for line in cue_lines.cue_lines(desk, self.draw.choice(tuple(After)))]
        self.rows += [told(view) for view in (*mark_views(desk), *card_views(desk))]
        self.rows.append(
            (
                "words",
                aside_of(desk),
                "  ".join(remark.words for remark in remarks_on(desk)),
                neither_words(desk),
                *map(" ".join, rack_words(desk)),
            )
        )
        self.rows.append(told(warning_of(desk)))
        curve = curve_view(desk)
        self.rows.append(("no curve",) if curve is None else told(curve))
        shown = shoot_view(desk, "last", last_good=self.draw.random() < 0.5)
        self.rows.append(told(shown))

    def looks(self) -> None:
        """The views of where the ring is."""
        desk, draw = self.desk, self.draw
        at_deg = draw.uniform(0, desk.lens.travel_deg)
        sharp = sharp_view(desk, at_deg)
        self.rows.append(("nothing sharp",) if sharp is None else told(sharp))
        state = draw.choice((State.IDLE, State.MOVING, State.PLAYING, State.FAULT))
        status = UnitStatus(connected=True, state=state, ring_deg=draw.choice((None, at_deg)), speed_deg_s=30.0)
        target, landing = draw.choice((None, 100.0)), draw.choice((None, at_deg + draw.uniform(-2, 2)))
        self.rows.append(told(ring_view(desk, status, target, landing)))

    def edits(self) -> None:
        """Something that a person does."""
        desk, draw = self.desk, self.draw
        marks, cues = len(desk.pull.marks), len(desk.show.cues)
        mark, deg = draw.randrange(marks), draw.uniform(-5, desk.lens.travel_deg + 5)
        cell = draw.randrange(8)
        texts = (
            "7",
            "in",
            "1.5 s",
            "12f",
            "sine",
            "on GO",
            "8 after 0.5 s",
            "ride",
            "none",
            "cue",
            "10:00:00:00",
            "",
        )
        text = draw.choice(texts)
        work: list[Callable[[], object]] = [
            lambda: desk.edit_mark(mark, ring_deg=deg), lambda: desk.edit_mark(mark, hold_s=draw.choice((0.0, 0.4))),
            lambda: desk.edit_mark(mark, hold_for_go=draw.random() < 0.5),
            lambda: desk.set_distance(mark, 1.0 + deg / 40),
            lambda: desk.nudge(mark, draw.choice((-0.01, 0.05))), lambda: desk.nudge_steps(mark, draw.choice((-3, 1))),
            lambda: desk.add_mark(deg), desk.remove_mark, lambda: desk.select(mark), lambda: desk.call_mark(mark, text),
            lambda: desk.edit_pull(duration_s=draw.choice((0.05, 0.3, 1.2, 4.0))),
            lambda: desk.edit_pull(easing=draw.choice(EASES).easing),
            lambda: desk.edit_pull(t_stop=draw.choice((1.4, 8))),
            lambda: shaping.drag_duration(desk, draw.choice((0.2, 2.0, 9.0))), lambda: shaping.fastest(desk),
            lambda: shaping.stretch(desk), lambda: shaping.rush(desk, draw.choice(tuple(shaping.REGISTERS))),
            lambda: desk.add_cue(back=draw.random() < 0.5), desk.remove_cue, desk.undo, desk.undo, desk.redo,
            lambda: desk.look_at(draw.randrange(cues), turned=draw.random() < 0.3),
            lambda: desk.use_lens(load_lens(draw.choice(("ideal-85", "arri-signature-prime-40")))),
            lambda: desk.prefer(units=draw.choice(("metric", "imperial"))), lambda: desk.name_lens("1234"),
            lambda: desk.replace(cue_lines.typed(desk.state, draw.randrange(cues), cell, text, Fraction(24))),
            lambda: desk.replace(cue_lines.with_moved(desk.state, draw.randrange(cues), draw.randrange(cues))),
        ]  # fmt: skip
        number = draw.randrange(len(work))
        self.does(f"did {number} {text}", work[number])


@pytest.mark.parametrize("seed", range(4))
def test_the_desk_says_what_it_said(seed: int) -> None:
    walk = Walk(seed)
    walk.does("began", lambda: None)
    for number in range(22):
        walk.edits()
        walk.looks()
        if number % 8 == 7:
            for facts in ease_facts(walk.desk):
                walk.rows.append((*told(facts), facts.words, facts.edges, facts.least, facts.peak))
    assert_goes_as_it_did(f"desk-{seed}", walk.rows)


def test_words_and_figures_at_their_bounds_are_as_they_were() -> None:
    depths = (0.0004, 0.0099, 0.01, 0.0949, 0.095, 0.995, 1.0, 9.95, 10.0, 99.6, 1e4, math.inf)
    shares = (0.0, 0.004, 0.005, 0.0149, 0.5, 0.995, 1.0, 9.994, 9.995, 20.0, -0.3)
    rows: list[Row] = [(metres, deep_words(metres), deep_words(metres, imperial=True)) for metres in depths]
    rows += [(share, percent(share)) for share in shares]
    rows += [(port, *told(other_unit(Desk.new(), port))) for port in ("", "sim", "/dev/ttyUSB0")]
    rows += [(text, ease_of(text).name) for text in ("minjerk", "linear", "bezier(0.3,0,0.3,1)", "scurve(0.1,0.2,0.3)")]
    t = np.linspace(0.0, 1.0, 6)
    for inside in ((0, 0, 0, 0, 0, 0), (1, 1, 1, 1, 1, 1), (1, 0, 0, 1, 1, 0), (0, 1, 0, 1, 0, 1)):
        rows.append((rounded(runs(t, np.array(inside, dtype=bool))),))
    for play in (0.0, 0.1, 0.1001, 0.34):
        rows.append((play, play_words(play)))
    assert_goes_as_it_did("desk-words", rows)


def test_the_needle_is_carried_on_as_it_was() -> None:
    rows = list[Row]()
    for state in State:
        for speed in (-50.0, 0.0, 50.0):
            for target in (None, 5.0, 80.0):
                for late_s in (-0.1, 0.0, 0.02, 0.06, 0.2):
                    status = UnitStatus(True, state, ring_deg=20.0, speed_deg_s=speed, received_s=3.0)
                    rows.append((state.name, speed, target, late_s, carried_on(status, target, 3.0 + late_s).ring_deg))
    assert_goes_as_it_did("carried", rows)


GEARS = (None, Gear(50, 50.2, 1, fits=True, words="fits"), Gear(64, 63.4, -1, fits=False, words="64"))


@pytest.mark.parametrize("page", PAGES)
def test_a_calibration_says_what_it_said(page: CalibrationPage) -> None:
    lens, rows = load_lens("ideal-50"), list[Row]()
    for gear in GEARS:
        for steps, span in ((0, 0), (6_800, 0), (-6_000, 7_000), (50, -6_900)):
            play_deg = 0.2 if span else None
            at = Calibrating(lens, DEFAULT_RIG, page, steps, span, gear, as_set=steps == 50, play_deg=play_deg)
            rows.append((
                at.far_found, at.close_found, at.used_rig.motor_teeth, at.used_rig.direction, at.turned_deg, at.title(),
                at.help(), at.go_words(), *(at.stage_words(other) for other in PAGES),
            ))  # fmt: skip
            rows += [told(fact) for fact in (*at.facts(), *at.facts(fault="stiff"))]
            rows.append(tuple(at.slowed(speed, 10.0) for speed in (-40.0, -10.0, -5.0, 0.0, 5.0, 10.0, 10.1, 40.0)))
    assert_goes_as_it_did(f"calibrating-{page.value.replace(' ', '-')}", rows)


@pytest.mark.parametrize(("share", "slow"), [(NEAR_END - 0.01, False), (NEAR_END + 0.01, True)])
def test_the_last_part_before_the_close_stop_is_slow(share: float, slow: bool) -> None:
    lens = load_lens("ideal-50")
    for way in (1, -1):
        steps = round(way * share * lens.travel_deg * DEFAULT_RIG.steps_per_deg)
        at = Calibrating(lens, DEFAULT_RIG, CalibrationPage.CLOSE, steps)
        assert at.slowed(40.0, 10.0) == (10.0 if slow else 40.0)
        assert at.slowed(-40.0, 10.0) == (-10.0 if slow else -40.0)


def test_a_trace_is_thinned_as_it_was() -> None:
    trace, rows = Trace(), list[Row]()
    for number in range(12_000):
        trace.append(0.01 * number - (0.02 if number % 500 == 9 else 0.0), math.sin(number / 200))
        if number % 1_000 == 0:
            rows.append((len(trace), float(trace.times_s.sum()), float(trace.ring_deg.sum())))
    trace.clear()
    rows.append((len(trace), len(trace.times_s)))
    assert_goes_as_it_did("trace", rows)
