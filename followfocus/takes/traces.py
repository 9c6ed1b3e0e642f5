# SPDX-License-Identifier: MIT
"""Traces as bytes for the take log.

Packing 2 keeps times to a nanosecond and angles to a billionth of a degree, ten million times finer than a step: whole
numbers, of which the second differences are kept, because a ring that moves smoothly has small ones; their bytes are
sorted by weight, so that the zeros stand together, and compressed. Packing 1, in logs of versions 1 and 2, is the
doubles themselves, compressed; it is read, and written only where a number is too great for packing 2.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.wire.evidence import Sample

_PER_UNIT = 1e9
_GREATEST = 9e9
"""The largest value that fits into 63 bits in billionths."""
_PACKING_2 = b"\x02"
"""Packing 1 has none: it begins with zlib's own 0x78."""


def pack(traces: Mapping[str, Sequence[Sample]]) -> bytes:
    """Traces by name as bytes; `unpack` gives them back."""
    arrays = {
        name: np.array([(sample.at_s, sample.ring_deg) for sample in samples], dtype="<f8").reshape(-1, 2)
        for name, samples in traces.items()
    }
    if all(bool(np.all(np.abs(values) < _GREATEST)) for values in arrays.values()):
        return _PACKING_2 + zlib.compress(_joined({name: _differences(v) for name, v in arrays.items()}), 9)
    return zlib.compress(_joined({name: values.tobytes() for name, values in arrays.items()}), 9)


def unpack(blob: bytes) -> dict[str, FloatArray]:
    """Name → rows of (seconds, ring degrees). Raises ValueError for bytes that are no traces."""
    second = blob.startswith(_PACKING_2)
    try:
        data, made = zlib.decompress(blob[1:] if second else blob), {}
    except zlib.error as error:
        raise ValueError("these are no traces") from error
    while data:
        head, _, data = data.partition(b"\n")
        name, count = head.decode().split(" ")
        size = 16 * int(count)
        if not 0 <= size <= len(data):
            raise ValueError("these are no traces")
        part, data = data[:size], data[size:]
        made[name] = _sums(part) if second else np.frombuffer(part, "<f8").reshape(-1, 2).astype(np.float64)
    return made


def _joined(parts: Mapping[str, bytes]) -> bytes:
    """Each part after a line with its name and how many points it has, 16 bytes each."""
    return b"".join(f"{name} {len(part) // 16}\n".encode() + part for name, part in parts.items())


def _differences(values: FloatArray) -> bytes:
    """Both columns, one after the other, as second differences; small ones of either sign have many zero bytes."""
    whole = np.round(values * _PER_UNIT).astype(np.int64)
    # The greatest may wrap round here; the sums wrap back, for both count modulo 2⁶⁴.
    second = np.diff(np.diff(whole, axis=0, prepend=0), axis=0, prepend=0)
    # The sign goes into the lowest bit: a small negative number is then a small number too.
    folded = ((second << 1) ^ (second >> 63)).astype("<u8")
    return np.ascontiguousarray(folded.T).view(np.uint8).reshape(-1, 8).T.tobytes()


def _sums(part: bytes) -> FloatArray:
    """The inverse of `_differences`."""
    count = len(part) // 16
    folded = np.ascontiguousarray(np.frombuffer(part, np.uint8).reshape(8, -1).T).view("<u8").reshape(2, count)
    second = (folded >> np.uint64(1)).astype(np.int64) ^ -(folded & np.uint64(1)).astype(np.int64)
    values: FloatArray = np.cumsum(np.cumsum(second, axis=1), axis=1).T / _PER_UNIT
    return values
