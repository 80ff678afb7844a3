"""The exercises: one MyST notebook each, ``exercises/<chapter>-<number>.md``.

The head of the file says what an exercise is for and how answers are judged::

    exercise:
      chapter: checkpoints
      kind: completion
      minutes: 20
      objectives: [evidence]
      checks:
        weeks:
          number: 22.6
          tolerance: {relative: 0.05}
          unit: weeks
          hints: [Find the last time at which occupancy is one half.]
          right: ...
          otherwise: ...
          mistakes:
            - {typed: "weeks = days[above][-1]", from: 150, to: 165, feedback: ...}

``typed`` is what somebody who makes this mistake would write in place of the solution: the tests
write it there, and the feedback must come.  All that is wrong with a head is said at once, each
with its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from immunolab.objectives import chapters, objectives_of
from immunolab.places import BOOK, sections, shown
from immunolab.written import Written, WrittenError, breaches, read_head, repeated_keys

#: In the order in which help is taken away.
KINDS = MappingProxyType(
    {
        "worked": "Worked example",
        "completion": "Completion",
        "independent": "On your own",
        "project": "Open project",
    }
)
_SCHEMA = Path(__file__).with_name("exercise.schema.json")


class ExerciseError(ValueError):
    """An exercise is missing or not sound; the message names file and line."""


@dataclass(frozen=True)
class Exercise:
    """One exercise.  ``checks`` is what the head says of each check, by name."""

    name: str
    title: str
    chapter: str
    kind: str
    minutes: int
    objectives: tuple[str, ...]
    checks: Mapping[str, Mapping[str, Any]]
    rubric: tuple[Mapping[str, str], ...]

    @property
    def path(self) -> Path:
        """The source."""
        return path_of(self.name)


def path_of(name: str) -> Path:
    """Return where an exercise is written."""
    return BOOK / "exercises" / f"{name}.md"


@cache
def names() -> tuple[str, ...]:
    """Return the names of all exercises, chapter by chapter as in the book, then by number."""
    order = {chapter: place for place, chapter in enumerate(chapters())}
    found = [path.stem for path in (BOOK / "exercises").glob("*-*.md")]
    return tuple(sorted(found, key=lambda name: (order.get(name.rpartition("-")[0], 99), name)))


def exercises_of(chapter: str) -> tuple[Exercise, ...]:
    """Return the exercises of a chapter, in order, or raise an ExerciseError."""
    return tuple(exercise(name) for name in names() if name.rpartition("-")[0] == chapter)


@cache
def exercise(name: str) -> Exercise:
    """Return an exercise by its name, or raise an ExerciseError."""
    path = path_of(name)
    if not path.is_file():
        raise ExerciseError(
            f"There is no exercise called {name!r}: {shown(path)} is missing. "
            f"Exercises: {', '.join(names()) or 'none yet'}."
        )
    try:
        head = read_head(path)
    except WrittenError as error:
        raise ExerciseError(str(error)) from None
    if head is None:
        raise ExerciseError(f"{shown(path)}, line 1: an exercise begins with a head, between ---.")
    problems = [*repeated_keys(head)]
    problems += [f"{head.where(place)}: {words}" for place, words in breaches(head.data, _SCHEMA)]
    problems = problems or [*_unsound(head, name)]
    if problems:
        raise ExerciseError("\n".join(dict.fromkeys(problems)))
    said = head.data["exercise"]
    return Exercise(
        name=name,
        title=sections(f"exercises/{name}")[0].heading,
        objectives=tuple(said["objectives"]),
        rubric=tuple(said.get("rubric", ())),
        **{field: said[field] for field in ("chapter", "kind", "minutes", "checks")},
    )


def allowance(check: Mapping[str, Any], value: float) -> float:
    """Return how far an answer may be from the number ``value`` that a check wants."""
    tolerance = check["tolerance"]
    if "absolute" in tolerance:
        return float(tolerance["absolute"])
    return abs(value) * float(tolerance["relative"])


def _unsound(head: Written, name: str) -> Iterator[str]:
    """Yield what a schema cannot see."""
    said = head.data["exercise"]
    if said["chapter"] != name.rpartition("-")[0]:
        yield (
            f"{head.where(['exercise', 'chapter'])}: the chapter is {said['chapter']!r}, but the "
            f"file is {name}.md. Make the two the same."
        )
        return
    known = [objective.id for objective in objectives_of(said["chapter"])]
    for number, objective in enumerate(said["objectives"]):
        if objective not in known:
            yield (
                f"{head.where(['exercise', 'objectives', number])}: the chapter states no "
                f"objective {objective!r}; it states {', '.join(known)}."
            )
    for label, check in said["checks"].items():
        for place, words in _unsound_check(check):
            yield f"{head.where(['exercise', 'checks', label, *place])}: {words}"


def _unsound_check(check: Mapping[str, Any]) -> Iterator[tuple[list[str | int], str]]:
    if "choice" in check and check["choice"] not in check["choices"]:
        yield ["choice"], f"{check['choice']!r} is not among the choices. Add it, or correct it."
    counts = "number" in check or "calls" in check
    wanted = check.get("number", check["calls"][0]["gives"] if "calls" in check else 0.0)
    for number, mistake in enumerate(check.get("mistakes", ())):
        place: list[str | int] = ["mistakes", number]
        if ("from" in mistake) != counts:
            yield place, "a number is known by `from` and `to`, words by `is`. Use what fits."
        elif counts and mistake["from"] > mistake["to"]:
            yield [*place, "from"], "`from` is above `to`. Swap the two."
        elif counts and abs(_nearest(mistake, wanted) - wanted) <= allowance(check, wanted):
            yield (
                [*place, "from"],
                f"this range holds answers that are right ({wanted:g}). Narrow it.",
            )
    feedbacks = [check["right"], check["otherwise"]]
    feedbacks += [mistake["feedback"] for mistake in check.get("mistakes", ())]
    for number, words in enumerate(feedbacks):
        if " ".join(words.split()) in {" ".join(other.split()) for other in feedbacks[:number]}:
            yield (
                ["otherwise"],
                f"a feedback stands here twice (“{words[:40]}…”). Say why, each time.",
            )


def _nearest(mistake: Mapping[str, Any], wanted: float) -> float:
    return min(max(wanted, mistake["from"]), mistake["to"])
