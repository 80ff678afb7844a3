"""Which pages of a built book go on paper, in which order: read from the book's own menu."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup

#: Pages about the web site: what was answered in this browser, and how its controls are used.
NOT_ON_PAPER = ("progress.html", "accessibility.html")


class PaperError(ValueError):
    """The folder holds no built book; the message says what is missing and what to do."""


@dataclass(frozen=True)
class Page:
    """A page as the book's menu lists it: ``depth`` is 0 for a chapter, 1 for a page below one."""

    file: str
    title: str
    depth: int
    part: str

    @property
    def slug(self) -> str:
        """Name of the page within the document."""
        return slug_of(self.file)


def pages(book: Path) -> list[Page]:
    """Return the pages of a built book that are worth their paper, in the order of its menu."""
    if not (book / "index.html").is_file():
        raise PaperError(f"there is no book in {book}. Build it first: make book")
    root = parsed(book / "index.html").find("link", rel="canonical")["href"]
    found, part = [], ""
    for entry in parsed(book / root).select("nav.bd-links .caption, nav.bd-links a.reference"):
        if entry.name != "a":
            part = entry.get_text(strip=True)
            continue
        level = re.search(r"toctree-l(\d)", " ".join(entry.find_parent("li")["class"]))
        file = root if entry["href"] == "#" else entry["href"]
        found.append(Page(file, entry.get_text(strip=True), int(level[1]) - 1, part))
    if not found:
        raise PaperError(
            f"{root} has no menu that lists the pages of the book. If the theme has changed,"
            " tools/paper/menu.py has to follow: it looks for links in nav.bd-links"
        )
    return [page for page in found if page.file not in NOT_ON_PAPER]


def parsed(path: Path) -> BeautifulSoup:
    """Return a page of the book as a tree, or raise a PaperError."""
    if not path.is_file():
        raise PaperError(f"the menu of the book lists {path}, which is not there. Run: make book")
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def slug_of(file: str) -> str:
    """Return the name that a page has within the document."""
    return file.removesuffix(".html").replace("/", "-")
