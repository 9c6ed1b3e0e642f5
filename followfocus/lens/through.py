# SPDX-License-Identifier: MIT
"""The picture through a mapped lens: blur, depth of field and field of view, upright and across.

An anamorphic lens of squeeze S has the nominal focal length f upright and f/S across, at the same f-number: its front
group takes in S times as much across, through a pupil that is S times as narrow. So on the sensor a disc is S² times as
narrow as high; in the desqueezed frame, S times as wide as the format, it is an upright oval S times as high as wide,
and the depth of field is deeper across. Both are given in millimetres of the frame's height. A landing is judged
upright, where less is forgiven. A spherical lens is the case S = 1.
"""

from __future__ import annotations

import dataclasses
import math
from typing import overload

from followfocus.errors import RequestError
from followfocus.lens.formats import Format
from followfocus.lens.map import LensMap
from followfocus.lens.optics import DepthOfField, Floats, depth_of_field, lens_offset_m, signed_blur_mm


@overload
def lens_blur_mm(lens: LensMap, t_stop: float, focus_m: float, subject_m: float, *, across: bool = ...) -> float: ...
@overload
def lens_blur_mm(
    lens: LensMap,
    t_stop: float,
    focus_m: float | Floats,
    subject_m: float | Floats,
    *,
    across: bool = ...,
    focal_mm: float | Floats | None = ...,
) -> float | Floats: ...
def lens_blur_mm(
    lens: LensMap,
    t_stop: float,
    focus_m: float | Floats,
    subject_m: float | Floats,
    *,
    across: bool = False,
    focal_mm: float | Floats | None = None,
) -> float | Floats:
    """Blur in mm of the desqueezed frame's height, positive while focus is nearer than the subject, else negative.

    Upright, or `across`; distances in metres from the image plane, may be infinite, arrays broadcast. `focal_mm` is
    where a zoom stands; None is the lens's own focal length.
    """
    focal, offset_m = lens.focal_length_mm if focal_mm is None else focal_mm, lens_offset_m(lens)
    blur = signed_blur_mm(focus_m, subject_m, focal, lens.f_number(t_stop), offset_m, lens.entrance_pupil_m)
    return blur / lens.squeeze if across else blur


def lens_depth(lens: LensMap, t_stop: float, coc_mm: float, focus_m: float, *, across: bool = False) -> DepthOfField:
    """The depth of field focused at `focus_m`, upright or `across`."""
    allowed_mm = coc_mm * lens.squeeze if across else coc_mm
    focal_mm, number, offset_m = lens.focal_length_mm, lens.f_number(t_stop), lens_offset_m(lens)
    return depth_of_field(focus_m, focal_mm, number, allowed_mm, offset_m, lens.entrance_pupil_m)


def field_of_view_deg(lens: LensMap, film: Format) -> tuple[float, float]:
    """Horizontal and vertical field of view at infinity, degrees: an anamorphic takes in `squeeze` times the width.

    >>> from followfocus.lens.formats import FORMATS
    >>> from followfocus.lens.map import load_lens
    >>> [round(side, 1) for side in field_of_view_deg(load_lens("ideal-50"), FORMATS["full-frame"])]
    [39.6, 27.0]
    """
    sides = film.width_mm * lens.squeeze, film.height_mm
    across, upright = (math.degrees(2.0 * math.atan(side / 2.0 / lens.focal_length_mm)) for side in sides)
    return across, upright


def second_ring_words(lens: LensMap, from_m: float, to_m: float) -> str:
    """The work that a pull leaves to a hand on a lens with two focus rings; empty on one with one."""
    if not lens.second_scale:
        return ""
    a, b = lens.second_ring_deg(from_m), lens.second_ring_deg(to_m)
    return (
        f"{lens.name} has a second focus ring: turn it from {a:z.1f}° to {b:z.1f}° as well, "
        "or the picture lands soft across."
    )


def at_focal(lens: LensMap, focal_mm: float) -> LensMap:
    """The lens zoomed to a focal length; its focus scale stays, as on a parfocal zoom.

    Raises RequestError off the zoom's range, and for another focal length than a prime's.
    """
    if lens.focal_range_mm is None:
        if abs(focal_mm - lens.focal_length_mm) <= 0.01 * lens.focal_length_mm:
            return lens
        raise RequestError(
            f"{lens.name} is a {lens.focal_length_mm:g} mm lens, not {focal_mm:g} mm.",
            'A zoom says its range in the lens file: "focal_range_mm": [18, 80].',
        )
    wide, tele = lens.focal_range_mm
    if not wide * (1 - 1e-6) <= focal_mm <= tele * (1 + 1e-6):
        raise RequestError(f"{lens.name} goes from {wide:g} to {tele:g} mm, not to {focal_mm:g} mm.")
    return dataclasses.replace(lens, focal_length_mm=focal_mm)


def breathing_scale(lens: LensMap, ring_deg: float, percent: float | None = None) -> float:
    """Size of the picture relative to the ring at infinity, ≥ 1: the lens's own breathing, or `percent` instead."""
    most = lens.breathing_percent if percent is None else percent
    return 1.0 + most / 100.0 * ring_deg / lens.travel_deg
