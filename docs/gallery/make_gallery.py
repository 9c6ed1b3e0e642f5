# SPDX-License-Identifier: MIT
"""Draws docs/gallery: one rack of every type, on the built-in figures and on a photograph with depth.

`python docs/gallery/make_gallery.py` draws all strips, the film strips' captions and README.md anew. The photograph is
`still_life.py`'s. Sentences are the program's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from followfocus.cli.look_job import Ask, make_shot
from followfocus.cli.look_picture import open_picture
from followfocus.look.encode import write_film
from followfocus.look.picture import PictureRenderer
from followfocus.look.render import Draws, Renderer
from followfocus.look.scene import build_planes
from followfocus.look.strip import render_strip
from followfocus.look.words import brief

FOLDER = Path(__file__).parent
STILL, DEPTH = FOLDER / "still.jpg", FOLDER / "depth.png"
PAIR = ("ANNA=1.2m", "BEN=2.2m", "THE STREET=14m")
PLACES = ("THE RED BALL=0.86m", "THE LEMON=@730,470", "THE VASE=@330,290", "THE LAMPS=@900,80")


@dataclass(frozen=True)
class Type:
    """One type of rack: what it is for, and what is asked for it, drawn and on the photograph."""

    name: str
    what: str
    drawn: dict[str, object]
    photo: dict[str, object] | None = None


def rack(from_: str, to: str, duration: str, **more: object) -> dict[str, object]:
    """A rack as asked for."""
    return {"from_": from_, "to": to, "duration": duration, **more}


TYPES = (
    Type(
        "foreground-to-background",
        "From who is near to what is behind.",
        rack("ANNA", "THE STREET", "2", planes=("ANNA=1.2m", "THE STREET=14m")),
        rack("THE RED BALL", "THE LAMPS", "2"),
    ),
    Type(
        "background-to-foreground",
        "Back to who is near.",
        rack("THE DOOR", "ANNA", "2", planes=("ANNA=1.2m", "THE DOOR=4m", "THE STREET=14m")),
        rack("THE LAMPS", "THE LEMON", "2"),
    ),
    Type(
        "reveal",
        "Long soft, then someone is there: slow, and out of nothing sharp.",
        rack("0.6m", "BEN", "4", planes=("BEN=2.2m", "THE STREET=14m")),
        rack("0.6m", "THE VASE", "4"),
    ),
    Type(
        "dialogue",
        "Between two who talk, on the word.",
        rack("ANNA", "BEN", "0.7", planes=PAIR),
        rack("THE LEMON", "THE VASE", "0.7"),
    ),
    Type(
        "snap",
        "Faster than an eye follows.",
        rack("BEN", "ANNA", "0.25", planes=PAIR),
        rack("THE VASE", "THE RED BALL", "0.25"),
    ),
    Type(
        "follow",
        "With a walker who comes up and grows.",
        {"follow": "ANNA", "duration": "3", "planes": ("ANNA=3m..1.4m", "THE DOOR=4m", "THE STREET=14m")},
    ),
    Type(
        "dual-plane",
        "Stopped down, both stay sharp: no rack, and the program says so.",
        rack("ANNA", "BEN", "2", planes=("ANNA=2.8m", "BEN=3.4m", "THE STREET=14m"), stop=11.0),
        rack("THE VASE", "3.2m", "2", stop=11.0),
    ),
    Type(
        "anamorphic",
        "Upright ovals, and half as much blur across.",
        rack("THE STREET", "ANNA", "1.5", planes=("ANNA=1.2m", "THE STREET=14m"), squeeze=2.0),
        rack("THE VASE", "THE LAMPS", "1.5", squeeze=2.0),
    ),
    Type(
        "blades-and-cats-eye",
        "A six-bladed aperture, cut by the barrel in the corners.",
        rack("THE STREET", "BEN", "1.5", planes=("BEN=1.4m", "THE STREET=14m"), blades=6, cat_eye=0.5),
        rack("THE LAMPS", "THE VASE", "1.5", blades=6, cat_eye=0.5),
    ),
)


def ask_of(wanted: dict[str, object], lens: str, planes: tuple[str, ...], size: str, *, own: bool) -> Ask:
    """The command line's words for a type."""
    plain = {
        "lens": lens, "from_": None, "to": None, "duration": None, "visible": None, "sharp_frame": None,
        "ease": "minjerk", "planes": planes, "follow": None, "stop": None, "focal": None, "format": "super35",
        "coc": None, "fps": "24", "size": size, "blades": 0, "breathing": 0.0, "start_tc": None, "cat_eye": 0.0,
        "own_picture": own,
    }  # fmt: skip
    return Ask(**{**plain, **{key: value for key, value in wanted.items() if key != "squeeze"}})


def squeezed(folder: Path) -> str:
    """The ideal 50 mm as a 2x anamorphic lens, in a file."""
    from dataclasses import replace

    from followfocus.lens.map import load_lens, save_lens

    path = folder / "anamorphic-50.json"
    save_lens(replace(load_lens("ideal-50"), name="Anamorphic 50", squeeze=2.0), path)
    return str(path)


def draw(draws: Draws, shot: object, name: str) -> str:
    """One strip as JPEG; its file's name."""
    strip = Image.fromarray(render_strip(draws, shot, 4))
    strip.resize((1240, round(1240 * strip.height / strip.width)), Image.Resampling.LANCZOS).save(
        FOLDER / f"{name}.jpg", quality=84
    )
    return f"{name}.jpg"


def drawn_strip(one: Type, lens: str) -> tuple[str, str]:
    """The type on the built-in figures: file, brief."""
    shot, requests, _ = make_shot(ask_of(one.drawn, lens, (), "960x540", own=False))
    planes = build_planes(requests)
    draws = Renderer(planes, shot.camera, shot.frame_px)
    if one.name == "foreground-to-background":
        small = Renderer(planes, shot.camera, (384, 216))
        write_film(small.frames(shot.motion, 12), FOLDER / "rack.gif", 12)
    return draw(draws, shot, one.name), brief(shot)


def photo_strip(one: Type, lens: str) -> tuple[str, str]:
    """The type on the photograph: file, brief."""
    own = open_picture(STILL, DEPTH, "metric", (), 8.0, "960x540")
    assert own is not None
    assert one.photo is not None
    names = {str(one.photo["from_"]), str(one.photo["to"])}
    planes = own.planes([place for place in PLACES if place.partition("=")[0] in names])
    shot, _, _ = make_shot(ask_of(one.photo, lens, planes, own.size, own=True))
    draws = PictureRenderer(own.source, shot.camera, shot.frame_px)
    if one.name == "foreground-to-background":
        small = PictureRenderer(own.source, shot.camera, (384, 216))
        write_film(small.frames(shot.motion, 12), FOLDER / "rack-photo.gif", 12)
    return draw(draws, shot, f"{one.name}-photo"), brief(shot)


def page(rows: list[tuple[Type, list[tuple[str, str]]]]) -> str:
    """The page in Markdown."""
    lines = [
        "# Gallery: one rack of every type",
        "",
        "Drawn by `python docs/gallery/make_gallery.py` with the renderer of `followfocus look`, on the built-in",
        "figures and on a photograph with a depth map, which `still_life.py` traces. All sentences are the program's.",
        "",
        "![a rack on the figures](rack.gif) ![the same on a photograph](rack-photo.gif)",
    ]
    for one, strips in rows:
        lines += ["", f"## {one.name.replace('-', ' ').capitalize()}", "", one.what]
        for file, words in strips:
            lines += ["", f"![{words}]({file})"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Draw everything."""
    import tempfile

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        anamorphic = squeezed(Path(folder))
        for one in TYPES:
            strips = []
            for wanted, make in ((one.drawn, drawn_strip), (one.photo, photo_strip)):
                if wanted is not None:
                    strips.append(make(one, anamorphic if "squeeze" in wanted else "ideal-50"))
            rows.append((one, strips))
    (FOLDER / "README.md").write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
