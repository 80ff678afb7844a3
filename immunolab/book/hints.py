"""What a word means and what a citation stands for, on hover and on focus.

A link to the glossary or to the list of references keeps its meaning without script: it leads
there.  For readers with one, each page carries the texts of the entries that it links to, and
``static/hints.js`` shows them beside the link.  They are in the page, not fetched: a page opened
from a disk may fetch nothing.
"""

from __future__ import annotations

import html
import json
import posixpath
import re
from typing import TYPE_CHECKING, Any

from docutils import nodes

from immunolab.book import marks
from immunolab.ledger import rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

_LINK = re.compile(r'href="([^"#]*)\.html#([^"]+)"')


def setup(app: Sphinx) -> None:
    """Add the texts to each page that links to an entry."""
    texts: dict[tuple[str, str], str] = {}

    # Once for all pages: setting the sources takes seconds.
    def collect(app: Sphinx, builder: Builder) -> None:
        texts.update(entries(app.env))

    def add(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: Any) -> None:
        if doctree is not None and add_hints(texts, pagename, context):
            app.add_js_file("hints.js", loading_method="defer")

    app.connect("write-started", collect)
    app.connect("html-page-context", add)


def add_hints(texts: Mapping[tuple[str, str], str], pagename: str, context: dict) -> bool:
    """Put the texts of a page's entries at its end; return whether there are any."""
    body = context.get("body") or ""
    wanted = {}
    for page, anchor in _LINK.findall(body):
        document = posixpath.normpath(posixpath.join(posixpath.dirname(pagename), page))
        text = texts.get((document, html.unescape(anchor)))
        if text and document != pagename:
            wanted[f"{posixpath.basename(document)}#{html.unescape(anchor)}"] = text
    if wanted:
        data = json.dumps(wanted, ensure_ascii=False, sort_keys=True).replace("</", "<\\/")
        context["body"] = f'{body}\n<script type="application/json" id="hints">{data}</script>\n'
    return bool(wanted)


def entries(env: BuildEnvironment) -> dict[tuple[str, str], str]:
    """Return the text of every entry, by document and anchor."""
    rows_of_evidence = {(marks.PAGE, row_id): words for row_id, words in rows().items()}
    return _sources(env) | _terms(env) | rows_of_evidence


def _sources(env: BuildEnvironment) -> dict[tuple[str, str], str]:
    return {
        (citation.bibliography_key.docname, citation.citation_id): " ".join(
            citation.formatted_entry.text.render_as("text").split()
        )
        for citation in env.get_domain("cite").citations
    }


def _terms(env: BuildEnvironment) -> dict[tuple[str, str], str]:
    """Return the definitions of the glossary; a term of several names is there under each."""
    objects = env.get_domain("std").objects
    homes = {place for (kind, _), place in objects.items() if kind == "term"}
    found = {}
    for document in sorted({document for document, _ in homes}):
        for item in env.get_doctree(document).findall(nodes.definition_list_item):
            definition = item.next_node(nodes.definition)
            text = " ".join(definition.astext().split()) if definition else ""
            for term in item.findall(nodes.term):
                found |= {(document, anchor): text for anchor in term["ids"]}
    return {place: text for place, text in found.items() if place in homes}
