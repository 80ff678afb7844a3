"""What a question is, whatever it came from and wherever it goes.

A text is one paragraph of inline Markdown, with LaTeX between single dollars.  ``where`` names the
file and line that somebody would open to mend the question; every message about it begins so.
"""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass


class ExportError(ValueError):
    """A question cannot be written in a format; the message names where it comes from."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What all questions have.  ``answer`` is the key, as a person would write it.

    ``place`` says where in the book the question belongs, for whoever meets it outside; ``hints``
    are for before the answer, the next one after each miss, ``explanation`` is for after it.
    """

    id: str
    title: str
    stem: str
    where: str
    explanation: str = ""
    place: str = ""
    hints: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", self.id):
            raise ExportError(
                f"{self.where}: {self.id!r} cannot be an id. Use small letters, digits and hyphens."
            )

    @property
    def answer(self) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Choice:
    """One of the statements to choose from."""

    text: str
    right: bool
    feedback: str


@dataclass(frozen=True, kw_only=True)
class ChoiceQuestion(Question):
    """One right statement, or ``several``."""

    choices: tuple[Choice, ...]
    several: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        right = sum(choice.right for choice in self.choices)
        if not right or (right > 1 and not self.several):
            raise ExportError(f"{self.where}: {right} of the choices are right. Mend the question.")
        if len({choice.text for choice in self.choices}) < len(self.choices):
            raise ExportError(f"{self.where}: two choices read alike. Reword one.")

    @property
    def answer(self) -> str:
        return "; ".join(choice.text for choice in self.choices if choice.right)


@dataclass(frozen=True)
class Slip:
    """A range of numbers that a known mistake gives, ends included."""

    low: float
    high: float
    feedback: str


@dataclass(frozen=True, kw_only=True)
class NumberQuestion(Question):
    """A number is asked for; answers within ``allowance`` of ``value`` are right."""

    value: float
    allowance: float
    unit: str = ""
    right: str
    otherwise: str
    slips: tuple[Slip, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        numbers = [self.value, self.allowance, *(n for s in self.slips for n in (s.low, s.high))]
        if not all(map(math.isfinite, numbers)):
            raise ExportError(f"{self.where}: a number here is infinite, or none at all.")
        if not self.allowance > 0:
            raise ExportError(f"{self.where}: an allowance of {self.allowance} allows nothing.")
        for slip in self.slips:
            if slip.low > slip.high:
                raise ExportError(
                    f"{self.where}: a mistake from {slip.low:g} to {slip.high:g}. Swap the two."
                )
            if slip.low <= self.value + self.allowance and slip.high >= self.value - self.allowance:
                raise ExportError(
                    f"{self.where}: the mistake from {slip.low:g} to {slip.high:g} holds answers "
                    f"that are right ({self.value:g} ± {self.allowance:g}). Narrow it."
                )

    @property
    def answer(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.value:.4g}{unit} (± {self.allowance:.2g})"


@dataclass(frozen=True, kw_only=True)
class OrderQuestion(Question):
    """Steps to be put in order; ``steps`` are in the right one.

    ``reasons`` says for each step why it comes where it does, or is empty.
    """

    steps: tuple[str, ...]
    right: str
    otherwise: str
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.steps) < 2:
            raise ExportError(f"{self.where}: an order needs two steps or more.")
        if len(set(self.steps)) < len(self.steps):
            raise ExportError(f"{self.where}: two steps read alike. Reword one.")
        _one_each(self.reasons, self.steps, self.where)

    @property
    def answer(self) -> str:
        return " → ".join(self.steps)

    @property
    def mixed(self) -> tuple[int, ...]:
        """The places of the steps, counted from 0, as they are shown: never in the right order."""
        return _mixed(len(self.steps), self.id)


@dataclass(frozen=True, kw_only=True)
class MatchQuestion(Question):
    """Each left side has one right side; ``extra`` right sides belong to none.

    ``reasons`` says for each pair why the two belong together, or is empty.
    """

    pairs: tuple[tuple[str, str], ...]
    extra: tuple[str, ...] = ()
    right: str
    otherwise: str
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.rights) < 2:
            raise ExportError(f"{self.where}: a match needs two right sides or more.")
        for name, sides in (("left", [left for left, _ in self.pairs]), ("right", self.rights)):
            if len(set(sides)) < len(sides):
                raise ExportError(f"{self.where}: two {name} sides read alike. Reword one.")
        _one_each(self.reasons, self.pairs, self.where)

    @property
    def rights(self) -> tuple[str, ...]:
        """All right sides: those of the pairs, in their order, and the extra ones."""
        return (*(right for _, right in self.pairs), *self.extra)

    @property
    def mixed(self) -> tuple[int, ...]:
        """The places in ``rights`` as they are shown: never in the order of their left sides."""
        return _mixed(len(self.rights), self.id)

    @property
    def answer(self) -> str:
        return "; ".join(f"{left}: {right}" for left, right in self.pairs)


@dataclass(frozen=True)
class QuestionSet:
    """Questions that travel in one file; ``graded`` ones count, the others are for practice."""

    id: str
    title: str
    questions: tuple[Question, ...]
    graded: bool


def _mixed(number: int, id: str) -> tuple[int, ...]:
    """Return the places in an order that an id fixes for ever, and that is never theirs."""
    places = list(range(number))
    chance = random.Random(id)
    while places == sorted(places):
        chance.shuffle(places)
    return tuple(places)


def _one_each(reasons: tuple[str, ...], of: tuple, where: str) -> None:
    if reasons and len(reasons) != len(of):
        raise ExportError(f"{where}: {len(reasons)} reasons for {len(of)} rows. Give one for each.")
