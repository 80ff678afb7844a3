"""Exercises as pages: what the student is given, and the solution in a fold below it.

The cells are not run here: the tests run them, with the solution and without.  A page says what to
do with it, since a page alone runs no Python.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sphinx.errors import ExtensionError

from immunolab.exercises import KINDS, Exercise, ExerciseError, exercise, path_of
from immunolab.objectives import objectives_of, section_of
from immunolab.student import Cell, unbalanced

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = "exercises/"
_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_TITLE = re.compile(r"^# .+$", re.MULTILINE)
_CHECK = re.compile(r'^check\("(\w+)"', re.MULTILINE)
#: Tells MyST-NB that a page is a notebook; the rest of an exercise's head is for the checks.
_NOTEBOOK = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
"""


def setup(app: Sphinx) -> None:
    """Show exercises without their solutions, which follow in folds."""
    app.connect("source-read", fold_solutions)


def fold_solutions(app: Sphinx, docname: str, content: list[str]) -> None:
    """Replace the source of an exercise by what its page shows."""
    if docname.startswith(FOLDER):
        try:
            content[0] = page_of(docname.removeprefix(FOLDER), content[0])
        except ExerciseError as error:
            raise ExtensionError(str(error)) from None


def page_of(name: str, text: str) -> str:
    """Return the page of an exercise, from its source."""
    problems = [*unbalanced(text, path_of(name))]
    if problems:
        raise ExerciseError("\n".join(problems))
    head = exercise(name)
    body = _HEAD.sub("", text, count=1)
    body = _TITLE.sub(lambda title: f"{title[0]}\n\n{_about(head)}", body, count=1)
    cells = [*_CELL.finditer(body)]
    following = [_CHECK.findall(cell[1]) for cell in cells[1:]] + [[]]
    parts, last = [], 0
    for cell, labels in zip(cells, following, strict=True):
        parts += [body[last : cell.start()], _shown(cell, head, labels)]
        last = cell.end()
    return _NOTEBOOK + "".join([*parts, body[last:]]) + _rubric(head)


def _shown(cell: re.Match, head: Exercise, labels: list[str]) -> str:
    code = Cell(cell[1].rstrip("\n"))
    if not code.has_solution:
        return cell[0]
    said = "\n\n".join(
        f"`check` then says: *{_line(head.checks[label]['right'])}*" for label in labels
    )
    return (
        f"```{{code-cell}} python\n{code.given}\n```\n\n"
        f":::{{dropdown}} Solution\n```python\n{code.solved}\n```\n\n{said}\n:::"
    )


def _about(head: Exercise) -> str:
    """What kind of exercise it is, what it practises, and where to work on it."""
    stated = {objective.id: objective for objective in objectives_of(head.chapter)}
    goals = "\n".join(
        f"- **{stated[name].verb}** {stated[name].text} "
        f"([{section_of(stated[name])}](../chapters/{head.chapter}.md#{stated[name].section}))"
        for name in head.objectives
    )
    return (
        f"**{KINDS[head.kind]}**, about {head.minutes} minutes. It practises to\n\n{goals}\n\n"
        f"To work on it, {{download}}`take the notebook <student/{head.name}.ipynb>`, or read "
        "[how to open the exercises](../exercises.md)."
    )


def _rubric(head: Exercise) -> str:
    if not head.rubric:
        return ""
    rows = "\n".join(
        f"| {_line(row['criterion'])} | {_line(row['full'])} | {_line(row['partly'])} "
        f"| {_line(row['not_yet'])} |"
        for row in head.rubric
    )
    return f"\n## How it is judged\n\n| | fully | partly | not yet |\n|---|---|---|---|\n{rows}\n"


def _line(text: str) -> str:
    return " ".join(text.split())
