# SPDX-License-Identifier: MIT
"""Takes on and beside every bound are judged as they were, alone and in series; recordings are fitted as they were."""

from __future__ import annotations

import dataclasses
import random
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from benchmarks.take_statistics import DRIFT_SD, ODD_SD, PAGE, drifting, found_in, noise, one_apart, slipped, warming
from followfocus.errors import FollowFocusError
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.takes import context, fit, kept, landings, power, robust, settime, slips, timing, warnings
from followfocus.takes.fit import STRICTER, TOLERANCE, HandFit, fit_hand
from followfocus.takes.log import TakeRow
from followfocus.takes.takes import Take, judge, spread
from followfocus.wire.messages import Cause, Fault
from tests.paper.test_pages_stay import CONTEXT
from tests.support.golden import Cell, assert_goes_as_it_did
from tests.takes.test_takes import PLAN, START, UNIT, evidence

Row = tuple[Cell, ...]
MS = 16_000


def judged(take: Take) -> Row:
    """All that is said of a take but its traces, whose sums are taken."""
    trace = sum((1 + i % 7) * (sample.at_s + sample.ring_deg) for i, sample in enumerate(take.actual))
    told = take.timing
    return (
        take.verdict.name, "; ".join(take.reasons), take.landing_error_deg, take.landing_error_half_dof,
        take.duration_error_ms, take.start_latency_ms, take.clean, take.landed_deg, take.landed_by, take.counter_deg,
        take.actual_s, take.first_edge_ticks, take.last_edge_ticks, len(take.actual), trace, told.words,
        "; ".join(told.reasons),
    )  # fmt: skip


def changed(draw: random.Random) -> dict[str, object]:
    """One or two things that go otherwise than planned, most of them by hardly more or less than is allowed."""
    off = (1, -1)[draw.randrange(2)]
    by = (0, 1, 2, 3, MS - 1, MS, MS + 1, 50 * MS)[draw.randrange(8)] * off
    good = evidence()
    end_deg, half = PLAN.motion.end_deg, PLAN.half_dof_deg
    share = (0.099, 0.101, 0.249, 0.251, 0.499, 0.501, 0.999, 1.001, 2.0)[draw.randrange(9)]
    every: list[dict[str, object]] = [
        {"witness_deg": end_deg + off * share * half}, {"witness_deg": None},
        {"witness_deg": None, "ring_deg": (good.ring_deg or 0.0) + off * share * half},
        {"first_edge_clock": good.first_edge_clock + by}, {"last_edge_clock": good.last_edge_clock + by},
        {"end_clock": good.end_clock + by}, {"steps": good.steps + by % 4 - 2}, {"steps": 0},
        {"position": good.position + by % 5 - 2}, {"profile_id": None}, {"profile_id": (good.profile_id or 0) + 1},
        {"host_hz": 16e6 * (1 + off * (0.0009, 0.0011, 0.004, 0.006, 0.02)[draw.randrange(5)]),
         "host_within_hz": 1000.0},
        {"host_hz": 16.2e6}, {"host_within_hz": 1.0}, {"position_known": False}, {"ring_deg": None},
        {"cause": list(Cause)[draw.randrange(len(Cause))]},
        {"cause": Cause.FAULT, "fault": list(Fault)[draw.randrange(len(Fault))]}, {"reset": True},
        {"lost": "The cable is out."}, {"gap": "The cable was out."}, {"doubt": "it can't be"}, {"refused": "No."},
        {"cause": Cause.NONE, "start_clock": 0}, {"cause": Cause.NONE, "start_clock": 0, "started_utc_s": 5.0},
        {"start_latency_s": None, "start_latency_uncertainty_s": 0.001}, {"started_utc_s": 1.7e9},
    ]  # fmt: skip
    return every[draw.randrange(len(every))]


def test_a_take_is_judged_as_it_was() -> None:
    draw, rows = random.Random(17), [judged(judge(evidence(), PLAN, UNIT))]
    for _ in range(260):
        changes = changed(draw) | (changed(draw) if draw.randrange(2) else {})
        said = evidence(**changes)
        rows.append((*judged(judge(said, PLAN, UNIT)), kept.late_ms(said, PLAN.profile)))
    assert_goes_as_it_did("judged", rows)


@pytest.mark.parametrize(("share", "verdict"), [
    (0.0, "GOOD"), (0.499, "GOOD"), (0.501, "SOFT"), (0.999, "SOFT"), (1.001, "MISSED"),
])  # fmt: skip
@pytest.mark.parametrize("sign", [1, -1])
def test_verdicts_turn_where_they_say(share: float, verdict: str, sign: int) -> None:
    seen = PLAN.motion.end_deg + sign * share * PLAN.half_dof_deg
    take = judge(evidence(witness_deg=seen), PLAN, UNIT)
    assert take.landing_error_half_dof == pytest.approx(sign * share, abs=1e-9)
    assert take.verdict.name == verdict or take.reasons
    if verdict != "GOOD":
        assert f"{share:.1f}" in take.reasons[0] or f"{share:.2f}" in take.reasons[0]


def test_a_spread_is_of_those_that_landed() -> None:
    takes = [judge(evidence(witness_deg=PLAN.motion.end_deg + off), PLAN, UNIT) for off in (0.0, 0.1, -0.05)]
    lost = judge(evidence(lost="gone", cause=Cause.NONE), PLAN, UNIT)
    found = spread([*takes, lost])
    assert found is not None
    assert (found.takes, found.landing_deg, found.duration_ms) == (3, pytest.approx(0.15), pytest.approx(0.0))
    assert spread(takes[:1]) is None
    assert spread([takes[0], lost]) is None


# ---------------------------------------------------------------- series


SERIES = {"noise": noise, "drifting": drifting, "one-apart": one_apart, "slipped": slipped, "warming": warming}


@pytest.mark.parametrize("name", SERIES)
def test_a_series_tells_what_it_told(name: str) -> None:
    chance, rows = np.random.default_rng(len(name)), list[Row]()
    for count in (2, 3, 4, 5, 6, 7, 9, 12, 20, 45, 61, 300):
        errors = SERIES[name](chance, count)
        found = found_in(errors)
        rows.append((
            count, found.landing_spread_deg, found.landing_sd_deg, found.bias_deg, found.trend_deg, found.next_deg,
            found.rest_deg, str(found.odd), found.standing_deg, found.alarmed, found.too_few, found.slipped_before,
            " ".join(f"{jump.number}:{jump.by_deg:.4f}/{jump.full_steps}" for jump in found.jumps),
            " ".join(found.findings),
        ))  # fmt: skip
        rows.append(("warned", " ".join(warnings.warnings_before(found.landings, DEFAULT_RIG, 0.7))))
        rows.append((
            str(robust.odd_ones(errors, 0.5)), robust.drift(errors), str(robust.new_levels(errors, 0.2)),
            str(robust.new_levels(errors, 0.2, lambda by: abs(by) > 1.0)),
            float(np.abs(robust.off_a_drift(errors)).sum()),
        ))  # fmt: skip
        starts = robust.new_levels(errors, 0.2)
        rows.append(("levels", *robust.level_changes(errors, starts)))
    assert_goes_as_it_did(f"series-{name}", rows)


def test_the_least_score_that_chance_hardly_reaches() -> None:
    # Kendall's tables, 2 % both ways together: more than the 6 of four values, all 10 of five, 13 of six, 17 of seven
    assert [robust.least_score(count) for count in (4, 5, 6, 7)] == [8, 10, 13, 17]
    assert [robust.least_score(count) for count in (10, 30, 60)] == [27, 131, 366]


def test_words_of_power() -> None:
    rows: list[Row] = [
        (n, power.power_words(n, 0.03, 0.05), power.power_words(n, 0.2, 0.05)) for n in (*range(22), 49, 50, 51, 400)
    ]
    assert_goes_as_it_did("power", rows)


def test_the_power_that_is_told_is_the_power_that_was_measured() -> None:
    """Each share is what docs/statistics.md has for so many takes, rounded down by less than a tenth."""
    table = [
        line.split("|")[1:-1]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if "%" in line and line[0] == "|"
    ]
    measured = {int(row[0]): (float(row[2].strip(" %")) / 100.0, float(row[3].strip(" %")) / 100.0) for row in table}
    assert min(power.FOUND) == min(measured) == 3
    for count, shares in power.FOUND.items():
        for told, found in zip(shares, measured[count], strict=True):
            assert told <= found < told + 0.1
    assert all(float(row[1].strip(" %")) / 100.0 <= power.MOST_FALSE for row in table)
    assert (power.DRIFT_SD, power.ODD_SD) == (DRIFT_SD, ODD_SD)


def test_slips_are_told_from_lash_and_from_what_is_neither() -> None:
    rows: list[Row] = []
    rigs = [
        DEFAULT_RIG,
        dataclasses.replace(DEFAULT_RIG, lash_deg=0.0),
        dataclasses.replace(DEFAULT_RIG, lash_deg=20.0),
    ]
    for rig in rigs:
        cycle = 4 * round(rig.ring_deg_per_full_step / rig.ring_deg_per_step)
        for found in (0, 1, -1, 2, 8, cycle - 9, cycle, cycle + 5, cycle + 20, -2 * cycle, 3 * cycle // 2):
            for same_side in (False, True):
                for slack in (0, 3):
                    said = slips.slip_verdict(100, 100 + found, rig, slack, same_side=same_side)
                    rows.append(
                        (found, same_side, slack, said.full_steps, said.known, said.slipped, said.off_deg, said.words)
                    )
        seen = slips.slip_by_angle(40.0 + 4 * rig.ring_deg_per_full_step, 40.0, rig)
        rows.append((seen.full_steps, seen.words))
    assert_goes_as_it_did("slips", rows)


def test_landings_are_made_of_takes_and_of_rows_alike() -> None:
    rows: list[Row] = []
    facts = {
        "last_edge_ticks": 25_600_000, "first_edge_ticks": 900, "steps": 1427, "tick_hz": 16e6, "landed_by": "witness",
        "landed_deg": 20.7, "counter_deg": 20.6, "host_tick_hz": 16_001_000.0, "host_within_ms": 0.05, "host_s": 1.6,
    }  # fmt: skip
    variants: list[dict[str, object]] = [
        {}, {"landed_by": "counter"}, {"landed_deg": None}, {"counter_deg": None}, {"host_within_ms": 0.161},
        {"host_within_ms": 0.159}, {"host_within_ms": None}, {"host_s": 0}, {"host_tick_hz": "x"}, {"steps": None},
        {"last_edge_ticks": 2.5}, {"tick_hz": 0}, {"landed_deg": 0.0}, {"counter_deg": 0.0}, {"host_within_ms": 0.0},
    ]  # fmt: skip
    contexts = [CONTEXT, dataclasses.replace(CONTEXT, microsteps=None),
                dataclasses.replace(CONTEXT, steps_per_deg=None),
                dataclasses.replace(CONTEXT, half_dof_deg=None, lens_serial="")]  # fmt: skip
    for number, change in enumerate(variants):
        for which, of in enumerate(contexts):
            error = None if number == 3 else 0.3
            share = (0.2, None, 0.0, -0.2)[which]
            row = TakeRow(
                7, 1e9, 1e9, 4, of.lens, "27", "" if number == 2 else "27A", of.pull, of.plan_hash, "good", "", "",
                error, share, 0.1, 20.0, facts | change, of,
            )  # fmt: skip
            made = landings.landing_of_row(row)
            rows.append((*(cell if isinstance(cell, (str, float, int)) else None for cell in dataclasses.astuple(made)),
                         made.landing_error_half_dof, made.name, str(made.group)))  # fmt: skip
    for said in (
        evidence(),
        evidence(witness_deg=None),
        evidence(host_hz=16.001e6, host_within_hz=10.0, started_utc_s=9e8),
    ):
        made = landings.landing_of(3, judge(said, PLAN, UNIT), CONTEXT)
        rows.append(
            (*(cell if isinstance(cell, (str, float, int)) else None for cell in dataclasses.astuple(made)), made.name)
        )
    assert_goes_as_it_did("landings", rows)


@pytest.mark.parametrize(("within_ms", "known"), [(0.999, True), (1.0, True), (1.001, False)])
def test_a_rate_that_may_be_off_by_a_ten_thousandth_is_known(within_ms: float, known: bool) -> None:
    facts: dict[str, object] = {"host_tick_hz": 16_001_000.0, "host_within_ms": within_ms, "host_s": 10.0}
    row = TakeRow(
        7, 1e9, 1e9, 4, "x", "27", "27A", "p", "h", "good", "", "", 0.3, 0.2, 0.1, 20.0, facts, CONTEXT
    )  # fmt: skip
    assert landings.landing_of_row(row).host_hz == (16_001_000.0 if known else None)


def test_timing_says_what_it_said() -> None:
    rows: list[Row] = []
    for by in (0, 1, MS // 2, MS, 3 * MS):
        for hz, within in ((None, None), (16e6, 200.0), (16.004e6, 3000.0), (15.9e6, 10.0)):
            told = timing.timing_of(
                evidence(last_edge_clock=evidence().last_edge_clock + by, host_hz=hz, host_within_hz=within), PLAN
            )
            rows.append(
                (
                    by,
                    told.late_ms,
                    told.actual_s,
                    told.host_hz,
                    told.host_within_ms,
                    told.host_s,
                    told.words,
                    "; ".join(told.reasons),
                )
            )
    assert_goes_as_it_did("timing", rows)


# ---------------------------------------------------------------- times of day


def test_frames_of_the_day() -> None:
    rows: list[Row] = []
    for fps in ("24", "25", "23.976", "29.97", "59.94", "47.952", "0.4"):
        for utc_s in (0.0, 1e9 + 0.02, 1e9 + 0.04, 86_399.0, 86_399.99, 86_399.9999):
            for offset_s in (0, 19_800, -28_800):
                frame = context.start_frame(utc_s, fps, offset_s)
                rows.append((fps, utc_s, offset_s, frame, context.timecode_of(utc_s, fps, offset_s)))
    rows.append((context.timecode_of(None, "24"), context.plan_hash(PLAN)))
    assert_goes_as_it_did("frames-of-day", rows)


def test_zones_and_shoot_days() -> None:
    rows: list[Row] = []
    for text in (
        None,
        "set",
        "utc",
        "Z",
        "+05:30",
        "-8",
        "UTC+1",
        "−0300",
        "+14",
        "+14:01",
        "+15",
        "+1:60",
        "Nowhere/x",
        "",
    ):
        try:
            zone = settime.zone_named(text)
            rows.append((text, str(zone), str(settime.local_time(1e9, 3600, zone))))
        except FollowFocusError as error:
            rows.append((text, str(error)))
    rows.append((str(settime.local_time(None, 0)), str(settime.local_time(1e18, 0)), settime.timecode_source(-28_800)))
    west = timezone(timedelta(hours=-8))
    moments = [
        datetime(2026, 3, 1, 5, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 1, 6, 0, tzinfo=UTC),
        datetime(2026, 3, 2, 9, tzinfo=west),
    ]
    rows += [(str(settime.shoot_day(moment)), settime.offset_words(moment)) for moment in moments]
    rows += [(settime.day_words(moments[:n]), settime.clock_words(moments[:n])) for n in range(4)]
    assert_goes_as_it_did("zones", rows)


# ---------------------------------------------------------------- fits


def recording(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """A hand's pull: with rests and turns, or with tremor that no ease has, or with a slow point on its way."""
    times = np.arange(0.0, 5.0, 0.02)

    def ease(start: float, length: float) -> np.ndarray:
        share = np.clip((times - start) / length, 0.0, 1.0)
        return np.asarray(share**3 * (10 + share * (6 * share - 15)))

    ring = {
        "rests": 40 + 60 * ease(0.5, 1.0) - 30 * ease(2.4, 0.8) + 10 * ease(4.0, 0.6),
        "turns": 40 + 30 * np.sin(1.7 * times) + 4 * times,
        "trembles": 40 + 60 * ease(0.3, 3.5) + 1.1 * np.sin(9 * times) * (times > 0.5) * (times < 3.5),
        "slows": 100 - 50 * ease(0.2, 1.5) - 30 * ease(1.3, 2.6),
        "steps": np.round((40 + 60 * ease(0.5, 3.0)) * 2) / 2,
    }[kind]
    return times, ring


@pytest.mark.parametrize("kind", ["rests", "turns", "trembles", "slows", "steps"])
@pytest.mark.parametrize("half_dof_deg", [0.6, 4.0])
def test_a_hand_is_fitted_as_near_as_it_was(kind: str, half_dof_deg: float) -> None:
    times, ring = recording(kind)
    found = fit_hand(times, ring, half_dof_deg)
    rows: list[Row] = [(len(found.moves), round(found.worst_half_dof, 2), round(found.beyond_deg, 3))]
    rows += [
        (round(move.start_s, 2), round(move.duration_s, 2), round(move.from_deg, 2), round(move.to_deg, 2),
         len(move.via))
        for move in found.moves
    ]  # fmt: skip
    assert_goes_as_it_did(f"hand-fit-{kind}-{half_dof_deg:g}", rows)


def test_each_further_try_is_asked_for_less_and_the_best_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(STRICTER) == sorted(STRICTER, reverse=True)
    times, ring = recording("steps")
    offs, asked = list[float](), list[float]()

    def tried(_times: object, _ring: object, _half: float, tolerance: float) -> HandFit:
        asked.append(tolerance)
        return HandFit((), 0.0, offs[len(asked) - 1])

    monkeypatch.setattr(fit, "_fit", tried)
    for found, kept_off, tries in (
        ([0.5], 0.5, 1), ([0.9, 0.5], 0.5, 2), ([0.9, 0.7, 0.8, 0.6], 0.6, 4), ([0.7, 0.9, 0.8, 0.8], 0.7, 4),
    ):  # fmt: skip
        asked.clear()
        offs[:] = found
        assert fit_hand(times, ring, 1.0).worst_half_dof == kept_off
        assert asked == [TOLERANCE, *(TOLERANCE * share for share in STRICTER)][:tries]


def test_a_start_is_where_the_evidence_says() -> None:
    assert judge(evidence(), PLAN, UNIT).start_clock == START
