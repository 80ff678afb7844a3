"""The role ``row``: a small link from a number in the text to its row on the page of evidence."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docutils import nodes

from immunolab.ledger import ids_in, rows

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PAGE = "evidence"


class row_mark(nodes.Inline, nodes.TextElement):
    """One or more ids of rows; it becomes links when the page is written."""


def setup(app: Sphinx) -> None:
    """Make the role known, and its node written as links."""
    app.add_role("row", _role)
    app.add_node(row_mark, html=(_write, lambda self, node: None), text=(_say, _said))


def _role(name, rawtext, text, lineno, inliner, options=None, content=None):
    unknown = [row_id for row_id in ids_in(text) if row_id not in rows()]
    if unknown:
        message = inliner.reporter.error(
            f"{', '.join(unknown)}: no such row in data/trials.csv or data/facts.csv.", line=lineno
        )
        return [inliner.problematic(rawtext, rawtext, message)], [message]
    return [row_mark(rawtext, ids=[], rows=ids_in(text))], []


def _write(self, node: row_mark) -> None:
    page = self.builder.get_relative_uri(self.builder.current_docname, PAGE)
    links = " ".join(
        f'<a class="row-mark" href="{escape(page)}#{row_id}">{row_id}</a>'
        for row_id in node["rows"]
    )
    self.body.append(f'<span class="row-marks"> {links}</span>')
    raise nodes.SkipNode


def _say(self, node: row_mark) -> None:
    raise nodes.SkipNode


def _said(self, node: row_mark) -> None:
    pass
