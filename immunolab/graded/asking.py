"""Questions made of what was thrown and computed; what a student could not tell is thrown again.

Every function here raises Unclear where two answers lie too near each other, and the template is
thrown again (see ``practises``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from immunolab.graded import Dice, Unclear
from immunolab.graded.lab import Read
from immunolab.lms.question import (
    Choice,
    ChoiceQuestion,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    Slip,
)

T = TypeVar("T")

#: What rounding the answer itself to three digits can cost at most (0.005 of 1.00).
ROUNDING = 0.005
#: A number that reading the page blurs by more than this is not worth asking for.
BLURRED = 0.1
#: A verdict is plain where a number is this many times as large as its limit, or as small.
PLAIN = 1.5


def number(
    dice: Dice,
    *,
    title: str,
    stem: str,
    asked: Read,
    right: str,
    otherwise: str,
    unit: str = "",
    mistakes: Sequence[tuple[Read, str]] = (),
) -> NumberQuestion:
    """Ask for a number; ``mistakes`` are what known slips give, and why, the likeliest first.

    The allowance is what the page rounds, carried through the arithmetic, and what rounding the
    answer costs.
    """
    allowance = _allowance(asked)
    if allowance > BLURRED * abs(asked.value):
        raise Unclear(f"{asked.value:g} can only be read to {allowance:g}")
    if allowance < _lost_by_two_digits(asked.value):
        stem += " (Three digits.)"
    if unit in ("%", "percentage points"):
        share = Read(asked.value / 100, asked.error / 100)
        mistakes = [
            *mistakes,
            (share, "This is a share of one. The answer is asked for in per cent."),
        ]
    slips: list[Slip] = []
    for wrong, why in mistakes:
        slip = Slip(wrong.value - _allowance(wrong), wrong.value + _allowance(wrong), why)
        if _touch(slip, asked.value - allowance, asked.value + allowance):
            raise Unclear(f"a mistake gives {wrong.value:g}, which is as good as right")
        # Two mistakes may give one number; then the likelier one is told.
        if not any(_touch(slip, other.low, other.high) for other in slips):
            slips.append(slip)
    return NumberQuestion(
        id=dice.id,
        where=dice.where,
        title=title,
        stem=stem,
        value=asked.value,
        allowance=allowance,
        unit=unit,
        right=right,
        otherwise=otherwise,
        slips=tuple(slips),
    )


def _lost_by_two_digits(value: float) -> float:
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - 1)


def _allowance(read: Read) -> float:
    return read.error + ROUNDING * abs(read.value)


def _touch(slip: Slip, low: float, high: float) -> bool:
    return slip.low <= high and slip.high >= low


def pick_one(
    dice: Dice, *, title: str, stem: str, choices: Sequence[Choice], explanation: str = ""
) -> ChoiceQuestion:
    """Ask for the one right statement."""
    right = sum(each.right for each in choices)
    if right != 1:
        raise Unclear(f"{right} of the choices are right")
    return _choices(dice, title, stem, choices, explanation, several=False)


def pick_all(
    dice: Dice, *, title: str, stem: str, choices: Sequence[Choice], explanation: str = ""
) -> ChoiceQuestion:
    """Ask for all right statements: at least one of them is right, and at least one is not."""
    right = sum(each.right for each in choices)
    if right in (0, len(choices)):
        raise Unclear(f"{right} of the choices are right")
    return _choices(dice, title, f"{stem} Choose all that apply.", choices, explanation, True)


def _choices(dice, title, stem, choices, explanation, several) -> ChoiceQuestion:
    return ChoiceQuestion(
        id=dice.id,
        where=dice.where,
        title=title,
        stem=stem,
        choices=dice.mixed(choices),
        several=several,
        explanation=explanation,
    )


def order(
    dice: Dice,
    *,
    title: str,
    stem: str,
    found: Mapping[str, float],
    right: str,
    otherwise: str,
    gap: float = 0.0,
    apart: float = 0.0,
) -> OrderQuestion:
    """Ask for settings in the order of what was found, the smallest first.

    Neighbours must differ at least by ``apart``, and by the share ``gap`` of the larger one.
    """
    steps = sorted(found, key=found.__getitem__)
    values = [found[step] for step in steps]
    for lower, upper in pairwise(values):
        if upper - lower < max(apart, gap * abs(upper)):
            raise Unclear(f"{lower:g} and {upper:g} are too near each other to be ranked")
    return OrderQuestion(
        id=dice.id,
        where=dice.where,
        title=title,
        stem=stem,
        steps=tuple(steps),
        right=right,
        otherwise=otherwise,
    )


def match(
    dice: Dice,
    *,
    title: str,
    stem: str,
    pairs: Sequence[tuple[str, str]],
    right: str,
    otherwise: str,
    extra: Sequence[str] = (),
) -> MatchQuestion:
    """Ask which right side belongs to which left side."""
    if len({side for _, side in pairs}) < len(pairs):
        raise Unclear("two settings come to the same")
    return MatchQuestion(
        id=dice.id,
        where=dice.where,
        title=title,
        stem=stem,
        pairs=dice.mixed(pairs),
        extra=tuple(extra),
        right=right,
        otherwise=otherwise,
    )


def plainly_below(value: float, limit: float, by: float = PLAIN) -> bool:
    """Return whether a number is below a limit; raises Unclear where a student could not be sure."""
    if limit / by < value < limit * by:
        raise Unclear(f"{value:g} is too near {limit:g}")
    return value < limit


def first_that(rising: Sequence[T], test: Callable[[T], bool]) -> T:
    """Return the first value that passes a test, by halving: from it on all do, before it none.

    Raises Unclear if each does, or none.
    """
    low, high = 0, len(rising)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if test(rising[middle]) else (middle + 1, high)
    if low in (0, len(rising)):
        raise Unclear("each is enough, or none")
    return rising[low]
