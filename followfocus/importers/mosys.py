# SPDX-License-Identifier: MIT
"""Mo-Sys F4: a binary packet a frame, five bytes an axis, with the focus encoder and the inverse focus distance.

A packet is 0xF4, camera, count of axes, status, then per axis an identifier, a status byte and three bytes of data
(lens parameters are a 32-bit float from the status byte on), and a checksum: 0x40 less all bytes before. Focus, zoom
and iris are shares of 65536, the aperture is an f-number; the timecode's rate stands in its status byte.
Source: camdkit's mosys/f4.py (SMPTE).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, FocusTrack
from followfocus.importers.given import Given, counted_timecode
from followfocus.names import counted

KIND = "Mo-Sys F4"
_COMMAND, _HEAD, _AXIS = 0xF4, 4, 5
_FOCUS, _PUPIL, _VIEW, _DISTANCE, _APERTURE, _TIMECODE = 0x03, 0x50, 0x53, 0x57, 0x60, 0xF8
_RATES = {0: Fraction(24), 1: Fraction(25), 2: Fraction(30)}
_SHARE = 65536.0
_FULL_FRAME_MM = 36.0
"""The width of frame that Mo-Sys's field of view is counted on."""

Axes = dict[int, bytes]


def recognises(given: Given) -> bool:
    """Whether it begins with a packet whose checksum fits."""
    return given.data[:1] == bytes([_COMMAND]) and next(packets(given.data), None) is not None


def packets(data: bytes) -> Iterator[Axes]:
    """Each packet's axes by identifier, four bytes each."""
    for packet in _whole_packets(data):
        blocks = (packet[i : i + _AXIS] for i in range(_HEAD, len(packet) - 1, _AXIS))
        yield {block[0]: block[1:] for block in blocks}


def _whole_packets(data: bytes) -> Iterator[bytes]:
    """Each packet whose checksum fits; anything else is passed over."""
    at = 0
    while 0 <= (at := data.find(_COMMAND, at)) <= len(data) - _HEAD:
        count = data[at + 2]
        size = count * _AXIS + _HEAD + 1
        packet = data[at : at + size]
        if count and len(packet) == size and packet[-1] == (0x40 - sum(packet[:-1])) % 256:
            yield packet
            at += size
        else:
            at += 1


def read(given: Given, fps: Fraction | None = None) -> FocusTrack:
    """The focus track of the packets. FileError where none has a distance."""
    found = list(packets(given.data))
    distances = [_distance_m(axes) for axes in found]
    kept = focus_track.with_lens_data(str(given.path), distances)
    codes = [_timecode(found[i]) for i in kept]
    stated = codes[0][1] if codes[0] else None
    rate = fps or stated or Fraction(24)
    timecode = tuple(code[0] if code else "" for code in codes)
    every = [code[0] if (code := _timecode(axes)) else "" for axes in found]
    frame = focus_track.numbered((), kept, every if all(every) else (), rate)
    metres = np.array(distances)[[*kept]]
    counts = [_share(found[i].get(_FOCUS)) for i in kept]
    focal = [_focal_mm(found[i]) for i in kept]
    stops = [_float(found[i].get(_APERTURE)) for i in kept]
    pupils = [_float(found[i].get(_PUPIL)) for i in kept]
    known = not any(map(math.isnan, counts))
    return FocusTrack(
        kind=KIND,
        source=given.path.name,
        time_s=focus_track.times_of(timecode if all(timecode) else (), rate, None, frame),
        distance_m=metres,
        timecode=timecode if all(timecode) else counted_timecode(frame, rate),
        fps=rate,
        lens=ClipLens(
            focal_length_mm=focus_track.median_or_none(focal),
            f_stop_used=focus_track.median_or_none([stop for stop in stops if stop > 0]),
            entrance_pupil_m=focus_track.median_or_none(pupils),
        ),
        fps_assumed=stated is None and fps is None,
        encoder=focus_track.directed("lens encoder", counts, 0.0, 1.0, metres) if known else None,
        notes=(*focus_track.left_out(len(found) - len(kept)), *_passed_over(given.data)),
        frame=frame,
        clip_frames=len(found),
        focal_mm=focus_track.changing(focal),
    )


def _passed_over(data: bytes) -> tuple[str, ...]:
    """The note on bytes that are of no whole packet: frames may have been in them."""
    rest = len(data) - sum(map(len, _whole_packets(data)))
    return (f"{counted(rest, 'byte')} of no whole packet passed over: frames may be missing",) if rest > 0 else ()


def _float(block: bytes | None) -> float:
    return math.nan if block is None else float(struct.unpack("!f", block)[0])


def _share(block: bytes | None) -> float:
    return math.nan if block is None else (block[2] << 8 | block[3]) / _SHARE


def _distance_m(axes: Axes) -> float:
    """Metres of the inverse focus distance; infinity where it is 0."""
    inverse = _float(axes.get(_DISTANCE))
    if math.isnan(inverse) or inverse < 0:
        return math.nan
    return math.inf if inverse < 1e-6 else 1.0 / inverse


def _focal_mm(axes: Axes) -> float:
    """Focal length by the horizontal field of view."""
    view = _float(axes.get(_VIEW))
    return _FULL_FRAME_MM / 2 / math.tan(math.radians(view) / 2) if 0 < view < 180 else math.nan


def _timecode(axes: Axes) -> tuple[str, Fraction] | None:
    """HH:MM:SS:FF and its rate; None where the packet has none."""
    block = axes.get(_TIMECODE)
    if block is None or (block[0] >> 5) & 3 not in _RATES:
        return None
    bits = int.from_bytes(block[1:], "big")
    hours, minutes, seconds, frames = (bits >> 18) % 24, bits >> 12 & 63, bits >> 6 & 63, bits & 63
    return f"{hours:02}:{minutes:02}:{seconds:02}:{frames:02}", _RATES[(block[0] >> 5) & 3]
