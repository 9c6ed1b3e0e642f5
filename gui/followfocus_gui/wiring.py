# SPDX-License-Identifier: MIT
"""Ties every signal of the widgets and every key to the session and the actions."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from followfocus.show.still import OwnStill
from followfocus.wire.messages import State
from followfocus_gui.actions import DeskActions
from followfocus_gui.desk_player import DeskPlayer
from followfocus_gui.keys import Action, KeyFilter, Once, bind
from followfocus_gui.screens.cues import CuesScreen
from followfocus_gui.state import shaping
from followfocus_gui.unit_ear import MOVING
from followfocus_gui.unseen_names import UnseenNames
from followfocus_gui.widgets.number_field import NumberField
from followfocus_gui.window import DeskWindow


def wire(window: DeskWindow, actions: DeskActions) -> None:
    """Tie everything together; the application's key filter is taken off again when the window closes."""
    session = window.session
    desk = session.desk
    # One for key and button: pressed on both, a GO is still one.
    go = Once(at_desk(window, session.go), lambda: session.state is State.ARMED)
    _wire_marks(window, session)
    _wire_pull(window, session)
    _wire_transport(window, session, go)
    _wire_rest(window, session, actions)
    UnseenNames(session, window)
    bind(window, _keys(window, session, actions))
    application = QCoreApplication.instance()
    assert application is not None
    keys = KeyFilter(
        window,
        stop=session.stop,
        go=go,
        arm=at_desk(window, session.arm),
        leave=partial(_leave, window),
        on_screen=partial(_enter_screen, window),
        entered=partial(_entered, window),
        place=partial(_place_field, window),
        live=lambda: session.state is State.ARMED,
        undo=at_desk(window, lambda: session.edit(desk.undo)),
        redo=at_desk(window, lambda: session.edit(desk.redo)),
    )
    application.installEventFilter(keys)
    window.focus_ring.keyed = keys.reached
    # A screen is told before anything goes that it works with.
    window.closing.connect(window.host.close_screen)
    window.closing.connect(lambda: application.removeEventFilter(keys))


def _leave(window: DeskWindow) -> None:
    """Esc besides STOP: nothing is asked any more; at rest a screen closes."""
    if window.question.open:
        window.question.keep()
    elif window.session.state not in MOVING:
        window.host.close_screen()


def _enter_screen(window: DeskWindow, focus: QWidget) -> bool:
    """Return on a screen: the button that has the focus, else what the screen makes of it; whether one is open."""
    screen = window.host.shown
    if window.question.open:
        window.question.enter(focus)
        return True
    if screen is None:
        return False
    if isinstance(focus, QAbstractButton) and screen.isAncestorOf(focus):
        focus.click()
    else:
        screen.enter()
    return True


def _entered(window: DeskWindow, field: QWidget) -> None:
    """Typing on the desk is done: Return arms again, Space is GO. Where it was refused it can be typed anew."""
    refused = isinstance(field, NumberField) and field.was_refused
    if window.host.shown is None and field.window() is window and not refused:
        window.disk.setFocus()


def _place_field(window: DeskWindow) -> QLineEdit | None:
    """The field that asks where the ring stands, where nothing else is asked."""
    covered = window.host.shown is not None or window.question.open or QApplication.activePopupWidget() is not None
    return None if covered or QApplication.activeModalWidget() is not None else window.message.place_field()


def at_desk(window: DeskWindow, act: Action, *, in_cues: bool = False) -> Action:
    """An action that says so and does nothing while a screen is open. `in_cues`: the cues' screen does it too."""

    def do() -> None:
        screen = window.host.shown
        if window.question.open:
            window.session.refuse("Answer the question first.")
        elif screen is None or (in_cues and isinstance(screen, CuesScreen)):
            act()
        else:
            window.session.refuse(f"{screen.title}: close this first.")

    return do


def _wire_marks(window: DeskWindow, session: DeskPlayer) -> None:
    desk, marks, disk = session.desk, window.marks, window.disk
    disk.turned.connect(session.turn_by)
    session.bridge.stopped.connect(disk.let_go)  # before what the drag asks for next: STOP is over no drag
    disk.targetRequested.connect(lambda deg, _fine: None if session.bridge.drive.plays else session.turn(deg))
    disk.markDragged.connect(lambda i, deg: session.edit_mark(i, ring_deg=deg))
    disk.markSelected.connect(lambda i: session.edit(lambda: desk.select(i), always=True))
    disk.markDoubleClicked.connect(session.go_to)
    window.goto.valueEdited.connect(session.turn_to)
    # The field asks, and shows nothing: where the ring is then, the readout says.
    window.goto.valueEdited.connect(lambda _m: window.goto.set_value(None))
    window.goto.refused.connect(session.refuse)
    marks.setMark.connect(session.set_mark)
    marks.goToMark.connect(session.go_to)
    marks.picked.connect(lambda i: session.edit(lambda: desk.select(i), always=True))
    marks.nameEdited.connect(session.call_mark)
    marks.distanceEdited.connect(lambda i, m: session.edit(lambda: desk.set_distance(i, m)))
    marks.lockToggled.connect(lambda i, on: session.edit_mark(i, locked=on))
    marks.trimEdited.connect(lambda i, m: session.edit_mark(i, trim_m=m))
    marks.waitEdited.connect(lambda i, s: session.edit_mark(i, hold_s=0.0 if s is None else s, hold_for_go=s is None))
    marks.addRequested.connect(lambda: session.edit(lambda: desk.add_mark(session.ring_deg)))
    marks.removeRequested.connect(lambda: session.edit(desk.remove_mark))
    marks.refused.connect(session.refuse)
    rack = window.page.rack
    rack.distanceChosen.connect(lambda m: session.edit(lambda: desk.set_distance(desk.state.selected, m)))
    rack.ownChanged.connect(lambda still: _keep_still(window, session, still))
    rack.refused.connect(session.refuse)


def _keep_still(window: DeskWindow, session: DeskPlayer, still: OwnStill | None) -> None:
    """The show gets the picture that was chosen; while armed the one it has is shown again."""
    if not session.edit(lambda: session.desk.edit_pull(still=still)):
        window.page.rack.show_own(session.desk.pull.still)


def _wire_pull(window: DeskWindow, session: DeskPlayer) -> None:
    desk, editor, curve = session.desk, window.editor, window.curve

    def handles(x1: float, y1: float, x2: float, y2: float) -> None:
        session.edit(lambda: desk.edit_pull(easing=f"bezier({x1:.3f},{y1:.3f},{x2:.3f},{y2:.3f})"))

    editor.registerChosen.connect(lambda name: session.edit(lambda: shaping.rush(desk, name)))
    editor.durationChanged.connect(lambda s: session.edit(lambda: desk.edit_pull(duration_s=s)))
    editor.easingChosen.connect(lambda name: session.edit(lambda: desk.edit_pull(easing=name)))
    editor.fastestRequested.connect(lambda: session.edit(lambda: shaping.fastest(desk)))
    editor.leadChanged.connect(lambda s: session.edit(lambda: desk.edit_cue(lead_s=s)))
    editor.stopChanged.connect(lambda t: session.edit(lambda: desk.edit_pull(t_stop=t)))
    editor.refused.connect(session.refuse)
    curve.dragStarted.connect(lambda: desk.drag(on=True))
    curve.dragEnded.connect(lambda: desk.drag(on=False))
    curve.durationDragged.connect(lambda s: session.edit(lambda: shaping.drag_duration(desk, s)))
    curve.handlesDragged.connect(handles)
    curve.holdDragged.connect(lambda i, s: session.edit_mark(i, hold_s=round(s, 2)))


def _wire_transport(window: DeskWindow, session: DeskPlayer, go: Action) -> None:
    transport = window.transport
    for button, act in (
        (transport.back, at_desk(window, session.back_to_one)),
        (transport.rehearse, at_desk(window, session.rehearse)),
        (transport.arm, at_desk(window, session.arm)),
        (transport.go, go),
        (transport.stop, session.stop),
    ):
        button.clicked.connect(lambda _checked, a=act: a())


def _wire_rest(window: DeskWindow, session: DeskPlayer, actions: DeskActions) -> None:
    window.distance.clicked.connect(lambda _checked: actions.toggle_units())
    window.slate.clicked.connect(lambda _checked: actions.edit_slate())
    window.lens.clicked.connect(lambda _checked: actions.rig.choose_lens())
    window.menu.clicked.connect(lambda _checked: actions.open_menu())
    window.message.clearFault.connect(session.clear_fault)
    window.message.positionSaid.connect(actions.rig.say_position)
    window.message.calibrate.connect(actions.rig.calibrate)
    window.message.refused.connect(session.refuse)
    window.message.findUnit.connect(window.connection.open_list)
    window.message.offered.connect(actions.rig.take_offer)
    window.cue_strip.chosen.connect(session.choose_cue)
    window.cue_strip.allRequested.connect(actions.takes.show_cues)
    window.table.circled.connect(lambda row: actions.takes.mark_take(row, "circled"))
    window.table.takes.noteWritten.connect(actions.takes.note_take)
    window.editor.easesAsked.connect(actions.show_eases)
    connection = window.connection
    connection.otherPortAsked.connect(actions.rig.ask_port)
    connection.portChosen.connect(actions.rig.connect_to)
    connection.settingsRequested.connect(actions.rig.unit_settings)
    connection.calibrateRequested.connect(actions.rig.calibrate)
    connection.disconnectRequested.connect(session.bridge.disconnect_unit)


def _keys(window: DeskWindow, session: DeskPlayer, actions: DeskActions) -> dict[str, Action]:
    desk = session.desk
    everywhere: dict[str, Action] = {
        "Ctrl+N": actions.new_show,
        "Ctrl+O": actions.open_show,
        "Ctrl+T": actions.takes.show_cues,
        "Ctrl+S": actions.save_show,
        "Ctrl+L": actions.rig.choose_lens,
        "Ctrl+U": actions.rig.unit_settings,
        "Ctrl+H": actions.hand.open,
        "Ctrl+R": session.record_hand,
        "F1": actions.show_keys,
        "F2": actions.next_theme,
        "F11": window.turn_shooting,
    }
    in_cues: dict[str, Action] = {
        "Ctrl+Z": lambda: session.edit(desk.undo),
        "Ctrl+Shift+Z": lambda: session.edit(desk.redo),
        "Ctrl+Y": lambda: session.edit(desk.redo),
        "C": lambda: actions.takes.mark_chosen("circled"),
        "G": lambda: actions.takes.mark_chosen("ng"),
        "K": actions.takes.compare_takes,
        "PgUp": lambda: session.choose_cue(desk.state.cue - 1),
        "PgDown": lambda: session.choose_cue(desk.state.cue + 1),
    }
    keys: dict[str, Action] = {
        "Ctrl+K": actions.next_setup,
        "R": session.rehearse,
        "Backspace": session.back_to_one,
        "H": session.check_slip,
        "D": partial(window.disk.setFocus, Qt.FocusReason.ShortcutFocusReason),
        "V": partial(window.curve.setFocus, Qt.FocusReason.ShortcutFocusReason),
        "U": actions.toggle_units,
        "Y": lambda: session.edit(lambda: desk.prefer(show_distance=not desk.show.preferences.show_distance)),
        "T": window.editor.focus_duration,
        "F": lambda: session.edit(lambda: shaping.fastest(desk)),
        "L": lambda: session.edit_mark(desk.state.selected, locked=not desk.pull.marks[desk.state.selected].locked),
        "[": lambda: session.edit(lambda: desk.nudge_steps(desk.state.selected, -1)),
        "]": lambda: session.edit(lambda: desk.nudge_steps(desk.state.selected, 1)),
        ",": lambda: actions.trim(-1),
        ".": lambda: actions.trim(1),
        "A": lambda: session.set_mark(0),
        "B": lambda: session.set_mark(1),
    }
    for key, register in (("S", "slow"), ("M", "moderate"), ("N", "snap")):
        keys[key] = partial(session.edit, partial(shaping.rush, desk, register))
    for index in range(9):
        keys[str(index + 1)] = partial(session.go_to, index)
        keys[f"Shift+{index + 1}"] = partial(session.set_mark, index)
    there_too = {key: at_desk(window, act, in_cues=True) for key, act in in_cues.items()}
    return everywhere | there_too | {key: at_desk(window, act) for key, act in keys.items()}
