"""The package for Canvas: its shape held against text2qti's, its meaning read as Canvas reads it.

Canvas is a server; no reader of its files can be installed.  text2qti writes packages that teachers
import into Canvas, but neither matches nor known mistakes.  So what is asserted of meaning follows
Canvas's importer, ``gems/plugins/qti_exporter/lib/qti``: whose rules are named at each assertion.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

from samples import HARD, READ, texts, words
from text2qti.config import Config
from text2qti.qti import QTI
from text2qti.quiz import Quiz

from immunolab.lms.formats import FORMATS
from immunolab.lms.question import (
    Choice,
    ChoiceQuestion,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    QuestionSet,
)
from immunolab.lms.text import plain

CANVAS = FORMATS["canvas"]


def parts(written: bytes) -> dict[str, ElementTree.Element]:
    """Return the files of a package by their names, without namespaces."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(written)) as opened:
        for path in opened.namelist():
            if path.endswith(".xml"):
                root = ElementTree.fromstring(opened.read(path))
                for element in root.iter():
                    element.tag = element.tag.rpartition("}")[2]
                name = path.rpartition("/")[2]
                found[name if name in {"imsmanifest.xml", "assessment_meta.xml"} else "quiz"] = root
    return found


def items(questions: QuestionSet) -> dict[str, ElementTree.Element]:
    """Return the items of a package by their identifiers."""
    root = parts(CANVAS.write(questions))["quiz"]
    return {each.get("ident"): each for each in root.iter("item")}


def kind(item) -> str:
    return item.findtext("itemmetadata/qtimetadata/qtimetadatafield/fieldentry")


def labels(of) -> dict[str, str]:
    """Return what there is to choose from, by its names."""
    rows = of.iter("response_label")
    return {row.get("ident"): row.findtext("material/mattext") for row in rows}


def rewarded(item):
    """Yield the conditions that give something, as Canvas finds its right answers."""
    for condition in item.iter("respcondition"):
        if condition.find("setvar") is not None:
            yield condition


def right_choices(item) -> set[str]:
    """A choice is right if the condition that sets the score names it, and not within a ``not``."""
    [condition] = rewarded(item)
    inside = condition.find("conditionvar/and")
    tests = condition.find("conditionvar") if inside is None else inside
    return {test.text for test in tests if test.tag == "varequal"}


def pairs(item) -> dict[str, str]:
    """Return what Canvas matches: it knows a right side by the digits of its name alone."""
    lefts = {each.get("ident"): each for each in item.iter("response_lid")}
    found = {}
    for condition in rewarded(item):
        test = condition.find("conditionvar/varequal")
        left = lefts[test.get("respident")]
        menu = labels(left)
        assert all(re.fullmatch(r"\d+", name) for name in menu)
        found[words(left.findtext("material/mattext"))] = menu[test.text]
    assert len(found) == len(lefts)
    return found


def number(item) -> tuple[float, float]:
    """Return the key and its margin: the upper end less the key, as Canvas takes it.

    Canvas makes a right answer of every condition on a number, so there must be one only.
    """
    conditions = [each for each in item.iter("respcondition") if each.find(".//varlte") is not None]
    [condition] = conditions
    assert condition.findtext("setvar") == "100"
    value = float(condition.findtext("conditionvar/or/varequal"))
    low = float(condition.findtext("conditionvar/or/and/vargte"))
    high = float(condition.findtext("conditionvar/or/and/varlte"))
    assert abs((high - value) - (value - low)) < 1e-9 * max(1, abs(value))
    return value, high - value


def test_the_key_in_the_file_is_that_of_the_question(practice):
    for asked in practice:
        found = items(asked)
        for question in asked.questions:
            item = found[question.id]
            match question:
                case ChoiceQuestion():
                    told = {n: words(text) for n, text in labels(item).items()}
                    key = "; ".join(told[n] for n in told if n in right_choices(item))
                    several = kind(item) == "multiple_answers_question"
                    assert several == question.several
                case NumberQuestion():
                    assert kind(item) == "numerical_question"
                    value, margin = number(item)
                    unit = f" {question.unit}" if question.unit else ""
                    key = f"{value:.4g}{unit} (± {margin:.2g})"
                case OrderQuestion():
                    assert kind(item) == "matching_question"
                    places = {int(place): step for step, place in pairs(item).items()}
                    key = " → ".join(places[place] for place in sorted(places))
                case MatchQuestion():
                    assert kind(item) == "matching_question"
                    key = "; ".join(f"{left}: {right}" for left, right in pairs(item).items())
            assert key == plain(question.answer)


def test_numbers_have_the_allowance_of_the_question(practice):
    numbers = [q for one in practice for q in one.questions if isinstance(q, NumberQuestion)]
    assert len(numbers) > 20
    found = items(QuestionSet("numbers", "Numbers", tuple(numbers), graded=True))
    for question in numbers:
        value, margin = number(found[question.id])
        # The file rounds to a thousandth of the allowance.
        assert abs(value - question.value) <= question.allowance / 1000
        assert abs(margin - question.allowance) <= question.allowance / 500


def test_known_mistakes_are_told_in_words_to_whoever_is_wrong(hard):
    item = items(hard)["hard-number"]
    feedback = {each.get("ident"): each for each in item.iter("itemfeedback")}
    wrong = words(feedback["general_incorrect_fb"].findtext(".//mattext"))
    assert f"58.2 to 58.5: The others {READ}" in wrong
    assert f"-3 to -1: Less than nothing {READ}" in wrong


def test_steps_are_not_in_their_order(hard):
    item = items(hard)["hard-order"]
    assert list(pairs(item).values()) != ["1", "2", "3"]
    assert sorted(pairs(item).values()) == ["1", "2", "3"]


def test_every_feedback_that_is_shown_is_there_and_has_a_name_canvas_knows(practice, hard):
    # Names with "correct", "general" and "solution" mean something to Canvas; a row's must not.
    for asked in (*practice, hard):
        for item in items(asked).values():
            shown = {each.get("linkrefid") for each in item.iter("displayfeedback")}
            there = {each.get("ident") for each in item.iter("itemfeedback")}
            assert shown <= there
            # Canvas finds these two by name; a match has no condition of its own for them.
            assert there - shown <= {"correct_fb", "general_incorrect_fb"}
            known = r"(\d+|general|correct|general_incorrect)_fb"
            assert all(re.fullmatch(known, name) for name in there)


def test_every_text_arrives_as_it_was_written(hard):
    found = items(hard)
    for question in hard.questions:
        item = found[question.id]
        shown = [item.get("title")]
        shown += [
            words(each.text) if each.get("texttype") == "text/html" else each.text
            for each in item.iter("mattext")
        ]
        for text in texts(question):
            if text not in question.hints:  # Canvas has none
                assert any(text.replace(HARD, READ) in each for each in shown), text


def test_canvas_is_told_what_kind_of_quiz_it_is(practice, hard):
    graded = parts(CANVAS.write(hard))["assessment_meta.xml"]
    trial = parts(CANVAS.write(practice[0]))["assessment_meta.xml"]
    assert graded.findtext("quiz_type") == "assignment"
    assert trial.findtext("quiz_type") == "practice_quiz"
    assert graded.findtext("points_possible") == "5.0"
    assert graded.findtext("shuffle_answers") == "true"
    assert graded.findtext("show_correct_answers") == "false"
    assert graded.findtext("available") == "false"
    assert graded.get("identifier") == "hard"


# ------------------------------------------------------------------------------- text2qti

IN_WORDS = """\
Quiz title: Same

1.  One of two?
... After all.
a)  wrong
... About wrong.
*b) right
... About right.

2.  Several of three?
[*] right
... About right.
[*] rightly so
... About rightly so.
[ ] wrong
... About wrong.

3.  How many?
+   Yes.
-   No.
=   41.7 +- 0.5
"""


def shape(element):
    """Return an element's tags and attributes, without the names that each writer makes up."""
    own = {name: value for name, value in element.attrib.items() if name not in {"ident", "title"}}
    own = {
        name: re.sub(r"^(\d|text2qti).*_fb$", "a choice's", value) for name, value in own.items()
    }
    inside = [shape(each) for each in element if each.tag != "itemmetadata"]
    return (element.tag, own, inside)


def test_the_shape_of_items_is_that_of_text2qti():
    common = {"title": "Question", "where": "a.py, line 1"}
    right, wrong = Choice("right", True, "About right."), Choice("wrong", False, "About wrong.")
    rightly = Choice("rightly so", True, "About rightly so.")
    ours = items(
        QuestionSet(
            "same",
            "Same",
            (
                ChoiceQuestion(
                    id="q1",
                    stem="One of two?",
                    choices=(wrong, right),
                    explanation="After all.",
                    **common,
                ),
                ChoiceQuestion(
                    id="q2",
                    stem="Several of three?",
                    choices=(right, rightly, wrong),
                    several=True,
                    **common,
                ),
                NumberQuestion(
                    id="q3",
                    stem="How many?",
                    value=41.7,
                    allowance=0.5,
                    right="Yes.",
                    otherwise="No.",
                    **common,
                ),
            ),
            graded=True,
        )
    )
    theirs = parts(QTI(Quiz(IN_WORDS, config=Config())).zip_bytes())["quiz"].iter("item")
    for mine, other in zip(ours.values(), theirs, strict=True):
        assert kind(mine) == kind(other)
        assert shape(mine) == shape(other)
