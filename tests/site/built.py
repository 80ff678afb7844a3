"""What the built book consists of, read from its files: used to name the tests at collection."""

import functools
import os
import re
from pathlib import Path

from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
# BOOK_HTML lets a developer point the same tests at another build.
BOOK = Path(os.environ.get("BOOK_HTML", ROOT / "_build" / "html")).resolve()

NO_BOOK = "book-not-built"  # a name to hang the failure of the `book` fixture on

_EXPLORABLE = re.compile(r"<div[^>]*\bclass=\"[^\"]*\bexplorable\b[^>]*>")
_REDIRECT = re.compile(r"<meta[^>]+http-equiv=[\"']?refresh", re.IGNORECASE)


@functools.cache
def parse(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def html_files(book):
    """Every HTML file a reader can reach. Folders that start with an underscore hold assets."""
    return sorted(
        path
        for path in book.rglob("*.html")
        if not any(part.startswith("_") for part in path.relative_to(book).parts)
    )


def page_names(book):
    """Names of the pages to open in a browser: all HTML files but redirects.

    A redirect (Jupyter Book's index.html) shows nothing to look at; the link check follows it.
    The index and the search page are kept: readers see them, and every check makes sense there.
    """
    names = [
        path.relative_to(book).as_posix()
        for path in html_files(book)
        if not _REDIRECT.search(path.read_text(encoding="utf-8"))
    ]
    return names or [NO_BOOK]


def explorables(book):
    """(page name, explorable name) of every explorable of the book, by file."""
    found = []
    for path in html_files(book):
        for tag in _EXPLORABLE.findall(path.read_text(encoding="utf-8")):
            root = BeautifulSoup(tag, "html.parser").div
            if root.has_attr("data-live"):
                found.append((path.relative_to(book).as_posix(), root.get("id", "")))
    return found
