"""The answer key: what a teacher reads, and nobody else should, as one Markdown file."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent

from immunolab.lms.question import (
    ChoiceQuestion,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    Question,
    QuestionSet,
)
from immunolab.lms.text import digits, rounded


def write(questions: QuestionSet, file: str, again: str, seed: str = "") -> bytes:
    """Return the key to ``file``; ``again`` is the command that makes both again.

    ``seed`` is that of graded questions, and is stated: it is as good as the key itself.
    """
    lines = [
        f"# Answer key, for teachers: {questions.title}",
        f"This belongs to `{file}`: {len(questions.questions)} questions, one point each.",
    ]
    if seed:
        lines += [
            "Keep this file, and the seed, from your class: whoever has the seed can make the "
            "questions and their answers again. The seed is",
            indent(seed, "    "),
            "In the same version of the book, this command makes the same questions:",
        ]
    else:
        lines.append("The questions are also in the book, with their answers. To make them again:")
    lines.append(indent(again, "    "))
    for number, question in enumerate(questions.questions, 1):
        lines += _question(number, question)
    return ("\n\n".join(lines) + "\n").encode()


def _question(number: int, question: Question) -> Iterator[str]:
    yield f"## {number}. {question.title}"
    yield f"`{question.id}`, from {question.where}"
    if question.place:
        yield f"*{question.place}*"
    yield question.stem
    if isinstance(question, ChoiceQuestion | NumberQuestion):
        yield f"**Answer: {question.answer}**"
    yield "\n".join(f"- {row}" for row in _rows(question))
    if question.explanation:
        yield question.explanation


def _rows(question: Question) -> Iterator[str]:
    """Yield what is right and what is not, each with what the student is told."""
    match question:
        case ChoiceQuestion():
            for choice in question.choices:
                yield f"{'✓' if choice.right else '✗'} **{choice.text}** {choice.feedback}"
        case NumberQuestion():
            yield from _numbers(question)
        case OrderQuestion():
            steps = tuple(f"{place}. {step}" for place, step in enumerate(question.steps, 1))
            yield from _reasons(steps, question.reasons)
            yield f"Otherwise: {question.otherwise}"
        case MatchQuestion():
            pairs = tuple(f"{left} → {right}" for left, right in question.pairs)
            yield from _reasons(pairs, question.reasons)
            for extra in question.extra:
                yield f"✗ **{extra}** belongs to none."
            yield f"Otherwise: {question.otherwise}"


def _numbers(question: NumberQuestion) -> Iterator[str]:
    numbers = rounded(question)
    yield f"✓ {digits(numbers.low)} to {digits(numbers.high)}: {question.right}"
    for low, high, said in numbers.slips:
        yield f"✗ {digits(low)} to {digits(high)}: {said}"
    yield f"✗ any other number: {question.otherwise}"


def _reasons(rows: tuple[str, ...], reasons: tuple[str, ...]) -> Iterator[str]:
    for row, reason in zip(rows, reasons or [""] * len(rows), strict=True):
        yield f"✓ **{row}** {reason}".rstrip()
