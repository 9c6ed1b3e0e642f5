# SPDX-License-Identifier: MIT
"""Whoever is said to be sharp is: every text made of a shot, over random scenes, held against the picture's blur.

Each claim is read out of the text by its own pattern; a mention of sharpness or focus that no pattern explains fails
too, so that no new sentence goes unchecked.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from followfocus.cli.look_job import Ask, facts, make_shot, told
from followfocus.errors import RequestError
from followfocus.lens.map import load_lens, save_lens
from followfocus.lens.subjects import Subject, SubjectTrack
from followfocus.look.exports import EXPORTS, export_text
from followfocus.look.kinds import RackKind, kind_of
from followfocus.look.shot import Shot
from followfocus.look.words import brief, caption, prompt

NAMES = ("Qua", "Rho", "Tau", "Xi")
_N = "(Qua|Rho|Tau|Xi)"
_S = r"([\d.]+) s(?: \(frame \d+\))?"
LEVELS = {
    "sharp": (-1.0, 1.0), "slightly soft": (1.0, 3.0), "clearly out of focus": (3.0, 10.0),
    "melted into blur": (10.0, np.inf),
}  # fmt: skip
WHOLE = (
    RackKind.REVEAL, RackKind.DIALOGUE, RackKind.FOREGROUND_TO_BACKGROUND, RackKind.BACKGROUND_TO_FOREGROUND,
)  # fmt: skip
FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"
LENSES = ("ideal-35", "ideal-50", "ideal-85", "arri-signature-prime-40")
OWN_LENSES = {
    "zoom": {"focal_range_mm": (18.0, 90.0)},
    "anamorphic": {"squeeze": 1.8, "entrance_pupil_m": 0.08},
    "macro": {"focal_length_mm": 100.0, "principal_offset_m": 0.05},
}
"""Made of the ideal 50, as a user's own lens files; the macro one draws its places nearer"""
MOVES = (None, "24..70", "85..20", "30@0..80@0.7s..18@2s", "18..18")


def marginal_ray(shot: Shot, focus_m: float, away_m: float, focal_mm: float) -> float:
    """The blur in circles of confusion of something so far away, by the ray through the edge of the pupil alone.

    It leaves the subject on the axis, passes the pupil's edge, is bent in the principal plane towards the subject's
    image, and meets the sensor beside the axis.
    """
    lens, f = shot.lens, focal_mm / 1000
    if lens.ideal or lens.principal_offset_m:
        plane_m = lens.principal_offset_m
    elif np.isinf(focus_m):
        plane_m = f
    else:  # sensor and subject are so far apart that a thin lens between them has one place to stand
        plane_m = (focus_m - np.sqrt(focus_m * focus_m - 4 * focus_m * f)) / 2
    pupil_m = plane_m if lens.entrance_pupil_m is None else lens.entrance_pupil_m
    aperture_m = f / (shot.camera.t_stop * np.sqrt(0.85 if lens.transmission is None else lens.transmission))
    sensor_m = f if np.isinf(focus_m) else 1 / (1 / f - 1 / (focus_m - plane_m))
    image_m = 1 / (1 / f - 1 / (away_m - plane_m))
    height_m = aperture_m / 2 * (away_m - plane_m) / (away_m - pupil_m)
    return float(2000 * height_m * abs(1 - sensor_m / image_m) / shot.coc_mm)


class Claims:
    """A shot's blur, asked by name and time; a time in words is rounded, so a claim must hold near it."""

    def __init__(self, shot: Shot, rounding_s: float) -> None:
        self._shot, self._rounding_s = shot, rounding_s + 0.002

    def blur(self, name: str, t: np.ndarray) -> np.ndarray:
        who = next(subject for subject in self._shot.subjects if subject.name == name)
        focals = [self._shot.camera.focal_mm(float(at)) for at in t]
        focus = self._shot.lens.distance_m(self._shot.motion.ring_deg(t))
        rows = zip(focus.tolist(), who.distance_m(t).tolist(), focals, strict=True)
        return np.array([marginal_ray(self._shot, *row) for row in rows])

    def worst(self, name: str, end_s: float) -> float:
        """Looked for more closely where somebody turns, and beside where it was found: it may last a millisecond."""
        walks = [subject.where for subject in self._shot.subjects if isinstance(subject.where, SubjectTrack)]
        coarse, step_s = np.linspace(0, end_s, 601), end_s / 600
        found = coarse[self.blur(name, coarse).argmax()]
        corners = np.unique([found, *(t for walk in walks for t in walk.times_s if t <= end_s)])
        beside = (corners[:, None] + np.linspace(-step_s, step_s, 101)).ravel()
        return float(self.blur(name, np.clip(beside, 0, end_s)).max())

    def sharp(self, name: str, from_s: float, to_s: float) -> bool:
        return self._all(name, from_s, to_s, lambda blur: blur <= 1.001)

    def soft(self, name: str, from_s: float, to_s: float) -> bool:
        return self._all(name, from_s, to_s, lambda blur: blur > 0.999)

    def _all(self, name: str, low: float, high: float, holds: Callable[[np.ndarray], np.ndarray]) -> bool:
        return high <= low or bool(np.all(holds(self.blur(name, np.linspace(low, high, 301)))))

    def after(self, t: float) -> float:
        return t + self._rounding_s

    def before(self, t: float) -> float:
        return t - self._rounding_s


def spans_in(text: str) -> list[tuple[float, float]]:
    return [(float(a), float(b)) for a, b in re.findall(rf"from {_S} to {_S}", text)]


def check_text(text: str, shot: Shot, rounding_s: float) -> None:
    """Every claim in a text is taken out of it when it holds; what is left speaks of no sharpness."""
    claims, end_s = Claims(shot, rounding_s), shot.motion.duration_s
    followed = shot.subjects[0].name if shot.followed else None

    def only(found: re.Match[str]) -> str:
        spans, at = spans_in(found[0]), None
        for start, stop in spans:
            assert claims.sharp(found[1], claims.after(start), claims.before(stop))
            assert claims.soft(found[1], 0.0 if at is None else claims.after(at), claims.before(start))
            at = stop
        assert at is not None
        assert claims.soft(found[1], claims.after(at), end_s)
        return ""

    def apart(found: re.Match[str]) -> str:
        start, stop = float(found[2]), float(found[3])
        assert claims.soft(found[1], claims.after(start), claims.before(stop))
        assert claims.sharp(found[1], 0.0, claims.before(start))
        assert claims.sharp(found[1], claims.after(stop), end_s)
        return ""

    def opened(found: re.Match[str]) -> str:
        t = 0.0 if "opens" in found[0] else end_s
        if found[1]:
            assert claims.blur(found[1], np.array([t]))[0] <= 1.0
        for name, word in re.findall(rf"{_N} (sharp|slightly soft|clearly out of focus|melted into blur)", found[0]):
            blur = claims.blur(name, np.array([t]))[0]
            low, high = (
                {"s": (-1, 1), "l": (1, 3), "c": (3, 10), "m": (10, np.inf)}[word[0] if word[1] != "l" else "l"]
                if word != "clearly out of focus"
                else (3, 10)
            )
            assert low < blur <= high, (name, word, blur)
        return ""

    def goes(found: re.Match[str]) -> str:
        at = float(found[3])
        before, after = (claims.sharp, claims.soft) if found[2] == "soft" else (claims.soft, claims.sharp)
        assert before(found[1], 0.0, claims.before(at))
        assert after(found[1], claims.after(at), end_s)
        return ""

    def always(found: re.Match[str]) -> str:
        assert (claims.sharp if found[2] == "sharp throughout" else claims.soft)(found[1], 0.0, end_s)
        return ""

    def no_rack(_found: re.Match[str]) -> str:
        assert all(claims.sharp(end.name, 0.0, end_s) for end in shot.ends)
        return ""

    def follows(found: re.Match[str]) -> str:
        assert found[1] == followed
        return ""

    def racks(found: re.Match[str]) -> str:
        assert followed is None
        assert (found[1], found[2]) == tuple(end.name for end in shot.ends)
        return ""

    def named(found: re.Match[str]) -> str:
        check_kind(shot, found[0])
        return ""

    def shallow(_found: re.Match[str]) -> str:
        worst = max(claims.blur(one.name, np.linspace(0.0, end_s, 400)).max() for one in shot.subjects)
        assert worst > 2.97
        return ""

    def still(found: re.Match[str]) -> str:
        walking = {one.name for one in shot.subjects if np.ptp([one.at_m(t) for t in np.linspace(0.0, end_s, 50)]) > 0}
        assert set(re.findall(_N, found[1] or "")) == walking
        return ""

    def stands(found: re.Match[str]) -> str:
        a, b = shot.ends
        t, one, other = (0.0, a, b) if found[1].startswith("The shot opens") else (end_s, b, a)
        assert (one.at_m(t) < other.at_m(t)) == (found[2] == "foreground")
        return found[1]

    patterns: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
        (r"((?:The shot opens with focus|the focus moves smoothly) [^:]*?) in the (foreground|background)", stands),
        ("Shallow depth of field", shallow),
        (rf"The shot (?:opens|ends) with (?:focus on {_N}|focus at [^:]*)[^:]*: [^.\n]*(?:\d\.\d[^.\n]*)*\.", opened),
        (rf"{_N}:? sharp only (?:from {_S} to {_S}(?: and )?)+", only),
        (rf"{_N}:? soft from {_S} to {_S}(?:, up to [\d.]+ circles of confusion)?", apart),
        (rf"{_N}:? (soft|sharp) at {_S}", goes),
        (rf"{_N}:? (sharp throughout|never sharp)", always),
        (r"no visible rack: both stay sharp throughout", no_rack),
        (rf"Follow focus on {_N}", follows),
        (rf"the focus stays with {_N}", follows),
        (rf"Rack focus from {_N}, .*? to {_N}", racks),
        (rf"the focus moves smoothly from {_N} to {_N}", racks),
        (r"A (?:slow|moderate|snap) (?:rack|follow) focus[^:]*:", named),
        (
            rf"(?:Besides ((?:{_N}(?:, | and )?)+), only|Only) the plane of focus (?:moves|and the zoom move)[^.]*\.",
            still,
        ),
        (r"out-of-focus highlights", lambda _: ""),
    )
    for pattern, check in patterns:
        text = re.sub(pattern, check, text)
    assert not re.search(r"\b(sharp|soft|focus|blur)\b", text, re.IGNORECASE), text


def check_kind(shot: Shot, words: str) -> None:
    kind, end_s = kind_of(shot), shot.motion.duration_s
    a, b = shot.ends
    if kind in (
        RackKind.REVEAL,
        RackKind.DIALOGUE,
        RackKind.FOREGROUND_TO_BACKGROUND,
        RackKind.BACKGROUND_TO_FOREGROUND,
    ):
        assert kind.value in words
        assert shot.circles_of(a, 0.0) <= 1 < 3 <= shot.circles_of(a, end_s)
        assert shot.circles_of(b, end_s) <= 1 < 3 <= shot.circles_of(b, 0.0)
    if kind is RackKind.DUAL_PLANE:
        assert max(shot.circles_of(a, end_s), shot.circles_of(b, end_s)) <= 1
    # Both may walk: who stands before whom is asked of one moment, not of GO for one and of the landing for the other.
    for t in (0.0, end_s):
        if kind is RackKind.FOREGROUND_TO_BACKGROUND:
            assert a.at_m(t) < b.at_m(t)
        if kind is RackKind.BACKGROUND_TO_FOREGROUND:
            assert a.at_m(t) > b.at_m(t)
    assert ("follow" in words) == shot.followed
    register = "snap" if end_s < 0.5 else "slow" if end_s >= 3 else "moderate"
    assert f"A {register} " in words


def check_numbers(shot: Shot) -> None:
    """All that JSON and every program's keys are made of: at the start, in the middle, at the end, and at worst."""
    claims, end_s, keys = Claims(shot, 0.0), shot.motion.duration_s, shot.keyframes()
    for index, (subject, told_of) in enumerate(zip(shot.subjects, facts(shot)["subjects"], strict=True)):
        worst = claims.worst(subject.name, end_s)
        assert told_of["name"] == subject.name
        assert told_of["worst_circles"] == pytest.approx(worst, rel=0.02, abs=0.02)
        for key in (keys[0], keys[len(keys) // 2], keys[-1]):
            traced = claims.blur(subject.name, np.array([min(key.time_s, end_s)]))[0] * shot.coc_mm
            assert key.blurs_mm[index] == pytest.approx(traced, rel=1e-6, abs=1e-9)


place = st.floats(0.9, 12.0).map(lambda metres: f"{metres:.2f}m")
walk = st.lists(place, min_size=2, max_size=4).map("..".join)


@pytest.fixture(scope="module")
def lens_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("lenses")
    for name, own in OWN_LENSES.items():
        save_lens(dataclasses.replace(load_lens("ideal-50"), name=name, **own), folder / f"{name}.json")
    return {name: str(folder / f"{name}.json") for name in OWN_LENSES}


@st.composite
def asks(draw: st.DrawFn) -> Ask:
    count = draw(st.integers(2, 4))
    where = [draw(st.one_of(place, walk)) for _ in range(count)]
    follow = draw(st.booleans()) and any(".." in one for one in where)
    walkers = [name for name, one in zip(NAMES, where, strict=False) if ".." in one]
    stop = draw(st.sampled_from([2.0, 2.8, 5.6, 11.0]))
    lens = draw(st.sampled_from((*LENSES, *OWN_LENSES)))
    duration = draw(st.sampled_from(["0.3", "0.8", "1.5", "2", "4"]))
    return Ask(
        lens=lens, from_=None if follow else NAMES[0], to=None if follow else NAMES[1],
        duration=duration, visible=None, sharp_frame=None, ease=draw(st.sampled_from(["minjerk", "linear"])),
        planes=tuple(f"{name}={one}" for name, one in zip(NAMES, where, strict=False)),
        follow=walkers[0] if follow else None, stop=stop,
        focal=draw(st.sampled_from(MOVES)) if lens == "zoom" else None, format="super35", coc=None, fps="24",
        size="960x540", blades=0, breathing=0.0, start_tc=None,
    )  # fmt: skip


@settings(
    max_examples=2000 if FULL else 60,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(asks())
def test_every_export_says_what_the_picture_shows(lens_files: dict[str, str], ask: Ask) -> None:
    try:
        shot, _, _ = make_shot(dataclasses.replace(ask, lens=lens_files.get(ask.lens, ask.lens)))
    except RequestError:
        assume(False)
    rounding_s = 0.05 if shot.motion.duration_s >= 1 else 0.005
    check_text(brief(shot), shot, rounding_s)
    check_text(prompt(shot), shot, rounding_s)
    assert facts(shot)["brief"] == brief(shot)
    lines = told(shot).splitlines()
    for line in lines[3 : 3 + len(shot.subjects)]:
        check_text(line.partition(", at worst")[0], shot, 0.005)
    for kind in EXPORTS:
        text = export_text(shot, kind)
        if "ocus on " in text or "ack focus" in text:
            assert brief(shot) in text or prompt(shot) in text
    for frame in (0, 7, round(shot.motion.duration_s * 24)):
        words = caption(shot, frame)[1]
        t = min(frame / 24, shot.motion.duration_s)
        blurs = {one.name: Claims(shot, 0.0).blur(one.name, np.array([t]))[0] for one in shot.subjects}
        for one, blur in blurs.items():
            assert abs(blur - 1) < 1e-6 or (one in re.findall(_N, words)) == (blur <= 1)
    check_numbers(shot)


def test_a_lie_is_found() -> None:
    """The checks above can fail: a text about another scene does not pass."""
    lens = load_lens("ideal-50")
    walker = Subject("Qua", SubjectTrack((0.0, 2.0), (4.0, 1.2)))
    ask = Ask("ideal-50", "Qua", "Rho", "2", None, None, "minjerk", ("Qua=1.2m", "Rho=4m"), None, None, None,
              "super35", None, "24", "960x540", 0, 0.0, None)  # fmt: skip
    shot = make_shot(ask)[0]
    assert lens.name == shot.lens.name
    other = make_shot(Ask(**{**{f: getattr(ask, f) for f in Ask.__slots__}, "planes": ("Qua=2m", "Rho=1.2m")}))[0]
    for text in (brief(other), prompt(other), "Qua sharp throughout", "Rho never sharp", "a sharp picture"):
        with pytest.raises(AssertionError):
            check_text(text, shot, 0.05)
    assert walker.moves


@pytest.mark.parametrize(
    ("planes", "kind"),
    [
        (("Anna=1.2m", "Ben=3m"), RackKind.DIALOGUE),
        (("Lamp=1.2m", "Ben=1.9m"), RackKind.REVEAL),
        (("Cup=2m", "Ben=2.6m"), RackKind.FOREGROUND_TO_BACKGROUND),
        (("Ben=2.6m", "Cup=2m"), RackKind.BACKGROUND_TO_FOREGROUND),
        (("Cup=2m", "Ben=2.1m"), RackKind.RACK),
        (("Cup=2m", "Ben=2.4m..2.04m"), RackKind.DUAL_PLANE),
    ],
)
def test_a_rack_is_called_what_it_is(planes: tuple[str, str], kind: RackKind) -> None:
    names = [plane.partition("=")[0] for plane in planes]
    shot = make_shot(Ask("ideal-50", *names, "2", None, None, "minjerk", planes, None, 2.0, None, "super35", None,
                         "24", "960x540", 0, 0.0, None))[0]  # fmt: skip
    assert kind_of(shot) is kind
