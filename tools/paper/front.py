"""What stands before the pages of the printed book, and above each of them."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from bs4 import Tag

from tools.edition import Edition
from tools.paper.menu import Page

#: Width and height of a sheet, and what stays empty above, at each side and below; millimetres.
PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
MARGINS = (24.0, 24.0, 22.0)


def text_width(paper: str) -> float:
    """Return the width of the text on a paper, in the pixels of CSS."""
    return (PAPERS[paper][0] - 2 * MARGINS[1]) / 25.4 * 96


def title_page(book: Path, what: Edition) -> str:
    """Return the title page, which also says what a book on paper cannot do."""
    logo = book / "_static" / "logo.svg"
    address = f'<p><a href="{what.address}">{what.address}</a></p>' if what.address else ""
    return (
        '<section class="book-title">'
        f'<img class="logo" src="{logo.as_uri()}" alt="">'
        f'<p class="title">{escape(what.title)}</p><p class="subtitle">{escape(what.subtitle)}</p>'
        f"<p>{escape(what.authors)}</p><p>Version {what.version}, {what.day}</p>{address}"
        '<div class="colophon"><p>This is the book on paper. In the hosted book its labs move, '
        "questions say what is right about an answer and what is not, and a word or a source "
        "explains itself. Here labs stand at their starting values, questions are worksheets, and "
        "our answers to the labs are at the end of their chapter.</p>"
        "<p>Teaching material, not medical advice.</p>"
        '<p>Text and figures <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>, '
        "code MIT.</p></div></section>"
    )


def contents(chosen: list[Page], articles: list[Tag]) -> str:
    """Return the table of contents: parts, pages and their sections, each with its page."""
    rows, part = [], ""
    for page, article in zip(chosen, articles, strict=True):
        if page.part != part:
            part = page.part
            rows.append(f'<p class="part">{escape(part)}</p>')
        rows.append(_row(page.slug, page.title, "section" if page.depth else "chapter"))
        for heading in article.select("h2") if page.depth == 0 else ():
            anchor = heading.get("id") or heading.parent["id"]
            rows.append(_row(anchor, heading.get_text(strip=True), "section"))
    return f'<nav class="book-contents"><h1>Contents</h1>{"".join(rows)}</nav>'


def _row(anchor: str, words: str, css: str) -> str:
    return (
        f'<p class="{css}"><a href="#{anchor}">{escape(words)}</a>'
        f'<span class="leader"></span>{page_number(anchor)}</p>'
    )


def page_number(anchor: str) -> str:
    """Return the place for the number of the page on which an anchor is."""
    return f'<span class="page-number" data-of="{anchor}">000</span>'


def margins(chosen: list[Page], paper: str) -> str:
    """Return the size of the sheet, and the title that stands above each page."""
    (width, height), (top, sides, bottom) = PAPERS[paper], MARGINS
    sheet = f"@page {{ size: {width}mm {height}mm; margin: {top}mm {sides}mm {bottom}mm; }}\n"
    return sheet + "".join(
        f"@page {page.slug} {{ @top-left {{ content: {_quoted(page.title)}; }} }}\n"
        for page in chosen
    )


def _quoted(words: str) -> str:
    """Return words as a string of CSS that cannot end the style element it stands in."""
    return json.dumps(words, ensure_ascii=False).replace("<", "\\3c ")
