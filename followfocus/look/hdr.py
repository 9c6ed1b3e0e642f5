# SPDX-License-Identifier: MIT
"""The codes of HDR cameras and phones, PQ and HLG, as linear light, diffuse white as 1, on sRGB's primaries.

Curves and constants: ITU-R BT.2100-2, tables 4 and 5. Diffuse white is 203 cd/m² in PQ and 75 % in HLG: BT.2408.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from followfocus.look.paint import Image32, f32

PQ, HLG, WIDE = 16, 18, 9
"""Transfer curves and primaries (BT.2020) as video streams number them: ITU-T H.273."""
_WHITE_NITS, _WHITE_HLG = 203.0, 0.75
_TO_SRGB = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32)


@lru_cache(maxsize=2)
def light_by_code(transfer: int) -> Image32:
    """Linear light of every 16-bit code under PQ or HLG."""
    code = np.arange(65536) / 65535
    if transfer == PQ:
        root = code ** (32 / 2523)
        return f32(
            10000 / _WHITE_NITS * (np.maximum(root - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * root)) ** (8192 / 1305)
        )
    return f32(_hlg(code) / _hlg(np.array(_WHITE_HLG)))


def _hlg(code: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Scene light of HLG codes 0…1."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(code <= 0.5, code * code / 3, (np.exp((code - c) / a) + b) / 12)


def on_srgb(light: Image32) -> Image32:
    """Linear light (h, w, 3) on BT.2020's primaries as on sRGB's; colours that no screen has are cut off."""
    return f32(np.maximum(light @ _TO_SRGB.T, 0))
