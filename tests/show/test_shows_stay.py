# SPDX-License-Identifier: MIT
"""Shows are walked, edited, read, refused and saved as they were: golden rows, tables of bounds, torn records."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import json
import math
import os
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from followfocus.errors import FileError, FollowFocusError, RequestError
from followfocus.hand.blend import Together
from followfocus.lens.drift import Drift
from followfocus.lens.formats import FORMATS
from followfocus.lens.map import load_lens
from followfocus.lens.subjects import Subject, SubjectTrack
from followfocus.motion.pull import Pull
from followfocus.show import cue_hand, cue_start, cues, document, file, slate, walks
from followfocus.show.cues import After, Standby
from followfocus.show.journal import FLUSH_S, Journal, Recovered, journal_path, recover
from followfocus.show.lock import lock_path
from followfocus.show.show import Show, ShowCue, ShowLens, ShowMark, ShowPull, ShowUnit, new_show
from followfocus.show.still import KnownSpot, OwnStill
from tests.support.golden import Cell, assert_goes_as_it_did, facts_told
from tests.support.shows import LENS, full_show

Row = tuple[Cell, ...]


def told(work: Callable[..., object], *given: object, **more: object) -> str:
    try:
        return repr(work(*given, **more))
    except FollowFocusError as error:
        return "; ".join([str(error), *getattr(error, "problems", ())])


def busy_show() -> Show:
    """Walkers, zooms, stills, parts there and back, wheels, cameras, a lens that is off."""
    anna = Subject("ANNA", SubjectTrack((0.0, 1.0, 4.0), (3.0, 2.2, 1.5)))
    zoom = dataclasses.replace(LENS, name="Zoom", focal_range_mm=(24.0, 80.0))
    three = (ShowMark(40.0, "Bed", hold_s=0.5), ShowMark(90.0, hold_for_go=True), ShowMark(160.0, "Desk", trim_m=-0.02))
    walked = (ShowMark(55.0, "Door", hold_s=3.0), ShowMark(70.0, subject="ANNA", hold_s=0.7),
              ShowMark(99.0, "Bed", trim_m=0.1),
              ShowMark(30.0, subject="ANNA", trim_m=0.05))  # fmt: skip
    still = OwnStill(Path("a.jpg"), Path("a.png"), (KnownSpot(0.0, 1.0, 2.0), KnownSpot(0.5, 0.25, 4.0)))
    pulls = (
        ShowPull("1", "L", three, 3.0, "sine", 2.0, name="there", still=still),
        ShowPull("2", "Z", walked, 5.0, subjects=(anna,), zoom="24@0..70@2s..50@6s"),
        ShowPull("3", "Z", (ShowMark(20.0), ShowMark(80.0, trim_m=-0.3)), 1.0, focal_mm=70.0),
        ShowPull(
            "4", "L", (three[0], ShowMark(60.0, hold_for_go=True), ShowMark(50.0, hold_for_go=True), *three[1:]), 2.0
        ),
    )
    shown = (
        ShowCue("1", "1", rec_hold_s=2.0, hand="ride", hand_within_m=0.05, hand_keep=True),
        ShowCue("2", "1", back=True, hand="take over"), ShowCue("2.5", "2", at_timecode="01:00:10:00", hand="scrub"),
        ShowCue("3", "3", stop_rec_s=1.0, lead_s=2.0), ShowCue("X", "4", back=True, hand="ride"),
    )  # fmt: skip
    return Show("Busy", (ShowLens("L", LENS, Drift(0.02)), ShowLens("Z", zoom)), pulls, shown, film=FORMATS["mft"])


def part_rows(part: Pull) -> list[Row]:
    rows: list[Row] = [(m.name, m.letter, m.ring_deg, m.hold_s) for m in part.marks]
    return [*rows, tuple(leg.duration_s for leg in part.legs)]


def test_what_stands_by_is_played_as_it_was() -> None:
    rows: list[Row] = []
    for show in (busy_show(), full_show()):
        for number, turned in itertools.product(range(len(show.cues)), (False, True)):
            at = Standby(number, turned=turned)
            for part, played in enumerate(cues.parts(show, at)):
                here = dataclasses.replace(at, part=part)
                rows += [
                    (number, part, turned, *cues.span(show, here), cues.hand_words(show, here)),
                    *part_rows(played),
                ]
                rows += [(str(cues.landed(show, here, after)),) for after in After]
                pull = cues.standing_pull(show, here)
                lens, back = show.lens(pull.lens), cues.standing_cue(show, here).back != turned
                rows += [(told(pull.seen, played, lens, back=back), str(pull.zoomed(played, lens, back=back)[1]))]
                rows += [(pull.zoomed(played, lens, back=back)[0].focal_length_mm, str(pull.trims(lens)))]
    assert_goes_as_it_did("standby", rows)


def test_the_list_is_edited_as_it_was() -> None:
    """A seeded person who skips, goes back, adds, takes away, moves and trims, far too much."""
    rows: list[Row] = []
    draw, show, at = random.Random(17), busy_show(), Standby()
    for _ in range(400):
        number = draw.randrange(len(show.cues))
        mark, metres = draw.randrange(-1, 5), draw.choice((0.0, 0.05, -0.2, 3.0, -9.0))
        way, to = draw.random() < 0.5, draw.randrange(len(show.cues))
        does: dict[str, Callable[[], Show | Standby | None]] = {
            "landed": partial(cues.landed, show, at, draw.choice(list(After))),
            "skip": partial(cues.skip, show, at),
            "back": partial(cues.back, show, at),
            "jump": partial(cues.jump, show, f" {show.cues[number].number}".lower()),
            "trim": partial(cues.with_trim, show, at, mark, metres),
            "add": partial(cues.added, show, number, way_back=way),
            "remove": partial(cues.removed, show, number),
            "move": partial(cues.moved, show, number, to),
            "nobody": partial(cues.jump, show, "99"),
            "far": partial(Standby, number + 3),
        }
        name = draw.choice(list(does))
        try:
            found = does[name]()
        except RequestError as error:
            rows.append((name, str(error)))
            at = Standby() if at.cue >= len(show.cues) else at
            continue
        show, at = (found, at) if isinstance(found, Show) else (show, found or Standby())
        trims = [m.trim_m for m in cues.standing_pull(show, at).marks] if at.cue < len(show.cues) else []
        listed = " ".join(f"{cue.number}:{cue.pull}{'<' if cue.back else ''}" for cue in show.cues)
        rows.append((name, at.cue, at.part, at.turned, listed, len(show.pulls), *trims))
    assert_goes_as_it_did("cue-list", rows)


@pytest.mark.parametrize(
    ("numbers", "at", "free"),
    [
        (("1", "2"), 0, "1.5"), (("1", "2"), 1, "3"), (("1", "3"), 0, "2"), (("1.5", "2"), 0, "1.75"),
        (("A", "2"), 0, "A 2"),
        (("1", "B"), 0, "1 2"), (("1", "2", "1 2", "1.5"), 0, "1.5 2"), (("2.5",), 0, "3"), (("1", "2.1"), 0, "2"),
    ],
)  # fmt: skip
def test_a_cue_in_between_gets_a_number_in_between(numbers: tuple[str, ...], at: int, free: str) -> None:
    plain = full_show()
    show = dataclasses.replace(plain, cues=tuple(ShowCue(number, "1") for number in numbers))
    assert cues.free_number(show, at) == free


# Slates, starts, hands ----------------------------------------------------------------------------------------------


def test_slates_are_read_as_they_were() -> None:
    rows: list[Row] = []
    texts = (
        "27", "27A", "27A/4", "27A-4", "27-4", "27 - 4", "27A tk 4", "27A tk. 4", "27atake4", "27A # 12", "27PU",
        "27A PU MOS t4",
        "27A MOS t4 PU", "27I", "27AB", "27ABC", "slate 412 take 2", "sl. 412", "412", "412/3", "412A", "INT. BAR",
        "INT. BAR MOS",
        "INT. BAR plate take 7", "27 series 3", "", "  ", "-", "27A take 0", "27A take 65535", "27A take 65536", "3A",
        "3A/2",
        "3a mos", "slate 0", "slate 1000000", "slate 1000001", "x" * 60, "x" * 61, "27 t 3", "27t3", "27T.3",
        "27 PU PU", "27 SER PLATE",
    )  # fmt: skip
    likes = (
        None,
        slate.Slate("9", setup=3, take=6, kind="plate", mos=True),
        slate.Slate("9", system="british", slate=44),
    )
    for text, like, scene in itertools.product(texts, likes, ("", "3A")):
        rows.append((text, scene, told(slate.parse_slate, text, like, scene=scene, take=5)))
    for one in (slate.Slate(), *filter(None, likes)):
        rows += [(str(one), one.shot, one.name, str(one.next_take()), str(one.next_setup()), str(one.next_scene("12")))]
    assert_goes_as_it_did("slates", rows)


def test_setups_are_letters_without_two() -> None:
    letters = [slate.setup_letters(number) for number in range(700)]
    assert len(set(letters)) == 700
    assert [slate.setup_of(text) for text in letters] == list(range(700))
    assert not any(set("IO") & set(text) for text in letters)


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ({"setup": -1}, False), ({"setup": 0}, True), ({"setup": 10_000}, True), ({"setup": 10_001}, False),
        ({"take": 0}, False), ({"take": 1}, True), ({"take": 65_535}, True), ({"take": 65_536}, False),
        ({"slate": 0}, False), ({"slate": 1}, True), ({"slate": 1_000_000}, True), ({"slate": 1_000_001}, False),
        ({"scene": "x" * 60}, True), ({"scene": "x" * 61}, False), ({"scene": " "}, False), ({"scene": "1\t2"}, False),
        ({"system": "french"}, False), ({"kind": "reshoot"}, False), ({"system": "british", "kind": "series"}, True),
    ],
)  # fmt: skip
def test_a_slate_is_within_what_a_board_holds(fields: dict[str, object], taken: bool) -> None:
    if taken:
        assert slate.Slate(**fields)  # type: ignore[arg-type]
        return
    with pytest.raises(RequestError):
        slate.Slate(**fields)  # type: ignore[arg-type]


def test_starts_and_hands_are_read_and_written_as_they_were() -> None:
    rows: list[Row] = []
    starts = (
        "GO", "", "on go", "none", "rec", "REC + 3 s", "REC+1,5s", "3 s after rec", "3s from rec", "rec, cut",
        "cut + 2 s", "stop rec after 2s",
        "01:00:10:00", "at 01:00:10;00 or rec", "rec rec", "rec, 2s after rec", "cut, stop",
        "01:00:10:00, 01:00:11:00", "rec + x", "rec + 12f",
        "soon", "1:00:10:00", "rec + 0", "stop 90", "records",
    )  # fmt: skip
    rows += [(text, told(cue_start.parse_start, text, fps)) for text in starts for fps in (24, 25)]
    when = (), (0.0,), (3.0, 2.0, "01:00:10:00"), (None, 0.5)
    for start in (cue_start.CueStart(*given) for given in when):
        rows.append((start.brief(), start.words(), told(cue_start.parse_start, start.brief())))
    hands = (
        "", "none", "ride", "ride 5cm", "ride ±5 cm, keep", "ride kept", "ride keep 5cm", "take over", "take-over",
        "TakeOver", "scrub", "scrub keep", "rides", "ride 2m", "none 3",
    )  # fmt: skip
    rows += [(text, told(cue_hand.parse_hand, text, imperial=system)) for text in hands for system in (False, True)]
    for how, within_m, keep in itertools.product(Together, (None, 0.05, 0.9), (False, True)):
        hand = cue_hand.CueHand(how, within_m, keep)
        for at in (-3.0, 0.0, 100.0, 295.0, 305.0):
            rows.append((hand.brief(imperial=keep), hand.words(LENS, at, imperial=keep), *hand.within_deg(LENS, at)))
    assert_goes_as_it_did("starts-and-hands", rows)


@pytest.mark.parametrize(("across", "down", "metres", "taken"), [
    (0.0, 0.0, 1.0, True), (1.0, 1.0, 1e-9, True), (-1e-9, 0.5, 1.0, False), (1.0 + 1e-9, 0.5, 1.0, False),
    (0.5, -1e-9, 1.0, False),
    (0.5, 1.0 + 1e-9, 1.0, False), (0.5, 0.5, 0.0, False), (0.5, 0.5, -1.0, False), (0.5, 0.5, math.inf, False),
    (0.5, 0.5, math.nan, False),
])  # fmt: skip
def test_a_known_point_lies_in_the_picture_at_a_distance(
    across: float, down: float, metres: float, taken: bool
) -> None:
    if taken:
        assert OwnStill(Path("a"), Path("b"), (KnownSpot(across, down, metres),) * 2)
        with pytest.raises(RequestError, match="by 2 points, not by 3"):
            OwnStill(Path("a"), Path("b"), (KnownSpot(across, down, metres),) * 3)
        return
    with pytest.raises(RequestError):
        KnownSpot(across, down, metres)


def test_legs_share_the_pull_by_travel_and_holds_come_after_arrivals() -> None:
    assert walks.leg_durations_s([0.0, 30.0, 20.0], 4.0) == pytest.approx([3.0, 1.0])
    assert walks.leg_durations_s([5.0, 5.0, 5.0], 4.0) == [4.0, 4.0]
    assert walks.arrivals_s([0.0, 30.0, 20.0], [0.5, 2.0, 9.0], 4.0) == pytest.approx([0.0, 3.5, 6.5])


# Files --------------------------------------------------------------------------------------------------------------


def broken_documents() -> list[tuple[str, dict[str, object]]]:
    """The busy show's document with each of its values turned into what it can't be, one after the other."""
    whole = json.loads(file.show_to_json(busy_show()))
    made: list[tuple[str, dict[str, object]]] = [("whole", whole)]

    def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [path, *(found for key, item in inner for found in places(item, (*path, key)))]

    for path in places(whole)[1:]:
        if path[:2] == ("lenses", 1) or path[:2] in {("pulls", 3), ("cues", 4)}:
            continue
        for wrong in (None, "?", -7, [], 1e9) if len(path) < 3 else (None, "?", -7.5):
            broken = copy.deepcopy(whole)
            at = broken
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = wrong
            made.append((f"{'.'.join(map(str, path))}={wrong}", broken))
    return made


def test_a_damaged_show_says_all_that_is_wrong_and_what_is_saved_of_it() -> None:
    rows: list[Row] = []
    for name, broken in broken_documents()[::7]:
        try:
            show, problems = document.checked(copy.deepcopy(broken))
        except FollowFocusError as error:
            show, problems = None, [str(error)]
        saved, lost = document.salvaged(broken)
        left = (
            None
            if saved is None
            else f"{len(saved.lenses)} {len(saved.pulls)} {len(saved.cues)} {saved.fps} {saved.film.name}"
        )
        rows.append((name, show is not None, left, " | ".join(problems)[:400], " | ".join(lost)[:400]))
    assert_goes_as_it_did("damaged-shows", rows)


def test_a_show_is_written_as_it_was() -> None:
    assert_goes_as_it_did("show-file", [(line,) for line in file.show_to_json(busy_show()).splitlines()])
    assert file.show_from_json(file.show_to_json(busy_show()), Path("x")).show == busy_show()


@pytest.mark.parametrize("off_deg", [-2e-6, -0.5e-6, 0.5e-6, 2e-6])
def test_a_mark_may_lie_off_the_ring_by_rounding_alone_in_a_show_that_is_saved_too(off_deg: float) -> None:
    at = off_deg if off_deg < 0 else 300.0 + off_deg
    whole = json.loads(file.show_to_json(full_show()))
    whole["pulls"][0]["marks"][1]["ring_deg"] = at
    fits = abs(off_deg) < 1e-6
    assert (document.checked(whole)[0] is not None) is fits
    saved, lost = document.salvaged({**whole, "slate": 3})
    assert saved is not None
    assert len(saved.pulls) == (2 if fits else 1)
    assert any("off the ring's travel" in line for line in lost) is not fits


@pytest.mark.parametrize(("version", "newer"), [(1, False), (2, True)])
def test_a_show_of_a_newer_version_is_not_written_over(tmp_path: Path, version: int, newer: bool) -> None:
    path = tmp_path / "day.ffshow"
    path.write_text(json.dumps({**json.loads(file.show_to_json(full_show())), "version": version}))
    if not newer:
        file.write_show(full_show(), path)
        assert len(file.kept_versions(path)) == 1
        return
    with pytest.raises(FileError, match="newer version 2"):
        file.write_show(full_show(), path)
    assert file.read_show(path).read_only


def test_ten_versions_are_kept_and_their_numbers_go_on(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    for number in range(14):
        file.write_show(dataclasses.replace(full_show(), production=str(number)), path)
    kept = file.kept_versions(path)
    assert [int(entry.stem) for entry in kept] == list(range(13, 3, -1))
    assert [file.read_show(entry).show.production for entry in kept] == [str(number) for number in range(12, 2, -1)]


def test_a_record_torn_anywhere_leaves_the_one_before_whole(tmp_path: Path) -> None:
    """In its stamp too, over which no sum goes: torn there it would seem to go on from another content."""
    path = tmp_path / "day.ffshow"
    stamp = file.write_show(full_show(), path)
    journal = Journal(path, stamp)
    first, second = (dataclasses.replace(full_show(), production=name) for name in ("first", "second"))
    journal.note(first, 0.0)
    journal.note(second, 2.0)
    journal.close()
    whole = journal_path(path).read_bytes()
    assert recover(path) == Recovered(second, fits=True)
    begin = whole.index(b"\n") + 1
    for cut in (1, 2, 10, 24, 25, 26, 200, len(whole) - begin - 1):
        journal_path(path).write_bytes(whole[:-cut])
        assert recover(path) == Recovered(first, fits=True)


def test_a_record_counts_only_where_both_its_length_and_its_sum_do(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    journal = Journal(path)
    journal.note(full_show(), 0.0)
    journal.close()
    size, crc, packed, base = journal_path(path).read_bytes().split(b" ")
    for wrong in ((b"%d" % (int(size) - 1), crc), (size, b"00000000"), (b"%d" % (int(size) + 1), crc), (size, b"x")):
        journal_path(path).write_bytes(b" ".join([*wrong, packed, base]))
        assert recover(path) is None
    journal_path(path).write_bytes(b" ".join([size, crc, packed, base]))
    assert recover(path) == Recovered(full_show(), fits=True)


@pytest.mark.parametrize(("later_s", "kept"), [(FLUSH_S * 0.999, False), (FLUSH_S, True)])
def test_an_edit_waits_a_second_at_most(tmp_path: Path, later_s: float, kept: bool) -> None:
    journal = Journal(tmp_path / "day.ffshow")
    assert journal.note(full_show(), 5.0)
    assert journal.note(full_show(), 5.0 + later_s) is kept
    journal.close()


def test_a_lock_is_no_one_else_s_while_it_is_this_program_s_own_or_gone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "day.ffshow")
    text = lock_path(tmp_path / "day.ffshow")
    assert journal.lock.ours
    for holder, ours in (("", True), (f"process {os.getpid() + 1} on x", False), ("someone", False)):
        text.write_text(holder)
        assert journal.lock.ours is ours
    journal.close()
    assert text.exists()  # it is someone's else


# Shows --------------------------------------------------------------------------------------------------------------


def test_a_new_show_pulls_where_its_lens_can(tmp_path: Path) -> None:
    rows: list[Row] = []
    near = dataclasses.replace(LENS, close_focus_m=3.0)
    for lens in (LENS, near, load_lens("arri-signature-prime-40"), load_lens("ideal-135")):
        show = new_show("New", lens, "L" if lens is near else "")
        rows += facts_told(json.loads(file.show_to_json(show))["pulls"])
        rows += [(told(show.pull, "2"), told(show.lens, "x"), told(show.cue, " 1 "))]
    assert_goes_as_it_did("new-shows", rows)


@pytest.mark.parametrize(("fields", "taken"), [
    ({"microsteps": 1}, True), ({"microsteps": 256}, True), ({"microsteps": 257}, False), ({"microsteps": 12}, False),
    ({"microsteps": 0}, False),
    ({"direction": 0}, False), ({"direction": -1}, True), ({"direction": 2}, False), ({"motor": "none"}, False),
    ({"limits": "none"}, False),
    ({"link_loss": "none"}, False), ({"link_loss": "slow_down"}, True), ({"volts": 0.9}, False),
    ({"lash_deg": 30.1}, False),
])  # fmt: skip
def test_a_unit_is_set_as_a_unit_can_be(fields: dict[str, object], taken: bool) -> None:
    if taken:
        unit = ShowUnit(**fields)  # type: ignore[arg-type]
        rig = unit.rig(dataclasses.replace(LENS, direction=-1, gear_teeth=99))
        assert (rig.direction, rig.lens_teeth, rig.microsteps) == (-unit.direction, 99, unit.microsteps)
        return
    with pytest.raises(RequestError):
        ShowUnit(**fields)  # type: ignore[arg-type]


def test_pulls_that_went_by_the_format_s_circle_go_by_the_new_one_s() -> None:
    own = dataclasses.replace(full_show().pulls[1], coc_mm=0.011)
    show = dataclasses.replace(full_show(), pulls=(full_show().pulls[0], own)).with_film(FORMATS["mft"])
    assert [pull.coc_mm for pull in show.pulls] == [FORMATS["mft"].coc_mm, 0.011]
    assert show.film == FORMATS["mft"]
