"""Moodle XML, read back: choices by moodle-xml-parser, the rest as Moodle's own importer reads it.

No reader outside Moodle knows numbers, orders and matches.  What is asserted of them follows
Moodle's ``question/format/xml/format.php``, ``question/type/numerical/question.php`` and the
fixtures of ``question/type/ordering``.
"""

from __future__ import annotations

from xml.etree import ElementTree

import moodle_xml_parser.parser
import pytest
from samples import HARD, READ, texts, words

from immunolab.lms.formats import FORMATS
from immunolab.lms.question import ChoiceQuestion, NumberQuestion
from immunolab.lms.text import html, plain

MOODLE = FORMATS["moodle"]


def read(questions):
    """Return the questions of a file by the id that Moodle gives them."""
    root = ElementTree.fromstring(MOODLE.write(questions))
    asked = [each for each in root if each.get("type") != "category"]
    return {each.findtext("idnumber"): each for each in asked}


def graded(question, number):
    """Return the share and the feedback of a number: Moodle takes the first answer that fits."""
    for answer in question.iter("answer"):
        text, tolerance = answer.findtext("text"), float(answer.findtext("tolerance"))
        if text == "*" or abs(number - float(text)) <= tolerance * (1 + 1e-12):
            return float(answer.get("fraction")), answer.findtext("feedback/text")
    raise AssertionError("Moodle would say nothing at all")


def test_choices_are_read_by_a_reader_that_is_not_ours(practice):
    count = 0
    for asked in practice:
        found = moodle_xml_parser.parser.parse_bytes(MOODLE.write(asked))["multichoice"]
        ours = [each for each in asked.questions if isinstance(each, ChoiceQuestion)]
        for theirs, question in zip(found, ours, strict=True):
            count += 1
            assert theirs.name == question.title
            assert theirs.single == (not question.several)
            assert theirs.shuffle_answers
            assert theirs.default_grade == 1
            for option, choice in zip(theirs.options, question.choices, strict=True):
                assert words(option.answer) == words(html(choice.text))
                assert words(option.feedback) == words(html(choice.feedback))
                assert (option.score_fraction > 0) == choice.right
            all_ticked = sum(option.score_fraction for option in theirs.options)
            assert abs(all_ticked) < 0.001 or not question.several
            right = sum(max(option.score_fraction, 0) for option in theirs.options)
            assert right == pytest.approx(100, abs=0.001)  # shares have five digits
    assert count > 50


def test_the_key_in_the_file_is_that_of_the_question(practice):
    for asked in practice:
        elements = read(asked)
        for question in asked.questions:
            assert key(elements[question.id]) == plain(question.answer)


def key(element):
    """Return the key as the file has it, in the words of a question's ``answer``."""
    answers = [(each.get("fraction"), each.findtext("text")) for each in element.iter("answer")]
    match element.get("type"):
        case "multichoice":
            return "; ".join(words(text) for share, text in answers if float(share) > 0)
        case "numerical":
            [value] = [text for share, text in answers if share == "100"]
            unit = element.findtext("units/unit/unit_name")
            tolerance = float(element.findtext("answer/tolerance"))
            return f"{float(value):.4g}{f' {unit}' if unit else ''} (± {tolerance:.2g})"
        case "ordering":
            assert [share for share, _ in answers] == [str(n + 1) for n in range(len(answers))]
            return " → ".join(words(text) for _, text in answers)
        case "match":
            pairs = [
                (words(each.findtext("text")), words(each.findtext("answer/text")))
                for each in element.iter("subquestion")
            ]
            return "; ".join(f"{left}: {right}" for left, right in pairs if left)


def test_numbers_are_marked_as_the_question_says(practice, hard):
    numbers = 0
    for asked in (*practice, hard):
        elements = read(asked)
        for question in asked.questions:
            if not isinstance(question, NumberQuestion):
                continue
            numbers += 1
            element = elements[question.id]
            # The file rounds to a thousandth of the allowance.
            for sign in (-1, 1):
                inside = question.value + sign * question.allowance * 0.998
                outside = question.value + sign * question.allowance * 1.002
                assert graded(element, inside) == (100, f"<p>{html(question.right)}</p>")
                assert graded(element, outside)[0] == 0
            for slip in question.slips:
                said = graded(element, (slip.low + slip.high) / 2)
                assert said[0] == 0
                known = {f"<p>{html(each.feedback)}</p>" for each in question.slips}
                assert said[1] in known
            assert graded(element, 1e9) == (0, f"<p>{html(question.otherwise)}</p>")
    assert numbers > 20


def test_a_unit_may_be_typed_and_is_not_marked(hard):
    number = read(hard)["hard-number"]
    assert number.findtext("units/unit/unit_name") == "% & <more>"
    assert number.findtext("unitgradingtype") == number.findtext("showunits") == "0"


def test_orders_have_the_parts_of_moodles_own_fixture(hard):
    order = read(hard)["hard-order"]
    parts = "layouttype selecttype selectcount gradingtype showgrading numberingstyle"
    found = {part: order.findtext(part) for part in parts.split()}
    assert found == {
        "layouttype": "VERTICAL",
        "selecttype": "ALL",
        "selectcount": "0",
        "gradingtype": "ABSOLUTE_POSITION",
        "showgrading": "SHOW",
        "numberingstyle": "none",
    }


def test_every_text_arrives_as_it_was_written(hard):
    elements = read(hard)
    for question in hard.questions:
        element = elements[question.id]
        shown = [words(each.text or "") for each in element.iter("text")]
        shown += [element.findtext("name/text"), element.findtext("units/unit/unit_name", "")]
        for text in texts(question):
            assert any(text.replace(HARD, READ) in each for each in shown), text


def test_hints_explanations_and_reasons_stand_where_moodle_looks(hard):
    for name, element in read(hard).items():
        hints = [words(each.findtext("text")) for each in element.iter("hint")]
        assert hints == [f"Hint {READ}", f"Second hint {READ}"]
        after = words(element.findtext("generalfeedback/text"))
        assert after.endswith(f"Explanation {READ}")
        assert ("Because of " in after) == (name in {"hard-order", "hard-match"})
