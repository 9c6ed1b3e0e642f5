# SPDX-License-Identifier: MIT
"""The user's own picture for `followfocus look`: opened, and its points (`@412,220`) made distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from followfocus.errors import RequestError

if TYPE_CHECKING:
    from followfocus.look.picture import RgbdSource

FAR_M = 10_000.0


@dataclass(frozen=True, slots=True)
class OwnPicture:
    """The picture with its depth, and the size to draw it at, as `WIDTHxHEIGHT`."""

    source: RgbdSource
    size: str

    def notes(self, until_s: float) -> tuple[str, ...]:
        """Sentences on its files, for a film that ends `until_s` seconds after GO."""
        clip = self.source.colours
        if clip.fps is None or clip.lasts_s is None or clip.lasts_s >= until_s - 0.5 / float(clip.fps):
            return self.source.notes
        held = f"The clip {clip.path.name} ends after {clip.lasts_s:.2f} s of {until_s:.2f} s: its last frame is held."
        return (*self.source.notes, held)

    def planes(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Planes as asked for, `NAME=@X,Y` with the distance that the depth map has there."""
        made = []
        for text in texts:
            name, equals, where = text.partition("=")
            if "=" in where:
                raise RequestError(f"{name.strip()} stands in your own picture and takes no other.", "Leave it out.")
            made.append(f"{name}{equals}{self.point(where)}")
        return tuple(made)

    def points(self, texts: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
        """Both ends, `@X,Y` with the distance there."""
        start, end = (None if text is None else self.point(text) for text in texts)
        return start, end

    def point(self, text: str) -> str:
        """`@X,Y` as a distance; any other text as it is."""
        from followfocus.look.depth import picture_point

        if not text.strip().startswith("@"):
            return text
        at = picture_point(text.strip()[1:])
        if at is None:
            raise RequestError(f"“{text.strip()}” is no point of the picture.", "Write @X,Y in pixels, like @412,220.")
        distance_m = self.source.distance_m(at)
        return "inf" if distance_m > FAR_M else f"{distance_m:.4f}".rstrip("0").rstrip(".") + "m"


def open_picture(
    picture: Path | None,
    depth: Path | None,
    kind: str | None,
    known: Sequence[str],
    highlights: float,
    size: str | None,
    widest: int | None = None,
) -> OwnPicture | None:
    """The user's own picture, or None where none is given; no wider than `widest` px unless asked.

    Raises RequestError for one without the other.
    """
    if picture is None:
        if depth is not None or kind is not None or known or highlights:
            raise RequestError("A depth map belongs to a picture.", "Give --picture as well.")
        return None
    if depth is None:
        raise RequestError(
            "A rack on your own picture takes its depth.",
            "Give --depth; the manual's page on depth says how to make it.",
        )
    from followfocus.cli.look_job import parse_size
    from followfocus.look.depth import parse_known
    from followfocus.look.picture import WIDEST, PictureAsk, frame_size, open_source

    source = open_source(PictureAsk(picture, depth, kind, tuple(parse_known(text) for text in known), highlights))
    width, height = frame_size(source.colours, None if size is None else parse_size(size), widest or WIDEST)
    return OwnPicture(source, f"{width}x{height}")
