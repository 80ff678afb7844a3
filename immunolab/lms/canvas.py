"""QTI 1.2 as Canvas reads it: a zip, imported under *Settings > Import Course Content*.

The shape is that of Canvas's own exports; what it makes of a file was read in its importer.  How
each kind of question travels:

- **Choice**: one right (``multiple_choice_question``) or several (``multiple_answers_question``),
  each choice with its feedback.
- **Number** (``numerical_question``): the key and its margin.  Canvas takes *every* condition on a
  number for a right answer, whatever score it sets, so that known mistakes must not be conditions.
  They are told in words to everyone whose answer is wrong, each with its range.
- **Order**: Canvas's classic quizzes have none.  It becomes a match of steps to their places.
- **Match** (``matching_question``): each left side's reason is shown to who missed it.  The menu
  shows plain text.

An explanation is shown after any answer.  Canvas has no hints: they stay in the book.  Canvas gives
part of the point where part is right, and mixes choices, since the quiz asks it to.  Formulas stay
LaTeX, which Canvas sets with MathJax.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from immunolab.lms.files import archive, document, element
from immunolab.lms.question import (
    ChoiceQuestion,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    Question,
    QuestionSet,
)
from immunolab.lms.text import asked, digits, html, known_mistakes, menu, paragraphs, plain, rounded

_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
_CANVAS = "http://canvas.instructure.com/xsd/cccv1p0"
_LEARNING_OBJECT = "associatedcontent/imscc_xmlv1p1/learning-application-resource"

# Canvas finds these by name, and a choice's feedback by the choice's number.
_AFTER, _RIGHT, _WRONG = "general_fb", "correct_fb", "general_incorrect_fb"
_FIRST_NUMBER = 1000  # Canvas numbers answers itself, and wants numbers


def file(questions: QuestionSet, items: list[Element]) -> bytes:
    """Return a package with one quiz."""
    quiz = f"{questions.id}/{questions.id}.xml"
    about = f"{questions.id}/assessment_meta.xml"
    return archive(
        {
            "imsmanifest.xml": document(_manifest(questions, quiz, about)),
            quiz: document(_quiz(questions, items)),
            about: document(_about(questions)),
        }
    )


def item(question: Question) -> Element:
    """Return a question as Canvas's item. Raises an ExportError for what Canvas cannot show."""
    match question:
        case ChoiceQuestion():
            kind = "multiple_answers_question" if question.several else "multiple_choice_question"
            own = _choices(question)
        case NumberQuestion():
            kind, own = "numerical_question", _number(question)
        case OrderQuestion():
            kind, own = "matching_question", _order(question)
        case MatchQuestion():
            kind, own = "matching_question", _match(question)
    responses, conditions, feedbacks = own
    if question.explanation:
        conditions = [_condition(element("other"), shows=_AFTER), *conditions]
        feedbacks = [(_AFTER, paragraphs(html, question.explanation)), *feedbacks]
    score = element("decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    return element(
        "item",
        _metadata({"question_type": kind, "points_possible": "1.0"}, inside="itemmetadata"),
        element("presentation", _material(asked(question, html)), *responses),
        element("resprocessing", element("outcomes", score), *conditions),
        *(
            element("itemfeedback", element("flow_mat", _material(said)), ident=name)
            for name, said in feedbacks
        ),
        ident=question.id,
        title=plain(question.title),
    )


# What a kind of question gives: its fields, its conditions, and its feedbacks by name.
_Own = tuple[list[Element], list[Element], list[tuple[str, str]]]


def _choices(question: ChoiceQuestion) -> _Own:
    numbered = list(_numbered(question.choices))
    labels = [_label(number, _material(html(choice.text))) for number, choice in numbered]
    # The order counts: a condition that only shows a feedback also sets a choice's weight to 0.
    conditions = [_condition(_chosen(number), shows=f"{number}_fb") for number, _ in numbered]
    right = [_chosen(number) for number, choice in numbered if choice.right]
    if question.several:
        wrong = [_chosen(number) for number, choice in numbered if not choice.right]
        right = [element("and", *right, *(element("not", each) for each in wrong))]
    conditions.append(_condition(*right, score="100", goes_on=False))
    field = element(
        "response_lid",
        element("render_choice", *labels),
        ident="response1",
        rcardinality="Multiple" if question.several else "Single",
    )
    feedbacks = [(f"{n}_fb", paragraphs(html, choice.feedback)) for n, choice in numbered]
    return [field], conditions, feedbacks


def _number(question: NumberQuestion) -> _Own:
    numbers = rounded(question)
    key = element(
        "or",
        element("varequal", digits(numbers.value), respident="response1"),
        element(
            "and",
            element("vargte", digits(numbers.low), respident="response1"),
            element("varlte", digits(numbers.high), respident="response1"),
        ),
    )
    field = element(
        "response_str",
        element("render_fib", element("response_label", ident="answer1"), fibtype="Decimal"),
        ident="response1",
        rcardinality="Single",
    )
    otherwise = paragraphs(html, question.otherwise) + known_mistakes(question, html)
    return (
        [field],
        [
            _condition(key, score="100", shows=_RIGHT, goes_on=False),
            _condition(element("other"), shows=_WRONG),
        ],
        [(_RIGHT, paragraphs(html, question.right)), (_WRONG, otherwise)],
    )


def _order(question: OrderQuestion) -> _Own:
    places = [str(place) for place in range(1, len(question.steps) + 1)]
    rows = [
        (question.steps[step], places[step], question.reasons[step] if question.reasons else "")
        for step in question.mixed
    ]
    return _rows(question, rows, places)


def _match(question: MatchQuestion) -> _Own:
    words = menu(question)
    reasons = question.reasons or [""] * len(question.pairs)
    lefts = [left for left, _ in question.pairs]
    rows = list(zip(lefts, words[: len(lefts)], reasons, strict=True))
    return _rows(question, rows, [words[place] for place in question.mixed])


def _rows(
    question: OrderQuestion | MatchQuestion, rows: Sequence[tuple[str, str, str]], words: list[str]
) -> _Own:
    """Return rows of a left side, what belongs to it, and why; each with the same menu."""
    share = digits((Decimal(100) / len(rows)).quantize(Decimal("0.01")))
    numbers = {word: number for number, word in _numbered(words)}
    fields, conditions, feedbacks = [], [], []
    for number, (left, right, reason) in _numbered(rows, after=len(words)):
        labels = [_label(n, element("material", element("mattext", w))) for w, n in numbers.items()]
        name = f"response_{number}"
        choice = element("render_choice", *labels)
        fields.append(element("response_lid", _material(html(left)), choice, ident=name))
        conditions.append(_condition(_chosen(numbers[right], name), adds=share))
        if reason:
            missed = element("not", _chosen(numbers[right], name))
            conditions.append(_condition(missed, shows=f"{number}_fb"))
            feedbacks.append((f"{number}_fb", paragraphs(html, reason)))
    feedbacks.append((_RIGHT, paragraphs(html, question.right)))
    feedbacks.append((_WRONG, paragraphs(html, question.otherwise)))
    return fields, conditions, feedbacks


# ------------------------------------------------------------------------------------ pieces


def _numbered(of: Iterable, after: int = 0) -> Iterable[tuple[str, Any]]:
    """Return things with numbers for names, going on ``after`` so many that have theirs."""
    return ((str(n), each) for n, each in enumerate(of, _FIRST_NUMBER + after))


def _label(number: str, material: Element) -> Element:
    return element("response_label", material, ident=number)


def _chosen(number: str, field: str = "response1") -> Element:
    return element("varequal", number, respident=field)


def _condition(
    *tests: Element, score: str = "", adds: str = "", shows: str = "", goes_on: bool = True
) -> Element:
    """Return a condition, what it does to the score, and the feedback that it shows."""
    then = []
    if score or adds:
        action = "Set" if score else "Add"
        then.append(element("setvar", score or adds, action=action, varname="SCORE"))
    if shows:
        then.append(element("displayfeedback", feedbacktype="Response", linkrefid=shows))
    meets = element("conditionvar", *tests)
    return element("respcondition", meets, *then, continue_="Yes" if goes_on else "No")


def _material(content: str) -> Element:
    return element("material", element("mattext", content, texttype="text/html"))


def _metadata(fields: dict[str, str], inside: str = "") -> Element:
    made = element(
        "qtimetadata",
        *(
            element("qtimetadatafield", element("fieldlabel", name), element("fieldentry", value))
            for name, value in fields.items()
        ),
    )
    return element(inside, made) if inside else made


# ------------------------------------------------------------------------------------ the package


def _quiz(questions: QuestionSet, items: list[Element]) -> Element:
    section = element("section", *items, ident="root_section")
    tries = _metadata({"cc_maxattempts": "1" if questions.graded else "unlimited"})
    quiz = element("assessment", tries, section, ident=questions.id, title=questions.title)
    return element("questestinterop", quiz, xmlns=_QTI)


def _about(questions: QuestionSet) -> Element:
    """Return what Canvas is told of the quiz; it stays unpublished until a teacher publishes it."""
    told = {
        "title": questions.title,
        "description": "",
        "shuffle_answers": "true",
        "scoring_policy": "keep_highest",
        "quiz_type": "assignment" if questions.graded else "practice_quiz",
        "points_possible": f"{len(questions.questions):.1f}",
        # A class that is shown the key passes it on to the next.
        "show_correct_answers": "false" if questions.graded else "true",
        "allowed_attempts": "1" if questions.graded else "-1",
        "available": "false",
    }
    inside = (element(name, value) for name, value in told.items())
    return element("quiz", *inside, identifier=questions.id, xmlns=_CANVAS)


def _manifest(questions: QuestionSet, quiz: str, about: str) -> Element:
    named = f"{questions.id}-about"
    return element(
        "manifest",
        element("metadata", element("schema", "IMS Content"), element("schemaversion", "1.1.3")),
        element("organizations"),
        element(
            "resources",
            element(
                "resource",
                element("file", href=quiz),
                element("dependency", identifierref=named),
                identifier=questions.id,
                type="imsqti_xmlv1p2",
            ),
            element(
                "resource",
                element("file", href=about),
                identifier=named,
                type=_LEARNING_OBJECT,
                href=about,
            ),
        ),
        identifier=f"{questions.id}-package",
        xmlns=_PACKAGE,
    )
