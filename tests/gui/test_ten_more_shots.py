# SPDX-License-Identifier: MIT
"""More than two marks, holds, and walks that turn back, by rays (`support/rays.py`): by all mouths of the program."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest

from followfocus.cli.look_job import Ask, make_shot
from followfocus.cli.look_job import facts as look_facts
from followfocus.cli.look_job import told as look_told
from followfocus.lens.subjects import parse_subject
from followfocus.look.exports import export_text
from followfocus.look.words import brief, prompt
from followfocus.show.show import ShowMark, new_show
from followfocus.wire.evidence import UnitStatus
from followfocus_gui.state.curve_facts import bands_of
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import ring_view, sharp_view
from followfocus_gui.state.history import DeskState
from followfocus_gui.state.shooting import shoot_view
from tests.cli.test_cli_plan_optics import MACRO
from tests.support.rays import FPS, Given, at, lens_of, number, same, walk


def three_marks(middle_hold_s: float = 1.5) -> tuple[Given, Desk]:
    """A zoom from 30 to 90 mm; the middle mark is Ben's, who walks on while the ring holds there."""
    given = Given("three", (30.0, 90.0), 2.8, 0.8, ("A", at(1.0)), ("C", at(6.0)), 2.0)
    lens = dataclasses.replace(lens_of(given), focal_range_mm=(30.0, 90.0), ideal=True)
    desk = Desk(DeskState(new_show("", lens)))
    ben = parse_subject("BEN=1.5m@0..2.5m@1s..3.5m@4s", 2.0)
    marks = (
        ShowMark(given.ring(1.0), "A"),
        ShowMark(given.ring(2.0), "BEN", subject="BEN", hold_s=middle_hold_s),
        ShowMark(given.ring(6.0), "C"),
    )
    desk.edit_pull(marks=marks, subjects=(ben,), duration_s=2.0, t_stop=2.8, coc_mm=0.025, zoom="30..90")
    return given, desk


def test_a_middle_mark_that_moves_is_met_where_he_is_then() -> None:
    given, desk = three_marks()
    (plan,) = desk.plans()
    facts = plan.facts()
    # Legs share the two seconds by their travel; so the arrival and the place are found together, by halving.
    ben = walk((0, 1.5), (1, 2.5), (4, 3.5))
    a, c = given.ring(1.0), given.ring(6.0)
    low, high = 0.0, 2.0
    for _ in range(200):
        t = (low + high) / 2
        share = 2.0 * abs(given.ring(ben(t)) - a) / (abs(given.ring(ben(t)) - a) + abs(c - given.ring(ben(t))))
        low, high = (t, high) if share > t else (low, t)
    assert facts["marks"][1]["distance_m"] == pytest.approx(ben(low), rel=1e-6)
    assert facts["duration_s"] == pytest.approx(3.5)
    # An untimed move of the zoom is spread over the travel and stands while the ring holds.
    there = dataclasses.replace(given, focal=30 + 60 * low / 2.0)
    for mark, t, focal in zip(facts["marks"], (0.0, low, 2.0), (30.0, 30 + 60 * low / 2.0, 90.0), strict=True):
        assert mark["focal_length_mm"] == pytest.approx(focal, rel=1e-6)
        one = dataclasses.replace(there, focal=focal, offset=0.0)
        near, far = one.depth(mark["distance_m"], t, 0.025)
        assert (same(mark["near_m"], near), same(mark["far_m"], far, 1e-5)) == (True, True)


def test_every_band_is_as_wide_as_its_own_focal_length_makes_it() -> None:
    """On curve and shooting view, and the wedge on the disk: what `plan` says is sharp at that mark, in degrees."""
    given, desk = three_marks()
    (plan,) = desk.plans()
    bands = bands_of([plan], [0.0], ["A", "BEN", "C"])
    shooting = shoot_view(desk, "", last_good=True)
    marks = plan.facts()["marks"]
    for band, scale, mark, at_s in zip(bands, shooting.marks, marks, plan.moments_s, strict=True):
        near, far = number(mark["near_m"]), number(mark["far_m"])
        half = (given.ring(near) - given.ring(far)) / 2
        assert (band.near_deg - band.far_deg) / 2 == pytest.approx(half, rel=1e-6)
        assert (scale.high_deg - scale.low_deg) / 2 == pytest.approx(half, rel=1e-6)
        wedge = ring_view(desk, UnitStatus(ring_deg=mark["ring_deg"]), None, None, at_s)
        assert wedge.half_dof_deg == pytest.approx(half, rel=1e-6)
    assert bands[0].near_deg - bands[0].far_deg > 5 * (bands[2].near_deg - bands[2].far_deg)


def test_where_depth_cannot_be_told_the_desk_says_so_and_goes_on() -> None:
    """A macro lens whose principal plane nobody knows, parked nearer than four focal lengths."""
    desk = Desk(DeskState(new_show("", MACRO)))
    ring = MACRO.ring_deg(0.36)
    assert len(desk.plans()) == 1
    assert sharp_view(desk, ring) is None
    assert ring_view(desk, UnitStatus(ring_deg=ring), None, None).half_dof_deg == 0.0


@pytest.mark.parametrize(
    ("track", "words", "way"),
    [
        ("4m..1.2m..4m", "ANNA, moving from 4 m to 1.2 m and back to 4 m, there and back, 4.0 s", "there and back"),
        ("4m..1.2m..3m", "ANNA, moving from 4 m to 1.2 m and back to 3 m, there and back", "there and back"),
        ("4m@0..2m@2s..1.2m@8s", "ANNA, moving from 4 m to 1.73 m, far to near", "far to near"),
        ("4m@0..3m@1s..2m@3s..2m@9s", "ANNA, moving from 4 m to 2 m, far to near", "far to near"),
        ("2m@0..2m@1s..4m@4s", "ANNA, moving from 2 m to 4 m, near to far", "near to far"),
    ],
)
def test_a_follow_says_where_she_goes_while_it_is_seen(track: str, words: str, way: str) -> None:
    shot, _, warned = make_shot(
        Ask("ideal-50", None, None, "4", None, None, "minjerk", (f"ANNA={track}", "DOOR=6m"), "ANNA", 2.8, None,
            "super35", None, "24", "1920x1080", 0, None, None)
    )  # fmt: skip
    assert words in brief(shot)
    told = look_facts(shot)
    assert told["direction"] == way
    assert f", {way}, in one locked-off shot" in prompt(shot)
    given = Given("follow", 50.0, 2.8, 0.55, ("ANNA", at(4.0)), ("ANNA", at(4.0)), 4.0, offset=0.0)
    anna = walk(*((float(t), float(d)) for d, t in stops(track)))
    rows = list(csv.DictReader(io.StringIO(export_text(shot, "csv"))))
    for i, row in enumerate(rows):
        t = min(i / FPS, 4.0)
        disc = abs(given.disc_mm(given.focus(float(shot.motion.ring_deg(t))), anna(t), t))
        assert float(row["ANNA blur mm"]) == pytest.approx(disc, abs=6e-6)
    lost = max(float(row["ANNA blur circles"]) for row in rows) > 1.0
    assert not lost or warned


def stops(track: str) -> list[tuple[float, float]]:
    pairs = [stop.replace("m", "").replace("s", "").partition("@") for stop in track.split("..")]
    return [(float(d), float(t) if t else 4.0 * i / (len(pairs) - 1)) for i, (d, _, t) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("planes", "stop", "said"),
    [
        (("LEAF=0.4m", "DOOR=6m"), 2.0, True),
        (("LEAF=0.545m", "DOOR=6m"), 22.0, False),  # its depth of field reaches her
        (("LEAF=0.4m..2m", "DOOR=6m"), 2.0, False),  # she walks into it
    ],
)
def test_nobody_is_called_never_sharp_who_is(planes: tuple[str, ...], stop: float, said: bool) -> None:
    shot, _, warned = make_shot(
        Ask("ideal-50", "DOOR", "0.6m" if said else "LEAF" if "..2m" in planes[0] else "0.55m", "2", None, None,
            "minjerk", planes, None, stop, None, "super35", None, "24", "1920x1080", 0, None, None)
    )  # fmt: skip
    never = [one.name for one in shot.everyone.subjects if not one.spans_s]
    assert any("will never be sharp" in words for words in warned) is said is ("LEAF" in never)


def test_no_subject_sharp_counts_everybody() -> None:
    """Ben stands between the two, and is sharp as the focus passes."""
    shot, _, _ = make_shot(
        Ask("ideal-50", "ANNA", "DOOR", "2", None, None, "minjerk", ("ANNA=1m", "BEN=1.5m", "DOOR=3m"), None, 1.4,
            None, "super35", None, "24", "1920x1080", 0, None, None)
    )  # fmt: skip
    given = Given("three", 50.0, 1.4, 0.55, ("ANNA", at(1.0)), ("DOOR", at(3.0)), 2.0, offset=0.0)
    spans = [given.spans(at(metres)) for metres in (1.0, 1.5, 3.0)]
    sharp_s = sum(end - start for one in spans for start, end in one)
    assert f"no subject sharp for {2.0 - sharp_s:.2f} s" in look_told(shot)
