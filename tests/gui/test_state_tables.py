# SPDX-License-Identifier: MIT
"""The app's memory and words beside its screens, as tables at their bounds: no window is opened for it."""

from __future__ import annotations

import dataclasses
import importlib
import json
import math
import pkgutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus.motion.motor import Rig
from followfocus.show.cues import Standby
from followfocus.show.show import ShowMark, ShowUnit, new_show
from followfocus.stage.rehearsal import Rehearsal
from followfocus.takes.log import TakeLog
from followfocus.takes.whole import WholeTake
from followfocus.unit.calibration import Calibration
from followfocus.unit.connect import open_unit
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus_gui import state
from followfocus_gui.plot.layout import band_words
from followfocus_gui.state.carried import MOST_AHEAD_S, carried_on
from followfocus_gui.state.curve_axis import without_holds
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import curve_view, rack_words, sharp_view
from followfocus_gui.state.ease_facts import ease_facts
from followfocus_gui.state.first_run import STEPS, first_hint
from followfocus_gui.state.holds import holds_words
from followfocus_gui.state.ring_scale import FEET, MAJOR_FEET, MAJOR_METRES, METRES, ring_scale
from followfocus_gui.state.shooting import shoot_view
from followfocus_gui.state.slate_form import fps_text, shot_after_scene, show_with_slate, texts_of
from followfocus_gui.state.take_pages import TakePages, whole_take
from followfocus_gui.state.take_story import remark_of, story_of
from followfocus_gui.state.unit_form import BOUNDS, field_number, follows_words, unit_of
from followfocus_gui.state.views import CompareTake, TakeLine
from followfocus_gui.state.window_memory import USUAL, WindowMemory

FIFTY = load_lens("ideal-50")
DAY_S = 86_400.0


# The needle between two telemetries ----------------------------------------------------------------------------------


def moving(ring_deg: float | None, speed_deg_s: float) -> UnitStatus:
    return UnitStatus(connected=True, state=State.MOVING, ring_deg=ring_deg, speed_deg_s=speed_deg_s, received_s=10.0)


@given(st.floats(-300, 300), st.floats(-900, 900), st.floats(-300, 300), st.floats(-1.0, 2.0))
def test_a_needle_carried_on_goes_towards_the_target_and_never_beyond(
    at_deg: float, speed_deg_s: float, target_deg: float, age_s: float
) -> None:
    status = moving(at_deg, speed_deg_s)
    carried = carried_on(status, target_deg, 10.0 + age_s).ring_deg
    assert carried is not None
    on_the_way_deg = abs(speed_deg_s) * min(max(age_s, 0.0), MOST_AHEAD_S)
    towards = speed_deg_s * (target_deg - at_deg) > 0
    went = min(on_the_way_deg, abs(target_deg - at_deg)) if towards else 0.0
    assert carried == pytest.approx(at_deg + math.copysign(went, target_deg - at_deg), abs=1e-6)


def test_the_needle_is_carried_on_for_three_telemetries_at_most() -> None:
    assert carried_on(moving(0.0, 100.0), 300.0, 10.02).ring_deg == pytest.approx(2.0)
    assert carried_on(moving(0.0, 100.0), 300.0, 11.0).ring_deg == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("status", "target_deg"),
    [
        (dataclasses.replace(moving(10.0, 50.0), state=State.PLAYING), 20.0),
        (dataclasses.replace(moving(10.0, 50.0), state=State.IDLE), 20.0),
        (moving(None, 50.0), 20.0),
        (moving(10.0, 50.0), None),
        (moving(10.0, 50.0), 10.0),
        (moving(10.0, 0.0), 20.0),
    ],
    ids=["a take", "at rest", "unknown", "no hand", "there", "stands"],
)
def test_what_is_not_the_hands_is_shown_as_it_was_told(status: UnitStatus, target_deg: float | None) -> None:
    assert carried_on(status, target_deg, 10.05) is status


# A lens's calibration ------------------------------------------------------------------------------------------------

RIG = Rig()
KEPT = Calibration("ideal-50", "1234", "SIM1", 300.0, round(300.0 * RIG.steps_per_deg), RIG.motor_teeth, RIG.direction,
                   RIG.lash_deg, 1e9)  # fmt: skip


@pytest.mark.parametrize(
    ("days", "when"),
    [
        (0.0, "today"), (0.99, "today"), (1.0, "1 day ago"), (1.4, "1 day ago"), (1.6, "2 days ago"),
        (30.0, "30 days ago"),
    ],
)  # fmt: skip
def test_how_old_a_calibration_is_in_words(days: float, when: str) -> None:
    here, holds = holds_words(KEPT, FIFTY, RIG, "SIM1", KEPT.at_utc_s + days * DAY_S)
    assert here == f"calibrated with this lens {when}; play {RIG.lash_deg:.2f}°"
    assert (holds.words, holds.tone) == ("Its calibration still holds.", "good")


@pytest.mark.parametrize(
    ("kept", "rig", "unit", "words"),
    [
        (None, RIG, "SIM1", "Not calibrated here yet."),
        (dataclasses.replace(KEPT, travel_deg=200.0), RIG, "SIM1", "Its calibration does not hold."),
        (dataclasses.replace(KEPT, lash_deg=0.7), RIG, "SIM1", "Another gear is set than it was calibrated with."),
        (KEPT, RIG, "SIM2", "Calibrated with another unit."),
    ],
)
def test_a_calibration_that_does_not_hold_says_so_and_offers_one(
    kept: Calibration | None, rig: Rig, unit: str, words: str
) -> None:
    _, holds = holds_words(kept, FIFTY, rig, unit, 1e9)
    assert (holds.words, holds.offer, holds.tone) == (words, "Calibrate …", "warn")


# The engraved scale --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("values", "major"), [(METRES, MAJOR_METRES), (FEET, MAJOR_FEET)])
def test_what_is_engraved_falls_and_the_major_ones_are_engraved(values: tuple[float, ...], major: set[float]) -> None:
    assert list(values) == sorted(set(values), reverse=True)
    assert major <= set(values)


@pytest.mark.parametrize("imperial", [False, True])
@pytest.mark.parametrize("name", ["ideal-35", "ideal-50", "ideal-85", "ideal-135"])
def test_the_scale_has_every_distance_of_the_travel_where_the_lens_has_it(name: str, imperial: bool) -> None:
    lens = load_lens(name)
    scale, metre = ring_scale(lens, imperial=imperial), 0.3048 if imperial else 1.0
    told = [math.inf if text == "∞" else float(text.rstrip("'")) for _, text, _ in scale]
    assert told == [value for value in (FEET if imperial else METRES) if value * metre >= lens.close_focus_m - 1e-9]
    for (angle, text, major), value in zip(scale, told, strict=True):
        assert angle == pytest.approx(lens.ring_deg(value * metre))
        assert major == (value in (MAJOR_FEET if imperial else MAJOR_METRES))
        assert text.endswith("'") == (imperial and value < math.inf)


# The window's size ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(320, 240), (16_000, 16_000), (1280, 800)])
@pytest.mark.parametrize("maximised", [False, True])
def test_a_windows_size_comes_back(tmp_path: Path, size: tuple[int, int], maximised: bool) -> None:
    WindowMemory(tmp_path / "w.json").keep(size, maximised=maximised)
    again = WindowMemory(tmp_path / "w.json")
    assert (again.size, again.maximised) == (size, maximised)


@pytest.mark.parametrize(
    "kept",
    [
        {"width": 319, "height": 240, "maximised": True}, {"width": 320, "height": 239, "maximised": True},
        {"width": 16_001, "height": 240, "maximised": True}, {"width": 320, "height": 16_001, "maximised": True},
        {"width": 1000, "height": 700}, {"width": "x", "height": 700, "maximised": True}, [], 3,
        {"width": float("inf"), "height": 700, "maximised": True},
    ],
)  # fmt: skip
def test_a_size_that_is_none_is_the_usual_one(tmp_path: Path, kept: object) -> None:
    (tmp_path / "w.json").write_text(json.dumps(kept), "utf-8")
    memory = WindowMemory(tmp_path / "w.json")
    assert memory.size == USUAL
    assert not memory.maximised


def test_a_size_that_cannot_be_kept_is_no_trouble(tmp_path: Path) -> None:
    memory = WindowMemory(tmp_path / "nowhere" / "w.json")
    memory.keep((1000, 700), maximised=True)
    assert memory.size == USUAL


# The unit's fields ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BOUNDS)
def test_a_field_takes_its_bounds_and_nothing_beyond(name: str) -> None:
    what, least, most = BOUNDS[name]
    assert field_number(name, f"{least:g}") == least
    assert field_number(name, f"{most:g}") == most
    for beyond in (least - 0.01, most + 0.01):
        with pytest.raises(RequestError, match=f"{what} can't be") as caught:
            field_number(name, f"{beyond:.2f}")
        assert caught.value.remedy == f"Give {least:g} to {most:g}."
    with pytest.raises(RequestError, match=f"{what}: "):
        field_number(name, "twelve")


@pytest.mark.parametrize(("name", "text"), [("armedSilence", "0.4"), ("armedSilence", "120,5"), ("motorTeeth", "49.6")])
def test_what_is_counted_is_whole(name: str, text: str) -> None:
    # Rounded, 0.4 s of silence is 0, and the unit stays armed for ever.
    with pytest.raises(RequestError, match="whole number"):
        field_number(name, text)


def test_the_bounds_are_what_a_driver_and_a_supply_can_do() -> None:
    assert {name: bounds[1:] for name, bounds in BOUNDS.items()} == {
        "volts": (1.0, 60.0), "current": (0.05, 10.0), "motorTeeth": (8, 400), "lash": (0.0, 20.0),
        "armedSilence": (0, 65_535),
    }  # fmt: skip


def test_the_fields_make_the_unit() -> None:
    texts = {
        "motor": "14hs17-0504s", "volts": "24", "current": " ", "microsteps": "16", "motorTeeth": "40",
        "direction": "-1", "lash": "0.5", "ringLimits": "fast", "linkLoss": "stop_at_once",
    }  # fmt: skip
    made = unit_of(ShowUnit(), texts, FIFTY)
    assert (made.motor, made.volts, made.drive_current_a, made.microsteps) == ("14hs17-0504s", 24.0, None, 16)
    assert (made.motor_teeth, made.direction, made.lash_deg) == (40, -1, 0.5)
    assert (made.limits, made.link_loss) == ("fast", "stop_at_once")
    assert unit_of(ShowUnit(), texts | {"current": "0.8"}, FIFTY).drive_current_a == 0.8
    _, fine = follows_words(made, FIFTY, None)
    assert fine == f"A step is {made.rig(FIFTY).ring_deg_per_step:.3f}° of the ring."


# The slate's fields --------------------------------------------------------------------------------------------------


def test_the_slates_fields_come_back_and_change_what_is_written() -> None:
    show = new_show("Day", FIFTY)
    assert show_with_slate(show, texts_of(show)) == show
    written = show_with_slate(show, texts_of(show) | {"scene": "27", "shot": "27A", "take": "4", "fps": "23.976"})
    assert (written.slate.name, written.slate.take) == ("27A", 4)
    assert fps_text(written.fps) == "23.976"
    assert fps_text(show.fps) == "24"


@pytest.mark.parametrize(
    ("scene", "system", "shot"), [("27", "american", "27"), (" 27 ", "american", "27"), ("27", "british", None),
                                  ("  ", "american", None)],
)  # fmt: skip
def test_a_new_scene_begins_with_its_first_shot(scene: str, system: str, shot: str | None) -> None:
    assert shot_after_scene(scene, system) == shot


# The first pull ------------------------------------------------------------------------------------------------------


def test_who_has_never_shot_is_led_step_by_step() -> None:
    desk = Desk.new()
    assert first_hint(desk, 0) == STEPS[0]
    desk.set_distance(0, 1.2)
    assert first_hint(desk, 0) == STEPS[1]
    desk.edit_mark(1, name="door")
    assert first_hint(desk, 0) == STEPS[2]
    assert first_hint(desk, 1) == ""
    desk.add_mark(100.0)
    assert first_hint(desk, 0) == ""


# What stands below the rack ------------------------------------------------------------------------------------------


def test_the_rack_in_words() -> None:
    desk = Desk.new()
    assert rack_words(desk) == (("A", "soft 0.39 s"), ("B", "sharp 1.61 s"))
    desk.edit_mark(1, name="door")
    assert rack_words(desk) == (("A", "soft 0.39 s"), ("B door", "sharp 1.61 s"))
    desk.edit_pull(t_stop=22.0)
    desk.set_distance(0, 3.9)
    assert rack_words(desk) == (), "all is sharp all the time"


def test_what_is_sharp_where_the_ring_stands() -> None:
    desk = Desk.new()
    view = sharp_view(desk, desk.lens.ring_deg(2.0))
    assert view is not None
    assert float(view.near) < 2.0 < float(view.far.removesuffix(" m"))
    assert view.share == pytest.approx(0.5, abs=0.05)
    assert sharp_view(desk, 0.0).far == "∞"


# A take's story ------------------------------------------------------------------------------------------------------


@pytest.fixture(name="log", scope="module")
def _log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A take from infinity to 1.5 m and one on to 3 m, in a log."""
    path = tmp_path_factory.mktemp("story") / "t.db"
    for first_m, last_m in ((math.inf, 1.5), (1.5, 3.0)):
        show = new_show("Story", FIFTY)
        marks = (ShowMark(FIFTY.ring_deg(first_m), "Anna"), ShowMark(FIFTY.ring_deg(last_m), "door"))
        show = show.with_pull(dataclasses.replace(show.pulls[0], marks=marks, duration_s=1.5))
        with open_unit(fast=True, rig=show.unit.rig(FIFTY)) as unit, TakeLog(path) as log:
            list(Rehearsal(unit, show, log.append).run(Standby(), 1))
    return path


def told(path: Path) -> list[TakeLine]:
    pages = TakePages(path)
    pages.start()
    return pages.next_page()


def test_a_story_names_the_camera_s_clips(tmp_path: Path) -> None:
    show, path = new_show("Clip", FIFTY), tmp_path / "clip.db"
    with open_unit(fast=True, rig=show.unit.rig(FIFTY)) as unit, TakeLog(path) as log:
        for taken in Rehearsal(unit, show).run(Standby(), 1):
            log.append(taken.take, dataclasses.replace(taken.context, clip="A001_C002.braw"))
    (line,) = told(path)
    assert story_of(path, line).title.endswith("  ·  sharp  ·  clip A001_C002.braw")


@pytest.mark.parametrize(("imperial", "first", "last"), [(False, "∞", "1.50"), (True, "∞", "4'11\"")])
def test_a_story_has_the_marks_with_their_distances(log: Path, imperial: bool, first: str, last: str) -> None:
    line = told(log)[-1]
    story = story_of(log, line, imperial=imperial)
    assert [words for _, words in story.marks] == [first, last]
    assert [ring_deg for ring_deg, _ in story.marks] == pytest.approx([0.0, FIFTY.ring_deg(1.5)])
    assert story.title.endswith("Anna to door, 1.50 s  ·  sharp")
    assert story.stopped_s is None
    assert story.remark.startswith("The ring kept to ")
    assert story.trace is not None


def test_the_remark_is_the_widest_the_ring_was_off_in_shares_of_the_sharp_half(log: Path) -> None:
    line = told(log)[0]
    take = whole_take(log, line)
    assert take is not None
    half = take.last.context.half_dof_deg
    assert half
    times = np.array([0.0, 1.0, 2.0])

    def remark(off_deg: float, reasons: tuple[str, ...] = (), verdict: str = "good") -> str:
        trace = CompareTake("", times, times * 10, times * 10 + np.array([0.0, off_deg, 0.0]), "", "")
        row = dataclasses.replace(take.last, verdict=verdict, facts=take.last.facts | {"reasons": list(reasons)})
        return remark_of(WholeTake((row,)), trace)

    assert remark(half * 0.355) == "The ring kept to 36 % of the sharp half."
    assert remark(-half * 1.2) == "The ring kept to 120 % of the sharp half."
    assert remark(0.0) == "The ring kept to 1 % of the sharp half."
    assert remark(half, ("stopped",), "stopped").endswith("100 % of the sharp half until STOP.")
    assert remark(half, ("it slipped", "too")).endswith("the sharp half. It slipped.")


def test_pages_give_every_take_once_the_newest_first(log: Path) -> None:
    pages = TakePages(log)
    assert not pages.at_end
    pages.start()
    lines = pages.next_page()
    assert [line.rows for line in lines] == [(2,), (1,)]
    assert pages.at_end
    assert pages.next_page() == []
    assert pages.count() == 2
    pages.start("no such words")
    assert pages.next_page() == []
    nowhere = TakePages(log.with_name("none.db"))
    nowhere.start()
    assert (nowhere.next_page(), nowhere.count()) == ([], 0)
    assert story_of(log, dataclasses.replace(lines[0], rows=())).remark == "It is not in the log yet."


# Nothing said --------------------------------------------------------------------------------------------------------

SAID = {
    ("Calibrating", "doubtful", True), ("DeskLine", "connection", "connecting"), ("EaseFacts", "feasible", True),
    ("Wanted", "side", 1), ("Wanted", "aside", math.inf), ("Look", "style", "plain"), ("Look", "enabled", True),
    ("ShootView", "high_deg", 300.0), ("ShootView", "last_good", True), ("BandView", "main", True),
    ("CurveView", "feasible", True), ("CueLine", "start", "GO"), ("CueLine", "hand", "none"),
}  # fmt: skip
"""All that holds of the desk where nobody has said anything; every other thing is not so, nothing, or not known."""


def test_where_nothing_is_said_nothing_is_shown() -> None:
    found = set()
    for module in pkgutil.iter_modules(state.__path__, state.__name__ + "."):
        for made in vars(importlib.import_module(module.name)).values():
            if dataclasses.is_dataclass(made) and made.__module__ == module.name:
                found |= {(made.__name__, one.name, one.default) for one in dataclasses.fields(made)
                          if isinstance(one.default, bool | int | float | str) and one.default}  # fmt: skip
    assert {one for one in found if type(one[2]).__module__ == "builtins"} == SAID


def test_behind_a_hold_for_go_moments_are_counted_from_that_go() -> None:
    """How long the hold takes nobody knows, so no figure has the gap in it that it is drawn with."""
    desk = Desk.new()
    desk.add_mark(20.0)
    desk.edit_mark(1, hold_for_go=True)
    desk.edit_pull(duration_s=3.0)
    view = curve_view(desk)
    assert view is not None
    second = desk.plans()[1]
    own = second.sharpness.subjects[-1].becomes_sharp_s
    assert own is not None
    assert rack_words(desk)[1] == ("C", f"sharp GO + {own:.2f} s")
    labels = [band_words(band) for band in view.bands]
    assert labels[-1] == f"C sharp GO + {own:.2f} s"
    assert " to GO + " in labels[1], "it gets there in one part and leaves in the next"
    assert all(facts.edges.count("GO + ") == 1 for facts in ease_facts(desk))
    moved = sum(plan.motion.duration_s for plan in desk.plans())
    assert moved == pytest.approx(3.0, abs=0.01)
    plans = desk.plans()
    first_s = plans[0].motion.duration_s
    assert without_holds(plans, view.duration_s) == pytest.approx(moved)
    assert without_holds(plans, first_s + 0.3) == pytest.approx(first_s), "in the gap no time passes"
    assert without_holds(plans, 1.0) == 1.0
    assert without_holds((), 1.0) == 1.0
    ticks = [words for _, words in shoot_view(desk, "", last_good=True).ticks]
    assert f"C sharp GO + {own:.2f}" in ticks
