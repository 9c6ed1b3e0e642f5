# SPDX-License-Identifier: MIT
"""A lens that is off its scale today: everywhere by so much, or by what one measurement says of the image plane."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import RequestError
from followfocus.lens.drift import Drift, drifted, parse_drift
from followfocus.lens.map import load_lens
from followfocus.show.file import read_show, write_show
from followfocus.show.show import ShowLens, new_show

SP40 = load_lens("arri-signature-prime-40")
FIFTY = load_lens("ideal-50")


def test_two_centimetres_long_is_two_centimetres_long_at_every_mark() -> None:
    today = drifted(SP40, Drift(0.02))
    for mark in SP40.marks:
        assert today.distance_m(mark.ring_deg) == pytest.approx(mark.distance_m + 0.02)
    assert today.ring_deg(2.02) == pytest.approx(SP40.ring_deg(2.0), abs=0.05)


@given(st.floats(-0.2, 0.2).filter(lambda m: abs(m) > 1e-3), st.floats(1.0, 6.0), st.sampled_from([SP40, FIFTY]))
def test_a_measured_drift_shifts_the_whole_ring_by_the_same(long_m, at_m, lens) -> None:
    today = drifted(lens, Drift(long_m, at_m))
    assert today.distance_m(lens.ring_deg(at_m)) == pytest.approx(at_m + long_m, rel=1e-4)
    by_deg = lens.ring_deg(at_m) - lens.ring_deg(at_m + long_m)
    for ring_deg in (40.0, 120.0, 250.0):
        assert today.distance_m(ring_deg) == pytest.approx(lens.distance_m(ring_deg - by_deg), rel=1e-4)


def test_the_plan_goes_by_the_lens_as_it_is_today() -> None:
    def ring(*words: str) -> float:
        words = ("plan", "ideal-50", "--from", "1.2m", "--to", "4m", "--duration", "2", *words, "--json")
        return json.loads(CliRunner().invoke(build_app(["plan"]), words).stdout)["marks"][1]["ring_deg"]

    assert ring("--long", "2cm") == pytest.approx(FIFTY.ring_deg(3.98), abs=0.02)
    assert ring("--long", "10cm@4m") == pytest.approx(2 * FIFTY.ring_deg(4.0) - FIFTY.ring_deg(4.1), abs=0.02)


def test_the_look_goes_by_the_lens_as_it_is_today() -> None:
    """Focus still lands where it was asked for, on another place of the ring; the exported curve says the same."""

    def last(*words: str) -> list[float]:
        words = ("look", "ideal-50", "--from", "1.2m", "--to", "4m", "--duration", "2", *words, "--export", "csv")
        row = CliRunner().invoke(build_app(["look"]), words).stdout.splitlines()[-1]
        return [float(cell) for cell in row.split(",")[3:5]]

    assert last() == pytest.approx([FIFTY.ring_deg(4.0), 4.0], abs=1e-3)
    assert last("--long", "2cm") == pytest.approx([FIFTY.ring_deg(3.98), 4.0], abs=0.02)
    assert last("--long", "10cm@4m, cold") == pytest.approx(
        [2 * FIFTY.ring_deg(4.0) - FIFTY.ring_deg(4.1), 4.0], abs=0.02
    )


def test_a_show_keeps_the_drift_with_its_note(tmp_path) -> None:
    show = new_show("", FIFTY)
    entry = ShowLens(show.lenses[0].id, FIFTY, parse_drift("2cm@3m, -10 °C, outside"))
    write_show(show.with_lens(entry), tmp_path / "cold.ffshow")
    again = read_show(tmp_path / "cold.ffshow").show
    assert again.lenses[0].drift == Drift(0.02, 3.0, "-10 °C, outside")
    assert again.lens("ideal-50").distance_m(FIFTY.ring_deg(3.0)) == pytest.approx(3.02)
    assert again.lenses[0].lens == FIFTY
    assert again.lenses[0].drift.words == "+2 cm at 3.00 m (-10 °C, outside)"


@pytest.mark.parametrize("words", ["2m", "2cm@inf", "nothing", "2cm@0m"])
def test_what_no_lens_does_is_refused(words) -> None:
    with pytest.raises(RequestError):
        parse_drift(words)


def test_no_drift_is_the_lens_itself() -> None:
    assert drifted(SP40, Drift()) is SP40
    assert math.isinf(drifted(FIFTY, Drift(0.02)).distance_m(0.0))
    assert dataclasses.replace(Drift(), note="warm").words == "warm"


@pytest.mark.parametrize(("long", "words"), [("2cm", ", off its scale by +2 cm"), ("", "")])
def test_a_take_says_that_its_lens_was_off_its_scale(tmp_path, long, words) -> None:
    log = tmp_path / "day.db"
    pull = ["pull", "ideal-50", "--from", "1.2m", "--to", "4m", "--duration", "0.7", "--fast", "--log", str(log)]
    assert CliRunner().invoke(build_app(["pull"]), [*pull, *(["--long", long] if long else [])]).exit_code == 0
    shown = CliRunner().invoke(build_app(["takes"]), ["takes", "show", str(log), "1"]).stdout
    (line,) = [line for line in shown.splitlines() if line.strip().startswith("lens")]
    assert line.split("T1.4")[1] == words
