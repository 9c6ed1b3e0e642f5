# SPDX-License-Identifier: MIT
from __future__ import annotations

import json
import math
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import FileError, RequestError
from followfocus.lens.map import LensMap, LensMark, lens_to_json, load_lens, save_lens


def document(**lens):
    keys = {
        "name": "test",
        "nominalFocalLength": 40,
        "tStop": 1.8,
        "close_focus_m": 0.5,
        "travel_deg": 300,
        "marks": [{"ring_deg": 0, "distance_m": "inf"}, {"ring_deg": 300, "distance_m": 0.5}],
    }
    return {"format": "followfocus-lens", "version": 1, "lens": keys | lens}


def write(tmp_path, content):
    path = tmp_path / "lens.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def problems_of(tmp_path, content):
    with pytest.raises(FileError) as refusal:
        load_lens(write(tmp_path, content))
    assert "lens.json" in refusal.value.message
    return refusal.value.problems


def test_a_short_file_is_enough_and_the_rest_is_as_usual(tmp_path):
    lens = load_lens(write(tmp_path, document()))
    assert lens.ring_deg(1.0) == pytest.approx(150.0)
    assert (lens.gear_teeth, lens.gear_module_mm, lens.direction, lens.has_stops) == (130, 0.8, 1, True)
    assert lens.transmission is None


def test_distances_may_be_written_as_on_the_barrel(tmp_path):
    marks = [{"ring_deg": 0, "distance_m": "∞"}, {"ring_deg": 100, "distance_m": "5'6\""}]
    lens = load_lens(write(tmp_path, document(marks=marks, close_focus_m="2ft")))
    assert [mark.distance_m for mark in lens.marks] == [math.inf, pytest.approx(1.6764)]
    assert lens.close_focus_m == pytest.approx(0.6096)


def test_keys_are_opentrackios_where_it_has_the_word():
    keys = json.loads(lens_to_json(load_lens("arri-signature-prime-40")))["lens"]
    assert {"make", "model", "serialNumber", "nominalFocalLength", "tStop", "calibrationHistory"} <= keys.keys()
    assert keys["marks"][0] == {"ring_deg": 0.0, "distance_m": "inf", "label": "∞"}


def test_every_problem_is_told_at_once_with_its_place(tmp_path):
    marks = [{"ring_deg": 0, "distance_m": "inf"}, {"ring_deg": 50, "distance_m": "five", "color": 1}, {"ring_deg": 60}]
    problems = problems_of(tmp_path, document(tStop=-1, nominalFocalLength="40", bogus=1, marks=marks))
    told = {line.split(": ")[0] for line in problems}
    assert told == {
        "lens.tStop",
        "lens.nominalFocalLength",
        "lens.bogus",
        "lens.marks[1].distance_m",
        "lens.marks[1].color",
        "lens.marks[2].distance_m",
    }


@pytest.mark.parametrize(
    ("lens", "problem"),
    [
        ({"colour": "red"}, "lens.colour: is not a key of a lens file"),
        ({"tStop": math.nan}, "lens.tStop: must be above 0"),
        ({"tStop": True}, "lens.tStop: Input should be a valid number"),
        ({"gear_teeth": 0}, "lens.gear_teeth: must be above 0"),
        ({"gear_teeth": 1.5}, "lens.gear_teeth: Input should be a valid integer"),
        ({"anamorphicSqueeze": 0}, "lens.anamorphicSqueeze: must be above 0"),
        ({"principal_offset_m": -3}, "lens.principal_offset_m: must be within"),
        ({"direction": 2}, "lens.direction: must be 1 or -1"),
        ({"name": ""}, "lens.name: is blank"),
        ({"marks": []}, "lens.marks: needs at least two marks, and has 0"),
        ({"marks": 5}, "lens.marks: Input should be a valid list"),
        ({"close_focus_m": 0}, "lens.close_focus_m: must be above 0"),
        ({"close_focus_m": "none"}, "lens.close_focus_m: “none” is not a distance"),
        (
            {"marks": [{"ring_deg": 5, "distance_m": 5}, {"ring_deg": 4, "distance_m": 1}]},
            "lens.marks[1].ring_deg: 4° does not follow 5°",
        ),
        (
            {"marks": [{"ring_deg": 0, "distance_m": math.nan}, {"ring_deg": 4, "distance_m": 1}]},
            "lens.marks[0].distance_m: nan m is not in front",
        ),
        (
            {
                "marks": [
                    {"ring_deg": 0, "distance_m": "inf"},
                    {"ring_deg": 49.2, "distance_m": 3.048},
                    {"ring_deg": 98.4, "distance_m": 5},
                    {"ring_deg": 150, "distance_m": 1},
                ]
            },
            "lens.marks[2].distance_m: 5.00 m is not nearer than 3.05 m before it; "
            "marks[2] is likely 5 feet entered as metres",
        ),
    ],
)
def test_one_problem_by_itself(tmp_path, lens, problem):
    (told,) = problems_of(tmp_path, document(**lens))
    assert told.startswith(problem)


def test_a_missing_key_is_told(tmp_path):
    content = document()
    del content["lens"]["marks"], content["lens"]["tStop"]
    assert set(problems_of(tmp_path, content)) == {"lens.marks: is missing", "lens.tStop: is missing"}


def test_marks_are_held_against_each_other_around_an_unreadable_one(tmp_path):
    marks = [{"ring_deg": 0, "distance_m": 3}, {"ring_deg": "x", "distance_m": 2}, {"ring_deg": 60, "distance_m": 4}]
    told = problems_of(tmp_path, document(marks=marks))
    assert len(told) == 2
    assert told[1].startswith("lens.marks[2].distance_m: 4.00 m is not nearer than 3.00 m")


@pytest.mark.parametrize("version", [2, 99])
def test_a_newer_version_is_refused_with_the_remedy(tmp_path, version):
    with pytest.raises(FileError, match=f"version {version}, and this program reads up to 1") as refusal:
        load_lens(write(tmp_path, document() | {"version": version, "new": {"shape": "unknown"}}))
    assert "Update followfocus" in refusal.value.remedy


@pytest.mark.parametrize("version", [0, "1", None, 1.5, True])
def test_a_version_that_never_was_is_refused(tmp_path, version):
    assert any(line.startswith("version:") for line in problems_of(tmp_path, document() | {"version": version}))


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"a": 1}', "Index\tMaster TC\n0\t1\n", '{"format": "another"}', "[" * 100_000],
    ids=["empty", "cut", "list", "null", "other", "table", "foreign", "deep"],
)
def test_what_is_no_lens_file_is_refused_in_one_sentence(tmp_path, content):
    with pytest.raises(FileError, match="is not a lens file") as refusal:
        load_lens(write(tmp_path, content))
    assert refusal.value.remedy


def test_a_key_given_twice_is_refused(tmp_path):
    text = json.dumps(document()).replace('"name": "test"', '"name": "test", "name": "other"')
    with pytest.raises(FileError, match="“name” is given twice"):
        load_lens(write(tmp_path, text))


def test_a_binary_file_is_refused(tmp_path):
    path = tmp_path / "lens.json"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(FileError, match="not text"):
        load_lens(path)


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(FileError, match=r"cannot be read|is a folder"):
            load_lens(path)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "lens.json"
    path.write_text(json.dumps(document()), encoding="utf-8-sig")
    assert load_lens(path).name == "test"


# ---------------------------------------------------------------- writing


_distances = st.floats(0.2, 1000).map(lambda metres: float(f"{metres:.6g}"))


def test_two_marks_at_one_distance_but_for_rounding_are_refused() -> None:
    marks = (LensMark(0.0, 2.0), LensMark(10.0, 1.0), LensMark(20.0, math.nextafter(1.0, 0.0)))
    with pytest.raises(RequestError, match="is not nearer than"):
        LensMap(
            name="a",
            make="",
            model="",
            serial="",
            focal_length_mm=50,
            t_stop=1.4,
            close_focus_m=0.5,
            travel_deg=300.0,
            marks=marks,
        )


@st.composite
def lenses(draw):
    count = draw(st.integers(2, 16))
    places = st.lists(st.floats(0, 300), min_size=count, max_size=count, unique_by=lambda deg: round(deg, 3))
    rings = sorted(round(deg, 3) for deg in draw(places))
    distances = sorted(
        draw(st.lists(_distances | st.just(math.inf), min_size=count, max_size=count, unique=True)),
        reverse=True,
    )
    label = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
    marks = tuple(LensMark(r, d, draw(label)) for r, d in zip(rings, distances, strict=True))
    return LensMap(
        name=draw(label.filter(lambda text: text.strip())),
        make=draw(label),
        model=draw(label),
        serial=draw(label),
        focal_length_mm=draw(st.floats(1, 1000)),
        t_stop=draw(st.floats(0.5, 32)),
        close_focus_m=draw(st.floats(0.1, 5)),
        travel_deg=300.0,
        marks=marks,
        transmission=draw(st.none() | st.floats(0.1, 1.0)),
        direction=draw(st.sampled_from([1, -1])),
        gear_teeth=draw(st.integers(20, 200)),
        has_stops=draw(st.booleans()),
        ideal=draw(st.booleans()),
        calibration=tuple(draw(st.lists(label, max_size=2))),
    )


@given(lens=lenses())
def test_a_saved_lens_comes_back_the_same(tmp_path_factory, lens):
    path = tmp_path_factory.mktemp("lens") / "saved.json"
    save_lens(lens, path)
    assert load_lens(path) == lens


def test_saving_leaves_no_other_file_and_keeps_the_mode(tmp_path):
    path = tmp_path / "saved.json"
    save_lens(load_lens("ideal-50"), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(0o600)
    save_lens(load_lens("ideal-85"), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["saved.json"]
    assert load_lens(path).name == "ideal-85"


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "saved.json"
    save_lens(load_lens("ideal-50"), path)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="the disk is full"):
        save_lens(load_lens("ideal-85"), path)
    assert load_lens(path).name == "ideal-50"
    assert [item.name for item in tmp_path.iterdir()] == ["saved.json"]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileError, match="cannot be written"):
        save_lens(load_lens("ideal-50"), tmp_path / "none" / "saved.json")
