"""The built book as one HTML document: its pages in the order of its menu, to be printed at once.

Every id carries the name of its page, and every link that led to a page of the book leads to a
place of the document. The document needs no script; its style sheets are those of the book, and
`print.css` for what no screen needs.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from tools.edition import Edition
from tools.paper.front import contents, margins, title_page
from tools.paper.menu import Page, pages, parsed, slug_of
from tools.paper.page import on_paper

_STYLE = Path(__file__).with_name("print.css")
#: Attributes that name elements by their ids, several of them with spaces between.
_NAMES_IDS = {"for", "headers", "aria-labelledby", "aria-describedby", "aria-controls"}
_NAMES_IDS |= {"aria-owns", "data-of"}
_URL = re.compile(r"url\((['\"]?)#([^'\")]+)\1\)")


def document(
    book: Path, what: Edition, paper: str = "a4", only: Collection[str] | None = None
) -> str:
    """Return the book, or ``only`` these files of it, as one HTML document.

    Page numbers are missing (`.page-number`): they are known when it has been printed.
    """
    chosen = [page for page in pages(book) if only is None or page.file in only]
    there = {page.file for page in chosen}
    sheets: dict[str, None] = {}
    articles = []
    for page in chosen:
        whole = parsed(book / page.file)
        sheets |= dict.fromkeys(_style_sheets(whole, page, book))
        articles.append(_article(whole, page, book, there))
    links = "".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in sheets)
    style = f"<style>{_STYLE.read_text(encoding='utf-8')}{margins(chosen, paper)}</style>"
    return (
        f'<!doctype html>\n<html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{escape(what.title)}</title>{links}{style}</head>"
        f"<body>{title_page(book, what)}{contents(chosen, articles)}"
        f"<main>{''.join(map(str, articles))}</main></body></html>\n"
    )


def _style_sheets(whole: BeautifulSoup, page: Page, book: Path) -> Iterator[str]:
    for link in whole.select("head link[rel=stylesheet]"):
        yield (book / _within(page, urlsplit(link["href"]).path)).as_uri()


def _within(page: Page, path: str) -> str:
    """Return a path that stands on a page as a path from the book's folder on."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page.file), path))


# --- one page of the document -------------------------------------------------------------------


def _article(whole: BeautifulSoup, page: Page, book: Path, there: Collection[str]) -> Tag:
    article = whole.select_one("article.bd-article")
    on_paper(article, page.depth)
    for element in article.find_all(True):
        _name(element, page.slug)
    for link in article.select("a[href]"):
        _lead_inside(link, page, there)
    for image in article.select("img[src]"):
        image["src"] = (book / _within(page, image["src"])).as_uri()
    article["id"] = page.slug
    article["style"] = f"page: {page.slug}"
    return article


def _name(element: Tag, slug: str) -> None:
    """Give an id the name of its page, and have follow what refers to one, links apart."""
    for name, value in list(element.attrs.items()):
        if name == "id":
            element["id"] = _anchor(slug, value)
        elif name in _NAMES_IDS:
            ids = value if isinstance(value, list) else value.split()
            element[name] = " ".join(_anchor(slug, one) for one in ids)
        elif element.name == "use" and name in ("href", "xlink:href"):
            element[name] = f"#{_anchor(slug, value.removeprefix('#'))}"
        elif isinstance(value, str) and "url(" in value:
            element[name] = _URL.sub(rf"url(#{slug}--\2)", value)


def _lead_inside(link: Tag, page: Page, there: Collection[str]) -> None:
    """Have a link lead to its place in the document; one to nothing on paper becomes its words."""
    address = urlsplit(link["href"])
    if address.scheme:
        return
    file = _within(page, address.path) if address.path else page.file
    if file not in there:
        del link["href"]
        return
    link["href"] = f"#{_anchor(slug_of(file), address.fragment)}"


def _anchor(slug: str, name: str) -> str:
    return f"{slug}--{name}" if name else slug
