"""The question bank: reads ``exercises/quizzes/<chapter>.yml`` and refuses what is not sound.

Whoever shows questions, counts them or exports them reads them here.  The shape of a file is in
``quiz.schema.json``; what a schema cannot say (feedback that repeats itself, an objective that the
chapter does not state) is checked below.  All that is wrong with a file is said at once, each
with its line::

    exercises/quizzes/checkpoints.yml, line 42, item checkpoints-q07: ...
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from immunolab.formula import InlineMarkdown, LatexError, mathml
from immunolab.objectives import objectives_of
from immunolab.places import BOOK, shown
from immunolab.written import Written, WrittenError, breaches, repeated_keys
from immunolab.written import read as read_yaml

_SCHEMA = Path(__file__).with_name("quiz.schema.json")
_LIST_OF_CHOICES = {
    "single": "options",
    "multiple": "options",
    "predict": "options",
    "order": "steps",
    "match": "pairs",
}
_inline = InlineMarkdown(mathml)
_EVASION = re.compile(r"\b(all|none|both|neither) of the (above|other answers|others)\b", re.I)


class BankError(ValueError):
    """A bank is missing or not sound; the message names file, line and item."""


@dataclass(frozen=True)
class Item:
    """One question, checked.  ``content`` is all that the file says of it."""

    id: str
    chapter: str
    section: str
    type: str
    objectives: tuple[str, ...]
    level: str
    stem: str
    where: str
    content: Mapping[str, Any]

    @property
    def graded(self) -> bool:
        """Whether it has a right answer; a prediction has none."""
        return self.type != "predict"

    @property
    def choices(self) -> list[Mapping[str, Any]]:
        """Its options, steps or pairs; none for a number."""
        return self.content.get(_LIST_OF_CHOICES.get(self.type, ""), [])

    @property
    def revision(self) -> str:
        """A mark of what makes the question; mended feedback, hints or explanation keep it."""
        shown = [
            [_one_line(choice.get(part, "")) for part in ("text", "left", "right")]
            + [choice.get("correct", False)]
            for choice in self.choices
        ]
        rest = [self.content.get(part) for part in ("answer", "extra", "choose")]
        makes = json.dumps([self.type, _one_line(self.stem), shown, rest], sort_keys=True)
        return hashlib.sha256(makes.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Known:
    """What a bank may refer to; ``misconceptions`` is None where the book has no list of them."""

    objectives: frozenset[str]
    references: frozenset[str]
    misconceptions: frozenset[str] | None = None


def path_of(chapter: str) -> Path:
    """Return where the questions of a chapter are written."""
    return BOOK / "exercises" / "quizzes" / f"{chapter}.yml"


def chapters_with_questions() -> tuple[str, ...]:
    """Return the names of the chapters that have a bank, in alphabetical order."""
    return tuple(sorted(path.stem for path in path_of("").parent.glob("[!.]*.yml")))


@cache
def bank_of(chapter: str) -> tuple[Item, ...]:
    """Return a chapter's questions, in order, or raise a BankError."""
    path = path_of(chapter)
    if not path.is_file():
        there = ", ".join(chapters_with_questions()) or "none yet"
        raise BankError(
            f"There are no questions for {chapter!r}: {shown(path)} is missing. "
            f"Chapters with questions: {there}."
        )
    objectives = frozenset(objective.id for objective in objectives_of(chapter))
    return read(path, Known(objectives, _reference_keys(), _misconception_ids()))


def read(path: Path, known: Known) -> tuple[Item, ...]:
    """Read and check one file; raise a BankError that lists everything wrong with it."""
    try:
        source = read_yaml(path)
    except WrittenError as error:
        raise BankError(str(error)) from None
    data = source.data
    problems = [*repeated_keys(source)]
    problems += [
        f"{_where(source, place)}: {message}" for place, message in breaches(data, _SCHEMA)
    ]
    if not problems:
        problems += [*_unsound(source, path.stem, known)]
    if problems:
        raise BankError("\n".join(dict.fromkeys(problems)))
    return tuple(
        Item(
            chapter=data["chapter"],
            objectives=tuple(entry["objectives"]),
            where=_where(source, ("items", number)),
            content=entry,
            **{field: entry[field] for field in ("id", "section", "type", "level", "stem")},
        )
        for number, entry in enumerate(data["items"])
    )


# ------------------------------------------------------------------------------------ soundness


def _where(source: Written, path: Sequence[str | int]) -> str:
    """Return file, line and item of a place in a bank."""
    item = ""
    if len(path) >= 2 and path[0] == "items":
        entry = source.data["items"][path[1]]
        item = str(entry.get("id", "")) if isinstance(entry, dict) else ""
    return source.where(path) + (f", item {item}" if item else "")


def _unsound(source: Written, stem: str, known: Known) -> Iterator[str]:
    """Yield what a schema cannot see."""
    chapter = source.data["chapter"]
    if chapter != stem:
        yield (
            f"{_where(source, ['chapter'])}: the chapter is {chapter!r}, but the file is "
            f"{stem}.yml. Make the two the same."
        )
    first: dict[str, int] = {}
    for number, entry in enumerate(source.data["items"]):
        earlier = first.setdefault(entry["id"], number)
        if earlier != number:
            yield (
                f"{_where(source, ['items', number])}: this id is used before, at "
                f"{_where(source, ['items', earlier])}. Give one of the two another id."
            )
        for path, message in _unsound_item(entry, chapter, known):
            yield f"{_where(source, ['items', number, *path])}: {message}"


def _unsound_item(entry: dict, chapter: str, known: Known) -> Iterator[tuple[tuple, str]]:
    letter = "p" if entry["type"] == "predict" else "q"
    if not re.fullmatch(rf"{re.escape(chapter)}-{letter}\d\d", entry["id"]):
        yield ("id",), f"an item of type {entry['type']} is called {chapter}-{letter}01, and so on."
    yield from _unknown_names(entry, known)
    yield from _unsound_texts(entry)
    if entry["type"] == "numeric":
        yield from _unsound_number(entry)


def _unknown_names(entry: dict, known: Known) -> Iterator[tuple[tuple, str]]:
    for number, name in enumerate(entry["objectives"]):
        if name not in known.objectives:
            yield (
                ("objectives", number),
                f"the chapter states no objective {name!r}; it states "
                f"{', '.join(sorted(known.objectives))}.",
            )
    for number, key in enumerate(entry["references"]):
        if key not in known.references:
            yield (
                ("references", number),
                f"references.bib has no entry {key!r}. Add the paper there, or correct the key.",
            )
    if known.misconceptions is None:
        return
    for field in ("options", "mistakes"):
        for number, choice in enumerate(entry.get(field, [])):
            name = choice.get("misconception")
            if name and name not in known.misconceptions:
                yield (
                    (field, number, "misconception"),
                    f"data/misconceptions.csv has no {name}. Add it there, or correct the id.",
                )


def _unsound_texts(entry: dict) -> Iterator[tuple[tuple, str]]:
    field = _LIST_OF_CHOICES.get(entry["type"], "mistakes")
    choices = entry.get(field, [])
    for part in ("text", "left", "right", "feedback"):
        seen: dict[str, int] = {}
        for number, choice in enumerate(choices):
            words = _one_line(choice.get(part, ""))
            if words and seen.setdefault(words.casefold(), number) != number:
                yield (
                    (field, number, part),
                    f"the {part} repeats that of entry {seen[words.casefold()] + 1}. "
                    "Each needs its own.",
                )
            if part in {"text", "right"} and _EVASION.search(words):
                yield (
                    (field, number, part),
                    "“all/none of the above” tests reading, not immunology. Write a real option.",
                )
    if entry["type"] == "match":
        yield from _unsound_menu(entry)
    for path, words in _texts(entry):
        if re.search(r"\n\s*\n", words):
            yield path, "a text is one paragraph, without blank lines. Join or shorten it."
        elif problem := _unreadable_formula(words):
            yield path, f"a formula cannot be read: {problem}. Correct it."


def _unreadable_formula(words: str) -> str:
    if "$" not in words:
        return ""
    try:
        _inline(words)
    except LatexError as error:
        return str(error)
    return ""


def _unsound_menu(entry: dict) -> Iterator[tuple[tuple, str]]:
    """A menu shows bare text, and each of its lines must be one answer."""
    rights = {_one_line(pair["right"]).casefold() for pair in entry["pairs"]}
    menu = [(("pairs", n, "right"), pair["right"]) for n, pair in enumerate(entry["pairs"])]
    menu += [(("extra", n), words) for n, words in enumerate(entry.get("extra", []))]
    for path, words in menu:
        if "$" in words:
            yield path, "a right side is shown in a menu, which cannot show mathematics. Use words."
        if path[0] == "extra" and _one_line(words).casefold() in rights:
            yield path, "this extra is the right side of a pair. Write one that fits nothing."


def _unsound_number(entry: dict) -> Iterator[tuple[tuple, str]]:
    value = float(entry["answer"]["value"])
    tolerance = allowance(entry["answer"])
    ends = [end for m in entry.get("mistakes", []) for end in (m["from"], m["to"])]
    if not all(map(math.isfinite, (value, tolerance, *ends))):
        yield (
            ("answer",),
            "a number here is infinite, or none at all. Write a plain one.",
        )
        return
    if not tolerance:
        yield (
            ("answer", "tolerance"),
            "a share of nought allows nothing: use an absolute tolerance.",
        )
    feedbacks = {_one_line(entry["right"]), _one_line(entry["otherwise"])}
    if len(feedbacks) == 1:
        yield ("otherwise",), "the feedback is the same, right or wrong. Say why it is wrong."
    for number, mistake in enumerate(entry.get("mistakes", [])):
        if mistake["from"] > mistake["to"]:
            yield ("mistakes", number, "from"), "`from` is above `to`. Swap the two."
        elif mistake["from"] <= value + tolerance and mistake["to"] >= value - tolerance:
            yield (
                ("mistakes", number, "from"),
                f"this range holds answers that are right ({value:g} ± {tolerance:g}). Narrow it.",
            )
        if _one_line(mistake["feedback"]) in feedbacks:
            yield ("mistakes", number, "feedback"), "the feedback repeats another. Say why."


def allowance(answer: Mapping) -> float:
    """Return how far a number may be from the value of a numeric item."""
    tolerance = answer["tolerance"]
    if "absolute" in tolerance:
        return float(tolerance["absolute"])
    return abs(float(answer["value"])) * float(tolerance["relative"])


def _texts(value, path=()) -> Iterator[tuple[tuple, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for step, part in inside:
            yield from _texts(part, (*path, step))


def _one_line(text: str) -> str:
    return " ".join(str(text).split())


# ------------------------------------------------------------------------------------ the book


def _reference_keys() -> frozenset[str]:
    path = BOOK / "references.bib"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return frozenset(re.findall(r"^\s*@\w+\{\s*([^,\s]+)\s*,", text, re.MULTILINE))


def _misconception_ids() -> frozenset[str] | None:
    path = BOOK / "data" / "misconceptions.csv"
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        return frozenset(row["misconception_id"] for row in csv.DictReader(file))
