"""Graded questions, drawn from the models with a seed: nobody finds their key in the book.

A *template* is a function that throws dice for its settings, runs the model, and returns a question
with the answer the model gave.  Each chapter's templates are a module of its own, named as the
chapter; ``draw`` takes questions from them::

    draw("checkpoints", 10, seed="autumn 2027, group B")

The same seed draws the same questions.  Whoever knows it can draw them too: it is as good as the
key, and no question carries it.
"""

from __future__ import annotations

import hashlib
import inspect
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import wraps
from importlib import import_module
from itertools import count, islice
from pathlib import Path
from typing import TypeVar

from immunolab.lms.question import Question
from immunolab.objectives import chapters
from immunolab.places import shown

T = TypeVar("T")
Template = Callable[["Dice"], Question]

#: How often a template may draw again before it is said to have run out of different questions.
_TRIES = 200


#: How often it may throw again because what it threw was not clear enough to be asked.
_THROWS = 100


class GradedError(ValueError):
    """Questions cannot be drawn as asked; the message says why."""


class Unclear(Exception):
    """What was thrown leaves a student in doubt: two answers too near, or a number not readable."""


class Dice:
    """The chance of one question.  ``where`` and ``id`` are for the question that is made of it."""

    def __init__(self, seed: str, template: Template, throw: int):
        # Python's own promise: seeded with a text, `random` gives the same in every version.
        self._random = random.Random(f"{seed}\n{template.__module__}.{template.__name__}\n{throw}")
        self.where = _where(template)
        self.id = "drawn"  # given by `draw`, once the question is known to be new

    def one(self, of: Sequence[T]) -> T:
        """Return one of several."""
        return self._random.choice(of)

    def some(self, of: Sequence[T], number: int) -> list[T]:
        """Return so many different ones, in random order."""
        return self._random.sample(of, number)

    def mixed(self, of: Sequence[T]) -> tuple[T, ...]:
        """Return all, in random order."""
        return tuple(self._random.sample(of, len(of)))


def practises(*objectives: str) -> Callable[[Template], Template]:
    """Mark a template with the objectives of its chapter that it examines, by their ids.

    Where what it throws is Unclear, it throws again with the same dice.
    """

    def marked(template: Template) -> Template:
        @wraps(template)
        def until_clear(dice: Dice) -> Question:
            for _ in range(_THROWS):
                try:
                    return template(dice)
                except Unclear as unclear:
                    doubt = unclear
            raise GradedError(
                f"{dice.where}: {_THROWS} throws gave no clear question, the last because {doubt}. "
                "Widen the settings that it throws."
            )

        until_clear.objectives = objectives
        return until_clear

    return marked


def templates_of(chapter: str) -> tuple[Template, ...]:
    """Return the templates of a chapter, in the order in which they are written."""
    if chapter not in chapters():
        raise GradedError(
            f"There is no chapter called {chapter!r}. Chapters: {', '.join(chapters())}."
        )
    return tuple(import_module(f"immunolab.graded.{chapter}").TEMPLATES)


def draw(
    chapter: str, number: int, seed: str, tell: Callable[[Question], None] = lambda question: None
) -> tuple[Question, ...]:
    """Return so many different questions; each template is used once before any is used again.

    A model takes its time: ``tell`` is called with each question as soon as it is drawn.
    """
    if number < 1:
        raise GradedError(f"{number} questions cannot be drawn. Ask for one or more.")
    if not seed.strip():
        raise GradedError("A seed is needed: words of your own, unknown to your class.")
    templates = templates_of(chapter)
    # The order of the templates is drawn as well, so that a short test is not always the same part.
    order = random.Random(f"{seed}\n{chapter}").sample(templates, len(templates))
    throws = {template: count() for template in templates}
    drawn: list[Question] = []
    seen: set[str] = set()
    for place in range(number):
        template = order[place % len(order)]
        question = _new(template, seed, throws[template], seen)
        seen.add(question.stem)
        drawn.append(replace(question, id=_id(chapter, seed, place)))
        tell(drawn[-1])
    return tuple(drawn)


def _new(template: Template, seed: str, throws: Iterator[int], seen: set[str]) -> Question:
    for throw in islice(throws, _TRIES):
        question = template(Dice(seed, template, throw))
        if question.stem not in seen:
            return question
    raise GradedError(
        f"{_where(template)}: this template has no more different questions. Ask for fewer, or "
        "give it more settings to choose from."
    )


def _id(chapter: str, seed: str, place: int) -> str:
    """An id unlike those of another seed, which does not tell the seed."""
    mark = hashlib.sha256(f"{seed}\n{chapter}\n{place}".encode()).hexdigest()[:10]
    return f"{chapter}-{place + 1:02d}-{mark}"


def _where(template: Template) -> str:
    template = inspect.unwrap(template)
    file = Path(inspect.getsourcefile(template) or "")
    return f"{shown(file)}, line {inspect.getsourcelines(template)[1]}"
