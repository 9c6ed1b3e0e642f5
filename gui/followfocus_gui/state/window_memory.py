# SPDX-License-Identifier: MIT
"""How large the window was when it was closed, and whether it filled the screen; in a small file beside the shows."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from followfocus.errors import FollowFocusError
from followfocus.files import read_input_text, write_atomically

USUAL = 1280, 800
MOST_BYTES = 1_000


class WindowMemory:
    """The file's content; the usual size where there is none, or none that can be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size, self.maximised = USUAL, False
        with contextlib.suppress(FollowFocusError, OSError, ValueError, KeyError, TypeError, OverflowError):
            kept = json.loads(read_input_text(path, MOST_BYTES))
            width, height = int(kept["width"]), int(kept["height"])
            # A file from another screen, or damaged, must not open a window that can't be found.
            if 320 <= width <= 16_000 and 240 <= height <= 16_000:
                self.size, self.maximised = (width, height), kept["maximised"] is True

    def keep(self, size: tuple[int, int], *, maximised: bool) -> None:
        """Write it down; where that can't be done, the next window has the usual size."""
        made = {"width": size[0], "height": size[1], "maximised": maximised}
        with contextlib.suppress(FollowFocusError, OSError):
            write_atomically(self._path, json.dumps(made))
