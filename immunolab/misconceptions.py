"""What students get wrong: a chapter's misconceptions, each with the questions that bring it out.

The wrong ideas stand in ``data/misconceptions.csv``, under topics.  The questions name them in
their options and mistakes, so that a list of the two together cannot fall behind either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import pandas as pd

from immunolab.bank import Item, bank_of, chapters_with_questions
from immunolab.evidence import EvidenceError, table
from immunolab.fragment import Fragment
from immunolab.objectives import title_of

#: The topics of ``data/misconceptions.csv`` that each chapter answers.
TOPICS = {
    "checkpoints": ("checkpoints", "resistance"),
    "microenvironment": ("tumour microenvironment",),
    "exhaustion": ("T cell exhaustion",),
    "combination": ("combination therapy", "survival statistics"),
    "mesothelioma": ("mesothelioma",),
}


@dataclass(frozen=True)
class Misconception:
    """A wrong idea, what is known instead and where that is shown, and who asks about it.

    ``chapter`` answers it; ``asked`` are the questions of all chapters that name it.
    """

    id: str
    chapter: str
    wrong: str
    correction: str
    source: str
    doi: str
    asked: tuple[Item, ...]


def misconceptions_of(chapter: str) -> tuple[Misconception, ...]:
    """Return the misconceptions that a chapter answers, in the order of the table."""
    if chapter not in TOPICS:
        raise EvidenceError(
            f"No topic of data/misconceptions.csv belongs to a chapter called {chapter!r}; "
            f"immunolab/misconceptions.py knows {', '.join(TOPICS)}."
        )
    return tuple(each for each in _every() if each.chapter == chapter)


def asked_besides(chapter: str) -> tuple[Misconception, ...]:
    """Return the misconceptions that a chapter's questions name and that another one answers."""
    return tuple(
        each
        for each in _every()
        if each.chapter != chapter and any(item.chapter == chapter for item in each.asked)
    )


def _every() -> tuple[Misconception, ...]:
    asked = _asked()
    return tuple(
        Misconception(
            id=name,
            chapter=_chapter_of(name, row),
            wrong=row["misconception"],
            correction=row["correction"],
            source=row["source"],
            doi=row["doi"],
            asked=tuple(asked.get(name, ())),
        )
        for name, row in table("misconceptions").iterrows()
    )


def _chapter_of(name: str, row: pd.Series) -> str:
    for chapter, topics in TOPICS.items():
        if row["topic"] in topics:
            return chapter
    raise EvidenceError(
        f"data/misconceptions.csv, row {name}: no chapter answers the topic {row['topic']!r}. "
        "Correct it, or give it to a chapter in TOPICS of immunolab/misconceptions.py."
    )


def _asked() -> dict[str, list[Item]]:
    """Return the questions that name each misconception."""
    found: dict[str, list[Item]] = {}
    for chapter in chapters_with_questions():
        for item in bank_of(chapter):
            for name in _named(item):
                found.setdefault(name, []).append(item)
    return found


def _named(item: Item) -> Iterable[str]:
    choices = [*item.choices, *item.content.get("mistakes", ())]
    return dict.fromkeys(choice["misconception"] for choice in choices if "misconception" in choice)


# ------------------------------------------------------------------------------------ showing


def misconceptions(chapter: str) -> Fragment:
    """Return a chapter's misconceptions as a list, for its page in the guide for teachers."""
    own, others = misconceptions_of(chapter), asked_besides(chapter)
    html = f'<ul class="misconceptions">{"".join(_entry(each, chapter) for each in own)}</ul>'
    if others:
        html += (
            "<p>The questions of this chapter also bring out wrong ideas that another one "
            'answers:</p><ul class="misconceptions">'
            f"{''.join(_brief(each, chapter) for each in others)}</ul>"
        )
    plain = "\n".join(f"{each.id}: {each.wrong} {each.correction}" for each in (*own, *others))
    return Fragment(html=html, plain=plain)


def _entry(each: Misconception, chapter: str) -> str:
    return (
        f'<li id="{each.id}"><p><strong>“{escape(each.wrong)}”</strong> '
        f"{escape(each.correction)} ({_source(each)}) {_asking(each, chapter)}</p></li>"
    )


def _brief(each: Misconception, chapter: str) -> str:
    here = [item for item in each.asked if item.chapter == chapter]
    return (
        f"<li><p><strong>“{escape(each.wrong)}”</strong> "
        f'(<a href="{each.chapter}.html#{each.id}">{escape(title_of(each.chapter))}</a>) '
        f"<span>Asked in {_questions(here)}.</span></p></li>"
    )


def _source(each: Misconception) -> str:
    if not each.doi:
        return escape(each.source)
    return f'<a href="https://doi.org/{escape(each.doi)}">{escape(each.source)}</a>'


def _asking(each: Misconception, chapter: str) -> str:
    """Say which questions bring it out, those of this chapter first."""
    if not each.asked:
        return "<span>No question asks about it yet.</span>"
    of = {item.chapter: [q for q in each.asked if q.chapter == item.chapter] for item in each.asked}
    parts = [_questions(of.pop(chapter))] if chapter in of else []
    parts += [f"{escape(title_of(name))}: {_questions(items)}" for name, items in of.items()]
    return f"<span>Asked in {'; '.join(parts)}.</span>"


def _questions(items: Iterable[Item]) -> str:
    return ", ".join(
        f'<a href="../chapters/{item.chapter}.html#{item.id}">question {int(item.id[-2:])}</a>'
        for item in items
    )
