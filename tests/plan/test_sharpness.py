# SPDX-License-Identifier: MIT
from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus.lens.optics import half_dof_deg
from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.plan.sharpness import (
    COMMON_FOCAL_MM,
    THIRD_STOPS,
    Subject,
    SubjectTrack,
    circles,
    follow_motion,
    frame_at,
    rack_advice,
    rack_sharpness,
)

FIFTY = load_lens("ideal-50")


def rack(start_m, end_m, duration_s=2.0, ease="minjerk", lens=FIFTY):
    return motion_of(
        Pull.between(Mark("A", lens.ring_deg(start_m)), Mark("B", lens.ring_deg(end_m)), duration_s, parse_easing(ease))
    )


def test_what_is_a_circle_out_and_no_more_is_no_rack() -> None:
    disc_mm = rack_advice(FIFTY, 2.0, 2.2, 8.0, 1.0).circles
    for coc_mm, is_rack in ((disc_mm, False), (disc_mm * 0.999, True), (disc_mm * 1.001, False)):
        assert rack_advice(FIFTY, 2.0, 2.2, 8.0, coc_mm).is_rack is is_rack


@pytest.mark.parametrize(
    ("duration", "soft", "sharp"), [(0.4, 0.08, 0.32), (1.0, 0.20, 0.80), (2.0, 0.39, 1.61), (5.0, 0.98, 4.02)]
)
def test_what_the_audience_sees_of_fifty_at_1_4_from_two_to_four_metres(duration, soft, sharp):
    found = rack_sharpness(rack(2.0, 4.0, duration), FIFTY, 1.4, 0.025)
    assert found.from_soft_s == pytest.approx(soft, abs=0.005)
    assert found.to_sharp_s == pytest.approx(sharp, abs=0.005)
    assert found.visible_s == pytest.approx(found.neither_s, abs=1e-9)
    assert found.visible_s * 24 == pytest.approx(duration * 14.6, abs=0.1)


@given(
    st.floats(0.6, 20), st.floats(0.6, 20), st.floats(0.2, 6),
    st.sampled_from(["linear", "sine", "minjerk", "cycloidal", "septic", "scurve", "bezier(0.42,0,0.58,1)"]),
)  # fmt: skip
def test_the_blur_is_one_circle_at_every_change(start, end, duration, ease):
    if abs(FIFTY.ring_deg(start) - FIFTY.ring_deg(end)) < 0.5:
        return
    motion = rack(start, end, duration, ease)
    found = rack_sharpness(motion, FIFTY, 1.4, 0.025)
    for subject, one in zip((Subject("A", start), Subject("B", end)), found.subjects, strict=True):
        for moment in (one.goes_soft_s, one.becomes_sharp_s):
            if moment is not None:
                blur = circles(motion.ring_deg(moment), moment, subject, FIFTY, 1.4, 0.025)
                assert abs(float(blur)) == pytest.approx(1.0, abs=1e-4)


def test_a_subject_swept_past_between_two_looks_is_seen():
    # a snap from close focus to infinity is sharp on 2 m for a few milliseconds only
    motion = rack(0.56, math.inf, 0.2)
    found = rack_sharpness(motion, FIFTY, 1.4, 0.003, subjects=[Subject("passed", 2.0)])
    (span,) = found.subjects[0].spans_s
    assert 0 < span[1] - span[0] < 0.002
    assert found.subjects[0].becomes_sharp_s == span[0]
    assert found.subjects[0].goes_soft_s == span[1]


def test_frames_are_counted_from_go():
    found = rack_sharpness(rack(2.0, 4.0), FIFTY, 1.4, 0.025, Fraction(24))
    assert found.subjects[0].goes_soft_frame == 10  # 0.391 s is after frame 9 (0.375 s)
    assert found.subjects[1].becomes_sharp_frame == 39
    assert frame_at(1.0, Fraction(24)) == 24
    assert frame_at(1.0 + 1e-3, Fraction(24000, 1001)) == 24


def test_a_visible_duration_gives_the_commanded_one():
    first = rack_sharpness(rack(2.0, 4.0, 1.0), FIFTY, 1.4, 0.025)
    again = rack_sharpness(rack(2.0, 4.0, first.duration_for_visible(1.5)), FIFTY, 1.4, 0.025)
    assert again.visible_s == pytest.approx(1.5, abs=1e-6)


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(24000, 1001), Fraction(50)])
def test_b_is_sharp_on_the_frame_that_was_asked_for(fps):
    first = rack_sharpness(rack(2.0, 4.0, 1.0), FIFTY, 1.4, 0.025, fps)
    again = rack_sharpness(rack(2.0, 4.0, first.duration_for_sharp_frame(37)), FIFTY, 1.4, 0.025, fps)
    assert again.subjects[1].becomes_sharp_frame == 37
    assert again.to_sharp_s == pytest.approx(37 / float(fps), abs=1e-6)


def test_holds_and_back_to_one_are_followed_through():
    a, b = FIFTY.ring_deg(2.0), FIFTY.ring_deg(4.0)
    pull = Pull((Mark("A", a, hold_s=1.0), Mark("B", b, hold_s=0.5), Mark("A again", a)), (Leg(2.0), Leg(2.0)))
    found = rack_sharpness(motion_of(pull), FIFTY, 1.4, 0.025, subjects=[Subject("A", 2.0), Subject("B", 4.0)])
    first, second = found.subjects
    assert [len(first.spans_s), len(second.spans_s)] == [2, 1]
    assert first.goes_soft_s == pytest.approx(1.391, abs=0.001)
    assert second.becomes_sharp_s == pytest.approx(2.607, abs=0.001)
    assert second.goes_soft_s == pytest.approx(3.5 + 0.393, abs=0.001)


def test_a_rack_within_the_depth_of_field_is_none():
    found = rack_sharpness(rack(2.0, 2.1), FIFTY, 8, 0.025)
    assert not found.is_rack
    assert found.from_soft_s is None
    assert found.to_sharp_s is None
    assert found.visible_s is None
    assert found.neither_s == 0
    with pytest.raises(RequestError):
        found.duration_for_visible(1.0)
    with pytest.raises(RequestError):
        found.duration_for_sharp_frame(20)


def test_advice_names_a_stop_and_a_lens_that_do_make_a_rack():
    advice = rack_advice(FIFTY, 2.0, 2.2, 8.0, 0.025)
    assert not advice.is_rack
    assert advice.circles < 1
    assert advice.t_stop is not None
    assert advice.focal_mm is not None
    assert rack_advice(FIFTY, 2.0, 2.2, advice.t_stop, 0.025).circles >= 3
    assert f"T{advice.t_stop:g}" in advice.words
    assert f"{advice.focal_mm:g} mm" in advice.words
    assert rack_advice(FIFTY, 2.0, 4.0, 1.4, 0.025).is_rack


def test_advice_does_not_ask_a_lens_to_open_wider_than_it_does():
    advice = rack_advice(FIFTY, 2.0, 2.02, 22.0, 0.025)
    assert advice.t_stop is None


def test_a_walk_is_followed_and_stays_sharp_once_caught():
    walk = SubjectTrack((0.0, 1.5, 3.0), (4.0, 2.5, 1.2))
    motion = follow_motion(walk, FIFTY, 3.0)
    assert motion.start_deg == pytest.approx(FIFTY.ring_deg(4.0))
    assert motion.end_deg == pytest.approx(FIFTY.ring_deg(1.2))
    assert abs(motion.speed_deg_s(0.0)) < 2
    assert abs(motion.speed_deg_s(3.0)) < 10
    found = rack_sharpness(motion, FIFTY, 1.4, 0.025, subjects=[Subject("her", walk)])
    assert abs(float(circles(motion.ring_deg(1.0), 1.0, Subject("her", walk), FIFTY, 1.4, 0.025))) < 0.02
    assert found.subjects[0].worst_circles < 7  # the last step before she stops, while the ring is easing out
    times = np.linspace(0, 3, 400)
    assert np.all(np.diff(motion.ring_deg(times)) >= -1e-9)


def test_a_walk_that_leaves_the_scale_is_refused():
    with pytest.raises(RequestError, match="off the travel"):
        follow_motion(SubjectTrack((0.0, 1.0), (2.0, 0.3)), FIFTY, 1.0)


@pytest.mark.parametrize(
    ("times", "distances"),
    [
        ((0.0,), (1.0,)),
        ((0.0, 0.0), (1.0, 2.0)),
        ((0.0, 1.0), (1.0, -2.0)),
        ((0.0, 1.0), (1.0, math.inf)),
        ((0.0, math.nan), (1.0, 2.0)),
    ],
)
def test_a_track_that_cannot_be_is_refused(times, distances):
    with pytest.raises(RequestError):
        SubjectTrack(times, distances)


def test_the_share_of_half_depths_of_field_is_the_blur_in_circles():
    # b/c = |θ − θx| / half depth of field: the same number on the ring and in the picture
    half = half_dof_deg(FIFTY, 1.4, 0.025, 2.0)
    at = FIFTY.ring_deg(2.0) - 0.4 * half
    assert float(-circles(at, 0.0, Subject("", 2.0), FIFTY, 1.4, 0.025)) == pytest.approx(0.4, rel=0.01)


@given(
    seed=st.integers(0, 10_000),
    duration_s=st.sampled_from([4.0, 20.0, 60.0]),
    places=st.integers(3, 30),
)
@settings(max_examples=12, deadline=None)
def test_the_softness_of_a_followed_walk_does_not_fall_between_two_looks(seed, duration_s, places) -> None:
    """Against a look at every half millisecond: how long and how far Anna is out."""
    chance = np.random.default_rng(seed)
    times = np.sort(chance.uniform(0.0, duration_s, places))
    track = SubjectTrack(tuple(times), tuple(chance.uniform(0.8, 4.0, places)))
    motion = follow_motion(track, FIFTY, duration_s)
    anna = rack_sharpness(motion, FIFTY, 1.4, 0.025, 24, (Subject("ANNA", track),))
    t = np.linspace(0.0, duration_s, int(duration_s * 2000) + 1)
    blur = np.abs(circles(motion.ring_deg(t), t, Subject("ANNA", track), FIFTY, 1.4, 0.025))
    assert anna.neither_s == pytest.approx(duration_s * float(np.mean(blur > 1.0)), abs=2e-3 + 1e-3 * places)
    assert anna.subjects[0].worst_circles >= float(blur.max()) * 0.999


def test_a_walk_that_turns_once_between_two_looks_is_seen() -> None:
    """A step towards the camera and back within 0.2 s of a minute: she leaves the focus that waits for her."""
    track = SubjectTrack((30.0, 30.1, 30.2), (2.0, 1.8, 2.0))
    still = motion_of(Pull.between(Mark("A", 82.5), Mark("B", 82.5001), 60.0))
    found = rack_sharpness(still, FIFTY, 1.4, 0.025, 24, (Subject("ANNA", track),))
    limit = 0.0
    for share in np.linspace(0.0, 1.0, 100_001):
        at = 30.0 + 0.1 * share
        if abs(float(circles(82.50005, at, Subject("ANNA", track), FIFTY, 1.4, 0.025))) > 1.0:
            limit = at
            break
    assert limit > 0
    assert found.neither_s == pytest.approx(2 * (30.1 - limit), abs=1e-4)


def test_the_advice_is_by_the_smaller_blur_and_goes_no_further_than_it_must() -> None:
    """Both blurs by the thin lens, and the slowest third of a stop that does it."""
    near_m, far_m, t_stop, coc_mm = 2.0, 2.3, 16.0, 0.025
    advice = rack_advice(FIFTY, near_m, far_m, t_stop, coc_mm)

    def blur(on_m: float, of_m: float) -> float:
        focal_m = FIFTY.focal_length_mm / 1000.0
        image_m = 1.0 / (1.0 / focal_m - 1.0 / on_m)
        return focal_m / t_stop * abs(of_m - on_m) / of_m * image_m / on_m * 1e3 / coc_mm

    both = blur(near_m, far_m), blur(far_m, near_m)
    assert max(both) > min(both) * 1.002
    assert advice.circles == pytest.approx(min(both), rel=1e-4)
    assert advice.t_stop in THIRD_STOPS
    slower = THIRD_STOPS[THIRD_STOPS.index(advice.t_stop) + 1]
    assert rack_advice(FIFTY, near_m, far_m, advice.t_stop, coc_mm).circles >= 3.0
    assert rack_advice(FIFTY, near_m, far_m, slower, coc_mm).circles < 3.0


@pytest.mark.parametrize(("near_m", "longest_mm"), [(0.675, 135), (0.6749, 125), (2.0, 400)])
def test_no_length_is_advised_that_cannot_focus_so_near(near_m: float, longest_mm: int) -> None:
    for apart_m in (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05):
        focal = rack_advice(FIFTY, near_m, near_m + apart_m, 22.0, 0.025).focal_mm
        assert focal is None or FIFTY.focal_length_mm < focal <= longest_mm
    found = {rack_advice(FIFTY, near_m, near_m + n * 1e-4, 22.0, 0.025).focal_mm for n in range(1, 800)}
    assert max(found - {None}) == longest_mm


RENTED_MM = {
    *(12, 15, 18, 21, 25, 29, 35, 40, 47, 58, 75, 95, 125, 150, 200, 280),  # ARRI Signature Prime
    *(15, 18, 21, 25, 29, 35, 40, 50, 65, 85, 100, 135, 150, 200),  # ZEISS Supreme Prime
    *(12, 14, 16, 18, 21, 25, 27, 32, 35, 40, 50, 65, 75, 100, 135, 150, 180, 300),  # Cooke S4/i
    *(400, 600),  # rehoused stills lenses
}


def test_stops_are_thirds_and_lengths_rise() -> None:
    exact = [2 ** (third / 6) for third in range(len(THIRD_STOPS))]
    assert list(THIRD_STOPS) == pytest.approx(exact, rel=0.04)
    assert list(COMMON_FOCAL_MM) == sorted(set(COMMON_FOCAL_MM))
    assert set(COMMON_FOCAL_MM) <= RENTED_MM


@pytest.mark.parametrize("circles_at_b", [1.0 + 1e-7, 1.0 + 1e-5, 1.01, 1.5])
def test_a_subject_that_is_lost_only_as_the_ring_comes_to_rest_is_lost_there(circles_at_b: float) -> None:
    low, high = 2.0, 4.0
    for _ in range(80):
        middle = (low + high) / 2
        blur = abs(float(circles(FIFTY.ring_deg(middle), 0.0, Subject("A", 2.0), FIFTY, 1.4, 0.025)))
        low, high = (middle, high) if blur < circles_at_b else (low, middle)
    motion = rack(2.0, high)
    (seen,) = rack_sharpness(motion, FIFTY, 1.4, 0.025, subjects=[Subject("A", 2.0)]).subjects
    assert seen.goes_soft_s is not None
    blur = circles(motion.ring_deg(seen.goes_soft_s), seen.goes_soft_s, Subject("A", 2.0), FIFTY, 1.4, 0.025)
    assert abs(float(blur)) == pytest.approx(1.0, abs=1e-7)
    assert seen.becomes_sharp_s is None
