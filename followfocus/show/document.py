# SPDX-License-Identifier: MIT
"""The show file's document: what may stand in it, and the values that its parts make. The only pydantic of shows."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from followfocus.errors import FollowFocusError, RequestError
from followfocus.lens.drift import NO_DRIFT, Drift, drifted
from followfocus.lens.formats import SUPER_35, format_named
from followfocus.lens.map import lens_from_json
from followfocus.lens.subjects import Subject, SubjectTrack
from followfocus.motion.easing import parse_easing
from followfocus.show.show import Preferences, Show, ShowCue, ShowLens, ShowMark, ShowPull, ShowUnit, show_problems
from followfocus.show.slate import Slate
from followfocus.show.still import KnownSpot, OwnStill
from followfocus.show.written import ShowJson
from followfocus.units import parse_fps


class _Strict(BaseModel):
    """Unknown keys are errors, numbers are numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class _Mark(_Strict):
    ring_deg: float
    name: str = ""
    locked: bool = False
    trim_m: float = 0.0
    hold_s: float = 0.0
    hold_for_go: bool = False
    subject: str = ""


class _Place(_Strict):
    at_s: float
    distance_m: float


class _Walker(_Strict):
    """Somebody who walks: where she is when, in seconds after GO"""

    name: str
    walk: list[_Place]

    def made(self) -> Subject:
        """The subject. Raises RequestError where the walk can't be one."""
        track = SubjectTrack(tuple(p.at_s for p in self.walk), tuple(p.distance_m for p in self.walk))
        return Subject(self.name, track)


class _Spot(_Strict):
    across: float
    down: float
    distance_m: float


class _Still(_Strict):
    """A picture of one's own with its depth map, in files"""

    picture: str
    depth: str
    known: list[_Spot] = []

    def made(self) -> OwnStill:
        """The picture. Raises RequestError where a known point can't be one."""
        known = tuple(KnownSpot(**spot.model_dump()) for spot in self.known)
        return OwnStill(Path(self.picture), Path(self.depth), known)


class _Pull(_Strict):
    id: str
    lens: str
    marks: list[_Mark]
    duration_s: float = 2.0
    easing: str = "minjerk"
    t_stop: float = 2.8
    coc_mm: float
    focal_mm: float | None = None
    zoom: str = ""
    name: str = ""
    subjects: list[_Walker] = []
    still: _Still | None = None


class _Cue(_Strict):
    number: str
    pull: str
    name: str = ""
    back: bool = False
    follow_s: float | None = None
    lead_s: float = 0.0
    note: str = ""
    rec_hold_s: float | None = None
    stop_rec_s: float | None = None
    at_timecode: str = ""
    hand: str = "none"
    hand_within_m: float | None = None
    hand_keep: bool = False


class _Drift(_Strict):
    """How far a lens is off its scale today"""

    long_m: float = 0.0
    at_m: float | None = None
    note: str = ""


class _Lens(_Strict):
    id: str
    lens: dict[str, object]
    """The lens file's own document"""
    drift: _Drift | None = None


class _Unit(_Strict):
    port: str = "sim"
    motor: str
    volts: float = 24.0
    drive_current_a: float | None = None
    microsteps: int = 16
    motor_teeth: int = 50
    direction: int = 1
    lash_deg: float = 0.05
    limits: str = "standard"
    link_loss: str = "finish"


class _Slate(_Strict):
    scene: str = "1"
    setup: int = 0
    take: int = 1
    system: str = "american"
    slate: int = 1
    kind: str = ""
    mos: bool = False


class _Preferences(_Strict):
    units: str = "metric"
    theme: str = "dark"
    show_distance: bool = True


def _fps(value: object) -> object:
    try:
        return str(parse_fps(value)) if isinstance(value, str) else value
    except RequestError as error:
        raise ValueError(str(error)) from error


def _film(value: object) -> object:
    try:
        return format_named(value).name if isinstance(value, str) else value
    except RequestError as error:
        raise ValueError(str(error)) from error


class ShowDocument(_Strict):
    """The whole file."""

    format: Literal["followfocus-show"]
    version: Annotated[int, Field(ge=1)]
    production: str = ""
    camera: str = ""
    first_ac: str = ""
    fps: Annotated[str, BeforeValidator(_fps)] = "24"
    film: Annotated[str, BeforeValidator(_film)] = "super35"
    slate: _Slate = _Slate()
    unit: _Unit
    preferences: _Preferences = _Preferences()
    lenses: list[_Lens]
    pulls: list[_Pull]
    cues: list[_Cue]


_M = TypeVar("_M", bound=BaseModel)


class _Parts:
    """The values of a document's parts; what can't be made is noted with its place and left out.

    `broken` are the names of the lenses and pulls that could not be made.
    """

    def __init__(self, document: Mapping[str, object], problems: list[str]) -> None:
        self.problems, self.broken = problems, set[str]()
        self._document = document

    def entries(self, name: str, model: type[_M], *, note: bool) -> list[tuple[int, _M]]:
        """The entries of a list that have the right shape, with their places; `note` says why of the others."""
        made, given = [], self._document.get(name)
        for number, item in enumerate(given if isinstance(given, list) else []):
            try:
                made.append((number, model.model_validate(item)))
            except ValidationError as error:
                if isinstance(item, dict):
                    self.broken.add(str(item.get("id")))
                if note:
                    self.problems.append(f"{name}[{number}]: {shape_words(error)[0][1]}")
        return made

    @contextlib.contextmanager
    def noting(self, place: str, name: str = "") -> Iterator[None]:
        """Note what is wrong, and that the lens or pull of that name is broken."""
        try:
            yield
        except FollowFocusError as error:
            self.problems += [f"{place}: {line.strip()}" for line in str(error).splitlines()[:3]]
            self.broken.add(name)

    def lenses(self, *, note: bool) -> list[ShowLens]:
        """Every lens that is one."""
        made = []
        for number, entry in self.entries("lenses", _Lens, note=note):
            with self.noting(f"lenses[{number}]", entry.id):
                drift = NO_DRIFT if entry.drift is None else Drift(**entry.drift.model_dump())
                lens = lens_from_json(json.dumps(entry.lens), Path(f"lenses[{number}]"))
                drifted(lens, drift)  # refuses one that leaves no scale
                made.append(ShowLens(entry.id, lens, drift))
        return made

    def pulls(self, *, note: bool) -> list[ShowPull]:
        """The good pulls; of the others every fault is noted."""
        made = []
        for number, entry in self.entries("pulls", _Pull, note=note):
            place, before = f"pulls[{number}]", len(self.problems)
            values = entry.model_dump(exclude={"marks", "subjects", "still"})
            marks = [ShowMark(0.0)] * len(entry.marks)
            for index, mark in enumerate(entry.marks):
                with self.noting(f"{place}.marks[{index}]", entry.id):
                    marks[index] = ShowMark(**mark.model_dump())
            walkers = []
            for index, walker in enumerate(entry.subjects):
                with self.noting(f"{place}.subjects[{index}]", entry.id):
                    walkers.append(walker.made())
            with self.noting(f"{place}.still", entry.id):
                values["still"] = None if entry.still is None else entry.still.made()
            with self.noting(f"{place}.easing", entry.id):
                parse_easing(entry.easing)
            if len(self.problems) > before:
                values["easing"] = "minjerk"  # said already
            with self.noting(place, entry.id):
                pull = ShowPull(marks=tuple(marks), subjects=tuple(walkers), **values)
                if len(self.problems) == before:
                    made.append(pull)
        return made

    def cues(self, *, note: bool) -> list[ShowCue]:
        """Every cue that is one."""
        made = []
        for number, entry in self.entries("cues", _Cue, note=note):
            with self.noting(f"cues[{number}]"):
                made.append(ShowCue(**entry.model_dump()))
        return made


def checked(document: ShowJson) -> tuple[Show | None, list[str]]:
    """The show of a document; or None, and everything that is wrong with it at once, each with its place."""
    problems: list[str] = []
    entry: ShowDocument | None = None
    try:
        entry = ShowDocument.model_validate(document)
    except ValidationError as error:
        problems += [f"{place}: {words}" for place, words in shape_words(error)]
    parts = _Parts(document, problems)
    lenses, pulls, cues = parts.lenses(note=False), parts.pulls(note=False), parts.cues(note=False)
    problems += show_problems(lenses, pulls, cues, parts.broken)
    if entry is not None:
        if not entry.cues:
            problems.append("cues: there is none that could be played.")
        slate, unit, preferences = Slate(), ShowUnit(), Preferences()
        with parts.noting("slate"):
            slate = Slate(**entry.slate.model_dump())
        with parts.noting("unit"):
            unit = ShowUnit(**entry.unit.model_dump())
        with parts.noting("preferences"):
            preferences = Preferences(**entry.preferences.model_dump())
    if problems or entry is None:
        return None, problems
    return Show(
        entry.production, tuple(lenses), tuple(pulls), tuple(cues), entry.camera, entry.first_ac,
        parse_fps(entry.fps), slate, unit, preferences, format_named(entry.film),
    ), []  # fmt: skip


def shape_words(error: ValidationError) -> list[tuple[str, str]]:
    """Where a document hasn't the shape of a show, and why, for people."""
    return [(_place(item["loc"]), item["msg"].removeprefix("Value error, ")) for item in error.errors()]


def _place(where: tuple[int | str, ...]) -> str:
    return re.sub(r"\.(\d+)", r"[\1]", ".".join(map(str, where))) or "the file"


def known_part(document: Mapping[str, object]) -> ShowJson:
    """The keys of a newer document that this version knows, at every level."""

    def pruned(value: object, model: type[BaseModel]) -> object:
        if not isinstance(value, dict):
            return value
        made: ShowJson = {}
        for name, field in model.model_fields.items():
            if name in value:
                inner = _model_in(field.annotation)
                given = value[name]
                if inner is None:
                    made[name] = given
                elif isinstance(given, list):
                    made[name] = [pruned(item, inner) for item in given]
                else:
                    made[name] = pruned(given, inner)
        return made

    found = pruned(dict(document), ShowDocument)
    assert isinstance(found, dict)
    return found


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model that a field holds, or holds a list of."""
    for candidate in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def salvaged(document: ShowJson) -> tuple[Show | None, tuple[str, ...]]:
    """The largest show that can be made of a document, None where no cue is left; and what is lost, a line each."""
    lost: list[str] = []
    parts = _Parts(document, lost)

    def one(name: str, model: type[BaseModel], value: type[Slate | ShowUnit | Preferences]) -> object:
        try:
            return value(**model.model_validate(document.get(name, {})).model_dump())
        except (ValidationError, FollowFocusError):
            lost.append(f"{name}: not as it should be; the usual is used instead")
            return value()

    lenses = parts.lenses(note=True)
    have = {entry.id: entry.lens.travel_deg for entry in lenses}
    pulls = []
    for pull in parts.pulls(note=True):
        if pull.lens not in have:
            lost.append(f"pull “{pull.id}”: its lens “{pull.lens}” is lost")
        elif any(mark.is_off(have[pull.lens]) for mark in pull.marks):
            lost.append(f"pull “{pull.id}”: a mark is off the ring's travel")
        else:
            pulls.append(pull)
    played = {pull.id for pull in pulls}
    cues: list[ShowCue] = []
    for cue in parts.cues(note=True):
        if cue.pull in played and cue.number.casefold() not in {c.number.casefold() for c in cues}:
            cues.append(cue)
        else:
            lost.append(f"cue {cue.number}: its pull “{cue.pull}” is lost, or its number is another's")
    if not cues:
        return None, (*lost, "No cue is left that could be played.")
    text = {
        name: value for name in ("production", "camera", "first_ac") if isinstance(value := document.get(name), str)
    }
    try:
        fps = parse_fps(str(document.get("fps", "24")))
    except RequestError:
        fps = parse_fps("24")
        lost.append("fps: no frame rate; 24 is used instead")
    try:
        film = format_named(str(document.get("film", SUPER_35.name)))
    except RequestError:
        film = SUPER_35
        lost.append("film: no format; super35 is used instead")
    show = Show(
        lenses=tuple({entry.id: entry for entry in lenses}.values()),
        pulls=tuple({pull.id: pull for pull in pulls}.values()),
        cues=tuple(cues),
        fps=fps,
        film=film,
        slate=one("slate", _Slate, Slate),  # type: ignore[arg-type]
        unit=one("unit", _Unit, ShowUnit),  # type: ignore[arg-type]
        preferences=one("preferences", _Preferences, Preferences),  # type: ignore[arg-type]
        **{"production": "", **text},
    )
    assert not show_problems(show.lenses, show.pulls, show.cues)
    return show, tuple(lost)
