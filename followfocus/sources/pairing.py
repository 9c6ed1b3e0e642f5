# SPDX-License-Identifier: MIT
"""Phones on the remote page: which may look, and which may touch. Pure; time is an argument.

A session has one code, made when it begins and worth nothing afterwards. Whoever has it may watch; one at a time may
control. Wrong codes are counted, by address and altogether, so that none is found by trying.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from followfocus.sources.pace import Pace

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what reads as something else on a phone at night"""
CODE_LENGTH = 8
MOST_PHONES = 16
MOST_ADDRESSES = 256
FREED_AFTER_S = 5.0
"""Control that its phone has let go of, or lost the link with, can be taken by another after so long"""
# Eight letters of 32 are a million million codes: at thirty tries a minute a session ends long before one is found.
WRONG_A_MINUTE = 6.0
WRONG_ALTOGETHER = 30.0


@dataclass(slots=True, eq=False)
class Phone:
    """A phone that has given the code: its token, where it is, how many links it has, since when it has none."""

    token: str
    address: str
    links: int = 0
    gone_s: float = 0.0


class Pairing:
    """The session's code, and the phones that gave it."""

    def __init__(self, code: str = "") -> None:
        self.code = code or "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        self._phones: OrderedDict[str, Phone] = OrderedDict()
        self._control: Phone | None = None
        self._wrong: OrderedDict[str, Pace] = OrderedDict()
        self._wrong_altogether = Pace(WRONG_ALTOGETHER / 60, WRONG_ALTOGETHER)

    def pair(self, code: str, address: str, at_s: float) -> tuple[str, str]:
        """A token for the right code and why not: one of the two is empty."""
        pace = self._pace(address)
        # Before the code is looked at, the right one too: or the wait itself would tell which one it is.
        if not pace.has(at_s) or not self._wrong_altogether.has(at_s):
            return "", "Too many wrong codes. Wait a minute."
        # As it is read aloud: in groups, in any case.
        given = "".join(code.split()).upper().encode(errors="replace")
        # In constant time: how long a refusal takes must not tell how much of the code was right.
        if not hmac.compare_digest(given, self.code.encode()):
            pace.lets(at_s)
            self._wrong_altogether.lets(at_s)
            return "", "That is not the code."
        # The oldest that has no link gives way: phones that were paired in the morning are long in a pocket.
        while len(self._phones) >= MOST_PHONES:
            idle = next((token for token, phone in self._phones.items() if not phone.links), None)
            if idle is None:
                return "", "There are too many phones already."
            self._forget(idle)
        phone = Phone(secrets.token_urlsafe(24), address, 0, at_s)
        self._phones[phone.token] = phone
        return phone.token, ""

    def phone(self, token: str) -> Phone | None:
        """The phone of a token; None for none of this session's."""
        return self._phones.get(token)

    def linked(self, phone: Phone) -> None:
        """A link of it is up."""
        phone.links += 1

    def unlinked(self, phone: Phone, at_s: float) -> None:
        """A link of it is gone: nothing follows of that but that another may take control in a while."""
        phone.links -= 1
        phone.gone_s = at_s

    def controls(self, phone: Phone) -> bool:
        """Whether it is this one's to touch."""
        return self._control is phone

    def take_control(self, phone: Phone, at_s: float) -> str:
        """Control for this one; why not, where another has it."""
        holder = self._control
        if holder is not None and holder is not phone and (holder.links or at_s - holder.gone_s < FREED_AFTER_S):
            return "Another phone has control."
        self._control = phone
        return ""

    def give_up(self, phone: Phone) -> None:
        """Control is free, if it was this one's."""
        if self._control is phone:
            self._control = None

    def _forget(self, token: str) -> None:
        self.give_up(self._phones.pop(token))

    def _pace(self, address: str) -> Pace:
        pace = self._wrong.setdefault(address, Pace(WRONG_A_MINUTE / 60, WRONG_A_MINUTE))
        self._wrong.move_to_end(address)
        while len(self._wrong) > MOST_ADDRESSES:
            self._wrong.popitem(last=False)
        return pace
