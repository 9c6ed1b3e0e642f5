# SPDX-License-Identifier: MIT
"""Clips that say something else than they seem to: read right, or refused in words, or noted; never silently wrong.

Two lenses in one clip, two rates, a unit that nobody names, frames that are missing, times that run backwards, and all
the ways in which infinity and nothing are written.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from followfocus.errors import FileError, JobError, RequestError
from followfocus.importers import read_clip
from followfocus.importers.focus_track import ClipLens, FocusTrack
from followfocus.importers.mapping import map_of, with_lens
from tests.importers.test_cameras import BRAW, PLACES, SCALE, SP40, STATIC, art, otio, packet, state
from tests.importers.test_variations_stay import DCS
from tests.support.clips import arri_rows, as_text, red_frames_text, red_static_text, sony_text


def read(folder: Path, *contents: str | bytes) -> FocusTrack:
    paths = []
    for number, content in enumerate(contents):
        paths.append(folder / f"clip{number}")
        paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_clip(paths)


def arri(first: int, last: int, changed: range = range(0), **changes: str) -> str:
    """ARRI's frames, with cells changed in some of them."""
    rows = arri_rows()[first:last]
    return as_text([row | changes if i in changed else row for i, row in enumerate(rows)])


def samples() -> list[dict]:
    return copy.deepcopy([otio(metres, share, i) for i, (metres, share) in enumerate(PLACES)])


def braw(distances: Sequence[str], numbers: Sequence[int] = (), codes: Sequence[str] = ()) -> str:
    head = BRAW.partition("\nFrame 0")[0]
    frames = [
        f"\nFrame {numbers[i] if numbers else i} Metadata\nsensor_rate: 24,1,\ndistance: {distance}\n"
        + (f"timecode: {codes[i]}\n" if codes else "")
        for i, distance in enumerate(distances)
    ]
    return head + "".join(frames)


def exif(distances: Sequence[object], more: Sequence[dict[str, str]] = ()) -> str:
    records = [{"SourceFile": f"{i}.jpg", "SubjectDistance": distance} for i, distance in enumerate(distances)]
    return json.dumps([one | (more[i] if more else {}) for i, one in enumerate(records)])


# ---------------------------------------------------------------- one lens, one rate, one unit


def sony_change() -> str:
    lines = sony_text().split("\r\n")
    return "\r\n".join(line.replace("7032.0100", "7050.0100") if i > 3 else line for i, line in enumerate(lines))


def otio_change() -> str:
    clip = samples()
    clip[0] |= STATIC
    clip[3] |= {"static": {"lens": {"make": "LensMaker", "model": "Model 50 T2", "nominalFocalLength": 50}}}
    return json.dumps(clip)


def red_change() -> tuple[str, str]:
    lines = red_frames_text().split("\n")
    return "\n".join([*lines[:2], lines[2].replace("47/35/33/35", "47/35/33/36")]), red_static_text()


@pytest.mark.parametrize(
    ("contents", "frame"),
    [
        ((arri(100, 200, range(60, 100), **{"Lens Model": "ARRI SP75 T1.8"}),), 160),
        ((arri(100, 200, range(60, 100), **{"Lens Serial Number": "77"}),), 160),
        ((sony_change(),), 3),
        ((otio_change(),), 3),
        (red_change(), 1),
        ((exif(("1 m", "2 m", "3 m"), [{"LensModel": name} for name in "AAB"]),), 2),
    ],
    ids=["arri-model", "arri-serial", "sony", "opentrackio", "red", "exiftool"],
)
def test_two_lenses_in_a_clip_are_told_and_make_no_map(tmp_path: Path, contents: tuple[str, ...], frame: int) -> None:
    track = read(tmp_path, *contents)
    assert f"another lens is on from frame {frame}" in track.notes
    assert track.lens == ClipLens()  # no one lens is told of both
    if track.encoder is not None:
        with pytest.raises(JobError, match=f"another lens on from frame {frame}: no one map"):
            map_of(with_lens(track, 40.0, 1.8))


def test_a_lens_that_says_nothing_for_a_while_is_no_other_lens(tmp_path: Path) -> None:
    track = read(tmp_path, arri(100, 200, range(30, 40), **{"Lens Model": "---", "Lens Serial Number": ""}))
    assert (track.other_lens_from, track.lens.model) == (None, "SP40 T1.8")


@pytest.mark.parametrize("column", ["Project FPS", "Sensor FPS"])
def test_two_rates_in_a_clip_are_refused_where_the_second_stands(tmp_path: Path, column: str) -> None:
    with pytest.raises(FileError, match=rf"line 7, column “{column}”: the clip says 24.000 and 25.000"):
        read(tmp_path, arri(100, 140, range(5, 40), **{column: "25.000"}))


def test_a_clip_that_doesn_t_say_metres_or_feet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="doesn't say whether its distances are metres or feet"):
        read(tmp_path, arri(100, 140, range(40), **{"Lens Distance Unit": "---"}))
    part = read(tmp_path, arri(100, 140, range(20), **{"Lens Distance Unit": "---"}))
    assert part.distance_m[0] == read(tmp_path, arri(100, 140)).distance_m[0]


@pytest.mark.parametrize(("header", "noted"), [("distance", True), ("focus", True), ("Focus Distance (m)", False)])
def test_a_column_without_a_unit_is_noted(tmp_path: Path, header: str, noted: bool) -> None:
    track = read(tmp_path, f"time_s,{header}\n0,4\n0.04,3\n")
    assert track.distance_m.tolist() == [4.0, 3.0]
    assert (f"its column “{header}” names no unit: taken for metres" in track.notes) is noted
    own = read(tmp_path, f"time_s,{header}\n0,4 m\n0.04,9'10\"\n")
    assert not own.notes


@pytest.mark.parametrize(
    ("unit", "metres"), [("meters", 1), ("metres", 1), ("Feet", 0.3048), ("inches", 0.0254), ("inch", 0.0254)]
)
def test_units_are_words_as_well(tmp_path: Path, unit: str, metres: float) -> None:
    track = read(tmp_path, f"time_s,Focus Distance ({unit})\n0,40\n0.04,30\n")
    assert track.distance_m.tolist() == pytest.approx([40 * metres, 30 * metres])


@pytest.mark.parametrize(
    "content",
    [json.dumps([otio(metres * 1000, share, i) for i, (metres, share) in enumerate(PLACES)]),
     "time_s,distance\n0,1200\n0.04,1350\n0.08,1500\n"],
)  # fmt: skip
def test_millimetres_that_are_called_metres_are_noted(tmp_path: Path, content: str) -> None:
    assert any("check the unit of its distances" in note for note in read(tmp_path, content).notes)


def test_reds_packets_of_a_lens_that_shows_feet_are_inches(tmp_path: Path) -> None:
    """The packets' own 424 and 436 are tenths of an inch where RED's column says a metre."""
    feet = red_frames_text().replace(",410,", ",1075,").replace(",420,", ",1105,")
    track = read(tmp_path, feet, red_static_text())
    assert track.distance_m.tolist() == pytest.approx([424 * 0.00254, 436 * 0.00254])
    assert track.optics[0].near_m == pytest.approx(414 * 0.00254)
    assert "its Cooke packets are in inches, by RED's own column of distances" in track.notes
    metric = read(tmp_path, red_frames_text(), red_static_text())
    assert (metric.distance_m.tolist(), metric.notes) == ([0.424, 0.436], ())
    with pytest.raises(FileError, match="packets and its column “Focus Distance” don't agree"):
        read(tmp_path, red_frames_text().replace(",410,", ",4100,").replace(",420,", ",4200,"), red_static_text())


# ---------------------------------------------------------------- what is missing, and what runs backwards


ARRI_GAP = as_text([row for i, row in enumerate(arri_rows(Index="")[80:120]) if not 10 <= i < 20])
ART_GAP = json.loads(art([state(*one) for one in SP40]))
for _i, _frame in enumerate(ART_GAP["frameBasedMetadata"]["frames"]):
    del _frame["frameNo"]
    _frame["timecode"] = f"10:00:00:{_i + (5 if _i > 3 else 0):02}"
OTIO_GAP = samples()
for _one in OTIO_GAP[3:]:
    _one["timing"]["timecode"]["frames"] += 5
PACKETS = [packet(*one, i) for i, one in enumerate(SCALE)]


@pytest.mark.parametrize(
    ("content", "frames", "fps"),
    [
        (ARRI_GAP, [*range(10), *range(20, 40)], 24),
        (json.dumps(ART_GAP), [0, 1, 2, 3, 9, 10, 11], 24),
        (json.dumps(OTIO_GAP), [0, 1, 2, 8, 9, 10], 24000 / 1001),
        ("\r\n".join(line for i, line in enumerate(sony_text().split("\r\n")) if i not in (3, 4)), [0, 1, 4, 5], 24),
        (b"".join(PACKETS[:2] + PACKETS[4:]), [0, 1, 4, 5], 25),
        (braw(["991mm", "1000mm", "1010mm"], [7, 8, 17]), [7, 8, 17], 24),
        (braw(["991mm", "", "1010mm"], (), ["10:00:00:00", "10:00:00:01", "10:00:00:09"]), [0, 2], None),
    ],
    ids=["arri", "art", "opentrackio", "sony", "mosys", "blackmagic-numbers", "blackmagic-numbers-go-first"],
)
def test_frames_that_are_missing_keep_their_numbers(
    tmp_path: Path, content: str | bytes, frames: list[int], fps: float | None
) -> None:
    track = read(tmp_path, content)
    assert list(track.frame) == frames
    if fps is not None:
        assert track.time_s.tolist() == pytest.approx([(number - frames[0]) / fps for number in frames])


def test_drop_frame_by_the_projects_word(tmp_path: Path) -> None:
    """ART's timecode has colons in drop-frame too: 00:00:59:29 is followed by 00:01:00:02."""
    clip = json.loads(art([state(*one) for one in SP40]))
    clip["clipBasedMetadataSets"][0]["metadataSetPayload"] |= {"dropframe": True, "timebase": "29.97"}
    for i, frame in enumerate(clip["frameBasedMetadata"]["frames"]):
        frame["timecode"] = f"00:00:59:{28 + i}" if i < 2 else f"00:01:00:{i:02}"
        frame["frameBasedMetadataSets"]["Sensor State"]["sensorSampleRate"] = "29.97"
    track = read(tmp_path, json.dumps(clip))
    assert track.time_s.tolist() == pytest.approx([i * 1001 / 30000 for i in range(7)])
    assert (track.timecode[1], track.notes[1:]) == ("00:00:59;29", ())


def test_bytes_of_no_whole_packet_are_noted(tmp_path: Path) -> None:
    broken = bytearray(PACKETS[2])
    broken[6] ^= 1
    damaged = read(tmp_path, PACKETS[0] + PACKETS[1] + bytes(broken) + b"".join(PACKETS[3:]))
    assert damaged.notes == ("35 bytes of no whole packet passed over: frames may be missing",)
    assert not read(tmp_path, b"".join(PACKETS)).notes


def test_dcs_says_what_it_leaves_out(tmp_path: Path) -> None:
    track = read(tmp_path, DCS.replace("\t4.2\t", "\t\t"))
    assert (track.clip_frames, track.notes) == (4, ("1 frame without lens data left out",))


@pytest.mark.parametrize("name", ["SubSecDateTimeOriginal", "DateTimeOriginal"])
def test_pictures_that_were_taken_backwards_are_noted(tmp_path: Path, name: str) -> None:
    part = ".50" if name.startswith("SubSec") else ""
    late, early = ([{name: f"2024:05:01 23:59:5{second}{part}"} for second in seconds] for seconds in ("975", "579"))
    assert read(tmp_path, exif(("1 m", "2 m", "3 m"), late)).notes == (
        "its times don't run on, so they are those of its frames",
    )
    track = read(tmp_path, exif(("1 m", "2 m", "3 m"), early))
    assert (track.time_s.tolist(), track.notes) == ([0.0, 2.0, 4.0], ())


def test_stamps_that_run_backwards_are_noted(tmp_path: Path) -> None:
    clip = samples()
    for i, one in enumerate(clip):
        del one["timing"]["timecode"]
        one["timing"]["sampleTimestamp"] = {"seconds": 10, "nanoseconds": (40 - i) * 10**7}
    assert read(tmp_path, json.dumps(clip)).notes == ("its times don't run on, so they are those of its frames",)


def test_delimiters_at_the_end_of_a_line_are_no_cells(tmp_path: Path) -> None:
    assert read(tmp_path, "time_s,distance_m\n0,4,\n0.04,3,,\n").distance_m.tolist() == [4.0, 3.0]
    with pytest.raises(FileError, match="line 3: 3 cells, and the header has 2"):
        read(tmp_path, "time_s,distance_m\n0,4,\n0.04,3,7\n")


# ---------------------------------------------------------------- infinity, nothing, and neither


@pytest.mark.parametrize("cell", ["INF", "Infinity", "∞", "65535", "4294967295", "65535mm"])
def test_infinity_in_every_dress(tmp_path: Path, cell: str) -> None:
    for content in (
        f"time_s,Focus Distance (mm)\n0,4000\n0.04,{cell}\n",
        braw(["991mm", cell]),
        exif(("1 m", cell)),
        "FrameNo,Timecode,Focus Distance\n0,00:00:00:00,900\n1,00:00:00:01," + cell + "\n",
        sony_text(("5.83", cell)),
    ):
        assert math.isinf(read(tmp_path, content).distance_m[1]), content


@pytest.mark.parametrize("millimetres", [-1, 65535, 4294967295, "INF"])
def test_arris_infinity(tmp_path: Path, millimetres: int | str) -> None:
    clip = [state(*SP40[0]), state(*SP40[1]) | {"lensFocusDistanceMetric": millimetres}]
    assert math.isinf(read(tmp_path, art(clip)).distance_m[1])


def test_canons_infinity_as_exiftool_has_it_in_numbers(tmp_path: Path) -> None:
    limits = [
        {"SourceFile": f"{i}.cr2", "FocusDistanceLower": near, "FocusDistanceUpper": far}
        for i, (near, far) in enumerate(((4, 655.35), (655.35, 655.35)))
    ]
    track = read(tmp_path, json.dumps(limits))
    assert track.distance_m.tolist() == [8.0, math.inf]


@pytest.mark.parametrize("cell", ["0mm", "0 m", "0.00 m", "0", "", "---"])
def test_nothing_in_every_dress(tmp_path: Path, cell: str) -> None:
    for content in (
        f"time_s,Focus Distance (mm)\n0,4000\n0.04,{cell}\n0.08,3000\n",
        braw(["991mm", cell, "1010mm"]),
        exif(("1 m", cell, "2 m")),
    ):
        track = read(tmp_path, content)
        assert (track.frame, track.notes) == ((0, 2), ("1 frame without lens data left out",)), content


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (braw(["991mm", "-1mm"]), "frame 1, distance"),
        (braw(["991mm", "NaN"]), "frame 1, distance"),
        (art([state(*SP40[0]), state(*SP40[1]) | {"lensFocusDistanceMetric": "near"}]), "frame 1"),
        (json.dumps([otio(2.0, 0.1, 0), otio("near", 0.2, 1), otio(1.0, 0.3, 2)]), r"sample 2, lens\.focusDistance"),
    ],
)
def test_what_is_neither_is_refused_where_it_stands(tmp_path: Path, content: str, place: str) -> None:
    with pytest.raises((FileError, RequestError), match=place):
        read(tmp_path, content)


def test_numbers_as_text_are_numbers(tmp_path: Path) -> None:
    clip = [state(*SP40[0]), state(*SP40[1]) | {"lensFocusDistanceMetric": "2997"}]
    assert read(tmp_path, art(clip)).distance_m.tolist() == [4.844, 2.997]
    assert read(tmp_path, json.dumps([otio(2.0, 0.1, 0), otio("1.5", 0.2, 1)])).distance_m.tolist() == [2.0, 1.5]


@pytest.mark.parametrize("squeeze", ["1.80", 1.8])
def test_arris_squeeze_is_text_or_a_number(tmp_path: Path, squeeze: object) -> None:
    clip = json.loads(art([state(*one) for one in SP40]))
    device = {"metadataSetName": "Lens Device", "metadataSetPayload": {"lensSqueezeFactor": squeeze}}
    clip["clipBasedMetadataSets"].append(device)
    assert read(tmp_path, json.dumps(clip)).lens.squeeze == 1.8


def test_a_sample_without_a_distance_is_at_infinity_only_beyond_the_others(tmp_path: Path) -> None:
    """OpenTrackIO has no number for infinity, so there the ring is told and no distance; elsewhere it is a gap."""
    gap, far = samples(), samples()
    del gap[3]["lens"]["focusDistance"]
    far[0]["lens"] = far[0]["lens"] | {"focusDistance": None, "encoders": {"focus": 0.0}}
    track = read(tmp_path, json.dumps(gap))
    assert (track.frame, track.notes) == ((0, 1, 2, 4, 5), ("1 frame without lens data left out",))
    assert [math.isinf(metres) for metres in read(tmp_path, json.dumps(far)).distance_m] == [True, *[False] * 5]
    silent = [one | {"lens": {"encoders": {"focus": 0.3}}} for one in samples()]
    with pytest.raises(FileError, match="fewer than two samples have a lens"):
        read(tmp_path, json.dumps(silent))


# ---------------------------------------------------------------- a lens's own scale


@pytest.mark.parametrize("reversed_ring", [False, True])
def test_degrees_of_a_scale_stay_degrees(tmp_path: Path, reversed_ring: bool) -> None:
    """A ring that is read off at 100° stands at 100°, however far it turns."""
    marks = [(0, "inf"), (100, "3"), (200, "1.5"), (270, "1.11111")]
    rows = "".join(f"{270 - ring if reversed_ring else ring},{metres}\n" for ring, metres in marks)
    track = with_lens(read(tmp_path, "ring_deg,distance_m\n" + rows), 50.0, 2.8)
    lens, _ = map_of(track)
    assert lens.travel_deg == 270
    assert lens.ring_deg(3.0) == pytest.approx(100, abs=0.01)
    assert "ring travel of 270° taken from its last mark" in lens.source
    longer, _ = map_of(track, 300.0)
    assert longer.travel_deg == 300
    assert longer.ring_deg(3.0) == pytest.approx(100, abs=0.01)
    with pytest.raises(RequestError, match="scale goes to 270°, and the ring to 200°"):
        map_of(track, 200.0)


@pytest.mark.parametrize(
    ("column", "ring_deg", "noted"),
    [("ring_share_of_65535", 300 * 20000 / 65535, False), ("ring_percent", 60, False), ("encoder", 100, True)],
)
def test_shares_of_a_scale_are_of_what_its_column_says(
    tmp_path: Path, column: str, ring_deg: float, noted: bool
) -> None:
    places = (0, 20, 40, 60) if "percent" in column else (0, 20_000, 40_000, 60_000)
    rows = "".join(f"{place},{metres}\n" for place, metres in zip(places, ("inf", 3, 1.5, 1), strict=True))
    track = with_lens(read(tmp_path, f"{column},distance_m\n{rows}"), 50.0, 2.8)
    assert map_of(track)[0].ring_deg(3.0) == pytest.approx(ring_deg, abs=0.01)
    assert any("the last mark is taken for that" in note for note in track.notes) is noted
