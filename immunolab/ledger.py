"""The evidence of the book on one page, and the places of the book where each row stands.

A row of ``data/`` is shown by a figure that names its id, or marked in the text with the role
``row``: *a hazard ratio of 0.75 {row}`T136`*.  From there a link leads to the row on this page, and
from the row back to every place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape

import pandas as pd

from immunolab.evidence import EvidenceError, table
from immunolab.fragment import Fragment
from immunolab.places import pages, sections
from immunolab.trial_words import (
    arm_in_words,
    fact_in_words,
    followed,
    ratio,
    source,
    trial_in_words,
    value_in_words,
)

#: A mark in the text; it may name several rows.
MARK = re.compile(r"\{row\}`([^`]+)`")
_NAMED = re.compile(r'"([TB]\d{3})"')


@dataclass(frozen=True)
class Place:
    """Where a row stands: page, heading above it, and the heading's anchor."""

    page: str
    title: str
    heading: str
    anchor: str


def ids_in(mark: str) -> list[str]:
    """Return the ids that a mark names: ``T136, T138``."""
    return [part.strip() for part in mark.split(",")]


@cache
def rows() -> dict[str, str]:
    """Return every row that may be marked, in words, by its id."""
    words = {row_id: trial_in_words(trial) for row_id, trial in table("trials").iterrows()}
    facts = {fact_id: fact_in_words(fact) for fact_id, fact in table("facts").iterrows()}
    return facts | words  # B060 began as a fact and became the result of a trial


@cache
def places() -> dict[str, tuple[Place, ...]]:
    """Return where each row stands, in the order of the book, or raise an EvidenceError."""
    found: dict[str, list[Place]] = {}
    for page in pages():
        for row_id, place in _places_on(page):
            if row_id not in rows():
                raise EvidenceError(
                    f"{page}.md, under “{place.heading}”: {row_id} is no row of data/trials.csv or "
                    "data/facts.csv."
                )
            known = found.setdefault(row_id, [])
            if place not in known:
                known.append(place)
    return {row_id: tuple(known) for row_id, known in found.items()}


def _places_on(page: str) -> Iterable[tuple[str, Place]]:
    parts = sections(page)
    for part in parts:
        place = Place(page, parts[0].heading, part.heading, part.anchor)
        marked = (row_id for mark in MARK.findall(part.source) for row_id in ids_in(mark))
        for row_id in (*marked, *_NAMED.findall(part.source)):
            yield row_id, place


def evidence() -> Fragment:
    """Return all rows as tables, each with the places where it stands."""
    trials, facts = table("trials"), table("facts")
    facts = facts[~facts.index.isin(trials.index)]
    html = (
        "<h2 id='trials'>Trials</h2>"
        + "".join(_trials_of(disease, group) for disease, group in trials.groupby("disease"))
        + "<h2 id='facts'>Facts of biology, pharmacology and definition</h2>"
        + "".join(_facts_of(topic, group) for topic, group in facts.groupby("topic"))
    )
    return Fragment(html=html, plain="\n".join(f"{k}: {words}" for k, words in rows().items()))


def _trials_of(disease: str, group: pd.DataFrame) -> str:
    items = "".join(_item(row_id, _trial(trial)) for row_id, trial in group.iterrows())
    return f"<h3>{escape(_capital(disease))}</h3><ul class='ledger'>{items}</ul>"


def _facts_of(topic: str, group: pd.DataFrame) -> str:
    items = "".join(_item(fact_id, _fact(fact)) for fact_id, fact in group.iterrows())
    return f"<h3>{escape(_capital(topic))}</h3><ul class='ledger'>{items}</ul>"


def _item(row_id: str, words: str) -> str:
    where = "; ".join(
        f'<a href="{place.page}.html#{place.anchor}">{escape(place.title)}: '
        f"{escape(place.heading)}</a>"
        for place in places().get(row_id, ())
    )
    stands = f"<br>Stands in: {where}." if where else ""
    return f'<li id="{row_id}"><strong>{row_id}</strong> {words}{stands}</li>'


def _trial(trial: pd.Series) -> str:
    groups = (trial["comparison_type"], trial["line"], trial["population"])
    arms = [_arm(trial, arm) for arm in ("experimental", "control") if trial[f"{arm}_text"]]
    test = [f"hazard ratio {ratio(trial)}"] if trial["hazard_ratio_text"] else []
    test += [f"p {trial['p_value']}"] if trial["p_value"] else []
    sentences = [
        f"{trial['trial']}: {trial['endpoint']}",
        "; ".join(filter(None, groups)),
        "; ".join(arms),
        ", ".join(test),
        followed(trial),
    ]
    words = escape(". ".join(_capital(sentence) for sentence in sentences if sentence))
    note = f" <em>{escape(trial['note'])}</em>" if trial["note"] else ""
    return f"{words}. {source(trial)}.{note}"


def _arm(trial: pd.Series, arm: str) -> str:
    size = f" ({trial[f'{arm}_n_text']} patients)" if trial[f"{arm}_n_text"] else ""
    return f"{arm_in_words(trial, arm)} with {trial[f'{arm}_arm']}{size}"


def _capital(words: str) -> str:
    """Return words as the beginning of a sentence; a lone p stays small."""
    return words if words.startswith("p ") else words[:1].upper() + words[1:]


def _fact(fact: pd.Series) -> str:
    value = value_in_words(fact)
    said = f"{fact['fact']}{': ' + value if value else ''}"
    context = f" [{fact['context']}]" if fact["context"] else ""
    conflict = " Sources disagree." if fact["status"] == "conflicting" else ""
    note = f" <em>{escape(fact['note'])}</em>" if fact["note"] else ""
    return f"{escape(said + context)}. {source(fact)}.{conflict}{note}"
