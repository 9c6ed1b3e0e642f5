# SPDX-License-Identifier: MIT
"""Lenses of every kind say what they said: scales, laws, depth, typos, tapes, formats; golden rows, and bounds."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random

import numpy as np
import pytest

from followfocus.errors import FollowFocusError, RequestError
from followfocus.lens import drift, formats, landing, law, optics, scale, schema, subjects, through, trims, trust, typos
from followfocus.lens.map import LensMap, LensMark, lens_to_json, load_lens, parse_point
from followfocus.lens.tape import TapeMap
from followfocus.lens.zoom import Zoom
from followfocus.units import FOOT_M, INCH_M
from tests.support.golden import Cell, assert_goes_as_it_did

Row = tuple[Cell, ...]
FIFTY, PRIME = load_lens("ideal-50"), load_lens("arri-signature-prime-40")
INFINITY = LensMark(0.0, math.inf)


def told(work: object, *given: object, **more: object) -> str:
    """The result in words, its numbers to nine places; or the sentence that refuses it."""
    assert callable(work)
    try:
        return _short(work(*given, **more))
    except FollowFocusError as error:
        return str(error)


def _short(value: object) -> str:
    if isinstance(value, float | np.floating):
        return f"{value if abs(value) > 1e-9 else 0.0:.7g}"
    if isinstance(value, tuple | list | np.ndarray):
        return " ".join(map(_short, value))
    if dataclasses.is_dataclass(value):
        return " ".join(_short(getattr(value, field.name)) for field in dataclasses.fields(value))
    return str(value)


def odd_lens(**changes: object) -> LensMap:
    marks = INFINITY, LensMark(80.0, 3.0, "near the door"), LensMark(200.0, 1.2), LensMark(270.0, 0.81)
    return dataclasses.replace(FIFTY, name="Odd", ideal=False, **{"close_focus_m": 0.75, "marks": marks, **changes})


def lenses() -> list[LensMap]:
    """Ideal, measured, anamorphic with two rings, with an offset, a pupil, a drift, a macro, and without infinity."""
    return [
        FIFTY,
        PRIME,
        load_lens("sigma-ff-high-speed-40"),
        odd_lens(squeeze=1.8, second_scale=(INFINITY, LensMark(150.0, 1.5), LensMark(260.0, 0.8))),
        odd_lens(principal_offset_m=0.12, transmission=0.7, breathing_percent=4.0),
        odd_lens(principal_offset_m=-0.03, entrance_pupil_m=0.08, focal_range_mm=(28.0, 76.0)),
        odd_lens(off_m=0.02, off_deg=-1.5),
        odd_lens(marks=(LensMark(20.0, 8.0), LensMark(250.0, 0.9)), focal_length_mm=180.0, serial="No. 7"),
    ]


# The map ------------------------------------------------------------------------------------------------------------


def test_scales_go_as_they_did() -> None:
    rows: list[Row] = []
    for number, lens in enumerate(lenses()):
        facts = scale.scale_facts(lens)
        rows += [(number, lens.name, lens.scale.law.value, lens.trust.words, lens.trust.doubtful, lens.unverified)]
        rows += [(number, "facts", told(scale.scale_facts, lens), *scale.scale_words(lens, "imperial"), facts.measured)]
        rows += [(number, "ticks", told(scale.ring_ticks, lens), told(scale.ring_ticks, lens, imperial=True))]
        rows += [(number, "doubts", *lens.warnings()), (number, "span", *lens.measured_span_m(), lens.f_number(2.8))]
        rows += [(number, "off", drift.off_scale_words(lens))]
        for metres in (math.inf, 1e4, 60.0, 8.0, 3.0, 1.7, 1.2, 0.82, 0.7, 0.5, 0.3, 0.0, -1.0, math.nan):
            rows += [(number, metres, told(lens.ring_deg, metres), told(lens.second_ring_deg, metres))]
        for ring in (-5.0, -3e-7, 0.0, 1e-9, 0.4, 25.0, 80.0, 137.0, 265.0, 280.5, 300.0, 300.0000002, 310.0):
            rows += [(number, ring, lens.distance_m(ring), told(lens.checked_ring_deg, ring), lens.beyond_marks(ring))]
        many = np.linspace(0.4, 9.0, 12)
        rows += [(number, "many", *lens.ring_deg(many).tolist(), *lens.distance_m(many * 30.0).tolist())]
    assert_goes_as_it_did("scales", rows)


@pytest.mark.parametrize(
    ("text", "ring"),
    [
        ("84.5deg", 84.5), ("84.5°", 84.5), ("Door", 33.0), ("DOOR", 44.0), ("door", 33.0), ("  Door ", 33.0),
        ("NEAR THE DOOR", 80.0), ("3m", 80.0), ("inf", 0.0), ("Infinity", 0.0), ("tür", 12.0), ("1.2", 200.0),
    ],
)  # fmt: skip
def test_a_point_is_a_name_an_angle_a_distance_or_what_a_mark_is_called(text: str, ring: float) -> None:
    marks = {"Tür": 12.0, "DOOR": 44.0, "Door": 33.0}
    assert parse_point(odd_lens(), text, marks) == pytest.approx(ring)


def test_what_is_no_point_is_told_with_the_names_that_are_near() -> None:
    marks = {"Tür": 12.0, "Window": 44.0, "Beyond": 301.0}
    asked = "windo", "xyz", "beyond", "301deg", "0.3m", "nan", "-2m", "", "near the dor"
    rows = [(text, told(parse_point, odd_lens(), text, marks), told(parse_point, FIFTY, text)) for text in asked]
    assert_goes_as_it_did("no-points", rows)


@pytest.mark.parametrize(("close_m", "doubted"), [(0.1999, True), (0.2001, False)])
def test_a_lens_that_closes_nearer_than_four_focal_lengths_says_where_its_glass_is(
    close_m: float, doubted: bool
) -> None:
    marks = INFINITY, LensMark(300.0, close_m)
    near = dataclasses.replace(FIFTY, ideal=False, marks=marks, close_focus_m=close_m)
    assert any("four focal lengths" in warning for warning in near.warnings()) is doubted
    for said in (dataclasses.replace(near, ideal=True), dataclasses.replace(near, principal_offset_m=0.02)):
        assert not any("four focal lengths" in warning for warning in said.warnings())


@pytest.mark.parametrize(("past_share", "told_of"), [(0.0199, False), (0.0201, True)])
def test_a_ring_well_past_the_marks_is_told_of(past_share: float, told_of: bool) -> None:
    lens = odd_lens(marks=(LensMark(50.0, 6.0), LensMark(150.0, 2.0), LensMark(250.0, 1.2)), close_focus_m=1.0)
    for ring in (50.0 - past_share * 300.0, 250.0 + past_share * 300.0):
        assert bool(lens.beyond_marks(ring)) is told_of
    assert not dataclasses.replace(lens, ideal=True).beyond_marks(0.0)


def test_every_law_goes_as_it_did() -> None:
    """Scales with an offset of their own, with a bend, with noise; of two to sixty marks, with and without infinity."""
    rows: list[Row] = []
    draw = random.Random(3)
    for count, own_m, bend, noise in itertools.product((2, 3, 4, 5, 6, 9, 40), (0.0, 0.18), (0.0, 0.08), (0.0, 0.6)):
        metres = [math.inf if count % 2 else 30.0, *(0.5 * (60.0 ** (i / count)) for i in range(count - 1, 0, -1))]
        places = [1.0 / (m - own_m) if math.isfinite(m) else 0.0 for m in metres]
        share = [place / places[-1] for place in places]
        ring = [280.0 * (s + bend * s * (1 - s)) + draw.uniform(-noise, noise) * (count < 20) for s in share]
        marks = law.rows_of(sorted(zip((max(deg, 0.0) for deg in ring), metres, strict=True)))
        for offset_m in (0.0, 0.05):
            made = law.scale_through(marks, offset_m)
            sums = float(made.rings @ made.places), float(made.places.sum()), len(made.rings)
            rows.append((count, made.law.name, made.offset_m, made.worst_deg, *sums, *law.next_mark_m(marks, offset_m)))
            rows.append((trust.trust_of(marks, offset_m, 300.0).words,))
    assert_goes_as_it_did("laws", rows)


# Optics -------------------------------------------------------------------------------------------------------------


def test_the_thin_lens_says_what_it_said() -> None:
    rows: list[Row] = []
    offsets, pupils = (None, 0.0, 0.07, -0.04), (None, 0.0, 0.11)
    for focal, number, coc in ((18.0, 1.3, 0.02), (50.0, 2.8, 0.025), (135.0, 16.0, 0.03)):
        rows += [(focal, optics.hyperfocal_m(focal, number, coc), optics.f_number(number), optics.bellows_stops(0.3))]
        for metres in (math.inf, 40.0, 6.0, 1.0, 0.56, 0.2, 0.1):
            for offset in offsets:
                rows += [(
                    metres, told(optics.principal_distance_m, metres, focal, offset),
                    told(optics.magnification, metres, focal, offset),
                )]  # fmt: skip
                for pupil in pupils:
                    disc = [
                        told(optics.blur_disc_mm, metres, far, focal, number, offset, pupil) for far in (2.0, math.inf)
                    ]
                    depth = told(optics.depth_of_field, metres, focal, number, coc, offset, pupil)
                    rows += [(depth, told(optics.signed_blur_mm, metres, 2.0, focal, number, offset, pupil), *disc)]
        rows += [(told(optics.magnification, 1.0, focal), told(optics.principal_distance_m, 1.0, focal))]
        rows += [
            (told(optics.depth_of_field, 1.0, focal, number, coc), told(optics.blur_disc_mm, 1.0, 3.0, focal, number))
        ]
        rows += [(told(optics.signed_blur_mm, 1.0, 3.0, focal, number),)]
    assert_goes_as_it_did("thin-lens", rows)


def test_pictures_through_lenses_say_what_they_said() -> None:
    rows: list[Row] = []
    for number, lens in enumerate(lenses()):
        if number == 7:
            continue  # nearer than four focal lengths
        film = list(formats.FORMATS.values())[number]
        rows.append((number, *through.field_of_view_deg(lens, film), lens.name, optics.lens_offset_m(lens)))
        for metres in (math.inf, 5.0, 1.1):
            for across in (False, True):
                depth = through.lens_depth(lens, 2.8, 0.025, metres, across=across)
                rows.append((depth.near_m, depth.far_m, depth.total_m, depth.hyperfocal_m, depth.principal_offset_m))
                rows.append((told(through.lens_blur_mm, lens, 2.8, metres, 2.0, across=across),))
            rows.append((told(through.lens_blur_mm, lens, 2.8, metres, 2.0, focal_mm=35.0), depth.holds(5.0)))
            rows.append((optics.half_dof_deg(lens, 2.8, 0.025, metres), optics.half_dof_deg(lens, 2.8, 0.025)))
        verge = optics.ring_of_vergence(lens, np.array([-0.5, 0.0, 0.3, 1.0, 1.5, 2.5])).tolist()
        rows.append(
            (*verge, told(through.breathing_scale, lens, 120.0), told(through.breathing_scale, lens, 120.0, 7.0))
        )
    assert_goes_as_it_did("through-lenses", rows)


@pytest.mark.parametrize(
    ("focal_mm", "zoom", "taken"),
    [
        (50.4, None, True), (50.6, None, False), (49.6, None, True), (49.4, None, False), (28.0, (28.0, 76.0), True),
        (76.0, (28.0, 76.0), True), (27.9, (28.0, 76.0), False), (76.1, (28.0, 76.0), False),
    ],
)  # fmt: skip
def test_a_prime_has_one_length_and_a_zoom_a_range(
    focal_mm: float, zoom: tuple[float, float] | None, taken: bool
) -> None:
    lens = dataclasses.replace(FIFTY, focal_range_mm=zoom)
    try:
        found = through.at_focal(lens, focal_mm)
    except FollowFocusError:
        assert not taken
    else:
        assert taken
        assert found.focal_length_mm == (focal_mm if zoom else 50.0)


@pytest.mark.parametrize(
    ("share", "grade", "light"),
    [
        (0.0, "clean", "green"), (0.25, "clean", "green"), (0.2501, "ok", "amber"), (0.4999, "ok", "amber"),
        (0.5, "warn", "red"), (0.9999, "warn", "red"), (1.0, "fail", "red"), (math.nan, "fail", "red"),
    ],
)  # fmt: skip
def test_a_landing_is_judged_by_quarters(share: float, grade: str, light: str) -> None:
    for error_deg in (share * 4.0, -share * 4.0):
        assert landing.landing_verdict(error_deg, 4.0).value == grade
    assert landing.ErrorBudget(4.0, share * 4.0, 0.0, 0.0, 0.0).light.value == light


def test_a_budget_adds_up_and_nothing_is_in_it_that_was_not_said() -> None:
    found = landing.error_budget(2.0, 0.04, 16)
    assert (found.microstep_deg, found.rotor_sag_deg, found.lash_deg) == (0.04, 0.0, 0.0)
    assert found.step_error_deg == pytest.approx(0.05 * 0.64)
    loaded = landing.error_budget(2.0, 0.04, 16, lash_deg=0.3, load_share=0.5)
    assert loaded.rotor_sag_deg == pytest.approx(0.64 / 3)
    assert loaded.total_deg == pytest.approx(0.04 + 0.032 + 0.64 / 3 + 0.3)
    assert [landing.rotor_sag_deg(share, 1.8) for share in (-1.0, 0.0, 1.0, 3.0)] == pytest.approx([0, 0, 1.8, 1.8])


# What people write --------------------------------------------------------------------------------------------------


def test_formats_are_what_they_were() -> None:
    sizes = "17.3x13", "54.12mm", "1", "0.99", "300", "300.1", "20 × 400", "20mm x 0.9mm", "24,9x18,7", "vhs", "suprr35"
    names = *formats.FORMATS, *sorted(formats._BY_KEY), *sizes
    rows: list[Row] = [(text, told(formats.format_named, text), told(formats.parse_coc, text)) for text in names]
    circles = "critical", "critical mft", "ff critical", "0.02", "0.02mm", "0,02", "0", "-1", "nan", "inf", "x"
    mft = formats.FORMATS["mft"]
    rows += [(text, told(formats.parse_coc, text), told(formats.parse_coc, text, mft)) for text in circles]
    assert_goes_as_it_did("formats", rows)


@pytest.mark.parametrize("name", ["16mm", "16", "35mm", "35", "65mm", "65", "super35", "2/3"])
def test_a_format_s_circle_goes_by_its_name_also_where_that_looks_like_a_length(name: str) -> None:
    assert formats.parse_coc(name) == formats.format_named(name).coc_mm


@pytest.mark.parametrize(
    ("text", "metres", "imperial_m"),
    [
        ("3", 0.03, 3 * INCH_M), ("+5cm", 0.05, 0.05), ("-2in", -2 * INCH_M, -2 * INCH_M),
        ("−2,5", -0.025, -2.5 * INCH_M),
        ("trim +1", 0.01, INCH_M), ("", 0.0, 0.0), ("±0", 0.0, 0.0), ("- 4 mm", -0.004, -0.004), ("99.9", 0.999, None),
        ("100", None, None), ("1m", None, None), ("0.999m", 0.999, 0.999), ("39", 0.39, 39 * INCH_M), ("40", 0.4, None),
    ],
)  # fmt: skip
def test_a_trim_is_less_than_a_metre_either_way(text: str, metres: float | None, imperial_m: float | None) -> None:
    for imperial, wanted in ((False, metres), (True, imperial_m)):
        if wanted is None:
            assert "more than a metre" in told(trims.parse_trim, text, imperial=imperial)
        else:
            assert trims.parse_trim(text, imperial=imperial) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    ("metres", "metric", "imperial"),
    [(0.0, "±0", "±0"), (0.05, "+5 cm", '+1.97"'), (-0.0508, "−5.08 cm", '−2"'), (-0.3, "−30 cm", '−11.8"')],
)
def test_a_trim_is_shown_in_the_tape_s_unit(metres: float, metric: str, imperial: str) -> None:
    assert trims.show_trim(metres, imperial=False) == metric
    assert trims.show_trim(metres, imperial=True) == imperial


def test_drifts_and_walks_and_zooms_are_read_as_they_were() -> None:
    rows: list[Row] = []
    for text in ("2cm", "-1in", "+2cm@3m", "2cm@3m, cold", "0", "3@0m", "3@inf", "99.99", "100cm", "2cm@0.56m", ""):
        said = told(drift.parse_drift, text)
        rows.append((text, said, told(lambda text=text: drift.drifted(FIFTY, drift.parse_drift(text)).close_focus_m)))
        rows.append((told(lambda text=text: drift.drifted(PRIME, drift.parse_drift(text)).off_deg),))
    rows += [(told(drift.Drift, *given),) for given in ((0.9999,), (-1.0,), (math.nan,), (0.1, 0.0), (0.1, math.inf))]
    ways = "4m..1.2m", "4m@0..2m@1.5s..1.2m@3s", "4m@0s..2m", "4m@1s..2m@1s", "4m..inf", "3m", "0m..1m", "1m..2m..3m"
    for text in ways:
        rows.append((text, told(subjects.parse_where, text, 2.0), told(subjects.parse_subject, f"A={text}", 3.0)))
    rows += [(text, told(subjects.parse_subject, text, 2.0)) for text in ("=3m", "A=", "A", " A = 3m ", "A=B=3m")]
    track = subjects.SubjectTrack((0.5, 1.0, 2.5), (3.0, 2.0, 2.12345))
    zoom = Zoom((0.5, 1.0, 2.5), (24.0, 70.0, 50.0))
    for moved in (track.shifted(0.3), track.mirrored(2.5), zoom.shifted(0.3), zoom.mirrored(2.5)):
        rows.append((told(lambda moved=moved: moved),))
    rows += [(subjects.walk_words(subjects.Subject("A", track)), subjects.walk_words(subjects.Subject("B", 3.0)))]
    rows += [(t, float(track.distance_m(t)), zoom.at_mm(t), *zoom.range_mm) for t in (0.0, 0.5, 0.75, 2.0, 9.0)]
    assert_goes_as_it_did("walks-and-drifts", rows)


# Typos, files, tapes ------------------------------------------------------------------------------------------------


def test_typos_are_found_as_they_were() -> None:
    """Every way of mistyping one mark or two, in scales of three to seventy, with an offset and without."""
    rows: list[Row] = []
    draw = random.Random(11)
    ways = (lambda m: m * FOOT_M, lambda m: m / FOOT_M, lambda m: m + FOOT_M, lambda m: m - FOOT_M, lambda m: m * 10,
            lambda m: m / 10, lambda m: m * 100, lambda m: m * 1000, lambda m: m * INCH_M, lambda m: m * 1.03,
            lambda m: 5.6 * FOOT_M, lambda m: 5 * FOOT_M + 6 * INCH_M)  # fmt: skip
    for count, offset_m in itertools.product((3, 4, 7, 59, 60, 61, 70), (0.0, 0.06)):
        for way in ways if count < 20 else ways[::5]:
            marks = []
            for i in range(count):
                metres = math.inf if i == 0 else 0.5 * 24.0 ** ((count - i) / count)
                marks.append((280.0 * typos.reciprocal(metres, offset_m) * (0.5 - offset_m), metres, "×" * (i == 1)))
            for at in {1, draw.randrange(1, count)} if draw.random() < 0.4 else {draw.randrange(1, count)}:
                marks[at] = (marks[at][0], way(marks[at][1]), marks[at][2])
            rows.append((count, *typos.scale_warnings(marks, 300.0, offset_m)))
            problems = schema.mark_problems(marks, 300.0, offset_m)
            rows.append((count, *(words for problem in problems for words in problem)))
    assert_goes_as_it_did("typos", rows)


def test_a_lens_with_everything_is_written_as_it_was_and_read_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    rows: list[Row] = []
    for number, lens in enumerate(lenses()):
        plain = dataclasses.replace(lens, off_m=0.0, off_deg=0.0)
        rows += [(number, line) for line in lens_to_json(plain).splitlines()]
        path = tmp_path_factory.mktemp("lens") / "lens.json"
        path.write_text(lens_to_json(plain), encoding="utf-8")
        assert load_lens(path) == plain
    assert_goes_as_it_did("lens-files", rows)


def test_what_is_wrong_with_a_lens_is_told_as_it_was() -> None:
    rows: list[Row] = []
    good = FIFTY._fields()
    changes: list[dict[str, object]] = [
        {}, {"travel_deg": 0.1}, {"principal_offset_m": 3.0}, {"name": " "}, {"direction": 2},
        {"entrance_pupil_m": -2.1},
        {"focal_range_mm": (18.0, 40.0)}, {"focal_range_mm": (60.0, 50.0)}, {"squeeze": 0.0}, {"gear_teeth": 10**20},
    ]  # fmt: skip
    scales = (
        FIFTY._marks(), [(0.0, math.inf, "")], [(0.0, 3.0, ""), (90.0, 4.0, ""), (200.0, 1.0, "")],
        [None, (1.0, 2.0, "")],
        [(0.0, 5.0, ""), (100.0, 2.0, ""), (200.0, 6.0, ""), (290.0, 0.9, "")], [(0.0, 2e6, ""), (301.0, 0.0, "")],
    )  # fmt: skip
    for change, marks in itertools.product(changes, (None, *scales)):
        for second in ((), scales[2]):
            found = schema.lens_problems(good | change, marks, second)
            rows.append((str(change)[:40], *(schema.place(field) + " " + words for field, words in found)))
    assert_goes_as_it_did("lens-problems", rows)


def test_a_lens_is_mapped_from_a_tape_as_it_was() -> None:
    rows: list[Row] = []
    draw = random.Random(23)
    for offset_m, noise in ((0.0, 0.0), (0.08, 0.3), (0.0, 1.4)):
        tape = TapeMap(dataclasses.replace(TapeMap().base, principal_offset_m=offset_m))
        for metres in (math.inf, 4.0, 0.7, 1.6, 2.4, 2.4, 1.0, 9.0, 0.3, 1.7):
            ring = 270.0 * 0.55 * typos.reciprocal(metres, 0.0) + draw.uniform(-noise, noise)
            try:
                tape = tape.put(max(ring, 0.0), metres)
            except FollowFocusError as error:
                rows.append((str(error),))
            rows.append((tape.words(), told(tape.lens)[:100], *(word for mark in tape.shown() for word in (
                mark.letter, mark.mark.ring_deg, mark.mark.distance_m, mark.off_deg, mark.doubt))))  # fmt: skip
            if len(tape.marks) >= 2:
                rows += [(tape.fit_m(0.0), tape.fit_m(150.0), *(tape.line() or ()), tape.lens().close_focus_m)]
    assert_goes_as_it_did("tapes", rows)


@pytest.mark.parametrize("metres", [2.0, 2.5, math.inf])
def test_a_mark_nearer_on_the_ring_is_nearer_in_the_room(metres: float) -> None:
    tape = TapeMap().put(0.0, 5.0).put(100.0, 2.0)
    with pytest.raises(RequestError):
        tape.put(150.0, metres)
    assert len(tape.put(150.0, 1.9999).marks) == 3


@pytest.mark.parametrize(("apart_deg", "marks"), [(0.5, 2), (0.51, 3)])
def test_a_mark_half_a_degree_off_another_replaces_it(apart_deg: float, marks: int) -> None:
    assert len(TapeMap().put(0.0, 5.0).put(100.0, 2.0).put(100.0 + apart_deg, 1.9).marks) == marks
