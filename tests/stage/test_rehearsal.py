# SPDX-License-Identifier: MIT
"""Cues played on the simulated unit in virtual time: alike to the tick, kept before the next, ended cleanly."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.cli.take_words import end_with
from followfocus.errors import InfeasibleError, JobError, LineError, RequestError
from followfocus.lens.map import load_lens
from followfocus.show.cues import After, Standby, added, with_trim
from followfocus.show.file import show_to_json, write_show
from followfocus.show.show import Show, ShowLens, new_show
from followfocus.stage.orders import Shoot
from followfocus.stage.prepare import prepare
from followfocus.stage.rehearsal import Rehearsal
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from followfocus.takes.slips import SlipVerdict
from followfocus.takes.takes import Take
from followfocus.unit.connect import open_unit
from followfocus.unit.unit import Progress
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State, StopInput
from tests.support.shows import LENS


def short_show(duration_s: float = 0.8) -> Show:
    show = new_show("Übung", LENS)
    return show.with_pull(dataclasses.replace(show.pulls[0], duration_s=duration_s))


def list_of_three(follow_s: float | None = 1.0) -> Show:
    """There, back, and a pull with a hold for GO in the middle."""
    show = added(added(short_show(), 0, way_back=True), 1)
    third = show.pull(show.cues[2].pull)
    marks = (third.marks[0], dataclasses.replace(third.marks[0], ring_deg=60.0, hold_for_go=True), third.marks[1])
    show = show.with_pull(dataclasses.replace(third, marks=marks, duration_s=1.0))
    cues = (dataclasses.replace(show.cues[0], follow_s=follow_s), *show.cues[1:])
    return dataclasses.replace(show, cues=cues)


def test_ten_takes_are_alike_to_the_step_and_the_tick() -> None:
    kept: list[tuple[Take, TakeContext]] = []
    show = short_show()
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit:
        rehearsal = Rehearsal(unit, show, lambda take, context: kept.append((take, context)))
        played = list(rehearsal.run(Standby(), 10))
    assert len(played) == len(kept) == 10
    assert {(take.steps, take.first_edge_ticks, take.last_edge_ticks, take.counter_deg) for take, _ in kept} == {
        (kept[0][0].steps, kept[0][0].first_edge_ticks, kept[0][0].last_edge_ticks, kept[0][0].counter_deg)
    }
    assert [str(context.slate) for _, context in kept] == [f"1 take {n}" for n in range(1, 11)]
    assert len({context.plan_hash for _, context in kept}) == 1
    assert rehearsal.show.slate.take == 11


def test_a_follow_on_of_minutes_is_counted_in_all_bits_of_the_clock() -> None:
    """A clock of 16 MHz passes 32 bits every 268 s; this one follows on after 269."""
    show = list_of_three(269.0)
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit:
        played = list(Rehearsal(unit, show).run(Standby(), 1, After.LIST))
    assert played[1].after_landing_s == pytest.approx(269.0, abs=0.05)


def test_a_list_follows_on_by_the_units_clock_and_plays_its_parts() -> None:
    show = list_of_three(1.0)
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit:
        played = list(Rehearsal(unit, show).run(Standby(), 1, After.LIST))
    assert [(p.context.cue, p.context.part) for p in played] == [("1", 1), ("2", 1), ("3", 1), ("3", 2)]
    assert all(p.take.verdict.usable for p in played)
    assert played[0].after_landing_s is None
    assert played[1].after_landing_s == pytest.approx(1.0, abs=0.002)
    assert played[2].after_landing_s is not None
    assert {p.take.take for p in played} == {1}


def test_a_take_is_kept_before_the_next_can_arm() -> None:
    states: list[State | None] = []
    show = short_show()
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit:
        rehearsal = Rehearsal(unit, show, lambda _take, _context: states.append(unit.status.state))
        list(rehearsal.run(Standby(), 3))
    assert states == [State.LOADED] * 3


def test_there_and_back() -> None:
    show = short_show()
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit:
        played = list(Rehearsal(unit, show).run(Standby(), 4, After.PINGPONG))
    marks = [mark.ring_deg for mark in show.pulls[0].marks]
    landings = [p.take.landed_deg for p in played]
    assert landings == [pytest.approx(marks[i], abs=0.05) for i in (1, 0, 1, 0)]


def test_a_trim_moves_the_landing_and_no_mark() -> None:
    show = short_show()
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit:
        played = list(Rehearsal(unit, with_trim(show, Standby(), 1, 0.10)).run(Standby(), 3))
        played += Rehearsal(unit, show).run(Standby(), 1)
    landings_m = [LENS.distance_m(one.take.landed_deg or 0.0) for one in played]
    assert landings_m == pytest.approx([4.10, 4.10, 4.10, 4.00], abs=0.01)
    assert [one.context.marks[1].trim_m for one in played] == pytest.approx([0.1, 0.1, 0.1, 0.0])


def test_a_fault_ends_it_with_what_was_played() -> None:
    show = short_show()
    with open_unit(fast=True, rig=show.unit.rig(LENS), faults=("reset:take2+0.3s",)) as unit:
        played = list(Rehearsal(unit, show).run(Standby(), 5))
    assert [p.take.verdict.value for p in played] == ["good", "faulted"]


def test_a_slip_is_found_before_the_next_take() -> None:
    show, told = short_show(), list[SlipVerdict]()
    with open_unit(fast=True, rig=show.unit.rig(LENS), faults=["slip:take3+0.4s"]) as unit:
        rehearsal = Rehearsal(unit, show, check_slips=True, tell=told.append)
        with pytest.raises(JobError, match="slipped by 4 full steps"):
            list(rehearsal.run(Standby(), 10))
    assert [verdict.full_steps for verdict in told] == [0, 0, -4]


def test_a_unit_that_nothing_sees_touches_its_stop_before_the_next_take() -> None:
    show, told = short_show(), list[SlipVerdict]()
    with open_unit(fast=True, rig=show.unit.rig(LENS), stops_deg=(0.0, LENS.travel_deg)) as unit:
        unit.witness = None
        unit.apply(dataclasses.replace(unit.config, stop_input=StopInput.HOME_SWITCH))
        played = list(Rehearsal(unit, show, check_slips=True, tell=told.append).run(Standby(), 3))
    assert [one.take.verdict.usable for one in played] == [True] * 3
    assert [(verdict.full_steps, verdict.known) for verdict in told] == [(0, True)] * 2


def test_marks_keep_their_letters_on_the_way_back_and_in_parts() -> None:
    show = list_of_three(None)
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit:
        played = list(Rehearsal(unit, show).run(Standby(), 1, After.LIST))
    assert ["".join(mark.letter for mark in one.context.marks) for one in played] == ["AB", "BA", "AB", "BC"]


def test_ctrl_c_as_the_ring_lands_keeps_the_take_and_ends_the_run() -> None:
    show, kept = short_show(), list[Take]()

    @contextlib.contextmanager
    def interrupting(_order: Shoot) -> Iterator[Progress]:
        def progress(elapsed_s: float, _status: UnitStatus) -> None:
            if elapsed_s > 0.79 and not interrupted:
                interrupted.append(True)
                raise KeyboardInterrupt

        yield progress

    interrupted: list[bool] = []
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit:
        rehearsal = Rehearsal(unit, show, lambda take, _context: kept.append(take), interrupting)
        played = list(rehearsal.run(Standby(), 5))
    assert interrupted
    assert len(played) == len(kept) == 1
    assert kept[0].interrupted
    with pytest.raises(JobError, match=r"Interrupted|stopped"):
        end_with(kept)


def test_another_lens_is_not_driven_on(tmp_path: Path) -> None:
    show = added(short_show(), 0)
    other = load_lens("ideal-85")
    show = show.with_lens(ShowLens("long", other))
    second = show.pull(show.cues[1].pull)
    marks = tuple(dataclasses.replace(mark, ring_deg=deg) for mark, deg in zip(second.marks, (80.0, 40.0), strict=True))
    show = show.with_pull(dataclasses.replace(second, lens="long", marks=marks))
    kept: list[Take] = []
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit:
        rehearsal = Rehearsal(unit, show, lambda take, _context: kept.append(take))
        with pytest.raises(JobError, match="Cue 2 is on ideal-85"):
            list(rehearsal.run(Standby(), 1, After.LIST))
    assert len(kept) == 1


def test_a_trim_that_leaves_the_scale_is_refused() -> None:
    show = short_show()
    first = show.pulls[0]
    far = show.with_pull(
        dataclasses.replace(first, marks=(dataclasses.replace(first.marks[0], ring_deg=0.0), first.marks[1]))
    )
    with pytest.raises(RequestError, match="can't be trimmed"):
        with_trim(far, Standby(), 0, 0.5)
    assert with_trim(far, Standby(), 1, 0.5).pulls[0].marks[1].trim_m == 0.5


def test_a_disk_that_is_full_costs_no_take(tmp_path: Path) -> None:
    path, log = tmp_path / "day.ffshow", tmp_path / "day.db"
    write_show(short_show(), path)
    script = (
        "import resource, sys\n"
        "from followfocus.takes import log as takelog\n"
        "from followfocus.cli import main\n"
        "real, count = takelog.TakeLog.close, [0]\n"
        "def close(self, *given):\n"
        "    count[0] += 1\n"
        "    full = 64 if count[0] == 2 else resource.RLIM_INFINITY\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))\n"
        "    try:\n"
        "        return real(self, *given)\n"
        "    finally:\n"
        "        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n"
        "takelog.TakeLog.close = close\n"
        "sys.exit(main())\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", script, "rehearse", str(path), "--takes", "3", "--fast"]
    done = subprocess.run([*command, "--log", str(log), "--json"], capture_output=True, text=True, check=False)
    assert (done.returncode, len(json.loads(done.stdout)["takes"])) == (0, 3), done.stderr
    assert "1 take is kept here and tried again" in done.stderr
    with TakeLog(log) as kept:
        assert [row.take for row in kept.rows()] == [1, 2, 3]


def test_what_a_limit_forbids_is_not_played() -> None:
    with pytest.raises(InfeasibleError):
        prepare(short_show(0.05), Standby())


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(build_app(["rehearse"]), ["rehearse", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_the_command_plays_logs_and_tells(tmp_path: Path) -> None:
    show, log = tmp_path / "day.ffshow", tmp_path / "day.db"
    write_show(list_of_three(), show)
    code, said = _run(str(show), "--cue", "2", "--takes", "3", "--fast", "--log", str(log), "--json")
    facts = json.loads(said)
    assert code == 0
    assert [take["slate"] for take in facts["takes"]] == ["1 take 1", "1 take 2", "1 take 3"]
    assert {take["verdict"] for take in facts["takes"]} == {"good"}
    assert {take["cue"] for take in facts["takes"]} == {"2"}
    with TakeLog(log) as kept:
        assert [(row.context.cue, row.context.production) for row in kept.rows()] == [("2", "Übung")] * 3
    code, said = _run(str(show), "--through", "--fast")
    assert "cue 3" in said
    assert _run(str(show), "--trim", "B=+5cm", "--fast", "--json")[0] == 0


def test_the_command_checks_for_slips(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    write_show(short_show(), path)
    asked = ["rehearse", str(path), "--takes", "5", "--fast", "--fault", "slip:take2+0.4s", "--check-slips"]
    done = CliRunner().invoke(build_app(["rehearse"]), [*asked, "--log", str(tmp_path / "day.db")])
    assert isinstance(done.exception, JobError)
    assert "home it before the take" in str(done.exception)
    assert done.stderr.count("Before the next take:") == 2
    with TakeLog(tmp_path / "day.db") as log:
        assert log.count() == 2


def test_the_command_says_what_cannot_be(tmp_path: Path) -> None:
    show = tmp_path / "day.ffshow"
    write_show(short_show(), show)
    for words, what in (
        (("--cue", "9"), "no cue “9”"), (("--takes", "0"), "at least once"), (("--trim", "B5"), "isn.t a trim"),
        (("--trim", "F=5cm"), "no mark F"), (("--pingpong", "--through"), "not both"),
    ):  # fmt: skip
        with pytest.raises(Exception, match=what):
            _run(str(show), *words, "--fast")
    with pytest.raises((JobError, LineError)):
        _run(str(show), "--takes", "3", "--fast", "--fault", "reset:take2+0.3s")


def test_what_a_person_must_know_of_a_show_is_said(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    document = json.loads(show_to_json(short_show())) | {"version": 2, "hologram": 1}
    path.write_text(json.dumps(document), "utf-8")
    for words in (["show", "cues", str(path)], ["rehearse", str(path), "--fast"]):
        done = CliRunner().invoke(build_app([words[0]]), words)
        assert done.exit_code == 0, done.exception
        assert "newer version 2" in " ".join(done.stderr.split())


def test_the_units_own_step_rate_counts_where_a_unit_is_known() -> None:
    """Fine microsteps ask for 80,000 steps a second: too many for any unit, not for this one."""
    show = short_show(0.3)
    show = dataclasses.replace(show, unit=dataclasses.replace(show.unit, microsteps=128, limits="fast"))
    with pytest.raises(InfeasibleError, match="steps/s"):
        prepare(show, Standby())
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit:
        [played] = Rehearsal(unit, show).run(Standby(), 1)
        assert unit.info is not None
        slower = dataclasses.replace(unit.info, fastest_interval_ticks=400)
        with pytest.raises(InfeasibleError, match="steps/s"):
            prepare(show, Standby(), slower)
    assert played.take.verdict.usable
    assert 1.875 * played.take.steps / played.take.planned_s > 40_000
