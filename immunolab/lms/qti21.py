"""QTI 2.1, an open format that TAO, OpenOlat, ONYX, Blackboard and others read: items and a test.

How each kind of question travels:

- **Choice** (``choiceInteraction``).  Of several right choices each gives its share of the point,
  and a wrong one takes the share of a wrong one away; never below nothing.
- **Number** (``textEntryInteraction``), right within the allowance; a known mistake shows its
  feedback and gives nothing.
- **Order** (``orderInteraction``): all or nothing, for QTI has no simple way to mark a part.
- **Match** (``matchInteraction``): each pair gives its share.

Feedback is ``modalFeedback``, shown after an answer, and the explanation with the reasons of rows
after any.  Hints would need an adaptive item, which few platforms run: they stay in the book.
Choices ask to be mixed; steps and right sides stand mixed in the file as well, under names that
tell nothing.  Formulas are MathML.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from xml.etree import ElementTree
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
from immunolab.lms.text import afterwards, asked, digits, paragraphs, plain, rounded, xhtml

_QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_SCHEMA = "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1p2.xsd"
_PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
_INSTANCE = {
    "xmlns": _QTI,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{_QTI} {_SCHEMA}",
}

_RESPONSE, _SCORE, _FEEDBACK, _AFTER = "RESPONSE", "SCORE", "FEEDBACK", "AFTER"
_RIGHT, _OTHERWISE, _SAID = "right", "otherwise", "said"


def file(questions: QuestionSet, items: list[Element]) -> bytes:
    """Return a package with one file for each item, and a test of them all."""
    paths = {f"items/{each.get('identifier')}.xml": each for each in items}
    files = {path: document(each, lines=False) for path, each in paths.items()}
    files["test.xml"] = document(_test(questions, paths))
    files["imsmanifest.xml"] = document(_manifest(questions, paths))
    return archive(files)


def item(question: Question) -> Element:
    """Return a question as an item. Raises an ExportError for what cannot be shown."""
    match question:
        case ChoiceQuestion():
            own = _choices(question)
        case NumberQuestion():
            own = _number(question)
        case OrderQuestion():
            own = _order(question)
        case MatchQuestion():
            own = _match(question)
    response, interaction, rules, feedbacks = own
    # Of several choices, each that was ticked has its feedback.
    several = isinstance(question, ChoiceQuestion) and question.several
    outcomes = [
        _declared(_SCORE, "float", _values("defaultValue", ["0"])),
        _declared(_FEEDBACK, "identifier", cardinality="multiple" if several else "single"),
        _declared(_AFTER, "identifier"),
    ]
    shown = [_shown(_FEEDBACK, name, paragraphs(xhtml, said)) for name, said in feedbacks]
    if after := afterwards(question, xhtml):
        rules = [*rules, _set(_AFTER, _base("identifier", _SAID))]
        shown.append(_shown(_AFTER, _SAID, after))
    made = element(
        "assessmentItem",
        response,
        *outcomes,
        element("itemBody", *_parsed(asked(question, xhtml)), interaction),
        element("responseProcessing", *rules),
        *shown,
        identifier=question.id,
        title=plain(question.title),
        adaptive="false",
        timeDependent="false",
    )
    made.attrib.update(_INSTANCE)
    return made


# What a kind of question gives: its response, its interaction, its rules, its feedbacks by name.
_Own = tuple[Element, Element, list[Element], list[tuple[str, str]]]


def _choices(question: ChoiceQuestion) -> _Own:
    named = list(zip(_names("choice", question.choices), question.choices, strict=True))
    right = [name for name, choice in named if choice.right]
    wrong = [name for name, choice in named if not choice.right]
    shares = dict.fromkeys(right, _share(right)) | dict.fromkeys(wrong, f"-{_share(wrong)}")
    response = _declared(
        _RESPONSE,
        "identifier",
        _values("correctResponse", right),
        *([_mapping(shares)] if question.several else []),
        cardinality="multiple" if question.several else "single",
    )
    interaction = element(
        "choiceInteraction",
        *(_choice("simpleChoice", name, choice.text) for name, choice in named),
        responseIdentifier=_RESPONSE,
        shuffle="true",
        maxChoices="0" if question.several else "1",
    )
    rules = [_marked(in_parts=question.several), _set(_FEEDBACK, _variable(_RESPONSE))]
    return response, interaction, rules, [(name, choice.feedback) for name, choice in named]


def _number(question: NumberQuestion) -> _Own:
    numbers = rounded(question)
    response = _declared(_RESPONSE, "float", _values("correctResponse", [digits(numbers.value)]))
    # An interaction for one line stands inside a paragraph.
    interaction = element(
        "p", element("textEntryInteraction", responseIdentifier=_RESPONSE, expectedLength="12")
    )
    key = _between(numbers.low, numbers.high)
    point = _set(_SCORE, _base("float", "1"))
    branches = [element("responseIf", key, point, _feedback(_RIGHT))]
    feedbacks = [(_RIGHT, question.right)]
    names = _names("slip", numbers.slips)
    for name, (low, high, said) in zip(names, numbers.slips, strict=True):
        branches.append(element("responseElseIf", _between(low, high), _feedback(name)))
        feedbacks.append((name, said))
    branches.append(element("responseElse", _feedback(_OTHERWISE)))
    feedbacks.append((_OTHERWISE, question.otherwise))
    return response, interaction, [element("responseCondition", *branches)], feedbacks


def _order(question: OrderQuestion) -> _Own:
    names = dict(zip(question.mixed, _names("step", question.steps), strict=True))
    right = [names[place] for place in range(len(question.steps))]
    response = _declared(
        _RESPONSE, "identifier", _values("correctResponse", right), cardinality="ordered"
    )
    interaction = element(
        "orderInteraction",
        *(_choice("simpleChoice", names[step], question.steps[step]) for step in question.mixed),
        responseIdentifier=_RESPONSE,
        shuffle="true",
    )
    return response, interaction, [_marked(says=True)], _verdicts(question)


def _match(question: MatchQuestion) -> _Own:
    lefts = _names("left", question.pairs)
    rights = dict(zip(question.mixed, _names("right", question.rights), strict=True))
    pairs = [f"{left} {rights[place]}" for place, left in enumerate(lefts)]
    response = _declared(
        _RESPONSE,
        "directedPair",
        _values("correctResponse", pairs),
        _mapping(dict.fromkeys(pairs, _share(pairs))),
        cardinality="multiple",
    )
    first = [
        _choice("simpleAssociableChoice", name, left, matchMax="1")
        for name, (left, _) in zip(lefts, question.pairs, strict=True)
    ]
    # Whoever uses one right side twice should be able to: 0 is without a limit.
    second = [
        _choice("simpleAssociableChoice", rights[place], question.rights[place], matchMax="0")
        for place in question.mixed
    ]
    interaction = element(
        "matchInteraction",
        element("simpleMatchSet", *first),
        element("simpleMatchSet", *second),
        responseIdentifier=_RESPONSE,
        shuffle="true",
        maxAssociations=str(len(pairs)),
    )
    return response, interaction, [_marked(in_parts=True, says=True)], _verdicts(question)


# ------------------------------------------------------------------------------------ pieces


def _names(kind: str, of: Sequence) -> list[str]:
    return [f"{kind}-{number}" for number in range(1, len(of) + 1)]


def _declared(name: str, kind: str, *content: Element, cardinality: str = "single") -> Element:
    tag = "responseDeclaration" if name == _RESPONSE else "outcomeDeclaration"
    return element(tag, *content, identifier=name, cardinality=cardinality, baseType=kind)


def _values(tag: str, values: Iterable[str]) -> Element:
    return element(tag, *(element("value", value) for value in values))


def _mapping(worth: dict[str, str]) -> Element:
    entries = (element("mapEntry", mapKey=key, mappedValue=value) for key, value in worth.items())
    return element("mapping", *entries, lowerBound="0", defaultValue="0")


def _between(low: Decimal, high: Decimal) -> Element:
    """Return the condition that the number given is in a range, ends included."""
    return element(
        "and",
        element("gte", _variable(_RESPONSE), _base("float", digits(low))),
        element("lte", _variable(_RESPONSE), _base("float", digits(high))),
    )


def _share(of: Sequence) -> str:
    return f"{1 / max(len(of), 1):.6f}"


def _marked(in_parts: bool = False, says: bool = False) -> Element:
    """Return the rule that gives the point for all that is right, and feedback if it ``says`` so.

    ``in_parts`` it gives what the mapping gives for less.  To map no response at all is left out:
    platforms do not agree on what it comes to.
    """

    def says_so(name: str) -> list[Element]:
        return [_feedback(name)] if says else []

    key = element("match", _variable(_RESPONSE), _correct())
    point = _set(_SCORE, _base("float", "1"))
    branches = [element("responseIf", key, point, *says_so(_RIGHT))]
    if in_parts:
        given = element("not", element("isNull", _variable(_RESPONSE)))
        part = _set(_SCORE, element("mapResponse", identifier=_RESPONSE))
        branches.append(element("responseElseIf", given, part, *says_so(_OTHERWISE)))
    if says:
        branches.append(element("responseElse", *says_so(_OTHERWISE)))
    return element("responseCondition", *branches)


def _verdicts(question: OrderQuestion | MatchQuestion) -> list[tuple[str, str]]:
    return [(_RIGHT, question.right), (_OTHERWISE, question.otherwise)]


def _variable(name: str) -> Element:
    return element("variable", identifier=name)


def _correct() -> Element:
    return element("correct", identifier=_RESPONSE)


def _base(kind: str, value: str) -> Element:
    return element("baseValue", value, baseType=kind)


def _set(name: str, value: Element) -> Element:
    return element("setOutcomeValue", value, identifier=name)


def _feedback(name: str) -> Element:
    return _set(_FEEDBACK, _base("identifier", name))


def _choice(tag: str, name: str, text: str, **attributes: str) -> Element:
    return element(tag, *_parsed(xhtml(text)), identifier=name, **attributes)


def _shown(outcome: str, name: str, said: str) -> Element:
    """Return what is shown, in paragraphs, when an outcome has this value."""
    return element(
        "modalFeedback",
        *_parsed(said),
        outcomeIdentifier=outcome,
        identifier=name,
        showHide="show",
    )


def _parsed(markup: str) -> list[Element | str]:
    """Return markup as texts and elements; a formula says itself that it is MathML."""
    whole = ElementTree.fromstring(f"<all>{markup}</all>")
    for each in whole.iter():
        namespace, _, name = each.tag.rpartition("}")
        each.tag = name
        if namespace and name == "math":
            each.set("xmlns", namespace.lstrip("{"))
    return [whole.text or "", *whole]


# ------------------------------------------------------------------------------------ the package


def _test(questions: QuestionSet, paths: Iterable[str]) -> Element:
    references = (
        element("assessmentItemRef", identifier=_identifier(path), href=path) for path in paths
    )
    section = element(
        "assessmentSection",
        *references,
        identifier="section",
        title=questions.title,
        visible="true",
    )
    part = element(
        "testPart",
        section,
        identifier="part",
        navigationMode="nonlinear",
        submissionMode="individual",
    )
    total = element("sum", element("testVariables", variableIdentifier=_SCORE))
    made = element(
        "assessmentTest",
        _declared(_SCORE, "float", _values("defaultValue", ["0"])),
        part,
        element("outcomeProcessing", _set(_SCORE, total)),
        identifier=questions.id,
        title=questions.title,
    )
    made.attrib.update(_INSTANCE)
    return made


def _manifest(questions: QuestionSet, paths: Iterable[str]) -> Element:
    paths = list(paths)
    test = _resource("imsqti_test_xmlv2p1", f"{questions.id}-test", "test.xml")
    test.extend(element("dependency", identifierref=_identifier(path)) for path in paths)
    return element(
        "manifest",
        element(
            "metadata",
            element("schema", "QTIv2.1 Package"),
            element("schemaversion", "1.0.0"),
        ),
        element("organizations"),
        element(
            "resources",
            test,
            *(_resource("imsqti_item_xmlv2p1", _identifier(path), path) for path in paths),
        ),
        identifier=f"{questions.id}-package",
        xmlns=_PACKAGE,
    )


def _resource(kind: str, name: str, path: str) -> Element:
    return element("resource", element("file", href=path), identifier=name, type=kind, href=path)


def _identifier(path: str) -> str:
    return path.removeprefix("items/").removesuffix(".xml")
