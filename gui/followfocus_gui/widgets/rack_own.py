# SPDX-License-Identifier: MIT
"""A picture of one's own in the rack view: which of the files is it, and which its depth map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from followfocus.errors import RequestError
from followfocus.show.still import OwnStill

__all__ = ["OwnStill", "own_of"]

DEPTH_WORDS = ("depth", "disparity", "disp", "zpass")
DEPTH_ENDINGS = (".exr", ".tif", ".tiff", ".png")


def own_of(paths: Sequence[Path]) -> OwnStill:
    """The picture and the depth map among one or two files; beside one picture its map is looked for by its name.

    RequestError where they can't be told apart.
    """
    if len(paths) == 1:
        return OwnStill(paths[0], _beside(paths[0]))
    if len(paths) != 2:
        raise RequestError("A rack on your own picture takes two files.", "Choose a picture and its depth map.")
    maps = [path for path in paths if _is_map(path)]
    if len(maps) != 1:
        raise RequestError("Which of the two is the depth map?", "Call it so: “depth” must be in its name.")
    picture = next(path for path in paths if path is not maps[0])
    return OwnStill(picture, maps[0])


def _is_map(path: Path) -> bool:
    return any(word in path.stem.lower() for word in DEPTH_WORDS)


def _beside(picture: Path) -> Path:
    if _is_map(picture):
        raise RequestError(f"{picture.name} is a depth map.", "Choose the picture as well.")
    for word in DEPTH_WORDS:
        for gap in ("-", "_", ".", " "):
            for ending in DEPTH_ENDINGS:
                found = picture.with_name(f"{picture.stem}{gap}{word}{ending}")
                if found.is_file():
                    return found
    raise RequestError(
        f"{picture.name} has no depth map beside it.", f"Choose both, or call it {picture.stem}-depth.exr."
    )
