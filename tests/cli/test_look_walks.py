# SPDX-License-Identifier: MIT
"""Walks: the pull that is asked for by what is seen of it is the one that shows it, or it is refused in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import RequestError

ANNA = ("ideal-50", "--plane", "ANNA=1.2m")
TIMED = (*ANNA, "--plane", "DOOR=4m@0..4.15m@2s..4.05m@4s", "--from", "ANNA", "--to", "DOOR")


def look(*words: str) -> dict[str, Any]:
    ran = CliRunner().invoke(build_app(["look"]), ["look", *words, "--json"])
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    facts: dict[str, Any] = json.loads(ran.stdout)
    return facts


def door(facts: dict[str, Any]) -> dict[str, Any]:
    return next(subject for subject in facts["subjects"] if subject["name"] == "DOOR")


@pytest.mark.parametrize("frame", [12, 48, 100])
def test_the_door_that_walks_is_sharp_on_the_frame_asked_for(frame: int) -> None:
    assert door(look(*TIMED, "--sharp-frame", str(frame)))["becomes_sharp_frame"] == frame


def test_the_rack_to_a_walker_is_seen_for_as_long_as_asked() -> None:
    assert look(*TIMED, "--visible", "1.5")["visible_s"] == pytest.approx(1.5, abs=1e-6)


@pytest.mark.parametrize("walk", ["DOOR=6m..4m", "DOOR=4m..6m..3m"])
def test_a_walk_without_times_takes_as_long_as_the_pull(walk: str) -> None:
    asked = (*ANNA, "--plane", walk, "--from", "ANNA", "--to", "DOOR")
    found = look(*asked, "--sharp-frame", "48")
    same = look(*asked, "--duration", f"{found['duration_s']:.9f}")
    assert door(found)["becomes_sharp_s"] == pytest.approx(door(same)["becomes_sharp_s"], abs=1e-6)
    assert door(found)["becomes_sharp_frame"] == 48


def test_the_rack_lands_where_she_is_then() -> None:
    facts = look("ideal-50", "--plane", "ANNA=3m..2m", "--plane", "DOOR=4m", "--from", "DOOR", "--to", "ANNA",
                 "--duration", "2")  # fmt: skip
    assert facts["to_m"] == pytest.approx(2.0)
    assert facts["is_rack"]


@pytest.mark.parametrize("fps", ["24", "48", "25"])
def test_frames_of_a_walk_are_of_the_shot_s_rate(fps: str) -> None:
    walk = ("ANNA=4m@0..2m@48f", "DOOR=6m")
    asked = ("--from", "DOOR", "--to", "ANNA", "--duration", "48f", "--fps", fps)
    assert look("ideal-50", *(word for one in walk for word in ("--plane", one)), *asked)["to_m"] == pytest.approx(2.0)
    planned = plan(*(word for one in walk for word in ("--subject", one)), *asked)
    assert planned["marks"][1]["distance_m"] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--sharp-frame", "100000000"), "too long to draw"),
        (("--visible", "3000"), "too long to draw"),
        (("--sharp-frame", "0"), "not after GO"),
    ],
)
@pytest.mark.parametrize("planes", [TIMED, ("ideal-50", "--from", "2m", "--to", "4m")])
def test_what_no_pull_shows_is_refused_in_words(planes: tuple[str, ...], words: tuple[str, ...], says: str) -> None:
    with pytest.raises(RequestError, match=says):
        look(*planes, *words)


def test_a_walk_that_no_duration_suits_is_refused() -> None:
    near = (*ANNA, "--plane", "DOOR=1.21m@0..1.22m@1s", "--from", "ANNA", "--to", "DOOR")
    with pytest.raises(RequestError, match=r"no pull of up to 600 s has|no moment"):
        look(*near, "--visible", "20")


@pytest.mark.parametrize("command", ["plan", "pull"])
def test_a_pull_longer_than_a_day_is_refused(command: str) -> None:
    words = [command, "ideal-50", "--from", "2m", "--to", "4m", "--sharp-frame", "100000000"]
    ran = CliRunner().invoke(build_app([command]), words)
    assert isinstance(ran.exception, RequestError)
    assert "at most a day" in str(ran.exception)


def plan(*words: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(
        CliRunner().invoke(build_app(["plan"]), ["plan", "ideal-50", *words, "--json"]).stdout
    )
    return facts


def test_a_snap_is_as_fast_as_the_lens_and_motor_can() -> None:
    quick = plan("--from", "2m", "--to", "4m", "--duration", "snap")
    assert quick["duration_s"] == pytest.approx(max(0.4, quick["min_duration_s"]))
    far = plan("--from", "inf", "--to", "0.55m", "--duration", "snap")
    assert far["feasible"]
    assert far["duration_s"] == far["min_duration_s"] > 0.4
    short = plan("--from", "3m", "--to", "4m", "--duration", "snap")
    assert short["duration_s"] == 0.4


def test_the_shortest_is_accepted_as_it_is_printed() -> None:
    refused = CliRunner().invoke(
        build_app(["plan"]), ["plan", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.3"]
    )
    words = " ".join(refused.stdout.split())
    said = words.split(" s is the shortest")[0].split()[-1]
    assert plan("--from", "2m", "--to", "4m", "--duration", said)["feasible"]
    assert refused.exit_code == 1
