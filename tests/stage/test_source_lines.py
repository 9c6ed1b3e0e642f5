# SPDX-License-Identifier: MIT
"""The line beside each source: its state now, and how late its GO has been."""

from __future__ import annotations

from fractions import Fraction

from followfocus.sources.events import CameraSaid, Origin, SourceKind
from followfocus.sources.timecode import FollowedTimecode, Labelled, Timecode
from followfocus.stage.outside_desk import Outside
from followfocus.stage.rolls import Cameras
from followfocus.stage.source_lines import ListenedAt, source_lines

OSC, LTC = ListenedAt(SourceKind.OSC, "OSC on 127.0.0.1:9."), ListenedAt(SourceKind.LTC, "LTC on line.")
ZCAM = Origin(SourceKind.CAMERA, "zcam 10.0.0.9")
CAMERA = ListenedAt(SourceKind.CAMERA, "Camera: zcam at 10.0.0.9.", ZCAM)


def test_a_source_that_has_started_nothing_says_where_it_is() -> None:
    assert source_lines([OSC], Outside(), {}, 0.0) == ("OSC on 127.0.0.1:9.",)


def test_the_middle_and_the_worst_delay_stand_beside_their_source_and_others_have_a_line() -> None:
    assert source_lines([OSC], Outside(), {"OSC": [3.0, 9.04, 4.2], "key": [2.0]}, 0.0) == (
        "OSC on 127.0.0.1:9. GO came 3 times; the ring began 4.2 ms later, 9.0 at worst.",
        "Key. GO came once; the ring began 2.0 ms later.",
    )


def test_a_camera_s_state_is_said() -> None:
    pocket = Cameras().heard(CameraSaid(Origin(SourceKind.CAMERA, "blackmagic pocket"), 0.0, True))
    heard = [Outside(cameras=pocket.heard(CameraSaid(ZCAM, 0.0, state))) for state in (True, False, None)]
    said = [source_lines([CAMERA], outside, {}, 0.0)[0] for outside in heard]
    assert said == [f"{CAMERA.words} {words}" for words in ("It records.", "It stands by.", "REC is unknown.")]


def _ran(count: int, fps: Fraction, faster: float = 1.0) -> FollowedTimecode:
    one = FollowedTimecode(fps)
    for number in range(count):
        seconds, frame = divmod(number, 25)
        one = one.heard(Labelled(Timecode(0, 0, seconds, frame, False), number / float(fps) / faster, False))
    return one


def test_timecode_s_label_rate_drift_and_jumps_are_said() -> None:
    source, fps = Origin(SourceKind.LTC, "line"), Fraction(25)
    assert source_lines([LTC], Outside(), {}, 0.0) == ("LTC on line. No timecode yet.",)
    one = _ran(300, fps)
    outside = Outside(timecodes={source: one})
    assert source_lines([LTC], outside, {}, one.at_s) == (
        "LTC on line. 00:00:11:24 at 25 fps, frames within 0.1 ms of their time, +0 ppm against this computer's clock.",
    )
    fast = _ran(300, fps, faster=1.0001)
    assert "of their time, +100 ppm" in source_lines([LTC], Outside(timecodes={source: fast}), {}, fast.at_s)[0]
    assert "runs on by itself" in source_lines([LTC], outside, {}, one.at_s + 0.2)[0]
    assert source_lines([LTC], outside, {}, one.at_s + 60) == ("LTC on line. Timecode has stopped.",)
    odd = one.heard(Labelled(Timecode(1, 0, 0, 0, False), one.at_s + 0.04, False))
    assert source_lines([LTC], Outside(timecodes={source: odd}), {}, one.at_s) == source_lines(
        [LTC], outside, {}, one.at_s
    )
    jumped = odd.heard(Labelled(Timecode(1, 0, 0, 1, False), one.at_s + 0.08, False))
    said = source_lines([LTC], Outside(timecodes={source: jumped}), {}, jumped.at_s)
    assert said == ("LTC on line. 01:00:00:01 at 25 fps, frames within 0.1 ms of their time, jumped once.",)
