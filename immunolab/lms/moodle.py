"""Moodle XML, which Moodle reads under *Question bank > Import*.

How each kind of question travels, and what Moodle makes of it:

- **Choice** (``multichoice``).  Of several right choices each gives its share of the point, and a
  wrong one takes the share of a wrong one away, so ticking everything gives nothing.  Moodle knows
  a fixed list of shares, so that eleven right or eleven wrong choices cannot be carried.
- **Number** (``numerical``).  The key first, then known mistakes at 0 %, each with its feedback,
  then ``*`` for every other answer: Moodle takes the first that fits.  A unit may be typed or left
  out; it is not marked.
- **Order** (``ordering``), a part of Moodle since 4.4 and a plugin before.  Moodle finds the order
  in the file, so the steps are in the right one there; Moodle itself mixes them for each student.
  Each step in its place gives its share.
- **Match** (``match``).  The menu shows plain text, and Moodle reads it as HTML.

Moodle has no place for the reason of a step or a pair, nor for an explanation: they are the
*general feedback*, which a student sees after any answer.  Hints are shown one after each miss if
the quiz behaves as "Interactive with multiple tries"; each further try costs a third of a point.
Choices are mixed if the quiz shuffles within questions, which it does unless told otherwise.
"""

from __future__ import annotations

from decimal import Decimal
from html import escape
from xml.etree.ElementTree import Element

from immunolab.lms.files import document, element
from immunolab.lms.question import (
    ChoiceQuestion,
    ExportError,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    Question,
    QuestionSet,
)
from immunolab.lms.text import afterwards, asked, digits, html, menu, paragraphs, plain, rounded

_MOST_SHARES = 10  # the last of Moodle's shares that divides a point evenly
_LONGEST_UNIT = 50  # of what Moodle's table of units holds
_OPTIONAL, _TYPED = "0", "0"  # a unit is not marked, and stands in the same field as the number


def file(questions: QuestionSet, items: list[Element]) -> bytes:
    """Return a Moodle XML file; its questions come into a category of their own."""
    # A stroke parts a category from the one inside it; one that belongs to the name is doubled.
    category = f"$course$/top/{questions.title.replace('/', '//')}"
    head = element("question", element("category", _text(category)), type="category")
    return document(element("quiz", head, *items))


def item(question: Question) -> Element:
    """Return a question as Moodle's element. Raises an ExportError for what Moodle cannot show."""
    match question:
        case ChoiceQuestion():
            kind, own = "multichoice", _choices(question)
        case NumberQuestion():
            kind, own = "numerical", _number(question)
        case OrderQuestion():
            kind, own = "ordering", _order(question)
        case MatchQuestion():
            kind, own = "match", _match(question)
    return element(
        "question",
        element("name", _text(plain(question.title))),
        _html("questiontext", asked(question, html)),
        _html("generalfeedback", afterwards(question, html)),
        element("defaultgrade", "1"),
        element("penalty", "0.3333333"),
        element("hidden", "0"),
        element("idnumber", question.id),
        *own,
        *(_html("hint", paragraphs(html, hint)) for hint in question.hints),
        type=kind,
    )


def _choices(question: ChoiceQuestion) -> list[Element]:
    right = sum(choice.right for choice in question.choices)
    wrong = len(question.choices) - right
    if max(right, wrong) > _MOST_SHARES and question.several:
        raise ExportError(f"more than {_MOST_SHARES} choices share a point. Leave some out.")
    share = {True: _percent(right), False: f"-{_percent(wrong)}" if question.several else "0"}
    return [
        element("single", str(not question.several).lower()),
        element("shuffleanswers", "true"),
        element("answernumbering", "abc"),
        *(
            _answer(html(choice.text), share[choice.right], choice.feedback, "html")
            for choice in question.choices
        ),
    ]


def _number(question: NumberQuestion) -> list[Element]:
    if len(question.unit) > _LONGEST_UNIT:
        raise ExportError(f"the unit is longer than {_LONGEST_UNIT} letters. Shorten it.")
    numbers = rounded(question)
    answers = [(numbers.value, numbers.allowance, "100", question.right)]
    for low, high, said in numbers.slips:
        answers.append(((low + high) / 2, (high - low) / 2, "0", said))
    elements = [
        _answer(digits(middle), share, feedback, "plain_text", element("tolerance", digits(half)))
        for middle, half, share, feedback in answers
    ]
    elements.append(
        _answer("*", "0", question.otherwise, "plain_text", element("tolerance", "0")),
    )
    if question.unit:
        unit = element("unit", element("multiplier", "1"), element("unit_name", question.unit))
        elements += [
            element("units", unit),
            element("unitgradingtype", _OPTIONAL),
            element("showunits", _TYPED),
        ]
    return elements


def _order(question: OrderQuestion) -> list[Element]:
    return [
        element("layouttype", "VERTICAL"),
        element("selecttype", "ALL"),
        element("selectcount", "0"),
        element("gradingtype", "ABSOLUTE_POSITION"),
        element("showgrading", "SHOW"),
        element("numberingstyle", "none"),
        *_combined(question),
        *(
            element("answer", _text(html(step)), fraction=str(place), format="html")
            for place, step in enumerate(question.steps, 1)
        ),
    ]


def _match(question: MatchQuestion) -> list[Element]:
    lefts = [left for left, _ in question.pairs] + [""] * len(question.extra)
    return [
        element("shuffleanswers", "true"),
        *_combined(question),
        *(
            element(
                "subquestion",
                _text(html(left)),
                element("answer", _text(escape(word, quote=False))),
                format="html",
            )
            for left, word in zip(lefts, menu(question), strict=True)
        ),
    ]


def _combined(question: OrderQuestion | MatchQuestion) -> list[Element]:
    return [
        _html("correctfeedback", paragraphs(html, question.right)),
        _html("partiallycorrectfeedback", paragraphs(html, question.otherwise)),
        _html("incorrectfeedback", paragraphs(html, question.otherwise)),
        element("shownumcorrect"),
    ]


def _answer(text: str, share: str, feedback: str, form: str, *more: Element) -> Element:
    said = _html("feedback", paragraphs(html, feedback))
    return element("answer", _text(text), said, *more, fraction=share, format=form)


def _percent(shares: int) -> str:
    """Return the share of one among so many, with the digits that Moodle's own list has."""
    return digits((Decimal(100) / max(shares, 1)).quantize(Decimal("0.00001")))


def _html(tag: str, content: str) -> Element:
    return element(tag, _text(content), format="html")


def _text(content: str) -> Element:
    return element("text", content)
