"""YAML that people write: read with its lines, held against a schema, refused in words.

The question bank, the heads of chapters and the heads of exercises are all read here, so that
whatever is wrong with one of them is said in the same way: file, line, what happened, what to do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from immunolab.places import YamlLoader, shown

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

#: The head of a page: YAML between two lines of three hyphens.
_HEAD = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)


class WrittenError(ValueError):
    """A text is not YAML; the message names file and line."""


@dataclass(frozen=True)
class Written:
    """A text as data and as nodes, so that a place in the data can be named by its line.

    ``before`` counts the lines of the file that stand above the text.
    """

    name: str
    tree: yaml.Node | None
    data: Any
    before: int = 0

    def line(self, path: Sequence[str | int]) -> int:
        """Return the line of a place in the data, or of the nearest one above it."""
        node, line = self.tree, 1
        for step in path:
            node = _child(node, step)
            if node is None:
                break
            line = node.start_mark.line + 1
        return line + self.before

    def where(self, path: Sequence[str | int]) -> str:
        """Return file and line of a place in the data, as a message begins."""
        return f"{self.name}, line {self.line(path)}"


def read(path: Path) -> Written:
    """Read a file of YAML, or raise a WrittenError."""
    return _read(path.read_text(encoding="utf-8"), shown(path), 0)


def read_head(path: Path) -> Written | None:
    """Read the head of a page, or raise a WrittenError; None for a page without one."""
    found = _HEAD.match(path.read_text(encoding="utf-8"))
    return _read(found[1], shown(path), 1) if found else None


def _read(text: str, name: str, before: int) -> Written:
    try:
        loader = YamlLoader(text)
        tree = loader.get_single_node()
        return Written(name, tree, loader.construct_document(tree) if tree else None, before)
    except yaml.reader.ReaderError:
        bad, line = _stray_character(text)
        raise WrittenError(
            f"{name}, line {line + before}: this is not YAML: the character {bad!r} cannot stand "
            "in a text file. Delete it."
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise WrittenError(
            f"{name}, line {line + before}: this is not YAML ({error.problem}). Mend the line; "
            "a text with a colon or a quote needs quotes around it, or >- before it."
        ) from None


def _stray_character(text: str) -> tuple[str, int]:
    """Return the first character that YAML refuses, and its line.

    libyaml counts bytes, so that its own position is wrong after any accent.
    """
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return found[0], text.count("\n", 0, found.start()) + 1


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step]
    return None


# ------------------------------------------------------------------------------------ soundness


def repeated_keys(source: Written) -> Iterator[str]:
    """YAML lets the last of two equal keys win, and the first text is gone without a word."""
    nodes = [source.tree] if source.tree else []
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.SequenceNode):
            nodes += node.value
        elif isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1 + source.before
                if key.value in seen:
                    yield (
                        f"{source.name}, line {line}: {key.value!r} stands here a second time "
                        f"(first on line {seen[key.value]}). Keep one of the two."
                    )
                seen.setdefault(key.value, line)
                nodes.append(value)


def breaches(data: Any, schema: Path) -> Iterator[tuple[list[str | int], str]]:
    """Yield what breaks a JSON schema: the place in the data, and what to do, in words."""
    errors = sorted(_validator(schema).iter_errors(data), key=lambda e: [*map(str, e.path)])
    for error in errors:
        yield [*error.absolute_path], _in_words(error)


@cache
def _validator(schema: Path) -> Draft202012Validator:
    # Imported here: it takes seconds (a grammar of addresses that we never use), and most pages and
    # all models have nothing to hold against a schema.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def _in_words(error) -> str:
    """Say a breach of the schema as an author thinks of it."""
    field = next((step for step in reversed(error.absolute_path) if isinstance(step, str)), "file")
    rule, wanted, found = error.validator, error.validator_value, error.instance
    if rule == "dependentRequired":
        wanted = [name for given, names in wanted.items() if given in found for name in names]
    if rule in {"required", "dependentRequired"}:
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
    if rule == "oneOf" and all("required" in way for way in wanted):
        ways = "; ".join(" and ".join(way["required"]) for way in wanted)
        return f"{field} needs one of these, and only one: {ways}."
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
