# SPDX-License-Identifier: MIT
"""Letters of fonts with PostScript outlines, as most of Chinese, Japanese and Korean: on paper, plots and strips."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.basePen import decomposeQuadraticSegment
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont
from PIL import Image
from reportlab.pdfbase.ttfonts import TTFError

from followfocus import typefaces
from followfocus.look import strip
from followfocus.paper import page, plots
from followfocus.paper.ink import set_in
from followfocus.paper.outlines import MOST_OFF, Outlines
from followfocus.paper.page import Head, words, write_pdf
from followfocus.typefaces import MISSING, NO_FONT

DISC, BAR = "撮", "影"


def a_font(path: Path, fs_type: int = 0) -> Path:
    """A PostScript font of two characters: a disc of 800 in 1,000, drawn by cubic curves, and a bar."""
    disc, bar, nothing = T2CharStringPen(1000, None), T2CharStringPen(500, None), T2CharStringPen(1000, None)
    k = 400 * 0.5523
    disc.moveTo((900, 400))
    for a, b, c in (
        ((900, 400 + k), (500 + k, 800), (500, 800)), ((500 - k, 800), (100, 400 + k), (100, 400)),
        ((100, 400 - k), (500 - k, 0), (500, 0)), ((500 + k, 0), (900, 400 - k), (900, 400)),
    ):  # fmt: skip
        disc.curveTo(a, b, c)
    disc.closePath()
    bar.moveTo((100, 0))
    for corner in ((400, 0), (400, 800), (100, 800)):
        bar.lineTo(corner)
    bar.closePath()
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", "disc", "bar"])
    builder.setupCharacterMap({ord(DISC): "disc", ord(BAR): "bar"})
    drawn = {".notdef": nothing.getCharString(), "disc": disc.getCharString(), "bar": bar.getCharString()}
    builder.setupCFF("TwoSigns", {"FullName": "Two Signs"}, drawn, {})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "disc": (1000, 100), "bar": (500, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Two Signs", "styleName": "Regular", "psName": "TwoSigns"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, fsType=fs_type)
    builder.setupPost()
    builder.save(path)
    return path


@pytest.fixture(name="file")
def _file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A computer that has that font and no other beside DejaVu."""
    made = a_font(tmp_path / "signs.otf")
    caches = (page._other_font, page._known, typefaces.file_of, set_in)
    for cache in caches:
        cache.cache_clear()
    monkeypatch.setattr(page, "other_files", lambda: (made,))
    monkeypatch.setattr(typefaces, "other_files", lambda: (made,))
    yield made
    for cache in caches:
        cache.cache_clear()


def test_a_curve_stays_where_it_was(file: Path) -> None:
    made = TTFont(io.BytesIO(Outlines(file).true_type([ord(DISC)])))
    disc = made["glyf"][made.getBestCmap()[ord(DISC)]]
    pen = RecordingPen()
    disc.draw(pen, made["glyf"])
    here, far = np.array(pen.value[0][1][0], float), []
    for _, points in (step for step in pen.value if step[0] == "qCurveTo"):
        for control, end in decomposeQuadraticSegment(points):
            middle = (here + 2 * np.array(control) + end) / 4
            far += [np.hypot(*(middle - (500, 400))), np.hypot(*(np.array(end) - (500, 400)))]
            here = np.array(end, float)
    assert len(far) >= 16
    assert np.abs(np.array(far) - 400).max() <= 1000 * MOST_OFF + 0.5
    assert (disc.xMin, disc.yMin, disc.xMax, disc.yMax) == (100, 0, 900, 800)


def test_it_is_measured_as_the_font_is(file: Path) -> None:
    face = Outlines(file)
    assert (face.ascent, face.descent) == (880, -120)
    assert (face.getCharWidth(ord(DISC)), face.getCharWidth(ord(BAR))) == (1000, 500)
    assert set(face.charToGlyph) == {ord(DISC), ord(BAR)}


def test_paper_has_the_letters_in_it(file: Path, tmp_path: Path) -> None:
    plain, _ = page.fonts()
    assert page.markup(f"a{DISC}{BAR}b", plain) == f'a<font name="signs">{DISC}{BAR}</font>b'
    assert page.legend([DISC, BAR]) == ""
    assert page.legend([DISC, "娜"]) == "Chinese, Japanese and Korean are drawn by the reader's own fonts"
    pdf = tmp_path / "x.pdf"
    for _ in range(2):
        write_pdf(pdf, Head("", (), ()), [words(DISC * 3), words(BAR)])
        first = pdf.read_bytes()
    write_pdf(pdf, Head("", (), ()), [words(DISC * 3), words(BAR)])
    assert pdf.read_bytes() == first
    try:
        said = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
        subprocess.run(["pdftoppm", "-r", "360", "-png", "-singlefile", str(pdf), str(tmp_path / "x")], check=True)
    except FileNotFoundError:
        pytest.skip("poppler-utils is not installed")
    assert said.split()[:2] == [DISC * 3, BAR]
    ink = np.asarray(Image.open(tmp_path / "x.png").convert("L")) < 128
    disc = 8.0 / 72 * 360 * 0.8  # eight points high, a disc of 0.8 of that, in pixels
    top = int(np.flatnonzero(ink[:, :200].any(axis=1) & (np.arange(len(ink)) > 470))[0])  # below the head's rule
    assert ink[top : top + round(disc) + 1, :400].sum() == pytest.approx(3 * np.pi / 4 * disc**2, rel=0.06)


def test_a_font_that_may_not_be_put_into_a_document_is_not(tmp_path: Path) -> None:
    with pytest.raises(TTFError, match="may not be put into a document"):
        Outlines(a_font(tmp_path / "r.otf", fs_type=2))
    (tmp_path / "none.otf").write_bytes(b"OTTO" + bytes(100))
    with pytest.raises(TTFError):
        Outlines(tmp_path / "none.otf")
    assert page._known(tmp_path / "r.otf") == ""
    assert page._known(tmp_path / "none.otf") == ""


def test_a_strip_and_a_plot_have_them_too(file: Path, tmp_path: Path) -> None:
    assert strip._runs(f"a{DISC}") == [(typefaces.dejavu(), "a"), (file, DISC)]
    figure, axes = plots._figure(tmp_path / "p.svg", (4, 3), [1, 1])
    axes[1].set_xlabel("seconds")
    axes[0].set_title(plots._shown(f"{DISC} Anna"))
    plots._save(figure, tmp_path / "p.svg")
    assert "Two Signs" in axes[0].title.get_fontfamily()
    assert axes[1].get_xlabel() == "seconds"


def test_a_plot_says_what_it_cannot_show(file: Path, tmp_path: Path) -> None:
    figure, axes = plots._figure(tmp_path / "p.png", (4, 3), [1, 1])
    axes[1].set_xlabel("seconds")
    axes[0].set_title(plots._shown("娜 Anna"))
    assert axes[0].get_title() == f"\u200e{MISSING} Anna"
    plots._save(figure, tmp_path / "p.png")
    assert axes[1].get_xlabel() == f"seconds · {NO_FONT}"
