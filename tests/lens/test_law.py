# SPDX-License-Identifier: MIT
"""Scales between their marks: exact at marks, alike both ways, judged by what is left out, on real lenses' data."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.lens.law import Law, made_by, next_mark_m, places_of, rows_of, scale_through
from followfocus.lens.map import LensMap, LensMark, load_lens, save_lens
from followfocus.lens.trust import ScaleTrust, trust_of

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import scales

SETS = dict(scales.sets())
MOSYS, SP40 = SETS["Mo-Sys calibrated zoom"], SETS["ARRI Signature Prime 40"]


def lens_of(rows) -> LensMap:
    marks = tuple(LensMark(ring, metres) for ring, metres in rows)
    return LensMap("zoom", "", "", "", 50.0, 2.8, marks[-1].distance_m, 300.0, marks)


def test_two_real_scales_of_open_licence_are_judged() -> None:
    assert len(SETS) == 2
    assert len(MOSYS) == 40


@pytest.mark.parametrize("count", [7, 9, 16])
def test_the_law_that_the_marks_show_is_better_where_a_scale_has_kinks(count: int) -> None:
    marks = scales.marks_of(MOSYS, count)
    assert scales.worst_deg(marks, MOSYS, None) < 0.95 * scales.worst_deg(marks, MOSYS, Law.PLAIN)


@pytest.mark.parametrize("count", [5, 7, 9, 12, 16])
def test_and_never_much_worse_on_a_prime(count: int) -> None:
    marks = scales.marks_of(SP40, count)
    assert scales.worst_deg(marks, SP40, None) <= 1.02 * scales.worst_deg(marks, SP40, Law.PLAIN)


def test_two_marks_are_no_scale_for_a_zoom_and_the_trust_says_so() -> None:
    for name, samples in SETS.items():
        two = (samples[0], samples[-1])
        missed = scales.worst_deg(two, samples, None)
        said = trust_of(two, 0.0, 300.0)
        assert said.doubtful
        assert "Two marks don't verify a scale" in said.words
        assert missed < said.doubt_deg + 1.0, name  # what is said to be possible is


def test_the_suggested_mark_helps() -> None:
    """From three marks on, following the suggestion to ten ends nearer than where it began, on both long sets."""
    for samples in (MOSYS, SP40):
        chosen = [0, len(samples) // 2, len(samples) - 1]
        first = scales.worst_deg(tuple(samples[i] for i in chosen), samples, None)
        while len(chosen) < 14:
            wanted, _ = next_mark_m(tuple(samples[i] for i in sorted(chosen)), 0.0)
            rest = [i for i in range(len(samples)) if i not in chosen]
            chosen.append(min(rest, key=lambda i: abs(1 / samples[i][1] - 1 / wanted)))
        assert scales.worst_deg(tuple(samples[i] for i in sorted(chosen)), samples, None) < 0.75 * first


@pytest.mark.parametrize("name", SETS)
def test_the_mark_suggested_to_two_is_worth_more_than_nine_of_ten_places(name: str) -> None:
    before, after, besides = scales.next_marks_deg(SETS[name], 2)
    assert after < 0.7 * before
    assert np.mean(np.array(besides) >= after) >= 0.9


@settings(max_examples=80, deadline=None)
@given(st.integers(6, 16), st.integers(0, 10_000), st.sampled_from(list(Law)))
def test_every_law_goes_through_its_marks_and_both_ways(count: int, seed: int, law: Law) -> None:
    chance = np.random.default_rng(seed)
    rings = np.sort(chance.uniform(0, 300, count))
    distances = np.sort(1 / chance.uniform(0.05, 2.0, count))[::-1]
    rows = rows_of(list(zip(rings, distances, strict=True)))
    scale = made_by(law, rows, 0.0)
    assert np.all(np.diff(scale.rings) > 0)
    assert np.all(np.diff(scale.places) > 0)
    at_marks = np.interp(places_of(distances.copy(), scale.offset_m), scale.places, scale.rings)
    assert at_marks == pytest.approx(rings, abs=1e-6)


def test_a_table_of_many_marks_is_made_quickly_and_kept() -> None:
    many = rows_of([(float(ring), 0.3 + 300.0 / (ring + 1.0)) for ring in np.linspace(0, 300, 2000)])
    assert scale_through(many, 0.0) is scale_through(many, 0.0)
    lens = lens_of(SP40)
    assert lens.ring_deg(2.0) == pytest.approx(np.interp(0.5, [1 / m for _, m in SP40], [r for r, _ in SP40]), abs=0.5)


def test_plan_and_lens_say_how_far_the_scale_is_verified(tmp_path) -> None:
    save_lens(lens_of((MOSYS[0], MOSYS[-1])), tmp_path / "two.json")
    words = ["plan", str(tmp_path / "two.json"), "--from", "1m", "--to", "3m", "--duration", "2", "--json"]
    facts = json.loads(CliRunner().invoke(build_app(["plan"]), words).stdout)
    assert any("Two marks don't verify" in words and "Put the next mark at" in words for words in facts["warnings"])
    save_lens(lens_of(MOSYS), tmp_path / "all.json")
    shown = CliRunner().invoke(build_app(["lens"]), ["lens", "show", str(tmp_path / "all.json"), "--json"])
    facts = json.loads(shown.stdout)
    assert facts["law"] in [law.value for law in Law]
    assert facts["left_out_deg"] > 5  # its kink
    ideal = json.loads(CliRunner().invoke(build_app(["plan"]), ["plan", "ideal-50", *words[2:]]).stdout)
    assert not any("verify" in words for words in ideal["warnings"])
    assert load_lens("arri-signature-prime-40").unverified == ""
    assert math.isnan(scale_through((MOSYS[0], MOSYS[-1]), 0.0).worst_deg)


def test_the_page_holds_the_table_as_it_is() -> None:
    assert scales.table() in scales.PAGE.read_text("utf-8")


@pytest.mark.parametrize(
    ("marks", "worst_deg", "doubtful"),
    [
        (2, math.nan, True), (3, 0.0, True), (4, 0.0, False), (4, 6.0, False), (4, 6.1, True), (9, 5.9, False),
        (9, 300.0, True),
    ],
)  # fmt: skip
def test_a_scale_is_doubted_under_four_marks_and_from_a_fiftieth_of_its_travel_on(
    marks: int, worst_deg: float, doubtful: bool
) -> None:
    trust = ScaleTrust(Law.PLAIN, marks, worst_deg, 2.0, 12.0, 300.0)
    assert trust.doubtful is doubtful
    assert ("don't verify" in trust.words) is math.isnan(worst_deg)
    assert trust.words.startswith("Two marks" if marks == 2 else "The scale goes by")
