# SPDX-License-Identifier: MIT
"""The slate: scene, setup and take as crews number them, and the take counting by itself.

American: the scene's number, and a letter for each setup after the first (27, 27A, 27B … without I and O, which read
as 1 and 0; after Z comes AA). British: slates run through the whole production (slate 412), with the scene beside them.
A pickup repeats part of a shot, a series runs several tries without cutting, MOS is without sound, a plate is a
background for effects. Sources: the clapper board practice in D. Elkins, The Camera Assistant's Manual, 6th ed., ch. 5.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from dataclasses import dataclass

from followfocus.errors import RequestError

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SYSTEMS = ("american", "british")
KINDS = ("", "pickup", "series", "plate")
_KIND_WORDS = {"": "", "pickup": "PU", "series": "SER", "plate": "PLATE"}
_LONGEST = 60
MOST_TAKES = 65_535
_MOST_SETUPS, _MOST_SLATES = 10_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Slate:
    """A slate. `scene` is free text, as scripts are; `setup` counts from 0, the setup without a letter.

    In the British system `slate` is the running number and `setup` is not used.
    """

    scene: str = "1"
    setup: int = 0
    take: int = 1
    system: str = "american"
    slate: int = 1
    kind: str = ""
    mos: bool = False

    def __post_init__(self) -> None:
        if not self.scene.strip() or len(self.scene) > _LONGEST:
            raise RequestError(f"A scene has 1 to {_LONGEST} characters.", "Give its number, such as 27.")
        if any(unicodedata.category(c) == "Cc" for c in self.scene):
            raise RequestError("A scene's name is one line of text.", "Take out line breaks and control characters.")
        if self.system not in SYSTEMS or self.kind not in KINDS:
            raise RequestError(f"A slate is {' or '.join(SYSTEMS)}, and {', '.join(filter(None, KINDS))} or plain.")
        if self.setup < 0 or self.take < 1 or self.slate < 1:
            raise RequestError("Slates and takes count from 1, setups from 0.", "Give a higher number.")
        if self.setup > _MOST_SETUPS or self.take > MOST_TAKES or self.slate > _MOST_SLATES:
            raise RequestError(
                f"Setups count to {_MOST_SETUPS:,}, takes to {MOST_TAKES:,}, slates to {_MOST_SLATES:,}.",
                "Give a lower number.",
            )

    @property
    def shot(self) -> str:
        """The board's text before the take: 27A, or the British slate number; then pickup, series, plate and MOS.

        >>> Slate("27", setup=1, kind="pickup", mos=True).shot
        '27A PU MOS'
        """
        return " ".join(filter(None, (self.name, _KIND_WORDS[self.kind], "MOS" if self.mos else "")))

    @property
    def name(self) -> str:
        """The shot without what is written after it: 27A, or the British slate number."""
        return str(self.slate) if self.system == "british" else self.scene.strip() + setup_letters(self.setup)

    def __str__(self) -> str:
        """As it is called out: "27A take 4"; British "slate 412 take 4".

        >>> str(Slate("27", setup=1, take=4))
        '27A take 4'
        """
        return f"{'slate ' if self.system == 'british' else ''}{self.shot} take {self.take}"

    def next_take(self) -> Slate:
        """The same shot again."""
        return dataclasses.replace(self, take=self.take + 1)

    def next_setup(self) -> Slate:
        """The next shot of the scene: a new letter, or a new British slate; take 1."""
        return dataclasses.replace(self, setup=self.setup + 1, slate=self.slate + 1, take=1, kind="", mos=False)

    def next_scene(self, scene: str) -> Slate:
        """Another scene, its first setup, take 1; British slates run on."""
        return dataclasses.replace(self, scene=scene, setup=0, slate=self.slate + 1, take=1, kind="", mos=False)


def setup_letters(setup: int) -> str:
    """The letters of a setup: none for 0, then A … Z without I and O, then AA, AB …

    >>> [setup_letters(n) for n in (0, 1, 9, 24, 25, 48, 49)]
    ['', 'A', 'J', 'Z', 'AA', 'AZ', 'BA']
    """
    text = ""
    while setup > 0:
        setup, digit = divmod(setup - 1, len(LETTERS))
        text = LETTERS[digit] + text
    return text


def setup_of(letters: str) -> int:
    """The setup of some letters, the inverse of `setup_letters`. Raises RequestError for I, O, and what is no letter.

    >>> setup_of("AA")
    25
    """
    setup = 0
    for character in letters.upper():
        if character not in LETTERS:
            raise RequestError(f"“{letters}” isn't a setup: {character} isn't used.", "I and O read as 1 and 0.")
        setup = setup * len(LETTERS) + LETTERS.index(character) + 1
    return setup


_FLAGS = {word: kind for kind, word in _KIND_WORDS.items() if word} | {kind.upper(): kind for kind in KINDS if kind}
_FLAG_WORDS = "|".join([*sorted(_FLAGS, key=len, reverse=True), "MOS"])
_TAKE = r"(?:\s*/\s*|\s*(?P<dash>-)\s*|\s*#\s*|\s*(?:take|tk)\b\.?\s*|\s*tk|\s+t\.?\s*)(?P<take>\d{1,6})"
_REST = (
    rf"(?P<setup>[A-Za-z]{{0,2}}?)(?P<before>(?:\s*(?:{_FLAG_WORDS})(?![A-Za-z]))*)"
    rf"(?:{_TAKE})?(?P<after>(?:\s+(?:{_FLAG_WORDS})(?![A-Za-z]))*)"
)
_AFTER_SCENE = re.compile(_REST, re.IGNORECASE)
_NUMBERED = re.compile(rf"(?P<scene>.*?\d)(?:{_REST})", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?P<scene>\S.*?)(?P<before>(?:\s+(?:{_FLAG_WORDS}))*)(?:{_TAKE})?(?P<after>(?:\s+(?:{_FLAG_WORDS}))*)",
    re.IGNORECASE,
)
_BRITISH = re.compile(rf"(?P<word>slate|sl\.?)?\s*(?P<slate>\d{{1,6}}){_REST}", re.IGNORECASE)


def parse_slate(text: str, like: Slate | None = None, *, scene: str = "", take: int = 1) -> Slate:
    """The slate of what was written: "27A", "27A/4", "27A-4", "27A tk 4", "27PU", "27A PU MOS t4", "slate 412 take 2".

    `scene` is the scene where that is known: of "3A" the scene may be 3A, or 3 with the setup A. `take` is the take
    where none is written; pickup, series, plate and MOS are none where they aren't written; all else is as in `like`.
    A scene that doesn't end in letters after a number is kept as it is, with setup 0.

    Raises RequestError for an empty text, a setup with I or O, and what can be read in two ways.
    """
    base, words, known = like or Slate(), text.strip(), scene.strip()
    british = _BRITISH.fullmatch(words)
    if british and not british["setup"] and (british["word"] or base.system == "british"):
        return _made(base, british, take, system="british", slate=int(british["slate"]))
    if base.system == "british" and known:
        raise RequestError(f"“{text}” is no British slate.", "Give its number, such as 413, or slate 413 take 2.")
    of_scene, rest = words[: len(known)], _AFTER_SCENE.fullmatch(words[len(known) :])
    if known and rest and of_scene.casefold() == known.casefold():
        return _made(base, rest, take, system="american", scene=known, setup=setup_of(rest["setup"]))
    if numbered := _NUMBERED.fullmatch(words):
        if numbered["dash"] and not numbered["setup"]:
            raise RequestError(
                f"“{text}” may be scene {numbered['scene']} take {numbered['take']}, or a scene called so.",
                f"Write {numbered['scene']}/{numbered['take']} for the take.",
            )
        setup = setup_of(numbered["setup"])
        return _made(base, numbered, take, system="american", scene=numbered["scene"], setup=setup)
    named = _NAMED.fullmatch(words)
    return _made(base, named, take, system="american", scene=named["scene"] if named else words, setup=0)


def _made(base: Slate, found: re.Match[str] | None, take: int, **changes: object) -> Slate:
    """The slate with what was found, and its pickup, series, plate and MOS."""
    flags = [] if found is None else re.findall(_FLAG_WORDS, f"{found['before']} {found['after']}".upper())
    kind = next((_FLAGS[word] for word in reversed(flags) if word != "MOS"), "")
    number = int(found["take"]) if found is not None and found["take"] else take
    return dataclasses.replace(base, take=number, kind=kind, mos="MOS" in flags, **changes)  # type: ignore[arg-type]
