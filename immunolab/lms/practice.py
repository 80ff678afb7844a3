"""The practice questions of the book, as questions that can travel.

All of an item travels: each choice's feedback (also where it answers a misconception), hints and
explanation.  Only a prediction stays at home: it has no right answer, so no platform can mark it.
"""

from __future__ import annotations

import re
from functools import cache

from immunolab.bank import Item, allowance
from immunolab.lms.question import (
    Choice,
    ChoiceQuestion,
    ExportError,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    Question,
    Slip,
)
from immunolab.places import sections

_QUIZ = re.compile(r'\bquiz\("[\w-]+", section="([\w-]+)"\)')


def question_of(item: Item) -> Question:
    """Return an item of the question bank as a question.

    Raises an ExportError, with file, line and item, for a prediction.
    """
    if not item.graded:
        raise ExportError(
            f"{item.where}: a prediction has no right answer, so a platform cannot mark it. "
            "Ask it in the book."
        )
    common = {
        "id": item.id,
        "title": f"{item.id}: {item.section.replace('-', ' ')}",
        "stem": _text(item.stem),
        "where": item.where,
        "explanation": _text(item.content.get("explain", "")),
        "place": _places(item.chapter).get(item.section, ""),
        "hints": tuple(map(_text, item.content.get("hints", []))),
    }
    return _MAKERS[item.type](item, common)


def _choice(item: Item, common: dict) -> ChoiceQuestion:
    choices = tuple(
        Choice(_text(each["text"]), each.get("correct", False), _text(each["feedback"]))
        for each in item.choices
    )
    return ChoiceQuestion(**common, choices=choices, several=item.type == "multiple")


def _number(item: Item, common: dict) -> NumberQuestion:
    answer = item.content["answer"]
    slips = tuple(
        Slip(float(each["from"]), float(each["to"]), _text(each["feedback"]))
        for each in item.content.get("mistakes", [])
    )
    return NumberQuestion(
        **common,
        value=float(answer["value"]),
        allowance=allowance(answer),
        unit=answer["unit"],
        right=_text(item.content["right"]),
        otherwise=_text(item.content["otherwise"]),
        slips=slips,
    )


def _order(item: Item, common: dict) -> OrderQuestion:
    return OrderQuestion(
        **common,
        steps=tuple(_text(step["text"]) for step in item.choices),
        right="Yes. Every step is in its place.",
        otherwise="Not every step is in its place yet.",
        reasons=tuple(_text(step["feedback"]) for step in item.choices),
    )


def _match(item: Item, common: dict) -> MatchQuestion:
    return MatchQuestion(
        **common,
        pairs=tuple((_text(pair["left"]), _text(pair["right"])) for pair in item.choices),
        extra=tuple(map(_text, item.content.get("extra", []))),
        right="Yes. Every line has found its partner.",
        otherwise="Not every line has found its partner yet.",
        reasons=tuple(_text(pair["feedback"]) for pair in item.choices),
    )


_MAKERS = {
    "single": _choice,
    "multiple": _choice,
    "numeric": _number,
    "order": _order,
    "match": _match,
}


@cache
def _places(chapter: str) -> dict[str, str]:
    """Return where on the chapter's page each group of questions stands: its headings.

    Some stems speak of "the lab above": outside the book, somebody must say which.
    """
    found: dict[str, str] = {}
    heads: dict[int, str] = {}
    for part in sections(f"chapters/{chapter}"):
        level = len(part.source) - len(part.source.lstrip("#"))
        heads = {at: head for at, head in heads.items() if at < level} | {level: part.heading}
        for group in _QUIZ.findall(part.source):
            found[group] = " › ".join(("Escape Routes", *heads.values()))
    return found


def _text(text: str) -> str:
    return " ".join(text.split())
