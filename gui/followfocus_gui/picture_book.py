# SPDX-License-Identifier: MIT
"""The picture book: the app brought into every state and screen, in every theme, size and unit system, one page each.

The app itself on the simulated unit; nothing is drawn for the book. `pages` brings it from one page to the next and
says which it is; whoever asks for them makes the picture, or reads the controls.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from followfocus.wire.messages import State
from followfocus_gui.app import Desktop
from followfocus_gui.state import shaping
from followfocus_gui.state.jobs import Job
from followfocus_gui.unit_ear import MOVING

SIZES = ((960, 540), (1280, 800), (1366, 768), (1920, 1080), (800, 1280))
THEMES = ("dark", "red", "bright")
UNITS = ("metric", "imperial")
Until = Callable[[Callable[[], bool]], None]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: what is shown, and how."""

    state: str
    size: tuple[int, int]
    theme: str
    units: str

    @property
    def name(self) -> str:
        """The picture's name."""
        return f"{self.state}-{self.size[0]}x{self.size[1]}-{self.theme}-{self.units}"


class Book:
    """The app as it is led through the book. `until` runs the event loop until something is so."""

    def __init__(self, desktop: Desktop, until: Until) -> None:
        self.desktop, self._until = desktop, until
        self.window, self.session, self.desk = desktop.window, desktop.session, desktop.session.desk

    def use_units(self, system: str) -> None:
        """Distances in this unit system."""
        if self.desk.show.preferences.units != system:
            self.desktop.actions.toggle_units()

    # The states, each from the rest before it ---------------------------------------------------------------------

    def rest(self) -> None:
        """At rest on A, with nothing said."""
        self._stop()
        self._turn_to(self.desk.lens.ring_deg(1.2))
        self.session.forget_note()

    def _turn_to(self, ring_deg: float) -> None:
        """The ring stands there; sent again where a busy computer was silent so long that it stopped on the way."""
        session = self.session

        def there() -> bool:
            if session.state not in (State.IDLE, State.LOADED) or session.busy:
                return False
            if abs(session.ring_deg - ring_deg) < 0.1:
                return True
            if session.target_deg is None and not session.bridge.drive.busy:
                session.turn(ring_deg)
            return False

        self._until(there)

    def _stop(self) -> None:
        self.window.host.close_screen()
        self.window.leave_shooting()
        if self.session.state in (*MOVING, State.ARMED) or self.session.busy:
            self.session.stop()
        self._until(lambda: self.session.state in (State.IDLE, State.LOADED) and not self.session.busy)

    def set_up(self) -> None:
        """A show with names, three marks, a hold for GO, two cues, and a take."""
        session, desk = self.session, self.desk
        self._until(lambda: session.state in (State.IDLE, State.LOADED) and not session.busy)
        for index, metres, name in ((0, 1.2, "Anna"), (1, 4.0, "door")):
            session.edit_mark(index, ring_deg=desk.lens.ring_deg(metres), name=name)
        session.edit(lambda: desk.add_mark(desk.lens.ring_deg(5.63)))
        session.edit_mark(2, name="Ben at the far window")
        session.edit_mark(1, hold_for_go=True)
        session.edit(lambda: desk.edit_pull(duration_s=3.0))
        session.edit(lambda: desk.edit_cue(number="11", name="Anna, then the door"))
        session.edit(lambda: desk.add_cue(back=True))
        session.edit(lambda: desk.edit_cue(number="12", name="Back to Anna"))
        session.choose_cue(0)

    def ready(self) -> None:
        """At rest."""
        self.rest()

    def refused(self) -> None:
        """An entry that was refused."""
        self.rest()
        self.session.refuse("“2x” is no duration. In force: 3 s.")

    def too_quick(self) -> None:
        """A pull that can't be shot, and what mends it."""
        self.rest()
        self.session.edit(lambda: self.desk.edit_pull(duration_s=0.2))

    def armed(self) -> None:
        """GO would start it."""
        self.rest()
        self.session.edit(lambda: self.desk.edit_pull(duration_s=3.0))
        self.session.arm()
        self._until(lambda: self.session.state is State.ARMED and not self.session.busy)

    def counting(self) -> None:
        """A lead runs."""
        self.rest()
        self.session.edit(lambda: self.desk.edit_cue(lead_s=600.0))
        self.session.arm()
        self._until(lambda: self.session.state is State.ARMED and not self.session.busy)
        self.session.go()

    def playing(self) -> None:
        """A take runs."""
        self.rest()
        self.session.edit(lambda: self.desk.edit_cue(lead_s=0.0))
        self.session.edit(lambda: self.desk.edit_pull(duration_s=600.0))
        self.session.arm()
        self._until(lambda: self.session.state is State.ARMED and not self.session.busy)
        self.session.go()
        self._until(lambda: self.session.state is State.PLAYING)

    def shooting(self) -> None:
        """A take runs, in the shooting view."""
        self.playing()
        self.window.turn_shooting()

    def stopped(self) -> None:
        """A take that was stopped."""
        self.playing()
        self._stop()
        self._until(lambda: self.session.line.word == "STOPPED")

    def holding(self) -> None:
        """Hold on the door until the next GO."""
        self.armed()
        self.session.go()
        self._until(lambda: self.session.line.word == "HOLDING" and not self.session.busy)

    def shooting_holding(self) -> None:
        """The same in the shooting view."""
        self.holding()
        self.window.turn_shooting()

    def landed(self) -> None:
        """A take that was landed."""
        self.holding()
        self.session.go()
        self._until(lambda: self.session.line.word == "LANDED")

    def where(self) -> None:
        """Nobody knows where the ring stands."""
        self.rest()
        self.session.bridge.ask(Job("let go", lambda unit: unit.release()))
        self._until(lambda: self.session.line.word == "WHERE?")

    def found(self) -> None:
        """Someone has looked."""
        self.session.set_position(self.desk.lens.ring_deg(1.2))
        self._until(lambda: self.session.state in (State.IDLE, State.LOADED) and not self.session.busy)

    def no_unit(self) -> None:
        """Nothing is connected."""
        self.session.bridge.disconnect_unit()
        self._until(lambda: self.session.line.word == "NO UNIT" and self.session.says.connection == "none")

    def unit_back(self) -> None:
        """The simulated unit again."""
        self.session.bridge.connect_to("sim")
        self._until(lambda: self.session.state in (State.IDLE, State.LOADED) and not self.session.busy)

    def nine_marks(self) -> None:
        """As many marks as there can be."""
        self.rest()
        for number in range(len(self.desk.pull.marks), 9):
            self.session.edit(lambda n=number: self.desk.add_mark(30.0 + 14.0 * (n % 5) + 3.0 * n))  # type: ignore[misc]
        self.session.edit_mark(8, ring_deg=self.desk.lens.ring_deg(30.74))
        self.session.edit(lambda: shaping.fastest(self.desk))

    # Screens ------------------------------------------------------------------------------------------------------

    def screens(self) -> dict[str, Callable[[], object]]:
        """Every screen by its name."""
        actions = self.desktop.actions
        return {
            "lenses": actions.rig.choose_lens,
            "tape": lambda: actions.rig.map_lens(None),
            "unit": actions.rig.unit_settings,
            "calibration": actions.rig.calibrate,
            "slate": actions.edit_slate,
            "cues": actions.takes.show_cues,
            "eases": actions.show_eases,
            "compare": actions.takes.compare_takes,
            "keys": actions.show_keys,
            "hand": actions.hand.open,
            "outside": actions.outside.open,
        }


STATES = (
    "ready", "refused", "too_quick", "armed", "counting", "playing", "shooting", "stopped", "holding",
    "shooting_holding", "landed", "where", "no_unit", "nine_marks",
)  # fmt: skip
_AFTER = {"where": Book.found, "no_unit": Book.unit_back}
"""Mends the desk before the next page"""


def pages(
    book: Book,
    *,
    states: Sequence[str] = STATES,
    screens: Sequence[str] | None = None,
    sizes: Sequence[tuple[int, int]] = SIZES,
    themes: Sequence[str] = THEMES,
    units: Sequence[str] = UNITS,
) -> Iterator[Page]:
    """Page after page. While one is yielded the window shows it."""
    book.set_up()
    for state in states:
        getattr(book, state)()
        yield from _each(book, Page(state, sizes[0], themes[0], units[0]), sizes, themes, units)
        if state in _AFTER:
            _AFTER[state](book)
    book.rest()
    for name, act in book.screens().items():
        for system in units if screens is None or name in screens else ():
            book.use_units(system)  # a screen is made in the units that it opens in
            act()
            yield from _each(book, Page(name, sizes[0], themes[0], system), sizes, themes, (system,))
            book.window.host.close_screen()


def _each(
    book: Book, page: Page, sizes: Sequence[tuple[int, int]], themes: Sequence[str], units: Sequence[str]
) -> Iterator[Page]:
    actions, window = book.desktop.actions, book.window
    for system in units:
        book.use_units(system)
        for theme in themes:
            actions.apply_theme(theme)
            for size in sizes:
                window.showNormal()
                window.resize(*size)
                yield dataclasses.replace(page, size=size, theme=theme, units=system)
