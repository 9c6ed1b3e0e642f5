# SPDX-License-Identifier: MIT
"""A unit's own account, as values: who it is, where it stands, and how a take went.

Ring angles here are step counts by the gearing: what the unit believes. What the ring truly did only a witness knows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from followfocus.wire.messages import Board, Cause, Fault, Flag, HelloReply, ResetCause, Source, State

NO_FLAGS = Flag(0)


def text_of(raw: bytes) -> str:
    r"""A fixed-length text of the wire without its padding; what isn't printable ASCII is replaced.

    >>> text_of(b"A cam\x1b[31m\0\0")
    'A cam�[31m'
    """
    text = raw.rstrip(b"\0 ").decode("ascii", "replace")
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """Who a unit is: what it said in its hello, and the name that it was given."""

    port: str
    serial: str
    name: str
    board: Board
    firmware: str
    protocol: str
    tick_hz: int
    segment_capacity: int
    max_payload: int
    fastest_interval_ticks: int
    boot_id: int
    reset_cause: ResetCause

    @classmethod
    def of(cls, port: str, hello: HelloReply, name: bytes) -> UnitInfo:
        """From the hello and the name in the settings."""
        return cls(
            port=port,
            serial=text_of(hello.serial),
            name=text_of(name),
            board=hello.board,
            firmware=f"{hello.firmware_major}.{hello.firmware_minor}.{hello.firmware_patch}",
            protocol=f"{hello.major}.{hello.minor}",
            tick_hz=hello.tick_hz,
            segment_capacity=hello.segment_capacity,
            max_payload=hello.max_payload,
            fastest_interval_ticks=hello.fastest_interval_ticks,
            boot_id=hello.boot_id,
            reset_cause=hello.reset_cause,
        )

    @property
    def on_bench(self) -> bool:
        """It has no real ring: nobody has to look where that stands."""
        return self.board in (Board.SIMULATED, Board.HOST_PROCESS)

    def facts(self) -> dict[str, object]:
        """For JSON."""
        return {
            "port": self.port,
            "serial": self.serial,
            "name": self.name,
            "board": self.board.name.lower(),
            "firmware": self.firmware,
            "protocol": self.protocol,
            "tick_hz": self.tick_hz,
            "segment_capacity": self.segment_capacity,
            "fastest_interval_ticks": self.fastest_interval_ticks,
            "boot_id": self.boot_id,
            "reset_cause": self.reset_cause.name.lower(),
        }


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """Where a unit stands, as last heard: a snapshot that may be kept and handed to any thread.

    `ring_deg` is None while the position is not known. `cause` is why the last motion ended, at
    `cause_clock`. Clocks are the unit's, in ticks since its boot; `received_s` is the host's when it came in.
    """

    connected: bool = False
    state: State | None = None
    ring_deg: float | None = None
    speed_deg_s: float = 0.0
    position: int = 0
    fault: Fault = Fault.NONE
    cause: Cause = Cause.NONE
    flags: Flag = NO_FLAGS
    cause_clock: int = 0
    clock: int = 0
    received_s: float = 0.0
    free_segments: int = 0
    wanted_offset: int = 0
    last_take: int = 0
    bad_frames: int = 0
    restarted: bool = False
    """It began anew under way, and nobody has said since where its ring stands."""

    @property
    def referenced(self) -> bool:
        """The position is known."""
        return bool(self.flags & Flag.REFERENCED)

    @property
    def at_rest(self) -> bool:
        """Nothing turns, and nothing is about to."""
        return self.state not in (None, State.MOVING, State.PLAYING, State.STOPPING)

    @property
    def stands(self) -> bool:
        """No step is made just now: at rest, or in a hold."""
        return self.speed_deg_s == 0.0

    def facts(self) -> dict[str, object]:
        """For JSON."""
        return {
            "connected": self.connected,
            "state": self.state.name.lower() if self.state is not None else None,
            "ring_deg": self.ring_deg,
            "speed_deg_s": self.speed_deg_s,
            "position": self.position if self.referenced else None,
            "fault": self.fault.name.lower(),
            "referenced": self.referenced,
            "energised": bool(self.flags & Flag.ENERGISED),
            "last_take": self.last_take,
            "bad_frames": self.bad_frames,
        }


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a take under way: seconds from its time zero, and the ring angle."""

    at_s: float
    ring_deg: float


@dataclass(frozen=True, slots=True)
class TakeEvidence:
    """The evidence of one take, by the unit's own clock and counter, and how it ended.

    Clocks are ticks since the unit's boot; `tick_hz` is what they are divided by. `cause` is NONE where the end was
    never heard of: then `lost` says why, or `reset` that the unit began anew. `gap` tells of a link that was lost and
    came back, `doubt` why the unit's word can't be taken. `profile_id` is the profile that was armed for it (None: not
    known). `ring_deg` is where the counter ended, `witness_deg` where the ring truly stood after it came to rest
    (None without a witness). `start_latency_s` is from GO leaving the host to time zero, give or take
    `start_latency_uncertainty_s`; None for a cue, and where it can't be known.
    """

    take: int
    tick_hz: float
    cause: Cause = Cause.NONE
    fault: Fault = Fault.NONE
    source: Source = Source.HOST
    position_known: bool = False
    start_clock: int = 0
    first_edge_clock: int = 0
    last_edge_clock: int = 0
    end_clock: int = 0
    steps: int = 0
    position: int = 0
    ring_deg: float | None = None
    witness_deg: float | None = None
    start_latency_s: float | None = None
    start_latency_uncertainty_s: float | None = None
    host_hz: float | None = None
    """The rate of the unit's clock by the host's, as measured by the take's end"""
    host_within_hz: float | None = None
    """How far that may be wrong"""
    started_utc_s: float | None = None
    reset: bool = False
    lost: str = ""
    gap: str = ""
    doubt: str = ""
    refused: str = ""
    """Why the unit would not begin: nothing has moved then"""
    profile_id: int | None = None
    samples: tuple[Sample, ...] = field(default=(), repr=False)
    witness_samples: tuple[Sample, ...] = field(default=(), repr=False)
