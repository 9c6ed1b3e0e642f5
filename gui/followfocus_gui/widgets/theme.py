# SPDX-License-Identifier: MIT
"""One palette a theme (dark for the cart, dim red for night, bright for sun), one typeface, Fusion to draw with.

Qt's own colour schemes do nothing on plain X11 and offscreen, so every colour comes from `colours.json`; widgets that
paint themselves ask `colour()` for a name and never hold a colour of their own. The typeface comes with the app, so
that what was measured on one machine fits on every other.
"""

from __future__ import annotations

import contextlib
import gc
import json
import weakref
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from followfocus_gui.widgets import scale
from followfocus_gui.widgets.scale import letters, px
from followfocus_gui.widgets.screen_sheet import screen_sheet

ThemeName = Literal["dark", "red", "bright"]

STYLE = "Fusion"
FAMILY = "B612"
FONTS = ("B612-Regular.otf", "B612-Bold.otf")
BODY_PX = 13
"""The least size of type that is read close by"""
HINT_PX = 11
"""Nothing is smaller than a key's hint"""

TOUCH_PX = 44
"""The least height and width of anything that is pressed."""

_current: ThemeName = "dark"
_written: weakref.WeakKeyDictionary[QWidget, tuple[float, bool]] = weakref.WeakKeyDictionary()


@cache
def _kept() -> dict[str, Any]:
    folder = resources.files("followfocus_gui") / "widgets"
    kept: dict[str, Any] = json.loads((folder / "colours.json").read_text(encoding="utf-8"))
    return kept


def current() -> ThemeName:
    """The theme that was applied last."""
    return _current


def colours(name: str = "") -> dict[str, str]:
    """The colours of a theme, as `#rrggbb`; of the one that was applied last where none is named."""
    return cast("dict[str, str]", _kept()["themes"][name or _current])


def least_contrast() -> dict[tuple[str, str], float]:
    """(what is seen, what is behind it) and the least contrast between the two, in every theme."""
    pairs: dict[str, float] = _kept()["contrast"]
    return {(pair.split("/")[0], pair.split("/")[1]): least for pair, least in pairs.items()}


def contrast(front: str, ground: str) -> float:
    """The contrast of two colours as WCAG 2 counts it, 1 to 21."""
    light, dark = sorted((_luminance(front), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(name: str) -> float:
    seen = QColor(name)
    parts = zip((seen.redF(), seen.greenF(), seen.blueF()), (0.2126, 0.7152, 0.0722), strict=True)
    return sum(share * (c / 12.92 if c <= 0.04045 else float(((c + 0.055) / 1.055) ** 2.4)) for c, share in parts)


def colour(name: str, alpha: int = 255) -> QColor:
    """A colour of the current theme by name, with an opacity of 0 to 255."""
    return QColor(_colour(current(), name, alpha))


@cache
def _colour(theme: ThemeName, name: str, alpha: int) -> QColor:
    made = QColor(colours(theme)[name])
    made.setAlpha(alpha)
    return made


@cache
def load_fonts() -> str:
    """Give the app its typeface, once; the family. A machine that can't load it keeps its own."""
    folder = resources.files("followfocus_gui") / "fonts"
    for name in FONTS:
        QFontDatabase.addApplicationFontFromData((folder / name).read_bytes())
    return FAMILY


def apply(app: QApplication, name: str) -> None:
    """Paint the whole app in a theme; widgets that cache pictures are told by their `changeEvent` (PaletteChange)."""
    global _current  # noqa: PLW0603 - one theme an application, as Qt itself has one style
    _current = cast("ThemeName", name)
    with _uncollected():
        own = _own_fonts(app)
        # Once an application: Qt deletes the style before, and Python may still hold it (whoever asked a widget for its
        # style does), or find another object where it was.
        if app.property("drawnWith") != STYLE:
            app.setStyle(STYLE)
            app.setProperty("drawnWith", STYLE)
        app.setPalette(_palette(colours()))
        _style(app, own)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """No collection of Python's: Qt goes over a list of all widgets here, and calls back into Python between two.

    A closed window that is part of a cycle would be deleted there, and Qt would go on to it.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _palette(c: dict[str, str]) -> QPalette:
    made = QPalette()
    role = QPalette.ColorRole
    for target, source in (
        (role.Window, c["window"]),
        (role.WindowText, c["text"]),
        (role.Base, c["panel"]),
        (role.AlternateBase, c["raised"]),
        (role.Text, c["text"]),
        (role.PlaceholderText, c["faint"]),
        (role.Button, c["raised"]),
        (role.ButtonText, c["text"]),
        (role.BrightText, c["bad"]),
        (role.Highlight, c["accent"]),
        (role.HighlightedText, c["window"]),
        (role.ToolTipBase, c["raised"]),
        (role.ToolTipText, c["text"]),
        (role.Link, c["accent"]),
        (role.Mid, c["outline"]),
        (role.Dark, c["outline"]),
        (role.Light, c["outline"]),
        (role.Shadow, c["window"]),
    ):
        made.setColor(target, QColor(source))
    for target in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, target, QColor(c["faint"]))
    return made


def fit_letters(app: QApplication, body_px: int) -> None:
    """Scale everything by the letters that are read; nothing is done where they are as they were."""
    if not scale.use(body_px):
        return
    with _uncollected():
        _style(app, _own_fonts(app))
        scale.measure_anew()
        for widget, (size_px, bold) in list(_written.items()):
            if isValid(widget):
                widget.setFont(figure_font(letters(size_px), bold=bold))


def _own_fonts(app: QApplication) -> list[tuple[QWidget, QFont]]:
    """Fonts that were set by hand: a new style takes off what was set since the last one."""
    by_hand = Qt.WidgetAttribute.WA_SetFont
    return [(widget, widget.font()) for widget in app.allWidgets() if widget.testAttribute(by_hand)]


def _style(app: QApplication, own: list[tuple[QWidget, QFont]]) -> None:
    app.setFont(figure_font(letters(BODY_PX)))
    app.setStyleSheet(_sheet(colours()) + screen_sheet(colours()))
    for widget, font in own:
        widget.setFont(font)


def written(widget: QWidget, size_px: float, *, bold: bool = False) -> None:
    """Letters that are so high on the least desk, now and at every other scale."""
    _written[widget] = size_px, bold
    widget.setFont(figure_font(letters(size_px), bold=bold))


def _sheet(c: dict[str, str]) -> str:
    """The one style sheet: touch sizes, and how hover, choice and what is wrong look."""
    hover = QColor(c["raised"]).lighter(118).name()
    return f"""
    QPushButton, QToolButton, QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox {{
        min-height: {px(TOUCH_PX - 6)}px; min-width: {px(TOUCH_PX - 22)}px;
        border: 1px solid {c["outline"]}; border-radius: 6px; padding: 2px {px(10)}px;
        background: {c["raised"]}; color: {c["text"]};
    }}
    Chooser::drop-down {{ border: 0; width: {px(30)}px; }}
    QCheckBox:disabled {{ color: {c["faint"]}; }}
    QCheckBox {{ min-height: {px(TOUCH_PX)}px; }}
    QCheckBox::indicator {{ width: {px(24)}px; height: {px(24)}px; }}
    QSlider::groove:horizontal {{ height: {px(8)}px; background: {c["outline"]}; border-radius: 4px; }}
    QSlider::handle:horizontal {{
        width: {px(32)}px; margin: -{px(14)}px 0; border-radius: 8px;
        background: {c["raised"]}; border: 2px solid {c["accent"]};
    }}
    QSlider::handle:horizontal:disabled {{ border-color: {c["outline"]}; }}
    QLineEdit {{ background: {c["shade"]}; placeholder-text-color: {c["faint"]}; }}
    QLineEdit[bare="1"] {{ background: transparent; border: 0; padding: 0; min-height: 0; min-width: 0; }}
    QPushButton[bare="1"] {{ min-height: 0; min-width: 0; padding: 0; }}
    QLineEdit[bare="1"]:focus {{ background: {c["shade"]}; }}
    QLabel#inForce {{ background: {c["raised"]}; border: 1px dashed {c["bad"]}; border-radius: 4px; padding: 2px 6px; }}
    QLineEdit[wrong="true"] {{ border: 2px dashed {c["bad"]}; }}
    QPushButton:hover, QToolButton:hover {{ background: {hover}; }}
    QPushButton:pressed, QToolButton:pressed {{ border-color: {c["accent"]}; background: {c["sel"]}; }}
    QPushButton:checked, QToolButton:checked {{
        border: 2px solid {c["accent"]}; background: {c["sel"]}; font-weight: 600;
    }}
    QPushButton:disabled, QToolButton:disabled, QLineEdit:disabled, QComboBox:disabled {{
        color: {c["faint"]}; background: {c["panel"]}; border-color: {c["edge"]};
    }}
    QPushButton[dim="true"], QLineEdit[dim="true"], QPushButton[dim="true"]:checked {{
        color: {c["faint"]}; background: {c["panel"]}; border-color: {c["edge"]};
    }}
    QTableView {{ gridline-color: {c["outline"]}; background: {c["panel"]};
        alternate-background-color: {c["window"]}; }}
    QHeaderView::section {{ background: {c["raised"]}; color: {c["faint"]}; border: 0; padding: {px(4)}px 3px; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QLabel#qt_msgboxex_icon_label {{ max-width: 0; max-height: 0; }}
    QSplitter::handle {{ background: {c["edge"]}; image: none; }}
    QToolTip {{ background: {c["raised"]}; color: {c["text"]}; border: 1px solid {c["outline"]}; }}
    """


def figure_font(size_px: int, *, bold: bool = False) -> QFont:
    """A font for figures that change: digits of one width, so that a reading never dances."""
    return QFont(_figure_font(size_px, bold=bold))


@cache
def _figure_font(size_px: int, *, bold: bool) -> QFont:
    font = QFont(load_fonts())
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setPixelSize(size_px)
    font.setBold(bold)
    return font


def set_flag(widget: QWidget, name: str, on: bool) -> None:
    """A property that the style sheet asks for. Qt takes off the widget's own font on the way; it is put back."""
    if widget.property(name) == on:
        return
    font = widget.font()
    widget.setProperty(name, on)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):  # else it is styled when it is shown
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.setFont(font)
