# SPDX-License-Identifier: MIT
"""A zoom that is moved during a cue or was in a recording: plan, depth of field, file and the app go by it."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from followfocus.errors import FileError, RequestError
from followfocus.lens.formats import format_named
from followfocus.lens.map import load_lens
from followfocus.lens.optics import blur_disc_mm, half_dof_deg
from followfocus.lens.through import lens_depth
from followfocus.lens.zoom import Zoom
from followfocus.plan.recorded import recorded_plan
from followfocus.show.file import show_from_json, show_to_json
from followfocus.show.show import Show, ShowMark, ShowPull, new_show
from followfocus.stage.prepare import plan_part
from followfocus.takes.recording import of_clip
from followfocus_gui.state.conditions import conditions_of, use_condition
from followfocus_gui.state.curve_axis import depth_on_axis, part_start_s, zoom_on_axis
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import card_views, sharp_view
from followfocus_gui.state.history import DeskState

PRIME = load_lens("ideal-50")
ZOOM = dataclasses.replace(PRIME, name="zoom", focal_length_mm=50.0, focal_range_mm=(18.0, 90.0))
NEAR, FAR = ZOOM.ring_deg(1.2), ZOOM.ring_deg(4.0)


def show_of(zoom: str, *marks: ShowMark, duration_s: float = 2.0) -> Show:
    show = new_show("", ZOOM)
    marks = marks or (ShowMark(NEAR), ShowMark(FAR))
    return show.with_pull(ShowPull("1", show.pulls[0].lens, marks, duration_s, t_stop=2.8, zoom=zoom))


def plans_of(show: Show, *, back: bool = False):
    pull = show.pull("1")
    return [plan_part(show, pull, part, back=back) for part in pull.parts(show.lens(pull.lens), back=back)]


def test_a_cue_is_planned_through_the_zoom_of_each_moment():
    (plan,) = plans_of(show_of("24..70"))
    assert plan.zoom == Zoom((0.0, 2.0), (24.0, 70.0))
    assert plan.lens.focal_length_mm == 24.0
    landed = dataclasses.replace(ZOOM, focal_length_mm=70.0)
    assert plan.half_dof_deg == pytest.approx(half_dof_deg(landed, 2.8, plan.conditions.coc_mm, 4.0))
    # B is softest at GO, through 24 mm; A at the landing, through 70 mm
    soft_a = blur_disc_mm(4.0, 1.2, 70.0, 2.8, 0.0) / plan.conditions.coc_mm
    soft_b = blur_disc_mm(1.2, 4.0, 24.0, 2.8, 0.0) / plan.conditions.coc_mm
    assert plan.sharpness.subjects[0].worst_circles == pytest.approx(soft_a, rel=0.02)
    assert plan.sharpness.subjects[1].worst_circles >= soft_b * 0.98
    assert plan.facts()["focal_range_mm"] == [24.0, 70.0]


def test_depth_is_told_for_the_moment():
    (plan,) = plans_of(show_of("24..70"))
    (wide,), (tele,) = plans_of(show_of("24..24")), plans_of(show_of("70..70"))
    assert plan.moments_s == (0.0, 2.0)
    assert plan.depth_at(NEAR, 0.0) == wide.depth_at(NEAR)
    assert plan.depth_at(FAR, 2.0) == tele.depth_at(FAR)
    first, last = plan.facts()["marks"]
    assert (first["focal_length_mm"], last["focal_length_mm"]) == (24.0, 70.0)
    assert first["near_m"] == pytest.approx(wide.depth_at(NEAR).near_m)
    assert last["far_m"] == pytest.approx(tele.depth_at(FAR).far_m)
    assert plan.hyperfocal_m == tele.hyperfocal_m


def test_a_move_without_times_stands_while_the_ring_holds():
    places = ShowMark(NEAR), ShowMark(ZOOM.ring_deg(2.0), hold_s=3.0), ShowMark(FAR)
    (plan,) = plans_of(show_of("20..80", *places))
    arrives_s, leaves_s = plan.moments_s[1], plan.moments_s[1] + 3.0
    assert plan.zoom is not None
    held = 20.0 + 60.0 * arrives_s / 2.0  # its share of the two seconds that the ring travels
    assert plan.focal_at_mm(arrives_s) == pytest.approx(held)
    assert plan.focal_at_mm((arrives_s + leaves_s) / 2) == plan.focal_at_mm(leaves_s) == pytest.approx(held)
    assert plan.focal_at_mm(plan.motion.duration_s) == pytest.approx(80.0)
    (back,) = plans_of(show_of("20..80", *places), back=True)
    for t in np.linspace(0.0, 5.0, 11):
        assert back.focal_at_mm(t) == pytest.approx(plan.focal_at_mm(5.0 - t))
    (timed,) = plans_of(show_of("20@0..80@5s", *places))
    assert timed.focal_at_mm(2.5) == pytest.approx(50.0)


def test_a_move_over_two_holds_loses_and_adds_nothing():
    places = [ShowMark(ZOOM.ring_deg(m), hold_s=h) for m, h in ((1.2, 0), (1.6, 1.0), (2.2, 2.0), (4.0, 0))]
    (plan,) = plans_of(show_of("20..40..80", *places))
    assert plan.zoom is not None
    travel = [t for t in np.linspace(0.0, 5.0, 2001)[:-1] if not any(m <= t < m + h for m, h in _holds(plan))]
    moving = [plan.focal_at_mm(t) for t in travel]
    expected = np.interp(np.linspace(0.0, 2.0, len(travel)), (0.0, 1.0, 2.0), (20.0, 40.0, 80.0))
    assert np.max(np.abs(np.array(moving) - expected)) < 0.2


def _holds(plan):
    return [(at_s, mark.hold_s) for at_s, mark in zip(plan.moments_s, plan.pull.marks, strict=True)]


def test_each_part_of_a_cue_has_its_share_of_the_zoom_and_the_picture_goes_by_all():
    middle = ShowMark(ZOOM.ring_deg(2.0), "desk", hold_for_go=True)
    desk = Desk(DeskState(show_of("20..80", ShowMark(NEAR), middle, ShowMark(FAR))))
    first, second = desk.plans()
    held = first.focal_at_mm(first.motion.duration_s)
    assert first.zoom.range_mm == (20.0, held)
    assert second.zoom.range_mm == (held, pytest.approx(80.0))
    assert first.lens.focal_length_mm == 20.0
    lens, zoom = zoom_on_axis((first, second))
    again_s = part_start_s((first, second), 1)
    assert lens.focal_length_mm == 20.0
    assert zoom.at_mm(first.motion.duration_s) == zoom.at_mm(again_s) == pytest.approx(held)
    assert zoom.at_mm(again_s + second.motion.duration_s) == pytest.approx(80.0)
    cards = {card.letter: card.sharp_words for card in card_views(desk)}
    tele = dataclasses.replace(ZOOM, focal_length_mm=80.0)
    depth = lens_depth(tele, 2.8, first.conditions.coc_mm, 4.0)
    assert cards["C"] == f"{depth.near_m:.2f} – {depth.far_m:.2f}"
    assert sharp_view(desk, FAR, again_s + second.motion.duration_s).near == f"{depth.near_m:.2f}"
    assert depth_on_axis((), FAR, 0.0) is None


def test_the_zoom_goes_on_after_a_hold_and_comes_back_on_the_way_back():
    middle = ShowMark(ZOOM.ring_deg(2.0), hold_for_go=True)
    show = show_of("20@0..80@4s", ShowMark(NEAR), middle, ShowMark(FAR), duration_s=4.0)
    first, second = plans_of(show)
    assert first.zoom is not None
    assert second.zoom is not None
    assert first.zoom.at_mm(0.0) == 20.0
    assert second.zoom.at_mm(0.0) == pytest.approx(first.zoom.at_mm(first.motion.duration_s))
    assert second.zoom.at_mm(second.motion.duration_s) == pytest.approx(80.0)
    back, home = plans_of(show, back=True)
    assert back.zoom is not None
    assert home.zoom is not None
    assert back.zoom.at_mm(0.0) == pytest.approx(80.0)
    assert home.zoom.at_mm(home.motion.duration_s) == pytest.approx(20.0)


def test_the_file_keeps_the_move_and_refuses_what_is_none():
    show = show_of("24@0..70@1.5s")
    assert show_from_json(show_to_json(show), Path("a.ffshow")).show == show
    document = json.loads(show_to_json(show))
    document["pulls"][0]["zoom"] = "24..seventy"
    with pytest.raises(FileError, match="seventy"):
        show_from_json(json.dumps(document), Path("a.ffshow"))


@pytest.mark.parametrize("words", ["10..70", "24..700"])
def test_a_move_that_the_lens_cannot_make_is_refused(words: str):
    with pytest.raises(RequestError, match="goes from 18 to 90 mm"):
        plans_of(show_of(words))
    desk = Desk(DeskState(show_of("")))
    with pytest.raises(RequestError, match="goes from 18 to 90 mm"):
        use_condition(desk, "focal", words)


def test_the_app_takes_a_move_and_a_place():
    desk = Desk(DeskState(show_of("")))
    use_condition(desk, "focal", "24 .. 70")
    assert desk.plans()[0].zoom == Zoom((0.0, 2.0), (24.0, 70.0))
    assert {name: told for name, _, told in conditions_of(desk)}["focal"] == "24..70"
    use_condition(desk, "focal", "35 mm")
    assert desk.plans()[0].zoom is None
    assert desk.plans()[0].lens.focal_length_mm == 35.0


def test_a_move_in_frames_is_of_the_show_s_rate_and_stays_where_it_is_when_that_changes():
    desk = Desk(DeskState(show_of("")))
    desk.edit(fps=Fraction(48))
    use_condition(desk, "focal", "24@0..70@48f")
    for fps in (48, 24):
        desk.edit(fps=Fraction(fps))
        assert desk.plans()[0].zoom.at_mm(0.5) == pytest.approx(47.0)
        assert desk.plans()[0].zoom.at_mm(1.0) == pytest.approx(70.0)


def test_the_apps_picture_is_the_cues_lens_format_and_zoom():
    from followfocus_gui.widgets.rack_worker import RackScene, _camera

    zoom = Zoom((0.0, 2.0), (24.0, 70.0))
    standing = dataclasses.replace(ZOOM, focal_length_mm=24.0)
    film = format_named("full-frame")
    camera = _camera(RackScene(standing, 2.8, (), film=film, zoom=zoom))
    assert (camera.focal_mm(0.0), camera.focal_mm(2.0)) == (24.0, 70.0)
    assert camera.frame_width_mm == film.width_mm


def clip_of(folder: Path, focals: list[str]) -> Path:
    path = folder / "clip.csv"
    head = "frame,timecode,time_s,focus_distance_m,lens_encoder,motor_encoder,focal_length_mm\n"
    rows = [
        f"{i},01:00:{i // 24:02}:{i % 24:02},{i / 24:.6f},{1.2 + 2.8 * i / 47:.4f},,,{focal}\n"
        for i, focal in enumerate(focals)
    ]
    path.write_text(head + "".join(rows), encoding="utf-8")
    return path


def test_a_recording_is_judged_through_its_own_zoom(tmp_path: Path):
    found = of_clip([clip_of(tmp_path, [str(24 + i) for i in range(48)])], ZOOM, 2.8)
    assert found.zoom is not None
    assert found.zoom.range_mm == (24.0, 71.0)
    assert found.lens.focal_length_mm == 24.0
    plan = recorded_plan(found.lens, found.times_s, found.ring_deg, found.conditions, zoom=found.zoom)
    landed = dataclasses.replace(ZOOM, focal_length_mm=71.0)
    assert plan.half_dof_deg == pytest.approx(half_dof_deg(landed, 2.8, found.conditions.coc_mm, 4.0), rel=1e-3)
    still = recorded_plan(found.lens, found.times_s, found.ring_deg, found.conditions)
    assert plan.sharpness.subjects[0].worst_circles > 3 * still.sharpness.subjects[0].worst_circles


def test_a_recording_on_another_lens_keeps_that_lenss_focal_length(tmp_path: Path):
    clip = clip_of(tmp_path, [str(24 + i) for i in range(48)])
    assert of_clip([clip], PRIME, 2.8).zoom is None
    short = of_clip([clip], dataclasses.replace(ZOOM, focal_range_mm=(40.0, 60.0)), 2.8)
    assert short.zoom is None
    assert short.lens.focal_length_mm == 50.0
    assert "goes from 40 to 60 mm, not to 71 mm. What is sharp is told for 50 mm" in short.notes[-1]


def test_a_zoom_that_stood_is_played_where_it_stood(tmp_path: Path):
    found = of_clip([clip_of(tmp_path, ["35"] * 48)], ZOOM, 2.8)
    assert (found.zoom, found.lens.focal_length_mm) == (None, 35.0)


def test_a_move_can_be_turned_and_begun_later():
    zoom = Zoom((0.0, 1.0, 3.0), (24.0, 70.0, 48.0))
    times = np.linspace(0, 3, 13)
    assert zoom.mirrored(3.0).focal_mm(times) == pytest.approx(zoom.focal_mm(3.0 - times))
    assert zoom.shifted(0.5).focal_mm(times) == pytest.approx(zoom.focal_mm(times + 0.5))
