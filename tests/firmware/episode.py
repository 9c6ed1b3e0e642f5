# SPDX-License-Identifier: MIT
"""An episode with a unit, at random: hands, plans, stops, cues, buttons, noise and silence, often at the same moment.

What it leaves is an `Account` for `allowed.wrongs`; the unit's own count is compared with the pins whenever it stands.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import (
    Ack,
    Arm,
    ClearFault,
    Disarm,
    Flag,
    Follow,
    GetStatus,
    Go,
    Goto,
    Jog,
    Message,
    Ping,
    ProfileBegin,
    ProfileData,
    ResetCause,
    Result,
    SetLimits,
    SetPosition,
    SetTelemetry,
    Silence,
    State,
    StopInput,
    Telemetry,
    Unload,
)
from tests.conformance.units import TICK_HZ, Bench
from tests.conformance.wire import CONFIG, Host, Profile, dwell, even, pull
from tests.firmware.allowed import MS, Account, Said, StopBytes, positions

BYTE_TICKS = 640
REPLY_S = 0.3
FAR = 3000
PATIENCE = 5


class Episode:
    """One unit, and all that is said to it."""

    def __init__(self, bench: Bench, draw: random.Random) -> None:
        self.bench, self.draw = bench, draw
        self.host = Host(bench)
        self._free_at = 0
        self._told = 0
        self.account = Account(
            replace(
                CONFIG,
                accel=draw.choice((4000, 40_000, 300_000)),
                goto_rate=draw.choice((500, 6000, 20_000)),
                min_interval_ticks=draw.choice((160, 800)),
                direction=draw.choice((1, -1)),
                stop_input=draw.choice((StopInput.NONE, StopInput.STOP_BUTTON)),
                take_silence=Silence.FINISH,
                silence_ms=draw.choice((60, 250)),
            )
        )

    # What is said -----------------------------------------------------------------------------------------------------

    def comes_in(self, data: bytes) -> int:
        """Puts bytes on the line: when the last of them has come in."""
        self._free_at = max(self._free_at, self.bench.tick()) + BYTE_TICKS * len(data)
        self.host.write(data)
        return self._free_at

    def say(self, message: Message, before: bytes = b"", after: bytes = b"") -> Result | None:
        """Says it, with other bytes right before and after: what came of it; None where it was not answered."""
        self.host.replies.clear()
        if before:
            self.comes_in(before)
        data = self.host.frame(message)
        seq = data_seq = self.host._seq
        tick = self.comes_in(data)
        if after:
            self.comes_in(after)
        self.host.wait(lambda: data_seq in self.host.replies, REPLY_S)
        replies = self.host.replies.get(seq, [])
        result = replies[0].result if replies and isinstance(replies[0], Ack) else None
        if replies:
            self.account.heard.append(tick)
            self.account.said.append(Said(tick, message, result is Result.OK))
        self.take_in()
        return result

    def take_in(self) -> None:
        self.account.events += self.host.events[self._told :]
        self._told = len(self.host.events)

    def stop_bytes(self, hard: bool) -> bytes:
        return HARD_STOP_BYTES if hard else STOP_BYTES

    def stop(self) -> None:
        hard = self.draw.random() < 0.3
        tick = self.comes_in(self.stop_bytes(hard))
        self.account.stops.append(StopBytes(tick, hard))
        self.account.heard.append(tick)

    def status(self) -> Telemetry | None:
        self.host.replies.clear()
        data = self.host.frame(GetStatus())
        seq = self.host._seq
        tick = self.comes_in(data)
        self.host.wait(lambda: seq in self.host.replies, REPLY_S)
        self.take_in()
        found = self.host.replies.get(seq, [])
        if found:
            self.account.heard.append(tick)
        return found[0] if found and isinstance(found[0], Telemetry) else None

    def passes(self, seconds: float) -> None:
        self.host.pass_time(seconds)
        self.take_in()

    # What is done -----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.host.hello()
        self.host.events.clear()
        self.say(self.account.config)
        self.say(SetLimits(-FAR, FAR))
        self.say(SetPosition(self.draw.randrange(-200, 200)))
        self.say(SetTelemetry(self.draw.choice((0, 20))))

    def act(self) -> None:
        acts: tuple[tuple[int, Callable[[], None]], ...] = (
            (5, self.go_somewhere),
            (4, self.jog),
            (3, self.hand),
            (4, self.stop),
            (2, self.stop_with_something),
            (5, self.take),
            (2, self.burst),
            (2, self.limits),
            (1, self.noise),
            (1, self.press),
            (6, lambda: self.passes(self.draw.choice((0.0, 0.001, 0.02, 0.1)) * self.draw.random())),
            (1, lambda: self.passes(0.4)),
            (2, self.stand),
        )
        self.draw.choices([act for _, act in acts], [weight for weight, _ in acts])[0]()

    def target(self) -> int:
        return self.draw.choice((self.draw.randrange(-FAR - 50, FAR + 50), self.draw.randrange(-40, 40)))

    def go_somewhere(self) -> None:
        self.say(Goto(self.target(), self.draw.choice((0, 300, 5000, 100_000))))

    def jog(self) -> None:
        self.say(Jog(self.draw.choice((0, 3, 400, 6000, 30_000)) * self.draw.choice((1, -1))))

    def hand(self) -> None:
        """Words of a hand near the ring, with other things said in between."""
        if self.draw.random() < 0.5:
            self.passes(0.08)
        status = self.status()
        position = (status.position if status else 0) * 256
        rate = self.draw.choice((0, 50, 800, 6000)) * 16 * self.draw.choice((1, -1))
        for _ in range(self.draw.randrange(2, 14)):
            if self.draw.random() < 0.15:
                rate = -rate
            word = Follow(position, rate, -80_000)
            tick = self.comes_in(self.host.frame(word, 0))
            self.account.heard.append(tick)
            self.account.said.append(Said(tick, word, accepted=True))
            if self.draw.random() < 0.1:
                self.draw.choice((self.stop, self.go_somewhere, self.jog))()
            self.passes(0.01)
            position += int(rate * 16 * 0.01)

    def stop_with_something(self) -> None:
        """A stop right before or after a command, in the same burst."""
        message = self.draw.choice((Goto(self.target(), 0), Jog(3000), Ping(), Disarm(), Go(9, 0), ClearFault()))
        hard = self.draw.random() < 0.3
        stop = self.stop_bytes(hard)
        first = self.draw.random() < 0.5
        at = max(self._free_at, self.bench.tick())
        self.say(message, before=stop if first else b"", after=b"" if first else stop)
        tick = at + BYTE_TICKS * len(stop) if first else self._free_at
        self.account.stops.append(StopBytes(tick, hard))
        self.account.heard.append(tick)

    def burst(self) -> None:
        """Several aims in one burst, as no host should: whichever are answered well count, in their order."""
        self.host.replies.clear()
        aims: list[tuple[int, int, Message]] = []
        for _ in range(self.draw.randrange(2, 5)):
            message = self.draw.choice((Goto(self.target(), 0), Jog(self.draw.choice((0, 3000, -3000)))))
            aims.append((self.comes_in(self.host.frame(message)), self.host._seq, message))
        self.host.wait(lambda: all(seq in self.host.replies for _, seq, _ in aims), REPLY_S)
        for tick, seq, message in aims:
            for reply in self.host.replies.get(seq, [])[:1]:
                assert isinstance(reply, Ack)
                self.account.heard.append(tick)
                self.account.said.append(Said(tick, message, reply.result is Result.OK))
        self.take_in()

    def noise(self) -> None:
        self.comes_in(self.draw.randbytes(self.draw.randrange(1, 60)) + b"\0")
        self.passes(0.003)

    def limits(self) -> None:
        status = self.status()
        here = status.position if status else 0
        low = here - self.draw.choice((0, 5, 400, FAR)) + self.draw.choice((0, 0, 30))
        self.say(SetLimits(low, max(low, here + self.draw.choice((0, 5, 400, FAR)))))

    def press(self) -> None:
        if self.account.config.stop_input is not StopInput.STOP_BUTTON:
            return
        tick = self.bench.tick() + self.draw.randrange(1, 3000)
        self.bench.set_input("stop", 0, tick)
        self.account.presses.append(tick)
        self.passes(self.draw.choice((0.003, 0.05)))
        self.bench.set_input("stop", 1)
        self.passes(0.002)
        self.say(ClearFault())

    def take(self) -> None:
        """Loaded and armed where the ring is, started by the host or by the cue, and sometimes stopped just then."""
        self.stand()
        status = self.status()
        if status is None or not status.flags & Flag.REFERENCED:
            return
        profile = self.profile(status.position)
        self.say(Unload())
        if self.say(profile.begin(self.host.capacity)) is not Result.OK:
            return
        head = min(len(profile.segments), self.host.capacity)
        for first in range(0, head, 5):
            self.say(ProfileData(first, profile.segments[first : min(head, first + 5)]))
        cued = self.draw.random() < 0.5
        self.bench.set_input("cue", 1)
        if self.say(Arm(profile.id, int(cued))) is not Result.OK:
            return
        self.account.profiles.append((self.bench.tick(), profile))
        self.passes(self.draw.choice((0.0, 0.002, 0.01)))
        if cued:
            self.bench.set_input("cue", 0, self.bench.tick() + self.draw.randrange(1, 30_000))
            self.passes(self.draw.random() * 0.0025)
        else:
            self.say(Go(self.draw.randrange(1, 1000), self.draw.choice((0, 1600, 30_000))))
        if self.draw.random() < 0.5:
            self.passes(self.draw.random() * self.draw.choice((0.001, 0.01, 0.1)))
            self.draw.choice((self.stop, self.stop_with_something, self.press))()
        else:
            self.passes(profile.expand()[1] / TICK_HZ + 0.004)

    def profile(self, start: int) -> Profile:
        shortest = max(160, self.account.config.min_interval_ticks)
        turn = self.account.config.dir_setup_ticks
        away = -1 if start > 0 else 1
        draw = self.draw
        return draw.choice(
            (
                pull(start, away * draw.randrange(40, 600), max(1600, shortest)),
                Profile(start, (even(away * 300, shortest + turn),)),
                Profile(start, (even(away * 60, shortest + turn), even(-away * 60, shortest + 2 * turn))),
                Profile(start, (even(away * 4, 66_000), dwell(draw.randrange(1, 90_000)), even(away * 40, 1600))),
                Profile(start, tuple(even(away if n % 3 else -away, 2500 + n) for n in range(20))),
                Profile(start, tuple(even(away * 2, 1000 + n) for n in range(120))),  # its rest never comes
            )
        )

    def stand(self) -> None:
        """Waits until it stands, and compares: the count is where the pins are."""
        for again in range(60):
            status = self.status()
            if status is None:
                continue
            if again == PATIENCE and status.state is State.MOVING:
                self.stop()
            if status.state is State.FAULT:
                self.say(ClearFault())
            elif status.state in (State.IDLE, State.LOADED):
                self.account.events.append(status)
                self.compare(status)
                return
            elif status.state is State.ARMED:
                self.say(Disarm())
            self.passes(0.05)
        raise AssertionError(f"it never came to stand: {status}")

    def compare(self, status: Telemetry) -> None:
        self.account.steps = self.bench.steps()
        last = next((said.message for said in reversed(self.account.accepted(SetPosition))), None)
        assert isinstance(last, SetPosition)
        place = last.position
        for _, position, _, _ in positions(self.account):
            assert position is not None
            place = position
        assert status.position == place, f"the unit says {status.position}, the pins made it {place}"


def cut_short(bench: Bench, draw: random.Random, cause: ResetCause) -> None:
    """A reset in whatever it does: nothing moves after it, nothing is known, and nothing can be started."""
    episode = Episode(bench, draw)
    episode.begin()
    for _ in range(draw.randrange(1, 6)):
        draw.choice((episode.take, episode.go_somewhere, episode.jog, episode.hand))()
    episode.go_somewhere()
    episode.passes(draw.random() * 0.1)
    bench.reset(cause)
    made = len(bench.steps())
    bench.set_input("cue", 1)
    host = Host(bench)
    host.pass_time(0.3)
    assert host.hello().reset_cause is cause
    status = host.status()
    assert status.state in (State.UNREFERENCED, State.FAULT)
    assert not status.flags & Flag.REFERENCED
    for message in (Goto(50, 0), Go(1, 0), Arm(7, 1), ProfileBegin(7, 0, 1, 1, 0, 0)):
        assert host.ack(message).result is not Result.OK
    bench.set_input("cue", 0)
    host.pass_time(0.3)
    assert len(bench.steps()) == made


def play(bench: Bench, draw: random.Random, acts: int) -> Account:
    """So many acts, then at rest."""
    episode = Episode(bench, draw)
    episode.begin()
    for _ in range(acts):
        episode.act()
    episode.stand()
    episode.passes(2 * MS / TICK_HZ * 10)
    episode.account.steps = bench.steps()
    return episode.account
