# SPDX-License-Identifier: MIT
"""From a planned pull to what is painted beside its lines: bands, moments, handles and labels, in pixels."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPolygonF

from followfocus.arrays import FloatArray
from followfocus.names import in_line, plain_name
from followfocus_gui.plot.items import FLAG_TALL_PX, OFFERED, Handle, Label, Part, PlotPicture, label_size, shape_of
from followfocus_gui.plot.scale import Levels
from followfocus_gui.state.label_layout import EVERYWHERE, LabelBox, Obstacles, Wanted, place_labels
from followfocus_gui.state.views import BandView, CurveView

LONGEST_NAME, LONGEST_TITLE = 14, 22
"""Letters of a name beside a moment, and beside a band"""
_INSET = 3.0
_NAME_OFF, _NAME_REACH = 11.0, 60.0
"""From a band's edge to the middle of its name, and how far at most"""


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot on the scene: its area in pixels, and the times and levels at its edges."""

    area: QRectF
    start_s: float
    end_s: float
    low: float
    high: float

    def x(self, t_s: float) -> float:
        """Where a time is."""
        return self.area.left() + (t_s - self.start_s) / (self.end_s - self.start_s) * self.area.width()

    def y(self, level: float) -> float:
        """Where a level is; upwards is smaller."""
        return self.area.bottom() - (level - self.low) / (self.high - self.low) * self.area.height()

    def points(self, times_s: FloatArray, levels: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Where a whole line is: x and y."""
        across = self.area.width() / (self.end_s - self.start_s)
        down = self.area.height() / (self.high - self.low)
        return self.area.left() + (times_s - self.start_s) * across, self.area.bottom() - (levels - self.low) * down

    def time_s(self, x: float) -> float:
        """The time at a place, inside of the plot or beyond it."""
        return self.start_s + (x - self.area.left()) / self.area.width() * (self.end_s - self.start_s)

    def level(self, y: float) -> float:
        """The level at a place."""
        return self.low + (self.area.bottom() - y) / self.area.height() * (self.high - self.low)

    def bounds(self, foot: float = 0.0) -> LabelBox:
        """Where labels may stand: right of the start, where the time cursor rests, and `foot` pixels off the bottom."""
        area = self.area.adjusted(self.x(0.0) - self.area.left() + _INSET, _INSET, -_INSET, -_INSET - foot)
        return LabelBox(area.x(), area.y(), area.width(), area.height())


@dataclass(frozen=True, slots=True)
class Asked:
    """The input of a layout. `handles` are ease handles as shares of time and travel, given or offered."""

    view: CurveView
    levels: Levels
    bands: tuple[BandView, ...]
    handles: tuple[float, float, float, float] | None
    holds: tuple[tuple[float, float], ...]
    speed_shown: bool = True


@dataclass(frozen=True, slots=True)
class _Named:
    """A label that waits for its place."""

    text: str
    tone: str
    x: float
    y: float
    side: int
    within: tuple[float, float] = EVERYWHERE
    aside: float = math.inf
    brief: str = ""
    """The same in fewer letters, for where there is no room near its place"""


def lay_out(asked: Asked, upper: Panel, lower: Panel, size: tuple[float, float]) -> PlotPicture:
    """Everything painted beside the lines of a pull, with no label over a line or another label if there is room."""
    view = asked.view
    handles = (*_knobs(asked, upper), *_grips(asked, upper))
    # The main bands choose their places first, and the duration before all.
    named = sorted(_band_labels(asked, upper), key=lambda pair: not pair[0].main)
    duration, *holds = _time_labels(asked, upper)
    upper_labels = [duration, *(label for _, label in named), *holds, *_band_names(asked, upper)]
    lower_labels = _speed_labels(view, lower) if asked.speed_shown else _edge_label(view, lower)
    moments = _moments(asked.bands, upper)
    return PlotPicture(
        size,
        bands=(*_bands(asked, upper), *(() if asked.speed_shown else _sharp_half(view, lower))),
        hatched=_hatched(view, lower) if asked.speed_shown else (),
        over=_over(view, lower) if asked.speed_shown else (),
        upright=(*moments, *(_limit(view, lower) if asked.speed_shown else ())),
        ends=_ends(asked, upper, lower),
        arms=_arms(handles, asked, upper),
        handles=handles,
        labels=(
            *_placed(upper_labels, upper, asked.levels.at(view.ring_deg), view, moments, handles, FLAG_TALL_PX),
            *_placed(lower_labels, lower, view.speed_deg_s * asked.speed_shown, view),
        ),
    )


def _placed(
    named: Sequence[_Named],
    panel: Panel,
    levels: FloatArray,
    view: CurveView,
    moments: tuple[tuple[QLineF, str], ...] = (),
    handles: tuple[Handle, ...] = (),
    foot: float = 0.0,
) -> tuple[Label, ...]:
    curve = panel.points(view.times_s, levels)
    ends = (panel.x(view.duration_s), *(line.x1() for line, _ in moments))
    bounds, around = panel.bounds(foot), Obstacles(*curve, _boxes(handles), ends)
    found = _labels(named, bounds, around)
    # A name gives way, a distance doesn't: what had no room on its side is tried again without it, on either side.
    lacking = [one for one, label in found if label is None and one.brief]
    brief = [dataclasses.replace(one, text=one.brief, aside=math.inf) for one in lacking]
    made = [label for _, label in found if label is not None]
    if brief:
        taken = (*around.boxes, *(label.box for label in made))
        made += [label for _, label in _labels(brief, bounds, dataclasses.replace(around, boxes=taken)) if label]
    return tuple(made)


def _labels(named: Sequence[_Named], bounds: LabelBox, around: Obstacles) -> list[tuple[_Named, Label | None]]:
    wanted = [
        Wanted(*label_size(one.text, bold=not one.tone), one.x, one.y, one.side, one.within, one.aside) for one in named
    ]
    found = zip(named, place_labels(wanted, bounds, around), strict=True)
    return [(one, None if box is None else Label(one.text, box, one.tone)) for one, box in found]


def _tone(number: int, count: int) -> str:
    """The first subject's colour, the last one's, and one for all between."""
    return "accent" if number == 0 else "good" if number == count - 1 else "warn"


# Bands ---------------------------------------------------------------------------------------------------------------


def _bands(asked: Asked, upper: Panel) -> tuple[tuple[QRectF, str], ...]:
    count = len(asked.bands)
    return tuple((_band_area(band, asked.levels, upper), _tone(n, count)) for n, band in enumerate(asked.bands))


def _band_area(band: BandView, levels: Levels, upper: Panel) -> QRectF:
    ends = sorted(upper.y(levels.one(deg)) for deg in (band.near_deg, band.far_deg))
    area = QRectF(upper.area.left(), ends[0], upper.area.width(), ends[1] - ends[0])
    return area.intersected(upper.area)


def _moments(bands: tuple[BandView, ...], upper: Panel) -> tuple[tuple[QLineF, str], ...]:
    return tuple(
        (_upright(upper.x(moment), upper), _tone(number, len(bands)))
        for number, band in enumerate(bands)
        for moment in (band.soft_s, band.sharp_s)
        if moment is not None
    )


def _band_labels(asked: Asked, upper: Panel) -> list[tuple[BandView, _Named]]:
    """One label a band, beside the moment that matters: after it has gone soft, before it becomes sharp."""
    made = []
    for number, band in enumerate(asked.bands):
        area = _band_area(band, asked.levels, upper)
        moment = band.soft_s if band.soft_s is not None else band.sharp_s
        at_s = (0.0 if number == 0 else asked.view.duration_s) if moment is None else moment
        side = 1 if band.soft_s is not None else -1
        label = _Named(band_words(band), _tone(number, len(asked.bands)), upper.x(at_s), area.center().y(), side)
        made.append((band, label))
    return made


def _band_names(asked: Asked, upper: Panel) -> list[_Named]:
    """Whose band it is, and how far away, beside the curve there: at its start, at its end, where it comes by."""
    made = []
    areas = [_band_area(band, asked.levels, upper) for band in asked.bands]
    for number, band in enumerate(asked.bands):
        if not band.where:
            continue
        area, text = areas[number], f"{_who(band, LONGEST_TITLE)}  {band.where}"
        above = area.center().y() < upper.area.center().y()
        y = area.top() - _NAME_OFF if above else area.bottom() + _NAME_OFF
        at_s, side = _beside(band, number, asked)
        brief = f"{band.letter}  {band.where}"
        half = upper.area.width() / 2
        made.append(_Named(text, "", upper.x(at_s), y, side, _own_room(area, areas), half, brief))
    return made


def _own_room(area: QRectF, areas: Sequence[QRectF]) -> tuple[float, float]:
    """From where to where a name may stand: half-way to the next bands, for nearer to another it is that one's.

    Where there is none, not far from its own either.
    """
    above = [other.bottom() for other in areas if other.bottom() < area.top()]
    below = [other.top() for other in areas if other.top() > area.bottom()]
    return (
        (max(above) + area.top()) / 2 if above else area.top() - _NAME_REACH,
        (min(below) + area.bottom()) / 2 if below else area.bottom() + _NAME_REACH,
    )


def _beside(band: BandView, number: int, asked: Asked) -> tuple[float, int]:
    """(moment at which the curve is in a band, side on which there is room for its name)"""
    if number == 0:
        return 0.0, 1
    if number == len(asked.bands) - 1:
        return asked.view.duration_s, -1
    moments = [moment for moment in (band.sharp_s, band.soft_s) if moment is not None]
    return sum(moments) / len(moments) if moments else 0.0, 0


def _who(band: BandView, longest: int = LONGEST_NAME) -> str:
    """Letter and name; a long name ends in an ellipsis."""
    whole = plain_name(band.name)
    name = in_line(whole if len(whole) <= longest else f"{whole[: longest - 1]}…")
    return f"{band.letter} {name}".strip() if name != band.letter else band.letter


def band_words(band: BandView) -> str:
    """`A Anna soft 0.39 s`, `C sharp 0.80 to 1.10 s`; the letter and name alone where neither happens.

    The bands between the first and the last are many, and one whose name stands beside it is known: they go by letters.
    """
    who = _who(band) if band.main and not band.where else band.letter
    soft, sharp = band.soft_s, band.sharp_s
    if soft is not None and sharp is not None:
        word, first, then = "soft", band.soft_at, band.sharp_at
        if sharp <= soft:
            word, first, then = "sharp", then, first
        return f"{who} {word} {first if band.parted else first.removesuffix(' s')} to {then}"
    if soft is not None:
        return f"{who} soft {band.soft_at}"
    return who if sharp is None else f"{who} sharp {band.sharp_at}"


# Times ---------------------------------------------------------------------------------------------------------------


def _upright(x: float, panel: Panel, to: Panel | None = None) -> QLineF:
    return QLineF(x, panel.area.top(), x, (to or panel).area.bottom())


def _ends(asked: Asked, upper: Panel, lower: Panel) -> tuple[tuple[QLineF, str], ...]:
    holds = [
        (_upright(upper.x(start + length), upper), "warn")
        for index, (start, length) in enumerate(asked.holds)
        if length > 0 and hold_mark(asked.view, index) is not None
    ]
    return (*holds, (_upright(upper.x(asked.view.duration_s), upper, lower), "accent"))


def hold_mark(view: CurveView, index: int) -> int | None:
    """The mark that a hold belongs to, None for a hold for GO."""
    return view.hold_marks[index] if index < len(view.hold_marks) else index + 1


def _time_labels(asked: Asked, upper: Panel) -> list[_Named]:
    view = asked.view
    top = upper.area.top()
    made = [_Named(_length(view), "accent", upper.x(view.duration_s), top, 0)]
    for index, (start, length) in enumerate(asked.holds):
        if hold_mark(view, index) is None:
            made.append(_Named("hold for GO", "warn", upper.x(start + length / 2), top, 0))
        elif length > 0:
            made.append(_Named(f"hold {length:.2f} s", "warn", upper.x(start + length / 2), top, 0))
    return made


def _length(view: CurveView) -> str:
    """How long it moves; how long a hold for GO takes nobody knows, so it is no part of the figure."""
    waits = [length for index, (_, length) in enumerate(view.holds) if hold_mark(view, index) is None]
    more = "" if not waits else " + hold" if len(waits) == 1 else f" + {len(waits)} holds"
    return f"{view.duration_s - sum(waits):.2f} s{more}"


def _grips(asked: Asked, upper: Panel) -> tuple[Handle, ...]:
    """The end's grip in the middle, those of holds above and below it in turn, those that could be holds at the top."""
    view, middle, quarter = asked.view, upper.area.center().y(), upper.area.height() / 4
    made = []
    for index, (start, length) in enumerate(asked.holds):
        if hold_mark(view, index) is not None:
            y = middle + quarter * (1 if index % 2 else -1) if length > 0 else upper.area.top() + OFFERED.height() / 2
            made.append(Handle(Part.HOLD, upper.x(start + length), y, index, offered=length <= 0))
    return (*made, Handle(Part.END, upper.x(view.duration_s), middle))


# Easing --------------------------------------------------------------------------------------------------------------


def _knobs(asked: Asked, upper: Panel) -> tuple[Handle, ...]:
    if asked.handles is None:
        return ()
    x1, y1, x2, y2 = asked.handles
    first, last = _reach(asked)
    made = []
    for part, share_t, share_level in ((Part.IN, x1, y1), (Part.OUT, x2, y2)):
        level = first + share_level * (last - first)
        made.append(
            Handle(
                part,
                upper.x(share_t * asked.view.duration_s),
                upper.y(level),
                offered=asked.view.handles is None,
            )
        )
    return tuple(made)


def _reach(asked: Asked) -> tuple[float, float]:
    first, last = asked.levels.at(asked.view.ring_deg[[0, -1]])
    return float(first), float(last)


def _arms(handles: tuple[Handle, ...], asked: Asked, upper: Panel) -> tuple[QLineF, ...]:
    if asked.handles is None:
        return ()
    first, last = _reach(asked)
    corners = (upper.x(0.0), upper.y(first)), (upper.x(asked.view.duration_s), upper.y(last))
    return tuple(QLineF(*corner, knob.x, knob.y) for corner, knob in zip(corners, handles[:2], strict=True))


# Speed ---------------------------------------------------------------------------------------------------------------


def _hatched(view: CurveView, lower: Panel) -> tuple[QRectF, ...]:
    area = lower.area
    return tuple(
        QRectF(lower.x(start), area.top(), lower.x(end) - lower.x(start), area.height()).intersected(area)
        for start, end in view.binding_spans
    )


def _over(view: CurveView, lower: Panel) -> tuple[QPolygonF, ...]:
    """The speed's line within each binding span."""
    made = []
    for start, end in view.binding_spans:
        inside = (view.times_s >= start) & (view.times_s <= end)
        x, y = lower.points(view.times_s[inside], view.speed_deg_s[inside])
        made.append(QPolygonF([QPointF(*point) for point in zip(x.tolist(), y.tolist(), strict=True)]))
    return tuple(made)


def _limit(view: CurveView, lower: Panel) -> tuple[tuple[QLineF, str], ...]:
    if not np.isfinite(view.speed_limit_deg_s):
        return ()
    y = lower.y(view.speed_limit_deg_s)
    return ((QLineF(lower.area.left(), y, lower.area.right(), y), "bad"),)


def _sharp_half(view: CurveView, lower: Panel) -> tuple[tuple[QRectF, str], ...]:
    """Where a take may be off and is sharp, from edge to edge."""
    top, bottom = lower.y(view.half_dof_deg), lower.y(-view.half_dof_deg)
    return ((QRectF(lower.area.left(), top, lower.area.width(), bottom - top), "good"),) if bottom > top else ()


def _edge_label(view: CurveView, lower: Panel) -> list[_Named]:
    at = lower.area.right(), lower.y(view.half_dof_deg)
    return [_Named("edge of sharp", "good", *at, -1)] if view.half_dof_deg else []


def _speed_labels(view: CurveView, lower: Panel) -> list[_Named]:
    """The name of each limit that binds, once; else the speed limit's own, where it is near enough to be drawn."""
    middle = lower.area.center().y()
    made = []
    for index, (start, end) in enumerate(view.binding_spans):
        name = view.binding_names[index] if index < len(view.binding_names) else "limit"
        if name not in view.binding_names[:index]:
            made.append(_Named(f"over: {name}", "bad", lower.x((start + end) / 2), middle, 0))
    if np.isfinite(view.speed_limit_deg_s):
        text = f"limit {view.speed_limit_deg_s:g} °/s"
        made.append(_Named(text, "bad", lower.area.left(), lower.y(view.speed_limit_deg_s), 1))
    return made


def _boxes(handles: tuple[Handle, ...]) -> tuple[LabelBox, ...]:
    shapes = [shape_of(handle) for handle in handles]
    return tuple(LabelBox(shape.x(), shape.y(), shape.width(), shape.height()) for shape in shapes)
