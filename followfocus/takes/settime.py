# SPDX-License-Identifier: MIT
"""The set's own time: takes are kept in UTC and told in the local time of the set, with its offset, by shoot days.

The offset is the one that the computer had when the take was shot. Takes without one (older logs, a computer set to
UTC) are told in the local time of whoever reads them. A shoot day turns at 06:00, so that a night shoot is one day.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from followfocus.errors import RequestError

DAY_TURNS_H = 6
_FARTHEST_H = 14
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def zone_named(text: str | None) -> tzinfo | None:
    """The zone that is asked for: `utc`, `+05:30`, or a name such as America/Los_Angeles; None and `set` are the set's.

    Raises RequestError for what is none of these.
    """
    asked = "set" if text is None else text.strip()
    if asked.lower() == "set":
        return None
    if asked.lower() in ("utc", "z"):
        return UTC
    match = re.fullmatch(r"(?:UTC)?([+−-])(\d{1,2})(?::?(\d\d))?", asked, re.IGNORECASE)
    if match:
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if int(match[3] or 0) < 60 and offset <= timedelta(hours=_FARTHEST_H):
            return timezone(offset if match[1] == "+" else -offset)
    try:
        return ZoneInfo(asked)
    except (OSError, ValueError, KeyError):  # no such name, or no zones on this computer
        known = "Give set, utc, an offset like -08:00, or a name like America/Los_Angeles."
        raise RequestError(f"“{text}” is no time zone known here.", known) from None


def local_time(utc_s: float | None, offset_s: int | None, zone: tzinfo | None = None) -> datetime | None:
    """A moment in `zone`, else at the set's offset, else in the reader's own zone; None for one out of reach."""
    if utc_s is None:
        return None
    at_set = None if offset_s is None else timezone(timedelta(seconds=offset_s))
    try:
        # Not fromtimestamp, which on some systems takes no moment before 1970: a clock that is wrong may stand there.
        return (_EPOCH + timedelta(seconds=utc_s)).astimezone(zone or at_set)
    except (OSError, OverflowError, ValueError):
        return None


def shoot_day(moment: datetime) -> date:
    """The day that a moment belongs to on the call sheet: from 06:00 to 06:00."""
    return (moment - timedelta(hours=DAY_TURNS_H)).date()


def offset_words(moment: datetime) -> str:
    """How far a moment's zone is from UTC, such as UTC-08:00."""
    return f"UTC{moment.isoformat()[-6:]}"


def clock_words(moments: list[datetime]) -> str:
    """The offsets of some moments, each once; there are two on the night the clocks change."""
    return ", ".join(dict.fromkeys(map(offset_words, moments)))


def day_words(moments: list[datetime]) -> str:
    """The shoot days of some moments: one, or the first and the last."""
    days = sorted({shoot_day(moment) for moment in moments})
    return "" if not days else f"{days[0]}" if len(days) == 1 else f"{days[0]} – {days[-1]}"


def timecode_source(offset_s: int | None) -> str:
    """The counting of a take's timecode; no camera's timecode is known to this program."""
    zone = UTC if offset_s is None else timezone(timedelta(seconds=offset_s))
    return f"computer's clock, {offset_words(datetime.fromtimestamp(0, zone))}"
