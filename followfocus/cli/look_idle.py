# SPDX-License-Identifier: MIT
"""The thing that `followfocus look` is to make, and the options that change nothing in it or contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from followfocus.cli.console import say
from followfocus.cli.idle import tell_idle
from followfocus.errors import RequestError
from followfocus.look.encode import EVEN, MOVIES, STILLS, sequence_of
from followfocus.look.exports import EXPORTS, export_kind

_PICTURES = ("still", "strip", "film", "sequence")
_TIMED = ("csv", "nuke", "zdefocus", "fusion", "chan", "ae", "ae-camera", "blender")
_USED: dict[str, tuple[str, ...]] = {
    "--handles": ("film", "sequence"),
    "--at": ("still",),
    "--strip": ("strip",),
    "--csv": ("csv",),
    "--cat-eye": _PICTURES,
    "--breathing": _PICTURES,
    "--highlights": _PICTURES,
    "--blades": (*_PICTURES, "zdefocus", "blender", "prompt"),
    "--size": (*_PICTURES, "nuke", "zdefocus", "chan", "ae", "ae-camera"),
    "--tc": ("strip", "sequence", *_TIMED),
}
"""Each option, and in which things it is seen"""
_CALLED = {"words": "the facts", "still": "a still", "strip": "a strip", "film": "a film", "sequence": "a sequence"}


def made_of(output: Path | None, export: str | None, *, strip: bool) -> str:
    """The thing to be made: words, still, strip, film, sequence, or a kind of export. RequestError for what isn't."""
    if output is None and export is None:
        return "words"
    ending = "" if output is None else output.suffix.lower()
    if export is None and output is not None:
        if sequence_of(output) is not None:
            return "sequence"
        if ending in MOVIES:
            return "film"
        if ending in STILLS:
            return "strip" if strip else "still"
    kind = export_kind(export, ending)
    if ending in (*MOVIES, *STILLS):
        raise RequestError(f"{output}: --export {kind} is text.", f"Give a name that ends in {EXPORTS[kind][1]}.")
    return kind


def check_asked(output: Path | None, export: str | None, given: Mapping[str, object], *, json: bool) -> None:
    """Say which options change nothing in what is made. RequestError for those that contradict each other."""
    if given["--strip"] and given["--at"]:
        raise RequestError("A strip has its own times, and a still one.", "Give --strip or --at.")
    made = made_of(output, export, strip=bool(given["--strip"]))
    if given["--strip"] or given["--at"]:
        if made == "words":
            raise RequestError("A still or a strip needs a file to go to.", "Add -o FILE.png.")
        if made in ("film", "sequence"):
            raise RequestError("A still or a strip is written as .png.", "Give -o a name that ends in .png.")
    if json and made not in ("words", *_PICTURES) and output is None:
        raise RequestError(f"--json and --export {made} both take standard output.", "Give -o FILE.")
    # A clip's angles of view are those of a frame as high as the picture's.
    drawn = {option: value for option, value in given.items() if option != "--focal"}
    if given["--focal"]:
        drawn.pop("--size")
    tell_idle(drawn, _USED, made, f"in {_CALLED.get(made, f'--export {made}')}")


def tell_follow(given: Mapping[str, object]) -> None:
    """Say which options change nothing where somebody is followed."""
    tell_idle(given, {}, "", "with --follow: the ring goes as the walk does")


def tell_even(output: Path | None, size: tuple[int, int]) -> None:
    """Say that a clip gets no odd size."""
    if output is not None and output.suffix.lower() in EVEN and (size[0] % 2 or size[1] % 2):
        even = f"{size[0] // 2 * 2} x {size[1] // 2 * 2}"
        say(f"followfocus: a {output.suffix.lower()} takes even sizes alone: it is made {even}.", err=True)
