"""A piece of HTML for the book's pages: shown there as it stands, in the page's own colours.

A plain ``text/html`` output would do in a notebook, but the theme puts such outputs on a pale mat
in the dark.  Everything the book shows that is neither prose nor an explorable is a fragment:
plots of trials, drawings, tables of objectives.
"""

from __future__ import annotations

from dataclasses import dataclass

#: What a built page looks for in a cell's output; a front end that does not know it ignores it.
PAGE_HTML = "application/vnd.immunolab.html"


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
        return bundle if self.png is None else bundle | {"image/png": self.png}
