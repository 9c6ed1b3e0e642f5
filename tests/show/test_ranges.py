# SPDX-License-Identifier: MIT
"""Numbers at the edge are refused where they stand: what `check` passes also plays."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, RequestError
from followfocus.lens.map import load_lens
from followfocus.show.file import read_show, show_to_json
from followfocus.show.ranges import check_ranges
from followfocus.show.show import new_show
from followfocus.units import checked_distance, parse_distance

LENS = load_lens("ideal-50")


def _document() -> dict[str, dict[str, object]]:
    made: dict[str, dict[str, object]] = json.loads(show_to_json(new_show("Day", LENS)))
    return made


def _refusal(tmp_path: Path, document: object) -> str:
    path = tmp_path / "edge.ffshow"
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(FileError) as caught:
        read_show(path)
    checked = CliRunner().invoke(build_app(["show"]), ["show", "check", str(path)])
    assert checked.exit_code == 1
    return str(caught.value)


@pytest.mark.parametrize("value", [1e308, -1e308, -1.0, 10**400, float("nan"), float("inf")])
@pytest.mark.parametrize(("key", "words"), [
    ("lash_deg", "lash"), ("drive_current_a", "drive_current|drive current"), ("volts", "volt"),
])  # fmt: skip
def test_a_unit_at_the_edge_is_refused(tmp_path: Path, key: str, words: str, value: float) -> None:
    document = _document()
    document["unit"][key] = value
    said = _refusal(tmp_path, document)
    assert any(word in said for word in words.split("|"))


@pytest.mark.parametrize("value", [1e308, -1e308, 1e-320, 0.0, 10**400])
@pytest.mark.parametrize("key", ["duration_s", "t_stop", "coc_mm"])
def test_a_pull_at_the_edge_is_refused(tmp_path: Path, key: str, value: float) -> None:
    document = _document()
    document["pulls"][0][key] = value  # type: ignore[index]
    assert "pulls[0]" in _refusal(tmp_path, document)


@pytest.mark.parametrize(
    ("key", "value"), [("microsteps", 3), ("microsteps", 10**400), ("direction", 0), ("motor_teeth", 0)]
)
def test_gears_and_drivers_that_nobody_makes_are_refused(tmp_path: Path, key: str, value: int) -> None:
    document = _document()
    document["unit"][key] = value
    assert key.replace("_", " ") in _refusal(tmp_path, document)


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("ring_deg", -1.0, 3600.0), ("trim_m", -1000.0, 1000.0), ("hold_s", 0.0, 86_400.0),
        ("duration_s", 0.001, 3600.0), ("t_stop", 0.1, 128.0), ("focal_mm", 0.5, 5000.0), ("coc_mm", 0.0001, 1.0),
        ("follow_s", 0.0, 86_400.0), ("lead_s", 0.0, 3600.0), ("rec_hold_s", 0.0, 3600.0),
        ("stop_rec_s", 0.0, 3600.0), ("volts", 1.0, 100.0), ("drive_current_a", 0.01, 20.0),
        ("microsteps", 1, 256), ("motor_teeth", 5, 1000), ("direction", -1, 1), ("lash_deg", 0.0, 30.0),
    ],
)  # fmt: skip
def test_both_ends_of_a_range_are_in_it_and_what_is_said_of_it_is_so(name: str, least: float, most: float) -> None:
    check_ranges("It", **{name: least})
    check_ranges("It", **{name: most})
    check_ranges("It", **{name: None})
    for beyond in (math.nextafter(least, -math.inf), math.nextafter(most, math.inf)):
        with pytest.raises(RequestError) as caught:
            check_ranges("It", **{name: beyond})
        assert [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", caught.value.remedy)] == [least, most]


def test_a_number_too_long_to_write_is_far_too_much() -> None:
    with pytest.raises(RequestError, match="of 1e\\+14 s"):
        check_ranges("It", hold_s=10**14)
    for much in (10**15, -(10**15), 10**400):
        with pytest.raises(RequestError, match="of far too much s"):
            check_ranges("It", hold_s=much)


@pytest.mark.parametrize("key", ["follow_s", "lead_s"])
def test_a_cue_at_the_edge_is_refused(tmp_path: Path, key: str) -> None:
    document = _document()
    document["cues"][0][key] = 1e308  # type: ignore[index]
    assert "Cue 1 has a" in _refusal(tmp_path, document)


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.ffshow"
    path.write_text("[" * 100_000 + "]" * 100_000)
    with pytest.raises(FileError, match="is not a show"):
        read_show(path)


@pytest.mark.parametrize("half", ["\\ud800", "\\udc00", "\\ud83c\\ud83c"])
def test_half_a_character_in_a_lens_is_refused_with_its_line(tmp_path: Path, half: str) -> None:
    path = tmp_path / "half.json"
    entry = json.dumps(_document()["lenses"][0]["lens"], indent=1)  # type: ignore[index]
    path.write_text(entry.replace('"ideal-50"', f'"a{half}b"'), "utf-8")
    with pytest.raises(FileError, match=r"half a character .* in line 5"):
        load_lens(path)


@pytest.mark.parametrize(("metres", "words"), [(1e308, "write inf"), (1e-200, "not in front")])
def test_a_mark_beyond_every_scale_is_refused(tmp_path: Path, metres: float, words: str) -> None:
    path = tmp_path / "far.json"
    entry = _document()["lenses"][0]["lens"]  # type: ignore[index]
    entry["lens"]["marks"][0]["distance_m"] = metres
    path.write_text(json.dumps(entry), "utf-8")
    with pytest.raises(FileError, match=words):
        load_lens(path)


@pytest.mark.parametrize("text", ["1e308m", "1e-320m", "2e6m"])
def test_a_distance_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        parse_distance(text)
    with pytest.raises(RequestError):
        checked_distance(float(text[:-1]))


@pytest.mark.parametrize("wrong", [{"take": 2**63}, {"setup": 10**400}, {"slate": 10**9}, {"take": 70_000}])
def test_a_slate_that_no_board_has_is_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    document = _document()
    document["slate"] |= wrong
    assert "slate" in _refusal(tmp_path, document)


@pytest.mark.parametrize("key", ["nominalFocalLength", "tStop", "close_focus_m", "travel_deg", "gear_module_mm"])
@pytest.mark.parametrize("value", [1e308, 1e-320, 0.0])
def test_a_lens_at_the_edge_is_refused(tmp_path: Path, key: str, value: float) -> None:
    path = tmp_path / "edge.json"
    entry = _document()["lenses"][0]["lens"]  # type: ignore[index]
    entry["lens"][key] = value
    path.write_text(json.dumps(entry), "utf-8")
    with pytest.raises(FileError) as caught:
        load_lens(path)
    assert key in str(caught.value) or "must be above" in str(caught.value)
