# SPDX-License-Identifier: MIT
"""A lens mapped from a tape: marks as they are read, the law as it grows, a misread one named."""

from __future__ import annotations

import math

import pytest

from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus.lens.scale import scale_words
from followfocus.lens.tape import TapeMap

TRUE = load_lens("arri-signature-prime-40")
READ_M = (4.0, 2.0, 1.2, 0.8)


def mapped(*distances_m: float) -> TapeMap:
    made = TapeMap()
    for metres in distances_m:
        made = made.put(TRUE.ring_deg(metres), metres)
    return made


def test_the_scale_grows_with_each_mark() -> None:
    assert "first is A" in TapeMap().words()
    assert "One more" in mapped(4.0).words()
    assert "checks it" in mapped(4.0, 0.8).words()
    full = mapped(*READ_M)
    assert [one.letter for one in full.shown()] == ["A", "B", "C", "D"]
    assert full.words().startswith("4 marks agree to 0.")
    lens = full.lens()
    for metres in (3.0, 1.6, 1.0):
        assert lens.ring_deg(metres) == pytest.approx(TRUE.ring_deg(metres), abs=0.5)
    assert scale_words(lens)[0].startswith("4 marks measured, 4.00 m to 0.80 m")
    assert "from a tape" in lens.source


def test_a_misread_mark_is_named_with_what_was_meant() -> None:
    wrong = mapped(4.0, 2.0, 0.8).put(TRUE.ring_deg(1.2), 1.5)
    assert wrong.words().startswith("C is ")
    assert "read it again" in wrong.words()
    assert mapped(4.0, 2.0, 0.8).put(TRUE.ring_deg(1.2), 1.2).words().startswith("4 marks agree")


@pytest.mark.parametrize("off_deg", [0.0, 1.0, -1.0])
def test_a_mark_within_half_a_per_cent_of_the_travel_is_read_well(off_deg: float) -> None:
    ideal, made = load_lens("ideal-50"), TapeMap()
    assert 0.005 * ideal.travel_deg == 1.5
    for metres in (4.0, 2.6, 2.0, 1.6, 0.8, 0.7):
        made = made.put(ideal.ring_deg(metres), metres)
    shown = {one.mark.distance_m: one for one in made.put(ideal.ring_deg(1.2) + off_deg, 1.2).shown()}
    assert shown[1.2].off_deg == pytest.approx(off_deg, abs=0.3)
    assert not any(one.doubt for one in shown.values())


def test_one_misread_mark_bends_the_law_of_the_others_not_at_all() -> None:
    good = mapped(4.0, 2.6, 2.0, 0.8, 0.7)
    law = good.put(TRUE.ring_deg(1.2) + 9.0, 1.2).line()
    assert law == pytest.approx(good.line())


def test_what_can_not_be_is_refused_with_the_likely_slip() -> None:
    with pytest.raises(RequestError, match="isn't nearer"):
        mapped(4.0, 2.0).put(TRUE.ring_deg(1.2), 12.0)
    with pytest.raises(RequestError, match="decimal point"):
        mapped(4.0, 2.0).put(TRUE.ring_deg(1.2), 12.0)
    with pytest.raises(RequestError, match="off the ring"):
        TapeMap().put(301.0, 1.0)
    with pytest.raises(RequestError, match="two marks"):
        mapped(4.0).lens()


def test_marks_are_changed_replaced_and_taken_away() -> None:
    full = mapped(*READ_M)
    assert len(full.put(full.marks[1].ring_deg + 0.2, 2.1).marks) == 4
    assert full.change(0, 4.2).marks[0].distance_m == 4.2
    assert len(full.without(0).marks) == 3
    assert TapeMap.of(TRUE).lens().source == TRUE.source
    assert TapeMap.of(TRUE).without(3).lens().calibration != TRUE.calibration


def test_what_is_written_on_the_lens() -> None:
    full = mapped(*READ_M).about(name="S4 40", focal_length_mm=40, t_stop=2.0, serial="8114", travel_deg=270.0)
    lens = full.lens()
    assert (lens.name, lens.model, lens.serial, lens.travel_deg, lens.t_stop) == ("S4 40", "S4 40", "8114", 270.0, 2.0)
    assert lens.close_focus_m == pytest.approx(full.fit_m(270.0), abs=0.01)
    with pytest.raises(RequestError, match="no name"):
        full.about(name=" ", focal_length_mm=40, t_stop=2.0, serial="", travel_deg=270.0)
    with pytest.raises(RequestError, match="A mark stands at"):
        full.about(name="x", focal_length_mm=40, t_stop=2.0, serial="", travel_deg=60.0)


def test_infinity_may_be_a_mark() -> None:
    lens = TapeMap().put(0.0, math.inf).put(TRUE.ring_deg(1.2), 1.2).lens()
    assert lens.distance_m(0.0) == math.inf


@pytest.mark.parametrize(("off_deg", "doubted"), [
    (1.25, False), (-1.25, False), (1.5, False), (-1.5, False), (1.5 + 2**-40, True), (-1.5 - 2**-40, True),
    (9.0, True),
])  # fmt: skip
def test_a_mark_is_doubted_from_beyond_half_a_per_cent_on(
    monkeypatch: pytest.MonkeyPatch, off_deg: float, doubted: bool
) -> None:
    """Where a mark lies just on the bound the two sentences agree that it is well."""
    made = mapped(4.0, 2.0, 0.8)
    monkeypatch.setattr(TapeMap, "line", lambda _map: (-off_deg, 64.0))
    monkeypatch.setattr(TapeMap, "_points", lambda made: [(mark.ring_deg / 64.0, mark.ring_deg) for mark in made.marks])
    monkeypatch.setattr(TapeMap, "_typo", lambda _map, _mark: "a typo")
    assert [one.off_deg for one in made.shown()] == [off_deg] * 3
    assert [bool(one.doubt) for one in made.shown()] == [doubted] * 3
    assert ("read it again" in made.words()) == doubted
