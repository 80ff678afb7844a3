"""Drawings are readable for everyone: in words, in both themes, without a network."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from immunolab import drawings
from immunolab.drawings import DrawingError, drawing, panels_of

CSS = Path(drawings.__file__).parent / "book" / "static" / "site.css"
NAMES = sorted({re.sub(r"-\d.*", "", path.stem) for path in drawings.DRAWINGS.glob("*.svg")})
CELLS = ("t-cell", "apc", "treg", "tumour", "nk-cell")

GOOD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" role="img"
     aria-labelledby="t" aria-describedby="d">
  <title id="t">A cell</title>
  <desc id="d">
    One line.
    Another, with a &lt;.
  </desc>
  <!-- for whoever edits -->
  <circle id="c" r="3" fill="currentColor"/>
  <text fill="var(--ink)">cell</text>
</svg>
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(drawings, "DRAWINGS", tmp_path)
    return tmp_path


def test_the_book_has_drawings():
    assert "receptors" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_drawing_of_the_book_is_sound(name):
    shown = drawing(name, "A caption.")
    ids = re.findall(r'\bid="([^"]+)"', shown.html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', shown.html)) <= set(ids)
    for panel in panels_of(name):
        assert panel.title in shown.plain
        assert all(sentence in shown.plain for sentence in panel.sentences)


@pytest.mark.parametrize("name", NAMES)
def test_text_is_large_enough_on_a_phone(name):
    for panel in panels_of(name):
        width = float(re.search(r'viewBox="0 0 (\S+)', panel.svg)[1])
        sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', panel.svg)]
        assert sizes, f"{panel.title}: set font-size on the group of the texts"
        assert min(sizes) * 320 / width >= 11, panel.title


def test_the_receptors_name_every_brake():
    named = {
        "receptors": ("CD28", "CTLA-4", "PD-1", "PD-L1", "PD-L2"),
        "further-receptors": ("LAG-3", "TIM-3", "TIGIT", "VISTA"),
    }
    for name, receptors in named.items():
        words = drawing(name, "").plain
        assert all(receptor in words for receptor in receptors)


def test_a_drawing_is_a_figure_with_the_same_in_words(folder):
    (folder / "cell.svg").write_text(GOOD, encoding="utf-8")
    shown = drawing("cell", "Big & round.")
    assert "<figcaption>Big &amp; round.</figcaption>" in shown.html
    assert "<li>Another, with a &lt;.</li>" in shown.html
    assert "for whoever edits" not in shown.html
    assert shown.plain == "Big & round.\nA cell\n- One line.\n- Another, with a <."


def test_panels_come_in_the_order_of_their_numbers(folder):
    for number in (2, 1):
        panel = GOOD.replace("A cell", f"Panel {number}")
        panel = re.sub(r'"([tdc])"', rf'"\g<1>{number}"', panel)
        (folder / f"cell-{number}-x.svg").write_text(panel, encoding="utf-8")
    (folder / "cell-other.svg").write_text("not of this drawing", encoding="utf-8")
    assert [panel.title for panel in panels_of("cell")] == ["Panel 1", "Panel 2"]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        (' role="img"', "", 1, "role"),
        ("A cell", " ", 1, "no <title>"),
        ('<desc id="d">', '<desc id="e">', 4, "aria-describedby"),
        ("<circle", "<script/><circle", 9, "<script>"),
        ("<circle", "<style/><circle", 9, "whole page"),
        ("<circle", '<circle onclick="f()"', 9, "onclick"),
        ("<circle", '<use href="https://example.org/#a"/><circle', 9, "without a network"),
        ("var(--ink)", "#222", 10, "other theme"),
        ("var(--ink)", "black", 10, "other theme"),
        ('<text fill="var(--ink)"', '<text style="fill:red"', 10, "other theme"),
        ("<text", '<text id="c"', 10, "line 9"),
        ("</text>", "</txt>", 10, "not well-formed"),
    ],
)
def test_what_would_shut_somebody_out_is_refused_with_its_line(folder, old, new, line, says):
    assert GOOD.count(old) == 1
    (folder / "cell.svg").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(DrawingError) as refused:
        drawing("cell", "")
    assert f"cell.svg, line {line}: " in str(refused.value)
    assert says in str(refused.value)


def test_a_missing_drawing_is_named(folder):
    with pytest.raises(DrawingError, match=r"nowhere\.svg is missing"):
        drawing("nowhere", "")


# --------------------------------------------------------------------------------- colours


def luminance(colour: str) -> float:
    parts = (int(a + b, 16) / 255 for a, b in zip(colour[1::2], colour[2::2], strict=True))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colours(selector: str) -> dict[str, str]:
    """Return the colours that site.css sets in the first block with a selector, at a line start."""
    css = CSS.read_text(encoding="utf-8")
    block = css[css.index(f"\n{selector} {{") :].split("}")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", block))


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_lines_and_text_stand_out(theme):
    page = colours(f'html[data-theme="{"light" if theme == "print" else theme}"]')
    selector = {
        "light": ".drawing",
        "dark": 'html[data-theme="dark"] .drawing',
        "print": '  .drawing, html[data-theme="dark"] .drawing',
    }
    ink = colours(selector[theme])
    background = page.get("pst-color-background", "#ffffff")
    for cell in CELLS:
        fill, line = ink[f"drawing-{cell}"], ink[f"drawing-{cell}-line"]
        assert contrast(page["pst-color-text-base"], fill) >= 4.5, cell
        assert min(contrast(line, background), contrast(line, fill)) >= 3, cell
        for sign in ("help", "brake"):
            assert contrast(ink[f"drawing-{sign}"], fill) >= 3, (sign, cell)
    for sign in ("help", "brake"):
        assert contrast(ink[f"drawing-{sign}"], background) >= 3, sign


def test_the_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    greys = [contrast(grey, "#ffffff") for grey in ("#777777", "#767676")]
    assert all(lower < 4.5 <= higher for lower, higher in pairwise(greys))
