"""Which sliders show what: the runs that a page of the guide for teachers recommends, lab by lab.

They stand in the head of ``teaching/<chapter>.md``, where an author edits them and a test runs
them::

    sliders:
      - lab: checkpoints.the_brake
        rows:
          - start: Hot tumour
            turn: {blockade: 0.95}
            reads: {end: 2.8 million cells, attack: very many}
            teaches: Releasing a brake helps where something pushes.

``lab`` is a function of ``immunolab/labs/``, ``start`` a ready-made setting (without it the row
begins as the lab opens), ``turn`` the sliders to move, ``reads`` what the page then shows.  Names
become the words of the page, so that a slider that is renamed is renamed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from immunolab.describe import typed
from immunolab.explore import Explorable
from immunolab.fragment import Fragment
from immunolab.places import BOOK, shown
from immunolab.view import Readout
from immunolab.written import Written, WrittenError, breaches, read_head, repeated_keys

_SCHEMA = Path(__file__).with_name("guide.schema.json")
_LABS = Path(__file__).with_name("labs")


class GuideError(ValueError):
    """The head of a page of the guide is missing or not sound; the message names file and line."""


@dataclass(frozen=True)
class Row:
    """One run of a lab: what to set, what is read off, and what it shows.

    ``reads`` gives the text of each read-out by its name; ``where`` is file and line.
    """

    reads: Mapping[str, str]
    teaches: str
    where: str
    start: str = ""
    turn: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Runs:
    """A lab and the runs that are recommended of it."""

    lab: Explorable
    deeper: bool
    rows: tuple[Row, ...]

    def settings(self, row: Row) -> dict[str, float]:
        """Return what differs from the lab as it opens."""
        return {**self._ready(row), **row.turn}

    def turned_from(self, row: Row, name: str) -> float:
        """Return where a slider stands before a row turns it."""
        return self._ready(row).get(name, self.lab.model.parameter(name).default)

    def readout(self, name: str) -> Readout:
        """Return a read-out by its name."""
        return next(each for each in self.lab.readouts if each.name == name)

    def _ready(self, row: Row) -> Mapping[str, float]:
        return next((each.values for each in self.lab.presets if each.label == row.start), {})


@cache
def runs_of(chapter: str) -> tuple[Runs, ...]:
    """Return the labs of a page of the guide with their runs, or raise a GuideError."""
    path = BOOK / "teaching" / f"{chapter}.md"
    if not path.is_file():
        raise GuideError(f"There is no guide to {chapter!r}: {shown(path)} is missing.")
    try:
        head = read_head(path)
    except WrittenError as error:
        raise GuideError(str(error)) from None
    if head is None:
        raise GuideError(f"{shown(path)}, line 1: a page of the guide begins with a head.")
    _refuse(repeated_keys(head))
    _refuse(f"{head.where(place)}: {words}" for place, words in breaches(head.data, _SCHEMA))
    found = tuple(_runs(head, number, said) for number, said in enumerate(head.data["sliders"]))
    _refuse(problem for runs in found for row in runs.rows for problem in _unsound(runs, row))
    return found


def stale(chapter: str) -> list[str]:
    """Run every row; return in words what a lab shows otherwise than the page says."""
    return [
        problem
        for runs in runs_of(chapter)
        for row in runs.rows
        for problem in _stale_row(runs, row)
    ]


def _stale_row(runs: Runs, row: Row) -> Iterator[str]:
    result = runs.lab.compute(runs.settings(row))
    if not result.ok:
        yield f"{row.where}: {runs.lab.title} cannot be run so: {result.message}"
        return
    for name, text in row.reads.items():
        seen = result.readouts[name][1]
        if seen != text:
            yield (
                f"{row.where}: {runs.lab.title} gives {name} as {seen!r}, and the page says "
                f"{text!r}. Correct it, and see whether the row still teaches what it says."
            )


# ------------------------------------------------------------------------------------ soundness


def _refuse(problems: Iterator[str]) -> None:
    listed = [*dict.fromkeys(problems)]
    if listed:
        raise GuideError("\n".join(listed))


def _runs(head: Written, number: int, said: Mapping[str, Any]) -> Runs:
    module, _, function = said["lab"].partition(".")
    rows = (
        Row(**row, where=head.where(["sliders", number, "rows", place]))
        for place, row in enumerate(said["rows"])
    )
    where = head.where(["sliders", number, "lab"])
    return Runs(_lab(module, function, where), module.endswith("_deeper"), tuple(rows))


def _lab(module: str, function: str, where: str) -> Explorable:
    if not (_LABS / f"{module}.py").is_file():
        there = sorted(path.stem for path in _LABS.glob("[!_]*.py"))
        raise GuideError(f"{where}: immunolab/labs has no {module}.py; it has {', '.join(there)}.")
    make = getattr(import_module(f"immunolab.labs.{module}"), function, None)
    if make is None:
        raise GuideError(
            f"{where}: immunolab/labs/{module}.py has no {function}. Write the function that the "
            "chapter calls."
        )
    return make()


def _unsound(runs: Runs, row: Row) -> Iterator[str]:
    """Yield what a schema cannot see: what the page of the lab does not have."""
    lab = runs.lab
    ready = [preset.label for preset in lab.presets]
    if row.start and row.start not in ready:
        yield f"{row.where}: no ready-made setting {row.start!r}; {', '.join(ready)}."
        return
    for name, value in row.turn.items():
        if name not in lab.controls:
            yield f"{row.where}: no slider {name!r}; {', '.join(lab.controls)}."
            continue
        low, high = lab.model.parameter(name).range
        if not low <= value <= high:
            yield f"{row.where}: {name} goes from {low:g} to {high:g}, not to {value:g}."
        elif value == runs.turned_from(row, name):
            yield f"{row.where}: {name} stands at {value:g} already. Leave it out."
    visible = [readout.name for readout in lab.readouts if readout.shown]
    if not row.reads:
        yield f"{row.where}: nothing is read off. Name one of {', '.join(visible)}."
    for name in row.reads:
        if name not in visible:
            yield f"{row.where}: the page shows no read-out {name!r}; {', '.join(visible)}."


# ------------------------------------------------------------------------------------ showing

_HEADS = ("Setting", "What is seen", "What it shows")


def sliders(chapter: str) -> Fragment:
    """Return, for each lab of a chapter, a table of runs; each setting links to the lab at it."""
    found = runs_of(chapter)
    html = "".join(_table(chapter, runs) for runs in found)
    plain = "\n".join(
        f"{runs.lab.title}: {'; '.join((*_setting(runs, row), *_seen(runs, row)))}. {row.teaches}"
        for runs in found
        for row in runs.rows
    )
    return Fragment(html=html, plain=plain)


def _table(chapter: str, runs: Runs) -> str:
    title = escape(runs.lab.title)
    head = "".join(f'<th scope="col">{name}</th>' for name in _HEADS)
    body = "".join(
        f'<tr><th scope="row"><a href="{escape(address(chapter, runs, row))}">'
        f"{_lines(_setting(runs, row))}</a></th>"
        f"<td>{_lines(_seen(runs, row))}</td><td>{escape(row.teaches)}</td></tr>"
        for row in runs.rows
    )
    caption = f"{title} <span>({'deeper' if runs.deeper else 'core'})</span>"
    return (
        f'<div class="slider-table" role="group" tabindex="0" aria-label="Settings: {title}">'
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        "</table></div>"
    )


def address(chapter: str, runs: Runs, row: Row) -> str:
    """Return the address that opens the lab at a row's settings, as *Link to these settings*."""
    name, parameter = runs.lab.name, runs.lab.model.parameter
    settings = {
        f"{name}.{each}": repr(float(value))
        for each, value in runs.settings(row).items()
        if value != parameter(each).default
    }
    query = f"?{urlencode(settings)}" if settings else ""
    return f"../chapters/{chapter}.html{query}#{name}"


def _setting(runs: Runs, row: Row) -> Iterator[str]:
    yield row.start or "As the lab opens"
    for name, value in row.turn.items():
        meaning = runs.lab.model.parameter(name).meaning
        yield f"{meaning} {typed(runs.turned_from(row, name))} → {typed(value)}"


def _seen(runs: Runs, row: Row) -> Iterator[str]:
    for name, text in row.reads.items():
        yield f"{runs.readout(name).label}: {text}"


def _lines(parts: Iterator[str]) -> str:
    return "<br>".join(map(escape, parts))
