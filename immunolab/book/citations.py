"""How the book cites: (Pardoll, 2012) in the text, and a list in the order of names.

A Sphinx extension of its own; ``_config.yml`` lists it and names its two styles.  What they
change of sphinxcontrib-bibtex's and pybtex's: round brackets, semicolons between sources, and
labels in the list that say name and year instead of a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docutils import nodes
from pybtex import plugin as pybtex_plugin
from pybtex.database import Entry
from pybtex.richtext import Text
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.labels import BaseLabelStyle
from sphinx.writers.html5 import HTML5Translator
from sphinxcontrib.bibtex import plugin as bibtex_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: What ``_config.yml`` calls both styles.
NAME = "immunolab"


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the styles known, and write the list of sources as a list."""
    bibtex_plugin.register_plugin("sphinxcontrib.bibtex.style.referencing", NAME, RoundBrackets)
    pybtex_plugin.register_plugin("pybtex.style.formatting", NAME, ByName)
    # docutils gives a source the role doc-biblioentry: deprecated in ARIA, and no child of a list,
    # which axe reports. To go when docutils writes another (0.21.2 does not).
    app.add_node(nodes.citation, override=True, html=(_open_source, _close_source))
    return {"version": "1.0", "parallel_read_safe": True, "parallel_write_safe": True}


def _open_source(self, node: nodes.citation) -> None:
    if not isinstance(node.previous_sibling(), nodes.citation):
        self.body.append('<div role="list" class="citation-list">\n')
    self.body.append(self.starttag(node, "div", CLASS="citation", role="listitem"))


def _close_source(self, node: nodes.citation) -> None:
    HTML5Translator.depart_citation(self, node)


def _round() -> BracketStyle:
    return BracketStyle(left="(", right=")", sep="; ")


@dataclass
class RoundBrackets(AuthorYearReferenceStyle):
    """Author and year, as ``{cite}`` and ``{cite:t}`` write them."""

    # In English, and as the sources read of which the list names the first author alone.
    person: PersonStyle = field(default_factory=lambda: PersonStyle(other=" and others"))
    bracket_textual: BracketStyle = field(default_factory=_round)
    bracket_parenthetical: BracketStyle = field(default_factory=_round)
    bracket_author: BracketStyle = field(default_factory=_round)
    bracket_label: BracketStyle = field(default_factory=_round)
    bracket_year: BracketStyle = field(default_factory=_round)


class NameAndYear(BaseLabelStyle):
    """The label of a source in the list, which leads back to the text: *Pardoll 2012*."""

    def format_labels(self, sorted_entries: Iterable[Entry]) -> Iterable[str]:
        entries = list(sorted_entries)
        plain = [_label(entry) for entry in entries]
        often = {label for label, count in Counter(plain).items() if count > 1}
        seen = Counter()
        for label in plain:
            seen[label] += 1
            yield label + (chr(ord("a") + seen[label] - 1) if label in often else "")


def _label(entry: Entry) -> str:
    first = entry.persons["author"][0]
    name = " ".join([*first.prelast_names, *first.last_names])
    return f"{Text.from_latex(name)} {entry.fields['year']}"  # the names have LaTeX's accents


class ByName(PlainStyle):
    """The list of sources: family name first, given names as initials."""

    default_name_style = "lastfirst"
    default_label_style = NameAndYear

    def __init__(self, **options):
        super().__init__(**{**options, "abbreviate_names": True})
