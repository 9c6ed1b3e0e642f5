# SPDX-License-Identifier: MIT
"""The signals by which a program is told to end: Ctrl-C, Ctrl-Break, a closed terminal, a logout."""

from __future__ import annotations

import signal

_NAMES = ("SIGINT", "SIGQUIT", "SIGBREAK", "SIGTERM", "SIGHUP")


def ending_signals() -> tuple[signal.Signals, ...]:
    """Those that this system has; a closed terminal is none where somebody has said so: nohup."""
    known = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    return tuple(one for one in known if one.name != "SIGHUP" or signal.getsignal(one) is not signal.SIG_IGN)
