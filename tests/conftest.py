"""What holds for all tests: a busy machine fails no property, and Ctrl-C reaches the programs that tests start.

Whoever runs the tests in the background may have made them deaf to Ctrl-C, which programs inherit from each other.
"""

from __future__ import annotations

import signal

from hypothesis import settings

settings.register_profile("followfocus", deadline=None)
settings.load_profile("followfocus")
signal.signal(signal.SIGINT, signal.default_int_handler)
