"""The show file's document: what may stand in it, and the values that its parts make. The only pydantic of shows."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from followfocus.errors import FollowFocusError, RequestError
from followfocus.lens import lens_from_json
from followfocus.show import Preferences, Show, ShowCue, ShowLens, ShowMark, ShowPull, ShowUnit, show_problems
from followfocus.slate import Slate
from followfocus.units import parse_fps

Document = dict[str, object]


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


class _Pull(_Strict):
    id: str
    lens: str
    marks: list[_Mark]
    duration_s: float = 2.0
    easing: str = "minjerk"
    t_stop: float = 2.8
    coc_mm: float
    name: str = ""


class _Cue(_Strict):
    number: str
    pull: str
    name: str = ""
    back: bool = False
    follow_s: float | None = None
    lead_s: float = 0.0
    note: str = ""


class _Lens(_Strict):
    id: str
    lens: dict[str, object]
    """The lens file's own document"""


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
    show_distance: bool = False


def _fps(value: object) -> object:
    try:
        return str(parse_fps(value)) if isinstance(value, str) else value
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
    slate: _Slate = _Slate()
    unit: _Unit
    preferences: _Preferences = _Preferences()
    lenses: list[_Lens]
    pulls: list[_Pull]
    cues: list[_Cue]


class Parts:
    """The values of a document's parts; what can't be made is noted with its place and left out."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems

    @contextlib.contextmanager
    def _noting(self, place: str) -> Iterator[None]:
        try:
            yield
        except FollowFocusError as error:
            self.problems += [f"{place}: {line.strip()}" for line in str(error).splitlines()[:3]]

    def lenses(self, entries: list[_Lens]) -> list[ShowLens]:
        """Every lens that is one."""
        made = []
        for number, entry in enumerate(entries):
            with self._noting(f"lenses[{number}]"):
                made.append(ShowLens(entry.id, lens_from_json(json.dumps(entry.lens), Path(f"lenses[{number}]"))))
        return made

    def pulls(self, entries: list[_Pull]) -> list[ShowPull]:
        """Every pull that is one."""
        made = []
        for number, entry in enumerate(entries):
            with self._noting(f"pulls[{number}]"):
                values = entry.model_dump(exclude={"marks"})
                marks = tuple(ShowMark(**mark.model_dump()) for mark in entry.marks)
                made.append(ShowPull(marks=marks, **values))
        return made

    def cues(self, entries: list[_Cue]) -> list[ShowCue]:
        """Every cue that is one."""
        made = []
        for number, entry in enumerate(entries):
            with self._noting(f"cues[{number}]"):
                made.append(ShowCue(**entry.model_dump()))
        return made

    def show(self, entry: ShowDocument) -> Show | None:
        """The whole show; None where anything is wrong with it."""
        lenses, pulls, cues = self.lenses(entry.lenses), self.pulls(entry.pulls), self.cues(entry.cues)
        made: list[Show] = []
        with self._noting("the show"):
            slate, unit = Slate(**entry.slate.model_dump()), ShowUnit(**entry.unit.model_dump())
            preferences = Preferences(**entry.preferences.model_dump())
            if not cues:
                raise RequestError("It has no cue that could be played.")
            show = Show(
                entry.production, tuple(lenses), tuple(pulls), tuple(cues), entry.camera, entry.first_ac,
                parse_fps(entry.fps), slate, unit, preferences,
            )  # fmt: skip
            made.append(show)
        return made[0] if made and not self.problems else None


def known_part(document: Mapping[str, object]) -> Document:
    """What this version knows of a newer document: the other keys are left out, at every level."""

    def pruned(value: object, model: type[BaseModel]) -> object:
        if not isinstance(value, dict):
            return value
        made: Document = {}
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


def salvaged(document: Document) -> tuple[Show | None, tuple[str, ...]]:
    """The largest show that can be made of a document, None where no cue is left; and what is lost, a line each."""
    lost: list[str] = []
    parts = Parts(lost)

    def entries(name: str, model: type[BaseModel]) -> list[BaseModel]:
        made, given = [], document.get(name)
        for number, item in enumerate(given if isinstance(given, list) else []):
            try:
                made.append(model.model_validate(item))
            except ValidationError as error:
                lost.append(f"{name}[{number}]: {error.errors()[0]['msg']}")
        return made

    def one(name: str, model: type[BaseModel], value: type[Slate | ShowUnit | Preferences]) -> object:
        try:
            return value(**model.model_validate(document.get(name, {})).model_dump())
        except (ValidationError, FollowFocusError):
            lost.append(f"{name}: not as it should be; the usual is used instead")
            return value()

    lenses = parts.lenses(entries("lenses", _Lens))  # type: ignore[arg-type]
    have = {entry.id: entry.lens.travel_deg for entry in lenses}
    pulls = []
    for pull in parts.pulls(entries("pulls", _Pull)):  # type: ignore[arg-type]
        if pull.lens not in have:
            lost.append(f"pull {pull.id!r}: its lens {pull.lens!r} is lost")
        elif any(not 0 <= mark.ring_deg <= have[pull.lens] for mark in pull.marks):
            lost.append(f"pull {pull.id!r}: a mark is off the ring's travel")
        else:
            pulls.append(pull)
    played = {pull.id for pull in pulls}
    cues: list[ShowCue] = []
    for cue in parts.cues(entries("cues", _Cue)):  # type: ignore[arg-type]
        if cue.pull in played and cue.number.casefold() not in {c.number.casefold() for c in cues}:
            cues.append(cue)
        else:
            lost.append(f"cue {cue.number}: its pull {cue.pull!r} is lost, or its number is another's")
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
    show = Show(
        lenses=tuple({entry.id: entry for entry in lenses}.values()),
        pulls=tuple({pull.id: pull for pull in pulls}.values()),
        cues=tuple(cues),
        fps=fps,
        slate=one("slate", _Slate, Slate),  # type: ignore[arg-type]
        unit=one("unit", _Unit, ShowUnit),  # type: ignore[arg-type]
        preferences=one("preferences", _Preferences, Preferences),  # type: ignore[arg-type]
        **{"production": "", **text},
    )
    assert not show_problems(show)
    return show, tuple(lost)
