# SPDX-License-Identifier: MIT
"""Files of cameras and trackers, told apart by content: a real sample's numbers each, and a near miss each.

Numbers are those of SMPTE ris-osvp-metadata-camdkit's test resources (BSD-3-Clause) where nothing else is said.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from followfocus.errors import FileError, JobError, RequestError
from followfocus.importers import FILES, TABLES, read_clip
from followfocus.importers.focus_track import Encoder
from followfocus.importers.mapping import map_of, with_lens
from followfocus.importers.mosys import packets


def write(folder: Path, content: str | bytes, name: str = "clip") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# ---------------------------------------------------------------- ARRI Reference Tool


def art(states: list[dict], **more) -> str:
    """ART's JSON: B003C003_180327_R1ZA, an ALEXA LF with a Signature Prime 40."""
    frames = [
        {"frameBasedMetadataSets": {"Lens State": state, "Sensor State": {"sensorSampleRate": "24"}}, "frameNo": i}
        | more
        for i, state in enumerate(states)
    ]
    return json.dumps(
        {
            "arriJsonHeader": {"jsonSchemaUri": "https://www.arri.com/schema/json/metadata_output/v2-1-0"},
            "clipBasedMetadataSets": [
                {"metadataSetName": "Project Rate", "metadataSetPayload": {"dropframe": False, "timebase": "24"}}
            ],
            "frameBasedMetadata": {"frames": frames},
        }
    )


def state(millimetres: int, scale: int, motor: int = 15846) -> dict:
    return {
        "lensFocalLength": 40000, "lensFocusDistanceMetric": millimetres, "lensIris": 2667,
        "lensMotorRawEncoderValueFocus": motor, "lensScaleRawEncoderValueFocus": scale,
    }  # fmt: skip


SP40 = [(4844, 772), (2997, 1244), (1383, 2696), (1388, 2686), (1395, 2672), (1401, 2661), (1445, 2580)]


def test_arri_reference_tool(tmp_path):
    track = read_clip([write(tmp_path, art([state(*one) for one in SP40]))])
    assert track.kind == "ARRI Reference Tool JSON"
    assert track.distance_m.tolist() == pytest.approx([one / 1000 for one, _ in SP40])
    assert track.fps == 24
    assert not track.fps_assumed
    assert track.lens.focal_length_mm == 40.0
    assert track.lens.t_stop_used == pytest.approx(1.782, abs=0.001)  # the clip is shot at T1.8
    lens, report = map_of(with_lens(track, None, 1.8))
    assert report.max_error < 0.002
    assert lens.ring_deg(2.997) / lens.ring_deg(4.844) == pytest.approx(1244 / 772, rel=0.01)


def test_arri_infinity_nothing_imperial_and_timecode(tmp_path):
    infinite = state(-1, 8)
    nothing = {"lensFocalLength": 150000}
    feet = {"lensFocusDistanceImperial": 68858, "lensFocalLength": 150000, "lensEntrancePupilOffset": 82000}
    text = art([infinite, nothing, feet, state(1749, 0)], timecode="00:04:03:22")
    track = read_clip([write(tmp_path, text)])
    assert math.isinf(track.distance_m[0])
    assert track.distance_m[1] == pytest.approx(1.749, abs=0.0001)  # 68.858 in
    assert track.frame == (0, 2, 3)
    assert track.clip_frames == 4
    assert track.lens.entrance_pupil_m == pytest.approx(0.082)
    assert track.focal_mm is not None  # 40 mm, then 150 mm: it changes, so it is kept frame by frame
    assert track.focal_mm.tolist() == [40.0, 150.0, 40.0]
    assert "focal_length_mm" in track.to_csv().splitlines()[0]
    with pytest.raises(FileError, match="no focus distances"):
        read_clip([write(tmp_path, art([{}, {}]))])


# ---------------------------------------------------------------- OpenTrackIO


def otio(metres: float | str, share: float, frame: int, **lens) -> dict:
    return {
        "protocol": {"name": "OpenTrackIO", "version": [1, 0, 0]},
        "timing": {
            "sampleRate": {"num": 24000, "denom": 1001},
            "timecode": {
                "hours": 1, "minutes": 2, "seconds": 3, "frames": frame,
                "format": {"frameRate": {"num": 24000, "denom": 1001}},
            },
        },
        "lens": {
            "focusDistance": metres, "encoders": {"focus": share}, "tStop": 4.1, "entrancePupilOffset": 0.123, **lens,
        },
    }  # fmt: skip


STATIC = {
    "static": {
        "camera": {"anamorphicSqueeze": 2, "captureFrameRate": {"num": 24000, "denom": 1001}},
        "lens": {
            "make": "LensMaker",
            "model": "Model 15 T1.8",
            "serialNumber": "1234567890A",
            "nominalFocalLength": 14,
        },
    }
}
PLACES = [(4.844, 0.06615), (3.0, 0.10693), (1.811, 0.17818), (1.192, 0.27082), (0.798, 0.40433), (0.661, 0.48814)]


@pytest.mark.parametrize("by_line", [False, True])
def test_opentrackio_static_and_dynamic(tmp_path, by_line):
    samples = [otio(metres, share, i) for i, (metres, share) in enumerate(PLACES)]
    samples[0] |= STATIC
    text = "\n".join(map(json.dumps, samples)) if by_line else json.dumps(samples)
    track = read_clip([write(tmp_path, text)])
    assert track.kind == "OpenTrackIO JSON"
    assert track.fps == Fraction(24000, 1001)
    assert track.timecode[1] == "01:02:03:01"
    assert track.distance_m.tolist() == [metres for metres, _ in PLACES]
    assert (track.lens.make, track.lens.serial, track.lens.squeeze) == ("LensMaker", "1234567890A", 2.0)
    assert track.lens.focal_length_mm == 14
    assert track.lens.entrance_pupil_m == 0.123
    lens, _ = map_of(track)
    assert lens.entrance_pupil_m == 0.123
    assert lens.squeeze == 2.0
    assert lens.ring_deg(1.811) / 300 == pytest.approx(0.17818, abs=0.003)


def test_opentrackio_timestamps_and_what_is_missing(tmp_path):
    samples = [otio(2.0 + i, 0.1, i) for i in range(3)]
    for i, sample in enumerate(samples):
        sample["timing"]["sampleTimestamp"] = {"seconds": 1718806554, "nanoseconds": 500000000 + 41_666_667 * i}
    samples[2]["lens"]["focusDistance"] = "Infinity"
    track = read_clip([write(tmp_path, json.dumps(samples))])
    assert track.time_s.tolist() == pytest.approx([0, 0.041666667, 0.083333334], abs=1e-12)
    assert math.isinf(track.distance_m[2])
    with pytest.raises(FileError, match=r"fewer than two samples have a lens\.focusDistance"):
        read_clip([write(tmp_path, json.dumps(samples[0]))])
    with pytest.raises(FileError, match="fewer than two"):
        read_clip([write(tmp_path, json.dumps(STATIC))])


def raw_only(count: float | None, metres: float, frame: int) -> dict:
    sample = otio(metres, 0.0, frame)
    del sample["lens"]["encoders"]
    return sample if count is None else sample | {"lens": sample["lens"] | {"rawEncoders": {"focus": count}}}


def test_opentrackio_raw_encoders_where_there_are_no_shares(tmp_path):
    places = [(share * 30_000, metres) for metres, share in PLACES]
    track = read_clip([write(tmp_path, json.dumps([raw_only(*place, i) for i, place in enumerate(places)]))])
    assert track.encoder is not None
    assert track.encoder.name == "lens encoder (raw)"
    assert track.encoder.counts.tolist() == pytest.approx([count for count, _ in places])
    gap = read_clip(
        [write(tmp_path, json.dumps([raw_only(None, 9.0, 0), *(raw_only(*p, 1 + i) for i, p in enumerate(places))]))]
    )
    assert gap.encoder is None


# ---------------------------------------------------------------- Mo-Sys F4


def block(axis: int, value: float) -> bytes:
    return bytes([axis]) + struct.pack("!f", value)


def packet(metres: float, share: float, frame: int) -> bytes:
    encoder = round(share * 65536)
    code = 10 << 18 | 11 << 12 | 12 << 6 | frame
    axes = [
        bytes([0x03, 0, 0, encoder >> 8, encoder & 255]), block(0x57, 1.0 / metres if math.isfinite(metres) else 0.0),
        block(0x53, 40.0), block(0x60, 4.0), block(0x50, 0.08), bytes([0xF8, 1 << 5]) + code.to_bytes(3, "big"),
    ]  # fmt: skip
    body = bytes([0xF4, 1, len(axes), frame % 16]) + b"".join(axes)
    return body + bytes([(0x40 - sum(body)) % 256])


SCALE = [
    (96.7024, 0.01994),
    (14.8852, 0.05975),
    (8.6068, 0.07938),
    (4.0719, 0.13922),
    (2.3654, 0.22785),
    (1.3656, 0.38865),
]


def test_mosys_packets_with_noise_between(tmp_path):
    data = b"\x00\xf4junk".join([packet(*one, i) for i, one in enumerate(SCALE)])
    track = read_clip([write(tmp_path, data)])
    assert track.kind == "Mo-Sys F4"
    assert track.fps == 25
    assert track.timecode[:2] == ("10:11:12:00", "10:11:12:01")
    assert track.distance_m.tolist() == pytest.approx([metres for metres, _ in SCALE], rel=1e-6)
    assert track.lens.focal_length_mm == pytest.approx(18 / math.tan(math.radians(20)))
    assert (track.lens.t_stop_used, track.lens.f_stop_used) == (None, 4.0)  # f_number in camdkit's own reader
    assert track.lens.entrance_pupil_m == pytest.approx(0.08)
    assert track.encoder is not None
    assert track.encoder.counts.tolist() == pytest.approx([share for _, share in SCALE], abs=1e-5)
    assert map_of(track)[0].marks[0].distance_m > 10


def test_a_packet_that_others_verified_by_hand(tmp_path):
    """The one in camdkit's own tests: 25 frames a second, 00:00:00:00, a field of view of 45°, no encoder, no focus."""
    theirs = bytes.fromhex("f4010200 f820000000 5342340000 68")
    (axes,) = packets(theirs)
    assert axes == {0xF8: bytes.fromhex("20000000"), 0x53: bytes.fromhex("42340000")}
    track = read_clip([write(tmp_path, theirs + packet(2.0, 0.3, 1) + packet(1.0, 0.5, 2) + theirs)])
    assert track.fps == 25
    assert track.frame == (1, 2)
    assert track.clip_frames == 4


def test_mosys_infinity_and_a_broken_packet(tmp_path):
    broken = bytearray(packet(3.0, 0.2, 2))
    broken[6] ^= 1
    data = packet(math.inf, 0.0, 0) + packet(2.0, 0.3, 1) + bytes(broken) + packet(1.0, 0.5, 3)
    track = read_clip([write(tmp_path, data)])
    assert track.distance_m.tolist() == pytest.approx([math.inf, 2.0, 1.0])
    with pytest.raises(FileError):
        read_clip([write(tmp_path, bytes(broken))])


# ---------------------------------------------------------------- Blackmagic


BRAW = """
Clip Metadata
manufacturer: Blackmagic Design
camera_type: Blackmagic URSA Mini Pro 12K
format_frame_rate: 1572864
clip_number: A001_04190112_C102
lens_type: Cooke Anamorphic /i Prime Lens 50mm
anamorphic: 2x
anamorphic_enable: 1

Frame 0 Metadata
sensor_rate: 48,1,
aperture: T2.3
focal_length: 50mm
distance: 991mm

Frame 1 Metadata
sensor_rate: 48,1,
aperture: T2.3
focal_length: 50mm
distance: 1010mm
"""


def test_blackmagic(tmp_path):
    track = read_clip([write(tmp_path, BRAW)])
    assert track.kind == "Blackmagic RAW metadata"
    assert track.distance_m.tolist() == [0.991, 1.010]
    assert (track.fps, track.fps_assumed) == (24, False)
    assert track.time_s.tolist() == [0.0, 1 / 48]  # shot at 48 for 24
    assert (track.lens.squeeze, track.lens.focal_length_mm, track.lens.t_stop_used) == (2.0, 50.0, 2.3)
    assert read_clip([write(tmp_path, BRAW.replace("enable: 1", "enable: 0"))]).lens.squeeze == 1.0
    with pytest.raises(FileError, match="has 1 frame"):
        read_clip([write(tmp_path, BRAW.partition("\nFrame 1")[0])])
    with pytest.raises(FileError, match="distance"):
        read_clip([write(tmp_path, BRAW.replace("991mm", "far"))])


# ---------------------------------------------------------------- RED, one table


RED = (
    "Clip Name,FPS,Record FPS,Total Frames,Abs TC,Aperture,Focal Length,Focus Distance,Lens Brand,Lens Name,"
    "Lens Serial Number\n"
    "A001_C066_0303LZ,24,24,1134,23:17:10:16,F17,40mm,{},SIGMA,40mm T1.5 FF | 018,G53599764\n"
)


def test_reds_single_table_is_one_distance_for_the_clip(tmp_path):
    track = read_clip([write(tmp_path, RED.format("2160mm"))])
    assert track.distance_m.tolist() == [2.16, 2.16]
    assert track.clip_frames == 1134
    assert track.time_s[-1] == pytest.approx(1133 / 24)
    assert track.timecode == ("23:17:10:16", "23:17:57:21")  # its own End Abs TC
    assert (track.lens.focal_length_mm, track.lens.t_stop, track.lens.t_stop_used) == (40.0, 1.5, 17.0)
    assert "one distance for the whole clip" in track.notes[0]
    with pytest.raises(FileError, match="without a focus distance"):
        read_clip([write(tmp_path, RED.format(""))])


# ---------------------------------------------------------------- Sony, with its XML


SONY = (
    '"Timecode","Clip Name","Lens Model","Lens Serial","Focal Length (mm)","Aperture","Focus Distance (ft)"\n'
    '"16:47:04:19","D001C005_210716AG","7032.0100","","32","T 2 3/10","5.83"\n'
    '"16:47:04:20","D001C005_210716AG","7032.0100","","32","T 2 3/10","5.823"\n'
    '"16:47:04:21","D001C005_210716AG","7032.0100","","32","T 2 3/10","5.791"\n'
)
XML = """<?xml version="1.0" encoding="UTF-8"?>
<NonRealTimeMeta xmlns="urn:schemas-professionalDisc:nonRealTimeMeta:ver.2.10">
<VideoFormat><VideoFrame videoCodec="F55_X-OCN_XT_6K_16:9" captureFps="48.00p" formatFps="24p"/></VideoFormat>
<Lens manufacturer="" modelName="S7i-32                       "/>
<AcquisitionRecord><Group name="LensUnitMetadataSet"><Item name="AnamorphicLensSqueezeRatio" value="180"/></Group>
</AcquisitionRecord></NonRealTimeMeta>
"""


def test_sonys_xml_beside_its_table(tmp_path):
    table, beside = write(tmp_path, SONY, "D001C005.csv"), write(tmp_path, XML, "D001C005M01.xml")
    for order in ([table, beside], [beside, table]):
        track = read_clip(order)
        assert track.distance_m.tolist() == pytest.approx([5.83 * 0.3048, 5.823 * 0.3048, 5.791 * 0.3048])
        assert (track.fps, track.fps_assumed) == (24, False)
        assert track.time_s.tolist() == pytest.approx([0.0, 1 / 48, 2 / 48])
        assert (track.lens.model, track.lens.squeeze) == ("S7i-32", 1.8)
    assert read_clip([table]).fps_assumed
    with pytest.raises(RequestError, match="Sony's XML, which has no focus distances"):
        read_clip([beside])
    with pytest.raises(FileError, match="not whole XML"):
        read_clip([table, write(tmp_path, XML[:300], "cut.xml")])
    with pytest.raises(FileError, match="not whole XML"):
        read_clip([table, write(tmp_path, XML.replace("UTF-8", "KOI-9"), "strange.xml")])
    entity = XML.replace("<NonRealTimeMeta", '<!DOCTYPE x [<!ENTITY a "b">]><NonRealTimeMeta', 1)
    with pytest.raises(FileError, match="declares entities"):
        read_clip([table, write(tmp_path, entity, "evil.xml")])


# ---------------------------------------------------------------- exiftool


def test_exiftool_json_and_csv(tmp_path):
    records = [
        {"SourceFile": f"f{i}.jpg", "EXIF:FocusDistance": f"{metres} m", "FocalLength": "85.0 mm", "FNumber": 1.8,
         "LensModel": "85mm F1.8", "SubSecDateTimeOriginal": f"2024:05:01 12:00:00.{i}0+02:00"}
        for i, metres in enumerate((1.2, 1.35, 2.0))
    ]  # fmt: skip
    track = read_clip([write(tmp_path, json.dumps(records))])
    assert track.kind.startswith("exiftool")
    assert track.distance_m.tolist() == [1.2, 1.35, 2.0]
    assert track.time_s.tolist() == pytest.approx([0.0, 0.1, 0.2])
    assert (track.lens.model, track.lens.focal_length_mm, track.lens.f_stop_used) == ("85mm F1.8", 85.0, 1.8)
    text = "SourceFile,FocusDistanceLower,FocusDistanceUpper\na.cr2,1.14 m,1.2 m\nb.cr2,undef,undef\nc.cr2,5 m,inf\n"
    track = read_clip([write(tmp_path, text)])
    assert track.distance_m.tolist() == pytest.approx([2 / (1 / 1.14 + 1 / 1.2), 10.0])
    assert track.frame == (0, 2)
    with pytest.raises(FileError, match="fewer than two files say a focus distance"):
        read_clip([write(tmp_path, json.dumps(records[:1]))])
    with pytest.raises(FileError, match="focus distance"):
        read_clip([write(tmp_path, json.dumps([{**one, "EXIF:FocusDistance": "-3 apples"} for one in records]))])


# ---------------------------------------------------------------- any table, Canon, a scale


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("time,distance\n0,4.844\n0.5,3.0\n1.0,1.2\n", [4.844, 3.0, 1.2]),
        ("Timecode,Focus Distance (mm),Iris\n01:00:00:00,1200,T2\n01:00:00:01,1300,T2\n", [1.2, 1.3]),
        ("TC,Focus (ft),Zoom\n01:00:00:00,4'6\",32\n01:00:00:01,5,32\n", [1.3716, 1.524]),
        ("Frame;distance_cm\n0;120,5\n1;130\n", [1.205, 1.3]),
        ("frame,focus distance [m]\n0,inf\n1,2\n", [math.inf, 2.0]),
    ],
)
def test_any_table_with_a_distance_and_a_time(tmp_path, text, metres):
    assert read_clip([write(tmp_path, text)]).distance_m.tolist() == pytest.approx(metres)


@pytest.mark.parametrize(
    ("step_s", "fps"), [(1 / 25, 25), (1 / 24, 24), (1001 / 24000, Fraction(24000, 1001)), (0.5, 2), (1.0, 1)]
)
def test_the_rate_of_a_table_is_that_of_its_times(tmp_path, step_s, fps):
    text = "time,distance\n" + "".join(f"{i * step_s:.9f},{4.0 - i / 10}\n" for i in range(6))
    track = read_clip([write(tmp_path, text)])
    assert track.fps == fps
    assert track.time_s.tolist() == pytest.approx([i * step_s for i in range(6)])


def test_canons_focus_position_is_no_distance(tmp_path):
    text = "Timecode,FocusPosition,FocalLength,ApertureNumber\n0:00:00:00,3F000000,180/10,45/10\n"
    with pytest.raises(FileError, match="FocusPosition is no distance"):
        read_clip([write(tmp_path, text)])


def test_a_table_of_a_scale_is_a_map(tmp_path):
    text = "ring_share_of_65535,distance_m\n" + "".join(f"{share},{metres}\n" for metres, share in SCALE)
    track = read_clip([write(tmp_path, text)])
    assert "rows are marks" in track.notes[0]
    lens, _ = map_of(with_lens(track, 50.0, 2.8))
    assert lens.ring_deg(4.0719) == pytest.approx(0.13922 * 300, abs=3.0)
    degrees = "ring_deg,distance_m\n0,inf\n150,2\n300,1\n"
    lens, _ = map_of(with_lens(read_clip([write(tmp_path, degrees)]), 50.0, 2.8))
    assert lens.ring_deg(2.0) == pytest.approx(150, abs=0.5)


def test_every_source_is_a_file_and_a_line():
    folder = Path(read_clip.__code__.co_filename).parent
    assert all((folder / f"{name}.py").is_file() for name in (*FILES, *TABLES))
    assert len(set(FILES + TABLES)) == len(FILES + TABLES)


@pytest.mark.parametrize("seed", range(8))
def test_no_damage_ends_in_anything_but_a_sentence(tmp_path, seed):
    """Each sample with bytes changed, cut and repeated: read, or refused in words."""
    chance = np.random.default_rng(seed)
    samples = [art([state(*one) for one in SP40]), json.dumps([otio(2.0, 0.1, i) for i in range(4)]), BRAW, XML, SONY,
               RED.format("2160mm"), "ring_deg,distance_m\n0,inf\n300,1\n"]  # fmt: skip
    whole = [sample.encode() for sample in samples] + [b"".join(packet(*one, i) for i, one in enumerate(SCALE))]
    for data in whole:
        for _ in range(12):
            damaged = bytearray(data)
            for at in chance.integers(0, len(damaged), 3):
                damaged[at] = int(chance.integers(0, 256))
            damaged = damaged[: int(chance.integers(1, len(damaged) + 1))]
            try:
                track = read_clip([write(tmp_path, bytes(damaged))])
            except (FileError, RequestError):
                pass
            else:
                assert np.all(track.distance_m > 0)
                assert len(track.time_s) == len(track.distance_m) == len(track.timecode)


def test_one_distance_beside_infinity_is_no_map(tmp_path):
    text = "Timecode,Focus Distance (m),encoder\n" + "01:00:00:00,inf,0\n01:00:00:01,4.2,9000\n"
    track = read_clip([write(tmp_path, text)])
    counts = Encoder("ring", np.array([0.0, 9000.0]), 0.0, 65535.0)
    with pytest.raises(JobError, match="too little for a lens map"):
        map_of(with_lens(replace(track, encoder=counts), 50.0, 2.8))
