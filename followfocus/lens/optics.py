# SPDX-License-Identifier: MIT
"""Depth of field, blur and the landing tolerance: what a ring angle is worth in the picture.

Everything here is the thin lens in vergences (1/distance), because in that form infinity is an ordinary number and a
ring that is linear in 1/distance turns depth of field into one constant of lens and stop.

Distances are metres **from the image plane**, as on a cine lens and a tape hooked to the camera's Φ mark. The lens
equations need the distance s from the front principal plane, which lies n ahead of the image plane: s = L - n.

- `principal_offset_m` a number: n is known (Cooke's form). 0 means that distances are already from the principal plane.
- `principal_offset_m` None: n is unknown; the thin lens that would focus at L is taken, s = (L + √(L² - 4Lf))/2, and
  n = L - s. Nearer the truth than n = 0 at close focus, but for Sigma's 40 mm still a third too wide at 0.42 m.

The cone of light is as wide as the entrance pupil, which lies where the lens's data says (OpenTrackIO's
entrancePupilOffset P, metres ahead of the image plane). Where nobody says, it is taken to lie in the front principal
plane, as in a thin lens; with P the blur of something at x from there is 1/(1 + (n - P)/x) times that.

The f-number N is geometry, the T-stop is light: N = T·√transmission. Lenses that don't tell are taken to pass 0.85
(N ≈ 0.92 T; Cooke's printed tables fit 0.83), and the lens file can say better.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from followfocus.errors import RequestError
from followfocus.lens.landing import ErrorBudget as ErrorBudget
from followfocus.lens.landing import LandingGrade as LandingGrade
from followfocus.lens.landing import Light as Light
from followfocus.lens.landing import error_budget as error_budget
from followfocus.lens.landing import landing_verdict as landing_verdict
from followfocus.lens.landing import positive
from followfocus.lens.landing import rotor_sag_deg as rotor_sag_deg
from followfocus.lens.map import ASSUMED_TRANSMISSION, LensMap

Floats: TypeAlias = NDArray[np.float64]


def f_number(t_stop: float, transmission: float | None = None) -> float:
    """The f-number of a T-stop: N = T·√transmission; None takes `ASSUMED_TRANSMISSION`. OpenTrackIO's T = F/√τ.

    >>> round(f_number(2.0, 0.85), 4), f_number(1.4, 1.0)
    (1.8439, 1.4)
    """
    positive(t_stop, "T-stop")
    share = ASSUMED_TRANSMISSION if transmission is None else transmission
    if not 0 < share <= 1:
        raise RequestError(f"Transmission is a share of light between 0 and 1, not {share:g}.")
    return t_stop * math.sqrt(share)


def t_number(f_stop: float, transmission: float | None = None) -> float:
    """The T-stop at which a lens's f-number is this: T = N/√transmission, the way back of `f_number`.

    >>> round(t_number(2.8, 0.85), 4), t_number(1.4, 1.0)
    (3.0370, 1.4)
    """
    return f_stop / f_number(1.0, transmission)


def hyperfocal_m(focal_mm: float, f_number: float, coc_mm: float, *, plus_focal: bool = True) -> float:
    """Hyperfocal distance in metres from the front principal plane, H = f²/(N·c) + f.

    Focused at H, everything from H/2 to infinity is sharp. Many tables leave the last f out: `plus_focal=False`.

    >>> round(hyperfocal_m(35, 2, 0.03), 6), hyperfocal_m(50, 8, 0.02, plus_focal=False)
    (20.451667, 15.625)
    """
    positive(focal_mm, "focal length", "mm")
    positive(f_number, "f-number")
    positive(coc_mm, "circle of confusion", "mm")
    plain_mm = focal_mm * focal_mm / (f_number * coc_mm)
    return (plain_mm + (focal_mm if plus_focal else 0.0)) / 1000.0


@overload
def principal_distance_m(distance_m: float, focal_mm: float, principal_offset_m: float | None = ...) -> float: ...
@overload
def principal_distance_m(
    distance_m: Floats, focal_mm: float | Floats, principal_offset_m: float | None = ...
) -> Floats: ...
def principal_distance_m(
    distance_m: float | Floats, focal_mm: float | Floats, principal_offset_m: float | None = None
) -> float | Floats:
    """Distance s from the front principal plane of a focus distance from the image plane; both metres, ∞ allowed.

    Arrays broadcast. RequestError where no real image can exist: s ≤ f, or with an unknown offset L < 4f.
    """
    f = np.asarray(focal_mm, dtype=np.float64) / 1000.0
    image_plane = np.asarray(distance_m, dtype=np.float64)
    if principal_offset_m is None:
        if not (image_plane >= 4 * f).all():
            raise _too_close(float(np.min(image_plane)), focal_mm)
        # s + fs/(s − f) = L solved for s, the greater root; at infinity 4f/L is nought and s infinite, too.
        with np.errstate(invalid="ignore", divide="ignore"):
            s = (image_plane + image_plane * np.sqrt(1 - 4 * f / image_plane)) / 2
    else:
        s = image_plane - principal_offset_m
    if not (s > f).all():
        raise _too_close(float(np.min(image_plane)), focal_mm)
    return float(s) if s.ndim == 0 else np.asarray(s)


def _too_close(distance_m: float, focal_mm: float | Floats) -> RequestError:
    return RequestError(
        f"What a {float(np.max(focal_mm)):g} mm lens does at {distance_m:g} m from the image plane, nearer than four "
        "focal lengths, can't be worked out from its focal length alone.",
        'Give "principal_offset_m" in the lens file (image plane to front principal plane, metres), or focus farther.',
    )


def magnification(distance_m: float, focal_mm: float, principal_offset_m: float | None = 0.0) -> float:
    """How large something in focus at `distance_m` becomes on the sensor: m = f/(s - f); 0 at infinity, 1 life-size.

    >>> magnification(0.2, 100), round(magnification(2.0, 50), 4)
    (1.0, 0.0256)
    """
    s = principal_distance_m(float(distance_m), focal_mm, principal_offset_m)
    return 0.0 if math.isinf(s) else focal_mm / (s * 1000.0 - focal_mm)


def bellows_stops(magnified: float, pupil_factor: float = 1.0) -> float:
    """Light lost to magnification in stops, 2·log2(1 + m/p): the f-number that works is N·(1 + m/p).

    p is how many times as large as the entrance pupil the exit pupil is (Ray, “Applied Photographic Optics”).

    >>> bellows_stops(1.0), round(bellows_stops(1.0, 2.0), 4)
    (2.0, 1.1699)
    """
    return 2.0 * math.log2(1.0 + magnified / pupil_factor)


def pupil_factor(distance_m: float, focal_mm: float, principal_offset_m: float | None, pupil_m: float | None) -> float:
    """Exit pupil over entrance pupil, focused at `distance_m`: 1 where nobody says where the entrance pupil lies.

    The lens itself makes the one the image of the other, so a pupil so far behind the front principal plane is
    magnified f/(f + gap) times; infinitely in front of it by f, where the lens is telecentric.
    """
    gap = float(_pupil_gap(offset_m(distance_m, focal_mm, principal_offset_m), pupil_m))
    behind_focus = focal_mm / 1000.0 + gap
    return focal_mm / 1000.0 / behind_focus if behind_focus else math.inf


def hyperfocal_from_image_m(
    focal_mm: float, f_number: float, coc_mm: float, principal_offset_m: float | None = 0.0
) -> float:
    """The hyperfocal distance as a tape reads it, in metres from the image plane: `hyperfocal_m` and the offset.

    >>> round(hyperfocal_from_image_m(50, 8, 0.02), 4), round(hyperfocal_from_image_m(50, 8, 0.02, None), 4)
    (15.675, 15.7252)
    """
    s = hyperfocal_m(focal_mm, f_number, coc_mm)
    return s + float(_offset_at(s, focal_mm / 1000.0, principal_offset_m))


@dataclass(frozen=True, slots=True)
class DepthOfField:
    """The depth of field when focused at `distance_m`; metres from the image plane, `far_m` may be infinite."""

    distance_m: float
    near_m: float
    far_m: float
    hyperfocal_m: float
    """From the front principal plane, with the focal length added (H = f²/(N·c) + f)."""
    principal_offset_m: float
    """The n that was used: given, or of the thin lens that focuses at `distance_m`."""

    @property
    def total_m(self) -> float:
        """Near to far limit in metres."""
        return self.far_m - self.near_m

    def holds(self, distance_m: float) -> bool:
        """Whether something at `distance_m` is sharp; the limits themselves are."""
        return self.near_m <= distance_m <= self.far_m


def depth_of_field(
    distance_m: float,
    focal_mm: float,
    f_number: float,
    coc_mm: float,
    principal_offset_m: float | None = 0.0,
    pupil_m: float | None = None,
) -> DepthOfField:
    """Near and far limit, exactly: with H₀ = f²/(N·c), n + H₀s/(H₀ ± (s - f)), far = ∞ where s - f ≥ H₀.

    Source: Cooke, “Depth of field calculations” (LN, LF from the image plane); n = 0 gives the textbook thin lens.

    >>> limits = depth_of_field(2.0, 50, 1.4, 0.025)
    >>> round(limits.near_m, 4), round(limits.far_m, 4)
    (1.9469, 2.0561)
    """
    hyperfocal = hyperfocal_m(focal_mm, f_number, coc_mm)
    s = principal_distance_m(float(distance_m), focal_mm, principal_offset_m)
    n = offset_m(distance_m, focal_mm, principal_offset_m)
    near_v, far_v = _limit_vergences(1.0 / s, focal_mm, f_number, coc_mm, _pupil_gap(n, pupil_m))
    far = n + 1.0 / far_v if far_v > 0 else math.inf
    return DepthOfField(float(distance_m), n + 1.0 / near_v, far, hyperfocal, n)


def _pupil_gap(offset_m: Floats | float, pupil_m: float | None) -> Floats | float:
    """How far the entrance pupil lies behind the front principal plane, metres; 0 where nobody says."""
    return 0.0 if pupil_m is None else offset_m - pupil_m


def _limit_vergences(
    vergence: float, focal_mm: float, f_number: float, coc_mm: float, gap_m: Floats | float = 0.0
) -> tuple[float, float]:
    """Vergences (1/m from the principal plane) of near and far limit; the far one is ≤ 0 beyond infinity."""
    f, gap = focal_mm / 1000.0, float(gap_m)
    # In vergences the limits lie evenly about the focus, (s − f)/(s · H₀) away: the reason for the whole form.
    spread = f_number * coc_mm / (focal_mm * focal_mm) * 1000.0 * (1.0 - f * vergence)
    far = vergence - spread
    # focused exactly at H the subtraction leaves rounding noise, and the far limit must be infinite, not 10¹⁶ m
    far = 0.0 if abs(far) < 1e-14 * spread else far
    # The pupil's part of the blur, 1/(1 + gap · w), solved for the vergence w at each side.
    return (vergence + spread) / (1.0 - spread * gap), far / (1.0 + spread * gap)


@overload
def blur_disc_mm(
    focus_m: float,
    subject_m: float,
    focal_mm: float,
    f_number: float,
    principal_offset_m: float | None = ...,
    pupil_m: float | None = ...,
) -> float: ...
@overload
def blur_disc_mm(
    focus_m: float | Floats,
    subject_m: float | Floats,
    focal_mm: float,
    f_number: float,
    principal_offset_m: float | None = ...,
    pupil_m: float | None = ...,
) -> float | Floats: ...
def blur_disc_mm(
    focus_m: float | Floats,
    subject_m: float | Floats,
    focal_mm: float,
    f_number: float,
    principal_offset_m: float | None = 0.0,
    pupil_m: float | None = None,
) -> float | Floats:
    """Diameter in mm on the sensor of the disc a point at `subject_m` becomes while focus is at `focus_m`.

    b = f²/N · |1/s - 1/x| / (1 - f/s), the same as f²/(N(s - f)) · |x - s|/x; both distances may be infinite and
    arrays broadcast. Exactly the circle of confusion at the limits of `depth_of_field`.

    >>> round(blur_disc_mm(2.0, 4.0, 50, 1.4), 6)
    0.457875
    """
    signed = signed_blur_mm(focus_m, subject_m, focal_mm, f_number, principal_offset_m, pupil_m)
    return abs(signed) if isinstance(signed, float) else np.abs(signed)


def signed_blur_mm(
    focus_m: float | Floats,
    subject_m: float | Floats,
    focal_mm: float | Floats,
    f_number: float,
    principal_offset_m: float | None = 0.0,
    pupil_m: float | None = None,
) -> float | Floats:
    """As `blur_disc_mm`, positive where focus is nearer than the subject, negative where it is beyond.

    The focal length may be an array as well, of a zoom on the move.
    """
    positive(focal_mm if isinstance(focal_mm, float) else float(np.min(focal_mm)), "focal length", "mm")
    positive(f_number, "f-number")
    f = np.asarray(focal_mm, dtype=np.float64) / 1000.0
    focus = np.asarray(focus_m, dtype=np.float64)
    s = np.asarray(principal_distance_m(focus, focal_mm, principal_offset_m))
    n = _offset_at(s, f, principal_offset_m)
    x = np.asarray(subject_m, dtype=np.float64) - n
    gap = _pupil_gap(n, pupil_m)
    if not ((x > 0).all() and (x + gap > 0).all()):
        raise RequestError("A subject must stand in front of the lens.", "Give its distance from the image plane.")
    # One formula for every distance: at infinity a vergence is nought.
    u = 1.0 / s
    blur = focal_mm * f / f_number * (u - 1.0 / x) / (1.0 - f * u) / (1.0 + gap / x)
    return float(blur) if blur.ndim == 0 else blur


def _offset_at(s: Floats | float, focal_m: float | Floats, principal_offset_m: float | None) -> Floats | float:
    """Image plane to front principal plane while focused at s: given, or the thin lens's own s' = fs/(s - f)."""
    if principal_offset_m is not None:
        return principal_offset_m
    return focal_m / (1.0 - focal_m / s)


def offset_m(distance_m: float, focal_mm: float, principal_offset_m: float | None) -> float:
    """Image plane to front principal plane in metres, focused at `distance_m`, which may be infinite."""
    s = principal_distance_m(float(distance_m), focal_mm, principal_offset_m)
    return float(_offset_at(s, focal_mm / 1000.0, principal_offset_m))


def lens_offset_m(lens: LensMap) -> float | None:
    """The principal offset to compute with: the lens file's, or None (unknown) where a real lens gives none."""
    if lens.ideal or lens.principal_offset_m:
        return lens.principal_offset_m
    return None


def ring_of_vergence(lens: LensMap, vergence: float | Floats) -> Floats:
    """Ring angle in degrees at a vergence 1/L (1/m from the image plane), by the lens map's own law.

    Continues on the end pairs' lines beyond both stops and beyond infinity, where a depth-of-field limit may lie.
    """
    scale = lens.scale
    n, law, ring = scale.offset_m + lens.off_m, scale.places, scale.rings + lens.off_deg
    at = np.asarray(vergence, dtype=np.float64)
    # 1/(L − n) from 1/L without dividing by it: infinity, and what lies beyond, stays a number.
    at = at / (1.0 - n * at)
    below = ring[0] + (at - law[0]) * (ring[1] - ring[0]) / (law[1] - law[0])
    above = ring[-1] + (at - law[-1]) * (ring[-1] - ring[-2]) / (law[-1] - law[-2])
    inside: Floats = np.interp(at, law, ring)
    return np.where(at < law[0], below, np.where(at > law[-1], above, inside))


def half_dof_deg(lens: LensMap, t_stop: float, coc_mm: float, distance_m: float | None = None) -> float:
    """Half the depth of field in degrees of this lens's ring: its landing tolerance at this stop.

    Half the ring angle between near and far limit; throw × close focus / H₀ × (1 - f/s) on an ideal ring. It hardly
    depends on distance (1–13 %), so without one the strictest, at the lens's close focus, is given.
    """
    at = lens.close_focus_m if distance_m is None else distance_m
    s = principal_distance_m(float(at), lens.focal_length_mm, lens_offset_m(lens))
    n = _offset_at(s, lens.focal_length_mm / 1000.0, lens_offset_m(lens))
    gap = _pupil_gap(n, lens.entrance_pupil_m)
    near_v, far_v = _limit_vergences(1.0 / s, lens.focal_length_mm, lens.f_number(t_stop), coc_mm, gap)
    limits = np.array([far_v, near_v])
    far, near = ring_of_vergence(lens, limits / (1.0 + float(n) * limits))
    # The two halves are equal on a ring that is linear in 1/distance; on any other this is their mean.
    return float(near - far) / 2.0
