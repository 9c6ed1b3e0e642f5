# SPDX-License-Identifier: MIT
"""The rolls of cameras: which clips ran between two moments, whoever says what of which camera, and when."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.sources.events import CameraSaid, Origin, SourceKind
from followfocus.stage.rolls import KEPT_CUT, Cameras

A, B = (Origin(SourceKind.CAMERA, name) for name in ("blackmagic a", "blackmagic b"))


def heard(*said: tuple[Origin, float, bool | None, str]) -> Cameras:
    cameras = Cameras()
    for source, at_s, recording, clip in said:
        cameras = cameras.heard(CameraSaid(source, at_s, recording, clip))
    return cameras


def test_a_clip_that_is_named_after_rec_is_that_roll_s_from_its_rec_on() -> None:
    cameras = heard((A, 1.0, True, ""), (A, 1.4, True, "A001"), (A, 2.0, True, ""))
    assert cameras.clips(1.0, 1.2) == "A001"
    assert cameras.clips(0.5, 0.9) == ""


@pytest.mark.parametrize("cut", [False, None], ids=["cut", "not heard any more"])
def test_a_clip_of_a_roll_that_is_over_is_not_in_what_comes_after(cut: bool | None) -> None:
    cameras = heard((A, 1.0, True, "A001"), (A, 2.0, cut, ""), (A, 3.0, True, ""))
    assert cameras.clips(1.5, 1.8) == "A001"
    assert cameras.clips(2.0, 2.5) == cameras.clips(3.1, 4.0) == ""
    named = cameras.heard(CameraSaid(A, 3.4, True, "A002"))
    assert named.clips(3.1, 4.0) == "A002"
    assert named.clips(1.5, 4.0) == "A001, A002", "the camera was stopped and started in the take"


def test_a_rec_that_failed_leaves_no_name_to_the_next() -> None:
    cameras = heard((A, 1.0, True, ""), (A, 1.1, False, ""), (A, 5.0, True, ""), (A, 5.3, True, "A002"))
    assert cameras.clips(0.0, 4.0) == ""
    assert cameras.clips(5.0, 6.0) == "A002"


def test_of_two_cameras_neither_ends_the_other_s_roll() -> None:
    cameras = heard((B, 0.0, False, ""), (A, 1.0, True, "A001"), (B, 1.1, False, ""), (B, 2.0, True, "B007"))
    assert cameras.recording is True
    assert cameras.clips(1.2, 1.5) == "A001"
    assert cameras.clips(1.2, 3.0) == "A001, B007"
    cut = cameras.heard(CameraSaid(A, 4.0, False))
    assert (cut.recording, cut.clips(5.0, 6.0)) == (True, "B007")


@pytest.mark.parametrize(("records", "together"), [
    ((), None), ((None,), None), ((False,), False), ((False, None), None), ((True, None), True), ((False, True), True),
])  # fmt: skip
def test_one_that_records_is_enough_and_one_that_is_not_heard_leaves_it_open(
    records: tuple[bool | None, ...], together: bool | None
) -> None:
    sources = (A, B)
    assert heard(*((sources[i], 0.0, one, "") for i, one in enumerate(records))).recording is together


def test_a_roll_outlives_however_many_the_other_camera_has_cut() -> None:
    cameras = heard((A, 0.0, True, "A001"))
    for n in range(1, 4 * KEPT_CUT):
        cameras = cameras.heard(CameraSaid(B, float(n), True, f"B{n:03}"))
        cameras = cameras.heard(CameraSaid(B, n + 0.5, False))
    assert cameras.clips(100.0, 101.0) == "A001"
    assert len(cameras.rolls) == KEPT_CUT + 1


@given(st.lists(st.tuples(st.sampled_from([A, B]), st.sampled_from([True, False, None]), st.booleans()), max_size=30))
def test_no_clip_is_told_of_a_time_in_which_its_camera_did_not_record(
    said: list[tuple[Origin, bool | None, bool]],
) -> None:
    cameras, ran = Cameras(), list[tuple[float, str]]()
    names = {A: 0, B: 0}
    for now_s, (source, recording, names_it) in enumerate(said):
        begins = recording is True and cameras.records.get(source) is not True
        names[source] += begins
        clip = f"{source.name}{names[source]}" if recording and names_it else ""
        cameras = cameras.heard(CameraSaid(source, float(now_s), recording, clip))
        ran += [(float(now_s), f"{one.name}{names[one]}") for one, records in cameras.records.items() if records]
    for before_s, after_s in pairwise(range(len(said) + 1)):
        told = set(filter(None, cameras.clips(before_s + 0.4, after_s - 0.4).split(", ")))
        assert told <= {name for at_s, name in ran if at_s == before_s}
