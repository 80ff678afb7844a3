"""The student version of an exercise: its notebook without solutions, outputs and head.

Solutions stand between nbgrader's markers, in code, or in a fold called *Our answer*, in prose::

    ### BEGIN SOLUTION                    :::{dropdown} Our answer
    weeks = days[above].max() / 7         About half a year.
    ### END SOLUTION                      :::

``tools/exercises.py`` writes the student versions to ``exercises/student/``; the book shows the
same cells, with the solutions folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from immunolab.exercises import ExerciseError, path_of
from immunolab.places import shown

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
PLACEHOLDER = "...  # your code here"
ANSWER = ":::{dropdown} Our answer"
HOW_TO_BEGIN = (
    "*How to work with this notebook: run it from the top (**Run ▸ Run All Cells**). Where you "
    "find dots (`...`), replace them by your own code, and run the cell and the check below it. "
    "Nothing you type can break anything: **Kernel ▸ Restart** begins anew.*"
)

_SOLUTION = re.compile(rf"^([ \t]*){BEGIN}\n.*?^[ \t]*{END}[^\n]*$", re.DOTALL | re.MULTILINE)
_ANSWER = re.compile(rf"^{re.escape(ANSWER)}[^\n]*\n.*?^:::$\n?", re.DOTALL | re.MULTILINE)
_CHECK = re.compile(r"^check\(", re.MULTILINE)
_STRICT = """### BEGIN HIDDEN TESTS
import os; os.environ["IMMUNOLAB_STRICT"] = "1"
### END HIDDEN TESTS"""
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
#: A relative link of the source, which stands one folder above the student version.
_LINK = re.compile(r"\]\((?!https?:|#|mailto:|/)([^)]+)\)")


@dataclass(frozen=True)
class Cell:
    """A code cell of a source: as written, and its parts."""

    source: str

    @property
    def given(self) -> str:
        """What a student is given."""
        return _SOLUTION.sub(rf"\1{PLACEHOLDER}", self.source)

    @property
    def solved(self) -> str:
        """The whole cell, without the markers."""
        lines = self.source.splitlines()
        return "\n".join(line for line in lines if line.strip() not in (BEGIN, END))

    @property
    def has_solution(self) -> bool:
        """Whether there is anything to be written by the student."""
        return BEGIN in self.source

    def typed(self, words: str) -> str:
        """The cell as somebody fills it in who writes ``words`` in place of the solution."""

        def indented(found: re.Match) -> str:
            return "\n".join(found[1] + line for line in words.rstrip().splitlines())

        return _SOLUTION.sub(indented, self.source, count=1)


def source_of(name: str) -> NotebookNode:
    """Return an exercise as a notebook, solutions included, or raise an ExerciseError."""
    path = path_of(name)
    text = path.read_text(encoding="utf-8")
    problems = [*unbalanced(text, path)]
    if problems:
        raise ExerciseError("\n".join(problems))
    return jupytext.reads(text, fmt="md:myst")


def student_version(name: str) -> NotebookNode:
    """Return the notebook that a student is given, the same at every call."""
    source = source_of(name)
    cells = [nbformat.v4.new_markdown_cell(HOW_TO_BEGIN)]
    for cell in source.cells:
        if cell.cell_type == "code":
            cells.append(nbformat.v4.new_code_cell(Cell(cell.source).given))
        elif prose := _ANSWER.sub("", cell.source).strip():
            cells.append(nbformat.v4.new_markdown_cell(_LINK.sub(r"](../\1)", prose)))
    cells[:2] = reversed(cells[:2])  # the title first
    for number, cell in enumerate(cells):
        cell.id = f"{name}-{number}"
    return nbformat.v4.new_notebook(cells=cells, metadata=_METADATA)


def student_text(name: str) -> str:
    """Return the student version as the text of its file."""
    return written(student_version(name))


def nbgrader_version(name: str) -> NotebookNode:
    """Return the exercise as nbgrader's source: its own tools make the rest of it.

    Cells with a solution are to be filled in, each cell of checks gives a point per check.  Hidden
    from students, a check is strict, so that nbgrader sees an answer that is not right.
    """
    source = source_of(name)
    for number, cell in enumerate(source.cells):
        cell.id = f"{name}-{number}"
        cell.metadata = {}
        if cell.cell_type == "markdown":
            cell.source = _LINK.sub(r"](../\1)", _ANSWER.sub("", cell.source).strip())
            continue
        asked = len(_CHECK.findall(cell.source))
        if asked:
            cell.source = f"{_STRICT}\n{cell.source}"
        if asked or Cell(cell.source).has_solution:
            cell.metadata["nbgrader"] = {
                "schema_version": 3,
                "grade_id": cell.id,
                "solution": not asked,
                "grade": bool(asked),
                "locked": bool(asked),
                "task": False,
                **({"points": asked} if asked else {}),
            }
    source.cells = [cell for cell in source.cells if cell.source]
    source.metadata = _METADATA
    return source


def written(notebook: NotebookNode) -> str:
    """Return a notebook as the text of its file."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def unbalanced(text: str, path: Path) -> Iterator[str]:
    """Yield what is wrong with the marks of solutions in a source, each with its line."""
    opened, fence = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        mark, where = line.strip(), f"{shown(path)}, line {number}"
        if mark == BEGIN or line.startswith(ANSWER):
            if opened:
                yield (
                    f"{where}: a solution begins inside that of line {opened}. End that one first."
                )
            opened, fence = number, ":::" if line.startswith(ANSWER) else END
        elif mark == END or (mark == ":::" and fence == ":::"):
            if not opened:
                yield f"{where}: a solution ends that never began. Write “{BEGIN}” above it."
            opened, fence = 0, ""
        elif line.startswith("```") and opened:
            yield (
                f"{shown(path)}, line {opened}: this solution is not closed before its cell ends, "
                f"on line {number}. Write “{fence}” below its last line; else it would be handed "
                "out."
            )
            opened, fence = 0, ""
        elif re.match(r"#+\s*(begin|end)\s+solutions?\b", mark, re.IGNORECASE):
            yield f"{where}: “{mark}” is no mark. Write “{BEGIN}” or “{END}”, exactly."
    if opened:
        yield (
            f"{shown(path)}, line {opened}: this solution is not closed. Write “{fence}” below its "
            "last line; else it would be handed out."
        )
