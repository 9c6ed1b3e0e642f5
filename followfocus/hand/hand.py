# SPDX-License-Identifier: MIT
"""One hand on the ring: events of its wheels in, the wanted ring angle out. Pure; time is an argument.

One wheel owns the ring. Another takes it only after the owner has been still for half a second, and every wheel takes
it without moving it: a wheel without ends begins where the ring stands, an absolute control must come to it first.
After STOP a wheel that still turns moves nothing: it must rest before it is heard again.
"""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.hand.events import (
    SourceEvent,
    WheelGone,
    WheelMotion,
    WheelPlaced,
    WheelPressed,
    WheelTurned,
)
from followfocus.hand.heard import WheelsHeard
from followfocus.hand.leaning import Leaning
from followfocus.hand.manners import HandManners
from followfocus.hand.pickup import Pickup
from followfocus.hand.shape import Shape, Straight
from followfocus.hand.smoothing import ClickLine, OneEuro

LEAST_GAP_S = 0.004
"""Two wanted angles are at least so far apart: what a wheel says in between is in the next."""
OWNED_S = 0.5
"""How long a wheel owns the ring after its last motion."""
# Less than a step of any usual rig: the filter creeps towards its place for ever.
SETTLED_DEG = 1e-3
# More than lash and rounding: the ring was turned by something else.
ELSEWHERE_DEG = 0.2
STILL_SENT_S = 0.1
"""A ring at rest is told so for so long; then nothing is sent until the hand moves again."""


@dataclass(frozen=True, slots=True)
class WantedRing:
    """Where the hand wants the ring, and when it wanted that, by the host's clock."""

    at_s: float
    ring_deg: float
    rests: bool = False
    """The wheel said nothing: it is taken to rest"""


class WheelHand:
    """The wheels at one ring. `marks_deg` are where detents may be.

    `beside`: the ring is the plan's, and only how far a wheel turns from where it is counts, without ends or detents.
    """

    def __init__(
        self, manners: HandManners, travel_deg: float, marks_deg: tuple[float, ...] = (), *, beside: bool = False
    ) -> None:
        self.owner = ""
        """The wheel that has the ring; empty: none"""
        self.words = ""
        """Why a wheel that turns does not move the ring; empty: it does"""
        self.is_fine = self._owes = False
        self.thinned = 0
        """Events left out because they came faster than the unit is told of them"""
        self._travel_deg, self._marks = travel_deg, marks_deg
        self._usual, self._own = manners, dict[str, HandManners]()
        self._beside, self._kind = beside, Straight if beside else Shape
        self._manners, self._shape = manners, self._kind.of(manners, travel_deg, marks_deg)
        self._place = self._told_deg = 0.0
        self._last: WheelMotion | None = None
        self._heard, self._pickup, self._leaning = WheelsHeard(), Pickup(drifts=beside), Leaning()
        self._moved_s = self._sent_s = float("-inf")
        self._line, self._euro = ClickLine(), OneEuro(manners.cutoff_hz, manners.beta)

    @property
    def manners(self) -> HandManners:
        """The settings."""
        return self._manners

    @property
    def shape(self) -> Shape:
        """The curve that the settings lay over the wheel's place on this lens."""
        return self._shape

    @property
    def travel_deg(self) -> float:
        """The lens's travel."""
        return self._travel_deg

    @property
    def place(self) -> float:
        """Where the wheel is on its way, 0 … 1."""
        return self._place

    def behave(self, manners: HandManners, source: str = "") -> None:
        """Change the settings, of one wheel or (no `source`) of every one that has none of its own.

        The wheel takes the ring anew, so that nothing jumps.
        """
        if source:
            self._own[source] = manners
        else:
            self._usual = manners
        self._use(self._own.get(self.owner, self._usual))
        self.owner = ""

    def beside(self) -> WheelHand:
        """Another hand of the same wheels, for a ring that is the plan's for now."""
        hand = WheelHand(self._usual, self._travel_deg, beside=True)
        # A copy: what is set while the pull plays is for the hand that has the ring afterwards.
        hand._own, hand.is_fine = dict(self._own), self.is_fine
        return hand

    def on_lens(self, travel_deg: float, marks_deg: tuple[float, ...]) -> None:
        """Another lens, or other marks on it."""
        if (travel_deg, marks_deg) != (self._travel_deg, self._marks):
            self._travel_deg, self._marks = travel_deg, marks_deg
            self.owner = ""

    def _use(self, manners: HandManners) -> None:
        self._manners = manners
        self._shape = self._kind.of(manners, self._travel_deg, self._marks)
        self._euro = OneEuro(manners.cutoff_hz, manners.beta)

    def shift(self, *, fine: bool) -> None:
        """Into the fine or the coarse gear. An absolute control must come to the ring again in the coarse one."""
        self.is_fine = fine
        if not fine:
            self._pickup.has_ring = False

    def let_go(self, now_s: float) -> None:
        """STOP at `now_s`: every wheel must rest from then on before it is heard again."""
        self.owner = self.words = ""
        self._leaning.let_go()
        self._heard.bar(now_s)

    def take_back(self, beside: WheelHand) -> None:
        """The ring is the hand's again, after a plan: what turned beside it must rest before it is heard."""
        # The wheel was heard by the other hand only: without its times this one would not bar it.
        self._heard.join(beside._heard)
        self.let_go(float("-inf"))  # no STOP: a wheel that rests by now is heard at once

    # Events -----------------------------------------------------------------------------------------------------------

    def hear(self, event: SourceEvent, ring_deg: float) -> WantedRing | None:
        """Take in what a wheel did, the ring being at `ring_deg`; where it is wanted now, None for nothing new.

        Buttons are the caller's. A wheel that is gone lets go of the ring.
        """
        if isinstance(event, WheelPressed):
            return None
        if isinstance(event, WheelGone):
            self._lose(event)
            return None
        if not self._heard.hear(event):  # before it may own anything: after STOP it must not even take the ring
            self.words = f"{event.source} still turns: let it rest, then turn it."
            return None
        if not self._owns(event, ring_deg):
            return None
        self._move(event)
        # Wheels are read on threads of their own, so two words may come crossed: time here never goes back.
        self._moved_s = max(self._moved_s, event.at_s)
        if event.at_s - self._sent_s < LEAST_GAP_S:  # moved already, only not told: the next word has it
            self.thinned += 1
            self._owes = True
            return None
        return self._wanted(event.at_s)

    def wanted(self, now_s: float) -> WantedRing | None:
        """Where the ring is wanted by now: to be asked about every 10 ms, as what is smooth goes on between events.

        None where no wheel has the ring, where it has rested for so long that the unit knows it, and where a wheel that
        turns is about to say more: to say meanwhile that it stands would make it stop and go.
        """
        if now_s - self._moved_s > STILL_SENT_S:
            self._owes = False
        if self.turns_on(now_s) and not self._owes:
            return None
        said, owes = self._said(now_s), self._owes
        rests = said and not owes and not self._leaning.held
        # A word that was left out is told with its own time: told as of now, the hand would seem slower than it was.
        return self._wanted(self._moved_s if owes and said else now_s, rests=rests)

    def turns_on(self, now_s: float) -> bool:
        """The wheel turns, has said all that there is to say of it, and is about to say more."""
        return self._said(now_s) and not self._leaning.held and now_s - self._moved_s < self._heard.overdue_s

    def _said(self, now_s: float) -> bool:
        """The ring is wanted where the wheel was last."""
        return not self._by_clicks or (self._line.is_fine and self._line.at(now_s) == self._place)

    def _wanted(self, now_s: float, *, rests: bool = False) -> WantedRing | None:
        nobody = not self.owner or (isinstance(self._last, WheelPlaced) and not self._pickup.has_ring)
        if nobody or (not self._leaning.held and now_s - self._moved_s > STILL_SENT_S and self._settled(now_s)):
            return None
        self._lean_on(now_s)
        ring = self._told_deg = self._smooth(now_s)
        self._sent_s, self._owes = max(self._sent_s, now_s), False
        return WantedRing(now_s, ring, rests)

    @property
    def _by_clicks(self) -> bool:
        """Whether the ring goes along a line through the owner's clicks."""
        return isinstance(self._last, WheelTurned) and self._manners.smoothing

    def _lose(self, event: WheelGone) -> None:
        self._heard.forget(event.source)
        self._pickup.forget(event.source)
        if event.source == self.owner:
            self.owner = ""
            self._leaning.let_go()
            self.words = f"{event.source} is gone: the ring stops where it is."

    def _owns(self, event: WheelMotion, ring_deg: float) -> bool:
        """Whether the event's wheel has the ring, or gets it now."""
        if self.owner and event.source != self.owner and (self._leaning.held or event.at_s - self._moved_s < OWNED_S):
            self.words = f"{self.owner} has the ring: {event.source} moves nothing while it turns."
            return False
        # Another kind of event from the same device is another control of it: its place is another's.
        anew = event.source != self.owner or type(event) is not type(self._last) or self._moved_away(event, ring_deg)
        self._last = event
        if anew:
            self._take(event.source, ring_deg)
        if isinstance(event, WheelPlaced):
            return self._catches(event, ring_deg)
        self.words = ""
        return True

    def _moved_away(self, event: WheelMotion, ring_deg: float) -> bool:
        """Whether the ring was turned by something else while the hand rested."""
        rested = event.at_s - self._moved_s > OWNED_S and not self._leaning.held
        return rested and abs(ring_deg - self._shape.ring_deg(self._place)) > ELSEWHERE_DEG

    def _take(self, source: str, ring_deg: float) -> None:
        """The wheel has the ring from now on, where it stands."""
        self.owner = source
        self._use(self._own.get(source, self._usual))
        self._shape = self._shape.reaching(ring_deg)  # outside its range, too, taking hold must not move the ring
        self._pickup.begin()
        self._leaning.let_go()
        self._stand(ring_deg)

    def _stand(self, ring_deg: float) -> None:
        self._place = self._shape.place(ring_deg)
        self._told_deg = self._shape.ring_deg(self._place)
        self._line.begin(self._place)
        self._euro.begin(ring_deg)
        self._leaning.begin()

    def _catches(self, event: WheelPlaced, ring_deg: float) -> bool:
        """Whether an absolute control has the ring: it takes it where it comes within reach of it, or passes it."""
        if not self._pickup.has_ring:
            at_deg = self._shape.ring_deg(event.share)
            anywhere = self.is_fine or self._beside  # only its way counts there
            if not (anywhere or self._pickup.comes(at_deg - ring_deg, self._manners.catch_deg)):
                self.words = f"Turn {event.source} to {ring_deg:z.1f}° to take the ring: it is at {at_deg:z.1f}°."
                return False
            self._stand(ring_deg)
            self._pickup.take(event, self._place)
        self.words = ""
        return True

    def _move(self, event: WheelMotion) -> None:
        """The wheel's place after an event."""
        gear = self._manners.fine if self.is_fine else 1.0
        if isinstance(event, WheelTurned):
            turn = event.counts / self._manners.turn_counts * self._manners.ratio * gear
            self._place = self._shape.held(self._place + turn)
            self._line.click(self._place, event.at_s, abs(turn / event.counts) if event.counts else 0.0)
        elif isinstance(event, WheelPlaced):
            self._place_at(event, gear)
        else:
            self._lean_on(event.at_s)
            self._leaning.lean(event.lean, self._manners, gear)

    def _place_at(self, event: WheelPlaced, gear: float) -> None:
        """An absolute control; in the fine gear only its way counts."""
        way = self._pickup.moved(event, self._manners.dead_band)
        if way:
            place = self._place + way * gear if self.is_fine else self._pickup.place(event.source, way)
            self._place = self._shape.held(place)

    def _lean_on(self, now_s: float) -> None:
        """Go on at the speed of a held lean, up to now."""
        turned_deg = self._leaning.turned_deg(now_s, self._manners.lean_deg_s)
        if turned_deg and self._shape.span_deg:
            self._place = self._shape.held(self._place + turned_deg / self._shape.span_deg)

    def _smooth(self, now_s: float) -> float:
        ring = self._shape.ring_deg(self._line.at(now_s) if self._by_clicks else self._place)
        if not self._manners.smoothing or not isinstance(self._last, WheelPlaced):
            return ring
        return self._euro.at(ring, now_s)

    def _settled(self, now_s: float) -> bool:
        # By what was told, too: where nobody asked before a quick turn was over, its first word alone is known.
        place = self._shape.ring_deg(self._place)
        return max(abs(self._smooth(now_s) - place), abs(self._told_deg - place)) < SETTLED_DEG
