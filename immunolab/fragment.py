"""A piece of HTML for the book's pages: shown there as it stands, in the page's own colours.

A plain ``text/html`` output would do in a notebook, but the theme puts such outputs on a pale mat
in the dark.  Everything the book shows that is neither prose nor an explorable is a fragment:
plots of trials, drawings, tables of objectives.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

#: What a built page looks for in a cell's output; a front end that does not know it ignores it.
PAGE_HTML = "application/vnd.immunolab.html"

#: Set while the book is built: pages show neither pictures nor widgets of a cell, and to make them
#: takes half of the time that a lab needs.
PAGES_ONLY = "IMMUNOLAB_PAGES_ONLY"


def for_pages_only() -> bool:
    """Return whether what a cell shows goes to a page of the book and nowhere else."""
    return os.environ.get(PAGES_ONLY) == "1"


@dataclass(frozen=True)
class Fragment:
    """HTML for a page, the same in words, and a picture for front ends without HTML.

    ``html`` must be complete: no script, no address outside the book, an alternative text for
    every picture, and colours taken from the theme (``currentColor``, ``var(--pst-color-...)``).
    """

    html: str
    plain: str
    png: bytes | None = None

    def __repr__(self):
        return self.plain

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": self.plain, "text/html": self.html, PAGE_HTML: self.html}
        if self.png is None or for_pages_only():
            return bundle
        return bundle | {"image/png": self.png}
