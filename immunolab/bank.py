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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from immunolab.formula import InlineMarkdown, LatexError, mathml
from immunolab.objectives import objectives_of
from immunolab.places import BOOK, YamlLoader, shown, stray_character

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

_SCHEMA = Path(__file__).with_name("quiz.schema.json")
_LIST_OF_CHOICES = {
    "single": "options",
    "multiple": "options",
    "predict": "options",
    "order": "steps",
    "match": "pairs",
}
_written = InlineMarkdown(mathml)
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
    text = path.read_text(encoding="utf-8")
    try:
        loader = YamlLoader(text)
        tree = loader.get_single_node()
        data = loader.construct_document(tree) if tree else None
    except yaml.reader.ReaderError:
        bad, line = stray_character(text)
        raise BankError(
            f"{shown(path)}, line {line}: this is not YAML: the character {bad!r} cannot stand in "
            "a text file. Delete it."
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BankError(
            f"{shown(path)}, line {line}: this is not YAML ({error.problem}). Mend the line; "
            "a text with a colon or a quote needs quotes around it, or >- before it."
        ) from None
    source = _Source(shown(path), tree, data)
    problems = [*_repeated_keys(source)]
    problems += [*_breaches(source)]
    if not problems:
        problems += [*_unsound(source, path.stem, known)]
    if problems:
        raise BankError("\n".join(dict.fromkeys(problems)))
    return tuple(
        Item(
            chapter=data["chapter"],
            objectives=tuple(entry["objectives"]),
            where=source.where(("items", number)),
            content=entry,
            **{field: entry[field] for field in ("id", "section", "type", "level", "stem")},
        )
        for number, entry in enumerate(data["items"])
    )


# ------------------------------------------------------------------------------------ places


@dataclass(frozen=True)
class _Source:
    """A file as data and as nodes, so that a place in the data can be named by its line."""

    name: str
    tree: yaml.Node | None
    data: Any

    def where(self, path) -> str:
        node, line = self.tree, 1
        for step in path:
            node = _child(node, step)
            if node is None:
                break
            line = node.start_mark.line + 1
        item = self._item(path)
        return f"{self.name}, line {line}" + (f", item {item}" if item else "")

    def _item(self, path) -> str:
        if len(path) < 2 or path[0] != "items":
            return ""
        entry = self.data["items"][path[1]]
        return str(entry.get("id", "")) if isinstance(entry, dict) else ""


def _child(node, step):
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step]
    return None


def _repeated_keys(source: _Source) -> Iterator[str]:
    """YAML lets the last of two equal keys win, and the first text is gone without a word."""
    nodes = [source.tree] if source.tree else []
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.SequenceNode):
            nodes += node.value
        elif isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if key.value in seen:
                    yield (
                        f"{source.name}, line {line}: {key.value!r} stands here a second time "
                        f"(first on line {seen[key.value]}). Keep one of the two."
                    )
                seen.setdefault(key.value, line)
                nodes.append(value)


# ------------------------------------------------------------------------------------ the schema


@cache
def _validator() -> Draft202012Validator:
    # Imported here: it takes seconds (a grammar of addresses that we never use), and most pages and
    # all models have no questions.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))


def _breaches(source: _Source) -> Iterator[str]:
    errors = sorted(_validator().iter_errors(source.data), key=lambda e: [*map(str, e.path)])
    for error in errors:
        yield f"{source.where([*error.absolute_path])}: {_in_words(error)}"


def _in_words(error) -> str:
    """Say a breach of the schema as an author thinks of it."""
    field = next((step for step in reversed(error.absolute_path) if isinstance(step, str)), "file")
    rule, wanted, found = error.validator, error.validator_value, error.instance
    if rule == "required":
        missing = [name for name in wanted if name not in found]
        return f"{' and '.join(map(repr, missing))} missing. Add what is missing."
    if rule == "enum" and "propertyNames" in error.absolute_schema_path:
        return f"{found!r} does not belong to an item of this type, which has {', '.join(wanted)}."
    if rule == "additionalProperties":
        known = error.schema.get("properties", {})
        more = ", ".join(repr(name) for name in found if name not in known)
        return f"{more} is not known here. Known: {', '.join(known)}."
    if rule in {"contains", "minContains", "maxContains"}:
        number = "exactly one option" if "maxContains" in error.schema else "at least one option"
        keys = sum(isinstance(option, dict) and "correct" in option for option in found)
        return f"{number} must say `correct: true`, and {keys} do."
    if rule in {"minItems", "maxItems"}:
        bound = "at least" if rule == "minItems" else "at most"
        return f"{field} has {len(found)} entries; give it {bound} {wanted}."
    if rule == "minLength":
        return f"{field} has {len(found)} characters; write at least {wanted}: say why."
    if rule in {"minProperties", "maxProperties"}:
        return f"{field} needs one of absolute or relative, and only one."
    words = {
        "enum": lambda: f"{field} is {found!r}; use one of {', '.join(map(str, wanted))}.",
        "const": lambda: f"{field} is {found!r}; the only value is {json.dumps(wanted)}.",
        "pattern": lambda: f"{field} is {found!r}; it must have the form {wanted}.",
        "uniqueItems": lambda: f"{field} names something twice. Name it once.",
        "exclusiveMinimum": lambda: f"{field} is {found}; it must be above {wanted}.",
        "exclusiveMaximum": lambda: f"{field} is {found}; it must be below {wanted}.",
        "type": lambda: (
            f"{field} must be of type {wanted}, not {found!r}. "
            "Text like yes or 1 needs quotes; write small numbers as 1.0e-6."
        ),
    }
    return words[rule]() if rule in words else f"{field}: {error.message[:200]}"


# ------------------------------------------------------------------------------------ soundness


def _unsound(source: _Source, stem: str, known: Known) -> Iterator[str]:
    """Yield what a schema cannot see."""
    chapter = source.data["chapter"]
    if chapter != stem:
        yield (
            f"{source.where(['chapter'])}: the chapter is {chapter!r}, but the file is {stem}.yml. "
            "Make the two the same."
        )
    first: dict[str, int] = {}
    for number, entry in enumerate(source.data["items"]):
        earlier = first.setdefault(entry["id"], number)
        if earlier != number:
            yield (
                f"{source.where(['items', number])}: this id is used before, at "
                f"{source.where(['items', earlier])}. Give one of the two another id."
            )
        for path, message in _unsound_item(entry, chapter, known):
            yield f"{source.where(['items', number, *path])}: {message}"


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
        _written(words)
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
