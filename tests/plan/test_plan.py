# SPDX-License-Identifier: MIT
"""A whole plan: the figures a 1st AC is shown, and the command that prints them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FollowFocusError, InfeasibleError, RequestError
from followfocus.lens.map import LensMap, load_lens
from followfocus.motion.easing import parse_easing
from followfocus.motion.motor import Rig, motor_named
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import Conditions, Plan, make_plan, rig_for

CONTRACT_FIELDS = {
    "ring_deg", "duration_s", "steps", "peak_ring_deg_s", "peak_step_hz", "segments", "worst_step_error_us",
    "half_dof_deg", "from_soft_s", "to_sharp_s", "feasible", "binding", "min_duration_s",
}  # fmt: skip


@pytest.fixture(name="fifty")
def _fifty() -> LensMap:
    return load_lens("ideal-50")


def _rack(lens: LensMap, from_m: float, to_m: float, duration_s: float, easing: str = "minjerk") -> Plan:
    marks = Mark("A", lens.ring_deg(from_m)), Mark("B", lens.ring_deg(to_m))
    return make_plan(lens, Pull.between(*marks, duration_s, parse_easing(easing)))


def test_the_textbook_rack(fifty: LensMap) -> None:
    """50 mm T1.4, Super 35, 2 m to 4 m in 2 s on a 300° ring with 0.55 m close focus."""
    plan = _rack(fifty, 2.0, 4.0, 2.0)
    assert plan.pull.travel_deg == pytest.approx(41.25)
    assert plan.sharpness.from_soft_s == pytest.approx(0.39, abs=0.005)
    assert plan.sharpness.to_sharp_s == pytest.approx(1.61, abs=0.005)
    assert plan.motion.peak_speed == pytest.approx(1.875 * 41.25 / 2)
    assert plan.direction == "near to far"
    assert plan.register == "moderate"
    assert plan.profile.steps == pytest.approx(41.25 * plan.rig.steps_per_deg, abs=1)


def test_the_facts_hold_the_contract_and_are_json(fifty: LensMap) -> None:
    facts = _rack(fifty, 2.0, 4.0, 2.0).facts()
    assert set(facts) >= CONTRACT_FIELDS
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert facts["feasible"] is True
    assert facts["binding"] is None


def test_a_pull_from_infinity_has_facts_without_infinities(fifty: LensMap) -> None:
    facts = _rack(fifty, float("inf"), 1.0, 2.0).facts()
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert facts["direction"] == "far to near"


def test_what_cannot_be_done_says_which_limit_and_how_long(fifty: LensMap) -> None:
    plan = _rack(fifty, float("inf"), 0.55, 0.2)
    assert not plan.feasibility.feasible
    with pytest.raises(InfeasibleError, match="shortest") as caught:
        plan.feasibility.refuse()
    assert caught.value.min_duration_s == pytest.approx(plan.feasibility.min_duration_s)
    at_shortest = _rack(fifty, float("inf"), 0.55, plan.feasibility.min_duration_s * 1.001)
    assert at_shortest.feasibility.feasible


def test_a_weak_motor_on_a_stiff_ring_is_named_beforehand(fifty: LensMap) -> None:
    rig = Rig(motor=motor_named("nema11"), ring_friction_nm=0.2)
    pull = Pull.between(Mark("A", 0.0), Mark("B", 300.0), 0.4)
    found = make_plan(fifty, pull, rig=rig).feasibility
    assert not found.feasible
    assert found.binding


def test_marks_that_stay_sharp_together_are_no_rack(fifty: LensMap) -> None:
    assert any("o rack" in warning for warning in _rack(fifty, 4.0, 4.05, 2.0).warnings())


def test_the_rig_takes_gear_and_direction_from_the_lens(fifty: LensMap) -> None:
    assert rig_for(fifty).lens_teeth == fifty.gear_teeth


def test_a_mark_off_the_ring_is_refused(fifty: LensMap) -> None:
    with pytest.raises(RequestError):
        make_plan(fifty, Pull.between(Mark("A", 0.0), Mark("B", 301.0), 1.0))


def test_a_stop_wider_than_the_lens_is_refused(fifty: LensMap) -> None:
    with pytest.raises(RequestError, match=r"opens to T1\.4"):
        make_plan(fifty, Pull.between(Mark("A", 80.0), Mark("B", 40.0), 1.0), Conditions(1.0))


@pytest.mark.parametrize("t_stop", [0.0, -1.4, float("nan")])
def test_a_stop_that_is_none_is_refused(t_stop: float) -> None:
    with pytest.raises(RequestError, match="T-stop"):
        Conditions(t_stop)


# The command -------------------------------------------------------------------------------------------------------


def _plan(*words: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(build_app(["plan"]), ["plan", *words], catch_exceptions=True)
    if isinstance(outcome.exception, FollowFocusError):
        return outcome.exception.exit_code, str(outcome.exception)
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
    return outcome.exit_code, outcome.stdout


RACK = ("ideal-50", "--from", "2m", "--to", "4m")


def test_plan_prints_a_table_and_a_document() -> None:
    code, text = _plan(*RACK, "--duration", "2")
    assert code == 0
    assert "0.39 s" in text
    code, text = _plan(*RACK, "--duration", "1s+24f", "--json")
    assert json.loads(text)["duration_s"] == pytest.approx(2.0)


def test_plan_takes_the_fields_words_and_what_is_to_be_seen() -> None:
    assert json.loads(_plan(*RACK, "--duration", "moderate", "--json")[1])["duration_s"] == 1.5
    visible = json.loads(_plan(*RACK, "--visible", "1", "--json")[1])
    assert visible["to_sharp_s"] - visible["from_soft_s"] == pytest.approx(1.0, abs=1e-6)
    framed = json.loads(_plan(*RACK, "--sharp-frame", "37", "--json")[1])
    assert framed["subjects"][-1]["becomes_sharp_frame"] == 37


def test_an_infeasible_plan_is_printed_and_ends_with_one() -> None:
    code, text = _plan("ideal-50", "--from", "inf", "--to", "0.55m", "--duration", "0.2", "--json")
    assert code == 1
    facts = json.loads(text)
    assert facts["feasible"] is False
    assert facts["binding"]
    code, text = _plan("ideal-50", "--from", "inf", "--to", "0.55m", "--duration", "0.2", "--fit", "--json")
    assert code == 0
    assert json.loads(text)["duration_s"] == pytest.approx(facts["min_duration_s"], rel=0.01)


def test_the_picture_is_one(tmp_path: Path) -> None:
    picture = tmp_path / "plan.png"
    assert _plan(*RACK, "--duration", "2", "--plot", str(picture))[0] == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ideal-5", "--from", "2m", "--to", "4m", "--duration", "2"), "ideal-50"),
        (("ideal-50", "--from", "0.3m", "--to", "4m", "--duration", "2"), "0.3"),
        (("ideal-50", "--from", "2m", "--to", "2m", "--duration", "2"), "same place"),
        ((*RACK, "--duration", "0"), "more than 0 s"),
        ((*RACK, "--duration", "-1"), "-1"),
        ((*RACK, "--duration", "nan"), "nan"),
        ((*RACK, "--duration", "inf"), "inf"),
        (RACK, "one duration"),
        ((*RACK, "--duration", "2", "--visible", "1"), "one duration"),
        ((*RACK, "--duration", "2", "--ease", "minjrek"), "minjerk"),
        ((*RACK, "--duration", "2", "--motor", "nema99"), "nema99"),
        ((*RACK, "--duration", "2", "--limits", "none"), "standard"),
        ((*RACK, "--duration", "2", "--stop", "0"), "T-stop"),
        ((*RACK, "--duration", "2", "--plot", "no/such/folder/p.png"), "cannot be written"),
        ((*RACK, "--duration", "2", "--plot", "plan.doc"), ".png"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_two(words: tuple[str, ...], says: str) -> None:
    code, text = _plan(*words)
    assert code == 2
    assert says in text
    assert len(text.splitlines()) <= 2  # what is wrong, and for a file below it what to do


def test_the_program_says_its_version_and_helps() -> None:
    run = [sys.executable, "-m", "followfocus"]
    said = subprocess.run([*run, "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("followfocus ")
    helped = subprocess.run([*run, "--help"], capture_output=True, text=True, check=True).stdout
    for name in ("plan", "pull", "sim", "unit", "ports", "lens", "firmware"):
        assert name in helped


@pytest.mark.parametrize("as_json", [False, True])
def test_an_error_ends_with_its_code_and_nothing_but_its_document_on_standard_output(*, as_json: bool) -> None:
    words = ["plan", "no-such-lens", "--from", "1m", "--to", "2m", "--duration", "1", *(["--json"] if as_json else [])]
    ended = subprocess.run([sys.executable, "-m", "followfocus", *words], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    if as_json:
        assert json.loads(ended.stdout).keys() == {"error", "exit_code"}
    else:
        assert ended.stdout == ""
    assert "no-such-lens" in ended.stderr
    assert "Traceback" not in ended.stderr
