"""QTI 2.1, sat like an exam in Pyslet: it reads our items, is given answers, and marks them.

Pyslet is an implementation of QTI by the editor of its first versions.  It refuses elements in the
wrong place, runs the rules of an item, and says which feedback is shown.  The schema of QTI itself
can be had from its publisher only, not as a package, so that no test holds a file against it.
"""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

import pytest
from pyslet.qtiv2.core import QTIValidityError
from pyslet.qtiv2.variables import ItemSessionState
from pyslet.qtiv2.xml import QTIDocument
from samples import HARD, NASTY, READ, texts

from immunolab.lms.formats import FORMATS
from immunolab.lms.question import (
    ChoiceQuestion,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    QuestionSet,
)
from immunolab.lms.text import plain

# Pyslet warns of names that it has renamed, and goes on using them.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pyslet")

QTI = FORMATS["qti21"]
MATHML = "{http://www.w3.org/1998/Math/MathML}"


def files(questions: QuestionSet) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(QTI.write(questions))) as opened:
        return {path: opened.read(path) for path in opened.namelist()}


class Sitting:
    """An item in front of somebody who answers it by the words on the screen."""

    def __init__(self, item: bytes):
        document = QTIDocument()
        document.read(src=io.BytesIO(item))
        self.state = ItemSessionState(document.root)
        self.state.begin_session()
        self.root = ElementTree.fromstring(item)
        for element in self.root.iter():
            element.tag = element.tag.replace("{http://www.imsglobal.org/xsd/imsqti_v2p1}", "")
        tags = ("simpleChoice", "simpleAssociableChoice")
        self.shown = {
            each.get("identifier"): read(each) for tag in tags for each in self.root.iter(tag)
        }

    def answer(self, given) -> tuple[float, list[str]]:
        """Return the score, and the feedbacks that are shown, in the order of the file."""
        self.state["RESPONSE"].set_value(given)
        self.state.end_attempt()
        shown = [
            read(each)
            for each in self.root.iter("modalFeedback")
            if each.get("identifier") in self._said(each.get("outcomeIdentifier"))
        ]
        return self.state["SCORE"].value, shown

    def _said(self, outcome: str) -> list[str]:
        value = self.state[outcome].value
        return [value] if isinstance(value, str) else list(value or [])

    def named(self, *words: str) -> list[str]:
        """Return the names of what is on the screen with these words."""
        names = {text: name for name, text in self.shown.items()}
        return [names[word] for word in words]

    @property
    def key(self):
        """The answer that the file gives as correct, in the order of the file."""
        return [
            each.text for each in self.root.iterfind("responseDeclaration/correctResponse/value")
        ]


def read(element) -> str:
    """Return the text of an element; a formula as the LaTeX in it, as a reader of MathML would."""
    if element.tag == f"{MATHML}math":
        return rf"\({element.findtext(f'.//{MATHML}annotation')}\)" + (element.tail or "")
    inside = "".join(read(each) for each in element)
    apart = " " if element.tag in {"p", "li"} else ""
    whole = (element.text or "") + inside + apart
    if element.tag in {"modalFeedback", "simpleChoice", "simpleAssociableChoice", "itemBody"}:
        return " ".join(whole.split())
    return whole + (element.tail or "")


@pytest.fixture(scope="module")
def sat(hard):
    """A sitting of each hard question, by its id."""
    content = files(hard)
    return {each.id: Sitting(content[f"items/{each.id}.xml"]) for each in hard.questions}


def test_the_key_in_the_file_is_that_of_the_question_and_has_the_point(practice):
    for asked in practice:
        content = files(asked)
        for question in asked.questions:
            item = Sitting(content[f"items/{question.id}.xml"])
            shown, key = item.shown, item.key
            match question:
                case ChoiceQuestion():
                    said = "; ".join(shown[name] for name in shown if name in key)
                    given = key if question.several else key[0]
                case NumberQuestion():
                    unit = f" {question.unit}" if question.unit else ""
                    said = f"{float(key[0]):.4g}{unit} (± {question.allowance:.2g})"
                    given = float(key[0])
                case OrderQuestion():
                    said, given = " → ".join(shown[name] for name in key), key
                case MatchQuestion():
                    given = [tuple(pair.split()) for pair in key]
                    said = "; ".join(f"{shown[left]}: {shown[right]}" for left, right in given)
            assert said == plain(question.answer)
            assert item.answer(given)[0] == 1


def test_one_choice_is_marked_and_told_why(sat):
    item = sat["hard-one"]
    [right, wrong] = item.named(f"right {READ}", f"wrong {READ}")
    after = f"Explanation {READ}"
    assert item.answer(right) == (1, [f"About right {READ}", after])
    assert item.answer(wrong) == (0, [f"About wrong {READ}", after])


def test_of_several_choices_each_counts_and_ticking_all_gives_nothing(sat):
    item = sat["hard-several"]
    right = item.named(f"right {READ}", f"rightly so {READ}")
    wrong = item.named(f"wrong {READ}", f"wronger {READ}", f"wrongest {READ}")
    score, said = item.answer(right[:1])
    assert score == 0.5
    assert said == [f"About right {READ}", f"Explanation {READ}"]
    assert item.answer([*right, wrong[0]])[0] == pytest.approx(2 / 3, abs=1e-6)
    assert item.answer([*right, *wrong])[0] == pytest.approx(0, abs=1e-5)
    assert item.answer(wrong)[0] == 0
    assert item.answer([])[0] == 0


def test_numbers_are_marked_as_the_question_says(practice, hard):
    numbers = [q for one in (*practice, hard) for q in one.questions]
    numbers = tuple(q for q in numbers if isinstance(q, NumberQuestion))
    content = files(QuestionSet("numbers", "Numbers", numbers, graded=True))
    for question in numbers:
        item = Sitting(content[f"items/{question.id}.xml"])
        # The file rounds to a thousandth of the allowance.
        for sign in (-1, 1):
            inside = question.value + sign * question.allowance * 0.998
            outside = question.value + sign * question.allowance * 1.002
            assert item.answer(inside)[0] == 1
            assert item.answer(outside)[0] == 0
        for slip in question.slips:
            assert item.answer((slip.low + slip.high) / 2)[0] == 0
            assert item.state["FEEDBACK"].value.startswith("slip-")
        item.answer(1e9)
        assert item.state["FEEDBACK"].value == "otherwise"


def test_an_order_is_all_or_nothing_and_arrives_mixed(sat):
    item = sat["hard-order"]
    right = [f"{name} {READ}" for name in ("first", "second", "third")]
    assert list(item.shown.values()) != right
    score, said = item.answer(item.named(*right))
    assert (score, said[0]) == (1, f"Yes {READ}")
    score, said = item.answer(item.named(*reversed(right)))
    assert (score, said[0]) == (0, f"No {READ}")
    assert [f"Because of {name} {READ}" in said[1] for name in ("one", "two", "three")] == [
        True
    ] * 3


def test_a_match_gives_a_share_for_each_pair(sat):
    item = sat["hard-match"]
    lefts = item.named(*(f"left {n} {READ}" for n in "abc"))
    rights = item.named(*(f"partner {n} {NASTY}" for n in "abc"))
    pairs = list(zip(lefts, rights, strict=True))
    assert item.answer(pairs)[0] == 1
    assert item.answer(pairs)[1][0] == f"Yes {READ}"
    score, said = item.answer([*pairs[:2], (lefts[2], *item.named(f"to none {NASTY}"))])
    assert score == pytest.approx(2 / 3, abs=1e-6)  # shares have six digits
    assert said[0] == f"No {READ}"
    assert item.answer([])[0] == 0


def test_every_text_arrives_as_it_was_written(hard, sat):
    for question in hard.questions:
        item = sat[question.id]
        told = [read(each) for each in item.root.iter("modalFeedback")]
        [body] = [read(each) for each in item.root.iter("itemBody")]
        shown = [body, item.root.get("title"), *item.shown.values(), *told]
        for text in texts(question):
            if text not in question.hints:  # an item that is not adaptive has none
                assert any(text.replace(HARD, READ) in each for each in shown), text


def test_the_test_has_all_items_and_adds_their_scores_up(hard):
    document = QTIDocument()
    content = files(hard)
    document.read(src=io.BytesIO(content["test.xml"]))
    references = [each for each in content if each.startswith("items/")]
    found = ElementTree.fromstring(content["test.xml"]).iterfind(".//{*}assessmentItemRef")
    assert sorted(each.get("href") for each in found) == sorted(references)
    assert document.root.title == hard.title


def test_the_reader_refuses_what_stands_in_the_wrong_place(hard):
    item = files(hard)["items/hard-one.xml"]
    broken = item.replace(b"<itemBody>", b"<itemBody><simpleChoice identifier='x'>y</simpleChoice>")
    with pytest.raises(QTIValidityError):
        Sitting(broken)
