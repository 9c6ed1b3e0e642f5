# SPDX-License-Identifier: MIT
"""A unit's news for the window, as signals: emitted on the unit's threads, and queued to the window's."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class UnitNews(QObject):
    """The signals. Connect methods of objects only: a lambda belongs to no thread, and is called on the unit's."""

    statusChanged = Signal(object)
    connecting = Signal(str)
    """The port that is being opened; empty when there is to be none"""
    connected = Signal(object)
    refused = Signal(str)
    """There is no unit on the port, and why"""
    lost = Signal(str)
    """The link is gone and is being looked for"""
    back = Signal(object)
    """The unit is back, in this state (UnitStatus)"""
    ended = Signal(object)
    """The outcome of an order: Done or Failed"""
    finished = Signal(object, object)
    """(the Job, what it returned)"""
    failed = Signal(object, str)
    """(the Job, the sentence)"""
    warned = Signal(str)
    """Trouble that belongs to no order and no job"""
    found = Signal(str)
    """News that came to light as a unit was met"""
    unanswered = Signal(str)
    """STOP was not answered; the sentence"""
    loaded = Signal(str)
    """The hash of the plan on the unit, after a job"""
    progressed = Signal(float, object)
    stopped = Signal(int)
    """STOP was given, and this epoch begins: whatever keeps asking for motion must let go"""
