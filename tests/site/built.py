"""What the built book consists of, read from its files: used to name the tests at collection."""

import functools
import json
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
    """Every page a reader can reach. Folders that start with an underscore hold assets.

    Not the slides: they quote the chapters, labs and questions included, and have their own tests.
    """
    return sorted(
        path
        for path in book.rglob("*.html")
        if not any(part.startswith("_") for part in path.relative_to(book).parts)
        and path not in decks(book)
    )


@functools.cache
def decks(book):
    """The files of the slides, one a chapter."""
    return tuple(sorted((book / "slides").glob("*.html")))


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


@functools.cache
def explorables(book):
    """(page name, explorable name) of every explorable of the book, by file."""
    found = []
    for path in html_files(book):
        for tag in _EXPLORABLE.findall(path.read_text(encoding="utf-8")):
            root = BeautifulSoup(tag, "html.parser").div
            if root.has_attr("data-live"):
                found.append((path.relative_to(book).as_posix(), root.get("id", "")))
    return tuple(found)


# --- which part of a book of like parts is looked at how closely ----------------------------------
#
# Labs and pages are made by the same code, and every one of them is looked at. What takes long is
# done where it can find something new.


@functools.cache
def representatives(book):
    """The explorables that between them have every kind of model, mark, axis, read-out and control.

    Taken one by one, each time the one that adds most; of equals the first of the book.
    """
    left = {
        place: _features(parse(book / place[0]).find(id=place[1])) for place in explorables(book)
    }
    chosen = []
    while any(left.values()):
        best = max(left, key=lambda place: len(left[place]))
        chosen.append(best)
        left = {place: features - left[best] for place, features in left.items()}
    return tuple(chosen)


def specification(root):
    """What the page's script is told about an explorable."""
    return json.loads(root.find("script", type="application/json").string)


def _features(root):
    spec = specification(root)
    panels, readouts = spec["panels"], spec["readouts"]
    return {
        *(("model", model["kind"]) for model in spec["models"].values()),
        *(("mark", stroke["kind"]) for panel in panels for stroke in panel["strokes"]),
        *((f"axis {axis}", panel[axis]["log"]) for panel in panels for axis in "xy"),
        *(("read-out", readout["format"]["style"]) for readout in readouts),
        *(("read-out of", readout["reduce"]) for readout in readouts),
        *(("slider", parameter["log"]) for parameter in spec["parameters"]),
        ("several models", len(spec["models"]) > 1),
        ("several panels", len(panels) > 1),
        ("clock", bool(spec["clock"])),
        ("more settings", bool(root.select_one(".live-more"))),
    }


def looks(book):
    """The looks of each page, as (theme, width, whether it is read closely).

    The first page with labs, the first exercise, the first guide and the first other page are
    opened in all four, and read closely in two that have both themes and both widths. Each other
    page is opened in these two, and read closely in one of them, in turn; of the exercises and the
    guides, which differ in words alone, each is opened in one.
    """
    wide, narrow = ("light", 1280), ("dark", 390)
    with_labs = {file for file, _ in explorables(book)}
    kinds = {"labs": [], "exercises": [], "teaching": [], "others": []}
    for file in page_names(book):
        folder = file.partition("/")[0]
        kinds["labs" if file in with_labs else folder if folder in kinds else "others"].append(file)
    found = {}
    for kind, files in kinds.items():
        for place, file in enumerate(files):
            found[file] = {(*wide, place % 2 == 0), (*narrow, place % 2 == 1)}
            if kind in ("exercises", "teaching"):
                found[file] = {(*(wide, narrow)[place % 2], False)}
        if files:
            found[files[0]] = {
                *((*look, True) for look in (wide, narrow)),
                *((*look, False) for look in (("dark", 1280), ("light", 390))),
            }
    return found
