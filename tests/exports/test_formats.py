"""What holds for every format: bytes that do not change, and a refusal that says where."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from immunolab.lms.formats import FORMATS
from immunolab.lms.question import (
    Choice,
    ChoiceQuestion,
    ExportError,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    QuestionSet,
    Slip,
)

every_format = pytest.mark.parametrize("name", FORMATS)


def files(written: bytes) -> dict[str, bytes]:
    """Return the XML files of an export, by path; one that is no package has no path."""
    if not written.startswith(b"PK"):
        return {"": written}
    with zipfile.ZipFile(io.BytesIO(written)) as opened:
        return {path: opened.read(path) for path in opened.namelist()}


@every_format
def test_the_same_questions_give_the_same_bytes_in_well_formed_files(name, hard):
    written = FORMATS[name].write(hard)
    assert FORMATS[name].write(replace(hard)) == written
    for content in files(written).values():
        ElementTree.fromstring(content)


@every_format
def test_a_package_has_neither_a_date_nor_a_trace_of_the_machine(name, hard):
    written = FORMATS[name].write(hard)
    if name == "moodle":
        assert written.startswith(b"<?xml")
        return
    with zipfile.ZipFile(io.BytesIO(written)) as opened:
        assert sorted(opened.namelist()) == opened.namelist()
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.create_system for entry in opened.infolist()} == {3}


@pytest.mark.parametrize("name", ["canvas", "qti21"])
def test_the_manifest_names_what_is_in_the_package(name, hard):
    content = files(FORMATS[name].write(hard))
    manifest = ElementTree.fromstring(content.pop("imsmanifest.xml"))
    resources = list(manifest.iterfind(".//{*}resource"))
    named = [each.get("href") for one in resources for each in one.iterfind("{*}file")]
    assert sorted(named) == sorted(content)
    needed = {each.get("identifierref") for each in manifest.iterfind(".//{*}dependency")}
    assert needed
    assert needed < {each.get("identifier") for each in resources}


REFUSED = {
    "a picture": "![A cell](cell.png)",
    "a link into the book": "See [the chapter](checkpoints.md).",
    "a formula that nobody can read": r"So $\frac{1}{$ it is.",
    "a character that XML has not": "A bell \x07 rings.",
}


@every_format
@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_text_that_cannot_travel_is_refused_with_file_and_line(name, text, hard):
    broken = replace(hard.questions[2], otherwise=text)
    with pytest.raises(ExportError, match=r"^a\.py, line 3: .* cannot carry it: "):
        FORMATS[name].write(replace(hard, questions=(hard.questions[0], broken)))
    kept, problems = FORMATS[name].without_what_it_cannot_carry((hard.questions[0], broken))
    assert kept == hard.questions[:1]
    assert [str(each).startswith("a.py, line 3: ") for each in problems] == [True]


def test_a_menu_with_a_formula_goes_only_where_menus_show_formulas(hard):
    match = replace(hard.questions[4], extra=("a share of $1/e$",))
    asked = QuestionSet("menu", "Menu", (match,), graded=True)
    for name in ("moodle", "canvas"):
        with pytest.raises(ExportError, match=r"line 5: .*a menu, which shows no formulas"):
            FORMATS[name].write(asked)
    item = files(FORMATS["qti21"].write(asked))["items/hard-match.xml"]
    assert b'<annotation encoding="application/x-tex">1/e</annotation>' in item


def test_two_right_sides_that_only_markup_tells_apart_are_no_menu(hard):
    match = replace(hard.questions[4], extra=("*one*", "one"))
    for name in ("moodle", "canvas"):
        with pytest.raises(ExportError, match="read alike without their markup"):
            FORMATS[name].write(QuestionSet("menu", "Menu", (match,), graded=True))


# ------------------------------------------------------------------------------- questions


COMMON = {"id": "q", "title": "Title", "stem": "Stem", "where": "a.py, line 9"}
VERDICTS = {"right": "Yes.", "otherwise": "No."}
NUMBER = {"value": 1.0, "allowance": 0.1} | VERDICTS
UNSOUND = {
    "infinite": lambda: NumberQuestion(**COMMON, **NUMBER | {"value": float("inf")}),
    "no number": lambda: NumberQuestion(**COMMON, **NUMBER | {"allowance": float("nan")}),
    "backwards": lambda: NumberQuestion(**COMMON, **NUMBER, slips=(Slip(5.0, 4.0, "No."),)),
    "one step": lambda: OrderQuestion(**COMMON, **VERDICTS, steps=("a",)),
    "one right side": lambda: MatchQuestion(**COMMON, **VERDICTS, pairs=(("a", "b"),)),
    "lefts alike": lambda: MatchQuestion(**COMMON, **VERDICTS, pairs=(("a", "b"), ("a", "c"))),
    "a reason missing": lambda: OrderQuestion(
        **COMMON, **VERDICTS, steps=("a", "b"), reasons=("Why.",)
    ),
}


@pytest.mark.parametrize("make", UNSOUND.values(), ids=UNSOUND)
def test_an_unsound_question_is_refused_with_file_and_line(make):
    with pytest.raises(ExportError, match=r"^a\.py, line 9: "):
        make()


def test_nothing_is_shown_in_the_right_order(practice):
    asked = [each for one in practice for each in one.questions]
    mixed = [q.mixed for q in asked if isinstance(q, OrderQuestion | MatchQuestion)]
    assert len(mixed) > 10
    for places in mixed:
        assert list(places) != sorted(places)
        assert sorted(places) == list(range(len(places)))


def test_moodle_refuses_more_shares_than_it_knows(hard):
    choices = tuple(Choice(f"Choice {n}", n < 11, "Why.") for n in range(12))
    many = ChoiceQuestion(**COMMON, choices=choices, several=True)
    with pytest.raises(ExportError, match=r"line 9: .* share a point"):
        FORMATS["moodle"].write(QuestionSet("many", "Many", (many,), graded=True))
