# SPDX-License-Identifier: MIT
"""One palette a theme (dark for the cart, dim red for night, bright for sun), one typeface, Fusion to draw with.

Qt's own colour schemes do nothing on plain X11 and offscreen, so every colour comes from `colours.json`; widgets that
paint themselves ask `colour()` for a name and never hold a colour of their own. The typeface comes with the app, so
that what was measured on one machine fits on every other.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from followfocus_gui.widgets.screen_sheet import screen_sheet

ThemeName = Literal["dark", "red", "bright"]

FAMILY = "B612"
FONTS = ("B612-Regular.otf", "B612-Bold.otf")
BODY_PX = 13
"""The least size of type that is read close by"""
HINT_PX = 11
"""Nothing is smaller than a key's hint"""

TOUCH_PX = 44
"""The least height and width of anything that is pressed."""

_current: ThemeName = "dark"


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
    c = colours()
    by_hand = Qt.WidgetAttribute.WA_SetFont
    own = [(widget, widget.font()) for widget in app.allWidgets() if widget.testAttribute(by_hand)]
    app.setStyle("Fusion")
    app.setFont(figure_font(BODY_PX))
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
    app.setPalette(made)
    app.setStyleSheet(_sheet(c) + screen_sheet(c))
    for widget, font in own:  # a new style takes off what was set since the last one
        widget.setFont(font)


def _sheet(c: dict[str, str]) -> str:
    """The one style sheet: touch sizes, and how hover, choice and what is wrong look."""
    hover = QColor(c["raised"]).lighter(118).name()
    return f"""
    QPushButton, QToolButton, QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox {{
        min-height: {TOUCH_PX - 6}px; min-width: {TOUCH_PX - 22}px;
        border: 1px solid {c["outline"]}; border-radius: 6px; padding: 2px 10px;
        background: {c["raised"]}; color: {c["text"]};
    }}
    QCheckBox {{ min-height: {TOUCH_PX - 6}px; }}
    QCheckBox::indicator {{ width: 24px; height: 24px; }}
    QSlider::groove:horizontal {{ height: 8px; background: {c["outline"]}; border-radius: 4px; }}
    QSlider::handle:horizontal {{
        width: 32px; margin: -14px 0; border-radius: 8px; background: {c["raised"]}; border: 2px solid {c["accent"]};
    }}
    QSlider::handle:horizontal:disabled {{ border-color: {c["outline"]}; }}
    QLineEdit {{ background: {c["shade"]}; }}
    QLineEdit[bare="1"] {{ background: transparent; border: 0; padding: 0; min-height: 0; min-width: 0; }}
    QPushButton[bare="1"] {{ min-height: 0; min-width: 0; padding: 0; }}
    QLineEdit[bare="1"]:focus {{ background: {c["shade"]}; }}
    QLabel#inForce {{ background: {c["raised"]}; border: 1px dashed {c["bad"]}; border-radius: 4px; padding: 2px 6px; }}
    QLineEdit[wrong="true"] {{ border: 2px dashed {c["bad"]}; }}
    QPushButton:hover, QToolButton:hover {{ background: {hover}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {c["outline"]}; }}
    QPushButton:checked, QToolButton:checked {{
        border: 2px solid {c["accent"]}; background: {c["sel"]}; font-weight: 600;
    }}
    QPushButton:disabled, QToolButton:disabled {{
        color: {c["faint"]}; background: {c["panel"]}; border-color: {c["edge"]};
    }}
    QPushButton[dim="true"], QLineEdit[dim="true"], QPushButton[dim="true"]:checked {{
        color: {c["faint"]}; background: {c["panel"]}; border-color: {c["edge"]};
    }}
    QTableView {{ gridline-color: {c["outline"]}; background: {c["panel"]};
        alternate-background-color: {c["window"]}; }}
    QHeaderView::section {{ background: {c["raised"]}; color: {c["faint"]}; border: 0; padding: 4px 8px; }}
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
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.setFont(font)
