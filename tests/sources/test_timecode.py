# SPDX-License-Identifier: MIT
"""LTC and MTC against generators of their own, written from the standards; and the clock that follows them."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from followfocus.sources.ltc import LtcDecoder, label_of
from followfocus.sources.ltc_audio import LtcSource
from followfocus.sources.mtc import QuarterFrames, ShowControl, full_frame, show_control
from followfocus.sources.timecode import FollowedTimecode, Labelled, Running, Timecode, counted_at
from followfocus.timecode import format_timecode

FPS = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30)]


def label(frame: int, fps: Fraction, *, drop: bool = False) -> Timecode:
    text = format_timecode(frame, fps, drop_frame=drop)
    hours, minutes, rest = text.split(":", 2)
    seconds, frames = rest.replace(";", ":").split(":")
    return Timecode(int(hours), int(minutes), int(seconds), int(frames), drop)


def bits(of: Timecode) -> list[int]:
    """The 80 bits of ST 12-1, written digit by digit."""
    word = [0] * 80

    def put(at: int, count: int, value: int) -> None:
        for i in range(count):
            word[at + i] = value >> i & 1

    for at, wide, value in ((0, 2, of.frames), (16, 3, of.seconds), (32, 3, of.minutes), (48, 2, of.hours)):
        put(at, 4, value % 10)
        put(at + 8, wide, value // 10)
    word[10] = int(of.drop)
    word[64:] = [0, 0] + [1] * 12 + [0, 1]
    return word


@pytest.mark.parametrize(
    ("made", "is_one"),
    [
        (Timecode(0, 0, 0, 0), True), (Timecode(23, 59, 59, 29), True), (Timecode(24, 0, 0, 0), False),
        (Timecode(0, 60, 0, 0), False), (Timecode(0, 0, 60, 0), False), (Timecode(0, 0, 0, 30), False),
        (Timecode(0, 0, 0, 29, drop=True), True),
    ],
)  # fmt: skip
def test_a_label_is_a_time_of_day_or_none(made: Timecode, is_one: bool) -> None:
    assert label_of(bits(made)) == (made if is_one else None)


@pytest.mark.parametrize("at", [0, 16, 32, 48])
def test_a_digit_beyond_nine_makes_no_label(at: int) -> None:
    for value in range(16):
        word = bits(Timecode(0, 0, 0, 0))
        word[at : at + 4] = [value >> i & 1 for i in range(4)]
        assert (label_of(word) is not None) is (value <= 9)


def audio(labels: list[Timecode], fps: Fraction, rate: int = 48_000, rise: float = 4e-5) -> np.ndarray:
    """Labels as samples."""
    return audio_of([bits(one) for one in labels], fps, rate, rise)


def audio_of(words: list[list[int]], fps: Fraction, rate: int = 48_000, rise: float = 4e-5) -> np.ndarray:
    """Biphase mark as samples of a band-limited line: turns take `rise` seconds."""
    cell = 1 / (80 * float(fps))
    turns, t = [], 0.0
    for word in words:
        for bit in word:
            turns.append(t)
            if bit:
                turns.append(t + cell / 2)
            t += cell
    turns.append(t)
    when = np.arange(int((t + 0.01) * rate)) / rate
    count = np.searchsorted(turns, when, side="right")
    level = np.where(count % 2 == 0, -1.0, 1.0)
    nearest = np.array(turns)[np.clip(np.searchsorted(turns, when + rise / 2) - 1, 0, len(turns) - 1)]
    share = np.clip((when - nearest) / (rise / 2), -1, 1)
    at_turn = np.abs(when - nearest) < rise / 2
    after = np.where(np.searchsorted(turns, nearest, side="right") % 2 == 0, -1.0, 1.0)
    return np.where(at_turn, after * share, level).astype(np.float32)


@given(st.integers(0, 24 * 3600 * 24 - 1), st.sampled_from(FPS))
def test_a_label_reads_back(frame: int, fps: Fraction) -> None:
    made = label(frame % int(24 * 3600 * fps), fps)
    assert label_of(bits(made)) == made


@pytest.mark.parametrize("fps", FPS, ids=str)
@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_every_rate_is_read_whole_and_timed_to_a_sample(fps: Fraction, rate: int) -> None:
    labels = [label(1000 + i, fps) for i in range(20)]
    found = LtcDecoder(rate, 5.0).feed(audio(labels, fps, rate))
    assert [one.label for one in found][-19:] == labels[1:]  # the very first turn may be seen or not
    for i, one in enumerate(found[-19:], start=1):
        assert one.began_s == pytest.approx(5 + i / float(fps), abs=1 / rate)


def test_drop_frame_is_told() -> None:
    fps = Fraction(30000, 1001)
    labels = [label(1798 + i, fps, drop=True) for i in range(6)]
    found = LtcDecoder(48_000).feed(audio(labels, fps))
    assert [str(one.label) for one in found[-5:]] == [str(one) for one in labels[1:]]
    assert str(found[-4].label) == "00:01:00;02"


def test_backwards_is_told_with_the_frame_s_own_label() -> None:
    labels = [label(500 + i, Fraction(25)) for i in range(10)]
    found = LtcDecoder(48_000).feed(audio(labels, Fraction(25))[::-1].copy())
    assert len(found) >= 9
    assert [one.label for one in found][:9] == labels[::-1][:9]
    assert all(one.reverse for one in found)


@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    st.integers(0, 10_000),
    st.sampled_from([0.02, 0.1, 0.7]),
    st.floats(0, 0.25),
    st.floats(-0.3, 0.3),
    st.integers(1, 4000),
    st.sampled_from([-1, 1]),
)
def test_any_level_noise_offset_polarity_and_chunks(
    seed: int, level: float, noise: float, offset: float, chunk: int, sign: int
) -> None:
    generator = np.random.default_rng(seed)
    labels = [label(7000 + i, Fraction(24)) for i in range(8)]
    line = audio(labels, Fraction(24))
    samples = (sign * line + offset * 0.2 + noise * generator.uniform(-1, 1, len(line)) * 0.3) * level
    decoder, found = LtcDecoder(48_000), []
    for at in range(0, len(samples), chunk):
        found += decoder.feed(samples[at : at + chunk].astype(np.float32))
    assert [one.label for one in found][-7:] == labels[1:]


def test_varispeed_is_followed() -> None:
    line = audio([label(i, Fraction(25)) for i in range(60)], Fraction(25))
    warped = np.interp(np.cumsum(1 + 0.3 * np.sin(np.arange(len(line)) / 9000)), np.arange(len(line)), line)
    found = LtcDecoder(48_000).feed(warped.astype(np.float32))
    assert len(found) >= 50
    numbers = [one.label.number(Fraction(25)) for one in found]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_silence_and_noise_are_no_timecode() -> None:
    decoder = LtcDecoder(48_000)
    assert decoder.feed(np.zeros(48_000, np.float32)) == []
    noise = np.random.default_rng(1).uniform(-1, 1, 480_000).astype(np.float32)
    assert len(decoder.feed(noise)) == 0


# MTC -----------------------------------------------------------------------------------------------------------------


def quarter_frames(of: Timecode, rate: int) -> list[int]:
    values = (of.frames, of.seconds, of.minutes, of.hours | rate << 5)
    return [piece << 4 | (values[piece // 2] >> (4 if piece % 2 else 0)) & 0x0F for piece in range(8)]


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.integers(0, 23), st.sampled_from([0, 1, 3]))
def test_eight_quarter_frames_are_a_label(hours: int, minutes: int, seconds: int, frames: int, rate: int) -> None:
    made, reader = Timecode(hours, minutes, seconds, frames), QuarterFrames()
    found = [reader.feed(data, 10 + 0.01 * i) for i, data in enumerate(quarter_frames(made, rate))]
    assert found[:7] == [None] * 7
    assert found[7] == Labelled(made, 10.0)
    assert full_frame(bytes([0xF0, 0x7F, 0x7F, 1, 1, hours | rate << 5, minutes, seconds, frames, 0xF7])) == (
        made,
        reader.fps,
    )


def test_a_missing_quarter_frame_makes_no_label() -> None:
    pieces = quarter_frames(Timecode(1, 2, 3, 4), 1)
    for missing in range(8):
        reader = QuarterFrames()
        assert [reader.feed(data, 0) for data in pieces[:missing] + pieces[missing + 1 :]] == [None] * 7


@pytest.mark.parametrize(("pause_s", "read"), [(0.2, 1), (0.3, 0), (60.0, 0)])
@pytest.mark.parametrize("pieces", range(1, 8))
def test_a_machine_that_stood_between_two_quarter_frames_may_be_elsewhere(
    pieces: int, pause_s: float, read: int
) -> None:
    before, after = (quarter_frames(Timecode(1, minutes, 3, 4), 1) for minutes in (2, 2 if read else 9))
    reader, found = QuarterFrames(), []
    for number, data in enumerate([*before[:pieces], *after[pieces:]]):
        found.append(reader.feed(data, 0.01 * number + (pause_s if number >= pieces else 0.0)))
    assert len(found) - found.count(None) == read


@given(st.lists(st.tuples(st.integers(0, 127), st.sampled_from([0.0, 0.008, 0.01, 0.3, 5.0])), max_size=60))
def test_a_label_is_of_eight_pieces_in_their_order_without_a_pause(said: list[tuple[int, float]]) -> None:
    reader, at_s, came = QuarterFrames(), 0.0, []
    for data, gap_s in said:
        at_s += gap_s
        came.append((data >> 4, at_s))
        if reader.feed(data, at_s) is not None:
            last = came[-8:]
            assert [piece for piece, _ in last] in (list(range(8)), list(range(7, -1, -1)))
            assert max(b - a for (_, a), (_, b) in itertools.pairwise(last)) <= 0.25


def test_quarter_frames_backwards() -> None:
    reader = QuarterFrames()
    found = [reader.feed(data, i / 100) for i, data in enumerate(reversed(quarter_frames(Timecode(1, 2, 3, 4), 1)))]
    assert found[-1] == Labelled(Timecode(1, 2, 3, 4), 0, reverse=True)


def test_thirty_drop_is_drop() -> None:
    reader = QuarterFrames()
    found = [reader.feed(data, 0) for data in quarter_frames(Timecode(1, 0, 0, 2), 2)]
    assert found[-1].label == Timecode(1, 0, 0, 2, drop=True)
    assert reader.fps == Fraction(30000, 1001)


@given(st.binary(max_size=24))
def test_no_bytes_break_the_readers(data: bytes) -> None:
    reader = QuarterFrames()
    for byte in data:
        reader.feed(byte & 0x7F, 0)
    full_frame(data)
    show_control(data)
    full_frame(b"\xf0\x7f" + data)
    show_control(b"\xf0\x7f\x01\x02" + data + b"\xf7")


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("F0 7F 7F 02 01 01 F7", ShowControl("go")),
        ("F0 7F 05 02 01 01 31 32 2E 35 00 31 F7", ShowControl("go", "12.5")),
        ("F0 7F 7F 02 7F 02 F7", ShowControl("stop")),
        ("F0 7F 7F 02 01 01 41 F7", None),
        ("F0 7E 7F 02 01 01 F7", None),
        ("F0 7F 09 02 01 01 F7", None),
    ],
)
def test_show_control(message: str, found: ShowControl | None) -> None:
    assert show_control(bytes.fromhex(message), device=5) == found


# The clock that follows -----------------------------------------------------------------------------------------------


def followed(count: int = 300, fps: Fraction = Fraction(25), ppm: float = 0.0) -> FollowedTimecode:
    following = FollowedTimecode(fps)
    for i in range(count):
        following = following.heard(Labelled(label(90_000 + i, fps), i / float(fps) / (1 + ppm * 1e-6)))
    return following


def test_a_label_to_come_is_due_where_the_line_has_it() -> None:
    following = followed()
    now = 299 / 25
    assert following.now(now) is Running.LOCKED
    assert following.label(now + 0.1) == "01:00:12:01"
    assert following.when(Timecode(1, 0, 20, 0), now) == pytest.approx(20.0, abs=1e-3)
    assert following.when(Timecode(1, 0, 2, 0), now) is None


def test_it_runs_on_for_a_while_and_then_it_does_not() -> None:
    following = followed()
    last = 299 / 25
    assert following.now(last + 1) is Running.FREEWHEEL
    assert following.when(Timecode(1, 0, 14, 0), last + 1) == pytest.approx(14.0, abs=1e-3)
    assert following.now(last + 3) is Running.NOT
    assert following.label(last + 3) is None
    assert following.when(Timecode(1, 0, 20, 0), last + 3) is None


def test_two_frames_in_a_row_off_the_line_are_a_jump_and_followed_at_once() -> None:
    following = followed().heard(Labelled(Timecode(10, 0, 0, 0), 12.0))
    assert (following.jumps, following.label(12.0)) == (0, "01:00:12:00")
    following = following.heard(Labelled(Timecode(10, 0, 0, 1), 12.04))
    assert (following.jumps, following.label(12.04)) == (1, "10:00:00:01")
    assert following.when(Timecode(10, 0, 1, 0), 12.04) == pytest.approx(13.0, abs=1e-6), "two lie on one line"


@pytest.mark.parametrize("frames", [-2000, -2, -1, 1, 2, 2000])
def test_one_misread_frame_changes_nothing_when_the_next_goes_on_as_before(frames: int) -> None:
    following, fps = followed(), Fraction(25)
    odd = following.heard(Labelled(label(90_300 + frames, fps), 12.0))
    assert odd.odd is not None
    back = odd.heard(Labelled(label(90_301, fps), 12.04))
    assert (back.odd, back.jumps) == (None, 0)
    assert back.when(Timecode(1, 0, 20, 0), 12.04) == pytest.approx(20.0, abs=1e-3)


def test_one_frame_that_is_said_to_count_otherwise_is_misread_and_two_are_another_count() -> None:
    other = Fraction(30000, 1001)
    odd = followed().heard(Labelled(Timecode(1, 0, 12, 0, drop=True), 12.0), other)
    assert (odd.fps, odd.jumps) == (Fraction(25), 0)
    back = odd.heard(Labelled(Timecode(1, 0, 12, 1), 12.04), Fraction(25))
    assert (back.odd, back.jumps, back.fps) == (None, 0, Fraction(25))
    counted = odd.heard(Labelled(Timecode(1, 0, 12, 1, drop=True), 12.04), other)
    assert (counted.fps, counted.jumps, counted.label(12.04)) == (other, 1, "01:00:12;01")
    first = FollowedTimecode(Fraction(24)).heard(Labelled(Timecode(1, 0, 0, 0), 0.0))
    assert first.heard(Labelled(Timecode(1, 0, 0, 1), 0.04), Fraction(25)).jumps == 0, "one alone was no count yet"


def test_jitter_is_smoothed_and_is_no_jump() -> None:
    generator, following = np.random.default_rng(3), FollowedTimecode(Fraction(25))
    for i in range(500):
        following = following.heard(Labelled(label(i, Fraction(25)), i / 25 + generator.uniform(0, 0.004)))
    assert following.jumps == 0
    assert following.when(Timecode(0, 0, 30, 0), 20) == pytest.approx(30.002, abs=0.002)


@pytest.mark.parametrize("ppm", [-100, 0, 40, 1000])
def test_drift_is_measured(ppm: float) -> None:
    assert followed(1500, ppm=ppm).drift_ppm == pytest.approx(ppm, abs=1)
    assert followed(20).drift_ppm is None


def test_backwards_starts_nothing() -> None:
    following = followed().heard(Labelled(Timecode(1, 0, 11, 0), 12.0, reverse=True))
    assert following.now(12.0) is Running.REVERSE
    assert following.when(Timecode(1, 0, 20, 0), 12.0) is None


def test_a_machine_that_locates_stands_there() -> None:
    located = Labelled(Timecode(1, 0, 40, 0), 12.0, stands=True)
    assert FollowedTimecode(Fraction(25)).heard(located).when(Timecode(1, 0, 41, 0), 12.0) is None
    following = followed().heard(located)
    assert (following.now(12.0), following.jumps, following.label(12.0)) == (Running.NOT, 1, None)
    in_place = followed().heard(Labelled(Timecode(1, 0, 12, 0), 12.0, stands=True))
    assert in_place == followed()


def test_a_single_frame_which_may_be_misread_starts_nothing() -> None:
    first = FollowedTimecode(Fraction(25)).heard(Labelled(Timecode(1, 0, 19, 24), 12.0))
    assert first.when(Timecode(1, 0, 20, 0), 12.0) is None
    again = first.heard(Labelled(Timecode(1, 0, 12, 1), 12.04))
    assert (again.jumps, again.when(Timecode(1, 0, 20, 0), 12.04)) == (1, None)
    sure = again.heard(Labelled(Timecode(1, 0, 12, 2), 12.08))
    assert sure.when(Timecode(1, 0, 20, 0), 12.08) == pytest.approx(20.0, abs=1e-3)


def test_midnight_is_no_jump() -> None:
    fps, last = Fraction(25), 24 * 3600 * 25
    following = FollowedTimecode(fps)
    for i in range(-20, 20):
        following = following.heard(Labelled(label((last + i) % last, fps), 100 + i / 25))
        due_s = following.when(Timecode(0, 0, 2, 0), 100 + i / 25)
        assert i == -20 or due_s == pytest.approx(102.0, abs=1e-6)
    assert (following.jumps, following.label(100.76)) == (0, "00:00:00:19")


@pytest.mark.parametrize(("fps", "nominal"), [(one, Fraction(round(one))) for one in FPS], ids=str)
def test_an_ltc_line_tells_its_rate_by_itself(fps: Fraction, nominal: Fraction) -> None:
    decoder = LtcDecoder(48_000)
    line = audio([label(i, fps) for i in range(10)], fps)
    decoder.feed(line)
    assert decoder.fps == nominal
    decoder.feed(np.interp(np.arange(0, len(line), 1.08), np.arange(len(line)), line).astype(np.float32))
    assert decoder.fps is None  # at another speed it is none of them
    assert counted_at(nominal, False, fps) == fps
    assert counted_at(Fraction(30), True, Fraction(24)) == Fraction(30000, 1001)


def test_a_sound_card_s_own_clock_and_lost_samples_move_no_frame() -> None:
    """A card that is 400 ppm fast, over a minute: by its count alone the frames would be 24 ms off."""
    rate, fps, fast = 8_000, Fraction(25), 1 + 400e-6
    labels = [label(i, fps) for i in range(1500)]
    line = audio(labels, fps, rate, 2e-4)
    card = np.interp(np.arange(int(len(line) * fast)) / fast, np.arange(len(line)), line).astype(np.float32)
    lost = (len(card) // 2, len(card) // 2 + rate)  # a second of it
    late = np.random.default_rng(5).exponential(0.012, len(card)) * (np.random.default_rng(6).random(len(card)) < 0.5)
    source, found = LtcSource("card", rate, 50.0), []
    for at in range(0, len(card), 256):
        if not lost[0] <= at < lost[1]:
            found += source.feed(card[at : at + 256], 50.0 + at / rate / fast + late[at])
    assert len(found) > 1450
    off_s = [abs(one.frame.began_s - 50.0 - one.frame.label.number(fps) / 25) for one in found]
    assert sum(one > 0.002 for one in off_s) <= 10, "until it is sure that samples were lost"
    assert max(off_s[-600:]) < 0.002
