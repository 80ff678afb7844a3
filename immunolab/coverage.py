"""Is every promise kept?  For each objective: where it is taught, found out, asked and practised.

``gaps(chapter)`` says in words which section, question or exercise is missing; the tests fail on a
gap, and look for the labs in the chapter as it runs.  ``promises()`` is the same as a table, a page
of the book.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from immunolab.bank import Item, bank_of
from immunolab.exercises import Exercise, exercises_of
from immunolab.fragment import Fragment
from immunolab.objectives import (
    VERBS,
    Objective,
    chapters,
    headings_of,
    lab_links,
    objectives_of,
    section_link,
    title_of,
)

ENOUGH = 2  # questions for each objective
_LEVELS = tuple(VERBS)  # from remembering up
_COLUMNS = ("Section", "Labs", "Questions", "Exercises")


@dataclass(frozen=True)
class Row:
    """One objective, the questions that ask about it, without predictions, and the exercises."""

    objective: Objective
    items: tuple[Item, ...]
    exercises: tuple[Exercise, ...]


def coverage(chapter: str) -> tuple[Row, ...]:
    """Return a row for each objective of a chapter, in order."""
    graded = [item for item in bank_of(chapter) if item.graded]
    return tuple(
        Row(
            objective,
            tuple(item for item in graded if objective.id in item.objectives),
            tuple(each for each in exercises_of(chapter) if objective.id in each.objectives),
        )
        for objective in objectives_of(chapter)
    )


def gaps(chapter: str) -> list[str]:
    """Return what a chapter promises and does not keep; a full chapter gives an empty list."""
    sections = headings_of(chapter)
    return [gap for row in coverage(chapter) for gap in _gaps_of(row, sections)]


def _gaps_of(row: Row, sections: Mapping[str, str]) -> list[str]:
    objective, found = row.objective, []
    name = f"chapters/{objective.chapter}.md, objective {objective.id}"
    if objective.section not in sections:
        found.append(
            f"{name}: there is no section #{objective.section}. Write it, or correct the anchor; "
            f"the chapter has {', '.join(sorted(sections))}."
        )
    if len(row.items) < ENOUGH:
        found.append(
            f"{name}: {len(row.items)} of {ENOUGH} questions ask about it. Add some to "
            f"exercises/quizzes/{objective.chapter}.yml."
        )
    elif not any(_height(item.level) >= _height(objective.level) for item in row.items):
        found.append(
            f"{name}: it promises that the reader can {objective.verb} ({objective.level}), and no "
            "question asks for that much. Add one, or promise less."
        )
    if not row.exercises:
        found.append(
            f"{name}: no exercise practises it. Write one, or name it in the head of one in "
            f"exercises/{objective.chapter}-*.md."
        )
    return found


def _height(level: str) -> int:
    return _LEVELS.index(level)


# ------------------------------------------------------------------------------------ showing


def promises() -> Fragment:
    """Return, for every chapter, each objective with its section, labs, questions, exercises."""
    tables = [_table(chapter) for chapter in chapters()]
    plain = "\n".join(
        f"{row.objective.verb} {row.objective.text}: {len(row.items)} questions"
        for chapter in chapters()
        for row in coverage(chapter)
    )
    return Fragment(html="".join(tables), plain=plain)


def _table(chapter: str) -> str:
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("After this chapter you can", *_COLUMNS)
    )
    body = "".join(_row(row) for row in coverage(chapter))
    title = escape(title_of(chapter))
    return (
        f'<div class="objective-table" role="group" tabindex="0" aria-label="Objectives: {title}">'
        f"<table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        "</table></div>"
    )


def _row(row: Row) -> str:
    objective = row.objective
    page = f"chapters/{objective.chapter}.html"
    labs = ", ".join(lab_links(objective, page))
    levels = ", ".join(dict.fromkeys(item.level for item in row.items))
    exercises = ", ".join(
        f'<a href="exercises/{each.name}.html">{escape(each.title)}</a>' for each in row.exercises
    )
    written = (
        section_link(objective, page),
        labs,
        f"{len(row.items)} <span>({levels})</span>",
        exercises,
    )
    cells = "".join(
        f'<td data-column="{column}">{cell}</td>'
        for column, cell in zip(_COLUMNS, written, strict=True)
    )
    return (
        f'<tr><th scope="row"><strong>{escape(objective.verb)}</strong> '
        f"{escape(objective.text)}</th>{cells}</tr>"
    )
