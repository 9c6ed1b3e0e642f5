"""What holds for all tests: no example of a property test is held to a time, so that a busy machine fails nothing."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("followfocus", deadline=None)
settings.load_profile("followfocus")
