"""Drawings by hand: the SVGs of ``chapters/drawings``, shown with their description in words.

(Pictures of models are drawn by ``drawing.py``.)  A drawing called *receptors* is the file
``receptors.svg``, or panels ``receptors-1-....svg``, ``receptors-2-....svg`` that stack on a phone.
Each panel describes itself in ``<title>`` and ``<desc>``, one sentence or two a line; the list in
words is made of these, so that picture and words cannot drift apart in different files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from xml.parsers import expat

from immunolab.fragment import Fragment
from immunolab.places import BOOK, shown

DRAWINGS = BOOK / "chapters" / "drawings"

_PAINTS = ("fill", "stroke", "color", "stop-color", "style")
# A paint that follows the theme; anything else is unreadable in light or in dark.
_FOLLOWS_THEME = re.compile(r"(none|inherit|currentColor|var\(--[\w-]+\))")


class DrawingError(ValueError):
    """A drawing is missing, or would not be readable for everyone; the message says where."""


@dataclass
class _Element:
    tag: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    parent: _Element | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Panel:
    """One SVG of a drawing: its source for the page, and what it shows in words."""

    svg: str
    title: str
    sentences: tuple[str, ...]


def drawing(name: str, caption: str) -> Fragment:
    """Return the drawing ``name`` of ``chapters/drawings`` as a figure, with the same in words."""
    panels = panels_of(name)
    pictures = "\n".join(panel.svg for panel in panels)
    items = "".join(
        f"<li><strong>{escape(panel.title)}</strong><ul>"
        + "".join(f"<li>{escape(sentence)}</li>" for sentence in panel.sentences)
        + "</ul></li>"
        for panel in panels
    )
    html = (
        f'<figure class="drawing" id="drawing-{name}"><figcaption>{escape(caption)}</figcaption>'
        f'<div class="drawing-panels">{pictures}</div>'
        f"<details><summary>The drawing in words</summary><ul>{items}</ul></details></figure>"
    )
    words = (line for panel in panels for line in (panel.title, *_bulleted(panel.sentences)))
    return Fragment(html=html, plain="\n".join((caption, *words)))


def _bulleted(sentences: tuple[str, ...]) -> list[str]:
    return [f"- {sentence}" for sentence in sentences]


def panels_of(name: str) -> tuple[Panel, ...]:
    """Return the panels of a drawing, in the order of their numbers, or raise a DrawingError."""
    whole = DRAWINGS / f"{name}.svg"
    paths = [whole] if whole.is_file() else sorted(DRAWINGS.glob(f"{name}-[0-9]*.svg"), key=_number)
    if not paths:
        raise DrawingError(
            f"There is no drawing called {name!r}: {shown(whole)} is missing, and so are panels "
            f"called {name}-1-....svg. Draw one, or correct the name."
        )
    panels, ids = [], {}
    for path in paths:
        source = path.read_text(encoding="utf-8")
        elements = _elements(source, path)
        for element in elements:
            _check_element(element, path)
            _check_id(element, path, ids)
        panels.append(_panel(source, elements, path))
    return tuple(panels)


def _number(path: Path) -> tuple[int, str]:
    """Return the number of a panel, so that the tenth comes after the second."""
    digits = re.search(r"-(\d+)", path.stem)
    return (int(digits[1]) if digits else 0, path.name)


def _panel(source: str, elements: list[_Element], path: Path) -> Panel:
    root = elements[0]
    if root.tag != "svg" or root.attributes.get("role") != "img":
        raise DrawingError(
            f'{_where(path, root)}: a drawing begins with <svg role="img">, so that it is read '
            "aloud as one picture."
        )
    title = _described(root, elements, "title", "aria-labelledby", path)
    desc = _described(root, elements, "desc", "aria-describedby", path)
    sentences = tuple(" ".join(line.split()) for line in desc.splitlines() if line.strip())
    inline = re.sub(r"<\?xml.*?\?>|<!--.*?-->", "", source, flags=re.DOTALL)
    return Panel(svg=inline.strip(), title=" ".join(title.split()), sentences=sentences)


def _described(
    root: _Element, elements: list[_Element], tag: str, attribute: str, path: Path
) -> str:
    """Return the text of the root's title or desc, which the root must point to."""
    own = next((e for e in elements if e.tag == tag and e.parent is root), None)
    if own is None or not own.text.strip():
        raise DrawingError(
            f"{_where(path, root)}: the drawing has no <{tag}>. Write one as a child of <svg>; "
            "whoever cannot see the drawing has nothing else."
        )
    if not own.attributes.get("id") or root.attributes.get(attribute) != own.attributes["id"]:
        raise DrawingError(
            f"{_where(path, own)}: <{tag}> needs an id, and <svg> has to name that id in "
            f"{attribute}."
        )
    return own.text


def _check_element(element: _Element, path: Path) -> None:
    if element.tag in ("script", "foreignObject"):
        raise DrawingError(f"{_where(path, element)}: a drawing has no <{element.tag}>. Remove it.")
    for name, value in element.attributes.items():
        if name.startswith("on"):
            raise DrawingError(f"{_where(path, element)}: {name} is a script. Remove it.")
        if name in ("href", "xlink:href", "src") and not value.startswith("#"):
            raise DrawingError(
                f"{_where(path, element)}: {name}={value!r} leads out of the drawing. The book "
                "works without a network; point to an id of the same file."
            )
        if name in _PAINTS and not _FOLLOWS_THEME.fullmatch(value.strip()):
            raise DrawingError(
                f'{_where(path, element)}: {name}="{value}" is fixed, and unreadable in the other '
                "theme. Use currentColor, or a class and a colour under Drawings in site.css."
            )
    if element.tag == "style":
        raise DrawingError(
            f"{_where(path, element)}: a <style> in an inline SVG holds for the whole page. Move "
            "its rules under Drawings in immunolab/book/static/site.css."
        )


def _check_id(element: _Element, path: Path, ids: dict[str, str]) -> None:
    own = element.attributes.get("id")
    if own is None:
        return
    if own in ids:
        raise DrawingError(
            f"{_where(path, element)}: the id {own!r} is used already in {ids[own]}. All panels "
            "stand on one page: begin each id with the name of its panel."
        )
    ids[own] = _where(path, element)


def _elements(source: str, path: Path) -> list[_Element]:
    """Return the elements of an SVG in their order, each with the line it begins on."""
    parser = expat.ParserCreate()
    elements: list[_Element] = []
    opened: list[_Element] = []

    def begin(tag, attributes):
        parent = opened[-1] if opened else None
        elements.append(_Element(tag, parser.CurrentLineNumber, attributes, parent=parent))
        opened.append(elements[-1])

    def text(data):
        if opened:
            opened[-1].text += data

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda tag: opened.pop()
    parser.CharacterDataHandler = text
    try:
        parser.Parse(source, True)
    except expat.ExpatError as error:
        raise DrawingError(
            f"{shown(path)}, line {error.lineno}: this is not well-formed XML "
            f"({expat.ErrorString(error.code)}). Correct it there or just before."
        ) from None
    return elements


def _where(path: Path, element: _Element) -> str:
    return f"{shown(path)}, line {element.line}"
