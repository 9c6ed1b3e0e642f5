# SPDX-License-Identifier: MIT
"""Loudness by state: the state's own colours, and how each of the five buttons looks. A table, no widgets."""

from __future__ import annotations

from dataclasses import dataclass

AT_REST = ("READY", "LANDED", "MISSED", "STOPPED", "FAULTED", "LOST", "SOFT")
RUNNING = ("PLAYING", "REHEARSING")
TURNING = ("LOADING", "MOVING", "STOPPING")
DEAD = ("FAULT", "WHERE?", "NO UNIT", "NO ANSWER")


@dataclass(frozen=True, slots=True)
class Tone:
    """Names of colours: what the state's word stands on, the word, and the frame of the line."""

    ground: str
    ink: str
    frame: str


_TONES: dict[str, Tone] = {
    "READY": Tone("raised", "text", "edge"),
    "LANDED": Tone("raised", "good", "edge"),
    "ARMED": Tone("go", "go_text", "go"),
    "COUNTING": Tone("go", "go_text", "go"),
    "HOLDING": Tone("hold", "hold_text", "hold"),
    "WHERE?": Tone("hold", "hold_text", "hold"),
    "NO UNIT": Tone("raised", "faint", "edge"),
    **dict.fromkeys((*RUNNING, *TURNING), Tone("play", "play_text", "play")),
    **dict.fromkeys(("FAULT", "NO ANSWER"), Tone("stop_hot", "stop_hot_text", "bad")),
    **dict.fromkeys(("MISSED", "STOPPED", "FAULTED", "LOST", "SOFT"), Tone("raised", "warn", "edge")),
}
WORDS = tuple(_TONES)


def tone_of(word: str) -> Tone:
    """The colours of a state by its word."""
    return _TONES[word]


@dataclass(frozen=True, slots=True)
class Look:
    """How a button looks. `style` names its colours (`transport.py`); `enabled` is whether it answers."""

    text: str
    style: str = "plain"
    sign: str = ""
    hint: str = ""
    enabled: bool = True


def looks(word: str, *, left_s: float | None = None, screen: bool = False) -> dict[str, Look]:
    """The five buttons in a state. `left_s` are the seconds of a countdown; `screen`: a screen is open."""
    rests = word in AT_REST and not screen
    style = "plain" if rests else "dead"
    alive = rests or (screen and word in AT_REST)  # with a screen open they answer why they don't
    arm = Look("DISARM", "plain", hint="Return") if word in ("ARMED", "COUNTING", "HOLDING") else None
    # STOP is loud exactly while it would stop something.
    hot = word in (*RUNNING, *TURNING, "COUNTING")
    return {
        "backToOne": Look("BACK TO ONE", style, hint="Backspace", enabled=alive),
        "rehearse": Look("REHEARSE", style, hint="R", enabled=alive),
        "arm": arm or Look("ARM", style, hint="Return", enabled=alive),
        "go": _go(word, left_s, screen=screen),
        "stop": Look("STOP", "hot" if hot else "stop", "octagon", "Esc"),
    }


def _go(word: str, left_s: float | None, *, screen: bool) -> Look:
    if word == "ARMED":
        return Look("GO", "filled", "diamond", "Space")
    if word == "HOLDING":
        return Look("GO ON", "filled", "triangle", "Space")
    if word == "COUNTING":
        return Look("GO" if left_s is None else f"{left_s:.1f} s", "counting", "diamond", "counting")
    if word in (*RUNNING, *TURNING):
        return Look(word.lower(), "dim")
    if word in DEAD:
        return Look("GO", "gone")  # nothing makes it live but what the state line says
    return Look("GO", "outline", hint="close this first" if screen else "arm first")
