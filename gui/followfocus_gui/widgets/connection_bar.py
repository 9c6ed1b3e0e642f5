# SPDX-License-Identifier: MIT
"""The unit by its name, and behind it the list of ports, the unit's settings and its calibration."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from followfocus_gui.widgets.plates import Plate
from followfocus_gui.widgets.port_watch import SIMULATED, PortView
from followfocus_gui.widgets.signs import sign_icon
from followfocus_gui.widgets.theme import colour


class ConnectionBar(Plate):
    """A button that says where the unit is; pressed, it offers the others."""

    portChosen = Signal(str)
    settingsRequested = Signal()
    calibrateRequested = Signal()
    otherPortAsked = Signal()
    disconnectRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("connection", "Connection", parent)
        self._ports: tuple[PortView, ...] = (SIMULATED,)
        self.show_state("connecting", "")
        self.clicked.connect(lambda _checked: self.open_list())

    def show_state(self, state: str, name: str, where: str = "") -> None:
        """`state` is connected, connecting, lost or none; `name` is the unit's own, `where` its port."""
        words = {
            "connected": (name, where),
            "connecting": ("connecting", where),
            "lost": ("unit lost", "looking for it"),
            "none": ("no unit", "press to choose"),
        }[state]
        self.set_words(*words, trouble=state in ("lost", "none"))

    def state_text(self) -> str:
        """Everything that is said, however narrow the button is."""
        return f"{self.text()} {self.below()}".strip()

    def set_ports(self, ports: tuple[PortView, ...]) -> None:
        """Set the ports that the list offers."""
        self._ports = ports

    def list_menu(self) -> QMenu:
        """The list as it is now."""
        menu = QMenu(self)
        menu.setObjectName("portList")
        for view in self._ports:
            entry = menu.addAction(f"{view.port}   {view.words}")
            if view.unit:
                entry.setIcon(sign_icon("ring", 14, colour("good")))
            entry.setObjectName(f"port_{view.port}")
            entry.triggered.connect(lambda _checked, port=view.port: self.portChosen.emit(port))
        menu.addSeparator()
        for name, words, act in (
            ("otherPort", "Another port or address …", self.otherPortAsked.emit),
            ("disconnect", "Disconnect", self.disconnectRequested.emit),
            ("unitSettingsHere", "Unit settings …", self.settingsRequested.emit),
            ("calibrateHere", "Calibrate …", self.calibrateRequested.emit),
        ):
            entry = menu.addAction(words)
            entry.setObjectName(name)
            entry.triggered.connect(lambda _checked, a=act: a())
        return menu

    def open_list(self) -> None:
        """Show the list below the button."""
        menu = self.list_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def ask_port(self) -> None:
        """Ask for a port that isn't in the list."""
        text, given = QInputDialog.getText(
            self, "Connect to", "A serial port, or an address such as socket://192.168.4.1:4000"
        )
        if given and text.strip():
            self.portChosen.emit(text.strip())
