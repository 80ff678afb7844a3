"""What a question is, whatever it came from and wherever it goes.

A text is one paragraph of inline Markdown, with LaTeX between single dollars.  ``where`` names the
file and line that somebody would open to mend the question; every message about it begins so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


class ExportError(ValueError):
    """A question cannot be written in a format; the message names where it comes from."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What all questions have.  ``answer`` is the key, as a person would write it."""

    id: str
    title: str
    stem: str
    where: str
    explanation: str = ""

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
        if not self.allowance > 0:
            raise ExportError(f"{self.where}: an allowance of {self.allowance} allows nothing.")
        for slip in self.slips:
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
    """Steps to be put in order; ``steps`` are in the right one."""

    steps: tuple[str, ...]
    right: str
    otherwise: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(set(self.steps)) < len(self.steps):
            raise ExportError(f"{self.where}: two steps read alike. Reword one.")

    @property
    def answer(self) -> str:
        return " → ".join(self.steps)


@dataclass(frozen=True, kw_only=True)
class MatchQuestion(Question):
    """Each left side has one right side; ``extra`` right sides belong to none."""

    pairs: tuple[tuple[str, str], ...]
    extra: tuple[str, ...] = ()
    right: str
    otherwise: str

    def __post_init__(self) -> None:
        super().__post_init__()
        menu = [right for _, right in self.pairs] + [*self.extra]
        if len(set(menu)) < len(menu):
            raise ExportError(f"{self.where}: two right sides read alike. Reword one.")

    @property
    def answer(self) -> str:
        return "; ".join(f"{left}: {right}" for left, right in self.pairs)
