# SPDX-License-Identifier: MIT
"""The slate and the cue in a small form each: what is written is checked as it is typed."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QWidget

from followfocus.show.show import Show, ShowCue
from followfocus.show.slate import KINDS, SYSTEMS, Slate, parse_slate
from followfocus.units import parse_duration, parse_fps
from followfocus_gui.widgets.form import Form


class SlateDialog(Form):
    """Production, camera and slate of a show."""

    given = Signal(object)
    """The changed Show"""

    def __init__(self, show: Show, parent: QWidget | None = None) -> None:
        super().__init__("slateDialog", "", parent)
        self.setWindowTitle("Slate")
        self._show = show
        slate = show.slate
        self._production = self.field("production", "Production", show.production)
        self._camera = self.field("camera", "Camera", show.camera)
        self._first_ac = self.field("firstAc", "1st AC", show.first_ac)
        self._fps = self.field("fps", "Frames a second", _fps_text(show.fps))
        self._system = self.choice("slateSystem", "Slating", {s: s for s in SYSTEMS}, slate.system)
        self._scene = self.field("scene", "Scene", slate.scene)
        self._shot = self.field("shot", "Shot as on the board", slate.name)
        self._take = self.field("take", "Next take", str(slate.take))
        kinds = {kind: kind if kind else "plain" for kind in KINDS}
        self._kind = self.choice("slateKind", "Kind", kinds, slate.kind)
        self._mos = QCheckBox("MOS (without sound)", self)
        self._mos.setObjectName("mos")
        self._mos.setAccessibleName(self._mos.text())
        self._mos.setChecked(slate.mos)
        self._mos.toggled.connect(self._judge)
        self.form.addRow("", self._mos)
        self._shot.setModified(False)
        self._scene.textEdited.connect(self._scene_written)
        self._system.currentIndexChanged.connect(self._system_chosen)
        self.finish()

    def _scene_written(self, text: str) -> None:
        """A new scene begins with its first shot; British slates run on."""
        if text.strip() and self._system.currentData() != "british":
            self._shot.setText(text.strip())
            self._take.setText("1")

    def _system_chosen(self) -> None:
        """The board is written anew, as the other system does."""
        self._shot.setText(dataclasses.replace(self._show.slate, system=self._system.currentData()).name)

    def _slate(self) -> Slate:
        """The board's line decides on take, pickup and MOS, before the other fields."""
        old, scene = self._show.slate, self._scene.text().strip()
        take = int(self._take.text()) if self._take.text().strip().isdecimal() else 0
        system = self._system.currentData()
        like = dataclasses.replace(old, system=system, scene=scene or old.scene)
        written = parse_slate(self._shot.text() or like.name, like, scene=scene, take=take)
        if system == "british":
            written = dataclasses.replace(written, scene=scene, setup=0)
        kind, mos = written.kind or self._kind.currentData(), written.mos or self._mos.isChecked()
        return dataclasses.replace(written, kind=kind, mos=mos)

    def show_made(self) -> Show:
        """The show with what is written. Raises FollowFocusError."""
        return dataclasses.replace(
            self._show,
            production=self._production.text().strip(),
            camera=self._camera.text().strip(),
            first_ac=self._first_ac.text().strip(),
            fps=parse_fps(self._fps.text()),
            slate=self._slate(),
        )

    def summary(self) -> str:
        """The next take as it is called out."""
        return f"Next: {self.show_made().slate!s}"

    def give(self) -> None:
        """Emit the changed show."""
        self.given.emit(self.show_made())


class CueDialog(Form):
    """One cue: its number, name, lead, and what follows it."""

    given = Signal(object)
    """The changed ShowCue"""

    def __init__(self, cue: ShowCue, fps: Fraction, parent: QWidget | None = None) -> None:
        super().__init__("cueDialog", "", parent)
        self.setWindowTitle("Cue")
        self._cue, self._fps = cue, fps
        self._number = self.field("cueNumber", "Number", cue.number)
        self._name = self.field("cueName", "Name", cue.name)
        self._lead = self.field("cueLead", "Lead before it starts", f"{cue.lead_s:g} s")
        follows = "" if cue.follow_s is None else f"{cue.follow_s:g} s"
        self._follow = self.field("cueFollow", "Next cue by itself after", follows)
        self._follow.setPlaceholderText("empty: on GO")
        self._note = QPlainTextEdit(cue.note, self)
        self._note.setObjectName("cueNote")
        self._note.setAccessibleName("Note")
        self._note.setTabChangesFocus(True)
        self._note.setMaximumHeight(90)
        self.form.addRow("Note", self._note)
        self.finish()

    def cue_made(self) -> ShowCue:
        """The cue as written. Raises FollowFocusError."""
        follow = self._follow.text().strip()
        return dataclasses.replace(
            self._cue,
            number=self._number.text().strip(),
            name=self._name.text().strip(),
            lead_s=parse_duration(self._lead.text() or "0", self._fps),
            follow_s=parse_duration(follow, self._fps) if follow else None,
            note=self._note.toPlainText().strip(),
        )

    def summary(self) -> str:
        """A sentence on what follows this cue."""
        cue = self.cue_made()
        if cue.follow_s is None:
            return f"Cue {cue.number}: the next one waits for GO."
        return f"Cue {cue.number}: the next one goes by itself after {cue.follow_s:g} s."

    def give(self) -> None:
        """Emit the changed cue."""
        self.given.emit(self.cue_made())


def _fps_text(fps: Fraction) -> str:
    return str(fps) if fps.denominator == 1 else f"{float(fps):.3f}"
