"""What an exercise calls to tell the reader how it went: in words, with the next hint.

    from immunolab import checks

    check = checks("checkpoints-1")
    check("weeks", weeks)

The answers are in the head of the exercise's source (``immunolab.exercises``).  Whatever is
handed over, the reply is a sentence and never a traceback: a wrong turn is no error of a program.
Only with ``IMMUNOLAB_STRICT=1`` in the environment does an answer that is not right raise, so that
tests, and nbgrader, notice.
"""

from __future__ import annotations

import difflib
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from immunolab.exercises import Exercise, allowance, exercise

#: Set to 1 where an answer that is not right must stop the notebook.
STRICT = "IMMUNOLAB_STRICT"


class NotRightYet(AssertionError):
    """In strict mode: an answer that is not right, or none."""


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and what to say; without words, the next hint is said."""

    right: bool
    words: str = ""


_NOT_YET = Verdict(False)


@dataclass
class Checker:
    """Replies to answers of one exercise; counts the misses of each check, for the hints."""

    exercise: Exercise
    _misses: Counter[str] = field(default_factory=Counter)

    def __call__(self, name: str, answer: Any) -> None:
        """Say how an answer went.  ``name`` is that of a check of this exercise."""
        verdict, words = self._reply(name, answer)
        print(f"{'✓' if verdict.right else '✗'} {name}: {words}")
        if not verdict.right and os.environ.get(STRICT) == "1":
            raise NotRightYet(f"{name}: {words}")

    def _reply(self, name: str, answer: Any) -> tuple[Verdict, str]:
        check = self.exercise.checks.get(str(name))
        if check is None:
            near = difflib.get_close_matches(str(name), self.exercise.checks, n=1, cutoff=0.0)
            return _NOT_YET, (
                "this exercise has no check of that name. It has "
                f"{', '.join(self.exercise.checks)}; did you mean {near[0]}?"
            )
        if answer is None or answer is Ellipsis:
            return _NOT_YET, "nothing to check yet. Replace the dots (...), and run the cell again."
        verdict = judge(check, answer)
        if verdict.right:
            return verdict, check["right"].strip()
        return verdict, verdict.words or self._next_hint(name, check)

    def _next_hint(self, name: str, check: Mapping[str, Any]) -> str:
        hints = [*check.get("hints", ()), check["otherwise"]]
        hint = hints[min(self._misses[name], len(hints) - 1)]
        self._misses[name] += 1
        return f"not yet. {hint.strip()}"


def checks(name: str) -> Checker:
    """Return what checks the answers of an exercise, or raise an ExerciseError."""
    return Checker(exercise(name))


# ------------------------------------------------------------------------------------ judging


def judge(check: Mapping[str, Any], answer: Any) -> Verdict:
    """Judge an answer by a check of an exercise's head; never raise."""
    kind = next(kind for kind in _JUDGES if kind in check)
    return _JUDGES[kind](check, answer)


def _number(check: Mapping[str, Any], answer: Any) -> Verdict:
    value = _as_number(answer)
    if isinstance(value, str):
        return Verdict(False, f"{value} A number is asked for{_in_unit(check)}.")
    return _compare(check, float(check["number"]), value)


def _compare(check: Mapping[str, Any], wanted: float, value: float) -> Verdict:
    # The last digits of a sum are nobody's mistake.
    if abs(value - wanted) <= allowance(check, wanted) * (1 + 1e-9):
        return Verdict(True)
    for mistake in check.get("mistakes", ()):
        if mistake["from"] <= value <= mistake["to"]:
            return Verdict(False, mistake["feedback"].strip())
    return _NOT_YET


def _calls(check: Mapping[str, Any], answer: Any) -> Verdict:
    if not callable(answer):
        return Verdict(False, f"this is {_what(answer)}. A function is asked for.")
    for number, call in enumerate(check["calls"]):
        given = ", ".join(f"{value:g}" for value in call["with"])
        value = _called(answer, call["with"])
        if isinstance(value, str):
            return Verdict(False, f"called with {given} it {value}")
        verdict = _compare(check if number == 0 else _bare(check), float(call["gives"]), value)
        if not verdict.right:
            return verdict if verdict.words else _NOT_YET
    return Verdict(True)


def _bare(check: Mapping[str, Any]) -> Mapping[str, Any]:
    """A check without its mistakes: they are known by what the first call gives."""
    return {"tolerance": check["tolerance"]}


def _called(function: Callable, arguments: Sequence[float]) -> float | str:
    try:
        value = function(*map(float, arguments))
    except Exception as error:  # whatever a learner's function raises is told, not raised
        return f"stops with {type(error).__name__}: {error}. Try that call in a cell of its own."
    if value is None or value is Ellipsis:
        return "returns nothing yet. Write what it should `return`."
    number = _as_number(value)
    return f"returns something else: {number}" if isinstance(number, str) else number


def _choice(check: Mapping[str, Any], answer: Any) -> Verdict:
    choices = check["choices"]
    if not isinstance(answer, str) or _plain(answer) not in map(_plain, choices):
        return Verdict(False, f"write one of these words, in quotes: {', '.join(choices)}.")
    return _words(check, _plain(answer), _plain(check["choice"]))


def _names(check: Mapping[str, Any], answer: Any) -> Verdict:
    listed = _as_words(answer)
    if isinstance(listed, str):
        return Verdict(False, f"{listed} A list of names is asked for.")
    return _words(check, sorted(set(listed)), sorted(map(_plain, check["names"])))


def _order(check: Mapping[str, Any], answer: Any) -> Verdict:
    listed = _as_words(answer)
    if isinstance(listed, str):
        return Verdict(False, f"{listed} A list of names is asked for, in order.")
    wanted = [*map(_plain, check["order"])]
    if sorted(listed) != sorted(wanted):
        return Verdict(False, f"name each of these once: {', '.join(sorted(check['order']))}.")
    return _words(check, listed, wanted)


def _words(check: Mapping[str, Any], given: str | list, wanted: str | list) -> Verdict:
    if given == wanted:
        return Verdict(True)
    for mistake in check.get("mistakes", ()):
        known = mistake["is"]
        known = _plain(known) if isinstance(known, str) else [*map(_plain, known)]
        if given in (known, sorted(known) if "names" in check else known):
            return Verdict(False, mistake["feedback"].strip())
    return _NOT_YET


_JUDGES = {
    "number": _number,
    "calls": _calls,
    "choice": _choice,
    "names": _names,
    "order": _order,
}


# ------------------------------------------------------------------------------------ reading


def _as_number(answer: Any) -> float | str:
    """Return an answer as a number, or say why it is none."""
    if isinstance(answer, bool | np.bool_ | str) or callable(answer):
        return f"this is {_what(answer)}."
    values = np.asarray(answer, dtype=object).ravel()
    if values.size != 1:
        return f"this is {values.size} values, not one."
    try:
        value = float(values[0])
    except (TypeError, ValueError):
        return f"this is {_what(values[0])}."
    return value if np.isfinite(value) else f"this is {value}."


def _as_words(answer: Any) -> list[str] | str:
    """Return an answer as a list of words, or say why it is none."""
    if isinstance(answer, str) or not isinstance(answer, Sequence | set | frozenset | np.ndarray):
        listed = getattr(answer, "tolist", None)  # a column of a table
        if listed is None:
            return f"this is {_what(answer)}."
        answer = listed()
    return [_plain(str(word)) for word in answer]


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()


def _in_unit(check: Mapping[str, Any]) -> str:
    return f", in {check['unit']}" if check["unit"] else ""


def _what(answer: Any) -> str:
    if callable(answer):
        return "a function (did you forget the brackets that call it?)"
    if isinstance(answer, str):
        return f"text, {answer[:40]!r}"
    if isinstance(answer, bool | np.bool_):
        return f"{answer}"
    return f"of the type {type(answer).__name__}"
