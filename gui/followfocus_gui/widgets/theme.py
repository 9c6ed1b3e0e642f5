# SPDX-License-Identifier: MIT
"""One palette a theme, and Fusion to draw with it: dark for the cart, dim red for night exteriors, bright for sun.

Qt's own colour schemes do nothing on plain X11 and offscreen, so every colour comes from here; widgets that paint
themselves ask `palette()` for a name and never hold a colour of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

ThemeName = Literal["dark", "red", "bright"]


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a theme, as `#rrggbb`."""

    window: str
    panel: str
    raised: str
    outline: str
    text: str
    faint: str
    accent: str
    disk: str
    engraving: str
    pencil: str
    needle: str
    wedge: str
    plan: str
    actual: str
    good: str
    warn: str
    bad: str
    go: str
    go_text: str
    stop: str
    stop_text: str


THEMES: dict[ThemeName, Colours] = {
    "dark": Colours(
        window="#14171a",
        panel="#1b1f24",
        raised="#2a3038",
        outline="#3d4650",
        text="#e8ebee",
        faint="#97a1ab",
        accent="#58a6ff",
        disk="#d9d7d0",
        engraving="#22262b",
        pencil="#34506e",
        needle="#d1321f",
        wedge="#8fb4dd",
        plan="#6fb1ff",
        actual="#ffd166",
        good="#5ec98a",
        warn="#f0b040",
        bad="#ff6b5e",
        go="#1f8f4e",
        go_text="#ffffff",
        stop="#c62f22",
        stop_text="#ffffff",
    ),
    "red": Colours(
        window="#0a0000",
        panel="#120202",
        raised="#260606",
        outline="#4a1010",
        text="#e0503c",
        faint="#963226",
        accent="#ff5a3c",
        disk="#3a0b08",
        engraving="#d84a36",
        pencil="#f07a5c",
        needle="#ff8a70",
        wedge="#6e1a12",
        plan="#c03a28",
        actual="#ff9078",
        good="#d86048",
        warn="#ff7a50",
        bad="#ff4a30",
        go="#5a120c",
        go_text="#ff9a84",
        stop="#9a1c10",
        stop_text="#ffc4b4",
    ),
    "bright": Colours(
        window="#f4f5f3",
        panel="#ffffff",
        raised="#e3e6e8",
        outline="#8b949d",
        text="#0b0d0f",
        faint="#4a535c",
        accent="#0550ae",
        disk="#ffffff",
        engraving="#101214",
        pencil="#1f3f73",
        needle="#b3140a",
        wedge="#a9c8ef",
        plan="#0550ae",
        actual="#a04500",
        good="#116329",
        warn="#8a4b00",
        bad="#b3140a",
        go="#116329",
        go_text="#ffffff",
        stop="#b3140a",
        stop_text="#ffffff",
    ),
}

TOUCH_PX = 44
"""The least height and width of anything that is pressed."""

_current: ThemeName = "dark"


def current() -> ThemeName:
    """The theme that was applied last."""
    return _current


def colours() -> Colours:
    """The colours of the theme that was applied last."""
    return THEMES[_current]


def colour(name: str, alpha: int = 255) -> QColor:
    """A colour of the current theme by name, with an opacity of 0 to 255."""
    made = QColor(getattr(colours(), name))
    made.setAlpha(alpha)
    return made


def apply(app: QApplication, name: str) -> None:
    """Paint the whole app in a theme; widgets that cache pictures are told by their `changeEvent` (PaletteChange)."""
    global _current  # noqa: PLW0603 - one theme an application, as Qt itself has one style
    _current = cast("ThemeName", name)
    c = THEMES[_current]
    by_hand = Qt.WidgetAttribute.WA_SetFont
    own = [(widget, widget.font()) for widget in app.allWidgets() if widget.testAttribute(by_hand)]
    app.setStyle("Fusion")
    made = QPalette()
    role = QPalette.ColorRole
    for target, source in (
        (role.Window, c.window),
        (role.WindowText, c.text),
        (role.Base, c.panel),
        (role.AlternateBase, c.raised),
        (role.Text, c.text),
        (role.PlaceholderText, c.faint),
        (role.Button, c.raised),
        (role.ButtonText, c.text),
        (role.BrightText, c.bad),
        (role.Highlight, c.accent),
        (role.HighlightedText, c.window),
        (role.ToolTipBase, c.raised),
        (role.ToolTipText, c.text),
        (role.Link, c.accent),
        (role.Mid, c.outline),
        (role.Dark, c.outline),
        (role.Light, c.outline),
        (role.Shadow, c.window),
    ):
        made.setColor(target, QColor(source))
    for target in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, target, QColor(c.faint))
    app.setPalette(made)
    app.setStyleSheet(_sheet(c))
    for widget, font in own:  # a new style takes off what was set since the last one
        widget.setFont(font)


def _sheet(c: Colours) -> str:
    """The one style sheet: touch sizes, and the two buttons that are found without reading."""
    return f"""
    QPushButton, QToolButton, QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox {{
        min-height: {TOUCH_PX - 6}px; min-width: {TOUCH_PX - 22}px;
        border: 1px solid {c.outline}; border-radius: 6px; padding: 2px 10px;
        background: {c.raised}; color: {c.text};
    }}
    QCheckBox {{ min-height: {TOUCH_PX - 6}px; }}
    QCheckBox::indicator {{ width: 24px; height: 24px; }}
    QSlider::groove:horizontal {{ height: 8px; background: {c.outline}; border-radius: 4px; }}
    QSlider::handle:horizontal {{
        width: 32px; margin: -14px 0; border-radius: 8px; background: {c.raised}; border: 2px solid {c.accent};
    }}
    QSlider::handle:horizontal:disabled {{ border-color: {c.outline}; }}
    QLineEdit {{ background: {c.panel}; }}
    QLineEdit[wrong="true"] {{ border: 2px dashed {c.bad}; }}
    QPushButton:hover, QToolButton:hover {{ border-color: {c.accent}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {c.outline}; }}
    QPushButton:checked, QToolButton:checked {{ border: 2px solid {c.accent}; font-weight: 600; }}
    QPushButton:focus, QToolButton:focus, QLineEdit:focus, QComboBox:focus {{ border: 2px solid {c.accent}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {c.faint}; background: {c.panel}; }}
    QPushButton#go {{ border: 3px solid {c.go}; }}
    QPushButton#go[lit="true"] {{ background: {c.go}; color: {c.go_text}; border-color: {c.text}; }}
    QPushButton#stop {{ background: {c.stop}; color: {c.stop_text}; }}
    QTableView {{ gridline-color: {c.outline}; background: {c.panel}; alternate-background-color: {c.window}; }}
    QHeaderView::section {{ background: {c.raised}; color: {c.faint}; border: 0; padding: 4px 8px; }}
    QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.outline}; }}
    """


def figure_font(size_px: int, *, bold: bool = False) -> QFont:
    """A font for figures that change: digits of one width, so that a reading never dances."""
    font = QFont()
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
